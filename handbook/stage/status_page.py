"""The two tables of the status page: the rows of the matrix, and every lesson with its trials."""

import dataclasses
import datetime
import functools
from typing import Any

from handbook import clock
from handbook.lesson.lessons import LANGUAGES, Lesson
from handbook.lesson.pages import Page
from handbook.matrix import status
from handbook.run import records
from handbook.stage.book import Book, up, url
from handbook.stage.html import render
from handbook.trials import mutation, stored, verdicts
from handbook.words import words

PAGE = "status"


@dataclasses.dataclass(frozen=True)
class Cell:
    """A result of a lesson.

    Attributes:
        word: the result in one word, or a count.
        state: ``same``, ``differs`` or ``fails``, which selects its color.
        why: the details of the fold.
        current: whether it is for this version of the lesson.
        advisory: whether a failure is only a warning.
        note: a difference from other lessons.
    """

    word: str
    state: str = ""
    why: str = ""
    current: bool = True
    advisory: bool = False
    note: str = ""


def rows(book: Book, today: datetime.date | None = None) -> str:
    """Return the table of the rows; ``status.js`` marks rows that become overdue later."""
    own, stored = book.words["status"], _stored(book)
    heads = [own["versions"], own["run_on"], "Python", "TensorFlow", "Keras", own["lessons"]]
    shown = [_row(name, stored[name], today or clock.today()) for name in status.ROWS]
    return render(
        "status-rows",
        words=own,
        heads=[*heads, own["tests"]],
        rows=shown,
        colon=book.words["colon"],
        days=status.MAX_AGE_DAYS,
    )


def _row(name: str, row: status.Row | None, today: datetime.date) -> dict[str, Any]:
    overdue = row is None or row.overdue(today)
    classes = ["overdue"] * overdue + ["advisory"] * (name in status.ADVISORY)
    counts = {state: n for state in status.STATES if row and (n := row.count(state))}
    return {
        "name": name,
        "run": row,
        "overdue": overdue,
        "classes": " ".join(classes),
        "counts": counts,
    }


def lessons(book: Book) -> str:
    """Return the table of all lessons, grouped by chapter."""
    own = book.words["status"]
    heads = [own["lesson"], own["runs_for"], own["verified"]]
    states = [_head(own[name], row) for name, row in _stored(book).items()]
    trials = [own["verdicts"].format(verdicts.BUDGET), own["mutation"]]
    tried, mutated = verdicts.read(book.root), mutation.read(book.root)
    chapters: dict[str, list[dict[str, Any]]] = {}
    for lesson in book.lessons:
        entry, address = book.entries[lesson.address], lesson.address
        cells = (
            _verdicts(lesson, tried.get(address), own),
            _score(lesson, mutated.get(address), own),
        )
        made = _lesson(lesson, book, states)
        made["states"] += zip(trials, cells, strict=True)
        chapters.setdefault(entry.chapter, []).append(made)
    return render("status-lessons", words=own, heads=heads + states + trials, chapters=chapters)


def _head(name: str, row: status.Row | None) -> str:
    release = row.versions["tensorflow"].partition(".dev")[0] if row else ""
    return f"{name} {release}".strip()


def _lesson(lesson: Lesson, book: Book, heads: list[str]) -> dict[str, Any]:
    own, settings, claim = book.words["status"], lesson.settings, status.claim(lesson)
    states = [_state(lesson, name, row, own) for name, row in _stored(book).items()]
    return {
        "address": lesson.address,
        "link": f"{up(PAGE)}{url(lesson.address)}",
        "title": book.entries[lesson.address].title,
        "facts": own["facts"].format(
            minutes=settings.minutes,
            hardware=settings.hardware,
            languages=", ".join(words(name)["languages"] for name in languages(lesson)),
        ),
        "seconds": _seconds(lesson, _stored(book)["locked"], own),
        "date": claim.get("date", ""),
        "reasons": records.stale(lesson),
        "states": list(zip(heads, states, strict=True)),
    }


def _seconds(lesson: Lesson, row: status.Row | None, own: dict[str, str]) -> str:
    if row is None or lesson.address not in row.lessons:
        return "–"
    seconds = row.lessons[lesson.address].seconds
    return own["seconds"].format(f"{seconds:.{0 if seconds >= 10 else 1}f}")


def _state(lesson: Lesson, name: str, row: status.Row | None, own: dict[str, str]) -> Cell:
    result = row.lessons.get(lesson.address) if row else None
    if not result:
        return Cell(own["missing"])
    advisory, current = name in status.ADVISORY, status.current(result, lesson)
    return Cell(own[result.state], result.state, result.why, current, advisory)


def _verdicts(lesson: Lesson, result: verdicts.Result | None, own: dict[str, str]) -> Cell:
    if not result:
        return Cell(own["untried"])
    held, state = result.verdicts - result.different, result.state
    changes = [
        own["trial"].format(**{**vars(c), "shift": c.seeds * verdicts.SHIFT})
        for c in result.changed
    ]
    return Cell(
        own[state].format(held=held, count=result.verdicts),
        {"holds": "same", "changes": "differs", "fails": "fails"}.get(state, ""),
        "\n".join(filter(None, [result.why, *changes])),
        result.record == stored.record(lesson),
        note="" if result.budget == verdicts.BUDGET else own["budget"].format(result.budget),
    )


def _score(lesson: Lesson, result: mutation.Result | None, own: dict[str, str]) -> Cell:
    if not result:
        return Cell(own["untried"])
    word = own["untried"] if result.why else own["noticed"].format(**vars(result))
    survivors = [own["survivor"].format(**vars(survivor)) for survivor in result.survivors]
    details = result.why or "\n".join(survivors)
    return Cell(word, why=details, current=result.record == stored.record(lesson))


def languages(lesson: Lesson) -> list[str]:
    """Return the languages in which a lesson exists."""
    return [
        language
        for language in LANGUAGES
        if (lesson.is_lab or lesson.page(language).exists()) and Page.of(lesson, language).headings
    ]


@functools.lru_cache(maxsize=1)
def _stored(book: Book) -> dict[str, status.Row | None]:
    return {name: status.read(name, book.root) for name in status.ROWS}
