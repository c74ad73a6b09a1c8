"""Run a script as several workers; Ray starts, monitors and restarts them."""

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

START_TIMEOUT = 600  # seconds for the workers to start
Work = dict[str, Any]  # settings of a worker: script, arguments, folder, logs


class WorkerError(RuntimeError):
    """A worker exceeded its restarts; the message names the worker and its log.

    Args:
        message: description of the failure.
        when: seconds since the epoch; 0 for a worker that died without an exception.
    """

    def __init__(self, message: str, when: float = 0) -> None:
        super().__init__(message, when)  # both, so that Ray can pickle them
        self.when = when

    def __str__(self) -> str:
        """Return the message only."""
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

    When a worker fails, Ray stops the others, which would wait for it forever, and
    restarts all of them. A script that passes ``checkpoint=`` to ``tfnotes.train``
    resumes from its checkpoint.

    Args:
        script: a Python program; it must be at this path on every machine.
        arguments: arguments of the script.
        n_workers: number of workers; each gets a GPU if there are enough for all.
        address: address of a running Ray cluster, such as ``"auto"``; None starts one
            on this machine until the workers end.
        restarts: maximum number of restarts of all workers.
        logs: a folder for the output of each worker, ``worker-0.log`` and so on, and
            for ``failures.log``, one line per failure; existing files are appended to.

    Returns:
        The paths of the logs.

    Raises:
        ConnectionError: there is no cluster at the address, or it requires a token.
        FileNotFoundError: the script does not exist.
        ImportError: Ray is not installed.
        ValueError: an argument is out of range, or there are more workers than CPUs in
            the cluster.
        WorkerError: a worker failed more than ``restarts`` times.

    Examples:
        >>> launch("none.py")
        Traceback (most recent call last):
        FileNotFoundError: expected a script at none.py, found no such file; ...
    """
    if not Path(script).is_file():
        raise FileNotFoundError(
            f"expected a script at {script}, found no such file; check the path"
        )
    _check(arguments, n_workers, restarts, Path(logs))
    work: Work = {
        "script": str(Path(script).resolve()),
        "arguments": list(arguments),
        "folder": str(Path.cwd()),
        "logs": str(Path(logs).resolve()),
    }
    paths = [Path(work["logs"]) / f"worker-{i}.log" for i in range(n_workers)]
    # In the main thread Ray handles Ctrl-C itself, and then silently exits Python.
    with ThreadPoolExecutor(1) as thread, cluster(address, n_workers):
        from ray.train import WorkerGroupError

        with _scratch(work["logs"]) as scratch:
            trainer = _trainer(work, n_workers, restarts, scratch)
            try:
                with contextlib.redirect_stdout(sys.stderr):  # Ray's own output
                    thread.submit(trainer.fit).result()
            except WorkerGroupError as error:
                worker, text = first_failure(error.worker_failures)
                raise WorkerError(
                    f"worker {worker} {text}; read {paths[worker]}"
                ) from error
    return paths


def _check(arguments: Sequence[str], n_workers: int, restarts: int, logs: Path) -> None:
    if isinstance(arguments, str):
        raise ValueError(
            f"expected a list of arguments, got {arguments!r}; pass arguments.split()"
        )
    if n_workers < 1 or restarts < 0:
        raise ValueError(
            f"expected 1 worker or more, got {n_workers}, and 0 restarts or more, got "
            f"{restarts}; correct it"
        )
    if any(path.is_file() for path in (logs, *logs.parents)):
        raise ValueError(
            f"expected a folder for the logs, got the file {logs}; choose another"
        )


def first_failure(failures: Mapping[int, BaseException]) -> tuple[int, str]:
    """Find the worker that failed first; the others fail as a consequence.

    Args:
        failures: the failures that Ray reports, by worker.

    Returns:
        Its index, and a description that follows the worker's name.

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
    """Join a Ray cluster, or run a local one, until the block ends.

    Args:
        address: address of a running cluster, such as ``"auto"``; None starts one on
            this machine.
        n_workers: number of CPUs required.

    Raises:
        ConnectionError: there is no cluster at the address, or it requires a token.
        ImportError: Ray is not installed.
        ValueError: the cluster has fewer CPUs.

    Examples:
        >>> import ray
        >>> with cluster(None, n_workers=2):
        ...     ray.cluster_resources()["CPU"]
        2.0
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # no usage statistics
    os.environ.setdefault(
        "RAY_TRAIN_ENABLE_PRINT_PATCH", "0"
    )  # it prints each line twice
    os.environ.setdefault(
        "RAY_worker_niceness", "0"
    )  # else every other process has priority
    os.environ.setdefault("RAY_TRAIN_WORKER_GROUP_START_TIMEOUT_S", str(START_TIMEOUT))
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
            f"expected a Ray cluster at {address}, could not connect; start it with "
            "`ray start --head`, and set RAY_AUTH_MODE=token here if needed"
        ) from error
    try:
        if (processors := _resources().get("CPU", 0)) < n_workers:
            raise ValueError(
                f"expected at most {processors:.0f} workers, one per CPU of "
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
    """Create a folder for Ray's records of a run; they are not needed afterwards."""
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
    """Log every failure, including those followed by a restart."""
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
    """Run the script in a worker, with its own log."""
    from ray import train

    # Ray selects Keras 2 here, but current scripts are written for Keras 3.
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
    """Redirect all output of this process to a file: Python, and TensorFlow's C++."""
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
