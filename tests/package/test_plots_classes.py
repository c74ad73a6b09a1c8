"""Confused classes, and the boundaries between classes."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure

from handbook.run.draw import draw, use_style
from handbook.run.figure import COLOR, DARK
from tfnotes import plots

pytestmark = pytest.mark.usefixtures("fresh_figures")
SQUARE = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])


def cells(figure: Figure) -> list[int]:
    return [int(text.get_text()) for text in figure.axes[0].texts]


def test_confusion_counts_agree_with_counting_by_hand() -> None:
    rng = np.random.default_rng(1)
    labels, predictions = rng.integers(0, 4, (2, 200))
    figure = plots.confusion_heatmap(labels[:, None], predictions, list("abcd"))
    assert cells(figure) == [sum((labels == i) & (predictions == j)) for i, j in np.ndindex(4, 4)]
    panel = figure.axes[0]
    assert [text.get_text() for text in panel.get_yticklabels()] == list("abcd")
    assert (panel.get_xlabel(), panel.get_ylabel()) == ("predicted", "true")
    dark = [count > max(cells(figure)) / 2 for count in cells(figure)]
    assert [text.get_color() == "#fefefe" for text in panel.texts] == dark


@pytest.mark.parametrize(
    ("labels", "predictions", "message"),
    [
        ([0, 1], [0], r"class for each sample; got shapes \(2,\) and \(1,\)"),
        ([0, 1], np.eye(2), r"class for each sample; got shapes \(2,\) and \(2, 2\)"),
        ([[0, 1]], [[0, 1]], "class for each sample"),
        ([0, 2], [0, 1], "expected classes 0 to 1; got 2"),
        ([0, 1], [9, 10], "expected classes 0 to 1; got 9, 10"),
        ([0, -1], [0, 1], "expected classes 0 to 1; got -1"),
        ([0, 1], [0.3, 0.9], "expected classes 0 to 1; got 0.3"),
        ([], [], "minimum of 1 sample"),  # scikit-learn's own
        (["cat"], ["dog"], "expected classes 0 to 1; got cat"),
    ],
)
def test_confusion_rejects_invalid_labels(labels: list, predictions: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        plots.confusion_heatmap(labels, predictions, ["a", "b"])


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("labels", "predictions", "expected"),
    [
        ([1], [1], [0, 0, 0, 1]),  # of a single class
        ([1.0, 0.0], [True, False], [1, 0, 0, 1]),
    ],
)
def test_confusion_of_few_samples(labels: list, predictions: list, expected: list[int]) -> None:
    assert cells(plots.confusion_heatmap(labels, predictions, ["a", "b"])) == expected


def region(figure: Figure, point: tuple[float, float]) -> list[int]:
    """The classes whose region contains the point; filled areas are in class order."""
    areas = [c for c in figure.axes[0].collections if c.filled]
    return [k for k, area in enumerate(areas) if area.get_paths()[0].contains_point(point)]


def four_scores(x: np.ndarray) -> np.ndarray:
    """Class k wins in the quarter of corner k of the square."""
    return -((x[:, None] - SQUARE) ** 2).sum(axis=2)


@pytest.mark.parametrize("corner", range(4))
def test_each_region_belongs_to_its_predicted_class(corner: int) -> None:
    figure = plots.decision_boundary(four_scores, SQUARE, range(4))
    x, y = 0.8 * SQUARE[corner] + 0.1
    assert region(figure, (x, y)) == [corner]


@pytest.mark.parametrize(
    "predict",
    [
        lambda x: x[:, 0],  # one score
        lambda x: x[:, :1],  # same, in a column
        lambda x: (x[:, 0] > 0.5).astype(int),  # class numbers
        lambda x: x[:, 0] > 0.5,
        lambda x: np.stack([1 - x[:, 0], x[:, 0]], axis=1),  # two scores
    ],
)
def test_all_forms_of_prediction_give_the_same_boundary(
    predict: Callable[[np.ndarray], np.ndarray],
) -> None:
    figure = plots.decision_boundary(predict, SQUARE, [0, 1, 0, 1])
    (line,) = {  # 0.5, up to the resolution of the grid
        round(x, 1)
        for c in figure.axes[0].collections[1::2]
        for x in c.get_paths()[0].vertices[:, 0]
    }
    assert line == 0.5
    assert region(figure, (0.45, 0.5)) == [0]
    assert region(figure, (0.55, 0.5)) == [1]


def test_logits_have_their_threshold_at_0() -> None:
    figure = plots.decision_boundary(lambda x: x[:, 0] - 0.2, SQUARE, [0, 1, 0, 1], threshold=0)
    assert region(figure, (0.1, 0.5)) == [0]
    assert region(figure, (0.3, 0.5)) == [1]


def test_classes_differ_by_color_and_by_marker() -> None:
    figure = plots.decision_boundary(four_scores, SQUARE, range(4), list("abcd"))
    shown, lines = figure.axes[0].lines[::2], figure.axes[0].lines[1::2]
    assert [line.get_label() for line in lines] == list("abcd")
    assert len({line.get_marker() for line in lines}) == 4
    assert len({line.get_color() for line in lines}) == 4
    for small, line in zip(shown, lines, strict=True):
        assert (small.get_marker(), small.get_color()) == (line.get_marker(), line.get_color())
        marked = small.get_xydata()[~np.isnan(small.get_ydata())]
        assert len(marked) > 20
        assert (four_scores(marked).argmax(axis=1) == lines.index(line)).all()
    assert [line.get_xydata().tolist() for line in lines] == [[row.tolist()] for row in SQUARE]


def test_class_that_is_never_predicted_has_no_region() -> None:
    figure = plots.decision_boundary(lambda x: np.zeros(len(x), int), SQUARE, [0, 1, 0, 1])
    assert region(figure, (0.9, 0.9)) == [0]
    assert not [c for c in figure.axes[0].collections if not c.filled]


@pytest.mark.parametrize(
    ("x", "y", "predict", "message"),
    [
        (np.zeros((4, 3)), range(4), four_scores, r"x of shape \(4, 2\).*got \(4, 3\)"),
        (SQUARE, [0, 1], four_scores, r"x of shape \(2, 2\), a row for each label; got \(4, 2\)"),
        (SQUARE, [-1, 1, 0, 0], four_scores, r"classes 0, 1, 2, ...; got -1"),
        (
            SQUARE,
            range(4),
            lambda x: x,
            r"for each of 4 classes.*got float32 of shape \(40000, 2\)",
        ),
        (SQUARE, range(4), lambda x: x[:, 0], "for each of 4 classes, or integer classes"),
    ],
)
def test_decision_boundary_rejects_invalid_inputs(
    x: Any, y: Any, predict: Any, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        plots.decision_boundary(predict, x, y)


def test_decision_boundary_needs_a_function() -> None:
    with pytest.raises(TypeError, match="expected a model or a function; got NoneType"):
        plots.decision_boundary(None, SQUARE, range(4))


def test_decision_boundary_needs_a_name_for_each_class() -> None:
    with pytest.raises(ValueError, match="expected 4 class names; got 2"):
        plots.decision_boundary(four_scores, SQUARE, range(4), ["a", "b"])


def test_every_color_of_a_decision_boundary_has_a_dark_counterpart() -> None:
    use_style()
    figure = draw(plots.decision_boundary(four_scores, SQUARE, range(4)))
    assert set(COLOR.findall(figure.svg)) <= set(DARK)
