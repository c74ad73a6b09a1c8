"""Building, compiling and fitting: errors and silent failures."""

import ast
from collections.abc import Iterator

from tfnotes.doctor.form import LAYERS, MODELS, Form, Hit
from tfnotes.doctor.kinds import Kind, Kinds
from tfnotes.doctor.syntax import Code, argument

GUIDE = "migration/keras-2-to-3"
FIT = (
    "fit",
    "evaluate",
    "predict",
    "train_on_batch",
    "test_on_batch",
    "predict_on_batch",
)
LOSS_NAMES = {
    "logcosh",
    "huber_loss",
    "cosine_proximity",
    "kullback_leibler_divergence",
}
ENTROPIES = {"sparse_categorical_crossentropy", "categorical_crossentropy"}
FLAT = {None, "linear"}


def _sizes(code: Code, _: Kinds) -> Iterator[Hit]:
    """Find ``keras.Input(4)``."""
    for call in code.calls("keras.Input", "keras.layers.Input"):
        shape = argument(call, "shape", 0)
        if isinstance(shape, ast.Constant) and isinstance(shape.value, int):
            yield call


def _weight_names(code: Code, _: Kinds) -> Iterator[Hit]:
    """Find ``self.add_weight("w", …)``."""
    for call in code.every(ast.Call):
        named = isinstance(call.func, ast.Attribute) and call.func.attr == "add_weight"
        if named and call.args and code.text(call.args[0]) is not None:
            yield call


def _positional_training(code: Code, kinds: Kinds) -> Iterator[Hit]:
    """Find ``dropout(x, True)``."""
    for call in code.every(ast.Call):
        match call.args:
            case [_, ast.Constant(value=bool())] if kinds.of(call.func) in LAYERS:
                yield call


def _slashes(code: Code, kinds: Kinds) -> Iterator[Hit]:
    """Find ``Dense(1, name="block/dense")``."""
    for call in code.every(ast.Call):
        name = code.text(argument(call, "name"))
        if name and "/" in name and kinds.of(call) in {*LAYERS, Kind.MODEL}:
            yield call


def _lists(_: Code, kinds: Kinds) -> Iterator[Hit]:
    """Find ``model.predict([[0.1, 0.2]])``."""
    for call in kinds.calls(FIT, MODELS):
        given = argument(call, "x", 0)
        if isinstance(given, ast.List) and given.elts and _numbers(given):
            yield call


def _numbers(node: ast.AST) -> bool:
    match node:
        case ast.List(elts=parts) | ast.Tuple(elts=parts):
            return all(_numbers(part) for part in parts)
        case ast.UnaryOp(operand=inner):
            return _numbers(inner)
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float)


def _loss_names(code: Code, kinds: Kinds) -> Iterator[Hit]:
    given = [argument(c, "loss", 1) for c in kinds.calls({"compile"}, MODELS)]
    given += [argument(c, "identifier", 0) for c in code.calls("keras.losses.get")]
    return (node for node in given if node and code.text(node) in LOSS_NAMES)


def _reductions(code: Code, kinds: Kinds) -> Iterator[Hit]:
    for keyword in code.every(ast.keyword):
        of_loss = keyword.arg == "reduction" and kinds.of(code.parents[keyword]) == Kind.LOSS
        if of_loss and code.text(keyword.value) == "auto":
            yield keyword


def _is_accuracy(code: Code, kinds: Kinds) -> bool:
    """Return whether every model here is compiled with the metric "accuracy"."""
    given = [argument(c, "metrics", 3) for c in kinds.calls({"compile"}, MODELS)]
    texts = [{code.text(m) for m in g.elts} for g in given if isinstance(g, ast.List | ast.Tuple)]
    return bool(texts) and all("accuracy" in t and "acc" not in t for t in texts)


def _short_names(code: Code, kinds: Kinds) -> Iterator[Hit]:
    """Find ``monitor="val_acc"`` and ``history["acc"]`` where the metric is "accuracy"."""
    if not _is_accuracy(code, kinds):
        return
    monitored = [k.value for k in code.every(ast.keyword) if k.arg == "monitor"]
    looked_up = [s.slice for s in code.every(ast.Subscript)
                 if isinstance(s.value, ast.Attribute) and s.value.attr == "history"]  # fmt: skip
    for node in [*monitored, *looked_up]:
        if code.text(node) in {"acc", "val_acc"}:
            yield node, code.text(node) or ""


