"""The training loop compared with fit and evaluate."""

import itertools
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.package.training_cases import (
    LOSS,
    ROWS,
    Plain,
    assert_same,
    convolutional,
    data,
    dense,
    twins,
)
from tfnotes.training import evaluate, train


@pytest.mark.parametrize("make", [dense, convolutional])
@pytest.mark.parametrize("as_dataset", [False, True])
@pytest.mark.parametrize("jit_compile", [False, True])
def test_train_gives_the_results_of_fit(
    make: Callable[[], keras.Model], as_dataset: bool, jit_compile: bool
) -> None:
    fitted, trained = twins(make)
    x, y = data()
    one = fitted.fit(x, y, batch_size=8, epochs=3, shuffle=False, verbose=0,
                     validation_data=(x[:13], y[:13]))  # fmt: skip
    given: Any = (x, y)
    if as_dataset:
        given = (tf.data.Dataset.from_tensor_slices((x, y)).batch(8),)
    other = train(trained, *given, batch_size=8, epochs=3, shuffle=False, verbose=0,
                  validation_data=(x[:13], y[:13]), jit_compile=jit_compile)  # fmt: skip
    assert_same(one.history, other.history)
    for a, b in zip(fitted.get_weights(), trained.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)


def test_sample_weights_and_penalties_count_as_in_fit() -> None:
    penalty = keras.regularizers.L2(0.1)
    fitted, trained = twins(lambda: dense(keras.layers.Dense(5, kernel_regularizer=penalty)))
    x, y = data()
    weights = np.linspace(0, 2, ROWS)
    settings: dict[str, Any] = {"sample_weight": weights, "shuffle": False, "verbose": 0}
    one = fitted.fit(x, y, batch_size=8, **settings)
    assert_same(one.history, train(trained, x, y, batch_size=8, **settings).history)
    unweighted = train(twins(dense)[0], x, y, batch_size=8, shuffle=False, verbose=0)
    assert one.history["loss"] != unweighted.history["loss"]


def two_heads() -> keras.Model:
    inputs = {name: keras.Input((4,), name=name) for name in "ab"}
    both = keras.layers.Concatenate()(list(inputs.values()))
    heads = {"left": keras.layers.Dense(1)(both), "right": keras.layers.Dense(1)(both)}
    return keras.Model(inputs, heads)


def test_models_with_many_inputs_and_outputs_train_as_in_fit() -> None:
    fitted, trained = twins(two_heads, metrics=())
    x, _ = data()
    inputs, targets = {"a": x, "b": -x}, {"left": x[:, :1], "right": x[:, 1:2]}
    for model in (fitted, trained):
        model.compile(
            "sgd", {"left": "mse", "right": "mae"}, loss_weights={"left": 2.0, "right": 1}
        )
    settings: dict[str, Any] = {"shuffle": False, "verbose": 0}
    one = fitted.fit(inputs, targets, batch_size=10, **settings)
    other = train(trained, inputs, targets, batch_size=10, **settings)
    assert_same(one.history, other.history)
    expected = trained.evaluate(inputs, targets, batch_size=8, verbose=0, return_dict=True)
    assert_same(expected, evaluate(trained, inputs, targets, batch_size=8))


def test_unbuilt_subclass_with_its_own_loss_trains_as_in_fit() -> None:
    x, y = data()
    fitted, trained = Plain(), Plain()
    for model in (fitted, trained):
        model.compile("sgd", LOSS)
        model(x)
    trained.set_weights(fitted.get_weights())
    one = fitted.fit(x, y, batch_size=8, shuffle=False, verbose=0)
    assert_same(one.history, train(trained, x, y, batch_size=8, shuffle=False, verbose=0).history)
    train(Plain(), x, y, optimizer="sgd", loss=LOSS, verbose=0)


def test_evaluation_equals_keras_and_changes_nothing() -> None:
    model, _ = twins(lambda: dense(keras.layers.BatchNormalization(), keras.layers.Dropout(0.5)))
    before = model.get_weights()
    x, y = data()
    expected = model.evaluate(x, y, batch_size=7, return_dict=True, verbose=0)
    assert_same(expected, evaluate(model, x, y, batch_size=7))
    for a, b in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_every_epoch_uses_each_row_once_in_a_new_order() -> None:
    seen: list[list[float]] = []

    class Spy(keras.layers.Layer):
        def call(self, inputs: Any, training: bool = False) -> Any:
            if training:
                tf.py_function(lambda v: seen.append(v.numpy().ravel().tolist()), [inputs], [])
            return inputs

    model = keras.Sequential([keras.Input((1,)), Spy(), keras.layers.Dense(1)])
    x = np.arange(10.0)[:, None]
    train(model, x, x, optimizer=keras.optimizers.SGD(1e-5), loss="mse", batch_size=4, epochs=2,
          seed=1, verbose=0)  # fmt: skip
    assert [len(batch) for batch in seen] == [4, 4, 2, 4, 4, 2]
    epochs = [list(itertools.chain(*seen[i : i + 3])) for i in (0, 3)]
    assert [sorted(epoch) for epoch in epochs] == [list(range(10))] * 2
    assert epochs[0] != epochs[1]
