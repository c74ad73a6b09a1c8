"""The runner of lessons, each in its own process, on Linux forked from one warm server.

The server is Python's fork server. It imports TensorFlow, Keras and Matplotlib before its first
fork, so a lesson starts within one second instead of four. On other systems each process
imports them itself: Windows has no fork, and on macOS a process that is forked after system
libraries have started threads may crash.
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

METHOD = "TFNOTES_START"  # the environment variable that selects the start method
START_TIMEOUT = 300.0  # seconds to import TensorFlow: 4 warm, 97 seen from a cold disk
SEED = 0
INTERVAL = 0.5  # seconds between two checks of a running process
NOISE = re.compile(r"[IWE]\d{4} |WARNING: All log messages before absl")  # TensorFlow's startup log


@functools.cache
def server() -> SpawnContext:
    """Return the multiprocessing context of the lessons; a warm server lives as long as we do.

    ``TFNOTES_START`` overrides the start method, so that Linux can test that of Windows and
    macOS.
    """
    method = os.environ.get(METHOD, "forkserver" if sys.platform == "linux" else "spawn")
    context = multiprocessing.get_context(method)
    if method == "forkserver":
        context.set_forkserver_preload(["handbook.run.child"])
    return cast(SpawnContext, context)  # every context has its methods


class LessonProcess:
    """The process of one lesson, a context manager.

    Args:
        lesson: the lesson whose sections it runs.
        time_factor: multiplies its time limit.
        seed: of the random numbers before the lesson sets its own.

    Raises:
        LessonError: the process does not start in time.
    """

    def __init__(self, lesson: Lesson, time_factor: float = 1.0, seed: int = SEED) -> None:
        self.lesson = lesson
        self.folder = tempfile.TemporaryDirectory(prefix="lesson-", ignore_cleanup_errors=True)
        self.log = Path(self.folder.name).with_suffix(".log")
        ours, theirs = server().Pipe()
        self.connection = ours
        self.limit = self.left = lesson.settings.time_limit * time_factor
        self.process = server().Process(
            target=_child,
            args=(theirs, self.folder.name, str(self.log), seed),
        )
        self.process.start()
        theirs.close()
        if not ours.poll(START_TIMEOUT) or ours.recv() != READY:
            self.close()
            raise LessonError(
                f"the lesson's process was not ready after {START_TIMEOUT:g} s; run it again"
            )

    def run(self, section: Section) -> Outcome:
        """Run one section, in the state that earlier sections left.

        Args:
            section: a section of the lesson's code.

        Returns:
            The output, figure and problems of the section.

        Raises:
            LessonError: the time limit is exceeded, or the process has ended.
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
        """Raise if the process has ended or exceeded its time limit."""
        if not self.process.is_alive():
            raise EOFError  # a child of the process may still hold the connection open
        if time.monotonic() >= end:
            raise LessonError(
                f"it exceeded the lesson's time limit of {self.limit:g} s; "
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
        """Kill the process tree and remove the working folder."""
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
    from handbook.run import child  # the server has imported it; the parent never does

    child.main(*args)  # type: ignore[arg-type]
