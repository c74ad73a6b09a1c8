"""Draw the map of the chapters on the home page, from the nav and the lessons' own links.

The page has a heading and a sentence for each chapter; under them come the chapter's lessons
as stations of a line. An arc joins two lessons of a chapter when one names the other under
*What you need first*; the colours inside a station are the other chapters that it so names.
"""

import html
import logging
import posixpath
import re
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from handbook.hooks import address_of, lesson_of
from handbook.lessons import Lesson
from handbook.pages import LINK, Page

MAP = 'class="chapter-map"'
NEEDS = re.compile(r"^\*\*What you need first:\*\*(.*?)(?:\. |\.?$)", re.M)
ROW, RAIL = 28, 56  # units of the drawing: the height of a lesson, the width beside the names
log = logging.getLogger("mkdocs.hooks.chapter_map")
order: list[Any] = []  # the pages of the nav's chapters, as they are read


def on_nav(nav: Any, config: Any, files: Any) -> None:  # noqa: ARG001
    """Remember the pages that stand in a chapter, and for other hooks the chapters' titles."""
    order[:] = [page for page in nav.pages if page.parent]
    titles = ((address_of(page), page.parent) for page in nav.pages)
    config.extra["chapters"] = {name: chapter.title if chapter else "" for name, chapter in titles}


def on_env(env: Any, config: Any, files: Any) -> None:  # noqa: ARG001
    """Draw the map, now that every page has its title."""
    needs = {address_of(page): list(needed(lesson_of(page, config))) for page in order}
    for file in files.documentation_pages():
        if file.page.content and MAP in file.page.content:
            script = files.get_file_from_path("assets/chapter-map.js").url_relative_to(file)
            drawn = Map(file, needs).html(file.page.content)
            file.page.content = f'{drawn}<script src="{script}" defer></script>'


def needed(lesson: Lesson) -> Iterator[str]:
    """The addresses that the first sentence of *What you need first* links to."""
    for sentence in NEEDS.findall(Page.of(lesson, "en").prose):
        for link in LINK.finditer(sentence):
            path = posixpath.join(posixpath.dirname(lesson.address), link["to"].split("#")[0])
            yield posixpath.normpath(path).rpartition(".")[0]


class Map:
    """The map as one page shows it.

    Args:
        file: MkDocs' file of that page.
        needs: the addresses that each page of a chapter needs first.
    """

    def __init__(self, file: Any, needs: dict[str, list[str]]) -> None:
        self.file, self.needs = file, needs
        grouped = groupby(order, lambda page: address_of(page).partition("/")[0])
        self.chapters = {chapter: list(pages) for chapter, pages in grouped}
        self.links = {address_of(page): page.file.url_relative_to(file) for page in order}

    def html(self, content: str) -> str:
        """The content of the page with the lessons of each chapter under its sentence."""
        for chapter, pages in self.chapters.items():
            title = pages[0].parent.title
            heading = rf'<h3 id="{chapter}">{re.escape(html.escape(title))}<.*?</h3>\s*<p>.*?</p>'
            if not (told := re.search(heading, content, re.DOTALL)):
                log.warning(
                    "%s: expected the heading `### %s {#%s}` of that chapter, and a sentence under "
                    "it; write them, so that the map shows it",
                    self.file.src_uri, title, chapter,
                )  # fmt: skip
                continue
            line = f"<section>{told[0]}{self._lessons(pages)}"
            content = content.replace(told[0], f"{line}</section>", 1)
        return content

    def _lessons(self, pages: list[Any]) -> str:
        stations = "".join(map(self._station, pages))
        return (
            '<div class="line" data-search-exclude>'
            f"{self._arcs([address_of(page) for page in pages])}<ol>{stations}</ol></div>"
        )

    def _station(self, page: Any) -> str:
        here, known = address_of(page), [a for a in self.needs[address_of(page)] if a in self.links]
        others = sorted({self._number(need) for need in known} - {self._number(here)})
        needs = f' data-needs="{" ".join(self.links[need] for need in known)}"' if known else ""
        title = html.escape(page.title)
        return f'<li><a href="{self.links[here]}"{needs}{_filled(others)}>{title}</a></li>'

    def _number(self, of: str) -> int:
        return list(self.chapters).index(of.partition("/")[0]) + 1

    def _arcs(self, line: list[str]) -> str:
        """The line's own lessons that its lessons need, as arcs on its left."""
        pairs = [(a, b) for b in line for a in self.needs[b] if a in line]
        arcs = "".join(
            f'<path data-from="{self.links[a]}" data-to="{self.links[b]}" '
            f'd="{_arc(*sorted((line.index(a), line.index(b))))}"/>'
            for a, b in pairs
        )
        return f'<svg viewBox="0 0 {RAIL} {ROW * len(line)}" aria-hidden="true">{arcs}</svg>'


def _arc(first: int, last: int) -> str:
    height = ROW * (last - first)
    width = min(RAIL - 3, 5 + 5 * (last - first))
    start = f"M{RAIL} {ROW * first + ROW // 2}"
    return f"{start}a{width} {height / 2:g} 0 0 0 0 {height}"


def _filled(others: list[int]) -> str:
    """The colours of other chapters, as parts of a disc of equal size."""
    if not others:
        return ""
    part = 100 / len(others)
    parts = (f"var(--line-{n}) 0 {part * i:.0f}%" for i, n in enumerate(others, 1))
    return f' data-inside="conic-gradient({",".join(parts)})"'
