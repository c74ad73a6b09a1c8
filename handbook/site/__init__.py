"""The site of both languages: MkDocs makes the pages that have changed, side by side."""

import multiprocessing
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from filelock import FileLock

from handbook.files import exclusive, replace
from handbook.lesson.lessons import LANGUAGES, ROOT
from handbook.site import crawlers, links, parallel, policy, stamp
from handbook.site.keys import Keys

FONT = "assets/math.woff2"


class SiteError(RuntimeError):
    """The site cannot be built; the message is what the builder said."""


Log = Callable[[str], object]  # tells the user how far the build is


class Workers:
    """The processes that build the languages, as many; they start with the first build."""

    def __init__(self) -> None:
        safe = sys.platform == "linux" and threading.active_count() == 1
        context = multiprocessing.get_context("fork" if safe else "spawn")  # a fork starts sooner
        self.pool = ProcessPoolExecutor(len(LANGUAGES), context)

    def close(self) -> None:
        """End them."""
        self.pool.shutdown()


def build(
    site: Path = ROOT / "site",
    root: Path = ROOT,
    log: Log = lambda _: None,
    *,
    cache: bool = True,
    workers: Workers | None = None,
) -> bool:
    """Build the whole site beside its place, then move it there; nothing if it is current.

    Args:
        site: the folder to make; what it held before is replaced.
        root: the checkout.
        log: is called with a line for each step.
        cache: whether a page may stay as the last build made it, if nothing that it is made
            from has changed.
        workers: of an earlier build; None starts them for this one.

    Returns:
        Whether it was built.

    Raises:
        SiteError: a language does not build without a warning, or a link leads nowhere.
            The old site stays.
        BusyError: another process builds into the same folder.
    """
    beside = site.with_name(f"{site.name}.new")
    with exclusive(site.with_name(f".{site.name}.lock"), f"building {site}"):
        made_from = stamp.sources(root)  # before: what is edited meanwhile is built next time
        kept = stamp.read(site) if cache else stamp.Stamp()
        if kept.sources == made_from:
            return False
        shutil.rmtree(beside, ignore_errors=True)
        try:
            made, unchanged = _languages(beside, site, root, kept, log, workers)
            _finish(beside, root, site, unchanged)
            log("checking links")
            if broken := list(links.broken(beside)):
                raise SiteError("\n".join(broken))
            _move(beside, site)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
        stamp.keep(site, made_from, made)
        return True


def _languages(
    folder: Path, old: Path, root: Path, kept: stamp.Stamp, log: Log, workers: Workers | None
) -> tuple[dict[str, Keys], set[str]]:
    """Build each language in a separate process.

    Returns:
        What each was made from, and the pages that have changed in neither.
    """
    from handbook.site import language  # takes MkDocs along: not where nothing is to be built

    log(f"building {' and '.join(LANGUAGES)} side by side")
    (root / "build").mkdir(exist_ok=True)
    own = workers or Workers()
    try:
        with FileLock(root / "build/stage.lock"):  # one build at a time stages this checkout
            tasks = {
                own.pool.submit(
                    language.make,
                    name,
                    root,
                    folder / name,
                    old / name,
                    kept.languages.get(name, Keys()),
                ): name
                for name in LANGUAGES
            }
            for task in as_completed(tasks):
                made = task.result()
                n, of = len(made.changed), len(made.keys.pages)
                log(f"{tasks[task]}: " + ("failed" if made.problems else f"{n} of {of} pages made"))
    finally:
        if own is not workers:
            own.close()
    results = {name: task.result() for task, name in tasks.items()}
    if problems := [line for name in LANGUAGES for line in results[name].problems]:
        raise SiteError("\n".join(problems))
    changed = {address for made in results.values() for address in made.changed}
    keys = {name: made.keys for name, made in results.items()}
    return keys, {address for name in LANGUAGES for address in keys[name].pages} - changed


def _finish(folder: Path, root: Path, old: Path, unchanged: set[str]) -> None:
    """Add what both languages need together."""
    from handbook.site import math_font

    chooser = (root / "docs/index.html").read_text(encoding="utf-8")
    (folder / "index.html").write_text(policy.protected(chooser), encoding="utf-8")
    parallel.write(folder, root, old, unchanged)
    crawlers.write(folder)
    font = math_font.build(math_font.characters(_pages(folder)), root / "build")
    for name in LANGUAGES:
        replace(folder / name / FONT, font.read_bytes())


def _pages(folder: Path) -> Iterator[str]:
    return (path.read_text(encoding="utf-8") for path in folder.rglob("*.html"))


def _move(new: Path, place: Path) -> None:
    """Put a folder in the place of another; a kill leaves the old, the new, or none."""
    old = place.with_name(f"{place.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if place.exists():
        place.rename(old)
    new.rename(place)
    shutil.rmtree(old, ignore_errors=True)
