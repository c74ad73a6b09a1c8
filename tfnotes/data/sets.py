"""What is said of every data set."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class DataSet:
    """What a data set holds, where it comes from, and who may use it.

    Attributes:
        name: what ``load`` takes.
        title: one line.
        input_shape: shape of one row of ``x``; None is a length that varies.
        dtype: of ``x``; ``"object"`` means that each row is a list of word numbers.
        label_dtype: of ``y``, whose shape is (n,).
        n_train: rows for training.
        n_test: rows for the test.
        task: what ``y`` is: the number of a class, or a quantity.
        licence: of the data, as their makers state it.
        source: the paper to cite.
        at_hand: True if no network is ever needed.
        class_names: the names of the labels; empty for a regression.
        split: who chose the test set, and how.
        instead: for a set that is not at hand, one that is.
        note: what to know before using it.
    """

    name: str
    title: str
    input_shape: tuple[int | None, ...]
    dtype: str = "float32"
    label_dtype: str = "uint8"
    n_train: int
    n_test: int
    task: Literal["classification", "regression"] = "classification"
    licence: str
    source: str
    at_hand: bool = True
    class_names: tuple[str, ...] = ()
    split: str = "published"
    instead: str = ""
    note: str = ""
