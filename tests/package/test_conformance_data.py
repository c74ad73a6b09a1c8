"""Data of every kind: train does what fit does, or refuses what fit refuses."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
import scipy.sparse
import tensorflow as tf

from tests.package.conformance_cases import (
    PARTIAL,
    ROWS,
    UNWATCHED,
    WATCHED,
    Case,
    Given,
    assert_same_logs,
    classes,
    classifier,
    compare,
    compiled,
    fit,
    rows,
    run,
    small,
)
from tests.package.conformance_data import (
    KINDS,
    STEPS,
    VALIDATIONS,
    WEIGHTS,
    Batches,
    batches,
    dataset,
    endless,
    generator,
    linear,
    one_hot,
    partial,
    ragged,
    whole,
)
from tfnotes.training import evaluate, train

pytestmark = pytest.mark.slow

BOTH = pytest.mark.parametrize("hooks", [UNWATCHED, WATCHED], ids=["unwatched", "watched"])


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_of_data_trains_as_in_fit(name: str) -> None:
    compare(Case(classifier, KINDS[name]))


@BOTH
@pytest.mark.parametrize("name", STEPS)
def test_numbers_of_steps_and_epochs_count_as_in_fit(name: str, hooks: tuple[str, ...]) -> None:
    compare(Case(classifier, STEPS[name]), hooks)


@pytest.mark.parametrize("name", VALIDATIONS)
def test_validation_runs_as_in_fit(name: str) -> None:
    compare(Case(classifier, VALIDATIONS[name]))


@pytest.mark.parametrize("name", ["with weights", "every second epoch", "split", "dataset"])
def test_validation_is_watched_as_in_fit(name: str) -> None:
    compare(Case(classifier, VALIDATIONS[name]), WATCHED)


@pytest.mark.parametrize("name", WEIGHTS)
def test_weights_count_as_in_fit(name: str) -> None:
    compare(Case(lambda: classifier(weighted_metrics=["accuracy"], metrics=["accuracy"]),
                 WEIGHTS[name]))  # fmt: skip


def temporal() -> keras.Model:
    layers = [keras.Input((5, 2)), keras.layers.Dense(3)]
    return compiled(keras.Sequential(layers), weighted_metrics=["mae"])


def labels_of_images() -> keras.Model:
    layers = [keras.Input((2, 2, 1)), keras.layers.Conv2D(3, 1, activation="softmax")]
    return compiled(keras.Sequential(layers), "sparse_categorical_crossentropy")


def of_ragged() -> keras.Model:
    mean = keras.layers.Lambda(lambda x: tf.reduce_mean(x, 1), output_shape=(4,))
    inputs = keras.Input((None, 4), ragged=True)
    return compiled(keras.Model(inputs, keras.layers.Dense(3)(mean(inputs))))


def of_strings() -> keras.Model:
    def model(x: Any) -> Any:
        return tf.strings.length(x)[:, None]

    layers = [keras.Input((), dtype="string"), keras.layers.Lambda(model, output_shape=(1,))]
    return compiled(keras.Sequential([*layers, keras.layers.Dense(1)]))


def pixels() -> Given:
    x = rows(n=PARTIAL).reshape(-1, 2, 2, 1)
    return {"x": x, "y": classes(0, 4 * PARTIAL).reshape(-1, 2, 2)}


def steps() -> Given:
    x = rows(n=PARTIAL, features=10).reshape(-1, 5, 2)
    weights = rows(2, PARTIAL, 5) ** 2
    return {"x": x, "y": rows(1, PARTIAL, 15).reshape(-1, 5, 3), "sample_weight": weights}


def categorical() -> keras.Model:
    return small(activation="softmax", loss="categorical_crossentropy")


def words(array: Any) -> Given:
    return {
        "x": array([["a", "bb", "ccc", "dd"][i % 4] for i in range(ROWS)]),
        "y": rows(features=1),
    }


SPECIAL = {
    "weights of steps": Case(temporal, steps),
    "classes of one-hot targets": Case(
        categorical, lambda: {"x": rows(), "y": one_hot[classes()], "class_weight": {0: 3.0}}
    ),
    "classes of pixels": Case(
        labels_of_images, lambda: pixels() | {"class_weight": {0: 3.0}}, fails="0-dimensional"
    ),
    "pixels": Case(labels_of_images, pixels),
    "ragged": Case(of_ragged, ragged),
    "strings in a tensor": Case(of_strings, lambda: words(tf.constant)),
    "strings in an array": Case(of_strings, lambda: words(np.array), fails="Invalid dtype"),
    "strings in an array of objects": Case(
        of_strings, lambda: words(lambda x: np.array(x, dtype=object))
    ),
    "sparse layers": Case(
        lambda: compiled(
            keras.Sequential([keras.Input((4,), sparse=True), keras.layers.Dense(3)])
        ),
        lambda: {"x": scipy.sparse.csr_matrix(rows() * (rows(1) > 0)), "y": rows(1, features=3)},
    ),
    "full batch, shuffled": Case(
        classifier, lambda: whole() | {"batch_size": ROWS, "shuffle": True}
    ),
    "dataset, shuffled": Case(classifier, lambda: {"x": dataset(), "shuffle": True}),
    "PyDataset of one batch, shuffled": Case(
        classifier, lambda: {"x": Batches(8), "shuffle": True}
    ),
    "dataset shuffled by its seed": Case(
        classifier,
        lambda: {"x": dataset().unbatch().shuffle(PARTIAL, seed=1).batch(8)},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SPECIAL)
def test_special_data_train_as_in_fit(name: str) -> None:
    compare(SPECIAL[name])


REFUSED: dict[str, tuple[Callable[[], Given], str]] = {
    "lists of numbers": (lambda: {"x": [[1.0] * 4], "y": [1]}, "Unrecognized data type"),
    "other numbers of rows": (lambda: {"x": rows(), "y": classes(n=9)}, "cardinality is ambiguous"),
    "two weights": (
        lambda: whole() | {"sample_weight": linear(ROWS), "class_weight": {0: 1.0}},
        "at the same time",
    ),
    "targets next to a dataset": (lambda: {"x": dataset(), "y": classes()}, "targets"),
    "targets next to a PyDataset": (lambda: {"x": Batches(), "y": classes()}, "targets"),
    "targets next to a generator": (lambda: {"x": generator(batches()), "y": classes()}, "targets"),
    "classes next to a generator": (
        lambda: {"x": generator(batches()), "class_weight": {0: 0.5}},
        "class_weight",
    ),
    "split of a dataset": (lambda: {"x": dataset(), "validation_split": 0.2}, "validation_split"),
    "split of everything": (lambda: whole() | {"validation_split": 1.0}, "validation_split"),
    "wrong number of columns": (lambda: {"x": rows(features=5), "y": classes()}, "shape"),
    "no callback": (lambda: whole() | {"callbacks": [3]}, "set_model"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_train_refuses_what_fit_refuses(name: str) -> None:
    given, message = REFUSED[name]
    compare(Case(classifier, given, fails=message))


EVALUATED: dict[str, Callable[[], Given]] = {
    "arrays": partial,
    "weights": lambda: partial() | {"sample_weight": linear(PARTIAL)},
    "batch size": lambda: partial() | {"batch_size": 3},
    "steps": lambda: partial() | {"batch_size": 3, "steps": 2},
    "dataset": lambda: {"x": dataset()},
    "weights in a dataset": lambda: {"x": dataset(weighted=True)},
    "endless dataset": lambda: {"x": dataset().repeat(), "steps": 2},
    "PyDataset": lambda: {"x": Batches()},
    "generator": lambda: {"x": generator(batches())},
    "endless generator": lambda: {"x": endless(), "steps": 2},
    "DataFrame": KINDS["DataFrame and Series"],
    "sparse": KINDS["tf.sparse"],
}


@pytest.mark.parametrize("name", EVALUATED)
def test_evaluate_reads_data_as_keras_does(name: str) -> None:
    keras.utils.set_random_seed(0)
    model = classifier()
    one = model.evaluate(**EVALUATED[name](), verbose=0, return_dict=True)
    assert_same_logs(one, evaluate(model, **EVALUATED[name]()))


@pytest.mark.parametrize("options", [{}, {"steps_per_epoch": 2}], ids=["whole", "steps"])
def test_a_pydataset_is_told_of_as_many_epochs_as_in_fit(options: Given) -> None:
    read = [Batches(), Batches()]
    outcomes = [
        run(Case(classifier, lambda x=x: {"x": x, "epochs": 3, **options}), runner)
        for x, runner in zip(read, (fit, train), strict=True)
    ]
    assert_same_logs(*(outcome.history for outcome in outcomes))
    assert read[0].ended == read[1].ended > 0


def test_shuffled_rows_are_a_permutation_that_depends_on_the_seed() -> None:
    def shuffled(seed: int | None) -> list[float]:
        given = partial() | {"shuffle": True, "epochs": 1}
        outcome = run(Case(classifier, lambda: given), lambda m, **o: train(m, seed=seed, **o))
        return [float(value) for value in outcome.history["loss"]]

    assert shuffled(1) == shuffled(1) != shuffled(2)
