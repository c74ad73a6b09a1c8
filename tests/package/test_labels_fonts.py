"""Fonts for characters that the style's own font lacks, in every figure of tfnotes."""

import warnings
from collections.abc import Callable
from io import BytesIO
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib import font_manager
from matplotlib.figure import Figure
from matplotlib.text import Text

from tfnotes import costs, diagrams, histograms, labels, plots

pytestmark = pytest.mark.usefixtures("fresh_figures")
CIRCLED = "\N{CIRCLED LATIN CAPITAL LETTER A}"  # of the fonts of Matplotlib only in STIX


def model(name: str) -> Any:
    import keras

    layers = [keras.Input((4,), name=f"{name}0"), keras.layers.Dense(3, name=f"{name}1")]
    return keras.Sequential(layers, name=name)


FIGURES: dict[str, Callable[[str], Figure]] = {
    "learning_curves": lambda name: plots.learning_curves({"loss": [1.0], name: [2.0]}),
    "image_grid": lambda name: plots.image_grid(np.ones((2, 4, 4)), ["a", name]),
    "confusion_heatmap": lambda name: plots.confusion_heatmap([0, 1], [0, 0], [name, "b"]),
    "decision_boundary": lambda name: plots.decision_boundary(
        lambda x: x[:, 0], np.eye(2), [0, 1], [name, "b"]
    ),
    "weight_histograms": lambda name: histograms.weight_histograms(model(name)),
    "cost_bars": lambda name: costs.cost_bars([costs.LayerCost(name, (3,), 15, 12)]),
    "model_diagram": lambda name: diagrams.model_diagram(model(name)),
}


def installed(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    monkeypatch.setattr(font_manager, "get_font_names", lambda: ["DejaVu Sans", *names])


@pytest.mark.parametrize("kind", FIGURES)
def test_figure_has_a_font_for_its_names(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    installed(monkeypatch, "STIXGeneral")
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        figure = FIGURES[kind](CIRCLED)
        figure.axes[0].set_title(f"{CIRCLED} as title")
        figure.savefig(BytesIO())
    shown = [text for text in figure.findobj(Text) if CIRCLED in text.get_text()]
    assert len(shown) >= 2
    assert all("STIXGeneral" in text.get_fontfamily() for text in shown)


@pytest.mark.parametrize("kind", FIGURES)
def test_figure_warns_once_of_what_no_font_has(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    installed(monkeypatch)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        FIGURES[kind]("猫狗").savefig(BytesIO())
    (warning,) = [str(one.message) for one in caught if one.category is UserWarning]
    assert warning.startswith("no installed font has 猫 狗: the figure shows boxes; install")


@pytest.mark.parametrize("kind", FIGURES)
def test_figure_without_such_names_stays(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    installed(monkeypatch, "STIXGeneral")
    figure = FIGURES[kind]("name")
    own = mpl.rcParams["font.family"]
    assert all(text.get_fontfamily() == own for text in figure.findobj(Text))


def test_chinese_fonts_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Among fonts that have a character, the first of the list wins, then the alphabet."""
    installed(monkeypatch, "A", "SimSun", "SimHei", "B Emoji")
    monkeypatch.setattr(
        labels, "_has", lambda name, character: character in {"B": "é"}.get(name, "猫狗é")
    )
    monkeypatch.setitem(mpl.rcParams, "font.family", ["B"])
    assert labels.font_families("é") == ["B"]
    assert labels.font_families("猫 é 狗") == ["B", "SimHei"]


def test_box_of_a_diagram_is_as_wide_as_its_name() -> None:
    """On a machine with a Chinese font; elsewhere the boxes of the missing characters."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        figure = diagrams.model_diagram(model("第一层全连接网络的名字很长"))
        figure.canvas.draw()
    boxes = [p for p in figure.axes[0].patches if hasattr(p, "get_boxstyle")]
    for text in figure.axes[0].texts[1:]:
        extent = text.get_window_extent()
        box = min(boxes, key=lambda b: abs(b.get_window_extent().y0 - extent.y0))
        assert box.get_window_extent().x0 < extent.x0 < extent.x1 < box.get_window_extent().x1


def test_placeholder_fonts_are_not_used() -> None:
    assert not labels._has("Last Resort High-Efficiency", "猫")
    plt.close("all")
