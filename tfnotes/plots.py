"""Plots that several lessons share. Each function creates its own figure."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

COLUMNS, MOST_PANELS = 3, 12  # of learning curves
MARKERS = "os^DvPX*<>"  # one per class, for readers who cannot distinguish the colors


def learning_curves(
    history: Any,
    names: Sequence[str] = (),
    *,
    validation_freq: int | Collection[int] | None = None,
) -> Figure:
    """Plot training and validation curves, one panel per quantity.

    Args:
        history: what ``fit`` or ``tfnotes.train`` returns, or its ``history``: lists
            with one value per epoch.
        names: the quantities to plot, each with its ``val_`` counterpart if there is
            one; if empty the loss and the metrics, at most the first 12 quantities.
        validation_freq: the argument of ``fit``, which a history does not record. If it
            is None and there are fewer validations than epochs, they are drawn evenly
            spaced, as far apart as their number allows.

    Returns:
        The figure, not yet shown.

    Raises:
        TypeError: the history is of another type.
        ValueError: the history has no such quantity, or another number of validations.

    Examples:
        >>> history = {"loss": [0.9, 0.5], "val_loss": [1.0, 0.7]}
        >>> figure = learning_curves(history)
        >>> [line.get_label() for line in figure.axes[0].lines]
        ['training', 'validation']
    """
    logs = getattr(history, "history", history)
    if not isinstance(logs, Mapping) or not all(map(np.ndim, logs.values())):
        raise TypeError(
            f"expected a History or a dict of lists; got {type(history).__name__}"
        )
    names = _quantities(logs, [names] if isinstance(names, str) else names)
    n_epochs = max(map(len, logs.values()))
    epochs = [epoch + 1 for epoch in getattr(history, "epoch", ())]
    if len(epochs) != n_epochs:
        epochs = [*range(1, n_epochs + 1)]
    rows = -(-len(names) // COLUMNS)
    width, height = mpl.rcParams["figure.figsize"]
    # --8<-- [start:learning-curves]
    figure, panels = plt.subplots(
        rows,
        min(len(names), COLUMNS),
        squeeze=False,
        figsize=(width, height * rows),
        layout="constrained",
    )
    for panel, name in zip(panels.flat, names, strict=False):
        both = [(name, "C0-", "training"), (f"val_{name}", "C1--", "validation")]
        for key, style, label in both:
            if key in logs:
                x = _measured(epochs, key, len(logs[key]), validation_freq)
                mark = "o" if len(x) == 1 else ""  # no line joins a single value
                panel.plot(x, logs[key], style + mark)[0].set_label(label)
        panel.set(xlabel="epoch", title=name)
        panel.xaxis.get_major_locator().set_params(integer=True)
        panel.legend()
    # --8<-- [end:learning-curves]
    for panel in panels.flat[len(names) :]:
        panel.remove()
    return figure


def _quantities(logs: Mapping[str, Any], names: Sequence[str]) -> list[str]:
    """Return the quantities to plot; raise if one is not in the history."""
    known = [*dict.fromkeys(name.removeprefix("val_") for name in logs)]
    if missing := [name for name in names if name not in known]:
        raise ValueError(
            f"expected names of the history, {', '.join(known) or 'which is empty'}; "
            f"got {', '.join(missing)}"
        )
    known = sorted(known, key=lambda name: name != "loss")  # the loss first
    some = names or [name for name in known if name != "learning_rate"][:MOST_PANELS]
    if not some:
        raise ValueError("expected a history with a loss or a metric; got none")
    return [*some]


def _measured(
    epochs: list[int], key: str, count: int, freq: int | Collection[int] | None
) -> list[int]:
    """Return the epochs in which a quantity was measured."""
    if count == len(epochs):
        return epochs
    for every in range(epochs[-1], 0, -1) if freq is None else [freq]:
        known = range(0, epochs[-1] + 1, every) if isinstance(every, int) else every
        at = [epoch for epoch in epochs if epoch in known]
        if len(at) == count:
            return at
    raise ValueError(
        f"expected validation_freq, an epoch for each value of {key}; "
        f"got {count} values in {len(epochs)} epochs and validation_freq={freq}"
    )


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
        ValueError: the images have another shape, or NaN or infinite values; or the
            numbers of titles or colors and images differ.

    Examples:
        >>> figure = image_grid(np.zeros((6, 28, 28)), list("abcdef"), columns=3)
        >>> len(figure.axes)
        6
    """
    pictures = _displayed(np.asarray(images))
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
    return figure


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
    return np.divide(images - low, high - low or 1)


