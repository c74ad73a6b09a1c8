"""The table of outdated claims, with fields that filter it."""

import functools
import json
import posixpath
import re
from collections import Counter
from typing import Any

import markdown
import pygments
from markupsafe import Markup
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from handbook.files import read_cache, replace
from handbook.lesson import errata
from handbook.lesson.lessons import Lesson
from handbook.run import records
from handbook.stage import inputs
from handbook.stage.book import Book, up, url
from handbook.stage.html import render

PAGE = "migration/errata"
HTML = ("claim", "code", "replacement")  # the fields of a row that hold HTML
LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(#[\w-]+)?\)")
lexer, formatter = PythonLexer(), HtmlFormatter(nowrap=True)
prose = markdown.Markdown(
    extensions=["pymdownx.arithmatex"],
    extension_configs={"pymdownx.arithmatex": {"generic": True}},
)


def count(book: Book) -> str:
    """Return the sentence above the table: the number of rows by verdict, and the versions."""
    rows = _rows(book)
    kept = [records.read(Lesson(book.root, address)) for address in {row["lesson"] for row in rows}]
    versions = {
        name: ", ".join(sorted({record["versions"][name] for record in kept if record}))
        for name in ("tensorflow", "keras")
    }
    counts = dict.fromkeys(errata.VERDICTS, 0) | Counter(row["verdict"] for row in rows)
    return str(book.words["errata"]["count"].format(len(rows), **counts, **versions))


def table(book: Book) -> str:
    """Return the filter fields and the table."""
    words, shown = book.words["errata"], _rows(book)
    chapters = {row["chapter"]: book.entries[row["lesson"]].chapter for row in shown}
    verdicts = {verdict: words[verdict] for verdict in errata.VERDICTS}
    choices = {"verdict": verdicts, "chapter": chapters}
    return render("errata", words=words, rows=shown, choices=choices)


@functools.lru_cache(maxsize=1)
def _rows(book: Book) -> list[dict[str, Any]]:
    """Return the rows of all lessons; unchanged lessons come from the cache."""
    cache_file = book.root / f"build/errata-{book.language}.json"
    kept = read_cache(cache_file)
    found: dict[str, dict[str, Any]] = {}
    for lesson in book.lessons:
        key = inputs.key(lesson.address, book)
        before = kept.get(lesson.address, {})
        rows = before.get("rows") if before.get("key") == key else None
        if rows is None:
            rows = [_shown(row) for row in errata.rows(lesson, book.language)]
        found[lesson.address] = {"key": key, "rows": rows}
    replace(cache_file, json.dumps(found))
    return [_marked(row) for lesson in found.values() for row in lesson["rows"]]


def _marked(row: dict[str, Any]) -> dict[str, Any]:
    """Mark the HTML of a row as safe: Markdown and Pygments made it."""
    return row | {name: Markup(row[name]) for name in HTML}  # noqa: S704


def _shown(row: errata.Erratum) -> dict[str, Any]:
    address = row.lesson.address
    return {
        "lesson": address,
        "verdict": row.verdict,
        "chapter": _chapter(row.lesson),
        "link": f"{up(PAGE)}{url(address)}#{row.box.anchor}",
        "claim": _prose(row.box.claim, address),
        "is_statement": row.is_statement,
        "code": _highlighted(row.code),
        "today": "\n".join(row.lines),
        "replacement": _prose(row.box.replacement, address),
    }


def _chapter(lesson: Lesson) -> str:
    return lesson.address.partition("/")[0]


@functools.lru_cache(maxsize=1024)  # the rows of a box share it
def _prose(text: str, address: str) -> str:
    """Return a paragraph of a lesson's page as HTML, its links relative to the errata page."""

    def linked(match: re.Match[str]) -> str:
        path = posixpath.normpath(posixpath.join(posixpath.dirname(address), match[1]))
        target = posixpath.splitext(path)[0] if match[1] else address
        return f"]({up(PAGE)}{url(target)}{match[2] or ''})"

    made = prose.reset().convert(LINK.sub(linked, text))
    return str(made.removeprefix("<p>").removesuffix("</p>").replace("\n", "&#10;"))


def _highlighted(code: str) -> str:
    made: str = pygments.highlight(code, lexer, formatter)
    return made.rstrip("\n").replace("\n", "&#10;")
