"""Multiply-adds of each kind of layer, compared with TensorFlow's count of its graph."""

from collections.abc import Callable
from math import prod
from typing import Any

import keras
import pytest
import tensorflow as tf
from keras import layers

from tfnotes import costs

PRODUCTS = {  # the operations of a graph that multiply by kernels, or queries by keys
    "BatchMatMulV2",
    "Conv2D",
    "Conv2DBackpropInput",  # a transposed convolution
    "DepthwiseConv2dNative",
    "MatMul",
}


def counted_by_tensorflow(model: keras.Model) -> int:
    """Multiply-adds that TensorFlow's profiler finds in the graph of a model."""
    function = tf.function(lambda inputs: model(inputs, training=False))
    specs = [tf.TensorSpec((1, *t.shape[1:]), t.dtype) for t in model.inputs]
    graph = function.get_concrete_function(specs if len(specs) > 1 else specs[0]).graph
    builder = tf.compat.v1.profiler.ProfileOptionBuilder
    options = builder(builder.float_operation()).with_empty_output().build()
    node = tf.compat.v1.profiler.profile(graph, cmd="op", options=options)
    total = 0
    while node.children:
        (node,) = node.children
        total += node.float_ops // 2 if node.name in PRODUCTS else 0  # additions count, too
    return total + sum(map(products, graph.get_operations()))


def products(operation: tf.Operation) -> int:
    """Multiply-adds of an operation that the profiler does not know."""
    if operation.type == "Conv3D":
        return prod(operation.outputs[0].shape) * prod(operation.inputs[1].shape[:-1])
    if operation.type != "Einsum":
        return 0
    labels = operation.get_attr("equation").decode().split("->")[0].split(",")
    sizes: dict[str, int] = {}
    for of_input, tensor in zip(labels, operation.inputs, strict=True):
        letters = of_input.removeprefix("...")
        first = len(tensor.shape) - len(letters)
        sizes |= zip(letters, tensor.shape[first:], strict=True)
        sizes["..."] = max(sizes.get("...", 1), prod(tensor.shape[:first]))
    return prod(sizes.values())


def sequence(shape: tuple[int, ...], *of: layers.Layer) -> keras.Model:
    return keras.Sequential([keras.Input(shape), *of])


def attending(layer: layers.Layer, as_list: bool = False) -> keras.Model:
    query, value = keras.Input((5, 4)), keras.Input((7, 4))
    return keras.Model([query, value], layer([query, value]) if as_list else layer(query, value))


LAYERS = {
    "Dense": lambda: sequence((5, 4), layers.Dense(3)),
    "Conv1D": lambda: sequence((9, 4), layers.Conv1D(6, 3, strides=2, padding="same")),
    "Conv3D": lambda: sequence((5, 5, 5, 2), layers.Conv3D(3, 2)),
    "DepthwiseConv1D": lambda: sequence((9, 4), layers.DepthwiseConv1D(3)),
    "DepthwiseConv2D": lambda: sequence((9, 9, 4), layers.DepthwiseConv2D(3, depth_multiplier=2)),
    "SeparableConv1D": lambda: sequence((9, 4), layers.SeparableConv1D(6, 3, depth_multiplier=2)),
    "SeparableConv2D": lambda: sequence((9, 9, 4), layers.SeparableConv2D(6, 3, strides=2)),
    "Conv2DTranspose": lambda: sequence(
        (5, 5, 4), layers.Conv2DTranspose(6, 3, strides=2, padding="same")
    ),
    "EinsumDense": lambda: sequence(
        (5, 4), layers.EinsumDense("abc,cde->abde", output_shape=(None, 2, 3))
    ),
    "EinsumDense, per step": lambda: sequence(
        (5, 4), layers.EinsumDense("abc,bcd->abd", output_shape=(5, 3))
    ),
    "EinsumDense, any axes": lambda: sequence(
        (5, 4), layers.EinsumDense("...x,xy->...y", output_shape=7)
    ),
    "Embedding": lambda: sequence((6,), layers.Embedding(10, 4)),
    "SimpleRNN": lambda: sequence((5, 4), layers.SimpleRNN(3, unroll=True)),
    "LSTM": lambda: sequence((5, 4), layers.LSTM(3, unroll=True)),
    "GRU": lambda: sequence((5, 4), layers.GRU(3, unroll=True, reset_after=False)),
    "Bidirectional": lambda: sequence(
        (5, 4), layers.Bidirectional(layers.LSTM(3, unroll=True, return_sequences=True))
    ),
    "TimeDistributed": lambda: sequence((3, 6, 6, 2), layers.TimeDistributed(layers.Conv2D(3, 2))),
    "TimeDistributed, nested": lambda: sequence(
        (3, 6), layers.TimeDistributed(sequence((6,), layers.Dense(4), layers.Dense(2)))
    ),
    "SpectralNormalization": lambda: sequence((4,), layers.SpectralNormalization(layers.Dense(3))),
    "normalization": lambda: sequence(
        (4, 4, 2),
        layers.Normalization(),
        layers.BatchNormalization(),
        layers.LayerNormalization(),
        layers.GroupNormalization(1),
        layers.RMSNormalization(),
        layers.UnitNormalization(),
        layers.PReLU(),
    ),
    "MultiHeadAttention": lambda: attending(layers.MultiHeadAttention(2, 3, value_dim=5)),
    "GroupQueryAttention": lambda: attending(layers.GroupQueryAttention(3, 4, 2)),
    "Attention": lambda: attending(layers.Attention(use_scale=True), as_list=True),
    "Attention, concat": lambda: attending(layers.Attention(score_mode="concat"), as_list=True),
    "AdditiveAttention": lambda: attending(layers.AdditiveAttention(use_scale=False), as_list=True),
    "Dot": lambda: attending(layers.Dot(axes=(2, 2)), as_list=True),
    "Dot, last axis": lambda: attending(layers.Dot(axes=-1), as_list=True),
    "matmul": lambda: attending(
        lambda q, v: keras.ops.matmul(q, keras.ops.transpose(v, (0, 2, 1)))
    ),
    "own": lambda: sequence((3, 4), Halves()),
}


