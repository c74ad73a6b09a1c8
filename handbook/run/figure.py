"""A stored figure, its dark version, and the comparison of the data of two figures.

Lessons draw in the colors of ``figures.mplstyle``, C0 to C5 in the order of its cycle, and in
Matplotlib's black, dimgray, gray, lightgray and white. The dark figure is the light one with
these colors replaced.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from handbook.lesson.results import same

STYLE = Path(__file__).with_name("figures.mplstyle")
DARK = {  # light color: dark color
    "#24292f": "#e6e9ee",  # text
    "#000000": "#e6e9ee",  # black
    "#57606a": "#aeb6c2",  # secondary text, C5
    "#696969": "#aeb6c2",  # dimgray
    "#8c959f": "#8c959f",  # axes; like gray, #808080, readable on both backgrounds
    "#d8dee4": "#3d434d",  # grid
    "#d3d3d3": "#3d434d",  # lightgray
    "#ffffff": "#1e2129",  # background
    "#0969da": "#6cb6ff",  # C0 to C4
    "#c2410c": "#ff9f5a",
    "#1a7f37": "#6fdd8b",
    "#8250df": "#c8a5ff",
    "#bf3989": "#ff9bce",
}
COLOR = re.compile(r"#[0-9a-f]{6}\b")
DIGITS = 4  # significant digits of the stored data


@dataclass(frozen=True)
class Figure:
    """A figure as SVG text, and the data that it plots."""

    svg: str
    data: dict[str, Any]


def dark(svg: str) -> str:
    """Return the same figure for dark pages.

    Black is what SVG fills with where no color is named, so Matplotlib does not write it.
    """
    filled = svg.replace("<svg ", '<svg fill="#000000" ', 1)
    return COLOR.sub(lambda m: DARK.get(m[0], m[0]), filled)


def differences(expected: Any, actual: Any, tolerance: float, where: str = "") -> Iterator[str]:
    """Yield the differences between the data of two versions of a figure.

    Numbers may differ by the tolerance, relative to the largest number of their list, and
    so may numbers inside texts; everything else must be equal.

    Args:
        expected: the data of a ``Figure``, as stored in the record.
        actual: the data of the new figure.
        tolerance: relative; at least that of the stored digits.
        where: the path to this part of the data, for the messages.

    Examples:
        >>> list(differences({"title": "a", "y": [1, 2]}, {"title": "b", "y": [1, 2]}, 0.01))
        ["title: kept 'a', drawn 'b'"]
    """
    if (parts := _parts(expected, actual)) is not None:
        for name, old, new in parts:
            yield from differences(old, new, tolerance, f"{where} {name}".strip())
    elif not _agree(expected, actual, tolerance):
        yield f"{where}: kept {_short(expected)}, drawn {_short(actual)}"


def _parts(expected: Any, actual: Any) -> list[tuple[Any, Any, Any]] | None:
    """Return name, expected and actual value of each part; None if the structures differ."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        if list(expected) == list(actual):
            return [(name, expected[name], actual[name]) for name in expected]
    elif isinstance(expected, list) and isinstance(actual, list) and not _is_numeric(expected):
        pairs = list(zip(range(len(expected)), expected, actual, strict=False))
        return pairs if len(expected) == len(actual) else None
    return None


def _agree(expected: Any, actual: Any, tolerance: float) -> bool:
    if isinstance(expected, str) and isinstance(actual, str):
        return same(expected, actual, tolerance)
    if not (_is_numeric(expected) and _is_numeric(actual)):
        return bool(expected == actual)
    old, new = np.asarray(expected, float), np.asarray(actual, float)
    slack = max(tolerance, 2 * 10.0**-DIGITS) * float(np.abs(old).max(initial=1e-9))
    return old.shape == new.shape and np.allclose(old, new, rtol=0, atol=slack, equal_nan=True)


def _is_numeric(value: Any) -> bool:
    try:
        return np.asarray(value).dtype.kind in "fi"
    except ValueError:  # lists of different lengths
        return False


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) < 100 else f"{text[:97]}..."
