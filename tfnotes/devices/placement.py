"""List the devices, and choose one that exists."""

import os
import platform
import re
from collections.abc import Iterator
from typing import Any


class DeviceError(RuntimeError):
    """A device request failed; the message says what to do."""


def available(kind: str | None = None) -> list[str]:
    """List the devices that operations can be placed on, without starting them.

    Args:
        kind: ``"CPU"`` or ``"GPU"``; all kinds if omitted.

    Returns:
        Names such as ``"CPU:0"`` of the visible devices, or of their logical devices
        if they are split.

    Examples:
        >>> available("CPU")[0]
        'CPU:0'
    """
    return [name for name, _ in _devices() if kind in (None, name.split(":")[0])]


def choose(name: str | None = None) -> str:
    """Return the name of an existing device for ``tf.device``.

    ``tf.device("GPU:0")`` does not raise on a machine without a GPU: TensorFlow's soft
    placement silently uses the CPU.

    Args:
        name: such as ``"GPU:1"``, ``"gpu"`` or ``"/device:CPU:0"``; if omitted, the
            first GPU, or the CPU without a GPU.

    Returns:
        The name as in ``available()``.

    Raises:
        DeviceError: the device does not exist.

    Examples:
        >>> choose("cpu")
        'CPU:0'
        >>> choose("GPU:99")
        Traceback (most recent call last):
        tfnotes.devices.placement.DeviceError: expected one of CPU:0...; got 'GPU:99'...
    """
    if not isinstance(name, (str, type(None))):
        raise DeviceError(
            f"expected one of {', '.join(available())}; got {name!r}: pass its name"
        )
    # --8<-- [start:choose]
    names = available()
    if name is None:
        return (available("GPU") or names)[0]
    short = re.sub(r"^/?(device:)?", "", name, flags=re.I).upper()
    wanted = short if ":" in short else f"{short}:0"
    if wanted not in names:
        expected = ", ".join(names)
        raise DeviceError(
            f"expected one of {expected}; got {name!r}: {_advice(wanted)}"
        )
    return wanted
    # --8<-- [end:choose]


def physical(name: str) -> Any:
    """Find the physical device of a name; settings apply to that.

    Args:
        name: as for ``choose``; a logical device resolves to its physical device.

    Returns:
        A ``tf.config.PhysicalDevice``.

    Raises:
        DeviceError: the device does not exist.

    Examples:
        >>> physical("CPU").device_type
        'CPU'
    """
    return dict(_devices())[choose(name)]


def has_started() -> bool:
    """Return whether TensorFlow has started its devices, which makes settings too late.

    Returns:
        True after the first tensor, variable or ``tf.config.list_logical_devices()``.

    Examples:
        >>> import tensorflow as tf
        >>> _ = tf.constant(1)
        >>> has_started()
        True
    """
    from tensorflow.config import threading

    # TensorFlow has no public API for it, but rejects this call once it has started.
    threads = threading.get_intra_op_parallelism_threads()
    try:
        threading.set_intra_op_parallelism_threads(threads + 1)
    except RuntimeError:
        return True
    threading.set_intra_op_parallelism_threads(threads)
    return False


def _devices() -> Iterator[tuple[str, Any]]:
    """Yield the name of each logical device, with its physical one."""
    import tensorflow as tf

    count: dict[str, int] = {}
    for device in tf.config.get_visible_devices():
        kind = device.device_type
        for _ in tf.config.get_logical_device_configuration(device) or [None]:
            yield f"{kind}:{count.get(kind, 0)}", device
            count[kind] = count.get(kind, 0) + 1


def _advice(wanted: str) -> str:
    import tensorflow as tf

    if not wanted.startswith("GPU") or available("GPU"):
        return "choose one of these"
    if tf.config.list_physical_devices("GPU"):
        return "the GPU is hidden from TensorFlow by tf.config.set_visible_devices"
    if (hidden := os.environ.get("CUDA_VISIBLE_DEVICES")) is not None:
        return f"CUDA_VISIBLE_DEVICES is {hidden!r}; unset it to see every GPU"
    if platform.system() != "Linux":
        return "TensorFlow itself sees GPUs on Linux, and on Windows inside WSL2"
    return "if nvidia-smi lists a GPU, install its libraries: tensorflow[and-cuda]"
