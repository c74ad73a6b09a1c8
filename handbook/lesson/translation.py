"""The Chinese words of a lesson's code and figures, from ``<lesson>.zh.yml``.

The file has three parts: ``labels`` are string literals of the code, ``figures`` words that
figures show but the code does not hold, such as the names of classes, and ``comments``. Code,
results and figures of the Chinese book are translated by it; a lesson without it stays English.
"""

import functools
import io
import re
import tokenize
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from html import escape, unescape
from pathlib import Path
from typing import Any

import yaml

from handbook.lesson import results
from handbook.lesson.lessons import Lesson, LessonError, SafeLoader, text_of
from handbook.lesson.literals import replaced
from handbook.lesson.sections import Section
from handbook.lesson.sections import sections as english_sections
from tfnotes.labels import FIELD, Translator, fixed

TRANSLATED = "zh"
TEXT = re.compile(r"(<text\b[^>]*>)([^<]*)(?=</text>)")
UNITS = re.compile(
    r"\s*[（《“]*(?:[一-鿿]|[^\s一-鿿（《“]+)[，。、；：？！）》”]*"
)  # between line breaks


class Printed(Translator):
    """Also translates labels inside a printed line, as whole words."""

    def __init__(self, table: Mapping[str, str]) -> None:
        super().__init__(table)
        labels = sorted(filter(fixed, self.table), key=lambda label: -len(fixed(label)))
        words = "|".join(r"\S+?".join(map(re.escape, label.split(FIELD))) for label in labels)
        self.words = re.compile(rf"(?<!\w)(?:{words})(?!\w)" if words else r"(?!)")

    def outside(self, line: str) -> str:
        """Return the translation of a line that is no label itself."""
        return self.words.sub(lambda m: self(m[0]), line)


@dataclass(frozen=True, eq=False)
class Words:
    """The words of a lesson: Chinese by English."""

    labels: Mapping[str, str]
    figures: Mapping[str, str]
    comments: Mapping[str, str]

    @functools.cached_property
    def drawn(self) -> Translator:
        """Translates a text of a figure."""
        return Translator({**self.figures, **self.labels})

    @functools.cached_property
    def printed(self) -> Translator:
        """Translates a printed line."""
        return Printed(self.labels)


NONE = Words({}, {}, {})
PARTS = [field.name for field in fields(Words)]


def words(lesson: Lesson, language: str = TRANSLATED) -> Words:
    """Return the words of a lesson in a language; none for English, or without their file.

    Raises:
        LessonError: the file does not have the three parts.
    """
    path = lesson.words
    if language != TRANSLATED or not path.exists():
        return NONE
    state = path.stat()
    return _read(path, state.st_size, state.st_mtime_ns)


@functools.lru_cache(maxsize=256)
def _read(path: Path, _size: int, _changed: int) -> Words:
    try:
        found = SafeLoader(text_of(path)).get_single_data() or {}
    except yaml.YAMLError as error:
        raise LessonError(f"{path}: {' '.join(str(error).split())}") from error
    if not isinstance(found, dict) or not found.keys() <= {*PARTS}:
        raise LessonError(f"{path}: expected only the parts {', '.join(PARTS)}; found {found!r}")
    parts = [found.get(part) or {} for part in PARTS]
    for part in parts:
        found = [*part, *part.values()] if isinstance(part, dict) else [[part]]
        if wrong := [text for text in found if not isinstance(text, str)]:
            raise LessonError(f"{path}: expected `text: text`, found {wrong[0]!r}; quote it")
    return Words(*parts)


def sections(lesson: Lesson, language: str) -> list[Section]:
    """Return the sections of a lesson or lab, with the words of a language."""
    found, own = english_sections(lesson), words(lesson, language)
    return [replace(s, text=code(s.text, own)) for s in found] if own is not NONE else found


@functools.lru_cache(maxsize=4096)  # a page looks for its sections one by one
def code(text: str, own: Words) -> str:
    """Return the code of a section with its comments, literals and results translated."""
    for comment in reversed(list(comments(text))):
        if new := own.comments.get(comment.text):
            indent = "\n" + " " * (comment.indent or 0) + "# "
            room = results.WIDTH + 1 - len(indent)
            lines = [new] if comment.indent is None else _wrapped(new, room)
            text = text[: comment.start] + indent.join(lines) + text[comment.end :]
    text = replaced(text, own.labels)
    printed = {n: "\n".join(map(own.printed, lines)) for n, lines in results.shown(text).items()}
    return results.with_results(text, printed)


