"""Callbacks, progress, errors and precision of the training loop."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.package.training_cases import LOSS, ROWS, assert_same, data, dense, twins
from tfnotes.training import NonFiniteLossError, evaluate, train


def test_non_finite_loss_ends_the_run_with_step_and_rate(tmp_path: Path) -> None:
    x = np.ones((ROWS, 1), "float32")
    x[17] = np.nan  # row 17 is in step 3 of batches of 8
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    rate = keras.optimizers.schedules.ExponentialDecay(0.5, 1, 0.5)  # 0.125 at step 3
    with pytest.raises(
        NonFiniteLossError, match=r"got nan at step 3 of epoch 1 with learning rate 0\.125;"
    ):
        train(model, x, x, optimizer=keras.optimizers.SGD(rate), loss="mse", batch_size=8,
              shuffle=False, verbose=0, checkpoint=tmp_path / "run")  # fmt: skip
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("step", [1, 3, 24, 48, 50])
def test_non_finite_loss_is_found_wherever_a_call_begins(step: int) -> None:
    x = np.ones((100, 1), "float32")  # 50 steps, with a progress bar two per call
    x[2 * (step - 1)] = np.nan
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    with pytest.raises(NonFiniteLossError, match=f"at step {step} of epoch 1 "):
        train(model, x, x, optimizer="sgd", loss="mse", batch_size=2, shuffle=False, verbose=1)


class Watcher(keras.callbacks.Callback):
    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[str, int]] = []
        self.losses: list[float] = []

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        self.calls.append(("begin", batch))

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.calls.append(("end", batch))
        self.losses.append(logs["loss"])


def test_batch_callbacks_are_called_as_in_fit() -> None:
    fitted, trained = twins(dense)
    watchers = [Watcher(), Watcher()]
    x, y = data()
    fitted.fit(x, y, batch_size=8, shuffle=False, verbose=0, callbacks=watchers[:1])
    train(trained, x, y, batch_size=8, shuffle=False, verbose=0, callbacks=watchers[1:])
    assert watchers[0].calls == watchers[1].calls
    np.testing.assert_allclose(watchers[0].losses, watchers[1].losses, rtol=1e-5)


def test_progress_bar_ends_at_the_last_step(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[int] = []
    bar = keras.callbacks.ProgbarLogger
    for hook in ("on_train_batch_end", "on_test_batch_end"):
        monkeypatch.setattr(bar, hook, lambda _, batch, **__: shown.append(batch + 1))
    x = np.ones((47, 1), "float32")  # with a progress bar two steps per call, the last alone
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    train(model, x, x, optimizer="sgd", loss="mse", batch_size=1, verbose=1)
    evaluate(model, x, x, batch_size=1, verbose=1)
    assert shown == 2 * [*range(2, 47, 2), 47]


def test_lambda_callback_is_called_for_every_batch() -> None:
    seen: list[int] = []
    watch = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, **_: seen.append(batch))
    train(twins(dense)[0], *data(), batch_size=8, verbose=0, callbacks=[watch])
    assert seen == list(range(7))


def test_keras_callbacks_take_effect(tmp_path: Path) -> None:
    model, _ = twins(dense, "sgd")
    rates = [0.5, 0.25, 0.125]
    history = train(
        model, *data(), epochs=9, verbose=0, validation_data=data(1),
        callbacks=[
            keras.callbacks.LearningRateScheduler(lambda epoch: rates[min(epoch, 2)]),
            keras.callbacks.ModelCheckpoint(str(tmp_path / "{epoch}.keras")),
            keras.callbacks.CSVLogger(str(tmp_path / "log.csv")),
            keras.callbacks.EarlyStopping(monitor="val_loss", baseline=1e-9, patience=3),
        ],
    )  # fmt: skip
    assert history.epoch == [0, 1, 2]
    assert float(model.optimizer.learning_rate) == rates[2]
    assert {p.name for p in tmp_path.iterdir()} == {"1.keras", "2.keras", "3.keras", "log.csv"}
    saved = keras.saving.load_model(tmp_path / "3.keras")
    for a, b in zip(saved.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert len((tmp_path / "log.csv").read_text(encoding="utf-8").splitlines()) == 4


def stops_at(epoch: int) -> keras.callbacks.Callback:
    def stop(now: int, logs: Any) -> None:
        del logs
        stopping.model.stop_training = now == epoch

    stopping = keras.callbacks.LambdaCallback(on_epoch_end=stop)
    return stopping


def test_a_run_after_a_stopped_one_takes_all_epochs() -> None:
    model, _ = twins(dense)
    assert train(model, *data(), epochs=4, verbose=0, callbacks=stops_at(1)).epoch == [0, 1]
    assert model.stop_training
    assert train(model, *data(), epochs=3, verbose=0).epoch == [0, 1, 2]


def test_a_stopped_run_does_not_resume(tmp_path: Path) -> None:
    for given in ([stops_at(1)], []):
        model, _ = twins(dense)
        history = train(
            model, *data(), epochs=4, verbose=0, callbacks=given, checkpoint=tmp_path / "run"
        )
        assert history.epoch == [0, 1]
        assert len(history.history["loss"]) == 2


@pytest.fixture
def interactive_logging() -> Iterator[None]:
    """Print progress bars to stdout; restore the setting afterwards."""
    before = keras.utils.is_interactive_logging_enabled()
    keras.utils.enable_interactive_logging()
    yield
    if not before:
        keras.utils.disable_interactive_logging()


@pytest.mark.usefixtures("interactive_logging")
def test_progress_bar_ends_with_the_numbers_of_the_history(
    capsys: pytest.CaptureFixture[str],
) -> None:
    history = train(twins(dense)[0], *data(), batch_size=8, verbose=2).history
    line = capsys.readouterr().out.strip().splitlines()[-1]
    assert line.startswith("7/7")
    assert f"loss: {history['loss'][0]:.4f}" in line


def test_half_precision_trains() -> None:
    keras.config.set_dtype_policy("mixed_float16")
    try:
        model = dense()
        model.compile("sgd", LOSS)
        history = train(model, *data(), epochs=5, verbose=0).history["loss"]
        assert type(model.optimizer).__name__ == "LossScaleOptimizer"
    finally:
        keras.config.set_dtype_policy("float32")
    assert history[-1] < history[0]


def test_eager_mode_gives_the_same_history() -> None:
    compiled, eager = twins(dense)
    eager.compile("adam", LOSS, metrics=["accuracy"], run_eagerly=True)
    settings: dict[str, Any] = {"batch_size": 8, "shuffle": False, "verbose": 0}
    one = train(compiled, *data(), **settings).history
    assert_same(one, train(eager, *data(), **settings).history)


def test_a_loss_beyond_float32_is_finite_in_float64() -> None:
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    try:
        model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        model.compile(keras.optimizers.SGD(1e-50), "mse")
        x = np.full((4, 1), 1e20)
        for options in ({}, {"jit_compile": True}):
            loss = train(model, x, 3 * x, verbose=0, **options).history["loss"]
            assert 1e38 < loss[0] < 1e42
    finally:
        keras.config.set_floatx("float32")
        keras.config.set_dtype_policy("float32")


@pytest.mark.parametrize("as_dataset", [False, True])
def test_functions_that_run_eagerly_run_line_by_line(as_dataset: bool) -> None:
    seen: list[bool] = []

    class Spy(keras.layers.Layer):
        def call(self, inputs: Any) -> Any:
            seen.append(tf.executing_eagerly())
            return inputs

    model = dense(Spy())
    model.compile("sgd", LOSS)
    given: Any = (*data(),)
    if as_dataset:
        given = (tf.data.Dataset.from_tensor_slices(data()).batch(25),)
    train(model, *given, batch_size=25, verbose=0)
    seen.clear()
    tf.config.run_functions_eagerly(True)
    try:
        train(model, *given, batch_size=25, verbose=0)
    finally:
        tf.config.run_functions_eagerly(False)
    assert seen == [True, True]
    seen.clear()
    train(model, *given, batch_size=25, verbose=0)
    assert seen == []


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ((np.ones((4, 4)), np.ones(3)), r"as many inputs as targets .* got \[4, 3\]"),
        ((np.ones((0, 4)), np.ones(0)), r"at least one; got \[0, 0\]"),
        ((tf.data.Dataset.from_tensors((np.ones((4, 4)), np.ones(4))).repeat(),), "endless"),
        ((tf.data.Dataset.from_tensors(np.ones((4, 4))),), "zip the inputs"),
        ((tf.data.Dataset.from_tensors((np.ones(4), np.ones(4))).take(0),), "an empty dataset"),
    ],
)
def test_invalid_data_are_reported(given: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        train(dense(), *given, optimizer="sgd", loss=LOSS, verbose=0)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"initial_epoch": 1.5}, "initial_epoch from 0, got 1.5"),
        ({"initial_epoch": -1}, "initial_epoch from 0, got -1"),
        ({"seed": "a"}, "seed from 0, got 'a'"),
        ({"class_weight": "balanced"}, "got 'balanced'; scikit-learn"),
        ({"class_weight": {"0": 2.0}}, "a dict from numbers of classes to weights"),
        ({"validation_data": data()[0]}, "expected targets for the loss"),
        ({"validation_data": {"x": data()[0]}}, "expected targets for the loss"),
        ({"x": None}, "expected arrays, .* got None"),
        ({"x": "digits.csv"}, "expected arrays, .* got 'digits.csv'"),
    ],
)
def test_arguments_of_another_kind_are_reported(options: Any, message: str) -> None:
    x, y = data()
    model = dense()
    before = model.get_weights()
    with pytest.raises(ValueError, match=message):
        train(model, **{"x": x, "y": y, **options}, optimizer="sgd", loss=LOSS, verbose=0)
    for one, other in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_uncompiled_model_is_reported() -> None:
    with pytest.raises(ValueError, match="expected a compiled model"):
        train(dense(), *data(), verbose=0)


def test_dataset_of_unknown_length_trains() -> None:
    known, unknown = twins(dense)
    dataset = tf.data.Dataset.from_tensor_slices(data()).batch(8)
    one = train(known, dataset, epochs=2, verbose=0).history
    other = train(unknown, dataset.filter(lambda *_: True), epochs=2, verbose=0).history
    assert_same(one, other, rtol=1e-3)


def test_many_runs_in_one_process_do_not_warn(caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(4):
        train(twins(dense)[0], *data(), verbose=0, validation_data=data(1))
    assert [r.getMessage() for r in caplog.records if r.levelname == "WARNING"] == []
