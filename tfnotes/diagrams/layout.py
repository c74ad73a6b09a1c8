"""Place the boxes and arrows of a diagram in layers, from top to bottom.

Lengths are inches; x grows to the right, y downwards.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from tfnotes.diagrams.layers import (
    SWEEPS,
    Arrow,
    layered_by,
    neighbors,
    ordered,
    ranks,
)

ACROSS, DOWN = 0.2, 0.28  # between boxes side by side, and between layers
GUTTER = 0.6  # between columns
INDENT = 0.3  # of a part relative to its whole
LANE = 0.1  # space for an arrow that passes through a layer
TALL = 9.0  # a layout up to this height stays in one column

Size = tuple[float, float]  # width, height
Point = tuple[float, float]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Layout:
    """Centers of the boxes, corner points of the arrows, and the total size."""

    centers: list[Point]
    ways: list[list[Point]]
    size: Size


@dataclass
class _Item:
    """A box, or the lane of an arrow that passes through a layer."""

    width: float
    height: float
    layer: int
    x: float = 0.0  # center
    top: float = 0.0  # of its layer
    bottom: float = 0.0
    gutter: float = 0.0  # x, left of its column

    @property
    def y(self) -> float:
        return (self.top + self.bottom) / 2


def layered(sizes: Sequence[Size], arrows: Sequence[Arrow], width: float) -> Layout:
    """Place boxes so that arrows lead down, cross no box and rarely each other.

    A tall layout is cut where a single arrow crosses and continues in a second column,
    if the width allows it.

    Args:
        sizes: width and height of each box, inches.
        arrows: pairs of box indices: from, to; without cycles.
        width: total width of the columns in inches.

    Returns:
        The layout.

    Examples:
        >>> layout = layered([(1.0, 0.5), (1.0, 0.5)], [(0, 1)], width=7)
        >>> layout.centers
        [(0.5, 0.25), (0.5, 1.03)]
        >>> layout.ways
        [[(0.5, 0.5), (0.5, 0.78)]]

    Source:
        K. Sugiyama, S. Tagawa, M. Toda: Methods for visual understanding of
        hierarchical system structures, 1981.
    """
    layer_of = ranks(len(sizes), arrows)
    items = [_Item(*size, layer) for size, layer in zip(sizes, layer_of, strict=True)]
    chains = [_chain(items, *arrow) for arrow in arrows]
    links = [link for chain in chains for link in pairwise(chain)]
    layers = ordered(layered_by([item.layer for item in items]), links)
    _align(items, layers, links)
    for _, *lanes, _ in chains:
        if lanes:
            _straighten(items, layers, lanes)
    size = _stack(items, layers, _cuts(items, layers, links, width))
    routes = [list(_route([items[i] for i in chain])) for chain in chains]
    centers = [(item.x, item.y) for item in items[: len(sizes)]]
    return _rounded(centers, _apart(routes, arrows), size)


def indented(sizes: Sequence[Size], arrows: Sequence[Arrow]) -> Layout:
    """Place boxes below each other, each part indented relative to its whole.

    Args:
        sizes: width and height of each box, inches.
        arrows: from a whole to its part; a whole precedes its parts.

    Returns:
        The layout.

    Examples:
        >>> indented([(1.0, 0.5), (1.0, 0.5)], [(0, 1)]).centers
        [(0.5, 0.25), (0.8, 0.95)]
    """
    tops = np.cumsum([0.0] + [height + ACROSS for _, height in sizes])
    lefts, ways = [0.0] * len(sizes), []
    for whole, part in arrows:
        lefts[part] = lefts[whole] + INDENT
        x, y = lefts[whole] + INDENT / 2, tops[part] + sizes[part][1] / 2
        ways.append([(x, tops[whole + 1] - ACROSS), (x, y), (lefts[part], y)])
    boxes = list(zip(lefts, tops, sizes, strict=False))
    centers = [(left + w / 2, top + h / 2) for left, top, (w, h) in boxes]
    right = max(left + w for left, _, (w, _) in boxes)
    return _rounded(centers, ways, (right, tops[-1] - ACROSS))


def _chain(items: list[_Item], start: int, end: int) -> list[int]:
    """Return the items of an arrow; lanes for it are appended to the items."""
    between = range(items[start].layer + 1, items[end].layer)
    lanes = range(len(items), len(items) + len(between))
    items += [_Item(LANE, 0.0, layer) for layer in between]
    return [start, *lanes, end]


def _align(
    items: Sequence[_Item], layers: Sequence[Sequence[int]], links: Sequence[Arrow]
) -> None:
    """Center each item below its predecessors, in repeated passes up and down."""
    above, below = neighbors(links)
    for sweep in range(SWEEPS):
        near, way = (below, layers[::-1]) if sweep % 2 == 0 else (above, layers)
        for layer in way:
            wished = [np.mean([items[j].x for j in near[i] or [i]]) for i in layer]
            row = [items[i] for i in layer]
            for item, x in zip(row, _spread(row, np.array(wished)), strict=True):
                item.x = float(x)


def _straighten(
    items: Sequence[_Item], layers: Sequence[Sequence[int]], lanes: Sequence[int]
) -> None:
    """Give all lanes of one arrow the same x if every layer has space for it."""
    low, high = [], []
    for lane in lanes:
        row = [items[i] for i in layers[items[lane].layer]]
        place = row.index(items[lane])
        low += [a.x + _step(a, b) for a, b in pairwise(row[: place + 1])][-1:]
        high += [b.x - _step(a, b) for a, b in pairwise(row[place:])][:1]
    x = max([float(np.mean([items[i].x for i in lanes])), *low])
    if x <= min(high, default=x):
        for lane in lanes:
            items[lane].x = x


def _step(left: _Item, right: _Item) -> float:
    return (left.width + right.width) / 2 + ACROSS


def _spread(row: Sequence[_Item], wished: Floats) -> Floats:
    """Enforce order and distances: the mean of pushing right and pushing left."""
    packed = np.cumsum([0.0, *(_step(a, b) for a, b in pairwise(row))])
    free = wished - packed
    pushed_right = np.maximum.accumulate(free)
    pushed_left = np.minimum.accumulate(free[::-1])[::-1]
    return packed + (pushed_right + pushed_left) / 2


def _cuts(
    items: Sequence[_Item],
    layers: Sequence[Sequence[int]],
    links: Sequence[Arrow],
    width: float,
) -> set[int]:
    """Return the layers after which a new column begins."""
    left, right = _extent(items)
    heights = [max(items[i].height for i in layer) + DOWN for layer in layers]
    bottoms = np.cumsum(heights)
    room, need = (width + GUTTER) // (right - left + GUTTER), bottoms[-1] / TALL
    columns = int(min(room, np.ceil(need)))
    crossing = Counter(items[upper].layer for upper, _ in links)
    single = [layer for layer, count in crossing.items() if count == 1]
    if columns < 2 or not single:
        return set()
    goals = bottoms[-1] * np.arange(1, columns) / columns
    return {min(single, key=lambda i: abs(bottoms[i] - goal)) for goal in goals}


def _extent(items: Sequence[_Item]) -> tuple[float, float]:
    left = min(item.x - item.width / 2 for item in items)
    return left, max(item.x + item.width / 2 for item in items)


def _stack(
    items: Sequence[_Item], layers: Sequence[Sequence[int]], cuts: set[int]
) -> Size:
    """Stack the layers, column after column, and return the total size."""
    edges = [0, *(i + 1 for i in sorted(cuts)), len(layers)]
    start, tallest = 0.0, 0.0
    for first, last in pairwise(edges):
        rows = [[items[i] for i in layer] for layer in layers[first:last]]
        left, right = _extent([item for row in rows for item in row])
        top = 0.0
        for row in rows:
            bottom = top + max(item.height for item in row)
            for item in row:
                item.x += start - left
                item.top, item.bottom, item.gutter = top, bottom, start - GUTTER / 2
            top = bottom + DOWN
        start += right - left + GUTTER
        tallest = max(tallest, bottom)
    return start - GUTTER, tallest


def _route(chain: Sequence[_Item]) -> Iterator[Point]:
    """Corner points of an arrow: vertical in each layer, and around a column's end."""
    for item, after in pairwise(chain):
        yield item.x, item.y + item.height / 2
        yield item.x, item.bottom
        if after.gutter > item.gutter:
            yield item.x, item.bottom + DOWN / 2
            yield after.gutter, item.bottom + DOWN / 2
            yield after.gutter, -DOWN / 2
            yield after.x, -DOWN / 2
        yield after.x, after.top
    yield after.x, after.y - after.height / 2


def _apart(routes: list[list[Point]], arrows: Sequence[Arrow]) -> list[list[Point]]:
    """Separate arrows between the same two boxes by shifting their ends."""
    total, seen = Counter(arrows), Counter[Arrow]()
    for route, arrow in zip(routes, arrows, strict=True):
        shift = (seen[arrow] - (total[arrow] - 1) / 2) * 2 * LANE
        seen[arrow] += 1
        for i in {
            0,
            1,
            len(route) - 2,
            len(route) - 1,
        }:  # vertical segments at the boxes
            route[i] = (route[i][0] + shift, route[i][1])
    return routes


def _rounded(centers: list[Point], routes: list[list[Point]], size: Size) -> Layout:
    """Round to 0.001 inch and drop repeated corner points."""
    centers, *routes = [
        [(round(float(x), 3), round(float(y), 3)) for x, y in points]
        for points in (centers, *routes)
    ]
    return Layout(centers, [list(dict.fromkeys(route)) for route in routes], size)
