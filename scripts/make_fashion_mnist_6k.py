"""Write tfnotes/datasets/fashion_mnist_6k.npz from Debian's package dataset-fashion-mnist.

The sample has 500 training and 100 test images per class, drawn with a fixed seed and kept in
their original order. The same sources always give the same bytes.
"""

import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tfnotes.data import Array, read_folder
from tfnotes.data.files import DEBIAN, SAMPLE

SEED = 6000
PER_CLASS = {"train": 500, "test": 100}


def choose(labels: Array, per_class: int, rng: np.random.RandomState) -> npt.NDArray[np.intp]:
    """Draw the same number of images of every class.

    Args:
        labels: uint8, (n,).
        per_class: the number of images per class.
        rng: NumPy's legacy generator, whose stream never changes.

    Returns:
        Their indices in ascending order.
    """
    chosen = [
        rng.permutation(np.flatnonzero(labels == label))[:per_class] for label in np.unique(labels)
    ]
    return np.sort(np.concatenate(chosen))


def make(source: Path, target: Path) -> None:
    """Write the sample.

    Args:
        source: the folder of the four files of Fashion-MNIST; their hashes are checked.
        target: the .npz file to write.
    """
    rng = np.random.RandomState(SEED)
    arrays = {}
    for name, (images, labels) in zip(PER_CLASS, read_folder(source), strict=True):
        index = choose(labels, PER_CLASS[name], rng)
        arrays[f"x_{name}"], arrays[f"y_{name}"] = images[index], labels[index]
    np.savez_compressed(target, **arrays)  # type: ignore[arg-type]


if __name__ == "__main__":
    if not DEBIAN.is_dir():
        sys.exit(f"expected {DEBIAN}, found nothing; apt install dataset-fashion-mnist")
    make(DEBIAN, SAMPLE)
