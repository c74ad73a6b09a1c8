"""Many calls on one model: train and fit do not disturb each other, and leave nothing behind."""

import functools
import gc
import weakref
from collections import Counter
from collections.abc import Callable
from typing import Any

import keras
import pytest
import tensorflow as tf

from tests.package.conformance_callbacks import freeze, halve
from tests.package.conformance_cases import (
    BATCH,
    PARTIAL,
    ROWS,
    UNWATCHED,
    WATCHED,
    Given,
    assert_same_events,
    assert_same_logs,
    assert_same_variables,
    classes,
    classifier,
    fit,
    recorder,
    rows,
)
from tests.package.conformance_data import dataset
from tfnotes.training import evaluate, train

pytestmark = pytest.mark.slow

RUNNERS = {"fit": fit, "train": train}
SAME: Given = {}


def compile_again(**options: Any) -> Callable[[keras.Model], None]:
    def act(model: keras.Model) -> None:
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile(**{"optimizer": "adam", "loss": loss, **options})

    return act


def frozen_and_compiled(model: keras.Model) -> None:
    freeze(model)
    compile_again()(model)


def one_batch(model: keras.Model) -> None:
    model.train_on_batch(rows(9, 4), classes(9, 4))


def set_rate(model: keras.Model) -> None:
    model.optimizer.learning_rate = 0.5


def evaluated(model: keras.Model) -> None:
    model.evaluate(rows(9), classes(9), verbose=0)


def predicted(model: keras.Model) -> None:
    model.predict(rows(9), verbose=0)


def nothing(model: keras.Model) -> None:
    del model


BETWEEN: dict[str, tuple[Callable[[keras.Model], None], Given]] = {
    "nothing": (nothing, SAME),
    "another optimizer": (compile_again(), SAME),
    "other metrics": (compile_again(metrics=["accuracy"], weighted_metrics=["accuracy"]), SAME),
    "eager from now on": (compile_again(run_eagerly=True), SAME),
    "two steps per execution": (compile_again(steps_per_execution=2), SAME),
    "frozen": (freeze, SAME),
    "frozen and compiled": (frozen_and_compiled, SAME),
    "another rate": (set_rate, SAME),
    "other weights": (halve, SAME),
    "evaluation": (evaluated, SAME),
    "prediction": (predicted, SAME),
    "one batch": (one_batch, SAME),
    "fewer rows": (nothing, {"x": rows(1, 9), "y": classes(1, 9)}),
    "other batch size": (nothing, {"batch_size": 5}),
    "a dataset": (nothing, {"x": dataset(), "y": None}),
    "weights of rows": (nothing, {"sample_weight": rows(3, ROWS, 1)[:, 0] ** 2}),
    "validation": (nothing, {"validation_data": (rows(2), classes(2))}),
    "later epochs": (nothing, {"initial_epoch": 2, "epochs": 4}),
}


@functools.cache
def two_fits(name: str, hooks: tuple[str, ...]) -> tuple[Any, ...]:
    return two_calls("fit fit", name, hooks)


def two_calls(pattern: str, name: str, hooks: tuple[str, ...]) -> tuple[Any, ...]:
    keras.backend.clear_session(free_memory=False)
    keras.utils.set_random_seed(0)
    model, act, options = classifier(), *BETWEEN[name]
    given: Given = {"x": rows(), "y": classes(), "batch_size": BATCH,
                    "epochs": 2, "shuffle": False, "verbose": 0}  # fmt: skip
    recorders = recorder(UNWATCHED), recorder(hooks)
    first, second = (RUNNERS[runner] for runner in pattern.split())
    logs = [first(model, **given, callbacks=[recorders[0]]).history]
    act(model)
    logs.append(second(model, **{**given, **options}, callbacks=[recorders[1]]).history)
    return model, logs, [r.events for r in recorders]


PATTERNS = [("train train", name) for name in BETWEEN] + [
    (mixed, name)
    for mixed in ("fit train", "train fit")
    for name in ("nothing", "compiled", "fewer rows", "a dataset", "later epochs")
    if name in BETWEEN
]  # frozen without compile: each keeps what it compiled first, so a mix can't be equal


@pytest.mark.parametrize(("pattern", "name"), PATTERNS)
def test_two_calls_do_what_two_calls_of_fit_do(pattern: str, name: str) -> None:
    hooks = WATCHED if name in ("nothing", "fewer rows", "a dataset") else UNWATCHED
    fitted, trained = two_fits(name, hooks), two_calls(pattern, name, hooks)
    for one, other in zip(fitted[2], trained[2], strict=True):
        assert_same_events(one, other)
    for one, other in zip(fitted[1], trained[1], strict=True):
        assert_same_logs(one, other)
    assert_same_variables(fitted[0], trained[0])


