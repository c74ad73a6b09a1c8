"""GoogLeNet: parallel paths with different kernel sizes, concatenated."""

from collections.abc import Sequence
from functools import partial

import keras
from keras import layers

from tfnotes.models._arguments import builder
from tfnotes.models.convolutional import image_input

STAGES = (  # table 1 of the paper: 1x1, (reduce, 3x3), (reduce, 5x5), after pooling
    ((64, (96, 128), (16, 32), 32), (128, (128, 192), (32, 96), 64)),
    (
        (192, (96, 208), (16, 48), 64),
        (160, (112, 224), (24, 64), 64),
        (128, (128, 256), (24, 64), 64),
        (112, (144, 288), (32, 64), 64),
        (256, (160, 320), (32, 128), 128),
    ),
    ((256, (160, 320), (32, 128), 128), (384, (192, 384), (48, 128), 128)),
)


def inception_block(
    x: keras.KerasTensor,
    n_1x1: int,
    n_3x3: tuple[int, int],
    n_5x5: tuple[int, int],
    n_pool: int,
) -> keras.KerasTensor:
    """Apply four parallel paths and concatenate their outputs.

    Args:
        x: (n, height, width, channels).
        n_1x1: filters of the 1 x 1 path.
        n_3x3: filters of the 1 x 1 convolution and the following 3 x 3.
        n_5x5: filters of the 1 x 1 convolution and the following 5 x 5.
        n_pool: filters of the 1 x 1 convolution after the pooling.

    Returns:
        (n, height, width, n_1x1 + n_3x3[1] + n_5x5[1] + n_pool).

    Examples:
        >>> inception_block(keras.Input((7, 7, 3)), 1, (2, 4), (2, 8), 16).shape
        (None, 7, 7, 29)

    Source:
        Szegedy et al., Going Deeper with Convolutions, 2015, figure 2b.
    """
    # --8<-- [start:inception-block]
    conv = partial(layers.Conv2D, padding="same", activation="relu")
    paths = [
        conv(n_1x1, 1)(x),
        conv(n_3x3[1], 3)(conv(n_3x3[0], 1)(x)),
        conv(n_5x5[1], 5)(conv(n_5x5[0], 1)(x)),
        conv(n_pool, 1)(layers.MaxPooling2D(3, strides=1, padding="same")(x)),
    ]
    return layers.Concatenate()(paths)
    # --8<-- [end:inception-block]


@builder
def googlenet(
    input_shape: Sequence[int | None],
    n_outputs: int,
    *,
    dropout: float = 0.4,
    name: str = "googlenet",
) -> keras.Model:
    """Build GoogLeNet: nine Inception blocks, global average pooling, one dense layer.

    It follows table 1 of the paper: plain convolutions with biases. It omits the two
    auxiliary classifiers and the local response normalization, which has no weights.
    (torchvision's GoogLeNet differs: batch normalization, no biases, 3 x 3 for 5 x 5.)

    Args:
        input_shape: (height, width, channels) in pixels; height and width may be None.
            The network shrinks them 32 times; small images become 1 x 1 early.
        n_outputs: number of classes.
        dropout: rate of the dropout before the last layer.
        name: name of the model.

    Returns:
        An uncompiled model: (n, *input_shape) float32 to (n, n_outputs) float32 logits.

    Raises:
        ValueError: the shape is not an image's, or a size is not positive.

    Examples:
        >>> googlenet((224, 224, 3), 1000).count_params()
        6998552

    Source:
        Szegedy et al., Going Deeper with Convolutions, 2015.
    """
    # --8<-- [start:googlenet]
    conv = partial(layers.Conv2D, padding="same", activation="relu")
    halve = partial(layers.MaxPooling2D, 3, strides=2, padding="same")
    inputs = image_input(input_shape)
    x = halve()(conv(64, 7, strides=2)(inputs))
    x = halve()(conv(192, 3)(conv(64, 1)(x)))
    for i, stage in enumerate(STAGES):
        x = halve()(x) if i else x
        for n_filters in stage:
            x = inception_block(x, *n_filters)
    x = layers.GlobalAveragePooling2D()(x)  # (n, 1024)
    x = layers.Dropout(dropout)(x)
    logits = layers.Dense(n_outputs, name="logits")(x)
    return keras.Model(inputs, logits, name=name)
    # --8<-- [end:googlenet]
