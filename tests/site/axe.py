"""Faults that axe-core finds on a page, in both color schemes."""

from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.conftest import CHECKERS

SCRIPT = CHECKERS / "axe-core/axe.min.js"
COLORS = ["color-contrast", "link-in-text-block"]  # rules that depend on the color scheme
TIMEOUT = 60_000  # milliseconds; the largest page on a busy machine
RUN = """only => axe.run(document, {
  preload: false, resultTypes: ["violations"], ...(only && { runOnly: only }),
}).then(({ violations }) => violations.flatMap(({ id, nodes }) =>
  nodes.map(({ target, html }) => `${id}: ${target} ${html.slice(0, 120)}`)))"""
FOLDED = "details:not(.mkdocstrings-source)"  # the code of the package, long and the same in both
OPEN = f"document.querySelectorAll('{FOLDED}').forEach(details => (details.open = true))"


def context(chromium: Browser) -> Iterator[BrowserContext]:
    """A browser context with axe-core, without color transitions."""
    opened = chromium.new_context(reduced_motion="reduce")
    opened.add_init_script(path=SCRIPT)
    opened.set_default_timeout(TIMEOUT)
    yield opened
    opened.close()


def tab(chromium: Browser) -> Iterator[Page]:
    """A page of such a context."""
    for opened in context(chromium):
        yield opened.new_page()


def faults(page: Page) -> list[str]:
    """The faults in the light and the dark scheme, with all details open."""
    _show(page, "light")
    page.evaluate(OPEN)
    found: list[str] = page.evaluate(RUN)
    _show(page, "dark")
    return found + [f"dark: {fault}" for fault in page.evaluate(RUN, COLORS)]


def _show(page: Page, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    if "?choose" not in page.url:
        name, body = "slate" if scheme == "dark" else "default", page.locator("body")
        expect(body).to_have_attribute("data-md-color-scheme", name, timeout=TIMEOUT)
