"""Every function of the site works by keyboard, with a visible focus."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from handbook.lesson.lessons import ROOT, Lesson
from handbook.lesson.sections import sections
from tests.site.conftest import CLIPBOARD

LESSON = "en/tensors/gradient-tape/"


@pytest.fixture
def reader() -> dict[str, Any]:
    return {"permissions": CLIPBOARD, "reduced_motion": "reduce"}


def tab_to(page: Page, wanted: Locator, key: str = "Tab", most: int = 300) -> None:
    """Press Tab until an element has the focus, which must be visible."""
    for _ in range(most):
        page.keyboard.press(key)
        if wanted.evaluate("element => element === document.activeElement"):
            break
    expect(wanted).to_be_focused()
    expect(wanted).to_be_in_viewport()
    assert wanted.evaluate(SEEN), "nothing shows that it has the focus"


SEEN = """element => {
  const shown = element.matches(".md-option") ? element.nextElementSibling : element;
  const now = getComputedStyle(shown);
  const style = ({ outlineStyle, outlineWidth, color, backgroundColor, borderColor, boxShadow }) =>
    [outlineStyle, outlineWidth, color, backgroundColor, borderColor, boxShadow].join();
  const focused = style(now), ring = now.outlineStyle !== "none" && now.outlineWidth !== "0px";
  element.blur();
  const seen = ring || focused !== style(getComputedStyle(shown));
  element.focus();
  return seen;
}"""


def test_search_works_by_keyboard(page: Page, address: str) -> None:
    page.goto(f"{address}/{LESSON}", wait_until="networkidle")
    page.keyboard.press("/")
    page.keyboard.type("jacobian")
    page.locator(".md-search-result__item").first.wait_for()  # a worker searches in the background
    page.keyboard.press("ArrowDown")
    expect(page.locator(".md-search-result__item > a").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("h=jacobian"))


def test_color_scheme_is_switched_by_keyboard(page: Page, address: str) -> None:
    page.goto(f"{address}/{LESSON}", wait_until="networkidle")
    expect(page.locator("body")).to_have_attribute("data-md-color-media", "(prefers-color-scheme)")
    palette = page.locator("[data-md-component=palette]")
    tab_to(page, palette.locator("input").first)
    for _ in ("light", "dark"):
        page.keyboard.press("Enter")
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")


def test_language_is_switched_by_keyboard(page: Page, address: str) -> None:
    page.goto(f"{address}/{LESSON}", wait_until="networkidle")
    tab_to(page, page.locator(".md-select__link[hreflang=zh]"))
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{address}/{LESSON.replace('en/', 'zh/')}")


def test_code_is_copied_by_keyboard(page: Page, address: str) -> None:
    page.goto(f"{address}/{LESSON}", wait_until="networkidle")
    tab_to(page, page.locator("button.md-code__button").first)
    page.keyboard.press("Enter")
    page.wait_for_function("navigator.clipboard.readText().then(text => text.includes('import'))")


def test_answer_and_table_are_opened_by_keyboard(page: Page, address: str) -> None:
    page.goto(f"{address}/{LESSON}", wait_until="networkidle")
    for kind in ("details.curves", "details.success"):
        folded = page.locator(kind).first
        tab_to(page, folded.locator("summary"))
        page.keyboard.press("Enter")
        expect(folded).to_have_attribute("open", "")


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_folded_code_is_opened_and_copied_whole_by_keyboard(
    page: Page, address: str, key: str
) -> None:
    page.goto(f"{address}/{LESSON}", wait_until="networkidle")
    folded = page.locator("details.drawing").first
    expect(folded.locator("pre")).to_be_hidden()
    tab_to(page, folded.locator("summary"))
    page.keyboard.press(key)
    expect(folded.locator("pre")).to_be_visible()
    tab_to(page, folded.locator("button.md-code__button"), most=3)
    page.keyboard.press("Enter")
    drawn = next(
        s.text for s in sections(Lesson(ROOT, "tensors/gradient-tape")) if s.name == "curve"
    )
    page.wait_for_function("navigator.clipboard.readText()")
    assert page.evaluate("navigator.clipboard.readText()").strip() == drawn


def test_download_is_started_by_keyboard(page: Page, address: str) -> None:
    page.goto(f"{address}/{LESSON}", wait_until="networkidle")
    tab_to(page, page.locator(".lesson-row a").first)
    with page.expect_download() as started:
        page.keyboard.press("Enter")
    assert started.value.suggested_filename.endswith(".ipynb")


def test_errata_are_filtered_by_keyboard(page: Page, address: str) -> None:
    page.goto(f"{address}/en/migration/errata/", wait_until="networkidle")
    tab_to(page, page.locator(".errata input"))
    page.keyboard.type("GradientTape")
    expect(page.locator(".errata output")).to_have_text(re.compile(r"^[1-9]\d? of "))
    tab_to(page, page.locator(".errata select[name=verdict]"))
    page.keyboard.press("ArrowDown")
    expect(page).to_have_url(re.compile("verdict="))


def test_back_to_top_works_by_keyboard(page: Page, address: str) -> None:
    page.goto(f"{address}/{LESSON}", wait_until="networkidle")
    page.evaluate("scrollTo(0, 3000)")
    page.evaluate("scrollTo(0, 2500)")  # the button appears when scrolling up
    top = page.locator("[data-md-component=top]")
    expect(top).to_be_visible()
    top.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("scrollY < 50")


def test_first_tab_leads_to_the_content(page: Page, address: str) -> None:
    page.goto(f"{address}/{LESSON}", wait_until="networkidle")
    tab_to(page, page.locator(".md-skip"), most=1)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#gradient-tape$"))
