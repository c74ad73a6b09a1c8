"""Rendering of figures in the handbook's style, with their data."""

import io
import math
import re
from collections.abc import Iterator
from typing import Any

import matplotlib as mpl
import matplotlib.figure
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends import backend_svg
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch
from matplotlib.text import Text

from handbook.run.figure import DIGITS, STYLE, Figure

LARGE = 400  # numbers; a larger array is stored as its summary
FAMILY = " font-family: 'DejaVu Sans';"
FONTS = (  # Verdana has the widths of DejaVu Sans; then the Chinese fonts of each system
    "'DejaVu Sans', Verdana, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', "
    "'Noto Sans SC', sans-serif"
)


def draw(figure: matplotlib.figure.Figure) -> Figure:
    """Render a figure; the same figure always gives the same SVG."""
    file = io.StringIO()
    figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    svg = re.sub(r"[ \t]+$", "", file.getvalue(), flags=re.M)
    svg = svg.replace(FAMILY, "").replace("<svg ", f'<svg font-family="{FONTS}" ', 1)
    return Figure(svg, {"axes": [_axes_data(a) for a in figure.axes]})


def use_style() -> None:
    """Select the SVG backend and the handbook's style."""
    mpl.use("svg")
    mpl.rcdefaults()
    plt.style.use(STYLE)
    backend_svg.RendererSVG = Renderer  # type: ignore[misc]


class Renderer(backend_svg.RendererSVG):
    """Writes text as text, and formulas as outlines, since a system font may lack their signs."""

    def draw_text(  # noqa: D102
        self,
        gc: Any,
        x: float,
        y: float,
        s: str,
        prop: Any,
        angle: float,
        ismath: Any = False,
        mtext: Text | None = None,
    ) -> None:
        if mtext is None and not angle:  # one of several lines: a translation has its center
            width = self.get_text_width_height_descent(s, prop, ismath)[0]  # type: ignore[no-untyped-call]
            mtext = Text(x + width / 2, self.height - y, s, horizontalalignment="center")
        with mpl.rc_context({"svg.fonttype": "path" if ismath else "none"}):
            super().draw_text(gc, x, y, s, prop, angle, ismath, mtext)  # type: ignore[no-untyped-call]


def _axes_data(axes: Axes) -> dict[str, Any]:
    legend = axes.get_legend()
    data = {
        "title": axes.get_title(),
        "x": axes.get_xlabel(),
        "y": axes.get_ylabel(),
        "texts": [t.get_text() for t in axes.texts if t.get_text()],
        "legend": [t.get_text() for t in legend.get_texts()] if legend else [],
        "lines": [_line_data(line) for line in axes.lines],
        "points": [_kept(c.get_offsets()) for c in axes.collections],
        "boxes": [_kept(box) for box in _boxes(axes)],
        "images": [_kept(image.get_array()) for image in axes.images],
    }
    return {name: value for name, value in data.items() if value}


def _line_data(line: Line2D) -> dict[str, Any]:
    data = {"x": _kept(line.get_xdata()), "y": _kept(line.get_ydata())}
    label = str(line.get_label())
    return data if label.startswith("_") else {"label": label, **data}


def _boxes(axes: Axes) -> Iterator[tuple[float, ...]]:
    """Yield left, bottom, width and height of bars and other shapes, in data units."""
    for patch in axes.patches:
        if not isinstance(patch, FancyArrowPatch):  # its path is in pixels
            yield patch.get_path().get_extents(patch.get_patch_transform()).bounds


def _kept(values: Any) -> Any:
    array = np.ma.filled(np.asarray(values), np.nan) if np.ma.isMA(values) else np.asarray(values)
    if array.dtype.kind not in "fiub":
        return [str(value) for value in array.ravel()]
    if array.size <= LARGE:
        return _rounded(array.tolist())
    summary = {
        "mean": array.mean(),
        "std": array.std(),
        "min": array.min(),
        "max": array.max(),
    }
    return {"shape": list(array.shape)} | {k: _rounded(float(v)) for k, v in summary.items()}


def _rounded(value: Any) -> Any:
    if isinstance(value, list):
        return [_rounded(v) for v in value]
    if not isinstance(value, float) or not math.isfinite(value):
        return str(value) if isinstance(value, float) else value
    return float(f"{value:.{DIGITS}g}")
