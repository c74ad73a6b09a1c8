"""Other backends of Keras: what works there, and what refuses in one sentence."""

import keras
import pytest

from tfnotes._backend import needs_tensorflow


def test_part_that_needs_tensorflow_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    needs_tensorflow("tfnotes.train")
    monkeypatch.setattr(keras.config, "backend", lambda: "jax")
    with pytest.raises(RuntimeError) as raised:
        needs_tensorflow("tfnotes.train")
    assert str(raised.value).startswith(
        "expected the backend 'tensorflow' for tfnotes.train, got 'jax'; set KERAS_BACKEND"
    )
