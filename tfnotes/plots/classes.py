"""Predicted classes: which are confused, and where the boundaries are."""

from collections.abc import Callable, Sequence
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

from tfnotes.labels import with_fonts

MARKERS = "os^DvPX*<>"  # one per class, for readers who cannot distinguish the colors


def confusion_heatmap(
    labels: npt.ArrayLike, predictions: npt.ArrayLike, class_names: Sequence[str]
) -> Figure:
    """Plot a confusion matrix, which ``sklearn.metrics.confusion_matrix`` computes.

    Args:
        labels: (n,) or (n, 1), integers from 0: the true classes.
        predictions: (n,) or (n, 1), integers from 0: the predicted classes.
        class_names: one per class.

    Returns:
        The figure, not yet shown. Rows are true classes, columns are predictions.

    Raises:
        ValueError: the lengths differ, or a label or a prediction is not an index of
            ``class_names``.

    Examples:
        >>> figure = confusion_heatmap([0, 1, 1], [0, 1, 0], ["cat", "dog"])
        >>> [text.get_text() for text in figure.axes[0].texts]
        ['1', '0', '1', '1']
    """
    from sklearn import metrics  # slow

    true, predicted = (_column(classes) for classes in (labels, predictions))
    if true.shape != predicted.shape or true.ndim != 1:
        raise ValueError(
            "expected a true and a predicted class for each sample; "
            f"got shapes {true.shape} and {predicted.shape}"
        )
    classes, both = np.arange(len(class_names)), np.concatenate([true, predicted])
    if not (valid := np.isin(both, classes)).all():
        others = ", ".join(map(str, np.unique(both[~valid])[:3]))
        raise ValueError(f"expected classes 0 to {len(classes) - 1}; got {others}")
    counts = metrics.confusion_matrix(true, predicted, labels=classes)
    display = metrics.ConfusionMatrixDisplay(counts, display_labels=class_names)
    figure, panel = plt.subplots(figsize=(7.2, 6.4))
    display.plot(
        ax=panel, cmap="Blues", colorbar=False, xticks_rotation=45, values_format="d"
    )
    plt.setp(panel.get_xticklabels(), ha="right")
    panel.grid(visible=False)
    panel.set(xlabel="predicted", ylabel="true")
    for text, count in zip(panel.texts, counts.flat, strict=True):
        text.set_color("#fefefe" if count > counts.max() / 2 else "#111111")
    return with_fonts(figure)


def _column(values: npt.ArrayLike) -> npt.NDArray[Any]:
    column = np.asarray(values)
    return column.ravel() if column.shape[1:] == (1,) else column


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
        TypeError: ``predict`` cannot be called.
        ValueError: ``x`` does not have two columns, ``y`` has a negative class, the
            numbers of names and classes differ, or ``predict`` returns another shape.

    Examples:
        >>> x = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
        >>> figure = decision_boundary(lambda x: x[:, 0], x, [0, 1, 0, 1])
        >>> [text.get_text() for text in figure.legends[0].get_texts()]
        ['0', '1']
    """
    if not callable(predict):
        raise TypeError(
            f"expected a model or a function; got {type(predict).__name__}: pass what "
            "maps samples to classes"
        )
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
    scores = _class_scores(predict(grid), labels.max() + 1, threshold)
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
    return with_fonts(figure)


def _class_scores(
    outputs: npt.ArrayLike, classes: int, threshold: float
) -> npt.NDArray[Any]:
    """Convert the outputs of a classifier to (n, at least ``classes``) scores."""
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
