"""The figures of a page: light and dark, with their size and the tables of their curves."""

import functools
import re
import struct
from pathlib import Path
from typing import Any

from handbook.lesson import translation
from handbook.lesson.lessons import Lesson
from handbook.lesson.pages import FIGURE
from handbook.run import records
from handbook.run.screenshots import SCALE
from handbook.stage import curves
from handbook.stage.book import Book
from handbook.stage.html import raw

LINE = re.compile(rf"^(?P<indent> *)(?P<text>.*{FIGURE.pattern}.*)$", re.M)
SIZE = re.compile(r'<svg[^>]* viewBox="0 0 (?P<width>[\d.]+) (?P<height>[\d.]+)"', re.DOTALL)
PIXELS = 96 / 72  # CSS pixels per point
FOLDER = "figures/"


class FigureError(ValueError):
    """A page shows a figure that does not exist."""


def shown(text: str, book: Book) -> str:
    """Return a text with each figure in both color schemes.

    Args:
        text: Markdown, without its fences.
        book: the book of the text.

    Raises:
        FigureError: a figure does not exist.
    """
    return LINE.sub(lambda line: _line(line, book), text)


def _line(line: re.Match[str], book: Book) -> str:
    names = [m["path"] for m in FIGURE.finditer(line["text"]) if FOLDER in m["path"]]
    text = FIGURE.sub(lambda match: _both(match, book.root), line["text"])
    tables = (_tables(book, name.rpartition(FOLDER)[2]) for name in names)
    lines = [text, *(f"\n{line['indent']}{raw(table)}" for table in tables if table)]
    return line["indent"] + "\n".join(lines)


def _both(match: re.Match[str], root: Path) -> str:
    """Return the two images of a figure; the theme hides that of the other color scheme."""
    folder, _, name = match["path"].rpartition(FOLDER)
    if not folder and not match["path"].startswith(FOLDER):
        return match[0]
    path = root / "docs" / FOLDER / name
    if not path.exists():
        raise FigureError(f"expected a figure at {path}, found none; refresh the lesson")
    width, height = size_of(path)
    light, dark = match["path"], re.sub(r"(\.\w+)$", r".dark\1", match["path"])
    attributes = f'{{ .figure width="{width}" height="{height}" loading="lazy" }}'
    return (
        f"![{match['alt']}]({light}#only-light){attributes}"
        f"![{match['alt']}]({dark}#only-dark){attributes}"
    )


def _tables(book: Book, figure: str) -> str:
    address, _, name = figure.rpartition("/")
    lesson = Lesson(book.root, address)
    data = _data(lesson).get(name.rpartition(".")[0], {"axes": []})
    own = translation.words(lesson, book.language)
    return curves.tables(translation.drawn(data, own), book.words)


@functools.lru_cache(maxsize=4)
def _data(lesson: Lesson) -> dict[str, Any]:
    data: dict[str, Any] = records.read(lesson).get("data", {})
    return data


def size_of(image: Path) -> tuple[int, int]:
    """Return width and height of an SVG file or a screenshot, in CSS pixels."""
    if image.suffix == ".png":
        width, height = struct.unpack(">2I", image.read_bytes()[16:24])
        return round(width / SCALE), round(height / SCALE)
    with image.open(encoding="utf-8") as file:
        svg = SIZE.search(file.read(2000))
    if not svg:
        raise FigureError(f"expected a viewBox at the start of {image}, found none; refresh it")
    return round(float(svg["width"]) * PIXELS), round(float(svg["height"]) * PIXELS)
