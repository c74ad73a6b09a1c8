"""What a checkpoint holds besides variables: JSON values and callbacks' arrays."""

import io
import json
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from tfnotes.training import _attributes as attributes


class Notes(tf.train.experimental.PythonState):  # type: ignore[misc]
    """JSON values, and callbacks with their arrays, as bytes inside a checkpoint."""

    def __init__(self) -> None:
        self.plain: dict[str, Any] = {}
        self.arrays: dict[str, npt.NDArray[Any]] = {}

    def serialize(self) -> bytes:
        written = json.dumps(self.plain, default=_as_json)
        text = np.frombuffer(written.encode(), np.uint8)
        file = io.BytesIO()
        np.savez(file, **{"": text, **self.arrays})  # type: ignore[arg-type]
        return file.getvalue()

    def deserialize(self, string_value: bytes) -> None:
        with np.load(io.BytesIO(string_value), allow_pickle=False) as file:
            arrays = dict(file)
        self.plain = json.loads(arrays.pop("").tobytes())
        self.arrays = arrays

    def name_callbacks(self, keys: list[str]) -> None:
        """Turn callbacks by place, as in the first format, into callbacks by key."""
        saved = self.plain["callbacks"]
        for place, name, _ in (key.split(" ") for key in self.arrays):
            weights = saved[int(place)].setdefault(name, {"list": []})["list"]
            weights.append({"array": len(weights)})
        self.plain["callbacks"] = [list(pair) for pair in zip(keys, saved, strict=True)]

    def note_callbacks(
        self,
        callbacks: Sequence[keras.callbacks.Callback],
        begun: Sequence[dict[str, int]],
    ) -> None:
        """Take the attributes of callbacks that have changed since snapshots."""
        saved: list[Any] = []
        self.arrays = {}
        for i, key in enumerate(attributes.keys(callbacks)):
            changed = attributes.changed(callbacks[i], begun[i])
            saved.append([key, {name: value for name, (value, _) in changed.items()}])
            for name, (_, arrays) in changed.items():
                self.arrays |= {f"{i} {name} {j}": a for j, a in enumerate(arrays)}
        self.plain["callbacks"] = saved

    def restore_callbacks(self, callbacks: Sequence[keras.callbacks.Callback]) -> None:
        """Restore the attributes of each callback from the same one of its class."""
        now = dict(zip(attributes.keys(callbacks), callbacks, strict=True))
        for i, (key, saved) in enumerate(self.plain["callbacks"]):
            for name, value in saved.items() if key in now else ():
                start = f"{i} {name} "
                arrays = {
                    int(k.removeprefix(start)): array
                    for k, array in self.arrays.items()
                    if k.startswith(start)
                }
                attributes.assign(now[key], name, attributes.decode(value, arrays))


def _as_json(value: Any) -> Any:
    """Write a metric's vector as a list."""
    return value.tolist() if hasattr(value, "tolist") else np.asarray(value).tolist()
