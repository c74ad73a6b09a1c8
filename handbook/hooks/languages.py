"""Link every page to itself in the other language; warn where it is missing."""

import logging
from pathlib import Path
from posixpath import relpath
from typing import Any
from urllib.parse import urlsplit

from handbook import parallel
from handbook.hooks import lesson_of
from handbook.lessons import LABS, LANGUAGES

NAMES = {"zh": "简体中文", "en": "English"}
WORDS = {
    "en": {
        "parallel": "Side by side with Chinese",
        "missing": "This page is not here",
        "where": "The address may be old. The search above knows every page, or begin again at",
        "home": "the first page",
    },
    "zh": {
        "parallel": "与英文对照阅读",
        "missing": "这里没有这个页面",
        "where": "地址可能已经过时。可以在上方搜索，或者回到",
        "home": "首页",
    },
}
log = logging.getLogger("mkdocs.hooks.languages")


def on_page_context(context: Any, page: Any, config: Any, nav: Any) -> Any:  # noqa: ARG001
    """Give the templates the page's other languages, and the name of the button.

    ``page_languages`` has code, name and relative link of each, ``page_alternates`` the whole
    addresses for search engines, ``parallel`` what the button for both languages is called.
    """
    root, uri = Path(config.config_file_path).parent, page.file.src_uri
    here = config.theme["language"]
    context["page_languages"] = []
    for language in LANGUAGES:
        if not uri.startswith(f"{LABS}/") and not (root / "docs" / language / uri).exists():
            log.warning("docs/%s/%s is missing: docs/%s has it", language, uri, here)
        link = relpath(f"/{language}/{page.url}", f"/{here}/{page.url or '.'}")
        context["page_languages"].append((language, NAMES[language], f"{link}/"))
    context["page_alternates"] = alternates(config, page.url)
    if config.extra.get("parallel") and parallel.has_view(lesson_of(page, config)):
        context["parallel"] = WORDS[here]["parallel"]
    return context


def on_template_context(context: Any, template_name: str, config: Any) -> Any:
    """Give what is no page, 404.html and the sitemap, whole addresses."""
    context["alternates_of"] = lambda url: alternates(config, url)
    if template_name == "404.html":
        homes = alternates(config, "")[:-1]
        context["page_languages"] = [(c, NAMES[c], urlsplit(home).path) for c, home in homes]
        context["words"] = WORDS[config.theme["language"]]
    return context


def alternates(config: Any, url: str) -> list[tuple[str, str]]:
    """A page's address in each language, and for all others the chooser's.

    Args:
        config: MkDocs' configuration.
        url: of the page, from the root of its language.
    """
    root = config.site_url.removesuffix(f"{config.theme['language']}/")
    return [*((code, f"{root}{code}/{url}") for code in LANGUAGES), ("x-default", root)]
