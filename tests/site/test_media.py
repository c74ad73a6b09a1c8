"""A page in print, and with reduced motion."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from handbook.run.figure import dark

LESSON = "en/tensors/gradient-tape/"
Open = Callable[..., Page]


@pytest.fixture
def opened(chromium: Browser, address: str) -> Iterator[Open]:
    """Open a page with given context options."""
    contexts = []

    def opened_as(path: str, **reader: Any) -> Page:
        contexts.append(chromium.new_context(**reader))
        page = contexts[-1].new_page()
        page.goto(f"{address}/{path}", wait_until="networkidle")
        return page

    yield opened_as
    for context in contexts:
        context.close()


A4 = {"width": 700, "height": 1000}  # A4 with the margins of a printer, in CSS pixels


@pytest.mark.parametrize("path", [LESSON, "zh/labs/image-classifier/", "zh/migration/errata/"])
def test_print_shows_only_the_text(opened: Open, path: str) -> None:
    page = opened(path, viewport=A4)
    page.emulate_media(media="print")
    furniture = "header, .md-tabs, .md-sidebar, .md-footer, .md-top, button, form, .md-button"
    assert [e.inner_html() for e in page.locator(furniture).all() if e.is_visible()] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for code in page.locator(".md-content pre > code").all():
        assert code.evaluate("code => code.scrollWidth <= code.clientWidth + 1"), code.inner_text()


def test_print_of_the_dark_scheme_is_light(opened: Open) -> None:
    still = {"viewport": A4, "reduced_motion": "reduce"}  # no color in transition
    page = opened(LESSON, color_scheme="dark", **still)
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")
    assert page.evaluate(COLORS) != opened(LESSON, **still).evaluate(COLORS)
    page.emulate_media(media="print", color_scheme="dark")
    light = opened(LESSON, **still)
    light.emulate_media(media="print", color_scheme="light")
    assert page.evaluate(COLORS) == light.evaluate(COLORS)
    expect(page.locator("img.figure[src$='#only-light']").first).to_be_visible()
    expect(page.locator("img.figure[src$='#only-dark']").first).to_be_hidden()


COLORS = """() => [...document.querySelectorAll("body, .md-content *")].filter(
  element => element.checkVisibility()
).map(element => {
  const { color, backgroundColor } = getComputedStyle(element);
  return `${element.tagName}.${element.className} ${color} ${backgroundColor}`;
}).filter((line, i, all) => !line.startsWith("IMG") && all.indexOf(line) === i)"""


def test_print_shows_answers_and_hides_folded_tables(opened: Open) -> None:
    page = opened(LESSON, viewport=A4)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    answers = page.locator("details.success p").all()
    assert answers
    for answer in answers:
        expect(answer).to_be_visible()
    assert not any(table.is_visible() for table in page.locator("details.curves").all())


def test_print_moves_the_code_of_figures_to_the_end_and_back(opened: Open) -> None:
    page = opened("zh/scale/speed/", viewport=A4)  # its last drawing is in a box
    before = page.locator("article").inner_text()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.locator("article > details.drawing ~ :not(.drawing)").count() == 0
    codes = page.locator("article > details.drawing")
    assert codes.count() == page.locator("details.drawing").count() == 5
    for number, code in enumerate(codes.all(), 1):
        expect(code.locator("pre")).to_be_visible()
        label = "element => getComputedStyle(element, '::before').content"
        assert code.locator("summary").evaluate(label) == f'"图 {number}："'
        figure = page.locator("p[data-figure]").nth(number - 1)
        after = "element => getComputedStyle(element, '::after').content"
        assert figure.evaluate(after) == f'"图 {number}"'
    size = "element => parseFloat(getComputedStyle(element).fontSize)"
    text = page.locator("article p").first.evaluate(size)
    assert codes.locator("pre").first.evaluate(size) < 0.75 * text
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    assert page.locator("article").inner_text() == before
    assert page.locator(".admonition details.drawing").count() == 1


MOVED = """() => {
  window.moved = [];
  for (const kind of ["transitionrun", "animationstart"])
    addEventListener(kind, ({ propertyName, animationName, target }) =>
      moved.push(`${propertyName ?? animationName} ${target.className}`), true);
}"""


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_reduced_motion_stops_transitions_and_animations(opened: Open, motion: str) -> None:
    page = opened(LESSON, reduced_motion=motion)
    page.evaluate(MOVED)
    page.keyboard.press("Tab")
    for press, is_open in (("/", True), ("Escape", False)):
        page.keyboard.press(press)
        expect(page.locator("#__search")).to_be_checked(checked=is_open)
    page.emulate_media(color_scheme="dark", reduced_motion=motion)  # type: ignore[arg-type]
    page.locator("details summary").first.click()
    expect(page.locator("details").first).to_have_attribute("open", "")
    moved = page.evaluate("moved")
    assert bool(moved) == (motion == "no-preference"), moved


def test_every_figure_has_a_dark_version_with_other_colors(site_folder: Path) -> None:
    figures = sorted((site_folder / "en/figures").rglob("*.svg"))
    light = [path for path in figures if not path.name.endswith(".dark.svg")]
    assert len(light) > 180
    assert figures == sorted([*light, *(path.with_suffix(".dark.svg") for path in light)])
    for path in light:
        svg = path.read_text(encoding="utf-8")
        shown = path.with_suffix(".dark.svg").read_text(encoding="utf-8")
        assert shown != svg
        assert shown == dark(svg)
