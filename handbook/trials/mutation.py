"""The mutation score of a lesson: the share of changes of its code that a result notices.

A mutant runs like the lesson. It is killed if the lesson fails or takes too long, or if a printed
result or the data of a figure differ by more than the tolerance; else no result depends on what
it changes, and it survives.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from handbook import clock
from handbook.lesson import results
from handbook.lesson.lessons import Lesson, text_of
from handbook.lesson.sections import Section, sections
from handbook.run import figure, records, state
from handbook.run.outcome import Outcome
from handbook.trials import changed, mutants, stored
from handbook.trials.mutants import Mutant

NAME = "mutation"
SAMPLE = 20  # mutants of a lesson
SLACK = 3  # a mutant may take this times as long as the lesson, ...
SPARE = 10.0  # ... and these seconds; then it is killed, since it may never end


@dataclass(frozen=True)
class Survivor:
    """A change that no result depends on: section, line of the code, change, source line."""

    section: str
    line: int
    change: str
    source: str


@dataclass(frozen=True)
class Result:
    """The result of the mutants of a lesson.

    Attributes:
        date: of the run.
        record: hash of the record of the results that they were compared with.
        sample: the largest number of mutants; 0 for all.
        tried: the number of mutants that ran.
        killed: the number of those that a result noticed.
        survivors: the others.
        why: one line on why the lesson could not be tried.
    """

    date: str
    record: str
    sample: int
    tried: int = 0
    killed: int = 0
    survivors: list[Survivor] = field(default_factory=list)
    why: str = ""


@dataclass(frozen=True)
class Trial:
    """One mutant of a lesson, and its time limit in seconds."""

    lesson: Lesson
    mutant: Mutant
    limit: float


def read(root: Path) -> dict[str, Result]:
    """Return the stored results, by address."""
    return {
        address: Result(**{**kept, "survivors": [Survivor(**one) for one in kept["survivors"]]})
        for address, kept in stored.read(NAME, root).items()
    }


def run(
    lessons: Sequence[Lesson],
    sample: int = SAMPLE,
    jobs: int = 1,
    log: Callable[[str], None] = print,
) -> bool:
    """Try mutants of lessons, store and log the results; return whether all could be tried.

    Args:
        lessons: lessons of one checkout.
        sample: the largest number of mutants of a lesson; 0 for all.
        jobs: the number of runs at a time.
        log: receives the lines of the report.
    """
    with changed.runs(jobs) as each:
        unchanged: dict[Lesson, tuple[str, float]] = dict(
            zip(lessons, each(_unchanged, lessons), strict=True)
        )
        trials = {
            lesson: [] if why else _trials(lesson, sample, SPARE + SLACK * seconds)
            for lesson, (why, seconds) in unchanged.items()
        }
        ran = each(_survives, [trial for those in trials.values() for trial in those])
        for lesson, those in trials.items():
            left = [
                Survivor(t.mutant.section, t.mutant.line, t.mutant.change, t.mutant.source)
                for t, survives in zip(those, islice(ran, len(those)), strict=True)
                if survives
            ]
            counts = (len(those), len(those) - len(left))
            made = (stored.record(lesson), sample, *counts, left, unchanged[lesson][0])
            result = Result(clock.today().isoformat(), *made)
            stored.write(NAME, lesson, result)
            for line in _report(lesson, result):
                log(line)
    return not any(why for why, _ in unchanged.values())


def _trials(lesson: Lesson, sample: int, limit: float) -> list[Trial]:
    found = [mutant for section in sections(lesson) for mutant in mutants.of(section)]
    return [Trial(lesson, m, limit) for m in mutants.sample(found, sample, lesson.address)]


def _unchanged(lesson: Lesson) -> tuple[str, float]:
    """Run the unchanged lesson; return why it cannot be tried, if so, and its seconds."""
    seconds = 0.0
    record = records.read(lesson)
    try:
        with closing(changed.run(lesson, text_of(lesson.code), time_factor=SLACK)) as ran:
            for section, outcome in ran:
                seconds += outcome.seconds
                if why := _difference(lesson, section, outcome, record):
                    return f"section {section.name!r}: {why}", seconds
    except (ValueError, SyntaxError, OSError) as error:
        return state.short(str(error)), seconds
    return "", seconds


def _survives(trial: Trial) -> bool:
    """Run a mutant; return whether no result differs, from its section on."""
    lesson, record = trial.lesson, records.read(trial.lesson)
    code = changed.edited(text_of(lesson.code), [trial.mutant.edit])
    factor = trial.limit / lesson.settings.time_limit
    reached = False
    with closing(changed.run(lesson, code, time_factor=factor)) as ran:
        for section, outcome in ran:
            reached = reached or section.name == trial.mutant.section
            if reached and _difference(lesson, section, outcome, record):
                return False
    return reached


def _difference(lesson: Lesson, section: Section, outcome: Outcome, record: dict[str, Any]) -> str:
    """Return why a section fails or how it differs from its stored results; empty if it agrees."""
    if outcome.problems:
        return state.failed(outcome.problems).why
    tolerance = lesson.settings.tolerance
    for mismatch in results.compare(section.text, outcome.printed, tolerance):
        return state.first_difference(mismatch)
    if section.name in lesson.settings.varies:
        return ""
    kept = record.get("data", {}).get(section.name)
    drawn = outcome.figure.data if outcome.figure else None
    tolerance = results.of_figure(section.text, tolerance)
    return next(figure.differences(kept, drawn, tolerance), "")


def _report(lesson: Lesson, result: Result) -> Iterator[str]:
    if result.why:
        yield f"{lesson.address}: not tried, since it fails or differs unchanged: {result.why}"
        return
    yield f"{lesson.address}: {result.killed} of {result.tried} changes are noticed"
    for survivor in result.survivors:
        place = f"{lesson.relative(lesson.code)}:{survivor.line}"
        yield f"  {place}: {survivor.change}: {survivor.source}"
