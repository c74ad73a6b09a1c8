"""Shared by the tests of the package: fresh processes, and a simulated GPU."""

import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from handbook.run.runner import START_TIMEOUT, server
from tfnotes import devices

MIXED = ("mixed_bfloat16", "mixed_float16")


def in_a_process(check: Callable[..., None], *args: Any) -> None:
    """Run a check in a fresh process, forked from the warm server."""
    ours, theirs = server().Pipe()
    process = server().Process(target=child, args=(theirs, check, args), daemon=True)
    process.start()
    theirs.close()
    assert ours.poll(START_TIMEOUT), "the check did not end"
    failure = ours.recv()
    process.join(10)
    assert not failure, failure


def child(connection: Connection, check: Callable[..., None], args: tuple[Any, ...]) -> None:
    try:
        check(*args)
        connection.send("")
    except BaseException:
        connection.send(traceback.format_exc())
    connection.close()


def before_and_after(model: Any, x: Any, y: Any, n_steps: int) -> tuple[Any, Any]:
    """Return the losses before and after ``n_steps`` on one batch, run as one epoch for speed."""
    import keras
    import numpy as np

    before = model.evaluate(x, y, verbose=0, return_dict=True)
    many = keras.tree.map_structure(lambda a: np.concatenate([a] * n_steps), (x, y))
    model.fit(*many, batch_size=len(x), shuffle=False, verbose=0)
    return before, model.evaluate(x, y, verbose=0, return_dict=True)


def kind() -> str:
    return "GPU" if devices.available("GPU") else "CPU"


def split(n_parts: int) -> list[str]:
    return devices.split_device(kind(), n_parts, 512 if kind() == "GPU" else None)


def _nvidia_smi(folder: Path, *lines: str) -> None:
    """Write a program that prints these lines for any arguments."""
    windows = sys.platform == "win32"
    tool = folder / ("nvidia-smi.bat" if windows else "nvidia-smi")
    commands = [f"@echo {line}" if windows else f"echo '{line}'" for line in lines]
    tool.write_text("\n".join(["" if windows else "#!/bin/sh", *commands, ""]), encoding="utf-8")
    tool.chmod(0o755)


@contextmanager
def gpu(folder: Path, **details: Any) -> Iterator[dict[str, list[Any]]]:
    """Simulate a GPU with 1,000 MiB; yield the settings that it receives."""
    import tensorflow as tf

    _nvidia_smi(folder, "Old, [N/A]", "Model A, 1000", "Model B, 7")
    fake = tf.config.PhysicalDevice("/physical_device:GPU:0", "GPU")
    cpus = tf.config.get_visible_devices("CPU")
    details = {"device_name": "Model A", **details}
    given: dict[str, list[Any]] = {}

    def listed(wanted: str | None = None) -> list[Any]:
        return [d for d in [*cpus, fake] if wanted in (None, d.device_type)]

    def configuration(device: Any) -> Any:
        return given.get(device.name)

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", str(folder), prepend=os.pathsep)
        patch.setattr(tf.config, "get_visible_devices", listed)
        patch.setattr(tf.config, "list_physical_devices", listed)
        patch.setattr(tf.config, "get_logical_device_configuration", configuration)
        patch.setattr(
            tf.config,
            "set_logical_device_configuration",
            lambda device, parts: given.update({device.name: parts}),
        )
        patch.setattr(
            tf.config.experimental,
            "set_memory_growth",
            lambda device, enable: given.update(growth=[device.name, enable]),
        )
        patch.setattr(
            tf.config.experimental,
            "get_device_details",
            lambda device: details if device == fake else {},
        )
        yield given


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make an empty folder the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path
