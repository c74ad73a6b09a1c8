"""Whether the verdicts of a lesson still hold with larger budgets and other seeds.

A verdict is a result line that begins with ``Verdict: ``. A trial runs the lesson with its
budgets multiplied and its seeds shifted, and compares only these lines with the stored ones.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice, zip_longest
from pathlib import Path

from handbook import clock
from handbook.lesson import results
from handbook.lesson.lessons import Lesson, text_of
from handbook.lesson.sections import Section, sections
from handbook.run import state
from handbook.run.outcome import Outcome
from handbook.trials import budgets, changed, stored

NAME = "verdicts"
BUDGET, SEEDS = 3, 3  # those of the weekly run
SHIFT = 100  # between the seeds of two sets
SLACK = 3  # multiplies the time limits, since the machine may be busy


@dataclass(frozen=True)
class Change:
    """A verdict that a trial printed differently.

    Attributes:
        section: its section.
        line: of the code.
        stored: the line in the code; empty if it is printed only now.
        printed: the line that the trial printed; empty if it printed none.
        seeds: the number of the set of seeds, from 1.
    """

    section: str
    line: int
    stored: str
    printed: str
    seeds: int


@dataclass(frozen=True)
class Result:
    """The result of all trials of a lesson.

    Attributes:
        date: of the trials.
        record: hash of the record of the results that they were compared with.
        budget: the factor of the budgets.
        seeds: the number of sets of seeds.
        verdicts: the number of verdicts in the lesson.
        changed: those that a trial printed differently, once for each set of seeds.
        why: one line on why a trial failed.
    """

    date: str
    record: str
    budget: int
    seeds: int
    verdicts: int
    changed: list[Change] = field(default_factory=list)
    why: str = ""

    @property
    def state(self) -> str:
        """``holds``, ``changes``, ``fails``, or ``none``: the lesson has no verdict."""
        if self.why or not self.verdicts:
            return "fails" if self.why else "none"
        return "changes" if self.changed else "holds"

    @property
    def different(self) -> int:
        """The number of verdicts that change in any trial; a line that is only new counts, too."""
        changed = len({(change.line, change.stored) for change in self.changed})
        return min(changed, self.verdicts)


@dataclass(frozen=True)
class Trial:
    """One run of a lesson: the factor of its budgets, and the number of its set of seeds."""

    lesson: Lesson
    budget: int
    seeds: int


Tried = tuple[list[Change], str]  # the verdicts that changed, and why the trial failed


def read(root: Path) -> dict[str, Result]:
    """Return the stored results, by address."""
    return {
        address: Result(**{**kept, "changed": [Change(**change) for change in kept["changed"]]})
        for address, kept in stored.read(NAME, root).items()
    }


def run(
    lessons: Sequence[Lesson],
    budget: int = BUDGET,
    seeds: int = SEEDS,
    jobs: int = 1,
    log: Callable[[str], None] = print,
) -> bool:
    """Try the verdicts of lessons, store and log the results; return whether all hold.

    Args:
        lessons: lessons of one checkout.
        budget: the factor of the budgets.
        seeds: the number of sets of seeds, each of which is one run.
        jobs: the number of runs at a time.
        log: receives the lines of the report.
    """
    counts = {lesson: _count(lesson) for lesson in lessons}
    trials = [
        Trial(lesson, budget, number)
        for lesson, (count, why) in counts.items()
        if count and not why
        for number in range(1, seeds + 1)
    ]
    states = set()
    with changed.runs(jobs) as each:
        ran = each(_tried, trials)
        for lesson, (count, why) in counts.items():
            tried: list[Tried] = list(islice(ran, seeds if count and not why else 0))
            changes = [change for found, _ in tried for change in found]
            reason = next(filter(None, [why, *(reason for _, reason in tried)]), "")
            made = (stored.record(lesson), budget, seeds, count, changes, reason)
            result = Result(clock.today().isoformat(), *made)
            stored.write(NAME, lesson, result)
            states.add(result.state)
            for line in _report(lesson, result):
                log(line)
    return states <= {"holds", "none"}


def _count(lesson: Lesson) -> tuple[int, str]:
    """Return the number of verdicts, and why the lesson cannot be tried."""
    count = 0
    try:
        count = sum(len(lines) for s in sections(lesson) for lines in _stored(s).values())
        budgets.edits(text_of(lesson.code), 1, 0)
    except (ValueError, SyntaxError, OSError) as error:
        return count, state.short(str(error))
    return count, ""


def _stored(section: Section) -> dict[int, list[str]]:
    """Return the verdicts in a section, by the number of the line above them."""
    shown = {line: _verdicts(texts) for line, texts in results.shown(section.text).items()}
    return {line: texts for line, texts in shown.items() if texts}


def _verdicts(lines: Sequence[str]) -> list[str]:
    """Return the lines that are verdicts, with single spaces, as wrapped lines have."""
    return [" ".join(line.split()) for line in results.verdicts("\n".join(lines))]


def _tried(trial: Trial) -> Tried:
    """Run a trial, up to the last section that has a verdict."""
    lesson, shift = trial.lesson, trial.seeds * SHIFT
    code = text_of(lesson.code)
    code = changed.edited(code, budgets.edits(code, trial.budget, shift))
    left = sum(bool(_stored(section)) for section in sections(lesson))
    found: list[Change] = []
    with closing(changed.run(lesson, code, time_factor=trial.budget * SLACK, seed=shift)) as ran:
        for section, outcome in ran:
            if outcome.problems:
                why = state.failed(outcome.problems).why
                return found, f"seeds + {shift}, section {section.name!r}: {why}"
            found += _changes(section, outcome, trial.seeds)
            left -= bool(_stored(section))
            if not left:
                break
    return found, ""


def _changes(section: Section, outcome: Outcome, seeds: int) -> Iterator[Change]:
    """Yield the verdicts of a section that are printed differently."""
    kept = _stored(section)
    printed = {line: _verdicts(text.splitlines()) for line, text in outcome.printed.items()}
    for line in sorted(kept.keys() | printed.keys()):
        pairs = zip_longest(kept.get(line, []), printed.get(line, []), fillvalue="")
        for old, new in pairs:
            if old != new:
                yield Change(section.name, section.first_line + line - 1, old, new, seeds)


def _report(lesson: Lesson, result: Result) -> Iterator[str]:
    runs = f"with {result.budget} × the budget and {result.seeds} other sets of seeds"
    match result.state:
        case "none":
            yield f"{lesson.address}: no verdict"
        case "fails":
            yield f"{lesson.address}: fails {runs}: {result.why}"
        case _:
            held = f"{result.verdicts - result.different} of {result.verdicts}"
            yield f"{lesson.address}: {held} verdicts hold {runs}"
    for change in result.changed:
        place = f"{lesson.relative(lesson.code)}:{change.line}"
        yield f"  {place}, section {change.section!r}, seeds + {change.seeds * SHIFT}"
        yield f"    stored:  {change.stored}"
        yield f"    printed: {change.printed}"
