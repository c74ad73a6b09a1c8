"""The package itself: its public names, loaded on first use."""

import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

import tfnotes

HERE = Path(tfnotes.__file__).parent
MODULES = sorted(
    path.stem
    for path in HERE.iterdir()
    if not path.name.startswith("_") and (path.suffix == ".py" or (path / "__init__.py").exists())
)


def run(code: str) -> list[str]:
    """Run code in a fresh Python, which shows what an import does; return the printed lines."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def test_public_names_are_two_functions_the_version_and_the_modules() -> None:
    assert tfnotes.__all__ == sorted(["__version__", "evaluate", "train", *MODULES])
    assert dir(tfnotes) == tfnotes.__all__


def test_import_loads_nothing_else_and_leaves_the_import_system_alone() -> None:
    code = (
        "import builtins, sys\n"
        "finders, hook, before = [*sys.meta_path], builtins.__import__, {*sys.modules}\n"
        "import tfnotes; dir(tfnotes)\n"
        "new = {name.split('.')[0] for name in {*sys.modules} - before}\n"
        "print(sorted(new - sys.stdlib_module_names))\n"
        "print(sys.meta_path == finders, builtins.__import__ is hook)\n"
        "print(sorted(name for name in sys.modules if name.startswith('tfnotes.')))"
    )
    assert run(code) == ["['tfnotes']", "True True", "['tfnotes._version']"]


def test_modules_and_functions_are_loaded_on_first_use() -> None:
    code = (
        "import sys, tfnotes\n"
        "print(tfnotes.data.names()[0], 'tensorflow' in sys.modules)\n"
        "print(tfnotes.costs.layer_costs.__name__, tfnotes.train.__module__.split('.')[1])\n"
        "print(tfnotes.evaluate is tfnotes.training.evaluate)"
    )
    assert run(code) == ["fashion_mnist_6k False", "layer_costs training", "True"]


def test_star_import_gives_exactly_the_public_names() -> None:
    code = (
        "before = {*globals()} | {'before'}\n"
        "from tfnotes import *\n"
        "print(sorted({*globals()} - before))"
    )
    assert run(code) == [str(tfnotes.__all__)]


@pytest.mark.parametrize("name", ["trian", "_scratch", "os", "datasets"])
def test_unknown_name_raises_as_usual(name: str) -> None:
    with pytest.raises(AttributeError, match=f"^module 'tfnotes' has no attribute '{name}'$"):
        getattr(tfnotes, name)


@pytest.mark.parametrize("name", MODULES)
def test_every_module_lists_its_public_names(name: str) -> None:
    module = importlib.import_module(f"tfnotes.{name}")
    assert len({*module.__all__}) == len(module.__all__) > 0
    for public in module.__all__:
        value = getattr(module, public)
        assert not public.startswith("_")
        assert value.__doc__ != type(value).__doc__ or public.isupper(), public


def test_type_checkers_know_the_names(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "import tfnotes\n"
        "reveal_type(tfnotes.data.names)\n"
        "tfnotes.train.lod\n"
        "tfnotes.lod\n"
        "tfnotes.data.lod\n"
        "tfnotes.models.lenet((28, 28, 1), n_classes=10)\n",
        encoding="utf-8",
    )
    root = HERE.parent
    done = subprocess.run(
        [sys.executable, "-m", "mypy", program, "--config-file", root / "pyproject.toml"],
        env=os.environ | {"MYPYPATH": str(root)},
        capture_output=True,
        text=True,
    )
    said = [line.split(":", 1)[1] for line in done.stdout.splitlines() if "error:" in line]
    assert [line.split(":")[0] for line in said] == ["3", "4", "5", "6"], said
    assert 'Module has no attribute "lod"' in said[1]
    assert 'Unexpected keyword argument "n_classes" for "lenet"' in said[3]
    assert 'Revealed type is "def (at_hand: bool | None =)' in done.stdout
