"""Files that callbacks write during train are those that they write during fit."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np
import pytest
import tensorflow as tf
from keras.callbacks import (
    BackupAndRestore,
    Callback,
    CSVLogger,
    ModelCheckpoint,
    SwapEMAWeights,
    TensorBoard,
)

from tests.package.conformance_callbacks import validated
from tests.package.conformance_cases import (
    Case,
    Given,
    Outcome,
    Runner,
    assert_close,
    assert_same_events,
    assert_same_variables,
    classifier,
    compare,
    compiled,
    fit,
    rows,
    run,
    small,
)
from tfnotes.training import train

pytestmark = pytest.mark.slow

Made = Callable[[Path], list[Callback]]


def found(folder: Path) -> dict[str, Any]:
    """Read every file of a folder: names, and contents that can be compared."""
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    contents: dict[str, Any] = {}
    for file in files:
        name = str(file.relative_to(folder))
        if ".tfevents." in name:
            name = str(Path(name).parent / f"events {len(contents)}")
        contents[name] = read(file)
    return contents


def read(file: Path) -> Any:
    if ".tfevents." in file.name:
        return events(file)
    if file.suffix == ".csv":
        with file.open(encoding="utf-8") as lines:
            return [[number(cell) for cell in line] for line in csv.reader(lines)]
    if file.suffix == ".json":
        return json.loads(file.read_text(encoding="utf-8"))
    if file.name.endswith(".weights.h5"):
        return datasets(file)
    if file.suffix == ".keras":
        return keras.saving.load_model(file).get_weights()
    return file.name


def number(cell: str) -> Any:
    try:
        return float(cell)
    except ValueError:
        return cell


def events(file: Path) -> list[Any]:
    """Read the scalars of a file of TensorBoard, and the names of all else."""
    values = []
    for event in tf.compat.v1.train.summary_iterator(str(file)):
        for value in event.summary.value:
            array = tf.make_ndarray(value.tensor)
            timed = "per_second" in value.tag
            scalar = array.ndim == 0 and array.dtype.kind == "f" and not timed
            values.append((value.tag, event.step, float(array) if scalar else "other"))
    return sorted(values)


def datasets(file: Path) -> dict[str, Any]:
    arrays: dict[str, Any] = {}

    def visit(name: str, item: Any) -> None:
        if isinstance(item, h5py.Dataset):
            arrays[name] = np.array(item)

    with h5py.File(file) as opened:
        opened.visititems(visit)
    return arrays


def assert_same_files(one: Path, other: Path) -> None:
    first, second = found(one), found(other)
    assert list(second) == list(first)
    keras.tree.assert_same_structure(first, second)
    for a, b in zip(keras.tree.flatten(first), keras.tree.flatten(second), strict=True):
        assert type(b) is type(a)
        if isinstance(a, str):
            assert b == a
        else:
            assert_close(a, b, 1e-4, "file")


def vectors() -> keras.Model:
    return small(metrics=[keras.metrics.R2Score(class_aggregation=None)])


def numbers() -> Given:
    return {
        "x": rows(),
        "y": rows(1, features=3),
        "validation_data": (rows(2), rows(3, features=3)),
    }


class Logged(keras.layers.Layer):
    """A layer that writes a summary in every step."""

    def call(self, inputs: Any) -> Any:
        tf.summary.scalar("norm", tf.reduce_sum(inputs**2))
        return inputs


def logging() -> keras.Model:
    layers = [keras.Input((4,)), keras.layers.Dense(3), Logged()]
    return compiled(keras.Sequential(layers))


def averaging() -> keras.Model:
    return classifier(optimizer=keras.optimizers.SGD(0.1, use_ema=True, ema_momentum=0.5))


def scheduled() -> keras.Model:
    rate = keras.optimizers.schedules.ExponentialDecay(0.1, 2, 0.5)
    return classifier(optimizer=keras.optimizers.SGD(rate))


def saved(name: str, **options: Any) -> Made:
    return lambda folder: [ModelCheckpoint(str(folder / name), **options)]


def board(**options: Any) -> Made:
    return lambda folder: [TensorBoard(str(folder), **options)]


WRITTEN: dict[str, tuple[Made, Callable[[], keras.Model], Callable[[], Given]]] = {
    "CSV": (lambda f: [CSVLogger(f / "log.csv")], classifier, validated),
    "CSV with semicolons": (lambda f: [CSVLogger(f / "log.csv", ";")], classifier, validated),
    "CSV with vectors": (lambda f: [CSVLogger(f / "log.csv")], vectors, numbers),
    "CSV, rare validation": (
        lambda f: [CSVLogger(f / "log.csv")],
        classifier,
        lambda: validated() | {"validation_freq": 2},
    ),
    "model of each epoch": (saved("{epoch:02d} {val_loss:.1f}.keras"), classifier, validated),
    "weights of each epoch": (
        saved("{epoch}.weights.h5", save_weights_only=True),
        classifier,
        validated,
    ),
    "weights of every second batch": (
        saved("{epoch} {batch}.weights.h5", save_weights_only=True, save_freq=2),
        classifier,
        validated,
    ),
    "best model": (
        saved("best.keras", monitor="val_loss", save_best_only=True), classifier, validated
    ),
    "best model above a threshold": (
        saved("{epoch}.keras", monitor="val_accuracy", mode="max", save_best_only=True,
              initial_value_threshold=2.0),
        classifier,
        validated,
    ),
    "averaged weights": (
        lambda f: [
            SwapEMAWeights(swap_on_epoch=True),
            ModelCheckpoint(str(f / "{epoch}.weights.h5"), save_weights_only=True),
        ],
        averaging,
        validated,
    ),
    "board of epochs": (board(), classifier, validated),
    "board of batches": (board(update_freq="batch"), classifier, validated),
    "board of every second batch": (board(update_freq=2), classifier, validated),
    "board of weights": (board(histogram_freq=1, write_graph=False), classifier, validated),
    "board of images of weights": (
        board(histogram_freq=1, write_images=True), classifier, validated
    ),
    "board of speed": (board(write_steps_per_second=True), classifier, validated),
    "board of a schedule": (board(), scheduled, validated),
    "board of a layer": (board(update_freq=1), logging, numbers),
    "backup of epochs": (
        lambda f: [BackupAndRestore(str(f), delete_checkpoint=False)], classifier, validated
    ),
    "backup of batches": (
        lambda f: [BackupAndRestore(str(f), save_freq=2, delete_checkpoint=False)],
        classifier,
        validated,
    ),
    "deleted backup": (lambda f: [BackupAndRestore(str(f))], classifier, validated),
    "two copies of a backup": (
        lambda f: [BackupAndRestore(str(f), double_checkpoint=True, delete_checkpoint=False)],
        classifier,
        validated,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRITTEN)
def test_every_file_is_that_of_fit(name: str, tmp_path: Path) -> None:
    make, model, given = WRITTEN[name]
    folders = [tmp_path / "fit", tmp_path / "train"]
    waiting = iter(folders)

    def with_callbacks() -> Given:
        folder = next(waiting)
        folder.mkdir()
        return {**given(), "callbacks": make(folder)}

    compare(Case(model, with_callbacks))
    assert_same_files(*folders)


def test_a_log_is_appended_as_in_fit(tmp_path: Path) -> None:
    folders = [tmp_path / "fit", tmp_path / "train"]
    for runner, folder in zip((fit, train), folders, strict=True):
        folder.mkdir()
        for append in (False, True):
            log = CSVLogger(folder / "log.csv", append=append)
            run(Case(classifier, lambda log=log: validated() | {"callbacks": [log]}), runner)
    assert_same_files(*folders)
    assert len(found(folders[0])["log.csv"]) == 5  # one header, two epochs twice


class Fails(Callback):
    """Raises an error in the second batch of the second epoch."""

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.now = epoch

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if (self.now, batch) == (1, 1):
            raise RuntimeError("interrupted")


@pytest.mark.parametrize("save_freq", ["epoch", 1, 2])
def test_a_backup_is_restored_as_in_fit(save_freq: Any, tmp_path: Path) -> None:
    def interrupted_and_restored(runner: Runner, folder: Path) -> Outcome:
        def backed(*others: Callback) -> Case:
            backup = BackupAndRestore(str(folder), save_freq=save_freq)
            given = validated() | {"epochs": 3, "callbacks": [backup, *others]}
            return Case(classifier, lambda: dict(given))

        with pytest.raises(RuntimeError, match="interrupted"):
            run(backed(Fails()), runner)
        return run(backed(), runner)

    fitted = interrupted_and_restored(fit, tmp_path / "fit")
    trained = interrupted_and_restored(train, tmp_path / "train")
    assert_same_events(fitted.events, trained.events)
    assert fitted.epochs == trained.epochs
    assert_same_variables(fitted.model, trained.model)
