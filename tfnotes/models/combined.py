"""Models with two inputs or two outputs, which need the functional API."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import keras
from keras import layers

from tfnotes.models.convolutional import image_input

HEADS: Mapping[str, int] = MappingProxyType({"label": 10, "brightness": 1})


def wide_and_deep(
    n_wide: int = 5,
    n_deep: int = 6,
    hidden: Sequence[int] = (30, 30),
    n_outputs: int = 1,
) -> keras.Model:
    """Build a model that adds the outputs of a linear and a deep model.

    Args:
        n_wide: number of features that go directly to the output.
        n_deep: number of features that go through the hidden layers; the same features
            may be in both.
        hidden: the units of each hidden layer.
        n_outputs: 1 for a value or a binary logit, else the number of classes.

    Returns:
        An uncompiled model with the inputs ``wide`` (n, n_wide) and ``deep``
        (n, n_deep), float32, to (n, n_outputs) float32: values or logits.

    Examples:
        >>> model = wide_and_deep(n_wide=2, n_deep=3)
        >>> [tensor.name for tensor in model.inputs]
        ['wide', 'deep']

    Source:
        Cheng et al., Wide & Deep Learning for Recommender Systems, 2016; the layers are
        those of Géron, Hands-On Machine Learning, 2022, chapter 10.
    """
    # --8<-- [start:wide-and-deep]
    wide = keras.Input((n_wide,), name="wide")
    deep = keras.Input((n_deep,), name="deep")
    x = deep
    for units in hidden:
        x = layers.Dense(units, activation="relu")(x)
    x = layers.Concatenate()([wide, x])
    outputs = layers.Dense(n_outputs, name="output")(x)
    return keras.Model([wide, deep], outputs, name="wide_and_deep")
    # --8<-- [end:wide-and-deep]


def multi_output_cnn(
    input_shape: Sequence[int] = (28, 28, 1), heads: Mapping[str, int] = HEADS
) -> keras.Model:
    """Build one convolutional trunk with several output heads.

    Args:
        input_shape: (height, width, channels) in pixels, from 4 x 4.
        heads: for each head its name and number of outputs: the number of classes for a
            classification, 1 for a value.

    Returns:
        An uncompiled model: (n, *input_shape) float32 to a dict that contains, for each
        name, (n, heads[name]) float32: logits, or values. Pass losses and metrics to
        ``compile`` under the same names.

    Examples:
        >>> model = multi_output_cnn(heads={"item": 10, "season": 4})
        >>> {name: head.shape for name, head in model.output.items()}
        {'item': (None, 10), 'season': (None, 4)}
    """
    # --8<-- [start:multi-output]
    inputs = image_input(input_shape, smallest_size=4)
    x = inputs
    for n_filters in (16, 32):
        x = layers.Conv2D(n_filters, 3, padding="same", activation="relu")(x)
        x = layers.MaxPooling2D(2)(x)
    x = layers.Flatten()(x)
    x = layers.Dense(64, activation="relu")(x)
    outputs = {name: layers.Dense(n, name=name)(x) for name, n in heads.items()}
    return keras.Model(inputs, outputs, name="multi_output_cnn")
    # --8<-- [end:multi-output]
