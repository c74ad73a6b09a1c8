"""Recurrent networks: text classification and sequence forecasting."""

from typing import Any

import keras
from keras import layers

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
        raise ValueError(f"expected a cell among {', '.join(CELLS)}; got {cell!r}")
    return CELLS[cell](units, **kwargs)


def text_classifier(
    cell: str = "gru",
    vocabulary_size: int = 10_000,
    n_classes: int = 2,
    embedding_size: int = 32,
    units: int = 32,
) -> keras.Model:
    """Build a network that reads a text word by word and classifies it.

    Word 0 is padding: it is masked, so zeros after a text change nothing.

    Args:
        cell: ``"rnn"``, ``"lstm"`` or ``"gru"``.
        vocabulary_size: number of word indices, including 0.
        n_classes: number of classes.
        embedding_size: size of the word embeddings.
        units: the size of the hidden state.

    Returns:
        An uncompiled model: (n, words) int32 to (n, n_classes) float32 logits.

    Examples:
        >>> text_classifier("lstm", vocabulary_size=100, n_classes=4).output_shape
        (None, 4)
    """
    # --8<-- [start:text-classifier]
    inputs = keras.Input((None,), dtype="int32")
    x = layers.Embedding(vocabulary_size, embedding_size, mask_zero=True)(inputs)
    x = recurrent_layer(cell, units)(x)  # the state after the last word
    logits = layers.Dense(n_classes, name="logits")(x)
    return keras.Model(inputs, logits, name=f"text_{cell}")
    # --8<-- [end:text-classifier]


def sequence_regressor(
    cell: str = "gru", n_features: int = 1, units: int = 32
) -> keras.Model:
    """Build a network that predicts, at every step, the next step.

    Train it on a sequence with the same sequence one step later as the target. The
    forecast is the prediction at the last step: ``model(x)[:, -1]``.

    Args:
        cell: ``"rnn"``, ``"lstm"`` or ``"gru"``.
        n_features: number of features per step.
        units: the size of the hidden state.

    Returns:
        An uncompiled model: (n, steps, n_features) float32 to values of the same shape.

    Examples:
        >>> sequence_regressor("rnn", n_features=3).output_shape
        (None, None, 3)
    """
    # --8<-- [start:sequence-regressor]
    inputs = keras.Input((None, n_features))
    x = recurrent_layer(cell, units, return_sequences=True)(inputs)
    outputs = layers.Dense(n_features, name="next")(x)
    return keras.Model(inputs, outputs, name=f"sequence_{cell}")
    # --8<-- [end:sequence-regressor]
