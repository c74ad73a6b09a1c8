"""Build both languages side by side into ``site/``, with the chooser at its root."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from handbook import crawlers, links, parallel
from handbook.files import alone
from handbook.hooks import policy
from handbook.lessons import LANGUAGES, ROOT

CONFIGS = {"en": "mkdocs.yml", "zh": "mkdocs.zh.yml"}
SETTINGS = {
    "PYTHONUTF8": "1",  # how the builder writes what it says
    "NO_MKDOCS_2_WARNING": "1",  # Material's notice; pyproject.toml pins MkDocs below 2
    "TFNOTES_PARALLEL": "true",  # both languages are there: show the button that needs them
}
PROGRESS = ("INFO", "Building prefix dict", "Dumping model", "Loading model", "Prefix dict")


class SiteError(RuntimeError):
    """The site cannot be built; the message is what the builder said."""


Say = Callable[[str], object]  # tells the user how far the build is


def build(site: Path = ROOT / "site", root: Path = ROOT, say: Say = lambda _: None) -> None:
    """Build the whole site beside its place, then move it there.

    Args:
        site: the folder to make; what it held before is replaced.
        root: the checkout.
        say: is called with a line for each step.

    Raises:
        SiteError: a language does not build without a warning, or a link leads nowhere.
            The old site stays.
        BusyError: another process builds into the same folder.
    """
    beside = site.with_name(f"{site.name}.new")
    with alone(site.with_name(f".{site.name}.lock"), f"building {site}"):
        shutil.rmtree(beside, ignore_errors=True)
        try:
            _build_languages(beside, root, say)
            chooser = (root / "docs/index.html").read_text(encoding="utf-8")
            (beside / "index.html").write_text(policy.protected(chooser), encoding="utf-8")
            parallel.write(beside, root)
            crawlers.write(beside)
            say("checking links")
            if broken := list(links.broken(beside)):
                raise SiteError("\n".join(broken))
            _move(beside, site)
        finally:
            shutil.rmtree(beside, ignore_errors=True)


def _move(new: Path, place: Path) -> None:
    """Put a folder in the place of another; a kill leaves the old, the new, or none."""
    old = place.with_name(f"{place.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if place.exists():
        place.rename(old)
    new.rename(place)
    shutil.rmtree(old, ignore_errors=True)


def _build_languages(folder: Path, root: Path, say: Say) -> None:
    say(f"building {' and '.join(LANGUAGES)} side by side: about a minute")
    builds = {language: _start(language, folder / language, root) for language in LANGUAGES}
    said = {}
    for language, process in builds.items():
        said[language] = process.communicate()[0]
        say(f"{language}: {'failed' if process.returncode else 'built'}")
    if failed := [language for language, process in builds.items() if process.returncode]:
        raise SiteError("\n".join(_problems(said[language]) for language in failed))


def _start(language: str, folder: Path, root: Path) -> subprocess.Popen[str]:
    command = [
        sys.executable,
        "-m",
        "mkdocs",
        "build",
        "-f",
        CONFIGS[language],
        "-d",
        str(folder),
    ]
    return subprocess.Popen(  # noqa: S603
        command,
        cwd=root,
        env=os.environ | SETTINGS,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )


def _problems(said: str) -> str:
    """What went wrong, without the lines that only tell of progress, or of our code."""
    lines = [line for line in said.splitlines() if not line.startswith(PROGRESS)]
    if any(line.startswith("Traceback") for line in lines):
        lines = [line for line in lines if not line.startswith(("Traceback", " "))]
    return "\n".join(lines)
