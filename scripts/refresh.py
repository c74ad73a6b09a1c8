"""Run the lessons whose results are stale; write their results, figures and records.

Without addresses every lesson is looked at, and only the stale ones run.
"""

import argparse
import sys
from contextlib import nullcontext

from handbook import refresh
from handbook.collect import alone_in
from handbook.files import BusyError
from handbook.lessons import ROOT, Lesson


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "lessons", nargs="*", metavar="LESSON", help="such as tensors/gradient-tape"
    )
    parser.add_argument("--all", action="store_true", help="run them even if nothing changed")
    parser.add_argument(
        "--measure",
        action="store_true",
        help="run those whose figures belong to one machine, and draw them for this one",
    )
    parser.add_argument(
        "--check", action="store_true", help="change nothing; exit 1 if any is stale"
    )
    parser.add_argument(
        "-j", type=int, default=1, metavar="N", help="lessons at a time (default: 1)"
    )
    parser.add_argument("--ray", action="store_true", help="spread the lessons over a Ray cluster")
    parser.add_argument("--address", help="of a cluster that runs already, such as auto")
    return parser.parse_args()


def main() -> int:
    """Report, and refresh unless told only to check."""
    args = arguments()
    try:
        lessons = refresh.chosen(args.lessons)
    except refresh.AddressError as error:
        print(error, file=sys.stderr)
        return 2
    try:
        with nullcontext() if args.check else alone_in(ROOT):
            return refreshed(args, lessons)
    except BusyError as error:
        print(error, file=sys.stderr)
        return 2


def refreshed(args: argparse.Namespace, lessons: list[Lesson]) -> int:
    """Say which of these lessons are stale; run them unless told only to check."""
    if args.measure:
        lessons = refresh.forget_measured(lessons)
    stale = refresh.stale(lessons)
    print(f"{len(stale)} of {len(lessons)} lessons are stale")
    for lesson, reasons in stale.items():
        print(f"  {lesson.address}: {'; '.join(reasons)}")
    if args.check:
        if stale:
            print(f"refresh them: {refresh.COMMAND} {' '.join(s.address for s in stale)}")
        return int(bool(stale))
    return run(lessons if args.all else list(stale), args)


def run(lessons: list[Lesson], args: argparse.Namespace) -> int:
    """Run lessons, if there are any, and report."""
    failures: list[str] = []
    if lessons and args.ray:
        from handbook import cluster  # imports the launcher: not where no cluster is wanted

        failures = cluster.run(lessons, args.j, args.address)
    elif lessons:
        failures = refresh.run(lessons, args.j)
    for failure in failures:
        print(f"\n{failure}", file=sys.stderr)
    if lessons:
        print(f"ran {len(lessons)} lessons" + (f"; {len(failures)} failures" * bool(failures)))
    return int(bool(failures))


if __name__ == "__main__":
    sys.exit(main())
