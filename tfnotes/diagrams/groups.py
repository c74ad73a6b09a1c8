"""Calls of layers, and boxes that stand for several of them."""

import textwrap
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tfnotes.diagrams.drawing import GRAY, Box
from tfnotes.diagrams.layers import Arrow

INPUT, WEIGHTS, PLAIN, NESTED = "C2", "C0", GRAY, "C3"  # box colors
LINE, OUTPUT_LINE = 1.2, 2.4  # points
WIDEST = 34  # characters in a line that lists layers

Group = Callable[[str], str | None]
Shape = Sequence[int | None]


@dataclass(frozen=True)
class Node:
    """A call of a layer.

    Attributes:
        layer: the layer.
        shapes: shapes of its outputs that are used, with the batch.
        call: number of the call; 0 for the first.
        is_output: whether the model returns one of its outputs.
    """

    layer: Any
    shapes: Sequence[Shape] = ()
    call: int = 0
    is_output: bool = False

    @property
    def kind(self) -> str:
        """The type of the layer."""
        return type(self.layer).__name__

    @property
    def shape(self) -> str:
        """The shapes without their batch axes, as text."""
        return ", ".join(map(_shape, self.shapes))

    def box(self) -> Box:
        """Draw the call as a box."""
        number = params([self.layer])
        last = _joined(self.shape, "shared" if self.call else number)
        color, nested = WEIGHTS if number else PLAIN, is_model(self.layer)
        color = INPUT if self.kind == "InputLayer" else NESTED if nested else color
        return Box(
            (self.kind, self.layer.name, *last),
            color,
            linewidth=OUTPUT_LINE if self.is_output else LINE,
            linestyle="--" if nested else "-",
        )


def grouped(
    nodes: Sequence[Node], arrows: Sequence[Arrow], group: Group
) -> tuple[list[Box], list[Arrow]]:
    """Draw neighbors with the same name as one box.

    Args:
        nodes: the calls of a model.
        arrows: pairs of indices: from, to; without cycles.
        group: maps a layer's name to the name of its box, or to None for that of the
            layer before it. An input has its own box.

    Returns:
        The boxes, and the arrows between them.

    Examples:
        >>> import keras
        >>> a, b = keras.layers.Dense(3, name="a"), keras.layers.ReLU(name="b")
        >>> boxes, arrows = grouped([Node(a), Node(b)], [(0, 1)], lambda _: "both")
        >>> [box.lines for box in boxes], arrows
        ([('both', 'Dense, ReLU', 'not built')], [])
    """
    members: list[tuple[str, list[int]]] = []  # name and nodes of each box
    joins = False  # whether the next node may belong to the last box
    for i in _in_order(len(nodes), arrows):
        name = nodes[i].layer.name
        is_input = nodes[i].kind == "InputLayer"
        named = name if is_input else group(name)
        if joins and not is_input and named in (None, members[-1][0]):
            members[-1][1].append(i)
        else:
            members.append((name if named is None else named, [i]))
        joins = not is_input
    box_of = {i: number for number, (_, some) in enumerate(members) for i in some}
    between = dict.fromkeys((box_of[a], box_of[b]) for a, b in arrows)
    boxes = [_box(name, [nodes[i] for i in some]) for name, some in members]
    return boxes, [(a, b) for a, b in between if a != b]


def _in_order(n: int, arrows: Sequence[Arrow]) -> list[int]:
    """Order the nodes along the arrows; otherwise they stay in order."""
    before: dict[int, set[int]] = {i: set() for i in range(n)}
    for start, end in arrows:
        before[end].add(start)
    order: list[int] = []
    while before:
        i = next(i for i, sources in before.items() if not sources & before.keys())
        order.append(i)
        del before[i]
    return order


def _box(name: str, nodes: Sequence[Node]) -> Box:
    if [node.layer.name for node in nodes] == [name]:
        return nodes[0].box()
    kinds = Counter(node.kind for node in nodes)
    listed = [
        f"{n}\N{NO-BREAK SPACE}{kind}" if n > 1 else kind for kind, n in kinds.items()
    ]
    lines = textwrap.wrap(", ".join(listed), WIDEST)
    layers = {id(node.layer): node.layer for node in nodes}.values()
    number = params([*layers])
    return Box(
        (name, *lines, *_joined(nodes[-1].shape, number)),
        WEIGHTS if number else PLAIN,
        linewidth=OUTPUT_LINE if any(node.is_output for node in nodes) else LINE,
        has_shortcut=len(nodes) > 1 and kinds["Add"] == 1,
    )


def _joined(*texts: str) -> list[str]:
    """Return the texts as one line, or no line if they are empty."""
    line = " · ".join(filter(None, texts))
    return [line] if line else []


def _shape(shape: Shape) -> str:
    """Format a shape without its batch axis."""
    return "×".join("?" if n is None else str(n) for n in shape[1:]) or "scalar"


def params(layers: Sequence[Any]) -> str:
    """Describe the number of parameters, if there are any.

    Args:
        layers: different layers.

    Returns:
        Such as ``160 params, frozen``.

    Examples:
        >>> import keras
        >>> params([keras.layers.Dense(3)]), params([keras.layers.ReLU()])
        ('not built', '')
    """
    if not all(getattr(layer, "built", True) for layer in layers):
        return "not built"
    counted = [layer for layer in layers if hasattr(layer, "count_params")]
    count = sum(layer.count_params() for layer in counted)
    learning = any(layer.trainable for layer in counted if layer.count_params())
    frozen = "" if learning else ", frozen"
    return f"{count:,} params{frozen}" if count else ""


def is_model(layer: Any) -> bool:
    """Return whether a layer is a model.

    Args:
        layer: any layer.

    Returns:
        Whether it has layers that Keras knows.

    Examples:
        >>> import keras
        >>> is_model(keras.Sequential()), is_model(keras.layers.ReLU())
        (True, False)
    """
    import keras

    return isinstance(layer, keras.Model)
