"""Runs of every kind of data and model resume: numbers of steps, own steps, kept states."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers, ops

from tests.package.conformance_cases import (
    PARTIAL,
    Given,
    classes,
    classifier,
    compiled,
    rows,
)
from tests.package.conformance_data import Batches, dataset, partial, unknown
from tests.package.conformance_models import LOSS
from tests.package.conformance_steps import Own, Vae
from tests.package.test_conformance_steps import gan
from tfnotes.training import train


class Stopped(keras.callbacks.Callback):
    """Press Ctrl-C at the end of the first batch of an epoch."""

    def __init__(self, epoch: int) -> None:
        super().__init__()
        self.wanted, self.now = epoch, -1

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.now = epoch

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if self.now == self.wanted:
            raise KeyboardInterrupt


class Tail(Own):
    """Creates a part of its layers only in its step."""

    def __init__(self) -> None:
        super().__init__()
        self.last = layers.Dense(3)

    def train_step(self, data: Any) -> dict[str, Any]:
        x, y = data
        with tf.GradientTape() as tape:
            loss = ops.mean((self.last(self(x, training=True)) - y) ** 2)
        self.descend(tape, loss)
        return {"loss": loss}


class NoCall(Tail):
    """Has no call at all."""

    call = keras.Model.call

    def train_step(self, data: Any) -> dict[str, Any]:
        x, y = data
        with tf.GradientTape() as tape:
            loss = ops.mean((self.last(self.dense(x)) - y) ** 2)
        self.descend(tape, loss)
        return {"loss": loss}


def own(make: Callable[[], keras.Model], **options: Any) -> Callable[[], keras.Model]:
    def model() -> keras.Model:
        made = make()
        made.compile("adam", **options)
        return made

    return model


def stateful() -> keras.Model:
    inputs = keras.Input((5, 3), batch_size=4)
    both = layers.Bidirectional(layers.GRU(3, stateful=True, return_sequences=True))(inputs)
    last = layers.LSTM(2, stateful=True)(both)
    return compiled(keras.Model(inputs, layers.Dense(3)(last)), LOSS)


def sequences() -> Given:
    return {"x": rows(features=15).reshape(-1, 5, 3), "y": classes(), "batch_size": 4}


def shuffled() -> tf.data.Dataset:
    return dataset().unbatch().shuffle(PARTIAL, seed=3).batch(8)


def targets() -> Given:
    return {"x": rows(n=PARTIAL), "y": rows(1, PARTIAL, 3)}


KINDS: dict[str, tuple[Callable[[], keras.Model], Callable[[], Given]]] = {
    "rows, fewer steps": (classifier, lambda: partial() | {"steps_per_epoch": 2}),
    "dataset, fewer steps": (classifier, lambda: {"x": shuffled(), "steps_per_epoch": 2}),
    "repeated dataset, fewer steps": (
        classifier, lambda: {"x": shuffled().repeat(), "steps_per_epoch": 2}),
    "dataset that is too short": (classifier, lambda: {"x": unknown(), "steps_per_epoch": 5}),
    "repeated dataset, more steps": (
        classifier, lambda: {"x": shuffled().repeat(), "steps_per_epoch": 5}),
    "dataset of unknown size": (
        classifier, lambda: {"x": unknown().repeat(), "steps_per_epoch": 2}),
    "PyDataset": (classifier, lambda: {"x": Batches(), "shuffle": False}),
    "validation of some epochs": (
        classifier,
        lambda: partial() | {"validation_data": (rows(), classes()), "validation_freq": 2}),
    "steps per execution": (lambda: classifier(steps_per_execution=2), partial),
    "GAN": (gan, lambda: {"x": rows(n=PARTIAL)}),
    "VAE": (own(Vae), lambda: {"x": rows(n=PARTIAL)}),
    "layers of the step": (own(Tail), targets),
    "layers of the step, eager": (own(Tail, run_eagerly=True), targets),
    "no call": (own(NoCall), targets),
    "stateful layers": (stateful, sequences),
}  # fmt: skip


@pytest.mark.parametrize("stop", [1, 2])
@pytest.mark.parametrize("name", KINDS)
def test_every_kind_of_run_resumes(name: str, stop: int, tmp_path: Path) -> None:
    make, given = KINDS[name]

    def go(folder: str, seed: int, epoch: int) -> keras.Model:
        keras.backend.clear_session(free_memory=False)
        keras.utils.set_random_seed(seed)
        tf.random.set_seed(7)  # a shuffled dataset depends on it
        model = make()
        options = {"batch_size": 8, "epochs": 4, "seed": 5, "verbose": 0}
        train(model, **{**options, **given()}, checkpoint=tmp_path / folder,
              callbacks=[Stopped(epoch)])  # fmt: skip
        return model

    unbroken = go("unbroken", 0, -1)
    with pytest.raises(KeyboardInterrupt):
        go("run", 0, stop)
    resumed = go("run", 9, -1)
    assert resumed.history.epoch == unbroken.history.epoch
    assert resumed.history.history.keys() == unbroken.history.history.keys()
    for values in zip(unbroken.variables, resumed.variables, strict=True):
        np.testing.assert_allclose(*map(ops.convert_to_numpy, values), rtol=1e-4, atol=1e-6)
    for key, losses in unbroken.history.history.items():
        np.testing.assert_allclose(resumed.history.history[key], losses, rtol=1e-5)


def test_a_run_resumes_with_other_numbers_of_rows(tmp_path: Path) -> None:
    for kind in ("rows", "dataset"):
        for epochs, n in enumerate((5 * 8, 8, 6 * 8), 1):
            given = {"x": dataset(n)} if kind == "dataset" else {"x": rows(n=n), "y": classes(n=n)}
            history = train(
                classifier(), **given, batch_size=8, steps_per_epoch=min(4, n // 8),
                epochs=epochs, checkpoint=tmp_path / kind, verbose=0,
            )  # fmt: skip
            assert history.epoch == [*range(epochs)]
