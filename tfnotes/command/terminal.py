"""What stands between TensorFlow and a terminal."""

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Hold back what TensorFlow's C++ part says while it starts.

    ``TF_CPP_MIN_LOG_LEVEL`` no longer silences it. Where the block fails, all of it is
    shown, for then it may say why.

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
