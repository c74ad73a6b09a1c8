"""The pages of a book as complete Markdown, with all markers and includes replaced."""

import re
from collections.abc import Callable, Iterator

from handbook import addresses
from handbook.lesson import errata, values
from handbook.lesson.lessons import Lesson
from handbook.lesson.pages import Page, expanded, fence_regions
from handbook.stage import chapter_map, errata_page, figures, folded, status_page
from handbook.stage.book import Book, up
from handbook.stage.html import raw
from handbook.stage.row import row

PARAGRAPH = re.compile(r"^# .+\n\n(?:.+\n)+", re.M)  # the title and the first paragraph
WARNING = re.compile(r"^( *!!! +warning)(?= )", re.M)
INSTALL = re.compile(r" ?<!-- install --> ?")
COMMAND = '\n\n```sh\npython -m pip install "{}"\n```\n\n'
BOOKS = "<!-- books -->"
API = "api/index"
WHOLE = ("index", errata_page.PAGE, status_page.PAGE, API)  # pages that depend on many others


def staged(address: str, book: Book) -> str:
    """Return a complete page.

    Raises:
        FigureError: it shows a figure that does not exist.
        IncludeError: it includes a section that does not exist.
        MapError: it is the home page and lacks a chapter.
    """
    lesson = Lesson(book.root, address)
    page = Page.of(lesson, book.language)
    text = page.text
    if lesson.code.exists():
        text = values.filled(text, lesson)
        text = PARAGRAPH.sub(lambda m: f"{m[0]}\n{raw(row(lesson, book))}\n", text, count=1)
        anchors = iter([box.anchor for box in errata.boxes(lesson, book.language)])
        text = WARNING.sub(lambda m: f"{m[1]} {next(anchors, '')}".rstrip(), text)
        text = folded.shown(text, lesson, book.words)
    for marker, fill in MARKERS.items():
        if marker in text:
            text = text.replace(marker, fill(address, book))
    text = INSTALL.sub(lambda _: COMMAND.format(requirement(book)), text)
    if address == "index":
        text = f"{chapter_map.filled(text, book)}\n{_script('chapter-map', address)}\n"
    text = "".join(_with_figures(text, book))
    return expanded(Page(page.path, text), book.root, book.language)


def _with_figures(text: str, book: Book) -> Iterator[str]:
    """Yield the text in parts, with the figures of the prose replaced."""
    end = 0
    for region in fence_regions(text):
        yield figures.shown(text[end : region.start], book)
        yield text[region.start : region.end]
        end = region.end
    yield figures.shown(text[end:], book)


def requirement(book: Book) -> str:
    """Return the pip requirement of the package."""
    return addresses.requirement(book.repo_url, book.site_url)


def _script(name: str, address: str) -> str:
    return raw(f'<script src="{up(address)}assets/{name}.js" defer></script>')


def _errata(address: str, book: Book) -> str:
    parts = (errata_page.count(book), raw(errata_page.table(book)), _script("errata", address))
    return "\n\n".join(parts)


def _rows(address: str, book: Book) -> str:
    return f"{raw(status_page.rows(book))}\n\n{_script('status', address)}"


def _lessons(_address: str, book: Book) -> str:
    return raw(status_page.lessons(book))


def _modules(_address: str, book: Book) -> str:
    """Return the table of the API pages, each with its description."""
    own = book.words["api"]
    rows = [f"| {own['module']} | {own['summary']} |", "|---|---|"]
    for address in book.entries:
        if address.startswith("api/") and address != API:
            page, name = book.page(address), address.removeprefix("api/")
            rows.append(f"| [`{page.title}`]({name}.md) | {page.front_matter['description']} |")
    return "\n".join(rows)


def _books(_address: str, book: Book) -> str:
    folder = book.config["extra"]["books"]
    files = {"zip": "offline.zip", "PDF": f"{book.language}.pdf", "EPUB": f"{book.language}.epub"}
    links = (f"[{kind}]({folder}/{addresses.BOOK}-{file})" for kind, file in files.items())
    text: str = book.words["page"]["books"].format(book.words["comma"].join(links))
    return text if folder else ""


MARKERS: dict[str, Callable[[str, Book], str]] = {
    "<!-- errata -->": _errata,
    "<!-- status: rows -->": _rows,
    "<!-- status: lessons -->": _lessons,
    BOOKS: _books,
    "<!-- modules -->": _modules,
}
