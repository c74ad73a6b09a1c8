"""Models with two inputs or two outputs, which need the functional API."""

from collections.abc import Mapping, Sequence

import keras
from keras import layers

from tfnotes.models._arguments import builder
from tfnotes.models.convolutional import image_input


@builder
def wide_and_deep(
    n_features: tuple[int, int],
    n_outputs: int,
    *,
    hidden: Sequence[int] = (30, 30),
    name: str = "wide_and_deep",
) -> keras.Model:
    """Build a model that adds the outputs of a linear and a deep model.

    Args:
        n_features: (n_wide, n_deep): the number of features that go directly to the
            output, and of those that go through the hidden layers; the same features
            may be in both.
        n_outputs: 1 for a value or a binary logit, else the number of classes.
        hidden: the units of each hidden layer.
        name: name of the model.

    Returns:
        An uncompiled model with the inputs ``wide`` (n, n_wide) and ``deep``
        (n, n_deep), float32, to (n, n_outputs) float32: values or logits.

    Raises:
        ValueError: a size is not a positive integer.

    Examples:
        >>> model = wide_and_deep((2, 3), 1)
        >>> [tensor.name for tensor in model.inputs]
        ['wide', 'deep']

    Source:
        Cheng et al., Wide & Deep Learning for Recommender Systems, 2016; the layers are
        those of Géron, Hands-On Machine Learning, 2022, chapter 10.
    """
    # --8<-- [start:wide-and-deep]
    n_wide, n_deep = n_features
    wide = keras.Input((n_wide,), name="wide")
    deep = keras.Input((n_deep,), name="deep")
    x = deep
    for units in hidden:
        x = layers.Dense(units, activation="relu")(x)
    x = layers.Concatenate()([wide, x])
    outputs = layers.Dense(n_outputs, name="output")(x)
    return keras.Model([wide, deep], outputs, name=name)
    # --8<-- [end:wide-and-deep]


@builder
def multi_output_cnn(
    input_shape: Sequence[int],
    n_outputs: Mapping[str, int],
    *,
    name: str = "multi_output_cnn",
) -> keras.Model:
    """Build one convolutional trunk with several output heads.

    Args:
        input_shape: (height, width, channels) in pixels, from 4 x 4.
        n_outputs: for each head its name and number of outputs: the number of classes
            for a classification, 1 for a value.
        name: name of the model.

    Returns:
        An uncompiled model: (n, *input_shape) float32 to a dict that contains, for each
        name, (n, n_outputs[name]) float32: logits, or values. Pass losses and metrics
        to ``compile`` under the same names.

    Raises:
        ValueError: the shape is not an image's, or a size is not positive.

    Examples:
        >>> model = multi_output_cnn((28, 28, 1), {"item": 10, "season": 4})
        >>> {name: head.shape for name, head in model.output.items()}
        {'item': (None, 10), 'season': (None, 4)}
    """
    # --8<-- [start:multi-output]
    inputs = image_input(input_shape, smallest_size=4, any_size=False)
    x = inputs
    for n_filters in (16, 32):
        x = layers.Conv2D(n_filters, 3, padding="same", activation="relu")(x)
        x = layers.MaxPooling2D(2)(x)
    x = layers.Flatten()(x)
    x = layers.Dense(64, activation="relu")(x)
    heads = {head: layers.Dense(n, name=head)(x) for head, n in n_outputs.items()}
    return keras.Model(inputs, heads, name=name)
    # --8<-- [end:multi-output]
