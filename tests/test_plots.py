"""Plots of tfnotes: what they draw, and what they refuse."""

import matplotlib as mpl
import numpy as np
import pytest

from tfnotes import plots

mpl.use("agg")
HISTORY = {"loss": [3.0, 2.0, 1.0], "val_loss": [3.0, 2.5, 2.4], "accuracy": [0.1, 0.2, 0.3]}


def test_learning_curves_draw_training_and_validation_from_epoch_1() -> None:
    loss, accuracy = plots.learning_curves(HISTORY).axes
    training, validation = loss.lines
    assert training.get_xdata().tolist() == [1, 2, 3]
    assert validation.get_ydata().tolist() == HISTORY["val_loss"]
    assert len(accuracy.lines) == 1


def test_learning_curves_of_a_missing_quantity() -> None:
    with pytest.raises(KeyError, match="precision"):
        plots.learning_curves(HISTORY, ["precision"])


def test_image_grid_draws_each_picture_with_its_title() -> None:
    pictures = np.random.default_rng(0).random((7, 4, 5))
    figure = plots.image_grid(pictures, list("abcdefg"), columns=3, colors=["#000000"] * 7)
    assert [axes.get_title() for axes in figure.axes] == list("abcdefg")
    assert np.array_equal(figure.axes[4].images[0].get_array(), pictures[4])


def test_image_grid_wants_a_title_for_each_picture() -> None:
    with pytest.raises(ValueError, match="expected 2 titles, one for each picture; got 1"):
        plots.image_grid(np.zeros((2, 3, 3)), ["a"])


def test_confusion_counts_agree_with_counting_by_hand() -> None:
    rng = np.random.default_rng(1)
    labels, predictions = rng.integers(0, 4, (2, 200))
    counts = plots.count_pairs(labels, predictions, 4)
    for i, j in np.ndindex(4, 4):
        assert counts[i, j] == sum((labels == i) & (predictions == j))
    figure = plots.confusion_matrix(labels, predictions, list("abcd"))
    assert sum(int(t.get_text()) for t in figure.axes[0].texts) == 200


@pytest.mark.parametrize(
    ("labels", "predictions", "said"),
    [
        ([0, 1], [0], r"expected two lists of one length; got \(2,\) and \(1,\)"),
        ([[0, 1]], [[0, 1]], "expected two lists of one length"),
        ([0, 2], [0, 1], "expected classes 0 to 1; got 0 to 2"),
        ([0, -1], [0, 1], "expected classes 0 to 1; got -1 to 1"),
    ],
)
def test_confusion_refuses(labels: list, predictions: list, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        plots.count_pairs(labels, predictions, 2)


def test_confusion_of_nothing_is_empty() -> None:
    assert plots.count_pairs([], [], 2).tolist() == [[0, 0], [0, 0]]
