"""Every kind of data that fit receives, for the conformance suite."""

import itertools
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse
import tensorflow as tf
from keras.utils import PyDataset

from tests.package.conformance_cases import BATCH, PARTIAL, ROWS, Given, classes, rows


def whole() -> Given:
    return {"x": rows(), "y": classes()}


def partial() -> Given:
    return {"x": rows(n=PARTIAL), "y": classes(n=PARTIAL)}


def of_type(convert: Callable[[np.ndarray], Any]) -> Callable[[], Given]:
    """Round the rows to small integers, which every type can hold."""
    return lambda: {"x": convert(np.abs(rows()).round()), "y": classes()}


def batches(n: int = PARTIAL) -> list[tuple[np.ndarray, np.ndarray]]:
    x, y = rows(n=n), classes(n=n)
    return [(x[i : i + BATCH], y[i : i + BATCH]) for i in range(0, n, BATCH)]


def with_weights(n: int = PARTIAL) -> list[tuple[np.ndarray, ...]]:
    return [(x, y, np.linspace(0, 1, len(x), dtype="float32")) for x, y in batches(n)]


def generator(parts: list[Any]) -> Iterator[Any]:
    yield from parts


def endless(n: int = PARTIAL) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    yield from itertools.cycle(batches(n))


def dataset(n: int = PARTIAL, weighted: bool = False) -> tf.data.Dataset:
    parts: tuple[Any, ...] = rows(n=n), classes(n=n)
    if weighted:
        parts = *parts, np.linspace(0, 1, n)
    return tf.data.Dataset.from_tensor_slices(parts).batch(BATCH)


def unknown(n: int = PARTIAL) -> tf.data.Dataset:
    """Create a dataset whose size is found only by reading it."""
    return dataset(n).filter(lambda *_: True)


