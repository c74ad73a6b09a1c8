"""The day MkDocs stops: Zensical, by the theme's makers, builds the same book.

Compared in both languages: which pages there are, their titles, their headings' anchors, and the
text of every fence. Not compared, because Zensical passes over hooks and mkdocs-jupyter in
silence: the labs (pages made from notebooks), the errata's table, the map of the chapters, the
row of a lesson, downloads, formulas as MathML and figures in two looks. CONTRIBUTING.md says what
each would need.
"""

import html
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from handbook.lessons import LANGUAGES, ROOT
from handbook.site import CONFIGS

TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
FENCE = re.compile(r'<div class="[^"]*\bhighlight\b[^>]*>\s*<pre[^>]*>(.*?)</pre>', re.DOTALL)
ANCHOR = re.compile(r'<h[1-6][^>]* id="([^"]+)"')
TABLE = re.compile(r'<div class="errata".*?</table></div>', re.DOTALL)


def derived(root: Path) -> None:
    """Write what Zensical takes: the same content, and configs without a tag that it lacks."""
    left_out = shutil.ignore_patterns("sitemap.xml", "404.html")  # in names that our hooks give
    shutil.copytree(ROOT / "docs", root / "docs", ignore=left_out)
    (root / "tfnotes").symlink_to(ROOT / "tfnotes")  # the API pages are read from it
    for language, config in CONFIGS.items():
        # handbook/hooks/files.py adds them while MkDocs builds
        shutil.copytree(ROOT / "docs/figures", root / "docs" / language / "figures")
        text = (ROOT / config).read_text(encoding="utf-8")
        (root / config).write_text(text.replace("!relative $config_dir", "."), encoding="utf-8")


@pytest.fixture(scope="module")
def successor(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site as Zensical builds it."""
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
        said = build.communicate()[0]
        assert build.returncode == 0, said
    return root / "site"


def pages(site: Path, language: str) -> dict[str, str]:
    """The pages that both builders make, by their address in the language."""
    folder = site / language
    found = {p.parent.relative_to(folder).as_posix(): p for p in folder.rglob("index.html")}
    return {
        address: TABLE.sub("", path.read_text(encoding="utf-8"))
        for address, path in found.items()
        if not address.startswith("labs/")
    }


def shown(text: str) -> list[str]:
    """The text of every fence of a page."""
    return [html.unescape(re.sub(r"<[^>]+>", "", code)).strip() for code in FENCE.findall(text)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_successor_builds_the_same_pages(
    site_folder: Path, successor: Path, language: str
) -> None:
    ours, theirs = pages(site_folder, language), pages(successor, language)
    assert set(ours) == set(theirs)
    assert len(ours) > 70
    for address, text in ours.items():
        assert TITLE.findall(text) == TITLE.findall(theirs[address]), address
        assert ANCHOR.findall(text) == ANCHOR.findall(theirs[address]), address


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_successor_shows_the_same_code(
    site_folder: Path, successor: Path, language: str
) -> None:
    ours, theirs = pages(site_folder, language), pages(successor, language)
    assert sum(len(shown(text)) for text in ours.values()) > 700
    for address, text in ours.items():
        own = [code for code in shown(text) if "downloads/tfnotes-" not in code]  # a hook's line
        assert own == shown(theirs[address]), address
