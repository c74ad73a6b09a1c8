"""Diagrams of models whose layers are drawn in groups."""

from collections.abc import Callable, Iterator

import keras
import numpy as np
import pytest
from keras import layers
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from tfnotes import costs, models
from tfnotes.diagrams import model_diagram
from tfnotes.diagrams.models import model_graph

pytestmark = pytest.mark.usefixtures("fresh_figures")
Group = Callable[[str], str | None]
MODULES = ("3a", "3b", "4a", "4b", "4c", "4d", "4e", "5a", "5b")


@pytest.fixture(autouse=True)
def _names_from_zero() -> None:
    keras.utils.clear_session()


def resnet() -> tuple[keras.Model, Group]:
    """ResNet-18; a block ends with the activation after its addition."""
    model = models.resnet18((224, 224, 3), 1000)
    names, blocks, before = {}, 0, ""
    for layer in model.layers:
        kind = type(layer).__name__
        ended = kind == "MaxPooling2D" or (before, kind) == ("Add", "ReLU")
        names[layer.name] = f"block {blocks}"
        blocks, before = blocks + ended, kind
    return model, names.get


def googlenet() -> tuple[keras.Model, Group]:
    def module(name: str) -> str | None:
        if not name.startswith("conv2d"):
            return name if name == "logits" else None
        number = int(name.removeprefix("conv2d").strip("_") or 0)
        return "stem" if number < 3 else MODULES[(number - 3) // 6]

    return models.googlenet((224, 224, 3), 1000), module


def vgg() -> tuple[keras.Model, Group]:
    model = keras.applications.VGG16(weights=None)
    return model, lambda name: name[:6] if name.startswith("block") else "classifier"


def without_numbers(build: Callable[[], tuple[keras.Model, Group]]) -> tuple[keras.Model, Group]:
    with keras.StatelessScope(initialize_variables=False):
        return build()


def shortcuts(figure: Figure) -> int:
    return sum(text.get_text() == "+" for text in figure.axes[0].texts)


@pytest.mark.parametrize(
    ("build", "n_boxes", "n_shortcuts"), [(resnet, 11, 8), (googlenet, 12, 0), (vgg, 7, 0)]
)
def test_deep_network_fits_a_screen(
    build: Callable[[], tuple[keras.Model, Group]], n_boxes: int, n_shortcuts: int
) -> None:
    model, group = without_numbers(build)
    figure = model_diagram(model, group=group)
    width, height = figure.get_size_inches()
    assert width <= 7.2
    assert height <= 8
    boxes = [patch for patch in figure.axes[0].patches if isinstance(patch, FancyBboxPatch)]
    assert len(boxes) == n_boxes
    assert shortcuts(figure) == n_shortcuts
    rows = costs.layer_costs(model, group=group)
    weighted = [box for box in model_graph(model, group).boxes if box.color == "C0"]
    for row, box in zip(rows, weighted, strict=True):
        assert row.name in box.lines[:2]  # the second line of a layer's own box
    assert sum(row.parameters for row in rows) == model.count_params()


def test_group_lists_its_layers_and_adds_up_its_parameters() -> None:
    model, group = without_numbers(resnet)
    block = model_graph(model, group).boxes[2]
    assert block.lines == (
        "block 1",
        "2\N{NO-BREAK SPACE}Conv2D, 2\N{NO-BREAK SPACE}BatchNormalization,",
        "2\N{NO-BREAK SPACE}ReLU, Add",
        "56×56×64 · 74,240 params",
    )
    assert block.has_shortcut


def small() -> keras.Model:
    x = start = keras.Input((4,), name="x")
    for i in range(2):
        x = layers.Add(name=f"sum_{i}")([x, layers.Dense(4, name=f"dense_{i}")(x)])
    return keras.Model(start, x, name="small")


def drawn(model: keras.Model, group: Group) -> tuple[list[str], list[tuple[int, int]]]:
    graph = model_graph(model, group)
    return [box.lines[0] for box in graph.boxes], [*graph.arrows]


def test_addition_outside_of_a_group_keeps_its_arrows() -> None:
    names, arrows = drawn(small(), lambda name: f"block {name}" if "dense" in name else name)
    assert names == ["InputLayer", "block dense_0", "Add", "block dense_1", "Add"]
    assert arrows == [(0, 1), (0, 2), (1, 2), (2, 3), (2, 4), (3, 4)]


def test_layer_without_a_group_belongs_to_the_one_before() -> None:
    names, arrows = drawn(small(), {"dense_0": "first", "dense_1": "second"}.get)
    assert names == ["InputLayer", "first", "second"]
    assert arrows == [(0, 1), (1, 2)]
    assert drawn(small(), lambda _: None)[0] == ["InputLayer", "dense_0"]


def test_group_with_two_additions_has_no_shortcut() -> None:
    graph = model_graph(small(), lambda _: "stage")
    assert [box.has_shortcut for box in graph.boxes] == [False, False]
    assert "2\N{NO-BREAK SPACE}Dense, 2\N{NO-BREAK SPACE}Add" in graph.boxes[1].lines


def test_shared_layer_makes_no_cycle() -> None:
    x, shared = keras.Input((4,), name="x"), layers.Dense(4, name="shared")
    model = keras.Model(x, shared(layers.ReLU(name="between")(shared(x))))
    names, arrows = drawn(model, {"shared": "a", "between": "b"}.get)
    assert names == ["InputLayer", "a", "b", "a"]
    assert sorted(arrows) == [(0, 1), (1, 2), (2, 3)]
    model_diagram(model, group=lambda _: "all")
    (box,) = model_graph(model, lambda _: "all").boxes[1:]
    assert box.lines == ("all", "2\N{NO-BREAK SPACE}Dense, ReLU", "4 · 20 params")
    assert box.linewidth == 2.4


def test_only_models_are_drawn() -> None:
    with pytest.raises(TypeError, match="expected a Keras model; got int"):
        model_diagram(3)


def test_group_needs_connections() -> None:
    model = keras.Sequential([layers.Dense(2)], name="late")
    with pytest.raises(ValueError, match="connected; late is drawn as a tree: leave out group"):
        model_diagram(model, group=lambda name: name)


def test_nested_models_are_grouped_too() -> None:
    x = keras.Input((4,), name="y")
    model = keras.Model(x, layers.Dense(1, name="head")(small()(x)), name="outer")
    figure = model_diagram(model, group={"dense_0": "a", "dense_1": "b"}.get, expand_nested=True)
    assert {"a", "b"} <= {text.get_text() for text in figure.axes[0].texts}


def edges(figure: Figure) -> Iterator[tuple[float, float, float, float]]:
    renderer = FigureCanvasAgg(figure).get_renderer()
    panel = figure.axes[0]
    for artist in [*panel.patches, *panel.texts]:
        if not isinstance(artist, FancyArrowPatch):
            yield artist.get_window_extent(renderer).extents


def test_boxes_and_shortcuts_stay_in_the_figure() -> None:
    model, group = without_numbers(resnet)
    figure = model_diagram(model, group=group)
    low = np.min([*edges(figure)], axis=0)
    high = np.max([*edges(figure)], axis=0)
    assert low[:2].min() > 0
    assert (high[2:] < figure.bbox.max).all()
