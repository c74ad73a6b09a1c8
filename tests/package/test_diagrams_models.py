"""Diagrams of Keras models, and the colors of every diagram."""

from typing import Any

import keras
import matplotlib.pyplot as plt
import numpy as np
import pytest
import tensorflow as tf
from keras import layers
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from handbook.run.draw import draw, use_style
from handbook.run.figure import COLOR, DARK
from tfnotes.diagrams import expression_graph, layout, model_diagram
from tfnotes.diagrams.models import model_graph

pytestmark = pytest.mark.usefixtures("fresh_figures")


def f(x: Any, y: Any) -> Any:
    return x * y + tf.sin(x) * tf.exp(-y) / (1 + x**2)


def joined(model: Any) -> set[tuple[str, str]]:
    """Names of the layers that arrows join."""
    graph = model_graph(model)
    return {(graph.boxes[a].lines[1], graph.boxes[b].lines[1]) for a, b in graph.arrows}


def lines(model: Any) -> list[tuple[str, ...]]:
    return [box.lines for box in model_graph(model).boxes]


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.axes[0].texts]


def residual() -> Any:
    x = keras.Input((8, 8, 4), name="x")
    y = layers.Conv2D(4, 3, padding="same", use_bias=False, name="conv")(x)
    y = layers.BatchNormalization(name="norm")(y)
    return keras.Model(x, layers.Add(name="sum")([x, y]), name="block")


def test_residual_block_has_two_paths() -> None:
    assert lines(residual()) == [
        ("InputLayer", "x", "8×8×4"),
        ("Conv2D", "conv", "8×8×4 · 144 params"),
        ("BatchNormalization", "norm", "8×8×4 · 16 params"),
        ("Add", "sum", "8×8×4"),
    ]
    assert joined(residual()) == {("x", "conv"), ("conv", "norm"), ("norm", "sum"), ("x", "sum")}
    assert model_graph(residual()).title == "block: 160 params"
    assert [box.linewidth for box in model_graph(residual()).boxes] == [1.2, 1.2, 1.2, 2.4]


def test_sequential_model_is_drawn_with_and_without_an_input() -> None:
    parts = [layers.Dense(3, name="a"), layers.ReLU(name="b")]
    model = keras.Sequential(parts, name="net")
    assert model_graph(model).is_tree
    assert model_graph(model).title == "net: not built"
    assert lines(model)[1] == ("Dense", "a", "not built")
    model(np.ones((2, 4)))
    assert not model_graph(model).is_tree
    assert joined(model) >= {("a", "b")}
    assert lines(model)[1:] == [("Dense", "a", "3 · 15 params"), ("ReLU", "b", "3")]


def test_several_inputs_and_named_outputs_are_drawn() -> None:
    wide, deep = keras.Input((5,), name="wide"), keras.Input((6,), name="deep")
    hidden = layers.Dense(30, name="hidden")(deep)
    both = layers.Concatenate(name="both")([wide, hidden])
    outputs = {"main": layers.Dense(1, name="main")(both), "aux": hidden}
    model = keras.Model([wide, deep], outputs)
    assert joined(model) == {
        ("deep", "hidden"),
        ("hidden", "both"),
        ("wide", "both"),
        ("both", "main"),
    }
    thick = [b.lines[1] for b in model_graph(model).boxes if b.linewidth > 2]
    assert sorted(thick) == ["hidden", "main"]


def test_shared_layer_has_a_box_per_call() -> None:
    left, right = keras.Input((8,), name="left"), keras.Input((8,), name="right")
    embed = layers.Dense(4, name="embed")
    model = keras.Model([left, right], embed(left) - embed(right))
    assert sorted(line[2] for line in lines(model) if line[0] == "Dense") == [
        "4 · 36 params",
        "4 · shared",
    ]
    again = keras.Input((4,))
    square = layers.Dense(4, name="square")
    assert ("square", "square") in joined(keras.Model(again, square(square(again))))


def test_layer_with_several_outputs_shows_each_used_shape() -> None:
    x = keras.Input((7, 2), name="x")
    sequence, state, _ = layers.LSTM(3, return_sequences=True, return_state=True, name="lstm")(x)
    model = keras.Model(x, [state, sequence])
    assert lines(model)[1] == ("LSTM", "lstm", "3, 7×3 · 72 params")


def test_nested_model_is_one_box_or_expanded() -> None:
    base = residual()
    base.trainable = False
    x = keras.Input((8, 8, 4), name="image")
    model = keras.Model(x, layers.Flatten()(base(x)), name="transfer")
    (box,) = [box for box in model_graph(model).boxes if box.lines[1] == "block"]
    assert box.lines == ("Functional", "block", "8×8×4 · 160 params, frozen")
    assert box.linestyle == "--"
    assert "conv" not in texts(model_diagram(model))
    expanded = texts(model_diagram(model, expand_nested=True))
    assert {"transfer: 160 params", "block: 160 params, frozen", "conv"} <= {*expanded}
    aside, below = (
        model_diagram(model, expand_nested=True, width=width).axes[0].texts for width in (9, 3)
    )
    for titles, under in ((aside, False), (below, True)):
        first, second = (t for t in titles if t.get_text().startswith(("transfer:", "block:")))
        assert (second.get_position()[1] > first.get_position()[1]) == under
        assert (second.get_position()[0] > first.get_position()[0]) != under


