"""Shared by the tests of the book: refreshes in separate processes, and waiting for them."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from handbook.lesson.lessons import Lesson

TIMEOUT = 300  # seconds
REFRESH = """\
import json; from pathlib import Path; from handbook.run import refresh
failures = refresh.run(refresh.chosen([], Path.cwd()))
Path("failures.json").write_text(json.dumps(failures))
"""
SERVE = """\
import json, os, sys
from pathlib import Path
from handbook.run import refresh

for line in sys.stdin:
    root, address = json.loads(line)
    os.chdir(root)
    print(json.dumps(refresh.run(refresh.chosen([address], Path(root)))), flush=True)
"""


class Refresher:
    """A process that refreshes lessons one after another, as ``make serve`` does.

    It imports TensorFlow once. Its date is 2023-11-14.
    """

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVE],
            env=os.environ | {"SOURCE_DATE_EPOCH": "1700000000"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __call__(self, lesson: Lesson) -> list[str]:
        """Refresh a lesson; return the failures."""
        assert self.process.stdin
        assert self.process.stdout
        print(json.dumps([str(lesson.root), lesson.address]), file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline()
        assert answer, "the process ended; its stderr says why"
        failures: list[str] = json.loads(answer)
        return failures


@pytest.fixture(scope="session")
def run() -> Iterator[Callable[[Lesson], list[str]]]:
    """Refresh a lesson in a separate process, which all tests share."""
    refresher = Refresher()
    with refresher.process as process:
        yield refresher
        process.communicate()


def tree(root: Path) -> dict[str, bytes]:
    """Every file under ``docs``, by its path."""
    docs = root / "docs"
    return {str(p.relative_to(docs)): p.read_bytes() for p in docs.rglob("*") if p.is_file()}


def ended(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


def wait_for(condition: Callable[[], Any]) -> None:
    end = time.monotonic() + TIMEOUT
    while not condition():
        assert time.monotonic() < end, f"timed out after {TIMEOUT} s"
        time.sleep(0.05)
