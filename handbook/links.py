"""Check every link of a built site: the page or file must be there, and so must the anchor."""

import html
import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

TARGET = re.compile(r'<(?:a|img|link|script|source)\b[^>]*?\s(?:href|src)="([^"]*)"', re.DOTALL)
ANCHOR = re.compile(r'\s(?:id|name)="(?!__)([^"]+)"')  # __: the theme's switches
LOOKS = {"only-light", "only-dark"}  # the theme's marks on pictures, not anchors


def broken(site: Path) -> Iterator[str]:
    """Name every link of a site that leads nowhere.

    Args:
        site: the folder of the built site.

    Yields:
        One sentence a link, with the page that holds it.
    """
    files = {p.relative_to(site).as_posix() for p in site.rglob("*") if p.is_file()}
    pages = sorted(name for name in files if name.endswith(".html"))
    anchors = {page: set(ANCHOR.findall(_text(site, page))) for page in pages}
    for page in pages:
        if page.rpartition("/")[2] == "404.html":  # served at any depth, so its links are absolute
            continue
        for link in sorted(set(TARGET.findall(_text(site, page)))):
            if problem := _problem(page, html.unescape(link), files, anchors):
                yield f"{page}: {link} {problem}"


def _text(site: Path, page: str) -> str:
    """Read anew each time: the texts of a large site do not fit into memory."""
    return (site / page).read_text(encoding="utf-8")


def _problem(page: str, link: str, files: set[str], anchors: dict[str, set[str]]) -> str:
    """What is wrong with a link; found among the names, for the disk is slow to ask."""
    url = urlsplit(link)
    if url.scheme or url.netloc:
        return ""
    target = posixpath.join(posixpath.dirname(page), unquote(url.path)) if url.path else page
    target = posixpath.normpath(target)
    if target not in files:
        target = posixpath.normpath(f"{target}/index.html")
    if target not in files:
        return "leads nowhere"
    if url.fragment and url.fragment not in LOOKS | anchors.get(target, {url.fragment}):
        return f"names the anchor #{url.fragment}, which that page does not have"
    return ""
