"""Print the error or warning of outdated code as one line."""

import contextlib
import logging
import re
import warnings
from collections.abc import Iterator

__all__ = ["printed_errors"]

QUIET = (
    DeprecationWarning,
    PendingDeprecationWarning,
    ImportWarning,
    ResourceWarning,
)
LOGGERS = (None, "absl", "tensorflow")


@contextlib.contextmanager
def printed_errors() -> Iterator[None]:
    """Print the error and the warnings of a block instead of raising them.

    The lessons use it to show the current error of outdated code without ending the
    program: the type of the error and the first line of its message.

    Examples:
        >>> with printed_errors():
        ...     {}["lr"]
        KeyError: 'lr'
    """
    with warnings.catch_warnings(record=True) as given, _logged() as logged:
        warnings.simplefilter("always")
        for category in QUIET:
            warnings.simplefilter("ignore", category)
        try:
            yield
        except Exception as error:
            raised = [f"{type(error).__name__}: {first_line(str(error))}"]
        else:
            raised = []
    said = [f"{w.category.__name__}: {first_line(str(w.message))}" for w in given]
    for line in dict.fromkeys([*said, *logged, *raised]):
        print(line)


def first_line(message: str) -> str:
    r"""Return the first line of a message, without TensorFlow's node names.

    Args:
        message: the text of an error or a warning.

    Returns:
        One line; empty if the message is empty. For an error raised while tracing a
        graph, the last line: the first ones are only the traceback.

    Examples:
        >>> first_line("{{function_node __wrapped__Exp}} not allowed\nat /tmp/a.py")
        'not allowed'
        >>> first_line("Incompatible shapes: [3] vs. [4] [Op:AddV2] name: ")
        'Incompatible shapes: [3] vs. [4]'
        >>> first_line("in user code:\n  File a.py, line 3\nValueError: no shape")
        'ValueError: no shape'
    """
    lines = re.sub(r"\{\{.*?\}\} ?| \[Op:\w+\].*", "", message).strip().splitlines()
    if lines and lines[0] == "in user code:":  # the cause is the last line
        return lines[-1].strip()
    return lines[0] if lines else ""


@contextlib.contextmanager
def _logged() -> Iterator[list[str]]:
    """Collect the warnings that TensorFlow and Keras log instead of showing them."""
    found: list[str] = []

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            found.append(f"{record.levelname}: {first_line(record.getMessage())}")

    loggers = [logging.getLogger(name) for name in LOGGERS]
    before = [logger.handlers for logger in loggers]
    for logger in loggers:
        logger.handlers = [Collector(logging.WARNING)]
    try:
        yield found
    finally:
        for logger, handlers in zip(loggers, before, strict=True):
            logger.handlers = handlers
