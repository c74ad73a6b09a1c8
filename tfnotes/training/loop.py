"""The training loop for any Keras model, optimizer, loss, metrics and callbacks."""

from pathlib import Path
from typing import Any

import keras
from keras.src.trainers.data_adapters.array_slicing import train_validation_split

from tfnotes._backend import needs_tensorflow
from tfnotes.training.checks import check_data, check_model, check_run
from tfnotes.training.evaluation import build, validation
from tfnotes.training.opening import open_source
from tfnotes.training.running import Run
from tfnotes.training.watching import Callbacks, listed


def train(
    model: keras.Model,
    x: Any,
    y: Any = None,
    *,
    sample_weight: Any = None,
    class_weight: dict[int, float] | None = None,
    validation_data: Any = None,
    validation_split: float = 0.0,
    validation_freq: int | list[int] = 1,
    validation_steps: int | None = None,
    validation_batch_size: int | None = None,
    epochs: int = 1,
    initial_epoch: int = 0,
    steps_per_epoch: int | None = None,
    batch_size: int | None = None,
    optimizer: Any = None,
    loss: Any = None,
    metrics: Any = None,
    callbacks: Callbacks = None,
    shuffle: bool | str = True,
    seed: int | None = None,
    checkpoint: Path | str | None = None,
    jit_compile: bool | None = None,
    verbose: int | str = "auto",
) -> keras.callbacks.History:
    """Train a model as ``fit`` does, in fewer calls, and resume exactly.

    Weights, logs and the calls of the callbacks are those of ``fit``; the order of
    shuffled arrays depends only on the seed.

    Args:
        model: any Keras model, with its own ``train_step`` if it has one; if it was
            created in the scope of a ``tf.distribute`` strategy, it trains on all its
            replicas.
        x: inputs, (rows, …), as one array, table, tensor or sparse matrix, or nested as
            the model expects; or batches (inputs, targets[, sample weights]) from a
            ``tf.data.Dataset``, a ``keras.utils.PyDataset`` or a generator.
        y: targets, (rows, …); None for batches.
        sample_weight: (rows,), weight of each row; None for batches.
        class_weight: the weight of each class, from its number.
        validation_data: ``(x, y)``, ``(x, y, sample_weight)`` or batches.
        validation_split: the fraction of the rows, the last ones, to validate on.
        validation_freq: epochs from one validation to the next, or a list of them.
        validation_steps: number of batches to validate on; all by default.
        validation_batch_size: rows per step of the validation.
        epochs: total number of epochs, including those of resumed runs.
        initial_epoch: the number of the first epoch, from 0.
        steps_per_epoch: steps of an epoch; by default it ends with the data.
        batch_size: rows per step, over all replicas, 32 by default.
        optimizer: for ``compile``, with the next two; omit all three for a compiled
            model.
        loss: for ``compile``.
        metrics: for ``compile``.
        callbacks: one Keras callback or several. Callbacks that observe every batch are
            slow, because each step is then a separate call.
        shuffle: whether to shuffle arrays every epoch; ``"batch"`` as for ``fit``.
        seed: seed of the order; sampled from NumPy if None.
        checkpoint: a folder that is written after every epoch; if it already holds a
            run, that is resumed, and ends with the weights of an uninterrupted run. A
            ``PyDataset`` needs ``shuffle=False`` for that: Keras shuffles it with
            Python's ``random``, whose state is not saved.
        jit_compile: whether XLA compiles the steps; None leaves it to ``choose_mode``,
            which measures it for long runs of models that are not dense.
        verbose: 0 for no output, 1 for a progress bar, 2 for a line per epoch.

    Returns:
        The history: ``history.history["loss"]`` has one number per epoch, as does every
        metric, with a ``val_`` prefix for the validation data.

    Raises:
        ValueError: the model is not compiled, or the data are inconsistent.
        NonFiniteLossError: the loss is not finite; the model keeps its current weights,
            the checkpoint those of the previous epoch. With ``TerminateOnNaN`` among
            the callbacks, that ends the run instead.

    Examples:
        >>> import keras
        >>> import numpy as np
        >>> from tfnotes import train
        >>> x = np.linspace(-1, 1, 64)[:, None]
        >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        >>> history = train(model, x, 3 * x, epochs=20, batch_size=8, verbose=0,
        ...                 optimizer=keras.optimizers.SGD(0.1), loss="mse")
        >>> history.history["loss"][-1] < 0.01
        True
    """
    needs_tensorflow("tfnotes.train")
    if (optimizer, loss, metrics) != (None, None, None):
        model.compile(optimizer or "rmsprop", loss, metrics=metrics)
    check_model(model)
    check_run(epochs, validation_freq, initial_epoch, seed, class_weight)
    data = x, y, sample_weight
    if validation_split and validation_data is None:
        check_data(data, batch_size, steps_per_epoch)  # else open_source does it
        data, validation_data = train_validation_split(data, validation_split)
    source = open_source(
        model, data, batch_size, steps_per_epoch, class_weight, shuffle
    )
    build(model, source, saved=bool(checkpoint))
    steps = steps_per_epoch or source.steps
    watching = listed(callbacks, model, verbose, steps, epochs)
    size = validation_batch_size or batch_size
    validate = validation(
        model, validation_data, watching, size, validation_steps, validation_freq
    )
    run = Run(model, source, steps_per_epoch, watching, validate, epochs)
    run.prepare(checkpoint, seed, jit_compile)
    source.seed = run.state["seed"] if shuffle else None
    run.go(initial_epoch)
    return model.history
