"""Measure ``tfnotes.train`` against an eager loop and against ``fit``.

Every number is a ratio within one run. Run it on an idle machine: ``make bench``. It writes
benchmarks/training.md and prints the same table.
"""

import itertools
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keras
import networks
import numpy as np
import numpy.typing as npt
import tensorflow as tf
from rich.console import Console
from rich.markdown import Markdown

from handbook import clock
from handbook.files import replace
from tfnotes import data
from tfnotes.devices import machine
from tfnotes.models import lenet, mlp
from tfnotes.training import train

TABLE = Path(__file__).with_name("training.md")
HEAD = """\
# Training speed

Made by `make bench` on {date}, on {machine}, with TensorFlow {tf} and Keras {keras}. A
ratio compares the median epochs of both, measured alternately in one run; the first epoch,
which compiles, is excluded.

| what | {columns} | target |
|---|---|---|---|---|
"""
COLUMNS = "tfnotes.train | the other | ratio"
Array = npt.NDArray[Any]
Row = tuple[str, str, str, float, float]


class Times(keras.callbacks.Callback):  # type: ignore[misc]  # Keras has no types
    """Records the seconds of each epoch."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds: list[float] = []
        self.start = 0.0

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002
        """Start the clock."""
        self.start = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002
        """Stop it."""
        self.seconds.append(time.perf_counter() - self.start)


def in_turns(runs: dict[str, Callable[[Times], object]], rounds: int) -> dict[str, float]:
    """Return the seconds of a median epoch of each, alternating so that all see the same noise."""
    found: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            times = Times()
            run(times)
            found[name] += times.seconds[1:]
    return {name: statistics.median(seconds) for name, seconds in found.items()}


def notes_linear_regression(x: Array, y: Array) -> Callable[[Times], None]:
    """Return the eager loop of old notes: batches by ``tf.gather`` with a list of rows."""
    features, labels = tf.constant(x), tf.constant(y)
    weights, bias = tf.Variable(tf.zeros((2, 1))), tf.Variable(tf.zeros(1))

    def batches() -> Iterator[tuple[Any, Any]]:
        rows = list(range(len(x)))
        random.shuffle(rows)
        for i in range(0, len(x), 10):
            j = rows[i : i + 10]
            yield tf.gather(features, j, axis=0), tf.gather(labels, j, axis=0)

    def run(times: Times) -> None:
        for epoch in range(4):
            times.on_epoch_begin(epoch)
            for inputs, targets in batches():
                with tf.GradientTape() as tape:
                    outputs = tf.matmul(inputs, weights) + bias
                    loss = (outputs - tf.reshape(targets, (-1, 1))) ** 2 / 2
                for variable, gradient in zip(
                    (weights, bias), tape.gradient(loss, (weights, bias)), strict=True
                ):
                    variable.assign_sub(0.03 * gradient / 10)
            times.on_epoch_end(epoch)

    return run


def linear_regression() -> Row:
    """Measure an epoch of 1,000 rows in batches of 10."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(1000, 2)).astype("float32")
    y = (x @ [2, -3.4] + 4.2).astype("float32")
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.03), "mse")
    settings: dict[str, Any] = {"batch_size": 10, "epochs": 200, "verbose": 0}
    seconds = in_turns(
        {
            "notes": notes_linear_regression(x, y),
            "ours": lambda t: train(model, x, y, callbacks=[t], **settings),
        },
        3,
    )
    notes, ours = seconds["notes"], seconds["ours"]
    other = "the notes' eager loop"
    what = "linear regression, 1,000 rows, batch 10: an epoch"
    return what, f"{ours * 1e3:.2f} ms", f"{notes * 1e3:.0f} ms, {other}", notes / ours, 300


def images(rows: int) -> tuple[Array, Array]:
    """Return images and labels of Fashion-MNIST, repeated to the given number of rows."""
    (x, y), _ = data.load("fashion_mnist_6k")
    take = np.arange(rows) % len(x)
    return (x[take] / 255).astype("float32"), y[take]


def compiled(model: keras.Model, **settings: Any) -> keras.Model:
    """Compile a model."""
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.01), loss, metrics=["accuracy"], **settings)
    return model


def per_second(rows: int, seconds: float) -> str:
    """Format rows per second."""
    return f"{rows / seconds:,.0f} rows/s"


def small_mlp() -> list[Row]:
    """Measure MLP 784-300-100-10 in batches of 64, against ``fit`` and an eager loop."""
    x, y = images(20_000)
    model, shipped, eager = (compiled(mlp((28, 28), 10)) for _ in range(3))
    eager.optimizer.build(eager.trainable_variables)
    arrays = tf.constant(x), tf.constant(y)

    def eager_epochs(times: Times) -> None:
        for epoch in range(3):
            times.on_epoch_begin(epoch)
            for i in range(0, 64 * 50, 64):
                eager.train_step((arrays[0][i : i + 64], arrays[1][i : i + 64]))
            times.on_epoch_end(epoch)

    settings: dict[str, Any] = {"batch_size": 64, "epochs": 5, "verbose": 0}
    runs: dict[str, Callable[[Times], object]] = {
        "ours": lambda t: train(model, x, y, callbacks=[t], **settings),
        "fit": lambda t: shipped.fit(x, y, callbacks=[t], **settings),
        "eager": eager_epochs,
    }
    seconds = in_turns(runs, 3)
    ours, fit, slow = seconds["ours"], seconds["fit"], seconds["eager"] / (64 * 50) * len(x)
    what, mine = "MLP 784-300-100-10, batch 64", per_second(len(x), ours)
    shown = [per_second(len(x), each) for each in (fit, slow)]
    return [
        (what, mine, f"{shown[0]}, fit with default settings", fit / ours, 1.5),
        (what, mine, f"{shown[1]}, eager loop", slow / ours, 7),
    ]


