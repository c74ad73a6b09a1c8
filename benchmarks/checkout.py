"""A copy of this checkout that contains only chosen lessons."""

import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from handbook.files import replace
from handbook.lesson.lessons import LANGUAGES, ROOT
from handbook.stage.book import CONFIGS

MACHINERY = ("docs/theme", "handbook", "scripts", "tfnotes")
FILES = (
    *("conftest.py", "docs/glossary.yml", "docs/index.html", "docs/ruff.toml", "LICENSE"),
    *("LICENSE-CC-BY-4.0", "hatch_build.py", "README.md", "pyproject.toml", "requirements.lock"),
)
NAV = re.compile(r"^nav:\n(?:[ \t]+.*\n|\n(?=[ \t]))+", re.M)
LINK = re.compile(r"(?<!!)\[(?P<text>[^\]]+)\]\((?P<to>(?!https?:|#)[^)\s#]+)(?:#[\w-]+)?\)")
HOME = {"en": "# Lessons {#lessons}\n\n", "zh": "# 课程 {#lessons}\n\n"}


def create(root: Path, addresses: Sequence[str]) -> None:
    """Copy the machinery, and write configurations and home pages for some lessons.

    Args:
        root: the target folder.
        addresses: the lessons, in the order of the nav.
    """
    unwanted = shutil.ignore_patterns("__pycache__")
    (root / "docs/labs").mkdir(parents=True, exist_ok=True)
    for name in MACHINERY:
        shutil.copytree(ROOT / name, root / name, dirs_exist_ok=True, ignore=unwanted)
    for name in FILES:
        shutil.copy(ROOT / name, root / name)
    for language in LANGUAGES:
        config = (ROOT / CONFIGS[language]).read_text(encoding="utf-8")
        replace(root / CONFIGS[language], NAV.sub(lambda _: _nav(addresses), config))
        links = (f"* [{a}]({a}.md)\n" for a in addresses)
        replace(root / f"docs/{language}/index.md", HOME[language] + "".join(links))


def _nav(addresses: Sequence[str]) -> str:
    chapters: dict[str, list[str]] = {}
    for address in addresses:
        chapters.setdefault(address.partition("/")[0], []).append(f"      - {address}.md\n")
    parts = (f"  - {name}:\n{''.join(pages)}" for name, pages in chapters.items())
    return f"nav:\n  - index.md\n{''.join(parts)}"


def without_foreign_links(text: str, addresses: Sequence[str]) -> str:
    """Return a page whose links to missing pages are plain text."""
    own = {f"../{address}.md" for address in addresses}
    own |= {f"{address.partition('/')[2]}.md" for address in addresses}
    return LINK.sub(lambda m: m[0] if m["to"] in own else m["text"], text)


def write(root: Path, files: Mapping[str, str]) -> None:
    """Write changed files only, since builders compare modification times."""
    for name, text in files.items():
        replace(root / name, text)
