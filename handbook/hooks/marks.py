"""Set what Markdown cannot: a formula keeps its punctuation, and dots stand under Chinese only."""

import re
from typing import Any

BEFORE, AFTER = r"[（“《(]*", r"(?:[，。、；：？！）”》,.;:?!)]|[-’]?[A-Za-z])*"
FORMULA = re.compile(rf'{BEFORE}<span class="formula".*?</span>{AFTER}', re.S)
EMPHASIS = re.compile(r"<em>.*?</em>", re.S)
KEPT = r"<code.*?</code>|<math.*?</math>|<[^>]*>|&\w+;"
LATIN = re.compile(rf"({KEPT})|[A-Za-z0-9]+(?:[ .-][A-Za-z0-9]+)*", re.S)


def on_page_content(content: str, page: Any, config: Any, files: Any) -> str:  # noqa: ARG001
    """Change the page after its formulas are rendered."""
    content = FORMULA.sub(r'<span class="unbroken">\g<0></span>', content)
    if config.theme["language"] == "zh":
        content = EMPHASIS.sub(lambda match: latin_named(match[0]), content)
    return content


def latin_named(text: str) -> str:
    """Name the language of Latin words, so that a style and a voice can tell them.

    Examples:
        >>> latin_named("<em>用 float16 训练</em>")
        '<em>用 <span lang="en">float16</span> 训练</em>'
    """
    return LATIN.sub(lambda m: m[1] or f'<span lang="en">{m[0]}</span>', text)
