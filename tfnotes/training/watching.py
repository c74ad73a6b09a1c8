"""Callbacks of a run, and how many steps a call may take between two of their hooks."""

from collections.abc import Sequence
from typing import TypeAlias

import keras

from tfnotes.training.keeping import has_own_step
from tfnotes.training.opening import Source

CALLS = 20  # compiled calls per epoch with a progress bar
CallbackList: TypeAlias = keras.callbacks.CallbackList
Callback: TypeAlias = keras.callbacks.Callback
Callbacks: TypeAlias = Callback | Sequence[Callback] | CallbackList | None
HOOKS = ("on_{}_batch_begin", "on_{}_batch_end", "on_batch_begin", "on_batch_end")


def listed(
    callbacks: Callbacks,
    model: keras.Model,
    verbose: int | str,
    steps: int | None,
    epochs: int = 1,
    history: bool = True,
) -> CallbackList:
    """Return the list that calls the callbacks as ``fit`` does.

    Args:
        callbacks: one, several, or such a list.
        model: the model that they watch.
        verbose: 0 for no progress bar.
        steps: per epoch; None if unknown.
        epochs: of the run.
        history: whether to add a history.

    Returns:
        The list.

    Raises:
        TypeError: one of them is no callback.

    Examples:
        >>> listed(keras.callbacks.History(), keras.Sequential(), 0, None).callbacks
        [<...History object at ...>]
    """
    if isinstance(callbacks, keras.callbacks.CallbackList):
        return callbacks
    for callback in keras.tree.flatten(callbacks or []):
        if not isinstance(callback, keras.callbacks.Callback):
            raise TypeError(
                f"expected Keras callbacks, got {callback!r}; make an instance, such "
                "as EarlyStopping()"
            )
    return CallbackList(
        callbacks,
        add_history=history,
        add_progbar=verbose != 0,
        model=model,
        verbose=verbose,
        epochs=epochs,
        steps=steps,
    )


def steps_per_call(
    model: keras.Model,
    source: Source,
    callbacks: CallbackList,
    steps: int | None,
    kind: str = "test",
) -> int:
    """Return the steps per compiled call: as many as no callback has to watch.

    Args:
        model: compiled.
        source: its data.
        callbacks: of the run.
        steps: steps per epoch, if they are given.
        kind: ``"train"`` or ``"test"``, the hooks to look for.

    Returns:
        At least 1.

    Examples:
        >>> import numpy as np
        >>> from tfnotes.training.opening import open_source
        >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> source = open_source(model, (np.ones((9, 1)), np.ones(9), None), 2)
        >>> steps_per_call(model, source, listed(None, model, 0, 5), None)
        5
    """
    if model.distribute_strategy.num_replicas_in_sync > 1:
        return 1
    if model.run_eagerly and has_own_step(model):
        return 1
    counted = steps or keras.config.max_steps_per_epoch()
    if any(_watches(callback, kind) for callback in callbacks.callbacks):
        return int(model.steps_per_execution)
    if counted or source.steps is None:
        return 1
    shows = any(
        isinstance(c, keras.callbacks.ProgbarLogger) for c in callbacks.callbacks
    )
    bar = shows and callbacks.params.get("verbose") in (1, "auto")
    return max(1, source.steps // CALLS) if bar else source.steps


def _watches(callback: Callback, kind: str) -> bool:
    """Return whether a callback has a hook of each batch that does something."""
    if isinstance(callback, keras.callbacks.ProgbarLogger):
        return False
    own = (getattr(callback, hook.format(kind)) for hook in HOOKS)
    functions = [getattr(hook, "__func__", hook) for hook in own]
    defaults = [getattr(keras.callbacks.Callback, hook.format(kind)) for hook in HOOKS]
    working = [f for f in functions if f not in defaults]
    if "epoch" in (
        getattr(callback, name, "") for name in ("save_freq", "update_freq")
    ):
        profiles = getattr(callback, "_should_trace", False)
        counts = getattr(callback, "write_steps_per_second", False)
        if not profiles and not counts:  # Keras' own hooks do nothing then
            working = [f for f in working if not f.__module__.startswith("keras.")]
    return bool(working)
