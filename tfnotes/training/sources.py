"""Sources of batches: arrays that stay on the device, or anything else fit accepts."""

from abc import abstractmethod
from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf
from keras.src.trainers.data_adapters.array_data_adapter import ArrayDataAdapter

from tfnotes.training.calls import Call, call_on_batches, call_on_rows
from tfnotes.training.compiling import Batch, Mode
from tfnotes.training.keeping import kept

Records = npt.NDArray[np.float64]  # (steps, 2): loss and learning rate of each step
Logs = dict[str, Any]
Position = tuple[int, int]  # a pass over the data, and its finished steps


class Arrays:
    """Arrays that stay on the device; one compiled call takes many steps over them.

    NumPy shuffles only the row indices, and each step gathers its rows: on a CPU this
    is about ten times as fast as shuffling the images themselves.

    Args:
        adapter: Keras' own for arrays: it checks the lengths and applies class weights.
        batch: its tensors, (rows, …) each.
        replicas: number of replicas that share a step.

    Raises:
        ValueError: the replicas cannot share a batch evenly.

    Examples:
        >>> x = np.ones((10, 2))
        >>> rows = Arrays(ArrayDataAdapter(x, batch_size=4), tf.constant(x))
        >>> rows.steps
        3
    """

    def __init__(
        self, adapter: ArrayDataAdapter, batch: Batch, replicas: int = 1
    ) -> None:
        if adapter.batch_size % replicas:
            raise ValueError(
                f"expected a batch_size that {replicas} replicas can share evenly; "
                f"got {adapter.batch_size}"
            )
        self.adapter, self.batch = adapter, batch
        self.n_rows = len(tf.nest.flatten(batch)[0])
        self.batch_size = min(adapter.batch_size, self.n_rows)
        self.steps: int | None = adapter.num_batches
        self.seed: int | None = None
        self.epoch = 0
        self.behind: Position | None = None

    def call(self, model: keras.Model, kind: str, mode: Mode = "nothing") -> Call:
        """Return the compiled steps, and those of the last, smaller batch."""
        specs = self.specs(whole=True)
        # The size of a batch is known only where all have the same, as in fit: what
        # Keras reports for each of several outputs depends on it.
        rest = self.n_rows % self.adapter.batch_size
        alone = model.distribute_strategy.num_replicas_in_sync == 1
        whole = None if rest and alone else self.batch_size
        last = None if alone else rest
        described = repr(specs)

        def run(order: tf.Tensor, *ends: tf.Tensor) -> Any:
            eager = tf.config.functions_run_eagerly()  # can change between two calls
            size = last if order.shape[1] < self.batch_size else whole
            # XLA would compile again for the last batch: not worth it.
            of: Mode = mode if order.shape[1] == self.batch_size else "nothing"
            compiled = kept(
                model,
                ("rows", kind, of, size, described, eager),
                lambda: call_on_rows(model, kind, of, specs, size),
            )
            return compiled(self.batch, order, *ends)

        return run  # compiles at its first step, after the callbacks have begun

    def order(self, epoch: int) -> npt.NDArray[np.int32]:
        """Return the order of the rows; it depends only on the seed and the epoch."""
        if self.seed is None:
            return np.arange(self.n_rows, dtype=np.int32)
        shuffled = np.random.default_rng([self.seed, epoch])
        return shuffled.permutation(self.n_rows).astype(np.int32)

    def __iter__(self) -> Iterator[Any]:
        """Begin a pass over all rows."""
        behind, self.behind = self.behind, None
        epoch, done = behind or (self.epoch, 0)
        self.current = _RowPass(self, epoch, done)
        return self.current

    @property
    def position(self) -> Position:
        """Where the pass is: its epoch, and its finished steps."""
        return self.current.epoch, self.current.done

    def resume(self, position: Position, inside: bool) -> None:
        """Continue at a position; inside a pass only if its epochs have given steps."""
        self.behind = position if inside else None

    def sample(self) -> Batch:
        """Return the first batch."""
        return tf.nest.map_structure(
            lambda part: None if part is None else part[: self.batch_size], self.batch
        )

    def specs(self, whole: bool = False) -> Batch:
        """Return the shape and dtype of each part of a batch, or of the whole."""
        even = not whole and self.n_rows % self.batch_size == 0
        size = self.batch_size if even else None
        return keras.tree.map_structure(
            lambda part: tf.TensorSpec((size, *part.shape[1:]), part.dtype),
            self.batch,
            none_is_leaf=False,
        )


class _Pass(Iterator[Any]):
    """One pass over the data of an epoch, of which a call takes many steps."""

    def __next__(self) -> Any:
        return self.take  # Keras only passes the iterator on

    @abstractmethod
    def take(self, call: Call, steps: int) -> tuple[Records, Logs]:
        """Take the next steps, or those that are left; raise StopIteration if none."""


