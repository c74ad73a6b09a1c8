"""Learning curves, and what the plots import."""

import importlib
import subprocess
import sys
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from tfnotes import plots

pytestmark = pytest.mark.usefixtures("fresh_figures")
HISTORY = {"loss": [3.0, 2.0, 1.0], "val_loss": [3.0, 2.5, 2.4], "accuracy": [0.1, 0.2, 0.3]}


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
        ({"loss": []}, {}, "expected a history of at least one epoch; got none"),
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


def test_file_of_csv_logger_is_a_history() -> None:
    table = pd.DataFrame({"epoch": [0, 1], "accuracy": [0.5, 0.7], "loss": [0.9, 0.6]})
    figure = plots.learning_curves(table.to_dict("list"))
    assert [panel.get_title() for panel in figure.axes] == ["loss", "accuracy"]
    with pytest.raises(TypeError, match=r"got DataFrame: .* pass pandas.read_csv\(file\).to_dict"):
        plots.learning_curves(table)


def test_old_names_say_what_to_use() -> None:
    with pytest.raises(AttributeError, match=r"use tfnotes\.plots\.confusion_heatmap"):
        _ = plots.confusion_matrix
    with pytest.raises(AttributeError, match=r"use sklearn\.metrics\.confusion_matrix"):
        _ = plots.count_pairs
    with pytest.raises(AttributeError, match="has no attribute 'pie'"):
        _ = plots.pie


PUBLIC = {
    "costs": ["LayerCost", "cost_bars", "layer_costs"],
    "diagrams": ["arrow", "expression_graph", "frame", "model_diagram"],
    "histograms": ["activation_histograms", "weight_histograms"],
    "labels": ["chinese_labels", "with_fonts"],
    "plots": ["confusion_heatmap", "decision_boundary", "image_grid", "learning_curves"],
}


@pytest.mark.parametrize("name", PUBLIC)
def test_modules_of_figures_list_what_readers_use(name: str) -> None:
    module = importlib.import_module(f"tfnotes.{name}")
    assert module.__all__ == PUBLIC[name]
    assert all(hasattr(module, public) for public in module.__all__)


def test_plots_import_without_tensorflow() -> None:
    code = "import sys, tfnotes.plots, tfnotes.costs, tfnotes.histograms, tfnotes.labels; "
    code += "import tfnotes.diagrams as d; print(d.__all__, "
    code += "{'tensorflow', 'keras'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    names = ["arrow", "expression_graph", "frame", "model_diagram"]
    assert done.stdout == f"{names} set()\n"
