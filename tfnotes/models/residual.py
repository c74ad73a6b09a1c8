"""Batch normalization and skip connections: a small network, and ResNet-18."""

from collections.abc import Sequence
from typing import Literal

import keras
from keras import layers

from tfnotes.models._arguments import builder
from tfnotes.models.convolutional import image_input

STEMS = ("imagenet", "small")


def conv_batch_norm(
    x: keras.KerasTensor, n_filters: int, kernel_size: int = 3, strides: int = 1
) -> keras.KerasTensor:
    """Apply a convolution without bias, then batch normalization, which has one.

    Args:
        x: (n, height, width, channels).
        n_filters: filters of the convolution.
        kernel_size: its kernel size, in pixels.
        strides: its strides, in pixels.

    Returns:
        (n, height / strides, width / strides, n_filters), rounded up; no activation.

    Examples:
        >>> conv_batch_norm(keras.Input((7, 7, 3)), 8, strides=2).shape
        (None, 4, 4, 8)

    Source:
        Ioffe and Szegedy, Batch Normalization, 2015. The momentum is torchvision's:
        with Keras' 0.99 the moving averages lag for hundreds of steps.
    """
    # --8<-- [start:conv-batch-norm]
    x = layers.Conv2D(
        n_filters,
        kernel_size,
        strides,
        padding="same",
        use_bias=False,
        kernel_initializer="he_normal",
    )(x)
    return layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(x)
    # --8<-- [end:conv-batch-norm]


@builder
def batch_norm_cnn(
    input_shape: Sequence[int | None],
    n_outputs: int,
    *,
    n_filters: Sequence[int] = (32, 64, 128),
    name: str = "batch_norm_cnn",
) -> keras.Model:
    """Build a small network with batch normalization after each convolution.

    Args:
        input_shape: (height, width, channels) in pixels; height and width may be None.
        n_outputs: number of classes.
        n_filters: filters of each convolution; a pooling that halves the image follows
            each of them.
        name: name of the model.

    Returns:
        An uncompiled model: (n, *input_shape) float32 to (n, n_outputs) float32 logits.

    Raises:
        ValueError: the shape is not an image's, or a size is not positive.

    Examples:
        >>> batch_norm_cnn((28, 28, 1), 10, n_filters=(16, 32)).output_shape
        (None, 10)

    Source:
        Ioffe and Szegedy, Batch Normalization, 2015.
    """
    # --8<-- [start:batch-norm-cnn]
    inputs = image_input(input_shape, smallest_size=2 ** len(n_filters))
    x = inputs
    for n in n_filters:
        x = layers.ReLU()(conv_batch_norm(x, n))
        x = layers.MaxPooling2D(2)(x)
    x = layers.GlobalAveragePooling2D()(x)
    logits = layers.Dense(n_outputs, name="logits")(x)
    return keras.Model(inputs, logits, name=name)
    # --8<-- [end:batch-norm-cnn]


def residual_block(
    x: keras.KerasTensor, n_filters: int, strides: int = 1
) -> keras.KerasTensor:
    """Apply two convolutions and add ``x`` to the result.

    Args:
        x: (n, height, width, channels).
        n_filters: filters of both convolutions.
        strides: strides of the first one, in pixels.

    Returns:
        (n, height / strides, width / strides, n_filters), rounded up. If ``x`` has
        another shape, a 1 x 1 convolution projects it to this one.

    Examples:
        >>> residual_block(keras.Input((28, 28, 8)), 16, strides=2).shape
        (None, 14, 14, 16)

    Source:
        He et al., Deep Residual Learning for Image Recognition, 2015, figure 2.
    """
    # --8<-- [start:residual-block]
    y = layers.ReLU()(conv_batch_norm(x, n_filters, 3, strides))
    y = conv_batch_norm(y, n_filters, 3)
    if strides != 1 or x.shape[-1] != n_filters:
        x = conv_batch_norm(x, n_filters, 1, strides)
    return layers.ReLU()(layers.Add()([x, y]))
    # --8<-- [end:residual-block]


@builder
def resnet18(
    input_shape: Sequence[int | None],
    n_outputs: int,
    *,
    stem: Literal["imagenet", "small"] = "imagenet",
    name: str = "resnet18",
) -> keras.Model:
    """Build ResNet-18: eight residual blocks in four stages.

    Args:
        input_shape: (height, width, channels) in pixels; height and width may be None.
            The network shrinks them 32 times, with the small stem 8 times.
        n_outputs: number of classes.
        stem: the layers before the first block: ``"imagenet"`` is a 7 x 7 convolution
            and a pooling, each with stride 2; ``"small"``, for images such as those of
            CIFAR and MNIST, is a 3 x 3 convolution with stride 1.
        name: name of the model.

    Returns:
        An uncompiled model: (n, *input_shape) float32 to (n, n_outputs) float32 logits.
        With 224 x 224 x 3 and 1000 classes it has torchvision's 11,689,512 trainable
        parameters, plus 9,600 moving averages, which torch does not count.

    Raises:
        ValueError: the shape is not an image's, a size is not positive, or the stem is
            unknown.

    Examples:
        >>> resnet18((224, 224, 3), 1000).count_params()  # 11689512 + 9600
        11699112
        >>> resnet18((32, 32, 3), 10, stem="small").output_shape
        (None, 10)

    Source:
        He et al., Deep Residual Learning for Image Recognition, 2015: table 1; the
        small stem is that of section 4.2.
    """
    if stem not in STEMS:
        known = ", ".join(map(repr, STEMS))
        raise ValueError(f"expected a stem among {known}; got {stem!r}")
    # --8<-- [start:resnet18]
    inputs = image_input(input_shape)
    if stem == "imagenet":
        x = layers.ReLU()(conv_batch_norm(inputs, 64, 7, strides=2))
        x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    else:
        x = layers.ReLU()(conv_batch_norm(inputs, 64, 3))
    for n_filters in (64, 128, 256, 512):
        x = residual_block(x, n_filters, strides=1 if n_filters == 64 else 2)
        x = residual_block(x, n_filters)
    x = layers.GlobalAveragePooling2D()(x)
    logits = layers.Dense(n_outputs, name="logits")(x)
    return keras.Model(inputs, logits, name=name)
    # --8<-- [end:resnet18]
