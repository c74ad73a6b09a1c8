"""One training step and one evaluation step."""

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

Batch = tuple[Any, Any, Any]  # inputs, targets, sample weights; the last may be None
Step = Callable[[keras.Model, Batch], tf.Tensor]


def train_step(model: keras.Model, batch: Batch) -> tf.Tensor:
    """Take one gradient step on a batch, and update the model's metrics.

    Args:
        model: compiled and built.
        batch: inputs, targets and sample weights, (batch, …) each and nested as the
            model expects; the weights may be None.

    Returns:
        (3,), float32: the loss before the step, the learning rate of the step, and the
        rows of the batch. Under a strategy, values to be summed over its replicas.

    Examples:
        >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        >>> model.compile(keras.optimizers.SGD(0.25), "mse")
        >>> train_step(model, (tf.ones((4, 1)), tf.ones((4, 1)), None)).numpy()[1:]
        array([0.25, 4.  ], dtype=float32)
    """
    # --8<-- [start:train-step]
    inputs, targets, weights = batch
    with tf.GradientTape() as tape:
        outputs = model(inputs, training=True)
        loss = model.compute_loss(inputs, targets, outputs, weights)
        scaled = model.optimizer.scale_loss(loss)  # larger under mixed_float16
    learning_rate = model.optimizer.learning_rate
    variables = model.trainable_variables
    gradients = tape.gradient(scaled, variables)
    model.optimizer.apply_gradients(zip(gradients, variables, strict=True))
    model.compute_metrics(inputs, targets, outputs, weights)
    # --8<-- [end:train-step]
    return _report(loss, learning_rate, inputs)


def evaluation_step(model: keras.Model, batch: Batch) -> tf.Tensor:
    """Update the model's metrics with a batch, without training.

    Args:
        model: compiled and built.
        batch: as for ``train_step``.

    Returns:
        (3,), float32, as from ``train_step``.

    Examples:
        >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        >>> model.compile(keras.optimizers.SGD(0.25), "mse")
        >>> evaluation_step(model, (tf.ones((4, 1)), tf.ones((4, 1)), None)).shape
        TensorShape([3])
    """
    inputs, targets, weights = batch
    outputs = model(inputs, training=False)
    loss = model.compute_loss(inputs, targets, outputs, weights, training=False)
    model.compute_metrics(inputs, targets, outputs, weights)
    return _report(loss, model.optimizer.learning_rate, inputs)


def _report(loss: tf.Tensor, learning_rate: tf.Tensor, inputs: Any) -> tf.Tensor:
    # Keras divides the loss by the number of replicas; their sum is the loss.
    replicas = tf.distribute.get_strategy().num_replicas_in_sync
    rows = tf.shape(tf.nest.flatten(inputs)[0])[0]
    parts = [loss, learning_rate / replicas, rows]
    return tf.stack([tf.cast(part, tf.float32) for part in parts])
