"""The training loop for any Keras model, optimizer, loss, metrics and callbacks."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np

from tfnotes.training.checkpoint import Checkpoint
from tfnotes.training.compiling import choose_mode, compile_once
from tfnotes.training.evaluation import validation
from tfnotes.training.replicas import averaging
from tfnotes.training.sources import Reports, Source, logs_of, open_source
from tfnotes.training.steps import train_step

CALLS = 20  # compiled calls per epoch with a progress bar


class NonFiniteLossError(ArithmeticError):
    """The loss became infinite or NaN; the message contains the step."""


def train(
    model: keras.Model,
    x: Any,
    y: Any = None,
    *,
    sample_weight: Any = None,
    validation_data: Any = None,
    epochs: int = 1,
    batch_size: int = 32,
    optimizer: Any = None,
    loss: Any = None,
    metrics: Any = None,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    shuffle: bool = True,
    seed: int | None = None,
    checkpoint: Path | str | None = None,
    jit_compile: bool | None = None,
    verbose: int | str = "auto",
) -> keras.callbacks.History:
    """Train a model with a readable loop that resumes exactly.

    Args:
        model: any Keras model with one or more inputs and outputs; if it was created in
            the scope of a ``tf.distribute`` strategy, it trains on all its replicas.
        x: inputs, (rows, …), as one array, or nested as the model expects; or a
            ``tf.data.Dataset`` of batches (inputs, targets[, sample weights]), which
            the replicas should be able to share evenly, as in ``fit``.
        y: targets, (rows, …); None for a dataset.
        sample_weight: (rows,), weight of each row; None for a dataset.
        validation_data: ``(x, y)``, ``(x, y, sample_weight)`` or a dataset.
        epochs: total number of epochs, including those of resumed runs.
        batch_size: rows per step, over all replicas; a dataset has its own.
        optimizer: for ``compile``, with the next two; omit all three for a compiled
            model.
        loss: for ``compile``.
        metrics: for ``compile``.
        callbacks: Keras callbacks. Callbacks that observe every batch are slow, because
            each step is then a separate call.
        shuffle: whether to shuffle arrays every epoch.
        seed: seed of the order; sampled from NumPy if None.
        checkpoint: a folder that is written after every epoch; if it already holds a
            run, that is resumed, and ends with the weights of an uninterrupted run.
        jit_compile: whether XLA compiles the steps; None leaves it to ``choose_mode``,
            which measures it for long runs of models that are not dense.
        verbose: 0 for no output, 1 for a progress bar, 2 for a line per epoch.

    Returns:
        The history: ``history.history["loss"]`` has one number per epoch, as does every
        metric, with a ``val_`` prefix for the validation data.

    Raises:
        ValueError: the model is not compiled, or the data are inconsistent.
        NonFiniteLossError: the loss is not finite; the model keeps its current weights,
            the checkpoint those of the previous epoch.

    Examples:
        >>> x = np.linspace(-1, 1, 64)[:, None]
        >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        >>> history = train(model, x, 3 * x, epochs=20, batch_size=8, verbose=0,
        ...                 optimizer=keras.optimizers.SGD(0.1), loss="mse")
        >>> history.history["loss"][-1] < 0.01
        True
    """
    if (optimizer, loss, metrics) != (None, None, None):
        model.compile(optimizer or "rmsprop", loss, metrics=metrics)
    source = open_source(model, (x, y, sample_weight), batch_size)
    average, validate = averaging(model), validation(model, validation_data, batch_size)
    reset, results = _metrics(model)
    listed = _listed(callbacks, model, source, epochs, verbose)
    listed.on_train_begin()
    kept = Checkpoint(Path(checkpoint), model, callbacks) if checkpoint else None
    state = _begin(model, kept, seed)
    if "mode" not in state:
        steps = (source.steps or 0) * epochs
        state["mode"] = choose_mode(model, source.sample, steps, jit_compile)
    run = source.compiled(model, train_step, state["mode"])
    source.skip(state["epochs"])
    per_call = _steps_per_call(model, source, callbacks, verbose)
    for epoch in range(state["epochs"], state["stopped"] or epochs):
        reset()
        listed.on_epoch_begin(epoch)
        order = source.order(state["seed"] if shuffle else None, epoch)
        reports = source.reports(run, order, per_call, listed.on_train_batch_begin)
        logs = _one_epoch(reports, results, epoch, listed)
        average()
        listed.on_epoch_end(epoch, logs | validate())
        state |= {"epochs": epoch + 1, "history": model.history.history}
        state["stopped"] = epoch + 1 if model.stop_training else 0
        if kept:
            kept.save(state)
        if model.stop_training:
            break
    model.optimizer.finalize_variable_values(model.trainable_variables)
    listed.on_train_end()
    return model.history


def _listed(
    callbacks: Sequence[keras.callbacks.Callback],
    model: keras.Model,
    source: Source,
    epochs: int,
    verbose: int | str,
) -> keras.callbacks.CallbackList:
    """Build the callback list, with a history and, if requested, a progress bar."""
    model.stop_training = False
    return keras.callbacks.CallbackList(
        list(callbacks),
        add_history=True,
        add_progbar=verbose != 0,
        model=model,
        verbose=verbose,
        epochs=epochs,
        steps=source.steps,
    )


def _begin(
    model: keras.Model, kept: Checkpoint | None, seed: int | None
) -> dict[str, Any]:
    """Return the initial state of a run: that of its checkpoint, or a new one."""
    if kept and kept.exists:
        state = kept.restore()
        model.history.history = state["history"]
        model.history.epoch = list(range(state["epochs"]))
        return state
    if seed is None:
        seed = int(np.random.randint(2**31))  # seeded by keras.utils.set_random_seed
    # BackupAndRestore stores the first epoch here; fit reads it, too.
    first = getattr(model, "_initial_epoch", None) or 0
    return {"epochs": first, "seed": seed, "stopped": 0, "history": {}}


def _steps_per_call(
    model: keras.Model,
    source: Source,
    callbacks: Sequence[keras.callbacks.Callback],
    verbose: int | str,
) -> int:
    """Return the steps per compiled call: as many as no callback needs to observe."""
    if source.steps is None or any(_watches_batches(c) for c in callbacks):
        return 1
    if model.distribute_strategy.num_replicas_in_sync > 1:
        return 1
    return max(1, source.steps // CALLS) if verbose in (1, "auto") else source.steps


def _watches_batches(callback: keras.callbacks.Callback) -> bool:
    if "epoch" in (
        getattr(callback, name, "") for name in ("save_freq", "update_freq")
    ):
        return False
    hooks = (
        "on_train_batch_begin",
        "on_train_batch_end",
        "on_batch_begin",
        "on_batch_end",
    )
    return any(
        getattr(getattr(callback, hook), "__func__", None)
        is not getattr(keras.callbacks.Callback, hook)
        for hook in hooks
    )


def _metrics(model: keras.Model) -> tuple[Callable[[], Any], Callable[[], Any]]:
    """Compile the reset and reading of metrics: eager, they outlast a small epoch."""
    if [metric.name for metric in model.metrics] == ["loss"]:
        return dict, dict  # nothing to do: the reports contain the loss
    several = model.distribute_strategy.num_replicas_in_sync > 1
    if several or model.run_eagerly:
        return model.reset_metrics, model.get_metrics_result
    return compile_once(model.reset_metrics), compile_once(model.get_metrics_result)


def _one_epoch(
    reports: Iterator[Reports],
    results: Callable[[], dict[str, Any]],
    epoch: int,
    callbacks: keras.callbacks.CallbackList,
) -> dict[str, Any]:
    taken: list[Reports] = []
    logs: dict[str, Any] = {}
    steps = 0
    for report in reports:
        _check(report, steps, epoch)
        taken.append(report)
        steps += len(report)
        logs = logs_of(taken, results())
        callbacks.on_train_batch_end(steps - 1, logs)
        if callbacks.model.stop_training:
            break
    return logs


def _check(report: Reports, steps: int, epoch: int) -> None:
    bad = np.flatnonzero(~np.isfinite(report[:, 0]))
    if bad.size:
        loss, learning_rate, _ = report[bad[0]]
        raise NonFiniteLossError(
            f"expected a finite loss, got {loss} at step {steps + bad[0] + 1} of epoch "
            f"{epoch + 1} with learning rate {learning_rate:.3g}; lower it, scale the "
            "inputs, or clip the gradients (clipnorm=1.0 of the optimizer)"
        )
