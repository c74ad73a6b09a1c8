"""Runs lessons, each in a process of its own, forked from one warm server.

The server is Python's own fork server, with TensorFlow, Keras and Matplotlib imported
before its first fork: a lesson then starts within a second instead of within four.
"""

import functools
import multiprocessing
import tempfile
from multiprocessing.context import ForkServerContext
from pathlib import Path
from types import TracebackType
from typing import Self

from handbook.lessons import Lesson
from handbook.outcome import READY, Outcome, Request
from handbook.sections import Section

START_LIMIT = 300.0  # seconds to import TensorFlow: 4 warm, 97 seen from a cold disk


class LessonError(Exception):
    """A lesson could not be run to its end; the message says where and why."""


@functools.cache
def server() -> ForkServerContext:
    """The warm server that every lesson is forked from; it lives as long as we do."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["handbook.child"])
    return context


class LessonProcess:
    """The process of one lesson. Use it in a ``with`` statement.

    Args:
        lesson: the lesson whose sections it will run.

    Raises:
        LessonError: from ``run``, when a section does not come back.
    """

    def __init__(self, lesson: Lesson) -> None:
        self.lesson = lesson
        self.folder = tempfile.TemporaryDirectory(prefix="lesson-")
        self.log = Path(self.folder.name).with_suffix(".log")
        ours, theirs = server().Pipe()
        self.connection = ours
        self.left = lesson.settings.time_limit
        self.process = server().Process(
            target=_child,
            args=(theirs, self.folder.name, str(self.log)),
        )
        self.process.start()
        theirs.close()
        if not ours.poll(START_LIMIT) or ours.recv() != READY:
            self.close()
            raise LessonError(f"{lesson.address}: its process was not ready in {START_LIMIT:g} s")

    def run(self, section: Section) -> Outcome:
        """Run one section, after the sections run before it.

        Args:
            section: a section of the lesson's code; its result lines are not run.

        Returns:
            What the section printed, drew and warned of.

        Raises:
            LessonError: the time limit is over, or the process has ended.
        """
        request = Request(self.lesson.code, section.first_line, section.text)
        try:
            self.connection.send(request)
            if not self.connection.poll(self.left):
                raise LessonError(self._too_slow(section))
            outcome: Outcome = self.connection.recv()
        except (EOFError, ConnectionError) as error:
            raise LessonError(self._died(section)) from error
        self.left -= outcome.seconds
        return outcome

    def _too_slow(self, section: Section) -> str:
        limit = self.lesson.settings.time_limit
        return (
            f"{self.lesson.address}: section {section.name!r} was still running when the "
            f"lesson's {limit:g} s were over; make it faster or set time_limit in its front matter"
        )

    def _died(self, section: Section) -> str:
        self.process.join(5)
        tail = self.log.read_text(errors="replace").splitlines()[-5:]
        said = "\n".join(["", *tail])
        return (
            f"{self.lesson.address}: section {section.name!r} ended the lesson's process "
            f"(exit code {self.process.exitcode}); a lesson must return from every section{said}"
        )

    def close(self) -> None:
        """End the process, whatever it does, and remove its folder."""
        self.connection.close()
        self.process.join(1)
        if self.process.is_alive():
            self.process.kill()
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
    from handbook import child  # imported by the server already; never by the parent

    child.main(*args)  # type: ignore[arg-type]
