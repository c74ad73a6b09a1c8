"""A new lesson that passes every check: its code, both pages, its nav entry."""

import re
from pathlib import Path
from string import Template

from handbook.files import replace
from handbook.lesson.lessons import LANGUAGES, Lesson
from handbook.stage.book import CONFIGS

SKELETON = Path(__file__).with_name("skeleton")
ADDRESS = re.compile(r"[a-z][a-z0-9-]*/[a-z][a-z0-9-]*")


class NewLessonError(ValueError):
    """A lesson cannot be created at this address; the message says why."""


def write(address: str, root: Path) -> list[Path]:
    """Write the code and both pages of a lesson, and add it at the end of its chapter.

    Args:
        address: such as ``tensors/gradient-tape``; the chapter must be in the nav.
        root: the checkout.

    Returns:
        The new files.

    Raises:
        NewLessonError: the address is invalid or taken, or its chapter is not in the nav.
    """
    lesson = Lesson(root, address)
    if not ADDRESS.fullmatch(address):
        raise NewLessonError(f"expected chapter/lesson in lower case, got {address!r}")
    if lesson.code.exists():
        raise NewLessonError(f"{lesson.relative(lesson.code)} exists already; choose another name")
    navs = {root / config: _with_page(root / config, address) for config in CONFIGS.values()}
    anchor = address.rpartition("/")[2]
    values = {
        "address": address,
        "anchor": anchor,
        "title": anchor.replace("-", " ").capitalize(),
    }
    files = {lesson.code: "code.py.txt"} | {lesson.page(name): f"{name}.md" for name in LANGUAGES}
    for path, name in files.items():
        text = (SKELETON / name).read_text(encoding="utf-8")
        replace(path, Template(text).substitute(values))
    for path, text in navs.items():
        replace(path, text)
    return list(files)


def _with_page(config: Path, address: str) -> str:
    """Return a configuration with the page added to its nav."""
    text = config.read_text(encoding="utf-8")
    chapter = address.partition("/")[0]
    pages = re.findall(rf"^ +- {chapter}/[\w-]+\.md\n", text, re.M)
    if not pages:
        chapters = dict.fromkeys(re.findall(r"^ +- ([\w-]+)/[\w-]+\.md$", text, re.M))
        raise NewLessonError(
            f"expected a chapter of the nav of {config.name}, got {chapter!r}; add it there "
            f"first, or use one of: {', '.join(chapters)}"
        )
    indent = pages[-1].partition("-")[0]
    return text.replace(pages[-1], f"{pages[-1]}{indent}- {address}.md\n")
