"""The page of the errata in a real browser: the table, its filter, its links, its color schemes."""

import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Browser, Locator, Page, expect

from handbook.lesson.lessons import LANGUAGES, ROOT

PAGE = "migration/errata/"
SILENT = "runs"
VERDICTS = ("raises", "warns", SILENT)
KNOWN = [  # rows copied by hand from the lessons: box, code, verdict, today's output
    ("tensors/steering-gradients/#careful-reset-constant", "c = tf.constant(3.0)", SILENT,
     "None\nNone"),
    ("foundations/learning-rate-and-optimizers/#careful-lr", "keras.optimizers.Adam(lr=0.01)",
     "raises", "ValueError: Argument(s) not recognized: {'lr': 0.01}"),
    ("foundations/learning-rate-and-optimizers/#careful-lr",
     "print(keras.optimizers.SGD(0.01).lr)", "raises",
     "AttributeError: 'SGD' object has no attribute 'lr'"),
    ("foundations/learning-rate-and-optimizers/#careful-decay",
     "old = keras.optimizers.SGD(0.1, decay=0.1)", "warns",
     "UserWarning: Argument `decay` is no longer supported and will be ignored."),
    ("migration/tensorflow-1-to-2/#careful-placeholders",
     "x = tf.placeholder(tf.float32, [None, 1])", "raises",
     "AttributeError: module 'tensorflow' has no attribute 'placeholder'"),
]  # fmt: skip
BOX = re.compile(r'^!!! warning ".*"\n((?:\n| {4}.*\n)*)', re.M)
INCLUDE = re.compile(r'--8<-- "([\w/-]+)\.py:([\w-]+)"')


@dataclass(frozen=True)
class Row:
    """A row of the table as the built page shows it.

    Attributes:
        box: address and anchor of the box that it links to.
        chapter: the value by which the table filters.
        code: what was run.
        verdict: the word above what it prints.
        printed: what it prints today.
        text: all of its words, in lower case.
    """

    box: str
    chapter: str
    code: str
    verdict: str
    printed: str
    text: str

    @property
    def anchor(self) -> str:
        return self.box.rpartition("#")[2]


@pytest.fixture(scope="module")
def table(site_folder: Path) -> list[Row]:
    """The whole table, read from the English page without a browser."""
    html = (site_folder / "en" / PAGE / "index.html").read_text(encoding="utf-8")
    found = []
    for row in BeautifulSoup(html, "html.parser").select(".errata tbody tr"):
        first, today, _ = row.select("td")
        (link,), (code,), (printed,) = (
            first.select("p > a"), first.select("code.highlight"), today.select("td > code"),
        )  # fmt: skip
        box, verdict = str(link["href"]).removeprefix("../../"), today.select("p.verdict")[0].text
        chapter, text = str(row["data-chapter"]), row.get_text().lower()
        found.append(Row(box, chapter, code.text, verdict, printed.text, text))
    return found


def anchors(table: list[Row], *words: str, verdict: str = "", chapter: str = "") -> list[str]:
    """The anchors of the rows that a filter must leave."""
    return [
        row.anchor
        for row in table
        if all(word in row.text for word in words)
        and verdict in ("", row.verdict)
        and chapter in ("", row.chapter)
    ]


def boxes() -> dict[str, tuple[int, bool]]:
    """The boxes that print something: how many guarded statements, and whether there are others.

    Read from Markdown and code by regular expressions, without our own parsers.
    """
    found = {}
    for path in (ROOT / "docs/en").rglob("*.md"):
        address = path.relative_to(ROOT / "docs/en").with_suffix("").as_posix()
        for box in BOX.finditer(path.read_text(encoding="utf-8")):
            names = [name for file, name in INCLUDE.findall(box[1]) if file == address]
            if names:
                code = (ROOT / f"docs/code/{address}.py").read_text(encoding="utf-8")
                marks = rf"\[start:(?:{'|'.join(names)})\]\n(.*?)# --8<-- \[end:"
                text = "".join(re.findall(marks, code, re.S))
                if "# ->" in text:
                    guards = re.findall(r"^with printed_errors\(\):", text, re.M)
                    others = bool(re.search(r"^ +.*printed_errors\(|^ *try:", text, re.M))
                    found[f"{address}/#careful-{names[0]}"] = (len(guards), others)
    return found


def shown(page: Page) -> Locator:
    return page.locator(".errata tbody tr:not([hidden])")


def expect_rows(page: Page, wanted: list[str]) -> None:
    """Expect exactly these rows to be shown, identified by the boxes that they link to."""
    expect(shown(page)).to_have_count(len(wanted))
    links = shown(page).locator("td:first-child p a").evaluate_all("a => a.map(e => e.href)")
    assert sorted(link.rpartition("#")[2] for link in links) == sorted(wanted)


