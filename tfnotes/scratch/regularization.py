"""Dropout."""

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.floating[Any]]


def dropout(
    inputs: Array, rate: float, rng: np.random.Generator
) -> tuple[Array, Array]:
    r"""Set random values to zero, and scale the others to keep the mean.

    Each value of the mask is 0 with probability $p$ and otherwise $1/(1-p)$, so its
    mean is 1 and inference needs no change (inverted dropout). The gradient of the
    inputs is that of the outputs times the same mask.

    Args:
        inputs: any shape, floating point.
        rate: $p$, 0 to below 1.
        rng: samples the mask.

    Returns:
        Inputs times mask, and the mask; shape and dtype of the inputs.

    Raises:
        ValueError: the rate is out of range.

    Source:
        Srivastava et al., Dropout, 2014; inverted as in section 10 there.

    Examples:
        >>> outputs, mask = dropout(np.full(6, 3.0), 0.5, np.random.default_rng(0))
        >>> outputs
        array([6., 0., 0., 0., 6., 6.])
    """
    if not 0 <= rate < 1:
        raise ValueError(f"expected a rate from 0 to below 1; got {rate}")
    # --8<-- [start:dropout]
    kept = rng.random(inputs.shape) >= rate
    mask = kept.astype(inputs.dtype) / (1 - rate)  # 0 or 1 / (1 - rate)
    return inputs * mask, mask
    # --8<-- [end:dropout]
