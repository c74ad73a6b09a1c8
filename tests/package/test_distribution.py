"""Several replicas and workers compared with one device, and workers that are killed."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
import yaml

from tests.conftest import skip
from tests.package.conftest import in_a_process
from tfnotes.distribution import EXAMPLES, choose_strategy, launch, strategies, tf_config
from tfnotes.distribution.examples.train import parser
from tfnotes.training import train

pytestmark = pytest.mark.slow

PROGRAMS = Path(__file__).with_name("programs")
Result = tuple[dict[str, list[float]], list[Any]]


def started(*command: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *command],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> str:
    out, err = process.communicate(timeout=600)
    assert not process.returncode, err[-2000:]
    return out


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, Result]]]:
    """Results of one device, two replicas and two workers on the same data."""
    folder = tmp_path_factory.mktemp("checkpoints")
    program = str(PROGRAMS / "train_together.py")
    alone = [started(program, kind, str(folder)) for kind in ("alone", "mirrored")]
    outputs = {kind: [ended(p)] for kind, p in zip(("alone", "mirrored"), alone, strict=True)}
    logs = launch(program, ["workers", str(folder)], 2, logs=folder / "logs")
    outputs["workers"] = [log.read_text(encoding="utf-8") for log in logs]
    return {
        kind: [
            json.loads(next(line for line in text.splitlines() if line.startswith('{"arrays"')))
            for text in texts
        ]
        for kind, texts in outputs.items()
    }


@pytest.mark.parametrize("given", ["arrays", "dataset", "resumed"])
@pytest.mark.parametrize("kind", ["mirrored", "workers"])
def test_replicas_and_workers_train_like_one_device(kind: str, given: str, trained: Any) -> None:
    expected, (found, *others) = trained["alone"][0][given], [t[given] for t in trained[kind]]
    assert all(other == found for other in others)
    assert expected[0].keys() == found[0].keys()
    for name in expected[0]:
        # If the last row cannot be split, each worker counts it.
        tolerance = 0.03 if name == "accuracy" else 1e-4
        np.testing.assert_allclose(found[0][name], expected[0][name], rtol=tolerance, err_msg=name)
    for a, b in zip(expected[1], found[1], strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize(
    ("kind", "name"), [("alone", "one device"), ("mirrored", "central storage")]
)
def test_other_strategies_train_like_one_device(kind: str, name: str, trained: Any) -> None:
    expected, found = trained["alone"][0]["arrays"], trained[kind][0][name]
    if kind == "alone":  # with central storage, Keras miscounts in fit, too
        np.testing.assert_allclose(found[0]["loss"], expected[0]["loss"], rtol=1e-4)
    for a, b in zip(expected[1], found[1], strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-5)


def test_workers_resume_from_a_checkpoint(trained: Any) -> None:
    for worker in trained["workers"]:
        assert worker["resumed"] == worker["arrays"]


def test_killed_workers_restart_and_end_like_an_uninterrupted_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    launch(PROGRAMS / "killed.py", n_workers=2, restarts=3)
    lines = (tmp_path / "logs/failures.log").read_text(encoding="utf-8").splitlines()
    assert [line.split(" ", 2)[2].split(" (")[0] for line in lines] == [
        "worker 0 died", "worker 1 died", "worker 0 died",
    ]  # fmt: skip
    assert {p.name for p in tmp_path.glob("? died*")} == {
        "0 died in an epoch", "1 died in an epoch", "0 died saving",
    }  # fmt: skip
    workers = [[*np.load(tmp_path / f"worker-{i}.npz").values()] for i in range(2)]
    half = len(workers[0]) // 2
    assert half == 8  # two dense layers, batch normalization
    for unbroken, killed in zip(workers[0][:half], workers[0][half:], strict=True):
        np.testing.assert_array_equal(unbroken, killed)
    for one, other in zip(*workers, strict=True):
        np.testing.assert_array_equal(one, other)


def test_launch_reports_the_worker_that_failed_first(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(
        "import os, sys, time, words\n"
        "print(*sys.argv[1:], words.WORD)\n"
        "if '\"index\": 1' in os.environ['TF_CONFIG']: raise ValueError('no data')\n"
        "time.sleep(600)",
        encoding="utf-8",
    )
    (tmp_path / "words.py").write_text("WORD = 'a module next to the script'", encoding="utf-8")
    tfnotes = Path(sys.executable).with_name("tfnotes")
    done = subprocess.run(
        [tfnotes, "launch", "--workers", "2", "train.py", "--rows", "5"],
        cwd=tmp_path, capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    log = tmp_path / "logs/worker-1.log"
    assert done.returncode == 1
    assert done.stderr == f"tfnotes: worker 1 failed: ValueError: no data; read {log}\n"
    assert not done.stdout
    assert log.read_text(encoding="utf-8").startswith(
        "--rows 5 a module next to the script\nTraceback"
    )
    assert sorted(p.name for p in log.parent.iterdir()) == [
        "failures.log", "worker-0.log", "worker-1.log",
    ]  # fmt: skip


def test_missing_script_is_reported() -> None:
    with pytest.raises(FileNotFoundError, match=r"expected a script at none\.py, found no such"):
        launch("none.py")


def test_missing_ray_is_reported_with_the_package_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ImportError, match=r"expected Ray, .*; install it with pip install"):
        launch(__file__)


def test_unknown_worker_is_reported() -> None:
    with pytest.raises(ValueError, match=r"expected an index from 0 to 1, .*; got 2"):
        tf_config(["a:1", "b:1"], 2)


def free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [opened.getsockname()[1] for opened in sockets]
    for opened in sockets:
        opened.close()
    return ports


def test_example_runs_with_a_given_tf_config(tmp_path: Path) -> None:
    workers = [f"localhost:{port}" for port in free_ports(2)]
    small = ["--rows", "64", "--epochs", "1", "--checkpoint", str(tmp_path / "run")]
    running = [
        started(
            "-m", "tfnotes.distribution.examples.train", *small, TF_CONFIG=tf_config(workers, i)
        )
        for i in range(2)
    ]
    one, other = (ended(process).splitlines()[-1] for process in running)
    assert one == other
    assert one.startswith("loss ")


def check_slurm() -> None:
    os.environ |= {
        "SLURM_PROCID": "1",
        "SLURM_STEP_NUM_TASKS": "2",
        "SLURM_STEP_NODELIST": "n[1-2]",
        "SLURM_STEP_TASKS_PER_NODE": "1(x2)",
    }
    resolver = strategies._slurm()
    assert resolver.cluster_spec().as_dict() == {"worker": ["n1:8888", "n2:8888"]}
    assert (resolver.task_type, resolver.task_id) == ("worker", 1)
    if not tf.config.list_physical_devices("GPU"):
        assert resolver.num_accelerators().get("GPU", 0) == 0
        with pytest.raises(FileNotFoundError, match="nvidia-smi"):  # else: drop what avoids it
            tf.distribute.cluster_resolver.SlurmClusterResolver().cluster_spec()


def test_workers_are_read_from_slurm() -> None:
    in_a_process(check_slurm)


def check_statistics() -> None:
    cpu = tf.config.list_physical_devices("CPU")[0]
    halves = [tf.config.LogicalDeviceConfiguration()] * 2
    tf.config.set_logical_device_configuration(cpu, halves)
    with tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"]).scope():
        layer = keras.layers.BatchNormalization(momentum=0.5)
        model = keras.Sequential([keras.Input((2,)), layer])
    x = np.arange(16, dtype="float32").reshape(8, 2)
    train(model, x, x, optimizer="sgd", loss="mse", batch_size=8, shuffle=False, verbose=0)
    for statistic, whole in (
        (layer.moving_mean, x.mean(0)),
        (layer.moving_variance, [1 + 20] * 2),  # every other row: 0, 4, 8, 12
    ):
        of_each = [np.asarray(part) for part in statistic.value.values]
        np.testing.assert_array_equal(*of_each)  # Keras alone leaves them apart
        np.testing.assert_allclose(of_each[0], np.divide(whole, 2))


def test_replicas_have_equal_moving_statistics() -> None:
    in_a_process(check_statistics)


def test_single_worker_strategy_changes_nothing() -> None:
    assert choose_strategy() is tf.distribute.get_strategy()


def test_cluster_job_files_start_the_example(tmp_path: Path) -> None:
    (job,) = yaml.safe_load_all((EXAMPLES / "tfjob.yaml").read_text(encoding="utf-8"))
    (container,) = job["spec"]["tfReplicaSpecs"]["Worker"]["template"]["spec"]["containers"]
    assert container["command"] == ["python", "-m", "tfnotes.distribution.examples.train"]
    assert parser().parse_args(container["args"]).epochs == 20
    for name in ("tfnotes", "srun"):  # print their arguments
        (tmp_path / name).write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n', encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    if sys.platform == "win32":
        skip("needs sh; Slurm runs on Linux")
    (ray,) = yaml.safe_load_all((EXAMPLES / "rayjob.yaml").read_text(encoding="utf-8"))
    for command in (ray["spec"]["entrypoint"], f"bash {EXAMPLES / 'slurm.sh'}"):
        words = arguments_of(command, tmp_path)
        place = next(i for i, word in enumerate(words) if word.endswith("train.py")
                     or word == "tfnotes.distribution.examples.train")  # fmt: skip
        assert "/" not in words[place] or Path(words[place]).is_file()
        assert parser().parse_args(words[place + 1 :]).epochs == 20


def arguments_of(command: str, tools: Path) -> list[str]:
    """The arguments of a command whose tools are replaced by programs that print them."""
    (tools / "tfnotes-home/tfnotes/.venv/bin").mkdir(parents=True, exist_ok=True)
    (tools / "tfnotes-home/tfnotes/.venv/bin/activate").touch()
    path = f"{tools}{os.pathsep}{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    home = {"HOME": str(tools / "tfnotes-home"), "SLURM_SUBMIT_DIR": "/shared"}
    done = subprocess.run(
        ["sh", "-c", command], env={**os.environ, "PATH": path, **home},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout.splitlines()


def test_parameter_servers_are_rejected() -> None:
    code = """
import keras, numpy, sys, tensorflow as tf, tfnotes
cluster = tf.train.ClusterSpec({"worker": [sys.argv[1]], "ps": [sys.argv[2]]})
kept = [tf.distribute.Server(cluster, job_name=job, task_index=0) for job in ("worker", "ps")]
resolver = tf.distribute.cluster_resolver.SimpleClusterResolver(cluster, rpc_layer="grpc")
with tf.distribute.ParameterServerStrategy(resolver).scope():
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
tfnotes.train(model, numpy.ones((4, 1)), numpy.ones(4))
"""
    process = started("-c", code, *(f"localhost:{port}" for port in free_ports(2)))
    _, errors = process.communicate(timeout=600)
    assert process.returncode == 1
    assert "use MirroredStrategy or MultiWorkerMirroredStrategy" in errors.splitlines()[-1]
