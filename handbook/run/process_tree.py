"""A process and its descendants, which can be killed together.

A POSIX process group outlives its leader. Windows has no groups, so the children of an ended
process are not found there.
"""

import contextlib
import os
import signal
import sys
from collections.abc import Iterator

import psutil  # type: ignore[import-untyped, unused-ignore]


@contextlib.contextmanager
def silent() -> Iterator[None]:
    """Discard what this process writes to its standard error, also from C++."""
    kept = os.dup(2)
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def start_group() -> None:
    """Make this process the leader of a new process group."""
    if sys.platform != "win32":
        os.setsid()


def tree(pid: int | None) -> list[psutil.Process]:
    """Return a process and its descendants; empty if it has ended."""
    with contextlib.suppress(psutil.Error):
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    return []


def kill(pid: int | None) -> None:
    """Kill a process, its group and its descendants; a process may kill itself this way."""
    if pid is None:  # not started
        return
    found = tree(pid)
    _kill(found[1:])  # includes descendants that left the group
    if sys.platform != "win32":
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)  # works after the leader has ended
    _kill(found[:1])


def _kill(processes: list[psutil.Process]) -> None:
    for process in processes:
        with contextlib.suppress(psutil.Error):
            process.kill()
