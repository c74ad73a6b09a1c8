"""Build the site of both languages into site/, unless it is up to date, and say where to look."""

import sys

from handbook import site, stamp
from handbook.files import BusyError
from handbook.lessons import all_lessons


def old_results() -> str:
    """What must not be published: the lessons whose results are stale, and how to mend them."""
    from handbook import refresh  # takes pytest along: not where nothing is to be built

    if not (stale := refresh.stale(all_lessons())):
        return ""
    lines = [f"{lesson.address}: {'; '.join(reasons)}" for lesson, reasons in stale.items()]
    return "\n".join([*lines, f"these results are old, so the site stays; {refresh.COMMAND}"])


def main() -> int:
    """Build; on a warning or an error name it and keep the old site."""
    made_from = stamp.sources()  # as they are before: what is edited meanwhile is built next time
    try:
        if not stamp.is_current(made_from):
            if old := old_results():
                raise site.SiteError(old)
            site.build(say=lambda line: print(line, flush=True))
            stamp.keep(made_from)
    except (BusyError, site.SiteError) as error:
        print(error, file=sys.stderr)
        return 1
    print("site/ is ready. Look at it: make serve, then http://127.0.0.1:8000/")
    return 0


if __name__ == "__main__":
    sys.exit(main())
