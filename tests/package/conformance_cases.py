"""Run one case through Keras' fit and through train, and compare all that can be observed."""

import functools
import itertools
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import keras
import numpy as np
import pytest

from tfnotes.training import train

ROWS, BATCH = 16, 8
PARTIAL = 20  # rows of two whole batches and one of 4
EPOCHS = ("on_train_begin", "on_train_end", "on_epoch_begin", "on_epoch_end")
TESTS = ("on_test_begin", "on_test_end")
BATCHES = tuple(f"on_{kind}_batch_{at}" for kind in ("train", "test") for at in ("begin", "end"))
UNWATCHED = EPOCHS + TESTS  # hooks that allow many steps per call
WATCHED = UNWATCHED + BATCHES

Given = dict[str, Any]  # the arguments of fit
Event = tuple[str, int | None, list[str] | None, list[Any], int]
Runner = Callable[..., keras.callbacks.History]


class Case(NamedTuple):
    """A compiled model and the arguments of fit; both are created again for each run."""

    model: Callable[[], keras.Model]
    given: Callable[[], Given]
    rtol: float = 1e-4  # XLA adds in another order
    fails: str = ""  # what fit itself says; then train must refuse, too


class Outcome(NamedTuple):
    """What a run leaves behind."""

    model: keras.Model
    history: dict[str, Any]
    epochs: list[int]
    events: list[Event]
    warned: set[str]


def fit(model: keras.Model, **given: Any) -> keras.callbacks.History:
    return model.fit(**given)


def rows(seed: int = 0, n: int = ROWS, features: int = 4) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, features)).astype("float32")


def classes(seed: int = 0, n: int = ROWS, number: int = 3) -> np.ndarray:
    return np.random.default_rng(seed + 100).integers(0, number, n)


def labeled_rows() -> Given:
    return {"x": rows(), "y": classes()}


def regression() -> Given:
    return {"x": rows(), "y": rows(1, features=3)}


def compiled(
    model: keras.Model, loss: Any = "mse", optimizer: Any = "sgd", **options: Any
) -> keras.Model:
    model.compile(optimizer, loss, **options)
    return model


def small(n_outputs: int = 3, activation: str | None = None, **options: Any) -> keras.Model:
    """Build the smallest network with a hidden layer, compiled for regression."""
    first = keras.layers.Dense(5, activation="tanh")
    last = keras.layers.Dense(n_outputs, activation=activation)
    return compiled(keras.Sequential([keras.Input((4,)), first, last]), **options)


def classifier(**options: Any) -> keras.Model:
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return small(**{"loss": loss, "metrics": ["accuracy"], **options})


def recorder(hooks: Sequence[str]) -> keras.callbacks.Callback:
    """Create a callback that overrides only these hooks and records their calls.

    An event is the hook, its number, the names and values of its logs, and the iterations of
    the optimizer, which show how many steps the weights have seen.
    """

    def method(hook: str) -> Callable[..., None]:
        def record(self: Any, *args: Any, **named: Any) -> None:
            number, logs = [*args, *named.values()] if len(args) + len(named) > 1 else (None, *args)
            if len(args) == len(named) == 0:
                logs = None
            names = None if logs is None else list(logs)
            values = [copied(value) for value in (logs or {}).values()]
            steps = getattr(getattr(self.model, "optimizer", None), "iterations", 0)
            self.events.append((hook, number, names, values, int(steps)))

        return record

    body = {hook: method(hook) for hook in hooks}
    created = type("Recorder", (keras.callbacks.Callback,), body)()
    created.events = []
    return created


def copied(value: Any) -> Any:
    return value if type(value) is float else np.array(value)


