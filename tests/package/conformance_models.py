"""Small models of every kind for the conformance suite: layers, and ways to build a model."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from tests.package.conformance_cases import ROWS, Case, Given, classes, compiled, rows

LOSS = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
Layers = Callable[[], list[keras.Layer]]

INPUTS = {  # kind of data: the shape of a row, and n rows
    "features": ((4,), lambda n: rows(n=n)),
    "images": ((6, 6, 2), lambda n: rows(n=n, features=72).reshape(-1, 6, 6, 2) * 0.2 + 0.5),
    "sequences": ((5, 3), lambda n: rows(n=n, features=15).reshape(-1, 5, 3)),
    "tokens": ((5,), lambda n: np.stack([classes(i, n, 10) for i in range(5)], 1)),
}


def sequential(kind: str, more: Layers) -> keras.Model:
    head = [layers.Flatten(), layers.Dense(3)]
    model = keras.Sequential([keras.Input(INPUTS[kind][0]), *more(), *head])
    return compiled(model, LOSS, keras.optimizers.SGD(0.1), metrics=["accuracy"])


def labeled(kind: str, n: int = ROWS) -> Given:
    x, y = INPUTS[kind][1](n), classes(n=n)
    validation = {"validation_data": (x[:8], y[:8])} if kind == "features" else {}
    return {"x": x, "y": y, **validation}


def case(kind: str, more: Layers) -> Case:
    return Case(lambda: sequential(kind, more), lambda: labeled(kind))


def adapted(layer: keras.Layer, kind: str) -> keras.Layer:
    layer.adapt(INPUTS[kind][1](ROWS))
    return layer


def frozen(layer: keras.Layer) -> keras.Layer:
    layer.trainable = False
    return layer


def with_lora(layer: keras.Layer, shape: tuple[int | None, ...]) -> keras.Layer:
    layer.build(shape)
    layer.enable_lora(2)
    return layer


class Counter(keras.layers.Layer):
    """A layer whose state counts its training calls and scales its output."""

    def build(self, shape: Any) -> None:
        del shape
        self.calls = self.add_weight(shape=(), initializer="zeros", trainable=False)

    def call(self, inputs: Any, training: bool = False) -> Any:
        if training:
            self.calls.assign_add(1.0)
        return inputs * (1 + self.calls / 10)


class Penalty(keras.layers.Layer):
    def call(self, inputs: Any) -> Any:
        self.add_loss(0.1 * keras.ops.mean(inputs**2))
        return inputs


class Attended(keras.layers.Layer):
    """A Transformer block."""

    def __init__(self) -> None:
        super().__init__()
        self.attention = layers.MultiHeadAttention(2, 3, dropout=0.1, seed=1)
        self.norm, self.dense = layers.LayerNormalization(), layers.Dense(3)

    def call(self, x: Any, training: bool = False) -> Any:
        x = self.norm(x + self.attention(x, x, training=training))
        return x + self.dense(x)


FEATURES: dict[str, Layers] = {
    "linear": list,
    "dense": lambda: [layers.Dense(6, "relu")],
    "penalties": lambda: [
        layers.Dense(6, kernel_regularizer="l2", bias_regularizer="l1", activity_regularizer="l2")
    ],
    "constraint": lambda: [layers.Dense(6, kernel_constraint=keras.constraints.MaxNorm(0.5))],
    "add_loss": lambda: [Penalty()],
    "activity": lambda: [layers.ActivityRegularization(0.1, 0.1)],
    "batch normalization": lambda: [layers.Dense(6), layers.BatchNormalization()],
    "frozen batch normalization": lambda: [frozen(layers.BatchNormalization()), layers.Dense(6)],
    "layer normalization": lambda: [layers.Dense(6), layers.LayerNormalization()],
    "group normalization": lambda: [layers.Dense(6), layers.GroupNormalization(2)],
    "RMS normalization": lambda: [layers.Dense(6), layers.RMSNormalization()],
    "unit normalization": lambda: [layers.UnitNormalization()],
    "spectral normalization": lambda: [layers.SpectralNormalization(layers.Dense(6))],
    "adapted normalization": lambda: [adapted(layers.Normalization(), "features")],
    "dropout": lambda: [layers.Dense(6), layers.Dropout(0.5, seed=3)],
    "dropout, unseeded": lambda: [layers.Dense(6), layers.Dropout(0.5)],
    "noise": lambda: [layers.GaussianNoise(0.5, seed=3), layers.GaussianDropout(0.5, seed=4)],
    "alpha dropout": lambda: [layers.Dense(6, "selu"), layers.AlphaDropout(0.2, seed=3)],
    "own activation weights": lambda: [layers.PReLU(), layers.LeakyReLU()],
    "lambda": lambda: [layers.Lambda(lambda x: x * 2)],
    "frozen": lambda: [frozen(layers.Dense(6)), layers.Dense(4)],
    "state in a layer": lambda: [Counter()],
    "LoRA": lambda: [with_lora(layers.Dense(6), (None, 4))],
    "einsum": lambda: [layers.EinsumDense("ab,bc->ac", output_shape=6, bias_axes="c")],
    "bfloat16": lambda: [layers.Dense(6, dtype="mixed_bfloat16")],
    "discretization": lambda: [layers.Discretization([0.0, 1.0]), layers.Embedding(3, 2)],
}
IMAGES: dict[str, Layers] = {
    "convolution": lambda: [layers.Conv2D(3, 3), layers.MaxPooling2D(2)],
    "convolution with normalization": lambda: [layers.Conv2D(3, 3), layers.BatchNormalization()],
    "separable": lambda: [layers.SeparableConv2D(3, 3), layers.AveragePooling2D(2)],
    "depthwise": lambda: [layers.DepthwiseConv2D(3), layers.GlobalAveragePooling2D()],
    "transposed": lambda: [layers.Conv2DTranspose(2, 3, strides=2), layers.GlobalMaxPooling2D()],
    "spatial dropout": lambda: [layers.Conv2D(3, 3), layers.SpatialDropout2D(0.5, seed=3)],
    "rescaling": lambda: [layers.Rescaling(2.0, -1.0)],
    "flip and shift": lambda: [
        layers.RandomFlip(seed=3),
        layers.RandomTranslation(0.2, 0.2, seed=4),
    ],
    "contrast and brightness": lambda: [
        layers.RandomContrast(0.2, value_range=(0, 1), seed=3),
        layers.RandomBrightness(0.2, value_range=(0, 1), seed=4),
    ],
}
SEQUENCES: dict[str, Layers] = {
    "simple RNN": lambda: [layers.SimpleRNN(3, return_sequences=True)],
    "GRU": lambda: [layers.GRU(3)],
    "LSTM": lambda: [layers.LSTM(3, dropout=0.2, recurrent_dropout=0.2, seed=3)],
    "bidirectional": lambda: [layers.Bidirectional(layers.SimpleRNN(3))],
    "masked": lambda: [layers.Masking(), layers.LSTM(3)],
    "time distributed": lambda: [layers.TimeDistributed(layers.Dense(2))],
    "1-D convolution": lambda: [layers.Conv1D(3, 2), layers.GlobalMaxPooling1D()],
    "Transformer block": lambda: [Attended()],
}
TOKENS: dict[str, Layers] = {
    "embedding": lambda: [layers.Embedding(10, 3)],
    "embedding with mask": lambda: [layers.Embedding(10, 3, mask_zero=True), layers.GRU(3)],
    "embedding with LoRA": lambda: [with_lora(layers.Embedding(10, 4), (None, 5))],
    "hashing": lambda: [layers.Hashing(4), layers.Embedding(4, 3)],
    "one-hot": lambda: [layers.CategoryEncoding(10, "multi_hot")],
    "integer lookup": lambda: [layers.IntegerLookup(vocabulary=[1, 2, 3]), layers.Embedding(4, 2)],
}
KINDS = {
    "features": FEATURES,
    "images": IMAGES,
    "sequences": SEQUENCES,
    "tokens": TOKENS,
}
LAYERS = {
    f"{kind}: {name}": case(kind, more)
    for kind, table in KINDS.items()
    for name, more in table.items()
}


class Unbuilt(keras.Model):
    """A subclass that creates its weights in its first call."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.last = layers.Dense(6, "relu"), layers.Dense(3)

    def call(self, inputs: Any, training: bool = False) -> Any:
        return self.last(keras.ops.tanh(self.first(inputs)) * (2.0 if training else 1.0))


