"""printed_errors: one line for each error, warning and log line; nothing escapes."""

import logging
import warnings

import pytest

from tests.package.error_cases import CASES
from tfnotes.errors import first_line, printed_errors


def test_error_is_printed_with_its_type(capsys: pytest.CaptureFixture[str]) -> None:
    with printed_errors():
        raise ValueError("first\nsecond")
    assert capsys.readouterr().out == "ValueError: first\n"


def test_warnings_and_log_lines_come_before_the_error(capsys: pytest.CaptureFixture[str]) -> None:
    with printed_errors():
        warnings.warn("old", UserWarning, stacklevel=1)
        logging.getLogger("absl").warning("older")
        raise KeyError("k")
    assert capsys.readouterr().out == "UserWarning: old\nWARNING: older\nKeyError: 'k'\n"


def test_nothing_is_printed_without_errors(capsys: pytest.CaptureFixture[str]) -> None:
    with printed_errors():
        warnings.warn("for developers", DeprecationWarning, stacklevel=1)
    assert capsys.readouterr().out == ""


def test_keyboard_interrupt_is_not_caught() -> None:
    with pytest.raises(KeyboardInterrupt), printed_errors():
        raise KeyboardInterrupt


def test_log_line_is_printed_once(capfd: pytest.CaptureFixture[str]) -> None:
    with printed_errors():
        logging.getLogger("tensorflow").warning("once")
    out, err = capfd.readouterr()
    assert (out, err) == ("WARNING: once\n", "")


def test_loggers_are_restored() -> None:
    before = list(logging.getLogger("absl").handlers)
    with printed_errors():
        pass
    assert logging.getLogger("absl").handlers == before


def test_tensorflow_error_is_cut_to_its_first_line() -> None:
    assert first_line("{{function_node __wrapped__X}} Value for attr\nmore") == "Value for attr"
    assert first_line("\n\n  text  \n") == "text"
    assert first_line("") == ""


WRAPPING = ("Graph execution error", "Exception encountered", "in user code", "Detected at node",
            "{{", "[Op:", "\x1b", "Error encountered:", "Traceback")  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_cause_of_an_error_is_printed(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    call, cause = CASES[name]
    with printed_errors():
        call()
    line = capsys.readouterr().out.splitlines()[-1]  # warnings come before the error
    assert cause in line
    assert [wrapping for wrapping in WRAPPING if wrapping in line] == []


def test_kind_of_an_error_is_printed_once(capsys: pytest.CaptureFixture[str]) -> None:
    with printed_errors():
        raise ValueError("in user code:\n\n    File a.py, line 3\n\n    ValueError: no shape\n")
    assert capsys.readouterr().out == "ValueError: no shape\n"
