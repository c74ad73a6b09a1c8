"""Render formulas to MathML while building, and ship a math font of just their glyphs."""

import html
import logging
import re
import unicodedata
from pathlib import Path
from typing import Any

import ziamath
from fontTools import subset
from math_core import LatexError, LatexToMathML
from mkdocs.plugins import event_priority

FORMULA = re.compile(
    r'<(?P<tag>span|div) class="arithmatex">'
    r"(?:\\\((?P<inline>.*?)\\\)|\\\[(?P<block>.*?)\\\])</(?P=tag)>",
    re.DOTALL,
)
FONT = Path(ziamath.__file__).parent / "fonts/STIXTwoMath-Regular.ttf"
LETTERS = [*range(0x1D434, 0x1D468), 0x210E, *range(0x1D6E2, 0x1D71C)]
ITALIC = {ord(unicodedata.normalize("NFKC", chr(i))): i for i in LETTERS}
log = logging.getLogger("mkdocs.hooks.math")
converter = LatexToMathML()
CLASSES = {  # of handbook.css, for the converter's inline styles, which the policy forbids
    "text-align:left": "left",
    "text-align:right": "right",
    "justify-items:start": "",
    "justify-items:end": "",
    "padding-left:0": "flush-left",
    "padding-right:0": "flush-right",
    "padding-left:1em": "apart",
}
used: set[int] = set()


@event_priority(100)  # type: ignore[untyped-decorator] # before anything that collects the pages' text
def on_page_content(content: str, page: Any, config: Any, files: Any) -> str:  # noqa: ARG001
    """Replace every formula of a page; a formula that cannot be read ends the build."""

    def render(match: re.Match[str]) -> str:
        latex = html.unescape(match["inline"] or match["block"]).strip()
        try:
            mathml = to_mathml(latex, block=match["block"] is not None)
        except LatexError as error:
            log.warning("%s: formula %r: %s", page.file.src_uri, latex, error)
            return match[0]
        used.update(map(ord, html.unescape(re.sub(r"<[^>]+>", "", mathml))))
        apart = " data-search-exclude" * (match["block"] is not None)  # a heap of letters there
        return f'<{match["tag"]} class="formula"{apart}>{mathml}</{match["tag"]}>'

    return FORMULA.sub(render, content)


def to_mathml(latex: str, *, block: bool) -> str:
    """One formula as MathML.

    Raises:
        LatexError: the formula cannot be read.
    """
    mathml: str = converter.convert_with_local_state(latex, displaystyle=block)
    return re.sub(r' style="([^"]*)"', _classed, mathml)


def _classed(style: re.Match[str]) -> str:
    declarations = style[1].replace(" ", "").rstrip(";").split(";")
    if not CLASSES.keys() >= {*declarations}:  # the test of the policy names the page
        return style[0]
    return f' class="{" ".join(filter(None, (CLASSES[d] for d in declarations)))}"'


def on_post_build(config: Any) -> None:
    """Write the font with the glyphs of the site's formulas, and their italic forms."""
    glyphs = used | {ITALIC[c] for c in used if c in ITALIC}
    options = subset.Options(flavor="woff2", hinting=False, layout_features=["ssty", "dtls"])
    font = subset.load_font(str(FONT), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=glyphs)
    subsetter.subset(font)
    subset.save_font(font, str(Path(config.site_dir, "assets/math.woff2")), options)
    used.clear()
