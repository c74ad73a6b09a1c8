"""Runs that stop and resume with changes, for the tests of checkpoints."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tests.package.training_cases import LOSS, data
from tfnotes.training.checkpoint import Checkpoint

layers = keras.layers


class Saving(keras.callbacks.Callback):
    """Restore and save as ``train`` does, in ``fit``."""

    def __init__(self, kept: Checkpoint) -> None:
        super().__init__()
        self.kept = kept

    def on_train_begin(self, logs: Any = None) -> None:
        if self.kept.exists:
            self.kept.restore()
        else:
            self.kept.begin()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.kept.save({"epochs": epoch + 1})

    def on_train_end(self, logs: Any = None) -> None:
        self.kept.end()


def network(activation: Any = "relu", rate: float = 0.2) -> keras.Model:
    return keras.Sequential(
        [
            keras.Input((4,)),
            layers.Dense(6, activation=activation),
            layers.Dropout(rate),
            layers.Dense(3),
        ]
    )


def compiled(optimizer: Any = "adam", loss: Any = LOSS) -> keras.Model:
    model = network()
    model.compile(optimizer, loss, run_eagerly=True)  # so few steps are faster this way
    return model


def plateau() -> keras.callbacks.Callback:
    return keras.callbacks.ReduceLROnPlateau(monitor="loss", patience=0, min_delta=0.5)


def stopping(**settings: Any) -> keras.callbacks.Callback:
    return keras.callbacks.EarlyStopping("loss", patience=9, **settings)


def go_on(
    folder: Path,
    model: keras.Model,
    epochs: int,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    y: Any = None,
) -> keras.Model:
    """Train to this epoch, from the checkpoint if there is one."""
    x, targets = data()
    kept = Checkpoint(folder, model, callbacks)
    first = kept.read()["epochs"] if kept.exists else 0
    model.fit(
        x, targets if y is None else y, batch_size=25, shuffle=False, verbose=0,
        epochs=epochs, initial_epoch=first, callbacks=[*callbacks, Saving(kept)],
    )  # fmt: skip
    return model


def broken_and_unbroken(
    folder: Path, make: Callable[[], keras.Model], **settings: Any
) -> tuple[keras.Model, keras.Model]:
    """Return a model whose run stopped after two of four epochs, and one that did not."""
    keras.utils.set_random_seed(0)
    unbroken = go_on(folder / "unbroken", make(), 4, **settings)
    keras.utils.set_random_seed(0)
    go_on(folder / "run", make(), 2, **settings)
    keras.utils.set_random_seed(9)
    return go_on(folder / "run", make(), 4, **settings), unbroken


def assert_same_values(one: Sequence[Any], other: Sequence[Any]) -> None:
    for a, b in zip(one, other, strict=True):
        np.testing.assert_array_equal(np.asarray(a), np.asarray(b))


class Block(layers.Layer):
    """A layer of one's own without get_config, which needs an argument."""

    def __init__(self, units: int, inner: layers.Layer) -> None:
        super().__init__()
        self.first, self.inner = layers.Dense(units), inner

    def call(self, inputs: Any) -> Any:
        return self.inner(self.first(inputs))


class Scaled(layers.Layer):
    """A layer of one's own with a setting."""

    def __init__(self, factor: float, **settings: Any) -> None:
        super().__init__(**settings)
        self.factor = factor

    def call(self, inputs: Any) -> Any:
        return self.factor * inputs

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "factor": self.factor}


class Net(keras.Model):
    def __init__(self, activation: str = "relu") -> None:
        super().__init__()
        self.hidden = layers.Dense(4, activation=activation)
        self.parts = [layers.Dense(4), layers.Dense(4)]

    def call(self, inputs: Any) -> Any:
        return self.parts[1](self.parts[0](self.hidden(inputs)))


class OtherNet(Net):
    """The same layers in another class."""


class Pair(keras.Model):
    """A GAN in miniature: two networks, each with its own optimizer."""

    def __init__(self) -> None:
        super().__init__()
        self.critic = keras.Sequential([keras.Input((4,)), layers.Dense(1)])
        self.maker = keras.Sequential([keras.Input((2,)), layers.Dense(4, activation="tanh")])
        self.noise = keras.random.SeedGenerator(1)

    def compile(self, d_optimizer: Any, g_optimizer: Any) -> None:
        super().compile(optimizer=None, jit_compile=False)
        self.d_optimizer, self.g_optimizer = d_optimizer, g_optimizer

    def call(self, inputs: Any) -> Any:
        return self.critic(inputs)

    def train_step(self, batch: Any) -> Any:
        real, _ = batch
        with tf.GradientTape(persistent=True) as tape:
            made = self.maker(keras.random.normal((25, 2), seed=self.noise))
            wrong = keras.ops.mean(self.critic(made))
            loss = keras.ops.mean(self.critic(real) ** 2) + wrong**2
            fooled = -wrong
        for network, value, optimizer in [
            (self.critic, loss, self.d_optimizer),
            (self.maker, fooled, self.g_optimizer),
        ]:
            variables = network.trainable_variables
            optimizer.apply(tape.gradient(value, variables), variables)
        return {"loss": loss}
