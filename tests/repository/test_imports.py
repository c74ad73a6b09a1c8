"""Allowed imports between modules, read from the code."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import tfnotes
from handbook.lesson.lessons import ROOT
from handbook.run.records import DISTRIBUTIONS

LIBRARIES = {*DISTRIBUTIONS}  # those that tfnotes requires
LESSON_CODE = sorted([*ROOT.glob("docs/code/*/*.py"), *ROOT.glob("docs/labs/*.py")])
PACKAGE = sorted(ROOT.glob("tfnotes/**/*.py"))
ANY = "_backend", "_renamed"  # any module may import these
MAY_IMPORT = {  # every other module of tfnotes imports none of the rest but those in ANY
    "__init__": {"_version", *tfnotes.__all__},  # on first use
    "__main__": {"command"},
    **{figures: {"labels"} for figures in ("costs", "diagrams", "histograms", "plots")},
    "distribution": {"errors", "training"},
    "examples": {"data", "distribution", "models", "training"},  # a program that uses them all
    "command": {
        "__version__",
        "data",
        "devices",
        "distribution",
        "doctor",
        "errors",
        "models",
        "plots",
        "training",
    },
}
BASE = {"addresses", "browser", "clock", "files", "words"}
PACKAGES = {  # each package of the handbook, and those that it may import
    "lesson": set(),
    "run": {"lesson"},
    "check": {"lesson", "run", "trials"},
    "matrix": {"lesson", "run"},
    "trials": {"lesson", "run"},
    "stage": {"lesson", "run", "matrix", "trials"},
    "new": {"lesson", "stage"},
    "site": {"lesson", "run", "matrix", "stage"},
    "export": {"lesson", "run", "stage"},
}


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: relative import"
            assert node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", LESSON_CODE, ids=lambda p: p.stem)
def test_lesson_imports_only_tfnotes_and_its_libraries(path: Path) -> None:
    for name in imports(path):
        first = name.split(".")[0]
        assert first in LIBRARIES | sys.stdlib_module_names | {"tfnotes"}, name
        assert not any(part.startswith("_") for part in name.split(".")), name


@pytest.mark.parametrize("path", PACKAGE, ids=lambda p: str(p.relative_to(ROOT)))
def test_modules_of_tfnotes_are_independent(path: Path) -> None:
    inner = {n.split(".")[1] for n in imports(path) if n.split(".")[0] == "tfnotes"}
    parts = path.relative_to(ROOT / "tfnotes").parts
    package = "examples" if "examples" in parts else parts[0].removesuffix(".py")
    assert inner - {package, *ANY} <= MAY_IMPORT.get(package, set())
    assert {n.split(".")[0] for n in imports(path)}.isdisjoint({"handbook", "scripts", "tests"})


@pytest.mark.parametrize(
    "path", sorted(ROOT.glob("handbook/**/*.py")), ids=lambda p: str(p.relative_to(ROOT))
)
def test_package_of_the_handbook_imports_only_lower_ones(path: Path) -> None:
    names = [name.split(".") for name in imports(path)]
    assert {first for first, *_ in names}.isdisjoint({"scripts", "tests", "benchmarks"})
    package = path.relative_to(ROOT / "handbook").parts[0].removesuffix(".py")
    found = {parts[1] for parts in names if parts[0] == "handbook"} - {package}
    if package == "__main__":
        assert found <= BASE | PACKAGES.keys()
    elif package in BASE or package == "__init__":
        assert found == set()
    else:
        assert found <= BASE | PACKAGES[package]


def test_importing_tfnotes_imports_nothing_heavy() -> None:
    import subprocess

    code = "import sys, tfnotes; print(sorted({'tensorflow', 'keras', 'numpy'} & {*sys.modules}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
