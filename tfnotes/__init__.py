"""The package behind the TensorFlow handbook that runs.

``tfnotes.train`` is the training loop; everything else stands in a module of its own:
``tfnotes.data``, ``tfnotes.models``, ``tfnotes.plots`` and so on. Importing the package
itself touches no device, no file and no network, and imports no TensorFlow.
"""

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any

from tfnotes._version import __version__ as __version__

if TYPE_CHECKING:
    from tfnotes.training import train as train


def __getattr__(name: str) -> Any:
    """Import a module, or the training loop, when it is first asked for."""
    if name == "train":
        return importlib.import_module("tfnotes.training").train
    if not name.startswith("_") and importlib.util.find_spec(f"tfnotes.{name}"):
        return importlib.import_module(f"tfnotes.{name}")
    raise AttributeError(f"module 'tfnotes' has no attribute {name!r}")


class _AfterKeras(importlib.abc.MetaPathFinder):
    """Imports tfnotes.models right after Keras, so that load_model knows its classes.

    It stays in place: TensorFlow looks for Keras, too, before anyone imports it.
    """

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name != "keras":
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec and spec.loader:
            load = spec.loader.exec_module

            def load_and_register(module: ModuleType) -> None:
                load(module)
                importlib.import_module("tfnotes.models")

            spec.loader.exec_module = load_and_register  # type: ignore[method-assign]
        return spec


if "keras" in sys.modules:
    importlib.import_module("tfnotes.models")
else:
    sys.meta_path.insert(0, _AfterKeras())
