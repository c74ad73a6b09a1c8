"""Show every figure in the look of the page: light or dark, with its size."""

import re
from pathlib import Path
from typing import Any

FIGURE = re.compile(
    r'<img alt="(?P<alt>[^"]*)" src="(?P<src>[^"]*figures/(?P<path>[^"]+))\.svg"[^>]*>'
)
SIZE = re.compile(r'<svg[^>]* viewBox="0 0 (?P<width>[\d.]+) (?P<height>[\d.]+)"', re.DOTALL)
PIXELS = 96 / 72  # CSS pixels a point


def on_page_content(content: str, page: Any, config: Any, files: Any) -> str:  # noqa: ARG001
    """Replace each picture of a figure by its light and its dark one."""
    figures = Path(config.config_file_path).parent / "docs/figures"
    return FIGURE.sub(lambda match: both_looks(match, figures), content)


def both_looks(match: re.Match[str], figures: Path) -> str:
    """The two pictures of a figure; the theme hides the one that does not fit."""
    svg = (figures / f"{match['path']}.svg").read_text(encoding="utf-8")
    width, height = (round(float(n) * PIXELS) for n in SIZE.search(svg).groups())  # type: ignore[union-attr]
    size = f'width="{width}" height="{height}" loading="lazy" alt="{match["alt"]}"'
    return (
        f'<img class="figure" src="{match["src"]}.svg#only-light" {size}>'
        f'<img class="figure" src="{match["src"]}.dark.svg#only-dark" {size}>'
    )
