"""Figures: both color schemes, and the plotted data."""

import json
import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure

from handbook import stage
from handbook.files import replace
from handbook.run import draw, figure
from handbook.run.figure import STYLE, differences
from handbook.stage import downloads, inputs
from tests.conftest import SmallHandbook


@pytest.fixture(autouse=True)
def _style() -> None:
    draw.use_style()
    plt.close("all")


def plot(last: float = 3.0) -> Figure:
    figure, panel = plt.subplots()
    panel.plot([1, 2, last], label="curve")
    panel.bar(["a", "b"], [1, 2])
    panel.imshow(np.eye(30))
    panel.set(title="title", xlabel="x")
    panel.legend()
    return figure


def test_equal_plots_give_equal_bytes() -> None:
    assert draw.draw(plot()) == draw.draw(plot())


def test_light_and_dark_figure_differ_only_in_colors() -> None:
    light = draw.draw(plot()).svg
    dark = figure.dark(light)
    colors = re.compile(r"#[0-9a-f]{6}")
    assert light != dark
    assert colors.sub("", light) == colors.sub("", dark).replace('<svg fill="" ', "<svg ")


def test_text_is_text_and_a_formula_is_an_outline() -> None:
    drawn = plt.figure()
    drawn.text(0.5, 0.5, "one line\nanother", ha="center")
    drawn.text(0.5, 0.1, "$x^2$")
    svg = draw.draw(drawn).svg
    texts = re.findall(r"<text [^>]*text-anchor: middle[^>]* x=\"([\d.]+)\"[^>]*>([^<]+)<", svg)
    assert [text for _, text in texts] == ["one line", "another"]
    assert texts[0][0] == texts[1][0]  # one center
    assert svg.count("<text") == 2


def test_black_is_light_in_the_dark_figure() -> None:
    drawn = plt.figure()
    drawn.text(0, 0, "a", color="black")
    dark = figure.dark(draw.draw(drawn).svg)
    assert f'<svg fill="{figure.DARK["#000000"]}"' in dark  # SVG names no black fill
    assert "#000000" not in dark


def test_dark_figure_has_no_color_of_the_light_style() -> None:
    kept = {"#8c959f"}  # axes: readable on both
    style = {f"#{c}" for c in re.findall(r"\b[0-9a-f]{6}\b", STYLE.read_text())}
    dark = figure.dark(draw.draw(plot()).svg)
    assert style <= figure.DARK.keys()
    assert not {c for c in style - kept if c in dark}


def luminance(color: str) -> float:
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))


@pytest.mark.parametrize(("light", "dark"), figure.DARK.items())
def test_colors_contrast_with_the_background(light: str, dark: str) -> None:
    if light not in ("#ffffff", "#d8dee4", "#d3d3d3", "#8c959f"):  # background, grid and axes
        assert 1.05 / (luminance(light) + 0.05) >= 4.5
        assert (luminance(dark) + 0.05) / (luminance("#1e2129") + 0.05) >= 4.5


def test_figure_data_survive_a_json_round_trip() -> None:
    data = draw.draw(plot()).data
    assert list(differences(json.loads(json.dumps(data)), data, 0.0)) == []


def test_changed_value_is_reported() -> None:
    kept, drawn = draw.draw(plot()).data, draw.draw(plot(3.5)).data
    assert list(differences(kept, drawn, 0.01)) == [
        "axes 0 lines 0 y: kept [1.0, 2.0, 3.0], drawn [1.0, 2.0, 3.5]"
    ]
    assert list(differences(kept, drawn, 0.2)) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda panel: panel.set_title("other"),
        lambda panel: panel.set_xlabel("other"),
        lambda panel: panel.legend(["other"]),
        lambda panel: panel.plot([1, 2]),
        lambda panel: panel.text(0, 0, "more"),
        lambda panel: panel.images[0].set_data(np.zeros((30, 30))),
        lambda panel: panel.patches[0].set_height(9),
    ],
)
def test_every_kind_of_change_is_reported(change) -> None:
    figure = plot()
    kept = draw.draw(figure).data
    change(figure.axes[0])
    assert list(differences(kept, draw.draw(figure).data, 0.01))


def test_missing_figure_is_a_difference() -> None:
    assert list(differences({"axes": []}, None, 0.5))
    assert list(differences(None, None, 0.0)) == []


def test_changed_dark_colors_reach_staged_figures(
    small: SmallHandbook, monkeypatch: pytest.MonkeyPatch
) -> None:
    (small.root / "tfnotes.whl").touch()
    monkeypatch.setattr(downloads, "build_wheel", lambda *_: small.root / "tfnotes.whl")
    lesson, staged = small.lesson("a/one"), small.root / "build/stage/en"
    replace(lesson.figures / "add.svg", '<svg viewBox="0 0 1 1"><path fill="#0969da"/></svg>')
    stage.write(small.book(), staged)
    dark = staged / "figures/a/one/add.dark.svg"
    assert figure.DARK["#0969da"] in dark.read_text()
    monkeypatch.setitem(figure.DARK, "#0969da", "#123456")
    monkeypatch.setattr(inputs, "machinery", lambda _: "with other colors")
    stage.write(small.book(), staged)
    assert "#123456" in dark.read_text()
