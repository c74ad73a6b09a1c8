"""Synchronize the replicas of a strategy between two epochs."""

from collections.abc import Callable

import keras
import tensorflow as tf

from tfnotes.training.checkpoint import state_variables
from tfnotes.training.compiling import compile_once


def averaging(model: keras.Model) -> Callable[[], object]:
    """Return a function that assigns the mean of their statistics to all replicas.

    The optimizer sums gradients, so the weights stay equal. Moving statistics, such as
    those of ``BatchNormalization``, do not: in Keras 3 each replica keeps its own, and
    reading them returns those of the first.

    Args:
        model: compiled and built.

    Returns:
        A function to call after an epoch; it does nothing with one replica.

    Examples:
        >>> averaging(keras.Sequential())() is None
        True
    """
    strategy = model.distribute_strategy
    statistics = [
        variable.value
        for variable in state_variables(model)
        if not variable.trainable and variable.value.dtype.is_floating
    ]
    if strategy.num_replicas_in_sync == 1 or not statistics:
        return lambda: None

    # --8<-- [start:averaging]
    def average() -> None:
        replica = tf.distribute.get_replica_context()
        own = [tf.identity(statistic) for statistic in statistics]
        means = replica.all_reduce(tf.distribute.ReduceOp.MEAN, own)
        for variable, mean in zip(statistics, means, strict=True):
            variable.assign(mean)

    # --8<-- [end:averaging]
    return compile_once(lambda: strategy.run(average))
