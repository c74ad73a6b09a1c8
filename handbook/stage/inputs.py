"""Hashes of the inputs of staged pages: the same inputs give the same page."""

import functools
import json
from collections.abc import Iterator
from pathlib import Path

from handbook.files import fingerprint, read_tree
from handbook.lesson.lessons import Lesson
from handbook.lesson.pages import FIGURE, INCLUDE
from handbook.matrix import status
from handbook.run.records import digest
from handbook.stage.book import Book

MACHINERY = ("handbook", "tfnotes/_version.py", "tfnotes/labels.py", "docs/glossary.yml")
SETTINGS = ("site_url", "repo_url", "extra")


@functools.lru_cache(maxsize=512)  # the inputs of a book object do not change
def key(address: str, book: Book) -> str:
    """Return a hash of all files and settings that a page of the book depends on.

    Pages that depend on all lessons have more inputs, so they are always rebuilt.
    """
    settings = {name: book.config.get(name) for name in SETTINGS}
    entry = vars(book.entries[address])
    given = json.dumps([settings, entry], sort_keys=True, default=str)
    files = (
        (str(path.relative_to(book.root)), digest(path).encode()) for path in _files(address, book)
    )
    return fingerprint([(given, b""), (machinery(book.root), b""), *files])


def _files(address: str, book: Book) -> Iterator[Path]:
    lesson = Lesson(book.root, address)
    page = lesson.code if lesson.is_lab else lesson.page(book.language)
    own = [page]
    if lesson.code.exists():
        own += [lesson.page("en"), lesson.code, lesson.words, lesson.record]
        own.append(status.path("locked", book.root))
    text = page.read_text(encoding="utf-8")
    for include in INCLUDE.finditer(text):
        other = Lesson(book.root, include["file"].removesuffix(".py"))
        own += [other.code, other.words, book.root / include["file"]]
    for figure in FIGURE.finditer(text):  # its size, and the numbers and words of its curves
        name = figure["path"].rpartition("figures/")[2]
        other = Lesson(book.root, name.rpartition("/")[0])
        own += [book.root / "docs/figures" / name, other.record, other.words]
    yield from (path for path in dict.fromkeys(own) if path.exists())


@functools.lru_cache(maxsize=1)
def machinery(root: Path) -> str:
    """Return a hash of the code, templates and texts behind the pages, cached per process."""
    return fingerprint(read_tree(root, MACHINERY))
