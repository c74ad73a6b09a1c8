"""What people meet in the repository: READMEs, changelog, citation, forms, hooks, updates."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

import tfnotes
from handbook import typography
from handbook.lessons import ROOT

GITHUB = ROOT / ".github"
READMES = {"en": ROOT / "README.md", "zh": ROOT / "README.zh.md"}
FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.M | re.S)
KINDS = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def load(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def outline(text: str) -> list[str]:
    """The level of each heading, and the kind of each list item, table row and picture."""
    marks = re.findall(r"^(#+|\*|\d+\.|\||!\[) ?", FENCE.sub("", text), re.M)
    return list(marks)


def commands(text: str) -> list[tuple[str, str]]:
    """The code blocks without comments, which are in the language of the page."""
    return [(name, re.sub(r" +# .*", "", code)) for name, code in FENCE.findall(text)]


def test_both_readmes_have_the_same_sections_and_commands() -> None:
    english, chinese = (path.read_text(encoding="utf-8") for path in READMES.values())
    assert len(commands(english)) >= 4
    assert commands(chinese) == commands(english)
    assert outline(chinese) == outline(english)
    inline = re.compile(r"`([^`\n]+)`")
    assert set(inline.findall(english)) <= set(inline.findall(chinese))


def test_each_readme_links_the_other_at_its_top() -> None:
    for language, other in (("en", "README.zh.md"), ("zh", "README.md")):
        top = READMES[language].read_text(encoding="utf-8").splitlines()[:4]
        assert any(f"({other})" in line for line in top), language


@pytest.mark.parametrize("path", READMES.values(), ids=READMES)
def test_the_links_of_a_readme_lead_to_files(path: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)]+)\)", path.read_text(encoding="utf-8"))
    assert len(links) > 5
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_chinese_readme_is_set_well() -> None:
    lines = FENCE.sub("", READMES["zh"].read_text(encoding="utf-8")).splitlines()
    assert [p for line in lines for p in typography.line_problems(line, "zh")] == []


def test_the_changelog_has_known_headings_and_this_version() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^### (.+)$", text, re.M)) <= KINDS
    versions = re.findall(r"^## (.+)$", text, re.M)
    form = re.compile(r"\[Unreleased\]|\[\d+\.\d+\.\d+\] - (\d{4}-\d\d-\d\d|unreleased)")
    assert [heading for heading in versions if not form.fullmatch(heading)] == []
    assert any(heading.startswith(f"[{tfnotes.__version__}] ") for heading in versions)


def test_the_citation_is_of_this_version() -> None:
    citation = load(ROOT / "CITATION.cff")
    assert citation["version"] == tfnotes.__version__
    assert isinstance(citation["date-released"], date)
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    dated = re.search(rf"^## \[{re.escape(tfnotes.__version__)}\] - (\d.*)$", changelog, re.M)
    assert dated is None or dated[1] == citation["date-released"].isoformat()
