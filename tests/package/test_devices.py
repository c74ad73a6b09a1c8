"""Devices, each check in a process where TensorFlow has not started.

Where there is a GPU the checks split and place work on that, else on the CPU.
"""

import platform
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.package.conftest import gpu, in_a_process, kind, split
from tfnotes import devices
from tfnotes.devices import DeviceError, processor


def check_queries() -> None:
    import tensorflow as tf

    assert devices.choose() == f"{kind()}:0"
    assert devices.set_memory_growth() == devices.available("GPU")
    devices.set_precision("float32")
    devices.set_seeds(1)
    assert "started       no" in devices.report()
    assert not devices.has_started()
    assert not devices.has_started()  # the query changes nothing
    tf.constant(1)
    assert devices.has_started()
    assert "started       yes" in devices.report()


def test_queries_and_settings_start_no_device() -> None:
    in_a_process(check_queries)


def check_split() -> None:
    import tensorflow as tf

    whole = len(devices.available(kind()))
    names = split(2)
    assert names == [f"{kind()}:{i}" for i in range(whole + 1)]
    assert devices.available(kind()) == names
    assert devices.choose(f"/device:{kind().lower()}:1") == names[1]
    assert not devices.has_started()
    logical = tf.config.list_logical_devices(kind())
    assert [d.name.removeprefix("/device:") for d in logical] == names
    with tf.device(devices.choose(names[1])):
        assert tf.ones(2).device.endswith(f"device:{names[1]}")
    with tf.distribute.MirroredStrategy(names[:2]).scope():
        assert tf.distribute.get_strategy().num_replicas_in_sync == 2
    assert split(2) == names  # the same split changes nothing
    with pytest.raises(DeviceError, match=r"before TensorFlow starts .* restart Python"):
        split(3)


def test_split_device_is_two_logical_devices() -> None:
    in_a_process(check_split)


def check_invalid_splits() -> None:
    for n_parts, limit in [(0, None), (1, 0), (2, -5)]:
        with pytest.raises(ValueError, match="expected at least 1 part with at least 1 MiB"):
            devices.split_device("CPU:0", n_parts, limit)
    with pytest.raises(DeviceError, match="cannot limit the memory of a CPU"):
        devices.set_memory_limit(512, "CPU:0")
    with pytest.raises(DeviceError, match=r"expected one of CPU:0.* got 'GPU:9'"):
        devices.set_memory_limit(512, "GPU:9")
    assert devices.total_memory("CPU:0") is None


def test_invalid_split_is_rejected() -> None:
    in_a_process(check_invalid_splits)


def check_memory_limits(folder: Path) -> None:
    name = "/physical_device:GPU:0"
    with gpu(folder) as given:
        assert devices.total_memory("GPU") == 1000
        with pytest.raises(DeviceError, match=r"at most the 1000 MiB .* request 1000 MiB"):
            devices.set_memory_limit(1001)
        with pytest.raises(DeviceError, match=r"got 3 x 334 MiB: request 333 MiB or less"):
            devices.split_device("GPU", 3, 334)
        with pytest.raises(ValueError, match="expected a memory_limit in MiB"):
            devices.split_device("GPU", 2)
        assert given == {}
        assert devices.set_memory_limit(1000) == "GPU:0"
        assert [part.memory_limit for part in given[name]] == [1000]
        assert devices.split_device("GPU", 3, 333) == ["GPU:0", "GPU:1", "GPU:2"]
        assert [part.memory_limit for part in given[name]] == [333] * 3
        with pytest.raises(DeviceError, match="at most the 1000 MiB"):
            devices.set_memory_limit(1001, "GPU:2")  # a logical device resolves to its physical one
    with gpu(folder, device_name="unknown") as given:
        assert devices.total_memory("GPU") is None
        assert devices.set_memory_limit(10**6) == "GPU:0"  # unknown, so not checked


