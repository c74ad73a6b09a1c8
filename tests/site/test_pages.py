"""Every page is loaded once: no foreign request, no error, no axe-core fault, small, narrow.

axe-core reads each page in one of its two languages, with ``--every`` in both.
"""

import gzip
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, Request

from handbook.lesson.lessons import LANGUAGES, all_lessons
from tests.site import axe
from tests.site.conftest import PATHS

WIRE_LIMIT = 250_000  # bytes of a lesson page without its figures
LESSONS = {f"{lesson.address}/" for lesson in all_lessons()}


axe_context = pytest.fixture(scope="class")(axe.context)


@pytest.fixture
def tab(axe_context: BrowserContext) -> Iterator[Page]:
    """A page with axe-core and without a cache."""
    opened = axe_context.new_page()
    axe_context.new_cdp_session(opened).send("Network.setCacheDisabled", {"cacheDisabled": True})
    yield opened
    opened.close()


class Pages:
    """The pages of one language; each language is a group of tests for one process."""

    language = ""

    @pytest.mark.parametrize(
        "number", range(len(PATHS)), ids=lambda number: PATHS[number] or "home"
    )
    def test_page_has_no_faults(
        self, tab: Page, address: str, number: int, pytestconfig: pytest.Config
    ) -> None:
        foreign: list[str] = []
        problems: list[str] = []
        sizes: dict[str, int] = {}

        def weigh(request: Request) -> None:
            if not request.url.startswith(address):
                foreign.append(request.url)
            elif "/figures/" not in request.url and (response := request.response()):
                body = response.body()
                packed = request.url.endswith("woff2")
                sizes[request.url] = len(body if packed else gzip.compress(body))

        tab.on("requestfinished", weigh)
        tab.on("requestfailed", lambda request: problems.append(f"failed: {request.url}"))
        tab.on("console", lambda m: problems.append(m.text) if m.type == "error" else None)
        tab.on("pageerror", lambda error: problems.append(str(error)))
        tab.on("response", lambda r: problems.append(r.url) if r.status >= 400 else None)
        path = PATHS[number]
        tab.goto(f"{address}/{self.language}/{path}", wait_until="networkidle")
        assert (foreign, problems) == ([], [])
        assert tab.locator("html").get_attribute("lang") == self.language
        assert tab.locator("h1").count() == 1
        assert path not in LESSONS or sum(sizes.values()) <= WIRE_LIMIT, sizes
        assert tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        everything = pytestconfig.getoption("--every")
        if everything or number % len(LANGUAGES) == LANGUAGES.index(self.language):
            assert axe.faults(tab) == []
        tab.set_viewport_size({"width": 360, "height": 700})
        assert tab.evaluate("document.documentElement.scrollWidth") <= 360


class TestChinesePages(Pages):
    language = "zh"


class TestEnglishPages(Pages):
    language = "en"
