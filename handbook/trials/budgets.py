"""Budgets and seeds in the code of a lesson, which are constants at its top level.

A budget is named ``EPOCHS``, ``STEPS``, ``*_EPOCHS`` or ``*_STEPS``, and seeds ``SEED``, ``SEEDS``,
``*_SEED`` or ``*_SEEDS``. The value is an integer, or a tuple, list or dict of integers; seeds
may also be a ``range``. A value that is computed from others changes with them.
"""

import ast
import re
from collections.abc import Callable, Iterator

from handbook.lesson.lessons import LessonError
from handbook.trials.changed import Edit

BUDGET = re.compile(r"(\w+_)?(EPOCHS|STEPS)")
SEED = re.compile(r"(\w+_)?SEEDS?")
CONSTANT = re.compile(f"{BUDGET.pattern}|{SEED.pattern}")
SEQUENCES = ("list", "tuple")
SEEDERS = {"set_random_seed", "set_seed", "default_rng", "seed", "RandomState", "SeedGenerator"}


def edits(code: str, budget: int, shift: int) -> list[Edit]:
    """Return the edits that multiply the budgets and shift the seeds.

    Args:
        code: of a lesson.
        budget: the factor of the budgets.
        shift: what is added to the seeds.

    Raises:
        LessonError: a value is none of these, or no constant at the top level; the message names
            line and name.
    """
    tree = ast.parse(code)
    _check_places(tree)
    return [
        edit
        for name, value in _constants(tree)
        for edit in (
            _edits(name, value, lambda n: n * budget)
            if BUDGET.fullmatch(name)
            else _edits(name, value, lambda n: n + shift)
        )
    ]


def _constants(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """Yield name and value of each budget and seed, also of ``EPOCHS, SEED = 6, 0``."""
    for statement in tree.body:
        for target in _targets(statement):
            for name, value in _pairs(target, statement.value):  # type: ignore[attr-defined]
                if CONSTANT.fullmatch(name):
                    yield name, value


def _targets(statement: ast.stmt) -> list[ast.expr]:
    """Return what a statement assigns to: ``EPOCHS = 6`` or ``EPOCHS: int = 6``."""
    match statement:
        case ast.Assign(targets=targets):
            return targets
        case ast.AnnAssign(target=target, value=ast.expr()):
            return [target]
    return []


def _check_places(tree: ast.Module) -> None:
    """Raise an error if a budget or seed is set where ``edits`` would not find it."""
    found = {n for s in tree.body for target in _targets(s) for n in ast.walk(target)}
    stored = [n for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    for node in stored:
        if node not in found and CONSTANT.fullmatch(node.id):
            raise LessonError(
                f"line {node.lineno}: expected {node.id} to be a constant at the top level, so "
                "that a trial can change it; found a loop, function or other place"
            )


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Tuple):
        several = isinstance(value, ast.Tuple | ast.List)
        values = value.elts if several else [value] * len(target.elts)  # type: ignore[attr-defined]
        for part, its_value in zip(target.elts, values, strict=False):
            yield from _pairs(part, its_value)


def _edits(name: str, value: ast.expr, change: Callable[[int], int]) -> Iterator[Edit]:
    match value:
        case ast.Constant(value=int(number)) if not isinstance(number, bool):
            yield _edit(value, str(change(number)))
        case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Dict(values=parts):
            for part in parts:
                yield from _edits(name, part, change)
        case ast.Call(func=ast.Name(id=function), args=[part]) if function in SEQUENCES:
            yield from _edits(name, part, change)
        case ast.Call(func=ast.Name(id="range"), args=[ast.Constant(value=int(stop)) as only]):
            yield _edit(only, f"{change(0)}, {change(stop)}")
        case ast.Call(func=ast.Name(id="range"), args=[start, stop, *_]):
            yield from _edits(name, start, change)
            yield from _edits(name, stop, change)
        case _ if not any(map(_is_constant, ast.walk(value))):
            raise LessonError(
                f"line {value.lineno}: expected {name} to be an integer, or a tuple, list or dict "
                f"of integers, found {ast.unparse(value)}"
            )


def _edit(node: ast.expr, text: str) -> Edit:
    return Edit(node.lineno, node.col_offset, node.end_col_offset or 0, text)


def _is_constant(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and bool(CONSTANT.fullmatch(node.id))
