"""Plots of tfnotes: their content, and invalid inputs."""

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure

from handbook.run.draw import draw, use_style
from handbook.run.figure import COLOR, DARK
from tfnotes import plots

pytestmark = pytest.mark.usefixtures("fresh_figures")
HISTORY = {"loss": [3.0, 2.0, 1.0], "val_loss": [3.0, 2.5, 2.4], "accuracy": [0.1, 0.2, 0.3]}
SQUARE = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])


def test_learning_curves_draw_training_and_validation_from_epoch_1() -> None:
    loss, accuracy = plots.learning_curves(HISTORY).axes
    training, validation = loss.lines
    assert training.get_xdata().tolist() == [1, 2, 3]
    assert validation.get_ydata().tolist() == HISTORY["val_loss"]
    assert len(accuracy.lines) == 1


class History:
    """What ``fit`` returns: the epochs, from 0, and the values of each quantity."""

    def __init__(self, history: dict[str, Any], first: int = 0) -> None:
        self.history = history
        self.epoch = [*range(first, first + len(history["loss"]))]


def test_learning_curves_of_a_history_have_a_panel_for_each_quantity() -> None:
    history = History({"mae": [2.0], "loss": [1.0], "val_loss": [3.0], "learning_rate": [0.1]})
    figure = plots.learning_curves(history)
    assert [panel.get_title() for panel in figure.axes] == ["loss", "mae"]
    assert [len(panel.lines) for panel in figure.axes] == [2, 1]


def test_fit_returns_what_learning_curves_accept() -> None:
    import keras

    model = keras.Sequential([keras.layers.Dense(1)])
    model.compile(loss="mse", metrics=["mae"])
    x = np.zeros((4, 2), np.float32)
    history = model.fit(
        x, x[:, :1], validation_data=(x, x[:, :1]), epochs=5, initial_epoch=1,
        validation_freq=2, verbose=0,
    )  # fmt: skip
    assert curves(plots.learning_curves(history))[0] == [[2, 3, 4, 5], [2, 4]]


def curves(figure: Figure) -> list[list[list[int]]]:
    return [[[*line.get_xdata()] for line in panel.lines] for panel in figure.axes]


@pytest.mark.parametrize(
    ("n_epochs", "n_validations", "freq", "expected"),
    [
        (6, 3, None, [2, 4, 6]),
        (7, 3, None, [2, 4, 6]),
        (5, 1, None, [5]),  # or 3, or 4: as far apart as possible
        (5, 1, 3, [3]),
        (6, 2, [1, 5], [1, 5]),
        (6, 2, (2, 4, 9), [2, 4]),
    ],
)
def test_validations_are_drawn_at_their_epochs(
    n_epochs: int, n_validations: int, freq: Any, expected: list[int]
) -> None:
    history = {"loss": [1.0] * n_epochs, "val_loss": [2.0] * n_validations}
    (panel,) = curves(plots.learning_curves(history, validation_freq=freq))
    assert panel == [[*range(1, n_epochs + 1)], expected]


def test_single_value_is_visible() -> None:
    (panel,) = plots.learning_curves({"loss": [1.0], "val_loss": [2.0]}).axes
    assert {line.get_marker() for line in panel.lines} == {"o"}


def test_many_quantities_fill_rows_of_three() -> None:
    history = {"loss": [1.0, 2.0]} | {f"out_{i}_loss": [1.0, 2.0] for i in range(20)}
    figure = plots.learning_curves(history)
    assert len(figure.axes) == 12
    assert len(plots.learning_curves(history, [*history][:4]).axes) == 4


def test_metric_with_a_value_for_each_class_has_a_curve_for_each() -> None:
    history = {"f1": [np.array([0.1, 0.2]), np.array([0.3, 0.4])]}
    (panel,) = plots.learning_curves(history).axes
    assert [line.get_ydata().tolist() for line in panel.lines] == [[0.1, 0.3], [0.2, 0.4]]
    assert [text.get_text() for text in panel.get_legend().get_texts()] == ["training"]


