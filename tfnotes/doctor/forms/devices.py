"""Devices, strategies and backends."""

import ast
from collections.abc import Iterator

from tfnotes.doctor.form import MODELS, Form, Hit
from tfnotes.doctor.kinds import Kinds
from tfnotes.doctor.syntax import Code

MANY = ("tf.distribute.MultiWorkerMirroredStrategy",
        "tf.distribute.experimental.MultiWorkerMirroredStrategy")  # fmt: skip
MIRRORED = "tf.distribute.MirroredStrategy"
PAGE = "scale/distribution-strategies"


def _fit_of_workers(code: Code, kinds: Kinds) -> Iterator[Hit]:
    fits = kinds.calls({"fit"}, MODELS)
    return (call for call in fits if any(_follows(code, call, made) for made in code.calls(*MANY)))


def _follows(code: Code, call: ast.Call, made: ast.Call) -> bool:
    """Return whether a call follows a strategy's creation, in that function or inside it."""
    function = code.function_of(made)
    return call.lineno > made.lineno and (function is None or function in code.above(call))


def _compiled_replicas(code: Code, kinds: Kinds) -> Iterator[Hit]:
    """Find ``jit_compile=True`` or several steps per execution, with replicas."""
    made = code.calls(MIRRORED)
    for call in kinds.calls({"compile"}, MODELS):
        together = any(_follows(code, call, strategy) for strategy in made)
        for keyword in call.keywords if together else ():
            value = keyword.value.value if isinstance(keyword.value, ast.Constant) else 0
            many = keyword.arg == "steps_per_execution" and isinstance(value, int) and value > 1
            if many or (keyword.arg == "jit_compile" and value is True):
                yield keyword, keyword.arg or ""


def _keras_distribution(code: Code, _: Kinds) -> Iterator[Hit]:
    """Find ``keras.distribution`` without the JAX backend."""
    if "KERAS_BACKEND" not in code.texts and "tf" in code.names.roots:
        yield from code.calls("keras.distribution.DataParallel", "keras.distribution.ModelParallel")


def _late_backend(code: Code, _: Kinds) -> Iterator[Hit]:
    """Find ``os.environ["KERAS_BACKEND"] = …`` after the import."""
    roots = ("keras", "tf.keras")
    imports = (a.lineno for a, path in code.names.imported.items() if path.startswith(roots))
    first = min(imports, default=None)
    for target in code.every(ast.Subscript):
        if code.path(target.value) == "os.environ" and isinstance(target.ctx, ast.Store):
            top = isinstance(code.parents[code.parents[target]], ast.Module)
            late = first is not None and target.lineno > first
            if code.text(target.slice) == "KERAS_BACKEND" and late and top:
                yield target


def _unused_configuration(code: Code, _: Kinds) -> Iterator[Hit]:
    """Find a configuration that is created and not used."""
    for statement in code.every(ast.Expr):
        if isinstance(statement.value, ast.Call) and code.path(statement.value.func) in {
            "tf.config.experimental.VirtualDeviceConfiguration",
            "tf.config.LogicalDeviceConfiguration",
        }:
            yield statement


def _built_with(code: Code, _: Kinds) -> Iterator[Hit]:
    """Find ``if tf.test.is_built_with_cuda():``, as a test for a GPU."""
    for kind in (ast.If, ast.IfExp):
        for branch in code.every(kind):
            test = branch.test  # type: ignore[attr-defined]  # both have one
            if isinstance(test, ast.Call) and code.path(test.func) == "tf.test.is_built_with_cuda":
                yield test


FORMS = (
    Form("fit of several workers", _fit_of_workers,
         "ValueError: Attempt to convert a value (PerReplica:{ 0: <tf.Tensor…",
         "a custom loop with strategy.run, such as tfnotes.train", PAGE),
    Form("jit_compile with replicas", _compiled_replicas,
         "InvalidArgumentError: … Trying to access resource … located in device CPU:1 from "
         "device CPU:0", "leave `{}` out under MirroredStrategy", PAGE),
    Form("keras.distribution", _keras_distribution,
         "runs on one device: it needs the JAX backend",
         "KERAS_BACKEND=jax, or tf.distribute.MirroredStrategy", PAGE),
    Form("KERAS_BACKEND after the import", _late_backend,
         "is silently ignored: the import selects the backend",
         "os.environ[\"KERAS_BACKEND\"] before `import keras`", "start/keras-and-tf-keras"),
    Form("an unused configuration", _unused_configuration, "runs and does nothing",
         "tf.config.set_logical_device_configuration(device, [it])", "scale/devices"),
    Form("is_built_with_cuda as a test", _built_with,
         "is also True on machines without a GPU",
         "if tf.config.list_physical_devices(\"GPU\"):", "scale/devices"),
)  # fmt: skip
