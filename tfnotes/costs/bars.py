"""Bars for the cost of each layer."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tfnotes.costs.layers import LayerCost
from tfnotes.labels import with_fonts

UNITS = {1e9: "G", 1e6: "M", 1e3: "k"}


def cost_bars(costs: Sequence[LayerCost]) -> Figure:
    """Plot the parameters and the multiply-adds of layers side by side.

    Args:
        costs: the result of ``layer_costs``.

    Returns:
        The figure, not yet shown; layers from top to bottom.

    Raises:
        ValueError: there are no layers.

    Examples:
        >>> figure = cost_bars([LayerCost("conv", (24, 24, 6), 156, 86_400)])
        >>> [panel.get_title() for panel in figure.axes]
        ['parameters: 156', 'multiply-adds: 86.4 k']
    """
    if not costs:
        raise ValueError("expected at least one layer; got none")
    height = 1.1 + 0.27 * len(costs)
    figure, (left, right) = plt.subplots(
        1, 2, sharey=True, figsize=(7.2, height), layout="constrained"
    )
    _bars(left, "parameters", [cost.parameters for cost in costs], "C0")
    _bars(right, "multiply-adds", [cost.multiply_adds for cost in costs], "C1")
    left.set_yticks(range(len(costs)), [_named(cost) for cost in costs], fontsize=9)
    left.invert_yaxis()
    return with_fonts(figure)


def _bars(panel: Axes, what: str, values: Sequence[int], color: str) -> None:
    panel.barh(range(len(values)), values, color=color)
    most = max(values, default=0)
    for place, value in enumerate(values):
        panel.text(value + 0.02 * most, place, _short(value), va="center", fontsize=9)
    panel.set_xlim(0, 1.28 * most or 1)
    panel.set_xticks([])
    panel.grid(visible=False)
    panel.set_title(f"{what}: {_short(sum(values))}")


def _named(cost: LayerCost) -> str:
    return f"{cost.name}  {'×'.join(str(n) for n in cost.shape)}".strip()


def _short(number: int) -> str:
    """Format a number that is not negative with three digits, such as ``15.5 G``."""
    rounded = float(f"{number:.3g}")
    for size, unit in UNITS.items():
        if rounded >= size:
            return f"{rounded / size:g} {unit}"
    return str(number)
