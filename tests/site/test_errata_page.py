"""The page of the errata in a real browser: the table, its filter, its links, its looks."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from handbook.lesson import errata
from handbook.lesson.lessons import LANGUAGES, all_lessons

PAGE = "migration/errata/"


def shown(page: Page) -> Locator:
    return page.locator(".errata tbody tr:not([hidden])")


def rows_with(*words: str, verdict: str = "", chapter: str = "") -> list[str]:
    """The anchors of the rows that a filter must leave, from the pages' text."""
    return [
        row.box.anchor
        for lesson in all_lessons()
        for row in errata.rows(lesson, "en")
        for text in ["\n".join((row.box.claim, row.code, *row.lines, row.box.replacement)).lower()]
        if all(word in text for word in words)
        and verdict in ("", row.verdict)
        and chapter in ("", lesson.address.partition("/")[0])
    ]


def expect_rows(page: Page, wanted: list[str]) -> None:
    """Expect just these rows to be left, told by the boxes that they link to."""
    expect(shown(page)).to_have_count(len(wanted))
    links = shown(page).locator("td:first-child p a").evaluate_all("a => a.map(e => e.href)")
    assert sorted(link.rpartition("#")[2] for link in links) == sorted(wanted)


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_javascript_the_whole_table_is_there(
    chromium: Browser, address: str, language: str
) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/{language}/{PAGE}")
    expect_rows(page, rows_with())
    expect(page.locator(".errata form")).to_be_hidden()
    text = page.locator("article").inner_text()
    assert f"{len(rows_with())} " in text
    for verdict in errata.VERDICTS:
        assert f"{len(rows_with(verdict=verdict))} " in text
    context.close()


def test_typing_leaves_the_rows_that_hold_every_word(page: Page, address: str) -> None:
    page.goto(f"{address}/en/{PAGE}")
    field, count = page.get_by_label("Search the table"), page.get_by_role("status")
    total = len(rows_with())
    expect(count).to_have_text(f"{total} of {total} rows")
    field.fill("lr=")
    expect_rows(page, rows_with("lr="))
    expect(count).to_have_text(f"{len(rows_with('lr='))} of {total} rows")
    field.fill("TF.  ATTRIBUTEerror")
    expect_rows(page, rows_with("tf.", "attributeerror"))
    field.fill("jabberwocky")
    expect(count).to_have_text(f"0 of {total} rows")
    field.fill("")
    assert shown(page).count() == total


def test_verdict_and_chapter_filter_and_stay_in_the_address(page: Page, address: str) -> None:
    page.goto(f"{address}/en/{PAGE}")
    page.get_by_label("Today").select_option("warns")
    expect_rows(page, rows_with(verdict="warns"))
    page.get_by_label("Chapter").select_option("keras")
    assert len(rows_with(verdict="warns", chapter="keras")) < len(rows_with(verdict="warns"))
    expect_rows(page, rows_with(verdict="warns", chapter="keras"))
    page.get_by_label("Search the table").fill("tf.Variable")
    wanted = rows_with("tf.variable", verdict="warns", chapter="keras")
    expect_rows(page, wanted)
    assert wanted
    expect(page).to_have_url(f"{address}/en/{PAGE}?find=tf.Variable&verdict=warns&chapter=keras")
    page.reload()
    expect_rows(page, wanted)
    page.locator(".md-select button").hover()
    page.locator(".md-select__link[hreflang=zh]").click()
    expect(page).to_have_url(f"{address}/zh/{PAGE}?find=tf.Variable&verdict=warns&chapter=keras")
    expect_rows(page, wanted)


def test_the_fields_work_with_the_keyboard_alone(page: Page, address: str) -> None:
    page.goto(f"{address}/en/{PAGE}")
    page.get_by_label("Search the table").focus()
    page.keyboard.type("lr=")
    page.keyboard.press("Enter")  # does not load the page anew
    page.keyboard.press("Tab")
    page.keyboard.type("warns")
    expect_rows(page, rows_with("lr=", verdict="warns"))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "chapter"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_row_leads_to_its_box(page: Page, address: str, language: str) -> None:
    page.goto(f"{address}/{language}/{PAGE}?find=decay%3D0.1&chapter=foundations")
    row = shown(page).first
    claim = row.locator("td").first.locator("p a")
    title = claim.inner_text()
    claim.click()
    box = page.locator("#careful-decay")
    lesson = f"{address}/{language}/foundations/learning-rate-and-optimizers/"
    expect(page).to_have_url(re.compile(f"^{re.escape(lesson)}#careful"))
    expect(box).to_be_in_viewport()
    assert title in box.locator(".admonition-title").inner_text()
    header, place = page.locator(".md-header").bounding_box(), box.bounding_box()
    assert header is not None
    assert place is not None
    assert place["y"] >= header["y"] + header["height"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_works_from_a_folder_without_a_server(
    page: Page, site_folder: Path, language: str
) -> None:
    asked: list[str] = []
    problems: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: problems.append(f"{error} {error.stack}"))
    file = (site_folder / language / PAGE / "index.html").as_uri()
    page.goto(file)
    page.locator(".errata input").fill("lr=")
    expect_rows(page, rows_with("lr="))
    assert page.url == f"{file}?find=lr%3D"
    page.reload()
    expect_rows(page, rows_with("lr="))
    assert [url for url in asked if not url.startswith("file:")] == []
    assert [p for p in problems if "search_index.js" not in p] == []  # the theme's own search


@pytest.mark.parametrize("width", [360, 390, 1280])
def test_long_errors_wrap_and_phones_get_cards(chromium: Browser, address: str, width: int) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    page.goto(f"{address}/en/{PAGE}")
    page.evaluate("document.querySelectorAll('details').forEach(d => (d.open = true))")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    padding = 6  # pixels: that of an inline code at the end of its line may stand out
    wide = f"c => c.filter(e => e.scrollWidth > e.clientWidth + {padding}).length"
    assert page.locator(".errata td").evaluate_all(wide) == 0
    display = page.locator(".errata td").first.evaluate("e => getComputedStyle(e).display")
    assert display == ("block" if width < 400 else "table-cell")
    context.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_search_of_the_site_finds_the_page_but_not_each_row(
    site_folder: Path, language: str
) -> None:
    index = json.loads((site_folder / language / "search/search_index.json").read_text("utf-8"))
    found = [doc["text"] for doc in index["docs"] if doc["location"].startswith(PAGE)]
    assert found
    assert "placeholder" in "".join(found)
    assert "AttributeError" not in "".join(found)
