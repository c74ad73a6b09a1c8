"""A refresh: a pytest run with ``--refresh`` that writes the results of stale lessons."""

import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from handbook.files import remove_partial_files
from handbook.lesson.lessons import ROOT, Lesson, LessonError, all_lessons
from handbook.lesson.sections import sections
from handbook.run import records

if TYPE_CHECKING:
    import warnings

    import pytest

COMMAND = "python -m handbook refresh"
SYBIL = re.compile(r"\A\s*Example at .* did not evaluate as expected:|\S+: SybilFailure\s*\Z")


class AddressError(ValueError):
    """No lesson has this address."""


def chosen(addresses: Sequence[str], root: Path = ROOT) -> list[Lesson]:
    """Return the lessons at these addresses; all lessons if empty.

    Raises:
        AddressError: an address names no lesson; the message lists the lessons.
    """
    lessons = {lesson.address: lesson for lesson in all_lessons(root)}
    if unknown := [address for address in addresses if address not in lessons]:
        raise AddressError(f"no lesson {unknown[0]!r}; expected one of: {', '.join(lessons)}")
    return [lessons[a] for a in addresses] if addresses else list(lessons.values())


def stale(lessons: Sequence[Lesson]) -> dict[Lesson, list[str]]:
    """Return the stale ones of some lessons, each with the reasons."""
    found = {lesson: _reasons(lesson) for lesson in lessons}
    return {lesson: reasons for lesson, reasons in found.items() if reasons}


def _reasons(lesson: Lesson) -> list[str]:
    try:
        return records.stale(lesson)
    except LessonError as error:
        return [str(error)]


def invalidate_measured(lessons: Sequence[Lesson]) -> list[Lesson]:
    """Invalidate the records of lessons whose figures depend on the machine; return them."""
    found = [lesson for lesson in lessons if _is_whole(lesson) and lesson.settings.varies]
    for lesson in found:
        lesson.record.unlink(missing_ok=True)
    return found


def _is_whole(lesson: Lesson) -> bool:
    """Return whether a lesson can be read; if not, its run reports why."""
    try:
        return bool(lesson.settings and sections(lesson))
    except (OSError, ValueError):
        return False


class Progress:
    """A pytest plugin with a progress bar of the sections, which collects the failures.

    Args:
        sections: the number of sections to run.
    """

    def __init__(self, sections: int) -> None:
        self.failures: list[str] = []
        self.bar = tqdm(total=sections, unit="section", file=sys.stderr, leave=False, disable=None)

    def pytest_collectreport(self, report: "pytest.CollectReport") -> None:
        """Keep the errors of the collection."""
        if report.failed:
            self.failures.append(report.longreprtext)

    def pytest_warning_recorded(self, warning_message: "warnings.WarningMessage") -> None:
        """Print the handbook's own warnings."""
        if warning_message.category.__module__.startswith("handbook."):
            self.bar.write(str(warning_message.message), file=sys.stderr)

    def pytest_runtest_logreport(self, report: "pytest.TestReport") -> None:
        """Advance by one section and keep its failure."""
        if report.failed and ("state", "not run") not in report.user_properties:
            self.failures.append(SYBIL.sub("", report.longreprtext).strip())
        if report.when == "call":
            address = report.nodeid.partition("::")[0].removeprefix("docs/")
            self.bar.set_description(address.removeprefix("en/").rpartition(".")[0])
            self.bar.update()


def run(lessons: Sequence[Lesson], jobs: int = 1) -> list[str]:
    """Run lessons and write their results.

    Args:
        lessons: lessons of one checkout.
        jobs: the number of lessons that run at a time.

    Returns:
        The failures, one text each. A lesson that fails keeps its old results.

    Raises:
        BusyError: another process refreshes the same checkout.
    """
    import pytest  # slow to import, and a check for stale lessons does not need it

    from handbook.run.collect import refresh_lock

    os.environ.pop("PYTEST_ADDOPTS", None)  # options of the shell are for the tests
    root = lessons[0].root
    pages = {lesson: lesson.code if lesson.is_lab else lesson.page("en") for lesson in lessons}
    there = [str(page) for page in pages.values() if page.exists()]
    progress = Progress(sum(len(sections(lesson)) for lesson in lessons if _is_whole(lesson)))
    progress.failures += [
        f"{lesson.address}: expected its page {lesson.relative(page)}, found none; write it"
        for lesson, page in pages.items()
        if not page.exists()
    ]
    jobs = min(jobs, len(lessons))
    spread = ["-n", str(jobs), "--dist", "loadfile"] if jobs > 1 else []
    quiet = ["-p", "no:terminal", f"--rootdir={root}"]
    options = ["--refresh", "--continue-on-collection-errors", *quiet, *spread]
    with refresh_lock(root):
        remove_partial_files(root / "docs")
        code = pytest.main([*options, *there], plugins=[progress]) if there else 0
    progress.bar.close()
    if code and not progress.failures:
        progress.failures.append(f"pytest ended with code {int(code)}")
    return progress.failures
