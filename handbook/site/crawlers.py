"""Files for search engines: ``robots.txt``, and the index of both languages' sitemaps."""

import re
from pathlib import Path

from handbook.files import replace
from handbook.lesson.lessons import LANGUAGES

CANONICAL = re.compile(r'<link rel="canonical" href="([^"]+)">')
SITEMAP = "<sitemap><loc>{}sitemap.xml</loc></sitemap>"
INDEX = """<?xml version="1.0" encoding="UTF-8"?>
<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
{}
</sitemapindex>
"""


def write(site: Path) -> None:
    """Write both files into the root of a site of both languages."""
    homes = [_address(site / language / "index.html") for language in LANGUAGES]
    replace(site / "sitemap.xml", INDEX.format("\n".join(map(SITEMAP.format, homes))))
    root = homes[0].removesuffix(f"{LANGUAGES[0]}/")
    replace(site / "robots.txt", f"User-agent: *\nAllow: /\nSitemap: {root}sitemap.xml\n")


def _address(page: Path) -> str:
    """Return the canonical address of a page, with a trailing slash."""
    found = CANONICAL.search(page.read_text(encoding="utf-8"))
    if not found:
        raise ValueError(f"{page}: expected a canonical address; set site_url in mkdocs.yml")
    return found[1]
