"""Histograms of a network's weights and activations.

Examples:
    >>> from tfnotes.histograms import weight_histograms
    >>> from tfnotes.models import lenet
    >>> figure = weight_histograms(lenet((28, 28, 1), 10))  # then plt.show()
"""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import Any
from unittest import mock

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

from tfnotes.labels import with_fonts

__all__ = ["activation_histograms", "weight_histograms"]

Numbers = npt.NDArray[np.float64]
TITLE_SIZE = 26  # characters that fit over a panel


def weight_histograms(model: Any) -> Figure:
    """Plot the weights of a model, one panel per tensor.

    Args:
        model: a built Keras model, or one layer of it.

    Returns:
        The figure, not yet shown. Each panel is labeled with mean and standard
        deviation, and with the share of zeros if there are any.

    Raises:
        ValueError: the model has no weights, or is not built.

    Examples:
        >>> import keras
        >>> dense = keras.layers.Dense(3, name="a")
        >>> figure = weight_histograms(keras.Sequential([keras.Input((4,)), dense]))
        >>> [panel.get_title() for panel in figure.axes]
        ['a/kernel', 'a/bias']

    Source:
        X. Glorot, Y. Bengio: Understanding the difficulty of training deep feedforward
        neural networks, 2010, plots networks this way.
    """
    _check(model)
    if not model.weights:
        raise ValueError(
            f"expected a model with weights; {model.name} has none: "
            "build it first, by calling it on a batch"
        )
    return _histograms(
        {w.path.removeprefix(f"{model.name}/"): _numbers(w) for w in model.weights}
    )


def activation_histograms(model: Any, x: Any) -> Figure:
    """Plot the outputs of each layer of a model for a batch, one panel per layer.

    The model runs once, in inference mode (no dropout).

    Args:
        model: any Keras model, subclassed or not.
        x: one batch, in the form that the model expects.

    Returns:
        The figure, not yet shown. The layers are in the order in which they ran; a
        layer that ran twice has all its outputs in one panel. A nested model counts as
        one layer.

    Raises:
        ValueError: this is no Keras model.

    Examples:
        >>> import keras
        >>> layers = [keras.layers.Dense(3, name="a"), keras.layers.ReLU(name="b")]
        >>> figure = activation_histograms(keras.Sequential(layers), np.ones((2, 4)))
        >>> [panel.get_title() for panel in figure.axes]
        ['a', 'b']

    Source:
        X. Glorot, Y. Bengio: Understanding the difficulty of training deep feedforward
        neural networks, 2010, figures 2 to 4.
    """
    _check(model)
    if not model.built:
        model(x)  # the first call also traces the layers, with symbolic tensors
    outputs: dict[str, list[Any]] = {}
    with ExitStack() as stack:  # on exit each layer's `call` is restored
        for layer in model.layers:
            recorder = _recorder(layer.call, outputs.setdefault(layer.name, []))
            stack.enter_context(mock.patch.object(layer, "call", recorder))
        model(x, training=False)
    return _histograms(
        {name: _numbers(parts) for name, parts in outputs.items() if parts}
    )


def _check(model: Any) -> None:
    import keras

    if not isinstance(model, keras.Layer):  # a model is one, too
        raise ValueError(
            f"expected a Keras model, got {type(model).__name__}; pass the model first"
        )


def _recorder(call: Callable[..., Any], outputs: list[Any]) -> Callable[..., Any]:
    def record(*args: Any, **kwargs: Any) -> Any:
        outputs.append(call(*args, **kwargs))
        return outputs[-1]

    return record


def _numbers(tensors: Any) -> Numbers:
    """Flatten one tensor, or a list of tensors, into one array."""
    import keras

    arrays = [keras.ops.convert_to_numpy(t) for t in keras.tree.flatten(tensors)]
    return np.concatenate([a.ravel().astype(np.float64) for a in arrays])


def _histograms(rows: Mapping[str, Numbers], columns: int = 3) -> Figure:
    # --8<-- [start:histograms]
    n_rows = -(-len(rows) // columns)
    figure, panels = plt.subplots(
        n_rows,
        columns,
        squeeze=False,
        figsize=(7.2, 1.8 * n_rows),
        layout="constrained",
    )
    for panel, (name, values) in zip(panels.flat, rows.items(), strict=False):
        counts, edges = np.histogram(values[np.isfinite(values)], bins=40)
        panel.stairs(counts, edges, fill=True)
        panel.set_title(_title(name), fontsize=9.5)
        panel.set_xlabel(_described(values), fontsize=8.5)
    # --8<-- [end:histograms]
    for panel in panels.flat:
        panel.tick_params(labelsize=8)
        panel.locator_params(nbins=4)
    for panel in panels.flat[len(rows) :]:
        panel.remove()
    return with_fonts(figure)


def _title(name: str) -> str:
    """Break a long name at its last slash and truncate long parts at the front."""
    parts = [name] if len(name) <= TITLE_SIZE else name.rsplit("/", 1)
    return "/\n".join(
        part if len(part) <= TITLE_SIZE else "…" + part[1 - TITLE_SIZE :]
        for part in parts
    )


def _described(values: Numbers) -> str:
    """Describe mean, standard deviation, zeros and non-finite values."""
    finite = values[np.isfinite(values)]
    if not finite.size:
        return f"none of {values.size:,} is finite"
    text = f"mean {finite.mean():.2g}, std {finite.std():.2g}"
    if zeros := np.mean(finite == 0):
        text += f", {zeros:.0%} zero"
    if lost := values.size - finite.size:
        text += f"\n{lost:,} of {values.size:,} not finite"
    return text.replace("-", "\N{MINUS SIGN}")