def test_nested_model_shows_the_shape_of_its_call() -> None:
    x = keras.Input((None, None, 3))
    base = keras.Model(x, layers.MaxPooling2D()(x), name="base")
    small = keras.Input((8, 6, 3))
    model = keras.Model(small, layers.Flatten()(base(small)))
    assert ("Functional", "base", "4×3×3") in lines(model)


class Nest(keras.Model):
    """A subclassed model, which does not expose its connections."""

    def __init__(self) -> None:
        super().__init__(name="nest")
        self.net = keras.Sequential([layers.Dense(8, name="a"), layers.ReLU(name="b")], name="net")
        self.out = layers.Dense(3, name="out")

    def call(self, x: Any) -> Any:
        return self.out(self.net(x))


def test_subclassed_model_is_drawn_as_a_tree() -> None:
    model = Nest()
    assert model_graph(model).title == "nest: not built"
    model(np.ones((1, 4)))
    assert joined(model) == {("nest", "net"), ("net", "a"), ("net", "b"), ("nest", "out")}
    figure = model_diagram(model)
    assert "nest: 67 params" in texts(figure)
    boxes = [p for p in figure.axes[0].patches if isinstance(p, FancyBboxPatch)]
    depths = [(box.get_x() - boxes[0].get_x()) / layout.INDENT for box in boxes]
    assert depths == pytest.approx([0, 1, 2, 2, 1], abs=0.01)
    assert len(texts(model_diagram(model, expand_nested=True))) > len(texts(figure))


class Scaled(layers.Layer):
    """A layer that Keras cannot serialize."""

    def __init__(self, scale: Any) -> None:
        super().__init__(name="scaled")
        self.scale = scale

    def call(self, x: Any) -> Any:
        return x * self.scale


def test_model_with_an_unserializable_layer_is_drawn_as_a_list() -> None:
    x = keras.Input((2,), name="x")
    graph = model_graph(keras.Model(x, Scaled(np.ones(2))(x)))
    assert graph.is_tree
    assert [box.lines[1] for box in graph.boxes[1:]] == ["x", "scaled"]


def test_drawing_changes_nothing_for_later_models() -> None:
    keras.backend.clear_session()
    model = residual()
    first = keras.Model(model.inputs, model.outputs).name
    model_diagram(model)
    second = keras.Model(model.inputs, model.outputs).name
    assert (first, second) == ("functional", "functional_1")


def test_text_fits_into_its_box_and_boxes_into_the_figure() -> None:
    figure = model_diagram(residual())
    renderer = FigureCanvasAgg(figure).get_renderer()  # independent of the backend
    panel = figure.axes[0]
    boxes = [p.get_window_extent(renderer) for p in panel.patches if isinstance(p, FancyBboxPatch)]
    title, *inner = panel.texts
    for number, text in enumerate(inner):
        box, extent = boxes[min(number // 3, 3)], text.get_window_extent(renderer)
        assert box.x0 < extent.x0 < extent.x1 < box.x1
        assert box.y0 < extent.y0 < extent.y1 < box.y1
    for extent in [*boxes, title.get_window_extent(renderer)]:
        assert figure.bbox.x0 < extent.x0 < extent.x1 < figure.bbox.x1
        assert figure.bbox.y0 < extent.y0 < extent.y1 < figure.bbox.y1
    assert sum(isinstance(p, FancyArrowPatch) for p in panel.patches) == 4


def test_text_keeps_its_size_in_a_deep_model() -> None:
    x = start = keras.Input((4,))
    for _ in range(60):
        x = layers.ReLU()(x)
    figure = model_diagram(keras.Model(start, x))
    assert {t.get_fontsize() for t in figure.axes[0].texts} == {8.5, 9.5}
    width, height = figure.get_size_inches()
    assert width <= 7.2
    assert height > 12


def test_every_color_has_a_dark_counterpart() -> None:
    use_style()
    for figure in (model_diagram(residual()), expression_graph(f, x=1.0, y=2.0)):
        figure = draw(figure)
        assert set(COLOR.findall(figure.svg)) <= set(DARK)
        assert len(set(COLOR.findall(figure.svg))) >= 4


def test_diagram_follows_the_dark_style_of_matplotlib() -> None:
    with plt.style.context("dark_background"):
        panel = model_diagram(residual()).axes[0]
        assert {text.get_color() for text in panel.texts} == {"white"}
        arrows = [p for p in panel.patches if isinstance(p, FancyArrowPatch)]
        assert {arrow.get_edgecolor() for arrow in arrows} == {(1, 1, 1, 1)}
