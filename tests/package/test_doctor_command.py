"""``tfnotes doctor``, as typed in a terminal."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.package.doctor_cases import OLD
from tfnotes import doctor
from tfnotes.command import app

SITES = {"en": "https://handbook.test/en/", "zh": "https://handbook.test/zh/"}
HERE = {"TFNOTES_SITE_EN": SITES["en"], "TFNOTES_SITE_ZH": SITES["zh"]}
NOWHERE = dict.fromkeys(HERE, "")


def run(*arguments: str | Path, code: int, **env: str) -> Result:
    terminal = {"COLUMNS": "100", "TERM": "dumb", "LC_ALL": "", "LC_MESSAGES": "", "LANG": "C"}
    env = terminal | NOWHERE | env
    result = CliRunner().invoke(app, ["doctor", *map(str, arguments)], env=env)
    assert result.exit_code == code, result.output
    return result


def test_doctor_explains_a_form_once(tmp_path: Path) -> None:
    file = tmp_path / "old.py"
    file.write_text(
        "import keras\nkeras.optimizers.SGD(lr=1)\nkeras.optimizers.Adam(lr=1)\n", encoding="utf-8"
    )
    output = run(file, code=3).stdout.splitlines()
    assert output == [
        f"{file}:2: lr= of an optimizer",
        "    today: ValueError: Argument(s) not recognized: {'lr': …}",
        "    write: learning_rate=",
        "    read:  the page foundations/learning-rate-and-optimizers of the handbook",
        f"{file}:3: lr= of an optimizer (as in 2)",
        "2 old forms in 1 file",
    ]


def test_doctor_wraps_its_lines() -> None:
    output = run(OLD, code=3).stdout.splitlines()
    assert [line for line in output if len(line) > 80 and "http" not in line and ".py:" not in line
            and " " in line.strip().removeprefix("write: ")] == []  # fmt: skip


def test_language_is_that_of_the_terminal_or_the_option(tmp_path: Path) -> None:
    file = tmp_path / "old.py"
    file.write_text("tf.placeholder", encoding="utf-8")
    chinese = HERE | {"LANG": "zh_CN.UTF-8"}
    assert SITES["en"] in run(file, code=3, **HERE).stdout
    assert SITES["zh"] in run(file, code=3, **chinese).stdout
    assert SITES["zh"] in run(file, "--language", "zh", code=3, **HERE).stdout
    assert SITES["en"] in run(file, "--language", "en", code=3, **chinese).stdout
    run(file, "--language", "de", code=2)


def test_doctor_skips_hidden_folders_and_environments(tmp_path: Path) -> None:
    for name in ("b.py", "a/c.py", ".git/d.py", "venv/e.py", "mine/lib/f.py", "a/g.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("import tensorflow as tf\n", encoding="utf-8")
    (tmp_path / "mine/pyvenv.cfg").touch()
    assert doctor.files(tmp_path) == [tmp_path / "a/c.py", tmp_path / "b.py"]
    assert run(tmp_path, code=0).stdout == "0 old forms in 2 files\n"


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.txt", b"", "expected a file that ends in .py or .ipynb, got"),
        ("none.py", None, "found none; check its name"),
        ("a.py", b"\xff\xfe\x00", "expected text in UTF-8"),
        ("a.ipynb", b"{", "expected a notebook, as Jupyter saves it"),
        ("b.ipynb", b'{"cells": 3}', "expected a notebook, as Jupyter saves it"),
        ("empty", None, "expected .py or .ipynb files below"),
    ],
)
def test_unreadable_file_is_reported_in_one_sentence(
    tmp_path: Path, name: str, content: bytes | None, sentence: str
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "old.py").write_text("tf.placeholder", encoding="utf-8")
    if content is not None:
        (tmp_path / name).write_bytes(content)
    result = run(tmp_path / name, tmp_path / "old.py", code=1)
    assert sentence in result.stderr
    assert result.stderr.startswith("tfnotes: ")
    assert result.stderr.count("\n") == 1
    assert "old.py:1: tf.placeholder" in result.stdout  # the others are read


def test_doctor_imports_nothing_heavy() -> None:
    code = (
        "import sys\nfrom tfnotes.command import main\n"
        f"sys.argv = ['tfnotes', 'doctor', {str(OLD)!r}]\n"
        "try: main()\nexcept SystemExit as end: assert end.code == 3\n"
        "print(sorted({'tensorflow', 'keras', 'numpy', 'matplotlib'} & {*sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("arguments", [["doctor", str(OLD)], ["data"], ["doctor", "--help"]])
def test_closed_pipe_ends_the_command_quietly(arguments: list[str]) -> None:
    code = (
        "import sys\nfrom tfnotes.command import main\n"
        f"sys.argv = {['tfnotes', *arguments]}\nmain()"
    )
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([sys.executable, "-c", code], stdout=writing, stderr=subprocess.PIPE)
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, b"")
