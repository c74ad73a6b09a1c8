"""The networks that ``training.py`` measures next to LeNet."""

from typing import Any

import keras
import tensorflow as tf

from tfnotes.models import mlp


def dense_with_own_step() -> keras.Model:
    """Build MLP 784-300-100-10 with its own ``train_step``."""

    class OwnStep(keras.Model):  # type: ignore[misc]  # Keras has no types
        def train_step(self, data: Any) -> dict[str, Any]:
            """Take one step, as Keras' guide writes it."""
            inputs, targets = data
            with tf.GradientTape() as tape:
                outputs = self(inputs, training=True)
                loss = self.compute_loss(y=targets, y_pred=outputs)
            gradients = tape.gradient(loss, self.trainable_variables)
            self.optimizer.apply(gradients, self.trainable_variables)
            for metric in self.metrics:
                if metric.name == "loss":
                    metric.update_state(loss)
                else:
                    metric.update_state(targets, outputs)
            return {metric.name: metric.result() for metric in self.metrics}

    network = mlp((28, 28), 10)
    return OwnStep(network.inputs, network.outputs)


def rows_of_images() -> keras.Model:
    """Build an LSTM that reads 28 rows of 28 pixels."""
    layers = keras.layers
    return keras.Sequential([keras.Input((28, 28)), layers.LSTM(32), layers.Dense(10)])


def transformer_block() -> keras.Model:
    """Build one Transformer block over 28 rows of 28 pixels."""
    layers = keras.layers
    inputs = keras.Input((28, 28))
    x = layers.Dense(32)(inputs)
    x = layers.LayerNormalization()(x + layers.MultiHeadAttention(4, 8)(x, x))
    x = layers.LayerNormalization()(x + layers.Dense(32)(layers.Dense(64, "relu")(x)))
    logits = layers.Dense(10)(layers.GlobalAveragePooling1D()(x))
    return keras.Model(inputs, logits)
