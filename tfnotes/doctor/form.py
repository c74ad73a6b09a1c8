"""An outdated form: how to find it, its current behavior, what to write, where to read."""

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from tfnotes.doctor.kinds import Kind, Kinds
from tfnotes.doctor.names import canonical
from tfnotes.doctor.syntax import Code

Hit: TypeAlias = "ast.AST | tuple[ast.AST, str]"  # with the word to fill in for "{}"
Finder: TypeAlias = Callable[[Code, Kinds], Iterable[Hit]]
GONE = "AttributeError: module '{module}' has no attribute '{}'"
ERROR = re.compile(r"\w+(Error|Exception)\b")
WARNINGS = {"Warning", "UserWarning", "DeprecationWarning"}
LAYERS = (Kind.LAYER, Kind.RECURRENT)
MODELS = (Kind.MODEL, Kind.GUESS)


@dataclass(frozen=True)
class Form:
    """One row of the doctor's tables.

    In the texts ``{}`` is replaced by the name, argument or method that was found,
    ``{module}`` by the module of a name, and ``{new}`` by its replacement.
    """

    name: str
    find: Finder
    today: str
    instead: str
    page: str

    @property
    def raised(self) -> set[str]:
        """The error that it raises, or the warnings that it may emit."""
        if "with a warning" in self.today:
            return WARNINGS
        match = ERROR.match(self.today)
        return {match[0]} if match else set()


@dataclass(frozen=True)
class Names:
    """Find uses of full names or their members; ``root`` restricts their first part."""

    paths: tuple[str, ...]
    root: str = ""

    def __call__(self, code: Code, _: Kinds) -> Iterator[Hit]:
        """Yield the attributes and imports."""
        for attribute in code.every(ast.Attribute):
            path = code.path(attribute)
            if path in self.paths and self._of_root(code.names.path(attribute)):
                yield attribute, code.names.path(attribute) or ""
        for alias, path in code.names.imported.items():
            parts = canonical(path).split(".")
            begun = [".".join(parts[:n]) for n in range(1, len(parts) + 1)]
            found = next((b for b in begun if b in self.paths), None)
            if found and self._of_root(path) and alias in code.parents:
                n_inside = len(parts) - len(found.split("."))
                yield alias, path.rsplit(".", n_inside)[0]

    def _of_root(self, path: str | None) -> bool:
        return not self.root or (path or "").startswith(f"{self.root}.")


@dataclass(frozen=True)
class Arguments:
    """Find keyword arguments in calls of functions, classes, or methods of a kind.

    A function that ends in ``.*`` matches every class of its module.
    """

    functions: tuple[str, ...]
    words: tuple[str, ...]
    methods: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ()
    but: tuple[str, ...] = ()

    def __call__(self, code: Code, kinds: Kinds) -> Iterator[Hit]:
        """Yield the arguments."""
        for call in code.every(ast.Call):
            found = [k for k in call.keywords if k.arg in self.words]
            if found and (self._function(code, call) or self._method(kinds, call)):
                yield from ((k, k.arg or "") for k in found)

    def _function(self, code: Code, call: ast.Call) -> bool:
        path = code.path(call.func) or ""
        module, _, name = path.rpartition(".")
        if path in self.but:
            return False
        every = f"{module}.*" in self.functions and name[:1].isupper()
        return every or path in self.functions

    def _method(self, kinds: Kinds, call: ast.Call) -> bool:
        if not isinstance(call.func, ast.Attribute):
            return kinds.of(call.func) in self.kinds if "()" in self.methods else False
        owner = kinds.of(call.func.value)
        return call.func.attr in self.methods and owner in self.kinds


@dataclass(frozen=True)
class Methods:
    """Find attributes and methods of objects of some kind; without kinds, of any variable."""

    words: tuple[str, ...]
    kinds: tuple[Kind, ...] = ()
    context: type[ast.expr_context] | None = None  # load or store

    def __call__(self, code: Code, kinds: Kinds) -> Iterator[Hit]:
        """Yield the attributes."""
        for attribute in code.every(ast.Attribute):
            in_time = self.context is None or isinstance(attribute.ctx, self.context)
            if attribute.attr in self.words and in_time and self._owner(code, kinds, attribute):
                yield attribute, attribute.attr

    def _owner(self, code: Code, kinds: Kinds, attribute: ast.Attribute) -> bool:
        owner = kinds.of(attribute.value)
        if self.kinds:
            return owner in self.kinds
        library = code.path(attribute.value)
        return not library and owner != Kind.OTHER and code.names.speaks_keras()
