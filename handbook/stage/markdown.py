"""The handbook's Markdown extension, independent of the builder.

* A line that begins with ``<!--html-->`` is a block of HTML, also inside boxes and lists.
* Formulas become MathML, and stay on one line with their punctuation.
* The ``# ->`` lines of code are highlighted; a box that names an anchor gets it as its id.
* The copy button of an example with prompts copies only its code.
* On the pages of lessons, the first use of a term in each section shows its name in the other
  language.
"""

import doctest
import html
import logging
import re
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from markdown import Extension, Markdown
from markdown.postprocessors import Postprocessor
from markdown.preprocessors import Preprocessor
from math_core import LatexError, LatexToMathML

from handbook.stage.html import RAW
from handbook.stage.terms import marked

log = logging.getLogger("mkdocs.handbook.stage.markdown")  # counted by a strict build
BEFORE, AFTER = r"[（“《(]*", r"(?:[，。、；：？！）”》,.;:?!)]|[-’]?[A-Za-z])*"
FORMULA = re.compile(
    rf'(?P<before>{BEFORE})<span class="arithmatex">\\\((?P<inline>.*?)\\\)</span>'
    rf"(?P<after>{AFTER})"
    r'|<div class="arithmatex">\\\[(?P<block>.*?)\\\]</div>',
    re.DOTALL,
)
CLASSES = {  # classes of handbook.css for inline styles, which the policy blocks
    "text-align:left": "left",
    "text-align:right": "right",
    "justify-items:start": "",
    "justify-items:end": "",
    "padding-left:0": "flush-left",
    "padding-right:0": "flush-right",
    "padding-left:1em": "apart",
}
BOX = re.compile(r'<div class="admonition warning (careful-[\w-]+)">')
EXAMPLE = re.compile(
    r'<div class="language-pycon highlight">(?=<pre>(?P<shown>.*?)</pre>)', re.DOTALL
)
VOID = re.compile(r"(<(?:br|hr|img)\b[^>]*?) ?/>")  # HTML needs no slash
COMMENT = '<span class="c1">#'
RESULT = re.compile(rf"{COMMENT} (?:-&gt;|±)[^<]*</span>(?:\n *{COMMENT}    [^<]*</span>)*")
EMPHASIS = re.compile(r"<em>.*?</em>", re.DOTALL)
KEPT = r"<code.*?</code>|<math.*?</math>|<[^>]*>|&\w+;"
LATIN = re.compile(rf"({KEPT})|[A-Za-z0-9]+(?:[ .-][A-Za-z0-9]+)*", re.DOTALL)
LESSON = '<p class="lesson-row"'
converter = LatexToMathML()
here: ContextVar[str] = ContextVar("here")  # the current page, set by a hook of the builder


class Raw(Preprocessor):  # type: ignore[misc]
    """Stashes the lines of raw HTML until the page is rendered."""

    def run(self, lines: list[str]) -> list[str]:
        """Replace each line of raw HTML by a placeholder with the same indentation."""
        return [self._line(line) if RAW in line else line for line in lines]

    def _line(self, line: str) -> str:
        indent, mark, text = line.partition(RAW)
        return indent + self.md.htmlStash.store(text) if mark and not indent.strip() else line


class Finish(Postprocessor):  # type: ignore[misc]
    """Edits the final HTML, after the stash of other extensions is restored.

    Args:
        md: the converter.
        language: of the pages.
    """

    def __init__(self, md: Markdown, language: str) -> None:
        super().__init__(md)
        self.language = language

    def run(self, text: str) -> str:
        """Edit the HTML of a page."""
        steps: list[Callable[[str], str]] = [
            lambda text: VOID.sub(r"\1>", text),
            lambda text: FORMULA.sub(_formula, text),
            lambda text: BOX.sub(r'<div class="admonition warning" id="\1">', text),
            lambda text: EXAMPLE.sub(_with_code, text),
            lambda text: RESULT.sub(_result, text),
        ]
        if self.language == "zh":
            steps.append(lambda text: EMPHASIS.sub(lambda match: latin_named(match[0]), text))
        if LESSON in text:
            steps.append(lambda text: marked(text, self.language))
        for step in steps:
            text = step(text)
        return text


class Handbook(Extension):  # type: ignore[misc]
    """The extension; its option is the ``language`` of the pages."""

    def __init__(self, **options: Any) -> None:
        self.config = {"language": ["en", "of the pages"]}
        super().__init__(**options)

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        """Register both processors."""
        md.preprocessors.register(Raw(md), "handbook_raw", 24)  # after fences, before HTML
        md.postprocessors.register(Finish(md, self.getConfig("language")), "handbook", -10)


def makeExtension(**options: Any) -> Handbook:  # noqa: N802
    """Return the extension, for Python-Markdown."""
    return Handbook(**options)


def _formula(match: re.Match[str]) -> str:
    latex = html.unescape(match["inline"] or match["block"]).strip()
    block = match["block"] is not None
    try:
        mathml = to_mathml(latex, block=block)
    except LatexError as error:
        log.warning("%s: formula %r: %s", here.get("a page"), latex, error)
        return match[0]
    if block:  # unreadable in the search index
        return f'<div class="formula" data-search-exclude>{mathml}</div>'
    formula = f'{match["before"]}<span class="formula">{mathml}</span>{match["after"]}'
    return f'<span class="unbroken">{formula}</span>'


def to_mathml(latex: str, *, block: bool) -> str:
    """Convert a formula to MathML.

    Raises:
        LatexError: the formula cannot be parsed.
    """
    mathml: str = converter.convert_with_local_state(latex, displaystyle=block)
    return re.sub(r' style="([^"]*)"', _classed, mathml)


def _classed(style: re.Match[str]) -> str:
    declarations = style[1].replace(" ", "").rstrip(";").split(";")
    if not CLASSES.keys() >= {*declarations}:  # a test of the policy reports the page
        return style[0]
    return f' class="{" ".join(filter(None, (CLASSES[d] for d in declarations)))}"'


def _with_code(match: re.Match[str]) -> str:
    """Return the opening tag of an example with its code, without prompts and output."""
    shown = html.unescape(re.sub(r"<[^>]+>", "", match["shown"]))
    code = "".join(example.source for example in doctest.DocTestParser().get_examples(shown))
    kept = html.escape(code.strip()).replace("\n", "&#10;")
    return f'<div class="language-pycon highlight" data-copy="{kept}">'


def _result(match: re.Match[str]) -> str:
    return match[0].replace('class="c1"', 'class="c1 result"')


def latin_named(text: str) -> str:
    """Mark Latin words as English, for style sheets and screen readers.

    Examples:
        >>> latin_named("<em>用 float16 训练</em>")
        '<em>用 <span lang="en">float16</span> 训练</em>'
    """
    return LATIN.sub(lambda m: m[1] or f'<span lang="en">{m[0]}</span>', text)
