"""The stamp of the site: it is current if and only if no input has changed."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from handbook.site import stamp


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A checkout with a site that was built from it."""
    for name in (
        "docs/en/a.md",
        "handbook/site/a.py",
        "mkdocs.yml",
        "site/en/a.html",
        "site/index.html",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    stamp.keep(tmp_path / "site", stamp.sources(tmp_path), {})
    return tmp_path


def current(root: Path) -> bool:
    return stamp.read(root / "site").sources == stamp.sources(root)


def test_site_is_current_after_a_build(root: Path) -> None:
    assert current(root)


@pytest.mark.parametrize("name", ["build/en/x.html", "docs/__pycache__/x.pyc", ".git/HEAD"])
def test_generated_and_hidden_files_are_ignored(root: Path, name: str) -> None:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text("x")
    assert current(root)


CHANGES: dict[str, Callable[[Path], object]] = {
    "a page is edited": lambda root: (root / "docs/en/a.md").write_text("DOCS/en/a.md"),
    "the builder is edited": lambda root: (root / "handbook/site/a.py").write_text("b"),
    "a page is new": lambda root: (root / "docs/en/b.md").write_text(""),
    "a page is renamed": lambda root: (root / "docs/en/a.md").rename(root / "docs/en/b.md"),
    "a page of the site is gone": lambda root: (root / "site/en/a.html").unlink(),
    "a page of the site is edited": lambda root: (root / "site/en/a.html").write_text("half"),
    "a page of the site is renamed": lambda root: (root / "site/en/a.html").rename(
        root / "site/en/c.html"
    ),
    "the site has a page more": lambda root: (root / "site/en/b.html").touch(),
    "the stamp is gone": lambda root: stamp.path(root / "site").unlink(),
    "the stamp is half": lambda root: stamp.path(root / "site").write_text('{"sour'),
}


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_makes_the_site_stale(root: Path, change: str) -> None:
    CHANGES[change](root)
    assert not current(root)


def test_new_modification_time_alone_is_no_change(root: Path) -> None:
    os.utime(root / "docs/en/a.md", (0, 0))
    assert current(root)


def test_another_site_address_makes_the_site_stale(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TFNOTES_SITE_EN", "https://handbook.test/en/")
    assert not current(root)


def test_another_installed_package_makes_the_site_stale(
    root: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    packages = tmp_path_factory.mktemp("packages")
    (packages / "mkdocs-9.dist-info").mkdir()
    monkeypatch.setattr("sysconfig.get_paths", lambda: {"purelib": str(packages)})
    assert not current(root)
