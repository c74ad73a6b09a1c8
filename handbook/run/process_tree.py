"""A process with all that it starts, so that it can be watched and ended as a whole.

POSIX has process groups, which outlive the process that leads them. Windows has none: what
an ended process has left there is not found.
"""

import contextlib
import os
import signal
import sys

import psutil  # type: ignore[import-untyped, unused-ignore]


def start_group() -> None:
    """Make this process the leader of a group, to which all that it starts will belong."""
    if sys.platform != "win32":
        os.setsid()


def tree(pid: int | None) -> list[psutil.Process]:
    """A process and all that it has started; nothing where it has ended."""
    with contextlib.suppress(psutil.Error):
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    return []


def kill(pid: int | None) -> None:
    """End a process, its group and all that it has started; a process may end itself so."""
    if pid is None:  # it has not been started
        return
    found = tree(pid)
    _kill(found[1:])  # also those that left its group
    if sys.platform != "win32":
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)  # also where the process has ended
    _kill(found[:1])


def _kill(processes: list[psutil.Process]) -> None:
    for process in processes:
        with contextlib.suppress(psutil.Error):
            process.kill()
