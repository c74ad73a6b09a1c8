"""How fresh the lessons are: what the rows of the matrix said of them, and when.

A row is one environment: the lowest supported versions, the locked, the newest, the nightly.
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
ADVISORY = {"nightly"}  # a failure there is a warning: no release has these versions
MONTH = 31  # days after which a row is shown in red

State = Literal["same", "differs", "fails"]
STATES: tuple[State, ...] = ("same", "differs", "fails")


@dataclass(frozen=True)
class Result:
    """What a lesson did in a row.

    Attributes:
        state: prints what its page says; runs to its end but prints or draws otherwise;
            or does not run to its end.
        seconds: how long it ran, on the row's machine and under its load.
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
        tests_passed: how many tests of tfnotes passed.
        tests_failed: the names of those that did not.
        lessons: what each lesson did, by address.
    """

    date: datetime.date
    python: str
    platform: str
    versions: dict[str, str]
    tests_passed: int = 0
    tests_failed: list[str] = field(default_factory=list)
    lessons: dict[str, Result] = field(default_factory=dict)

    def count(self, state: State) -> int:
        """How many lessons are in a state."""
        return sum(result.state == state for result in self.lessons.values())

    def overdue(self, today: datetime.date) -> bool:
        """Whether the row is older than a month."""
        return (today - self.date).days > MONTH

    def verified(self, lesson: Lesson) -> bool:
        """Whether this row printed what the lesson's page shows, as it stands now."""
        result = self.lessons.get(lesson.address)
        return bool(result and result.state == "same" and current(result, lesson))


def current(result: Result, lesson: Lesson) -> bool:
    """Whether a lesson's results are still those that a row was compared with."""
    return lesson.record.exists() and result.record == records.digest(lesson.record)


def path(name: str, root: Path = ROOT) -> Path:
    """Where a row is kept."""
    return root / "docs/status" / f"{name}.json"


def read(name: str, root: Path = ROOT) -> Row | None:
    """A row; ``None`` where it has never been run."""
    file = path(name, root)
    try:
        state = file.stat()
    except FileNotFoundError:
        return None
    return _read(file, (state.st_mtime_ns, state.st_ino))


@functools.lru_cache(maxsize=len(ROWS))  # every page asks for the locked row
def _read(file: Path, state: tuple[int, int]) -> Row:  # noqa: ARG001
    kept: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    kept["date"] = datetime.date.fromisoformat(kept["date"])
    kept["lessons"] = {address: Result(**result) for address, result in kept["lessons"].items()}
    return Row(**kept)


def write(name: str, row: Row, root: Path = ROOT) -> None:
    """Keep a row, in place of the one before."""
    text = json.dumps(asdict(row), indent=1, ensure_ascii=False, default=datetime.date.isoformat)
    replace(path(name, root), text + "\n")


def claim(lesson: Lesson) -> dict[str, str]:
    """What a lesson's page may say of the run that made or confirmed its results.

    Returns:
        Its date, Python and versions by distribution: of the locked row where that printed
        what the page shows, else of the lesson's record; empty for a lesson that never ran.
        Records written before they kept it have no Python.
    """
    row = read("locked", lesson.root)
    if row and row.verified(lesson):
        return {**row.versions, "python": row.python, "date": row.date.isoformat()}
    if record := records.read(lesson):
        python = {"python": record["python"]} if "python" in record else {}
        return {**record["versions"], **python, "date": record["verified"]}
    return {}
