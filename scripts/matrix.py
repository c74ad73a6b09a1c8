"""Run every lesson with the lowest, the locked and the newest versions; keep what they did.

Each row gets an environment in build/matrix and writes docs/status/<row>.json, which the
status page of the site shows.
"""

import argparse
import sys

from handbook import matrix, status


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=", ".join(status.ROWS))
    parser.add_argument("--python", help="version or path (default: the one of the row)")
    parser.add_argument(
        "-j", type=int, default=1, metavar="N", help="lessons at a time (default: 1)"
    )
    args = parser.parse_args()
    if unknown := set(args.rows) - set(status.ROWS):
        parser.error(f"no row {unknown.pop()!r}; expected one of: {', '.join(status.ROWS)}")
    return args


def main() -> int:
    """Run the rows one after the other; exit 1 if something fails in one."""
    args = arguments()
    try:
        return max([turn(row, args.python, args.j) for row in args.rows or status.ROWS])
    except matrix.MatrixError as error:
        print(error, file=sys.stderr)
        return 2


def turn(name: str, python: str | None, jobs: int) -> int:
    """Make a row's environment, run it, keep and tell its result."""
    print(f"{name}: making build/matrix/{name}", flush=True)
    environment = matrix.make(name, python or matrix.python_of(name))
    row = matrix.run(environment, jobs=jobs)
    status.write(name, row)
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
