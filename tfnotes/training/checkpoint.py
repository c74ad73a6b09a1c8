"""Keep a run so that it can go on exactly where it was.

A folder of ``tf.train.CheckpointManager`` holds all: every variable of the model
(weights, moving statistics, the state of its random layers), every variable of the
optimizer, what the callbacks have learned, the history and the seed of the shuffling.
A checkpoint counts once the file ``checkpoint`` names it, which happens last: a crash
while writing leaves the previous one in force.
"""

import io
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

Notes = dict[str, Any]  # what JSON can hold
Arrays = dict[str, npt.NDArray[Any]]
PLAIN = (bool, int, float, str, type(None))
SET_ANEW = {"min_delta"}  # Keras turns its sign by itself when an epoch first ends
VARIABLE = "variables/{}/.ATTRIBUTES/VARIABLE_VALUE"  # how TensorFlow names what it
NOTES = "notes/.ATTRIBUTES/py_state"  # wrote of the two parts below


def state_variables(model: keras.Model) -> list[keras.Variable]:
    """The variables of a model that last: those of its metrics begin with every epoch.

    Args:
        model: built.

    Returns:
        Weights, moving statistics and states of random layers, as ``model.variables``
        orders them.

    Examples:
        >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        >>> model.compile("sgd", "mse", metrics=["mae"])
        >>> [variable.name for variable in state_variables(model)]
        ['kernel', 'bias']
    """
    metrics = {id(v) for metric in model.metrics for v in metric.variables}
    return [v for v in model.variables if id(v) not in metrics]


class Checkpoint:
    """A folder that holds a run between two epochs.

    Args:
        folder: where; it is made if there is none. Workers of one run share it.
        model: compiled and built.
        callbacks: as they are when the run begins; attributes that change from then on
            are kept, if they are plain values or lists of weights.

    Raises:
        ValueError: there is a file in the folder's place.

    Examples:
        >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> checkpoint = Checkpoint(Path(tempfile.mkdtemp()), model, [])
        >>> checkpoint.exists
        False
        >>> checkpoint.save({"epochs": 3})
        >>> checkpoint.restore()
        {'epochs': 3}
    """

    def __init__(
        self,
        folder: Path,
        model: keras.Model,
        callbacks: Sequence[keras.callbacks.Callback],
    ) -> None:
        if folder.is_file():
            raise ValueError(
                f"{folder}: expected a folder for checkpoints, found a file; choose "
                "another path or delete it"
            )
        self.folder, self.model, self.callbacks = folder, model, callbacks
        self.begun = [dict(vars(callback)) for callback in callbacks]
        self.notes = _Notes()
        lasting = [*state_variables(model), *model.optimizer.variables]
        self.variables = [variable.value for variable in lasting]
        self.manager = tf.train.CheckpointManager(
            tf.train.Checkpoint(variables=self.variables, notes=self.notes),
            self._own_folder(),
            max_to_keep=1,
        )

    @property
    def exists(self) -> bool:
        """Whether there is a run to go on with."""
        return tf.train.latest_checkpoint(self.folder) is not None

    def save(self, state: Notes) -> None:
        """Write the run and a state, whole or not at all."""
        learned = [self._learned(i) for i in range(len(self.callbacks))]
        arrays: Arrays = {}
        for i, attributes in enumerate(learned):
            for name in [
                n for n, value in attributes.items() if isinstance(value, list)
            ]:
                weights = attributes.pop(name)
                arrays |= {f"{i} {name} {j}": array for j, array in enumerate(weights)}
        self.notes.plain = {"callbacks": learned, "state": state}
        self.notes.arrays = arrays
        self.manager.save()

    def restore(self) -> Notes:
        """Put the run back into the model, its optimizer and the callbacks.

        Returns:
            The state that was saved with it.

        Raises:
            ValueError: a file is broken, or of another model or other callbacks.
        """
        latest = tf.train.latest_checkpoint(self.folder)
        try:
            reader = tf.train.load_checkpoint(latest)
            shapes = reader.get_variable_to_shape_map()
            self.notes.deserialize(reader.get_tensor(NOTES))
            for name in shapes:
                reader.get_tensor(name)  # reads it whole: a file may be cut short
        except Exception as error:  # TensorFlow and NumPy raise many kinds
            raise ValueError(
                f"{latest}: expected a checkpoint that tfnotes.train wrote, but it "
                f"cannot be read ({error}); delete {self.folder} to begin anew"
            ) from error
        self._check(shapes)
        self.manager.checkpoint.restore(latest).assert_existing_objects_matched()
        self._teach()
        state: Notes = self.notes.plain["state"]
        return state

    def _own_folder(self) -> Path:
        """The folder; for a worker that is not the chief one that nobody reads.

        All of them have to take part in writing what they share.
        """
        if self.model.distribute_strategy.extended.should_checkpoint:
            return self.folder
        self.ignored = tempfile.TemporaryDirectory()  # goes with this object
        return Path(self.ignored.name)

    def _check(self, shapes: dict[str, list[int]]) -> None:
        n_saved = sum(name.startswith("variables/") for name in shapes)
        saved = [tuple(shapes.get(VARIABLE.format(i), ())) for i in range(n_saved)]
        expected = [tuple(v.shape) for v in self.variables]
        n_callbacks = len(self.notes.plain["callbacks"])
        if (saved, n_callbacks) != (expected, len(self.callbacks)):
            raise ValueError(
                f"{self.folder}: expected the checkpoint of this model, optimizer and "
                f"callbacks ({len(expected)} variables, {len(self.callbacks)} "
                f"callbacks), found that of others ({n_saved}, {n_callbacks}); "
                "choose another folder or delete it"
            )

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

    def _teach(self) -> None:
        """Give the callbacks what they had learned."""
        arrays, learned = self.notes.arrays, self.notes.plain["callbacks"]
        for callback, attributes in zip(self.callbacks, learned, strict=True):
            vars(callback).update(attributes)
        for place, name in {tuple(key.split(" ")[:2]) for key in arrays}:
            n = sum(key.startswith(f"{place} {name} ") for key in arrays)
            weights = [arrays[f"{place} {name} {j}"] for j in range(n)]
            setattr(self.callbacks[int(place)], name, weights)


class _Notes(tf.train.experimental.PythonState):  # type: ignore[misc]
    """What is no variable, as bytes inside a checkpoint."""

    def __init__(self) -> None:
        self.plain: Notes = {}
        self.arrays: Arrays = {}

    def serialize(self) -> bytes:
        text = np.frombuffer(json.dumps(self.plain).encode(), np.uint8)
        file = io.BytesIO()
        np.savez(file, **{"": text, **self.arrays})  # type: ignore[arg-type]
        return file.getvalue()

    def deserialize(self, string_value: bytes) -> None:
        with np.load(io.BytesIO(string_value), allow_pickle=False) as file:
            arrays = dict(file)
        self.plain = json.loads(arrays.pop("").tobytes())
        self.arrays = arrays


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def _has_changed(now: Any, begun: Any) -> bool:
    return isinstance(now, PLAIN) and (type(now) is not type(begun) or now != begun)


def _are_weights(value: Any) -> bool:
    arrays = isinstance(value, list) and value
    return bool(arrays) and all(isinstance(v, np.ndarray) for v in value)
