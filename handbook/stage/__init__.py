"""The book as plain files for any builder: pages, figures and downloads.

``write`` fills ``build/stage/<language>``. MkDocs adds the theme, navigation, search and the
language switch; it needs one Markdown extension, ``handbook.stage.markdown``.
"""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

from handbook.files import read_cache, replace
from handbook.run import figure
from handbook.stage import downloads, inputs
from handbook.stage.book import Book
from handbook.stage.compose import WHOLE, staged

PALETTE = Path(figure.__file__)  # has the dark colors


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
    texts = dict(_texts(book, folder, keys, read_cache(cache_file)))
    pages = {folder / f"{address}.md": text for address, text in texts.items()}
    others = [*_figures(book, folder), *downloads.stage(book, folder)]
    for path, text in pages.items():
        replace(path, text)
    replace(cache_file, json.dumps(keys))  # after the pages, so that an interrupted build is redone
    wanted = {*pages, *others}
    for path in [p for p in folder.rglob("*") if p.is_file() and p not in wanted]:
        path.unlink()
    return texts


def _texts(
    book: Book, folder: Path, keys: dict[str, str], kept: dict[str, str]
) -> Iterator[tuple[str, str]]:
    """Yield address and text of each page; unchanged inputs reuse the staged file."""
    for address, key in keys.items():
        place = folder / f"{address}.md"
        same = address not in WHOLE and key == kept.get(address) and place.exists()
        yield address, place.read_text(encoding="utf-8") if same else staged(address, book)


def _figures(book: Book, folder: Path) -> list[Path]:
    """Copy the changed figures, and write their dark versions."""
    found = []
    for source in (path for lesson in book.lessons for path in lesson.figure_files):
        target = folder / source.relative_to(book.root / "docs")
        dark_target = target.with_suffix(".dark.svg")
        found += [target, dark_target] if source.suffix == ".svg" else [target]
        if _time(target) == _time(source) and (
            source.suffix != ".svg" or _time(dark_target) > _time(PALETTE)
        ):
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.suffix == ".svg":
            replace(dark_target, figure.dark(source.read_text(encoding="utf-8")))
        target.unlink(missing_ok=True)  # the site may hold a hard link to it
        shutil.copy2(source, target)  # last: its time marks both files as current
    return found


def _time(path: Path) -> int:
    """Return the modification time of a file, 0 if there is none."""
    return path.stat().st_mtime_ns if path.exists() else 0
