"""The process of one lesson, which runs the sections that it receives.

On Linux it is forked from a server that has imported TensorFlow but never run an op; after an
op in the server every child would hang.
"""

import ast
import contextlib
import io
import linecache
import logging
import multiprocessing
import os
import sys
import threading
import time
import traceback
import types
import warnings
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt

from handbook.run import draw, process_tree
from handbook.run.figure import Figure
from handbook.run.outcome import READY, Outcome, Request

with process_tree.silent():  # TensorFlow logs its version of oneDNN, and more
    import keras
    import tensorflow as tf

THREADS = int(os.environ.get("TFNOTES_THREADS", "2"))  # bit-identical results per thread count


class _WarningLog(logging.Handler):
    """Collects logged warnings, of TensorFlow, absl and others."""

    def __init__(self, found: list[str]) -> None:
        super().__init__(logging.WARNING)
        self.found = found

    def emit(self, record: logging.LogRecord) -> None:
        if (text := record.getMessage()) not in self.found:
            self.found.append(text)


def main(connection: Connection, folder: str, log: str, seed: int) -> None:
    """Run requests until the connection closes.

    Args:
        connection: receives ``Request`` objects and sends ``Outcome`` objects.
        folder: the lesson's working folder.
        log: the file for output that does not come from ``print``.
        seed: of the random numbers before the lesson sets its own.
    """
    _prepare(folder, log, seed)
    own = os.getpid()
    module = types.ModuleType("__main__")
    sys.modules["__main__"] = module
    found = _watch_warnings()
    connection.send(READY)
    with contextlib.suppress(EOFError):
        while True:
            request: Request = connection.recv()
            module.__file__ = str(request.path)
            outcome = _run(request, module.__dict__, found)
            if os.getpid() != own:  # the lesson forked; only its original process replies
                break
            connection.send(outcome)
    os._exit(0)  # TensorFlow's cleanup takes longer than many lessons


def _prepare(folder: str, log: str, seed: int) -> None:
    with Path(log).open("wb") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    process_tree.start_group()
    threading.Thread(target=_exit_with_parent, daemon=True).start()
    os.chdir(folder)
    tf.config.set_visible_devices([], "GPU")
    tf.config.threading.set_intra_op_parallelism_threads(THREADS)
    tf.config.threading.set_inter_op_parallelism_threads(THREADS)
    keras.utils.set_random_seed(seed)
    draw.use_style()


def _exit_with_parent() -> None:
    """Kill this process tree when the runner ends, since a killed runner enforces no time limit."""
    if parent := multiprocessing.parent_process():
        parent.join()
        process_tree.kill(os.getpid())


def _watch_warnings() -> list[str]:
    """Collect every warning that a user would see, repeated ones included."""
    found: list[str] = []

    def collect(
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        *_: Any,
    ) -> None:
        found.append(f"{category.__name__}: {message} ({filename}:{lineno})")

    warnings.resetwarnings()
    warnings.simplefilter("always")
    for category in (
        DeprecationWarning,
        PendingDeprecationWarning,
        ImportWarning,
        ResourceWarning,
    ):
        warnings.filterwarnings("ignore", category=category)
    warnings.filterwarnings("always", category=DeprecationWarning, module="__main__")
    warnings.showwarning = collect  # type: ignore[assignment]
    for name in (None, "absl", "tensorflow"):
        logging.getLogger(name).addHandler(_WarningLog(found))
    return found


def _run(request: Request, namespace: dict[str, Any], found: list[str]) -> Outcome:
    outcome = Outcome()
    shown: list[Figure] = []
    namespace["__warningregistry__"] = {}

    def show(*_: Any, **__: Any) -> None:
        shown.extend(draw.draw(plt.figure(number)) for number in plt.get_fignums())
        plt.close("all")

    plt.show = show
    linecache.checkcache(str(request.path))  # AutoGraph reads the source again
    start = time.perf_counter()
    try:
        for statement in _statements(request):
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed):
                exec(compile(statement, request.path, "exec", dont_inherit=True), namespace)
            if printed.closed:
                raise RuntimeError("a lesson must leave sys.stdout open")
            last = statement.body[-1].end_lineno or 0
            outcome.printed[last - request.first_line + 1] = printed.getvalue()
    except BaseException as error:  # SystemExit too: the lesson must not end its process
        outcome.problems.append(_report(error))
    outcome.seconds = time.perf_counter() - start
    outcome.problems += _figure_problems(len(shown), len(plt.get_fignums()))
    outcome.problems += _unexpected_warnings(found, "".join(outcome.printed.values()))
    found.clear()
    plt.close("all")
    outcome.figure = shown[0] if shown else None
    return outcome


def _statements(request: Request) -> Iterator[ast.Module]:
    """Yield the section's top-level statements, with their line numbers in the file."""
    tree = ast.parse(request.code, filename=str(request.path))
    ast.increment_lineno(tree, request.first_line - 1)
    for statement in tree.body:
        yield ast.Module([statement], type_ignores=[])


def _unexpected_warnings(found: list[str], printed: str) -> Iterator[str]:
    """Yield the warnings whose first line the lesson does not print."""
    printed = " ".join(printed.split())
    for warning in found:
        if " ".join(warning.strip().splitlines()[:1]) not in printed:
            yield f"a warning that the lesson does not show: {warning}"


def _figure_problems(shown: int, unshown: int) -> Iterator[str]:
    if shown > 1:
        yield f"expected at most one figure from a section, got {shown}; split the section"
    if unshown:
        yield "a figure is drawn but not shown; end the section with plt.show()"


def _report(error: BaseException) -> str:
    trace = traceback.TracebackException.from_exception(error)
    own = [f for f in trace.stack if f.filename != __file__]
    trace.stack = traceback.StackSummary.from_list(own)
    return "".join(trace.format()).rstrip()
