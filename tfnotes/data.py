"""Data sets by name, as NumPy arrays.

``fashion_mnist_6k`` ships inside the package, so it needs no network. The whole
Fashion-MNIST is looked for in Keras' cache, then in the folder of Debian's package
``dataset-fashion-mnist``, and downloaded by Keras only if it is in neither.
"""

import gzip
import hashlib
import os
import struct
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

Images = npt.NDArray[np.uint8]
Labels = npt.NDArray[np.uint8]
Splits = tuple[tuple[Images, Labels], tuple[Images, Labels]]

CLASS_NAMES = (
    "T-shirt",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)
# The files of Fashion-MNIST, with the SHA-256 of what they hold when unpacked.
FILES = {
    "train-images-idx3-ubyte.gz": (
        "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"
    ),
    "train-labels-idx1-ubyte.gz": (
        "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"
    ),
    "t10k-images-idx3-ubyte.gz": (
        "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"
    ),
    "t10k-labels-idx1-ubyte.gz": (
        "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"
    ),
}
SAMPLE = Path(__file__).with_name("datasets") / "fashion_mnist_6k.npz"
DEBIAN = Path("/usr/share/datasets/fashion-mnist")


class DataNotFoundError(OSError):
    """A data set is not to be had; the message says where it may be put."""


def load(name: str = "fashion_mnist_6k") -> Splits:
    """Load a data set of pictures.

    Args:
        name: ``"fashion_mnist_6k"`` (5,000 training and 1,000 test pictures, 500 and
            100 a class, inside the package) or ``"fashion_mnist"`` (all 60,000 and
            10,000).

    Returns:
        ``(x_train, y_train), (x_test, y_test)``. Pictures are uint8 of shape
        (n, 28, 28), grey from 0 (black) to 255 (white); labels are uint8 of shape (n,),
        from 0 to 9, named by ``CLASS_NAMES``.

    Raises:
        ValueError: there is no data set of that name.
        DataNotFoundError: the set is not on this machine and cannot be downloaded.

    Examples:
        >>> (x_train, y_train), (x_test, y_test) = load("fashion_mnist_6k")
        >>> x_train.shape, y_test.shape
        ((5000, 28, 28), (1000,))

    Source:
        Xiao, Rasul and Vollgraf, "Fashion-MNIST: a Novel Image Dataset for
        Benchmarking Machine Learning Algorithms", arXiv:1708.07747, 2017.
    """
    if name not in LOADERS:
        raise ValueError(f"expected one of {', '.join(LOADERS)}; got {name!r}")
    return LOADERS[name]()


def _load_sample() -> Splits:
    with np.load(SAMPLE) as arrays:  # allow_pickle is False unless asked for
        train = arrays["x_train"], arrays["y_train"]
        return train, (arrays["x_test"], arrays["y_test"])


def _load_whole() -> Splits:
    cache = Path(os.environ.get("KERAS_HOME", "~/.keras")).expanduser()
    cache /= "datasets/fashion-mnist"
    for folder in (cache, DEBIAN):
        if all((folder / name).exists() for name in FILES):
            return read_folder(folder)
    import keras

    try:
        keras.datasets.fashion_mnist.load_data()  # into the cache, with a progress bar
    except Exception as error:  # Keras raises a plain Exception when a download fails
        raise DataNotFoundError(
            f"fashion_mnist is not on this machine and cannot be downloaded ({error}); "
            f"put {', '.join(FILES)} into {cache}, or use load('fashion_mnist_6k')"
        ) from error
    return read_folder(cache)


def read_folder(folder: Path) -> Splits:
    """Read the four files of Fashion-MNIST from a folder, and check what they hold.

    Args:
        folder: holds the files that ``FILES`` names.

    Returns:
        The splits, as ``load`` returns them.

    Raises:
        FileNotFoundError: a file is not there.
        ValueError: a file is not the published one.

    Examples:
        >>> read_folder(Path("/nowhere"))
        Traceback (most recent call last):
        FileNotFoundError: ... '/nowhere/train-images-idx3-ubyte.gz'
    """
    arrays = []
    for name, expected in FILES.items():
        unpacked = gzip.decompress((folder / name).read_bytes())
        found = hashlib.sha256(unpacked).hexdigest()
        if found != expected:
            raise ValueError(
                f"{folder / name}: expected the published file (unpacked SHA-256 "
                f"{expected[:12]}…), found {found[:12]}…; delete it and get it again"
            )
        arrays.append(read_idx(unpacked))
    x_train, y_train, x_test, y_test = arrays
    return (x_train, y_train), (x_test, y_test)


def read_idx(data: bytes) -> npt.NDArray[np.uint8]:
    """Read an array of bytes in the IDX format of MNIST.

    Args:
        data: two zero bytes, the type 8, the number of axes, each axis as a big-endian
            32-bit number, and then the values.

    Returns:
        The array, uint8, in the shape that the data name.

    Raises:
        ValueError: the data are not of this form, or cut short.

    Examples:
        >>> read_idx(bytes([0, 0, 8, 1, 0, 0, 0, 3, 7, 8, 9]))
        array([7, 8, 9], dtype=uint8)

    Source:
        LeCun, Cortes and Burges, "The MNIST database of handwritten digits".
    """
    if data[:3] != b"\x00\x00\x08":
        raise ValueError(
            f"expected IDX data of bytes (00 00 08 …), got {data[:4].hex(' ')}"
        )
    shape = struct.unpack_from(f">{data[3]}I", data, 4)
    values = np.frombuffer(data, np.uint8, offset=4 + 4 * data[3])
    if values.size != np.prod(shape):
        raise ValueError(
            f"expected {np.prod(shape)} values for shape {shape}, got {values.size}"
        )
    return values.reshape(shape)


LOADERS: Mapping[str, Callable[[], Splits]] = MappingProxyType(
    {"fashion_mnist_6k": _load_sample, "fashion_mnist": _load_whole}
)
