"""The site as a zip file: unpack it and open index.html, no server needed."""

import html
import re
from collections.abc import Iterator
from pathlib import Path
from posixpath import relpath
from urllib.parse import unquote, urlsplit

from handbook.files import replace, zipped

LINK = re.compile(r'(<(?:a|link)\b[^>]*?\shref=")([^"]*)(")', re.DOTALL)
LOCATION = re.compile(r'("location":\s*")([^"#]*)')
THEME = re.compile(r'(?=<script\b[^>]*\ssrc="[^"]*assets/javascripts/bundle)')
SHIM = "assets/iframe-worker.js"
INDEX = "search/search_index"  # the theme loads .json from a server, .js from a disk
SERVER_ONLY = {"404.html", "sitemap.xml", "sitemap.xml.gz", "robots.txt"}


def pack(site: Path, target: Path) -> None:
    """Write the zip file of a built site.

    Args:
        site: the folder of the built site.
        target: the zip file; the folder in it has the same name.
    """
    files = ((f"{target.stem}/{name}", content) for name, content in _files(site))
    replace(target, zipped(files))


def _files(site: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(p for p in site.rglob("*") if p.is_file() and p.name not in SERVER_ONLY):
        name = path.relative_to(site).as_posix()
        if path.suffix == ".html":
            yield name, page(path, site).encode()
        elif name.endswith(f"{INDEX}.json"):
            entries = LOCATION.sub(_entry, path.read_text(encoding="utf-8"))
            yield name.removesuffix("json") + "js", f"var __index = {entries}".encode()
        else:
            yield name, path.read_bytes()


def page(path: Path, site: Path) -> str:
    """Return a page whose links name files, and whose search needs no worker."""

    def named(match: re.Match[str]) -> str:
        return f"{match[1]}{_named(html.unescape(match[2]), path.parent)}{match[3]}"

    text = LINK.sub(named, path.read_text(encoding="utf-8"))
    language = site / path.relative_to(site).parts[0]
    shim = f'<script src="{relpath(language / SHIM, path.parent)}"></script>'
    return THEME.sub(shim, text)


def _named(link: str, folder: Path) -> str:
    """Return a link to a folder as a link to its index.html; a browser would list the folder."""
    url = urlsplit(link)
    if url.path and not url.scheme and not url.netloc and (folder / unquote(url.path)).is_dir():
        link = url._replace(path=f"{url.path.rstrip('/')}/index.html").geturl()
    return html.escape(link)


def _entry(match: re.Match[str]) -> str:
    """Return the location of a search entry as a file; that of the home page is empty."""
    return match[0] if match[2].endswith(".html") else f"{match[0]}index.html"
