"""Run a script as several workers; Ray starts, watches and restarts them."""

import contextlib
import logging
import os
import runpy
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tfnotes.errors import first_line

PATIENCE = 600  # seconds that workers may take to start
Work = dict[str, Any]  # what a worker is told: script, arguments, folder, logs


class WorkerError(RuntimeError):
    """A worker failed as often as it may; the message names it, and its log.

    Args:
        message: what happened.
        when: seconds since the epoch; 0 for a worker that died without a word.
    """

    def __init__(self, message: str, when: float = 0) -> None:
        super().__init__(message, when)  # both, so that Ray can send them
        self.when = when

    def __str__(self) -> str:
        """The message alone."""
        return str(self.args[0])


def launch(
    script: Path | str,
    arguments: Sequence[str] = (),
    n_workers: int = 2,
    *,
    address: str | None = None,
    restarts: int = 0,
    logs: Path | str = "logs",
) -> list[Path]:
    """Run a script as several workers of ``MultiWorkerMirroredStrategy``.

    When a worker fails, Ray ends the others, who would wait for it forever, and starts
    all of them anew. A script that passes ``checkpoint=`` to ``tfnotes.train`` goes on
    where it was.

    Args:
        script: a Python program; it stands at this path on every machine.
        arguments: for the script.
        n_workers: how many; each gets a GPU where there is one for all of them.
        address: of a Ray cluster that runs already, such as ``"auto"``; None runs one
            on this machine until the workers end.
        restarts: how often all workers may be started anew.
        logs: a folder for what each worker says, ``worker-0.log`` and so on, and for
            ``failures.log``, a line for each failure; files that are there grow.

    Returns:
        The paths of the logs.

    Raises:
        ConnectionError: there is no cluster at the address, or it wants a token.
        FileNotFoundError: there is no such script.
        ImportError: Ray is not installed.
        ValueError: there are more workers than the cluster has processors for.
        WorkerError: a worker failed once more than ``restarts``.

    Examples:
        >>> launch("none.py")
        Traceback (most recent call last):
        FileNotFoundError: expected a script at none.py, found no such file; ...
    """
    if not Path(script).is_file():
        raise FileNotFoundError(
            f"expected a script at {script}, found no such file; check the path"
        )
    work: Work = {
        "script": str(Path(script).resolve()),
        "arguments": list(arguments),
        "folder": str(Path.cwd()),
        "logs": str(Path(logs).resolve()),
    }
    paths = [Path(work["logs"]) / f"worker-{i}.log" for i in range(n_workers)]
    # In the main thread Ray takes Ctrl-C for itself, and then ends Python in silence.
    with ThreadPoolExecutor(1) as thread, cluster(address, n_workers):
        from ray.train import WorkerGroupError

        with _scratch(work["logs"]) as scratch:
            trainer = _trainer(work, n_workers, restarts, scratch)
            try:
                with contextlib.redirect_stdout(sys.stderr):  # what Ray has to say
                    thread.submit(trainer.fit).result()
            except WorkerGroupError as error:
                worker, text = first_failure(error.worker_failures)
                raise WorkerError(
                    f"worker {worker} {text}; read {paths[worker]}"
                ) from error
    return paths


def first_failure(failures: Mapping[int, BaseException]) -> tuple[int, str]:
    """The worker that failed first, and how: the others fail because of it.

    Args:
        failures: what Ray saw, by worker.

    Returns:
        Its index, and words to go behind it.

    Examples:
        >>> late = WorkerError("failed: lost", when=9.5)
        >>> first_failure({0: late, 1: WorkerError("failed: dry", when=9.1)})
        (1, 'failed: dry')
    """
    worker, error = min(failures.items(), key=lambda f: getattr(f[1], "when", 0.0))
    if isinstance(error, WorkerError):
        return worker, str(error)
    return worker, "died (killed, or out of memory)"


