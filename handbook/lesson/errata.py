"""Outdated claims, collected from the ``!!! warning`` boxes of the lessons.

The title of a box is the claim, its code shows the current behavior, and its last paragraph
gives the replacement. Each guarded statement, which may raise or warn, is a row. The output of
a box without a guard, or before the first one, shows a silent change: it is one row. A box
without code has no rows.
"""

import ast
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from handbook.lesson import results, translation
from handbook.lesson.lessons import Lesson
from handbook.lesson.pages import BOX, INCLUDE, Page
from handbook.lesson.sections import Section

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
        claim: its title, without the prefix ``Careful:``.
        sections: the lesson's own sections that it shows.
        replacement: its last paragraph; empty if it ends with code or a figure.
    """

    claim: str
    sections: tuple[Section, ...]
    replacement: str

    @property
    def anchor(self) -> str:
        """The id of the box, equal in both languages; empty for a box without code."""
        return f"careful-{self.sections[0].name}" if self.sections else ""


@dataclass(frozen=True)
class Erratum:
    """One outdated claim.

    Attributes:
        lesson: the lesson that corrects it.
        box: the box that corrects it.
        code: one statement without its guard, or all code before the first guard.
        is_statement: whether ``code`` is one statement.
        printed: the current output, by its place in the code.
        verdict: one of ``VERDICTS``, read from the output.
    """

    lesson: Lesson
    box: Box
    code: str
    is_statement: bool
    printed: dict[Place, list[str]]
    verdict: str

    @property
    def lines(self) -> list[str]:
        """The current output, line by line."""
        return [line for lines in self.printed.values() for line in lines]


def rows(lesson: Lesson, language: str) -> list[Erratum]:
    """Return the rows of a lesson, in the order of its page.

    The languages differ only in their words: in the box, in comments and in what is printed.
    """
    return [row for box in boxes(lesson, language) for row in _rows(lesson, box)]


def claims(lesson: Lesson) -> dict[Place, str]:
    """Return the claim that depends on the output at each place."""
    return {place: row.box.claim for row in rows(lesson, "en") for place in row.printed}


def boxes(lesson: Lesson, language: str) -> list[Box]:
    """Return every ``!!! warning`` box of a page, in its order, also those without code."""
    own = {f"{lesson.address}.py:{s.name}": s for s in translation.sections(lesson, language)}
    found = []
    for title, body in bodies(Page.of(lesson, language)):
        names = [f"{m['file']}:{m['section']}" for m in INCLUDE.finditer(body)]
        shown = tuple(own[name] for name in names if name in own)
        found.append(Box(CAREFUL.sub("", title, count=1), shown, replacement(body)))
    return found


def bodies(page: Page) -> Iterator[tuple[str, str]]:
    """Yield title and dedented text of every ``!!! warning`` box of a page."""
    for head in BOX.finditer(page.text):
        if head[1] == "warning":
            body = BODY.match(page.text, head.end())
            yield head[2] or "", textwrap.dedent(body[0] if body else "").strip()


def replacement(body: str) -> str:
    """Return the last paragraph of a box; empty if it ends with code or a figure."""
    last = body.rpartition("\n\n")[2]
    return "" if last.startswith(("```", "![")) else last


def _rows(lesson: Lesson, box: Box) -> Iterator[Erratum]:
    statements = [(s, node) for s in box.sections for node in ast.parse(s.text).body]
    printed = [_printed(section, node) for section, node in statements]
    guarded = _guarded([node for _, node in statements])
    found = []
    for start, end in pairwise([*guarded, len(statements)]):
        section, node = statements[start]
        output = next(filter(None, printed[start:end]), {})
        raised = isinstance(node, ast.Try) and bool(printed[start])
        verdict = "raises" if raised else _verdict(output)
        found.append(Erratum(lesson, box, unguarded(section.text, node), True, output, verdict))
    before = printed[: guarded[0]] if guarded else printed
    if any(before) and all(row.verdict != "silent" for row in found):
        output = {place: lines for part in before for place, lines in part.items()}
        code = _code(box, statements[guarded[0]] if guarded else None)
        yield Erratum(lesson, box, code, False, output, _verdict(output))
    yield from found


def _code(box: Box, end: tuple[Section, ast.stmt] | None) -> str:
    """Return the code of a box, without results, up to a statement."""
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
    """Return the indices of statements in a guard, in ``try``, or in a guarding function."""
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
    r"""Return the source of a statement, without the guard around it.

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
