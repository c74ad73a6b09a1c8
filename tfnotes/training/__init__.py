"""One training loop for every Keras model: compiled, resumable, readable.

Examples:
    >>> import keras
    >>> import numpy as np
    >>> from tfnotes.training import train
    >>> x = np.linspace(-1, 1, 64)[:, None]
    >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    >>> history = train(
    ...     model, x, 3 * x, epochs=20, batch_size=8, verbose=0,
    ...     optimizer=keras.optimizers.SGD(0.1), loss="mse",
    ... )
    >>> history.history["loss"][-1] < 0.01
    True
"""

from typing import TYPE_CHECKING

from tfnotes._renamed import old_names
from tfnotes.training.compiling import choose_mode
from tfnotes.training.evaluation import evaluate
from tfnotes.training.loop import train
from tfnotes.training.running import NonFiniteLossError

__all__ = ["NonFiniteLossError", "choose_mode", "evaluate", "train"]

if not TYPE_CHECKING:
    __getattr__ = old_names(__name__)
