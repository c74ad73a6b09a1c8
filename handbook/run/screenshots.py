"""Screenshots of TensorBoard with the logs of a lesson.

The front matter of a lesson lists the tabs (``screenshots``); the lesson logs to ``logs`` in its
working folder. A refresh takes the screenshots, a test never does.
"""

import contextlib
import json
import subprocess
import sys
import time
import urllib.request
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from handbook.browser import NoBrowserError, browser
from handbook.files import replace

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

LOGS = "logs"  # log folder in the working folder of a lesson
COLOR_SCHEMES = {"light": ".png", "dark": ".dark.png"}  # color scheme: file suffix
WIDTH, HEIGHT = 1000, 640  # CSS pixels: two charts side by side with legible text
SCALE = 1.25  # image pixels per CSS pixel
TIMEOUT = 60.0  # seconds until TensorBoard has read the runs, or a tab has stopped changing


class NoScreenshotWarning(UserWarning):
    """The screenshots could not be taken; existing ones are kept."""


def take(tabs: Sequence[str], logs: Path, folder: Path) -> None:
    """Take screenshots of TensorBoard in both color schemes; warn if there is no browser.

    Args:
        tabs: the names of the tabs in TensorBoard's URLs, such as ``scalars``.
        logs: the log folder.
        folder: the folder of the images.
    """
    try:
        with browser() as chromium:
            capture(chromium, tabs, logs, folder)
    except NoBrowserError as error:
        warnings.warn(
            f"{folder.name}: no new screenshots: {error}", NoScreenshotWarning, stacklevel=2
        )


def capture(chromium: "Browser", tabs: Sequence[str], logs: Path, folder: Path) -> None:
    """Take screenshots of TensorBoard in a running browser."""
    with tensorboard(logs) as address:
        for scheme, suffix in COLOR_SCHEMES.items():
            page = chromium.new_page(
                viewport={"width": WIDTH, "height": HEIGHT},
                color_scheme=scheme,  # type: ignore[arg-type]
                device_scale_factor=SCALE,
            )
            for tab in tabs:
                replace(folder / (tab + suffix), screenshot(page, f"{address}#{tab}"))
            page.close()


def names(tabs: Sequence[str]) -> list[str]:
    """Return the file names of the screenshots of some tabs.

    Examples:
        >>> names(["scalars"])
        ['scalars.png', 'scalars.dark.png']
    """
    return [tab + suffix for tab in tabs for suffix in COLOR_SCHEMES.values()]


def screenshot(page: "Page", address: str) -> bytes:
    """Open a tab, expand the first node of a graph, and take a screenshot once it is stable."""
    page.goto("about:blank")  # forces a reload of the data
    page.goto(address, wait_until="networkidle")
    image = stable_screenshot(page)
    if page.locator("g.node.meta").count():
        page.locator("g.node.meta").first.dblclick()
        image = stable_screenshot(page)
    return image


def stable_screenshot(page: "Page") -> bytes:
    """Return a screenshot of a page that has not changed for three seconds."""
    image, still = page.screenshot(), 0  # seconds
    end = time.monotonic() + TIMEOUT
    while still < 3 and time.monotonic() < end:
        page.wait_for_timeout(1000)
        before, image = image, page.screenshot()
        still = still + 1 if image == before else 0
    return image


@contextlib.contextmanager
def tensorboard(logs: Path) -> Iterator[str]:
    """Start TensorBoard on loopback, wait until it has found the runs, and yield its address.

    Raises:
        RuntimeError: it did not start, or did not find the runs.
    """
    options = ["--host", "127.0.0.1", "--port", "0", "--reload_interval", "1", "--load_fast=false"]
    command = [sys.executable, "-m", "tensorboard.main", "--logdir", logs.name, *options]
    with subprocess.Popen(  # noqa: S603  # in the folder, so that the image shows no path
        command, cwd=logs.parent, stderr=subprocess.PIPE, encoding="utf-8", errors="replace"
    ) as process:
        try:
            output = process.stderr or ()
            line = next((line for line in output if "http://" in line), "")
            if not line:
                raise RuntimeError(f"TensorBoard did not start; try: {' '.join(command)}")
            address = next(word for word in line.split() if word.startswith("http://"))
            _wait_for_runs(address, {str(p.parent.relative_to(logs)) for p in logs.rglob("*.v2")})
            yield address
        finally:
            process.terminate()


def _wait_for_runs(address: str, runs: set[str]) -> None:
    end = time.monotonic() + TIMEOUT
    found: set[str] = set()
    while time.monotonic() < end:
        with urllib.request.urlopen(f"{address}data/runs") as answer:  # noqa: S310
            found = set(json.load(answer))
        if found and found == runs:
            time.sleep(3)  # TensorBoard lists a run before it has read it
            return
        time.sleep(0.5)
    raise RuntimeError(f"expected TensorBoard to find the runs {sorted(runs)}, found {found}")
