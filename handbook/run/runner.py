"""Runs lessons, each in its own process, on Linux forked from one warm server.

The server is Python's own fork server, with TensorFlow, Keras and Matplotlib imported
before its first fork: a lesson then starts within a second instead of within four.
Elsewhere each process imports them itself: Windows has no fork, and on macOS a process
that is forked after the system's libraries have started may crash.
"""

import functools
import multiprocessing
import os
import re
import sys
import tempfile
import time
from multiprocessing.context import SpawnContext
from pathlib import Path
from types import TracebackType
from typing import Self, cast

from handbook.lesson.lessons import Lesson, LessonError
from handbook.lesson.sections import Section
from handbook.run import process_tree
from handbook.run.outcome import READY, Outcome, Request

METHOD = "TFNOTES_START"  # the variable that chooses how processes start
START_TIMEOUT = 300.0  # seconds to import TensorFlow: 4 warm, 97 seen from a cold disk
INTERVAL = 0.5  # seconds between two checks of a running process
NOISE = re.compile(r"[IWE]\d{4} |WARNING: All log messages before absl")  # of TensorFlow's start


@functools.cache
def server() -> SpawnContext:
    """What starts the processes of lessons; a warm server lives as long as we do.

    ``TFNOTES_START`` chooses another start method than that of the system, so that the one
    of Windows and macOS runs on Linux too.
    """
    method = os.environ.get(METHOD, "forkserver" if sys.platform == "linux" else "spawn")
    context = multiprocessing.get_context(method)
    if method == "forkserver":
        context.set_forkserver_preload(["handbook.run.child"])
    return cast(SpawnContext, context)  # every context has its methods


class LessonProcess:
    """The process of one lesson. Use it in a ``with`` statement.

    Args:
        lesson: the lesson whose sections it will run.
        time_factor: multiplies its time limit.

    Raises:
        LessonError: from ``run``, when a section does not come back.
    """

    def __init__(self, lesson: Lesson, time_factor: float = 1.0) -> None:
        self.lesson = lesson
        self.folder = tempfile.TemporaryDirectory(prefix="lesson-", ignore_cleanup_errors=True)
        self.log = Path(self.folder.name).with_suffix(".log")
        ours, theirs = server().Pipe()
        self.connection = ours
        self.limit = self.left = lesson.settings.time_limit * time_factor
        self.process = server().Process(
            target=_child,
            args=(theirs, self.folder.name, str(self.log)),
        )
        self.process.start()
        theirs.close()
        if not ours.poll(START_TIMEOUT) or ours.recv() != READY:
            self.close()
            raise LessonError(f"the lesson's process was not ready in {START_TIMEOUT:g} s")

    def run(self, section: Section) -> Outcome:
        """Run one section, after the sections run before it.

        Args:
            section: a section of the lesson's code; its result lines are not run.

        Returns:
            What the section printed, drew and warned of.

        Raises:
            LessonError: the time limit is passed, or the process has ended.
        """
        request = Request(self.lesson.code, section.first_line, section.text)
        try:
            self.connection.send(request)
            end = time.monotonic() + self.left
            while not self.connection.poll(min(INTERVAL, max(0.0, end - time.monotonic()))):
                self._check(end)
            outcome: Outcome = self.connection.recv()
        except (EOFError, ConnectionError) as error:
            raise LessonError(self._died()) from error
        self.left -= outcome.seconds
        return outcome

    def _check(self, end: float) -> None:
        """Raise if the process has ended or its time is over."""
        if not self.process.is_alive():
            raise EOFError  # where one that it started still holds the connection
        if time.monotonic() >= end:
            raise LessonError(
                f"it was still running when the lesson's {self.limit:g} s were over; "
                "make it faster or set time_limit in its front matter"
            )

    def _died(self) -> str:
        self.process.join(5)
        lines = self.log.read_bytes()[-2000:].decode(errors="replace").splitlines()
        tail = [line.strip() for line in lines if not NOISE.match(line)][-5:]
        return (
            f"it ended the lesson's process (exit code {self.process.exitcode}); a lesson must "
            f"return from every section{'; it wrote last: ' * bool(tail)}{' | '.join(tail)}"
        )

    def close(self) -> None:
        """End the process and all that it started, and remove its folder."""
        process_tree.kill(self.process.pid)
        self.connection.close()
        self.process.join()
        self.process.close()
        self.folder.cleanup()
        self.log.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _child(*args: object) -> None:
    from handbook.run import child  # imported by the server already; never by the parent

    child.main(*args)  # type: ignore[arg-type]
