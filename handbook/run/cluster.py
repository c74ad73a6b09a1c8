"""Refresh on a Ray cluster, the engine of ``tfnotes launch``: every lesson is a task.

The tree goes to the workers as an archive and the results come back, so the machines
share no folder. They need the same Python environment at the same path.
"""

import io
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

from handbook.files import read_tree, replace, zipped
from handbook.lesson.lessons import Lesson
from handbook.run import refresh
from tfnotes.distribution import launching

SHIPPED = (
    *("docs", "handbook", "tfnotes"),
    *("conftest.py", "pyproject.toml", "pytest.ini", "requirements.lock"),
)
Results = dict[str, bytes]  # what a refresh writes for a lesson, by path from the root


def run(lessons: Sequence[Lesson], jobs: int, address: str | None = None) -> list[str]:
    """Refresh lessons as tasks; write the results of each as soon as they are back.

    Args:
        lessons: lessons of one checkout.
        jobs: how many processors the cluster needs at least.
        address: of a running cluster, such as ``"auto"``; None starts one on this machine.

    Returns:
        The failures, one text each. A lesson that fails keeps its old results.

    Raises:
        ConnectionError: there is no cluster at the address.
        ValueError: it has fewer processors than ``jobs``.
    """
    failures = []
    with launching.cluster(address, jobs):
        import ray

        tree = ray.put(shipped(lessons[0].root))
        task = ray.remote(_refreshed)
        tasks = [task.remote(tree, lesson.address) for lesson in lessons]
        for lesson, result in zip(lessons, tasks, strict=True):
            found, results = ray.get(result)
            failures += found
            if not found:
                _write(lesson, results)
    return failures


def shipped(root: Path) -> bytes:
    """An archive of all that a refresh reads and writes."""
    return zipped(read_tree(root, SHIPPED))


def _refreshed(tree: bytes, address: str) -> tuple[list[str], Results]:
    """Refresh one lesson in a separate folder; return the failures and the results."""
    environment = dict(os.environ)
    environment.pop("OMP_NUM_THREADS", None)  # Ray sets it, and numbers depend on it
    with tempfile.TemporaryDirectory(prefix="lesson-") as folder:
        root = Path(folder)
        zipfile.ZipFile(io.BytesIO(tree)).extractall(root)
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-m", "handbook.run.cluster", address],
            cwd=root,
            env=environment | {"PYTHONPATH": folder},
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
        if done.returncode:
            last = done.stderr.strip().rpartition("\n")[2]
            return [f"{address}: its process ended with code {done.returncode}: {last}"], {}
        lesson = Lesson(root, address)
        files = (lesson.code, *lesson.figure_files, lesson.record)
        results = {lesson.relative(path): path.read_bytes() for path in files if path.exists()}
        return json.loads(done.stdout.rpartition("\n")[2]), results


def _write(lesson: Lesson, results: Results) -> None:
    """Write the results of a lesson, the record last: until then the lesson is stale."""
    record = lesson.relative(lesson.record)
    for name in sorted(results, key=lambda name: (name == record, name)):
        replace(lesson.root / name, results[name])
    for path in lesson.figure_files:
        if lesson.relative(path) not in results:
            path.unlink()


if __name__ == "__main__":
    failures = refresh.run(refresh.chosen(sys.argv[1:], Path.cwd()))
    sys.stdout.write("\n" + json.dumps(failures))  # the last line, for the task
