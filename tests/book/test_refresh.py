"""Refresh: which lessons are stale and why, and that only those run and are written."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from handbook.files import replace
from handbook.lesson.lessons import ROOT, Lesson, all_lessons
from handbook.run import reach, records, refresh
from tests.book.conftest import REFRESH, tree
from tests.book.fault_cases import section
from tests.conftest import SmallHandbook

pytestmark = pytest.mark.slow

Run = Callable[[Lesson], list[str]]
CODE = """\
# --8<-- [start:draw]
import matplotlib.pyplot as plt
import numpy as np

values = np.arange(3) ** 2
print(values)
plt.plot(values)
plt.show()
# --8<-- [end:draw]
"""
TIMED = CODE.replace("np.arange(3) ** 2", "[time.perf_counter()]").replace(
    "import numpy as np\n", "import time\n"
)


@pytest.fixture(scope="module")
def refreshed(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Lesson:
    """A lesson that was refreshed once; the tests use copies of it."""
    small = SmallHandbook(tmp_path_factory.mktemp("refreshed"))
    lesson = small.lesson("a/squares", CODE)
    assert run(lesson) == []
    return lesson


@pytest.fixture
def lesson(refreshed: Lesson, tmp_path: Path) -> Lesson:
    shutil.copytree(refreshed.root, tmp_path / "root")
    return Lesson(tmp_path / "root", refreshed.address)


def test_no_lesson_of_this_checkout_is_stale() -> None:
    assert refresh.stale(all_lessons()) == {}


def test_every_record_belongs_to_a_lesson() -> None:
    figures = ROOT / "docs/figures"
    kept = {p.parent.relative_to(figures) for p in (ROOT / "docs").rglob("record.json")}
    assert {p.as_posix() for p in kept} == {lesson.address for lesson in all_lessons()}


def test_refresh_writes_results_figures_and_record(lesson: Lesson) -> None:
    assert "print(values)\n# -> [0 1 4]\nplt.plot" in lesson.code.read_text()
    names = sorted(p.name for p in lesson.figures.iterdir())
    assert names == ["draw.svg", "record.json"]
    record = json.loads(lesson.record.read_text())
    assert record["verified"] == "2023-11-14"
    assert "docs/code/a/squares.py" in record["files"]
    assert record["data"]["draw"]["axes"][0]["lines"][0]["y"] == [0, 1, 4]
    assert records.stale(lesson) == []


def test_refresh_keeps_numbers_within_the_tolerance(run: Run, small: SmallHandbook) -> None:
    """Else the numbers of a page would change with the processor, and its prose would not."""
    code = section("print(X)\nprint(Y)")
    lesson = small.lesson(
        "a/close", code.replace("X", "1.01").replace("Y", "2.0"), "tolerance: 0.05"
    )
    assert run(lesson) == []
    for new, shown in (("1.03", ("1.01", "2.0")), ("1.2", ("1.2", "2.0"))):
        text = lesson.code.read_text()
        lesson.code.write_text(re.sub(r"print\(1.*?\)", f"print({new})", text))
        assert run(lesson) == []
        assert re.findall("# -> (.*)", lesson.code.read_text()) == [*shown]
        assert records.stale(lesson) == []


def test_second_refresh_changes_no_byte(run: Run, lesson: Lesson) -> None:
    before = tree(lesson.root)
    assert run(lesson) == []
    assert tree(lesson.root) == before


def test_failed_refresh_changes_no_byte(run: Run, lesson: Lesson) -> None:
    lesson.code.write_text(lesson.code.read_text().replace("** 2", "/ missing"))
    before = tree(lesson.root)
    (failure,) = run(lesson)
    assert "NameError: name 'missing' is not defined" in failure
    assert tree(lesson.root) == before


def test_refresh_runs_a_lab_once(run: Run, small: SmallHandbook, tmp_path: Path) -> None:
    lab = Lesson(small.root, "labs/counted")
    lab.code.parent.mkdir(parents=True)
    counter = tmp_path / "runs"
    lab.code.write_text(
        f"# %% once\nwith open({str(counter)!r}, 'a') as file:\n    file.write('x')\n"
    )
    assert run(lab) == []
    assert counter.read_text() == "x"


def test_figures_that_vary_are_kept_until_the_lesson_changes(
    run: Run, small: SmallHandbook
) -> None:
    lesson = small.lesson("a/timed", TIMED.replace("print(values)\n", ""), "varies: [draw]")
    assert run(lesson) == []
    before = tree(lesson.root)
    assert run(lesson) == []
    assert tree(lesson.root) == before
    assert refresh.invalidate_measured([lesson]) == [lesson]
    assert records.stale(lesson) == ["it has never been run"]
    assert run(lesson) == []
    measured = tree(lesson.root)
    assert measured["figures/a/timed/draw.svg"] != before["figures/a/timed/draw.svg"]
    lesson.code.write_text(lesson.code.read_text().replace("plt.show", "plt.title('t')\nplt.show"))
    assert run(lesson) == []
    assert tree(lesson.root)["figures/a/timed/draw.svg"] != measured["figures/a/timed/draw.svg"]


@pytest.mark.parametrize(
    ("file", "old", "new", "reason"),
    [
        ("docs/code/a/squares.py", "** 2", "** 3", "docs/code/a/squares.py has changed"),
        ("docs/code/a/squares.py", "[0 1 4]", "[0 1 5]", "docs/code/a/squares.py has changed"),
        ("draw.svg", "svg", "SVG", "figure draw.svg is not the one that the lesson drew"),
    ],
)
def test_edited_lesson_is_stale(lesson: Lesson, file: str, old: str, new: str, reason: str) -> None:
    path = lesson.root / file if "/" in file else lesson.figures / file
    path.write_text(path.read_text().replace(old, new, 1))
    assert records.stale(lesson) == [reason]


def test_edited_prose_leaves_a_lesson_current(lesson: Lesson) -> None:
    page = lesson.page("en")
    page.write_text(page.read_text() + "\nMore words.\n")
    assert records.stale(lesson) == []


def test_version_and_figure_changes_make_a_lesson_stale(lesson: Lesson) -> None:
    (lesson.root / "requirements.lock").write_text("numpy==1.0 \\\n    --hash=sha256:0\n")
    (lesson.figures / "old.svg").write_text("<svg/>")
    (lesson.figures / "draw.svg").unlink()
    version = json.loads(lesson.record.read_text())["versions"]["numpy"]
    assert records.stale(lesson) == [
        f"numpy was {version} and is locked to 1.0",
        "figure old.svg is not drawn by the lesson",
        "figure draw.svg is missing",
    ]
    lesson.record.unlink()
    assert records.stale(lesson) == ["it has never been run"]


def test_lesson_is_stale_if_an_imported_file_is_gone(lesson: Lesson) -> None:
    record = json.loads(lesson.record.read_text())
    record["files"]["tfnotes/data/idx.py"] = "0"
    lesson.record.write_text(json.dumps(record))
    assert records.stale(lesson) == ["tfnotes/data/idx.py is gone"]


def test_record_names_the_tfnotes_files_that_its_lesson_imports() -> None:
    names = records.read(Lesson(ROOT, "keras/training-with-fit"))["files"].keys()
    assert {"tfnotes/data/files.py", "tfnotes/errors.py"} <= names
    assert not any(name.startswith(("tfnotes/devices", "tfnotes/models")) for name in names)


@pytest.mark.parametrize(
    ("code", "files"),
    [
        ("import tfnotes", ["__init__"]),
        ("import tfnotes\ntfnotes.train", ["__init__", "a/__init__", "a/b", "training/__init__"]),
        ("from tfnotes import evaluate", ["__init__", "a/__init__", "a/b", "training/__init__"]),
        ("from tfnotes import a", ["__init__", "a/__init__"]),
        ("def f():\n    import tfnotes.a.b", ["__init__", "a/__init__", "a/b"]),
        ("from tfnotes.a.b import c as d", ["__init__", "a/__init__", "a/b"]),
        ("import tensorflow, tfnotes_more", []),
    ],
)
def test_reach_follows_every_form_of_import(tmp_path: Path, code: str, files: list[str]) -> None:
    for name in ("__init__", "a/__init__", "a/b", "training/__init__"):
        path = tmp_path / f"tfnotes/{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("from tfnotes.a import b\n" if "training" in name else "")
    (tmp_path / "lesson.py").write_text(code)
    found = reach.reached(tmp_path / "lesson.py", tmp_path)
    assert [str(p.relative_to(tmp_path / "tfnotes").with_suffix("")) for p in found] == files


def test_unknown_address_lists_the_known_ones(lesson: Lesson) -> None:
    with pytest.raises(refresh.AddressError, match="no lesson 'a/b'; expected one of: a/squares"):
        refresh.chosen(["a/b"], lesson.root)


def command(*arguments: str, root: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run ``python -m handbook refresh`` of a checkout."""
    return subprocess.run(
        [sys.executable, "-m", "handbook", "refresh", *arguments],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_check_exits_0_where_nothing_is_stale() -> None:
    done = command("--check")
    assert (done.returncode, done.stdout) == (0, f"0 of {len(all_lessons())} lessons are stale\n")


def test_unknown_lesson_is_rejected_with_the_known_ones() -> None:
    done = command("--check", "no/such")
    assert done.returncode == 2
    assert "no lesson 'no/such'; expected one of: " in done.stderr


def test_check_names_stale_lessons_and_the_command_that_refreshes_them(lesson: Lesson) -> None:
    shutil.copytree(ROOT / "handbook", lesson.root / "handbook")
    lesson.code.write_text(lesson.code.read_text().replace("** 2", "** 3"))
    before = tree(lesson.root)
    done = command("--check", root=lesson.root)
    assert done.returncode == 1
    assert "a/squares: docs/code/a/squares.py has changed" in done.stdout
    assert "refresh them: python -m handbook refresh a/squares" in done.stdout
    assert tree(lesson.root) == before


def test_refresh_ignores_pytest_options_of_the_environment(lesson: Lesson) -> None:
    lesson.code.write_text(lesson.code.read_text().replace("** 2", "** 3"))
    environment = os.environ | {"PYTEST_ADDOPTS": "-v --no-such-option"}
    subprocess.run([sys.executable, "-c", REFRESH], cwd=lesson.root, env=environment, check=True)
    assert json.loads((lesson.root / "failures.json").read_text()) == []
    assert records.stale(lesson) == []


def test_file_is_replaced_completely_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "new/file.txt"
    assert replace(path, "one\n")
    assert not replace(path, "one\n")
    with pytest.raises(UnicodeEncodeError):
        replace(path, "\udcff")
    assert [p.name for p in path.parent.iterdir()] == ["file.txt"]
    assert path.read_text() == "one\n"
