"""Recurrent models: padding, order, causality; and the model with two inputs."""

from typing import Any

import keras
import numpy as np
import pytest

from tests.package.conftest import before_and_after
from tfnotes import models

CELLS = ["rnn", "lstm", "gru"]


@pytest.mark.parametrize("cell", CELLS)
def test_padding_does_not_change_the_prediction(cell: str) -> None:
    model = models.text_classifier(20, 2, cell=cell)
    texts = np.random.default_rng(0).integers(1, 20, (4, 6))
    padded = np.pad(texts, ((0, 0), (0, 5)))
    np.testing.assert_allclose(model(texts), model(padded), rtol=1e-4, atol=1e-6)
    other = np.where(padded == 0, 1, padded)  # words, in place of the padding
    assert np.abs(model(other) - model(padded)).max() > 1e-3


@pytest.mark.parametrize("cell", CELLS)
def test_prediction_depends_on_the_word_order(cell: str) -> None:
    model = models.text_classifier(20, 2, cell=cell)
    text = np.arange(1, 7)[None]
    assert np.abs(model(text) - model(text[:, ::-1])).max() > 1e-3


@pytest.mark.parametrize("cell", CELLS)
def test_sequence_model_is_causal(cell: str) -> None:
    model = models.sequence_regressor((None, 2), 2, cell=cell)
    x = np.random.default_rng(0).normal(size=(3, 8, 2)).astype("float32")
    y = x.copy()
    y[:, 5:] += 1
    before, after = np.asarray(model(x)), np.asarray(model(y))
    np.testing.assert_allclose(before[:, :5], after[:, :5], atol=1e-6)
    assert np.abs(before[:, 5:] - after[:, 5:]).min(axis=(0, 2)).max() > 1e-3


@pytest.mark.parametrize("cell", CELLS)
def test_sequence_model_learns_to_forecast_a_wave(cell: str) -> None:
    keras.utils.set_random_seed(0)
    wave = np.sin(0.4 * np.arange(41) + np.arange(8)[:, None])[..., None]
    model = models.sequence_regressor((None, 1), 1, cell=cell, units=8)
    model.compile(keras.optimizers.Adam(0.02), "mse")
    before, after = before_and_after(model, wave[:, :-1], wave[:, 1:], n_steps=80)
    assert after["loss"] < 0.1 * before["loss"]


@pytest.mark.parametrize(("cell", "n_gates"), [("rnn", 1), ("lstm", 4), ("gru", 3)])
def test_cells_have_the_weights_of_their_gates(cell: str, n_gates: int) -> None:
    layer = models.recurrent_layer(cell, 5)
    layer.build((None, None, 2))
    n_biases = 2 if cell == "gru" else 1  # Keras' reset_after
    assert layer.count_params() == n_gates * (2 * 5 + 5 * 5 + n_biases * 5)


def test_unknown_cell_is_reported() -> None:
    with pytest.raises(ValueError, match="expected a cell among 'rnn', 'lstm', 'gru'; got 'tanh'"):
        models.recurrent_layer("tanh", 4)


def wide_and_deep_sample() -> tuple[Any, Any, Any]:
    rng = np.random.default_rng(0)
    wide, deep = rng.normal(size=(6, 2)), rng.normal(size=(6, 3))
    return (
        models.wide_and_deep((2, 3), 1, hidden=(4,)),
        wide.astype("float32"),
        deep.astype("float32"),
    )


def test_wide_and_deep_adds_a_linear_and_a_deep_model() -> None:
    model, wide, deep = wide_and_deep_sample()
    k1, b1, k2, b2 = model.get_weights()
    hidden = np.maximum(deep @ k1 + b1, 0)
    expected = wide @ k2[:2] + hidden @ k2[2:] + b2
    np.testing.assert_allclose(model([wide, deep]), expected, rtol=1e-4, atol=1e-6)


def test_wide_and_deep_accepts_named_inputs() -> None:
    model, wide, deep = wide_and_deep_sample()
    by_name = model.predict({"deep": deep, "wide": wide}, verbose=0)
    np.testing.assert_allclose(by_name, model.predict((wide, deep), verbose=0))
