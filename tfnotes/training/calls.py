"""Compiled calls of many steps."""

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

from tfnotes.training.compiling import Batch, Mode, compile_once
from tfnotes.training.keeping import has_own_step

Step = Callable[[Batch], dict[str, Any]]  # train_step or test_step of a model
Call = Callable[..., tuple[tf.Tensor, Any]]  # records and logs


def call_on_rows(
    model: keras.Model, kind: str, mode: Mode, specs: Batch, size: int | None
) -> Call:
    """Compile many steps over rows of arrays.

    Args:
        model: compiled.
        kind: ``"train_step"`` or ``"test_step"``.
        mode: what XLA compiles.
        specs: the shape and dtype of each array, (None, …) each.
        size: rows per step; None if the last step has fewer.

    Returns:
        A function of the arrays, the rows of each step (steps, batch), and the first
        and the last step but one. It returns a record of each step (steps, 2), the loss
        and the learning rate, and the logs of the last step.

    Examples:
        >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> specs = (tf.TensorSpec((None, 1)), tf.TensorSpec((None, 1)))
        >>> call = call_on_rows(model, "train_step", "nothing", specs, 2)
        >>> rows = tf.constant([[0, 1], [2, 3]])
        >>> arrays = tf.ones((4, 1)), tf.ones((4, 1))
        >>> call(arrays, rows, tf.constant(0), tf.constant(2))[0].shape
        TensorShape([2, 2])
    """
    step = _recorded(model, kind)
    strategy = model.distribute_strategy
    replicas = strategy.num_replicas_in_sync

    def one(arrays: Batch, rows: tf.Tensor) -> Any:
        if rows.shape[0] is not None and rows.shape[0] % replicas == 0:
            replica = tf.distribute.get_replica_context().replica_id_in_sync_group
            return step(_rows(arrays, rows[replica::replicas]))
        return _counted_once(model, lambda: step(_rows(arrays, rows)))

    inner = compile_once(one, jit=True) if mode == "step" else one

    # --8<-- [start:many-steps]
    def many(
        arrays: Batch, order: tf.Tensor, start: tf.Tensor, stop: tf.Tensor
    ) -> tuple[tf.Tensor, Any]:
        records = tf.TensorArray(tf.float64, tf.shape(order)[0], element_shape=(2,))
        for i in tf.range(start, stop):
            record, _ = strategy.run(inner, (arrays, order[i]))
            records = records.write(i, strategy.reduce("SUM", record, axis=None))
        return records.stack(), model.get_metrics_result()

    # --8<-- [end:many-steps]
    def own(
        arrays: Batch, order: tf.Tensor, start: tf.Tensor, stop: tf.Tensor
    ) -> tuple[tf.Tensor, Any]:
        if replicas > 1 or model.run_eagerly:  # then each call takes one step
            return _single(strategy, inner, (arrays, order[start]))
        inputs = specs, tf.TensorSpec((size,), tf.int32)
        taken = compile_once(inner)
        return _own_steps(taken, inputs, lambda i: (arrays, order[i]), start, stop)

    function = own if has_own_step(model) else many
    if model.run_eagerly or tf.config.functions_run_eagerly():
        return function
    order, number = tf.TensorSpec((None, size), tf.int32), tf.TensorSpec((), tf.int32)
    compiled: Any = compile_once(function, jit=mode == "loop")
    call: Call = compiled.get_concrete_function(specs, order, number, number)
    return call


def call_on_batches(model: keras.Model, kind: str, mode: Mode) -> Call:
    """Compile many steps over the batches of an iterator.

    Args:
        model: compiled.
        kind: ``"train_step"`` or ``"test_step"``.
        mode: what XLA compiles; a loop over an iterator stays in TensorFlow.

    Returns:
        A function of an iterator and the number of steps, which returns records and
        logs as ``call_on_rows`` does.

    Examples:
        >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> call = call_on_batches(model, "test_step", "nothing")
        >>> batches = tf.data.Dataset.from_tensors((tf.ones((2, 1)), tf.ones((2, 1))))
        >>> call(iter(batches), tf.constant(1))[0].shape
        TensorShape([1, 2])
    """
    step = _recorded(model, kind)
    strategy = model.distribute_strategy
    inner = step if mode == "nothing" else compile_once(step, jit=True)

    def many(iterator: Any, steps: tf.Tensor) -> tuple[tf.Tensor, Any]:
        records = tf.TensorArray(tf.float64, steps, element_shape=(2,))
        for i in tf.range(steps):
            record, _ = strategy.run(inner, (_plain(next(iterator)),))
            records = records.write(i, strategy.reduce("SUM", record, axis=None))
        return records.stack(), model.get_metrics_result()

    def own(iterator: Any, steps: tf.Tensor) -> tuple[tf.Tensor, Any]:
        if strategy.num_replicas_in_sync > 1 or model.run_eagerly:
            return _single(strategy, inner, (_plain(next(iterator)),))
        step = compile_once(inner)
        specs = (_plain(iterator.element_spec),)
        zero = tf.constant(0)
        return _own_steps(step, specs, lambda _: (_plain(next(iterator)),), zero, steps)

    function = own if has_own_step(model) else many
    return function if model.run_eagerly else compile_once(function)


