"""Run the lessons whose results are stale; write their results, figures and records.

Without addresses every lesson is looked at, and only the stale ones run.
"""

import argparse
import sys
from contextlib import nullcontext

from handbook import parts, refresh
from handbook.collect import alone_in
from handbook.files import BusyError, replace
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
    parser.add_argument(
        "--part", type=part, metavar="N/M", help="run the Nth of M parts, for scripts/merge.py"
    )
    parser.add_argument(
        "--ray", type=int, default=0, metavar="M", help="run M parts on a Ray cluster, and merge"
    )
    parser.add_argument("--address", help="of a cluster that runs already, such as auto")
    return parser.parse_args()


def part(text: str) -> tuple[int, int]:
    """Read ``2/3``: the second of three parts."""
    number, of = (int(n) for n in text.split("/"))
    if not 1 <= number <= of:
        raise argparse.ArgumentTypeError(f"expected a part from 1/{of} to {of}/{of}, got {text}")
    return number, of


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
    if args.part:
        failures = make_part(lessons, args.part, args.j)
    elif lessons and args.ray:
        from handbook import cluster  # takes the launcher along: not where no cluster is wanted

        failures = cluster.refresh(lessons, args.ray, args.address)
    elif lessons:
        failures = refresh.run(lessons, args.j)
    for failure in failures:
        print(f"\n{failure}", file=sys.stderr)
    if lessons and not args.part:
        print(f"ran {len(lessons)} lessons" + (f"; {len(failures)} failures" * bool(failures)))
    return int(bool(failures))


def make_part(lessons: list[Lesson], which: tuple[int, int], jobs: int) -> list[str]:
    """Run a part of the lessons and write what it changed, for scripts/merge.py."""
    number, of = which
    made = parts.make(ROOT, lessons, number, of, jobs)
    path = ROOT / f"build/parts/{number}-of-{of}.zip"
    replace(path, made.packed())
    print(f"{path.relative_to(ROOT)}: {len(made.rooms)} lessons changed")
    return made.failures


if __name__ == "__main__":
    sys.exit(main())
