"""Layers and optimizers in NumPy, tested against Keras.

Every function keeps the dtype of its input: float32 for speed, float64 for checking.
"""

from tfnotes.scratch.convolution import (
    average_pool,
    conv2d,
    conv2d_gradients,
    max_pool,
    pad,
    windows,
)
from tfnotes.scratch.descent import (
    linear_regression,
    mse_gradients,
    predict,
    sgd_step,
)
from tfnotes.scratch.normalization import (
    batch_norm,
    batch_norm_gradients,
    batch_statistics,
    moving_average,
)
from tfnotes.scratch.perceptron import backward, cross_entropy, forward
from tfnotes.scratch.regularization import dropout

__all__ = [
    "average_pool",
    "backward",
    "batch_norm",
    "batch_norm_gradients",
    "batch_statistics",
    "conv2d",
    "conv2d_gradients",
    "cross_entropy",
    "dropout",
    "forward",
    "linear_regression",
    "max_pool",
    "moving_average",
    "mse_gradients",
    "pad",
    "predict",
    "sgd_step",
    "windows",
]
