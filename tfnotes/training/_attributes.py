"""The attributes of callbacks that change during a run, as JSON values and arrays."""

import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

Arrays = list[npt.NDArray[Any]]
Encoded = tuple[Any, Arrays]
PLAIN = (bool, int, float, str, type(None))
NOT_SAVED = {
    "min_delta",  # Keras flips its sign at the end of the first epoch
    "params",  # of this run
}


def keys(callbacks: Sequence[keras.callbacks.Callback]) -> Iterator[str]:
    """Name callbacks by class, what they monitor, and number among these."""
    taken: dict[str, int] = {}
    for callback in callbacks:
        name = f"{type(callback).__name__} {getattr(callback, 'monitor', '')}".strip()
        taken[name] = taken.get(name, 0) + 1
        yield f"{name} {taken[name]}"


def snapshot(callback: keras.callbacks.Callback) -> dict[str, int]:
    """Return a checksum of each attribute that can be saved."""
    return {name: _checksum(e) for name, e in _attributes(callback).items()}


def changed(
    callback: keras.callbacks.Callback, begun: dict[str, int]
) -> dict[str, Encoded]:
    """Return the attributes that have changed since a snapshot."""
    return {
        name: encoded
        for name, encoded in _attributes(callback).items()
        if begun.get(name) != _checksum(encoded)
    }


def _attributes(callback: keras.callbacks.Callback) -> dict[str, Encoded]:
    own = not type(callback).__module__.startswith("keras.")
    found = {}
    for name, value in vars(callback).items():
        # Lists of Keras' callbacks other than weights are caches, such as CSVLogger's.
        if name not in NOT_SAVED and (own or _is_plain(value)):
            arrays: Arrays = []
            try:
                found[name] = encode(value, arrays), arrays
            except TypeError:
                continue  # a model, a function, a file: nothing that a file can hold
    return found


def _is_plain(value: Any) -> bool:
    if isinstance(value, list):
        return bool(value) and all(isinstance(part, np.ndarray) for part in value)
    return isinstance(value, (*PLAIN, np.generic))


def _checksum(encoded: Encoded) -> int:
    value, arrays = encoded
    found = zlib.crc32(json.dumps(value).encode())
    for array in arrays:
        flat = np.ascontiguousarray(array).reshape(-1)
        found = zlib.crc32(flat.view(np.uint8).data, found)
    return found


def encode(value: Any, arrays: Arrays) -> Any:
    """Write a value as JSON values; arrays are appended to a list.

    Raises:
        TypeError: it contains something else.
    """
    if isinstance(value, np.generic):
        value = value.item()
    if type(value) in PLAIN:
        return value
    if type(value) is np.ndarray and value.dtype != object:
        arrays.append(value)
        return {"array": len(arrays) - 1, "dtype": str(value.dtype)}
    if type(value) in (list, tuple):
        return {type(value).__name__: [encode(part, arrays) for part in value]}
    if type(value) is dict:
        pairs = [[encode(k, arrays), encode(v, arrays)] for k, v in value.items()]
        return {"dict": pairs}
    raise TypeError(f"expected plain values or arrays, got {type(value).__name__}")


def decode(value: Any, arrays: Mapping[int, npt.NDArray[Any]]) -> Any:
    """Read a value that ``encode`` wrote."""
    if not isinstance(value, dict):
        return value
    if "array" in value:
        array = arrays[value["array"]]
        # NumPy's file format has no name for types such as bfloat16.
        return array.view(value["dtype"]) if array.dtype.kind == "V" else array
    if "dict" in value:
        return {decode(k, arrays): decode(v, arrays) for k, v in value["dict"]}
    ((kind, parts),) = value.items()
    decoded = [decode(part, arrays) for part in parts]
    return tuple(decoded) if kind == "tuple" else decoded


def assign(callback: keras.callbacks.Callback, name: str, value: Any) -> None:
    """Set an attribute; a list or dict that the user passed is filled in place."""
    now = vars(callback).get(name)
    if type(now) is list and type(value) is list:
        now[:] = value
    elif type(now) is dict and type(value) is dict:
        now.clear()
        now.update(value)
    else:
        vars(callback)[name] = value
