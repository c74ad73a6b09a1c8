"""Records of the inputs of a lesson's results, which show whether a lesson is stale.

A refresh writes ``record.json`` next to the figures, as its last file. It holds the hashes of
all input files, the versions of the imported libraries, the hashes of the figures, and the
data that they plot. It also holds the Python version, which does not make a lesson stale.
"""

import ast
import functools
import hashlib
import json
import platform
import re
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

from handbook import clock
from handbook.files import replace
from handbook.lesson.lessons import Lesson
from handbook.run import screenshots
from handbook.run.figure import STYLE, Figure
from handbook.run.reach import reached

DISTRIBUTIONS = {  # import name: distribution name
    "keras": "keras",
    "keras_tuner": "keras-tuner",
    "matplotlib": "matplotlib",
    "numpy": "numpy",
    "pandas": "pandas",
    "ray": "ray",
    "sklearn": "scikit-learn",
    "tensorboard": "tensorboard",
    "tensorflow": "tensorflow",
}
ALWAYS = {"tensorflow", "keras", "numpy"}  # every lesson depends on them
LOCK = "requirements.lock"
PARTS = ("files", "versions", "figures", "data")


def read(lesson: Lesson) -> dict[str, Any]:
    """Return the lesson's record; empty if it is missing or damaged."""
    try:
        record: Any = json.loads(lesson.record.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    whole = isinstance(record, dict) and all(isinstance(record.get(p), dict) for p in PARTS)
    return record if whole else {}


def write(lesson: Lesson, figures: dict[str, Figure], folder: Path) -> None:
    """Write a lesson's figures, and then the record of its inputs.

    Figures that depend on the machine, and screenshots, are kept until the lesson changes.

    Args:
        lesson: the lesson that ran, with its ``# ->`` lines already written.
        figures: the figures by section name.
        folder: the working folder of the run, with its logs.
    """
    old = read(lesson)
    files = [lesson.code, *reached(lesson.code, lesson.root), *([STYLE] if figures else [])]
    record: dict[str, Any] = {
        "files": {_name(lesson, path): digest(path) for path in sorted(files)},
        "versions": {d: version(d) for d in _libraries(files)},
    }
    same = all(old.get(key) == value for key, value in record.items())
    figures = dict(sorted(figures.items()))
    if same and not stale(lesson):
        for name in lesson.settings.varies:
            figures[name] = _previous_figure(lesson, name, old["data"][name])
    elif tabs := lesson.settings.screenshots:
        screenshots.take(tabs, folder / screenshots.LOGS, lesson.figures)
    record["figures"] = _write_figures(lesson, figures)
    record["data"] = {name: figure.data for name, figure in figures.items()}
    run = {key: old.pop(key, "") for key in ("verified", "python")}
    if old != json.loads(json.dumps(record)) or not all(run.values()):
        run = {"verified": clock.today().isoformat(), "python": platform.python_version()}
    replace(lesson.record, _as_json({**run, **record}))


def _write_figures(lesson: Lesson, figures: dict[str, Figure]) -> dict[str, str]:
    texts = {f"{name}.svg": figure.svg for name, figure in figures.items()}
    for name, text in texts.items():
        replace(lesson.figures / name, text)
    wanted = {*texts, *screenshots.names(lesson.settings.screenshots)}
    for path in lesson.figure_files:
        if path.name not in wanted:
            path.unlink()
    return {path.name: digest(path) for path in lesson.figure_files}


def _previous_figure(lesson: Lesson, name: str, data: dict[str, Any]) -> Figure:
    return Figure((lesson.figures / f"{name}.svg").read_text(encoding="utf-8"), data)


def _name(lesson: Lesson, path: Path) -> str:
    """Return a file's name in the record; the style may be outside the lesson's checkout."""
    return lesson.relative(path) if path != STYLE else f"handbook/run/{STYLE.name}"


def _as_json(record: dict[str, Any]) -> str:
    """Return JSON with one line per list of plain values, for readable diffs."""
    text = json.dumps(record, indent=1, ensure_ascii=False)
    flat = re.compile(r"\[\s+([^\[\]{}]*?)\s+\]")
    return flat.sub(lambda m: "[" + re.sub(r",\s+", ", ", m[1]) + "]", text) + "\n"


def stale(lesson: Lesson) -> list[str]:
    """Return the reasons why a lesson is stale; empty if it is current."""
    record = read(lesson)
    if not record:
        return ["its record cannot be read" if lesson.record.exists() else "it has never been run"]
    reasons = [
        *_changed_files(lesson, record["files"]),
        *_changed_versions(lesson, record),
    ]
    return reasons + list(_changed_figures(lesson, record["figures"]))


def _changed_files(lesson: Lesson, files: dict[str, str]) -> Iterator[str]:
    for name, kept in files.items():
        path = STYLE if name == f"handbook/run/{STYLE.name}" else lesson.root / name
        if not path.exists():
            yield f"{name} is gone"
        elif digest(path) != kept:
            yield f"{name} has changed"


def _changed_versions(lesson: Lesson, record: dict[str, Any]) -> Iterator[str]:
    locked = locked_versions(lesson.root / LOCK)
    for distribution, kept in record["versions"].items():
        now = locked.get(distribution, kept)
        if now != kept:
            yield f"{distribution} was {kept} and is locked to {now}"


def _changed_figures(lesson: Lesson, figures: dict[str, str]) -> Iterator[str]:
    there = {path.name for path in lesson.figure_files}
    expected = dict.fromkeys(screenshots.names(lesson.settings.screenshots), "")
    for name in sorted(there - figures.keys()):
        yield f"figure {name} is not drawn by the lesson"
    for name, kept in (expected | figures).items():
        if name not in there:
            yield f"figure {name} is missing"
        elif digest(lesson.figures / name) != kept:
            yield f"figure {name} is not the one that the lesson drew"


def _libraries(files: Iterable[Path]) -> list[str]:
    """Return the distributions whose versions the results depend on."""
    names = set(ALWAYS)
    for path in files:
        if path.suffix == ".py":
            names |= imported(path.read_text(encoding="utf-8"))
    return sorted(DISTRIBUTIONS[name] for name in names & DISTRIBUTIONS.keys())


@functools.lru_cache(maxsize=256)  # many lessons import the same files of tfnotes
def imported(code: str) -> frozenset[str]:
    r"""Return the top-level names of the modules that a piece of code imports.

    Examples:
        >>> sorted(imported("import numpy as np\nfrom keras.layers import Dense"))
        ['keras', 'numpy']
    """
    names = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return frozenset(names)


@functools.cache
def locked_versions(lock: Path) -> dict[str, str]:
    """Return the versions of the lock file for this Python, by distribution."""
    versions = {}
    if lock.exists():
        text = lock.read_text(encoding="utf-8")
        for line in re.findall(r"^([\w.-]+==.*?) \\$", text, re.M):
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate():
                versions[requirement.name] = str(requirement.specifier)[2:]
    return versions


@functools.cache
def _digest(path: Path, _size: int, _changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def digest(path: Path) -> str:
    """Return a short hash of a file's bytes."""
    stat = path.stat()
    return _digest(path, stat.st_size, stat.st_mtime_ns)