class _RowPass(_Pass):
    """One pass over the rows of arrays."""

    def __init__(self, source: "Arrays", epoch: int, done: int) -> None:
        self.source, self.epoch, self.done = source, epoch, done
        self.full = source.n_rows // source.batch_size
        self.blocks: tf.Tensor | None = None

    def take(self, call: Call, steps: int) -> tuple[Records, Logs]:
        if self.blocks is None:  # Keras begins a pass after the last epoch, too
            order, rows = self.source.order(self.epoch), self.source.batch_size
            self.blocks = tf.constant(order[: self.full * rows].reshape(self.full, -1))
            self.rest = order[self.full * rows :]
        start, stop = self.done, self.done + steps
        records: list[Records] = []
        logs: Logs = {}
        if start < self.full:
            end = min(stop, self.full)
            found, logs = call(self.blocks, tf.constant(start), tf.constant(end))
            found = found.numpy()
            # Of many steps, the call returns a record for each of the epoch.
            one = len(found) == end - start
            records.append(found if one else found[start:end])
        if stop > self.full and len(self.rest):
            last = tf.constant(self.rest[None])
            found, logs = call(last, tf.constant(0), tf.constant(1))
            records.append(found.numpy())
        self.done = stop
        return np.concatenate(records), logs


class Batches:
    """Batches from anything else that ``fit`` accepts, read again in every epoch.

    Args:
        adapter: Keras' own for these data.
        strategy: the strategy that shares the batches among its replicas.
        endless: whether batches that never end are accepted.

    Raises:
        ValueError: there is no batch, or there is no last one.

    Examples:
        >>> from keras.src.trainers import data_adapters
        >>> dataset = tf.data.Dataset.from_tensors((tf.zeros((4, 2)), tf.zeros(4)))
        >>> adapter = data_adapters.get_data_adapter(dataset)
        >>> Batches(adapter, tf.distribute.get_strategy()).steps
        1
    """

    def __init__(self, adapter: Any, strategy: Any, endless: bool = False) -> None:
        self.adapter = adapter
        self.dataset = adapter.get_tf_dataset()
        cardinality = int(self.dataset.cardinality())
        if cardinality == tf.data.INFINITE_CARDINALITY and not endless:
            raise ValueError(
                "expected a dataset that ends, got an endless one; use dataset.take(n) "
                "or pass steps_per_epoch"
            )
        if cardinality == 0:
            raise ValueError("expected at least one batch, got an empty dataset")
        self.steps: int | None = adapter.num_batches
        self.shared = self.dataset
        if strategy.num_replicas_in_sync > 1:
            self.shared = strategy.experimental_distribute_dataset(self.dataset)
        self.seed: int | None = None
        self.epoch = 0
        self.passes, self.behind = 0, 0

    def call(self, model: keras.Model, kind: str, mode: Mode = "nothing") -> Call:
        """Return the compiled steps."""
        key = ("batches", kind, mode, repr(self.dataset.element_spec))
        call: Call = kept(model, key, lambda: call_on_batches(model, kind, mode))
        return call

    def __iter__(self) -> Iterator[Any]:
        """Begin a pass over all batches."""
        self.passes += 1
        self.current = _BatchPass(iter(self.shared), self.steps, self.behind)
        self.behind = 0
        return self.current

    @property
    def position(self) -> Position:
        """Where the pass is: its number, and its finished steps."""
        if self.current.ended:
            return self.passes + 1, 0
        return self.passes, self.current.done

    def resume(self, position: Position, inside: bool) -> None:
        """Advance a seeded shuffle, and inside a pass its batches, to a position."""
        passes, done = position
        self.passes, self.behind = (passes - 1, done) if inside else (passes, 0)
        for _ in range(self.passes):
            iter(self.shared)  # each one takes another seed

    def sample(self) -> Batch:
        """Return the first batch."""
        return next(iter(self.dataset))

    def specs(self) -> Batch:
        """Return the shape and dtype of each part of a batch."""
        return keras.tree.map_structure(
            lambda spec: None if isinstance(spec, tf.OptionalSpec) else spec,
            self.dataset.element_spec,
        )


class _BatchPass(_Pass):
    """One pass over batches."""

    def __init__(self, iterator: Any, steps: int | None, done: int) -> None:
        self.iterator, self.steps, self.done = iterator, steps, done
        self.ended = False
        for _ in range(done):
            next(iterator, None)  # fewer if the data have become fewer

    def take(self, call: Call, steps: int) -> tuple[Records, Logs]:
        if self.steps is not None and steps > 1:
            steps = min(steps, self.steps - self.done)
        try:
            records, logs = call(self.iterator, tf.constant(steps))
        except (StopIteration, tf.errors.OutOfRangeError):
            self.ended = True
            raise StopIteration from None
        self.done += steps
        return records.numpy(), logs
