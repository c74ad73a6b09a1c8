"""Stored results of the rows of the matrix, with their dates.

A row is one environment: the lowest supported, the locked, the newest or the nightly versions.
``handbook.matrix`` runs the lessons there and writes ``docs/status/<row>.json``.
"""

import datetime
import functools
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from handbook.files import replace
from handbook.lesson.lessons import ROOT, Lesson
from handbook.run import records

ROWS = ("lowest", "locked", "newest", "nightly")
ADVISORY = {"nightly"}  # a failure is only a warning: these versions are not released
MAX_AGE_DAYS = 31  # days until a row is overdue

State = Literal["same", "differs", "fails"]
STATES: tuple[State, ...] = ("same", "differs", "fails")


@dataclass(frozen=True)
class Result:
    """The result of a lesson in a row.

    Attributes:
        state: ``same``: the results agree with the page; ``differs``: it runs, but its results
            do not agree; ``fails``: it does not run to its end.
        seconds: running time on the row's machine, under its load.
        record: hash of the record of the results that it was compared with.
        why: one line on what differs or fails.
    """

    state: State
    seconds: float
    record: str
    why: str = ""


@dataclass(frozen=True)
class Row:
    """One run of the matrix.

    Attributes:
        date: when it ended.
        python: its version.
        platform: system and number of cores.
        versions: of the libraries, by distribution.
        tests_passed: the number of tests of tfnotes that passed.
        tests_failed: the names of those that failed.
        lessons: the result of each lesson, by address.
    """

    date: datetime.date
    python: str
    platform: str
    versions: dict[str, str]
    tests_passed: int = 0
    tests_failed: list[str] = field(default_factory=list)
    lessons: dict[str, Result] = field(default_factory=dict)

    def count(self, state: State) -> int:
        """Return the number of lessons in a state."""
        return sum(result.state == state for result in self.lessons.values())

    def overdue(self, today: datetime.date) -> bool:
        """Return whether the row is older than a month."""
        return (today - self.date).days > MAX_AGE_DAYS

    def verified(self, lesson: Lesson) -> bool:
        """Return whether this row reproduced the current results of a lesson."""
        result = self.lessons.get(lesson.address)
        return bool(result and result.state == "same" and current(result, lesson))


def current(result: Result, lesson: Lesson) -> bool:
    """Return whether a row was compared with the current results of a lesson."""
    return lesson.record.exists() and result.record == records.digest(lesson.record)


def path(name: str, root: Path = ROOT) -> Path:
    """Return the file of a row."""
    return root / "docs/status" / f"{name}.json"


def read(name: str, root: Path = ROOT) -> Row | None:
    """Return a row; ``None`` if it has never run."""
    file = path(name, root)
    try:
        state = file.stat()
    except FileNotFoundError:
        return None
    return _read(file, (state.st_mtime_ns, state.st_ino))


@functools.lru_cache(maxsize=len(ROWS))  # every page reads the locked row
def _read(file: Path, state: tuple[int, int]) -> Row:  # noqa: ARG001
    kept: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    kept["date"] = datetime.date.fromisoformat(kept["date"])
    kept["lessons"] = {address: Result(**result) for address, result in kept["lessons"].items()}
    return Row(**kept)


def write(name: str, row: Row, root: Path = ROOT) -> None:
    """Store a row, in place of the previous one."""
    text = json.dumps(asdict(row), indent=1, ensure_ascii=False, default=datetime.date.isoformat)
    replace(path(name, root), text + "\n")


def claim(lesson: Lesson) -> dict[str, str]:
    """Return the facts of the run that made or confirmed the results of a lesson.

    Returns:
        Date, Python and versions by distribution: those of the locked row if it reproduced the
        results, else of the lesson's record; empty for a lesson that never ran. Old records
        have no Python.
    """
    row = read("locked", lesson.root)
    if row and row.verified(lesson):
        return {**row.versions, "python": row.python, "date": row.date.isoformat()}
    if record := records.read(lesson):
        python = {"python": record["python"]} if "python" in record else {}
        return {**record["versions"], **python, "date": record["verified"]}
    return {}
