"""Custom models and layers: code that Keras 3 does not track or call."""

import ast
from collections.abc import Iterator

from tfnotes.doctor.form import LAYERS, Form, Hit
from tfnotes.doctor.kinds import Kind, Kinds
from tfnotes.doctor.syntax import Code, argument

LAYER = "keras/custom-layers"
KERAS = {Kind.MODEL, *LAYERS}
WITHOUT_VALUE = {  # their results are known while tracing
    "tf.is_tensor", "tf.executing_eagerly", "tf.is_symbolic_tensor", "tf.get_static_value",
    "keras.ops.shape", "keras.ops.ndim", "keras.ops.is_tensor", "keras.ops.dtype",
}  # fmt: skip


def _classes(code: Code, kinds: Kinds, *wanted: Kind) -> Iterator[ast.ClassDef]:
    for node in code.every(ast.ClassDef):
        if kinds.of_class(node) in (wanted or KERAS):
            yield node


def _methods(owner: ast.ClassDef) -> dict[str, ast.FunctionDef]:
    return {m.name: m for m in owner.body if isinstance(m, ast.FunctionDef)}


def _raw_variables(code: Code, kinds: Kinds) -> Iterator[Hit]:
    """Find ``self.w = tf.Variable(…)`` that should be trainable."""
    owners = set(_classes(code, kinds))
    for call in code.calls("tf.Variable"):
        frozen = argument(call, "trainable", 1)
        fixed = isinstance(frozen, ast.Constant) and frozen.value is False
        assign = code.parents.get(call)
        kept = isinstance(assign, ast.Assign) and _of_self(assign.targets[0])
        if kept and not fixed and code.class_of(code.function_of(call)) in owners:
            yield call


def _of_self(target: ast.AST) -> bool:
    match target:
        case ast.Attribute(value=ast.Name(id="self")):
            return True
    return False


def _forgotten_super(code: Code, kinds: Kinds) -> Iterator[Hit]:
    """Find an ``__init__`` that sets attributes without calling its parent's."""
    for owner in _classes(code, kinds):
        start = _methods(owner).get("__init__")
        if start and len(owner.bases) == 1 and not _calls_init(start) and _sets(start):
            yield start


def _sets(function: ast.FunctionDef) -> bool:
    assigns = (n for n in ast.walk(function) if isinstance(n, ast.Assign))
    return any(_of_self(target) for assign in assigns for target in assign.targets)


def _calls_init(function: ast.FunctionDef) -> bool:
    attributes = (n.attr for n in ast.walk(function) if isinstance(n, ast.Attribute))
    return "__init__" in attributes


def _python_2_super(code: Code, _: Kinds) -> Iterator[Hit]:
    for call in code.every(ast.Call) if code.names.speaks_keras() else ():
        match call:
            case ast.Call(func=ast.Name(id="super"), args=[ast.Name(), ast.Name()]):
                yield call


def _hidden_loss(code: Code, kinds: Kinds) -> Iterator[Hit]:
    for owner in _classes(code, kinds, Kind.MODEL):
        method = _methods(owner).get("loss")
        if method and not method.decorator_list:
            yield method


def _compiled_call(code: Code, kinds: Kinds) -> Iterator[Hit]:
    for owner in _classes(code, kinds, Kind.MODEL):
        call = _methods(owner).get("call")
        for decorator in call.decorator_list if call else ():
            function = decorator.func if isinstance(decorator, ast.Call) else decorator
            if code.path(function) == "tf.function":
                yield decorator


def _branches(code: Code, kinds: Kinds) -> Iterator[Hit]:
    """Find ``if`` and ``while`` over the value of a tensor in ``call``."""
    if any(_is_true(k) for k in code.every(ast.keyword) if k.arg == "run_eagerly"):
        return
    for owner in _classes(code, kinds):
        call = _methods(owner).get("call")
        if call and not call.decorator_list:
            yield from _branches_of(code, call)


def _branches_of(code: Code, call: ast.FunctionDef) -> Iterator[Hit]:
    for node in ast.walk(call):
        match node:
            case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test):
                if code.function_of(node) is call and _of_tensor(code, call, test):
                    yield node


def _is_true(keyword: ast.keyword) -> bool:
    return isinstance(keyword.value, ast.Constant) and keyword.value.value is True