def _splits(_: Code, kinds: Kinds) -> Iterator[Hit]:
    for call in kinds.calls({"fit"}, MODELS):
        data = argument(call, "x", 0)
        split = argument(call, "validation_split")
        if data and split and kinds.of(data) == Kind.DATASET:
            yield call


def _batches(_: Code, kinds: Kinds) -> Iterator[Hit]:
    for call in kinds.calls({"fit"}, MODELS):
        data = argument(call, "x", 0)
        if data and argument(call, "batch_size", 2) and kinds.of(data) == Kind.DATASET:
            yield call


def _targets(_: Code, kinds: Kinds) -> Iterator[Hit]:
    for call in kinds.calls({"fit"}, MODELS):
        data, targets = argument(call, "x", 0), argument(call, "y", 1)
        given = targets and not (isinstance(targets, ast.Constant) and targets.value is None)
        if data and given and kinds.of(data) == Kind.DATASET:
            yield call


def _two_weights(_: Code, kinds: Kinds) -> Iterator[Hit]:
    for call in kinds.calls({"fit"}, MODELS):
        words = {k.arg for k in call.keywords if not _is_none(k.value)}
        if {"class_weight", "sample_weight"} <= words:
            yield call


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _balanced(code: Code, kinds: Kinds) -> Iterator[Hit]:
    for call in kinds.calls({"fit"}, MODELS):
        if code.text(argument(call, "class_weight")) is not None:
            yield call


def _heads(code: Code, kinds: Kinds) -> Iterator[tuple[ast.Call, str, ast.Call]]:
    """Yield last dense layer, loss string and compile call of a Sequential compiled once."""
    for call in kinds.calls({"compile"}, MODELS):
        loss = code.text(argument(call, "loss", 1))
        owner = call.func.value  # type: ignore[attr-defined]  # by Kinds.calls
        values = code.names.values(owner) if isinstance(owner, ast.Name) else None
        last = _last(code, owner, values[0]) if values and len(values) == 1 else None
        if loss and last and code.path(last.func) == "keras.layers.Dense":
            yield last, loss, call


def _last(code: Code, owner: ast.Name, made: object) -> ast.Call | None:
    """Return the call that creates the last layer of a Sequential."""
    if not isinstance(made, ast.Call) or code.path(made.func) not in {
        "keras.Sequential",
        "keras.models.Sequential",
    }:
        return None
    layers = argument(made, "layers", 0)
    found = layers.elts[-1:] if isinstance(layers, ast.List) else []
    for call in code.every(ast.Call):
        match call:
            case ast.Call(func=ast.Attribute(value=ast.Name() as name, attr="add"), args=[layer]):
                if name.id == owner.id and made in (code.names.values(name) or []):
                    found = [layer]
    return found[0] if found and isinstance(found[0], ast.Call) else None


def _activation(code: Code, layer: ast.Call) -> str | None:
    """Return the activation's name; "?" if it is not a string."""
    given = argument(layer, "activation", 1)
    starred = any(k.arg is None for k in layer.keywords)
    if given is None or _is_none(given):
        return "?" if starred else None
    return code.text(given) or "?"


def _logits(code: Code, kinds: Kinds) -> Iterator[Hit]:
    for layer, loss, call in _heads(code, kinds):
        if loss in ENTROPIES | {"binary_crossentropy"} and _activation(code, layer) in FLAT:
            yield call, loss


def _sigmoids(code: Code, kinds: Kinds) -> Iterator[Hit]:
    for layer, loss, _ in _heads(code, kinds):
        if loss in ENTROPIES and _activation(code, layer) == "sigmoid":
            yield layer


def _late_freezing(code: Code, kinds: Kinds) -> Iterator[Hit]:
    """Find ``trainable = False`` between two fits of a model, without a compile."""
    fits, compiles = _owners(code, kinds, "fit"), _owners(code, kinds, "compile")
    for kind in (ast.Module, ast.FunctionDef) if fits else ():
        for outer in code.every(kind):
            fitted: set[str] = set()
            frozen: list[ast.AST] = []
            for statement in outer.body:  # type: ignore[attr-defined]  # both have one
                if fits.get(statement, set()) & fitted:
                    yield from frozen
                    frozen = []
                compiled = compiles.get(statement, set())
                frozen = [] if compiled else frozen
                fitted = (fitted | fits.get(statement, set())) - compiled
                frozen += _freezes(statement) if fitted else []


