"""What the commands leave in a terminal, seen from outside of the process."""

import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from tfnotes.command.terminal import quiet


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