def test_table_has_the_rows_of_every_box_that_prints(table: list[Row]) -> None:
    wanted, rows = boxes(), Counter(row.box for row in table)
    assert len(wanted) > 200
    assert rows.keys() == wanted.keys()
    for box, (n_guards, others) in wanted.items():
        if n_guards or others:
            assert rows[box] >= max(n_guards, 1), box
        else:
            assert rows[box] == 1, box


def test_table_has_known_rows(table: list[Row]) -> None:
    found = [(row.box, row.code.partition("\n")[0], row.verdict, row.printed) for row in table]
    assert [row for row in KNOWN if found.count(row) != 1] == []
    assert [row for row in table if row.chapter != row.box.partition("/")[0]] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_whole_table_is_shown_without_javascript(
    chromium: Browser, address: str, table: list[Row], language: str
) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/{language}/{PAGE}")
    expect_rows(page, anchors(table))
    expect(page.locator(".errata form")).to_be_hidden()
    text = page.locator("article").inner_text()
    assert f"{len(anchors(table))} " in text
    for verdict in VERDICTS:
        assert f"{len(anchors(table, verdict=verdict))} " in text
    context.close()


def test_search_field_leaves_rows_with_every_word(
    page: Page, address: str, table: list[Row]
) -> None:
    page.goto(f"{address}/en/{PAGE}")
    field, count = page.get_by_label("Search the table"), page.get_by_role("status")
    total = len(anchors(table))
    expect(count).to_have_text(f"{total} of {total} rows")
    field.fill("lr=")
    expect_rows(page, anchors(table, "lr="))
    expect(count).to_have_text(f"{len(anchors(table, 'lr='))} of {total} rows")
    field.fill("TF.  ATTRIBUTEerror")
    expect_rows(page, anchors(table, "tf.", "attributeerror"))
    field.fill("jabberwocky")
    expect(count).to_have_text(f"0 of {total} rows")
    field.fill("")
    assert shown(page).count() == total


def test_verdict_and_chapter_filter_rows_and_are_kept_in_the_url(
    page: Page, address: str, table: list[Row]
) -> None:
    page.goto(f"{address}/en/{PAGE}")
    page.get_by_label("Today").select_option("warns")
    expect_rows(page, anchors(table, verdict="warns"))
    page.get_by_label("Chapter").select_option("keras")
    assert len(anchors(table, verdict="warns", chapter="keras")) < len(
        anchors(table, verdict="warns")
    )
    expect_rows(page, anchors(table, verdict="warns", chapter="keras"))
    page.get_by_label("Search the table").fill("tf.Variable")
    wanted = anchors(table, "tf.variable", verdict="warns", chapter="keras")
    expect_rows(page, wanted)
    assert wanted
    expect(page).to_have_url(f"{address}/en/{PAGE}?find=tf.Variable&verdict=warns&chapter=keras")
    page.reload()
    expect_rows(page, wanted)
    page.locator(".md-select button").hover()
    page.locator(".md-select__link[hreflang=zh]").click()
    expect(page).to_have_url(f"{address}/zh/{PAGE}?find=tf.Variable&verdict=warns&chapter=keras")
    expect_rows(page, wanted)


def test_fields_work_with_the_keyboard_alone(page: Page, address: str, table: list[Row]) -> None:
    page.goto(f"{address}/en/{PAGE}")
    page.get_by_label("Search the table").focus()
    page.keyboard.type("lr=")
    page.keyboard.press("Enter")  # does not reload the page
    page.keyboard.press("Tab")
    page.keyboard.type("warns")
    expect_rows(page, anchors(table, "lr=", verdict="warns"))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "chapter"


@pytest.mark.parametrize("language", LANGUAGES)
def test_row_links_to_its_box(page: Page, address: str, language: str) -> None:
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
def test_filter_works_from_disk_without_a_server(
    page: Page, site_folder: Path, table: list[Row], language: str
) -> None:
    requests: list[str] = []
    problems: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("pageerror", lambda error: problems.append(f"{error} {error.stack}"))
    file = (site_folder / language / PAGE / "index.html").as_uri()
    page.goto(file)
    page.locator(".errata input").fill("lr=")
    expect_rows(page, anchors(table, "lr="))
    assert page.url == f"{file}?find=lr%3D"
    page.reload()
    expect_rows(page, anchors(table, "lr="))
    assert [url for url in requests if not url.startswith("file:")] == []
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
def test_site_search_indexes_the_page_but_not_its_rows(site_folder: Path, language: str) -> None:
    index = json.loads((site_folder / language / "search/search_index.json").read_text("utf-8"))
    found = [doc["text"] for doc in index["docs"] if doc["location"].startswith(PAGE)]
    assert found
    assert "placeholder" in "".join(found)
    assert "AttributeError" not in "".join(found)
