"""A run of a lesson whose code is changed in a few places.

The changed code is a file in a temporary folder, since AutoGraph reads the file of a function.
Edits stay within their line, so every statement keeps its line number, and with it its results.
"""

import contextlib
import multiprocessing
import tempfile
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from handbook.files import replace
from handbook.lesson.lessons import Lesson, LessonError
from handbook.lesson.sections import Section, sections
from handbook.run.outcome import Outcome
from handbook.run.runner import SEED, LessonProcess

Map = Callable[[Callable[[Any], Any], Sequence[Any]], Iterator[Any]]


@dataclass(frozen=True, order=True)
class Edit:
    """A text in place of a part of a line: the line from 1, the columns from 0 in UTF-8 bytes."""

    line: int
    start: int
    end: int
    text: str


def edited(code: str, edits: Iterable[Edit]) -> str:
    """Return the code with some edits, which do not overlap.

    Examples:
        >>> edited("STEPS = 5", [Edit(1, 8, 9, "15")])
        'STEPS = 15'
    """
    lines = code.encode().split(b"\n")
    for edit in sorted(edits, reverse=True):  # from the end: columns on the left stay valid
        old = lines[edit.line - 1]
        lines[edit.line - 1] = old[: edit.start] + edit.text.encode() + old[edit.end :]
    return b"\n".join(lines).decode()


def run(
    lesson: Lesson, code: str, *, time_factor: float = 1.0, seed: int = SEED
) -> Generator[tuple[Section, Outcome], None, None]:
    """Run a lesson with other code, section by section, up to the first that fails.

    Args:
        lesson: a lesson, which stays unchanged.
        code: the code to run instead.
        time_factor: multiplies its time limit.
        seed: of the random numbers before the lesson sets its own.
    """
    with tempfile.TemporaryDirectory(prefix="changed-") as folder:
        copy = Lesson(Path(folder), lesson.address)
        replace(copy.code, code)
        if not lesson.is_lab:  # the settings are in its page
            replace(copy.page("en"), lesson.page("en").read_bytes())
        with LessonProcess(copy, time_factor, seed) as process:
            for section in sections(copy):
                outcome = _outcome(process, section)
                yield section, outcome
                if outcome.problems:
                    return


def _outcome(process: LessonProcess, section: Section) -> Outcome:
    try:
        return process.run(section)
    except LessonError as error:  # it ended its process, or took too long
        return Outcome(problems=[str(error)])


@contextlib.contextmanager
def runs(jobs: int) -> Iterator[Map]:
    """Yield a function like ``map`` that makes some calls at a time, each in another process."""
    if jobs == 1:
        yield map
        return
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn")) as pool:
        yield pool.map
