"""Check every link of a built site: the page or file must be there, and so must the anchor."""

import hashlib
import html
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

TARGET = re.compile(r'<(?:a|img|link|script|source)\b[^>]*?\s(?:href|src)="([^"]*)"', re.DOTALL)
ANCHOR = re.compile(r'\s(?:id|name)="(?!__)([^"]+)"')  # __: the theme's switches
THEME_ANCHORS = {"only-light", "only-dark"}  # the theme's marks on figures, not anchors
known: dict[bytes, "Found"] = {}  # by the hash of a page: most are the same in the next build


def broken(site: Path) -> Iterator[str]:
    """Name every link of a site that leads nowhere.

    Args:
        site: the folder of the built site.

    Yields:
        One sentence a link, with the page that holds it.
    """
    files = {p.relative_to(site).as_posix() for p in site.rglob("*") if p.is_file()}
    pages = {name: _read(site / name) for name in sorted(files) if name.endswith(".html")}
    anchors = {name: page.anchors for name, page in pages.items()}
    for name, page in pages.items():
        if name.rpartition("/")[2] == "404.html":  # served at any depth, so its links are absolute
            continue
        for link in page.links:
            if problem := _problem(name, html.unescape(link), files, anchors):
                yield f"{name}: {link} {problem}"


@dataclass(frozen=True)
class Found:
    """What is found in a page."""

    links: tuple[str, ...]
    anchors: frozenset[str]


def _read(path: Path) -> Found:
    data = path.read_bytes()
    key = hashlib.sha256(data).digest()
    if key not in known:
        text = data.decode("utf-8")
        known[key] = Found(tuple(sorted({*TARGET.findall(text)})), frozenset(ANCHOR.findall(text)))
    return known[key]


def _problem(page: str, link: str, files: set[str], anchors: dict[str, frozenset[str]]) -> str:
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
    if url.fragment and url.fragment not in THEME_ANCHORS | anchors.get(target, {url.fragment}):
        return f"names the anchor #{url.fragment}, which that page does not have"
    return ""