class NoTraining(keras.Model):
    """A subclass whose call has no training argument."""

    def __init__(self) -> None:
        super().__init__()
        self.dense = layers.Dense(3)

    def call(self, inputs: Any) -> Any:
        self.add_loss(keras.ops.mean(inputs**2))
        return self.dense(inputs)


class Lists(keras.Model):
    """A subclass that takes a dict of a list and returns a list."""

    def __init__(self) -> None:
        super().__init__()
        self.heads = [layers.Dense(1), layers.Dense(1)]

    def call(self, inputs: Any) -> Any:
        a, b = inputs["pair"]
        return [self.heads[0](a), self.heads[1](b)]


def shared() -> keras.Model:
    a, b = keras.Input((2,), name="a"), keras.Input((2,), name="b")
    twice = layers.Dense(3)
    return keras.Model([a, b], layers.Dense(3)(layers.Add()([twice(a), twice(b)])))


def nested() -> keras.Model:
    inner = keras.Sequential([layers.Dense(6), layers.BatchNormalization()])
    inputs = keras.Input((4,))
    return keras.Model(inputs, keras.Sequential([layers.Dropout(0.5), layers.Dense(3)])(
        inner(inputs)))  # fmt: skip


def stateful() -> keras.Model:
    inputs = keras.Input((5, 3), batch_size=4)
    return keras.Model(inputs, layers.Dense(3)(layers.LSTM(3, stateful=True)(inputs)))


