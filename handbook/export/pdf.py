"""The book as a PDF: Chromium prints it twice, the second time with page numbers."""

import html
import io
import re
import tempfile
from pathlib import Path

from playwright.sync_api import Browser
from pypdf import PdfReader

from handbook.export import fonts
from handbook.export.volume import Chapter, ExportError, Volume
from handbook.files import replace
from handbook.words import words

STYLE = Path(__file__).with_name("pdf.css")
IMAGE = re.compile(r'<img\b[^>]*\ssrc="(?P<path>/[^"]+)"[^>]*>')
ALT = re.compile(r'\salt="([^"]*)"')
SYSTEM_FONTS = "'PingFang SC'"  # the first Chinese font of a figure, see run/draw.py
HEADING = re.compile(r"<(/?)h([1-5])\b")


def write(volume: Volume, target: Path, chromium: Browser) -> int:
    """Print a book.

    Args:
        volume: the book.
        target: the PDF; an existing file is kept if printing fails.
        chromium: the browser that prints.

    Returns:
        The number of pages.

    Raises:
        ExportError: there is no Chinese font, or the page numbers of the contents are wrong.
    """
    with tempfile.TemporaryDirectory() as folder:
        file, faces = Path(folder, "book.html"), fonts.faces(Path(folder))
        numbers = _numbers(_print_pdf(document(volume, {}, faces), file, chromium), volume)
        final = _print_pdf(document(volume, numbers, faces), file, chromium)
    if _numbers(final, volume) != numbers:
        raise ExportError(f"{target.name}: the page numbers of the contents are wrong")
    replace(target, final)
    return len(PdfReader(io.BytesIO(final)).pages)


def document(volume: Volume, numbers: dict[str, int], faces: str = "") -> str:
    """Return the book as one HTML page.

    Args:
        volume: the book.
        numbers: the page number of each chapter and lesson, by id.
        faces: CSS that defines fonts.
    """
    names = "\n".join(
        _running(number, chapter) for number, chapter in enumerate(volume.chapters, 1)
    )
    font = (volume.assets / "math.woff2").as_uri()
    return (
        f'<!doctype html><html lang="{volume.language}"><head><meta charset="utf-8">'
        f"<title>{html.escape(volume.title)}</title><style>"
        f'@font-face {{ font-family: "Handbook Math"; src: url("{font}"); }}\n'
        f"{faces}{STYLE.read_text(encoding='utf-8')}{names}</style></head><body>"
        f"{cover(volume)}{_contents(volume, numbers)}"
        f"{''.join(_chapter(n, chapter) for n, chapter in enumerate(volume.chapters, 1))}"
        "</body></html>"
    )


def cover(volume: Volume) -> str:
    """Return the cover: title, language, versions, licenses."""
    own = words(volume.language)
    verified = own["book"]["verified"].format(date=volume.verified, **volume.versions)
    return (
        f'<section class="cover"><p class="language">{own["language"]}</p>'
        f'<p class="title">{html.escape(volume.title)}</p>'
        f"<p>{verified}</p><p>{html.escape(volume.license)}</p></section>"
    )


def _running(number: int, chapter: Chapter) -> str:
    title = chapter.title.replace("\\", "\\\\").replace('"', '\\"')
    return (
        f'@page chapter{number} {{ @top-right {{ content: "{number}  {title}"; }} }}\n'
        f".chapter{number} {{ page: chapter{number}; }}"
    )


def _contents(volume: Volume, numbers: dict[str, int]) -> str:
    lines = []
    for number, chapter in enumerate(volume.chapters, 1):
        lines.append(_line("part", chapter.id, f"{number}  {chapter.title}", numbers))
        lines += [_line("page", page.id, page.title, numbers) for page in chapter.pages]
    title = words(volume.language)["book"]["contents"]
    return f'<nav class="contents"><h1 id="contents">{title}</h1>{"".join(lines)}</nav>'


def _line(kind: str, anchor: str, title: str, numbers: dict[str, int]) -> str:
    number = numbers.get(anchor, "")
    return (
        f'<a class="{kind}" href="#{anchor}"><span>{html.escape(title)}</span>'
        f"<i></i><b>{number}</b></a>"
    )


def _chapter(number: int, chapter: Chapter) -> str:
    pages = "".join(
        f'<section class="lesson" id="{page.id}">{_adapted(str(page.article))}</section>'
        for page in chapter.pages
    )
    opening = (
        f'<div class="opening" id="{chapter.id}"><p class="number">{number}</p>'
        f"<h1>{html.escape(chapter.title)}</h1></div>"
    )
    return f'<section class="chapter{number}">{opening}{pages}</section>'


def _adapted(article: str) -> str:
    """Return an article with its headings one level down and its images in place."""
    lower = HEADING.sub(lambda match: f"<{match[1]}h{int(match[2]) + 1}", article)
    return IMAGE.sub(_image, lower)


def _image(match: re.Match[str]) -> str:
    """Return an image with its file URI; a figure becomes inline, to use the fonts of the book."""
    path = Path(html.unescape(match["path"]))
    if path.suffix != ".svg":
        return match[0].replace(match["path"], path.as_uri())
    alt = ALT.search(match[0])
    svg = path.read_text(encoding="utf-8")
    svg = svg[svg.index("<svg ") :].replace(SYSTEM_FONTS, f"'Handbook CJK', {SYSTEM_FONTS}", 1)
    label = f'class="figure" role="img" aria-label="{alt[1] if alt else ""}"'
    return svg.replace("<svg ", f"<svg {label} ", 1)


def _print_pdf(text: str, file: Path, chromium: Browser) -> bytes:
    file.write_text(text, encoding="utf-8")
    with chromium.new_context() as context:
        page = context.new_page()
        page.set_default_timeout(0)  # hundreds of pages are slow to print
        page.goto(file.as_uri())
        return page.pdf(prefer_css_page_size=True, print_background=True, outline=True, tagged=True)


def _numbers(printed: bytes, volume: Volume) -> dict[str, int]:
    """Return the page number, from 1, of each chapter and each lesson, by id."""
    reader = PdfReader(io.BytesIO(printed))
    wanted = {chapter.id for chapter in volume.chapters} | {page.id for page in volume.pages}
    found = {name.removeprefix("/"): to for name, to in reader.named_destinations.items()}
    if missing := sorted(wanted - found.keys()):
        raise ExportError(f"the printed book has no page for {', '.join(missing)}")
    pages = {name: reader.get_destination_page_number(found[name]) for name in wanted}
    return {name: number + 1 for name, number in pages.items() if number is not None}
