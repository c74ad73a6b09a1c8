"""Draw boxes with text, joined by arrows, with matplotlib only."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from matplotlib.path import Path
from matplotlib.textpath import text_to_path

from tfnotes.diagrams.layers import Arrow
from tfnotes.diagrams.layout import DOWN, Layout, Point, Size, indented, layered
from tfnotes.labels import font_families, with_fonts

BOLD, PLAIN = 9.5, 8.5  # points: first line of a box, other lines
LINE = 0.16  # inches from line to line
PADDING = 0.08  # inches between the text and the border
MARGIN = 0.25  # inches around a diagram
ASIDE = 0.16  # inches from a box to the arrow around it
GRAY = "axes gray"  # a color that follows light and dark styles


@dataclass(frozen=True)
class Box:
    """Lines of text in a frame; the first is bold.

    Attributes:
        lines: the lines of text.
        color: color of frame and fill: any matplotlib color, or ``GRAY``.
        linewidth: line width of the frame, in points.
        linestyle: line style of the frame.
        has_shortcut: whether an arrow leads around the box, from above into its end.
    """

    lines: tuple[str, ...]
    color: str = "C0"
    linewidth: float = 1.2
    linestyle: str = "-"
    has_shortcut: bool = False

    @property
    def size(self) -> Size:
        """Width and height, with the space for a shortcut, inches."""
        widths = [_text_width(line, bold=not i) for i, line in enumerate(self.lines)]
        width = max(widths) + 2 * PADDING + 2 * self.aside
        return width, len(self.lines) * LINE + 2 * PADDING

    @property
    def aside(self) -> float:
        """Width of the space for a shortcut on each side, inches."""
        return ASIDE + LINE / 2 if self.has_shortcut else 0.0


@dataclass(frozen=True)
class Graph:
    """Boxes and arrows of a diagram.

    Attributes:
        title: the text above the boxes.
        boxes: in any order.
        arrows: pairs of box indices: from, to.
        is_tree: whether the arrows lead from a whole to its parts, without heads.
    """

    title: str
    boxes: Sequence[Box]
    arrows: Sequence[Arrow]
    is_tree: bool = False

    @property
    def head(self) -> float:
        """Height of the title, inches."""
        return 2 * LINE if self.title else 0.0

    def layout(self, width: float) -> Layout:
        """Place the boxes; see ``tfnotes.diagrams.layout``."""
        sizes = [box.size for box in self.boxes]
        if self.is_tree:
            return indented(sizes, self.arrows)
        return layered(sizes, self.arrows, width)


def draw(graphs: Sequence[Graph], width: float = 7.2) -> Figure:
    """Draw graphs side by side, wrapping onto new rows if they do not fit.

    Args:
        graphs: at least one, with at least one box each.
        width: target width in inches. A graph that needs more makes the figure wider;
            the text keeps its size.

    Returns:
        The figure, not yet shown; one unit of its axes is one inch.

    Examples:
        >>> graph = Graph("two", [Box(("a",)), Box(("b", "more"))], [(0, 1)])
        >>> [text.get_text() for text in draw([graph]).axes[0].texts]
        ['two', 'a', 'b', 'more']
    """
    layouts = [graph.layout(width - 2 * MARGIN) for graph in graphs]
    corners, (full_width, full_height) = _shelves(
        [_outer(graph, layout) for graph, layout in zip(graphs, layouts, strict=True)],
        width,
    )
    figure = plt.figure(figsize=(full_width, full_height), layout="none")
    panel = figure.add_axes((0, 0, 1, 1))
    panel.set(xlim=(0, full_width), ylim=(full_height, 0))
    panel.axis("off")
    for graph, layout, corner in zip(graphs, layouts, corners, strict=True):
        _draw_graph(panel, graph, layout, corner)
    return with_fonts(figure)


def _text_width(text: str, bold: bool) -> float:
    size, weight = (BOLD, "bold") if bold else (PLAIN, "normal")
    font = FontProperties(family=font_families(text), size=size, weight=weight)
    with warnings.catch_warnings():  # with_fonts warns of a missing character, once
        warnings.simplefilter("ignore", UserWarning)
        points, _, _ = text_to_path.get_text_width_height_descent(
            text, font, ismath=False
        )
    return float(points / 72)


def _outer(graph: Graph, layout: Layout) -> Size:
    """Size of a graph with its title and margins."""
    title = _text_width(graph.title, bold=True)
    width, height = layout.size
    return max(width, title) + 2 * MARGIN, height + 2 * MARGIN + graph.head


def _shelves(sizes: Sequence[Size], width: float) -> tuple[list[Point], Size]:
    """Top left corners of graphs placed row by row, and the total size."""
    corners: list[Point] = []
    x = top = bottom = right = 0.0
    for w, h in sizes:
        if x and x + w > width:
            x, top = 0.0, bottom
        corners.append((x, top))
        x += w
        right, bottom = max(right, x), max(bottom, top + h)
    return corners, (right, bottom)


def _draw_graph(panel: Axes, graph: Graph, layout: Layout, corner: Point) -> None:
    left, top = corner[0] + MARGIN, corner[1] + MARGIN
    if graph.title:
        panel.text(left, top, graph.title, va="center", weight="bold", size=BOLD)
    top += graph.head
    for route in layout.ways:
        panel.add_patch(_arrow([(left + x, top + y) for x, y in route], graph.is_tree))
    for box, (x, y) in zip(graph.boxes, layout.centers, strict=True):
        _draw_box(panel, box, left + x, top + y)


def _draw_box(panel: Axes, box: Box, x: float, y: float) -> None:
    width, height = box.size
    width -= 2 * box.aside
    color = _color(box.color)
    if box.has_shortcut:
        _draw_shortcut(panel, (x, y), (width, height))
    panel.add_patch(
        FancyBboxPatch(
            (x - width / 2, y - height / 2),
            width,
            height,
            boxstyle="round,pad=0,rounding_size=0.06",
            facecolor=to_rgba(color, 0.13),
            edgecolor=color,
            linewidth=box.linewidth,
            linestyle=box.linestyle,
        )
    )
    for i, line in enumerate(box.lines):
        style = {"size": PLAIN} if i else {"size": BOLD, "weight": "bold"}
        line_y = y + (i - (len(box.lines) - 1) / 2) * LINE
        panel.text(x, line_y, line, ha="center", va="center", **style)


def _draw_shortcut(panel: Axes, center: Point, size: Size) -> None:
    """Draw an arrow from above a box around it into its end."""
    (x, y), (width, height) = center, size
    top, bottom, right = y - (height + DOWN) / 2, y + height / 2 - LINE, x + width / 2
    way = [(x, top), (right + ASIDE, top), (right + ASIDE, bottom), (right, bottom)]
    panel.add_patch(_arrow(way, is_tree=False))
    plus = right + ASIDE / 2, bottom - LINE / 2
    panel.text(*plus, "+", ha="center", va="center", size=PLAIN)


def _color(name: str) -> Any:
    return mpl.rcParams["axes.edgecolor"] if name == GRAY else name


def _arrow(route: Sequence[Point], is_tree: bool) -> FancyArrowPatch:
    """Draw horizontal and vertical segments straight, others as a vertical S-curve."""
    points, codes = [route[0]], [Path.MOVETO]
    for (x0, y0), (x1, y1) in pairwise(route):
        if x0 == x1 or y0 == y1:
            points, codes = [*points, (x1, y1)], [*codes, Path.LINETO]
        else:
            middle = (y0 + y1) / 2
            points += [(x0, middle), (x1, middle), (x1, y1)]
            codes += [Path.CURVE4] * 3
    return FancyArrowPatch(
        path=Path(points, codes),
        arrowstyle="-" if is_tree else "-|>",
        mutation_scale=10,
        color=_color(GRAY),
        linewidth=1.1,
    )
