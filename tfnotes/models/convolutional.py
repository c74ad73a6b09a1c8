"""Convolutional networks for images: LeNet-5, VGG and Network in Network."""

from collections.abc import Sequence

import keras
from keras import layers

from tfnotes.models._arguments import builder, is_size

VGG_SMALL = ((1, 32), (1, 64), (2, 128))
"""Three blocks for ``vgg``, for images from 8 x 8 pixels."""
VGG11 = ((1, 64), (1, 128), (2, 256), (2, 512), (2, 512))
"""Network A of the VGG paper, for ``vgg``: 8 convolutions and 3 dense layers."""
VGG16 = ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512))
"""Network D of the VGG paper, for ``vgg``: 13 convolutions and 3 dense layers."""

NIN_CIFAR = (((192, 160, 96), 5, 1), ((192, 192, 192), 5, 1), ((192, 192), 3, 1))
"""The blocks of ``nin`` for the images of CIFAR, 32 x 32."""
NIN_IMAGENET = (
    ((96, 96, 96), 11, 4),
    ((256, 256, 256), 5, 1),
    ((384, 384, 384), 3, 1),
    ((1024, 1024), 3, 1),
)
"""The blocks of ``nin`` for the images of ImageNet, 224 x 224."""


def image_input(
    input_shape: Sequence[int | None],
    smallest_size: int = 1,
    *,
    any_size: bool = True,
) -> keras.KerasTensor:
    """Create the input of an image network, or raise if the images do not fit it.

    Args:
        input_shape: (height, width, channels) in pixels; None for a side that varies
            between images.
        smallest_size: smallest side, in pixels, that the network can process.
        any_size: whether height and width may be None.

    Returns:
        The symbolic input: (n, height, width, channels) float32.

    Raises:
        ValueError: the shape is not an image's, or a side is too short.

    Examples:
        >>> image_input((28, 28, 1)).shape
        (None, 28, 28, 1)
    """
    shape = tuple(input_shape) if hasattr(input_shape, "__len__") else ()
    *sides, n_channels = shape or [None]
    known = [side for side in sides if side is not None]
    if len(sides) != 2 or not all(map(is_size, [*known, n_channels])):
        raise ValueError(
            f"expected input_shape=(height, width, channels); got {input_shape!r}: "
            "gray images have 1 channel, images[..., None] adds it"
        )
    if len(known) < 2 and not any_size:
        raise ValueError(
            f"expected the height and width of the images; got {shape}: the network "
            "has a dense layer over all pixels"
        )
    if min(known, default=smallest_size) < smallest_size:
        raise ValueError(
            f"expected pictures of at least {smallest_size} x {smallest_size} pixels, "
            f"because the layers shrink them; got {shape[0]} x {shape[1]}: "
            "enlarge the pictures or take a network that pools less often"
        )
    return keras.Input(shape)


@builder
def lenet(
    input_shape: Sequence[int],
    n_outputs: int,
    *,
    activation: str = "tanh",
    name: str = "lenet",
) -> keras.Model:
    """Build LeNet-5: two convolutions with average pooling, three dense layers.

    The first convolution pads, so that 28 x 28 images work as well as the paper's
    32 x 32.

    Args:
        input_shape: (height, width, channels) in pixels, from 12 x 12.
        n_outputs: number of classes.
        activation: the name of a Keras activation.
        name: name of the model.

    Returns:
        An uncompiled model: (n, *input_shape) float32 to (n, n_outputs) float32 logits.

    Raises:
        ValueError: the shape is not an image's, or a size is not positive.

    Examples:
        >>> lenet((28, 28, 1), 10).count_params()  # 156 + 2416 + 48120 + 10164 + 850
        61706

    Source:
        LeCun et al., Gradient-Based Learning Applied to Document Recognition, 1998, in
        the variant of Dive into Deep Learning: plain average pooling, every filter over
        all channels, a dense layer instead of the RBF output.
    """
    # --8<-- [start:lenet]
    inputs = image_input(input_shape, smallest_size=12, any_size=False)
    x = layers.Conv2D(6, 5, padding="same", activation=activation)(inputs)
    x = layers.AveragePooling2D(2)(x)  # 14 x 14 x 6
    x = layers.Conv2D(16, 5, activation=activation)(x)  # 10 x 10 x 16
    x = layers.AveragePooling2D(2)(x)  # 5 x 5 x 16
    x = layers.Flatten()(x)
    x = layers.Dense(120, activation=activation)(x)
    x = layers.Dense(84, activation=activation)(x)
    logits = layers.Dense(n_outputs, name="logits")(x)
    return keras.Model(inputs, logits, name=name)
    # --8<-- [end:lenet]


