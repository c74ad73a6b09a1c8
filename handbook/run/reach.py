"""Which files of ``tfnotes`` a lesson reaches, read from the imports."""

import ast
import functools
from collections.abc import Iterator
from pathlib import Path

LAZY = {"tfnotes.train": "tfnotes.training"}  # what tfnotes/__init__.py gives by another name


def reached(code: Path, root: Path) -> list[Path]:
    """The files of ``tfnotes`` that a program imports, itself or through one another.

    Args:
        code: the program.
        root: the checkout that holds ``tfnotes``.

    Returns:
        The files, sorted. Imports inside functions count, too.

    Examples:
        >>> root = Path(__file__).parents[2]
        >>> [path.name for path in reached(root / "tfnotes/errors.py", root)]
        []
    """
    found: set[Path] = set()
    left = [code]
    while left:
        new = set(_imported(left.pop(), root)) - found
        found |= new
        left += new - {root / "tfnotes/__init__.py"}  # it imports what it is asked for
    return sorted(found)


def _imported(path: Path, root: Path) -> Iterator[Path]:
    for name in _modules(path.read_text(encoding="utf-8")):
        yield from _files(root, LAZY.get(name, name).split("."))


@functools.lru_cache(maxsize=256)  # the files of tfnotes, which many lessons reach
def _modules(code: str) -> frozenset[str]:
    """Everything in a piece of code that may be a module of ``tfnotes``."""
    names = {name for node in ast.walk(ast.parse(code)) for name in _names(node)}
    return frozenset(name for name in names if name.partition(".")[0] == "tfnotes")


def _names(node: ast.AST) -> Iterator[str]:
    """Everything that may be a module: ``import a.b``, ``from a import b``, ``a.b``."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module:
        yield from (f"{node.module}.{alias.name}" for alias in node.names)
    elif isinstance(node, ast.Attribute):
        yield ast.unparse(node)


def _files(root: Path, parts: list[str]) -> Iterator[Path]:
    """The files of a module and of the packages that it stands in."""
    for count in range(1, len(parts) + 1):
        place = root.joinpath(*parts[:count])
        for file in (place / "__init__.py", place.with_suffix(".py")):
            if file.is_file():
                yield file
