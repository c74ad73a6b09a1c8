"""The cost of a command: wall time, CPU time and memory of all its processes."""

import ctypes
import os
import resource
import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped, unused-ignore]

ADOPT_ORPHANS = 36  # PR_SET_CHILD_SUBREAPER of Linux, to count the time of a fork server
INTERVAL = 0.2  # seconds between two samples of the memory


@dataclass(frozen=True)
class Usage:
    """The cost of a command.

    Attributes:
        wall: wall time in seconds.
        cpu: CPU seconds of all processes together.
        memory: peak bytes; a page that processes share counts once.
    """

    wall: float
    cpu: float
    memory: int

    def __str__(self) -> str:
        """Return the costs as the text of a table cell."""
        return f"{self.wall:.1f} s, {self.cpu:.1f} s, {self.memory / 2**20:.0f} MiB"


class CommandError(RuntimeError):
    """A measured command failed; the message holds the end of its output."""


def measured(command: Sequence[str], folder: Path, environment: dict[str, str]) -> Usage:
    """Run a command and measure its process tree.

    Raises:
        CommandError: it failed.
    """
    ctypes.CDLL(None).prctl(ADOPT_ORPHANS, 1)
    before, peak, over = _cpu(), [0], threading.Event()
    watch = threading.Thread(target=_watch, args=(peak, over))
    watch.start()
    start = time.perf_counter()
    done = subprocess.run(
        command,
        cwd=folder,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    wall = time.perf_counter() - start
    over.set()
    watch.join()
    _wait_for_orphans()
    if done.returncode:
        raise CommandError(f"{' '.join(command)} failed:\n{done.stdout[-3000:]}")
    return Usage(wall, _cpu() - before, peak[0])


def median(work: Callable[[], Usage], runs: int) -> Usage:
    """Return the median of each cost."""
    found = [work() for _ in range(runs)]
    return Usage(
        statistics.median(u.wall for u in found),
        statistics.median(u.cpu for u in found),
        int(statistics.median(u.memory for u in found)),
    )


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _watch(peak: list[int], over: threading.Event) -> None:
    while not over.wait(INTERVAL):
        peak[0] = max(peak[0], sum(map(_memory, psutil.Process().children(recursive=True))))


def _memory(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except psutil.Error:  # it has ended
        return 0


def _wait_for_orphans() -> None:
    """Wait for processes that briefly outlive the command, such as a fork server."""
    for process in psutil.Process().children():
        try:
            os.waitpid(process.pid, 0)
        except ChildProcessError:
            continue
