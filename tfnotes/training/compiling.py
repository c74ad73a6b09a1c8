"""What XLA compiles: nothing, each step, or the loop over all steps of a call."""

import functools
import time
from collections.abc import Callable
from typing import Any, Literal

import keras
import tensorflow as tf

from tfnotes.training.steps import Batch, train_step

Mode = Literal["nothing", "step", "loop"]
WORTH = 1000  # steps from which on XLA saves more than the seconds that it takes
STEPS = 16  # of each kind in a trial
MARGIN = 1.3  # XLA has to be so much faster: a toss-up would make runs differ
DENSE = (  # layers that gain from a compiled loop on every CPU tried
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
    """Compile a function that each run makes anew.

    TensorFlow warns of functions that are traced often, and counts by their code; a
    partial is counted by itself.

    Args:
        function: of tensors.
        jit: whether XLA is to compile it.

    Returns:
        The compiled function.

    Examples:
        >>> compile_once(lambda x: x + 1)(tf.constant(1)).numpy().item()
        2
    """
    return tf.function(functools.partial(function), jit_compile=jit)  # type: ignore[no-any-return]


def choose_mode(
    model: keras.Model, batch: Batch, steps: int, wanted: bool | None = None
) -> Mode:
    """Choose what XLA is to compile of a training run.

    Dense layers gain most from one compiled loop. Convolutions lose in it, and whether
    they gain from compiled steps hangs on the processor: that is tried out.

    Args:
        model: compiled and built.
        batch: one batch of the run; its rows are only used for the trial.
        steps: how many the run will take.
        wanted: True or False decide; None leaves it to the model and to the trial.

    Returns:
        ``"nothing"``, ``"step"`` or ``"loop"``.

    Raises:
        ValueError: XLA is wanted under a strategy of several replicas.

    Examples:
        >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> batch = tf.ones((4, 1)), tf.ones((4, 1)), None
        >>> choose_mode(model, batch, steps=10), choose_mode(model, batch, steps=9999)
        ('nothing', 'loop')
    """
    several = model.distribute_strategy.num_replicas_in_sync > 1
    if several and wanted:
        raise ValueError(
            "expected jit_compile=False or None under a strategy of several replicas, "
            "got True; XLA cannot compile what they exchange"
        )
    if several or wanted is False or model.run_eagerly:
        return "nothing"
    wanted = wanted or bool(model.jit_compile)
    if not wanted and steps < WORTH:
        return "nothing"
    if is_dense(model):
        return "loop"
    return "step" if wanted or gains(model, batch) else "nothing"


def is_dense(model: keras.Model) -> bool:
    """Whether a model is Sequential or functional and all its layers are dense ones.

    Args:
        model: any model, or a layer.

    Returns:
        True if no layer looks at neighbours, as convolutions do, or is unknown.

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
    """Take some steps with XLA and without, then put the model back as it was.

    Args:
        model: compiled and built.
        batch: tensors that the steps are taken on; arrays would become constants,
            which XLA computes beforehand.

    Returns:
        Whether the best step with XLA is faster by a clear margin; False for a model
        that XLA cannot compile.

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
    """The best step without XLA and with it, taken in turns; the first is left out."""
    steps = [
        compile_once(lambda: train_step(model, batch), jit) for jit in (False, True)
    ]
    found: list[list[float]] = [[], []]
    for _ in range(STEPS):
        for step, seconds in zip(steps, found, strict=True):
            start = time.perf_counter()
            step().numpy()
            seconds.append(time.perf_counter() - start)
    return min(found[0][1:]), min(found[1][1:])
