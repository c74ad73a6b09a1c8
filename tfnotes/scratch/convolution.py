"""Convolution and pooling over images, with TensorFlow's strides and padding."""

from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.floating[Any]]
Padding = Literal["valid", "same"]


def pad(images: Array, size: tuple[int, int], stride: int, padding: Padding) -> Array:
    r"""Pad images with zeros, so that ``"same"`` gives $\lceil n/s \rceil$ rows.

    If their number is odd, TensorFlow adds the extra one below and to the right.

    Args:
        images: (batch, height, width, channels), floating point.
        size: height and width of the kernel.
        stride: stride of the kernel, in pixels, in both directions.
        padding: ``"valid"`` adds nothing.

    Returns:
        (batch, padded height, padded width, channels), same dtype.

    Raises:
        ValueError: unknown padding, or shapes that do not fit.

    Source:
        TensorFlow, tf.nn, Notes on padding.

    Examples:
        >>> pad(np.ones((1, 4, 4, 1)), (3, 3), 2, "same")[0, :, :, 0].sum(axis=1)
        array([4., 4., 4., 4., 0.])
    """
    if padding not in ("valid", "same"):
        raise ValueError(f"expected 'valid' or 'same'; got {padding!r}")
    _check(images, size if padding == "valid" else (1, 1), stride)
    if padding == "valid":
        return images
    _, height, width, _ = images.shape
    rows, columns = _edges(height, size[0], stride), _edges(width, size[1], stride)
    return np.pad(images, [(0, 0), rows, columns, (0, 0)])


