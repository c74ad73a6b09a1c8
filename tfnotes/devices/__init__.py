"""Choose devices, limit their memory, set precision and seeds, describe the machine.

Device names are those of ``tf.device``: ``"CPU:0"``, ``"GPU:1"``. Set memory and
logical devices before TensorFlow initializes its devices, which the first tensor does.

Examples:
    >>> import tensorflow as tf
    >>> from tfnotes import devices
    >>> devices.set_seeds(0)
    >>> with tf.device(devices.choose("cpu")):
    ...     x = tf.ones((2, 2))
    >>> x.device[-5:]
    'CPU:0'
"""

from tfnotes.devices.memory import (
    set_memory_growth,
    set_memory_limit,
    split_device,
    total_memory,
)
from tfnotes.devices.numerics import precision_advice, set_precision, set_seeds
from tfnotes.devices.placement import DeviceError, available, choose, has_started
from tfnotes.devices.processor import machine
from tfnotes.devices.reports import report
from tfnotes.devices.timing import best_times

__all__ = [
    "DeviceError",
    "available",
    "best_times",
    "choose",
    "has_started",
    "machine",
    "precision_advice",
    "report",
    "set_memory_growth",
    "set_memory_limit",
    "set_precision",
    "set_seeds",
    "split_device",
    "total_memory",
]
