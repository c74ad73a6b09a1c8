"""Find where the names of a program are bound and used."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

LEGACY = "TF_USE_LEGACY_KERAS"  # set in os.environ: tf.keras is Keras 2
BRANCHES = ("body", "orelse", "handlers", "finalbody", "cases")
LIKE = {  # node types that bind names like another type
    "AsyncFor": "For",
    "AsyncFunctionDef": "FunctionDef",
    "AsyncWith": "With",
    "DictComp": "ListComp",
    "GeneratorExp": "ListComp",
    "SetComp": "ListComp",
    "TryStar": "Try",
    "While": "If",
}
Block: TypeAlias = tuple[int, str]  # id of the statement, and name of its block


@dataclass(frozen=True)
class Item:
    """An element of an expression's value: the variable of a ``for`` loop."""

    of: ast.expr


Value: TypeAlias = "ast.AST | Item | str | None"  # str: an import; None: unknown


@dataclass(frozen=True)
class Binding:
    """A statement that binds a name."""

    value: Value
    order: int
    blocks: tuple[Block, ...]


@dataclass(eq=False)
class Scope:
    """A module, a class or a function, and the names bound in it."""

    node: ast.AST
    outer: "Scope | None" = None
    names: dict[str, list[Binding]] = field(default_factory=dict)


@dataclass(frozen=True)
class Use:
    """A use of a name: its scope, its position in the order of uses, its blocks."""

    scope: Scope
    order: int
    blocks: tuple[Block, ...]


@dataclass
class Bound:
    """All names of a program."""

    uses: dict[ast.Name, Use] = field(default_factory=dict)
    imported: dict[ast.alias, str] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    roots: set[str] = field(default_factory=set)
    legacy: bool = False  # tf.keras is Keras 2


def bind(tree: ast.Module) -> Bound:
    """Find where the names of a program are bound.

    Args:
        tree: the program.

    Returns:
        Its names.

    Examples:
        >>> bind(ast.parse("import keras, numpy as np")).roots == {"keras", "numpy"}
        True
    """
    binder = _Binder(tree)
    binder.generic_visit(tree)
    return binder.bound


class _Binder(ast.NodeVisitor):
    def __init__(self, tree: ast.Module) -> None:
        self.bound = Bound()
        self.scope = Scope(tree)
        self.scopes: dict[ast.AST, Scope] = {tree: self.scope}
        self.blocks: tuple[Block, ...] = ()
        self.count = 0

    def visit(self, node: ast.AST) -> None:
        name = type(node).__name__
        getattr(self, f"visit_{LIKE.get(name, name)}", self.generic_visit)(node)

    def bind(self, target: ast.AST, value: Value) -> None:
        """Record the binding of a target to a value."""
        if isinstance(target, ast.Name):
            self._bind_name(target.id, value)
        elif isinstance(target, ast.Starred):
            self.bind(target.value, None)
        elif isinstance(target, ast.Tuple | ast.List):
            same = isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(target.elts)
            values: Iterable[Value] = (
                value.elts  # type: ignore[union-attr]  # it has elts where `same` holds
                if same
                else [None] * len(target.elts)
            )
            for part, its in zip(target.elts, values, strict=True):
                self.bind(part, its)

    def _bind_name(self, name: str, value: Value) -> None:
        self.count += 1
        binding = Binding(value, self.count, self.blocks)
        self.scope.names.setdefault(name, []).append(binding)

    def visit_Name(self, node: ast.Name) -> None:
        self.count += 1
        self.bound.uses[node] = Use(self.scope, self.count, self.blocks)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        stored = isinstance(node.ctx, ast.Store) and isinstance(node.slice, ast.Constant)
        if stored and node.slice.value == LEGACY:  # type: ignore[attr-defined]  # a Constant
            self.bound.legacy = True
        self.generic_visit(node)

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            path = _library(alias.name)
            self.bound.imported[alias] = path
            self.bound.roots.add(path.split(".")[0])
            first = _library(alias.name.split(".")[0])
            self._bind_name(
                alias.asname or alias.name.split(".")[0],
                path if alias.asname else first,
            )

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        module = "." * node.level + (node.module or "")
        for alias in node.names:
            path = _library(f"{module}.{alias.name}")
            self.bound.roots.add(path.split(".")[0] or ".")
            if alias.name == "*":
                self.bound.stars.append(_library(module))
            else:
                self.bound.imported[alias] = path
                self._bind_name(alias.asname or alias.name, path)

    def visit_Assign(self, node: ast.Assign) -> None:
        self.visit(node.value)
        for target in node.targets:
            self.visit(target)
            self.bind(target, node.value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self.generic_visit(node)
        if node.value:
            self.bind(node.target, node.value)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.generic_visit(node)
        self.bind(node.target, node.value)

    def visit_For(self, node: ast.For | ast.AsyncFor) -> None:
        self.visit(node.iter)
        self.bind(node.target, Item(node.iter))
        self.visit_Try(node)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        self.visit(node.iter)
        self.bind(node.target, Item(node.iter))
        for condition in node.ifs:
            self.visit(condition)

    def visit_With(self, node: ast.With | ast.AsyncWith) -> None:
        for item in node.items:
            self.visit(item.context_expr)
            if item.optional_vars:
                self.bind(item.optional_vars, item.context_expr)
        for statement in node.body:
            self.visit(statement)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.name:
            self._bind_name(node.name, None)
        self.generic_visit(node)

    def visit_MatchAs(self, node: ast.MatchAs) -> None:
        if node.name:
            self._bind_name(node.name, None)
        self.generic_visit(node)

    def visit_Try(self, node: ast.AST) -> None:
        for name in BRANCHES:
            outside, self.blocks = self.blocks, (*self.blocks, (id(node), name))
            for child in getattr(node, name, []):
                self.visit(child)
            self.blocks = outside

    def visit_If(self, node: ast.If | ast.While) -> None:
        self.visit(node.test)
        self.visit_Try(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        for child in [*node.decorator_list, *node.bases, *node.keywords]:
            self.visit(child)
        self._bind_name(node.name, node)
        self._inside(node, node.body)

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._bind_name(node.name, node)
        for child in node.decorator_list:
            self.visit(child)
        self._function(node, node.args, node.body)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._function(node, node.args, [node.body])

    def visit_ListComp(
        self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp
    ) -> None:
        results = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        self._inside(node, [*node.generators, *results])

    def _function(self, node: ast.AST, args: ast.arguments, body: Iterable[ast.AST]) -> None:
        for default in [*args.defaults, *filter(None, args.kw_defaults)]:
            self.visit(default)
        outside = self.scope
        self.scope = self.scopes[node] = Scope(node, outside)
        for argument in _arguments(args):
            self._bind_name(argument.arg, argument)
        self.scope = outside
        self._inside(node, body)

    def _inside(self, node: ast.AST, body: Iterable[ast.AST]) -> None:
        outside, blocks = self.scope, self.blocks
        self.scope = self.scopes.setdefault(node, Scope(node, outside))
        for child in body:
            self.visit(child)
        self.scope, self.blocks = outside, blocks


def _library(module: str) -> str:
    """Abbreviate a root module: ``tensorflow`` is ``tf``."""
    first, dot, rest = module.partition(".")
    return "tf" + dot + rest if first == "tensorflow" else module


def _arguments(args: ast.arguments) -> Iterator[ast.arg]:
    yield from [*args.posonlyargs, *args.args, *args.kwonlyargs]
    yield from filter(None, [args.vararg, args.kwarg])
