"""The numbers of a figure's curves, as tables."""

import re
from typing import Any

import pytest

from handbook.stage.curves import ROWS, tables
from handbook.words import words


def figure(*lines: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"axes": [{"title": "Loss", "x": "epoch", "y": "loss", "lines": [*lines], **more}]}


def cells(table: str) -> list[list[str]]:
    rows = re.findall(r"<tr>(.*?)</tr>", table)
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in rows]


def test_curves_with_equal_x_share_a_table() -> None:
    made = tables(
        figure(
            {"label": "train", "x": [1, 2, 3], "y": [0.5, 0.25, 0.125]},
            {"label": "valid", "x": [1, 2, 3], "y": [0.6, 0.4, 12345.6]},
        ),
        words("en"),
    )
    assert cells(made) == [
        ["epoch", "train", "valid"],
        ["1", "0.5", "0.6"],
        ["2", "0.25", "0.4"],
        ["3", "0.125", "1.235e+04"],
    ]
    assert "<caption>Loss</caption>" in made


def test_curves_with_different_x_get_separate_tables() -> None:
    lines = [{"label": n, "x": [0, 1, k], "y": [1, 2, 3]} for n, k in (("a", 2), ("b", 3))]
    made = tables(figure(*lines), words("zh"))
    assert re.findall("<caption>(.*?)</caption>", made) == ["Loss：a", "Loss：b"]


@pytest.mark.parametrize("length", [ROWS, ROWS + 1, 97])
def test_long_curve_is_thinned_evenly_and_its_caption_says_so(length: int) -> None:
    made = tables(figure({"x": [*range(length)], "y": [0.0] * length}), words("en"))
    shown = [int(row[0]) for row in cells(made)[1:]]
    step = shown[1]
    assert shown == [*range(0, length - 1, step), length - 1]
    assert len(shown) <= ROWS + 1
    caption = f"Loss (1 of every {step} points, {length} in all)" if length > ROWS else "Loss"
    assert f"<caption>{caption}</caption>" in made


def test_axes_of_a_row_share_the_label_of_the_first() -> None:
    line = {"x": [1, 2, 3], "y": [1, 2, 3]}
    named, other = {"title": "a", "x": "t", "y": "loss"}, {"title": "b", "x": "t"}
    axes = [{**panel, "lines": [line, line]} for panel in (named, other)]
    made = tables({"axes": axes}, words("en"))
    assert [row for row in cells(made) if row[0] == "t"] == [["t", "loss 1", "loss 2"]] * 2


def test_labels_may_hold_formulas_and_html_characters() -> None:
    made = tables(figure({"label": "$x^2$ < 1,000 $", "x": [1, 2, 3], "y": [1, 2, 3]}), words("en"))
    assert cells(made)[0][1] == (
        '<span class="spoken">x^2 &lt; 1,000</span><span aria-hidden="true">'
        r'<span class="arithmatex">\(x^2\)</span> &lt; 1,000 $</span>'
    )


@pytest.mark.parametrize(
    "data",
    [
        {"axes": []},
        figure({"x": [0, 1], "y": [0.5, 0.5]}),  # a guide
        figure({"x": {"shape": [500]}, "y": {"shape": [500]}}),  # only a summary is kept
        {"axes": [{"lines": [{"x": [1, 2, 3], "y": [1, 2, 3]}]}]},  # a figure without axes
        {"axes": [{"x": "rate", "boxes": [[0, 0, 1, 1]]}]},
    ],
)
def test_figure_without_curves_has_no_table(data: dict[str, Any]) -> None:
    assert tables(data, words("en")) == ""
