"""Limit a device's memory, and split one device into several."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from tfnotes._backend import needs_tensorflow
from tfnotes.devices.placement import DeviceError, available, physical


def set_memory_growth() -> list[str]:
    """Let TensorFlow allocate the memory of each GPU as needed, not all at once.

    Does nothing on a machine without a GPU.

    Returns:
        The GPUs that now use memory growth.

    Raises:
        DeviceError: TensorFlow has started, or a GPU already has a memory limit.
        RuntimeError: Keras runs on another backend.

    Examples:
        >>> from tfnotes.devices import has_started
        >>> if not has_started():  # later is too late
        ...     names = set_memory_growth()
    """
    import tensorflow as tf

    needs_tensorflow("tfnotes.devices.set_memory_growth")
    # --8<-- [start:memory-growth]
    for gpu in tf.config.get_visible_devices("GPU"):
        with _in_time("set_memory_growth"):
            tf.config.experimental.set_memory_growth(gpu, True)
    # --8<-- [end:memory-growth]
    return available("GPU")


def set_memory_limit(mebibytes: int, device: str = "GPU:0") -> str:
    """Limit how much of a GPU's memory TensorFlow allocates.

    A limit replaces memory growth if that was set before.

    Args:
        mebibytes: MiB, at most the GPU's total.
        device: the GPU.

    Returns:
        The name of the device.

    Raises:
        DeviceError: as for ``split_device``.

    Examples:
        >>> set_memory_limit(512, "CPU:0")
        Traceback (most recent call last):
        tfnotes.devices.placement.DeviceError: expected a GPU; got 'CPU:0': ...
    """
    return split_device(device, 1, mebibytes)[0]


def split_device(
    device: str, n_parts: int, memory_limit: int | None = None
) -> list[str]:
    """Split one device into logical devices: two CPUs can replace two GPUs in a test.

    Args:
        device: ``"CPU:0"``, ``"GPU:0"``.
        n_parts: at least 1.
        memory_limit: MiB per part; required for a GPU, not supported for a CPU. The sum
            is checked against ``total_memory`` if that is known.

    Returns:
        All current devices of this kind, as in ``available()``.

    Raises:
        DeviceError: the device does not exist, has less memory, is a CPU and cannot be
            limited, or TensorFlow has started.
        ValueError: a number is below 1, or ``memory_limit`` is missing for a GPU.
        RuntimeError: Keras runs on another backend.

    Examples:
        >>> split_device("CPU", 0)
        Traceback (most recent call last):
        ValueError: expected at least 1 part with at least 1 MiB; got 0 parts...
    """
    import tensorflow as tf

    needs_tensorflow("tfnotes.devices.split_device and set_memory_limit")
    whole = physical(device)
    _check(device, whole.device_type, n_parts, memory_limit)
    # --8<-- [start:split]
    part = tf.config.LogicalDeviceConfiguration(memory_limit=memory_limit)
    with _in_time("split_device and set_memory_limit"):
        tf.config.set_logical_device_configuration(whole, [part] * n_parts)
    # --8<-- [end:split]
    return available(whole.device_type)


def total_memory(device: str = "GPU:0") -> int | None:
    """Query ``nvidia-smi`` for a GPU's memory; TensorFlow has no API for it.

    Args:
        device: the GPU.

    Returns:
        MiB; None for a CPU, and if ``nvidia-smi`` is missing or does not list the GPU.

    Raises:
        DeviceError: the device does not exist.

    Examples:
        >>> total_memory("CPU:0") is None
        True
    """
    import tensorflow as tf

    details = tf.config.experimental.get_device_details(physical(device))
    return gpu_memory().get(details.get("device_name", ""))


def gpu_memory() -> dict[str, int]:
    """Query ``nvidia-smi`` for the memory of every GPU, visible to TensorFlow or not.

    The keys are names, because CUDA and nvidia-smi may number the GPUs differently.

    Returns:
        Name of each GPU model, and its memory in MiB.

    Examples:
        >>> "no such GPU" in gpu_memory()
        False
    """
    if not (tool := shutil.which("nvidia-smi")):
        return {}
    query = [tool, "--query-gpu=name,memory.total", "--format=csv,noheader,nounits"]
    # S603 warns of commands built from untrusted input; this one has none.
    done = subprocess.run(query, capture_output=True, encoding="utf-8")  # noqa: S603
    rows = (line.rpartition(", ") for line in done.stdout.splitlines())
    return {name: int(size) for name, _, size in rows if size.isdigit()}  # else [N/A]


def _check(device: str, kind: str, n_parts: int, memory_limit: int | None) -> None:
    if n_parts < 1 or (memory_limit is not None and memory_limit < 1):
        raise ValueError(
            "expected at least 1 part with at least 1 MiB; got "
            f"{n_parts} parts with a memory_limit of {memory_limit}"
        )
    if kind == "CPU":
        if memory_limit is not None:
            raise DeviceError(
                f"expected a GPU; got {device!r}: TensorFlow cannot limit the memory "
                "of a CPU, so omit the limit, or limit the process (ulimit -v)"
            )
        return
    if memory_limit is None:
        raise ValueError(
            f"expected a memory_limit in MiB for each part of {device!r}; got None"
        )
    total = total_memory(device)
    if total is not None and n_parts * memory_limit > total:
        raise DeviceError(
            f"expected at most the {total} MiB of {device!r}; got {n_parts} x "
            f"{memory_limit} MiB: request {total // n_parts} MiB or less each"
        )


@contextmanager
def _in_time(what: str) -> Iterator[None]:
    """Explain what to do if TensorFlow refuses a setting."""
    try:
        yield
    except RuntimeError as error:  # "... cannot be modified after being initialized"
        raise DeviceError(
            f"expected {what} before TensorFlow starts its devices, which the first "
            "tensor or model does; called it later: restart Python and call it first"
        ) from error
    except ValueError as error:  # growth of a device that is limited, or split
        raise DeviceError(
            f"expected a device that supports this setting; TensorFlow says: {error}; "
            "restart Python, and set either growth or a limit"
        ) from error
