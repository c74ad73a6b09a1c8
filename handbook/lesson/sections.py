"""A lesson's code, split into the named sections that pages include.

Lessons mark sections as pymdownx.snippets does, from ``# --8<-- [start:name]`` to
``# --8<-- [end:name]``. In labs every ``# %% name`` cell is a section.
"""

import functools
import re
from dataclasses import dataclass
from pathlib import Path

from handbook.lesson.lessons import Lesson, text_of

MARK = re.compile(r"\s*# --8<-- \[(start|end):([\w-]+)\]\s*")
CELL = re.compile(
    r"# %%(?: (?P<markdown>\[markdown\] lang=\"(?P<lang>\w+)\")| (?P<name>[\w-]+))\s*"
)


class SectionError(ValueError):
    """The section marks of a file are invalid."""


@dataclass(frozen=True)
class Section:
    """One section of code: its name, the number of its first line (from 1), its text."""

    name: str
    first_line: int
    text: str


@dataclass(frozen=True)
class Cell:
    """One cell of a lab: named code, or Markdown in a language."""

    name: str
    language: str
    first_line: int
    text: str


def marked_sections(path: Path) -> list[Section]:
    """Return the sections of a file, in order.

    Raises:
        SectionError: a mark is missing, nested or used twice; the message names the line.
    """
    state = path.stat()
    return list(_marked_sections(path, state.st_size, state.st_mtime_ns))


@functools.lru_cache(maxsize=256)  # called for each include of a page
def _marked_sections(path: Path, _size: int, _changed: int) -> tuple[Section, ...]:
    lines = text_of(path).splitlines()
    found: list[Section] = []
    name, start = "", 0
    for number, line in enumerate(lines, 1):
        if not (mark := MARK.fullmatch(line)):
            continue
        if mark[1] == "start" and not name and mark[2] not in {s.name for s in found}:
            name, start = mark[2], number + 1
        elif mark[1] == "end" and mark[2] == name:
            found.append(Section(name, start, "\n".join(lines[start - 1 : number - 1])))
            name = ""
        else:
            raise SectionError(
                f"{path}:{number}: [{mark[1]}:{mark[2]}] does not fit here; give every section "
                "a unique name, and end it before the next one starts"
            )
    if name:
        raise SectionError(f"{path}:{start - 1}: section {name!r} has no end; add [end:{name}]")
    return tuple(found)


def cells(path: Path) -> list[Cell]:
    """Return the cells of a lab in py:percent format, without its front matter."""
    lines = text_of(path).splitlines()
    starts = [i for i, line in enumerate(lines) if line.startswith("# %%")]
    found = []
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        if not (head := CELL.fullmatch(lines[start])):
            raise SectionError(
                f'{path}:{start + 1}: expected `# %% name` or `# %% [markdown] lang="en"`, '
                f"found {lines[start]!r}"
            )
        body = lines[start + 1 : end]
        if head["markdown"]:
            body = [line.removeprefix("#").removeprefix(" ") for line in body]
        text = "\n".join(body).strip("\n")
        found.append(Cell(head["name"] or "", head["lang"] or "", start + 2, text))
    return found


def sections(lesson: Lesson) -> list[Section]:
    """Return the sections of a lesson or lab, in execution order."""
    if not lesson.is_lab:
        return marked_sections(lesson.code)
    return [Section(c.name, c.first_line, c.text) for c in cells(lesson.code) if c.name]


def outside(path: Path) -> list[int]:
    """Return the lines of a lesson's code outside its sections, which no page can show.

    Blank lines and comments do not count.
    """
    lines = text_of(path).splitlines()
    inside = {
        number
        for s in marked_sections(path)
        for number in range(s.first_line, s.first_line + s.text.count("\n") + 1)
    }
    return [
        number
        for number, line in enumerate(lines, 1)
        if number not in inside and line.strip() and not line.startswith("#")
    ]
