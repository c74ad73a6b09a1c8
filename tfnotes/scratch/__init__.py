"""Layers and optimizers in NumPy, tested against Keras.

Every function keeps the dtype of its input: float32 for speed, float64 for checking.

Examples:
    >>> import numpy as np
    >>> from tfnotes import scratch
    >>> x = np.linspace(-1, 1, 100)[:, None]
    >>> w, b, losses = scratch.linear_regression(
    ...     x, 2 * x[:, 0] + 3, np.random.default_rng(0), epochs=50
    ... )
    >>> w.round(2), float(b.round(2))
    (array([2.]), 3.0)
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