@pytest.mark.parametrize("order", ["evaluate first", "two models", "copy"])
def test_models_that_share_layers_train_as_with_fit(order: str) -> None:
    left: list[list[keras.Model]] = []
    for runner in (fit, train):
        keras.utils.set_random_seed(0)
        shared = keras.layers.Dense(4)
        models = [keras.Sequential([keras.Input((4,)), shared, keras.layers.Dense(3)])
                  for _ in range(2)]  # fmt: skip
        if order == "copy":
            models[1] = keras.models.clone_model(models[0])
            models[1].set_weights(models[0].get_weights())
        for model in models:
            compile_again(optimizer="sgd")(model)
        if order == "evaluate first":
            evaluated(models[0])
            evaluate(models[1], rows(9), classes(9))
        for model in (*models, *models):
            runner(model, x=rows(), y=classes(), shuffle=False, verbose=0)
        left.append(models)
    for one, other in zip(*left, strict=True):
        assert_same_variables(one, other)


class Counted(keras.Model):
    """Counts how often Python runs its call: once for each trace."""

    def __init__(self) -> None:
        super().__init__()
        self.dense, self.traces = keras.layers.Dense(3), 0

    def call(self, inputs: Any) -> Any:
        self.traces += 1
        return self.dense(inputs)


def counted() -> keras.Model:
    model = Counted()
    compile_again(metrics=["accuracy"])(model)
    return model


def through_evaluate(model: keras.Model, **given: Any) -> Any:
    return evaluate(model, given["x"], given["y"], batch_size=BATCH)


def run_with(hooks: tuple[str, ...], runner: Any = train, **options: Any) -> Any:
    def call(model: keras.Model, **given: Any) -> Any:
        return runner(model, **given, **options, callbacks=[recorder(hooks)])

    return call


CALLS = {
    "fit": fit,
    "train": train,
    "evaluate": through_evaluate,
    "train, watched": run_with(WATCHED),
    "train, unwatched": run_with(UNWATCHED),
    "train, XLA": run_with(UNWATCHED, jit_compile=True),
}


@pytest.mark.parametrize("n", [ROWS, PARTIAL])
@pytest.mark.parametrize("name", CALLS)
def test_a_second_call_traces_nothing(name: str, n: int) -> None:
    model, call = counted(), CALLS[name]
    given = {"x": rows(n=n), "y": classes(n=n), "batch_size": BATCH, "verbose": 0}
    validation = {} if name == "evaluate" else {"validation_data": (rows(1), classes(1))}
    counts = []
    for _ in range(3):
        call(model, **given, **validation)
        counts.append(model.traces)
    assert counts[0] > 0
    assert counts[1:] == counts[:1] * 2


def test_train_traces_as_often_for_many_epochs_as_for_one() -> None:
    counts = []
    for epochs in (1, 5):
        model = counted()
        train(model, rows(n=PARTIAL), classes(n=PARTIAL), batch_size=BATCH, epochs=epochs,
              validation_data=(rows(1), classes(1)), verbose=0)  # fmt: skip
        counts.append(model.traces)
    assert counts[0] == counts[1]


def living() -> Counter[str]:
    """Count the live objects that Python's collector tracks: all, and those of TensorFlow."""
    gc.collect()
    names = Counter(type(thing).__name__ for thing in gc.get_objects())
    tensors = sum(n for name, n in names.items() if name in ("EagerTensor", "ResourceVariable"))
    graphs = sum(n for name, n in names.items() if name in ("FuncGraph", "ConcreteFunction"))
    return Counter({"all": names.total(), "tensors": tensors, "graphs": graphs})


@pytest.mark.parametrize(
    ("name", "calls"), [("fit", 20), ("train", 80), ("evaluate", 40), ("train, watched", 20)]
)
def test_many_calls_leave_nothing_behind(name: str, calls: int) -> None:
    model, call = counted(), CALLS[name]
    given = {"x": rows(), "y": classes(), "batch_size": BATCH, "verbose": 0}
    for _ in range(5):
        call(model, **given)
    before = living()
    for _ in range(calls - 5):
        call(model, **given)
    grown = living()
    grown.subtract(before)
    assert grown["graphs"] <= 0
    assert grown["tensors"] <= 0
    assert grown["all"] < 300  # four per call; fit fills caches of about 100 once


@pytest.mark.parametrize("name", ["fit", "train", "evaluate"])
def test_a_model_that_is_deleted_is_collected(name: str) -> None:
    model = classifier()
    CALLS[name](model, x=rows(), y=classes(), batch_size=BATCH, verbose=0)
    reference = weakref.ref(model)
    kernel = weakref.ref(model.layers[0].kernel)
    del model
    gc.collect()
    assert reference() is None
    assert kernel() is None


@pytest.mark.parametrize("name", ["train", "evaluate"])
def test_other_numbers_of_rows_below_a_batch_are_not_traced_again(name: str) -> None:
    model = counted()
    counts = []
    for n in (3, 5, 6, 7):
        given = {"x": rows(n=n), "y": classes(n=n), "batch_size": BATCH}
        CALLS[name](model, **given, **({"verbose": 0} if name == "train" else {}))
        counts.append(model.traces)
    assert counts[1:] == counts[:1] * 3


def test_a_model_of_new_shapes_is_traced_once_for_each() -> None:
    model = counted()
    counts = []
    for n in (8, 16, 8, 16):
        train(model, rows(n=n), classes(n=n), batch_size=n, verbose=0)
        counts.append(model.traces)
    assert counts[1] == counts[2] == counts[3]
    assert tf.executing_eagerly()
