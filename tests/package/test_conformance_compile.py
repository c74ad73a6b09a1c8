"""What compile receives: every optimizer, loss, metric and option acts as in fit."""

import functools
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest

from tests.package.conformance_cases import (
    PARTIAL,
    UNWATCHED,
    WATCHED,
    Case,
    Given,
    classes,
    classifier,
    compare,
    compiled,
    labeled_rows,
    regression,
    rows,
    small,
)

pytestmark = pytest.mark.slow


def scheduled() -> Any:
    return keras.optimizers.schedules.ExponentialDecay(0.1, 2, 0.5)


OPTIMIZERS = {
    "SGD": lambda: keras.optimizers.SGD(0.1),
    "SGD with momentum": lambda: keras.optimizers.SGD(0.1, 0.9, nesterov=True),
    "RMSprop": lambda: keras.optimizers.RMSprop(0.01, momentum=0.5, centered=True),
    "Adam": lambda: keras.optimizers.Adam(0.01, amsgrad=True),
    "AdamW": lambda: keras.optimizers.AdamW(0.01, weight_decay=0.1),
    "Adadelta": lambda: keras.optimizers.Adadelta(0.1),
    "Adagrad": lambda: keras.optimizers.Adagrad(0.1),
    "Adamax": lambda: keras.optimizers.Adamax(0.01),
    "Adafactor": lambda: keras.optimizers.Adafactor(0.01),
    "Nadam": lambda: keras.optimizers.Nadam(0.01),
    "Ftrl": lambda: keras.optimizers.Ftrl(0.1),
    "Lion": lambda: keras.optimizers.Lion(0.001),
    "Lamb": lambda: keras.optimizers.Lamb(0.01),
    "Muon": lambda: keras.optimizers.Muon(0.01),
    "average of the weights": lambda: keras.optimizers.Adam(0.01, use_ema=True),
    "average that overwrites": lambda: keras.optimizers.SGD(
        0.1, use_ema=True, ema_momentum=0.5, ema_overwrite_frequency=3
    ),
    "clipnorm": lambda: keras.optimizers.SGD(0.1, clipnorm=0.01),
    "global_clipnorm": lambda: keras.optimizers.SGD(0.1, global_clipnorm=0.01),
    "clipvalue": lambda: keras.optimizers.SGD(0.1, clipvalue=0.01),
    "accumulated gradients": lambda: keras.optimizers.SGD(0.1, gradient_accumulation_steps=3),
    "schedule": lambda: keras.optimizers.SGD(scheduled()),
    "schedule with warmup": lambda: keras.optimizers.Adam(
        keras.optimizers.schedules.CosineDecay(0.0, 4, warmup_target=0.01, warmup_steps=2)
    ),
    "loss_scale_factor": lambda: keras.optimizers.SGD(0.1, loss_scale_factor=8.0),
    "LossScaleOptimizer": lambda: keras.optimizers.LossScaleOptimizer(
        keras.optimizers.SGD(0.1), initial_scale=2.0, dynamic_growth_steps=2
    ),
    "by name": lambda: "adam",
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_steps_as_in_fit(name: str) -> None:
    def model() -> keras.Model:
        return classifier(optimizer=OPTIMIZERS[name](), metrics=[])

    compare(Case(model, labeled_rows))


def one_hot() -> Given:
    return {"x": rows(), "y": np.eye(3, dtype="float32")[classes()]}


def binary() -> Given:
    return {"x": rows(), "y": classes(number=2)[:, None]}


def weighted(given: Callable[[], Given]) -> Callable[[], Given]:
    return lambda: given() | {"sample_weight": np.linspace(0, 2, len(given()["x"]))}


def distance(y_true: Any, y_pred: Any) -> Any:
    return keras.ops.abs(y_true - y_pred)  # (batch, outputs): fit takes the mean


class Shares(keras.metrics.Metric):
    """A metric whose result is a dict."""

    def __init__(self, name: str = "shares") -> None:
        super().__init__(name=name)
        self.sums = self.add_variable((3,), "zeros")

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        del y_true, sample_weight
        self.sums.assign_add(keras.ops.sum(y_pred, 0))

    def result(self) -> dict[str, Any]:
        return {"first": self.sums[0], "second": self.sums[1]}


class NeverReset(keras.metrics.MeanSquaredError):
    """A metric that continues over epochs."""

    def reset_state(self) -> None:
        pass


losses = keras.losses
LOSSES: dict[str, tuple[Any, Callable[[], Given], str | None]] = {
    "by name": ("mse", regression, None),
    "function": (distance, regression, None),
    "Huber": (losses.Huber(), regression, None),
    "sum": (losses.MeanAbsoluteError(reduction="sum"), regression, None),
    "weighted mean": (
        losses.MeanSquaredError(reduction="mean_with_sample_weight"),
        weighted(regression),
        None,
    ),
    "cosine": (losses.CosineSimilarity(), regression, None),
    "crossentropy": (losses.CategoricalCrossentropy(label_smoothing=0.1), one_hot, "softmax"),
    "sparse, ignored class": (
        losses.SparseCategoricalCrossentropy(ignore_class=1),
        labeled_rows,
        "softmax",
    ),
    "focal": (losses.CategoricalFocalCrossentropy(), one_hot, "softmax"),
    "hinge": (losses.CategoricalHinge(), one_hot, None),
    "KL divergence": (losses.KLDivergence(), one_hot, "softmax"),
    "Poisson": (losses.Poisson(), one_hot, "softplus"),
    "Dice": (losses.Dice(), one_hot, "sigmoid"),
}


@pytest.mark.parametrize("name", LOSSES)
def test_every_loss_counts_as_in_fit(name: str) -> None:
    loss, given, activation = LOSSES[name]
    compare(Case(lambda: small(activation=activation, loss=loss), given))


metrics = keras.metrics
METRICS: dict[str, tuple[Callable[[], Given], Callable[[], Given]]] = {
    "names": (regression, lambda: {"metrics": ["mae", "mse"]}),
    "function": (regression, lambda: {"metrics": [distance]}),
    "nested": (regression, lambda: {"metrics": [["mae", distance]]}),
    "own name": (regression, lambda: {"metrics": [metrics.MeanSquaredError(name="squared")]}),
    "same name twice": (
        regression,
        lambda: {"metrics": [metrics.MeanSquaredError(), metrics.MeanSquaredError()]},
    ),
    "R2 of each output": (
        regression,
        lambda: {"metrics": [metrics.R2Score(class_aggregation=None)]},
    ),
    "not reset": (regression, lambda: {"metrics": [NeverReset()]}),
    "dict": (regression, lambda: {"metrics": [Shares()]}),
    "two dicts": (regression, lambda: {"metrics": [Shares(), "mae", Shares("more")]}),
    "weighted": (
        weighted(regression),
        lambda: {
            "metrics": ["mae"],
            "weighted_metrics": [metrics.MeanAbsoluteError(name="weighted")],
        },
    ),
    "weighted only": (weighted(regression), lambda: {"weighted_metrics": ["mse", distance]}),
    "F1 of each class": (one_hot, lambda: {"metrics": [metrics.F1Score()]}),
    "F1 of all": (one_hot, lambda: {"metrics": [metrics.F1Score(average="macro"), "accuracy"]}),
    "AUC": (one_hot, lambda: {"metrics": [metrics.AUC(from_logits=True, multi_label=True)]}),
    "precision and recall": (
        one_hot,
        lambda: {"metrics": [metrics.Precision(0.3), metrics.Recall(0.3)]},
    ),
    "IoU": (one_hot, lambda: {"metrics": [metrics.OneHotMeanIoU(3), metrics.OneHotIoU(3, [0])]}),
    "top k": (
        one_hot,
        lambda: {"metrics": [metrics.TopKCategoricalAccuracy(2), "categorical_accuracy"]},
    ),
}


@pytest.mark.parametrize("name", METRICS)
def test_every_metric_is_reported_as_in_fit(name: str) -> None:
    given, options = METRICS[name]

    def validated() -> Given:
        made = given()
        return made | {"validation_data": (made["x"][:8], made["y"][:8])}

    hooks = WATCHED if name in ("dict", "F1 of each class") else UNWATCHED
    compare(Case(lambda: small(**options()), validated), hooks)


def two_heads(**options: Any) -> keras.Model:
    inputs = {name: keras.Input((4,), name=name) for name in "ab"}
    both = keras.layers.Concatenate()(list(inputs.values()))
    heads = {
        name: keras.layers.Dense(n, name=name)(both) for name, n in (("left", 1), ("right", 2))
    }
    return compiled(keras.Model(inputs, heads), **options)


def listed_heads(**options: Any) -> keras.Model:
    inputs = keras.Input((4,))
    heads = [keras.layers.Dense(n, name=name)(inputs) for name, n in (("left", 1), ("right", 2))]
    return compiled(keras.Model(inputs, heads), **options)


def named(n: int = PARTIAL) -> Given:
    x = rows(n=n)
    return {"x": {"a": x, "b": -x}, "y": {"left": x[:, :1], "right": x[:, 1:3]}}


def listed(n: int = PARTIAL) -> Given:
    x = rows(n=n)
    return {"x": x, "y": [x[:, :1], x[:, 1:3]]}


def weights_of_outputs() -> Given:
    linear = np.linspace(0, 2, PARTIAL)
    return named() | {"sample_weight": {"left": linear, "right": linear[::-1]}}


def validated_heads() -> Given:
    given = named()
    return given | {"validation_data": (given["x"], given["y"], np.linspace(0, 1, PARTIAL))}


by_output = {"left": "mse", "right": "mae"}
OUTPUTS: dict[str, tuple[Callable[..., keras.Model], Callable[[], Given], Given]] = {
    "one loss": (two_heads, named, {"loss": "mse"}),
    "loss of each": (two_heads, named, {"loss": by_output}),
    "loss weights": (
        two_heads,
        named,
        {"loss": by_output, "loss_weights": {"left": 2, "right": 1}},
    ),
    "one without loss": (two_heads, named, {"loss": {"left": "mse"}}),
    "metrics": (
        two_heads,
        named,
        {"loss": by_output, "metrics": {"left": ["mae"], "right": "mse"}},
    ),
    "weights of each": (two_heads, weights_of_outputs, {"loss": by_output}),
    "weighted metrics": (
        two_heads,
        weights_of_outputs,
        {"loss": by_output, "weighted_metrics": {"right": ["mae"]}},
    ),
    "validated": (two_heads, validated_heads, {"loss": by_output, "metrics": {"left": "mae"}}),
    "list of losses": (listed_heads, listed, {"loss": ["mse", "mae"], "loss_weights": [1, 3]}),
    "lists of metrics": (
        listed_heads,
        listed,
        {"loss": "mse", "metrics": [["mae"], ["mse", "mae"]]},
    ),
    "list, losses by name": (listed_heads, listed, {"loss": by_output}),
}


@pytest.mark.parametrize("name", OUTPUTS)
def test_every_output_counts_and_is_reported_as_in_fit(name: str) -> None:
    make, given, options = OUTPUTS[name]
    compare(Case(lambda: make(**options), given))


OPTIONS: dict[str, Given] = {
    "eager": {"run_eagerly": True},
    "two steps per execution": {"steps_per_execution": 2},
    "four steps per execution": {"steps_per_execution": 4},
    "more steps per execution than steps": {"steps_per_execution": 100},
    "XLA": {"jit_compile": True},
    "no XLA": {"jit_compile": False},
    "no scaling": {"auto_scale_loss": False},
}


def validated() -> Given:
    x, y = rows(n=PARTIAL), classes(n=PARTIAL)
    return {"x": x, "y": y, "validation_data": (x[:12], y[:12])}


COMPILED = {
    name: Case(functools.partial(classifier, **options), validated)
    for name, options in OPTIONS.items()
}


@pytest.mark.parametrize("hooks", [UNWATCHED, WATCHED], ids=["unwatched", "watched"])
@pytest.mark.parametrize("name", COMPILED)
def test_every_option_of_compile_acts_as_in_fit(name: str, hooks: tuple[str, ...]) -> None:
    compare(COMPILED[name], hooks)
