"""Refresh on a cluster of Ray, the engine of ``tfnotes launch``: every part is a task.

The tree goes to the workers as an archive and the parts come back, so that the machines
share no folder; what they need is the same Python environment at the same path.
"""

import io
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

from handbook import parts
from handbook.files import zipped
from handbook.lessons import Lesson
from tfnotes.distribution import launching

SHIPPED = ("docs", "handbook", "tfnotes")
FILES = ("conftest.py", "pyproject.toml", "pytest.ini", "requirements.lock", parts.DURATIONS)


class TaskError(RuntimeError):
    """A part ended without a result; the message is the last that it said."""


def refresh(lessons: Sequence[Lesson], of: int, address: str | None = None) -> list[str]:
    """Refresh lessons as so many tasks, and merge what they made.

    Args:
        lessons: lessons of one checkout.
        of: how many parts; the cluster has a processor for each.
        address: of a cluster that runs already, such as ``"auto"``; None runs one on this
            machine.

    Returns:
        The failures, one text each. A lesson that fails keeps its old results.

    Raises:
        ConnectionError: there is no cluster at the address.
        ValueError: it has fewer processors than there are parts.
    """
    root = lessons[0].root
    addresses = [lesson.address for lesson in lessons]
    with launching.cluster(address, of):
        import ray

        tree = ray.put(shipped(root))
        task = ray.remote(_part)
        made = ray.get([task.remote(tree, addresses, n, of) for n in range(1, of + 1)])
    found = [parts.Part.unpacked(data, f"task {n}") for n, data in enumerate(made, 1)]
    parts.merge(root, found)
    return [failure for part in found for failure in part.failures]


def shipped(root: Path) -> bytes:
    """An archive of all that a refresh reads and writes."""
    inside = (p for name in SHIPPED for p in sorted((root / name).rglob("*")))
    paths = [*inside, *(root / name for name in FILES)]
    there = (p for p in paths if p.is_file() and "__pycache__" not in p.parts)
    return zipped((path.relative_to(root).as_posix(), path.read_bytes()) for path in there)


def _part(tree: bytes, addresses: list[str], number: int, of: int) -> bytes:
    """What a task does: one part, in a folder of its own."""
    environment = dict(os.environ)
    environment.pop("OMP_NUM_THREADS", None)  # Ray sets it, and numbers hang on it
    with tempfile.TemporaryDirectory(prefix="part-") as folder:
        root, target = Path(folder, "root"), Path(folder, "part.zip")
        zipfile.ZipFile(io.BytesIO(tree)).extractall(root)
        environment["PYTHONPATH"] = str(root)
        done = subprocess.run(  # noqa: S603
            [
                sys.executable,
                "-m",
                "handbook.parts",
                root,
                str(number),
                str(of),
                target,
                *addresses,
            ],
            cwd=root,
            env=environment,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
        if not target.exists():
            said = done.stderr.strip().rpartition("\n")[2]
            raise TaskError(f"part {number}/{of} ended with code {done.returncode}: {said}")
        return target.read_bytes()
