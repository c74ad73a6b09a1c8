"""Show every picture in the look of the page, with its size, and under it its curves' numbers."""

import functools
import re
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mkdocs.plugins import event_priority

from handbook import curves, records
from handbook.lessons import Lesson
from handbook.photographs import SCALE

FIGURE = re.compile(
    r'<img alt="(?P<alt>[^"]*)" '
    r'src="(?P<src>[^"]*figures/(?P<path>[^"]+))\.(?P<kind>svg|png)"[^>]*>'
)
PARAGRAPH = re.compile(r"<p>(?:(?!</p>).)*?<img (?:(?!</p>).)*</p>", re.DOTALL)
SIZE = re.compile(r'<svg[^>]* viewBox="0 0 (?P<width>[\d.]+) (?P<height>[\d.]+)"', re.DOTALL)
PIXELS = 96 / 72  # CSS pixels a point


@event_priority(110)  # type: ignore[untyped-decorator] # before math, which renders labels
def on_page_content(content: str, page: Any, config: Any, files: Any) -> str:  # noqa: ARG001
    """Replace each figure and photograph by its two pictures; add the tables of its curves."""
    root, language = Path(config.config_file_path).parent, config.theme["language"]
    record = functools.cache(lambda address: records.read(Lesson(root, address)))

    def with_tables(paragraph: re.Match[str]) -> str:
        found = FIGURE.finditer(paragraph[0])
        return paragraph[0] + "".join(table(match["path"], record, language) for match in found)

    content = PARAGRAPH.sub(with_tables, content)
    return FIGURE.sub(lambda match: both_looks(match, root / "docs/figures"), content)


def table(figure: str, record: Callable[[str], Any], language: str) -> str:
    """The folded tables of a figure's curves; empty for photographs and drawings.

    Args:
        figure: its address and name, such as ``tensors/gradient-tape/curve``.
        record: gives the record of a lesson.
        language: of the page.
    """
    address, _, name = figure.rpartition("/")
    return curves.folded(record(address).get("data", {}).get(name, {"axes": []}), language)


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
