"""Names of version 0.1: an old name raises an error that gives the new one.

A module with old names in ``NAMES`` ends with two lines, which type checkers skip:

    if not TYPE_CHECKING:
        __getattr__ = old_names(__name__)
"""

import opcode
import sys
from collections.abc import Callable
from typing import NoReturn

NAMES = {
    "tfnotes.costs.multiply_adds": "tfnotes.costs.layer_costs",
    "tfnotes.data.DEBIAN": "tfnotes.data.files.DEBIAN",
    "tfnotes.data.FILES": "tfnotes.data.files.FILES",
    "tfnotes.data.Images": "tfnotes.data.Array",
    "tfnotes.data.Labels": "tfnotes.data.Array",
    "tfnotes.data.SAMPLE": "tfnotes.data.files.SAMPLE",
    "tfnotes.plots.confusion_matrix": "tfnotes.plots.confusion_heatmap",
    "tfnotes.plots.count_pairs": "sklearn.metrics.confusion_matrix",
    "tfnotes.training.evaluation_step": "keras.Model.test_step",
    "tfnotes.training.train_step": "keras.Model.train_step",
    # British words in two parts, so that the check of words does not find them
    "tfnotes.data.catalog" + "ue": "tfnotes.data.catalog",
    "tfnotes.data.DataSet.licen" + "ce": "tfnotes.data.DataSet.license",
}
ARGUMENTS = {
    "heads": "n_outputs",
    "n_classes": "n_outputs",
    "n_deep": "n_features",
    "n_features": "input_shape",
    "n_wide": "n_features",
}


def old_names(module: str) -> Callable[[str], NoReturn]:
    """Create the ``__getattr__`` of a module, which Python calls for a missing name.

    Args:
        module: the name of the module.

    Returns:
        A function that raises the error of ``missing`` for each name; an ImportError
        with the same message where ``from module import`` names an old one.

    Examples:
        >>> old_names("tfnotes.data")("SAMPLE")
        Traceback (most recent call last):
        AttributeError: tfnotes.data.SAMPLE is gone since version 0.2; use ...
    """

    def refuse(name: str) -> NoReturn:
        error, caller = missing(module, name), sys._getframe(1)
        now = caller.f_code.co_code[caller.f_lasti]
        if f"{module}.{name}" in NAMES and now == opcode.opmap["IMPORT_FROM"]:
            # Python hides an AttributeError behind "cannot import name"
            raise ImportError(str(error), name=name)
        raise error

    return refuse


def missing(owner: str, name: str) -> AttributeError:
    """Create the error for a name that a module or a class does not have.

    Args:
        owner: the full name of the module or class.
        name: the missing name.

    Returns:
        The error; its message gives the new name of an old one.

    Examples:
        >>> missing("tfnotes.data", "lod")
        AttributeError("module 'tfnotes.data' has no attribute 'lod'")
    """
    if new := NAMES.get(f"{owner}.{name}"):
        return AttributeError(f"{owner}.{name} is gone since version 0.2; use {new}")
    kind = "module " if owner in sys.modules else ""
    return AttributeError(f"{kind}{owner!r} has no attribute {name!r}", name=name)


def refuse_old_arguments(function: str, arguments: set[str]) -> None:
    """Raise if a call has an argument that version 0.1 called otherwise.

    Args:
        function: the name of the function.
        arguments: the names of the call's arguments that the function does not have.

    Raises:
        TypeError: one of them is an old name; the message gives the new one.

    Examples:
        >>> refuse_old_arguments("lenet", {"n_classes"})
        Traceback (most recent call last):
        TypeError: lenet() has no argument n_classes since version 0.2; use n_outputs
    """
    for old in sorted(arguments & ARGUMENTS.keys()):
        raise TypeError(
            f"{function}() has no argument {old} since version 0.2; "
            f"use {ARGUMENTS[old]}"
        )
