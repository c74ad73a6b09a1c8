"""Layout of boxes and arrows."""

from dataclasses import astuple
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from tfnotes.diagrams import layout
from tfnotes.diagrams.layers import crossings, ordered
from tfnotes.diagrams.models import model_graph

pytestmark = pytest.mark.usefixtures("fresh_figures")


def centers(places: layout.Layout) -> list[layout.Point]:
    """The centers of the boxes, the first field of a layout."""
    found: list[layout.Point] = astuple(places)[0]
    return found


def boxes_of(places: layout.Layout, sizes: list[layout.Size]) -> np.ndarray:
    """Left, right, top and bottom of each box."""
    (x, y), (w, h) = np.transpose(centers(places)), np.transpose(sizes)
    return np.transpose([x - w / 2, x + w / 2, y - h / 2, y + h / 2])


def along(path: list[layout.Point]) -> np.ndarray:
    """Points on an arrow as drawn: straight, or an S-curve between two corners."""
    found = []
    for (x0, y0), (x1, y1) in pairwise(path):
        t = np.linspace(0, 1, 30)
        bend = 3 * t**2 - 2 * t**3 if x0 != x1 and y0 != y1 else t
        rise = 1.5 * t - 1.5 * t**2 + t**3 if x0 != x1 and y0 != y1 else t
        found.append(np.stack([x0 + (x1 - x0) * bend, y0 + (y1 - y0) * rise], axis=1))
    return np.concatenate(found)


def random_graph(seed: int) -> tuple[list[layout.Size], list[tuple[int, int]]]:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 25))
    pairs = [(i, j) for j in range(n) for i in range(j)]
    arrows = [pairs[k] for k in rng.integers(0, len(pairs), n + 3)]
    return [(float(w), float(h)) for w, h in rng.uniform(0.3, 1.9, (n, 2))], arrows


@pytest.mark.parametrize("seed", range(30))
@pytest.mark.parametrize("width", [3.0, 30.0])
def test_boxes_do_not_overlap_and_arrows_cross_none(seed: int, width: float) -> None:
    sizes, arrows = random_graph(seed)
    places = layout.layered(sizes, arrows, width)
    boxes = boxes_of(places, sizes)
    for i, (left, right, top, bottom) in enumerate(boxes):
        others = np.delete(boxes, i, axis=0)
        aside = (others[:, 0] >= right + 0.1) | (others[:, 1] <= left - 0.1)
        assert np.all(aside | (others[:, 2] >= bottom + 0.1) | (others[:, 3] <= top - 0.1))
    for path in places.ways:
        x, y = along(path).T[:, :, None]
        inside = (x > boxes[:, 0]) & (x < boxes[:, 1]) & (y > boxes[:, 2]) & (y < boxes[:, 3])
        shallow = (y < boxes[:, 2] + 1e-3) | (y > boxes[:, 3] - 1e-3)  # rounding at its ends
        assert not (inside & ~shallow).any()
    assert boxes[:, [0, 2]].min() >= -1e-3
    assert np.all(boxes[:, [1, 3]].max(axis=0) <= np.array(places.size) + 1e-3)


@pytest.mark.parametrize("seed", range(10))
def test_arrows_start_below_one_box_and_end_above_the_other(seed: int) -> None:
    sizes, arrows = random_graph(seed)
    places = layout.layered(sizes, arrows, 7)
    boxes = boxes_of(places, sizes)
    for (start, end), path in zip(arrows, places.ways, strict=True):
        assert boxes[start][0] < path[0][0] < boxes[start][1]
        assert path[0][1] == pytest.approx(boxes[start][3], abs=2e-3)
        assert boxes[end][0] < path[-1][0] < boxes[end][1]
        assert path[-1][1] == pytest.approx(boxes[end][2], abs=2e-3)


def test_tall_chain_continues_in_a_second_column() -> None:
    sizes, arrows = [(1.0, 0.6)] * 16, [(i, i + 1) for i in range(15)]
    one, two = (layout.layered(sizes, arrows, width) for width in (2.0, 7.0))
    assert {x for x, _ in centers(one)} == {0.5}
    assert {x for x, _ in centers(two)} == {0.5, 1.5 + layout.GUTTER}
    assert two.size[1] == pytest.approx(8 * 0.6 + 7 * layout.DOWN)
    assert layout.layered(sizes[:10], arrows[:9], 7.0).size[0] == 1.0  # low enough


def test_columns_are_cut_at_single_arrows_only() -> None:
    rails = [(i, i + 2) for i in range(38)]  # two chains side by side, joined nowhere
    assert layout.layered([(1.0, 0.6)] * 40, rails, 30.0).size[1] > layout.TALL


def test_layout_minimizes_crossing_arrows() -> None:
    tangled = [(0, 7), (1, 6), (2, 5), (3, 4), (4, 8), (5, 9), (6, 10), (7, 11)]
    rows = [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]]
    assert crossings(rows, tangled) == 6
    assert crossings(ordered(rows, tangled), tangled) == 0


def test_two_arrows_between_the_same_boxes_are_both_visible() -> None:
    first, second = layout.layered([(1.0, 0.5)] * 2, [(0, 1), (0, 1)], 7).ways
    assert second[0][0] - first[0][0] == pytest.approx(2 * layout.LANE)


def test_cycle_is_rejected() -> None:
    with pytest.raises(ValueError, match="cycle"):
        layout.layered([(1.0, 0.5)] * 2, [(0, 1), (1, 0)], 7)


def joined(model: Any) -> set[tuple[str, str]]:
    """Names of the layers that arrows join."""
    graph = model_graph(model)
    return {(graph.boxes[a].lines[1], graph.boxes[b].lines[1]) for a, b in graph.arrows}