def _own_steps(
    step: Any,
    specs: tuple[Any, ...],
    batch: Callable[[tf.Tensor], tuple[Any, ...]],
    start: tf.Tensor,
    stop: tf.Tensor,
) -> tuple[tf.Tensor, Any]:
    """Take many steps of a model's own kind, and return the logs of the last one."""
    _, found = step.get_concrete_function(*specs).structured_outputs
    logs = tf.nest.map_structure(
        lambda spec: tf.zeros([n or 0 for n in spec.shape], spec.dtype), found
    )
    shapes = tf.nest.map_structure(lambda spec: spec.shape, found)
    records = tf.TensorArray(tf.float64, stop, element_shape=(2,))
    for i in tf.range(start, stop):
        tf.autograph.experimental.set_loop_options(shape_invariants=[(logs, shapes)])
        record, logs = step(*batch(i))
        records = records.write(i, record)
    return records.stack(), logs


def _single(
    strategy: tf.distribute.Strategy, step: Callable[..., Any], batch: tuple[Any, ...]
) -> tuple[tf.Tensor, Any]:
    """Take one step on all replicas; return the mean of their logs."""
    record, logs = strategy.run(step, batch)
    if strategy.num_replicas_in_sync > 1:
        record = strategy.reduce("SUM", record, axis=None)
        logs = tf.nest.map_structure(
            lambda value: strategy.reduce("MEAN", value, axis=None), logs
        )
    return record[None], logs


def results(model: keras.Model, logs: Any) -> dict[str, Any]:
    """Return what an epoch or an evaluation reports, as Keras does.

    Args:
        model: compiled.
        logs: of the last step.

    Returns:
        The loss and the metrics: of the model, or what its own step has returned.

    Examples:
        >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> results(model, {"loss": 0.5})
        {'loss': 0.5}
    """
    several = model.distribute_strategy.num_replicas_in_sync > 1
    if not logs or several or has_own_step(model):
        return dict(model._get_metrics_result_or_logs(logs))
    return dict(logs)  # the results of all metrics, computed in the call


def _recorded(model: keras.Model, kind: str) -> Callable[..., Any]:
    """Return a step that also returns its record: (2,), loss and learning rate."""
    run: Step = getattr(model, kind)
    replicas = model.distribute_strategy.num_replicas_in_sync

    def step(batch: Batch) -> tuple[tf.Tensor, Any]:
        rate = getattr(model.optimizer, "learning_rate", 0.0)  # before the step
        with tf.compat.v1.name_scope(None):  # else summaries would begin with "while/"
            logs = run(batch)
        loss = logs.get("loss", 0.0) if isinstance(logs, dict) else 0.0
        parts = (tf.cast(part, tf.float64) / replicas for part in (loss, rate))
        return tf.stack([tf.reduce_mean(part) for part in parts]), logs

    recorded: Callable[..., Any] = tf.autograph.experimental.do_not_convert(step)
    return recorded


def _counted_once(model: keras.Model, step: Callable[[], Any]) -> Any:
    """Run a step on all replicas with the same rows; count them in the metrics once."""
    strategy = tf.distribute.get_strategy()
    replicas = strategy.num_replicas_in_sync
    if replicas == 1:
        return step()
    states = [v.value for metric in model.metrics for v in metric.variables]
    states = [s for s in states if isinstance(s, tf.distribute.DistributedValues)]
    before = [tf.identity(state) for state in states]
    result = step()
    for state, old in zip(states, before, strict=True):
        state.assign(old + (tf.identity(state) - old) / replicas)
    return result


def _rows(arrays: Batch, numbers: tf.Tensor) -> Batch:
    return tf.nest.map_structure(
        lambda part: None if part is None else tf.gather(part, numbers), arrays
    )


def _plain(batch: Batch) -> Batch:
    """Replace what Keras' generators yield for None."""
    nothing = (tf.experimental.Optional, tf.OptionalSpec)
    return keras.tree.map_structure(
        lambda part: None if isinstance(part, nothing) else part, batch
    )
