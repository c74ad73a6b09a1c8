"""Assign the boxes of a diagram to layers, and order each layer."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from graphlib import TopologicalSorter

import numpy as np

SWEEPS = 24  # passes down and up to reduce crossings

Arrow = tuple[int, int]  # indices of two boxes: from, to
Layers = list[list[int]]  # box indices, top layer first, each from left to right


def ranks(n_boxes: int, arrows: Sequence[Arrow]) -> list[int]:
    """Assign each box to a layer: one below the lowest box that points to it.

    Args:
        n_boxes: the number of boxes.
        arrows: pairs of box indices: from, to.

    Returns:
        n layer indices, 0 for the top layer.

    Examples:
        >>> ranks(4, [(0, 1), (1, 2), (0, 2), (3, 2)])
        [0, 1, 2, 0]
    """
    before: dict[int, list[int]] = {i: [] for i in range(n_boxes)}
    for start, end in arrows:
        before[end].append(start)
    layer = [0] * n_boxes
    for i in TopologicalSorter(before).static_order():
        layer[i] = max((layer[j] + 1 for j in before[i]), default=0)
    return layer


def layered_by(layer_of: Sequence[int]) -> Layers:
    """Group boxes by layer.

    Args:
        layer_of: the layer of each box.

    Returns:
        The box indices of each layer.

    Examples:
        >>> layered_by([0, 1, 2, 0])
        [[0, 3], [1], [2]]
    """
    layers: Layers = [[] for _ in range(1 + max(layer_of))]
    for box, layer in enumerate(layer_of):
        layers[layer].append(box)
    return layers


def neighbors(
    links: Sequence[Arrow],
) -> tuple[Mapping[int, list[int]], Mapping[int, list[int]]]:
    """List which boxes each box is joined with.

    Args:
        links: pairs of box indices: from, to.

    Returns:
        For each box, the boxes that point to it, and those that it points to.

    Examples:
        >>> above, below = neighbors([(0, 2), (1, 2)])
        >>> above[2], below[2], below[0]
        ([0, 1], [], [2])
    """
    above, below = defaultdict(list), defaultdict(list)
    for upper, lower in links:
        above[lower].append(upper)
        below[upper].append(lower)
    return above, below


def ordered(layers: Layers, links: Sequence[Arrow]) -> Layers:
    """Order each layer by the mean position of its neighbors, in passes down and up.

    Args:
        layers: boxes in any order.
        links: pairs of box indices: from, to; each leads to the next layer.

    Returns:
        The order with the fewest crossings of all passes.

    Examples:
        >>> ordered([[0, 1], [2, 3]], [(0, 3), (1, 2)])
        [[0, 1], [3, 2]]

    Source:
        K. Sugiyama, S. Tagawa, M. Toda: Methods for visual understanding of
        hierarchical system structures, 1981.
    """
    best = layers
    for sweep in range(SWEEPS):
        near = neighbors(links)[sweep % 2]
        step = 1 if sweep % 2 == 0 else -1  # down, up
        layers = _sorted(layers[::step], near)[::step]
        best = min(best, layers, key=lambda order: crossings(order, links))
    return best


def _sorted(layers: Layers, near: Mapping[int, list[int]]) -> Layers:
    place, done = _places(layers), []
    for layer in layers:
        mean = {i: np.mean([place[j] for j in near[i] or [i]]) for i in layer}
        done.append(sorted(layer, key=mean.__getitem__))
        place |= _places(done[-1:])
    return done


def crossings(layers: Layers, links: Sequence[Arrow]) -> int:
    """Count the pairs of arrows that cross.

    Args:
        layers: boxes from left to right.
        links: pairs of box indices: from, to; each leads to the next layer.

    Returns:
        The number of crossings.

    Examples:
        >>> crossings([[0, 1], [2, 3]], [(0, 3), (1, 2)])
        1
    """
    place = _places(layers)
    layer = {i: number for number, boxes in enumerate(layers) for i in boxes}
    ends = [(layer[a], place[a], place[b]) for a, b in links]
    level, upper, lower = np.array(ends, int).reshape(-1, 3).T[:, :, None]
    turned = (upper - upper.T) * (lower - lower.T) < 0
    return int((turned & (level == level.T)).sum() // 2)


def _places(layers: Layers) -> dict[int, int]:
    return {i: place for layer in layers for place, i in enumerate(layer)}
