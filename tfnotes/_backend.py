"""Refuse the parts that need TensorFlow where Keras runs on another backend."""


def needs_tensorflow(part: str) -> None:
    """Raise if Keras does not run on TensorFlow.

    Args:
        part: what needs it, as the reader writes it: ``"tfnotes.train"``.

    Raises:
        RuntimeError: Keras runs on another backend.

    Examples:
        >>> needs_tensorflow("tfnotes.train")
    """
    import keras

    if (backend := keras.config.backend()) != "tensorflow":
        raise RuntimeError(
            f"expected the backend 'tensorflow' for {part}, got {backend!r}; set "
            "KERAS_BACKEND=tensorflow before Python starts, or use what runs on every "
            "backend: model.fit, and the data, models, plots and costs of tfnotes"
        )