def test_memory_limit_above_the_gpu_memory_is_rejected(tmp_path: Path) -> None:
    in_a_process(check_memory_limits, tmp_path)


def check_memory_growth(folder: Path) -> None:
    import tensorflow as tf

    def refuse(error: Exception) -> Callable[..., None]:
        def call(*_: Any) -> None:
            raise error

        return call

    with gpu(folder) as given, pytest.MonkeyPatch.context() as patch:
        assert devices.set_memory_growth() == ["GPU:0"]
        assert given == {"growth": ["/physical_device:GPU:0", True]}
        late = RuntimeError("Physical devices cannot be modified after being initialized")
        patch.setattr(tf.config.experimental, "set_memory_growth", refuse(late))
        with pytest.raises(DeviceError, match="expected set_memory_growth before TensorFlow"):
            devices.set_memory_growth()
        both = ValueError("Cannot set memory growth on device when virtual devices configured")
        patch.setattr(tf.config.experimental, "set_memory_growth", refuse(both))
        with pytest.raises(DeviceError, match="virtual devices configured; restart Python"):
            devices.set_memory_growth()


def test_memory_growth_needs_a_gpu_that_has_not_started(tmp_path: Path) -> None:
    in_a_process(check_memory_growth, tmp_path)


def check_missing_gpu(folder: Path) -> None:
    import tensorflow as tf

    with tf.device("GPU:99"):
        assert tf.ones(1).device.endswith(":0")  # TensorFlow says nothing
    with pytest.raises(DeviceError, match=r"expected one of CPU:0.*; got '/gpu:99': "):
        devices.choose("/gpu:99")
    with pytest.raises(DeviceError, match="got 'CPU:7': choose one of these"):
        devices.choose("CPU:7")
    with gpu(folder), pytest.MonkeyPatch.context() as patch:
        assert devices.choose() == "GPU:0"
        only_cpu = tf.config.get_visible_devices("CPU")
        patch.setattr(
            tf.config, "get_visible_devices", lambda kind=None: only_cpu * (kind != "GPU")
        )
        advice("hidden from TensorFlow by tf.config.set_visible_devices")
        patch.setattr(tf.config, "list_physical_devices", lambda *_: [])
        patch.setenv("CUDA_VISIBLE_DEVICES", "-1")
        advice("CUDA_VISIBLE_DEVICES is '-1'; unset it")
        patch.delenv("CUDA_VISIBLE_DEVICES")
        patch.setattr(platform, "system", lambda: "Windows")
        advice("on Windows inside WSL2")
        patch.setattr(platform, "system", lambda: "Linux")
        advice(r"if nvidia-smi lists a GPU, .* tensorflow\[and-cuda\]")
        assert devices.choose() == "CPU:0"


def advice(text: str) -> None:
    with pytest.raises(DeviceError, match=rf"expected one of CPU:0; got 'GPU': .*{text}"):
        devices.choose("GPU")


def test_missing_gpu_error_says_what_to_do(tmp_path: Path) -> None:
    in_a_process(check_missing_gpu, tmp_path)


def test_importing_devices_imports_nothing_heavy() -> None:
    code = "import sys, tfnotes.devices; print({'tensorflow', 'keras', 'numpy'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_processor_name_has_no_trademarks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    info = tmp_path / "cpuinfo"
    info.write_text("model name\t: Intel(R) Xeon(R) CPU E5-2690 v4 @ 2.60GHz\n", encoding="utf-8")
    monkeypatch.setattr(processor, "CPUINFO", info)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1, 2}, raising=False)
    assert devices.machine() == "Intel Xeon E5-2690 v4, 3 cores"


def test_processor_has_a_name_without_cpuinfo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processor, "CPUINFO", tmp_path / "none")
    monkeypatch.setattr("platform.processor", lambda: "")
    monkeypatch.setattr("platform.machine", lambda: "arm64")
    assert devices.machine().startswith("arm64, ")
