"""A two-layer network: the forward pass caches, the backward pass multiplies."""

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.floating[Any]]
Parameters = tuple[Array, Array, Array, Array]  # W1, b1, W2, b2
Kept = tuple[Array, Array]  # inputs and hidden units, as needed by backward


def forward(inputs: Array, parameters: Parameters) -> tuple[Array, Kept]:
    r"""Compute dense, ReLU, dense; cache the values for the backward pass.

    $h = \max(0, x W_1 + b_1)$ and $z = h W_2 + b_2$.

    Args:
        inputs: $x$, (batch, features), floating point.
        parameters: $W_1$ (features, units), $b_1$ (units,),
            $W_2$ (units, classes), $b_2$ (classes,); same dtype.

    Returns:
        The logits $z$, (batch, classes), and the cache for ``backward``.

    Examples:
        >>> one = np.ones((1, 1))
        >>> forward(one, (-one, one[0], one, one[0]))[0]
        array([[1.]])
    """
    # --8<-- [start:forward]
    w1, b1, w2, b2 = parameters
    hidden = np.maximum(inputs @ w1 + b1, 0)  # (batch, units)
    logits = hidden @ w2 + b2  # (batch, classes)
    return logits, (inputs, hidden)
    # --8<-- [end:forward]


def cross_entropy(
    logits: Array, labels: npt.NDArray[np.integer[Any]]
) -> tuple[Array, Array]:
    r"""Compute the mean cross-entropy of softmax, and its gradient.

    With $p = \mathrm{softmax}(z)$ the loss is $-\frac1n \sum \log p_y$, and
    its gradient with respect to $z$ is $\frac1n (p - \mathrm{onehot}(y))$.

    Args:
        logits: $z$, (batch, classes), floating point.
        labels: $y$, (batch,), integers from 0 to classes - 1.

    Returns:
        The loss, scalar, and its gradient, (batch, classes).

    Raises:
        ValueError: the labels are not one class index per row.

    Source:
        Goodfellow et al., Deep Learning, section 6.2.2, 2016.

    Examples:
        >>> loss, d_logits = cross_entropy(np.zeros((1, 2)), np.array([0]))
        >>> loss.round(4), d_logits
        (np.float64(0.6931), array([[-0.5,  0.5]]))
    """
    _check(labels, *logits.shape)
    # --8<-- [start:cross-entropy]
    rows = np.arange(len(labels))
    shifted = logits - logits.max(axis=1, keepdims=True)  # exp cannot overflow
    log_sum = np.log(np.exp(shifted).sum(axis=1, keepdims=True))  # (batch, 1)
    log_probabilities = shifted - log_sum  # (batch, classes)
    loss = -log_probabilities[rows, labels].mean()
    d_logits = np.exp(log_probabilities)
    d_logits[rows, labels] -= 1
    return loss, d_logits / len(labels)
    # --8<-- [end:cross-entropy]


def backward(d_logits: Array, kept: Kept, parameters: Parameters) -> Parameters:
    r"""Backpropagate from the logits to every parameter.

    Args:
        d_logits: gradient of the loss with respect to the logits, (batch, classes).
        kept: the cache of ``forward``.
        parameters: the parameters of ``forward``.

    Returns:
        The gradients, in the order and with the shapes of the parameters.

    Source:
        Rumelhart, Hinton and Williams, Learning representations by back-propagating
        errors, 1986.

    Examples:
        >>> one = np.ones((1, 1))
        >>> parameters = one, one[0], 3 * one, one[0]
        >>> _, kept = forward(one, parameters)
        >>> [float(g.item()) for g in backward(one, kept, parameters)]
        [3.0, 3.0, 2.0, 1.0]
    """
    # --8<-- [start:backward]
    inputs, hidden = kept
    w2 = parameters[2]
    d_hidden = d_logits @ w2.T  # (batch, units)
    d_sums = d_hidden * (hidden > 0)  # ReLU passes or blocks
    return (
        inputs.T @ d_sums,  # (features, units)
        d_sums.sum(axis=0),  # (units,)
        hidden.T @ d_logits,  # (units, classes)
        d_logits.sum(axis=0),  # (classes,)
    )
    # --8<-- [end:backward]


def _check(labels: npt.NDArray[np.integer[Any]], n_rows: int, n_classes: int) -> None:
    if labels.shape != (n_rows,):
        raise ValueError(
            f"expected one label per row, ({n_rows},), got {labels.shape}; convert "
            "one-hot labels with .argmax(axis=1)"
        )
    if labels.dtype.kind not in "iu":
        raise ValueError(
            f"expected integer labels, got {labels.dtype}; convert them with .astype"
        )
    wrong = labels[(labels < 0) | (labels >= n_classes)]
    if wrong.size:
        raise ValueError(
            f"expected labels from 0 to {n_classes - 1}, got {wrong[0]}; number the "
            "classes from 0"
        )
