"""Save a run so that it can resume exactly where it stopped.

A folder of ``tf.train.CheckpointManager`` holds every variable of the model (weights,
moving statistics, the state of its random layers), every variable of its optimizers,
the changed attributes of the callbacks, the history and the shuffling seed. A
checkpoint becomes valid when the file ``checkpoint`` names it, which is written last: a
crash while saving leaves the previous one in effect.

What the model computes must be the same when a run resumes: layers, settings,
connections, data types. How it is trained may change: callbacks, epochs, loss, metrics,
the learning rate and other settings of the optimizer.
"""

import copy
import re
import tempfile
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

from tfnotes.training import _attributes as attributes
from tfnotes.training._architecture import (
    architecture,
    differences,
    first_difference,
    plain,
)
from tfnotes.training._notes import Notes
from tfnotes.training._optimizers import Optimizers, lasting

State = dict[str, Any]  # JSON values
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


def _saved_variables(model: keras.Model) -> list[keras.Variable]:
    """List what a checkpoint holds of a model: also the states of its stateful RNNs.

    Keras counts these states among no layer's variables.
    """
    layers = model._flatten_layers(include_self=False)
    states = keras.tree.flatten([getattr(layer, "states", None) for layer in layers])
    kept = [state for state in states if isinstance(state, keras.Variable)]
    listed = state_variables(model)
    taken = {id(variable) for variable in listed}
    return [*listed, *(state for state in kept if id(state) not in taken)]


