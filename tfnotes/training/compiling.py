"""Choose what XLA compiles: nothing, each step, or a loop over many steps."""

import functools
import time
from collections.abc import Callable
from typing import Any, Literal

import keras
import tensorflow as tf

from tfnotes._backend import needs_tensorflow
from tfnotes.training.keeping import has_own_step, kept

Batch = Any  # what fit hands to train_step: x, (x, y) or (x, y, sample_weight)
Mode = Literal["nothing", "step", "loop"]
WORTH = 1000  # steps from which XLA saves more time than compilation takes
STEPS = 16  # of each kind per trial
MARGIN = 1.3  # required speedup: with a smaller one, noise would make runs differ
DENSE = (  # layers that gain from a compiled loop on every tested CPU
    "Activation",
    "Add",
    "BatchNormalization",
    "Concatenate",
    "Dense",
    "Dropout",
    "Flatten",
    "InputLayer",
    "LayerNormalization",
    "LeakyReLU",
    "ReLU",
    "Reshape",
    "Rescaling",
    "Softmax",
)


def compile_once(function: Callable[..., Any], jit: bool = False) -> Callable[..., Any]:
    """Compile a function that each run creates again.

    TensorFlow warns about functions that are traced often and identifies them by their
    code; a partial counts separately.

    Args:
        function: a function of tensors.
        jit: whether XLA compiles it.

    Returns:
        The compiled function.

    Examples:
        >>> compile_once(lambda x: x + 1)(tf.constant(1)).numpy().item()
        2
    """
    return tf.function(functools.partial(function), jit_compile=jit)  # type: ignore[no-any-return]


def choose_mode(
    model: keras.Model,
    batch: Batch | Callable[[], Batch],
    steps: int,
    wanted: bool | None = None,
) -> Mode:
    """Choose what XLA compiles in a training run.

    Dense layers gain most from one compiled loop. Convolutions lose in it, and whether
    they gain from compiled steps depends on the CPU, so it is measured.

    Args:
        model: compiled and built.
        batch: one batch of the run for the trial, or a function that returns it.
        steps: number of steps of the run.
        wanted: True or False decide; None decides by the model and the trial.

    Returns:
        ``"nothing"``, ``"step"`` or ``"loop"``.

    Raises:
        ValueError: XLA is requested under a strategy with several replicas.
        RuntimeError: Keras runs on another backend.

    Examples:
        >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> batch = tf.ones((4, 1)), tf.ones((4, 1)), None
        >>> choose_mode(model, batch, steps=10), choose_mode(model, batch, steps=9999)
        ('nothing', 'loop')
    """
    needs_tensorflow("tfnotes.training.choose_mode")
    several = model.distribute_strategy.num_replicas_in_sync > 1
    if several and wanted:
        raise ValueError(
            "expected jit_compile=False or None with several replicas, "
            "got True; XLA cannot compile their communication"
        )
    if several or wanted is False or model.run_eagerly:
        return "nothing"
    wanted = wanted or bool(model.jit_compile)
    if not wanted and steps < WORTH:
        return "nothing"
    if is_dense(model):
        return "loop"
    if wanted:
        return "step"
    if has_own_step(model):  # a trial might change more than the model's variables
        return "nothing"
    one = batch() if callable(batch) else batch
    key = "gains", tuple(str(getattr(p, "shape", p)) for p in tf.nest.flatten(one))
    return "step" if kept(model, key, lambda: gains(model, one)) else "nothing"


def is_dense(model: keras.Model) -> bool:
    """Return whether a model is Sequential or functional with only dense layers.

    Args:
        model: any model, or a layer.

    Returns:
        True if no layer combines neighbors, as convolutions do, or is unknown.

    Examples:
        >>> is_dense(keras.Sequential([keras.layers.Dense(3)]))
        True
        >>> is_dense(keras.Sequential([keras.layers.Conv2D(3, 3)]))
        False
    """
    if isinstance(model, keras.Model):
        built_of_layers = type(model).__name__ in ("Sequential", "Functional")
        return built_of_layers and all(is_dense(part) for part in model.layers)
    return type(model).__name__ in DENSE and type(model).__module__.startswith("keras.")


def gains(model: keras.Model, batch: Batch) -> bool:
    """Time some steps with and without XLA, then restore the model.

    Args:
        model: compiled and built.
        batch: tensors for the steps; arrays would become constants, which XLA would
            precompute.

    Returns:
        Whether the best step with XLA is faster by a clear margin; False if XLA cannot
        compile the model.

    Examples:
        >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> before = model.get_weights()
        >>> answer = gains(model, (tf.ones((4, 1)), tf.ones((4, 1)), None))
        >>> all((a == b).all() for a, b in zip(before, model.get_weights()))
        True
    """
    variables = [*model.variables, *model.optimizer.variables]
    values = [variable.numpy() for variable in variables]
    try:
        plain, compiled = _seconds(model, batch)
    except (tf.errors.OpError, NotImplementedError, TypeError, ValueError):
        return False
    finally:
        for variable, value in zip(variables, values, strict=True):
            variable.assign(value)
    return plain > MARGIN * compiled


def _seconds(model: keras.Model, batch: Batch) -> tuple[float, float]:
    """Return the best step times without and with XLA, after one warmup each."""
    steps = [
        compile_once(lambda: model.train_step(batch)["loss"], jit)
        for jit in (False, True)
    ]
    found: list[list[float]] = [[], []]
    for _ in range(STEPS):
        for step, seconds in zip(steps, found, strict=True):
            start = time.perf_counter()
            step().numpy()
            seconds.append(time.perf_counter() - start)
    return min(found[0][1:]), min(found[1][1:])