def confusion_matrix(
    labels: npt.ArrayLike,
    predictions: npt.ArrayLike,
    class_names: Sequence[str],
) -> Figure:
    """Plot a confusion matrix.

    Args:
        labels: (n,), integers: the true classes.
        predictions: (n,), integers: the predicted classes.
        class_names: one per class.

    Returns:
        The figure, not yet shown. Rows are true classes, columns are predictions.

    Raises:
        ValueError: a label or a prediction is not an index of ``class_names``.

    Examples:
        >>> figure = confusion_matrix([0, 1, 1], [0, 1, 0], ["cat", "dog"])
        >>> [text.get_text() for text in figure.axes[0].texts]
        ['1', '0', '1', '1']
    """
    counts = count_pairs(labels, predictions, len(class_names))
    figure, panel = plt.subplots(figsize=(7.2, 6.4))
    panel.imshow(counts, cmap="Blues")
    panel.grid(visible=False)
    ticks = range(len(class_names))
    panel.set_xticks(ticks, class_names, rotation=45, ha="right")
    panel.set_yticks(ticks, class_names)
    panel.set(xlabel="predicted", ylabel="true")
    for (row, column), count in np.ndenumerate(counts):
        strong = count > counts.max() / 2
        panel.text(
            column,
            row,
            str(count),
            ha="center",
            va="center",
            color="#fefefe" if strong else "#111111",
        )
    return figure


def count_pairs(
    labels: npt.ArrayLike, predictions: npt.ArrayLike, classes: int
) -> npt.NDArray[np.int64]:
    """Count the samples of each pair of true and predicted class.

    Args:
        labels: (n,), integers from 0 to ``classes`` - 1.
        predictions: (n,), likewise.
        classes: number of classes.

    Returns:
        (classes, classes), int64: entry (i, j) counts samples of class i predicted as
        j.

    Raises:
        ValueError: the lengths differ, or a value is not a class.

    Examples:
        >>> count_pairs([0, 1, 1], [0, 1, 0], 2).tolist()
        [[1, 0], [1, 1]]
    """
    true, predicted = (
        np.asarray(labels, np.int64),
        np.asarray(predictions, np.int64),
    )
    if true.shape != predicted.shape or true.ndim != 1:
        raise ValueError(
            f"expected two lists of one length; got {true.shape} and {predicted.shape}"
        )
    both = np.concatenate([true, predicted])
    if both.size and not (both.min() >= 0 and both.max() < classes):
        raise ValueError(
            f"expected classes 0 to {classes - 1}; got {both.min()} to {both.max()}"
        )
    return np.bincount(true * classes + predicted, minlength=classes**2).reshape(
        classes, classes
    )


