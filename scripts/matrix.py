"""Run every lesson with the versions of each row of the matrix; keep what they did.

Each row (lowest, locked, newest, nightly) gets an environment in build/matrix and writes
docs/status/<row>.json, which the status page of the site shows. The nightly row only warns.
"""

import argparse
import os
import sys
from pathlib import Path

from handbook import clock, matrix, status


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=", ".join(status.ROWS))
    parser.add_argument("--python", help="version or path (default: the one of the row)")
    parser.add_argument(
        "-j", type=int, default=1, metavar="N", help="lessons at a time (default: 1)"
    )
    parser.add_argument(
        "--check-age", action="store_true", help="run nothing; exit 1 if a row is overdue"
    )
    parser.add_argument(
        "--here",
        action="store_true",
        help="run only a sample of lessons and the tests of tfnotes, with the versions that this "
        "Python has; write no row",
    )
    args = parser.parse_args()
    if unknown := set(args.rows) - set(status.ROWS):
        parser.error(f"no row {unknown.pop()!r}; expected one of: {', '.join(status.ROWS)}")
    return args


def main() -> int:
    """Run the rows one after the other; exit 1 if something fails in one, 2 if one cannot run."""
    args = arguments()
    if args.here:
        return turn_here(args.j)
    codes = {
        name: age(name) if args.check_age else turn(name, args.python, args.j)
        for name in args.rows or status.ROWS
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
    """Make a row's environment, run it, keep and print its result."""
    print(f"{name}: making build/matrix/{name}", flush=True)
    try:
        environment = matrix.make(name, python or matrix.python_of(name))
        row = matrix.run(environment, jobs=jobs)
    except matrix.MatrixError as error:
        print(error, file=sys.stderr)
        return 2
    status.write(name, row)
    return report(name, row)


def turn_here(jobs: int) -> int:
    """Run the sample with this Python, on whatever system it is."""
    pages = [f"docs/en/{address}.md" for address in matrix.SAMPLE]
    try:
        row = matrix.run(Path(sys.prefix), jobs=jobs, pages=pages)
    except matrix.MatrixError as error:
        print(error, file=sys.stderr)
        return 2
    return report("here", row)


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


if __name__ == "__main__":
    sys.exit(main())
