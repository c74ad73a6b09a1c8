"""Cost of each layer of a network: parameters, and multiply-adds for one sample."""

from tfnotes.costs.bars import cost_bars
from tfnotes.costs.layers import LayerCost, layer_costs

__all__ = ["LayerCost", "cost_bars", "layer_costs"]
