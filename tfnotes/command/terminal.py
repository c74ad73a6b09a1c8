"""Suppress TensorFlow's output to a terminal."""

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Hold back the output of TensorFlow's C++ part while it starts.

    ``TF_CPP_MIN_LOG_LEVEL`` no longer silences it. If the block fails, the output is
    shown, because it may explain the failure.

    Examples:
        >>> with quiet():
        ...     _ = os.write(2, b"hello from C++")
    """
    sys.stderr.flush()
    shown = os.dup(2)
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        except BaseException:
            held.seek(0)
            os.write(shown, held.read())
            raise
        finally:
            os.dup2(shown, 2)
            os.close(shown)
