"""``python -m handbook``: run the lessons, build the site, show it, pack it."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from handbook.files import BusyError
from handbook.lesson.lessons import ROOT, Lesson

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__
)
Lessons = Annotated[list[str] | None, typer.Argument(metavar="LESSON…", help="all without one")]
Rows = Annotated[list[str] | None, typer.Argument(metavar="ROW…", help="all without one")]
Jobs = Annotated[int, typer.Option("-j", metavar="N", help="lessons at a time")]
SITE = ROOT / "site"
READY = "site/ is ready. Look at it: make serve, then http://127.0.0.1:8000/"


class Kind(StrEnum):
    """What is made of ``site/`` to be read without it."""

    offline = "offline"
    pdf = "pdf"
    epub = "epub"


def say(line: str) -> None:
    """Print a line at once."""
    print(line, flush=True)


def fail(error: object, code: int = 1) -> typer.Exit:
    """Say why a command ends, and give its exit code."""
    print(error, file=sys.stderr)
    return typer.Exit(code)


@app.command()
def site(
    cache: Annotated[bool, typer.Option(help="keep pages that are made from the same")] = True,
) -> None:
    """Refresh what is stale, and build both languages into site/."""
    refresh()
    _build(cache=cache)


@app.command()
def build(
    cache: Annotated[bool, typer.Option(help="keep pages that are made from the same")] = True,
) -> None:
    """Build both languages into site/; the old site stays where that fails."""
    from handbook.lesson.lessons import all_lessons
    from handbook.run import refresh as refreshing

    if stale := refreshing.stale(all_lessons()):
        for lesson, reasons in stale.items():
            print(f"{lesson.address}: {'; '.join(reasons)}", file=sys.stderr)
        raise fail(f"these results are old, so the site stays; {refreshing.COMMAND}")
    _build(cache=cache)


def _build(*, cache: bool) -> None:
    from handbook import site as building

    try:
        building.build(say=say, cache=cache)
    except (BusyError, building.SiteError) as error:
        raise fail(error) from None
    print(READY)


@app.command()
def refresh(
    lessons: Lessons = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="also those that are not stale")] = False,
    measure: Annotated[
        bool,
        typer.Option(help="those whose figures belong to one machine: draw them for this one"),
    ] = False,
    check: Annotated[bool, typer.Option(help="change nothing; exit 1 if any is stale")] = False,
    jobs: Jobs = 1,
    ray: Annotated[bool, typer.Option(help="spread the lessons over a Ray cluster")] = False,
    address: Annotated[
        str | None, typer.Option(help="of a cluster that runs already, such as auto")
    ] = None,
) -> None:
    """Run the lessons whose results are stale; write results, figures and records."""
    from handbook.run import refresh as refreshing

    try:
        chosen = refreshing.chosen(lessons or [])
        if measure:
            chosen = refreshing.forget_measured(chosen)
        stale = refreshing.stale(chosen)
        print(f"{len(stale)} of {len(chosen)} lessons are stale")
        for lesson, reasons in stale.items():
            print(f"  {lesson.address}: {'; '.join(reasons)}", flush=True)
        if check and stale:
            print(f"refresh them: {refreshing.COMMAND} {' '.join(s.address for s in stale)}")
            raise typer.Exit(1)
        run = [] if check else chosen if every else list(stale)
        if run and _run(run, jobs, ray=ray, address=address):
            raise typer.Exit(1)
    except (BusyError, refreshing.AddressError) as error:
        raise fail(error, 2) from None


def _run(lessons: list[Lesson], jobs: int, *, ray: bool, address: str | None) -> bool:
    """Run lessons and report; return whether one failed."""
    from handbook.run import refresh as refreshing
    from handbook.run.collect import alone_in

    if ray:
        from handbook.run import cluster

        with alone_in(ROOT):
            failures = cluster.run(lessons, jobs, address)
    else:
        failures = refreshing.run(lessons, jobs)
    for failure in failures:
        print(f"\n{failure}", file=sys.stderr)
    print(f"ran {len(lessons)} lessons" + (f"; {len(failures)} failures" * bool(failures)))
    return bool(failures)


@app.command()
def new(address: Annotated[str, typer.Argument(help="such as tensors/broadcasting")]) -> None:
    """Write a lesson that keeps every rule, and run it: its code, both pages, its place."""
    from handbook.new import NewLessonError, write

    try:
        for path in write(address, ROOT):
            say(str(path.relative_to(ROOT)))
    except NewLessonError as error:
        raise fail(error, 2) from None
    refresh([address])


@app.command()
def serve() -> None:
    """Show the site on this machine; run and build what changes, and reload the page."""
    from handbook.site import serve as serving

    serving.serve(ROOT, say)


@app.command()
def export(kinds: list[Kind]) -> None:
    """Make of site/ what is read without it: PDF, EPUB, a zip to open from a disk."""
    from handbook import export
    from handbook.browser import NoBrowserError
    from handbook.export.volume import PaperError

    if not (SITE / "index.html").exists():
        raise fail("site/ is not there; build it first: make site")
    try:
        for path in export.made([kind.value for kind in kinds], SITE, ROOT / "build"):
            say(f"{path.relative_to(ROOT)}: {path.stat().st_size / 1e6:.1f} MB")
    except (NoBrowserError, PaperError) as error:
        raise fail(error) from None


@app.command()
def matrix(
    rows: Annotated[
        list[str] | None, typer.Argument(metavar="ROW…", help="all without one")
    ] = None,
    *,
    python: Annotated[str | None, typer.Option(help="version or path, not the row's")] = None,
    jobs: Jobs = 1,
    check_age: Annotated[
        bool, typer.Option(help="run nothing; exit 1 if a row is overdue")
    ] = False,
    here: Annotated[
        bool,
        typer.Option(
            help="only a sample of lessons and the tests of tfnotes, with the versions that this "
            "Python has; write no row"
        ),
    ] = False,
) -> None:
    """Run every lesson with the versions of each row; write docs/status/<row>.json."""
    from handbook.matrix import rows as turns

    code = turns.main(rows or [], python=python, jobs=jobs, check_age=check_age, here=here)
    raise typer.Exit(code)


@app.command()
def shot(
    page: Annotated[str, typer.Argument(help="such as en/tensors/gradient-tape/")],
    image: Annotated[Path, typer.Argument(help="the PNG file to write")],
    *,
    dark: bool = False,
    phone: Annotated[bool, typer.Option(help="390 pixels wide")] = False,
    full: Annotated[bool, typer.Option(help="the whole page, not one screen")] = False,
) -> None:
    """Take a screenshot of a page of site/, as a reader sees it."""
    from handbook import browser

    view: dict[str, Any] = {"viewport": {"width": 390 if phone else 1280, "height": 844}}
    try:
        with browser.served(SITE) as address, browser.browser() as chromium:
            tab = chromium.new_page(**view, color_scheme="dark" if dark else "light")
            tab.goto(f"{address}/{page}", wait_until="networkidle")
            tab.evaluate("document.querySelectorAll('img').forEach(i => (i.loading = 'eager'))")
            tab.wait_for_load_state("networkidle")
            tab.screenshot(path=image, full_page=full)
    except browser.NoBrowserError as error:
        raise fail(error) from None


if __name__ == "__main__":
    app(prog_name="python -m handbook")