def vgg_block(
    x: keras.KerasTensor, n_convs: int, n_filters: int, activation: str = "relu"
) -> keras.KerasTensor:
    """Apply 3 x 3 convolutions, then halve height and width.

    Args:
        x: (n, height, width, channels).
        n_convs: number of convolutions.
        n_filters: filters of each.
        activation: the name of a Keras activation.

    Returns:
        (n, height // 2, width // 2, n_filters).

    Examples:
        >>> vgg_block(keras.Input((28, 28, 1)), n_convs=2, n_filters=8).shape
        (None, 14, 14, 8)
    """
    # --8<-- [start:vgg-block]
    for _ in range(n_convs):
        x = layers.Conv2D(n_filters, 3, padding="same", activation=activation)(x)
    return layers.MaxPooling2D(2)(x)
    # --8<-- [end:vgg-block]


@builder
def vgg(
    input_shape: Sequence[int],
    n_outputs: int,
    *,
    architecture: Sequence[tuple[int, int]] = VGG_SMALL,
    hidden: Sequence[int] = (256, 256),
    activation: str = "relu",
    dropout: float = 0.5,
    name: str = "vgg",
) -> keras.Model:
    """Build a VGG: blocks of 3 x 3 convolutions, then dense layers with dropout.

    Args:
        input_shape: (height, width, channels) in pixels.
        n_outputs: number of classes.
        architecture: (n_convs, n_filters) for each block. Every block halves the image:
            ``VGG_SMALL`` fits 28 x 28, ``VGG11`` and ``VGG16`` need 32 x 32.
        hidden: units of the dense layers; (4096, 4096) in the paper.
        activation: the name of a Keras activation.
        dropout: rate of the dropout after each hidden dense layer.
        name: name of the model.

    Returns:
        An uncompiled model: (n, *input_shape) float32 to (n, n_outputs) float32 logits.

    Raises:
        ValueError: the shape is not an image's, or a size is not positive.

    Examples:
        >>> vgg((28, 28, 1), 2, hidden=(64,)).output_shape
        (None, 2)

    Source:
        Simonyan and Zisserman, Very Deep Convolutional Networks for Large-Scale Image
        Recognition, 2014.
    """
    # --8<-- [start:vgg]
    inputs = image_input(input_shape, 2 ** len(architecture), any_size=False)
    x = inputs
    for n_convs, n_filters in architecture:
        x = vgg_block(x, n_convs, n_filters, activation)
    x = layers.Flatten()(x)
    for units in hidden:
        x = layers.Dense(units, activation=activation)(x)
        x = layers.Dropout(dropout)(x)
    logits = layers.Dense(n_outputs, name="logits")(x)
    return keras.Model(inputs, logits, name=name)
    # --8<-- [end:vgg]


def nin_block(
    x: keras.KerasTensor, n_filters: Sequence[int], kernel_size: int, strides: int = 1
) -> keras.KerasTensor:
    """Apply one convolution, then 1 x 1 convolutions (dense over the channels).

    Args:
        x: (n, height, width, channels).
        n_filters: filters of each convolution, including the first.
        kernel_size: kernel size of the first convolution, in pixels.
        strides: strides of the first convolution, in pixels.

    Returns:
        (n, height / strides, width / strides, n_filters[-1]), rounded up.

    Examples:
        >>> nin_block(keras.Input((28, 28, 1)), (8, 6), kernel_size=5).shape
        (None, 28, 28, 6)
    """
    # --8<-- [start:nin-block]
    first, *others = n_filters
    x = layers.Conv2D(first, kernel_size, strides, "same", activation="relu")(x)
    for n in others:
        x = layers.Conv2D(n, 1, activation="relu")(x)
    return x
    # --8<-- [end:nin-block]


@builder
def nin(
    input_shape: Sequence[int | None],
    n_outputs: int,
    *,
    architecture: Sequence[tuple[Sequence[int], int, int]] = NIN_CIFAR,
    dropout: float = 0.5,
    name: str = "nin",
) -> keras.Model:
    """Build a Network in Network: a feature map per class, then global pooling.

    It has no dense layer and accepts images of any size. The class maps have no ReLU:
    logits may be negative.

    Args:
        input_shape: (height, width, channels) in pixels; height and width may be None.
        n_outputs: number of classes.
        architecture: (n_filters, kernel_size, strides) for each block.
        dropout: rate of the dropout between blocks.
        name: name of the model.

    Returns:
        An uncompiled model: (n, *input_shape) float32 to (n, n_outputs) float32 logits.

    Raises:
        ValueError: the shape is not an image's, or a size is not positive.

    Examples:
        >>> nin((32, 32, 3), 10).count_params()
        966986

    Source:
        Lin, Chen and Yan, Network In Network, 2013. ``NIN_CIFAR`` and ``NIN_IMAGENET``
        use the filters that the first author published in the Caffe Model Zoo.
    """
    # --8<-- [start:nin]
    inputs = image_input(input_shape)
    x = nin_block(inputs, *architecture[0])
    for block in architecture[1:]:
        x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
        x = layers.Dropout(dropout)(x)
        x = nin_block(x, *block)
    x = layers.Conv2D(n_outputs, 1, name="class_maps")(x)
    logits = layers.GlobalAveragePooling2D(name="logits")(x)
    return keras.Model(inputs, logits, name=name)
    # --8<-- [end:nin]
