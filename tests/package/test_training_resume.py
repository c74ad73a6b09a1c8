"""A resumed run ends like an uninterrupted one."""

import shutil
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from tensorflow.python.checkpoint import checkpoint_management as management

from tests.package.training_cases import LOSS, ROWS, Interrupted, data, dense, random_model, twins
from tfnotes.training import train


def run(path: Path, given: Any, seed: int, interrupted: int = -1) -> keras.Model:
    """Train with every kind of state: Adam, dropout, statistics, callbacks."""
    keras.utils.set_random_seed(seed)
    model = random_model()
    tf.random.set_seed(7)  # a shuffled dataset depends on it
    model.compile(keras.optimizers.Adam(0.02), LOSS, metrics=["accuracy"])
    x, y = data()
    train(
        model, *given(), batch_size=8, epochs=8, checkpoint=path, verbose=0, seed=5,
        validation_data=(x[:20], y[:20]),
        callbacks=[
            keras.callbacks.ReduceLROnPlateau(monitor="loss", patience=0, min_delta=0.05),
            keras.callbacks.EarlyStopping(patience=2, restore_best_weights=True),
            Interrupted(interrupted),
        ],
    )  # fmt: skip
    return model


def shuffled() -> tuple[tf.data.Dataset]:
    return (tf.data.Dataset.from_tensor_slices(data()).shuffle(ROWS, seed=3).batch(8),)


@pytest.mark.parametrize("given", [data, shuffled])
def test_interrupted_run_ends_like_an_uninterrupted_one(given: Any, tmp_path: Path) -> None:
    unbroken = run(tmp_path / "unbroken", given, seed=0)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "broken", given, seed=0, interrupted=2)
    resumed = run(tmp_path / "broken", given, seed=99)
    assert resumed.history.history == unbroken.history.history
    assert resumed.history.epoch == unbroken.history.epoch
    for a, b in zip(unbroken.get_weights(), resumed.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    for a, b in zip(unbroken.optimizer.variables, resumed.optimizer.variables, strict=True):
        np.testing.assert_array_equal(a, b)


def test_finished_run_is_not_repeated(tmp_path: Path) -> None:
    once = run(tmp_path / "run", data, seed=0)
    again = run(tmp_path / "run", data, seed=99)
    assert again.history.history == once.history.history
    for a, b in zip(once.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("moment", ["data are half written", "data are written", "named"])
def test_crash_while_writing_keeps_the_previous_checkpoint(
    moment: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def go(epochs: int) -> keras.Model:
        keras.utils.set_random_seed(1)
        model = dense()
        model.compile("adam", LOSS)
        train(model, *data(), checkpoint=tmp_path / "run", epochs=epochs, seed=0, verbose=0)
        return model

    go(1)
    kept = tf.train.latest_checkpoint(tmp_path / "run")
    name_it = management.update_checkpoint_state_internal  # the last thing that saving does

    def interrupted(*args: Any, **settings: Any) -> None:
        if moment == "data are half written":
            (file,) = (tmp_path / "run").glob("ckpt-2.data*")
            file.write_bytes(file.read_bytes()[:100])
        if moment == "named":
            name_it(*args, **settings)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(management, "update_checkpoint_state_internal", interrupted)
        with pytest.raises(KeyboardInterrupt):
            go(2)
    assert (tf.train.latest_checkpoint(tmp_path / "run") == kept) == (moment != "named")
    resumed = go(3)
    shutil.rmtree(tmp_path / "run")
    for a, b in zip(go(3).get_weights(), resumed.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("kind", ["data", "index"])
def test_broken_checkpoint_is_reported(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "run"
    model = dense()
    model.compile("sgd", LOSS)
    train(model, *data(), checkpoint=path, verbose=0)
    (file,) = path.glob(f"*.{kind}*")
    file.write_bytes(file.read_bytes()[:100])
    before = model.get_weights()
    with pytest.raises(ValueError, match=r"run[/\\]ckpt-1: expected a checkpoint .*; delete"):
        train(model, *data(), checkpoint=path, epochs=2, verbose=0)
    for a, b in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_file_instead_of_the_checkpoint_folder_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "run"
    path.write_bytes(b"of another version")
    with pytest.raises(ValueError, match=r"run: expected a folder for checkpoints"):
        train(dense(), *data(), optimizer="sgd", loss=LOSS, checkpoint=path, verbose=0)
    assert path.read_bytes() == b"of another version"


def test_checkpoint_of_another_model_is_rejected(tmp_path: Path) -> None:
    path = tmp_path / "run"
    train(dense(), *data(), optimizer="sgd", loss=LOSS, checkpoint=path, verbose=0)
    other = dense(keras.layers.Dense(7))
    before = other.get_weights()
    with pytest.raises(
        ValueError,
        match=r"expected the model of its run, got another: layer 2 .*units 7, was 3; change",
    ):
        train(other, *data(), optimizer="sgd", loss=LOSS, checkpoint=path, verbose=0)
    for a, b in zip(before, other.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_backup_and_restore_resumes_where_it_stopped(tmp_path: Path) -> None:
    def go(interrupted: int) -> keras.callbacks.History:
        model, _ = twins(dense)
        backup = keras.callbacks.BackupAndRestore(tmp_path / "backup")
        return train(model, *data(), batch_size=8, epochs=4, verbose=0, seed=0,
                     callbacks=[backup, Interrupted(interrupted)])  # fmt: skip

    unbroken = go(-1).history["loss"]
    with pytest.raises(KeyboardInterrupt):
        go(2)
    np.testing.assert_allclose(go(-1).history["loss"], unbroken[2:], rtol=1e-5)
