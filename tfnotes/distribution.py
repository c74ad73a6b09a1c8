"""Start workers that train one model together, on one machine or on many.

``tfnotes.train`` needs no more than a model that was made inside a strategy's scope:

    strategy = tf.distribute.MultiWorkerMirroredStrategy()
    with strategy.scope():
        model = tfnotes.models.mlp()
    tfnotes.train(model, x, y, optimizer="sgd", loss="mse")

What is left to do is to start the workers and tell them of each other: ``TF_CONFIG``.
"""

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

POLL = 0.05  # seconds between two looks at the workers


class WorkerError(RuntimeError):
    """A worker failed or never ended; the message holds the end of what it said."""


def tf_config(workers: Sequence[str], index: int) -> str:
    """The text of ``TF_CONFIG``, which tells a worker who and where all workers are.

    Args:
        workers: ``host:port`` of each, the same list for all.
        index: which of them this one is; worker 0 is the chief, who saves.

    Returns:
        JSON, for the environment of that worker.

    Raises:
        ValueError: there is no worker of that index.

    Examples:
        >>> tf_config(["a:1"], 0)
        '{"cluster": {"worker": ["a:1"]}, "task": {"type": "worker", "index": 0}}'
    """
    if not 0 <= index < len(workers):
        raise ValueError(
            f"expected an index from 0 to {len(workers) - 1}, one for each of the "
            f"workers; got {index}"
        )
    task = {"type": "worker", "index": index}
    return json.dumps({"cluster": {"worker": list(workers)}, "task": task})


def run_workers(
    command: Sequence[str],
    n_workers: int = 2,
    *,
    timeout: float = 600,
    environment: Mapping[str, str] | None = None,
) -> list[str]:
    """Run a program as several workers on this machine, and wait for all of them.

    When one fails, the others are ended too: they would wait for it forever.

    Args:
        command: the program and its arguments, such as ``["train.py"]``; a name that
            ends in ``.py`` is run by this Python.
        n_workers: how many.
        timeout: seconds after which the workers are ended.
        environment: more variables for their environment.

    Returns:
        What each worker printed to standard output.

    Raises:
        WorkerError: a worker failed, or they did not end in time.

    Examples:
        >>> show = "import os; print(os.environ['TF_CONFIG'][-12:-2], end='')"
        >>> run_workers([sys.executable, "-c", show], 2)
        ['"index": 0', '"index": 1']
    """
    full = [sys.executable] * command[0].endswith(".py") + list(command)
    workers = [f"127.0.0.1:{port}" for port in _free_ports(n_workers)]
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        running = [
            stack.enter_context(
                _started(
                    full,
                    {
                        **os.environ,
                        **(environment or {}),
                        "TF_CONFIG": tf_config(workers, index),
                    },
                    folder / str(index),
                )
            )
            for index in range(n_workers)
        ]
        _wait(running, folder, time.monotonic() + timeout)
        return [_read(folder / f"{index}.out") for index in range(n_workers)]


@contextlib.contextmanager
def _started(
    command: list[str], environment: Mapping[str, str], files: Path
) -> Iterator[subprocess.Popen[bytes]]:
    with (
        files.with_suffix(".out").open("wb") as out,
        files.with_suffix(".err").open("wb") as err,
    ):
        # The caller's own program, as subprocess would run it.
        process = subprocess.Popen(command, env=environment, stdout=out, stderr=err)  # noqa: S603
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def _wait(
    running: list[subprocess.Popen[bytes]], folder: Path, deadline: float
) -> None:
    while any(process.poll() is None for process in running):
        failed = [i for i, process in enumerate(running) if process.poll()]
        late = time.monotonic() > deadline
        if failed or late:
            break
        time.sleep(POLL)
    for index, process in enumerate(running):
        if process.poll():
            last = _read(folder / f"{index}.err").strip().splitlines()[-1:]
            raise WorkerError(
                f"worker {index} ended with exit code {process.poll()}: "
                f"{last[0] if last else 'it said nothing'}"
            )
    if any(process.poll() is None for process in running):
        raise WorkerError(
            "expected every worker to end in time; ended them. Look at what worker 0 "
            f"said last: {_read(folder / '0.err')[-500:]}"
        )


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for opened in sockets:
            opened.bind(("127.0.0.1", 0))
        return [opened.getsockname()[1] for opened in sockets]
