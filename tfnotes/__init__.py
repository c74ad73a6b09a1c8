"""The package behind the TensorFlow handbook that runs.

``tfnotes.train`` is the training loop; everything else has its own module:
``tfnotes.data``, ``tfnotes.models``, ``tfnotes.plots`` and so on. Importing the package
itself touches no device, file or network, and does not import TensorFlow.
"""

import importlib
import importlib.util
from typing import TYPE_CHECKING, Any

from tfnotes._version import __version__ as __version__

if TYPE_CHECKING:
    from tfnotes.training import train as train


def __getattr__(name: str) -> Any:
    """Import a module, or the training loop, on first access."""
    if name == "train":
        return importlib.import_module("tfnotes.training").train
    if not name.startswith("_") and importlib.util.find_spec(f"tfnotes.{name}"):
        return importlib.import_module(f"tfnotes.{name}")
    raise AttributeError(f"module 'tfnotes' has no attribute {name!r}")
