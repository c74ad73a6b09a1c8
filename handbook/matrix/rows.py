"""Run rows of the matrix one after the other, and report their results."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from handbook import clock
from handbook.matrix import environments, status

HERE = "here"  # the sample, with the current Python


def main(
    names: Sequence[str],
    *,
    python: str | None = None,
    jobs: int = 1,
    check_age: bool = False,
    here: bool = False,
) -> int:
    """Run the rows; return 1 if a test fails in one, 2 if one cannot run.

    Args:
        names: the rows; all rows if empty.
        python: version or path, instead of the row's Python.
        jobs: the number of lessons that run at a time.
        check_age: run nothing; return 1 if a row is overdue.
        here: run only the sample, with this Python.
    """
    if unknown := set(names) - {*status.ROWS}:
        expected = ", ".join(status.ROWS)
        print(f"no row {unknown.pop()!r}; expected one of: {expected}", file=sys.stderr)
        return 2
    if here:
        return run_row(HERE, None, jobs)
    codes = {
        name: report_age(name) if check_age else run_row(name, python, jobs)
        for name in names or status.ROWS
    }
    for name in status.ADVISORY & {name for name, code in codes.items() if code}:
        mark = "::warning::" if os.environ.get("GITHUB_ACTIONS") else "warning: "
        print(f"{mark}{name}: see above; this row never blocks")
        del codes[name]
    return max(codes.values(), default=0)


def report_age(name: str) -> int:
    """Return 1 and print a message if a row is overdue, else 0."""
    row = status.read(name)
    if row and not row.overdue(clock.today()):
        return 0
    last = row.date if row else "never"
    print(
        f"{name}: expected a run within the last {status.MAX_AGE_DAYS} days, got {last}; "
        f"run make matrix ROWS={name}"
    )
    return 1


def run_row(name: str, python: str | None, jobs: int) -> int:
    """Create the environment of a row, run it, store and print its result.

    ``HERE`` runs in the current environment and stores nothing.
    """
    try:
        if name == HERE:
            pages = [f"docs/en/{address}.md" for address in environments.SAMPLE]
            return report(name, environments.run(Path(sys.prefix), jobs=jobs, pages=pages))
        print(f"{name}: creating build/matrix/{name}", flush=True)
        environment = environments.create(name, python or environments.python_of(name))
        row = environments.run(environment, jobs=jobs)
    except environments.MatrixError as error:
        print(error, file=sys.stderr)
        return 2
    status.write(name, row)
    return report(name, row)


def report(name: str, row: status.Row) -> int:
    """Print the result of a row and each lesson that differs; return 1 if something fails."""
    counts = ", ".join(f"{row.count(state)} {state}" for state in status.STATES)
    print(f"{name}: {counts}; tests of tfnotes: {len(row.tests_failed)} failed")
    for address, result in row.lessons.items():
        if result.state != "same":
            print(f"  {address} {result.state}: {result.why}")
    for test in row.tests_failed:
        print(f"  {test}")
    return int(bool(row.count("fails") or row.tests_failed))
