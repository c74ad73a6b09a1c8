"""Gradient descent, and linear regression with it."""

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.floating[Any]]


def sgd_step(
    weights: Array,
    gradient: Array,
    velocity: Array | float = 0.0,
    learning_rate: float = 0.01,
    momentum: float = 0.0,
    nesterov: bool = False,
) -> tuple[Array, Array]:
    r"""Take one step of gradient descent, as Keras' ``SGD`` does.

    $v \leftarrow \mu v - \eta g$, then $w \leftarrow w + v$; with Nesterov's
    momentum $w \leftarrow w + \mu v - \eta g$, which looks one step ahead.

    Args:
        weights: $w$, any shape, floating point.
        gradient: $g$, of the loss with respect to the weights, same shape.
        velocity: $v$ of the previous step, same shape; initially 0.
        learning_rate: $\eta$, the step size.
        momentum: $\mu$, 0 to below 1; decay factor of the velocity.
        nesterov: whether to use Nesterov momentum.

    Returns:
        The new weights and the new velocity.

    Source:
        Sutskever et al., On the importance of initialization and momentum, 2013.

    Examples:
        >>> weights, velocity = sgd_step(np.array([1.0]), np.array([2.0]))
        >>> weights, velocity
        (array([0.98]), array([-0.02]))
    """
    # --8<-- [start:sgd]
    velocity = momentum * velocity - learning_rate * gradient
    step = velocity
    if nesterov:
        step = momentum * velocity - learning_rate * gradient
    return weights + step, velocity
    # --8<-- [end:sgd]


def predict(inputs: Array, weights: Array, bias: Array) -> Array:
    r"""Compute a linear model, $\hat y = X w + b$.

    Args:
        inputs: (rows, features), floating point.
        weights: (features,), same dtype.
        bias: scalar or (1,), same dtype.

    Returns:
        (rows,), same dtype.

    Examples:
        >>> predict(np.array([[1.0, 2.0]]), np.array([3.0, 4.0]), np.array(5.0))
        array([16.])
    """
    return inputs @ weights + bias  # (rows,)


def mse_gradients(inputs: Array, errors: Array) -> tuple[Array, Array]:
    r"""Return the gradients of the mean squared error of a linear model.

    The loss is $\frac1n \sum_i e_i^2$ with $e = X w + b - y$, so
    $\nabla_w = \frac2n X^\top e$ and $\nabla_b = \frac2n \sum_i e_i$.

    Args:
        inputs: $X$, (rows, features), floating point.
        errors: $e$, prediction minus target, (rows,), same dtype.

    Returns:
        Gradients of the weights, (features,), and of the bias, scalar.

    Examples:
        >>> mse_gradients(np.array([[1.0], [3.0]]), np.array([1.0, 2.0]))
        (array([7.]), np.float64(3.0))
    """
    # --8<-- [start:mse-gradients]
    d_weights = 2 / len(inputs) * inputs.T @ errors  # (features,)
    d_bias = 2 * errors.mean()  # ()
    # --8<-- [end:mse-gradients]
    return d_weights, d_bias


def linear_regression(
    inputs: Array,
    targets: Array,
    rng: np.random.Generator,
    epochs: int = 3,
    batch_size: int = 10,
    learning_rate: float = 0.03,
) -> tuple[Array, Array, list[float]]:
    """Train a linear model by mini-batch gradient descent, from zero weights.

    Args:
        inputs: (rows, features), floating point.
        targets: (rows,), same dtype; (rows, 1) would broadcast to (rows, rows).
        rng: shuffles the rows in each epoch.
        epochs: number of passes over the data.
        batch_size: rows per step; the last step of an epoch may have fewer.
        learning_rate: the step size.

    Returns:
        Weights, (features,); bias, scalar; mean squared error before every step.

    Raises:
        ValueError: the targets do not have one number per row, or ``batch_size`` is
            below 1.

    Source:
        Zhang et al., Dive into Deep Learning, section 3.4, 2023.

    Examples:
        >>> x = np.linspace(-1, 1, 100)[:, None]
        >>> rng = np.random.default_rng(0)
        >>> w, b, losses = linear_regression(x, 2 * x[:, 0] + 3, rng, 50)
        >>> w.round(2), b.round(2)
        (array([2.]), np.float64(3.0))
    """
    if targets.shape != inputs.shape[:1]:
        raise ValueError(
            f"expected targets of shape {inputs.shape[:1]}, one for each row; "
            f"got {targets.shape}: reshape them with .reshape(-1)"
        )
    if batch_size < 1:
        raise ValueError(f"expected a batch_size of 1 or more, got {batch_size}")
    # --8<-- [start:linear-regression]
    weights = np.zeros_like(inputs[0])  # (features,)
    bias = np.zeros_like(targets[0])  # ()
    losses = []
    for _ in range(epochs):
        order = rng.permutation(len(inputs))
        for first in range(0, len(inputs), batch_size):
            rows = order[first : first + batch_size]
            errors = predict(inputs[rows], weights, bias) - targets[rows]
            losses.append(float(np.mean(errors**2)))
            d_weights, d_bias = mse_gradients(inputs[rows], errors)
            weights = weights - learning_rate * d_weights
            bias = bias - learning_rate * d_bias
    # --8<-- [end:linear-regression]
    return weights, bias, losses
