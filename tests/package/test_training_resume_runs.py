"""A run resumes with other callbacks, and with every kind of state."""

import io
import json
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.package.resume_cases import (
    assert_same_values,
    compiled,
    go_on,
    network,
    plateau,
    stopping,
)
from tests.package.training_cases import LOSS, data, dense
from tfnotes.training import train
from tfnotes.training.checkpoint import Checkpoint

optimizers, callbacks = keras.optimizers, keras.callbacks


class Counting(callbacks.Callback):
    """A callback with state of every kind, and one attribute that depends on the run."""

    def __init__(self, seen: list[float], monitor: str = "loss") -> None:
        super().__init__()
        self.seen, self.monitor = seen, monitor
        self.best: dict[int, Any] = {}
        self.mean, self.pair, self.steps = np.zeros(2), (0, "none"), 0

    def on_train_begin(self, logs: Any = None) -> None:
        self.steps = self.params["epochs"] * self.params["steps"]

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.seen.append(logs["loss"])
        self.best[epoch] = {"loss": np.float32(logs["loss"]), "bad": float("nan")}
        self.mean = self.mean + logs["loss"]
        self.pair = (epoch, "some")


class Renamed(Counting):
    """Another class."""


def test_other_callbacks_change_nothing(tmp_path: Path) -> None:
    def go(folder: str, epochs: int, *more: callbacks.Callback) -> keras.Model:
        keras.utils.set_random_seed(epochs)
        return go_on(tmp_path / folder, compiled(), epochs, [*more, plateau()])

    keras.utils.set_random_seed(2)
    unbroken = go_on(tmp_path / "unbroken", compiled(), 4, [plateau(), stopping()])
    logger = callbacks.CSVLogger(tmp_path / "log.csv")
    board = callbacks.TensorBoard(tmp_path / "logs", write_graph=False)
    go("run", 2, logger, stopping())
    go("run", 3, board)
    resumed = go("run", 4, stopping(), callbacks.TerminateOnNaN())
    assert_same_values(resumed.get_weights(), unbroken.get_weights())
    assert_same_values(resumed.optimizer.variables, unbroken.optimizer.variables)
    assert float(resumed.optimizer.learning_rate.numpy()) < 1e-5


def test_attributes_go_to_the_same_callback_of_the_same_class(tmp_path: Path) -> None:
    counts = [Counting([]), Counting([], "val_loss"), Counting([])]
    go_on(tmp_path, compiled(), 2, counts)
    counts[0].seen[0], counts[2].seen[0] = -1.0, -2.0  # to tell them apart
    kept = Checkpoint(tmp_path, compiled(), counts)
    kept.begun = [{}] * 3
    kept.save({"epochs": 2})
    given: list[float] = []
    fresh = [Counting(given), plateau(), Counting([]), Renamed([]), Counting([], "val_loss")]
    go_on(tmp_path, compiled(), 3, fresh)
    assert given[0] == -1.0
    assert given[:2] == counts[0].seen
    assert fresh[2].seen[:2] == counts[2].seen
    assert fresh[4].seen[:2] == counts[1].seen
    assert len(fresh[3].seen) == 1
    assert fresh[2].best[0]["loss"] == counts[2].best[0]["loss"]
    assert [*fresh[2].best] == [0, 1, 2]
    np.testing.assert_allclose(fresh[2].mean, sum(counts[1].seen) + given[2])
    assert fresh[2].pair == (2, "some")


def test_attributes_that_depend_on_the_run_are_not_restored(tmp_path: Path) -> None:
    go_on(tmp_path, compiled(), 2, [Counting([])])
    counting = Counting([])
    go_on(tmp_path, compiled(), 5, [counting])
    assert counting.steps == 10


class FirstNotes(tf.train.experimental.PythonState):
    """The notes of tfnotes 0.1, without an architecture."""

    def serialize(self) -> bytes:
        plain = {"callbacks": [{"wait": 1}, {"best": 0.5}], "state": {"epochs": 1}}
        text = np.frombuffer(json.dumps(plain).encode(), np.uint8)
        weights = {f"1 best_weights {i}": np.full((2, i), i) for i in (0, 1)}
        np.savez(file := io.BytesIO(), **{"": text, **weights})
        return file.getvalue()

    def deserialize(self, string_value: bytes) -> None:
        del string_value  # never read


