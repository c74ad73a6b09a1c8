"""Resolve the names of a program through imports and assignments."""

import ast
import functools

from tfnotes.doctor import installed
from tfnotes.doctor.scopes import Scope, Value, bind

CONVENTIONS = {  # meaning of these names in a fragment without imports
    "tf": "tf",
    "keras": "keras",
    "np": "numpy",
    "K": "keras.backend",
    "layers": "keras.layers",
    "models": "keras.models",
    "optimizers": "keras.optimizers",
    "callbacks": "keras.callbacks",
}
FRAGMENT = ("keras.layers", "keras.models", "keras.optimizers", "keras.callbacks")
RIVALS = {"torch", "paddle", "mxnet", "jax", "flax", "chainer"}  # they define SGD too
SAME = {  # aliases
    "tf.compat.v2": "tf",
    "tf.keras": "keras",
    "tf.optimizers": "keras.optimizers",
    "tf.losses": "keras.losses",
    "tf.metrics": "keras.metrics",
    "tf.initializers": "keras.initializers",
}


@functools.cache
def canonical(path: str) -> str:
    """Replace an alias by its canonical name: ``tf.keras.layers`` is ``keras.layers``.

    Args:
        path: a dotted name.

    Returns:
        The name that the forms use.

    Examples:
        >>> canonical("tf.keras.layers.Dense"), canonical("tf.optimizers.SGD")
        ('keras.layers.Dense', 'keras.optimizers.SGD')
    """
    for old, new in SAME.items():
        if path == old or path.startswith(f"{old}."):
            return canonical(new + path[len(old) :])
    return path


class Names:
    r"""The names of a program, and where they are bound.

    Examples:
        >>> tree = ast.parse("from tensorflow import keras as k\nk.layers.Dense(1)")
        >>> names = Names(tree)
        >>> names.path(tree.body[1].value.func)
        'tf.keras.layers.Dense'
    """

    def __init__(self, tree: ast.Module) -> None:
        self._bound = bind(tree)
        self.imported = self._bound.imported
        self.roots = self._bound.roots
        self._paths: dict[ast.AST, str | None] = {}

    def path(self, node: ast.AST) -> str | None:
        """Return the full name of a library's name or attribute, as imported."""
        if node not in self._paths:
            self._paths[node] = None  # a recursive definition is unknown
            self._paths[node] = self._path(node)
        return self._paths[node]

    def values(self, node: ast.Name) -> list[Value] | None:
        """List all possible values of a name where it is used; None if it is unbound."""
        use = self._bound.uses.get(node)
        if use is None:
            return [None]
        found = _scope_of(node.id, use.scope)
        if found is None:
            return None
        bindings = found.names[node.id]
        before = [b for b in bindings if b.order < use.order] if found is use.scope else []
        if not before:
            return [b.value for b in bindings]
        reaching = []
        for binding in reversed(before):
            reaching.append(binding.value)
            if set(binding.blocks) <= set(use.blocks):  # always executed before
                break
        return reaching

    def speaks_keras(self) -> bool:
        """Return whether the program imports TensorFlow or Keras, or nothing at all."""
        return not self.roots or bool(self.roots & {"tf", "keras"})

    def has_rival(self) -> bool:
        """Return whether the program imports another library with models and optimizers."""
        return bool(self.roots & RIVALS)

    def _path(self, node: ast.AST) -> str | None:
        if isinstance(node, ast.Attribute):
            base = self.path(node.value)
            return self._known(f"{base}.{node.attr}") if base else None
        if not isinstance(node, ast.Name):
            return None
        values = self.values(node)
        if values is None:
            return self._unbound(node.id)
        paths = [self._value_path(value) for value in values]
        same = {path and canonical(path) for path in paths}
        return paths[0] if len(same) == 1 else None

    def _value_path(self, value: Value) -> str | None:
        if isinstance(value, str):
            return self._known(value)
        if isinstance(value, ast.Name | ast.Attribute):
            return self.path(value)
        return None

    def _unbound(self, name: str) -> str | None:
        for module in self._bound.stars:
            if installed.has(f"{module}.{name}"):
                return f"{module}.{name}"
        if self.has_rival() or not self.speaks_keras():
            return None
        if name in CONVENTIONS:
            return CONVENTIONS[name]
        return next((f"{m}.{name}" for m in FRAGMENT if installed.has(f"{m}.{name}")), None)

    def _known(self, path: str) -> str | None:
        """Return a full name unless it belongs to Keras 2."""
        of_keras_2 = path.startswith("tf.") and canonical(path).startswith("keras")
        return None if self._bound.legacy and of_keras_2 else path


def _scope_of(name: str, scope: Scope | None) -> Scope | None:
    inner = scope
    while scope:
        visible = scope is inner or not isinstance(scope.node, ast.ClassDef)
        if visible and name in scope.names:
            return scope
        scope = scope.outer
    return None
