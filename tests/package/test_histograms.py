"""Histograms of weights and activations: their values and titles."""

from typing import Any

import keras
import numpy as np
import pytest
from keras import layers
from matplotlib.axes import Axes

from handbook.run.draw import draw, use_style
from handbook.run.figure import COLOR, DARK
from tfnotes import histograms

pytestmark = pytest.mark.usefixtures("fresh_figures")


class Twice(keras.Model):
    """A subclassed model that runs one of its layers twice and another never."""

    def __init__(self) -> None:
        super().__init__(name="twice")
        self.dense = layers.Dense(2, use_bias=False, kernel_initializer="ones", name="dense")
        self.drop = layers.Dropout(0.5, name="drop")
        self.idle = layers.Flatten(name="idle")

    def call(self, x: Any) -> Any:
        return self.dense(self.drop(self.dense(x)))


def counts(panel: Axes) -> np.ndarray:
    (stairs,) = panel.patches
    return stairs.get_data().values


def test_each_weight_has_a_panel_with_all_its_values() -> None:
    model = keras.Sequential(
        [keras.Input((4,)), layers.Dense(3, name="a"), layers.BatchNormalization(name="b")]
    )
    panels = histograms.weight_histograms(model).axes
    names = ["a/kernel", "a/bias", "b/gamma", "b/beta", "b/moving_mean", "b/moving_variance"]
    assert [panel.get_title() for panel in panels] == names
    assert [counts(panel).sum() for panel in panels] == [12, 3, 3, 3, 3, 3]
    assert panels[1].get_xlabel() == "mean 0, std 0, 100% zero"
    assert panels[2].get_xlabel() == "mean 1, std 0"


def test_titles_omit_the_name_of_a_subclassed_model() -> None:
    model = Twice()
    model.dense.build((1, 2))
    panels = histograms.weight_histograms(model).axes
    assert [panel.get_title() for panel in panels] == ["dense/kernel"]
    assert len(histograms.weight_histograms(model.dense).axes) == 1


def test_model_without_weights_is_rejected() -> None:
    model = keras.Sequential([layers.Dense(3)], name="early")
    with pytest.raises(ValueError, match="early has none: build it first"):
        histograms.weight_histograms(model)


def test_activations_equal_those_of_a_truncated_model() -> None:
    keras.utils.set_random_seed(0)
    x = np.random.default_rng(0).normal(size=(50, 4)).astype("float32")
    model = keras.Sequential(
        [keras.Input((4,)), layers.Dense(8, "relu"), layers.Dropout(0.5), layers.Dense(3)]
    )
    panels = histograms.activation_histograms(model, x).axes
    assert [panel.get_title() for panel in panels] == [layer.name for layer in model.layers]
    for panel, layer in zip(panels, model.layers, strict=True):
        expected = keras.Model(model.inputs[0], layer.output).predict(x, verbose=0)
        assert counts(panel).tolist() == np.histogram(expected, bins=40)[0].tolist()
    zeros = np.mean(keras.Model(model.inputs[0], model.layers[0].output)(x) == 0)
    assert panels[0].get_xlabel().endswith(f"{zeros:.0%} zero")


@pytest.mark.filterwarnings("ignore:.*does not have a `build")  # the idle layer stays so
def test_subclassed_model_shows_the_layers_that_ran() -> None:
    model = Twice()
    panels = histograms.activation_histograms(model, np.ones((3, 2))).axes
    assert [panel.get_title() for panel in panels] == ["dense", "drop"]
    assert counts(panels[0]).sum() == 12  # (3, 2), twice
    assert counts(panels[0])[[0, -1]].tolist() == [6, 6]  # 2, then 4
    assert all("call" not in vars(layer) for layer in model.layers)


def test_layers_are_restored_after_a_failed_call() -> None:
    model = keras.Sequential([keras.Input((4,)), layers.Dense(3)])
    with pytest.raises(ValueError, match="incompatible"):
        histograms.activation_histograms(model, np.ones((1, 5)))
    assert "call" not in vars(model.layers[0])


def test_layer_with_several_outputs_shows_all() -> None:
    x = keras.Input((5, 2))
    model = keras.Model(x, layers.LSTM(3, return_state=True)(x))
    (panel,) = histograms.activation_histograms(model, np.ones((2, 5, 2))).axes
    assert counts(panel).sum() == 3 * 2 * 3


def test_half_precision_and_non_finite_values_are_counted() -> None:
    keras.utils.set_random_seed(0)
    layer = layers.Dense(5, dtype="mixed_bfloat16", name="layer")
    model = keras.Sequential([keras.Input((4,)), layer])
    x = np.ones((4, 4))
    x[0], x[1] = np.nan, np.inf
    (panel,) = histograms.activation_histograms(model, x).axes
    assert counts(panel).sum() == 10
    assert panel.get_xlabel().endswith("\n10 of 20 not finite")
    (panel,) = histograms.activation_histograms(model, np.full((1, 4), np.nan)).axes
    assert panel.get_xlabel() == "none of 5 is finite"


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("dense/kernel", "dense/kernel"),
        ("batch_normalization_12/moving_mean", "batch_normalization_12/\nmoving_mean"),
        ("stage_1/" * 4 + "kernel", "…1/stage_1/stage_1/stage_1/\nkernel"),
    ],
)
def test_long_names_wrap_and_are_shortened_at_the_front(name: str, title: str) -> None:
    layer = layers.Layer(name="layer")
    weight = layer.add_weight(shape=(2,), initializer="zeros", name="w")
    weight._path = name
    (panel,) = histograms.weight_histograms(layer).axes
    assert panel.get_title() == title
    assert max(map(len, title.split("\n"))) <= histograms.TITLE_SIZE + 1


def test_every_color_has_a_dark_counterpart() -> None:
    use_style()
    model = keras.Sequential([keras.Input((4,)), layers.Dense(3)])
    figure = draw(histograms.weight_histograms(model))
    assert set(COLOR.findall(figure.svg)) <= set(DARK)
