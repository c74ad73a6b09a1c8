"""Locate, verify and read the files of data sets.

This module never unpickles.
"""

import gzip
import os
import struct
import warnings
import zlib
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
"""A NumPy array of any dtype."""
Splits = tuple[tuple[Array, Array], tuple[Array, Array]]
"""``(x_train, y_train), (x_test, y_test)``."""

# The files of Fashion-MNIST, with the SHA-256 of their decompressed contents.
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
# Keras' cached files of the other data sets, with the SHA-256 of each file.
CACHED = {
    "mnist": {
        "mnist.npz": "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"
    },
    "cifar10": {
        "cifar-10-batches-py-target_archive": (
            "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce"
        )
    },
    "cifar100": {
        "cifar-100-python-target_archive": (
            "85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7"
        )
    },
    "imdb": {
        "imdb.npz": "69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f"
    },
    "reuters": {
        "reuters.npz": (
            "d6586e694ee56d7a4e65172e12b3e987c03096cb01eab99753921ef915959916"
        )
    },
    "california_housing": {
        "california_housing.npz": (
            "1a2e3a52e0398de6463aebe6f4a8da34fb21fbb6b934cf88c3425e766f2a1a6f"
        )
    },
    "boston_housing": {
        "boston_housing.npz": (
            "f553886a1f8d56431e820c5b82552d9d95cfcb96d1e678153f8839538947dff5"
        )
    },
    "fashion_mnist": {f"fashion-mnist/{name}": FILES[name] for name in FILES},
}
PUBLISHED = {  # files that Keras caches under another name
    "cifar-10-batches-py-target_archive": "cifar-10-python.tar.gz",
    "cifar-100-python-target_archive": "cifar-100-python.tar.gz",
}
SAMPLE = Path(__file__).parents[1] / "datasets/fashion_mnist_6k.npz"
DEBIAN = Path("/usr/share/datasets/fashion-mnist")


class DataNotFoundError(OSError):
    """The data set is unavailable; the message says where to put its files."""


def cache_folder() -> Path:
    """Return the folder in which Keras caches data sets.

    Keras reads the variable ``KERAS_HOME`` once, on import: set it before.

    Returns:
        ``$KERAS_HOME/datasets``, or ``~/.keras/datasets`` if it is not set.

    Examples:
        >>> cache_folder().name
        'datasets'
    """
    home = os.environ.get("KERAS_HOME", "~/.keras")
    return Path(home).expanduser() / "datasets"


def contents(path: Path) -> bytes:
    """Read a file, decompressing it if its name ends in ``.gz``.

    Args:
        path: the file.

    Returns:
        Its bytes; empty for a ``.gz`` file that is corrupt or truncated.

    Examples:
        >>> contents(SAMPLE)[:2]
        b'PK'
    """
    data = path.read_bytes()
    try:
        return gzip.decompress(data) if path.suffix == ".gz" else data
    except (gzip.BadGzipFile, EOFError, zlib.error):
        return b""


def remove_broken(folder: Path, files: Mapping[str, str]) -> None:
    """Remove the files that differ from the published ones, with a warning for each.

    Keras removes a partial download after an error or Ctrl-C. It keeps a file whose
    hash is wrong, or that a killed process left; it has no hash for Fashion-MNIST and
    accepts any file there.

    Args:
        folder: holds some or all of the files.
        files: their names, and the SHA-256 of their ``contents``.

    Examples:
        >>> remove_broken(Path("/nowhere"), FILES)
    """
    for name, expected in files.items():
        path = folder / name
        if path.exists() and sha256(contents(path)).hexdigest() != expected:
            path.unlink()
            warnings.warn(f"removed {path}: not the published file", stacklevel=2)


def read_folder(folder: Path | str) -> Splits:
    """Read the four files of Fashion-MNIST from a folder and verify their hashes.

    Args:
        folder: holds the files that ``FILES`` names.

    Returns:
        ``(x_train, y_train), (x_test, y_test)``: images uint8 (n, 28, 28), labels uint8
        (n,).

    Raises:
        FileNotFoundError: a file is missing.
        ValueError: a file is not the published one.

    Examples:
        >>> read_folder(Path("/nowhere"))
        Traceback (most recent call last):
        FileNotFoundError: expected the files of Fashion-MNIST in /nowhere, found no ...
    """
    folder = Path(folder)
    arrays = []
    for name, expected in FILES.items():
        if not (folder / name).is_file():
            raise FileNotFoundError(
                f"expected the files of Fashion-MNIST in {folder}, found no {name}; "
                "download them into it"
            )
        unpacked = contents(folder / name)
        found = sha256(unpacked).hexdigest()
        if found != expected:
            raise ValueError(
                f"{folder / name}: expected the published file (unpacked SHA-256 "
                f"{expected[:12]}…), found {found[:12]}…; delete and download it again"
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
        The array, uint8, in the shape that the header specifies.

    Raises:
        ValueError: the data are not in this format, or truncated.

    Examples:
        >>> read_idx(bytes([0, 0, 8, 1, 0, 0, 0, 3, 7, 8, 9]))
        array([7, 8, 9], dtype=uint8)

    Source:
        LeCun, Cortes and Burges, "The MNIST database of handwritten digits".
    """
    if not isinstance(data, bytes):
        raise ValueError(
            f"expected bytes, got {type(data).__name__}; open the file with mode 'rb'"
        )
    if data[:3] != b"\x00\x00\x08" or len(data) < 4 + 4 * data[3]:
        raise ValueError(
            "expected IDX data of bytes (00 00 08 …), got other or truncated ones: "
            f"{data[:4].hex(' ') or 'none'}; download the file again"
        )
    shape = struct.unpack_from(f">{data[3]}I", data, 4)
    values = np.frombuffer(data, np.uint8, offset=4 + 4 * data[3])
    if values.size != np.prod(shape):
        raise ValueError(
            f"expected {np.prod(shape)} values for shape {shape}, got {values.size}"
        )
    return values.reshape(shape)
