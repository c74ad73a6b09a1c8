"""The package behind the TensorFlow handbook that runs.

Import what you need from its modules: ``tfnotes.data``, ``tfnotes.plots``,
``tfnotes.errors``. Importing the package itself touches no device, no file and no
network.
"""

__version__ = "0.1.0"
