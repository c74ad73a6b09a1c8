"""Parameters and multiply-adds of layers, compared with TensorFlow's count and published ones."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers
from matplotlib.figure import Figure

from handbook.run.draw import draw, use_style
from handbook.run.figure import COLOR, DARK
from tfnotes import costs, models
from tfnotes.costs import bars

pytestmark = pytest.mark.usefixtures("fresh_figures")


def sequence(shape: tuple[int, ...], *of: layers.Layer) -> keras.Model:
    return keras.Sequential([keras.Input(shape), *of])


def several_kinds() -> keras.Model:
    nested = keras.Sequential(
        [keras.Input((14, 14, 6)), layers.Conv2D(8, 3, strides=2, name="strided")]
    )
    return keras.Sequential(
        [
            keras.Input((28, 28, 3)),
            layers.Conv2D(6, 5, padding="same", name="conv"),
            layers.BatchNormalization(name="norm"),
            layers.MaxPooling2D(),
            nested,
            layers.DepthwiseConv2D(3, name="depthwise"),
            layers.Flatten(),
            layers.Dense(10, name="head"),
        ]
    )


def test_rows_are_the_layers_that_cost_something() -> None:
    model = several_kinds()
    found = costs.layer_costs(model)
    assert [cost.name for cost in found] == ["conv", "norm", "strided", "depthwise", "head"]
    assert sum(cost.parameters for cost in found) == model.count_params()
    assert [cost.shape for cost in found][2] == (6, 6, 8)


def test_models_of_any_form_are_counted() -> None:
    class Own(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.body, self.head = several_kinds(), layers.Dense(2, name="own_head")

        def call(self, x: Any) -> Any:
            return self.head(self.body(x))

    model = Own()
    model(np.zeros((2, 28, 28, 3), np.float32))
    found = costs.layer_costs(model)
    assert [cost.name for cost in found][-2:] == ["head", "own_head"]
    assert sum(cost.parameters for cost in found) == model.count_params()
    inputs = {"a": keras.Input((4,), name="a"), "b": keras.Input((3,), name="b")}
    named = keras.Model(inputs, layers.Dense(2)(layers.Concatenate()([*inputs.values()])))
    assert [cost.multiply_adds for cost in costs.layer_costs(named)] == [14]


PUBLISHED = {  # G of multiply-adds, at the size of image of the paper
    "VGG16": 15.5,  # Sze et al., 2017, table II
    "ResNet50": 3.8,  # He et al., 2015, table 1
    "MobileNetV2": 0.30,  # Sandler et al., 2018, table 4
    "EfficientNetB0": 0.39,  # Tan and Le, 2019, table 2
    "Xception": 8.4,  # Bianco et al., 2018, figure 1
    "ConvNeXtTiny": 4.5,  # Liu et al., 2022, table 9
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_applications_have_the_published_costs(name: str) -> None:
    with keras.StatelessScope(initialize_variables=False):
        model = getattr(keras.applications, name)(weights=None)
        found = costs.layer_costs(model)
    total = sum(cost.multiply_adds for cost in found) / 1e9
    assert total == pytest.approx(PUBLISHED[name], rel=0.02)
    assert sum(cost.parameters for cost in found) == model.count_params()


def test_adjacent_layers_of_one_group_are_one_row() -> None:
    found = costs.layer_costs(models.lenet((28, 28, 1), 10), group=lambda name: name[:4])
    assert [(cost.name, cost.shape) for cost in found] == [
        ("conv", ()), ("dens", ()), ("logi", (10,)),
    ]  # fmt: skip
    assert sum(cost.parameters for cost in found) == models.lenet((28, 28, 1), 10).count_params()


def test_layer_without_a_group_belongs_to_the_one_before() -> None:
    names = {"conv": "convolutions", "depthwise": "rest"}
    found = costs.layer_costs(several_kinds(), group=names.get)
    assert [cost.name for cost in found] == ["convolutions", "rest"]
    found = costs.layer_costs(several_kinds(), group={"norm": "rest"}.get)
    assert [cost.name for cost in found] == ["conv", "rest"]


class Scaled(layers.Layer):
    """A layer with its own weight."""

    def build(self, shape: tuple[int | None, ...]) -> None:
        self.scale = self.add_weight(shape=shape[-1:])

    def call(self, x: Any) -> Any:
        return x * self.scale


def product() -> keras.Model:
    x = keras.Input((3, 4))
    return keras.Model(x, keras.ops.einsum("abc,abd->acd", x, x))


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (lambda: sequence((4,), Scaled(name="own")), "own is Scaled: count it by hand"),
        (
            lambda: sequence((4, 6, 6, 1), layers.ConvLSTM2D(2, 3, name="memory")),
            "memory is ConvLSTM2D",
        ),
        (product, "einsum is Einsum: count it by hand"),
        (
            lambda: sequence((None, 4), layers.GRU(3)),
            r"known size; \S+ takes \(None, 4\): build it with numbers in place of None",
        ),
        (lambda: keras.Sequential([layers.Dense(2)], name="late"), "built model; late is not"),
        (lambda: keras.Model(name="empty"), "built model; empty is not: build it first"),
    ],
)
def test_what_cannot_be_counted_is_one_sentence(
    model: Callable[[], keras.Model], message: str
) -> None:
    keras.utils.clear_session()
    with pytest.raises(ValueError, match=message):
        costs.layer_costs(model())


def test_bars_need_a_layer() -> None:
    with pytest.raises(ValueError, match="expected at least one layer; got none"):
        costs.cost_bars([])


def test_only_models_are_counted() -> None:
    with pytest.raises(TypeError, match="expected a Keras model; got Dense"):
        costs.layer_costs(layers.Dense(3))


def test_counting_changes_nothing() -> None:
    keras.utils.clear_session()
    model = several_kinds()
    costs.layer_costs(model)
    assert layers.Dense(1).name == "dense"
    assert len(model.get_config()["layers"]) == len(model.layers) + 1
    assert "recorded" not in keras.Operation.__call__.__qualname__


def lengths(figure: Figure) -> list[list[float]]:
    return [[bar.get_width() for bar in panel.patches] for panel in figure.axes]


def test_bars_show_the_counts_in_both_color_schemes() -> None:
    use_style()
    found = costs.layer_costs(several_kinds())
    figure = costs.cost_bars(found)
    assert lengths(figure) == [
        [cost.parameters for cost in found],
        [cost.multiply_adds for cost in found],
    ]
    assert figure.axes[0].get_yticklabels()[0].get_text() == "conv  28×28×6"
    figure = draw(figure)
    assert set(COLOR.findall(figure.svg)) <= set(DARK)


def test_large_counts_are_abbreviated() -> None:
    assert [bars._short(n) for n in (0, 999, 1000, 9994, 99_950, 999_600, 15_470_264_320)] == [
        "0", "999", "1 k", "9.99 k", "100 k", "1 M", "15.5 G",
    ]  # fmt: skip
