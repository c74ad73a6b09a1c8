"""Describe what a model computes as JSON values, and find the first difference.

Names, seeds and initializers are left out: a resumed run takes its values from the
checkpoint. Only settings that both descriptions have are compared, so a newer Keras
that adds one still resumes.
"""

import base64
import hashlib
import json
import marshal
import re
import sys
import types
import warnings
from typing import Any

import keras
import numpy as np

Plain = Any  # JSON values
SCALARS = (bool, int, float, str, type(None))
IGNORED = re.compile(r"name|seed|build_config|module|registered_name|.*initializer")
LONG = 40  # characters of a value that a message shows, entries of a list in a file
PYTHON = ".".join(map(str, sys.version_info[:2]))  # code of lambdas depends on it


def plain(value: Any) -> Plain:
    """Describe a value: a setting, or a Keras object with its settings."""
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, str):
        return _code(value) if value.startswith("4w") else value
    if isinstance(value, SCALARS):
        return value
    if isinstance(value, dict):
        return _mapping(value)
    if isinstance(value, list | tuple):
        parts = [plain(part) for part in value]
        if len(parts) <= LONG:
            return parts
        return f"{len(parts)} values {_digest(json.dumps(parts).encode())}"
    if isinstance(value, np.ndarray):
        return f"array {value.shape} {_digest(value.tobytes())}"
    if hasattr(value, "get_config"):
        return {"class": type(value).__name__, "settings": settings(value)}
    return getattr(value, "__name__", type(value).__name__)


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=8).hexdigest()


def settings(part: Any) -> dict[str, Plain]:
    """Describe the settings of a layer, an optimizer or another Keras object."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Keras warns about every lambda
            found = _mapping(part.get_config())
    except Exception:  # the author's code, or Keras without the author's get_config
        return {}
    return found if isinstance(found, dict) else {}


def _mapping(value: dict[str, Any]) -> Plain:
    if {"class_name", "config"} <= value.keys():
        config = value["config"]
        if not isinstance(config, dict) or value["class_name"] == "__lambda__":
            return plain(config)  # a function
        if value["class_name"].endswith("DTypePolicy"):
            return config.get("name")
        return {"class": value["class_name"], "settings": _mapping(config)}
    if "batch_shape" in value:  # the batch size is not part of the network
        value = {**value, "batch_shape": (value["batch_shape"] or [None])[1:]}
    return {str(k): plain(v) for k, v in value.items() if not IGNORED.fullmatch(str(k))}


def _code(text: str) -> Plain:
    """Describe the code of a lambda, which Keras serializes with its line numbers."""
    try:
        code = marshal.loads(base64.b64decode(text))  # noqa: S302  of this process
    except (ValueError, EOFError, TypeError):
        return text
    return _parts_of(code) if isinstance(code, types.CodeType) else text


def _parts_of(code: types.CodeType) -> dict[str, Plain]:
    constants = [
        _parts_of(c) if isinstance(c, types.CodeType) else repr(c)
        for c in code.co_consts
    ]
    return {
        "names": list(code.co_names + code.co_freevars),
        PYTHON: [code.co_code.hex(), constants],
    }


def architecture(model: keras.Model) -> Plain:
    """Describe the layers of a model, their settings and how they are connected."""
    described = {"root": _described(model, set())}
    return json.loads(json.dumps(described, default=lambda value: type(value).__name__))


def _described(part: Any, seen: set[int]) -> dict[str, Plain]:
    found: dict[str, Plain] = {"class": type(part).__name__, "name": part.name}
    if id(part) in seen:  # a shared layer
        return found
    seen.add(id(part))
    if any(kind.__name__ == "Functional" for kind in type(part).__mro__):
        found["settings"], calls = _connections(part)
        parts = part.operations  # layers, and functions of keras.ops
    else:
        is_list = isinstance(part, keras.Sequential)
        found["settings"] = {} if is_list else settings(part)
        parts, calls = _sublayers(part), []
    found["layers"] = [_described(inner, seen) for inner in parts]
    for inner, inputs in zip(found["layers"], calls, strict=False):
        inner["inputs"] = inputs
    return found


def _sublayers(part: Any) -> list[Any]:
    if not isinstance(part, keras.layers.Layer):
        return []
    return list(part._flatten_layers(include_self=False, recursive=False))


def _connections(model: Any) -> tuple[dict[str, Plain], list[Plain]]:
    """Return the outputs of a functional model, and the inputs of each operation."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            config = model.get_config()
        numbers = {part["name"]: i for i, part in enumerate(config["layers"])}
    except Exception:  # a layer without get_config
        return {}, []

    def numbered(value: Any) -> Any:
        if isinstance(value, dict) and "keras_history" in value:
            name, *indices = value["keras_history"]
            return [numbers[name], *indices]
        if isinstance(value, dict):
            return [[key, numbered(part)] for key, part in value.items()]
        if isinstance(value, list | tuple):
            return [numbered(part) for part in value]
        return numbers.get(value, value) if isinstance(value, str) else plain(value)

    ends = {end: numbered(config[f"{end}_layers"]) for end in ("input", "output")}
    return ends, [numbered(part["inbound_nodes"]) for part in config["layers"]]


