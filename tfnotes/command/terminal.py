"""Suppress TensorFlow's output to a terminal, and repeat a command for it."""

import contextlib
import os
import shlex
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator

import typer

AT_EVERY_START = (  # the first words of lines that explain no failure
    b"I0000 ",
    b"WARNING: All log messages before absl::InitializeLog()",
    b"To enable the following instructions:",
)


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Hold back the output of TensorFlow's C++ part while it starts.

    ``TF_CPP_MIN_LOG_LEVEL`` no longer silences it. If the block fails, the output is
    shown, because it may explain the failure, without what every start prints.

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
            lines = (line for line in held if not line.startswith(AT_EVERY_START))
            os.write(shown, b"".join(lines))
            raise
        finally:
            os.dup2(shown, 2)
            os.close(shown)


@contextlib.contextmanager
def without_start() -> Iterator[None]:
    """Show what TensorFlow's C++ part says, except for what every start prints.

    For a block that runs for long: its warnings appear at once.

    Examples:
        >>> with without_start():
        ...     _ = os.write(2, b"I0000 XLA service initialized")
    """
    sys.stderr.flush()
    shown = os.dup(2)
    end, start = os.pipe()
    os.dup2(start, 2)
    os.close(start)

    def forward() -> None:
        with open(end, "rb") as lines:  # noqa: PTH123  a number, not a path
            for line in lines:
                if not line.startswith(AT_EVERY_START):
                    os.write(shown, line)

    reader = threading.Thread(target=forward, daemon=True)
    reader.start()
    try:
        yield
    finally:
        sys.stderr.flush()
        os.dup2(shown, 2)  # closes the pipe, so that the reader ends
        reader.join(timeout=1)  # a process started meanwhile may hold it open
        if not reader.is_alive():
            os.close(shown)


def as_typed(context: typer.Context, without: str) -> str:
    """Return the command that runs now, to type it again.

    Args:
        context: of the command.
        without: the parameter to omit.

    Returns:
        The command with the arguments and options that were given, quoted for a shell.

    Examples:
        >>> from typer.testing import CliRunner
        >>> app = typer.Typer()
        >>> @app.command()
        ... def train(context: typer.Context, model: str, seed: int = 0, new: bool = 1):
        ...     print(as_typed(context, without="new"))
        >>> print(CliRunner().invoke(app, ["my model", "--no-new"]).output)
        train 'my model'...
    """
    words = context.command_path.split()
    for parameter in context.command.params:
        value = context.params.get(parameter.name or "")
        source = context.get_parameter_source(parameter.name or "")
        if getattr(source, "name", "") != "COMMANDLINE" or parameter.name == without:
            continue
        if parameter.param_type_name == "option":
            off = value is False and parameter.secondary_opts
            words.append((off or parameter.opts)[0])
        if not isinstance(value, bool):
            words.append(str(value))
    join = subprocess.list2cmdline if sys.platform == "win32" else shlex.join
    return join(words)