def decision_boundary(
    predict: Callable[[npt.NDArray[np.float32]], Any],
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    class_names: Sequence[str] = (),
    threshold: float = 0.5,
) -> Figure:
    """Plot samples with two features and the regions of a classifier.

    Args:
        predict: a Keras model or any function from (n, 2) float32 to (n, classes)
            scores or probabilities, to (n,) integer classes, or to (n,) or (n, 1)
            floats: the score of class 1 of two.
        x: (n, 2), floats: the samples.
        y: (n,) or (n, 1), integers from 0: their classes.
        class_names: one per class; the class numbers if empty.
        threshold: a single score above it means class 1; 0 for logits.

    Returns:
        The figure, not yet shown. Classes differ by color and by marker, both for the
        samples and, with small markers, for the regions.

    Raises:
        ValueError: ``x`` does not have two columns, ``y`` has a negative class, the
            numbers of names and classes differ, or ``predict`` returns another shape.

    Examples:
        >>> x = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
        >>> figure = decision_boundary(lambda x: x[:, 0], x, [0, 1, 0, 1])
        >>> [text.get_text() for text in figure.legends[0].get_texts()]
        ['0', '1']
    """
    points, labels = np.asarray(x, np.float32), np.asarray(y, np.int64).ravel()
    if points.shape != (len(labels), 2):
        raise ValueError(
            f"expected x of shape ({len(labels)}, 2), a row for each label; "
            f"got {points.shape}"
        )
    if labels.min() < 0:
        raise ValueError(f"expected classes 0, 1, 2, ...; got {labels.min()}")
    # --8<-- [start:decision-boundary]
    low, high = points.min(axis=0), points.max(axis=0)
    margin = 0.1 * (high - low)
    across, up = np.meshgrid(*np.linspace(low - margin, high + margin, 200).T)
    grid = np.stack([across.ravel(), up.ravel()], axis=1)  # (40000, 2)
    scores = class_scores(predict(grid), labels.max() + 1, threshold)
    n_classes = scores.shape[1]
    names = class_names or list(map(str, range(n_classes)))
    if len(names) != n_classes:
        raise ValueError(f"expected {n_classes} class names; got {len(names)}")
    figure, panel = plt.subplots(figsize=(7.2, 4.6), layout="constrained")
    for k in range(n_classes):
        others = np.delete(scores, k, axis=1).max(axis=1)
        lead = (scores[:, k] - others).reshape(across.shape)  # > 0: class k
        color, mark = f"C{k}", MARKERS[k % len(MARKERS)]
        levels = [0, max(lead.max(), 0) + 1]
        panel.contourf(across, up, lead, levels, colors=[color], alpha=0.2)
        if lead.min() < 0 < lead.max():
            ink = mpl.rcParams["text.color"]
            panel.contour(across, up, lead, [0], colors=[ink], linewidths=1.5)
        some = np.s_[8::16, 8::16]  # small markers show the class
        won = np.where(lead[some] > 0, up[some], np.nan).ravel()
        panel.plot(across[some].ravel(), won, mark, c=color, ms=2, alpha=0.5)
        panel.plot(*points[labels == k].T, mark, color=color, label=names[k])
    # --8<-- [end:decision-boundary]
    panel.grid(visible=False)
    figure.legend(loc="outside right upper")
    return figure


def class_scores(
    outputs: npt.ArrayLike, classes: int, threshold: float = 0.5
) -> npt.NDArray[Any]:
    """Convert a classifier's outputs to one score per class.

    Args:
        outputs: (n, classes) scores, (n,) integer classes, or (n,) or (n, 1) floats:
            the score of class 1 of two.
        classes: minimum number of classes.
        threshold: a single score above it means class 1.

    Returns:
        (n, classes), floats: the largest score of a row is that of the predicted class.

    Raises:
        ValueError: the outputs have another shape.

    Examples:
        >>> class_scores([0, 1, 1], 2).argmax(axis=1).tolist()
        [0, 1, 1]
        >>> class_scores([[0.25], [0.75]], 2).tolist()
        [[0.25, -0.25], [-0.25, 0.25]]
    """
    scores = np.asarray(outputs)
    if scores.ndim == 1 and scores.dtype.kind in "iub":
        classes = max(classes, 2, scores.max() + 1)
        scores = np.where(scores[:, None] == np.arange(classes), 1.0, 0.0)
    elif scores.size == len(scores) and classes <= 2:
        one = scores.reshape(-1, 1) - threshold
        scores = np.concatenate([-one, one], axis=1)
    if scores.ndim != 2 or scores.shape[1] < classes:
        raise ValueError(
            f"expected a score for each of {classes} classes, or integer classes; "
            f"got {scores.dtype} of shape {scores.shape}"
        )
    return scores
