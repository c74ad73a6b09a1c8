"""Prints the public names of TensorFlow and Keras, module by module, as Python sees them."""

import json
import types
from collections.abc import Iterator

import keras
import tensorflow as tf

PRIVATE = {"src", "python", "core"}
seen: set[int] = set()


def names(module: types.ModuleType, path: str) -> Iterator[str]:
    seen.add(id(module))
    try:
        public = [n for n in dir(module) if n[0] != "_" and n not in PRIVATE]
    except ImportError:  # a lazy module that cannot be had
        return
    for name in public:
        value = getattr(module, name)
        yield f"{path}.{name}"
        if isinstance(value, types.ModuleType) and id(value) not in seen:
            yield from names(value, f"{path}.{name}")


print("\n" + json.dumps([*names(tf, "tf"), *names(keras, "keras")]))