def run(case: Case, runner: Runner, hooks: Sequence[str] = UNWATCHED) -> Outcome:
    """Build the case from the same seed and run it; the names of layers start over, too."""
    keras.backend.clear_session(free_memory=False)
    keras.utils.set_random_seed(0)
    model, given = case.model(), case.given()
    recorded = recorder(hooks)
    callbacks = given.pop("callbacks", [])
    options = {"batch_size": BATCH, "epochs": 2, "shuffle": False, "verbose": 0}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        history = runner(model, **{**options, **given, "callbacks": [*callbacks, recorded]})
    warned = {str(w.message) for w in caught if w.category is UserWarning}
    # fit warns that datasets are not shuffled; the default of train shuffles only arrays
    warned = {text for text in warned if not text.startswith("`shuffle=True` was passed")}
    return Outcome(model, history.history, history.epoch, recorded.events, warned)


@functools.lru_cache(maxsize=32)  # several tests of one file compare with the same run
def fitted_once(case: Case) -> Outcome:
    return run(case, fit, WATCHED)


def compare(case: Case, hooks: Sequence[str] = UNWATCHED, **of_train: Any) -> list[Outcome]:
    """Assert that train does what fit does, and return what both leave behind."""
    if case.fails:
        with pytest.raises(Exception, match=case.fails):
            run(case, fit, hooks)
        with pytest.raises(Exception) as error:  # noqa: PT011 (one sentence, not fit's)
            run(case, functools.partial(train, **of_train), hooks)
        assert not isinstance(error.value, TypeError) or "argument" not in str(error.value)
        return []
    fitted = fitted_once(case)
    trained = run(case, functools.partial(train, **of_train), hooks)
    events = [event for event in fitted.events if event[0] in hooks]
    assert_same_events(events, trained.events, case.rtol)
    assert_equal(fitted.epochs, trained.epochs, "epochs")
    assert_same_logs(fitted.history, trained.history, case.rtol)
    assert_same_variables(fitted.model, trained.model, case.rtol)
    assert_equal(fitted.warned, trained.warned, "warnings")
    return [fitted, trained]


def assert_same_events(one: list[Event], other: list[Event], rtol: float = 1e-4) -> None:
    """Compare hooks in order, their numbers, the names of their logs, and then the values."""
    calls = [[(event[:3], event[4]) for event in events] for events in (one, other)]
    for i, (expected, found) in enumerate(itertools.zip_longest(*calls)):
        assert found == expected, f"hook {i}: expected {expected}, got {found}"
    for (hook, number, names, values, _), (*_, others, _) in zip(one, other, strict=True):
        for name, value, found in zip(names or [], values, others, strict=True):
            assert_equal(type(value), type(found), f"type of {name} in {hook} {number}")
            assert_close(value, found, rtol, f"{hook} {number} {name}")


def assert_same_logs(one: Mapping[str, Any], other: Mapping[str, Any], rtol: float = 1e-4) -> None:
    assert_equal(list(one), list(other), "names")
    for name in one:
        assert_equal(*(np.shape(logs[name])[:1] for logs in (one, other)), name)
        assert_close(one[name], other[name], rtol, name)


def assert_same_variables(one: keras.Model, other: keras.Model, rtol: float = 1e-4) -> None:
    """Compare weights, statistics, states of random layers, metrics and the optimizer."""
    assert_equal(*([v.shape for v in m.variables] for m in (one, other)), "variables")
    for a, b in zip(one.variables, other.variables, strict=True):
        assert_close(a, b, rtol, a.path)
    optimizers = [getattr(model, "optimizer", None) for model in (one, other)]
    lists = [getattr(optimizer, "variables", []) for optimizer in optimizers]
    for a, b in zip(*lists, strict=True):
        assert_close(a, b, rtol, a.path)


def assert_equal(expected: Any, found: Any, name: str) -> None:
    assert found == expected, f"{name}: expected {expected}, got {found}"


def assert_close(one: Any, other: Any, rtol: float, name: str) -> None:
    a, b = (keras.ops.convert_to_numpy(value) for value in (one, other))
    if a.dtype.kind in "OSU":
        np.testing.assert_array_equal(b, a, err_msg=name)
        return
    np.testing.assert_allclose(
        b.astype("float64"), a.astype("float64"), rtol=rtol, atol=1e-6, err_msg=name
    )
