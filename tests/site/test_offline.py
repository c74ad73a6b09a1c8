"""The offline zip, unpacked and opened from disk in a real browser."""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from handbook.export import offline
from handbook.lesson.lessons import LANGUAGES
from handbook.site import links
from handbook.stage.compose import staged
from tests.conftest import HOST, SmallHandbook

LEFT = "net::ERR_ABORTED"  # the reader left before a page was complete
LESSON = "tensors/gradient-tape/index.html"


@pytest.fixture(scope="module")
def packed(site_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("packed") / "handbook.zip"
    offline.pack(site_folder, target)
    return target


@pytest.fixture(scope="module")
def folder(packed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unpacked zip, in a path with a space and Chinese characters."""
    place = tmp_path_factory.mktemp("disk") / "my 手册"
    with zipfile.ZipFile(packed) as book:
        book.extractall(place)
    return place / "handbook"


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page that may request only files and must report no errors."""
    context = chromium.new_context(locale="zh-CN")
    page = context.new_page()
    wrong: list[str] = []
    page.on("request", lambda r: None if r.url.startswith("file:") else wrong.append(r.url))
    page.on("requestfailed", lambda r: wrong.append(r.url) if r.failure != LEFT else None)
    page.on("console", lambda m: wrong.append(m.text) if m.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    yield page
    context.close()
    assert wrong == []


def opened(page: Page, path: str) -> None:
    expect(page).to_have_url(re.compile(re.escape(f"/{path}") + r"([?#].*)?$"))


def test_offline_chooser_leads_to_a_lesson(page: Page, folder: Path) -> None:
    page.goto((folder / "index.html").as_uri())
    opened(page, "zh/index.html")
    page.locator("nav.md-tabs a[href*='tensors/']").click()
    page.locator("nav.md-nav--primary a[href$='gradient-tape/index.html']").first.click()
    opened(page, f"zh/{LESSON}")
    page.locator("#jacobian").scroll_into_view_if_needed()
    page.locator(".md-select button").hover()
    page.locator(".md-select__link[hreflang=en]").click()
    opened(page, f"en/{LESSON}")
    expect(page.locator("html")).to_have_attribute("lang", "en")


@pytest.mark.parametrize(("language", "query"), [("zh", "梯度"), ("en", "gradient")])
def test_offline_search_leads_to_a_page(
    page: Page, folder: Path, language: str, query: str
) -> None:
    page.goto((folder / language / LESSON).as_uri())  # not the root: links must be relative
    field = page.locator("input.md-search__input")
    field.click()
    field.fill(query)
    field.press("End")
    found = page.locator(".md-search-result__item > a").first
    found.wait_for()
    wanted = found.evaluate("link => link.href")
    assert "/index.html?" in wanted
    found.click()
    expect(page).to_have_url(wanted)
    expect(page.locator("article")).to_contain_text(re.compile(query, re.IGNORECASE))


def test_offline_errata_are_filtered(page: Page, folder: Path) -> None:
    page.goto((folder / "en/migration/errata/index.html").as_uri())
    rows = page.locator(".errata tbody tr:visible")
    everything = rows.count()
    page.locator(".errata input[name=find]").fill("GradientTape")
    expect(rows).not_to_have_count(everything)
    assert rows.count() > 0


def test_offline_pages_link_their_downloads(page: Page, folder: Path) -> None:
    page.goto((folder / "zh" / LESSON).as_uri())
    found = page.locator(".lesson-row a").evaluate_all("links => links.map(link => link.href)")
    assert [link.rpartition(".")[2] for link in found] == ["ipynb", "py"]
    for link in found:  # a browser shows or saves them
        assert Path(unquote(urlsplit(link).path)).stat().st_size > 1000


def test_offline_links_name_files(folder: Path) -> None:
    assert list(links.broken(folder)) == []
    for path in folder.rglob("*.html"):
        for _, link, _ in offline.LINK.findall(path.read_text(encoding="utf-8")):
            target = unquote(link.partition("#")[0].partition("?")[0])
            assert ":" in target or not (path.parent / target).is_dir() or not target, (
                f"{path}: {link}"
            )


def test_packing_the_same_site_gives_the_same_bytes(site_folder: Path, packed: Path) -> None:
    again = packed.with_name("again") / packed.name
    offline.pack(site_folder, again)
    assert again.read_bytes() == packed.read_bytes()
    with zipfile.ZipFile(packed) as book:
        names = book.namelist()
    assert names == sorted(names)
    assert not [name for name in names if name.endswith(("404.html", "sitemap.xml"))]


@pytest.mark.parametrize("language", LANGUAGES)
def test_home_page_links_the_published_books(site_folder: Path, language: str) -> None:
    page = (site_folder / language / "index.html").read_text(encoding="utf-8")
    assert re.findall(rf'href="{HOST}/downloads/tfnotes-handbook-([^"]+)"', page) == [
        "offline.zip",
        f"{language}.pdf",
        f"{language}.epub",
    ]


def test_home_page_has_no_book_links_if_none_are_published(small: SmallHandbook) -> None:
    (small.root / "docs/en").mkdir(parents=True)
    (small.root / "docs/en/about.md").write_text("# About\n\nText.<!-- books -->\n")
    assert staged("about", small.book()) == "# About\n\nText.\n"
