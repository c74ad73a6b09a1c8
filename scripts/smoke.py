"""Install built archives of tfnotes in clean environments, and test each.

It needs only the standard library, so any supported Python can run it.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

MODULES = (
    "costs data devices diagrams distribution doctor errors histograms labels models plots scratch"
)
IMPORTS = f"""\
import importlib, tfnotes
for name in {MODULES.split()}:
    importlib.import_module("tfnotes." + name)
print(tfnotes.__version__, tfnotes.__file__)
"""
STEPS = (
    ("python", "-c", IMPORTS),
    ("tfnotes", "devices"),
    ("tfnotes", "train", "mlp", "--epochs", "1"),
)


class SmokeError(RuntimeError):
    """An archive does not install, or a step fails; the message names the command."""


def main() -> int:
    """Test each archive; return 1 at the first failure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("archives", nargs="+", type=Path, help="such as dist/*")
    try:
        for archive in parser.parse_args().archives:
            with tempfile.TemporaryDirectory() as folder:
                use(install(archive.resolve(), Path(folder, "venv")), Path(folder))
            print(f"{archive.name}: installed and tested with Python {sys.version.split()[0]}")
    except SmokeError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def install(archive: Path, folder: Path) -> Path:
    """Install an archive in a new environment and return its Python."""
    venv.create(folder, with_pip=True, symlinks=os.name != "nt")
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    _run([str(python), "-m", "pip", "install", "--quiet", str(archive)], folder)
    _run([str(python), "-m", "pip", "check"], folder)
    return python


def use(python: Path, folder: Path) -> Path:
    """Import the package and train a model.

    Args:
        python: the Python of an environment with ``tfnotes``.
        folder: the working folder; it must not contain ``tfnotes``.

    Returns:
        The trained model's file.

    Raises:
        SmokeError: a step fails, or writes no model.
    """
    for step in STEPS:
        _run([str(python.with_name(step[0])), *step[1:]], folder)
    model = folder / "runs/mlp/model.keras"
    if not model.exists():
        raise SmokeError(f"expected the model in {model}, found none; run the last step there")
    return model


def _run(command: list[str], folder: Path) -> None:
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    done = subprocess.run(  # noqa: S603
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        output = (done.stdout + done.stderr).strip()
        raise SmokeError(f"{' '.join(command)} ended with code {done.returncode}:\n{output}")


if __name__ == "__main__":
    sys.exit(main())
