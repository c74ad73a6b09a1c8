"""The code that draws, folded below its figure."""

import re
from typing import Any

from handbook.lesson.lessons import Lesson
from handbook.run import drawings

FENCE = r'^(?P<indent> *)```python\n *--8<-- "{address}\.py:{name}"\n *```\n\n?'
FIGURE = r"^(?P<indent> *)!\[[^\]]*\]\(\S*figures/{address}/{name}\.svg\).*"
BLOCK = """
{indent}??? drawing "{summary}"

{indent}    ```python
{indent}    --8<-- "{address}.py:{name}"
{indent}    ```
"""


def shown(text: str, lesson: Lesson, words: dict[str, Any]) -> str:
    """Return a page whose code that only draws is in closed blocks.

    Args:
        text: Markdown, with its includes.
        lesson: the lesson of the page.
        words: of the page's language.
    """
    for name in drawings.folded(lesson):
        code = {"address": lesson.address, "name": name}
        if fence := re.search(FENCE.format(**code), text, re.M):
            text = text[: fence.start()] + text[fence.end() :]
            below = re.compile(FIGURE.format(**code), re.M).search(text, fence.start())
            at = below.end() + 1 if below else fence.start()
            code["indent"] = (below or fence)["indent"]
            block = BLOCK.format(summary=words["drawing"]["summary"], **code)
            text = f"{text[:at]}{block}\n{text[at:]}"
    return text
