"""A run resumes with the state of its optimizers, or with the changed settings of these."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from tests.package.resume_cases import (
    Pair,
    assert_same_values,
    broken_and_unbroken,
    compiled,
    go_on,
    plateau,
)
from tfnotes.training.checkpoint import Checkpoint

optimizers = keras.optimizers


def rate_of(model: keras.Model) -> float:
    return round(float(model.optimizer.learning_rate.numpy()), 7)


def test_changed_learning_rate_is_used_with_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    go_on(tmp_path, compiled(optimizers.Adam(0.001)), 2, [plateau()])
    capsys.readouterr()
    model = go_on(tmp_path, compiled(optimizers.Adam(0.01)), 3)
    line = f"tfnotes.train: learning rate 0.01 instead of 0.001 of the run in {tmp_path}\n"
    assert capsys.readouterr().out == line
    assert rate_of(model) == 0.01
    assert int(model.optimizer.iterations.numpy()) == 6
    again = go_on(tmp_path, compiled(optimizers.Adam(0.01)), 4)
    assert rate_of(again) == 0.01
    assert capsys.readouterr().out == ""


def test_rate_that_a_callback_changed_is_restored(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = go_on(tmp_path, compiled(), 2, [plateau()])
    assert rate_of(model) == 0.0001
    capsys.readouterr()
    assert rate_of(go_on(tmp_path, compiled(), 3)) == 0.0001
    assert rate_of(go_on(tmp_path, model, 4)) == 0.0001  # the same model, in this process
    assert capsys.readouterr().out == ""
    assert rate_of(go_on(tmp_path, compiled(), 5)) == 0.0001


class Falling(keras.callbacks.Callback):
    """Lower the rate at every step, and press Ctrl-C."""

    def __init__(self, last: int) -> None:
        super().__init__()
        self.last, self.epoch = last, 0

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        rate = self.model.optimizer.learning_rate
        rate.assign(rate * 0.5)
        if self.epoch == self.last:
            raise KeyboardInterrupt


def test_rate_of_an_interrupted_epoch_is_restored(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = compiled(optimizers.SGD(0.8))
    kept = Checkpoint(tmp_path, model, [])
    with pytest.raises(KeyboardInterrupt):
        go_on(tmp_path, model, 3, [Falling(1)])
    assert rate_of(model) == 0.1
    kept.end()
    go_on(tmp_path, model, 2, [Falling(-1)])
    assert rate_of(model) == 0.05
    assert capsys.readouterr().out == ""


def cosine(n_steps: int) -> Any:
    return optimizers.schedules.CosineDecay(0.1, n_steps)


@pytest.mark.parametrize(
    ("was", "now", "text"),
    [
        (0.1, 0.1, ""),
        (cosine(9), cosine(9), ""),
        (cosine(9), cosine(5), "CosineDecay(decay_steps=5) instead of CosineDecay(decay_steps=9)"),
        (0.1, cosine(9), "CosineDecay instead of 0.1"),
        (cosine(9), 0.1, "0.1 instead of CosineDecay"),
    ],
)
def test_another_schedule_is_used(
    was: Any, now: Any, text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = compiled(optimizers.SGD(was, momentum=0.9))
    go_on(tmp_path, first, 1)
    second = compiled(optimizers.SGD(now, momentum=0.9))
    Checkpoint(tmp_path, second, []).restore()
    assert capsys.readouterr().out.partition(" of the run")[0] == (
        text and f"tfnotes.train: learning rate {text}"
    )
    assert_same_values(first.optimizer.momentums, second.optimizer.momentums)
    assert int(second.optimizer.iterations.numpy()) == 2
    expected = now if isinstance(now, float) else now(2)
    np.testing.assert_allclose(second.optimizer.learning_rate, expected, rtol=1e-6)


@pytest.mark.parametrize(
    ("was", "now", "message"),
    [
        ("adam", "sgd", "expected the optimizer of its run, got another: SGD, was Adam; change"),
        (optimizers.SGD(), optimizers.SGD(momentum=0.9), "SGD with momentum 0.9, was 0"),
        (optimizers.Adam(), optimizers.Adam(amsgrad=True), "Adam with amsgrad True, was False"),
        (optimizers.Adam(use_ema=True), optimizers.Adam(), "Adam with use_ema False, was True"),
        (
            optimizers.Adam(), optimizers.Adam(gradient_accumulation_steps=2),
            "Adam with gradient_accumulation_steps 2, was None",
        ),
        (
            optimizers.LossScaleOptimizer(optimizers.Adam()), optimizers.Adam(),
            "Adam, was LossScaleOptimizer of Adam",
        ),
    ],
)  # fmt: skip
def test_optimizer_with_other_variables_is_refused(
    was: Any, now: Any, message: str, tmp_path: Path
) -> None:
    first, second = compiled(was), compiled(now)
    first.optimizer.build(first.trainable_variables)
    Checkpoint(tmp_path, first, []).save({"epochs": 1})
    before = second.get_weights()
    with pytest.raises(ValueError, match=message):
        Checkpoint(tmp_path, second, []).read()
    assert_same_values(second.get_weights(), before)


def test_other_settings_and_another_loss_are_used(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    go_on(tmp_path, compiled(optimizers.SGD(momentum=0.9, nesterov=True)), 1)
    smooth = keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=2)
    model = compiled(optimizers.SGD(momentum=0.8, nesterov=True, clipnorm=1.0), smooth)
    go_on(tmp_path, model, 2)
    end = f" of the run in {tmp_path}\n"
    assert capsys.readouterr().out == (
        "tfnotes.train: loss SparseCategoricalCrossentropy(ignore_class=2) instead of "
        f"SparseCategoricalCrossentropy(ignore_class=None){end}"
        f"tfnotes.train: clipnorm 1 instead of None{end}"
        f"tfnotes.train: momentum 0.8 instead of 0.9{end}"
    )
    assert model.optimizer.momentum == 0.8


OPTIMIZERS: dict[str, Callable[[], Any]] = {
    "loss scale": lambda: optimizers.LossScaleOptimizer(
        optimizers.Adam(), initial_scale=2.0**120, dynamic_growth_steps=2
    ),
    "averages": lambda: optimizers.Adam(use_ema=True, ema_overwrite_frequency=3),
    "accumulation": lambda: optimizers.SGD(gradient_accumulation_steps=3, momentum=0.9),
}


@pytest.mark.parametrize("optimizer", OPTIMIZERS.values(), ids=list(OPTIMIZERS))
def test_every_variable_of_the_optimizer_is_restored(
    optimizer: Callable[[], Any], tmp_path: Path
) -> None:
    resumed, unbroken = broken_and_unbroken(tmp_path, lambda: compiled(optimizer()))
    assert_same_values(resumed.get_weights(), unbroken.get_weights())
    assert_same_values(resumed.optimizer.variables, unbroken.optimizer.variables)


def pair() -> Pair:
    model = Pair()
    model.compile(optimizers.Adam(0.02), optimizers.RMSprop(0.01))
    model(np.zeros((1, 4), "float32"))
    return model


def test_both_optimizers_of_a_gan_are_restored(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    resumed, unbroken = broken_and_unbroken(tmp_path, pair)
    assert_same_values(resumed.variables, unbroken.variables)
    for name in ("d_optimizer", "g_optimizer"):
        found = [getattr(model, name).variables for model in (resumed, unbroken)]
        assert len(found[0]) > 3
        assert_same_values(*found)
    other = pair()
    other.g_optimizer = optimizers.SGD()
    with pytest.raises(ValueError, match="g_optimizer of its run, got another: SGD, was RMSprop"):
        Checkpoint(tmp_path / "run", other, []).read()
    del other.g_optimizer
    Checkpoint(tmp_path / "run", other, []).restore()
    assert "g_optimizer None instead of RMSprop of the run in" in capsys.readouterr().out
    assert_same_values(other.d_optimizer.variables, resumed.d_optimizer.variables)