def against_fit(
    what: str,
    make: Callable[[], keras.Model],
    data: tuple[Array, Array],
    steps_per_execution: tuple[int, ...] = (1, 16),
    epochs: int = 14,
    target: float = 1,
) -> tuple[Row, str]:
    """Measure a model in batches of 64 against the best settings of ``fit``.

    ``epochs`` are enough for choose_mode to try XLA. The sentence says whether
    ``fit(jit_compile=True)`` is as fast.
    """
    x, y = data
    dataset = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(len(x)).batch(64).prefetch(2)
    fits: dict[str, Callable[[Times], object]] = {}
    for steps, jit, source in itertools.product(
        steps_per_execution, ("auto", True), ("arrays", "tf.data")
    ):
        model = compiled(make(), steps_per_execution=steps, jit_compile=jit)
        given: dict[str, Any] = {"x": x, "y": y, "batch_size": 64}
        if source == "tf.data":
            given = {"x": dataset, "shuffle": False}

        def fit(times: Times, model: Any = model, given: Any = given) -> None:
            model.fit(**given, epochs=3, verbose=0, callbacks=[times])

        fits[f"fit, {source}, steps_per_execution {steps}, jit_compile {jit}"] = fit
    model = compiled(make())

    def ours(times: Times) -> None:
        train(model, x, y, batch_size=64, epochs=epochs, verbose=0, callbacks=[times])

    seconds = in_turns({**fits, "ours": ours}, 3)
    mine = seconds.pop("ours")
    name = min(seconds, key=lambda n: seconds[n])
    with_xla = min(value for n, value in seconds.items() if n.endswith("jit_compile True"))
    other = f"{per_second(len(x), seconds[name])}, the best of {len(fits)}: {name}"
    row = f"{what}, batch 64", per_second(len(x), mine), other, seconds[name] / mine, target
    return row, f"{what} {with_xla / mine:.2f}"


def by_kind() -> tuple[list[Row], str]:
    """Measure one network of each kind against ``fit``, and compare with its XLA."""
    few = images(5_000)
    found = [
        against_fit("LeNet", lambda: lenet((28, 28, 1), 10), few, (1, 16, 78)),
        against_fit("MLP with its own train_step", networks.dense_with_own_step, few),
        against_fit("LSTM of 32 units, 28 steps", networks.rows_of_images, few),
        against_fit(
            "Transformer block, 28 tokens of 32", networks.transformer_block, few, target=0.8
        ),
    ]
    rows, ratios = zip(*found, strict=True)
    text = (
        "Ratio to the best `fit(jit_compile=True)` alone: "
        f"{'; '.join(ratios)}. At 1 or below, that `fit` is as fast or faster.\n"
    )
    return [*rows], text


def large_mlp() -> Row:
    """Measure MLP 784-4096-4096-10 in batches of 512, against a matrix product of 2048³."""
    x, y = images(5_120)
    model = compiled(mlp((28, 28), 10, hidden=(4096, 4096)))
    matrix = tf.random.normal((2048, 2048))
    product = tf.function(lambda: tf.matmul(matrix, matrix))

    def products(times: Times) -> None:
        for i in range(10):
            times.on_epoch_begin(i)
            product().numpy()
            times.on_epoch_end(i)

    settings: dict[str, Any] = {"batch_size": 512, "epochs": 3, "verbose": 0, "jit_compile": True}
    seconds = in_turns(
        {
            "product": products,
            "ours": lambda t: train(model, x, y, callbacks=[t], **settings),
        },
        3,
    )
    peak, ours = seconds["product"], seconds["ours"]
    # Forward pass, gradient of the inputs, gradient of the weights; the first layer needs no
    # gradient of its inputs.
    kernels = [784 * 4096, 4096 * 4096, 4096 * 10]
    work = 2 * len(x) * (3 * sum(kernels) - kernels[0])
    rates = work / ours, 2 * 2048**3 / peak
    mine, other = (f"{rate / 1e9:.0f} GFLOP/s" for rate in rates)
    what = "MLP 784-4096-4096-10, batch 512: fraction of the matrix product's rate"
    return what, mine, f"{other}, 2048 × 2048 matrices", rates[0] / rates[1], 0.7


def help_time() -> float:
    """Return the median seconds of ten runs of ``tfnotes --help``."""
    command = [str(Path(sys.executable).with_name("tfnotes")), "--help"]
    seconds = []
    for _ in range(10):
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        seconds.append(time.perf_counter() - start)
    return float(np.median(seconds))


def table() -> str:
    """Measure everything and return the table."""
    head = HEAD.format(date=clock.today().isoformat(), machine=machine(), tf=tf.__version__,
                       keras=keras.__version__, columns=COLUMNS)  # fmt: skip
    against, with_xla = by_kind()
    rows = [linear_regression(), *small_mlp(), *against, large_mlp()]
    lines = [
        f"| {what} | {ours} | {other} | {ratio:.2f} | ≥ {reach} |"
        for what, ours, other, ratio, reach in rows
    ]
    startup = f"\n`tfnotes --help` runs in {help_time():.2f} s (target: 0.3 s).\n"
    return head + "\n".join(lines) + "\n\n" + with_xla + startup


if __name__ == "__main__":
    keras.utils.set_random_seed(0)
    text = table()
    replace(TABLE, text)
    Console().print(Markdown(text))