@pytest.mark.parametrize(
    ("history", "arguments", "message"),
    [
        (HISTORY, {"names": ["auc"]}, "names of the history, loss, accuracy; got auc"),
        (HISTORY, {"names": "auc"}, "got auc"),
        ({}, {}, "expected a history with a loss or a metric; got none"),
        (
            {"loss": [1, 2, 3, 4, 5, 6, 7], "val_loss": [1, 2, 3, 4, 5]},
            {},
            "each value of val_loss; got 5 values in 7 epochs and validation_freq=None",
        ),
        (
            {"loss": [1, 2, 3, 4], "val_loss": [1]},
            {"validation_freq": 2},
            "got 1 values in 4 epochs and validation_freq=2",
        ),
    ],
)
def test_learning_curves_say_what_is_missing(
    history: Any, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        plots.learning_curves(history, **arguments)


@pytest.mark.parametrize("history", [None, [1.0, 2.0], {"loss": 1.0}])
def test_learning_curves_need_a_history(history: Any) -> None:
    with pytest.raises(TypeError, match="expected a History or a dict of lists; got"):
        plots.learning_curves(history)


def test_image_grid_draws_each_image_with_its_title() -> None:
    images = np.random.default_rng(0).random((7, 4, 5))
    figure = plots.image_grid(images, list("abcdefg"), columns=3, colors=["#000000"] * 7)
    assert [axes.get_title() for axes in figure.axes] == list("abcdefg")
    assert np.array_equal(figure.axes[4].images[0].get_array(), images[4])


def test_image_grid_needs_a_title_for_each_image() -> None:
    with pytest.raises(ValueError, match="expected 2 titles, one for each image; got 1"):
        plots.image_grid(np.zeros((2, 3, 3)), ["a"])


COLORS = np.random.default_rng(0).integers(0, 256, (4, 3, 5, 3), np.uint8)
COLORS[0, 0, 0], COLORS[0, 0, 1] = 0, 255
FROM_0_TO_1 = COLORS / np.float32(255)


def drawn(images: Any) -> np.ndarray:
    figure = plots.image_grid(images)
    figure.canvas.draw()
    return np.stack([panel.images[0].get_array() for panel in figure.axes])


@pytest.mark.filterwarnings("error")  # Matplotlib warns if it clips
@pytest.mark.parametrize(
    ("images", "expected"),
    [
        (COLORS, COLORS),
        (COLORS.astype(np.int64), COLORS),
        (FROM_0_TO_1, FROM_0_TO_1),
        (COLORS.astype(np.float32), FROM_0_TO_1),  # of image_dataset_from_directory
        (FROM_0_TO_1 * 2 - 1, FROM_0_TO_1),
        (FROM_0_TO_1 * 1.02, FROM_0_TO_1),  # not nearly black
        ((FROM_0_TO_1 - 0.4) / 0.2, FROM_0_TO_1),  # standardized
        (COLORS.astype(np.uint16) * 257, FROM_0_TO_1),
        (FROM_0_TO_1 > 0.5, (FROM_0_TO_1 > 0.5).astype(float)),
        (np.full((1, 2, 2, 3), -1.0), np.zeros((1, 2, 2, 3))),
        (COLORS[..., :1], COLORS[..., 0]),  # Matplotlib scales gray images
        (COLORS[..., 0].astype(np.float32), COLORS[..., 0]),
        (np.dstack([FROM_0_TO_1[0], np.ones((3, 5))])[None], None),
    ],
)
def test_images_of_any_range_are_visible(images: np.ndarray, expected: Any) -> None:
    if expected is None:
        expected = images
    np.testing.assert_allclose(drawn(images), expected, atol=1e-6)
    assert not np.isnan(drawn(images)).any()


def test_titles_are_optional() -> None:
    figure = plots.image_grid(COLORS, columns=2)
    assert [axes.get_title() for axes in figure.axes] == [""] * 4


def test_titles_and_colors_may_be_arrays() -> None:
    figure = plots.image_grid(COLORS, np.array(list("abcd")), colors=np.array(["C1"] * 4))
    assert figure.axes[3].get_title() == "d"
    assert figure.axes[3].title.get_color() == "C1"


@pytest.mark.parametrize(
    ("images", "arguments", "message"),
    [
        (np.zeros((2, 3, 3)), {"colors": ["C0"]}, "2 colors, one for each image; got 1"),
        (np.zeros((3, 3)), {}, r"expected images of shape .*; got \(3, 3\)"),
        (np.zeros((2, 3, 3, 2)), {}, r"with 1, 3 or 4 channels; got \(2, 3, 3, 2\)"),
        (np.zeros((0, 3, 3)), {}, r"got \(0, 3, 3\)"),
        (np.full((1, 3, 3), np.nan), {}, "expected finite pixels; got nan to nan"),
        (np.array([[[0.0, np.inf]]]), {}, "expected finite pixels; got 0.0 to inf"),
    ],
)
def test_image_grid_rejects_other_images(
    images: np.ndarray, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        plots.image_grid(images, **arguments)


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


def test_old_names_say_what_to_use() -> None:
    with pytest.raises(AttributeError, match="confusion_matrix: it is confusion_heatmap now"):
        _ = plots.confusion_matrix
    with pytest.raises(AttributeError, match=r"it is sklearn\.metrics\.confusion_matrix now"):
        _ = plots.count_pairs
    with pytest.raises(AttributeError, match=r"has no pie$"):
        _ = plots.pie


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


def test_decision_boundary_needs_a_name_for_each_class() -> None:
    with pytest.raises(ValueError, match="expected 4 class names; got 2"):
        plots.decision_boundary(four_scores, SQUARE, range(4), ["a", "b"])


def test_every_color_of_a_decision_boundary_has_a_dark_counterpart() -> None:
    use_style()
    figure = draw(plots.decision_boundary(four_scores, SQUARE, range(4)))
    assert set(COLOR.findall(figure.svg)) <= set(DARK)


def test_plots_import_without_tensorflow() -> None:
    code = "import sys, tfnotes.plots, tfnotes.costs, tfnotes.histograms, tfnotes.labels; "
    code += "import tfnotes.diagrams as d; print(d.__all__, "
    code += "{'tensorflow', 'keras'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    names = ["arrow", "expression_graph", "frame", "model_diagram"]
    assert done.stdout == f"{names} set()\n"
