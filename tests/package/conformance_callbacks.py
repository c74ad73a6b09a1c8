"""Callbacks that observe or change a run in every way, for the conformance suite."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras.callbacks import Callback, LambdaCallback

from tests.package.conformance_cases import PARTIAL, Given, classes, rows

Seen = list[Any]  # what a callback has recorded


def validated() -> Given:
    x, y = rows(n=PARTIAL), classes(n=PARTIAL)
    return {"x": x, "y": y, "validation_data": (x[:12], y[:12])}


def hooked(hook: str, seen: Seen, base: type[Callback] = Callback) -> Callback:
    """Create a callback that overrides a single hook, and records its arguments."""

    def record(self: Any, *args: Any, **named: Any) -> None:
        del self
        *numbers, logs = [*args, *named.values()] if args or named else [None]
        seen.append((hook, numbers, {n: float(v) for n, v in (logs or {}).items()}))

    return type("Hooked", (base,), {hook: record})()


class OnInstance(Callback):
    """Sets a hook on the object, not on its class."""

    def __init__(self, seen: Seen) -> None:
        super().__init__()
        self.on_train_batch_end = lambda batch, logs=None: seen.append((batch, list(logs)))


class Stop(Callback):
    """Stops training at a batch of the second epoch."""

    def __init__(self, hook: str) -> None:
        super().__init__()
        self.epoch, self.now = 0, -1
        setattr(self, hook, self.stop)

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.now = epoch

    def stop(self, number: int, logs: Any = None) -> None:
        del logs
        self.model.stop_training = (self.now, number) == (1, 1)


class StopEvaluating(Callback):
    def on_test_batch_end(self, batch: int, logs: Any = None) -> None:
        self.model.stop_evaluating = True


class Rate(Callback):
    """Changes the learning rate at every batch, as one-cycle schedules do."""

    def __init__(self, hook: str, assign: bool = False) -> None:
        super().__init__()
        setattr(self, hook, self.assign if assign else self.set)

    def set(self, batch: int, logs: Any = None) -> None:
        del logs
        self.model.optimizer.learning_rate = 0.05 * (batch + 1)

    def assign(self, batch: int, logs: Any = None) -> None:
        del logs
        self.model.optimizer.learning_rate.assign(0.05 * (batch + 1))


class Change(Callback):
    """Calls a function of the model at a hook."""

    def __init__(self, hook: str, change: Callable[[keras.Model], Any], at: int = 0) -> None:
        super().__init__()

        def act(number: Any = None, logs: Any = None) -> None:
            del logs
            if number in (at, None) or isinstance(number, dict):
                change(self.model)

        setattr(self, hook, act)


def halve(model: keras.Model) -> None:
    model.set_weights([weight / 2 for weight in model.get_weights()])


def freeze(model: keras.Model) -> None:
    model.layers[0].trainable = False


def recompile(model: keras.Model) -> None:
    model.compile("sgd", model.loss)


def fit_again(model: keras.Model) -> None:
    model.fit(rows(7), classes(7), batch_size=8, shuffle=False, verbose=0)


class Nested(Callback):
    """Evaluates and predicts other data after each epoch."""

    def __init__(self, seen: Seen) -> None:
        super().__init__()
        self.seen = seen

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        logs = self.model.evaluate(rows(7), classes(7), verbose=0, return_dict=True)
        self.seen += [logs, float(np.sum(self.model.predict(rows(7), verbose=0)))]


class Others(Callback):
    """Trains another model after each epoch."""

    def __init__(self, other: keras.Model, seen: Seen) -> None:
        super().__init__()
        self.other, self.seen = other, seen

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        history = self.other.fit(rows(7), classes(7), shuffle=False, verbose=0).history
        self.seen.append(history)


class Parameters(Callback):
    """Records what the callbacks get, and the state of the model during the run."""

    def __init__(self, seen: Seen) -> None:
        super().__init__()
        self.seen = seen

    def on_train_begin(self, logs: Any = None) -> None:
        self.seen += [self.params, self.model.stop_training]

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        kept = self.model.history.history
        self.seen.append((list(kept), [len(values) for values in kept.values()]))
        self.seen.append([metric.name for metric in self.model.metrics])


class Weights(Callback):
    """Records the weights that each hook finds."""

    def __init__(self, seen: Seen, *hooks: str) -> None:
        super().__init__()

        def record(*args: Any, **named: Any) -> None:
            del args, named
            seen.append([float(np.sum(np.abs(w))) for w in self.model.get_weights()])

        for hook in hooks:
            setattr(self, hook, record)


def on_lambda(hook: str, seen: Seen) -> Callback:
    if "batch" in hook or "epoch" in hook:
        return LambdaCallback(
            **{hook: lambda number, logs: seen.append((number, list(logs or {})))}
        )
    return LambdaCallback(**{hook: lambda logs: seen.append(list(logs or {}))})


HOOKS = [
    "on_batch_begin",
    "on_batch_end",
    *(f"on_{kind}_batch_{at}" for kind in ("train", "test") for at in ("begin", "end")),
    *(f"on_{kind}_{at}" for kind in ("train", "test", "epoch") for at in ("begin", "end")),
]

CALLBACKS: dict[str, Callable[[Seen], list[Callback]]] = {
    "hook on the object": lambda seen: [OnInstance(seen)],
    "hook of a base class": lambda _: [type("Child", (Rate,), {})("on_train_batch_begin")],
    "parameters": lambda seen: [Parameters(seen)],
    "weights at batches": lambda seen: [Weights(seen, "on_train_batch_begin")],
    "weights at epochs": lambda seen: [Weights(seen, "on_epoch_begin", "on_test_begin")],
    "stop in a batch": lambda _: [Stop("on_train_batch_end")],
    "stop before a batch": lambda _: [Stop("on_train_batch_begin")],
    "stop after an epoch": lambda _: [Stop("on_epoch_end")],
    "stop evaluating": lambda _: [StopEvaluating()],
    "rate at a batch": lambda _: [Rate("on_train_batch_begin")],
    "rate after a batch, assigned": lambda _: [Rate("on_train_batch_end", assign=True)],
    "rate at an epoch": lambda _: [Rate("on_epoch_begin")],
    "other weights at the begin": lambda _: [Change("on_train_begin", halve)],
    "other weights after a batch": lambda _: [Change("on_train_batch_end", halve)],
    "other weights after an epoch": lambda _: [Change("on_epoch_end", halve)],
    "other weights before validation": lambda _: [Change("on_test_begin", halve)],
    "metrics of each batch": lambda _: [
        Change("on_train_batch_begin", lambda model: model.reset_metrics(), at=1)
    ],
    "frozen at the begin": lambda _: [Change("on_train_begin", freeze)],
    "frozen after an epoch": lambda _: [Change("on_epoch_end", freeze)],
    "frozen in a batch": lambda _: [Change("on_train_batch_end", freeze)],
    "evaluation and prediction": lambda seen: [Nested(seen)],
    "fit in a callback": lambda _: [Change("on_epoch_end", fit_again)],
    "two that watch": lambda seen: [hooked(h, seen) for h in HOOKS[1:4]],
    "history": lambda _: [keras.callbacks.History()],
    "early stopping": lambda _: [keras.callbacks.EarlyStopping("loss", min_delta=9)],
    "early stopping, best weights": lambda _: [
        keras.callbacks.EarlyStopping(
            "val_loss", patience=2, baseline=0.1, restore_best_weights=True
        )
    ],
    "early stopping, later": lambda _: [
        keras.callbacks.EarlyStopping("val_accuracy", min_delta=2, start_from_epoch=1)
    ],
    "early stopping of an unknown name": lambda _: [
        keras.callbacks.EarlyStopping("no", mode="min")
    ],
    "plateau": lambda _: [
        keras.callbacks.ReduceLROnPlateau("loss", patience=1, min_delta=9, factor=0.5)
    ],
    "scheduler": lambda _: [
        keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate / (1 + epoch))
    ],
}
