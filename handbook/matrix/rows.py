"""Run rows of the matrix one after the other, and say what they did."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from handbook import clock
from handbook.matrix import environments, status

HERE = "here"  # the sample, with the Python that runs this


def main(
    names: Sequence[str],
    *,
    python: str | None = None,
    jobs: int = 1,
    check_age: bool = False,
    here: bool = False,
) -> int:
    """Run the rows; return 1 if something fails in one, 2 if one cannot run.

    Args:
        names: of the rows; all of them where none is given.
        python: version or path, in place of the row's own.
        jobs: how many lessons run at a time.
        check_age: run nothing; 1 if a row is overdue.
        here: run only the sample, with this Python.
    """
    if unknown := set(names) - {*status.ROWS}:
        expected = ", ".join(status.ROWS)
        print(f"no row {unknown.pop()!r}; expected one of: {expected}", file=sys.stderr)
        return 2
    if here:
        return turn(HERE, None, jobs)
    codes = {
        name: age(name) if check_age else turn(name, python, jobs) for name in names or status.ROWS
    }
    for name in status.ADVISORY & {name for name, code in codes.items() if code}:
        mark = "::warning::" if os.environ.get("GITHUB_ACTIONS") else "warning: "
        print(f"{mark}{name}: see above; this row never blocks")
        del codes[name]
    return max(codes.values(), default=0)


def age(name: str) -> int:
    """Whether a row is overdue."""
    row = status.read(name)
    if row and not row.overdue(clock.today()):
        return 0
    last = row.date if row else "never"
    print(
        f"{name}: expected a run of the last {status.MONTH} days, got {last}; "
        f"make matrix ROWS={name}"
    )
    return 1


def turn(name: str, python: str | None, jobs: int) -> int:
    """Make a row's environment, run it, keep and print its result; ``HERE`` has one already."""
    try:
        if name == HERE:
            pages = [f"docs/en/{address}.md" for address in environments.SAMPLE]
            return report(name, environments.run(Path(sys.prefix), jobs=jobs, pages=pages))
        print(f"{name}: making build/matrix/{name}", flush=True)
        environment = environments.make(name, python or environments.python_of(name))
        row = environments.run(environment, jobs=jobs)
    except environments.MatrixError as error:
        print(error, file=sys.stderr)
        return 2
    status.write(name, row)
    return report(name, row)


def report(name: str, row: status.Row) -> int:
    """Print what a row did, and what did not do as its page says; 1 if something fails."""
    counts = ", ".join(f"{row.count(state)} {state}" for state in status.STATES)
    print(f"{name}: {counts}; tests of tfnotes: {len(row.tests_failed)} failed")
    for address, result in row.lessons.items():
        if result.state != "same":
            print(f"  {address} {result.state}: {result.why}")
    for test in row.tests_failed:
        print(f"  {test}")
    return int(bool(row.count("fails") or row.tests_failed))
