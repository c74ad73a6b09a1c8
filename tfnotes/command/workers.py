"""Workers that train together, started from a terminal."""

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
    """Launch workers without what Ray and TensorFlow say on the way.

    Args:
        script: a Python program.
        arguments: for the script.
        workers: how many.
        address: of a Ray cluster, or None.
        restarts: how often all may begin again.
        logs: a folder.

    Returns:
        The paths of the logs.

    Raises:
        WorkerError: a worker failed once more than it may.

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
            failed = error  # the logs tell the rest; what quiet() held back does not
    raise failed
