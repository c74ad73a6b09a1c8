"""axe-core finds no fault in opened elements; test_pages.py checks the pages themselves."""

import re

import pytest
from playwright.sync_api import Page, expect

from handbook.lesson.lessons import LANGUAGES
from tests.site import axe

examined = pytest.fixture(scope="module")(axe.tab)


@pytest.mark.parametrize("path", ["?choose", *(f"{language}/404.html" for language in LANGUAGES)])
def test_axe_finds_no_fault(examined: Page, address: str, path: str) -> None:
    examined.goto(f"{address}/{path}")
    assert axe.faults(examined) == []


def test_axe_finds_no_fault_in_the_code_of_the_package(examined: Page, address: str) -> None:
    examined.goto(f"{address}/en/api/errors/")
    examined.evaluate("document.querySelectorAll('details').forEach(d => (d.open = true))")
    assert axe.faults(examined) == []


@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_no_fault_in_the_open_search(examined: Page, address: str, width: int) -> None:
    size = examined.viewport_size
    examined.set_viewport_size({"width": width, "height": 800})
    examined.goto(f"{address}/zh/")
    examined.wait_for_load_state("networkidle")
    examined.keyboard.press("/")
    examined.keyboard.type("GradientTape")
    examined.locator(".md-search-result__item").first.wait_for()
    assert axe.faults(examined) == []
    examined.set_viewport_size(size)  # type: ignore[arg-type]


def test_axe_finds_no_fault_in_the_filtered_errata(examined: Page, address: str) -> None:
    examined.goto(f"{address}/en/migration/errata/?find=GradientTape&verdict=silent")
    expect(examined.locator(".errata output")).to_have_text(re.compile(r"^[1-9]\d? of "))
    assert axe.faults(examined) == []


def test_axe_reports_planted_faults(examined: Page, address: str) -> None:
    examined.goto(f"{address}/en/tensors/gradient-tape/")
    examined.evaluate("document.querySelector('.md-content img').removeAttribute('alt')")
    examined.evaluate("document.querySelector('.md-content p').style.color = '#777'")
    assert {fault.partition(" ")[0] for fault in axe.faults(examined)} == {
        "image-alt:",
        "color-contrast:",
        "dark:",
    }
