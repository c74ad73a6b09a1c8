"""Train LeNet on all workers; each may stop at any time and restart.

The same script runs on its own, under ``tfnotes launch``, as a Kubernetes job and under
Slurm: ``choose_strategy`` detects which.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tfnotes import distribution


# --8<-- [start:main]
def main(arguments: Sequence[str] | None = None, callbacks: Sequence[Any] = ()) -> None:
    """Train LeNet, and print the result of this worker.

    Args:
        arguments: command-line arguments; None for those of this process.
        callbacks: Keras callbacks.

    Examples:
        >>> main(["--epochs", "none"])
        Traceback (most recent call last):
        SystemExit: 2
    """
    options = parser().parse_args(arguments)
    strategy = distribution.choose_strategy()  # first: this connects the workers

    import keras

    from tfnotes import data, models, training

    keras.utils.set_random_seed(options.seed)  # the same weights on every worker
    (x, y), test = data.load(options.data)
    with strategy.scope():
        model = keras.Sequential(
            [
                keras.Input((28, 28, 1)),
                keras.layers.Rescaling(1 / 255),
                models.lenet((28, 28, 1), 10),
            ]
        )
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile(keras.optimizers.Adam(0.002), loss, metrics=["accuracy"])
    history = training.train(
        model,
        x[: options.rows, ..., None],
        y[: options.rows],
        validation_data=(test[0][..., None], test[1]),
        epochs=options.epochs,
        batch_size=options.batch_size,  # per step, over all workers
        seed=options.seed,
        checkpoint=options.checkpoint,  # on storage that all workers share
        callbacks=callbacks,
        verbose=2,
    )
    total = sum(float(abs(w).sum()) for w in model.get_weights())
    print(f"loss {history.history['loss'][-1]:.4f}, sum of |weights| {total:.4f}")


# --8<-- [end:main]


def parser() -> argparse.ArgumentParser:
    """Create the argument parser.

    Returns:
        The parser.

    Examples:
        >>> parser().parse_args(["--epochs", "2"]).batch_size
        64
    """
    made = argparse.ArgumentParser(description="Train LeNet on all workers.")
    made.add_argument("--data", default="fashion_mnist_6k")
    made.add_argument("--rows", type=int, default=None, help="all by default")
    made.add_argument("--epochs", type=int, default=5)
    made.add_argument("--batch-size", type=int, default=64)
    made.add_argument("--seed", type=int, default=0)
    made.add_argument("--checkpoint", type=Path, default=Path("checkpoint"))
    return made


if __name__ == "__main__":
    main()
