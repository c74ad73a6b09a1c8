"""Functions that build uncompiled ``keras.Model`` instances with logits as output.

Compile a classifier with ``SparseCategoricalCrossentropy(from_logits=True)``. The
regression models return the value itself. Import this module before
``keras.saving.load_model`` reads one of them from a file: that registers their classes.

Examples:
    >>> import keras
    >>> from tfnotes.models import lenet
    >>> model = lenet((28, 28, 1), 10)
    >>> model.compile(
    ...     optimizer="adam",
    ...     loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    ...     metrics=["accuracy"],
    ... )
    >>> model.output_shape, model.count_params()
    ((None, 10), 61706)
"""

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

import keras

from tfnotes.models.combined import multi_output_cnn, wide_and_deep
from tfnotes.models.convolutional import (
    NIN_CIFAR,
    NIN_IMAGENET,
    VGG11,
    VGG16,
    VGG_SMALL,
    image_input,
    lenet,
    nin,
    nin_block,
    vgg,
    vgg_block,
)
from tfnotes.models.dense import (
    Affine,
    FancyMLP,
    NestMLP,
    linear_regression,
    mlp,
    softmax_regression,
)
from tfnotes.models.inception import googlenet, inception_block
from tfnotes.models.residual import (
    batch_norm_cnn,
    conv_batch_norm,
    residual_block,
    resnet18,
)
from tfnotes.models.sequences import (
    recurrent_layer,
    sequence_regressor,
    text_classifier,
)
from tfnotes.models.transfer import add_head, fine_tune, frozen_copy, replace_head

IMAGE_CLASSIFIERS: Mapping[str, Callable[..., keras.Model]] = MappingProxyType(
    {
        "softmax": softmax_regression,
        "mlp": mlp,
        "lenet": lenet,
        "vgg": vgg,
        "nin": nin,
        "googlenet": googlenet,
        "batch_norm_cnn": batch_norm_cnn,
        "resnet18": partial(resnet18, stem="small"),
    }
)
"""The image classifiers for small images, by their name on the command line.

Each is called as ``builder(input_shape=(28, 28, 1), n_outputs=10)``.
"""

__all__ = [
    "IMAGE_CLASSIFIERS",
    "NIN_CIFAR",
    "NIN_IMAGENET",
    "VGG11",
    "VGG16",
    "VGG_SMALL",
    "Affine",
    "FancyMLP",
    "NestMLP",
    "add_head",
    "batch_norm_cnn",
    "conv_batch_norm",
    "fine_tune",
    "frozen_copy",
    "googlenet",
    "image_input",
    "inception_block",
    "lenet",
    "linear_regression",
    "mlp",
    "multi_output_cnn",
    "nin",
    "nin_block",
    "recurrent_layer",
    "replace_head",
    "residual_block",
    "resnet18",
    "sequence_regressor",
    "softmax_regression",
    "text_classifier",
    "vgg",
    "vgg_block",
    "wide_and_deep",
]
