"""Save a run so that it can resume exactly where it stopped.

A folder of ``tf.train.CheckpointManager`` holds every variable of the model (weights,
moving statistics, the state of its random layers), every variable of the optimizer, the
changed attributes of the callbacks, the history and the shuffling seed. A checkpoint
becomes valid when the file ``checkpoint`` names it, which is written last: a crash
while saving leaves the previous one in effect.
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

Notes = dict[str, Any]  # JSON values
Arrays = dict[str, npt.NDArray[Any]]
PLAIN = (bool, int, float, str, type(None))
NOT_SAVED = {"min_delta"}  # Keras flips its sign at the end of the first epoch
VARIABLE = "variables/{}/.ATTRIBUTES/VARIABLE_VALUE"  # TensorFlow's keys for
NOTES = "notes/.ATTRIBUTES/py_state"  # the two parts below


def state_variables(model: keras.Model) -> list[keras.Variable]:
    """List the persistent variables; metric state is excluded, it resets every epoch.

    Args:
        model: built.

    Returns:
        Weights, moving statistics and states of random layers, in the order of
        ``model.variables``.

    Examples:
        >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        >>> model.compile("sgd", "mse", metrics=["mae"])
        >>> [variable.name for variable in state_variables(model)]
        ['kernel', 'bias']
    """
    metrics = {id(v) for metric in model.metrics for v in metric.variables}
    return [v for v in model.variables if id(v) not in metrics]


class Checkpoint:
    """A checkpoint folder of a run between two epochs.

    Args:
        folder: the folder; it is created if missing. Workers of one run share it.
        model: compiled and built.
        callbacks: the callbacks before the run; attributes that change later are saved
            if they are plain values or lists of weights.

    Raises:
        ValueError: the path is a file.

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
        """Whether there is a run to resume."""
        return tf.train.latest_checkpoint(self.folder) is not None

    def save(self, state: Notes) -> None:
        """Write the run and a state atomically."""
        changed = [self._changed(i) for i in range(len(self.callbacks))]
        arrays: Arrays = {}
        for i, attributes in enumerate(changed):
            for name in [
                n for n, value in attributes.items() if isinstance(value, list)
            ]:
                weights = attributes.pop(name)
                arrays |= {f"{i} {name} {j}": array for j, array in enumerate(weights)}
        self.notes.plain = {"callbacks": changed, "state": state}
        self.notes.arrays = arrays
        self.manager.save()

    def restore(self) -> Notes:
        """Restore the model, its optimizer and the callbacks.

        Returns:
            The state that was saved with it.

        Raises:
            ValueError: a file is corrupt, or belongs to another model or other
                callbacks.
        """
        latest = tf.train.latest_checkpoint(self.folder)
        try:
            reader = tf.train.load_checkpoint(latest)
            shapes = reader.get_variable_to_shape_map()
            self.notes.deserialize(reader.get_tensor(NOTES))
            for name in shapes:
                reader.get_tensor(name)  # reads all of it: the file may be truncated
        except Exception as error:  # TensorFlow and NumPy raise many types
            raise ValueError(
                f"{latest}: expected a checkpoint that tfnotes.train wrote, but it "
                f"cannot be read ({error}); delete {self.folder} to start over"
            ) from error
        self._check(shapes)
        self.manager.checkpoint.restore(latest).assert_existing_objects_matched()
        self._restore_callbacks()
        state: Notes = self.notes.plain["state"]
        return state

    def _own_folder(self) -> Path:
        """Return the folder, or a temporary one for a worker that is not the chief.

        All workers have to take part in saving the variables that they share.
        """
        if self.model.distribute_strategy.extended.should_checkpoint:
            return self.folder
        self.ignored = tempfile.TemporaryDirectory()  # deleted with this object
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
                f"callbacks), found another one ({n_saved}, {n_callbacks}); "
                "choose another folder or delete it"
            )

    def _changed(self, i: int) -> Notes:
        """Return the attributes of a callback that have changed since the run began."""
        now = {name: _plain(value) for name, value in vars(self.callbacks[i]).items()}
        begun = self.begun[i]
        return {
            name: value
            for name, value in now.items()
            if name not in NOT_SAVED
            and (_are_weights(value) or _has_changed(value, begun.get(name, now)))
        }

    def _restore_callbacks(self) -> None:
        """Restore the saved attributes of the callbacks."""
        arrays, learned = self.notes.arrays, self.notes.plain["callbacks"]
        for callback, attributes in zip(self.callbacks, learned, strict=True):
            vars(callback).update(attributes)
        for place, name in {tuple(key.split(" ")[:2]) for key in arrays}:
            n = sum(key.startswith(f"{place} {name} ") for key in arrays)
            weights = [arrays[f"{place} {name} {j}"] for j in range(n)]
            setattr(self.callbacks[int(place)], name, weights)


class _Notes(tf.train.experimental.PythonState):  # type: ignore[misc]
    """All state that is not a variable, as bytes inside a checkpoint."""

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