class Batches(PyDataset):
    """A PyDataset that counts its epochs."""

    def __init__(self, n: int = PARTIAL, weighted: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.n, self.weighted, self.ended = n, weighted, 0

    def __len__(self) -> int:
        return math.ceil(self.n / BATCH)

    def __getitem__(self, index: int) -> tuple[Any, ...]:
        return (with_weights if self.weighted else batches)(self.n)[index]

    def on_epoch_end(self) -> None:
        self.ended += 1


class Endless(Batches):
    """A PyDataset without a length."""

    @property
    def num_batches(self) -> int | None:
        return None

    def __getitem__(self, index: int) -> tuple[Any, ...]:
        return super().__getitem__(index % len(self))


def ragged() -> Given:
    lengths = [1 + i % 3 for i in range(ROWS)]
    flat = rows(n=sum(lengths)).reshape(-1, 4)
    return {"x": tf.RaggedTensor.from_row_lengths(flat, lengths), "y": rows(1, features=3)}


def sparse() -> np.ndarray:
    return rows() * (rows(1) > 0)


def frame() -> Given:
    return {"x": pd.DataFrame(rows(), columns=list("abcd")), "y": pd.Series(classes())}


KINDS: dict[str, Callable[[], Given]] = {
    "arrays": whole,
    "last batch is partial": partial,
    "one batch larger than the rows": lambda: whole() | {"batch_size": 100},
    "batches of one row": lambda: whole() | {"batch_size": 1, "epochs": 1},
    "default batch size": lambda: whole() | {"batch_size": None},
    "float64": of_type(lambda x: x.astype("float64")),
    "float16": of_type(lambda x: x.astype("float16")),
    "int64": of_type(lambda x: x.astype("int64")),
    "int32": of_type(lambda x: x.astype("int32")),
    "uint8": of_type(lambda x: x.astype("uint8")),
    "bool": of_type(lambda x: x > 0),
    "tf.Tensor": of_type(tf.constant),
    "tf.Tensor of float64": of_type(lambda x: tf.constant(x, "float64")),
    "tf.Variable": of_type(tf.Variable),
    "view of every second row": lambda: {"x": rows(n=2 * ROWS)[::2], "y": classes(n=2 * ROWS)[::2]},
    "column order": lambda: {"x": np.asfortranarray(rows()), "y": classes()},
    "targets of two dimensions": lambda: {"x": rows(), "y": classes()[:, None]},
    "targets of uint8": lambda: {"x": rows(), "y": classes().astype("uint8")},
    "DataFrame and Series": frame,
    "DataFrame of integers": lambda: {
        "x": pd.DataFrame(np.abs(rows()).round().astype(int)),
        "y": pd.DataFrame({"class": classes()}),
    },
    "tf.sparse": lambda: {"x": tf.sparse.from_dense(sparse()), "y": classes()},
    "scipy.sparse": lambda: {"x": scipy.sparse.csr_array(sparse()), "y": classes()},
    "dataset": lambda: {"x": dataset()},
    "dataset with weights": lambda: {"x": dataset(weighted=True)},
    "dataset of one batch shape": lambda: {"x": dataset(ROWS)},
    "dataset, prefetched and cached": lambda: {"x": dataset().cache().prefetch(2)},
    "dataset of unknown size": lambda: {"x": unknown()},
    "dataset of batches of changing size": lambda: {
        "x": tf.data.Dataset.range(4).flat_map(
            lambda n: tf.data.Dataset.from_tensors((tf.ones((n + 1, 4)), tf.zeros(n + 1)))
        )
    },
    "dataset from a generator": lambda: {
        "x": tf.data.Dataset.from_generator(
            batches,
            output_signature=(tf.TensorSpec((None, 4)), tf.TensorSpec((None,), "int64")),
        )
    },
    "PyDataset": lambda: {"x": Batches()},
    "PyDataset with weights": lambda: {"x": Batches(weighted=True)},
    "PyDataset with two workers": lambda: {"x": Batches(workers=2)},
    "PyDataset without a queue": lambda: {"x": Batches(workers=0)},
    "generator": lambda: {"x": generator(batches()), "epochs": 1},
    "generator with weights": lambda: {"x": generator(with_weights()), "epochs": 1},
    "generator that ends before the second epoch": lambda: {"x": generator(batches())},
}

STEPS: dict[str, Callable[[], Given]] = {  # combinations with numbers of steps
    "arrays": lambda: partial() | {"steps_per_epoch": 2, "epochs": 3},
    "arrays, more steps than batches": lambda: partial() | {"steps_per_epoch": 5, "epochs": 3},
    "dataset": lambda: {"x": dataset(), "steps_per_epoch": 2, "epochs": 3},
    "dataset that repeats": lambda: {"x": dataset().repeat(), "steps_per_epoch": 2, "epochs": 3},
    "dataset that repeats thrice": lambda: {"x": dataset().repeat(3), "steps_per_epoch": 3},
    "dataset that is too short": lambda: {"x": dataset(), "steps_per_epoch": 5, "epochs": 3},
    "dataset of unknown size": lambda: {"x": unknown(), "steps_per_epoch": 2, "epochs": 3},
    "dataset of unknown size, too short": lambda: {"x": unknown(), "steps_per_epoch": 5},
    "endless generator": lambda: {"x": endless(), "steps_per_epoch": 2, "epochs": 3},
    "short generator": lambda: {"x": generator(batches()), "steps_per_epoch": 2, "epochs": 3},
    "PyDataset": lambda: {"x": Batches(), "steps_per_epoch": 2, "epochs": 3},
    "endless PyDataset": lambda: {"x": Endless(), "steps_per_epoch": 4, "epochs": 2},
    "from the third epoch": lambda: partial() | {"initial_epoch": 2, "epochs": 4},
    "no epoch left": lambda: partial() | {"initial_epoch": 2, "epochs": 2},
    "no epoch": lambda: partial() | {"epochs": 0},
}


def validated(**options: Any) -> Given:
    x, y = rows(5, 12), classes(5, 12)
    return whole() | {"validation_data": (x, y), "epochs": 4, **options}


def linear(n: int) -> np.ndarray:
    return np.linspace(0, 2, n)


VALIDATIONS: dict[str, Callable[[], Given]] = {
    "pair": validated,
    "with weights": lambda: validated(
        validation_data=(rows(5, 12), classes(5, 12), linear(12))
    ),
    "list of two": lambda: validated(validation_data=[rows(5, 12), classes(5, 12)]),
    "own batch size": lambda: validated(validation_batch_size=5),
    "every second epoch": lambda: validated(validation_freq=2),
    "some epochs": lambda: validated(validation_freq=[1, 4]),
    "fewer steps": lambda: validated(validation_batch_size=3, validation_steps=2),
    "dataset": lambda: validated(validation_data=dataset()),
    "dataset with weights": lambda: validated(validation_data=dataset(weighted=True)),
    "dataset that repeats": lambda: validated(
        validation_data=dataset().repeat(), validation_steps=2
    ),
    "dataset of unknown size": lambda: validated(validation_data=unknown()),
    "PyDataset": lambda: validated(validation_data=Batches()),
    "endless generator": lambda: validated(validation_data=endless(), validation_steps=2),
    "dataset for arrays of a dataset": lambda: {
        "x": dataset(), "validation_data": (rows(5, 12), classes(5, 12))
    },
    "split": lambda: partial() | {"validation_split": 0.3},
    "split with weights": lambda: partial()
    | {"validation_split": 0.3, "sample_weight": linear(PARTIAL)},
    "split with classes": lambda: partial()
    | {"validation_split": 0.3, "class_weight": {0: 2.0, 1: 0.5}},
    "split and data: the data count": lambda: validated(validation_split=0.5),
    "split of tensors": lambda: {
        "x": tf.constant(rows()), "y": tf.constant(classes()), "validation_split": 0.25
    },
    "split of a DataFrame": lambda: frame() | {"validation_split": 0.25},
    "split that is no whole batch": lambda: partial()
    | {"validation_split": 0.1, "validation_freq": 2},
}  # fmt: skip

one_hot = np.eye(3, dtype="float32")
WEIGHTS: dict[str, Callable[[], Given]] = {
    "of rows": lambda: partial() | {"sample_weight": linear(PARTIAL)},
    "of rows, column": lambda: partial() | {"sample_weight": linear(PARTIAL)[:, None]},
    "of rows, integers": lambda: partial() | {"sample_weight": np.arange(PARTIAL) % 3},
    "of rows, zeros": lambda: partial() | {"sample_weight": np.zeros(PARTIAL)},
    "of rows, Series": lambda: frame() | {"sample_weight": pd.Series(linear(ROWS))},
    "of rows, tensor": lambda: partial() | {"sample_weight": tf.constant(linear(PARTIAL))},
    "of classes": lambda: partial() | {"class_weight": {0: 0.5, 1: 1.0, 2: 3.0}},
    "of some classes": lambda: partial() | {"class_weight": {1: 3.0}},
    "of classes of a column": lambda: {
        "x": rows(), "y": classes()[:, None], "class_weight": {0: 0.5, 2: 2.0}
    },
    "of classes of a dataset": lambda: {"x": dataset(), "class_weight": {0: 0.5, 2: 2.0}},
    "of classes of a PyDataset": lambda: {"x": Batches(), "class_weight": {0: 0.5, 2: 2.0}},
}  # fmt: skip
