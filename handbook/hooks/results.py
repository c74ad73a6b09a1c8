"""Let the printed results stand out from the comments of the code."""

import re
from typing import Any

COMMENT = '<span class="c1">#'
RESULT = re.compile(rf"{COMMENT} -&gt;[^<]*</span>(?:\n *{COMMENT}    [^<]*</span>)*")


def on_page_content(content: str, page: Any, config: Any, files: Any) -> str:  # noqa: ARG001
    """Mark the ``# ->`` lines, and the lines that go on under them."""
    return RESULT.sub(lambda m: m[0].replace('class="c1"', 'class="c1 result"'), content)
