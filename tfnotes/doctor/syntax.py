"""A program as the forms see it: its nodes, its names, and the errors that it expects."""

import ast
import re
from collections.abc import Iterator
from functools import cached_property
from typing import TypeVar

from tfnotes.doctor.names import Names, canonical

Node = TypeVar("Node", bound=ast.AST)
EXPECTING = {  # context managers whose block expects an error
    "printed_errors",
    "raises",
    "suppress",
    "assertRaises",
    "assertRaisesRegex",
    "assert_raises",
}
OLD_MODULE = re.compile(r"^keras\.layers\.[a-z_0-9]+\.(?=[A-Z])")  # the layers are in keras.layers
ANY = "any error"
IMPORT_ERRORS = {"ImportError", "ModuleNotFoundError"}


class Code:
    r"""The syntax tree of a program, with queries for the forms.

    Examples:
        >>> code = Code(ast.parse("import keras\nkeras.optimizers.SGD(lr=0.1)"))
        >>> [code.path(call.func) for call in code.every(ast.Call)]
        ['keras.optimizers.SGD']
    """

    def __init__(self, tree: ast.Module) -> None:
        self.tree = tree
        self.names = Names(tree)
        self.parents: dict[ast.AST, ast.AST] = {}
        self._nodes: dict[type, list[ast.AST]] = {}
        for node in ast.walk(tree):
            self._nodes.setdefault(type(node), []).append(node)
            self.parents |= dict.fromkeys(ast.iter_child_nodes(node), node)

    def every(self, kind: type[Node]) -> list[Node]:
        """List all nodes of a type."""
        return self._nodes.get(kind, [])  # type: ignore[return-value]

    def path(self, node: ast.AST) -> str | None:
        """Return the canonical full name of a name or attribute, such as ``keras.Model``."""
        path = self.names.path(node)
        return OLD_MODULE.sub("keras.layers.", canonical(path)) if path else None

    def above(self, node: ast.AST) -> Iterator[ast.AST]:
        """Yield the ancestors of a node, innermost first."""
        while node in self.parents:
            node = self.parents[node]
            yield node

    def function_of(self, node: ast.AST) -> ast.FunctionDef | None:
        """Return the function that contains a node."""
        inside = (n for n in self.above(node) if isinstance(n, ast.FunctionDef))
        return next(inside, None)

    def class_of(self, function: ast.AST | None) -> ast.ClassDef | None:
        """Return the class of a method."""
        outer = self.parents.get(function) if function else None
        return outer if isinstance(outer, ast.ClassDef) else None

    def calls(self, *paths: str) -> list[ast.Call]:
        """List all calls of the functions with these full names."""
        return [c for c in self.every(ast.Call) if self.path(c.func) in paths]

    def text(self, node: ast.AST | None) -> str | None:
        """Return the string value of an expression, or its end; None if unknown."""
        match node:
            case ast.Name():
                values = self.names.values(node) or [None]
                found = {self.text(v) if isinstance(v, ast.AST) else None for v in values}
                return found.pop() if len(found) == 1 else None
            case ast.BinOp(op=ast.Add() | ast.Div(), right=part):
                return self.text(part)
            case ast.BinOp(op=ast.Mod(), left=part):
                return self.text(part)
            case ast.Call(func=ast.Attribute(value=part, attr="format")):
                return self.text(part)
            case ast.Call(func=function, args=[*_, last]):
                joined = self.path(function) in {"os.path.join", "pathlib.Path"}
                return self.text(last) if joined else None
        return text_of(node)

    @cached_property
    def texts(self) -> set[str]:
        """Return all string literals of the program."""
        return {c.value for c in self.every(ast.Constant) if isinstance(c.value, str)}

    def expected(self, node: ast.AST) -> set[str]:
        """Return the errors that the author expects at a node."""
        found: set[str] = set()
        inner = node
        for outer in self.above(node):
            if isinstance(outer, ast.With | ast.AsyncWith):
                calls = [i.context_expr for i in outer.items if inner in outer.body]
                found |= {ANY for call in calls if _called(call) in EXPECTING}
            elif isinstance(outer, ast.Try) and inner in outer.body:
                found |= {name for h in outer.handlers for name in _errors(h.type)}
            elif isinstance(outer, ast.If | ast.IfExp) and inner is not outer.test:
                found |= {ANY} if self._asks_version(outer.test) else set()
            inner = outer
        return found

    def _asks_version(self, test: ast.expr) -> bool:
        for node in ast.walk(test):
            if isinstance(node, ast.Call) and _called(node) == "hasattr":
                return True
            if isinstance(node, ast.Attribute) and self.names.path(node) in {
                "tf.__version__",
                "tf.VERSION",
                "tf.version.VERSION",
                "keras.__version__",
            }:
                return True
        return False


def argument(call: ast.Call, name: str, place: int | None = None) -> ast.expr | None:
    """Return the value that a call passes for an argument.

    Args:
        call: the call.
        name: the argument's name.
        place: its position, counted from 0, if it can be positional.

    Returns:
        The expression; None if the argument is omitted, or may be in a starred argument.

    Examples:
        >>> call = ast.parse("f(1, b=2)").body[0].value
        >>> argument(call, "a", 0).value, argument(call, "b", 1).value
        (1, 2)
    """
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    before = call.args[: place + 1] if place is not None else []
    if any(isinstance(a, ast.Starred) for a in before):
        return None
    return before[place] if place is not None and len(before) > place else None


def text_of(node: ast.AST | None) -> str | None:
    """Return the string value of a literal.

    Args:
        node: an expression, or None.

    Returns:
        The string; for an f-string its end; None if unknown.

    Examples:
        >>> text_of(ast.parse("f'{folder}/a.h5'").body[0].value)
        '/a.h5'
    """
    if isinstance(node, ast.JoinedStr) and node.values:
        node = node.values[-1]
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return None


def _called(node: ast.AST) -> str | None:
    """Return the last part of the name of a called function."""
    function = node.func if isinstance(node, ast.Call) else node
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else None


def _errors(handled: ast.expr | None) -> Iterator[str]:
    parts = handled.elts if isinstance(handled, ast.Tuple) else [handled]
    for part in parts:
        name = _called(part) if part else None
        if name:
            yield from IMPORT_ERRORS if name in IMPORT_ERRORS else {name}
