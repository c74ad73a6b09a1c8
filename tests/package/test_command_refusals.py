"""Runs that are refused or fail: what stays in the folder."""

import errno
import os
from pathlib import Path

import keras
import pytest

from tests.package.test_command import run


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["mlp", "--data", "photographs"], "expected a data set with test images, got"),
        (["lenet", "--data", "digits"], "expected"),
        (["mlp", "--optimizer", "adamm"], "adamm"),
    ],
)
def test_refused_run_leaves_nothing_behind(here: Path, arguments: list[str], sentence: str) -> None:
    output = run("train", *arguments, code=1).stderr
    assert output.startswith("tfnotes: ")
    assert sentence in output
    assert output.count("\n") == 1
    assert not list(here.iterdir())


def full(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("method", ["CSVLogger.on_train_begin", "CSVLogger.on_epoch_end"])
def test_full_disk_before_the_first_checkpoint_leaves_nothing(
    here: Path, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    (here / "mine").mkdir()
    (here / "mine/notes.txt").write_text("kept", encoding="utf-8")
    monkeypatch.setattr(f"keras.callbacks.{method}", full)
    for folder in ("mine", "runs/new"):
        output = run("train", "mlp", "--output", folder, code=1).stderr
        assert output == (
            f"tfnotes: expected to write to the folder {folder}, could not (No space left on "
            "device); choose another --output\n"
        )
    assert [p.name for p in here.rglob("*")] == ["mine", "notes.txt"]


def test_full_disk_at_the_end_keeps_the_checkpoint(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(keras.Model, "save", full)
        output = run("train", "mlp", "--epochs", "1", "--output", "run", code=1).stderr
    assert "No space left on device); free its disk and --resume\n" in output
    assert sorted(p.name for p in (here / "run").iterdir()) == [
        "checkpoint", "classes.txt", "history.csv", "logs", "settings.json",
    ]  # fmt: skip
    run("train", "mlp", "--epochs", "1", "--output", "run", "--resume")
    assert (here / "run/model.keras").is_file()
