"""What old notes get wrong, collected from the boxes ``!!! warning`` of the lessons.

The title of a box is the claim, its code shows what happens today, and its last paragraph
says what holds instead. Every statement that is guarded, because it may raise or warn, makes
a row. What a box prints without a guard, or before the first one, is a trap that nothing tells
of: it makes one row. A box without code is never run and makes none.
"""

import ast
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from handbook.lesson import results
from handbook.lesson.lessons import Lesson
from handbook.lesson.pages import BOX, INCLUDE, Page
from handbook.lesson.sections import Section, sections

BODY = re.compile(r"(?:\n(?: {4}.*|[ \t]*)(?=\n|\Z))*")
CAREFUL = re.compile(r"Careful: |小心：")
GUARD = "printed_errors"
RAISES = re.compile(r"(?:^|: )\w*(?:Error|Exception): |^\w+(?:Error|Exception):?$", re.M)
WARNS = re.compile(r"(?:^|: )(?:WARNING|\w*Warning): |is deprecated and will be removed", re.M)
VERDICTS = ("raises", "warns", "silent")
Place = tuple[str, int]  # a section's name, and the last line of a statement in it


@dataclass(frozen=True)
class Box:
    """One box of a page.

    Attributes:
        claim: its title, without the word that all of them begin with.
        sections: the lesson's own sections that it shows.
        instead: its last paragraph; empty where it ends with code or a figure.
    """

    claim: str
    sections: tuple[Section, ...]
    instead: str

    @property
    def anchor(self) -> str:
        """The id of the box, equal in both languages; empty where it shows no code."""
        return f"careful-{self.sections[0].name}" if self.sections else ""


@dataclass(frozen=True)
class Erratum:
    """One thing that old notes get wrong.

    Attributes:
        lesson: where it is put right.
        box: the box that does so.
        code: what was run: one statement without its guard, or all before the first guard.
        is_statement: which of the two.
        printed: what it prints today, by the places where that stands in the code.
        verdict: one of ``VERDICTS``, as the printed lines have it.
    """

    lesson: Lesson
    box: Box
    code: str
    is_statement: bool
    printed: dict[Place, list[str]]
    verdict: str

    @property
    def lines(self) -> list[str]:
        """What it prints today, line by line."""
        return [line for lines in self.printed.values() for line in lines]


def rows(lesson: Lesson, language: str) -> list[Erratum]:
    """The rows of a lesson, in the order of its page.

    Those of the other language differ in ``box.claim`` and ``box.instead`` only.
    """
    return [row for box in boxes(lesson, language) for row in _rows(lesson, box)]


def claims(lesson: Lesson) -> dict[Place, str]:
    """Which claims hang on what is printed at a place."""
    return {place: row.box.claim for row in rows(lesson, "en") for place in row.printed}


def boxes(lesson: Lesson, language: str) -> list[Box]:
    """Every box ``!!! warning`` of a page, in its order, also those without code."""
    own = {f"{lesson.address}.py:{s.name}": s for s in sections(lesson)}
    found = []
    for title, body in bodies(Page.of(lesson, language)):
        names = [f"{m['file']}:{m['section']}" for m in INCLUDE.finditer(body)]
        shown = tuple(own[name] for name in names if name in own)
        found.append(Box(CAREFUL.sub("", title, count=1), shown, instead(body)))
    return found


def bodies(page: Page) -> Iterator[tuple[str, str]]:
    """Title and text of every box ``!!! warning`` of a page, the text moved to the left."""
    for head in BOX.finditer(page.text):
        if head[1] == "warning":
            body = BODY.match(page.text, head.end())
            yield head[2] or "", textwrap.dedent(body[0] if body else "").strip()


def instead(body: str) -> str:
    """The last paragraph of a box; empty where it ends with code or a figure."""
    last = body.rpartition("\n\n")[2]
    return "" if last.startswith(("```", "![")) else last


def _rows(lesson: Lesson, box: Box) -> Iterator[Erratum]:
    statements = [(s, node) for s in box.sections for node in ast.parse(s.text).body]
    printed = [_printed(section, node) for section, node in statements]
    guarded = _guarded([node for _, node in statements])
    found = []
    for start, end in pairwise([*guarded, len(statements)]):
        section, node = statements[start]
        said = next(filter(None, printed[start:end]), {})
        raised = isinstance(node, ast.Try) and bool(printed[start])
        verdict = "raises" if raised else _verdict(said)
        found.append(Erratum(lesson, box, unguarded(section.text, node), True, said, verdict))
    before = printed[: guarded[0]] if guarded else printed
    if any(before) and all(row.verdict != "silent" for row in found):
        said = {place: lines for part in before for place, lines in part.items()}
        code = _code(box, statements[guarded[0]] if guarded else None)
        yield Erratum(lesson, box, code, False, said, _verdict(said))
    yield from found


def _code(box: Box, end: tuple[Section, ast.stmt] | None) -> str:
    """What a box shows, without results, up to a statement."""
    texts = []
    for section in box.sections:
        last = end[1].lineno - 1 if end and end[0] is section else None
        lines = section.text.split("\n")[:last]
        texts.append(results.without_results("\n".join(lines)).strip("\n"))
        if last is not None:
            break
    return "\n\n".join(texts)


def _printed(section: Section, node: ast.stmt) -> dict[Place, list[str]]:
    end = node.end_lineno or 0
    lines = results.shown(section.text).get(end)
    return {(section.name, end): lines} if lines else {}


def _verdict(printed: dict[Place, list[str]]) -> str:
    text = "\n".join(line for lines in printed.values() for line in lines)
    return "raises" if RAISES.search(text) else "warns" if WARNS.search(text) else "silent"


def _guarded(nodes: list[ast.stmt]) -> list[int]:
    """Which statements may raise or warn: in a guard, in ``try``, or in a guarding function."""
    functions = {n.name for n in nodes if isinstance(n, ast.FunctionDef) and _calls(n, {GUARD})}
    return [
        number
        for number, node in enumerate(nodes)
        if isinstance(node, ast.Try)
        or (
            not isinstance(node, ast.FunctionDef | ast.ClassDef)
            and _calls(node, {GUARD, *functions})
        )
    ]


def _calls(node: ast.stmt, names: set[str]) -> bool:
    calls = (n for n in ast.walk(node) if isinstance(n, ast.Call))
    return any(isinstance(call.func, ast.Name) and call.func.id in names for call in calls)


def unguarded(text: str, statement: ast.stmt) -> str:
    r"""The source of a statement, without what catches its errors.

    Examples:
        >>> text = "with printed_errors():\n    f(lr=1)"
        >>> unguarded(text, ast.parse(text).body[0])
        'f(lr=1)'
    """
    lines: list[str | None] = list(text.split("\n"))
    for node in reversed(list(ast.walk(statement))):  # the inner ones first
        if isinstance(node, ast.With | ast.Try):
            head, first, end = node.lineno - 1, node.body[0].lineno - 1, node.end_lineno or 0
            items = getattr(node, "items", [])
            kept = [k for item in items if (k := ast.unparse(item)) != f"{GUARD}()"]
            if items and len(kept) == len(items):
                continue
            body = lines[first : node.body[-1].end_lineno]
            if kept:
                new = [f"{' ' * node.col_offset}with {', '.join(kept)}:", *body]
            else:
                new = [line and line[4:] for line in body]
            lines[head:end] = new + [None] * (end - head - len(new))  # so that lines stay
    left = lines[statement.lineno - 1 : statement.end_lineno]
    return "\n".join(line for line in left if line is not None)
