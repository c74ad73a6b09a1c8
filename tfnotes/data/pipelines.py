"""Batches of rows: with NumPy as in the original notes, and with ``tf.data``."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from tfnotes.data._checks import as_rows, check_batch_size
from tfnotes.data.files import Array

PICTURES = {".bmp", ".gif", ".jpeg", ".jpg", ".png"}  # the formats that Keras reads


def batches(
    x: Array,
    y: Array,
    batch_size: int,
    *,
    seed: int | np.random.Generator | None = None,
) -> Iterator[tuple[Array, Array]]:
    """Split the rows of one epoch into batches, in random order.

    Args:
        x: inputs, (n, ...), any dtype, as an array or nested lists.
        y: labels, (n, ...), likewise.
        batch_size: rows per batch; the last batch is shorter if n is not a multiple of
            it.
        seed: seed of the order; pass the same ``np.random.Generator`` to every epoch
            for an order that changes each time and is still reproducible.

    Returns:
        Pairs ``(x, y)`` of batch_size rows that together hold every row once.

    Raises:
        ValueError: ``x`` and ``y`` differ in length or are empty, or the batch size is
            below 1.

    Examples:
        >>> x = np.arange(5)
        >>> [x.tolist() for x, _ in batches(x, 10 * x, 2, seed=0)]
        [[2, 4], [3, 0], [1]]
    """
    x, y = as_rows(x, y)
    check_batch_size(batch_size)
    # --8<-- [start:batches]
    order = np.random.default_rng(seed).permutation(len(x))
    for start in range(0, len(x), batch_size):
        rows = order[start : start + batch_size]  # the last may be shorter
        yield x[rows], y[rows]
    # --8<-- [end:batches]


def pipeline(
    x: Array,
    y: Array,
    batch_size: int = 64,
    *,
    shuffle: bool = True,
    seed: int | None = None,
    map_batch: Callable[[Any, Any], Any] | None = None,
    drop_remainder: bool = False,
) -> Any:
    """Feed arrays to a model as a ``tf.data.Dataset``.

    The arrays become tensors once, and only the row indices are shuffled; there is no
    cache, because all data are already in memory.

    Args:
        x: inputs, (n, ...), any numeric dtype; not copied or converted.
        y: labels, (n, ...), likewise.
        batch_size: rows per batch.
        shuffle: whether to reshuffle every epoch.
        seed: seed of the order.
        map_batch: maps a whole batch, ``(x, y) -> (x, y)``, within the graph; this
            costs a fraction of mapping row by row.
        drop_remainder: whether to drop a shorter last batch.

    Returns:
        ``tf.data.Dataset`` of ``(x, y)``, shapes (batch, ...), dtypes of the arrays.

    Raises:
        ValueError: ``x`` and ``y`` differ in length, are empty or hold objects, or the
            batch size is below 1.

    Examples:
        >>> data = pipeline(np.zeros((5, 3), "float32"), np.arange(5), batch_size=2)
        >>> [x.shape[0] for x, y in data]
        [2, 2, 1]

    Source:
        Murray et al., "tf.data: A Machine Learning Data Processing Framework",
        arXiv:2101.12127, 2021.
    """
    x, y = _no_objects(*as_rows(x, y))
    check_batch_size(batch_size)
    # --8<-- [start:pipeline]
    import tensorflow as tf

    with tf.device("CPU"):  # where tf.data works
        table = tf.constant(x), tf.constant(y)
    order = tf.data.Dataset.range(len(x))
    if shuffle:
        order = order.shuffle(len(x), seed=seed)  # of indices, not of images

    def feed(rows: Any) -> Any:
        batch = tuple(tf.gather(column, rows) for column in table)
        return map_batch(*batch) if map_batch else batch

    data = order.batch(batch_size, drop_remainder)
    data = data.map(feed, num_parallel_calls=tf.data.AUTOTUNE)
    return data.prefetch(tf.data.AUTOTUNE)  # prepares batches while the model trains
    # --8<-- [end:pipeline]


def _no_objects(*parts: Array) -> tuple[Array, ...]:
    for part in parts:
        first = part.flat[0] if part.dtype == "object" else ""
        if not isinstance(first, (str, bytes)):
            raise ValueError(
                f"expected numbers or texts, got an array of {type(first).__name__} "
                "objects; pad lists to one length, as keras.utils.pad_sequences does"
            )
    return parts


def images_from_folder(
    folder: Path | str,
    image_size: tuple[int, int],
    *,
    batch_size: int = 32,
    color_mode: str = "rgb",
    shuffle: bool = True,
    seed: int | None = None,
    cache: bool = False,
) -> tuple[Any, tuple[str, ...]]:
    """Read images from one folder per class.

    Every image is decoded once before training begins, so that a corrupt file raises at
    once and not in the middle of an epoch.

    Args:
        folder: holds a folder for each class, with .jpg, .png, .bmp or .gif files.
        image_size: height and width in pixels to which each image is resized.
        batch_size: images per batch; the last batch may be shorter.
        color_mode: ``"rgb"``, ``"grayscale"`` or ``"rgba"``: 3, 1 or 4 channels.
        shuffle: whether to reshuffle every epoch.
        seed: seed of the order.
        cache: whether to keep the decoded images in memory, 4 bytes per value, so that
            later epochs do not decode.

    Returns:
        ``tf.data.Dataset`` of ``(x, y)``, x float32 (batch, height, width, channels)
        from 0 to 255, y int32 (batch,); and the class names.

    Raises:
        FileNotFoundError: the folder does not exist.
        ValueError: it contains no images in subfolders, or a corrupt image; or an
            argument is out of range.

    Examples:
        >>> images_from_folder("/nowhere", (28, 28))
        Traceback (most recent call last):
        FileNotFoundError: expected a folder of images at /nowhere, found none; ...
    """
    _check_folder(Path(folder))
    _check_images(image_size, color_mode)
    check_batch_size(batch_size)
    # --8<-- [start:images_from_folder]
    import keras
    import tensorflow as tf

    def read(batch_size: int | None, shuffle: bool) -> Any:
        return keras.utils.image_dataset_from_directory(
            folder, image_size=image_size, color_mode=color_mode, seed=seed,
            batch_size=batch_size, shuffle=shuffle, verbose=False,
        )  # fmt: skip

    ordered = read(None, shuffle=False)
    names, paths = tuple(ordered.class_names), ordered.file_paths
    kept = ordered.cache() if cache else ordered  # cached before shuffling
    _decode_all(kept, paths)
    if not cache:
        return read(batch_size, shuffle), names  # shuffles paths, not images
    data = kept.shuffle(len(paths), seed=seed) if shuffle else kept
    return data.batch(batch_size).prefetch(tf.data.AUTOTUNE), names
    # --8<-- [end:images_from_folder]


def _check_folder(folder: Path) -> None:
    layout = "create one subfolder per class, and put its images there"
    if not folder.is_dir():
        raise FileNotFoundError(
            f"expected a folder of images at {folder}, found none; {layout}"
        )
    files = (path.suffix.lower() for path in folder.glob("*/**/*"))
    if not PICTURES & set(files):
        raise ValueError(
            f"expected images ({', '.join(sorted(PICTURES))}) in the subfolders of "
            f"{folder}, found none; {layout}"
        )


def _check_images(image_size: tuple[int, int], color_mode: str) -> None:
    if np.shape(image_size) != (2,) or min(image_size) < 1:
        raise ValueError(
            "expected an image_size of height and width, 1 or more pixels each, got "
            f"{image_size!r}; pass such as (28, 28)"
        )
    if color_mode not in ("rgb", "grayscale", "rgba"):
        raise ValueError(
            f"expected 'rgb', 'grayscale' or 'rgba', got {color_mode!r}; choose one"
        )


def _decode_all(pictures: Any, paths: list[str]) -> None:
    import tensorflow as tf

    n_decoded = 0
    try:
        for _ in pictures:  # in the order of the paths
            n_decoded += 1
    except tf.errors.InvalidArgumentError as error:
        raise ValueError(
            f"expected an image, found {paths[n_decoded]}, which TensorFlow cannot "
            "decode; remove it or download it again"
        ) from error
