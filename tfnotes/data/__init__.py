"""Data sets by name, and how to feed them to a model.

``load`` returns NumPy arrays, ``as_datasets`` returns ``tf.data.Dataset``; ``names``
and ``describe`` list the data sets. Importing this package reads no file and does not
import TensorFlow.

Examples:
    >>> from tfnotes.data import describe, load
    >>> (x_train, y_train), (x_test, y_test) = load("fashion_mnist_6k")
    >>> x_train.shape, x_train.dtype, y_test.shape
    ((5000, 28, 28), dtype('uint8'), (1000,))
    >>> describe("fashion_mnist_6k").class_names[:3]
    ('T-shirt', 'Trouser', 'Pullover')
"""

from typing import TYPE_CHECKING

from tfnotes._renamed import old_names
from tfnotes.data.catalog import describe, names
from tfnotes.data.class_names import CLASS_NAMES
from tfnotes.data.files import (
    Array,
    DataNotFoundError,
    Splits,
    cache_folder,
    read_folder,
    read_idx,
)
from tfnotes.data.loading import as_datasets, load
from tfnotes.data.pipelines import batches, images_from_folder, pipeline
from tfnotes.data.sets import DataSet
from tfnotes.data.tables import Table, folds, read_csv, split

__all__ = [
    "CLASS_NAMES",
    "Array",
    "DataNotFoundError",
    "DataSet",
    "Splits",
    "Table",
    "as_datasets",
    "batches",
    "cache_folder",
    "describe",
    "folds",
    "images_from_folder",
    "load",
    "names",
    "pipeline",
    "read_csv",
    "read_folder",
    "read_idx",
    "split",
]

if not TYPE_CHECKING:
    __getattr__ = old_names(__name__)
