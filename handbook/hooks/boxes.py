"""Give every box that has code an id, equal in both languages, so that links can name it."""

import re
from typing import Any

from handbook import errata
from handbook.hooks import lesson_of

BOX = '<div class="admonition warning">'


def on_page_content(content: str, page: Any, config: Any, files: Any) -> str:  # noqa: ARG001
    """Add the ids to the pages of lessons."""
    lesson = lesson_of(page, config)
    if not lesson.code.exists():
        return content
    anchors = iter([box.anchor for box in errata.boxes(lesson, config.theme["language"])])

    def named(match: re.Match[str]) -> str:
        anchor = next(anchors, "")
        return f'{match[0][:-1]} id="{anchor}">' if anchor else match[0]

    return re.sub(BOX, named, content)
