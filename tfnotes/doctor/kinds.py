"""Infer the kind of a variable: a model, layer, optimizer, data set or tensor."""

import ast
from collections.abc import Collection, Iterator
from enum import StrEnum

from tfnotes.doctor.scopes import Item, Value
from tfnotes.doctor.syntax import Code


class Kind(StrEnum):
    """The kinds of objects that the forms distinguish."""

    MODEL = "model"
    LAYER = "layer"
    RECURRENT = "recurrent layer"
    OPTIMIZER = "optimizer"
    METRIC = "metric"
    CALLBACK = "callback"
    LOSS = "loss"
    DATASET = "data set"
    TENSOR = "tensor"
    SYMBOLIC = "symbolic tensor"
    VARIABLE = "tf.Variable"
    KERAS_VARIABLE = "keras.Variable"
    SESSION = "session"
    TAPE = "tape"
    STRATEGY = "strategy"
    MODULE = "tf.Module"
    HISTORY = "history"
    OTHER = "something else"
    GUESS = "a model by its name"


NAMED = {"model", "net"}  # usual names of a model whose kind is unknown
EXACT = {
    **dict.fromkeys(
        ["keras.Model", "keras.Sequential", "keras.models.Model", "keras.models.Sequential",
         "keras.models.load_model", "keras.saving.load_model", "keras.models.clone_model",
         "keras.models.model_from_json"], Kind.MODEL),
    **dict.fromkeys(
        ["keras.layers.LSTM", "keras.layers.GRU", "keras.layers.SimpleRNN", "keras.layers.RNN",
         "keras.layers.ConvLSTM2D"], Kind.RECURRENT),
    "keras.Input": Kind.SYMBOLIC,
    "keras.layers.Input": Kind.SYMBOLIC,
    "tf.Variable": Kind.VARIABLE,
    "keras.Variable": Kind.KERAS_VARIABLE,
    "tf.Session": Kind.SESSION,
    "tf.InteractiveSession": Kind.SESSION,
    "tf.GradientTape": Kind.TAPE,
    "tf.Module": Kind.MODULE,
    "keras.utils.image_dataset_from_directory": Kind.DATASET,
    "keras.preprocessing.image_dataset_from_directory": Kind.DATASET,
}  # fmt: skip
BEGINNINGS = {  # followed by a name with a capital letter
    "keras.layers.": Kind.LAYER,
    "keras.optimizers.": Kind.OPTIMIZER,
    "keras.metrics.": Kind.METRIC,
    "keras.losses.": Kind.LOSS,
    "keras.callbacks.": Kind.CALLBACK,
    "keras.applications.": Kind.MODEL,
}
MAKE_TENSORS = {
    f"tf.{name}"
    for name in ("constant", "zeros", "ones", "fill", "range", "linspace", "eye", "cast",
                 "convert_to_tensor", "reshape", "matmul", "exp", "zeros_like", "ones_like",
                 "reduce_sum", "reduce_mean", "random.normal", "random.uniform", "concat",
                 "stack", "transpose", "identity", "abs", "sqrt", "square")
}  # fmt: skip
KEEP_DATASETS = {
    "map", "batch", "shuffle", "repeat", "prefetch", "cache", "take", "skip", "filter",
    "padded_batch", "unbatch", "shard", "zip", "concatenate", "interleave", "with_options",
}  # fmt: skip


