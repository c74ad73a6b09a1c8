"""Reuse a trained model: replace its head, add a layer, fine-tune it.

Compile after each of these functions: ``fit`` uses the ``trainable`` flags of the last
``compile``.
"""

from collections.abc import Iterator
from itertools import count

import keras
from keras import layers


def replace_head(model: keras.Model, n_classes: int) -> keras.Model:
    """Copy a classifier and replace its last layer with weights by a new one.

    All layers but the new one are frozen. The original model does not change.

    Args:
        model: a functional or Sequential model with one output.
        n_classes: number of classes of the new task.

    Returns:
        An uncompiled model: the inputs of ``model`` to (n, n_classes) logits. Feature
        maps (n, height, width, channels) are averaged before the new layer.

    Raises:
        ValueError: the model has several outputs, or no weights.

    Examples:
        >>> from tfnotes.models import mlp
        >>> new = replace_head(mlp(), n_classes=5)
        >>> new.output_shape, len(new.trainable_weights)
        ((None, 5), 2)
    """
    # --8<-- [start:replace-head]
    body = frozen_copy(model)
    last = [layer for layer in body.layers if layer.weights][-1]
    return _with_head(body, last.input, n_classes)
    # --8<-- [end:replace-head]


def add_head(model: keras.Model, n_classes: int) -> keras.Model:
    """Freeze a copy of a model and append one dense layer.

    It is meant for models that end in features (``include_top=False``). After a
    classifier the new layer only sees the old logits: prefer ``replace_head``.

    Args:
        model: a functional or Sequential model with one output.
        n_classes: number of classes of the new task.

    Returns:
        An uncompiled model: the inputs of ``model`` to (n, n_classes) logits. Feature
        maps (n, height, width, channels) are averaged before the new layer.

    Raises:
        ValueError: the model has several outputs, or no weights.

    Examples:
        >>> from tfnotes.models import mlp
        >>> add_head(mlp(), n_classes=5).count_params() - mlp().count_params()
        55
    """
    # --8<-- [start:add-head]
    body = frozen_copy(model)
    return _with_head(body, body.outputs[0], n_classes)
    # --8<-- [end:add-head]


def fine_tune(model: keras.Model, n_layers: int) -> keras.Model:
    """Make the last layers of a model trainable and freeze the others.

    Batch normalization stays frozen; in Keras it then uses its moving averages in
    training too, and does not update them.

    Args:
        model: the model; its layers' ``trainable`` is set, its weights do not change.
        n_layers: number of trainable layers, from the end, counting layers with weights
            other than batch normalization.

    Returns:
        The same model. Compile it, with a small learning rate, before ``fit``.

    Raises:
        ValueError: the model has fewer layers, or the number is not positive.

    Examples:
        >>> from tfnotes.models import lenet
        >>> len(fine_tune(lenet(), n_layers=2).trainable_weights)
        4
    """
    # --8<-- [start:fine-tune]
    able = [layer for layer in _leaves(model) if _can_learn(layer)]
    if not 1 <= n_layers <= len(able):
        raise ValueError(f"expected 1 to {len(able)} layers; got {n_layers}")
    model.trainable = True  # else its layers' weights would not be trainable
    for layer in _leaves(model):
        layer.trainable = layer in able[-n_layers:]
    return model
    # --8<-- [end:fine-tune]


def frozen_copy(model: keras.Model) -> keras.Model:
    """Copy a model, weights included, and freeze the copy.

    Args:
        model: a functional or Sequential model with one output.

    Returns:
        An independent, uncompiled model.

    Raises:
        ValueError: the model has several outputs, or no weights.

    Examples:
        >>> from tfnotes.models import mlp
        >>> frozen_copy(mlp()).trainable_weights
        []
    """
    if not model.weights or len(model.outputs) != 1:
        raise ValueError(
            f"expected a built model with one output; got {model.name!r}: "
            "call it once on a batch, or choose one output with keras.Model"
        )
    # --8<-- [start:frozen-copy]
    body = keras.models.clone_model(model)
    body.set_weights(model.get_weights())
    body.trainable = False
    # --8<-- [end:frozen-copy]
    return body


def _with_head(
    body: keras.Model, features: keras.KerasTensor, n_classes: int
) -> keras.Model:
    taken = {layer.name for layer in body.layers}
    name = next(name for i in count() if (name := f"head_{i}") not in taken)
    if len(features.shape) == 4:
        features = layers.GlobalAveragePooling2D(name=f"{name}_mean")(features)
    logits = layers.Dense(n_classes, name=name)(features)
    inputs = body.inputs if len(body.inputs) > 1 else body.inputs[0]
    return keras.Model(inputs, logits, name=body.name)


def _leaves(model: keras.Model) -> Iterator[keras.Layer]:
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            yield from _leaves(layer)
        else:
            yield layer


def _can_learn(layer: keras.Layer) -> bool:
    return bool(layer.weights) and not isinstance(layer, layers.BatchNormalization)
