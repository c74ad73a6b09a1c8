"""Tensors, variables and tapes: code that raises or behaves differently."""

import ast
from collections.abc import Iterator

from tfnotes.doctor.form import Form, Hit
from tfnotes.doctor.kinds import Kind, Kinds
from tfnotes.doctor.syntax import Code, argument

FIXED = {Kind.TENSOR, Kind.VARIABLE, Kind.KERAS_VARIABLE}
MEMORY = "tensors/indexing-and-memory"
FLOATING = {f"tf.{name}" for name in ("exp", "norm", "sqrt", "math.log", "math.exp", "math.sqrt",
                                      "sin", "cos", "tanh", "sigmoid", "nn.softmax")}  # fmt: skip


def _increments(code: Code, kinds: Kinds, kind: Kind) -> Iterator[Hit]:
    return (a for a in code.every(ast.AugAssign) if kinds.of(a.target) == kind)


def _tf_increments(code: Code, kinds: Kinds) -> Iterator[Hit]:
    yield from _increments(code, kinds, Kind.VARIABLE)


def _keras_increments(code: Code, kinds: Kinds) -> Iterator[Hit]:
    yield from _increments(code, kinds, Kind.KERAS_VARIABLE)


def _items(code: Code, kinds: Kinds) -> Iterator[Hit]:
    """Find ``x[0] = 1`` of a tensor or variable."""
    for item in code.every(ast.Subscript):
        if isinstance(item.ctx, ast.Store) and kinds.of(item.value) in FIXED:
            yield item


def _assigned(code: Code, kinds: Kinds) -> Iterator[Hit]:
    """Find ``tensor.assign(…)`` and ``tensor[0].assign(…)``."""
    for call in code.every(ast.Call):
        if isinstance(call.func, ast.Attribute) and call.func.attr in {
            "assign",
            "assign_add",
        }:
            owner = call.func.value
            owner = owner.value if isinstance(owner, ast.Subscript) else owner
            if kinds.of(owner) == Kind.TENSOR:
                yield call


def _positional_names(code: Code, _: Kinds) -> Iterator[Hit]:
    """Find ``tf.Variable(1.0, "w")``: the second argument is ``trainable``."""
    for call in code.calls("tf.Variable"):
        match call.args:
            case [_, ast.Constant(value=str()), *_]:
                yield call


def _is_integer(code: Code, node: ast.AST) -> bool:
    """Return whether an expression is an integer tensor."""
    match node:
        case ast.Name():
            values = code.names.values(node)
            made = [v for v in values or [] if isinstance(v, ast.Call)]
            return (
                bool(made)
                and len(made) == len(values or [])
                and all(_is_integer(code, v) for v in made)
            )
        case ast.Call() if code.path(node.func) == "tf.reshape":
            return bool(node.args) and _is_integer(code, node.args[0])
        case ast.Call(args=[value]) if not node.keywords:
            if code.path(node.func) in {"tf.constant", "tf.Variable"}:
                return _integers(value)
            return code.path(node.func) == "tf.range" and _integers(value)
    return False


def _integers(node: ast.AST) -> bool:
    match node:
        case ast.Constant(value=bool()):
            return False
        case ast.Constant(value=int()) | ast.Call(func=ast.Name(id="range")):
            return True
        case ast.List(elts=parts) | ast.Tuple(elts=parts):
            return bool(parts) and all(_integers(p) for p in parts)
        case ast.UnaryOp(operand=inner):
            return _integers(inner)
    return False


def _integer_functions(code: Code, _: Kinds) -> Iterator[Hit]:
    for call in code.every(ast.Call):
        path = code.path(call.func)
        if path in FLOATING and call.args and _is_integer(code, call.args[0]):
            yield call, path or ""


def _watched(code: Code, kinds: Kinds) -> Iterator[Hit]:
    """Find ``tape.watch(x)`` of integers."""
    for call in code.every(ast.Call):
        match call:
            case ast.Call(func=ast.Attribute(value=tape, attr="watch"), args=[watched]):
                if kinds.of(tape) == Kind.TAPE and _is_integer(code, watched):
                    yield call


