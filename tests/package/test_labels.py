"""Chinese labels: what is drawn with a Chinese font, and without."""

import warnings
from collections.abc import Iterator
from io import BytesIO

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest
from matplotlib import font_manager

from tfnotes import labels

ENGLISH = {"损失": "loss", "{}，{} 层": "{}, {} layers", "普通": "plain", "上\n下": "up\ndown"}


@pytest.fixture(autouse=True)
def _labels_stay_afterwards(fresh_figures: None) -> Iterator[None]:  # noqa: ARG001  # and its style
    yield
    labels.chinese_labels({})


def fonts(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    monkeypatch.setattr(font_manager, "get_font_names", lambda: ["DejaVu Sans", *names])


def texts() -> list[str]:
    """Return the title of a figure, the labels of its axes and its legend."""
    _, panel = plt.subplots()
    panel.plot([1, 2], label="普通，3 层")
    panel.plot([1, 2], label="plain, 3 layers")
    panel.set(title="上\n下", xlabel="损失", ylabel="loss")
    legend = panel.legend()
    every = [panel.title, panel.xaxis.label, panel.yaxis.label, *legend.get_texts()]
    return [text.get_text() for text in every]


def test_without_a_font_every_label_is_english(monkeypatch: pytest.MonkeyPatch) -> None:
    fonts(monkeypatch)
    assert labels.chinese_labels(ENGLISH) == ""
    assert texts() == ["up\ndown", "loss", "loss", "plain, 3 layers", "plain, 3 layers"]


def test_with_a_font_every_label_is_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    before = [*mpl.rcParams["font.family"]]
    fonts(monkeypatch, "SimHei", "Arial Unicode MS")
    assert labels.chinese_labels(ENGLISH) == "Arial Unicode MS"  # the first of the list
    assert mpl.rcParams["font.family"] == [*before, "Arial Unicode MS"]
    assert texts() == ["上\n下", "损失", "损失", "普通，3 层", "普通，3 层"]


@pytest.mark.parametrize("installed", [True, False])
def test_no_character_is_an_empty_box(monkeypatch: pytest.MonkeyPatch, installed: bool) -> None:
    """With the fonts of this machine, and without any."""
    if not installed:
        fonts(monkeypatch)
    labels.chinese_labels(ENGLISH)
    texts()
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # Matplotlib warns that a font lacks a character
        plt.savefig(BytesIO())


def test_second_call_replaces_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    fonts(monkeypatch)
    labels.chinese_labels(ENGLISH)
    labels.chinese_labels({"损失": "cost"})
    assert texts()[:2] == ["上\n下", "cost"]
    fonts(monkeypatch, "SimHei")
    labels.chinese_labels({})
    labels.chinese_labels({})
    assert mpl.rcParams["font.family"].count("SimHei") == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a b c", "c: a b"),  # more fixed characters than "{} c"
        ("x c", "x C"),
        ("b", "B"),
        ("b c", "B C"),  # what stands for {} is translated
        ("b\nx c", "B\nx C"),
        ("none", "none"),
        ("1", "1"),
    ],
)
def test_most_specific_entry_wins(text: str, expected: str) -> None:
    translate = labels.Translator({"b": "B", "{} c": "{} C", "{} b c": "c: {} b", "{}": "?"})
    assert translate(text) == expected