def test_checkpoint_of_the_first_version_resumes_if_shapes_agree(tmp_path: Path) -> None:
    first, second = compiled(optimizers.Adam(0.1)), compiled(optimizers.Adam(0.01))
    first.optimizer.build(first.trainable_variables)
    variables = [v.value for v in [*first.variables, *first.optimizer.variables]]
    saved = tf.train.Checkpoint(variables=variables, notes=FirstNotes())
    tf.train.CheckpointManager(saved, tmp_path, max_to_keep=1).save()
    listed = [plateau(), stopping()]
    kept = Checkpoint(tmp_path, second, listed)
    assert kept.read() == kept.restore() == {"epochs": 1}
    assert_same_values(second.get_weights(), first.get_weights())
    assert_same_values(second.optimizer.variables, first.optimizer.variables)
    assert (listed[0].wait, listed[1].best) == (1, 0.5)
    assert [a.shape for a in listed[1].best_weights] == [(2, 0), (2, 1)]
    kept.save({"epochs": 2})
    assert Checkpoint(tmp_path, second, []).restore() == {"epochs": 2}
    assert [p.name for p in tmp_path.glob("*.index")] == ["ckpt-2.index"]
    with pytest.raises(ValueError, match="units 8, was 6"):
        Checkpoint(tmp_path, dense(), []).read()


def test_state_keeps_vectors_nested_metrics_and_numbers_that_are_not_finite(
    tmp_path: Path,
) -> None:
    kept = Checkpoint(tmp_path, compiled(), [])
    history = {
        "f1": [np.array([0.5, 0.25], "float32"), [1.0, 0.0]],
        "tensor": [tf.constant([1.0, 2.0])],
        "parts": [{"a": {"b": [1, 2.5]}}],
        "loss": [float("inf"), np.float32(0.5)],
    }
    kept.save({"history": history})
    state = kept.read()
    assert state["history"] == {
        "f1": [[0.5, 0.25], [1.0, 0.0]],
        "tensor": [[1.0, 2.0]],
        "parts": [{"a": {"b": [1, 2.5]}}],
        "loss": [float("inf"), 0.5],
    }
    state["history"].clear()
    assert kept.restore()["history"]
    kept.save({"loss": float("nan")})
    assert np.isnan(kept.read()["loss"])


def test_weights_of_short_floats_are_kept(tmp_path: Path) -> None:
    model = network()
    model.compile("sgd", LOSS)
    early = stopping(restore_best_weights=True)
    kept = Checkpoint(tmp_path, model, [early])
    early.best_weights = [tf.constant([1.5, 2.0], tf.bfloat16).numpy()]
    kept.save({})
    other = stopping()
    Checkpoint(tmp_path, model, [other]).restore()
    assert other.best_weights[0].dtype == early.best_weights[0].dtype
    assert_same_values(other.best_weights, early.best_weights)


def test_folder_of_another_program_is_reported(tmp_path: Path) -> None:
    tf.train.Checkpoint(step=tf.Variable(1)).save(tmp_path / "ckpt")
    files = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    kept = Checkpoint(tmp_path, compiled(), [])
    assert kept.exists
    with pytest.raises(ValueError, match=r"expected a checkpoint that tfnotes\.train wrote"):
        kept.read()
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == files


def test_nothing_changes_before_restore(tmp_path: Path) -> None:
    go_on(tmp_path, compiled(), 2, [plateau()])
    model, callback = compiled(), plateau()
    before, attributes = model.get_weights(), dict(vars(callback))
    kept = Checkpoint(tmp_path, model, [callback])
    assert kept.exists
    assert kept.read() == {"epochs": 2}
    assert_same_values(model.get_weights(), before)
    assert vars(callback) == attributes
    assert not Checkpoint(tmp_path / "none", model, []).exists
    assert not (tmp_path / "none").exists()


def test_train_continues_with_other_callbacks_and_rate(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def go(rate: float, epochs: int, *given: callbacks.Callback) -> keras.callbacks.History:
        return train(
            network(), *data(), optimizer=optimizers.Adam(rate), loss=LOSS, epochs=epochs,
            callbacks=given, checkpoint=tmp_path / "run", verbose=0, seed=1,
        )  # fmt: skip

    first = go(0.01, 2, stopping()).history["loss"]
    second = go(0.02, 3).history["loss"]
    assert second[:2] == first
    assert len(second) == 3
    assert "learning rate 0.02 instead of 0.01 of the run in" in capsys.readouterr().out
