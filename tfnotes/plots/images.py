"""Images side by side."""

from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

from tfnotes.labels import with_fonts


def image_grid(
    images: npt.ArrayLike,
    titles: Sequence[str] = (),
    columns: int = 5,
    colors: Sequence[str] = (),
) -> Figure:
    """Plot images in a grid, each with its title.

    Args:
        images: (n, height, width) or (n, height, width, 1): each grayscale image is
            scaled from its darkest to its brightest value. (n, height, width, 3), or 4
            with opacity: integers from 0 to 255 and floats from 0 to 1 are drawn as
            they are, floats from 0 to 255 are divided by 255, and any other range is
            scaled from the smallest to the largest value of all images.
        titles: n strings; no titles if empty.
        columns: images per row.
        colors: n colors for the titles; the default text color if empty.

    Returns:
        The figure, not yet shown.

    Raises:
        ValueError: the images have another shape, or NaN or infinite values; the
            numbers of titles or colors and images differ; or there is no column.

    Examples:
        >>> figure = image_grid(np.zeros((6, 28, 28)), list("abcdef"), columns=3)
        >>> len(figure.axes)
        6
    """
    pictures = _displayed(np.asarray(images))
    if columns < 1:
        raise ValueError(f"expected 1 or more columns; got {columns}")
    for what, given in {"titles": titles, "colors": colors}.items():
        if len(given) not in (0, len(pictures)):
            raise ValueError(
                f"expected {len(pictures)} {what}, one for each image; got {len(given)}"
            )
    rows = -(-len(pictures) // columns)
    figure, panels = plt.subplots(
        rows, columns, squeeze=False, figsize=(7.2, 1.7 * rows)
    )
    for panel in panels.flat:
        panel.axis("off")
    for i, panel in enumerate(panels.flat[: len(pictures)]):
        panel.imshow(pictures[i], cmap="gray")
        style: dict[str, Any] = {"color": colors[i]} if len(colors) else {}
        title = titles[i] if len(titles) else ""
        panel.set_title(title, fontsize=10, fontweight="normal", **style)
    for panel in panels.flat[len(pictures) :]:
        panel.remove()
    return with_fonts(figure)


def _displayed(images: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Convert images to what Matplotlib draws as people expect."""
    channels = images.shape[3] if images.ndim == 4 else 1
    if images.ndim not in (3, 4) or channels not in (1, 3, 4) or not images.size:
        raise ValueError(
            "expected images of shape (n, height, width), or (n, height, width, "
            f"channels) with 1, 3 or 4 channels; got {images.shape}"
        )
    if images.dtype.kind not in "iuf":  # booleans, bfloat16
        images = images.astype(np.float32)
    low, high = images.min(), images.max()
    if not np.isfinite([low, high]).all():
        raise ValueError(f"expected finite pixels; got {low} to {high}")
    if channels == 1:
        return images.reshape(images.shape[:3])
    is_float = images.dtype.kind == "f"
    if low >= 0 and high <= (1 if is_float else 255):
        return images if is_float else images.astype(np.uint8)
    images = images.astype(np.float64)
    if low >= 0 and 2 < high <= 255:  # up to 2: from 0 to 1, with some overshoot
        low, high = 0, 255
    scaled: npt.NDArray[np.float64] = (images - low) / (high - low or 1)
    return scaled