def words() -> keras.Model:
    inputs = keras.Input((1,), dtype="string")
    known = layers.StringLookup(vocabulary=["a", "b"])(inputs)
    return keras.Model(inputs, layers.Dense(3)(layers.Flatten()(layers.Embedding(3, 2)(known))))


def texts() -> Given:
    x = np.array([["a"], ["b"], ["c"], ["a b"]] * 4)
    return {"x": tf.constant(x), "y": classes()}


def pair() -> Given:
    x = rows()
    return {"x": [x[:, :2], x[:, 2:]], "y": classes()}


def pair_in_dict() -> Given:
    x = rows()
    return {"x": {"pair": (x[:, :2], x[:, 2:])}, "y": [x[:, :1], x[:, 1:2]]}


def classifying(model: Callable[[], keras.Model], **options: Any) -> Callable[[], keras.Model]:
    return lambda: compiled(model(), LOSS, metrics=["accuracy"], **options)


def plain(kind: str = "features") -> Callable[[], Given]:
    return lambda: labeled(kind)


BUILDS = {
    "Sequential without input": Case(
        classifying(lambda: keras.Sequential([layers.Dense(6), layers.Dense(3)])), plain()
    ),
    "subclass without weights yet": Case(classifying(Unbuilt), plain()),
    "subclass without training argument": Case(classifying(NoTraining), plain()),
    "functional with a shared layer": Case(classifying(shared), pair),
    "models in a model": Case(classifying(nested), plain()),
    "tuple in dict, list of outputs": Case(lambda: compiled(Lists()), pair_in_dict),
    "stateful": Case(
        classifying(stateful), lambda: labeled("sequences") | {"batch_size": 4}
    ),
    "strings": Case(classifying(words), texts),
    "not trainable": Case(
        classifying(lambda: frozen(keras.Sequential([keras.Input((4,)), layers.Dense(3)]))), plain()
    ),
    "mixed_float16": Case(
        classifying(
            lambda: keras.Sequential(
                [keras.Input((4,)), layers.Dense(3, dtype="mixed_float16")]
            ),
            auto_scale_loss=True,
        ),
        plain(),
        rtol=1e-2,
    ),
}  # fmt: skip