class Checkpoint:
    """A checkpoint folder of a run between two epochs.

    Args:
        folder: the folder; it is created if missing. Workers of one run share it.
        model: compiled and built; its optimizers are those among its attributes and
            those of its inner models.
        callbacks: the callbacks before the run; attributes that change later are saved
            if they are plain values or lists of weights, and of your own classes also
            arrays, lists, tuples and dicts of these.

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
        self.architecture = architecture(model)
        self.loss = plain(getattr(model, "loss", None))
        self.optimizers = Optimizers(model)
        self.notes = Notes()
        self.latest = ""  # what read() has checked
        self.ignored: tempfile.TemporaryDirectory[str] | None = None
        self.begin()

    @property
    def exists(self) -> bool:
        """Whether there is a run to resume."""
        return tf.train.latest_checkpoint(self.folder) is not None

    def begin(self) -> None:
        """Take the callbacks' attributes as those that this run begins with.

        To be called after every callback's ``on_train_begin``; ``restore`` does it.
        What depends on this run, such as its number of steps, is then not saved.
        """
        self.begun = [attributes.snapshot(callback) for callback in self.callbacks]

    def end(self) -> None:
        """Remember the learning rates that this run leaves in the optimizers.

        To be called when the run ends or is interrupted. If the same model then resumes
        in this process, its rate is one that the run has set, not a changed one.
        """
        self.optimizers.end()

    def save(self, state: State) -> None:
        """Write the run and a state of JSON values atomically."""
        variables = _saved_variables(self.model)
        self.notes.plain = {
            "state": state,
            "architecture": self.architecture,
            "loss": self.loss,
            "variables": [_shaped(v) for v in variables],
            "optimizers": self.optimizers.describe(variables),
        }
        self.notes.note_callbacks(self.callbacks, self.begun)
        for optimizer in self.optimizers.built().values():
            variables += lasting(optimizer)
        checkpoint = tf.train.Checkpoint(
            variables=[v.value for v in variables], notes=self.notes
        )
        folder = self._own_folder()
        manager = tf.train.CheckpointManager(checkpoint, folder, max_to_keep=1)
        last = (manager.latest_checkpoint or "-0").rsplit("-", 1)[1]
        manager.save(checkpoint_number=int(last) + 1)
        self.latest = ""

    def read(self) -> State:
        """Read and check the run, without changing the model or the callbacks.

        Optimizers without variables are built, as their first step would do.

        Returns:
            The state that was saved with it.

        Raises:
            ValueError: a file is corrupt, or belongs to another model or optimizer.
        """
        latest = tf.train.latest_checkpoint(self.folder)
        try:
            reader = tf.train.load_checkpoint(latest)
            shapes = reader.get_variable_to_shape_map()
            self.notes.deserialize(reader.get_tensor(NOTES))
            for name in shapes:
                reader.get_tensor(name)  # reads all of it: the file may be truncated
            state: State = copy.deepcopy(self.notes.plain["state"])
        except Exception as error:  # TensorFlow and NumPy raise many types
            raise ValueError(
                f"{latest}: expected a checkpoint that tfnotes.train wrote, but it "
                f"cannot be read ({error}); delete {self.folder} to start over"
            ) from error
        if "architecture" in self.notes.plain:
            self._check()
        else:
            self._check_first_format(shapes)
        self.latest = latest
        return state

    def restore(self) -> State:
        """Restore the model, its optimizers and the callbacks.

        To be called after every callback's ``on_train_begin``. Prints a line for each
        setting of the optimizers, and for the loss, that differs from the saved run.

        Returns:
            The state that was saved with it.

        Raises:
            ValueError: as from ``read``, which it calls if it was not called before.
        """
        if not self.latest:
            self.read()
        self.begin()
        places = {str(i): v.value for i, v in self._places()}
        checkpoint = tf.train.Checkpoint(variables=places)
        status = checkpoint.restore(self.latest).assert_existing_objects_matched()
        status.expect_partial()  # the notes, and optimizers that are gone
        was = self.notes.plain
        if "architecture" in was:
            changes = differences({"loss": self.loss}, {"loss": was["loss"]})
            changes += self.optimizers.changes(was["optimizers"])
            for setting, now, former in changes:
                name = setting.replace("learning_rate", "learning rate")
                text = f"{name} {now} instead of {former}"
                print(f"tfnotes.train: {text} of the run in {self.folder}")  # noqa: T201
            self.optimizers.restore_rates(was["optimizers"])
        self.notes.restore_callbacks(self.callbacks)
        state: State = copy.deepcopy(was["state"])
        return state

    def _places(self) -> Iterator[tuple[int, keras.Variable]]:
        """Yield the variables to restore with their numbers in the checkpoint."""
        variables = _saved_variables(self.model)
        if "architecture" not in self.notes.plain:
            variables = [*state_variables(self.model), *_first_format(self.model)]
        yield from enumerate(variables)
        saved = self.notes.plain.get("optimizers", {})
        yield from self.optimizers.places(saved, len(variables))

    def _check(self) -> None:
        was, variables = self.notes.plain, _saved_variables(self.model)
        what = "model"
        difference = first_difference(self.architecture, was["architecture"])
        for i, pair in enumerate(
            zip_longest(map(_shaped, variables), was["variables"])
        ):
            if pair[0] != pair[1] and not difference:
                now, former = [" ".join(map(str, v or ["missing"])) for v in pair]
                difference = f"variable {i + 1}: {now}, was {former}"
        if not difference:
            found = self.optimizers.first_difference(was["optimizers"], variables)
            what, difference = found or (what, None)
        if difference:
            raise ValueError(
                f"{self.folder}: expected the {what} of its run, got another: "
                f"{difference}; change it back, or choose another folder"
            )

    def _own_folder(self) -> Path:
        """Return the folder, or a temporary one for a worker that is not the chief.

        All workers have to take part in saving the variables that they share.
        """
        if self.model.distribute_strategy.extended.should_checkpoint:
            return self.folder
        if self.ignored is None:
            self.ignored = tempfile.TemporaryDirectory()  # deleted with this object
        return Path(self.ignored.name)

    def _check_first_format(self, shapes: dict[str, list[int]]) -> None:
        """Compare the shapes, all that checkpoints without an architecture have."""
        n_saved = sum(name.startswith("variables/") for name in shapes)
        saved = [tuple(shapes.get(VARIABLE.format(i), ())) for i in range(n_saved)]
        expected = [tuple(v.shape) for _, v in self._places()]
        n_callbacks = len(self.notes.plain["callbacks"])
        if (saved, n_callbacks) != (expected, len(self.callbacks)):
            raise ValueError(
                f"{self.folder}: expected the checkpoint of this model, optimizer and "
                f"callbacks ({len(expected)} variables, {len(self.callbacks)} "
                f"callbacks), found another one ({n_saved}, {n_callbacks}); "
                "choose another folder or delete it"
            )
        self.notes.name_callbacks([*attributes.keys(self.callbacks)])


def _shaped(variable: keras.Variable) -> list[Any]:
    """Name a variable without the number that Keras appends, with shape and type."""
    return [re.sub(r"_\d+$", "", variable.name), list(variable.shape), variable.dtype]


def _first_format(model: keras.Model) -> list[keras.Variable]:
    """List the optimizer's variables in the format without an architecture."""
    optimizer = model.optimizer
    if optimizer is not None and not optimizer.built:
        with model.distribute_strategy.scope():
            optimizer.build(model.trainable_variables)
    return [] if optimizer is None else optimizer.variables
