"""Cost of each layer of a network: parameters, and multiply-adds for one sample.

Examples:
    >>> from tfnotes.costs import layer_costs
    >>> from tfnotes.models import lenet
    >>> costs = layer_costs(lenet((28, 28, 1), 10))
    >>> [cost.parameters for cost in costs]
    [156, 2416, 48120, 10164, 850]
    >>> sum(cost.multiply_adds for cost in costs)
    416520
"""

from typing import TYPE_CHECKING

from tfnotes._renamed import old_names
from tfnotes.costs.bars import cost_bars
from tfnotes.costs.layers import LayerCost, layer_costs

__all__ = ["LayerCost", "cost_bars", "layer_costs"]

if not TYPE_CHECKING:
    __getattr__ = old_names(__name__)
