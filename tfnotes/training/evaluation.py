"""Evaluate the loss and metrics of a model on data, compiled and without training."""

import contextlib
from collections.abc import Callable
from typing import Any

import keras
from keras.src.utils.python_utils import pythonify_logs

from tfnotes.training.calls import results
from tfnotes.training.checks import check_model, check_targets
from tfnotes.training.compiling import compile_once
from tfnotes.training.keeping import has_own_step
from tfnotes.training.opening import Epochs, Source, open_source
from tfnotes.training.watching import CallbackList, Callbacks, listed, steps_per_call

Logs = dict[str, Any]


def evaluate(
    model: keras.Model,
    x: Any,
    y: Any = None,
    *,
    sample_weight: Any = None,
    batch_size: int | None = None,
    steps: int | None = None,
    callbacks: Callbacks = None,
    verbose: int | str = 0,
) -> dict[str, Any]:
    """Evaluate the loss and the metrics of a compiled model, as Keras does.

    Args:
        model: compiled; its own ``test_step`` is used if it has one.
        x: inputs, as for ``train``.
        y: targets, likewise.
        sample_weight: weights, likewise.
        batch_size: rows per step, 32 by default; it affects the result by rounding.
        steps: number of batches; all by default.
        callbacks: one Keras callback or several.
        verbose: 0 for no output, 1 for a progress bar, 2 for a line.

    Returns:
        The loss and every metric, by name: a float, an array, or a dict of them.

    Raises:
        ValueError: the model is not compiled, or the data are inconsistent.

    Examples:
        >>> import keras
        >>> from tfnotes import evaluate
        >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        >>> model.compile("sgd", "mse", metrics=["mae"])
        >>> list(evaluate(model, keras.ops.ones((5, 1)), keras.ops.ones((5, 1))))
        ['loss', 'mae']
    """
    check_model(model, "tfnotes.evaluate")
    source = open_source(model, (x, y, sample_weight), batch_size, steps)
    build(model, source)
    watching = listed(callbacks, model, verbose, steps or source.steps, history=False)
    per_call = steps_per_call(model, source, watching, steps)
    epochs = Epochs(source, steps, per_call, model.steps_per_execution)
    return _evaluate(model, source, epochs, watching)


def build(model: keras.Model, source: Source, saved: bool = False) -> None:
    """Create all variables of a model, its loss, its metrics and its optimizer.

    A model that runs in Python or defines its own step builds itself in its first step,
    as in ``fit``.

    Args:
        model: compiled.
        source: its data.
        saved: whether a checkpoint needs the variables before the first step.

    Raises:
        ValueError: the model does not fit the data.

    Examples:
        >>> from tfnotes.training.opening import open_source
        >>> model = keras.Sequential([keras.layers.Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> x = keras.ops.ones((4, 1))
        >>> build(model, open_source(model, (x, x, None)))
        >>> model.built
        True
    """
    batch, strategy = source.specs(), model.distribute_strategy
    check_targets(model, batch)
    alone = model.run_eagerly or has_own_step(model)
    if alone and not saved:
        return
    with strategy.scope():
        if not alone:
            # Keras has no public way to do this without a step on data.
            model._symbolic_build(data_batch=batch)
            return
        with contextlib.suppress(Exception):  # the first step will raise it again
            step = model.train_step
            traced: Any = compile_once(lambda given: strategy.run(step, (given,)))
            traced.get_concrete_function(batch)  # creates variables, takes no step


def _evaluate(
    model: keras.Model, source: Source, epochs: Epochs, callbacks: CallbackList
) -> Logs:
    call = source.call(model, "test_step")
    model.stop_evaluating = False
    callbacks.on_test_begin()
    logs: Any = {}
    model.reset_metrics()
    epochs.reset()
    with epochs.catch_stop_iteration():
        for begin, end, batches in epochs:
            callbacks.on_test_batch_begin(begin)
            _, logs = batches.take(call, epochs.steps_per_execution)
            callbacks.on_test_batch_end(end, logs)
            if model.stop_evaluating:
                break
    logs = pythonify_logs(results(model, logs))
    callbacks.on_test_end(logs)
    return dict(logs)


def validation(
    model: keras.Model,
    data: Any,
    callbacks: CallbackList,
    batch_size: int | None = None,
    steps: int | None = None,
    frequency: int | list[int] = 1,
) -> Callable[[int], Logs]:
    """Return a function that evaluates validation data after an epoch.

    Args:
        model: compiled.
        data: ``(x, y)``, ``(x, y, sample_weight)``, batches, or None.
        callbacks: of the run; they see the validation, as in ``fit``.
        batch_size: rows per step.
        steps: number of batches; all by default.
        frequency: epochs from one validation to the next, or a list of them.

    Returns:
        A function of the index of the epoch; it returns the loss and every metric with
        a ``val_`` prefix, or nothing without data or in other epochs.

    Examples:
        >>> validation(keras.Sequential(), None, None)(0)
        {}
    """
    if data is None:
        return lambda _: {}
    given = keras.utils.unpack_x_y_sample_weight(data)
    source = open_source(model, given, batch_size, steps)
    check_targets(model, source.specs())
    per_call = steps_per_call(model, source, callbacks, steps)
    epochs = Epochs(source, steps, per_call, model.steps_per_execution)

    def validate(epoch: int) -> Logs:
        if not model._should_eval(epoch, frequency):
            return {}
        logs = _evaluate(model, source, epochs, callbacks)
        return {f"val_{name}": value for name, value in logs.items()}

    return validate
