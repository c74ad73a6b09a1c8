"""A description of the machine, to paste into an issue."""

import os
import platform
import sys
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

from tfnotes.devices.memory import gpu_memory
from tfnotes.devices.placement import available, has_started
from tfnotes.devices.processor import machine

SHOWN = {  # settings whose values contain no user, folder or host
    "CUDA_DEVICE_ORDER",
    "CUDA_VISIBLE_DEVICES",
    "KERAS_BACKEND",
    "OMP_NUM_THREADS",
    "TF_DETERMINISTIC_OPS",
    "TF_ENABLE_ONEDNN_OPTS",
    "TF_FORCE_GPU_ALLOW_GROWTH",
    "TF_GPU_ALLOCATOR",
    "TF_NUM_INTEROP_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_USE_LEGACY_KERAS",
}


def report() -> str:
    """Describe this machine and its TensorFlow, to paste into an issue.

    It starts no device, and prints no user, host or folder. A value that cannot be
    determined is replaced by the name of the error, so it also describes a broken
    installation.

    Returns:
        Plain text, one line per fact.

    Examples:
        >>> print(report())
        tfnotes       ...
        Python        3...
        system        ...
    """
    lines = []
    for label, ask in FACTS.items():
        try:
            value = ask()
        except Exception as error:  # a report must never fail
            value = f"unknown ({type(error).__name__})"
        lines.append(f"{label:<14}{value}")
    return "\n".join(lines)


def _settings() -> str:
    names = [
        name
        for name in sorted(os.environ)
        if name in SHOWN or name.startswith(("TF_", "KERAS_", "XLA_"))
    ]
    values = (f"{n}={os.environ[n]}" if n in SHOWN else f"{n} (set)" for n in names)
    return " ".join(values) or "none"


def _built_for() -> str:
    import tensorflow as tf

    built = tf.sysconfig.get_build_info()
    if not built.get("is_cuda_build"):
        return "no CUDA"
    return f"CUDA {built['cuda_version']}, cuDNN {built['cudnn_version']}"


def _ram() -> str:
    if sys.platform == "win32":
        return "unknown on Windows"
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return f"{pages / 2**30:.1f} GiB"


def _physical() -> str:
    import tensorflow as tf

    return ", ".join(_described(d) for d in tf.config.list_physical_devices())


def _described(device: Any) -> str:
    import tensorflow as tf

    details = tf.config.experimental.get_device_details(device)
    short = str(device.name).removeprefix("/physical_device:")
    if not (name := details.get("device_name")):
        return short
    capability = ".".join(map(str, details.get("compute_capability", ["unknown"])))
    memory = gpu_memory().get(name, "unknown")
    return f"{short} ({name}, compute capability {capability}, {memory} MiB)"


def _backend() -> str:
    import keras

    return str(keras.config.backend())


def _precision() -> str:
    import keras

    return str(keras.config.dtype_policy().name)


FACTS: dict[str, Callable[[], Any]] = {
    "tfnotes": lambda: version("tfnotes"),
    "Python": platform.python_version,
    "system": platform.platform,
    "TensorFlow": lambda: version("tensorflow"),
    "built for": _built_for,
    "Keras": lambda: version("keras"),
    "backend": _backend,
    "NumPy": lambda: version("numpy"),
    "processor": machine,
    "memory": _ram,
    "devices": _physical,
    "usable": lambda: ", ".join(available()),
    "started": lambda: "yes" if has_started() else "no",
    "precision": _precision,
    "environment": _settings,
}
