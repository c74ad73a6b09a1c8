"""Batch normalization, in training and in inference."""

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.floating[Any]]


def batch_statistics(inputs: Array) -> tuple[Array, Array]:
    """Compute mean and variance of each channel over all other axes.

    Args:
        inputs: (batch, …, channels), floating point.

    Returns:
        Mean and variance, (channels,) each; the variance divides by n, not by n - 1.

    Examples:
        >>> batch_statistics(np.array([[1.0], [3.0]]))
        (array([2.]), array([1.]))
    """
    axes = tuple(range(inputs.ndim - 1))
    return inputs.mean(axes), inputs.var(axes)


def batch_norm(
    inputs: Array,
    gamma: Array,
    beta: Array,
    mean: Array,
    variance: Array,
    epsilon: float = 1e-3,
) -> Array:
    r"""Normalize each channel, then apply the learned scale and shift.

    $y = \gamma \frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} + \beta$. In training
    $\mu$ and $\sigma^2$ are ``batch_statistics(inputs)``; in inference, they
    are the moving averages.

    Args:
        inputs: $x$, (batch, …, channels), floating point.
        gamma: $\gamma$, learned scale, (channels,).
        beta: $\beta$, learned shift, (channels,).
        mean: $\mu$, (channels,).
        variance: $\sigma^2$, (channels,).
        epsilon: $\epsilon$, added to the variance; 1e-3 as in Keras.

    Returns:
        (batch, …, channels), same dtype.

    Source:
        Ioffe and Szegedy, Batch Normalization, 2015.

    Examples:
        >>> x, one = np.array([[1.0], [3.0]]), np.ones(1)
        >>> batch_norm(x, one, 0 * one, 2 * one, one, epsilon=0.0).ravel()
        array([-1.,  1.])
    """
    # --8<-- [start:batch-norm]
    deviation = np.sqrt(variance + epsilon)  # (channels,)
    normalized: Array = (inputs - mean) / deviation  # (batch, …, channels)
    return gamma * normalized + beta
    # --8<-- [end:batch-norm]


def moving_average(average: Array, new: Array, momentum: float = 0.99) -> Array:
    """Update a moving average with a new value, as training does at each step.

    Args:
        average: (channels,), the current average; Keras starts with mean 0 and variance
            1.
        new: (channels,), the value of this batch.
        momentum: weight of the current average; 0.99 as in Keras.

    Returns:
        (channels,): the new average.

    Examples:
        >>> moving_average(np.zeros(1), np.ones(1)).round(2)
        array([0.01])
    """
    return momentum * average + (1 - momentum) * new


def batch_norm_gradients(
    inputs: Array, gamma: Array, d_outputs: Array, epsilon: float = 1e-3
) -> tuple[Array, Array, Array]:
    r"""Backpropagate from the outputs of a training step to its inputs.

    Mean and variance depend on the inputs too, so with the normalized inputs
    $\hat x$ the gradient loses its mean and its part along $\hat x$:
    $\nabla_x = \frac{\gamma}{\sqrt{\sigma^2 + \epsilon}}
    (g - \overline{g} - \hat x\, \overline{g \hat x})$.

    Args:
        inputs: (batch, …, channels), the inputs of ``batch_norm``.
        gamma: learned scale, (channels,).
        d_outputs: $g$, gradient of the loss with respect to the outputs,
            (batch, …, channels).
        epsilon: the value used in ``batch_norm``.

    Returns:
        Gradients of inputs, gamma and beta, each with the shape of its array.

    Source:
        Ioffe and Szegedy, Batch Normalization, section 3, 2015.

    Examples:
        >>> x, one = np.array([[1.0], [3.0]]), np.ones(1)
        >>> batch_norm_gradients(x, one, np.ones((2, 1)))[0].ravel()  # a shift is lost
        array([0., 0.])
    """
    # --8<-- [start:batch-norm-gradients]
    axes = tuple(range(inputs.ndim - 1))
    mean, variance = batch_statistics(inputs)
    scale = 1 / np.sqrt(variance + epsilon)  # (channels,)
    normalized = (inputs - mean) * scale  # (batch, …, channels)
    d_gamma = (d_outputs * normalized).sum(axes)  # (channels,)
    d_beta = d_outputs.sum(axes)  # (channels,)
    n = inputs.size // inputs.shape[-1]  # number of values per channel
    lost = d_beta / n + normalized * d_gamma / n  # through mean and variance
    return gamma * scale * (d_outputs - lost), d_gamma, d_beta
    # --8<-- [end:batch-norm-gradients]
