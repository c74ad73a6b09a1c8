"""The book as plain files for any builder: pages, figures and downloads.

``write`` fills ``build/stage/<language>``. MkDocs adds the theme, navigation, search and the
language switch; it needs one Markdown extension, ``handbook.stage.markdown``.
"""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from handbook.files import read_cache, replace
from handbook.lesson import translation
from handbook.lesson.translation import Words
from handbook.run.figure import dark
from handbook.stage import downloads, inputs
from handbook.stage.book import Book
from handbook.stage.compose import WHOLE, staged


def write(book: Book, folder: Path) -> dict[str, str]:
    """Write the changed files of a book; remove files that no longer belong to it.

    Args:
        book: in one language.
        folder: the target folder.

    Returns:
        The text of each page by its address, in the order of the nav.
    """
    cache_file = book.root / f"build/pages-{book.language}.json"
    keys = {address: inputs.key(address, book) for address in book.entries}
    kept = read_cache(cache_file)
    current = {address for address, key in keys.items() if kept.get(address) == key}
    texts = dict(_texts(book, folder, current))
    pages = {folder / f"{address}.md": text for address, text in texts.items()}
    others = [*_figures(book, folder, current), *downloads.stage(book, folder)]
    for path, text in pages.items():
        replace(path, text)
    replace(cache_file, json.dumps(keys))  # after the pages, so that an interrupted build is redone
    wanted = {*pages, *others}
    for path in [p for p in folder.rglob("*") if p.is_file() and p not in wanted]:
        path.unlink()
    return texts


def _texts(book: Book, folder: Path, current: set[str]) -> Iterator[tuple[str, str]]:
    """Yield address and text of each page; unchanged inputs reuse the staged file."""
    for address in book.entries:
        place = folder / f"{address}.md"
        same = address not in WHOLE and address in current and place.exists()
        yield address, place.read_text(encoding="utf-8") if same else staged(address, book)


def _figures(book: Book, folder: Path, current: set[str]) -> Iterator[Path]:
    """Copy the figures and write their dark versions, unless the inputs are unchanged."""
    for lesson in book.lessons:
        for source in lesson.figure_files:
            target = folder / source.relative_to(book.root / "docs")
            files = {target: source.read_bytes}
            if source.suffix == ".svg":
                own = translation.words(lesson, book.language)
                files[target] = partial(_svg, source, own)
                files[target.with_suffix(".dark.svg")] = partial(_dark, source, own)
            for path, content in files.items():
                if lesson.address not in current or not path.exists():
                    replace(path, content())
                yield path


def _svg(source: Path, own: Words) -> bytes:
    return translation.svg(source.read_text(encoding="utf-8"), own).encode()


def _dark(source: Path, own: Words) -> bytes:
    return dark(_svg(source, own).decode()).encode()
