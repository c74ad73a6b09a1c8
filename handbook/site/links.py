"""Check of all links of a built site: the page or file must exist, and so must the anchor."""

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
THEME_ANCHORS = {"only-light", "only-dark"}  # select the color scheme of an image
cache: dict[bytes, "Found"] = {}  # by the hash of a page, for the next build of this process


def broken(site: Path) -> Iterator[str]:
    """Find the broken links of a site.

    Args:
        site: the folder of the built site.

    Yields:
        One message per broken link, with its page.
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
    """The links and anchors of a page."""

    links: tuple[str, ...]
    anchors: frozenset[str]


def _read(path: Path) -> Found:
    data = path.read_bytes()
    key = hashlib.sha256(data).digest()
    if key not in cache:
        text = data.decode("utf-8")
        cache[key] = Found(tuple(sorted({*TARGET.findall(text)})), frozenset(ANCHOR.findall(text)))
    return cache[key]


def _problem(page: str, link: str, files: set[str], anchors: dict[str, frozenset[str]]) -> str:
    """Return the problem of a link, or an empty text; looks up names without disk access."""
    url = urlsplit(link)
    if url.scheme or url.netloc:
        return ""
    target = posixpath.join(posixpath.dirname(page), unquote(url.path)) if url.path else page
    target = posixpath.normpath(target)
    if target not in files:
        target = posixpath.normpath(f"{target}/index.html")
    if target not in files:
        return "is broken: no such page or file"
    if url.fragment and url.fragment not in THEME_ANCHORS | anchors.get(target, {url.fragment}):
        return f"names the anchor #{url.fragment}, which that page does not have"
    return ""
