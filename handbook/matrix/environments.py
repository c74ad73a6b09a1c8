"""Runs of the lessons and of the tests of tfnotes with the versions of a row.

Each row of the matrix has its environment in ``build/matrix``, created by uv.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from handbook import clock
from handbook.files import replace
from handbook.lesson.lessons import ROOT, Lesson, all_lessons
from handbook.matrix.status import Result, Row, State
from handbook.run import records
from handbook.run.state import short

NIGHTLY = {"tensorflow": "tf-nightly", "keras": "keras-nightly"}  # release: nightly build
PYTHONS = ("3.11", "3.12", "3.13", "3.14", "3.15")
FACTS = """\
import json, os, platform, sys
from importlib.metadata import distributions
print(json.dumps({
    "python": platform.python_version(),
    "platform": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
    "versions": {d.metadata["Name"].lower(): d.version for d in distributions()},
}))
"""
OLD_SETUPTOOLS = "setuptools>=80,<80.9"  # TensorBoard before 2.21 imports its pkg_resources
TIME_FACTOR = 10  # multiplies the time limits, so that a busy machine causes no failure
WORST: tuple[State, ...] = ("fails", "differs", "same")
SAMPLE = (  # lessons whose code depends on the operating system, at least one per chapter
    "start/first-model",  # training, plots, the data set that ships with tfnotes
    "tensors/eager-and-graph",  # AutoGraph reads source files; TensorBoard logs
    "tensors/tf-function",  # compilation
    "foundations/linear-regression-from-scratch",  # random numbers and their plots
    "architectures/lenet",  # convolutions
    "keras/saving-and-loading",  # model files in every format, and a fresh Python
    "keras/callbacks",  # checkpoints, CSV logs, a backup that is resumed
    "keras/input-pipelines",  # tf.data: record files, threads
    "keras/tensorboard",  # event files of every kind
    "scale/devices",  # subprocesses with other environment variables
)


class MatrixError(RuntimeError):
    """A row cannot run; the message says why."""


def python_of(row: str, root: Path = ROOT) -> str:
    """Return the Python of a row: the lowest or newest supported, or this one for ``locked``."""
    supported = SpecifierSet(_project(root)["requires-python"])
    pythons = [version for version in PYTHONS if version in supported]
    first, last = pythons[0], pythons[-1]
    return {"lowest": first, "newest": last, "nightly": last}.get(row, sys.executable)


def create(row: str, python: str, root: Path = ROOT) -> Path:
    """Recreate the environment of a row.

    Args:
        row: lowest, locked, newest or nightly.
        python: version or path of the Python to use.
        root: the checkout.

    Returns:
        The folder of the environment.

    Raises:
        MatrixError: the versions conflict or are unavailable.
    """
    folder = root / "build/matrix" / row
    shutil.rmtree(folder, ignore_errors=True)
    _uv("venv", "--python", python, str(folder), root=root)
    install = ("pip", "install", "--python", str(folder))
    if row == "locked":
        _uv(*install, "--require-hashes", "-r", records.LOCK, root=root)
    else:
        wanted = folder / "requirements.in"
        wanted.write_text("\n".join(requirements(row, root)), encoding="utf-8")
        chosen = "lowest-direct" if row == "lowest" else "highest"
        without = folder / "overrides.txt"
        without.write_text("\n".join(overrides(row)), encoding="utf-8")
        files = ("-r", str(wanted), "--override", str(without))
        _uv(*install, "--resolution", chosen, *files, root=root)
    _uv(*install, "--no-deps", "--no-build-isolation", "--editable", ".", root=root)
    for release, nightly in NIGHTLY.items():
        rename(folder, nightly, release)
    return folder


def overrides(row: str) -> list[str]:
    """Return uv overrides that exclude a release whose nightly build is installed."""
    return [f'{release} ; python_version < "0"' for release in NIGHTLY if row == "nightly"]


def rename(environment: Path, nightly: str, release: str) -> None:
    """Rename an installed nightly build to its release, the name that code looks up."""
    stem = nightly.replace("-", "_")
    for old in environment.glob(f"lib/python*/site-packages/{stem}-*.dist-info"):
        metadata = (old / "METADATA").read_text(encoding="utf-8")
        metadata = re.sub("^Name: .*", f"Name: {release}", metadata, count=1, flags=re.M)
        replace(old / "METADATA", metadata)  # a new file: the old one is linked to uv's cache
        old.rename(old.with_name(old.name.replace(stem, release, 1)))


def requirements(row: str, root: Path = ROOT) -> list[str]:
    """Return the requirements of a row: those of tfnotes, and the tools that test it.

    The row ``lowest`` tests the lower bounds of the package, so it uses the locked tools.
    """
    extras = _project(root)["optional-dependencies"]
    package, tools = [*_project(root)["dependencies"], *extras["ray"]], extras["docs"]
    tools = [*tools, *extras["test"]]
    if row == "lowest":
        locked = records.locked_versions(root / records.LOCK)
        names = [Requirement(tool).name.lower() for tool in tools]
        tools = [*(f"{name}=={locked[name]}" for name in names), OLD_SETUPTOOLS]
    nightly = NIGHTLY.values() if row == "nightly" else ()
    return [*package, *nightly, *tools]


PACKAGE_TESTS = "tests/package"


def python_in(environment: Path) -> Path:
    """Return the Python of a virtual environment."""
    return environment / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def run(
    environment: Path, root: Path = ROOT, jobs: int = 1, pages: Sequence[str] = ("docs",)
) -> Row:
    """Run lessons in an environment, then the tests of tfnotes.

    Args:
        environment: the folder of a virtual environment.
        root: the checkout.
        jobs: the number of lessons that run at a time.
        pages: the files or folders of the lessons, as arguments of pytest; by default all.

    Raises:
        MatrixError: pytest itself failed.
    """
    facts = json.loads(_output([str(python_in(environment)), "-c", FACTS], root))
    wanted = records.DISTRIBUTIONS.values()
    facts["versions"] = {d: v for d, v in sorted(facts["versions"].items()) if d in wanted}
    arguments = [f"--time-factor={TIME_FACTOR}", *pages]
    lessons = results(_pytest(environment, "lessons", arguments, root, jobs), root)
    tests = _pytest(environment, "tests", [PACKAGE_TESTS], root, jobs)
    failed = [_name(case) for case in tests.iter("testcase") if _failure(case)]
    passed = sum(not list(case) for case in tests.iter("testcase"))
    return Row(clock.today(), **facts, tests_passed=passed, tests_failed=failed, lessons=lessons)


def results(report: ElementTree.Element, root: Path = ROOT) -> dict[str, Result]:
    """Return the result of each lesson, from the JUnit report of a run of ``docs``.

    Args:
        report: in pytest's format ``xunit1``, which names the file of each case.
        root: the checkout that ran.
    """
    found: dict[str, list[ElementTree.Element]] = {}
    for case in report.iter("testcase"):
        file = case.get("file", "").replace("\\", "/")  # on Windows
        address = file.removeprefix("docs/").removeprefix("en/")
        found.setdefault(address.rpartition(".")[0], []).append(case)
    lessons = {lesson.address: lesson for lesson in all_lessons(root)}
    return {a: _result(lessons[a], found[a]) for a in sorted(found) if a in lessons}


def _result(lesson: Lesson, cases: list[ElementTree.Element]) -> Result:
    states = [_state(case) for case in cases]
    state, why = min(states, key=lambda state: WORST.index(state[0]))
    seconds = sum(float(case.get("time", 0)) for case in cases)
    record = records.digest(lesson.record) if lesson.record.exists() else ""
    return Result(state, round(seconds, 1), record, why.replace(f"{lesson.root}{os.sep}", ""))


def _state(case: ElementTree.Element) -> tuple[State, str]:
    """Return state and reason of a section; without properties, its page cannot be read."""
    properties = {p.get("name"): p.get("value", "") for p in case.iter("property")}
    if text := "" if properties else _failure(case):
        return "fails", short(text.strip().rpartition("\n")[2])
    state = properties.get("state")
    found = [known for known in WORST if known == state]  # "not run": an earlier section failed
    return (*found, "same")[0], properties.get("why", "")


def _failure(case: ElementTree.Element) -> str:
    found = (e for e in case if e.tag in ("failure", "error"))
    return "\n".join(e.text or e.get("message") or "failed" for e in found)


def _name(case: ElementTree.Element) -> str:
    return f"{case.get('file')}::{case.get('name')}"


def _pytest(
    environment: Path, name: str, paths: Sequence[str], root: Path, jobs: int
) -> ElementTree.Element:
    report = root / "build/matrix" / f"{environment.name}-{name}.xml"
    report.unlink(missing_ok=True)
    spread = ["-n", str(jobs), "--dist", "loadfile"] if jobs > 1 else []
    options = ["-q", "-p", "no:cacheprovider", "--continue-on-collection-errors", *spread]
    xml = ["-o", "junit_family=xunit1", f"--junitxml={report}"]
    command = [str(python_in(environment)), "-m", "pytest", *options, *xml, *paths]
    done = subprocess.run(command, cwd=root, env=_variables(environment), check=False)  # noqa: S603
    if done.returncode not in (0, 1) or not report.exists():
        raise MatrixError(f"pytest ended with code {done.returncode}: {' '.join(command)}")
    return ElementTree.parse(report).getroot()  # noqa: S314 # pytest wrote it


def _variables(environment: Path) -> dict[str, str]:
    ours = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST")}
    return ours | {"PATH": f"{python_in(environment).parent}{os.pathsep}{os.environ['PATH']}"}


def _project(root: Path) -> dict[str, Any]:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return dict(project)


def _uv(*arguments: str, root: Path) -> None:
    uv = shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")
    if uv is None:
        raise MatrixError("expected uv, found none: .venv/bin/python -m pip install uv")
    _output([uv, "--quiet", *arguments], root)


def _output(command: list[str], root: Path) -> str:
    done = subprocess.run(command, cwd=root, capture_output=True, encoding="utf-8", check=False)  # noqa: S603
    if done.returncode:
        raise MatrixError(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout
