"""A notebook runs unchanged in a fresh Jupyter kernel that has only tfnotes installed.

One notebook of each chapter runs on every change, all of them with ``--every``: they hold
exactly the code of their lessons (test_downloads.py), which always runs.
"""

import json
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from importlib import metadata
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from packaging.requirements import Requirement

from handbook import browser
from handbook.lesson import results, translation
from handbook.lesson.lessons import LANGUAGES, ROOT, Lesson, all_lessons
from handbook.lesson.sections import sections
from handbook.stage import downloads
from handbook.stage.book import Book

pytestmark = pytest.mark.slow

LESSONS = all_lessons()
LOG = re.compile(r"^INFO:tensorflow:.*\n", re.M)  # in notebooks TensorFlow logs to stdout
PACKAGES = Path(sysconfig.get_paths()["purelib"])


def distributions(name: str, found: set[str], extra: str = "") -> set[str]:
    """A distribution and all its requirements, with at most one extra."""
    if name not in found:
        found.add(name)
        for line in metadata.requires(name) or []:
            wanted = Requirement(line)
            if wanted.marker is None or wanted.marker.evaluate({"extra": extra}):
                inner = next(iter(wanted.extras), "")
                distributions(wanted.name.lower().replace("_", "-"), found, inner)
    return found


@pytest.fixture(scope="session")
def only_tfnotes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of packages: the built wheel of tfnotes[ray], what it requires, and a kernel."""
    folder = tmp_path_factory.mktemp("only")
    built = tmp_path_factory.mktemp("wheel")
    zipfile.ZipFile(downloads.build_wheel(ROOT, built)).extractall(folder)
    names = distributions("tfnotes", set(), "ray") - {"tfnotes"}
    for name in distributions("ipykernel", names):
        for file in metadata.files(name) or []:
            top = file.parts[0]
            if top not in ("..", "__pycache__") and not (folder / top).exists():
                (folder / top).symlink_to(PACKAGES / top)
    return folder


@pytest.fixture(scope="session")
def kernel(only_tfnotes: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder where Jupyter finds a kernel that sees only these packages."""
    place = tmp_path_factory.mktemp("jupyter")
    write_kernel(place, [sys.executable, "-S"], {"PYTHONPATH": str(only_tfnotes)})
    return place


def write_kernel(place: Path, python: list[str], env: dict[str, str]) -> None:
    (place / "kernels/only").mkdir(parents=True)
    argv = [*python, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {"argv": argv, "display_name": "only", "env": env}
    (place / "kernels/only/kernel.json").write_text(json.dumps(spec))


@pytest.fixture
def without_tfnotes(only_tfnotes: Path, tmp_path: Path) -> Path:
    """A folder where Jupyter finds a kernel in an environment that lacks only tfnotes."""
    venv.create(tmp_path / "bare", with_pip=True)
    (packages,) = (tmp_path / "bare").glob("lib/python*/site-packages")
    shutil.rmtree(packages / "setuptools", ignore_errors=True)  # an old one, under Python 3.11
    for old in packages.glob("setuptools-*"):
        shutil.rmtree(old)
    (others := tmp_path / "others").mkdir()
    for path in only_tfnotes.iterdir():
        if not path.name.startswith("tfnotes"):
            (others / path.name).symlink_to(path)
    (packages / "others.pth").write_text(str(others))
    place = tmp_path / "jupyter"
    alone = {"PYTHONPATH": "", "PIP_NO_INDEX": "1", "NO_PROXY": "127.0.0.1"}
    write_kernel(place, [str(tmp_path / "bare/bin/python")], alone)
    return place


def test_kernel_has_only_the_packages_of_a_reader(only_tfnotes: Path) -> None:
    code = "import tfnotes.data; print(tfnotes.__file__)\nimport mkdocs"
    done = subprocess.run(
        [sys.executable, "-S", "-c", code],
        cwd="/",
        env={"PYTHONPATH": str(only_tfnotes)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == f"{only_tfnotes}/tfnotes/__init__.py\n"
    assert "No module named 'mkdocs'" in done.stderr


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "number" in metafunc.fixturenames:
        chapters = {le.address.split("/")[0]: n for n, le in reversed([*enumerate(LESSONS)])}
        every = metafunc.config.getoption("--every")
        numbers = range(len(LESSONS)) if every else sorted(chapters.values())
        metafunc.parametrize("number", numbers, ids=[LESSONS[n].address for n in numbers])


def notebook(lesson: Lesson, language: str) -> nbformat.NotebookNode:
    """The notebook of a lesson, as readers download it."""
    text, _ = downloads.written(downloads.cells(lesson, Book(lesson.root, language)))
    return nbformat.reads(text, as_version=4)


def test_notebook_prints_the_results_of_its_page(
    number: int, kernel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The languages alternate: other tests check that both hold the same code.

    A lesson with Chinese words runs in Chinese, so that it prints what its Chinese page shows.
    """
    lesson = LESSONS[number]
    language = "zh" if lesson.words.exists() else LANGUAGES[number % 2]
    book = notebook(lesson, language)
    monkeypatch.setenv("JUPYTER_PATH", str(kernel))
    resources = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(book, kernel_name="only", timeout=600, resources=resources).execute()
    install, *cells = [c for c in book.cells if c.cell_type == "code"]
    assert "stdout" not in {o.get("name") for o in install.outputs}  # pip did not run
    if translation.drawn_labels(lesson, language):
        del cells[0]  # selects a font
    tolerance_of_all = lesson.settings.tolerance
    for section, cell in zip(translation.sections(lesson, language), cells, strict=True):
        expected = [line for lines in results.shown(section.text).values() for line in lines]
        printed = "".join(o.text for o in cell.outputs if o.get("name") == "stdout")
        printed = LOG.sub("", printed)
        tolerance = max(results.tolerances(section.text).values(), default=tolerance_of_all)
        assert results.same("\n".join(expected), printed, tolerance), section.name
        drawn = any("image/png" in o.get("data", {}) for o in cell.outputs)
        assert drawn == ("plt.show()" in section.text), section.name


def test_first_cell_installs_tfnotes_if_it_is_missing(
    without_tfnotes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The wheel comes from a site on loopback; the next cell imports it and prints its results."""
    lesson = Lesson(ROOT, "keras/datasets")
    downloads.build_wheel(ROOT, tmp_path / "site/en/downloads")
    monkeypatch.setenv("JUPYTER_PATH", str(without_tfnotes))
    with browser.served(tmp_path / "site") as address:
        monkeypatch.setenv("TFNOTES_SITE_EN", f"{address}/en/")
        book = notebook(lesson, "en")
        install, first = [c for c in book.cells if c.cell_type == "code"][:2]
        book.cells = [install, first]
        resources = {"metadata": {"path": str(tmp_path)}}
        NotebookClient(book, kernel_name="only", timeout=600, resources=resources).execute()
    (printed,) = (o.text for o in first.outputs)
    (expected,) = results.shown(sections(lesson)[0].text).values()
    assert printed.splitlines() == expected
    assert (tmp_path / "bare/bin/tfnotes").exists()
