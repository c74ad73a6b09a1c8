"""Once ``repo_url`` names a repository on GitHub, Colab can open the notebooks."""

import os
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import nbformat
import pytest
import yaml
from playwright.sync_api import Browser

from handbook import browser, colab, downloads
from handbook.hooks import lesson_row
from handbook.lessons import ROOT, Lesson
from handbook.pages import Page

REPO = "https://github.com/someone/handbook"
OPENED = "https://colab.research.google.com/github/someone/handbook/blob/notebooks"
LESSON = Lesson(ROOT, "tensors/gradient-tape")


def first_code(address: str, source: str) -> str:
    lesson = Lesson(ROOT, address)
    page = Page.of(lesson, "zh")
    book = downloads.notebook(lesson, page, "zh", "https://a.test/zh/", "t.whl", source)
    nbformat.validate(book)
    return str(next(cell.source for cell in book.cells if cell.cell_type == "code"))


@pytest.mark.parametrize("url", ["", None, "https://gitee.com/a/b", "https://github.com/a"])
def test_without_a_repository_on_github_nothing_is_opened(url: str | None) -> None:
    assert colab.address(url, "en", "a/b") == ""
    assert colab.source(url) == ""
    row = lesson_row.lesson_row(LESSON, "en", "../", colab.address(url, "en", LESSON.address))
    assert "colab" not in row.lower()
    assert not first_code(LESSON.address, colab.source(url)).startswith("%pip")


def test_the_first_cell_installs_from_the_repository() -> None:
    source = colab.source(f"{REPO}.git")
    assert first_code(LESSON.address, source) == f"%pip install --quiet git+{REPO}"
    workers = first_code("labs/two-workers", source)
    assert workers == f"%pip install --quiet 'tfnotes[ray] @ git+{REPO}'"


@pytest.fixture(scope="module")
def with_repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One lesson's English site as the workflow builds it, with ``repo_url`` set."""
    root = tmp_path_factory.mktemp("repository")
    (root / "docs/labs").mkdir(parents=True)  # watched, and empty here
    for name in ("tfnotes", "docs/theme", "docs/figures/tensors/gradient-tape", "handbook/hooks"):
        shutil.copytree(ROOT / name, root / name)
    pages = [f"docs/{language}/{LESSON.address}.md" for language in ("en", "zh")]
    names = ("hatch_build.py", "pyproject.toml", "README.md", "LICENSE")
    for name in (*names, LESSON.relative(LESSON.code), *pages):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, root / name)
    config = (ROOT / "mkdocs.yml").read_text().replace("strict: true", "")  # links to other lessons
    nav = re.compile(r"^nav:\n(?: .*\n)+", re.M)
    (root / "mkdocs.yml").write_text(nav.sub(f"nav: [{LESSON.address}.md]\n", config))
    command = [sys.executable, "-m", "mkdocs", "build"]
    environment = os.environ | {"TFNOTES_REPO": REPO}
    done = subprocess.run(
        command, cwd=root, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return root / "site"


def test_a_lesson_has_the_button_and_asks_nobody(with_repository: Path, chromium: Browser) -> None:
    with browser.served(with_repository) as address:
        page = chromium.new_page()
        foreign: list[str] = []
        page.on("request", lambda r: r.url.startswith(address) or foreign.append(r.url))
        page.goto(f"{address}/en/{LESSON.address}/", wait_until="networkidle")
        button = page.get_by_role("link", name="Open in Colab")
        assert button.get_attribute("href") == f"{OPENED}/en/{LESSON.address}.ipynb"
        assert page.locator(f".md-source[href='{REPO}']").count() > 0
        page.close()
    assert foreign == []


def test_a_downloaded_notebook_begins_with_the_install(with_repository: Path) -> None:
    path = with_repository / f"en/downloads/{LESSON.address}.ipynb"
    book = nbformat.read(path, as_version=4)
    code = next(cell.source for cell in book.cells if cell.cell_type == "code")
    assert code == f"%pip install --quiet git+{REPO}"
    assert f"\n# %pip install --quiet git+{REPO}\n" in path.with_suffix(".py").read_text()


def test_the_workflow_puts_the_notebooks_where_colab_looks(tmp_path: Path) -> None:
    """Run the job's own commands: a stand-in for gh, a bare repository for GitHub."""
    workflow = yaml.safe_load((ROOT / ".github/workflows/handbook.yml").read_text())
    job = workflow["jobs"]["notebooks"]
    assert job["permissions"] == {"actions": "read", "contents": "write"}
    for language in ("en", "zh"):
        folder = tmp_path / "built" / language / "downloads/tensors"
        folder.mkdir(parents=True)
        (folder / "gradient-tape.ipynb").write_text(language)
        (folder / "gradient-tape.py").touch()
    with tarfile.open(tmp_path / "published.tar", "w") as tar:
        tar.add(tmp_path / "built", ".")
    gh = tmp_path / "bin/gh"
    gh.parent.mkdir()
    gh.write_text(f"#!/bin/sh\ncp {tmp_path}/published.tar artifact.tar\n")
    gh.chmod(0o755)
    subprocess.run(["git", "init", "--quiet", "--bare", str(tmp_path / "a/b")], check=True)
    names = {
        "GITHUB_SERVER_URL": f"file://{tmp_path}", "GITHUB_REPOSITORY": "a/b",
        "GITHUB_RUN_ID": "1", "GITHUB_SHA": "f00", "GH_TOKEN": "x" * 90, "HOME": str(tmp_path),
        "PATH": f"{gh.parent}:{os.environ['PATH']}",
    }  # fmt: skip
    for again in range(2):
        (work := tmp_path / f"run-{again}").mkdir()
        script = job["steps"][0]["run"]
        subprocess.run(["bash", "-e", "-c", script], cwd=work, env=names, check=True)
    listed = ["git", "-C", str(tmp_path / "a/b"), "ls-tree", "-r", "--name-only", "notebooks"]
    kept = subprocess.run(listed, capture_output=True, text=True, check=True).stdout.split()
    assert kept == [f"{language}/tensors/gradient-tape.ipynb" for language in ("en", "zh")]
    assert colab.address(REPO, "en", LESSON.address) == f"{OPENED}/{kept[0]}"