@contextlib.contextmanager
def cluster(address: str | None, n_workers: int) -> Iterator[None]:
    """Join a Ray cluster, or run one of our own, until the block ends.

    Args:
        address: of a cluster that runs already, such as ``"auto"``; None runs one on
            this machine.
        n_workers: how many processors are wanted.

    Raises:
        ConnectionError: there is no cluster at the address, or it wants a token.
        ImportError: Ray is not installed.
        ValueError: the cluster has fewer processors.

    Examples:
        >>> import ray
        >>> with cluster(None, n_workers=2):
        ...     ray.cluster_resources()["CPU"]
        2.0
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # ask nobody, tell nobody
    os.environ.setdefault("RAY_TRAIN_ENABLE_PRINT_PATCH", "0")  # it doubles each line
    os.environ.setdefault("RAY_worker_niceness", "0")  # or all else goes first
    os.environ.setdefault("RAY_TRAIN_WORKER_GROUP_START_TIMEOUT_S", str(PATIENCE))
    try:
        import ray
    except ImportError as error:
        raise ImportError(
            "expected Ray, which starts the workers, found none; install it with "
            "pip install 'ray[train]'"
        ) from error
    ours: dict[str, Any] = {"num_cpus": n_workers, "include_dashboard": False}
    try:
        ray.init(
            address=address or "local",
            log_to_driver=False,
            logging_level=logging.ERROR,
            **({} if address else ours),
        )
    except ConnectionError as error:
        raise ConnectionError(
            f"expected a Ray cluster at {address}, could not join one; start it with "
            "`ray start --head`, and set RAY_AUTH_MODE=token here if it wants a token"
        ) from error
    try:
        if (processors := _resources().get("CPU", 0)) < n_workers:
            raise ValueError(
                f"expected at most {processors:.0f} workers, one for each processor of "
                f"the cluster at {address}; got {n_workers}"
            )
        yield
    finally:
        ray.shutdown()


def _resources() -> dict[str, float]:
    import ray

    return ray.cluster_resources()  # type: ignore[no-untyped-call, no-any-return]


@contextlib.contextmanager
def _scratch(folder: str) -> Iterator[Path]:
    """A folder for what Ray notes down about a run; nobody reads it afterwards."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix="ray-", dir=folder))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _trainer(work: Work, n_workers: int, restarts: int, scratch: Path) -> Any:
    from ray import train
    from ray.train.tensorflow import TensorflowTrainer

    gpus = _resources().get("GPU", 0)
    return TensorflowTrainer(
        _work,
        train_loop_config=work,
        scaling_config=train.ScalingConfig(
            num_workers=n_workers, use_gpu=gpus >= n_workers
        ),
        run_config=train.RunConfig(
            name=scratch.name,
            storage_path=str(scratch.parent),
            failure_config=train.FailureConfig(max_failures=restarts),
            callbacks=[_diary(Path(work["logs"]) / "failures.log")],
        ),
    )


def _diary(path: Path) -> Any:
    """Write down every failure, those too that the workers survive."""
    from ray.train import UserCallback

    class Diary(UserCallback):  # type: ignore[misc, unused-ignore]
        def after_exception(
            self, run_context: Any, worker_exceptions: dict[int, Exception]
        ) -> None:
            del run_context
            worker, text = first_failure(worker_exceptions)
            now = time.strftime("%Y-%m-%d %H:%M:%S")
            with path.open("a", encoding="utf-8") as file:
                file.write(f"{now} worker {worker} {text}\n")

    return Diary()


def _work(work: Work) -> None:
    """What a worker does: the script, with a log of its own."""
    from ray import train

    # Ray asks for Keras 2 here. Scripts of today are written for Keras 3.
    os.environ.pop("TF_USE_LEGACY_KERAS", None)
    index = train.get_context().get_world_rank()
    with _log(Path(work["logs"]) / f"worker-{index}.log"):
        try:
            os.chdir(work["folder"])
            sys.argv = [work["script"], *work["arguments"]]
            sys.path.insert(0, str(Path(work["script"]).parent))
            runpy.run_path(work["script"], run_name="__main__")
        except SystemExit as end:
            if end.code:
                raise WorkerError(
                    f"ended with exit code {end.code}", time.time()
                ) from None
        except Exception as error:
            traceback.print_exc()
            said = f"{type(error).__name__}: {first_line(str(error))}"
            raise WorkerError(f"failed: {said}", time.time()) from None


@contextlib.contextmanager
def _log(path: Path) -> Iterator[None]:
    """Send everything this process says to a file: Python, and TensorFlow's C++."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", buffering=1, encoding="utf-8") as file:
        shown = [os.dup(number) for number in (1, 2)]
        for number in (1, 2):
            os.dup2(file.fileno(), number)
        try:
            with contextlib.redirect_stdout(file), contextlib.redirect_stderr(file):
                yield
        finally:
            for number, before in zip((1, 2), shown, strict=True):
                os.dup2(before, number)
                os.close(before)