@dataclass(frozen=True)
class Comment:
    """A comment, which may have several lines.

    Attributes:
        text: its words, without ``#``; lines are joined by a space.
        start: the position of its first word.
        end: the position after the last one.
        row: the number of its last line.
        indent: of full lines; ``None`` for a comment after code, and for a tolerance.
    """

    text: str
    start: int
    end: int
    row: int
    indent: int | None = None


def comments(text: str) -> list[Comment]:
    """Return the comments of a section.

    Consecutive full-line comments with the same indent are one. Results are no comments; of a
    line that states a tolerance, the reason is one.
    """
    starts = [0, *(m.end() for m in re.finditer("\n", text))]
    found: list[Comment] = []
    result = 0  # the row of the last line of a result
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type != tokenize.COMMENT:
            continue
        row, column = token.start
        if token.string.startswith(results.ARROW) or (
            row - 1 == result and token.string.startswith(results.MORE)
        ):
            result = row
            continue
        stated = results.TOLERANCE.fullmatch(token.string)
        words = stated["reason"] if stated else token.string.lstrip("#").lstrip()
        end = starts[row - 1] + column + len(token.string)
        whole = not stated and not token.line[:column].strip()
        last = found[-1] if found else None
        if whole and last and (last.row, last.indent) == (row - 1, column):
            found[-1] = replace(last, text=f"{last.text} {words}".strip(), end=end, row=row)
        else:
            found.append(Comment(words, end - len(words), end, row, column if whole else None))
    return found


def _wrapped(text: str, room: int) -> list[str]:
    """Return a comment in lines that fit; Chinese breaks between any two characters."""
    lines = [""]
    for unit in UNITS.findall(text):
        if lines[-1] and columns(lines[-1] + unit) > room:
            lines.append("")
        lines[-1] += unit if lines[-1] else unit.lstrip()
    return lines


def columns(line: str) -> int:
    """Return the width of a line in a fixed-width font, where Chinese characters take two.

    Examples:
        >>> columns("x  # 张量")
        9
    """
    return sum(1 + (unicodedata.east_asian_width(char) in "WF") for char in line)


def svg(text: str, own: Words) -> str:
    """Return a figure with its words replaced."""
    return TEXT.sub(lambda m: m[1] + escape(own.drawn(unescape(m[2])), quote=False), text)


def texts(lesson: Lesson) -> dict[str, Path]:
    """Return the texts of the figures of a lesson, formulas left out, with a file of each."""
    files = [path for path in lesson.figure_files if path.suffix == ".svg"]
    return {text: path for path in files for text in texts_of(text_of(path))}


def texts_of(svg: str) -> list[str]:
    """Return the texts of a figure, line by line."""
    return [unescape(match[2]) for match in TEXT.finditer(svg)]


def parts(text: str, translate: Translator) -> Iterator[tuple[str, str]]:
    """Yield the entries that translate a text, and its parts without one: entry and part."""
    if found := translate.entry(text):
        yield found[0], text
        for value in found[1]:
            yield from parts(value, translate)
    else:
        yield "", text


def drawn_labels(lesson: Lesson, language: str) -> dict[str, str]:
    """Return the English of each Chinese label in the figures of a lesson."""
    own = words(lesson, language)
    used = {entry for text in texts(lesson) for entry, _ in parts(text, own.drawn)}
    every = {**own.figures, **own.labels}
    shown = [label for label in every if used & {label, *label.split("\n")}]
    return {every[label]: label for label in shown if every[label] != label}


def drawn(data: Any, own: Words) -> Any:
    """Return the data of a figure with the words of its labels and categories replaced."""
    if isinstance(data, str):
        return own.drawn(data)
    if isinstance(data, list):
        return [drawn(value, own) for value in data]
    return {k: drawn(v, own) for k, v in data.items()} if isinstance(data, dict) else data
