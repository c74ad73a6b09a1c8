"""The built package: metadata, files, dependencies."""

import os
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from packaging.metadata import Metadata
from trove_classifiers import classifiers

import tfnotes
from handbook.lesson.lessons import ROOT

pytestmark = pytest.mark.slow

REPO = "https://github.com/owner/tfnotes"
RELATIVE = re.compile(r"\]\((?!https?:)[^)]*\)|(?:src|href)=\"(?!https?:)")


def build(root: Path, folder: Path, repo: str) -> Path:
    environment = {k: v for k, v in os.environ.items() if k != "TFNOTES_REPO"}
    environment |= {"TFNOTES_REPO": repo} if repo else {}
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(folder)]
    subprocess.run(command, cwd=root, env=environment, check=True, capture_output=True)
    return folder


def sdist(folder: Path) -> tarfile.TarFile:
    return tarfile.open(next(folder.glob("*.tar.gz")))


def wheel(folder: Path) -> zipfile.ZipFile:
    return zipfile.ZipFile(next(folder.glob("*.whl")))


def metadata(folder: Path) -> Metadata:
    name = f"tfnotes-{tfnotes.__version__}.dist-info/METADATA"
    return Metadata.from_email(
        wheel(folder).read(name)
    )  # raises for metadata that an index rejects


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archives as the release workflow builds them."""
    return build(ROOT, tmp_path_factory.mktemp("released"), REPO)


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archives that a clone builds, which has no repository address."""
    return build(ROOT, tmp_path_factory.mktemp("local"), "")


@pytest.mark.parametrize("name", ["released", "local"])
def test_package_description_has_no_relative_link_or_image(
    name: str, request: pytest.FixtureRequest
) -> None:
    found = metadata(request.getfixturevalue(name))
    assert found.description_content_type == "text/markdown"
    assert found.description
    assert "tfnotes.train" in found.description
    assert RELATIVE.findall(found.description) == []


def test_release_links_the_repository(released: Path) -> None:
    found = metadata(released)
    assert found.project_urls
    assert found.project_urls["Repository"] == REPO
    assert set(found.project_urls) == {"Repository", "Changelog", "Issues"}
    assert f"({REPO}/blob/HEAD/README.zh.md)" in (found.description or "")
    assert f"({REPO}/raw/HEAD/docs/page.png)" in (found.description or "")


def test_local_build_has_no_project_urls(local: Path) -> None:
    assert not metadata(local).project_urls


def test_links_of_a_release_lead_to_files(released: Path) -> None:
    links = re.findall(rf"{REPO}/(?:blob|raw)/HEAD/([^)\s]+)", metadata(released).description or "")
    assert len(links) > 5
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_sdist_builds_the_same_wheel(released: Path, tmp_path: Path) -> None:
    sdist(released).extractall(tmp_path, filter="data")
    (unpacked,) = tmp_path.iterdir()
    again = build(unpacked, tmp_path / "again", "")
    assert metadata(again).as_rfc822().as_bytes() == metadata(released).as_rfc822().as_bytes()
    assert sorted(wheel(again).namelist()) == sorted(wheel(released).namelist())


def test_wheel_and_sdist_include_py_typed(released: Path) -> None:
    assert "tfnotes/py.typed" in wheel(released).namelist()
    assert f"tfnotes-{tfnotes.__version__}/tfnotes/py.typed" in sdist(released).getnames()


def test_sdist_has_only_the_package(released: Path) -> None:
    tops = {name.split("/")[1] for name in sdist(released).getnames() if "/" in name}
    package = {"tfnotes", "hatch_build.py", "pyproject.toml", "LICENSE", "PKG-INFO", ".gitignore"}
    assert tops == package | {"README.md", "CHANGELOG.md", "CITATION.cff"}


def test_classifiers_are_valid_and_name_the_supported_pythons(local: Path) -> None:
    found = metadata(local)
    assert found.classifiers
    assert set(found.classifiers) <= set(classifiers)
    assert found.requires_python is not None
    for minor in range(9, 18):
        named = f"Programming Language :: Python :: 3.{minor}" in found.classifiers
        assert named == (f"3.{minor}" in found.requires_python), minor


def test_package_does_not_require_setuptools(local: Path) -> None:
    assert "setuptools" not in {r.name for r in metadata(local).requires_dist or []}
