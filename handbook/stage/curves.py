"""The curves of a figure as tables, for readers who cannot see it or need its numbers."""

import itertools
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from markupsafe import Markup, escape

from handbook.stage.html import render

ROWS = 30  # of a table; a longer curve is thinned to every n-th point and the last


def tables(data: dict[str, Any], words: dict[str, Any]) -> str:
    """Return a folded block with all curves of a figure; empty if it has none.

    Args:
        data: of the figure, from the lesson's record.
        words: of the page's language.
    """
    shared = next((axes["y"] for axes in data["axes"] if "y" in axes), "y")  # named once a row
    found = [table for axes in data["axes"] for table in _tables(axes, shared, words)]
    return render("curves", tables=found, words=words["curves"]) if found else ""


def _tables(axes: dict[str, Any], y: str, words: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield one table for all curves that share their x."""
    if not axes.keys() & {"x", "y"}:  # a drawing, not a plot
        return
    groups = defaultdict(list)
    for line in filter(_is_curve, axes.get("lines", [])):
        groups[json.dumps(line["x"])].append(line)
    for lines in groups.values():
        names = _distinct([str(line.get("label") or axes.get("y", y)) for line in lines])
        title = axes.get("title") or axes.get("y", y)
        if len(groups) > 1:
            title += words["colon"] + ", ".join(names)
        columns = [lines[0]["x"], *(line["y"] for line in lines)]
        yield _table(title, [axes.get("x", "x"), *names], columns, words["curves"])


def _is_curve(line: dict[str, Any]) -> bool:
    """Return whether a line is a curve: not a guide of two points, and not only a summary."""
    return isinstance(line["x"], list) and isinstance(line["y"], list) and len(line["x"]) > 2


def _distinct(names: Sequence[str]) -> list[str]:
    """Return the names; those that occur several times get a number.

    Examples:
        >>> _distinct(["loss", "y", "y"])
        ['loss', 'y 1', 'y 2']
    """
    often = Counter(names)
    number = {name: itertools.count(1) for name in often}
    return [f"{name} {next(number[name])}" if often[name] > 1 else name for name in names]


def _table(
    title: str, heads: Sequence[str], columns: Sequence[Sequence[Any]], words: dict[str, str]
) -> dict[str, Any]:
    length = len(columns[0])
    step = -(-length // ROWS)
    shown = sorted({*range(0, length, step), length - 1})
    return {
        "spoken": _spoken(title),
        "title": _text(title),
        "note": words["thinned"].format(step, length) if step > 1 else "",
        "heads": [_head(head) for head in heads],
        "rows": [[_number(column[i]) for column in columns] for i in shown],
    }


def _head(label: str) -> dict[str, str]:
    """Return a label; a formula also as plain text, which axe-core needs to see a heading."""
    return {"text": _text(label), "spoken": _spoken(label) if "$" in label else ""}


def _number(value: Any) -> str:
    return value if isinstance(value, str) else f"{value:.4g}"


def _text(label: str) -> str:
    r"""Return a label as HTML, with formulas in the form of ``handbook.stage.markdown``.

    Examples:
        >>> str(_text("cost < 3 at $x^2$"))
        'cost &lt; 3 at <span class="arithmatex">\\(x^2\\)</span>'
    """
    formula = r'<span class="arithmatex">\\(\1\\)</span>'
    escaped = str(escape(" ".join(label.split())))
    return Markup(re.sub(r"\$([^$]+)\$", formula, escaped))  # noqa: S704  # escaped


def _spoken(label: str) -> str:
    return " ".join(label.replace("$", "").split())