def same(now: Plain, was: Plain) -> bool:
    """Return whether two descriptions agree in all settings that both have."""
    if isinstance(now, dict) and isinstance(was, dict):
        return all(same(now[key], was[key]) for key in now.keys() & was.keys())
    if isinstance(now, list) and isinstance(was, list):
        return len(now) == len(was) and all(map(same, now, was))
    return json.dumps(now) == json.dumps(was)  # NaN is the same as NaN


def differences(now: Plain, was: Plain) -> list[tuple[str, str, str]]:
    """List the settings that differ: their names, and both values as text."""
    return [
        (key, *_texts(now[key], was[key]))
        for key in now
        if key in was and not same(now[key], was[key])
    ]


def _texts(now: Plain, was: Plain) -> tuple[str, str]:
    """Write two values that differ; of two objects of a class, what differs."""
    objects = [v for v in (now, was) if isinstance(v, dict) and "settings" in v]
    if len(objects) == 2 and now["class"] == was["class"]:
        found = differences(now["settings"], was["settings"])
        pairs = [[f"{key}={values[i]}" for key, *values in found] for i in (0, 1)]
        return tuple(f"{now['class']}({', '.join(p)})" for p in pairs)  # type: ignore[return-value]
    return _text(now), _text(was)


def _text(value: Plain) -> str:
    if isinstance(value, dict):
        return str(value.get("class", "another function"))
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    return text if len(text) <= LONG else f"{text[:LONG]}…"


def first_difference(now: Plain, was: Plain) -> str | None:
    """Name the first difference between two architectures.

    Returns:
        Such as ``"layer 2 'dense_1': activation relu, was tanh"``, or None.
    """
    now, was = now["root"], was["root"]
    return _difference(now, was, f"model '{now['name']}'", "")


def _difference(now: Plain, was: Plain, label: str, place: str) -> str | None:
    here = place or f"{label}: "
    if now["class"] != was["class"]:
        return f"{here}{now['class']}, was {was['class']}"
    found = differences(now.get("settings", {}), was.get("settings", {}))
    found = [d for d in found if d[0] not in ("input", "output")]
    if found:
        name, value, former = found[0]
        return f"{here}{name} {value}, was {former}"
    inner = _among_layers(now.get("layers", []), was.get("layers", []), place)
    if inner:
        return inner
    if not same(now.get("inputs", []), was.get("inputs", [])):
        return f"{here}it is called with other inputs"
    if not same(now.get("settings", {}), was.get("settings", {})):
        return f"{here}other inputs or outputs"
    return None


def _among_layers(now: list[Plain], was: list[Plain], place: str) -> str | None:
    number = 0  # as Sequential counts: without the input
    for i in range(max(len(now), len(was))):
        part = now[i] if i < len(now) else was[i]
        is_input = part["class"] == "InputLayer"
        number += not is_input
        label = f"{'input' if is_input else f'layer {number}'} '{part['name']}'"
        inner = f"{place}{label}: "
        if i >= len(was):
            return f"{inner}{part['class']}, was missing"
        if i >= len(now):
            return f"{inner}missing, was {part['class']}"
        found = _difference(now[i], was[i], label, inner)
        if found:
            return found
    return None
