"""Template variables of a page: its other languages, its source, its report link."""

import logging
from functools import partial
from pathlib import Path
from posixpath import relpath
from typing import Any
from urllib.parse import urlsplit

from jinja2 import FileSystemBytecodeCache

from handbook import addresses
from handbook.files import link_or_copy
from handbook.lesson.lessons import LANGUAGES, Lesson
from handbook.matrix import status
from handbook.site import parallel
from handbook.site.unchanged import Unchanged
from handbook.stage.markdown import here
from handbook.words import words
from tfnotes import __version__

LIBRARIES = {"tensorflow": "TensorFlow", "keras": "Keras"}
log = logging.getLogger("mkdocs.hooks.context")


def on_files(files: Any, config: Any) -> Any:
    """Link the staged files into the site, and replace unchanged pages by ``Unchanged``."""
    for file in files:
        if file.src_dir == config.docs_dir and not file.is_documentation_page():
            file.copy_file = partial(_link, file)
    for address, (path, title) in config.extra.get("unchanged", {}).items():
        file = files.get_file_from_path(f"{address}.md")
        Unchanged(title, file, config, path.read_text(encoding="utf-8"))
    return files


def _link(file: Any, dirty: bool = False) -> None:  # noqa: ARG001
    target = Path(file.abs_dest_path)
    target.parent.mkdir(parents=True, exist_ok=True)
    link_or_copy(file.abs_src_path, target)


def on_env(env: Any, config: Any, files: Any) -> Any:  # noqa: ARG001
    """Cache the compiled templates for the next build."""
    folder = Path(config.config_file_path).parent / "build/templates"
    folder.mkdir(parents=True, exist_ok=True)
    env.bytecode_cache = FileSystemBytecodeCache(str(folder))
    return env


def on_pre_page(page: Any, config: Any, files: Any) -> None:  # noqa: ARG001
    """Set the page name for messages of ``handbook.stage.markdown``."""
    here.set(page.file.src_uri)


def on_page_context(context: Any, page: Any, config: Any, nav: Any) -> Any:  # noqa: ARG001
    """Set the variables of one page.

    ``page_languages`` holds code, name and relative link of each language, ``page_alternates`` the
    absolute URLs for search engines, ``page.edit_url`` and ``report`` the links to the code host
    if it is supported, and ``parallel`` the label of the side-by-side button.
    """
    page.content = context.pop("whole")  # restored after the theme has indexed it
    if isinstance(page, Unchanged):
        return context
    root, here = Path(config.config_file_path).parent, config.theme["language"]
    lesson = Lesson(root, page.file.src_uri.removesuffix(".md"))
    context["page_languages"] = []
    for language in LANGUAGES:
        source = lesson.page(language)
        if not lesson.is_lab and not source.exists():
            log.warning("%s is missing: docs/%s has it", lesson.relative(source), here)
        link = relpath(f"/{language}/{page.url}", f"/{here}/{page.url or '.'}")
        context["page_languages"].append((language, words(language)["language"], f"{link}/"))
    context["page_alternates"] = alternates(config, page.url)
    own = words(here)["page"]
    if config.extra.get("parallel") and parallel.has_view(lesson):
        context["parallel"] = own["parallel"]
    source = lesson.code if lesson.is_lab else lesson.page(here)
    page.edit_url = addresses.edit(config.repo_url, lesson.relative(source))
    address = addresses.report(config.repo_url, page.canonical_url, _versions(lesson))
    context["report"] = {"address": address, "words": own["report"]}
    return context


def on_template_context(context: Any, template_name: str, config: Any) -> Any:
    """Set absolute URLs for templates without a page: 404.html and the sitemap."""
    context["alternates_of"] = lambda url: alternates(config, url)
    if template_name == "404.html":
        context["page_languages"] = [
            (code, words(code)["language"], urlsplit(home).path)
            for code, home in alternates(config, "")[:-1]
        ]
        context["words"] = words(config.theme["language"])["page"]
    return context


def alternates(config: Any, url: str) -> list[tuple[str, str]]:
    """Return a page's URL in each language, and the start page for other languages.

    Args:
        config: MkDocs' configuration.
        url: of the page, from the root of its language.
    """
    root = config.site_url.removesuffix(f"{config.theme['language']}/")
    return [*((code, f"{root}{code}/{url}") for code in LANGUAGES), ("x-default", root)]


def _versions(lesson: Lesson) -> str:
    """Return the versions that a lesson ran with; without code, that of the package."""
    claim = status.claim(lesson) if lesson.code.exists() else {}
    libraries = [f"{name} {claim[key]}" for key, name in LIBRARIES.items() if key in claim]
    return ", ".join([*libraries, f"tfnotes {__version__}"])
