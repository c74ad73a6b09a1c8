"""Precision, seeds, and the report, each in its own process."""

import os
import platform
import random
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.package.conftest import MIXED, gpu, in_a_process, kind, split
from tfnotes import devices
from tfnotes.devices import processor


def check_precision(folder: Path) -> None:
    import keras

    for policy, compute, variable in [
        ("float64", "float64", "float64"),
        ("mixed_bfloat16", "bfloat16", "float32"),
        ("mixed_float16", "float16", "float32"),
        ("float32", "float32", "float32"),
    ]:
        assert devices.set_precision(policy) == devices.precision_advice(policy)
        layer = keras.layers.Dense(1)
        assert (layer.compute_dtype, layer.variable_dtype) == (compute, variable)
    with pytest.raises(ValueError, match=r"expected one of float32, .* got 'bfloat16'"):
        devices.set_precision("bfloat16")
    assert keras.config.dtype_policy().name == "float32"
    for capability, pays in [((6, 1), ()), ((7, 5), ("mixed_float16",)), ((9, 0), MIXED)]:
        with gpu(folder, compute_capability=capability):
            text = {policy: devices.precision_advice(policy) for policy in MIXED}
            assert [p for p in MIXED if " pays here: Model A" in text[p]] == [*pays]


def test_layers_use_the_precision_and_advice_depends_on_the_gpu(tmp_path: Path) -> None:
    in_a_process(check_precision, tmp_path)


def check_bfloat16_advice(folder: Path) -> None:
    import tensorflow as tf

    tf.config.set_visible_devices([], "GPU")
    for flags, pays in [("fpu avx512_bf16", True), ("avx2 avx512f bf16x", False)]:
        (folder / "cpuinfo").write_text(f"model name\t: A\nflags\t\t: {flags}\n", encoding="utf-8")
        processor.CPUINFO = folder / "cpuinfo"
        text = devices.precision_advice("mixed_bfloat16")
        assert text.startswith("mixed_bfloat16 pays here") == pays
        text = devices.precision_advice("mixed_float16")
        assert text.endswith("it wants a GPU of compute capability 7.0 or more")


def test_bfloat16_is_advised_only_on_a_cpu_that_supports_it(tmp_path: Path) -> None:
    in_a_process(check_bfloat16_advice, tmp_path)


def draws() -> list[float]:
    import keras
    import tensorflow as tf

    kernel = keras.layers.Dense(1)
    kernel.build((1, 1))
    tensor = tf.random.normal([])
    drawn = random.random()  # noqa: S311 - no secret is made of it
    return [drawn, np.random.rand(), float(tensor), float(kernel.kernel[0, 0])]


def check_seeds() -> None:
    import keras

    devices.set_seeds(3)
    first = draws()
    assert all(a != b for a, b in zip(first, draws(), strict=True))
    devices.set_seeds(3)
    assert draws() == first
    devices.set_seeds(4)
    assert all(a != b for a, b in zip(first, draws(), strict=True))
    for seed in (-1, 2**32, 0.5):
        with pytest.raises(ValueError, match="expected an integer from 0 to"):
            devices.set_seeds(seed)

    def compiled() -> bool:
        model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        model.compile("sgd", "mse", jit_compile=True)
        return bool(model.jit_compile)

    assert compiled()
    devices.set_seeds(3, deterministic_ops=True)
    assert draws() == first
    with pytest.warns(UserWarning, match="Proceeding with `jit_compile=False`"):
        assert not compiled()  # the price of determinism


def test_seed_repeats_random_numbers_and_determinism_is_optional() -> None:
    in_a_process(check_seeds)


def check_report(folder: Path) -> None:
    secrets = {"TF_API_TOKEN": "hunter2", "KERAS_HOME": "/home/ann", "TF_CONFIG": "10.0.0.7"}
    os.environ.update(secrets, CUDA_VISIBLE_DEVICES="0,1", HOME="/home/ann", LOGNAME="ann")
    text = devices.report()
    for hidden in (*secrets.values(), platform.node(), str(folder)):
        assert hidden not in text
    for name in secrets:
        assert f"{name} (set)" in text
    assert "CUDA_VISIBLE_DEVICES=0,1" in text
    facts = {line[:14].strip(): line[14:] for line in text.splitlines()}
    assert facts["Python"] == platform.python_version()
    assert facts["processor"] == devices.machine()
    assert facts["memory"].endswith(" GiB")
    assert facts["devices"].startswith("CPU:0")
    assert "unknown" not in text
    with gpu(folder, compute_capability=(9, 0)):
        assert "GPU:0 (Model A, compute capability 9.0, 1000 MiB)" in devices.report()
    split(2)
    assert f"{kind()}:0, {kind()}:1" in devices.report()
    sys.modules["tensorflow"] = None
    text = devices.report()
    assert "built for     unknown (ModuleNotFoundError)" in text
    assert f"TensorFlow    {facts['TensorFlow']}\n" in text


def test_report_contains_facts_and_no_secrets(tmp_path: Path) -> None:
    in_a_process(check_report, tmp_path)
