"""Callbacks are called in train as in fit: each hook, its order, its logs, and its effects."""

import re
from typing import Any

import keras
import numpy as np
import pytest
from keras.callbacks import SwapEMAWeights, TerminateOnNaN

from tests.package.conformance_callbacks import (
    CALLBACKS,
    HOOKS,
    Change,
    Others,
    Seen,
    Stop,
    hooked,
    on_lambda,
    recompile,
    validated,
)
from tests.package.conformance_cases import (
    UNWATCHED,
    WATCHED,
    Case,
    Given,
    Runner,
    assert_same_events,
    assert_same_logs,
    assert_same_variables,
    classifier,
    compare,
    compiled,
    fit,
    recorder,
    rows,
    run,
    small,
)
from tfnotes.training import train

pytestmark = pytest.mark.slow


def observed(make: Any, model: Any = classifier, given: Any = validated, **of_case: Any) -> None:
    """Compare runs with these callbacks, and what the callbacks have recorded."""
    seen: list[Seen] = []

    def with_callbacks() -> Given:
        seen.append([])
        return {"epochs": 3, **given(), "callbacks": make(seen[-1])}

    compare(Case(model, with_callbacks, **of_case))
    fitted, trained = seen
    assert_same_seen(fitted, trained)


def assert_same_seen(one: Any, other: Any) -> None:
    keras.tree.assert_same_structure(one, other)
    for a, b in zip(keras.tree.flatten(one), keras.tree.flatten(other), strict=True):
        if isinstance(a, float | np.floating):
            assert b == pytest.approx(a, rel=1e-4, abs=1e-6)
        else:
            assert a == b


@pytest.mark.parametrize("name", CALLBACKS)
def test_every_callback_sees_and_does_what_it_does_in_fit(name: str) -> None:
    observed(CALLBACKS[name])


@pytest.mark.parametrize("hook", HOOKS)
def test_a_callback_with_a_single_hook_is_called_as_in_fit(hook: str) -> None:
    observed(lambda seen: [hooked(hook, seen)])


@pytest.mark.parametrize("hook", [hook for hook in HOOKS if "on_batch" not in hook])
def test_a_lambda_callback_is_called_as_in_fit(hook: str) -> None:
    observed(lambda seen: [on_lambda(hook, seen)])


def averaging() -> keras.Model:
    return classifier(optimizer=keras.optimizers.SGD(0.1, use_ema=True, ema_momentum=0.5))


def broken() -> Given:
    given = validated()
    given["x"][9] = np.nan  # row 9 is in the second batch
    return given


EFFECTS: dict[str, tuple[Any, Any, Any, str]] = {
    "averages in evaluation": (lambda _: [SwapEMAWeights()], averaging, validated, ""),
    "averages after epochs": (
        lambda _: [SwapEMAWeights(swap_on_epoch=True)], averaging, validated, ""),
    "averages that do not exist": (
        lambda _: [SwapEMAWeights()], classifier, validated, "ema"),
    "loss that is not a number": (lambda _: [TerminateOnNaN()], classifier, broken, ""),
    "loss that is not a number, raised": (
        lambda _: [TerminateOnNaN(raise_error=True)], classifier, broken, "NaN or Inf"),
    "compiled in a run": (
        lambda _: [Change("on_epoch_end", recompile)], classifier, validated, "callable"),
    "another model in a callback": (
        lambda seen: [Others(classifier(), seen)], classifier, validated, ""),
    "stop with steps per execution": (
        lambda _: [Stop("on_train_batch_end")],
        lambda: classifier(steps_per_execution=2), validated, ""),
}  # fmt: skip


@pytest.mark.parametrize("name", EFFECTS)
def test_every_effect_is_that_of_fit(name: str) -> None:
    make, model, given, fails = EFFECTS[name]
    if not fails:
        observed(make, model, given)
        return
    compare(Case(model, lambda: given() | {"epochs": 3, "callbacks": make([])}, fails=fails))


