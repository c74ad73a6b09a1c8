"""The pages as pytest items: every fence is an item, every page has its own process.

``pytest`` compares the output and figures of the code with the stored results; ``--refresh``
writes them. Only the English pages run: ``parity`` keeps both languages equal.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from sybil import Document, Example, Region, Sybil
from sybil.integration.pytest import SybilItem

from handbook.files import BusyError, exclusive, replace
from handbook.lesson import errata, results
from handbook.lesson.lessons import Lesson, LessonError, text_of
from handbook.lesson.pages import IncludeError, Page, expanded, fence_regions
from handbook.lesson.sections import Section, sections
from handbook.run import figure, records
from handbook.run.outcome import Outcome
from handbook.run.runner import LessonProcess
from handbook.run.state import State, failed, first_difference, short

RUN = "lesson run"  # key of the LessonRun in a document's namespace
STATE = "state"  # key of the state of the last section
FIX = "if the new output is correct, run: python -m handbook refresh"
refreshing = False
time_factor = 1.0


class LessonRun:
    """A run of all sections of a lesson."""

    def __init__(self, lesson: Lesson) -> None:
        self.lesson = lesson
        self.record = records.read(lesson)
        self.process: LessonProcess | None = None
        self.outcomes: dict[str, Outcome] = {}
        self.broken = ""

    def run(self, section: Section) -> State:
        """Run a section and compare its results with the stored ones."""
        if self.broken:
            return State("not run", (f"not run: the earlier section {self.broken!r} failed",))
        try:
            self.process = self.process or LessonProcess(self.lesson, time_factor)
            outcome = self.process.run(section)
        except (LessonError, OSError) as error:
            self.broken = section.name
            return failed([str(error)])
        self.outcomes[section.name] = outcome
        if outcome.problems:
            self.broken = section.name
            return failed(outcome.problems)
        wrong = [] if refreshing else list(self._wrong(section, outcome))
        if not wrong:
            return State()
        problems = (*(text for text, _ in wrong), f"{FIX} {self.lesson.address}")
        return State("differs", problems, wrong[0][1])

    def _wrong(self, section: Section, outcome: Outcome) -> Iterator[tuple[str, str]]:
        """Yield each difference from the stored results: the full message and a short one."""
        tolerance = self.lesson.settings.tolerance
        printed = {line: self._as_kept(text) for line, text in outcome.printed.items()}
        found = results.compare(section.text, printed, tolerance)
        claims = errata.claims(self.lesson) if found else {}
        for mismatch in found:
            line = section.first_line + mismatch.line - 1
            claim = claims.get((section.name, mismatch.line))
            yield (
                f"{self.lesson.relative(self.lesson.code)}:{line}"
                f"{f', in the errata: {claim}' if claim else ''}\n"
                f"shown:   {mismatch.expected}\nprinted: {mismatch.printed}",
                first_difference(mismatch),
            )
        if section.name in self.lesson.settings.varies:
            return
        kept = self.record.get("data", {}).get(section.name)
        drawn = outcome.figure.data if outcome.figure else None
        tolerance = results.of_figure(section.text, tolerance)
        for difference in figure.differences(kept, drawn, tolerance):
            yield (text := f"figure {section.name}: {difference}"), short(text)

    def _as_kept(self, text: str) -> str:
        """Replace versions in the output by those of the record, so that other versions pass."""
        for distribution, kept in self.record.get("versions", {}).items():
            ours = version(distribution)
            text = text.replace(ours, kept).replace(ours.replace(".dev", "-dev"), kept)
        return text

    def save(self) -> list[str]:
        """Write code, figures and record, in this order; return the problems."""
        figures = {n: o.figure for n, o in self.outcomes.items() if o.figure}
        folder = Path(self.process.folder.name) if self.process else Path()
        try:
            if not self._agrees():
                replace(self.lesson.code, self._with_results(text_of(self.lesson.code)))
            records.write(self.lesson, figures, folder)
        except OSError as error:
            fix = "the lesson stays stale; fix the cause and refresh it"
            return [f"its results cannot be written: {error}; {fix}"]
        return []

    def _agrees(self) -> bool:
        """Return whether all that is shown is within the tolerance, as on another processor."""
        tolerance = self.lesson.settings.tolerance
        return not any(
            results.compare(s.text, self.outcomes[s.name].printed, tolerance)
            for s in sections(self.lesson)
        )

    def _with_results(self, text: str) -> str:
        lines = text.splitlines()
        for section in reversed(sections(self.lesson)):
            start = section.first_line - 1
            end = start + section.text.count("\n") + 1
            printed = self.outcomes[section.name].printed
            lines[start:end] = results.with_results(section.text, printed).split("\n")
        return "\n".join(lines) + "\n"


def evaluate(example: Example) -> str | None:
    """Run one fence of a page, in the process of its lesson."""
    lesson, section, last = example.parsed
    run = example.namespace.setdefault(RUN, None) or LessonRun(lesson)
    example.namespace[RUN] = run
    state = run.run(section)
    if refreshing and last and not state.problems and (problems := run.save()):
        state = failed(problems)
    example.namespace[STATE] = state
    if not state.problems:
        return None
    text = "\n\n".join(state.problems)
    gap = "\n\n" if "\n" in text else " "
    return f"{lesson.address}, section {section.name!r}:{gap}{text}"


def close(namespace: dict[str, Any]) -> None:
    """End the process of a page, if any."""
    if (run := namespace.get(RUN)) and run.process:
        run.process.close()


def lesson_regions(document: Document) -> Iterator[Region]:
    """Yield a region for each code fence of a lesson's page.

    Raises:
        IncludeError: the page does not show each section of its code once.
    """
    lesson = _lesson(Path(document.path))
    found = {s.name: s for s in sections(lesson)}
    fences = Page.read(Path(document.path)).fences
    regions = fence_regions(document.text)
    own = [
        (region, found[fence.include["section"]])
        for region, fence in zip(regions, fences, strict=True)
        if fence.info == "python" and fence.include and fence.include["section"] in found
    ]
    if len(own) != len(found):
        raise IncludeError(
            f"{document.path}: expected {len(found)} fences, one for each section of "
            f"{lesson.relative(lesson.code)}, found {len(own)}"
        )
    for number, (region, section) in enumerate(own, 1):
        if region.lexemes["source"].strip("\n") != section.text.strip("\n"):
            raise IncludeError(
                f"{document.path}: section {section.name!r} differs from the code; include it"
            )
        yield Region(region.start, region.end, (lesson, section, number == len(own)), evaluate)


def lab_regions(document: Document) -> Iterator[Region]:
    """Yield a region for each code cell of a lab."""
    lesson = _lesson(Path(document.path))
    found = sections(lesson)
    for section in found:
        start = _offset(document.text, section.first_line)
        parsed = (lesson, section, section is found[-1])
        yield Region(start, start + len(section.text), parsed, evaluate)


def _offset(text: str, line: int) -> int:
    return sum(map(len, text.splitlines(keepends=True)[: line - 1]))


def _lesson(path: Path) -> Lesson:
    docs = next(p for p in path.parents if p.name == "docs")
    address = path.relative_to(docs / "en" if path.suffix == ".md" else docs)
    return Lesson(docs.parent, address.with_suffix("").as_posix())


class LessonDocument(Document):
    """A page with its includes expanded, or a lab."""

    @classmethod
    def parse(cls, path: str, *parsers: Any, encoding: str = "utf-8") -> Document:  # noqa: ARG003
        """Expand a page and find its code; report a problem in one line."""
        page, lesson = Path(path), _lesson(Path(path))
        try:
            if not sections(lesson):
                raise IncludeError(f"expected a section in {lesson.code}, found none")
            text = text_of(page)
            document = cls(text if lesson.is_lab else expanded(Page(page, text), lesson.root), path)
            regions = [region for parser in parsers for region in parser(document)]
        except (ValueError, SyntaxError) as error:
            raise pytest.Collector.CollectError(f"{lesson.address}: {error}") from error
        for region in regions:
            document.add(region)
        return document


class Pages(Sybil):
    """Sybil on the English pages that have code, and on the labs."""

    def should_parse(self, path: Path) -> bool:
        """Return whether a file is a lab or the page of a lesson."""
        parts = path.parts[-4:]
        if path.suffix == ".py":
            return parts[-3:-1] == ("docs", "labs") and not self.name
        return (
            bool(self.name)
            and path.suffix == ".md"
            and parts[:2] == ("docs", "en")
            and _lesson(path).code.exists()
        )

    def identify(self, example: Example) -> str:
        """Return the section's name, which edits to other lines do not change."""
        return str(example.parsed[1].name)


