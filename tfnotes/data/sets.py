"""Description of a data set."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NoReturn

from tfnotes._renamed import missing


@dataclass(frozen=True, kw_only=True)
class DataSet:
    """Contents, source and license of a data set.

    Attributes:
        name: the name that ``load`` accepts.
        title: one line.
        input_shape: shape of one row of ``x``; None is a variable length.
        dtype: dtype of ``x``; ``"object"`` means that each row is a list of word
            indices.
        label_dtype: dtype of ``y``, whose shape is (n,).
        n_train: number of training rows.
        n_test: number of test rows.
        task: kind of ``y``: a class index, or a quantity.
        license: license of the data, as their authors state it.
        source: the paper to cite.
        at_hand: True if it never needs a network.
        class_names: the names of the labels; empty for a regression.
        split: who chose the test set, and how.
        instead: for a set that needs a download, one that does not.
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
    license: str
    source: str
    at_hand: bool = True
    class_names: tuple[str, ...] = ()
    split: str = "published"
    instead: str = ""
    note: str = ""

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> NoReturn:
            raise missing("tfnotes.data.DataSet", name)
