"""A page is small and its layout is stable; times are in benchmarks/site.md."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.site.lighthouse import report

BYTES = 300_000  # that a page fetches at first, compressed, with the figures in view

UNSEEN = 0.005  # Lighthouse shows 0; the header's buttons move by 0.001


@pytest.mark.parametrize("path", ["en/tensors/gradient-tape/", "zh/tensors/gradient-tape/", "en/"])
@pytest.mark.usefixtures("chromium")
def test_lighthouse_finds_no_faults(address: str, path: str) -> None:
    result = report(f"{address}/{path}")
    scores = {name: category["score"] for name, category in result["categories"].items()}
    scores.pop("performance")  # a time; see the benchmark
    assert scores == {"accessibility": 1, "best-practices": 1, "seo": 1}
    audits = result["audits"]
    assert audits["cumulative-layout-shift"]["score"] >= 0.99  # the math font loads a little later
    waited_for = audits["render-blocking-resources"]["details"]["items"]
    assert all(item["url"].endswith(".css") for item in waited_for)  # no script
    assert audits["unsized-images"]["score"] == 1
    assert audits["uses-text-compression"]["score"] == 1
    assert audits["total-byte-weight"]["numericValue"] <= BYTES


def test_page_waits_for_one_style_sheet(site_folder: Path) -> None:
    for file in site_folder.glob("??/**/*.html"):
        text = file.read_text(encoding="utf-8")
        sheets = re.findall(r'<link rel="stylesheet" href="[^"]*assets/([^"]*)"', text)
        assert sheets == ["styles.css", *["_mkdocstrings.css"] * ('class="doc ' in text)], file


SHIFTS = """new PerformanceObserver(list => {
  window.shifts = (window.shifts || 0) + list.getEntries().reduce((sum, e) => sum + e.value, 0);
}).observe({ type: "layout-shift" });"""


@pytest.mark.parametrize("width", [1280, 390])
def test_layout_does_not_shift_while_figures_load(
    chromium: Browser, address: str, width: int
) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    page.goto(f"{address}/zh/foundations/underfitting-and-overfitting/", wait_until="networkidle")
    page.evaluate(SHIFTS)
    assert page.locator("img.figure").count() >= 6
    for _ in range(40):
        page.mouse.wheel(0, 600)
        page.wait_for_timeout(30)
    page.wait_for_load_state("networkidle")
    assert page.evaluate(
        "[...document.images].filter(i => i.complete && i.checkVisibility()).length"
    )
    assert page.evaluate("window.shifts || 0") < UNSEEN
    context.close()
