"""Open the data of a run as a source of batches, and count its steps and epochs."""

from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras.src.trainers import data_adapters
from keras.src.trainers.data_adapters import array_slicing
from keras.src.trainers.data_adapters.array_data_adapter import ArrayDataAdapter
from keras.src.trainers.epoch_iterator import EpochIterator

from tfnotes.training.checks import check_data
from tfnotes.training.sources import Arrays, Batches, Position

Source = Arrays | Batches


class Epochs(EpochIterator):  # type: ignore[misc]  # Keras has no types
    """Keras' counting of steps and epochs, over one of the sources.

    Args:
        source: the batches.
        steps_per_epoch: as for ``fit``.
        per_call: steps per compiled call.
        asked: those that the model asks for, and callbacks then count as in ``fit``.
    """

    def __init__(
        self,
        source: Source,
        steps_per_epoch: int | None,
        per_call: int,
        asked: int = 1,
    ) -> None:
        self.source = source
        self.rounds_up = per_call == asked
        super().__init__(
            source.adapter,
            steps_per_epoch=steps_per_epoch,
            steps_per_execution=per_call,
        )
        self.reset()

    def resume(self, position: Position) -> None:
        """Continue at a position; inside a pass only if epochs have given steps."""
        _, done = position
        inside = bool(self.steps_per_epoch) and done < (self.source.steps or done + 1)
        self.source.resume(position, inside)
        if inside:  # Keras counts the steps of a pass
            self._current_iterator, self._steps_seen = iter(self.source), done

    def _get_iterator(self) -> Source:
        return self.source

    def __next__(self) -> Any:
        begin, end, batches = next(self._epoch_iterator)
        if self.num_batches and not self.rounds_up:  # for the progress bar
            end = min(end, self.num_batches - 1)
        return begin, end, batches


def open_source(
    model: keras.Model,
    data: tuple[Any, Any, Any],
    batch_size: int | None = None,
    steps: int | None = None,
    class_weight: dict[int, float] | None = None,
    shuffle: bool | str = False,
) -> Source:
    """Prepare the data as ``fit`` does.

    Args:
        model: compiled; the replicas of its strategy share the data.
        data: inputs, targets and sample weights, as for ``train``.
        batch_size: rows per step; a source of batches has its own.
        steps: steps per epoch.
        class_weight: as for ``train``.
        shuffle: whether a PyDataset is shuffled; ``"batch"`` as for ``fit``.

    Returns:
        The source, which can be iterated many times.

    Raises:
        ValueError: the data are inconsistent or of an unknown kind.

    Examples:
        >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> open_source(model, (np.ones((9, 1)), np.ones(9), None), batch_size=4).steps
        3
    """
    check_data(data, batch_size, steps)
    shuffles = shuffle == "batch" or isinstance(data[0], keras.utils.PyDataset)
    adapter = data_adapters.get_data_adapter(
        *data,
        batch_size=batch_size,
        steps_per_epoch=steps,
        shuffle=shuffle if shuffles else False,
        class_weight=class_weight,
    )
    strategy = model.distribute_strategy
    if type(adapter) is ArrayDataAdapter and shuffle != "batch":
        parts = array_slicing.convert_to_sliceable(adapter._inputs, "tensorflow")
        if all(
            part is None or isinstance(part, np.ndarray | tf.Tensor)
            for part in tf.nest.flatten(parts)
        ):
            batch = tf.nest.map_structure(_resident, keras.tree.lists_to_tuples(parts))
            return Arrays(adapter, batch, strategy.num_replicas_in_sync)
    return Batches(adapter, strategy, endless=bool(steps))


def _resident(part: Any) -> tf.Tensor | None:
    """Move an array to the device."""
    return None if part is None else tf.convert_to_tensor(part)
