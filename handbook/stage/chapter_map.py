"""The map of the chapters on the home page, from the nav and the lessons' own links.

The page has a heading and a sentence for each chapter, followed by the chapter's lessons as
stations of a line. An arc joins two lessons of a chapter if one links to the other under *What
you need first*; the colors in a station show the other chapters that it links to there.
"""

import functools
import posixpath
import re
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from handbook.lesson.lessons import Lesson
from handbook.lesson.pages import LINK, Page
from handbook.stage.book import Book, Entry, url
from handbook.stage.html import raw, render

MAP = re.compile(r'(<nav class="chapter-map".*?>\n)(.*?)(\n</nav>)', re.DOTALL)
CHAPTER = re.compile(r"^### +(?P<title>.+?) +\{#(?P<name>[\w-]+)\}\n\n.+\n", re.M)
NEEDS = re.compile(r"^\*\*What you need first:\*\*(.*?)(?:\. |\.?$)", re.M)
ROW, RAIL = 28, 56  # SVG units: the height of a lesson, the width to the left of the titles


class MapError(ValueError):
    """The home page lacks a chapter."""


def filled(text: str, book: Book) -> str:
    """Return the home page with the lessons of each chapter under its sentence.

    Raises:
        MapError: the page lacks the heading and sentence of a chapter.
    """
    return MAP.sub(lambda match: match[1] + _filled(match[2], book) + match[3], text)


def _filled(text: str, book: Book) -> str:
    lessons = [Lesson(book.root, entry.address) for entry in _stations(book)]
    needs = {lesson.address: list(needed(lesson)) for lesson in lessons}
    found = {match["name"]: match for match in CHAPTER.finditer(text)}
    parts = []
    names = list(_chapters(book))
    for name, entries in _chapters(book).items():
        title = entries[0].chapter
        if name not in found or found[name]["title"] != title:
            raise MapError(
                f"docs/{book.language}/index.md: expected the heading `### {title} {{#{name}}}` of "
                "that chapter, and a sentence under it; add both, so that the map shows it"
            )
        line = raw(_line(entries, needs, names))
        parts.append(f'<section markdown="block">\n\n{found[name][0]}\n{line}\n\n</section>\n')
    return "\n" + "\n".join(parts)


def needed(lesson: Lesson) -> Iterator[str]:
    """Yield the addresses that the first sentence of *What you need first* links to."""
    for sentence in NEEDS.findall(Page.of(lesson, "en").prose):
        for link in LINK.finditer(sentence):
            path = posixpath.join(posixpath.dirname(lesson.address), link["to"].split("#")[0])
            yield posixpath.normpath(path).rpartition(".")[0]


def _stations(book: Book) -> list[Entry]:
    return [entry for entry in book.entries.values() if entry.chapter]


@functools.lru_cache(maxsize=1)
def _chapters(book: Book) -> dict[str, list[Entry]]:
    grouped = groupby(_stations(book), lambda entry: entry.address.partition("/")[0])
    return {name: list(entries) for name, entries in grouped}


def _line(entries: list[Entry], needs: dict[str, list[str]], names: list[str]) -> str:
    line = [entry.address for entry in entries]
    pairs = [(a, b) for b in line for a in needs[b] if a in line]
    arcs = [
        {"from": url(a), "to": url(b), "path": _arc(*sorted((line.index(a), line.index(b))))}
        for a, b in pairs
    ]
    stations = [_station(entry, needs, names) for entry in entries]
    return render("map", rail=RAIL, height=ROW * len(line), arcs=arcs, stations=stations)


def _station(entry: Entry, needs: dict[str, list[str]], names: list[str]) -> dict[str, Any]:
    needed_here = [address for address in needs[entry.address] if address in needs]
    numbers = {names.index(address.partition("/")[0]) + 1 for address in needed_here}
    others = sorted(numbers - {names.index(entry.address.partition("/")[0]) + 1})
    return {
        "link": url(entry.address),
        "needs": [url(address) for address in needed_here],
        "inside": _colors(others),
        "title": entry.title,
    }


def _arc(first: int, last: int) -> str:
    height = ROW * (last - first)
    width = min(RAIL - 3, 5 + 5 * (last - first))
    start = f"M{RAIL} {ROW * first + ROW // 2}"
    return f"{start}a{width} {height / 2:g} 0 0 0 0 {height}"


def _colors(others: list[int]) -> str:
    """Return the colors of other chapters as a gradient with equal sectors."""
    if not others:
        return ""
    part = 100 / len(others)
    parts = (f"var(--line-{n}) 0 {part * i:.0f}%" for i, n in enumerate(others, 1))
    return f"conic-gradient({','.join(parts)})"
