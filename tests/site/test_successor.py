"""Zensical, the successor of MkDocs by the theme's makers, builds the same book.

Both languages are compared: pages, titles, anchors of headings, the text of every fence, and all
that is staged: figures, formulas, tables, the map, rows and boxes. CONTRIBUTING.md lists what our
hooks for MkDocs add around a page.
"""

import html
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from handbook.lesson.lessons import LANGUAGES, ROOT
from handbook.stage.api import CHINESE
from handbook.stage.book import CONFIGS

TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
FENCE = re.compile(r'<div class="[^"]*\bhighlight\b[^>]*>\s*<pre[^>]*>(.*?)</pre>', re.DOTALL)
ANCHOR = re.compile(r'<h[1-6][^>]* id="([^"]+)"')
OWN = re.compile(r' data-search-exclude| (?:href|src|data-needs|data-from|data-to)="[^"]*"')
PARTS = {  # a name, and the HTML of the part
    "figures in both color schemes": r'<img[^>]* src="[^"]*figures/[^"]*#only-(?:light|dark)"',
    "curves as tables": r'<details class="curves".*?</details>',
    "code that draws": r'<details class="drawing">.*?</details>',
    "formulas": r"<math.*?</math>",
    "rows of lessons": r'<p class="lesson-row".*?</p>',
    "boxes with their anchors": r'<div class="admonition warning" id="[^"]+">',
    "results": r'<span class="c1 result">[^<]*</span>',
    "terms": r'<span class="term".*?</span>',
    "errata": r'<div class="errata".*?</table></div>',
    "status": r'<div class="status.*?</table></div>',
    "the map": r'<div class="line".*?</div>',
    "examples to copy": r'<div class="language-pycon highlight" data-copy="[^"]*">',
}


def derived(root: Path) -> None:
    """Copy the staged pages, our configuration, and the theme without our templates."""
    left_out = shutil.ignore_patterns("sitemap.xml", "404.html")  # they use variables of our hooks
    shutil.copytree(ROOT / "docs/theme", root / "docs/theme", ignore=left_out)
    shutil.copytree(ROOT / "build/stage", root / "build/stage")
    (root / "tfnotes").symlink_to(ROOT / "tfnotes")  # the API pages are read from it
    shutil.copy(ROOT / CHINESE, root / CHINESE)
    for config in CONFIGS.values():
        shutil.copy(ROOT / config, root)


@pytest.fixture(scope="module")
def successor(site_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site as Zensical builds it from the same staged pages."""
    assert site_folder.exists()
    root = tmp_path_factory.mktemp("successor")
    derived(root)
    zensical = str(Path(sys.executable).with_name("zensical"))
    builds = [
        subprocess.Popen(
            [zensical, "build", "-f", config],
            cwd=root,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for config in CONFIGS.values()
    ]
    for build in builds:
        output = build.communicate()[0]
        assert build.returncode == 0, output
    return root / "site"


def pages(site: Path, language: str) -> dict[str, str]:
    """The pages of a site, by their address in the language."""
    folder = site / language
    found = {p.parent.relative_to(folder).as_posix(): p for p in folder.rglob("index.html")}
    return {address: path.read_text(encoding="utf-8") for address, path in found.items()}


def shown(text: str) -> list[str]:
    """The text of every fence of a page."""
    return [html.unescape(re.sub(r"<[^>]+>", "", code)).strip() for code in FENCE.findall(text)]


def parts(text: str, part: str) -> list[str]:
    """The parts of a kind on a page, without attributes that differ between builders."""
    return [OWN.sub("", found) for found in re.findall(PARTS[part], text, re.DOTALL)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_zensical_builds_the_same_pages(site_folder: Path, successor: Path, language: str) -> None:
    ours, theirs = pages(site_folder, language), pages(successor, language)
    assert set(ours) == set(theirs)
    assert len(ours) > 70
    for address, text in ours.items():
        assert TITLE.findall(text) == TITLE.findall(theirs[address]), address
        assert ANCHOR.findall(text) == ANCHOR.findall(theirs[address]), address


@pytest.mark.parametrize("language", LANGUAGES)
def test_zensical_shows_the_same_code(site_folder: Path, successor: Path, language: str) -> None:
    ours, theirs = pages(site_folder, language), pages(successor, language)
    assert sum(len(shown(text)) for text in ours.values()) > 700
    for address, text in ours.items():
        assert shown(text) == shown(theirs[address]), address


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_zensical_shows_the_same_parts(
    site_folder: Path, successor: Path, language: str, part: str
) -> None:
    ours, theirs = pages(site_folder, language), pages(successor, language)
    found = {address: parts(text, part) for address, text in ours.items()}
    assert sum(map(len, found.values())) > 0
    for address, here in found.items():
        assert parts(theirs[address], part) == here, address
