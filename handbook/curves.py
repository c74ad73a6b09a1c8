"""The curves of a figure as tables, for those who cannot see it or want its numbers."""

import html
import itertools
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

ROWS = 30  # of a table; of a longer curve every second point is shown, or third, and the last
WORDS = {
    "en": {
        "summary": "The curves as a table",
        "thinned": " (1 of every {} points, {} in all)",
        "colon": ": ",
    },
    "zh": {
        "summary": "曲线的数据表",
        "thinned": "（每 {} 个点取 1 个，共 {} 个点）",
        "colon": "：",
    },
}


def folded(data: dict[str, Any], language: str) -> str:
    """All curves of a figure, folded; empty where it has none.

    Args:
        data: of the figure, as kept in its lesson's record.
        language: of the page.
    """
    words = WORDS[language]
    shared = next((axes["y"] for axes in data["axes"] if "y" in axes), "y")  # named once a row
    tables = [t for axes in data["axes"] for t in _tables(axes, shared, words)]
    if not tables:
        return ""
    return (
        f'<details class="curves" data-search-exclude><summary>{words["summary"]}</summary>'
        f"{''.join(tables)}</details>"
    )


def _tables(axes: dict[str, Any], y: str, words: dict[str, str]) -> Iterator[str]:
    """A table for all curves that share their x."""
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
        yield _table(title, [axes.get("x", "x"), *names], columns, words)


def _is_curve(line: dict[str, Any]) -> bool:
    """Guides of two points, and long curves of which only a summary is kept, are none."""
    return isinstance(line["x"], list) and isinstance(line["y"], list) and len(line["x"]) > 2


def _distinct(names: Sequence[str]) -> list[str]:
    """The names, those that occur several times with a number.

    Examples:
        >>> _distinct(["loss", "y", "y"])
        ['loss', 'y 1', 'y 2']
    """
    often = Counter(names)
    number = {name: itertools.count(1) for name in often}
    return [f"{name} {next(number[name])}" if often[name] > 1 else name for name in names]


def _table(
    title: str, heads: Sequence[str], columns: Sequence[Sequence[Any]], words: dict[str, str]
) -> str:
    length = len(columns[0])
    step = -(-length // ROWS)
    shown = sorted({*range(0, length, step), length - 1})
    note = words["thinned"].format(step, length) if step > 1 else ""
    rows = "".join(_row([column[i] for column in columns]) for i in shown)
    return (
        f'<div role="group" aria-label="{html.escape(_spoken(title))}" tabindex="0"><table '
        f'class="curves"><caption>{_text(title)}{note}</caption><thead><tr>{_heads(heads)}</tr>'
        f"</thead><tbody>{rows}</tbody></table></div>"
    )


def _heads(heads: Iterable[str]) -> str:
    return "".join(f'<th scope="col">{_head(head)}</th>' for head in heads)


def _head(label: str) -> str:
    """A label, to be spoken as plain text: axe-core takes a formula alone for an empty head."""
    if "$" not in label:
        return _text(label)
    plain = html.escape(_spoken(label))
    return f'<span class="spoken">{plain}</span><span aria-hidden="true">{_text(label)}</span>'


def _row(values: Sequence[Any]) -> str:
    first, *rest = map(_number, values)
    return f'<tr><th scope="row">{first}</th>{"".join(f"<td>{v}</td>" for v in rest)}</tr>'


def _number(value: Any) -> str:
    return html.escape(value) if isinstance(value, str) else f"{value:.4g}"


def _text(label: str) -> str:
    r"""A label of a figure as HTML, its formulas for ``hooks/math.py``.

    Examples:
        >>> _text("cost < 3 at $x^2$")
        'cost &lt; 3 at <span class="arithmatex">\\(x^2\\)</span>'
    """
    formula = r'<span class="arithmatex">\\(\1\\)</span>'
    return re.sub(r"\$([^$]+)\$", formula, html.escape(" ".join(label.split()), quote=False))


def _spoken(label: str) -> str:
    return " ".join(label.replace("$", "").split())
