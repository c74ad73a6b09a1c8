"""Sources of batches: arrays that stay on the device, or a ``tf.data.Dataset``."""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from tfnotes.training.compiling import Mode, compile_once
from tfnotes.training.steps import Batch, Step

Reports = npt.NDArray[np.float32]  # (steps, 3): loss, learning rate, rows per step
Order = npt.NDArray[np.int32]  # (rows,): row indices in the order of an epoch
Run = Callable[..., Any]  # many steps, compiled into one call
Begin = Callable[[int], None]  # receives the step index before each call


class Arrays:
    """Arrays that stay on the device; one compiled call takes many steps over them.

    NumPy shuffles only the row indices, and each step gathers its rows: on a CPU this
    is about ten times as fast as shuffling the images themselves.

    Args:
        batch: inputs, targets and sample weights of all rows, (rows, …) each.
        batch_size: rows per step, over all replicas.
        replicas: number of replicas that share a step.

    Raises:
        ValueError: there are no rows, the lengths differ, or the replicas cannot share
            a batch evenly.

    Examples:
        >>> rows = Arrays((np.zeros((10, 2)), np.zeros(10), None), batch_size=4)
        >>> rows.n_rows, rows.steps
        (10, 3)
    """

    def __init__(self, batch: Batch, batch_size: int, replicas: int = 1) -> None:
        self.batch = tf.nest.map_structure(_resident, batch)
        sizes = [len(part) for part in tf.nest.flatten(self.batch) if part is not None]
        if len(set(sizes)) != 1 or not sizes[0]:
            raise ValueError(
                f"expected as many inputs as targets and at least one; got {sizes}"
            )
        if batch_size < 1 or batch_size % replicas:
            raise ValueError(
                f"expected a batch_size that {replicas} replicas can share evenly; "
                f"got {batch_size}"
            )
        self.n_rows: int = sizes[0]
        self.steps: int | None = -(-self.n_rows // batch_size)
        self.batch_size = min(batch_size, self.n_rows)
        self.replicas = replicas
        self.sample = _rows(self.batch, tf.range(self.batch_size))

    def compiled(self, model: keras.Model, step: Step, mode: Mode = "nothing") -> Run:
        """Compile many steps into a call ``(order, start, stop)`` for their reports."""
        strategy = model.distribute_strategy

        def one(numbers: tf.Tensor) -> tf.Tensor:  # (batch,)
            if len(numbers) % self.replicas:  # cannot be shared evenly: each takes all
                return step(model, _rows(self.batch, numbers)) / [1, 1, self.replicas]
            replica = tf.distribute.get_replica_context().replica_id_in_sync_group
            return step(model, _rows(self.batch, numbers[replica :: self.replicas]))

        inner = compile_once(one, jit=True) if mode == "step" else one
        # The last batch has another size: not worth a second compilation.

        # --8<-- [start:many-steps]
        def many(order: tf.Tensor, start: tf.Tensor, stop: tf.Tensor) -> tf.Tensor:
            reports = tf.TensorArray(tf.float32, len(order), element_shape=(3,))
            for i in tf.range(start, stop):
                whole = order.shape[1] == self.batch_size
                report = strategy.run(inner if whole else one, (order[i],))
                report = strategy.reduce("SUM", report, axis=None)
                reports = reports.write(i, report)
            return reports.stack()

        # --8<-- [end:many-steps]
        if model.run_eagerly:
            return many
        loop, rest = compile_once(many, jit=mode == "loop"), compile_once(many)
        return lambda order, *ends: (rest if len(order) == 1 else loop)(order, *ends)

    def reports(
        self, run: Run, order: Order, steps_per_call: int, begin: Begin
    ) -> Iterator[Reports]:
        """Process every row once in the given order; yield the reports of each call."""
        full = len(order) // self.batch_size
        blocks = tf.constant(order[: full * self.batch_size].reshape(full, -1))
        for start in range(0, full, steps_per_call):
            begin(start)
            stop = min(start + steps_per_call, full)
            yield run(blocks, tf.constant(start), tf.constant(stop)).numpy()[start:stop]
        if rest := len(order) % self.batch_size:
            begin(full)
            last = tf.constant(order[-rest:][None])
            yield run(last, tf.constant(0), tf.constant(1)).numpy()

    def order(self, seed: int | None, epoch: int) -> Order:
        """Return the order of an epoch; it depends only on the seed, None keeps it."""
        if seed is None:
            return np.arange(self.n_rows, dtype=np.int32)
        shuffled = np.random.default_rng([seed, epoch]).permutation(self.n_rows)
        return shuffled.astype(np.int32)

    def skip(self, epochs: int) -> None:
        """Do nothing: the order of an epoch does not depend on earlier epochs."""


class Batches:
    """The batches of a ``tf.data.Dataset``, read again in every epoch.

    Args:
        dataset: yields batches of inputs and targets, and sample weights if any.
        strategy: the strategy that shares them among its replicas.

    Raises:
        ValueError: the dataset is endless or has no targets.

    Examples:
        >>> dataset = tf.data.Dataset.from_tensors((tf.zeros((4, 2)), tf.zeros(4)))
        >>> Batches(dataset, tf.distribute.get_strategy()).steps
        1
    """

    def __init__(self, dataset: Any, strategy: Any) -> None:
        steps = int(dataset.cardinality())
        if steps == tf.data.INFINITE_CARDINALITY:
            raise ValueError(
                "expected a dataset that ends, got an endless one; use dataset.take(n)"
            )
        if not isinstance(dataset.element_spec, tuple):
            raise ValueError(
                "expected a dataset of (inputs, targets), got one of "
                f"{dataset.element_spec}; zip the inputs with their targets"
            )
        first = next(iter(dataset), None)
        if first is None:
            raise ValueError("expected at least one batch, got an empty dataset")
        self.sample = _triple(first)
        self.dataset = dataset
        self.distributed = dataset
        if strategy.num_replicas_in_sync > 1:
            self.distributed = strategy.experimental_distribute_dataset(dataset)
        self.steps: int | None = steps if steps >= 0 else None

    def compiled(self, model: keras.Model, step: Step, mode: Mode = "nothing") -> Run:
        """Compile many steps into a call ``(iterator, steps)`` for their reports."""
        strategy = model.distribute_strategy
        inner = step if mode == "nothing" else compile_once(step, jit=True)

        def many(iterator: Any, steps: int) -> tf.Tensor:
            reports = tf.TensorArray(tf.float32, steps, element_shape=(3,))
            for i in tf.range(steps):
                report = strategy.run(inner, (model, _triple(next(iterator))))
                report = strategy.reduce("SUM", report, axis=None)
                reports = reports.write(i, report)
            return reports.stack()

        return many if model.run_eagerly else compile_once(many)

    def reports(
        self, run: Run, order: Order, steps_per_call: int, begin: Begin
    ) -> Iterator[Reports]:
        """Process every batch once, in the order of the dataset; yield the reports."""
        del order
        iterator = iter(self.distributed)
        for start in itertools.count(0, steps_per_call):
            steps = min(steps_per_call, (self.steps or start + 1) - start)
            if steps <= 0:
                return
            begin(start)
            try:
                report = run(iterator, steps).numpy()
            except (StopIteration, tf.errors.OutOfRangeError):
                return
            yield report

    def order(self, seed: int | None, epoch: int) -> Order:
        """Return an empty order: a dataset defines its own."""
        del seed, epoch
        return np.arange(0, dtype=np.int32)

    def skip(self, epochs: int) -> None:
        """Advance a seeded shuffle by starting one iterator per epoch."""
        for _ in range(epochs):
            next(iter(self.dataset), None)


Source = Arrays | Batches


def open_source(model: keras.Model, data: Batch, batch_size: int) -> Source:
    """Prepare the data, and create all variables of the model.

    Args:
        model: compiled; the replicas of its strategy share the data.
        data: inputs, targets and sample weights; or a dataset, None and None.
        batch_size: rows per step; a dataset has its own.

    Returns:
        The source, which can be iterated many times.

    Raises:
        ValueError: the model is not compiled, the data are inconsistent, or the
            strategy is one of parameter servers, whose workers are not synchronous.

    Examples:
        >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> open_source(model, (np.ones((9, 1)), np.ones(9), None), batch_size=4).steps
        3
    """
    if not model.compiled:
        raise ValueError(
            "expected a compiled model; call model.compile, or pass optimizer and loss"
        )
    strategy = model.distribute_strategy
    if isinstance(strategy, tf.distribute.ParameterServerStrategy):
        raise ValueError(
            "expected a synchronous strategy, got one of parameter "
            "servers; use MirroredStrategy or MultiWorkerMirroredStrategy"
        )
    source: Source
    if isinstance(data[0], tf.data.Dataset):
        source = Batches(data[0], strategy)
    else:
        source = Arrays(data, batch_size, strategy.num_replicas_in_sync)
    with strategy.scope():
        # There is no public way to create the variables of the model, the optimizer,
        # the loss and the metrics without running them on data.
        model._symbolic_build(data_batch=source.sample)
    return source


def logs_of(reports: list[Reports], metrics: dict[str, Any]) -> dict[str, Any]:
    """Compute the mean loss over the rows of several steps, and add it to the metrics.

    Args:
        reports: (steps, 3) each: the results of the calls.
        metrics: the metrics by name after the last step.

    Returns:
        The metrics, with the loss under ``"loss"``.

    Examples:
        >>> logs_of([np.array([[1.0, 0.1, 30], [4.0, 0.1, 10]])], {"accuracy": 0.5})
        {'accuracy': 0.5, 'loss': 1.75}
    """
    losses, _, rows = np.concatenate(reports).T
    return {**metrics, "loss": float(np.average(losses, weights=rows))}


def _resident(part: Any) -> tf.Tensor | None:
    """Convert an array to a tensor on the device, floats in Keras' float type."""
    if part is None or tf.is_tensor(part):
        return part
    array = np.asarray(part)
    if array.dtype.kind == "f":
        array = array.astype(keras.config.floatx())
    return tf.convert_to_tensor(array)


def _rows(batch: Batch, numbers: tf.Tensor) -> Batch:
    def gather(part: Any) -> Any:
        return None if part is None else tf.gather(part, numbers)

    inputs, targets, weights = tf.nest.map_structure(gather, batch)
    return inputs, targets, weights


def _triple(element: Any) -> Batch:
    inputs, targets, weights = (*element, None)[:3]
    return inputs, targets, weights
