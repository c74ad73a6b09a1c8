"""A math font with only the glyphs that the formulas of a site need."""

import hashlib
import html
import io
import re
import unicodedata
from collections.abc import Iterable
from importlib.metadata import distribution, version
from pathlib import Path

from handbook.files import replace

FONT = distribution("ziamath").locate_file("ziamath/fonts/STIXTwoMath-Regular.ttf")
LETTERS = [*range(0x1D434, 0x1D468), 0x210E, *range(0x1D6E2, 0x1D71C)]
ITALIC = {ord(unicodedata.normalize("NFKC", chr(i))): i for i in LETTERS}
MATH = re.compile(r"<math\b.*?</math>", re.DOTALL)


def characters(pages: Iterable[str]) -> set[int]:
    """Return the code points in the formulas of some pages, and their italic forms."""
    found = "".join({formula for page in pages for formula in MATH.findall(page)})
    used = set(map(ord, html.unescape(re.sub(r"<[^>]+>", "", found))))
    return used | {ITALIC[c] for c in used if c in ITALIC}


def build(characters: set[int], folder: Path) -> Path:
    """Return a cached font file with the glyphs of these characters.

    Args:
        characters: code points.
        folder: the cache of fonts.
    """
    inputs = [version("ziamath"), version("fonttools"), *map(str, sorted(characters))]
    target = folder / f"math-{hashlib.sha256(' '.join(inputs).encode()).hexdigest()[:16]}.woff2"
    if not target.exists():
        replace(target, _subset(characters))
    return target


def _subset(characters: set[int]) -> bytes:
    from fontTools import subset  # slow to import

    options = subset.Options(flavor="woff2", hinting=False, layout_features=["ssty", "dtls"])
    with subset.load_font(str(FONT), options) as font:
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=characters)
        subsetter.subset(font)
        file = io.BytesIO()
        subset.save_font(font, file, options)
    return file.getvalue()
