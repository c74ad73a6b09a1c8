"""Tables for a terminal."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from tfnotes import data
from tfnotes.command.terminal import quiet


def data_sets() -> None:
    """Print every data set: its name, its size, and whether it needs a download.

    Examples:
        >>> data_sets()
        Included...fashion_mnist_6k...
    """
    for title, at_hand in {
        "Included": True,
        "Downloaded once, then cached": False,
    }.items():
        table = Table(title=title, box=None, title_justify="left", padding=(0, 2, 0, 0))
        table.add_column("name", no_wrap=True)
        table.add_column("training + test", no_wrap=True)
        table.add_column("description")
        for name in data.names(at_hand=at_hand):
            found = data.describe(name)
            rows = f"{found.n_train:,} + {found.n_test:,}"
            table.add_row(name, rows, found.title)
        Console().print(table)


def data_set(name: str) -> None:
    """Load a data set, and print its contents and source.

    Args:
        name: a name that ``tfnotes.data.load`` accepts.

    Examples:
        >>> data_set("iris")
         iris...Length and width...
    """
    found = data.describe(name)
    if not found.at_hand:
        with quiet():
            import keras  # noqa: F401  here, because the reader would print its start
    (x_train, y_train), (x_test, y_test) = data.load(name)
    table = Table(show_header=False, box=None)
    for label, value in {
        name: found.title,
        "training": _described(x_train, y_train),
        "test": _described(x_test, y_test),
        "classes": ", ".join(found.class_names) or "none (regression)",
        "split": found.split,
        "source": found.source,
        "license": found.license,
        "note": found.note,
    }.items():
        if value:
            table.add_row(label, value)
    Console().print(table)


def probabilities(rows: Sequence[tuple[str, float]]) -> None:
    """Print classes and their probabilities.

    Args:
        rows: name and probability, from 0 to 1, of each class.

    Examples:
        >>> probabilities([("Sneaker", 0.9), ("Bag", 0.1)])
         Sneaker  90.0 %...Bag      10.0 %...
    """
    table = Table(show_header=False, box=None, padding=(0, 1))
    table.add_column()
    table.add_column(justify="right")
    for name, probability in rows:
        table.add_row(name, f"{probability:.1%}".replace("%", " %"))
    Console().print(table)


def _described(x: data.Array, y: data.Array) -> str:
    return f"x {x.dtype} {x.shape}, y {y.dtype} {y.shape}"
