"""A refresh on a Ray cluster, as ``tfnotes launch`` uses it: every lesson is a task.

The workers receive the checkout as an archive and return the results, so the machines need no
shared folder. They need the same Python environment at the same path.
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
Results = dict[str, bytes]  # the files that a refresh writes, by path relative to the checkout


def run(lessons: Sequence[Lesson], jobs: int, address: str | None = None) -> list[str]:
    """Refresh lessons as tasks; write the results of each as soon as they arrive.

    Args:
        lessons: lessons of one checkout.
        jobs: the minimum number of CPUs of the cluster.
        address: of a running cluster, such as ``"auto"``; None starts one on this machine.

    Returns:
        The failures, one text each. A lesson that fails keeps its old results.

    Raises:
        ConnectionError: there is no cluster at the address.
        ValueError: it has fewer CPUs than ``jobs``.
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
    """Return an archive of all files that a refresh reads and writes."""
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
    """Write the results of a lesson, the record last, so that an interrupted write is stale."""
    record = lesson.relative(lesson.record)
    for name in sorted(results, key=lambda name: (name == record, name)):
        replace(lesson.root / name, results[name])
    for path in lesson.figure_files:
        if lesson.relative(path) not in results:
            path.unlink()


if __name__ == "__main__":
    failures = refresh.run(refresh.chosen(sys.argv[1:], Path.cwd()))
    sys.stdout.write("\n" + json.dumps(failures))  # the last line, for the task
