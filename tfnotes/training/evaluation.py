"""Evaluate the loss and metrics of a model on data, compiled and without training."""

from collections.abc import Callable
from typing import Any

import keras

from tfnotes.training.sources import Run, Source, logs_of, open_source
from tfnotes.training.steps import evaluation_step


def evaluate(
    model: keras.Model,
    x: Any,
    y: Any = None,
    *,
    sample_weight: Any = None,
    batch_size: int = 32,
) -> dict[str, float]:
    """Evaluate the loss and the metrics of a compiled model.

    Args:
        model: compiled.
        x: inputs, as for ``train``.
        y: targets, likewise.
        sample_weight: weights, likewise.
        batch_size: rows per step; affects the result only by rounding.

    Returns:
        The loss and every metric, by name.

    Raises:
        ValueError: the model is not compiled, or the data are inconsistent.

    Examples:
        >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        >>> model.compile("sgd", "mse", metrics=["mae"])
        >>> list(evaluate(model, keras.ops.ones((5, 1)), keras.ops.ones((5, 1))))
        ['loss', 'mae']
    """
    source = open_source(model, (x, y, sample_weight), batch_size)
    run = source.compiled(model, evaluation_step)
    return _evaluate(model, source, run)


def _evaluate(model: keras.Model, source: Source, run: Run) -> dict[str, float]:
    model.reset_metrics()
    reports = source.reports(run, source.order(None, 0), source.steps or 1, _ignore)
    logs = logs_of(list(reports), model.get_metrics_result())
    return {name: float(value) for name, value in logs.items()}


def _ignore(step: int) -> None:
    del step


def validation(
    model: keras.Model, data: Any, batch_size: int
) -> Callable[[], dict[str, float]]:
    """Return a function that evaluates validation data, compiled once for all epochs.

    Args:
        model: compiled.
        data: ``(x, y)``, ``(x, y, sample_weight)``, a dataset, or None.
        batch_size: rows per step.

    Returns:
        A function to call after an epoch; it returns the loss and every metric with a
        ``val_`` prefix, or nothing without data.

    Examples:
        >>> validation(keras.Sequential(), None, 32)()
        {}
    """
    if data is None:
        return dict
    given = data if isinstance(data, tuple | list) else (data,)
    x, y, weights = (*given, None, None)[:3]
    source = open_source(model, (x, y, weights), batch_size)
    run = source.compiled(model, evaluation_step)

    def validate() -> dict[str, float]:
        logs = _evaluate(model, source, run)
        return {f"val_{name}": value for name, value in logs.items()}

    return validate
