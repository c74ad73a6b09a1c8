"""Parameters and multiply-adds of layers, compared with TensorFlow's count and published ones."""

import keras
import pytest
import tensorflow as tf
from keras import layers
from matplotlib.figure import Figure

from handbook.run.draw import draw, use_style
from handbook.run.figure import COLOR, DARK
from tfnotes import costs, models

pytestmark = pytest.mark.usefixtures("fresh_figures")


def counted_by_tensorflow(model: keras.Model) -> int:
    """Multiply-adds that TensorFlow's profiler finds in convolutions and matrix products."""
    function = tf.function(lambda x: model(x, training=False))
    graph = function.get_concrete_function(tf.TensorSpec((1, *model.input_shape[1:]))).graph
    return sum(
        tf.compat.v1.profiler.profile(
            graph,
            options=tf.compat.v1.profiler.ProfileOptionBuilder(
                tf.compat.v1.profiler.ProfileOptionBuilder.float_operation()
            )
            .with_node_names(show_name_regexes=[f".*/{op}$"])
            .with_empty_output()
            .build(),
        ).total_float_ops
        // 2  # it counts the addition as a separate operation
        for op in ("convolution", "MatMul", "separable_conv2d/depthwise", "depthwise")
    )


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


def test_total_equals_the_count_of_the_tensorflow_profiler() -> None:
    model = several_kinds()
    found = costs.layer_costs(model)
    assert [cost.name for cost in found] == ["conv", "norm", "strided", "depthwise", "head"]
    assert sum(cost.parameters for cost in found) == model.count_params()
    assert sum(cost.multiply_adds for cost in found) == counted_by_tensorflow(model)
    assert [cost.shape for cost in found][2] == (6, 6, 8)


def test_vgg16_has_the_published_costs() -> None:
    """VGG-16: 138 M weights and 15.5 G multiply-adds (Sze et al., 2017, table II)."""
    found = costs.layer_costs(keras.applications.VGG16(weights=None))
    assert costs.short(sum(cost.parameters for cost in found)) == "138 M"
    assert costs.short(sum(cost.multiply_adds for cost in found)) == "15.5 G"


def test_adjacent_layers_of_one_group_are_one_row() -> None:
    found = costs.layer_costs(models.lenet((28, 28, 1), 10), group=lambda name: name[:4])
    assert [(cost.name, cost.shape) for cost in found] == [
        ("conv", ()), ("dens", ()), ("logi", (10,)),
    ]  # fmt: skip
    assert sum(cost.parameters for cost in found) == models.lenet((28, 28, 1), 10).count_params()


def test_unsupported_layer_is_reported() -> None:
    model = keras.Sequential([keras.Input((5, 2)), layers.GRU(3, name="memory")])
    with pytest.raises(ValueError, match=r"memory is GRU: count it by hand"):
        costs.layer_costs(model)


def bars(figure: Figure) -> list[list[float]]:
    return [[bar.get_width() for bar in panel.patches] for panel in figure.axes]


def test_bars_show_the_counts_in_both_color_schemes() -> None:
    use_style()
    found = costs.layer_costs(several_kinds())
    figure = costs.cost_bars(found)
    assert bars(figure) == [
        [cost.parameters for cost in found],
        [cost.multiply_adds for cost in found],
    ]
    assert figure.axes[0].get_yticklabels()[0].get_text() == "conv  28×28×6"
    figure = draw(figure)
    assert set(COLOR.findall(figure.svg)) <= set(DARK)


def test_large_counts_are_abbreviated() -> None:
    assert [costs.short(n) for n in (0, 999, 1000, 9994, 99_950, 999_600, 15_470_264_320)] == [
        "0", "999", "1 k", "9.99 k", "100 k", "1 M", "15.5 G",
    ]  # fmt: skip
