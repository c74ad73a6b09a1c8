"""The book as an EPUB: a zip file with one XHTML file per page, formulas and figures included.

pandoc (3.x) is not used because it drops the highlighted spans of code, printed results
included, and turns upright bold letters in formulas into italics.
"""

import html
import mimetypes
import re
import uuid
from collections.abc import Iterator
from pathlib import Path

from handbook.export.volume import Volume, VolumePage
from handbook.files import replace, zipped
from handbook.words import words

STYLE = Path(__file__).with_name("epub.css")
REPEATED = re.compile(rb'(<image\b[^>]*?) id="[^"]*"')  # Matplotlib gives equal images equal ids
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


def write(volume: Volume, target: Path) -> None:
    """Write the EPUB; the same book always gives the same bytes."""
    files = dict(_files(volume))
    package = _package(volume, files)
    head = {"mimetype": b"application/epub+zip", "META-INF/container.xml": CONTAINER.encode()}
    inside = {f"EPUB/{name}": text for name, text in {"book.opf": package, **files}.items()}
    replace(target, zipped({**head, **inside}.items()))


def _files(volume: Volume) -> Iterator[tuple[str, bytes]]:
    folder = volume.assets.parent
    yield "cover.svg", _cover(volume).encode()
    yield "cover.xhtml", _xhtml(volume, volume.title, _title_page(volume))
    yield "nav.xhtml", _xhtml(volume, words(volume.language)["book"]["contents"], _nav(volume))
    yield "book.css", STYLE.read_bytes()
    yield FONT, (folder / FONT).read_bytes()
    images: set[str] = set()
    for page in volume.pages:
        yield f"{page.id}.xhtml", _xhtml(volume, page.title, _body(page, folder, images))
    for name in sorted(images):
        yield name, REPEATED.sub(rb"\1", (folder / name).read_bytes())


def _xhtml(volume: Volume, title: str, body: str) -> bytes:
    text = XHTML.format(language=volume.language, title=html.escape(title), body=body)
    return text.encode()


def _body(page: VolumePage, folder: Path, images: set[str]) -> str:
    """Return a page whose links name files of the EPUB; add its images to ``images``."""

    def image(match: re.Match[str]) -> str:
        name = Path(html.unescape(match[2])).relative_to(folder).as_posix()
        images.add(name)
        return match[1] + name

    body = re.sub(r'(<a href=")#([\w.-]+)', lambda m: m[1] + _file(m[2]), str(page.article))
    body = re.sub(r'(<img\b[^>]*\ssrc=")([^"]+)', image, body)
    return re.sub(r"(</?)article\b", r"\1section", body)


def _file(anchor: str) -> str:
    page = "--".join(anchor.split("--")[:2])
    return f"{page}.xhtml" if page == anchor else f"{page}.xhtml#{anchor}"


def _nav(volume: Volume) -> str:
    parts = []
    for chapter in volume.chapters:
        pages = "".join(
            f'<li><a href="{page.id}.xhtml">{html.escape(page.title)}</a></li>'
            for page in chapter.pages
        )
        parts.append(f"<li><span>{html.escape(chapter.title)}</span><ol>{pages}</ol></li>")
    title = words(volume.language)["book"]["contents"]
    return f'<nav epub:type="toc"><h1>{title}</h1><ol>{"".join(parts)}</ol></nav>'


def _title_page(volume: Volume) -> str:
    verified = words(volume.language)["book"]["verified"].format(
        date=volume.verified, **volume.versions
    )
    title = html.escape(volume.title)
    return (
        f'<section class="cover"><img src="cover.svg" alt="{title}"/>'
        f"<p>{verified}</p><p>{html.escape(volume.license)}</p></section>"
    )


def _cover(volume: Volume) -> str:
    """Return the cover as SVG, with a few words of the title per line."""
    parts = re.findall(r"[A-Za-z ]+|\S", volume.title) if volume.language == "zh" else []
    lines = ["".join(parts[:4]), *parts[4:5], "".join(parts[5:])] if parts else volume.title.split()
    shown = (line.strip() for line in lines)
    text = "".join(
        f'<text x="60" y="{300 + 78 * i}" font-size="62">{html.escape(line)}</text>'
        for i, line in enumerate(line for line in shown if line)
    )
    foot = words(volume.language)["language"]
    return COVER.format(lines=f'{text}<text x="60" y="830" font-size="26">{foot}</text>')


def _package(volume: Volume, files: dict[str, bytes]) -> bytes:
    items = "".join(_item(name, content) for name, content in files.items())
    spine = ["cover", "nav", *(page.id for page in volume.pages)]
    refs = "".join(f'<itemref idref="{_item_id(f"{name}.xhtml")}"/>' for name in spine)
    access = "".join(
        f'<meta property="schema:{name}">{value}</meta>'
        for name, values in ACCESS.items()
        for value in values
    )
    identifier = uuid.uuid5(uuid.NAMESPACE_URL, f"{volume.title} {volume.verified}")
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" '
        f'xml:lang="{volume.language}"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f'<dc:identifier id="id">urn:uuid:{identifier}</dc:identifier>'
        f"<dc:title>{html.escape(volume.title)}</dc:title><dc:language>{volume.language}</dc:language>"
        f"<dc:rights>{html.escape(volume.license)}</dc:rights>"
        f'<meta property="dcterms:modified">{volume.verified}T00:00:00Z</meta>{access}</metadata>'
        f"<manifest>{items}</manifest><spine>{refs}</spine></package>"
    ).encode()


def _item(name: str, content: bytes) -> str:
    kind = {".xhtml": "application/xhtml+xml", ".woff2": "font/woff2"}.get(Path(name).suffix)
    kind = kind or mimetypes.guess_type(name)[0]
    special = {"cover.svg": "cover-image", "nav.xhtml": "nav"}
    properties = special.get(name, "mathml" if b"<math" in content else "")
    attribute = f' properties="{properties}"' if properties else ""
    return f'<item id="{_item_id(name)}" href="{name}" media-type="{kind}"{attribute}/>'


def _item_id(name: str) -> str:
    return "i-" + re.sub(r"[^\w.-]", "-", name)
