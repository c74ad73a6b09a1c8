"""The site of both languages, built incrementally by MkDocs in two processes."""

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
    """The site cannot be built; the message holds the warnings of the builder."""


Log = Callable[[str], object]  # prints the progress of the build


class Workers:
    """A pool with one process per language, which start with the first build."""

    def __init__(self) -> None:
        safe = sys.platform == "linux" and threading.active_count() == 1
        context = multiprocessing.get_context("fork" if safe else "spawn")  # a fork starts sooner
        self.pool = ProcessPoolExecutor(len(LANGUAGES), context)

    def close(self) -> None:
        """Shut down the pool."""
        self.pool.shutdown()


def build(
    site: Path = ROOT / "site",
    root: Path = ROOT,
    log: Log = lambda _: None,
    *,
    cache: bool = True,
    workers: Workers | None = None,
) -> bool:
    """Build the site in a temporary folder, then replace the old site; skip a current site.

    Args:
        site: the target folder; its content is replaced.
        root: the checkout.
        log: called with a line for each step.
        cache: whether to reuse a page of the last build whose inputs have not changed.
        workers: of an earlier build; None starts new ones.

    Returns:
        Whether the site was built.

    Raises:
        SiteError: the build of a language has warnings, or a link is broken. The old site is
            kept.
        BusyError: another process builds into the same folder.
    """
    new = site.with_name(f"{site.name}.new")
    with exclusive(site.with_name(f".{site.name}.lock"), f"building {site}"):
        made_from = stamp.sources(root)  # before the build, so that later edits trigger a rebuild
        kept = stamp.read(site) if cache else stamp.Stamp()
        if kept.sources == made_from:
            return False
        shutil.rmtree(new, ignore_errors=True)
        try:
            made, unchanged = _languages(new, site, root, kept, log, workers)
            _finish(new, root, site, unchanged)
            log("checking links")
            if broken := list(links.broken(new)):
                raise SiteError("\n".join(broken))
            _move(new, site)
        finally:
            shutil.rmtree(new, ignore_errors=True)
        stamp.keep(site, made_from, made)
        return True


def _languages(
    folder: Path, old: Path, root: Path, kept: stamp.Stamp, log: Log, workers: Workers | None
) -> tuple[dict[str, Keys], set[str]]:
    """Build each language in a separate process.

    Returns:
        The keys of each language, and the pages that are unchanged in all of them.
    """
    from handbook.site import language  # imports MkDocs, which a current site does not need

    log(f"building {' and '.join(LANGUAGES)} in parallel")
    (root / "build").mkdir(exist_ok=True)
    own = workers or Workers()
    try:
        with FileLock(root / "build/stage.lock"):  # one build stages the checkout at a time
            tasks = {
                own.pool.submit(
                    language.build,
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
    """Add the files that both languages share."""
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
    """Replace a folder by another; a kill leaves the old one, the new one, or none."""
    old = place.with_name(f"{place.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if place.exists():
        place.rename(old)
    new.rename(place)
    shutil.rmtree(old, ignore_errors=True)