class Halves(layers.Layer):
    """A layer of one's own, of Keras layers."""

    def __init__(self) -> None:
        super().__init__()
        self.first = layers.Dense(8)
        self.second = layers.Dense(4)

    def build(self, shape: tuple[int | None, ...]) -> None:
        self.first.build(shape)
        self.second.build((*shape[:-1], 8))

    def call(self, x: Any) -> Any:
        return x + self.second(self.first(x))


@pytest.mark.parametrize("kind", LAYERS)
def test_layer_has_the_cost_that_tensorflow_counts(kind: str) -> None:
    model = LAYERS[kind]()
    found = costs.layer_costs(model)
    assert sum(cost.multiply_adds for cost in found) == counted_by_tensorflow(model)
    assert sum(cost.parameters for cost in found) == model.count_params()
    if kind not in ("Embedding", "normalization"):
        assert found[0].multiply_adds > 0


@pytest.mark.parametrize(
    ("model", "expected"),
    [  # by hand: the profiler does not know these, or estimates them
        (lambda: sequence((9, 9, 4), layers.Conv2D(6, 3, groups=2)), 7 * 7 * 3 * 3 * 2 * 6),
        (lambda: sequence((9, 9, 4), layers.Conv2D(6, 3, dilation_rate=2)), 25 * 9 * 4 * 6),
        (lambda: sequence((5, 4), layers.Conv1DTranspose(6, 3, strides=2)), 5 * 3 * 4 * 6),
        (lambda: sequence((3, 3, 3, 2), layers.Conv3DTranspose(2, 2)), 27 * 8 * 2 * 2),
        (
            lambda: sequence((5, 4), layers.RNN([layers.GRUCell(3), layers.LSTMCell(2)])),
            5 * (3 * 3 * (4 + 3) + 4 * 2 * (3 + 2)),
        ),
        (lambda: sequence((5, 4), layers.LSTM(3)), 5 * 4 * 3 * (4 + 3)),  # in a loop
        (
            lambda: attending(layers.AdditiveAttention(), as_list=True),
            5 * 7 * (4 + 4),  # weighs the sum of each query and key
        ),
    ],
)
def test_layer_has_the_cost_counted_by_hand(
    model: Callable[[], keras.Model], expected: int
) -> None:
    (cost,) = costs.layer_costs(model())
    assert cost.multiply_adds == expected


@pytest.mark.parametrize(("axes", "products"), [(None, 2 * 15 * 15 * 6), (2, 2 * 3 * 5 * 5 * 6)])
def test_attention_over_several_axes(axes: int | None, products: int) -> None:
    x = keras.Input((3, 5, 4))
    attend = layers.MultiHeadAttention(2, 3, attention_axes=axes)
    (cost,) = costs.layer_costs(keras.Model(x, attend(x, x)))
    assert cost.multiply_adds == 4 * 15 * 4 * 6 + products


def test_weights_used_in_reverse_multiply() -> None:
    tokens, tied = keras.Input((5,)), layers.ReversibleEmbedding(10, 4)
    (cost,) = costs.layer_costs(keras.Model(tokens, tied(tied(tokens), reverse=True)))
    assert (cost.parameters, cost.multiply_adds) == (40, 5 * 4 * 10)


def test_shared_layer_is_counted_for_each_call() -> None:
    x, shared = keras.Input((8,)), layers.Dense(8, name="shared")
    twice = keras.Model(x, shared(shared(x)))
    (cost,) = costs.layer_costs(twice)
    assert (cost.parameters, cost.multiply_adds) == (72, 128)
    left, right = keras.Input((8,)), keras.Input((8,))
    both = keras.Model([left, right], layers.Add()([twice(left), twice(right)]))
    assert [cost.multiply_adds for cost in costs.layer_costs(both)] == [256]
    assert counted_by_tensorflow(both) == 256