def _second_gradients(code: Code, _: Kinds) -> Iterator[Hit]:
    """Find a second gradient from a tape that is not persistent."""
    for block in _blocks(code):
        calls: dict[str, int] = {}
        for statement in block:
            for name in _bound(statement):
                calls.pop(name, None)
            calls |= dict.fromkeys(_tapes(code, statement), 0)
            for call in _gradient_calls(statement, set(calls)):
                name = call.func.value.id  # type: ignore[attr-defined]  # by _gradient_calls
                calls[name] += 1
                if calls[name] > 1:
                    yield call


def _blocks(code: Code) -> Iterator[list[ast.stmt]]:
    for kind in (ast.Module, ast.FunctionDef, ast.For, ast.While, ast.If, ast.With):
        for node in code.every(kind):
            yield node.body  # type: ignore[attr-defined]  # all of them have one


def _bound(statement: ast.stmt) -> Iterator[str]:
    """Yield the names that a statement binds."""
    targets = [i.optional_vars for i in statement.items] if isinstance(statement, ast.With) else []
    targets += statement.targets if isinstance(statement, ast.Assign) else []
    yield from (t.id for t in targets if isinstance(t, ast.Name))


def _tapes(code: Code, statement: ast.stmt) -> Iterator[str]:
    """Yield the names of the non-persistent tapes that a statement opens."""
    if isinstance(statement, ast.With):
        for item in statement.items:
            match item:
                case ast.withitem(context_expr=ast.Call() as call, optional_vars=ast.Name(id=name)):
                    once = not argument(call, "persistent", 0)
                    if code.path(call.func) == "tf.GradientTape" and once:
                        yield name


def _gradient_calls(statement: ast.stmt, tapes: set[str]) -> Iterator[ast.Call]:
    simple = (ast.Assign, ast.Expr, ast.Return, ast.AugAssign)
    inner = statement.body if isinstance(statement, ast.With) else [statement]
    if all(isinstance(part, simple) for part in inner):
        for node in ast.walk(statement):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(id=name), attr="gradient" | "jacobian")
                ) if name in tapes:
                    yield node


FORMS = (
    Form("+= of a tf.Variable", _tf_increments,
         "RuntimeError: `variable += value` with `tf.Variable`s is not supported.",
         "variable.assign_add(value)", MEMORY),
    Form("+= of a keras.Variable", _keras_increments,
         "runs: it binds the name to a new tensor, and the variable keeps its value",
         "variable.assign_add(value)", MEMORY),
    Form("an item of a tensor", _items,
         "TypeError: 'EagerTensor' object does not support item assignment",
         "variable[1, 2].assign(9), or tf.tensor_scatter_nd_update of a tensor", MEMORY),
    Form("assign of a tensor", _assigned,
         "AttributeError: 'EagerTensor' object has no attribute 'assign'",
         "tf.Variable, which has assign", "tensors/tensors"),
    Form("positional name= of tf.Variable", _positional_names,
         "runs, with trainable=\"w\" and no name", "tf.Variable(value, name=\"w\")",
         "tensors/tensors"),
    Form("a float function of integers", _integer_functions,
         "InvalidArgumentError: Value for attr 'T' of int32 is not in the list of allowed "
         "values", "tf.range(12.0), or tf.cast(x, tf.float32)", "tensors/operations"),
    Form("watching integers", _watched,
         "runs, with a warning: the gradient is None", "tf.constant(3.0)",
         "tensors/gradient-tape"),
    Form("two gradients from one tape", _second_gradients,
         "RuntimeError: A non-persistent GradientTape can only be used to compute one set of "
         "gradients (or jacobians)",
         "tf.GradientTape(persistent=True), and nested tapes for the second derivative",
         "tensors/gradient-tape"),
)  # fmt: skip
