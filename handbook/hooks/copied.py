"""Let the copy button of an example with prompts give its code alone."""

import doctest
import html
import re
from typing import Any

EXAMPLE = re.compile(
    r'<div class="language-pycon highlight">(?=<pre>(?P<shown>.*?)</pre>)', re.DOTALL
)


def on_page_content(content: str, page: Any, config: Any, files: Any) -> str:  # noqa: ARG001
    """Give every example the text that the theme copies in place of what it shows."""
    return EXAMPLE.sub(with_code, content)


def with_code(match: re.Match[str]) -> str:
    """The opening tag of an example, with its code: no prompts, nothing that was printed."""
    shown = html.unescape(re.sub(r"<[^>]+>", "", match["shown"]))
    code = "".join(example.source for example in doctest.DocTestParser().get_examples(shown))
    kept = html.escape(code.strip()).replace("\n", "&#10;")
    return f'<div class="language-pycon highlight" data-copy="{kept}">'
