"""Show every picture in the look of the page: light or dark, with its size."""

import re
import struct
from pathlib import Path
from typing import Any

from handbook.photographs import SCALE

FIGURE = re.compile(
    r'<img alt="(?P<alt>[^"]*)" '
    r'src="(?P<src>[^"]*figures/(?P<path>[^"]+))\.(?P<kind>svg|png)"[^>]*>'
)
SIZE = re.compile(r'<svg[^>]* viewBox="0 0 (?P<width>[\d.]+) (?P<height>[\d.]+)"', re.DOTALL)
PIXELS = 96 / 72  # CSS pixels a point


def on_page_content(content: str, page: Any, config: Any, files: Any) -> str:  # noqa: ARG001
    """Replace each figure and photograph by its light and its dark picture."""
    figures = Path(config.config_file_path).parent / "docs/figures"
    return FIGURE.sub(lambda match: both_looks(match, figures), content)


def both_looks(match: re.Match[str], figures: Path) -> str:
    """The two pictures of a figure; the theme hides the one that does not fit."""
    width, height = size_of(figures / f"{match['path']}.{match['kind']}")
    size = f'width="{width}" height="{height}" loading="lazy" alt="{match["alt"]}"'
    return (
        f'<img class="figure" src="{match["src"]}.{match["kind"]}#only-light" {size}>'
        f'<img class="figure" src="{match["src"]}.dark.{match["kind"]}#only-dark" {size}>'
    )


def size_of(picture: Path) -> tuple[int, int]:
    """Width and height in CSS pixels of an SVG file, or of a photograph."""
    if picture.suffix == ".png":
        width, height = struct.unpack(">2I", picture.read_bytes()[16:24])
        return round(width / SCALE), round(height / SCALE)
    svg = SIZE.search(picture.read_text(encoding="utf-8"))
    width, height = (round(float(n) * PIXELS) for n in svg.groups())  # type: ignore[union-attr]
    return width, height
