"""Other backends of Keras: what works there, and what refuses in one sentence."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import keras
import pytest

from tests.conftest import skip
from tfnotes._backend import needs_tensorflow
from tfnotes.training import choose_mode

PROGRAM = Path(__file__).with_name("programs") / "on_jax.py"


def test_part_that_needs_tensorflow_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    needs_tensorflow("tfnotes.train")
    monkeypatch.setattr(keras.config, "backend", lambda: "jax")
    with pytest.raises(RuntimeError) as raised:
        needs_tensorflow("tfnotes.train")
    assert str(raised.value).startswith(
        "expected the backend 'tensorflow' for tfnotes.train, got 'jax'; set KERAS_BACKEND"
    )


def test_choice_of_xla_needs_tensorflow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keras.config, "backend", lambda: "jax")
    with pytest.raises(RuntimeError, match=r"'tensorflow' for tfnotes\.training\.choose_mode, got"):
        choose_mode(keras.Sequential(), None, 1)


def on_jax(program: str) -> subprocess.CompletedProcess[str]:
    if not find_spec("jax"):
        skip("needs JAX: pip install '.[jax]'")
    environment = {**os.environ, "KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"}
    return subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True
    )


@pytest.mark.slow
def test_data_models_plots_and_costs_work_on_jax() -> None:
    done = on_jax(PROGRAM.read_text(encoding="utf-8"))
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.startswith("trained with")


@pytest.mark.slow
def test_training_on_jax_says_what_it_needs() -> None:
    done = on_jax(
        "import keras, numpy as np, tfnotes.training\n"
        "model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])\n"
        "model.compile('sgd', 'mse')\n"
        "for function in (tfnotes.training.train, tfnotes.training.evaluate):\n"
        "    try: function(model, np.zeros((8, 4)), np.zeros(8))\n"
        "    except RuntimeError as error: print(error)"
    )
    for name, line in zip(("train", "evaluate"), done.stdout.splitlines(), strict=True):
        assert line.startswith(f"expected the backend 'tensorflow' for tfnotes.{name}, got 'jax'")


def test_command_without_its_backend_says_what_to_install(tmp_path: Path) -> None:
    program = (
        "import os, sys\nfrom tfnotes.command import main\nsys.modules['jax'] = None\n"
        f"os.chdir({str(tmp_path)!r})\nsys.argv = ['tfnotes', 'train', 'mlp']\nmain()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"KERAS_BACKEND": "jax"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    (sentence,) = done.stderr.splitlines()
    assert sentence == (
        "tfnotes: expected the package jax of Keras' backend, found none; install it, or set "
        "KERAS_BACKEND=tensorflow"
    )


def test_command_on_jax_says_what_it_needs(tmp_path: Path) -> None:
    done = on_jax(
        "import os, sys\nfrom tfnotes.command import main\n"
        f"os.chdir({str(tmp_path)!r})\nsys.argv = ['tfnotes', 'train', 'mlp']\nmain()"
    )
    assert done.returncode == 1
    (sentence,) = done.stderr.splitlines()
    assert sentence.startswith("tfnotes: expected the backend 'tensorflow' for tfnotes.train, got")
    assert not list(tmp_path.iterdir())
