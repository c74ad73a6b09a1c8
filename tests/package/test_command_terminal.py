"""What the commands leave in a terminal, seen from outside of the process."""

import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from tfnotes.command.terminal import quiet, without_start


def tfnotes(*arguments: str, here: Path, code: int, before: str = "") -> str:
    """Run a command without a network; return what stderr shows."""
    program = (
        f"import sys, socket\n{before}\nfrom tfnotes.command import main\n"
        f"sys.argv = {['tfnotes', *arguments]}\nmain()"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=here, capture_output=True, text=True)
    assert done.returncode == code, done.stderr
    return done.stderr


NO_NETWORK = "socket.getaddrinfo = None"


def test_data_set_that_is_missing_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    shown = tfnotes("data", "mnist", here=tmp_path, code=1, before=NO_NETWORK)
    assert shown.startswith("tfnotes: mnist is not on this machine")
    assert shown.count("\n") == 1


@pytest.mark.parametrize("image", ["good.png", "bad.png"])
def test_broken_model_or_image_is_one_sentence(tmp_path: Path, image: str) -> None:
    keras.utils.save_img(tmp_path / "good.png", np.zeros((8, 8, 1)), scale=False)
    (tmp_path / "bad.png").write_bytes(b"")
    (tmp_path / "model.keras").write_bytes(b"no model")
    shown = tfnotes("predict", "model.keras", image, here=tmp_path, code=1)
    assert shown.startswith("tfnotes: ")
    assert shown.count("\n") == 1


def test_failed_block_shows_what_may_explain_it(capfd: pytest.CaptureFixture[str]) -> None:
    lines = [
        "WARNING: All log messages before absl::InitializeLog() is called are written",
        "I0000 00:00:17 1 cpu_feature_guard.cc:227] This TensorFlow binary is optimized",
        "To enable the following instructions: AVX2, rebuild TensorFlow",
        "F0000 00:00:17 1 gpu.cc:1] out of memory",
    ]
    with pytest.raises(ZeroDivisionError), quiet():
        os.write(2, "\n".join(lines).encode()) / 0
    assert capfd.readouterr().err == lines[-1]


def test_training_shows_its_warnings_but_no_start_of_tensorflow(tmp_path: Path) -> None:
    warns = (
        "import os, keras\n"
        "keras.callbacks.CSVLogger.on_train_begin = lambda *_: (\n"
        "    os.write(2, b'I0000 00:00 service.cc:152] XLA service initialized\\n'),\n"
        "    os.write(2, b'W0000 00:00 the loss is odd\\n'))\n"
        "keras.callbacks.CSVLogger.on_epoch_end = keras.callbacks.Callback.on_epoch_end\n"
        "keras.callbacks.CSVLogger.on_train_end = keras.callbacks.Callback.on_train_end\n"
    )
    arguments = ("train", "mlp", "--epochs", "1", "--output", "run", "--no-tensorboard")
    shown = tfnotes(*arguments, here=tmp_path, code=0, before=warns)
    lines = shown.splitlines()
    assert "W0000 00:00 the loss is odd" in lines
    assert not [line for line in lines if line.startswith(("I0000 00:00 s", "2026"))]


def test_forwarding_ends_with_the_block(capfd: pytest.CaptureFixture[str]) -> None:
    with without_start():
        os.write(2, b"I0000 hidden\nshown\nlast")
    os.write(2, b"\nafter\n")
    assert capfd.readouterr().err == "shown\nlast\nafter\n"


def test_start_of_tensorflow_is_hidden_from_a_real_run(tmp_path: Path) -> None:
    """XLA compiles the steps, and says so: the line must not appear."""
    shown = tfnotes(
        "train", "mlp", "--epochs", "13", "--output", "run", "--no-tensorboard",
        here=tmp_path, code=0,
    )  # fmt: skip
    assert shown == ""


def test_hint_of_the_module_names_the_module(tmp_path: Path) -> None:
    program = (
        "import runpy, sys, keras\n"
        "def stop(*_, **__): raise KeyboardInterrupt\n"
        "keras.Model.compile = stop\n"
        "sys.argv = ['tfnotes', 'train', 'mlp']\n"
        "runpy.run_module('tfnotes', run_name='__main__', alter_sys=True)"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    hint = done.stderr.splitlines()[-1]
    assert hint == "tfnotes: interrupted; start again with python -m tfnotes train mlp"
