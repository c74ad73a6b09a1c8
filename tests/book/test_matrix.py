"""Matrix: packages of the nightly row, which only warns, and overdue rows."""

import datetime
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from handbook import clock
from handbook.matrix import environments, rows, status

WHEELS = {  # as they depend on each other on the index
    "tensorflow-2.22.0": ["keras"],
    "keras-3.16.0": [],
    "keras_tuner-1.4.8": ["keras", "tensorflow"],
    "tf_nightly-2.23.0.dev1": ["keras-nightly"],
    "keras_nightly-3.17.0.dev1": [],
    "tfnotes-0.2.0": [],
}
PROJECT = """\
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[project]
name = "tfnotes"
version = "0.2.0"
requires-python = ">=3.11"
dependencies = ["tensorflow>=2.18", "keras", "keras-tuner"]
[project.optional-dependencies]
ray = []
docs = []
test = []
"""
BACKEND = """\
import shutil
NAME = "tfnotes-0.2.0-py3-none-any.whl"
def build_editable(folder, config_settings=None, metadata_directory=None):
    shutil.copy(f"wheels/{NAME}", folder)
    return NAME
"""
NAMES = """\
from importlib.metadata import distributions, version
print(*sorted(d.name for d in distributions()), version("tensorflow"), version("keras"))
"""
DAY = datetime.date(2026, 11, 22)


def write_wheel(folder: Path, stem: str, requires: list[str]) -> None:
    name, version = stem.split("-")
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
    with zipfile.ZipFile(folder / f"{stem}-py3-none-any.whl", "w") as wheel:
        info = f"{stem}.dist-info"
        wheel.writestr(
            f"{info}/METADATA",
            "\n".join([*lines, *map("Requires-Dist: {}".format, requires)]) + "\n",
        )
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{info}/RECORD", f"{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose wheels are local, without a package index."""
    (tmp_path / "wheels").mkdir()
    for stem, requires in WHEELS.items():
        write_wheel(tmp_path / "wheels", stem, requires)
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    (tmp_path / "backend.py").write_text(BACKEND)
    for name, value in {"OFFLINE": "1", "FIND_LINKS": "wheels", "CACHE_DIR": "cache"}.items():
        monkeypatch.setenv(f"UV_{name}", value)
    return tmp_path


def installed(row: str, root: Path) -> str:
    environment = environments.create(row, sys.executable, root)
    command = [str(environment / "bin/python"), "-c", NAMES]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_nightly_row_installs_nightly_builds_under_the_release_names(project: Path) -> None:
    expected = "keras keras_tuner tensorflow tfnotes 2.23.0.dev1 3.17.0.dev1"
    assert installed("nightly", project) == expected
    assert installed("nightly", project) == expected  # uv's cache keeps the original names


def test_newest_row_installs_the_newest_releases(project: Path) -> None:
    assert installed("newest", project) == "keras keras_tuner tensorflow tfnotes 2.22.0 3.16.0"


def row(*, day: datetime.date = DAY, state: status.State = "same") -> status.Row:
    return status.Row(day, "3.13.0", "Linux", {}, lessons={"a/b": status.Result(state, 1, "")})


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> dict[str, status.Row]:
    """The rows that are kept; no environment is made."""
    kept: dict[str, status.Row] = {}
    monkeypatch.setattr(clock, "today", lambda: DAY)
    monkeypatch.setattr(status, "read", kept.get)
    monkeypatch.setattr(status, "write", kept.__setitem__)
    monkeypatch.setattr(environments, "create", lambda name, _: Path(name))
    return kept


@pytest.mark.parametrize(("name", "code"), [("newest", 1), ("nightly", 0)])
def test_failed_lesson_fails_every_row_except_nightly(
    script: dict[str, status.Row],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    code: int,
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setattr(environments, "run", lambda _, **__: row(state="fails"))
    assert rows.main([name]) == code
    output = capsys.readouterr().out
    assert "a/b fails" in output
    assert ("::warning::nightly: " in output) == (name == "nightly")
    assert script[name].count("fails") == 1


@pytest.mark.parametrize(("name", "code"), [("newest", 2), ("nightly", 0)])
def test_failed_row_keeps_its_old_result_and_the_others_run(
    script: dict[str, status.Row], monkeypatch: pytest.MonkeyPatch, name: str, code: int
) -> None:
    def run_row(environment: Path, **_: int) -> status.Row:
        if environment.name == name:
            raise environments.MatrixError("the versions do not fit together")
        return row()

    monkeypatch.setattr(environments, "run", run_row)
    assert rows.main([]) == code
    assert set(script) == {*status.ROWS} - {name}


@pytest.mark.parametrize(("days", "code"), [(31, 0), (32, 1)])
def test_age_check_fails_for_a_row_older_than_a_month(
    script: dict[str, status.Row],
    capsys: pytest.CaptureFixture[str],
    days: int,
    code: int,
) -> None:
    script |= {name: row() for name in ("locked", "newest")}  # the nightly never ran
    script["lowest"] = row(day=DAY - datetime.timedelta(days))
    assert rows.main([], check_age=True) == code
    output = capsys.readouterr().out
    message = "lowest: expected a run within the last 31 days, got 2026-10-21; run make matrix"
    assert (message in output) == (code == 1)
    assert "warning: nightly" in output
