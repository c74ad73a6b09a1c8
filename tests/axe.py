"""What axe-core finds on a page, light and dark."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from site_pages import CHECKERS, PATHS

from handbook.lessons import LANGUAGES

SCRIPT = CHECKERS / "axe-core/axe.min.js"
COLOURS = ["color-contrast", "link-in-text-block"]  # all that the dark look can change
PATIENCE = 60_000  # milliseconds; the largest page on a busy machine
RUN = """only => axe.run(document, {
  preload: false, resultTypes: ["violations"], ...(only && { runOnly: only }),
}).then(({ violations }) => violations.flatMap(({ id, nodes }) =>
  nodes.map(({ target, html }) => `${id}: ${target} ${html.slice(0, 120)}`)))"""
FOLDED = "details:not(.mkdocstrings-source)"  # the code of the package, long and the same in both
OPEN = f"document.querySelectorAll('{FOLDED}').forEach(details => (details.open = true))"


def examined(chromium: Browser) -> Iterator[Page]:
    """A page that knows axe-core; colours change at once, so that it sees none in between."""
    context = chromium.new_context(reduced_motion="reduce")
    context.add_init_script(path=SCRIPT)
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()


def paths(config: pytest.Config, language: str) -> list[str]:
    """A language's pages: with ``--every`` all, else every second, the others in the other."""
    chosen = PATHS if config.getoption("--every") else PATHS[LANGUAGES.index(language) :: 2]
    return [f"{language}/{path}" for path in chosen]


def visit(page: Page, url: str) -> None:
    """Open a page in the light look, and whatever is folded in it."""
    page.emulate_media(color_scheme="light")
    page.goto(url)
    _look(page, "light")
    page.evaluate(OPEN)


def faults(page: Page) -> list[str]:
    """What axe-core finds in the light look, and then in the dark one."""
    found: list[str] = page.evaluate(RUN)
    _look(page, "dark")
    return found + [f"dark: {fault}" for fault in page.evaluate(RUN, COLOURS)]


def _look(page: Page, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    if "?choose" not in page.url:
        name, body = "slate" if scheme == "dark" else "default", page.locator("body")
        expect(body).to_have_attribute("data-md-color-scheme", name, timeout=PATIENCE)
