"""Check every link of a built site: the page or file must be there, and so must the anchor."""

import html
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

TARGET = re.compile(r'<(?:a|img|link|script|source)\b[^>]*?\s(?:href|src)="([^"]*)"', re.DOTALL)
ANCHOR = re.compile(r'\s(?:id|name)="([^"]+)"')
LOOKS = {"only-light", "only-dark"}  # the theme's marks on pictures, not anchors


def broken(site: Path) -> Iterator[str]:
    """Name every link of a site that leads nowhere.

    Args:
        site: the folder of the built site.

    Yields:
        One sentence a link, with the page that holds it.
    """
    pages = sorted(site.rglob("*.html"))
    texts = {page: page.read_text(encoding="utf-8") for page in pages}
    anchors = {page: set(ANCHOR.findall(text)) for page, text in texts.items()}
    for page, text in texts.items():
        if page.name == "404.html":  # served at any depth, so its links are absolute
            continue
        for link in sorted(set(TARGET.findall(text))):
            if problem := _problem(page, html.unescape(link), anchors):
                yield f"{page.relative_to(site).as_posix()}: {link} {problem}"


def _problem(page: Path, link: str, anchors: dict[Path, set[str]]) -> str:
    url = urlsplit(link)
    if url.scheme or url.netloc:
        return ""
    target = (page.parent / unquote(url.path)).resolve() if url.path else page
    if target.is_dir():
        target /= "index.html"
    if not target.exists():
        return "leads nowhere"
    if url.fragment and url.fragment not in LOOKS | anchors.get(target, {url.fragment}):
        return f"names the anchor #{url.fragment}, which that page does not have"
    return ""
