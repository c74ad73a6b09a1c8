"""Start workers that train together from a terminal."""

from collections.abc import Sequence
from pathlib import Path

from tfnotes.command.terminal import quiet
from tfnotes.distribution import WorkerError, launch


def run(
    script: Path,
    arguments: Sequence[str],
    workers: int,
    address: str | None,
    restarts: int,
    logs: Path,
) -> list[Path]:
    """Launch workers without the output of Ray and TensorFlow.

    Args:
        script: a Python program.
        arguments: arguments of the script.
        workers: number of workers.
        address: address of a Ray cluster, or None.
        restarts: maximum number of restarts.
        logs: the log folder.

    Returns:
        The paths of the logs.

    Raises:
        WorkerError: a worker failed more than ``restarts`` times.

    Examples:
        >>> run(Path("none.py"), [], 2, None, 0, Path("logs"))
        Traceback (most recent call last):
        FileNotFoundError: expected a script at none.py, found no such file...
    """
    with quiet():
        try:
            return launch(
                script,
                arguments,
                workers,
                address=address,
                restarts=restarts,
                logs=logs,
            )
        except (WorkerError, KeyboardInterrupt) as error:
            failed = error  # the logs hold the details, so drop what quiet() held back
    raise failed
