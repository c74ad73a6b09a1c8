"""The files of ``tfnotes`` that a lesson imports, directly or indirectly."""

import ast
import functools
from collections.abc import Iterator
from pathlib import Path

LAZY = {  # functions of tfnotes/__init__.py, and the modules that it imports for them
    "tfnotes.evaluate": "tfnotes.training",
    "tfnotes.train": "tfnotes.training",
}


def reached(code: Path, root: Path) -> list[Path]:
    """Return the files of ``tfnotes`` that a program imports, directly or indirectly.

    Args:
        code: the program.
        root: the checkout that holds ``tfnotes``.

    Returns:
        The files, sorted. Imports inside functions are included.

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
        left += new - {root / "tfnotes/__init__.py"}  # its imports are lazy
    return sorted(found)


def _imported(path: Path, root: Path) -> Iterator[Path]:
    for name in _modules(path.read_text(encoding="utf-8")):
        yield from _files(root, LAZY.get(name, name).split("."))


@functools.lru_cache(maxsize=256)  # many lessons import the same files of tfnotes
def _modules(code: str) -> frozenset[str]:
    """Return all names in a piece of code that may be modules of ``tfnotes``."""
    names = {name for node in ast.walk(ast.parse(code)) for name in _names(node)}
    return frozenset(name for name in names if name.partition(".")[0] == "tfnotes")


def _names(node: ast.AST) -> Iterator[str]:
    """Yield all names that may be modules: ``import a.b``, ``from a import b``, ``a.b``."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module:
        yield from (f"{node.module}.{alias.name}" for alias in node.names)
    elif isinstance(node, ast.Attribute):
        yield ast.unparse(node)


def _files(root: Path, parts: list[str]) -> Iterator[Path]:
    """Yield the files of a module and of its parent packages."""
    for count in range(1, len(parts) + 1):
        place = root.joinpath(*parts[:count])
        for file in (place / "__init__.py", place.with_suffix(".py")):
            if file.is_file():
                yield file
