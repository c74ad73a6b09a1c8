"""Frames and arrows are at their given positions."""

import matplotlib.pyplot as plt
import pytest

from tfnotes.diagrams import arrow, frame

pytestmark = pytest.mark.usefixtures("fresh_figures")


@pytest.mark.parametrize("text", ["one line", "two\nlines", "three\nwhole\nlines"])
def test_title_and_text_fit_into_their_frame(text: str) -> None:
    figure = plt.figure(figsize=(4, 3))
    panel = figure.add_axes((0, 0, 1, 1), xlim=(0, 4), ylim=(0, 3))
    box = frame((1, 1), (2, 1), "C0", "Keras", text)
    outer = box.get_window_extent()
    title, below = (label.get_window_extent() for label in panel.texts)
    for inner in (title, below):
        assert outer.x0 < inner.x0 < inner.x1 < outer.x1
        assert outer.y0 < inner.y0 < inner.y1 < outer.y1
    assert below.y1 < title.y0


def test_arrow_ends_at_the_given_point() -> None:
    panel = plt.figure().add_subplot()
    arrow((0, 0), (1, 2), color="C1", linestyle="--")
    (drawn,) = panel.texts
    assert drawn.xy == (1, 2)
    assert drawn.arrow_patch.get_linestyle() == "--"
