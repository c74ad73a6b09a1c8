"""Before a release is published: notes of a tag, smoke test of an archive, workflow."""

import re
import runpy
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

import tfnotes
from handbook.lesson.lessons import ROOT

pytestmark = pytest.mark.slow

RELEASE = runpy.run_path(str(ROOT / "scripts/release_notes.py"))
SMOKE = runpy.run_path(str(ROOT / "scripts/smoke.py"))
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
CHANGELOG = """\
# Changelog

## [1.2.0] - 2030-01-02

### Added

* A lesson.

## [1.1.0] - 2029-01-01

### Fixed

* A bug.
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "tfnotes").mkdir()
    (tmp_path / "tfnotes/_version.py").write_text('__version__ = "1.2.0"\n')
    (tmp_path / "CHANGELOG.md").write_text(CHANGELOG)
    (tmp_path / "CITATION.cff").write_text("version: 1.2.0\ndate-released: 2030-01-02\n")
    return tmp_path


def test_release_notes_are_the_changelog_section_of_the_tag(checkout: Path) -> None:
    assert RELEASE["notes"]("v1.2.0", checkout) == "### Added\n\n* A lesson."


def damage(name: str, old: str, new: str) -> Callable[[Path], None]:
    def write(root: Path) -> None:
        text = (root / name).read_text()
        assert old in text
        (root / name).write_text(text.replace(old, new))

    return write


@pytest.mark.parametrize(
    ("tag", "change", "message"),
    [
        ("v1.2.1", None, "expected tag v1.2.0, got v1.2.1"),
        ("1.2.0", None, "expected tag v1.2.0, got 1.2.0"),
        ("v1.2.0", damage("CHANGELOG.md", "2030-01-02", "unreleased"), "expected a heading"),
        ("v1.2.0", damage("CHANGELOG.md", "[1.2.0]", "[1.2.1]"), "expected a heading"),
        ("v1.2.0", damage("CITATION.cff", "2030-01-02", "2030-01-01"), "expected in CITATION.cff"),
    ],
)
def test_tag_that_differs_from_the_version_is_rejected(
    checkout: Path, tag: str, change: Callable[[Path], None] | None, message: str
) -> None:
    if change:
        change(checkout)
    with pytest.raises(RELEASE["ReleaseError"], match=re.escape(message)):
        RELEASE["notes"](tag, checkout)


def test_release_reads_the_version_of_the_package() -> None:
    with pytest.raises(RELEASE["ReleaseError"], match=rf"expected tag v{tfnotes.__version__},"):
        RELEASE["notes"]("v0.0.0")


def test_smoke_test_imports_and_trains(tmp_path: Path) -> None:
    assert SMOKE["use"](Path(sys.executable), tmp_path).stat().st_size > 1000


def test_smoke_test_reports_a_broken_package(tmp_path: Path) -> None:
    (tmp_path / "tfnotes.py").write_text("raise ImportError('no such luck')\n")
    with pytest.raises(SMOKE["SmokeError"], match="ended with code 1"):
        SMOKE["use"](Path(sys.executable), tmp_path)


def test_smoke_test_imports_every_module() -> None:
    parts = {path.stem for path in (ROOT / "tfnotes").glob("[a-z]*") if path.stem != "ruff"}
    data = {"py", "datasets", "command", "training"}  # files, or what the other steps use
    assert set(SMOKE["MODULES"].split()) == parts - data


def jobs(name: str) -> dict[str, Any]:
    text = (ROOT / f".github/workflows/{name}.yml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(text)["jobs"]
    return found


def test_only_the_publish_job_gets_an_index_token() -> None:
    found = jobs("release")
    granted = {name for name, job in found.items() if "id-token" in job.get("permissions", {})}
    assert granted == {"publish"}
    assert found["publish"]["environment"]["name"]
    assert {"build", "smoke"} <= {*found["publish"]["needs"]}
    assert [step["uses"].split("@")[0] for step in found["publish"]["steps"]] == [
        "actions/download-artifact",
        "pypa/gh-action-pypi-publish",
    ]


def test_release_is_tested_with_every_supported_python() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    supported = re.findall(r'"Programming Language :: Python :: (3\.\d+)"', text)
    assert jobs("release")["smoke"]["strategy"]["matrix"]["python"] == supported


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda p: p.stem)
def test_actions_are_pinned_to_the_same_commit_everywhere(path: Path) -> None:
    everywhere = "".join(p.read_text(encoding="utf-8") for p in WORKFLOWS)
    for used in re.findall(r"uses: (.*)", path.read_text(encoding="utf-8")):
        pinned = re.fullmatch(r"([\w/.-]+)@[0-9a-f]{40} # v\d+\.\d+\.\d+", used)
        assert pinned, used
        assert len(set(re.findall(rf"uses: ({pinned[1]}@.*)", everywhere))) == 1, used


def test_scripts_in_workflows_exist() -> None:
    for path in WORKFLOWS:
        for script in re.findall(r"scripts/\w+\.py", path.read_text(encoding="utf-8")):
            assert (ROOT / script).exists(), script
