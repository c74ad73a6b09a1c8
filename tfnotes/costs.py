"""Cost of each layer of a network: parameters, and multiply-adds for one sample."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

MULTIPLYING = {
    "Conv1D",
    "Conv2D",
    "Conv3D",
    "Dense",
    "DepthwiseConv1D",
    "DepthwiseConv2D",
}
FREE = {"BatchNormalization", "LayerNormalization", "GroupNormalization", "Embedding"}
UNITS = {1e9: "G", 1e6: "M", 1e3: "k"}


@dataclass(frozen=True)
class LayerCost:
    """Cost of one layer, or of several layers together.

    Attributes:
        name: the layer's name.
        shape: output shape for one sample, without the batch; () for several layers.
        parameters: number of parameters, trainable or not.
        multiply_adds: multiplications for one sample, each with its addition.
    """

    name: str
    shape: tuple[int | None, ...]
    parameters: int
    multiply_adds: int


def layer_costs(
    model: Any, group: Callable[[str], str] | None = None
) -> list[LayerCost]:
    """Count the cost of each layer of a functional model, including nested models.

    As in papers, only convolutions and dense layers count as multiply-adds;
    normalization, pooling and activations are free.

    Args:
        model: a built functional or Sequential model that calls each layer once.
        group: maps a layer's name to the name to count it under; neighbors with the
            same name become one row. Without it each layer is a row.

    Returns:
        The layers with parameters, in model order.

    Raises:
        ValueError: a layer with weights has an unsupported type.

    Examples:
        >>> import keras
        >>> model = keras.Sequential([
        ...     keras.Input((28, 28, 1)),
        ...     keras.layers.Conv2D(6, 5, name="conv"),
        ...     keras.layers.Flatten(),
        ...     keras.layers.Dense(10, name="head"),
        ... ])
        >>> for cost in layer_costs(model):
        ...     print(cost.name, cost.shape, cost.parameters, cost.multiply_adds)
        conv (24, 24, 6) 156 86400
        head (10,) 34570 34560

    Source:
        V. Sze et al.: Efficient Processing of Deep Neural Networks, 2017, section III,
        counts networks in multiply-accumulate operations and weights.
    """
    # --8<-- [start:layer-costs]
    costs: list[LayerCost] = []
    for layer in (layer for layer in _leaves(model) if layer.weights):
        name = group(layer.name) if group else layer.name
        shape = tuple(layer.output.shape[1:])
        cost = LayerCost(name, shape, layer.count_params(), multiply_adds(layer))
        if costs and costs[-1].name == name:
            cost = replace(
                cost,
                shape=(),
                parameters=cost.parameters + costs[-1].parameters,
                multiply_adds=cost.multiply_adds + costs[-1].multiply_adds,
            )
            costs.pop()
        costs.append(cost)
    return costs
    # --8<-- [end:layer-costs]


def multiply_adds(layer: Any) -> int:
    """Count the multiply-adds of one layer for one sample.

    Each weight of a kernel is used once per output position.

    Args:
        layer: a layer that has been called.

    Returns:
        Multiplications, each with its addition.

    Raises:
        ValueError: a layer with weights has an unsupported type.

    Examples:
        >>> import keras
        >>> layer = keras.layers.Dense(3)
        >>> out = layer(keras.Input((4,)))
        >>> multiply_adds(layer)
        12
    """
    kind = type(layer).__name__
    if kind in MULTIPLYING:
        # --8<-- [start:multiply-adds]
        places = prod(layer.output.shape[1:-1])  # 1 for a row of numbers
        return int(places * prod(layer.kernel.shape))
        # --8<-- [end:multiply-adds]
    if layer.weights and kind not in FREE:
        raise ValueError(
            f"expected one of the layers {', '.join(sorted(MULTIPLYING | FREE))}; "
            f"{layer.name} is {kind}: count it by hand"
        )
    return 0


def _leaves(model: Any) -> Iterator[Any]:
    for layer in model.layers:
        if hasattr(layer, "layers"):
            yield from _leaves(layer)
        else:
            yield layer


def cost_bars(costs: Sequence[LayerCost]) -> Figure:
    """Plot the parameters and the multiply-adds of layers side by side.

    Args:
        costs: the result of ``layer_costs``.

    Returns:
        The figure, not yet shown; layers from top to bottom.

    Examples:
        >>> figure = cost_bars([LayerCost("conv", (24, 24, 6), 156, 86_400)])
        >>> [panel.get_title() for panel in figure.axes]
        ['parameters: 156', 'multiply-adds: 86.4 k']
    """
    height = 1.1 + 0.27 * len(costs)
    figure, (left, right) = plt.subplots(
        1, 2, sharey=True, figsize=(7.2, height), layout="constrained"
    )
    _bars(left, "parameters", [cost.parameters for cost in costs], "C0")
    _bars(right, "multiply-adds", [cost.multiply_adds for cost in costs], "C1")
    left.set_yticks(range(len(costs)), [_named(cost) for cost in costs], fontsize=9)
    left.invert_yaxis()
    return figure


def _bars(panel: Axes, what: str, values: Sequence[int], color: str) -> None:
    panel.barh(range(len(values)), values, color=color)
    most = max(values, default=0)
    for place, value in enumerate(values):
        panel.text(value + 0.02 * most, place, short(value), va="center", fontsize=9)
    panel.set_xlim(0, 1.28 * most or 1)
    panel.set_xticks([])
    panel.grid(visible=False)
    panel.set_title(f"{what}: {short(sum(values))}")


def _named(cost: LayerCost) -> str:
    return f"{cost.name}  {'×'.join(str(n) for n in cost.shape)}".strip()


def short(number: int) -> str:
    """Format a number with three significant digits and a unit.

    Args:
        number: not negative.

    Returns:
        Such as ``15.5 G``.

    Examples:
        >>> short(138_357_544), short(86_400), short(156)
        ('138 M', '86.4 k', '156')
    """
    rounded = float(f"{number:.3g}")
    for size, unit in UNITS.items():
        if rounded >= size:
            return f"{rounded / size:g} {unit}"
    return str(number)
