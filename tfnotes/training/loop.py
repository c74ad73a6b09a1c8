"""The training loop for any Keras model, optimizer, loss, metrics and callbacks."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras.src.trainers.data_adapters.array_slicing import train_validation_split

from tfnotes._backend import needs_tensorflow
from tfnotes.training.calls import Call, results
from tfnotes.training.checkpoint import Checkpoint
from tfnotes.training.checks import check_data, check_model, check_run
from tfnotes.training.compiling import choose_mode
from tfnotes.training.evaluation import build, validation
from tfnotes.training.opening import Epochs, open_source
from tfnotes.training.replicas import averaging
from tfnotes.training.sources import Records
from tfnotes.training.watching import CallbackList, Callbacks, listed, steps_per_call


class NonFiniteLossError(ArithmeticError):
    """The loss became infinite or NaN; the message contains the step."""


def train(
    model: keras.Model,
    x: Any,
    y: Any = None,
    *,
    sample_weight: Any = None,
    class_weight: dict[int, float] | None = None,
    validation_data: Any = None,
    validation_split: float = 0.0,
    validation_freq: int | list[int] = 1,
    validation_steps: int | None = None,
    validation_batch_size: int | None = None,
    epochs: int = 1,
    initial_epoch: int = 0,
    steps_per_epoch: int | None = None,
    batch_size: int | None = None,
    optimizer: Any = None,
    loss: Any = None,
    metrics: Any = None,
    callbacks: Callbacks = None,
    shuffle: bool | str = True,
    seed: int | None = None,
    checkpoint: Path | str | None = None,
    jit_compile: bool | None = None,
    verbose: int | str = "auto",
) -> keras.callbacks.History:
    """Train a model as ``fit`` does, in fewer calls, and resume exactly.

    Weights, logs and the calls of the callbacks are those of ``fit``; the order of
    shuffled arrays depends only on the seed.

    Args:
        model: any Keras model, with its own ``train_step`` if it has one; if it was
            created in the scope of a ``tf.distribute`` strategy, it trains on all its
            replicas.
        x: inputs, (rows, …), as one array, table, tensor or sparse matrix, or nested as
            the model expects; or batches (inputs, targets[, sample weights]) from a
            ``tf.data.Dataset``, a ``keras.utils.PyDataset`` or a generator.
        y: targets, (rows, …); None for batches.
        sample_weight: (rows,), weight of each row; None for batches.
        class_weight: the weight of each class, from its number.
        validation_data: ``(x, y)``, ``(x, y, sample_weight)`` or batches.
        validation_split: the fraction of the rows, the last ones, to validate on.
        validation_freq: epochs from one validation to the next, or a list of them.
        validation_steps: number of batches to validate on; all by default.
        validation_batch_size: rows per step of the validation.
        epochs: total number of epochs, including those of resumed runs.
        initial_epoch: the number of the first epoch, from 0.
        steps_per_epoch: steps of an epoch; by default it ends with the data.
        batch_size: rows per step, over all replicas, 32 by default.
        optimizer: for ``compile``, with the next two; omit all three for a compiled
            model.
        loss: for ``compile``.
        metrics: for ``compile``.
        callbacks: one Keras callback or several. Callbacks that observe every batch are
            slow, because each step is then a separate call.
        shuffle: whether to shuffle arrays every epoch; ``"batch"`` as for ``fit``.
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
            the checkpoint those of the previous epoch. With ``TerminateOnNaN`` among
            the callbacks, that ends the run instead.

    Examples:
        >>> x = np.linspace(-1, 1, 64)[:, None]
        >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        >>> history = train(model, x, 3 * x, epochs=20, batch_size=8, verbose=0,
        ...                 optimizer=keras.optimizers.SGD(0.1), loss="mse")
        >>> history.history["loss"][-1] < 0.01
        True
    """
    needs_tensorflow("tfnotes.train")
    if (optimizer, loss, metrics) != (None, None, None):
        model.compile(optimizer or "rmsprop", loss, metrics=metrics)
    check_model(model)
    check_data((x, y, sample_weight), batch_size, steps_per_epoch)
    check_run(epochs, validation_freq)
    if validation_split and validation_data is None:
        (x, y, sample_weight), validation_data = train_validation_split(
            (x, y, sample_weight), validation_split
        )
    source = open_source(
        model,
        (x, y, sample_weight),
        batch_size,
        steps=steps_per_epoch,
        class_weight=class_weight,
        shuffle=shuffle,
    )
    build(model, source, saved=bool(checkpoint))
    steps = steps_per_epoch or source.steps
    watching = listed(callbacks, model, verbose, steps, epochs)
    validate = validation(
        model,
        validation_data,
        watching,
        validation_batch_size or batch_size,
        validation_steps,
        validation_freq,
    )
    kept, state = _open_checkpoint(checkpoint, model, watching, seed)
    if "mode" not in state:
        total = (steps or 0) * epochs
        state["mode"] = choose_mode(model, source.sample, total, jit_compile)
    source.seed = state["seed"] if shuffle else None
    per_call = steps_per_call(model, source, watching, steps_per_epoch, "train")
    run = _Run(
        model,
        Epochs(source, steps_per_epoch, per_call),
        source.call(model, "train_step", state["mode"]),
        model._loss_tracker,
        watching,
        validate,
        kept,
        state,
    )
    model.stop_training = False
    watching.on_train_begin()
    try:
        logs = run.take(run.begin(initial_epoch), epochs)
    finally:
        if kept:
            kept.end()
    if isinstance(model.optimizer, keras.optimizers.Optimizer) and epochs > 0:
        model.optimizer.finalize_variable_values(model.trainable_weights)
    watching.on_train_end(logs)
    return model.history


def _open_checkpoint(
    folder: Path | str | None,
    model: keras.Model,
    callbacks: CallbackList,
    seed: int | None,
) -> tuple[Checkpoint | None, dict[str, Any]]:
    """Return the checkpoint, and the state of its run or of a new one."""
    kept = Checkpoint(Path(folder), model, callbacks.callbacks) if folder else None
    if kept and kept.exists:
        return kept, kept.read()
    if seed is None:
        seed = int(np.random.randint(2**31))  # seeded by keras.utils.set_random_seed
    return kept, {"epochs": 0, "seed": seed, "stopped": 0, "history": {}}


@dataclass
class _Run:
    """A run between two epochs."""

    model: keras.Model
    rounds: Epochs
    call: Call
    loss: Any  # Keras makes another tracker of the loss with each compile
    callbacks: CallbackList
    validate: Callable[[int], dict[str, Any]]
    kept: Checkpoint | None
    state: dict[str, Any]  # what a checkpoint holds besides variables and callbacks

    def begin(self, initial_epoch: int) -> int:
        """Restore a saved run if there is one; return the index of the next epoch."""
        if not self.kept or not self.kept.exists:
            if self.kept:
                self.kept.begin()
            # BackupAndRestore stores the epoch in the model; fit reads it, too.
            return int(getattr(self.model, "_initial_epoch", None) or initial_epoch)
        self.kept.restore()
        history = self.model.history
        history.history = self.state["history"]
        history.epoch = list(range(self.state["epochs"]))
        if "position" in self.state:
            inside = bool(self.rounds.steps_per_epoch)
            self.rounds.source.resume(tuple(self.state["position"]), inside)
        return int(self.state["epochs"])

    def take(self, first: int, epochs: int) -> dict[str, Any] | None:
        """Take the epochs that are left; return the logs of the last one."""
        logs, model = None, self.model
        average = averaging(model)
        for epoch in range(first, self.state["stopped"] or epochs):
            model.reset_metrics()
            self.callbacks.on_epoch_begin(epoch)
            logs = self._epoch(epoch)
            average()
            logs |= self.validate(epoch)
            self.callbacks.on_epoch_end(epoch, logs)
            self.state |= {
                "epochs": epoch + 1,
                "history": model.history.history,
                "stopped": epoch + 1 if model.stop_training else 0,
                "position": self.rounds.source.position,
            }
            if self.kept:
                self.kept.save(self.state)
            if model.stop_training:
                break
        return logs

    def _epoch(self, epoch: int) -> dict[str, Any]:
        """Take the steps of an epoch; return the loss and the metrics."""
        ends_on_nan = any(
            isinstance(callback, keras.callbacks.TerminateOnNaN)
            for callback in self.callbacks.callbacks
        )
        self.rounds.source.epoch = epoch
        logs: Any = {}
        with self.rounds.catch_stop_iteration():
            for begin, end, batches in self.rounds:
                self.callbacks.on_train_batch_begin(begin)
                self._check_compiled()
                records, logs = batches.take(self.call, self.rounds.steps_per_execution)
                if not ends_on_nan:
                    _check(records, begin, epoch)
                self.callbacks.on_train_batch_end(end, logs)
                if self.model.stop_training:
                    break
        return results(self.model, logs)

    def _check_compiled(self) -> None:
        """Raise if a callback has compiled the model, which fit does not survive."""
        if self.model._loss_tracker is not self.loss:
            raise RuntimeError(
                "expected the model as it was compiled for this run, got a compile in "
                "a callback; let the run end, compile, and train again"
            )


def _check(records: Records, begin: int, epoch: int) -> None:
    """Raise if a loss is not finite."""
    bad = np.flatnonzero(~np.isfinite(records[:, 0]))
    if bad.size:
        loss, learning_rate = records[bad[0]]
        raise NonFiniteLossError(
            f"expected a finite loss, got {loss} at step {begin + bad[0] + 1} of epoch "
            f"{epoch + 1} with learning rate {learning_rate:.3g}; lower it, scale the "
            "inputs, or clip the gradients (clipnorm=1.0 of the optimizer)"
        )
