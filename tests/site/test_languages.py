"""Both languages of the site: for search engines, in terms, in the parallel view."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from playwright.sync_api import Page, expect

from handbook.lesson.lessons import LANGUAGES, all_lessons
from handbook.site import parallel
from tests.conftest import HOST

LESSON = "tensors/gradient-tape/"
NEXT = "tensors/steering-gradients/"
OTHER = {"zh": "en", "en": "zh"}
WIDE = {"width": 1280, "height": 900}
TERM = {"zh": ("雅可比矩阵", "Jacobian"), "en": ("Jacobians", "雅可比矩阵")}


@pytest.fixture
def reader() -> dict[str, Any]:
    return {"viewport": WIDE}


def head(file: Path) -> Tag:
    found = BeautifulSoup(file.read_text(encoding="utf-8").partition("<body")[0], "html.parser")
    assert found.html
    return found.html


def pages(site: Path, language: str) -> list[Path]:
    """Every page of a language, without 404.html."""
    found = list((site / language).rglob("index.html"))
    assert len(found) > 60
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_head_links_the_page_in_both_languages(site_folder: Path, language: str) -> None:
    for file in pages(site_folder, language):
        url = file.parent.relative_to(site_folder / language).as_posix()
        url = "" if url == "." else f"{url}/"
        html = head(file)
        links = {
            str(link.get("hreflang", "itself")): link["href"]
            for link in html.find_all("link", rel=["alternate", "canonical"])
        }
        assert html["lang"] == language
        assert links == {
            "itself": f"{HOST}/{language}/{url}",
            "zh": f"{HOST}/zh/{url}",
            "en": f"{HOST}/en/{url}",
            "x-default": f"{HOST}/",
        }
        assert (site_folder / OTHER[language] / url / "index.html").exists()


@pytest.mark.parametrize("language", LANGUAGES)
def test_missing_page_is_reported_in_its_language(
    page: Page, address: str, site_folder: Path, language: str
) -> None:
    html = head(site_folder / language / "404.html")
    assert html["lang"] == language
    assert not html.find_all("link", rel=["alternate", "canonical"])
    page.goto(f"{address}/{language}/404.html")
    title = {"zh": "找不到页面", "en": "Page not found"}[language]
    expect(page.locator("h1")).to_have_text(title)
    page.locator(".md-select button").hover()
    page.locator(f".md-select__link[hreflang={OTHER[language]}]").click()
    expect(page).to_have_url(f"{address}/{OTHER[language]}/")


def test_sitemaps_list_every_page(site_folder: Path) -> None:
    index = (site_folder / "sitemap.xml").read_text()
    assert re.findall("<loc>(.*?)</loc>", index) == [f"{HOST}/{c}/sitemap.xml" for c in LANGUAGES]
    assert f"Sitemap: {HOST}/sitemap.xml" in (site_folder / "robots.txt").read_text()
    for language in LANGUAGES:
        sitemap = (site_folder / language / "sitemap.xml").read_text()
        urls = re.findall("<loc>(.*?)</loc>", sitemap)
        files = pages(site_folder, language)
        paths = {file.parent.relative_to(site_folder).as_posix() for file in files}
        assert {url.removeprefix(f"{HOST}/").rstrip("/") for url in urls} == paths
        for other in LANGUAGES:
            address = f'hreflang="{other}" href="{HOST}/{other}/{LESSON}"'
            assert address in sitemap


def test_links_of_the_head_are_not_fetched(page: Page, address: str) -> None:
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(f"{address}/en/{LESSON}", wait_until="networkidle")
    assert [url for url in requests if "sitemap" in url or not url.startswith(address)] == []


@pytest.mark.parametrize(("here", "there"), [("zh", "en"), ("en", "zh")])
@pytest.mark.parametrize("path", [LESSON, "labs/image-classifier/"])
def test_language_switch_keeps_page_and_section(
    page: Page, address: str, here: str, there: str, path: str
) -> None:
    anchor = "jacobian" if path == LESSON else "networks"
    page.goto(f"{address}/{here}/{path}", wait_until="networkidle")
    page.locator(f"#{anchor}").scroll_into_view_if_needed()
    page.evaluate(f"window.scrollTo(0, document.getElementById('{anchor}').offsetTop + 40)")
    expect(page).to_have_url(re.compile(f"#{anchor}$"))  # the URL follows the scroll position
    page.locator(".md-select button").hover()
    page.locator(f".md-select__link[hreflang={there}]").click()
    expect(page).to_have_url(f"{address}/{there}/{path}#{anchor}")
    expect(page.locator(f"#{anchor}")).to_be_in_viewport()
    assert page.locator("html").get_attribute("lang") == there


@pytest.mark.parametrize("language", LANGUAGES)
def test_term_shows_its_name_in_the_other_language(page: Page, address: str, language: str) -> None:
    page.goto(f"{address}/{language}/{LESSON}", wait_until="networkidle")
    text, name = TERM[language]
    term, tip = page.locator(".term", has_text=text).first, page.locator("[role=tooltip]")
    expect(tip).to_be_hidden()
    term.hover()
    expect(tip).to_have_text(name)
    expect(tip).to_have_attribute("lang", OTHER[language])
    page.locator("h1").first.hover()
    expect(tip).to_be_hidden()
    page.evaluate(
        "document.querySelector('h1').tabIndex = -1, document.querySelector('h1').focus()"
    )
    for _ in range(9):
        page.keyboard.press("Tab")
        if term.evaluate("term => term === document.activeElement"):
            break
    expect(tip).to_have_text(name)
    expect(term).to_have_attribute("aria-describedby", str(tip.get_attribute("id")))
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()


@pytest.mark.parametrize("language", LANGUAGES)
def test_term_tooltips_stay_on_a_phone_screen(page: Page, address: str, language: str) -> None:
    page.set_viewport_size({"width": 360, "height": 700})
    page.goto(f"{address}/{language}/{LESSON}", wait_until="networkidle")
    outside = page.evaluate(
        """() => [...document.querySelectorAll(".term")].filter((term) => {
            term.focus();
            const tip = document.querySelector("#term-name");
            const { left, right, top } = tip.getBoundingClientRect();
            return left < 0 || right > 360 || right === left || top < 0
                || document.documentElement.scrollWidth > 360;
        }).map((term) => term.textContent)"""
    )
    assert outside == []
    assert page.locator(".term").count() > 10


def test_terms_add_no_text_to_search_or_copies(page: Page, address: str) -> None:
    page.goto(f"{address}/en/{LESSON}", wait_until="networkidle")
    text = page.locator("article > p").first.inner_text()
    assert "Jacobians. You" in text
    index = page.request.get(f"{address}/en/search/search_index.json").json()
    [entry] = [doc for doc in index["docs"] if doc["location"] == LESSON]
    assert "entire Jacobians. You will" in entry["text"]


LEVEL = """() => [...document.querySelectorAll("article > .parallel-other")].map((other) => {
    const ours = other.previousElementSibling;
    const [a, b] = [ours, other].map((block) => block.getBoundingClientRect());
    return [ours.tagName === other.tagName, Math.abs(a.top - b.top) < 2, a.right < b.left,
            other.lang, other.id].join();
})"""


# Without the copy buttons, which the theme adds when a block becomes visible.
ARTICLE = """() => {
    const article = document.querySelector("article").cloneNode(true);
    article.querySelectorAll(".md-code__nav").forEach((buttons) => buttons.remove());
    article.querySelectorAll("pre[id]").forEach((code) => code.removeAttribute("id"));
    return article.innerHTML;
}"""


@pytest.mark.parametrize("language", LANGUAGES)
def test_parallel_view_aligns_both_languages(page: Page, address: str, language: str) -> None:
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(f"{address}/{language}/{LESSON}", wait_until="networkidle")
    before = page.evaluate(ARTICLE)
    button = page.locator(".parallel-button")
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(button).to_have_accessible_name(re.compile("英文" if language == "zh" else "Chinese"))
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator(f"h1[lang={OTHER[language]}]")).to_be_visible()
    expect(button).to_have_attribute("aria-pressed", "true")
    pairs = page.evaluate(LEVEL)
    assert set(pairs) == {f"true,true,true,{OTHER[language]},"}
    assert len(pairs) >= 30
    expect(page.locator("summary [lang]").first).to_have_text(
        {"zh": "Answer 1", "en": "答案 1"}[language]
    )
    assert page.locator(".parallel-other .highlight").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    page.reload()
    expect(page.locator(f"h1[lang={OTHER[language]}]")).to_be_visible()
    page.goto(f"{address}/{OTHER[language]}/{NEXT}")
    expect(page.locator(f"h1[lang={language}]")).to_be_visible()
    page.goto(f"{address}/{language}/{LESSON}")
    expect(page.locator(f"h1[lang={OTHER[language]}]")).to_be_visible()
    button.click()
    expect(page.locator(".parallel-other")).to_have_count(0)
    assert page.evaluate(ARTICLE) == before
    page.reload(wait_until="networkidle")
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(page.locator(".parallel-other")).to_have_count(0)
    assert problems == []


def test_parallel_view_is_hidden_on_narrow_screens(page: Page, address: str) -> None:
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{address}/en/{LESSON}", wait_until="networkidle")
    expect(page.locator(".parallel-button")).to_be_hidden()
    page.set_viewport_size(WIDE)  # type: ignore[arg-type] # a dict is one
    page.locator(".parallel-button").click()
    expect(page.locator("h1[lang=zh]")).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 800})
    expect(page.locator(".parallel-other")).to_have_count(0)
    assert len([url for url in requests if url.endswith(f"/{LESSON}parallel.js")]) == 1


def test_parallel_view_works_from_disk(page: Page, site_folder: Path) -> None:
    page.goto((site_folder / "en" / LESSON / "index.html").as_uri())
    page.locator(".parallel-button").click()
    expect(page.locator("h1[lang=zh]")).to_be_visible()


def test_blocks_that_align_the_parallel_view_are_equal(site_folder: Path) -> None:
    lessons = [lesson.address for lesson in all_lessons() if parallel.has_view(lesson)]
    for address in lessons:
        texts = [(site_folder / c / address / "index.html").read_text("utf-8") for c in LANGUAGES]
        zh, en = ([*anchors(parallel.article(text))] for text in texts)
        assert zh == en, address


def anchors(article: str) -> Iterator[str]:
    """Top-level blocks of an article besides prose, and lists that contain such blocks."""
    held = ["highlight", "admonition", "figure"]
    for block in BeautifulSoup(article, "html.parser").find_all(recursive=False):
        if re.fullmatch(r"h\d|div|details", block.name) or block.find(class_=held):
            yield f"{block.name} {block.get('class')}"


@pytest.mark.parametrize("path", ["", "api/data/", "labs/image-classifier/", "migration/errata/"])
def test_pages_without_a_parallel_view_have_no_button(site_folder: Path, path: str) -> None:
    text = (site_folder / "zh" / path / "index.html").read_text(encoding="utf-8")
    assert "parallel-button" not in text
    assert not (site_folder / "zh" / path / parallel.SCRIPT).exists()
