"""Mutants of a lesson: its code with one constant or operator changed.

An integer grows by 1, a decimal is halved (a rate or share stays valid), True and False change
places, and so do + and -, * and /, ``and`` and ``or``, and each comparison and its opposite.

Unchanged are imports, strings and f-strings; seeds, since a result that holds with every seed
is a good one; and arguments that only style a figure, which are reviewed by eye. Everything else
in the code of a figure counts: it is in the stored data of the figure, or no result depends on it.
"""

import ast
import io
import random
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, zip_longest

from handbook.lesson.sections import Section
from handbook.trials.budgets import SEED, SEEDERS
from handbook.trials.changed import Edit

STYLE = {
    *("alpha", "capsize", "dpi", "figsize", "fontsize", "hspace", "labelpad", "labelsize"),
    *("linestyle", "linewidth", "lw", "markersize", "ms", "pad", "rotation", "s", "wspace"),
    "zorder",
}
OPPOSITE: dict[type[ast.AST], tuple[str, str]] = {  # node: its token, and the token in its place
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: ("*", "/"),
    ast.Div: ("/", "*"),
    ast.Lt: ("<", ">="),
    ast.GtE: (">=", "<"),
    ast.Gt: (">", "<="),
    ast.LtE: ("<=", ">"),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.In: ("in", "not in"),
    ast.NotIn: ("not in", "in"),
    ast.Is: ("is", "is not"),
    ast.IsNot: ("is not", "is"),
    ast.And: ("and", "or"),
    ast.Or: ("or", "and"),
}
Place = tuple[int, int]


@dataclass(frozen=True)
class Mutant:
    """One change of the code.

    Attributes:
        section: the name of its section.
        edit: of the file.
        old: the constant or operator.
        source: the line of the code, without its indentation.
    """

    section: str
    edit: Edit
    old: str
    source: str

    @property
    def line(self) -> int:
        """The line in the file, from 1."""
        return self.edit.line

    @property
    def change(self) -> str:
        """The constant or operator before and after."""
        return f"{self.old} -> {self.edit.text}"


def of(section: Section) -> list[Mutant]:
    """Return all mutants of a section, by line and column."""
    lines = section.text.split("\n")
    tokens = _tokens(section.text)
    found = []
    for node in _changeable(ast.parse(section.text)):
        for edit in sorted(_edits(node, tokens)):
            line = lines[edit.line - 1]
            old = line.encode()[edit.start : edit.end].decode()
            moved = Edit(edit.line + section.first_line - 1, edit.start, edit.end, edit.text)
            found.append(Mutant(section.name, moved, old, line.strip()))
    return sorted(found, key=lambda mutant: mutant.edit)


def sample(mutants: Sequence[Mutant], count: int, address: str) -> list[Mutant]:
    """Return some mutants, spread evenly over the sections; the same for each call.

    Args:
        mutants: of a lesson, in order.
        count: the largest number; 0 for all.
        address: of the lesson, which seeds the choice.
    """
    if not count:
        return list(mutants)
    chance = random.Random(address)  # noqa: S311
    sections: dict[str, list[Mutant]] = {}
    for mutant in mutants:
        sections.setdefault(mutant.section, []).append(mutant)
    groups = list(sections.values())
    chance.shuffle(groups)
    for group in groups:
        chance.shuffle(group)
    rounds = (mutant for turn in zip_longest(*groups) for mutant in turn if mutant)
    chosen = {id(mutant) for mutant, _ in zip(rounds, range(count), strict=False)}
    return [mutant for mutant in mutants if id(mutant) in chosen]


def _changeable(node: ast.AST) -> Iterator[ast.AST]:
    """Yield a node and those in it, without the ones that stay unchanged."""
    match node:
        case ast.Import() | ast.ImportFrom() | ast.JoinedStr():
            return
        case ast.keyword(arg=str(name)) if name == "seed" or name in STYLE:
            return
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)) if name in SEEDERS:
            return
        case ast.Assign(targets=[ast.Name(id=name)]) if SEED.fullmatch(name.upper()):
            return
    yield node
    for child in ast.iter_child_nodes(node):
        yield from _changeable(child)


def _edits(node: ast.AST, tokens: list[tuple[str, Place, Place]]) -> Iterator[Edit]:
    match node:
        case ast.Constant(value=bool() | int() | float() as value):
            end = node.end_col_offset or 0
            yield Edit(node.lineno, node.col_offset, end, _other(value))
        case ast.BinOp(left=left, op=op, right=right) if not any(map(_is_text, (left, right))):
            yield from _operator(op, left, right, tokens)
        case ast.AugAssign(target=left, op=op, value=right) if not _is_text(right):
            yield from _operator(op, left, right, tokens, suffix="=")
        case ast.Compare(left=left, ops=ops, comparators=comparators):
            for each, before, after in zip(ops, [left, *comparators], comparators, strict=False):
                yield from _operator(each, before, after, tokens)
        case ast.BoolOp(op=op, values=values):
            for before, after in pairwise(values):
                yield from _operator(op, before, after, tokens)


def _other(value: float) -> str:
    if isinstance(value, bool):
        return str(not value)
    if isinstance(value, int):
        return str(value + 1)
    return repr(value / 2 or 1.0)


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)
    )


def _operator(
    op: ast.AST,
    left: ast.expr,
    right: ast.expr,
    tokens: list[tuple[str, Place, Place]],
    suffix: str = "",
) -> Iterator[Edit]:
    """Yield the edit of the operator between two expressions, if it has an opposite."""
    if type(op) not in OPPOSITE:
        return
    old, new = (text + suffix for text in OPPOSITE[type(op)])
    begin = (left.end_lineno or 0, left.end_col_offset or 0)
    between = [t for t in tokens if begin <= t[1] and t[2] <= (right.lineno, right.col_offset)]
    words = [t for t in between if t[0] in {*old.split(), old}]
    if words and words[0][1][0] == words[-1][2][0]:  # on one line
        yield Edit(words[0][1][0], words[0][1][1], words[-1][2][1], new)


def _tokens(code: str) -> list[tuple[str, Place, Place]]:
    """Return text, start and end of each token, with columns in UTF-8 bytes as in the AST."""
    lines = code.split("\n")

    def place(row: int, column: int) -> Place:
        return row, len(lines[row - 1][:column].encode()) if row <= len(lines) else 0

    found = tokenize.generate_tokens(io.StringIO(code).readline)
    return [(token.string, place(*token.start), place(*token.end)) for token in found]
