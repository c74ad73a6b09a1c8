"""Every bad input of ``bad_inputs`` gets one sentence, and leaves nothing behind."""

import os
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.package import bad_inputs as bad
from tests.package.bad_commands import COMMANDS
from tfnotes.command import app
from tfnotes.errors import first_line


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bad")
    bad.write_files(folder)
    return folder


@pytest.fixture(autouse=True)
def unchanged(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Run in the folder; fail if anything in it has changed afterwards."""
    monkeypatch.chdir(folder)
    before = state(folder)
    yield
    assert state(folder) == before


def state(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): b"" if path.is_dir() else path.read_bytes()
        for path in folder.rglob("*")
    }


def check(message: str, words: str) -> None:
    assert "\n" not in message
    assert "Traceback" not in message
    for part in words.split(" | "):
        assert part in message


@pytest.mark.parametrize("code", bad.CALLS)
def test_bad_call_is_answered_in_one_sentence(code: str) -> None:
    with pytest.raises((ValueError, TypeError, OSError, RuntimeError)) as raised:
        bad.run(code)
    message = str(raised.value)
    assert message.find("expected ") >= 0
    check(message, bad.CALLS[code])


@pytest.mark.parametrize("code", bad.ELSEWHERE)
def test_bad_call_elsewhere_is_answered(code: str) -> None:
    with pytest.raises(Exception) as raised:  # noqa: PT011  Keras raises many kinds
        bad.run(code)
    check(first_line(str(raised.value)), bad.ELSEWHERE[code])


@pytest.mark.parametrize("line", COMMANDS)
def test_bad_command_is_answered_in_one_sentence(line: str) -> None:
    code, words = COMMANDS[line]
    plain = {"COLUMNS": "200", "TERM": "dumb", "LANG": "C.UTF-8"}
    result = CliRunner().invoke(app, shlex.split(line), env={**os.environ, **plain})
    assert result.exit_code == code, result.output
    assert isinstance(result.exception, SystemExit)
    if code == 1:
        (sentence,) = result.stderr.splitlines()
        assert sentence.startswith("tfnotes: ")
        check(sentence, words)
    else:  # Typer shows the usage, then a sentence in a box
        check(" ".join(result.output.split()), words)


def test_corpus_is_large() -> None:
    assert len(bad.CALLS) + len(COMMANDS) >= 150
