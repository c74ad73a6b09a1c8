"""Tables: read CSV files, and split rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal

import numpy as np

from tfnotes.data._checks import as_rows
from tfnotes.data.files import Array, Splits


@dataclass(frozen=True)
class Table:
    """A table as arrays.

    Attributes:
        x: features, float32 (n, n_features).
        y: labels, (n,): int64 for integers and for classes, else float32.
        feature_names: the names of the columns of ``x``.
        class_names: the original values of the labels 0, 1, …; empty for numeric
            labels.
    """

    x: Array
    y: Array
    feature_names: tuple[str, ...]
    class_names: tuple[str, ...] = ()


def read_csv(
    path: Path | str | IO[str],
    label: str,
    *,
    missing: Literal["error", "drop"] = "error",
) -> Table:
    r"""Read a table of numbers and strings from a CSV file with a header.

    A column of strings becomes one column of zeros and ones per value (one-hot), named
    ``column=value``. String labels become class indices in alphabetical order. Read
    training and test rows from one file and ``split`` them: two files may contain
    different strings.

    Args:
        path: the file, UTF-8, or an open file.
        label: the column to predict.
        missing: ``"error"`` to raise on empty cells, ``"drop"`` to drop their rows.

    Returns:
        The table, in file order.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is no table, there is no such column, or there are empty
            cells.

    Examples:
        >>> import io
        >>> file = io.StringIO("size,town,price\n3,Bonn,1.5\n4,Kiel,2")
        >>> table = read_csv(file, label="price")
        >>> table.feature_names, table.x.tolist()
        (('size', 'town=Bonn', 'town=Kiel'), [[3.0, 1.0, 0.0], [4.0, 0.0, 1.0]])
    """
    import pandas as pd

    frame = _complete(_read(path), label, missing)
    # --8<-- [start:read_csv]
    y, class_names = frame.pop(label), ()
    if not pd.api.types.is_numeric_dtype(y):
        y = y.astype("category")
        y, class_names = y.cat.codes, tuple(y.cat.categories)
    kind = "float32" if y.dtype.kind == "f" else "int64"
    x = pd.get_dummies(frame, prefix_sep="=", dtype="float32")
    names = tuple(x.columns)
    return Table(x.to_numpy("float32"), y.to_numpy(kind), names, class_names)
    # --8<-- [end:read_csv]


def _read(path: Path | str | IO[str]) -> Any:
    import pandas as pd

    try:
        return pd.read_csv(path)
    except (FileNotFoundError, IsADirectoryError):
        raise FileNotFoundError(
            f"expected a CSV file at {path}, found none; check the path"
        ) from None
    except ValueError as error:  # of pandas' parser, or of the encoding
        raise ValueError(
            f"{path}: expected a table in UTF-8, with a header and commas between its "
            f"cells; cannot read it: {' '.join(str(error).split())}"
        ) from error


def _complete(frame: Any, label: str, missing: str) -> Any:
    """Return the rows of a data frame that have no empty cell."""
    if missing not in ("error", "drop"):
        raise ValueError(f"expected missing='error' or 'drop', got {missing!r}")
    if label not in frame:
        raise ValueError(
            f"expected a column {label!r}, found {', '.join(map(repr, frame.columns))}"
        )
    counts = frame.isna().sum()
    if missing == "error" and counts.any():
        empty = ", ".join(f"{n} in {name!r}" for name, n in counts[counts > 0].items())
        raise ValueError(
            f"expected no empty cells, found {empty}; fill them, or drop their "
            "rows with missing='drop'"
        )
    return frame.dropna()


def split(
    x: Array, y: Array, n_test: float, *, stratified: bool = False, seed: int = 0
) -> Splits:
    """Sample rows for a test or validation set.

    Args:
        x: inputs, (n, ...).
        y: labels, (n,).
        n_test: the number of rows, or a fraction (below 1).
        stratified: whether both parts keep the class proportions.
        seed: seed of the sampling.

    Returns:
        ``(x_train, y_train), (x_test, y_test)``, both in random order.

    Raises:
        ValueError: ``x`` and ``y`` differ in length, or a part, or a class of it if
            stratified, would be empty.

    Examples:
        >>> import numpy as np
        >>> x, y = np.arange(10), np.arange(10) % 2
        >>> (x_train, y_train), (x_test, y_test) = split(x, y, 4, stratified=True)
        >>> len(y_train), y_test.sum()
        (6, np.int64(2))
    """
    from sklearn.model_selection import train_test_split

    x, y = as_rows(x, y)
    classes = y if stratified else None
    try:
        x_train, x_test, y_train, y_test = train_test_split(
            x, y, test_size=n_test, random_state=seed, stratify=classes
        )
    except ValueError as error:
        raise ValueError(
            f"expected an n_test that splits {len(x)} rows into two parts"
            f"{', each with every class' if stratified else ''}; got {n_test}: {error}"
        ) from error
    return (x_train, y_train), (x_test, y_test)


def folds(
    x: Array, y: Array, n_splits: int = 5, *, stratified: bool = False, seed: int = 0
) -> Iterator[Splits]:
    """Use every row for validation once: K-fold cross-validation.

    Args:
        x: inputs, (n, ...).
        y: labels, (n,).
        n_splits: K, the number of folds.
        stratified: whether every fold keeps the class proportions.
        seed: seed of the order in which rows are assigned to folds.

    Returns:
        K times ``(x_train, y_train), (x_valid, y_valid)``.

    Raises:
        ValueError: ``x`` and ``y`` differ in length, or there are fewer rows (of each
            class, if stratified) than folds.

    Examples:
        >>> import numpy as np
        >>> x, y = np.arange(6), np.arange(6)
        >>> [sorted(x_valid.tolist()) for _, (x_valid, _) in folds(x, y, 3)]
        [[2, 5], [1, 3], [0, 4]]

    Source:
        Hastie, Tibshirani and Friedman, "The Elements of Statistical Learning", 2nd
        edition, section 7.10, 2009.
    """
    x, y = as_rows(x, y)
    n_rows = np.unique(y, return_counts=True)[1].max() if stratified else len(x)
    if not 2 <= n_splits <= n_rows:
        raise ValueError(
            f"expected n_splits from 2 to {n_rows}, since there are {n_rows} rows"
            f"{' of a class' if stratified else ''}; got {n_splits}"
        )
    # --8<-- [start:folds]
    from sklearn.model_selection import KFold, StratifiedKFold

    kind = StratifiedKFold if stratified else KFold
    cut = kind(n_splits, shuffle=True, random_state=seed)
    for train, valid in cut.split(x, y):
        yield (x[train], y[train]), (x[valid], y[valid])
    # --8<-- [end:folds]
