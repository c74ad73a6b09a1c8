"""Keep a run so that it can go on exactly where it was.

One ``.npz`` file holds all: every variable of the model (weights, moving statistics,
the state of its random layers), every variable of the optimizer, what the callbacks
have learned, the history and the seed of the shuffling. It is written beside and then
put in place, so a crash while writing leaves the previous one whole.
"""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

Notes = dict[str, Any]  # what JSON can hold
Arrays = dict[str, npt.NDArray[Any]]
PLAIN = (bool, int, float, str, type(None))
SET_ANEW = {"min_delta"}  # Keras turns its sign by itself when an epoch first ends


class Checkpoint:
    """A file that holds a run between two epochs.

    Args:
        path: where; the folder is made if there is none.
        model: compiled and built.
        callbacks: as they are when the run begins; attributes that change from then on
            are kept, if they are plain values or lists of weights.

    Examples:
        >>> import tempfile
        >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> checkpoint = Checkpoint(Path(tempfile.mkdtemp()) / "run.npz", model, [])
        >>> checkpoint.save({"epochs": 3})
        >>> checkpoint.restore()
        {'epochs': 3}
    """

    def __init__(
        self,
        path: Path,
        model: keras.Model,
        callbacks: Sequence[keras.callbacks.Callback],
    ) -> None:
        self.path, self.model, self.callbacks = path, model, callbacks
        self.begun = [dict(vars(callback)) for callback in callbacks]

    def save(self, state: Notes) -> None:
        """Write the run and a state, whole or not at all."""
        arrays = {
            f"variable {i}": np.asarray(v) for i, v in enumerate(self._variables())
        }
        learned = [self._learned(i) for i in range(len(self.callbacks))]
        for i, attributes in enumerate(learned):
            for name in [
                n for n, value in attributes.items() if isinstance(value, list)
            ]:
                weights = attributes.pop(name)
                arrays |= {f"{i} {name} {j}": array for j, array in enumerate(weights)}
        notes = json.dumps({"callbacks": learned, "state": state})
        arrays["notes"] = np.frombuffer(notes.encode(), np.uint8)
        if not self.model.distribute_strategy.extended.should_checkpoint:
            return  # every worker reads what they share; one of them writes
        self.path.parent.mkdir(parents=True, exist_ok=True)
        beside = self.path.with_name(f".{self.path.name}.part")
        with beside.open("wb") as file:
            np.savez(file, **arrays)  # type: ignore[arg-type]
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self.path)

    def restore(self) -> Notes:
        """Put the run back into the model, its optimizer and the callbacks.

        Returns:
            The state that was saved with it.

        Raises:
            ValueError: the file is broken, or of another model or other callbacks.
        """
        arrays, notes = self._read()
        saved = [
            arrays.pop(f"variable {i}") for i in range(_count(arrays, "variable "))
        ]
        self._check([a.shape for a in saved], len(notes["callbacks"]))
        for variable, array in zip(self._variables(), saved, strict=True):
            variable.assign(array)
        for callback, attributes in zip(
            self.callbacks, notes["callbacks"], strict=True
        ):
            vars(callback).update(attributes)
        for place, name in {tuple(key.split(" ")[:2]) for key in arrays}:
            n = _count(arrays, f"{place} {name} ")
            weights = [arrays[f"{place} {name} {j}"] for j in range(n)]
            setattr(self.callbacks[int(place)], name, weights)
        state: Notes = notes["state"]
        return state

    def _read(self) -> tuple[Arrays, Notes]:
        try:
            with np.load(self.path, allow_pickle=False) as file:
                arrays = dict(file)
            notes: Notes = json.loads(arrays.pop("notes").tobytes())
        except Exception as error:  # NumPy and zipfile raise many kinds
            raise ValueError(
                f"{self.path}: expected a checkpoint that tfnotes.train wrote, but it "
                f"cannot be read ({error}); delete it to begin anew"
            ) from error
        return arrays, notes

    def _check(self, shapes: list[tuple[int, ...]], n_callbacks: int) -> None:
        expected = [tuple(v.shape) for v in self._variables()]
        if (shapes, n_callbacks) != (expected, len(self.callbacks)):
            raise ValueError(
                f"{self.path}: expected the checkpoint of this model, optimizer and "
                f"callbacks ({len(expected)} variables, {len(self.callbacks)} "
                f"callbacks), found that of others ({len(shapes)}, {n_callbacks}); "
                "choose another path or delete it"
            )

    def _variables(self) -> list[Any]:
        """What a step changes; metrics begin anew with every epoch."""
        metrics = {id(v) for metric in self.model.metrics for v in metric.variables}
        own = [v for v in self.model.variables if id(v) not in metrics]
        return [*own, *self.model.optimizer.variables]

    def _learned(self, i: int) -> Notes:
        """The attributes of a callback that have changed since the run began."""
        now = {name: _plain(value) for name, value in vars(self.callbacks[i]).items()}
        begun = self.begun[i]
        return {
            name: value
            for name, value in now.items()
            if name not in SET_ANEW
            and (_are_weights(value) or _has_changed(value, begun.get(name, now)))
        }


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def _has_changed(now: Any, begun: Any) -> bool:
    return isinstance(now, PLAIN) and (type(now) is not type(begun) or now != begun)


def _are_weights(value: Any) -> bool:
    arrays = isinstance(value, list) and value
    return bool(arrays) and all(isinstance(v, np.ndarray) for v in value)


def _count(arrays: Arrays, prefix: str) -> int:
    return sum(key.startswith(prefix) for key in arrays)
