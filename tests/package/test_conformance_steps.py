"""Own steps, losses and metrics of a model count in train as in fit."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.package import conformance_steps as steps
from tests.package.conformance_cases import (
    PARTIAL,
    UNWATCHED,
    WATCHED,
    Case,
    Given,
    assert_same_logs,
    compare,
    compiled,
    rows,
)
from tfnotes.training import evaluate

pytestmark = pytest.mark.slow


def targets() -> Given:
    x, y = rows(n=PARTIAL), rows(1, PARTIAL, 3)
    return {"x": x, "y": y, "validation_data": (x[:8], y[:8])}


def without_validation() -> Given:
    return {name: value for name, value in targets().items() if name != "validation_data"}


def unlabeled() -> Given:
    return {"x": rows(n=PARTIAL)}


def validated_unlabeled() -> Given:
    return {"x": rows(n=PARTIAL), "validation_data": (rows(1),)}


def weighted() -> Given:
    return targets() | {"sample_weight": np.linspace(0, 2, PARTIAL)}


def gan(critic_steps: int = 1) -> keras.Model:
    model = steps.Gan(critic_steps)
    optimizers = keras.optimizers.Adam(0.01), keras.optimizers.SGD(0.1)
    model.compile(*optimizers, keras.losses.BinaryCrossentropy(from_logits=True))
    return model


def distilled() -> keras.Model:
    model = steps.Distilled()
    model.compile(
        optimizer="sgd", loss="mse", metrics=["mae"],
        distance=keras.losses.MeanAbsoluteError(), alpha=0.3,
    )  # fmt: skip
    return model


def without_loss(make: Callable[[], keras.Model], **options: Any) -> Callable[[], keras.Model]:
    def model() -> keras.Model:
        made = make()
        made.compile(keras.optimizers.SGD(0.1), **options)
        return made

    return model


def fully(make: Callable[[], keras.Model], **options: Any) -> Callable[[], keras.Model]:
    return lambda: compiled(make(), "mse", metrics=["mae"], **options)


def through_python(y_true: Any, y_pred: Any) -> Any:
    """Compute a loss whose weights come from NumPy, which XLA cannot compile."""
    weights = tf.numpy_function(lambda v: np.abs(v).astype("float32"), [y_true], tf.float32)
    return tf.reduce_mean(tf.reshape(weights, (-1, 3)) * (y_true - y_pred) ** 2, 1)


CASES = {
    "own loss": Case(without_loss(steps.OwnLoss), without_validation),
    "own trackers": Case(without_loss(steps.OwnTrackers), targets),
    "changed data": Case(fully(steps.Changed), targets),
    "changed data with weights": Case(fully(steps.Changed), weighted),
    "own test_step": Case(fully(steps.OwnTest), targets),
    "own compute_loss": Case(fully(steps.ExtraLoss), targets),
    "own compute_metrics": Case(fully(steps.ExtraMetric), targets),
    "own reset_metrics": Case(fully(steps.NeverResetting), without_validation),
    "number that is no metric": Case(fully(steps.GradientNorm), without_validation),
    "every second batch": Case(without_loss(steps.TwoSteps), without_validation),
    "without targets": Case(fully(steps.Noisy), unlabeled),
    "moving average of a student": Case(fully(steps.Teacher), targets),
    "gradient of a gradient": Case(without_loss(steps.Smooth), without_validation),
    "distillation": Case(distilled, targets),
    "GAN": Case(gan, unlabeled),
    "GAN with three critic steps": Case(lambda: gan(3), unlabeled),
    "VAE": Case(without_loss(steps.Vae), validated_unlabeled),
    "loss through Python": Case(
        lambda: compiled(steps.Own(), through_python), without_validation
    ),
    "own step, eager": Case(without_loss(steps.OwnTrackers, run_eagerly=True), targets),
    "own step, two per execution": Case(
        without_loss(steps.OwnTrackers, steps_per_execution=2), targets
    ),
    "own step, XLA": Case(without_loss(steps.OwnTrackers, jit_compile=True), targets),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_every_own_step_is_taken_as_in_fit(name: str) -> None:
    compare(CASES[name])


@pytest.mark.parametrize("name", ["own loss", "own trackers", "own test_step", "GAN", "VAE"])
def test_own_steps_are_watched_as_in_fit(name: str) -> None:
    compare(CASES[name], WATCHED)


@pytest.mark.parametrize("name", ["own trackers", "own compute_loss"])
def test_own_steps_compile_with_xla_on_request(name: str) -> None:
    compare(CASES[name], UNWATCHED, jit_compile=True)


@pytest.mark.parametrize("name", ["own trackers", "own compute_loss", "own compute_metrics"])
def test_own_test_steps_count_in_evaluate(name: str) -> None:
    model, given = CASES[name].model(), without_validation()
    one = model.evaluate(**given, verbose=0, return_dict=True)
    assert_same_logs(one, evaluate(model, **given))
