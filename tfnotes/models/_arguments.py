"""Checks of the arguments that the model builders share."""

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ParamSpec, TypeVar

from tfnotes._renamed import refuse_old_arguments

P = ParamSpec("P")
R = TypeVar("R")


def is_size(value: Any) -> bool:
    """Return whether a value is a positive int, as Keras requires."""
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def are_sizes(value: Any) -> bool:
    """Return whether a value is a list, tuple or array of positive integers."""
    return hasattr(value, "__len__") and all(is_size(size) for size in value)


def _is_rate(value: Any) -> bool:
    return isinstance(value, int | float) and 0 <= value < 1


def _is_by_name(value: Any) -> bool:
    return isinstance(value, Mapping) and bool(value) and are_sizes([*value.values()])


def _is_pair(value: Any) -> bool:
    return are_sizes(value) and len(value) == 2


def _are_vgg_blocks(value: Any) -> bool:
    return hasattr(value, "__len__") and all(map(_is_pair, value))


def _is_nin_block(value: Any) -> bool:
    fits = hasattr(value, "__len__") and len(value) == 3
    return fits and are_sizes(value[0]) and are_sizes(value[1:])


def _are_nin_blocks(value: Any) -> bool:
    filled = hasattr(value, "__len__") and len(value) > 0
    return filled and all(map(_is_nin_block, value))


CHECKS: Mapping[Any, tuple[Callable[[Any], bool], str]] = {
    int: (is_size, "to be a positive int"),
    float: (_is_rate, "to be a number from 0 to below 1"),
    tuple[int, int]: (_is_pair, "to be (n_wide, n_deep), two positive integers"),
    Sequence[int]: (
        are_sizes,
        "to be positive integers in a sequence, such as (64, 32)",
    ),
    Sequence[tuple[int, int]]: (
        _are_vgg_blocks,
        "to be (n_convs, n_filters) for each block",
    ),
    Sequence[tuple[Sequence[int], int, int]]: (
        _are_nin_blocks,
        "to be (n_filters, kernel_size, strides) for each block",
    ),
    Mapping[str, int]: (
        _is_by_name,
        "to map the name of each head to a positive int",
    ),
}
"""For the type of an argument, its check and what the message says is expected."""


def builder(build: Callable[P, R]) -> Callable[P, R]:
    """Check the sizes that a builder gets, and refuse the argument names of 0.1.

    The builder itself checks its ``input_shape``.
    """
    parameters = inspect.signature(build).parameters

    @functools.wraps(build)
    def checked(*args: P.args, **kwargs: P.kwargs) -> R:
        refuse_old_arguments(build.__name__, kwargs.keys() - parameters.keys())
        for name, value in (dict(zip(parameters, args, strict=False)) | kwargs).items():
            kind = parameters[name].annotation if name in parameters else None
            if kind in CHECKS and name != "input_shape":
                fits, expected = CHECKS[kind]
                if not fits(value):
                    raise ValueError(f"expected {name} {expected}; got {value!r}")
        return build(*args, **kwargs)

    return checked
