"""The build of one language: stage its pages, and render the changed ones with MkDocs."""

import json
import logging
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mkdocs.commands.build import build as mkdocs_build
from mkdocs.config import load_config
from mkdocs.exceptions import MkDocsException

from handbook import stage
from handbook.files import link_or_copy
from handbook.site.keys import Keys, keys
from handbook.stage.book import CONFIGS, Book, url

SEARCH = "search/search_index.json"
API_PLUGINS = {"autorefs", "mkdocstrings"}
API = ("objects.inv", "assets/_mkdocstrings.css")  # written together with the API pages


@dataclass
class BuildResult:
    """The result of building a language.

    Attributes:
        keys: the hashes of its inputs.
        changed: the addresses of the rendered pages.
        problems: the warnings and errors; empty if the build succeeded.
    """

    keys: Keys = field(default_factory=Keys)
    changed: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def build(language: str, root: Path, folder: Path, old: Path, kept: Keys) -> BuildResult:
    """Build the site of a language.

    Args:
        language: ``zh`` or ``en``.
        root: the checkout.
        folder: the target folder.
        old: the last build of the same language.
        kept: the keys of the last build; empty to render every page.
    """
    os.environ["NO_MKDOCS_2_WARNING"] = "1"  # Material's notice; pyproject.toml pins MkDocs below 2
    os.environ["TFNOTES_PARALLEL"] = "true"  # both languages are built: show the button
    with WarningCollector() as collector:
        try:
            book = Book(root, language)
            staged = root / "build/stage" / language
            found = keys(book, stage.write(book, staged), staged)
            unchanged = found.unchanged(kept)
            if found == kept:
                shutil.copytree(old, folder, copy_function=link_or_copy)
            else:
                _mkdocs(book, folder, old, unchanged)
        except (MkDocsException, SystemExit, ValueError, OSError) as error:
            return BuildResult(problems=collector.messages or [str(error)])
    return BuildResult(found, [address for address in found.pages if address not in unchanged])


def _mkdocs(book: Book, folder: Path, old: Path, unchanged: list[str]) -> None:
    api = [address for address in book.entries if address.startswith("api/")]
    made = {"plugins": _without(API_PLUGINS, book)} if {*api} <= {*unchanged} else {}
    config = load_config(str(book.root / CONFIGS[book.language]), site_dir=str(folder), **made)
    pages = {a: (old / url(a) / "index.html", book.entries[a].title) for a in unchanged}
    config.extra["unchanged"] = pages
    mkdocs_build(config)
    _sort_search(book, folder, old, unchanged)
    for name in API if made and api else ():
        shutil.copy2(old / name, folder / name)


def _without(names: set[str], book: Book) -> dict[str, Any]:
    """Return the plugins of a book without some: those of the API need 0.5 s to start."""
    return {name: options for name, options in book.config["plugins"].items() if name not in names}


def _sort_search(book: Book, folder: Path, old: Path, unchanged: list[str]) -> None:
    """Merge the search entries of unchanged pages, and sort all entries by the nav."""
    index = _read(folder / SEARCH)
    entries = [*index["docs"], *(_read(old / SEARCH)["docs"] if unchanged else [])]
    pages = {url(address): address for address in book.entries}
    found: dict[str, list[Any]] = {address: [] for address in book.entries}
    for number, entry in enumerate(entries):
        address = pages.get(entry["location"].partition("#")[0], "")
        if address in found and (number < len(index["docs"]) or address in unchanged):
            found[address].append(entry)
    index["docs"] = [entry for page in found.values() for entry in page]
    text = json.dumps(index, separators=(",", ":"))
    (folder / SEARCH).write_text(text, encoding="utf-8")


def _read(index: Path) -> Any:
    return json.loads(index.read_text(encoding="utf-8"))


class WarningCollector(logging.Handler):
    """Collects the warnings of MkDocs instead of printing them."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []
        self.logger = logging.getLogger("mkdocs")

    def __enter__(self) -> "WarningCollector":
        self.logger.addHandler(self)
        self.logger.propagate = False
        return self

    def __exit__(self, *_: object) -> None:
        self.logger.removeHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a message."""
        self.messages.append(f"{record.levelname:<8} -  {record.getMessage()}")