# --8<-- [start:same]
def _edges(length: int, size: int, stride: int) -> tuple[int, int]:
    n_steps = -(-length // stride)  # rounded up
    zeros = max((n_steps - 1) * stride + size - length, 0)
    return zeros // 2, zeros - zeros // 2  # the extra one comes after


# --8<-- [end:same]


def windows(images: Array, size: tuple[int, int], stride: int) -> Array:
    """Return every patch that a kernel visits, as a view without copying.

    Args:
        images: (batch, height, width, channels), already padded.
        size: height and width of the kernel.
        stride: stride of the kernel, in pixels, in both directions.

    Returns:
        (batch, rows, columns, channels, size[0], size[1]): a read-only view.

    Raises:
        ValueError: the kernel is larger than the images, or the stride below 1.

    Examples:
        >>> images = np.arange(16.0).reshape(1, 4, 4, 1)
        >>> windows(images, (2, 2), 2)[0, 1, 1, 0]
        array([[10., 11.],
               [14., 15.]])
    """
    _check(images, size, stride)
    # --8<-- [start:windows]
    every = np.lib.stride_tricks.sliding_window_view(images, size, axis=(1, 2))
    return every[:, ::stride, ::stride]
    # --8<-- [end:windows]


def conv2d(
    images: Array,
    kernels: Array,
    bias: Array | float = 0.0,
    stride: int = 1,
    padding: Padding = "valid",
) -> Array:
    r"""Slide kernels over images and sum the products at each position.

    $y_{ijf} = b_f + \sum_{uvc} x_{si+u,\,sj+v,\,c}\, k_{uvcf}$. It is called a
    convolution, but the kernel is not flipped: mathematically it is a
    cross-correlation.

    Args:
        images: $x$, (batch, height, width, channels), floating point.
        kernels: $k$, (kernel height, kernel width, channels, filters).
        bias: $b$, (filters,).
        stride: $s$, in pixels, in both directions.
        padding: ``"valid"`` for none, ``"same"`` for zero padding.

    Returns:
        (batch, rows, columns, filters), same dtype.

    Raises:
        ValueError: the kernels do not fit the images, or the stride is below 1.

    Source:
        Dumoulin and Visin, A guide to convolution arithmetic, 2016.

    Examples:
        >>> edge = np.array([1.0, -1.0]).reshape(1, 2, 1, 1)
        >>> conv2d(np.array([0.0, 0, 1, 1]).reshape(1, 1, 4, 1), edge).ravel()
        array([ 0., -1.,  0.])
    """
    if kernels.ndim != 4 or kernels.shape[2] != images.shape[-1]:
        raise ValueError(
            "expected kernels of (height, width, channels, filters) for images of "
            f"{images.shape[-1]} channels, got {kernels.shape}; make the third the same"
        )
    # --8<-- [start:conv2d]
    padded = pad(images, kernels.shape[:2], stride, padding)
    patches = windows(padded, kernels.shape[:2], stride)
    # sums over channels and both sides of the kernel
    return np.tensordot(patches, kernels, axes=([3, 4, 5], [2, 0, 1])) + bias
    # --8<-- [end:conv2d]


def _check(images: Array, size: tuple[int, int], stride: int) -> None:
    if images.ndim != 4:
        raise ValueError(
            "expected images of (batch, height, width, channels), got "
            f"{images.shape}; add the missing axis"
        )
    limit = images.shape[1:3]
    if min(size) < 1 or size[0] > limit[0] or size[1] > limit[1] or stride < 1:
        raise ValueError(
            f"expected a size of (1, 1) to {limit}, that of the images, and a stride "
            f"of 1 or more; got {tuple(size)} and the stride {stride}"
        )


def conv2d_gradients(
    images: Array,
    kernels: Array,
    d_outputs: Array,
    stride: int = 1,
    padding: Padding = "valid",
) -> tuple[Array, Array, Array]:
    """Backpropagate from the outputs of ``conv2d`` to its inputs.

    Args:
        images: those of ``conv2d``, (batch, height, width, channels).
        kernels: those of ``conv2d``, (kernel height, kernel width, channels, filters).
        d_outputs: gradient of the loss with respect to the outputs,
            (batch, rows, columns, filters).
        stride: that of ``conv2d``.
        padding: that of ``conv2d``.

    Returns:
        Gradients of images, kernels and bias, each with the shape of its array.

    Examples:
        >>> one = np.ones((1, 1, 1, 1))
        >>> [g.item() for g in conv2d_gradients(3 * one, 5 * one, 2 * one)]
        [10.0, 6.0, 2.0]
    """
    # --8<-- [start:conv2d-gradients]
    size, (_, rows, columns, _) = kernels.shape[:2], d_outputs.shape
    padded = pad(images, size, stride, padding)
    d_padded, d_kernels = np.zeros_like(padded), np.empty_like(kernels)
    for u, v in np.ndindex(*size):  # each weight multiplies one pixel of every patch
        down = slice(u, u + rows * stride, stride)
        across = slice(v, v + columns * stride, stride)
        seen = padded[:, down, across]  # (batch, rows, columns, channels)
        d_padded[:, down, across] += d_outputs @ kernels[u, v].T
        d_kernels[u, v] = np.tensordot(seen, d_outputs, ([0, 1, 2], [0, 1, 2]))
    _, height, width, _ = images.shape
    top, left = (padded.shape[1] - height) // 2, (padded.shape[2] - width) // 2
    d_images = d_padded[:, top : top + height, left : left + width]
    # --8<-- [end:conv2d-gradients]
    return d_images, d_kernels, d_outputs.sum(axis=(0, 1, 2))


def max_pool(images: Array, size: int = 2, stride: int | None = None) -> Array:
    """Keep the largest value of each patch.

    Args:
        images: (batch, height, width, channels).
        size: side length of a patch, in pixels.
        stride: stride; the size if omitted.

    Returns:
        (batch, rows, columns, channels); incomplete patches at the end are dropped.

    Examples:
        >>> max_pool(np.arange(16.0).reshape(1, 4, 4, 1)).ravel()
        array([ 5.,  7., 13., 15.])
    """
    pooled: Array = _patches(images, size, stride).max(axis=(4, 5))
    return pooled


def average_pool(images: Array, size: int = 2, stride: int | None = None) -> Array:
    """Take the mean of each patch.

    Args:
        images: (batch, height, width, channels).
        size: side length of a patch, in pixels.
        stride: stride; the size if omitted.

    Returns:
        (batch, rows, columns, channels); incomplete patches at the end are dropped.

    Examples:
        >>> average_pool(np.arange(16.0).reshape(1, 4, 4, 1)).ravel()
        array([ 2.5,  4.5, 10.5, 12.5])
    """
    pooled: Array = _patches(images, size, stride).mean(axis=(4, 5))
    return pooled


def _patches(images: Array, size: int, stride: int | None) -> Array:
    return windows(images, (size, size), size if stride is None else stride)
