"""The epochs of a run, and its state between two of them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np

from tfnotes.training.calls import results
from tfnotes.training.checkpoint import Checkpoint
from tfnotes.training.compiling import choose_mode
from tfnotes.training.opening import Epochs, Source
from tfnotes.training.replicas import averaging
from tfnotes.training.sources import Records
from tfnotes.training.watching import CallbackList, steps_per_call


class NonFiniteLossError(ArithmeticError):
    """The loss became infinite or NaN; the message contains the step."""


@dataclass
class Run:
    """A run between two epochs."""

    model: keras.Model
    source: Source
    steps_per_epoch: int | None
    callbacks: CallbackList
    validate: Callable[[int], dict[str, Any]]
    epochs: int

    def prepare(
        self, folder: Path | str | None, seed: int | None, jit_compile: bool | None
    ) -> None:
        """Read the state of the run in a folder, or begin a new one."""
        model, source, steps = self.model, self.source, self.steps_per_epoch
        listed = self.callbacks.callbacks
        self.kept = Checkpoint(Path(folder), model, listed) if folder else None
        if self.kept and self.kept.exists:
            self.state = self.kept.read()
        else:
            if seed is None:
                seed = int(np.random.randint(2**31))  # keras.utils.set_random_seed
            self.state = {"epochs": 0, "seed": seed, "stopped": 0, "history": {}}
        if "mode" not in self.state:
            total = (steps or source.steps or 0) * self.epochs
            mode = choose_mode(model, source.sample, total, jit_compile)
            self.state["mode"] = mode
        per_call = steps_per_call(model, source, self.callbacks, steps, "train")
        self.rounds = Epochs(source, steps, per_call, model.steps_per_execution)
        self.call = source.call(model, "train_step", self.state["mode"])

    def go(self, initial_epoch: int) -> None:
        """Take the epochs, between the begin and the end of the training."""
        model, logs = self.model, None
        model.stop_training = False
        self.loss = model._loss_tracker  # another one after each compile
        self.callbacks.on_train_begin()
        try:
            logs = self._epochs(self._begin(initial_epoch))
        finally:
            if self.kept:
                self.kept.end()
        optimizer = model.optimizer
        if isinstance(optimizer, keras.optimizers.Optimizer) and self.epochs > 0:
            optimizer.finalize_variable_values(model.trainable_weights)
        self.callbacks.on_train_end(logs)

    def _begin(self, initial_epoch: int) -> int:
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
            self.rounds.resume(tuple(self.state["position"]))
        return int(self.state["epochs"])

    def _epochs(self, first: int) -> dict[str, Any] | None:
        """Take the epochs that are left; return the logs of the last one."""
        logs, model = None, self.model
        average = averaging(model)
        for epoch in range(first, self.state["stopped"] or self.epochs):
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
                "position": self.source.position,
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
        self.source.epoch = epoch
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
