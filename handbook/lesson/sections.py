"""A lesson's code, cut into the named sections that pages include.

Lessons mark sections as pymdownx.snippets does, ``# --8<-- [start:name]`` to
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
    """A file's section marks do not make sections."""


@dataclass(frozen=True)
class Section:
    """One piece of code: its name, where its first line stands (from 1), its text."""

    name: str
    first_line: int
    text: str


@dataclass(frozen=True)
class Cell:
    """One cell of a lab: code with a name, or markdown in a language."""

    name: str
    language: str
    first_line: int
    text: str


def marked_sections(path: Path) -> list[Section]:
    """The sections that a file marks, in the order of their starts.

    Raises:
        SectionError: a mark is missing, nested or used twice; the message names the line.
    """
    state = path.stat()
    return list(_marked_sections(path, state.st_size, state.st_mtime_ns))


@functools.lru_cache(maxsize=256)  # every page of a lesson asks for each of its sections
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
                f"{path}:{number}: [{mark[1]}:{mark[2]}] does not fit here: every section "
                "has a name of its own, and ends before the next one starts"
            )
    if name:
        raise SectionError(f"{path}:{start - 1}: section {name!r} has no end; add [end:{name}]")
    return tuple(found)


def cells(path: Path) -> list[Cell]:
    """The cells of a lab in py:percent form, without its front matter."""
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
    """The sections of a lesson or lab, in the order in which they run."""
    if not lesson.is_lab:
        return marked_sections(lesson.code)
    return [Section(c.name, c.first_line, c.text) for c in cells(lesson.code) if c.name]


def outside(path: Path) -> list[int]:
    """Lines of a lesson's code that no section holds, so that no reader would see them.

    Blank lines and the comment at the top of the file do not count.
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