def refresh_lock(root: Path) -> AbstractContextManager[None]:
    """Return the lock that a process must hold to write results into a checkout.

    Raises:
        BusyError: another process holds it.
    """
    return exclusive(root.resolve() / "build/refresh.lock", "refreshing this checkout")


def pytest_addoption(parser: Any) -> None:
    """Add the options of the pages, and those of tests/book/test_notebooks.py."""
    parser.addoption("--refresh", action="store_true", help="write results and figures")
    parser.addoption("--time-factor", type=float, default=1.0, help="multiply the time limits")
    parser.addoption("--every", action="store_true", help="check everything, not a sample")


def pytest_configure(config: Any) -> None:
    """Read the options, and hold the lock during a refresh."""
    global refreshing, time_factor
    refreshing = config.getoption("--refresh")
    time_factor = config.getoption("--time-factor")
    if refreshing and not hasattr(config, "workerinput"):  # the xdist controller holds the lock
        held = ExitStack()
        try:
            held.enter_context(refresh_lock(config.rootpath))
        except BusyError as error:
            raise pytest.UsageError(str(error)) from None
        config.add_cleanup(held.close)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Attach the state of a section to its test, for a refresh and for the matrix."""
    try:
        return (yield)
    finally:
        if isinstance(item, SybilItem) and (state := item.example.namespace.pop(STATE, None)):
            item.user_properties += [("state", state.name), ("why", state.why)]


pytest_collect_file = (
    Pages(
        [lesson_regions],
        teardown=close,
        document_types={".md": LessonDocument},
        name="page",
    )
    + Pages([lab_regions], teardown=close, document_types={".py": LessonDocument})
).pytest()


class NoTests(pytest.Module):
    """A lab as pytest sees it: Sybil runs its cells, and nothing else imports it."""

    def collect(self) -> list[Any]:
        """Return no test functions."""
        return []


def pytest_pycollect_makemodule(module_path: Path, parent: Any) -> NoTests | None:
    """Keep pytest from importing, and so running, a lab that is named on the command line."""
    if module_path.parts[-3:-1] != ("docs", "labs"):
        return None
    made: NoTests = NoTests.from_parent(parent, path=module_path)
    return made
