"""What MkDocs calls while it builds. Everything that matters is made before, as files."""

from pathlib import Path
from typing import Any

from handbook.lessons import Lesson


def address_of(page: Any) -> str:
    """The address of a page, ``chapter/lesson``."""
    return str(page.file.src_uri).rpartition(".")[0]


def lesson_of(page: Any, config: Any) -> Lesson:
    """The lesson that a page may show: it is one if its code is there."""
    return Lesson(Path(config.config_file_path).parent, address_of(page))
