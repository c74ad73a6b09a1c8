"""Several replicas and several workers against one device."""

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tfnotes.distribution import WorkerError, run_workers, tf_config

PROGRAM = str(Path(__file__).with_name("programs") / "train_together.py")
Result = tuple[dict[str, list[float]], list[Any]]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, Result]]]:
    """What one device, two replicas and two workers made of the same data."""
    folder = str(tmp_path_factory.mktemp("checkpoints"))
    found = {}
    for kind, n_workers in {"alone": 1, "mirrored": 1, "workers": 2}.items():
        said = run_workers([PROGRAM, kind, folder], n_workers, timeout=600)
        found[kind] = [json.loads(text.splitlines()[-1]) for text in said]
    return found


@pytest.mark.parametrize("given", ["arrays", "dataset", "resumed"])
@pytest.mark.parametrize("kind", ["mirrored", "workers"])
def test_many_end_as_one_device(kind: str, given: str, trained: Any) -> None:
    expected, (found, *others) = trained["alone"][0][given], [t[given] for t in trained[kind]]
    assert all(other == found for other in others)
    assert expected[0].keys() == found[0].keys()
    for name in expected[0]:
        # Where they cannot share the last row, all of them count it.
        tolerance = 0.03 if name == "accuracy" else 1e-4
        np.testing.assert_allclose(found[0][name], expected[0][name], rtol=tolerance, err_msg=name)
    for a, b in zip(expected[1], found[1], strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize(
    ("kind", "name"), [("alone", "one device"), ("mirrored", "central storage")]
)
def test_other_strategies_end_as_one_device(kind: str, name: str, trained: Any) -> None:
    expected, found = trained["alone"][0]["arrays"], trained[kind][0][name]
    np.testing.assert_allclose(found[0]["loss"], expected[0]["loss"], rtol=1e-4)
    for a, b in zip(expected[1], found[1], strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-5)


def test_a_run_of_workers_goes_on_from_its_checkpoint(trained: Any) -> None:
    for worker in trained["workers"]:
        assert worker["resumed"] == worker["arrays"]


def run(code: str, n_workers: int = 2, timeout: float = 60) -> list[str]:
    return run_workers([sys.executable, "-c", code], n_workers, timeout=timeout)


def test_every_worker_knows_who_it_is() -> None:
    code = "import json, os; c = json.loads(os.environ['TF_CONFIG']); print(json.dumps(c))"
    found = [json.loads(text) for text in run(code, 3)]
    assert [c["task"]["index"] for c in found] == [0, 1, 2]
    (cluster,) = {tuple(c["cluster"]["worker"]) for c in found}
    assert len(set(cluster)) == 3


def test_a_worker_that_fails_ends_the_others_and_says_why() -> None:
    code = (
        "import os, time\n"
        "if '\"index\": 1' in os.environ['TF_CONFIG']: raise ValueError('no data')\n"
        "time.sleep(600)"
    )
    start = time.monotonic()
    with pytest.raises(WorkerError, match=r"worker 1 ended with exit code 1: ValueError: no data"):
        run(code)
    assert time.monotonic() - start < 300  # it did not wait for the other one


def test_workers_that_never_end_are_ended() -> None:
    with pytest.raises(WorkerError, match="expected every worker to end in time"):
        run("import time; time.sleep(600)", timeout=0.5)


def test_a_worker_that_is_not_in_the_list_is_named() -> None:
    with pytest.raises(ValueError, match=r"expected an index from 0 to 1, .*; got 2"):
        tf_config(["a:1", "b:1"], 2)


def test_parameter_servers_are_refused() -> None:
    code = """
import socket, keras, numpy, tensorflow as tf, tfnotes
sockets = [socket.create_server(("localhost", 0)) for _ in range(2)]
hosts = [f"localhost:{s.getsockname()[1]}" for s in sockets]
[s.close() for s in sockets]
cluster = tf.train.ClusterSpec({"worker": hosts[:1], "ps": hosts[1:]})
kept = [tf.distribute.Server(cluster, job_name=job, task_index=0) for job in ("worker", "ps")]
resolver = tf.distribute.cluster_resolver.SimpleClusterResolver(cluster, rpc_layer="grpc")
with tf.distribute.ParameterServerStrategy(resolver).scope():
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
tfnotes.train(model, numpy.ones((4, 1)), numpy.ones(4))
"""
    with pytest.raises(WorkerError, match="use MirroredStrategy or MultiWorkerMirroredStrategy"):
        run(code, 1)
