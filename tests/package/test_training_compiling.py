"""When XLA compiles the loop, and that measuring it has no side effects."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.package.training_cases import (
    LOSS,
    Plain,
    convolutional,
    data,
    dense,
    random_model,
    twins,
)
from tfnotes.training import choose_mode, compiling, train
from tfnotes.training.checkpoint import NOTES


def test_xla_compiles_the_loop_of_dense_layers_that_keras_knows() -> None:
    assert compiling.is_dense(random_model())
    assert compiling.is_dense(keras.Sequential([dense(), keras.layers.Softmax()]))
    assert not compiling.is_dense(convolutional())
    assert not compiling.is_dense(Plain())
    assert not compiling.is_dense(keras.Sequential([keras.layers.Lambda(lambda x: x)]))


def test_xla_is_measured_for_convolutions_if_there_are_enough_steps(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    batch = (*data(), None)
    for faster, expected in {True: "step", False: "nothing"}.items():
        model, _ = twins(convolutional)  # a model remembers its trial
        monkeypatch.setattr(
            compiling, "_seconds", lambda *_, f=faster: (2.0, 1.0) if f else (1.0, 2.0)
        )
        assert choose_mode(model, batch, steps=5000) == expected
        assert choose_mode(model, batch, steps=50) == "nothing"
        assert choose_mode(model, batch, steps=50, wanted=True) == "step"
        assert choose_mode(model, batch, steps=5000, wanted=False) == "nothing"


def test_measuring_xla_changes_no_variable() -> None:
    model, _ = twins(lambda: dense(keras.layers.BatchNormalization(), keras.layers.Dropout(0.5)))
    train(model, *data(), verbose=0)
    state = [v.numpy() for v in [*model.variables, *model.optimizer.variables]]
    compiling.gains(model, (*data(), None))
    for before, now in zip(state, [*model.variables, *model.optimizer.variables], strict=True):
        np.testing.assert_array_equal(before, now.numpy())


def test_xla_is_not_used_for_a_model_it_cannot_compile() -> None:
    class Words(keras.layers.Layer):
        def call(self, inputs: Any) -> Any:
            return inputs + tf.strings.to_number(tf.strings.as_string(inputs)) * 0

    model = keras.Sequential([keras.Input((4,)), Words(), keras.layers.Dense(3)])
    model.compile("sgd", LOSS)
    x, y = data()
    assert not compiling.gains(model, (tf.constant(x), tf.constant(y), None))


def test_resumed_run_is_compiled_like_the_original(tmp_path: Path) -> None:
    settings: dict[str, Any] = {"checkpoint": tmp_path / "run", "batch_size": 8, "verbose": 0}
    train(twins(dense)[0], *data(), epochs=1, jit_compile=True, **settings)
    assert b'"mode": "loop"' in notes(tmp_path / "run")
    train(twins(dense)[0], *data(), epochs=2, **settings)  # 14 steps alone are not worth it
    assert b'"mode": "loop"' in notes(tmp_path / "run")


def notes(folder: Path) -> bytes:
    found: bytes = tf.train.load_checkpoint(folder).get_tensor(NOTES)
    return found
