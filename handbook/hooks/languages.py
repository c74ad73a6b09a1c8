"""Link every page to itself in the other language; warn where it is missing."""

import logging
from pathlib import Path
from posixpath import relpath
from typing import Any

from handbook.lessons import LABS, LANGUAGES

NAMES = {"zh": "简体中文", "en": "English"}
log = logging.getLogger("mkdocs.hooks.languages")


def on_page_context(context: Any, page: Any, config: Any, nav: Any) -> Any:  # noqa: ARG001
    """Give the templates ``page_languages``: code, name and relative link of each."""
    docs, uri = Path(config.config_file_path).parent / "docs", page.file.src_uri
    context["page_languages"] = []
    for language in LANGUAGES:
        if not uri.startswith(f"{LABS}/") and not (docs / language / uri).exists():
            log.warning(
                "docs/%s/%s is missing: docs/%s has it",
                language,
                uri,
                config.theme["language"],
            )
        link = relpath(f"/{language}/{page.url}", f"/{config.theme['language']}/{page.url or '.'}")
        context["page_languages"].append((language, NAMES[language], f"{link}/"))
    return context
