"""``python -m handbook``: write, run and check lessons; build, serve and export the site."""

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
Lessons = Annotated[
    list[str] | None, typer.Argument(metavar="LESSON…", help="default: all lessons")
]
Rows = Annotated[list[str] | None, typer.Argument(metavar="ROW…", help="default: all rows")]
Jobs = Annotated[int, typer.Option("-j", metavar="N", help="number of lessons that run at a time")]
Runs = Annotated[int, typer.Option("-j", metavar="N", help="number of runs at a time")]
SITE = ROOT / "site"
READY = "site/ is ready. To view it, run make serve and open http://127.0.0.1:8000/"


class Kind(StrEnum):
    """The formats of an export."""

    offline = "offline"
    pdf = "pdf"
    epub = "epub"


def echo(line: str) -> None:
    """Print a line and flush it."""
    print(line, flush=True)


def fail(error: object, code: int = 1) -> typer.Exit:
    """Print an error and return the exception that ends the command with this exit code."""
    print(error, file=sys.stderr)
    return typer.Exit(code)


@app.command()
def site(
    cache: Annotated[bool, typer.Option(help="keep pages whose inputs have not changed")] = True,
) -> None:
    """Refresh stale lessons and build both languages into site/."""
    refresh()
    _build(cache=cache)


@app.command()
def build(
    cache: Annotated[bool, typer.Option(help="keep pages whose inputs have not changed")] = True,
) -> None:
    """Build both languages into site/; keep the old site if the build fails."""
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
        building.build(log=echo, cache=cache)
    except (BusyError, building.SiteError) as error:
        raise fail(error) from None
    print(READY)


@app.command()
def refresh(
    lessons: Lessons = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="also lessons that are not stale")] = False,
    measure: Annotated[
        bool,
        typer.Option(help="redraw the figures that depend on the machine, such as timings"),
    ] = False,
    check: Annotated[bool, typer.Option(help="change nothing; exit 1 if any is stale")] = False,
    jobs: Jobs = 1,
    ray: Annotated[bool, typer.Option(help="distribute the lessons over a Ray cluster")] = False,
    address: Annotated[
        str | None, typer.Option(help="address of a running cluster, such as auto")
    ] = None,
) -> None:
    """Run stale lessons; write results, figures and records."""
    from handbook.run import refresh as refreshing

    try:
        chosen = refreshing.chosen(lessons or [])
        if measure:
            chosen = refreshing.invalidate_measured(chosen)
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
    from handbook.run.collect import refresh_lock

    if ray:
        from handbook.run import cluster

        with refresh_lock(ROOT):
            failures = cluster.run(lessons, jobs, address)
    else:
        failures = refreshing.run(lessons, jobs)
    for failure in failures:
        print(f"\n{failure}", file=sys.stderr)
    print(f"ran {len(lessons)} lessons" + (f"; {len(failures)} failures" * bool(failures)))
    return bool(failures)


@app.command()
def new(address: Annotated[str, typer.Argument(help="such as tensors/broadcasting")]) -> None:
    """Create a lesson that passes every check (code, both pages, nav entry), and run it."""
    from handbook.new import NewLessonError, write

    try:
        for path in write(address, ROOT):
            echo(str(path.relative_to(ROOT)))
    except NewLessonError as error:
        raise fail(error, 2) from None
    refresh([address])


@app.command()
def serve() -> None:
    """Serve the site locally; run and rebuild what changes, and reload the page."""
    from handbook.site import serve as serving

    serving.serve(ROOT, echo)


@app.command()
def export(kinds: list[Kind]) -> None:
    """Export site/ as PDF, as EPUB, or as a zip file that opens from a disk."""
    from handbook import export
    from handbook.browser import NoBrowserError
    from handbook.export.volume import ExportError

    if not (SITE / "index.html").exists():
        raise fail("site/ does not exist; build it first: make site")
    try:
        for path in export.export([kind.value for kind in kinds], SITE, ROOT / "build"):
            echo(f"{path.relative_to(ROOT)}: {path.stat().st_size / 1e6:.1f} MB")
    except (NoBrowserError, ExportError) as error:
        raise fail(error) from None


@app.command()
def matrix(
    rows: Rows = None,
    *,
    python: Annotated[
        str | None, typer.Option(help="version or path, instead of the row's Python")
    ] = None,
    jobs: Jobs = 1,
    check_age: Annotated[
        bool, typer.Option(help="run nothing; exit 1 if a row is overdue")
    ] = False,
    here: Annotated[
        bool,
        typer.Option(
            help="run a sample of lessons and the tests of tfnotes with the versions installed "
            "for this Python; write no row"
        ),
    ] = False,
) -> None:
    """Run every lesson with the versions of each row; write docs/status/<row>.json."""
    from handbook.matrix import rows as matrix_rows

    code = matrix_rows.main(rows or [], python=python, jobs=jobs, check_age=check_age, here=here)
    raise typer.Exit(code)


@app.command()
def verdicts(
    lessons: Lessons = None,
    *,
    budget: Annotated[int, typer.Option(min=1, help="factor of EPOCHS, STEPS, …")] = 3,
    seeds: Annotated[int, typer.Option(min=1, help="number of other sets of seeds")] = 3,
    jobs: Runs = 1,
) -> None:
    """Run lessons with more training and other seeds; exit 1 if a line `Verdict: …` changes."""
    from handbook.trials import verdicts as trying

    if not trying.run(_chosen(lessons), budget, seeds, jobs, echo):
        raise typer.Exit(1)


@app.command()
def mutate(
    lessons: Lessons = None,
    *,
    sample: Annotated[
        int, typer.Option(min=0, help="changes per lesson, spread over its sections; 0: all")
    ] = 20,
    jobs: Runs = 1,
) -> None:
    """Change one constant or operator at a time; list the lines that no result depends on."""
    from handbook.trials import mutation

    if not mutation.run(_chosen(lessons), sample, jobs, echo):
        raise typer.Exit(1)


def _chosen(addresses: list[str] | None) -> list[Lesson]:
    from handbook.run import refresh as refreshing

    try:
        return refreshing.chosen(addresses or [])
    except refreshing.AddressError as error:
        raise fail(error, 2) from None


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
