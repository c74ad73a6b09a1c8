"""The book as an EPUB: a zip of one XHTML file a page, with the site's formulas and figures.

Written here because pandoc (3.x) drops what is coloured inside code, the printed results too,
and turns upright bold letters in formulas into italics.
"""

import html
import mimetypes
import re
import uuid
from collections.abc import Iterator
from pathlib import Path

from handbook.files import replace, zipped
from handbook.paper.book import Book, Page
from handbook.words import words

STYLE = Path(__file__).with_name("epub.css")
REPEATED = re.compile(rb'(<image\b[^>]*?) id="[^"]*"')  # Matplotlib: once for each equal picture
FONT = "assets/math.woff2"
CONTAINER = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="EPUB/book.opf" media-type="application/oebps-package+xml"/>'
    "</rootfiles></container>"
)
XHTML = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html>\n'
    '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" '
    'lang="{language}" xml:lang="{language}"><head><title>{title}</title>'
    '<link rel="stylesheet" type="text/css" href="book.css"/></head><body>{body}</body></html>'
)
COVER = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 900" width="600" height="900">'
    '<rect width="600" height="900" fill="#0b4f8a"/>'
    '<g fill="#ffffff" font-family="sans-serif">{lines}</g></svg>'
)
ACCESS = {
    "accessMode": ["textual", "visual"],
    "accessModeSufficient": ["textual"],
    "accessibilityFeature": ["alternativeText", "MathML", "structuralNavigation"],
    "accessibilityHazard": ["none"],
}


def write(book: Book, target: Path) -> None:
    """Write the EPUB; the same book always gives the same bytes."""
    files = dict(_files(book))
    package = _package(book, files)
    head = {"mimetype": b"application/epub+zip", "META-INF/container.xml": CONTAINER.encode()}
    inside = {f"EPUB/{name}": text for name, text in {"book.opf": package, **files}.items()}
    replace(target, zipped({**head, **inside}.items()))


def _files(book: Book) -> Iterator[tuple[str, bytes]]:
    folder = book.assets.parent
    yield "cover.svg", _cover(book).encode()
    yield "cover.xhtml", _xhtml(book, book.title, _title_page(book))
    yield "nav.xhtml", _xhtml(book, words(book.language)["book"]["contents"], _nav(book))
    yield "book.css", STYLE.read_bytes()
    yield FONT, (folder / FONT).read_bytes()
    pictures: set[str] = set()
    for page in book.pages:
        yield f"{page.id}.xhtml", _xhtml(book, page.title, _body(page, folder, pictures))
    for name in sorted(pictures):
        yield name, REPEATED.sub(rb"\1", (folder / name).read_bytes())


def _xhtml(book: Book, title: str, body: str) -> bytes:
    text = XHTML.format(language=book.language, title=html.escape(title), body=body)
    return text.encode()


def _body(page: Page, folder: Path, pictures: set[str]) -> str:
    """A page whose links name files of the EPUB; its pictures are noted."""

    def picture(match: re.Match[str]) -> str:
        name = Path(html.unescape(match[2])).relative_to(folder).as_posix()
        pictures.add(name)
        return match[1] + name

    body = re.sub(r'(<a href=")#([\w.-]+)', lambda m: m[1] + _file(m[2]), str(page.article))
    body = re.sub(r'(<img\b[^>]*\ssrc=")([^"]+)', picture, body)
    return re.sub(r"(</?)article\b", r"\1section", body)


def _file(anchor: str) -> str:
    page = "--".join(anchor.split("--")[:2])
    return f"{page}.xhtml" if page == anchor else f"{page}.xhtml#{anchor}"


def _nav(book: Book) -> str:
    parts = []
    for chapter in book.chapters:
        pages = "".join(
            f'<li><a href="{page.id}.xhtml">{html.escape(page.title)}</a></li>'
            for page in chapter.pages
        )
        parts.append(f"<li><span>{html.escape(chapter.title)}</span><ol>{pages}</ol></li>")
    title = words(book.language)["book"]["contents"]
    return f'<nav epub:type="toc"><h1>{title}</h1><ol>{"".join(parts)}</ol></nav>'


def _title_page(book: Book) -> str:
    verified = words(book.language)["book"]["verified"].format(date=book.verified, **book.versions)
    title = html.escape(book.title)
    return (
        f'<section class="cover"><img src="cover.svg" alt="{title}"/>'
        f"<p>{verified}</p><p>{html.escape(book.licence)}</p></section>"
    )


def _cover(book: Book) -> str:
    """The title, a few words to a line."""
    parts = re.findall(r"[A-Za-z ]+|\S", book.title) if book.language == "zh" else []
    lines = ["".join(parts[:4]), *parts[4:5], "".join(parts[5:])] if parts else book.title.split()
    shown = (line.strip() for line in lines)
    text = "".join(
        f'<text x="60" y="{300 + 78 * i}" font-size="62">{html.escape(line)}</text>'
        for i, line in enumerate(line for line in shown if line)
    )
    foot = words(book.language)["language"]
    return COVER.format(lines=f'{text}<text x="60" y="830" font-size="26">{foot}</text>')


def _package(book: Book, files: dict[str, bytes]) -> bytes:
    items = "".join(_item(name, content) for name, content in files.items())
    spine = ["cover", "nav", *(page.id for page in book.pages)]
    refs = "".join(f'<itemref idref="{_item_id(f"{name}.xhtml")}"/>' for name in spine)
    access = "".join(
        f'<meta property="schema:{name}">{value}</meta>'
        for name, values in ACCESS.items()
        for value in values
    )
    identifier = uuid.uuid5(uuid.NAMESPACE_URL, f"{book.title} {book.verified}")
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" '
        f'xml:lang="{book.language}"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f'<dc:identifier id="id">urn:uuid:{identifier}</dc:identifier>'
        f"<dc:title>{html.escape(book.title)}</dc:title><dc:language>{book.language}</dc:language>"
        f"<dc:rights>{html.escape(book.licence)}</dc:rights>"
        f'<meta property="dcterms:modified">{book.verified}T00:00:00Z</meta>{access}</metadata>'
        f"<manifest>{items}</manifest><spine>{refs}</spine></package>"
    ).encode()


def _item(name: str, content: bytes) -> str:
    kind = {".xhtml": "application/xhtml+xml", ".woff2": "font/woff2"}.get(Path(name).suffix)
    kind = kind or mimetypes.guess_type(name)[0]
    known = {"cover.svg": "cover-image", "nav.xhtml": "nav"}
    properties = known.get(name, "mathml" if b"<math" in content else "")
    said = f' properties="{properties}"' if properties else ""
    return f'<item id="{_item_id(name)}" href="{name}" media-type="{kind}"{said}/>'


def _item_id(name: str) -> str:
    return "i-" + re.sub(r"[^\w.-]", "-", name)