def _of_tensor(code: Code, call: ast.FunctionDef, test: ast.expr) -> bool:
    """Return whether a condition needs the value of a tensor."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            return _of_tensor(code, call, inner)
        case ast.BoolOp(values=parts):
            return any(_of_tensor(code, call, part) for part in parts)
        case ast.Compare(left=left, ops=ops, comparators=right):
            ordered = all(isinstance(o, ast.Lt | ast.LtE | ast.Gt | ast.GtE) for o in ops)
            sides = [left, *right]
            made = any(_made(code, side) for side in sides)
            return made or (ordered and any(_is_input(call, side) for side in sides))
    return _made(code, test)


def _is_input(call: ast.FunctionDef, node: ast.expr) -> bool:
    inputs = [a.arg for a in call.args.args[1:2]]
    return isinstance(node, ast.Name) and node.id in inputs


def _made(code: Code, node: ast.expr) -> bool:
    """Return whether an expression is the result of an operation."""
    if isinstance(node, ast.Name):
        values = code.names.values(node) or []
        return bool(values) and all(isinstance(v, ast.Call) and _made(code, v) for v in values)
    match node:
        case ast.BinOp(left=left, right=right):
            return _made(code, left) or _made(code, right)
        case ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr=name)):
            return _method_made(code, node, name)
    path = code.path(node.func) if isinstance(node, ast.Call) else None
    if not path or path in WITHOUT_VALUE:
        return False
    first = path.rpartition(".")[2][0]
    return first.islower() and path.startswith(
        (
            "keras.ops.",
            "tf.reduce_",
            "tf.math.",
            "tf.norm",
            "tf.equal",
            "tf.greater",
            "tf.less",
        )
    )


def _untracked_loss(code: Code, kinds: Kinds) -> Iterator[Hit]:
    """Find a ``train_step`` that only returns ``{"loss": loss}``."""
    for owner in _classes(code, kinds, Kind.MODEL):
        methods = _methods(owner)
        step = methods.get("train_step")
        tracked = "metrics" in methods or _compiled_with_metrics(code, owner)
        for node in ast.walk(step) if step and not tracked else ():
            match node:
                case ast.Return(
                    value=ast.Dict(keys=[ast.Constant(value="loss")], values=[ast.Name()])
                ):
                    yield node


def _method_made(code: Code, node: ast.expr, name: str) -> bool:
    """Return whether a method of the same class returns the result of an operation."""
    owner = code.class_of(code.function_of(node))
    method = _methods(owner).get(name) if owner else None
    returned = [n.value for n in ast.walk(method) if isinstance(n, ast.Return)] if method else []
    return bool(returned) and all(r is not None and _made(code, r) for r in returned)


def _compiled_with_metrics(code: Code, owner: ast.ClassDef) -> bool:
    """Return whether a model of this class, found by name, is compiled with metrics."""
    for call in code.every(ast.Call):
        match call.func:
            case ast.Attribute(value=ast.Name() as model, attr="compile"):
                made = code.names.values(model) or []
                calls = [v.func for v in made if isinstance(v, ast.Call)]
                own = any(isinstance(f, ast.Name) and f.id == owner.name for f in calls)
                if own and argument(call, "metrics", 3):
                    return True
    return False


FORMS = (
    Form("a raw tf.Variable in a layer", _raw_variables,
         "is not tracked: fit does not train it, save_weights omits it",
         "self.w = self.add_weight(shape=…, name=\"w\")",
         "keras/custom-losses-and-metrics"),
    Form("a missing super().__init__()", _forgotten_super,
         "RuntimeError: In layer '…', you forgot to call `super().__init__()` as the first "
         "statement", "super().__init__(**kwargs) as the first statement", LAYER),
    Form("super(Child, self)", _python_2_super,
         "still runs: it is Python 2 syntax", "super()", "keras/python-oop"),
    Form("a method named loss", _hidden_loss,
         "is hidden: Keras 3 sets self.loss, so the method is never called",
         "another name, such as compute_error", "migration/keras-2-to-3"),
    Form("@tf.function on call", _compiled_call,
         "ValueError: No gradients provided for any variable, in fit of a model that is not "
         "built", "leave it out: fit compiles the whole step", "tensors/tf-function"),
    Form("if over a tensor in call", _branches,
         "OperatorNotAllowedInGraphError: Using a symbolic `tf.Tensor` as a Python `bool` is "
         "not allowed, in fit and predict",
         "keras.ops.where, keras.ops.cond or keras.ops.while_loop", "keras/blocks-and-nesting"),
    Form("a train_step that returns its loss", _untracked_loss,
         "runs, and the history shows a loss of 0.0",
         "self.tracker = keras.metrics.Mean(\"loss\"), update_state(loss), result()",
         "keras/custom-training-loop"),
)  # fmt: skip
