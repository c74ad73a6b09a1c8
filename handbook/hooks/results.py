"""Let the printed results stand out from the comments of the code."""

import re
from typing import Any

RESULT = re.compile(r'<span class="c1">(?=# -&gt;)')
MORE = re.compile(
    r'(<span class="c1 result">#[^<]*</span>\n<span[^>]*></span>)<span class="c1">(?=#    )'
)


def on_page_content(content: str, page: Any, config: Any, files: Any) -> str:  # noqa: ARG001
    """Mark the ``# ->`` lines, and the lines that go on under them."""
    content = RESULT.sub('<span class="c1 result">', content)
    return MORE.sub(r'\1<span class="c1 result">', content)
