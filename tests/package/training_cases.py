"""Small models and data for the tests of the training loop."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np

ROWS = 50


LOSS = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def data(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(ROWS, 4)).astype("float32")
    return x, (x @ rng.normal(size=(4, 3))).argmax(1)


def dense(*more: keras.layers.Layer) -> keras.Model:
    layers = [keras.layers.Dense(8, activation="relu"), *more, keras.layers.Dense(3)]
    return keras.Sequential([keras.Input((4,)), *layers])


def convolutional() -> keras.Model:
    first = [keras.Input((4,)), keras.layers.Reshape((2, 2, 1))]
    return keras.Sequential([*first, keras.layers.Conv2D(3, 2), keras.layers.Flatten()])


def twins(
    make: Callable[[], keras.Model],
    optimizer: str = "adam",
    metrics: tuple[str, ...] = ("accuracy",),
) -> list[keras.Model]:
    keras.utils.set_random_seed(0)
    models = [make(), make()]
    models[1].set_weights(models[0].get_weights())
    for model in models:
        model.compile(optimizer, LOSS, metrics=list(metrics))
    return models


def assert_same(one: dict[str, Any], other: dict[str, Any], rtol: float = 1e-5) -> None:
    assert one.keys() == other.keys()
    for name in one:
        np.testing.assert_allclose(one[name], other[name], rtol=rtol, err_msg=name)


class Plain(keras.Model):
    """A subclassed model whose call has no training argument."""

    def __init__(self) -> None:
        super().__init__()
        self.dense = keras.layers.Dense(3)

    def call(self, inputs: Any) -> Any:
        self.add_loss(keras.ops.mean(inputs**2))
        return self.dense(inputs)


class Interrupted(keras.callbacks.Callback):
    """Press Ctrl-C in the middle of an epoch."""

    def __init__(self, epoch: int) -> None:
        super().__init__()
        self.epoch, self.now = epoch, -1

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.now = epoch

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if self.now == self.epoch and batch == 3:
            raise KeyboardInterrupt


def random_model() -> keras.Model:
    return dense(keras.layers.BatchNormalization(), keras.layers.Dropout(0.5))
