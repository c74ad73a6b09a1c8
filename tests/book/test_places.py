"""macOS and Windows, as far as Linux can test: processes, paths, encodings, line ends, fonts."""

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import matplotlib as mpl
import pytest
from matplotlib.font_manager import FontProperties, findfont

from handbook.lesson.lessons import ROOT, Lesson
from handbook.matrix import environments
from handbook.run import draw
from handbook.run.runner import METHOD
from tests.book.conftest import REFRESH, ended
from tests.book.fault_cases import section
from tests.conftest import SmallHandbook

pytestmark = pytest.mark.slow

SPAWNED = """\
import subprocess, sys
import matplotlib.pyplot as plt
import psutil
print("spawn_main" in " ".join(psutil.Process().cmdline()))
left = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"])
open("PIDS", "a").write(f"{left.pid}\\n")
plt.plot([1, 2])
plt.show()
"""
FOLDERS = ("tfnotes", "handbook", "scripts", "benchmarks", "docs")
OURS = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
EVERYWHERE = [*OURS, *(ROOT / environments.PACKAGE_TESTS).rglob("*.py")]


def test_lesson_runs_in_a_spawned_process(small: SmallHandbook) -> None:
    pids = small.root / "pids"
    lesson = small.lesson("a/spawned", section(SPAWNED.replace("PIDS", str(pids))))
    small.lesson("a/endless", section("while True:\n    pass"), "time_limit: 1")
    environment = os.environ | {METHOD: "spawn"}
    subprocess.run([sys.executable, "-c", REFRESH], cwd=small.root, env=environment, check=True)
    (failure,) = json.loads((small.root / "failures.json").read_text(encoding="utf-8"))
    assert failure.startswith("a/endless, section 'one': it exceeded the lesson's time limit")
    assert "# -> True\n" in lesson.code.read_text(encoding="utf-8")
    assert (lesson.figures / "one.svg").exists()
    assert ended(int(pids.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("system", "python"),
    [("linux", "bin/python"), ("darwin", "bin/python"), ("win32", "Scripts/python.exe")],
)
def test_python_of_an_environment_on_each_system(
    system: str, python: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", system)
    assert environments.python_in(Path("env")) == Path("env") / python


def test_report_with_windows_paths_names_the_lessons() -> None:
    report = ElementTree.Element("testsuite")
    ElementTree.SubElement(report, "testcase", file=r"docs\en\start\first-model.md")
    ElementTree.SubElement(report, "testcase", file=r"docs\labs\two-workers.py")
    assert set(environments.results(report)) == {"start/first-model", "labs/two-workers"}


def test_sample_has_ten_lessons_and_every_chapter_except_migration() -> None:
    lessons = [Lesson(ROOT, address) for address in environments.SAMPLE]
    assert len(set(environments.SAMPLE)) == 10
    assert [lesson.address for lesson in lessons if not lesson.page("en").exists()] == []
    chapters = {path.name for path in (ROOT / "docs/code").iterdir()}
    assert chapters - {lesson.code.parent.name for lesson in lessons} == {"migration"}  # old forms


def test_file_names_are_valid_on_windows() -> None:
    reserved = {
        "con",
        "prn",
        "aux",
        "nul",
        *(f"{port}{n}" for port in ("com", "lpt") for n in range(10)),
    }
    names = subprocess.check_output(["git", "ls-files", "-z"], cwd=ROOT, encoding="utf-8").split(
        "\0"
    )
    parts = {part for name in names for part in name.split("/")}
    assert not {part for part in parts if part.lower().split(".")[0] in reserved}
    assert not {part for part in parts if set(part) & set('<>:"\\|?*') or part.endswith((".", " "))}
    assert len({name.lower() for name in names}) == len(names)


def unnamed_encodings(path: Path) -> Iterator[str]:
    """The calls that read or write text in the default encoding."""
    for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(call, ast.Call) and opens_text(call) and not names_encoding(call):
            yield f"{path.relative_to(ROOT).as_posix()}:{call.lineno}"


def opens_text(call: ast.Call) -> bool:
    if ast.unparse(call.func) == "Image.open":  # Pillow reads bytes
        return False
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ast.unparse(call.func)
    words = [word.value for word in call.args if isinstance(word, ast.Constant)]
    if name == "write_text":
        return len(call.args) < 2
    if name == "read_text":
        return not call.args
    return name in ("open", "fdopen") and not any("b" in str(word) for word in words)


def names_encoding(call: ast.Call) -> bool:
    return any(keyword.arg in ("encoding", None) for keyword in call.keywords)


@pytest.mark.parametrize("path", EVERYWHERE, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_open_call_names_its_encoding(path: Path) -> None:
    assert list(unnamed_encodings(path)) == []


def test_doctor_escapes_characters_the_terminal_cannot_encode(tmp_path: Path) -> None:
    (tmp_path / "旧.py").write_text("import keras\nkeras.optimizers.SGD(lr=1)\n", encoding="utf-8")
    done = subprocess.run(
        [Path(sys.executable).with_name("tfnotes"), "doctor", "旧.py"],
        cwd=tmp_path, env=os.environ | {"PYTHONIOENCODING": "cp1252"},
        capture_output=True, encoding="cp1252",
    )  # fmt: skip
    assert done.stdout.startswith(r"\u65e7.py:2: ")
    assert not done.stderr


def test_windows_checkout_has_no_carriage_returns(tmp_path: Path) -> None:
    windows = ["-c", "core.autocrlf=true", "-c", "core.eol=crlf"]
    checkout = ["checkout-index", "--all", f"--prefix={tmp_path.as_posix()}/"]
    subprocess.run(["git", *windows, *checkout], cwd=ROOT, check=True)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) > 700
    for path in files:
        data = path.read_bytes()
        assert b"\0" in data or b"\r\n" not in data, path.relative_to(tmp_path)


@pytest.mark.usefixtures("fresh_figures")
def test_figures_use_a_font_bundled_with_matplotlib() -> None:
    draw.use_style()
    for weight in ("normal", "bold"):
        font = findfont(FontProperties(weight=weight), fallback_to_default=False)
        assert Path(font).resolve().is_relative_to(Path(mpl.get_data_path()).resolve())
