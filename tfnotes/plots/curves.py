"""Learning curves: the quantities of each epoch."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from tfnotes.labels import with_fonts

COLUMNS, MOST_PANELS = 3, 12
NO_RESULTS = ("epoch", "learning_rate")  # the first one is a column of CSVLogger's file


def learning_curves(
    history: Any,
    names: Sequence[str] = (),
    *,
    validation_freq: int | Collection[int] | None = None,
) -> Figure:
    """Plot training and validation curves, one panel per quantity.

    Args:
        history: what ``fit`` or ``tfnotes.train`` returns, or its ``history``: lists
            with one value per epoch.
        names: the quantities to plot, each with its ``val_`` counterpart if there is
            one; if empty the loss and the metrics, at most the first 12 quantities.
        validation_freq: the argument of ``fit``, which a history does not record. If it
            is None and there are fewer validations than epochs, they are drawn evenly
            spaced, as far apart as their number allows.

    Returns:
        The figure, not yet shown.

    Raises:
        TypeError: the history is of another type.
        ValueError: the history has no such quantity, or another number of validations.

    Examples:
        >>> history = {"loss": [0.9, 0.5], "val_loss": [1.0, 0.7]}
        >>> figure = learning_curves(history)
        >>> [line.get_label() for line in figure.axes[0].lines]
        ['training', 'validation']
    """
    logs = getattr(history, "history", history)
    if not isinstance(logs, Mapping) or not all(map(np.ndim, logs.values())):
        raise TypeError(
            f"expected a History or a dict of lists; got {type(history).__name__}: of "
            "a CSVLogger's file pass pandas.read_csv(file).to_dict('list')"
        )
    names = _quantities(logs, [names] if isinstance(names, str) else names)
    n_epochs = max(map(len, logs.values()))
    if not n_epochs:
        raise ValueError("expected a history of at least one epoch; got none")
    epochs = [epoch + 1 for epoch in getattr(history, "epoch", ())]
    if len(epochs) != n_epochs:
        epochs = [*range(1, n_epochs + 1)]
    rows = -(-len(names) // COLUMNS)
    width, height = mpl.rcParams["figure.figsize"]
    # --8<-- [start:learning-curves]
    figure, panels = plt.subplots(
        rows,
        min(len(names), COLUMNS),
        squeeze=False,
        figsize=(width, height * rows),
        layout="constrained",
    )
    for panel, name in zip(panels.flat, names, strict=False):
        both = [(name, "C0-", "training"), (f"val_{name}", "C1--", "validation")]
        for key, style, label in both:
            if key in logs:
                x = _measured(epochs, key, len(logs[key]), validation_freq)
                mark = "o" if len(x) == 1 else ""  # no line joins a single value
                panel.plot(x, logs[key], style + mark)[0].set_label(label)
        panel.set(xlabel="epoch", title=name)
        panel.xaxis.get_major_locator().set_params(integer=True)
        panel.legend()
    # --8<-- [end:learning-curves]
    for panel in panels.flat[len(names) :]:
        panel.remove()
    return with_fonts(figure)


def _quantities(logs: Mapping[str, Any], names: Sequence[str]) -> list[str]:
    """Return the quantities to plot; raise if one is not in the history."""
    known = [*dict.fromkeys(name.removeprefix("val_") for name in logs)]
    if missing := [name for name in names if name not in known]:
        raise ValueError(
            f"expected names of the history, {', '.join(known) or 'which is empty'}; "
            f"got {', '.join(missing)}"
        )
    known = sorted(known, key=lambda name: name != "loss")  # the loss first
    some = names or [name for name in known if name not in NO_RESULTS][:MOST_PANELS]
    if not some:
        raise ValueError("expected a history with a loss or a metric; got none")
    return [*some]


def _measured(
    epochs: list[int], key: str, count: int, freq: int | Collection[int] | None
) -> list[int]:
    """Return the epochs in which a quantity was measured."""
    if count == len(epochs):
        return epochs
    for every in range(epochs[-1], 0, -1) if freq is None else [freq]:
        known = range(0, epochs[-1] + 1, every) if isinstance(every, int) else every
        at = [epoch for epoch in epochs if epoch in known]
        if len(at) == count:
            return at
    raise ValueError(
        f"expected validation_freq, an epoch for each value of {key}; "
        f"got {count} values in {len(epochs)} epochs and validation_freq={freq}"
    )