class Raised(keras.callbacks.Callback):
    def __init__(self, hook: str, error: type[BaseException]) -> None:
        super().__init__()
        self.calls = 0

        def fail(number: int, logs: Any = None) -> None:
            del number, logs
            self.calls += 1
            if self.calls == 2:
                raise error("stop")

        setattr(self, hook, fail)


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
@pytest.mark.parametrize("hook", ["on_train_batch_end", "on_epoch_end", "on_test_batch_begin"])
def test_an_error_in_a_callback_leaves_what_it_leaves_in_fit(
    hook: str, error: type[BaseException]
) -> None:
    def broken_off(runner: Runner) -> Any:
        left: list[Any] = []

        def kept(model: keras.Model, callbacks: Any, **given: Any) -> Any:
            left.extend([model, callbacks[-1]])
            return runner(model, callbacks=callbacks, **given)

        with pytest.raises(error, match="stop"):
            run(Case(classifier, lambda: validated() | {"callbacks": [Raised(hook, error)]}), kept)
        return left

    fitted, trained = broken_off(fit), broken_off(train)
    assert_same_events(fitted[1].events, trained[1].events)
    assert_same_variables(fitted[0], trained[0])


FORMS: dict[str, Any] = {
    "one": lambda callback: callback,
    "tuple": lambda callback: (callback,),
    "nested": lambda callback: [[callback], []],
    "None": lambda _: None,
    "empty": lambda _: [],
}


@pytest.mark.parametrize("hooks", [UNWATCHED, WATCHED], ids=["unwatched", "watched"])
@pytest.mark.parametrize("form", FORMS)
def test_callbacks_are_accepted_in_every_form(form: str, hooks: tuple[str, ...]) -> None:
    events = []
    for runner in (fit, train):
        callback = recorder(hooks)

        def alone(model: keras.Model, runner=runner, callback=callback, **given: Any) -> Any:
            return runner(model, **{**given, "callbacks": FORMS[form](callback)})

        run(Case(classifier, validated), alone)
        events.append(callback.events)
    assert_same_events(*events)
    assert bool(events[0]) == (form not in ("None", "empty"))


@pytest.mark.parametrize("hooks", [UNWATCHED, WATCHED], ids=["unwatched", "watched"])
def test_a_callback_list_is_used_as_it_is(hooks: tuple[str, ...]) -> None:
    events, counts = [], []
    for runner in (fit, train):
        callback = recorder(hooks)

        def listed(model: keras.Model, runner=runner, callback=callback, **given: Any) -> Any:
            several = keras.callbacks.CallbackList(
                [callback], add_history=True, model=model, epochs=2, steps=3
            )
            history = runner(model, **{**given, "callbacks": several})
            counts.append(len(several.callbacks))
            return history

        run(Case(classifier, validated), listed)
        events.append(callback.events)
    assert_same_events(*events)
    assert counts == [2, 2]


@pytest.mark.parametrize("verbose", [0, 1, 2, "auto"])
def test_the_output_ends_as_in_fit(verbose: Any, capsys: pytest.CaptureFixture[str]) -> None:
    texts = []
    before = keras.utils.is_interactive_logging_enabled()
    keras.utils.enable_interactive_logging()
    try:
        for runner in (fit, train):
            run(Case(classifier, lambda: validated() | {"verbose": verbose}), runner)
            texts.append(capsys.readouterr().out)
    finally:
        if not before:
            keras.utils.disable_interactive_logging()
    ends = [re.split(r"[\n\r\b]+", text.strip()) for text in texts]
    lasts = [re.sub(r"\S*m?s(/step)?(?= |$)|\x1b\[\S+|[━ ]", "", last[-1]) for last in ends]
    assert lasts[0] == lasts[1]
    assert bool(lasts[0]) == bool(verbose)


def test_the_history_is_that_of_the_last_call() -> None:
    kept = []
    for runner in (fit, train):
        outcome = run(Case(lambda: small(metrics=["mae"]), lambda: numbers(0)), runner)
        again = runner(outcome.model, **numbers(1), epochs=5, initial_epoch=3, shuffle=False,
                       verbose=0)  # fmt: skip
        assert outcome.model.history is again
        kept.append((again.epoch, again.history, again.params))
    assert kept[0][0] == kept[1][0] == [3, 4]
    assert_same_logs(kept[0][1], kept[1][1])
    assert kept[0][2] == kept[1][2]


def numbers(seed: int) -> Given:
    return {"x": rows(seed), "y": rows(seed + 1, features=3)}


def test_a_history_that_is_given_twice_continues() -> None:
    kept = []
    for runner in (fit, train):
        history = keras.callbacks.History()
        model = compiled(keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, "tanh")]))
        model.set_weights([np.full(w.shape, 0.1) for w in model.get_weights()])
        for _ in range(2):
            runner(model, **numbers(0), callbacks=[history], shuffle=False, verbose=0)
        kept.append(history)
    assert kept[0].epoch == kept[1].epoch
    assert_same_logs(kept[0].history, kept[1].history)
