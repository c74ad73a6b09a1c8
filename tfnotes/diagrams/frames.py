"""Boxes with a title and text, and arrows, at given positions.

They are drawn into the current axes, in its units. If the axis limits equal the figure
size in inches, the units are about inches.
"""

import matplotlib.pyplot as plt
from matplotlib.patches import Rectangle

Point = tuple[float, float]

QUIET = "dimgray"
FAINT = 0.13  # opacity of a fill


def frame(
    corner: Point,
    size: Point,
    color: str,
    title: str,
    text: str,
    font_size: float = 10.5,
) -> Rectangle:
    """Draw a box with a bold title and text below it, both centered.

    Args:
        corner: x and y of the lower left corner.
        size: width and height.
        color: color of the edge and, with low opacity, of the fill.
        title: one line.
        text: one or more lines.
        font_size: font size of the title in points; the text is slightly smaller.

    Returns:
        The box.

    Examples:
        >>> panel = plt.figure().gca()
        >>> box = frame((0, 0), (2, 1), "C0", "Keras", "layers, models")
        >>> box.get_width(), [label.get_text() for label in panel.texts]
        (2, ['Keras', 'layers, models'])
    """
    box = Rectangle(
        corner, *size, linewidth=1.5, facecolor=(color, FAINT), edgecolor=color
    )
    plt.gca().add_patch(box)
    middle = corner[0] + size[0] / 2
    between = corner[1] + size[1] / 2 + 0.09 * text.count("\n")
    plt.text(
        middle,
        between + 0.02,
        title,
        size=font_size,
        ha="center",
        va="bottom",
        weight="bold",
    )
    plt.text(middle, between - 0.03, text, size=font_size - 0.5, ha="center", va="top")
    return box


def arrow(start: Point, end: Point, color: str = QUIET, linestyle: str = "-") -> None:
    """Draw an arrow.

    Args:
        start: the start point.
        end: the position of the head.
        color: color of line and head.
        linestyle: as in ``plt.plot``.

    Examples:
        >>> panel = plt.figure().gca()
        >>> arrow((0, 0), (1, 1))
        >>> panel.texts[0].xy
        (1, 1)
    """
    look = {
        "arrowstyle": "-|>",
        "color": color,
        "linestyle": linestyle,
        "linewidth": 1.6,
    }
    plt.annotate("", end, start, arrowprops=look)