def _owners(code: Code, kinds: Kinds, method: str) -> dict[ast.AST, set[str]]:
    """Map each simple statement that calls a method to the models that it is called on."""
    found: dict[ast.AST, set[str]] = {}
    for call in kinds.calls({method}, MODELS):
        simple = (n for n in code.above(call) if isinstance(n, ast.stmt))
        statement = next(simple, None)
        if isinstance(statement, ast.Expr | ast.Assign):
            owner = ast.unparse(call.func.value)  # type: ignore[attr-defined]  # by Kinds.calls
            found.setdefault(statement, set()).add(owner)
    return found


def _freezes(statement: ast.stmt) -> Iterator[ast.AST]:
    if isinstance(statement, ast.Assign | ast.For):
        for node in ast.walk(statement):
            match node:
                case ast.Attribute(attr="trainable", ctx=ast.Store()):
                    yield node


FORMS = (
    Form("a size instead of a shape", _sizes, "ValueError: Cannot convert '…' to a shape.",
         "keras.Input((4,))", "keras/three-ways-to-build"),
    Form("positional name= of add_weight", _weight_names,
         "ValueError: `name` must be passed as a keyword argument.",
         "self.add_weight(shape=…, name=\"w\")", GUIDE),
    Form("positional training=", _positional_training,
         "ValueError: Only input tensors may be passed as positional arguments.",
         "layer(x, training=True)", GUIDE),
    Form("a slash in a name", _slashes,
         "ValueError: Argument `name` must be a string and cannot contain character `/`.",
         "name=\"block_dense\"", GUIDE),
    Form("a list of numbers", _lists, "ValueError: Unrecognized data type: x=[…]",
         "model.predict(np.array([[0.1, 0.2]]))", GUIDE),
    Form("old names of losses", _loss_names, "ValueError: Could not interpret loss identifier",
         "\"log_cosh\", \"huber\", \"cosine_similarity\", \"kl_divergence\"", GUIDE),
    Form("reduction=\"auto\"", _reductions,
         "ValueError: Invalid value for argument `reduction`.",
         "leave it out, or \"sum_over_batch_size\"", GUIDE),
    Form("acc and val_acc", _short_names,
         "KeyError: '{}'; a callback that monitors it only warns",
         "\"accuracy\", \"val_accuracy\": as in metrics=[…]", GUIDE),
    Form("validation_split of a data set", _splits,
         "ValueError: Argument `validation_split` is only supported for tensors or NumPy "
         "arrays.", "validation_data=dataset.take(n), and dataset.skip(n) to train",
         "keras/training-with-fit"),
    Form("batch_size of a data set", _batches, "is silently ignored",
         "dataset.batch(batch_size)", "keras/input-pipelines"),
    Form("targets with a data set", _targets,
         "ValueError: When providing `x` as a tf.data.Dataset, `y` should not be passed.",
         "tf.data.Dataset.from_tensor_slices((x, y))", "keras/input-pipelines"),
    Form("class_weight with sample_weight", _two_weights,
         "ValueError: You cannot `class_weight` and `sample_weight` at the same time.",
         "sample_weight alone, multiplied by the weight of the class", "keras/class-weights"),
    Form("class_weight as a string", _balanced,
         "AttributeError: 'str' object has no attribute 'get'",
         "a dict: class_weight={0: 1.0, 1: 20.0}", "keras/class-weights"),
    Form("logits with a string loss", _logits,
         "runs, and treats logits as probabilities: it learns poorly or not at all",
         "keras.losses.SparseCategoricalCrossentropy(from_logits=True), or softmax",
         "foundations/losses"),
    Form("a sigmoid for multiclass classification", _sigmoids,
         "runs, trains as a softmax, and predictions do not sum to 1",
         "activation=\"softmax\"", "architectures/vgg"),
    Form("trainable changed after fit", _late_freezing,
         "is silently ignored until the model is recompiled",
         "model.compile(…) after the change", "keras/parameters"),
)  # fmt: skip
