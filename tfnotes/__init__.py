"""The package behind the TensorFlow handbook that runs.

``tfnotes.train`` and ``tfnotes.evaluate`` train and measure a model; everything else
has its own module: ``tfnotes.data``, ``tfnotes.models``, ``tfnotes.plots`` and so on,
imported on first use. Importing the package itself touches no device, file or network,
and does not import TensorFlow.

Examples:
    >>> import keras
    >>> import tfnotes
    >>> (x, y), (x_test, y_test) = tfnotes.data.load("digits")
    >>> model = keras.Sequential([
    ...     keras.Input((8, 8)), keras.layers.Flatten(), keras.layers.Dense(10)
    ... ])
    >>> history = tfnotes.train(
    ...     model, x, y, epochs=5, validation_data=(x_test, y_test), verbose=0,
    ...     optimizer="adam", metrics=["accuracy"],
    ...     loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    ... )
    >>> figure = tfnotes.plots.learning_curves(history)
"""

import importlib
from typing import TYPE_CHECKING, Any

from tfnotes._version import __version__

if TYPE_CHECKING:
    from tfnotes import (
        command,
        costs,
        data,
        devices,
        diagrams,
        distribution,
        doctor,
        errors,
        histograms,
        labels,
        models,
        plots,
        scratch,
        training,
    )
    from tfnotes.training import evaluate, train

__all__ = [
    "__version__",
    "command",
    "costs",
    "data",
    "devices",
    "diagrams",
    "distribution",
    "doctor",
    "errors",
    "evaluate",
    "histograms",
    "labels",
    "models",
    "plots",
    "scratch",
    "train",
    "training",
]

if not TYPE_CHECKING:  # type checkers would accept any name

    def __getattr__(name: str) -> Any:
        """Import a module, or the module of a function, on first use."""
        if name in ("evaluate", "train"):
            return getattr(importlib.import_module("tfnotes.training"), name)
        if name in __all__:
            return importlib.import_module(f"tfnotes.{name}")
        raise AttributeError(f"module 'tfnotes' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
