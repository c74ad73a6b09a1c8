"""Print the error or warning of outdated code as one line.

Examples:
    >>> import keras
    >>> from tfnotes.errors import printed_errors
    >>> with printed_errors():
    ...     keras.optimizers.SGD(lr=0.1)
    ValueError: Argument(s) not recognized: {'lr': 0.1}
"""

import contextlib
import logging
import re
import warnings
from collections.abc import Iterator

__all__ = ["first_line", "printed_errors"]

QUIET = (
    DeprecationWarning,
    PendingDeprecationWarning,
    ImportWarning,
    ResourceWarning,
)
LOGGERS = (None, "absl", "tensorflow")
DECORATIONS = {  # what surrounds the words of a message: what replaces it
    r"\x1b\[\d*m": "",  # bold, and its end
    r"\{\{function_node [^}]*\}\} ?": "",
    r"^\t \[\[.*$": "",  # the node, after the message
    r" *\[Op:.*$": "",
    r"'\{\{node ([^}]*)\}\} = (\w+)\[.*?\]\(.*?\)'": r"\1 (\2)",
    r"(?<=node )\{\{node ([^}]*)\}\}": r"\1",
    r"\{\{.*?\}\} ?": "",
    r" __inference_\S+?\[.*?\](?= on )": "",  # the graph that XLA compiles
    r"Error in user-defined function passed to .*? iterator: [\w:\[\]]+: ": "",
    r"^Could not automatically infer the output shape.*Error encountered:$": "",
    r"^A total of .* Example error message for object <(\w+) name=([^,>]*).*>:\s+": (
        r"\1 '\2': "
    ),
    r"^<class .*> could not be deserialized properly(.|\n)*Exception encountered: ": "",
    r"(samples\.)('x' sizes: .*)\n": r"\1 \2, ",  # Keras forgets a space
}
IN_LAYER = re.compile(r"Exception encountered when calling (?P<call>.*)\.\s+")
IN_USER_CODE = re.compile(r"in user code:(.|\n)*?^\s*(?P<error>\w+: )", re.M)
BEFORE_THE_CAUSE = re.compile(  # lines of a graph's error
    r"\s*$|Graph execution error:|Detected at node |\s*File \"|<stack traces unavail"
    r"|\d+ root error"
)
ADVICE = re.compile(  # long, and not about the reader's code
    r"^\s*\(0\) [A-Z_]+: +| You can attempt the following resolutions.*"
    r"| If they are already decorated.*| Target variable: <.*| Full object config: .*"
)


@contextlib.contextmanager
def printed_errors() -> Iterator[None]:
    """Print the error and the warnings of a block instead of raising them.

    The lessons use it to show the current error of outdated code without ending the
    program: the type of the error and the line that says what is wrong.

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
            kind, cause = f"{type(error).__name__}: ", first_line(str(error))
            raised = [kind + cause.removeprefix(kind)]
        else:
            raised = []
    said = [f"{w.category.__name__}: {first_line(str(w.message))}" for w in given]
    for line in dict.fromkeys([*said, *logged, *raised]):
        print(line)


def first_line(message: str) -> str:
    r"""Return the line of a message that says what is wrong.

    Keras and TensorFlow put the cause behind a heading ("Graph execution error:",
    "Exception encountered when calling Dense.call().", "in user code:"), a traceback,
    and the names of nodes. Other messages are cut to their first line.

    Args:
        message: the text of an error or a warning.

    Returns:
        One line; empty if the message is empty. For an error in a layer it begins with
        the class of the layer.

    Examples:
        >>> first_line("{{function_node __wrapped__Exp}} not allowed\nat /tmp/a.py")
        'not allowed'
        >>> first_line("Incompatible shapes: [3] vs. [4] [Op:AddV2] name: ")
        'Incompatible shapes: [3] vs. [4]'
        >>> first_line("in user code:\n  File a.py, line 3\nValueError: no shape")
        'ValueError: no shape'
        >>> first_line("Exception encountered when calling A.call().\n\nno mask")
        'A.call(): no mask'
    """
    text = _undecorated(message)
    if found := IN_LAYER.match(text):
        return f"{found['call']}: {first_line(text[found.end() :])}"
    if found := IN_USER_CODE.match(text):
        return found["error"] + first_line(text[found.end() :])
    lines = [line for line in text.splitlines() if not BEFORE_THE_CAUSE.match(line)]
    shown = (lines or text.splitlines() or [""])[0]
    return ADVICE.sub("", shown).strip()


def _undecorated(message: str) -> str:
    """Remove what TensorFlow and Keras wrap around the words of a message."""
    for pattern, instead in DECORATIONS.items():
        message = re.sub(pattern, instead, message, flags=re.M)
    return message.strip()


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
