"""What is kept with a model until it is compiled again, such as its compiled calls."""

from collections.abc import Callable
from typing import Any

import keras

KEPT = "_tfnotes_calls"
CUSTOM = ("train_step", "test_step", "compute_metrics")


def has_own_step(model: keras.Model) -> bool:
    """Return whether a model defines what a step does or reports.

    Args:
        model: any model.

    Returns:
        True if its class, or the model itself, replaces one of Keras' methods.

    Examples:
        >>> has_own_step(keras.Sequential())
        False
    """
    return any(
        getattr(getattr(model, name), "__func__", None)
        is not getattr(keras.Model, name)
        for name in CUSTOM
    )


def kept(model: keras.Model, key: Any, make: Callable[[], Any]) -> Any:
    """Return what is kept with a model under a key; make it the first time.

    Args:
        model: compiled. Another ``compile`` drops everything, as in Keras.
        key: any hashable value.
        make: returns the value.

    Returns:
        The value.

    Examples:
        >>> model = keras.Sequential()
        >>> model.compile("sgd", "mse")
        >>> kept(model, "a", lambda: 1), kept(model, "a", lambda: 2)
        (1, 1)
    """
    # Not setattr: Keras would track the values as parts of the model.
    shelf = vars(model).get(KEPT)
    if shelf is None or shelf.owner is not model._loss_tracker:
        shelf = vars(model)[KEPT] = _Shelf(model)
    if key not in shelf.values:
        shelf.values[key] = make()
    return shelf.values[key]


class _Shelf:
    """Values that live as long as one ``compile`` of a model."""

    def __init__(self, model: keras.Model) -> None:
        self.owner = model._loss_tracker  # a new one after each compile
        self.values: dict[Any, Any] = {}