class Kinds:
    r"""Infer the kinds of a program's expressions.

    Examples:
        >>> code = Code(ast.parse("import keras\nm = keras.Sequential()\nm.fit()"))
        >>> Kinds(code).of(code.tree.body[2].value.func.value)
        <Kind.MODEL: 'model'>
    """

    def __init__(self, code: Code) -> None:
        self.code = code
        self._found: dict[ast.AST, Kind | None] = {}
        self._own: dict[ast.ClassDef, Kind | None] = {}

    def of(self, node: ast.AST) -> Kind | None:
        """Return the kind of an expression's value, or None if unknown."""
        if node not in self._found:
            self._found[node] = None  # a recursive definition is unknown
            self._found[node] = self._of(node)
        return self._found[node]

    def of_class(self, node: ast.ClassDef) -> Kind | None:
        """Return the kind of a class's instances, from its base classes."""
        if node not in self._own:
            self._own[node] = None
            kinds = [self._called(base) for base in node.bases]
            self._own[node] = next(filter(None, kinds), None)
        return self._own[node]

    def _of(self, node: ast.AST) -> Kind | None:
        match node:
            case ast.Name():
                return self._of_name(node)
            case ast.Call():
                return self._of_call(node)
            case ast.Attribute():
                return self._of_attribute(node)
            case ast.Subscript(value=ast.Attribute(attr="layers") as layers):
                return self._of_item(layers)
        return None

    def _of_name(self, node: ast.Name) -> Kind | None:
        values = self.code.names.values(node)
        kinds = {self._of_value(value) for value in values or [None]}
        if len(kinds) == 1 and kinds != {None}:
            return kinds.pop()
        if node.id not in NAMED or Kind.OTHER in kinds:
            return None
        known = self.code.names.speaks_keras() and not self.code.names.has_rival()
        return Kind.GUESS if known else None

    def _of_value(self, value: Value) -> Kind | None:
        match value:
            case ast.arg():
                return self._of_argument(value)
            case ast.AST():
                return self.of(value)
            case Item():
                return self._of_item(value.of)
        return None

    def _of_argument(self, node: ast.arg) -> Kind | None:
        """Return the kind of ``self``; the kind of other arguments is unknown."""
        function = self.code.function_of(node)
        first = function.args.args[:1] if function else []
        owner = self.code.class_of(function)
        return self.of_class(owner) if owner and first == [node] else None

    def _of_item(self, node: ast.expr) -> Kind | None:
        """Return the kind of an item of ``model.layers``."""
        if isinstance(node, ast.Attribute) and node.attr == "layers":
            return Kind.LAYER if self.is_model(node.value) else None
        return None

    def calls(self, names: Collection[str], kinds: Collection[Kind | None]) -> Iterator[ast.Call]:
        """Yield the calls of these methods on objects of these kinds."""
        for call in self.code.every(ast.Call):
            match call.func:
                case ast.Attribute(value=owner, attr=name) if name in names:
                    if self.of(owner) in kinds:
                        yield call

    def is_model(self, node: ast.AST, guess: bool = True) -> bool:
        """Return whether an expression is a model, or has the name of one."""
        return self.of(node) in ({Kind.MODEL, Kind.GUESS} if guess else {Kind.MODEL})

    def _of_call(self, node: ast.Call) -> Kind | None:
        function = node.func
        if isinstance(function, ast.Attribute):
            owner = self.of(function.value)
            if owner == Kind.DATASET and function.attr in KEEP_DATASETS:
                return Kind.DATASET
            if owner in {Kind.MODEL, Kind.GUESS}:
                return {"get_layer": Kind.LAYER, "fit": Kind.HISTORY}.get(function.attr)
        return self._called(function)

    def _called(self, function: ast.expr) -> Kind | None:
        """Return the kind of a function's result or of a class's instances."""
        path = self.code.path(function)
        if path:
            return _of_path(path)
        if not isinstance(function, ast.Name):
            return None
        kinds = {self._made_by(v) for v in self.code.names.values(function) or []}
        return kinds.pop() if len(kinds) == 1 else None

    def _made_by(self, value: Value) -> Kind | None:
        if isinstance(value, ast.ClassDef):
            return self.of_class(value)
        if not isinstance(value, ast.FunctionDef):
            return None
        returned = [
            n.value
            for n in ast.walk(value)
            if isinstance(n, ast.Return) and self.code.function_of(n) is value
        ]
        kinds = {self.of(r) if r else None for r in returned}
        return kinds.pop() if len(kinds) == 1 and kinds != {Kind.GUESS} else None

    def _of_attribute(self, node: ast.Attribute) -> Kind | None:
        owner = self.of(node.value)
        if node.attr == "optimizer" and owner in {Kind.MODEL, Kind.GUESS}:
            return Kind.OPTIMIZER
        if not isinstance(node.value, ast.Name) or node.value.id != "self":
            return None
        inside = self.code.class_of(self.code.function_of(node))
        kinds = {self.of(v) for v in self._attributes(inside, node.attr)}
        return kinds.pop() if len(kinds) == 1 else None

    def _attributes(self, owner: ast.ClassDef | None, name: str) -> list[ast.expr]:
        """List the values that the methods of a class assign to ``self.name``."""
        return [
            assign.value
            for assign in (self.code.every(ast.Assign) if owner else [])
            for target in assign.targets
            if isinstance(target, ast.Attribute)
            and target.attr == name
            and isinstance(target.value, ast.Name)
            and target.value.id == "self"
            and self.code.class_of(self.code.function_of(assign)) is owner
        ]


def _of_path(path: str) -> Kind | None:
    if path in EXACT:
        return EXACT[path]
    if path in MAKE_TENSORS:
        return Kind.TENSOR
    if path.startswith("tf.data.") and path.split(".")[2][0].isupper():
        return Kind.DATASET
    if path.startswith("tf.distribute.") and path.endswith("Strategy"):
        return Kind.STRATEGY
    for beginning, kind in BEGINNINGS.items():
        if path.startswith(beginning) and path.rpartition(".")[2][0].isupper():
            return kind
    return None if path.startswith(("tf.", "keras.")) else Kind.OTHER
