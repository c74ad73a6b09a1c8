"""Check rows and numbers that a caller passes, each with one sentence."""

from typing import Any

import numpy as np

from tfnotes.data.files import Array


def as_rows(x: Any, y: Any) -> tuple[Array, Array]:
    """Return inputs and labels as arrays of equally many rows.

    Args:
        x: inputs, (n, ...), an array, a tensor or nested lists of equal lengths.
        y: labels, (n, ...), likewise.

    Returns:
        Both; lists become NumPy arrays.

    Raises:
        ValueError: one has no rows, or their lengths differ.

    Examples:
        >>> as_rows([[1, 2], [3, 4]], [0, 1])[0].shape
        (2, 2)
    """
    parts = [part if hasattr(part, "shape") else _array(part) for part in (x, y)]
    for part, given in zip(parts, (x, y), strict=True):
        if not len(part.shape):
            raise ValueError(
                f"expected arrays with a row for each example, got {_kind(given)}; "
                "pass inputs and labels"
            )
    n_inputs, n_labels = (int(part.shape[0]) for part in parts)
    if n_inputs != n_labels:
        raise ValueError(
            f"expected as many labels as inputs, got {n_inputs} inputs and {n_labels} "
            "labels; cut the longer array"
        )
    if not n_inputs:
        raise ValueError("expected at least one row, got none; check how it was read")
    return parts[0], parts[1]


def check_batch_size(batch_size: Any) -> None:
    """Raise unless this is a number of rows.

    Args:
        batch_size: rows per batch.

    Raises:
        ValueError: it is no integer, or below 1.

    Examples:
        >>> check_batch_size(64)
    """
    if not isinstance(batch_size, (int, np.integer)) or batch_size < 1:
        raise ValueError(
            f"expected a batch size of 1 or more, got {batch_size!r}; pass an integer"
        )


def _array(rows: Any) -> Array:
    try:
        return np.asarray(rows)
    except ValueError:  # inhomogeneous
        raise ValueError(
            "expected rows of equal lengths, got lists of several; pad them, as "
            "keras.utils.pad_sequences does"
        ) from None


def _kind(given: Any) -> str:
    return type(given).__name__
