"""A parsed page: headings, fences, figures, boxes, links, and its expanded text."""

import functools
import re
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sybil import Document, Region
from sybil.parsers.markdown.lexers import RawFencedCodeBlockLexer

from handbook.lesson import translation
from handbook.lesson.lessons import Lesson, front_matter, text_of
from handbook.lesson.sections import cells, marked_sections

FENCES = RawFencedCodeBlockLexer(re.compile(r"(?P<info>[^\n]*)\n"))
INCLUDE = re.compile(r'--8<-- "(?P<file>[^":]+):(?P<section>[\w-]+)"')
INCLUDED = re.compile(rf"^(?P<indent> *){INCLUDE.pattern}$", re.M)
HEADING = re.compile(r"^(#{1,6}) +(.+?)(?: +\{ *#([\w-]+) *\})?[ \t]*$", re.M)
FIGURE = re.compile(r"!\[(?P<alt>[^\]]*)\]\((?P<path>[^)\s]+)\)")
LINK = re.compile(r"(?<!!)\[[^\]]+\]\((?P<to>[^)\s]+)\)")
BOX = re.compile(r'^ *(?:!!!|\?\?\?\+?) +([\w-]+)(?: +"([^"]*)")?[ \t]*$', re.M)


class IncludeError(ValueError):
    """A page includes a file or a section that does not exist."""


@dataclass(frozen=True)
class Fence:
    """A fence in the source: info string, body, line (from 1)."""

    info: str
    body: str
    line: int

    @property
    def include(self) -> re.Match[str] | None:
        """The include, if the fence holds nothing else."""
        return INCLUDE.fullmatch(self.body.strip())


@dataclass(frozen=True)
class Page:
    """A page in one language.

    Attributes:
        path: the file.
        text: its Markdown with front matter; for a lab, its cells of that language.
    """

    path: Path
    text: str

    @classmethod
    def read(cls, path: Path) -> "Page":
        """Return the page in a file, cached until the file changes."""
        state = path.stat()
        return _read(path, state.st_size, state.st_mtime_ns)

    @classmethod
    def of(cls, lesson: Lesson, language: str) -> "Page":
        """Return the page of a lesson or lab in one language."""
        if lesson.is_lab:
            return cls(lesson.code, lab_text(lesson, language))
        return cls.read(lesson.page(language))

    @functools.cached_property
    def front_matter(self) -> dict[str, Any]:
        """The front matter, between the two ``---`` lines."""
        return front_matter(self.text)[0]

    @property
    def title(self) -> str:
        """The title of the front matter, or else the first heading."""
        return str(self.front_matter.get("title") or self.headings[0][1].replace("`", ""))

    @functools.cached_property
    def fences(self) -> list[Fence]:
        """Every fence, indented fences included, in order."""
        return [
            Fence(r.lexemes["info"].strip(), r.lexemes["source"], self._line(r.start))
            for r in fence_regions(self.text)
        ]

    @functools.cached_property
    def prose(self) -> str:
        """The text without front matter, its fences replaced by blank lines."""
        text = self.text
        for region in reversed(fence_regions(text)):
            lines = "\n" * text.count("\n", region.start, region.end)
            text = text[: region.start] + lines + text[region.end :]
        return front_matter(text)[1]

    @property
    def headings(self) -> list[tuple[int, str, str]]:
        """Level, title and anchor of every heading; the anchor may be empty."""
        return [(len(m[1]), m[2], m[3] or "") for m in HEADING.finditer(self.prose)]

    @property
    def figures(self) -> list[tuple[str, str]]:
        """Path and alt text of every image."""
        return [(m["path"], m["alt"]) for m in FIGURE.finditer(self.prose)]

    @property
    def boxes(self) -> list[tuple[str, str]]:
        """Kind and title of every admonition and folded block."""
        return [(m[1], m[2] or "") for m in BOX.finditer(self.prose)]

    @property
    def links(self) -> list[str]:
        """The targets of the links in the prose, in order."""
        return [m["to"] for m in LINK.finditer(self.prose)]

    def _line(self, position: int) -> int:
        return self.text.count("\n", 0, position) + 1


@functools.lru_cache(maxsize=512)
def _read(path: Path, _size: int, _changed: int) -> Page:
    return Page(path, text_of(path))


def fence_regions(text: str) -> list[Region]:
    """Return every fence of a Markdown text, as Sybil finds it."""
    return sorted(FENCES(Document(text, "")), key=lambda region: region.start)


def expanded(page: Page, root: Path, language: str = "en") -> str:
    """Return the text of a page with every include replaced by its code.

    Args:
        page: with its includes.
        root: the checkout.
        language: of the words in the code of lessons; ``tfnotes`` stays English.

    Raises:
        IncludeError: the file or the section does not exist.
        SectionError: the section marks of the file are invalid.
    """

    def included(match: re.Match[str]) -> str:
        lesson = Lesson(root, match["file"].removesuffix(".py"))
        for path in (lesson.code, root / match["file"]):
            if path.exists():
                own = path == lesson.code
                found = translation.sections(lesson, language) if own else marked_sections(path)
                code = {s.name: s.text for s in found}.get(match["section"])
                if code is not None:
                    return textwrap.indent(textwrap.dedent(code), match["indent"])
        raise IncludeError(
            f"{page.path}: expected a section {match['section']!r} in {match['file']}, found none"
        )

    return INCLUDED.sub(included, page.text)


def lab_text(lesson: Lesson, language: str) -> str:
    """Return a lab in one language as a page that includes its cells."""
    parts = []
    for cell in cells(lesson.code):
        if cell.name:
            parts.append(f'```python\n--8<-- "{lesson.address}.py:{cell.name}"\n```')
        elif cell.language == language:
            parts.append(cell.text)
    return "\n\n".join(parts) + "\n"
