"""Recurrent networks: text classification and sequence forecasting."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import layers

from tfnotes.models._arguments import builder, is_size

CELLS = {"rnn": layers.SimpleRNN, "lstm": layers.LSTM, "gru": layers.GRU}


def recurrent_layer(cell: str, units: int, **kwargs: Any) -> keras.Layer:
    """Create one of the three recurrent layers by its short name.

    Args:
        cell: ``"rnn"``, ``"lstm"`` or ``"gru"``.
        units: the size of the hidden state.
        **kwargs: arguments of the Keras layer, such as ``return_sequences``.

    Returns:
        The layer, not built.

    Raises:
        ValueError: the cell is unknown.

    Examples:
        >>> recurrent_layer("lstm", 8).units
        8

    Source:
        Elman, Finding Structure in Time, 1990; Hochreiter and Schmidhuber, Long
        Short-Term Memory, 1997; Cho et al., Learning Phrase Representations using RNN
        Encoder-Decoder, 2014.
    """
    if cell not in CELLS:
        known = ", ".join(map(repr, CELLS))
        raise ValueError(f"expected a cell among {known}; got {cell!r}")
    return CELLS[cell](units, **kwargs)


@builder
def text_classifier(
    vocabulary_size: int,
    n_outputs: int,
    *,
    cell: str = "gru",
    embedding_size: int = 32,
    units: int = 32,
    dropout: float = 0.0,
    name: str | None = None,
) -> keras.Model:
    """Build a network that reads a text word by word and classifies it.

    Word 0 is padding: it is masked, so zeros after a text change nothing.

    Args:
        vocabulary_size: number of word indices, including 0.
        n_outputs: number of classes; 1 for a binary logit.
        cell: ``"rnn"``, ``"lstm"`` or ``"gru"``.
        embedding_size: size of the word embeddings.
        units: the size of the hidden state.
        dropout: rate of the dropout before the last layer; 0 for none.
        name: name of the model; ``"text_"`` and the cell if it is omitted.

    Returns:
        An uncompiled model: (n, words) int32 to (n, n_outputs) float32 logits.

    Raises:
        ValueError: a size is not positive, or the cell is unknown.

    Examples:
        >>> text_classifier(100, 4, cell="lstm").output_shape
        (None, 4)
    """
    # --8<-- [start:text-classifier]
    inputs = keras.Input((None,), dtype="int32")
    x = layers.Embedding(vocabulary_size, embedding_size, mask_zero=True)(inputs)
    x = recurrent_layer(cell, units)(x)  # the state after the last word
    if dropout:
        x = layers.Dropout(dropout)(x)
    logits = layers.Dense(n_outputs, name="logits")(x)
    return keras.Model(inputs, logits, name=name or f"text_{cell}")
    # --8<-- [end:text-classifier]


@builder
def sequence_regressor(
    input_shape: Sequence[int | None],
    n_outputs: int,
    *,
    cell: str = "gru",
    units: int = 32,
    dropout: float = 0.0,
    name: str | None = None,
) -> keras.Model:
    """Build a network that predicts, at every step, the next step.

    Train it on a sequence with the same sequence one step later as the target. The
    forecast is the prediction at the last step: ``model(x)[:, -1]``.

    Args:
        input_shape: (steps, features); None for a number of steps that varies.
        n_outputs: number of values to predict per step, such as all features.
        cell: ``"rnn"``, ``"lstm"`` or ``"gru"``.
        units: the size of the hidden state.
        dropout: rate of the dropout before the last layer; 0 for none.
        name: name of the model; ``"sequence_"`` and the cell if it is omitted.

    Returns:
        An uncompiled model: (n, steps, features) float32 to (n, steps, n_outputs)
        float32, the values.

    Raises:
        ValueError: the shape is not that of a sequence, a size is not positive, or the
            cell is unknown.

    Examples:
        >>> sequence_regressor((None, 3), 3, cell="rnn").output_shape
        (None, None, 3)
    """
    if not _is_sequence(input_shape):
        raise ValueError(
            f"expected input_shape=(steps or None, features); got {input_shape}"
        )
    # --8<-- [start:sequence-regressor]
    inputs = keras.Input(input_shape)
    x = recurrent_layer(cell, units, return_sequences=True)(inputs)
    if dropout:
        x = layers.Dropout(dropout)(x)
    outputs = layers.Dense(n_outputs, name="next")(x)
    return keras.Model(inputs, outputs, name=name or f"sequence_{cell}")
    # --8<-- [end:sequence-regressor]


def _is_sequence(shape: Any) -> bool:
    """Return whether a shape is (steps or None, features)."""
    if not hasattr(shape, "__len__") or len(shape) != 2:
        return False
    return is_size(shape[1]) and (shape[0] is None or is_size(shape[0]))
