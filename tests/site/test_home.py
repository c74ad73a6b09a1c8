"""The home page: the map of the chapters, and its copy buttons."""

import html
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from handbook.lesson import translation
from handbook.lesson.lessons import LANGUAGES, ROOT, Lesson, all_lessons
from handbook.stage import chapter_map
from handbook.stage.chapter_map import MapError
from tests.conftest import SmallHandbook

MAP = {"zh": "各章地图", "en": "Map of the chapters"}
LAST = "architectures/residual-networks"


def lessons_of(page: Page, language: str) -> Locator:
    return page.get_by_role("navigation", name=MAP[language]).get_by_role("link")


def needs(lesson: str) -> set[str]:
    """A lesson and all its prerequisites."""
    found: set[str] = set()
    left = [lesson]
    while left:
        found.add(here := left.pop())
        left += set(chapter_map.needed(Lesson(ROOT, here))) - found
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_map_links_every_lesson_once_by_its_title(
    page: Page, address: str, site_folder: Path, language: str
) -> None:
    home = f"{address}/{language}/"
    page.goto(home)
    links = page.locator(".chapter-map li a").all()
    led = {
        urljoin(home, a.get_attribute("href")).removeprefix(home).strip("/"): a.inner_text()
        for a in links
    }
    assert len(led) == len(links)
    assert {lesson.address for lesson in all_lessons()} <= set(led)
    for lesson, title in led.items():
        text = (site_folder / language / lesson / "index.html").read_text(encoding="utf-8")
        assert title == html.unescape(re.findall("<title>(.*?) - ", text)[0])
    shown = page.locator(".md-tabs__link").all_inner_texts()
    chapters = [h.removesuffix("¶") for h in page.locator(".chapter-map h3").all_text_contents()]
    assert chapters == [tab.strip() for tab in shown if tab.strip() in chapters]
    assert len(chapters) == len({lesson.partition("/")[0] for lesson in led})


@pytest.mark.parametrize("language", LANGUAGES)
def test_map_is_navigated_by_keyboard(page: Page, address: str, language: str) -> None:
    page.goto(f"{address}/{language}/", wait_until="networkidle")
    first, second = (page.locator(".chapter-map li a").nth(i) for i in (0, 1))
    paper = first.evaluate("e => getComputedStyle(e).backgroundColor")
    first.focus()
    page.keyboard.press("Tab")
    expect(second).to_be_focused()
    expect(second).not_to_have_css("background-color", paper)  # the focus is visible
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{address}/{language}/start/install/")


@pytest.mark.parametrize("action", ["focus", "hover"])
def test_focus_and_hover_highlight_prerequisites(page: Page, address: str, action: str) -> None:
    page.goto(f"{address}/en/", wait_until="networkidle")
    getattr(page.locator(f".chapter-map a[href='{LAST}/']"), action)()
    lit = page.locator(".chapter-map a.lit").evaluate_all(
        "a => a.map(e => e.pathname.slice(4, -1))"
    )
    assert set(lit) == needs(LAST) - {LAST}
    assert page.locator("path.lit").count() > 5
    page.locator("h1").click()
    expect(page.locator(".chapter-map .lit")).to_have_count(0)


def test_prerequisites_have_no_cycle() -> None:
    for lesson in all_lessons():
        for need in chapter_map.needed(lesson):
            assert lesson.address not in needs(need), f"{lesson.address} and {need}"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_home_page_fits_a_phone(
    chromium: Browser, address: str, language: str, scheme: str
) -> None:
    context = chromium.new_context(viewport={"width": 360, "height": 740}, color_scheme=scheme)
    page = context.new_page()
    page.goto(f"{address}/{language}/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    for link in page.locator(".chapter-map li a").all():
        box = link.bounding_box()
        assert box
        assert box["x"] > 0
        assert box["x"] + box["width"] <= 360, link.inner_text()
    context.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_map_is_smaller_than_40_kb(site_folder: Path, language: str) -> None:
    text = (site_folder / language / "index.html").read_text(encoding="utf-8")
    (drawn,) = re.findall(r"<nav[^>]*chapter-map.*?</nav>", text, re.DOTALL)
    assert len(drawn.encode()) < 40_000


def test_chapter_without_its_sentence_is_reported(small: SmallHandbook) -> None:
    small.lesson("waves/sine")
    book = small.book(nav=[{"Waves": ["waves/sine.md"]}])
    home = '<nav class="chapter-map">\n### Tides {#tides}\n\nThey rise.\n\n</nav>'
    with pytest.raises(MapError, match=r"en/index.md: expected the heading `### Waves {#waves}`"):
        chapter_map.filled(home, book)


@pytest.mark.parametrize("language", LANGUAGES)
def test_home_page_shows_the_code_of_a_lesson(page: Page, address: str, language: str) -> None:
    page.goto(f"{address}/{language}/", wait_until="networkidle")
    page.locator(".hero .md-code__button[data-md-type=copy]").click()
    code = translation.sections(Lesson(ROOT, "tensors/gradient-tape"), language)[0].text
    assert page.evaluate("navigator.clipboard.readText()") == code.strip()


def test_example_is_copied_without_prompts_and_results(page: Page, address: str) -> None:
    page.goto(f"{address}/en/api/data/", wait_until="networkidle")
    example = page.locator(".language-pycon", has_text="describe(").first
    assert ">>> " in example.inner_text()
    example.locator(".md-code__button[data-md-type=copy]").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert ">>>" not in copied
    whole = f"from tfnotes.data import *\n{copied}"
    subprocess.run([sys.executable, "-c", whole], check=True, capture_output=True)


def test_copied_examples_are_valid_python(site_folder: Path) -> None:
    examples = 0
    for path in (site_folder / "en/api").rglob("index.html"):
        text = path.read_text(encoding="utf-8")
        for code in re.findall(r'class="language-pycon highlight" data-copy="([^"]*)"', text):
            compile(html.unescape(code), str(path), "exec")
            examples += bool(code)
        assert text.count('class="language-pycon highlight">') == 0
    assert examples > 50
