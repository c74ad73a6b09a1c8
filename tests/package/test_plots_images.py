"""Grids of images of any range."""

from typing import Any

import numpy as np
import pytest

from tfnotes import plots

pytestmark = pytest.mark.usefixtures("fresh_figures")


def test_image_grid_draws_each_image_with_its_title() -> None:
    images = np.random.default_rng(0).random((7, 4, 5))
    figure = plots.image_grid(images, list("abcdefg"), columns=3, colors=["#000000"] * 7)
    assert [axes.get_title() for axes in figure.axes] == list("abcdefg")
    assert np.array_equal(figure.axes[4].images[0].get_array(), images[4])


def test_image_grid_needs_a_title_for_each_image() -> None:
    with pytest.raises(ValueError, match="expected 2 titles, one for each image; got 1"):
        plots.image_grid(np.zeros((2, 3, 3)), ["a"])


COLORS = np.random.default_rng(0).integers(0, 256, (4, 3, 5, 3), np.uint8)
COLORS[0, 0, 0], COLORS[0, 0, 1] = 0, 255
FROM_0_TO_1 = COLORS / np.float32(255)


def drawn(images: Any) -> np.ndarray:
    figure = plots.image_grid(images)
    figure.canvas.draw()
    return np.stack([panel.images[0].get_array() for panel in figure.axes])


@pytest.mark.filterwarnings("error")  # Matplotlib warns if it clips
@pytest.mark.parametrize(
    ("images", "expected"),
    [
        (COLORS, COLORS),
        (COLORS.astype(np.int64), COLORS),
        (FROM_0_TO_1, FROM_0_TO_1),
        (COLORS.astype(np.float32), FROM_0_TO_1),  # of image_dataset_from_directory
        (FROM_0_TO_1 * 2 - 1, FROM_0_TO_1),
        (FROM_0_TO_1 * 1.02, FROM_0_TO_1),  # not nearly black
        ((FROM_0_TO_1 - 0.4) / 0.2, FROM_0_TO_1),  # standardized
        (COLORS.astype(np.uint16) * 257, FROM_0_TO_1),
        (FROM_0_TO_1 > 0.5, (FROM_0_TO_1 > 0.5).astype(float)),
        (np.full((1, 2, 2, 3), -1.0), np.zeros((1, 2, 2, 3))),
        (COLORS[..., :1], COLORS[..., 0]),  # Matplotlib scales gray images
        (COLORS[..., 0].astype(np.float32), COLORS[..., 0]),
        (np.dstack([FROM_0_TO_1[0], np.ones((3, 5))])[None], None),
    ],
)
def test_images_of_any_range_are_visible(images: np.ndarray, expected: Any) -> None:
    if expected is None:
        expected = images
    np.testing.assert_allclose(drawn(images), expected, atol=1e-6)
    assert not np.isnan(drawn(images)).any()


def test_titles_are_optional() -> None:
    figure = plots.image_grid(COLORS, columns=2)
    assert [axes.get_title() for axes in figure.axes] == [""] * 4


def test_titles_and_colors_may_be_arrays() -> None:
    figure = plots.image_grid(COLORS, np.array(list("abcd")), colors=np.array(["C1"] * 4))
    assert figure.axes[3].get_title() == "d"
    assert figure.axes[3].title.get_color() == "C1"


@pytest.mark.parametrize(
    ("images", "arguments", "message"),
    [
        (np.zeros((2, 3, 3)), {"colors": ["C0"]}, "2 colors, one for each image; got 1"),
        (np.zeros((2, 3, 3)), {"columns": 0}, "expected 1 or more columns; got 0"),
        (np.zeros((3, 3)), {}, r"expected images of shape .*; got \(3, 3\)"),
        (np.zeros((2, 3, 3, 2)), {}, r"with 1, 3 or 4 channels; got \(2, 3, 3, 2\)"),
        (np.zeros((0, 3, 3)), {}, r"got \(0, 3, 3\)"),
        (np.full((1, 3, 3), np.nan), {}, "expected finite pixels; got nan to nan"),
        (np.array([[[0.0, np.inf]]]), {}, "expected finite pixels; got 0.0 to inf"),
    ],
)
def test_image_grid_rejects_other_images(
    images: np.ndarray, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        plots.image_grid(images, **arguments)
