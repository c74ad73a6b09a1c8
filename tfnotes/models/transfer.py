"""Reuse a trained model: replace its head, add a layer, fine-tune it.

Compile after each of these functions: ``fit`` uses the ``trainable`` flags of the last
``compile``.
"""

from collections.abc import Iterator
from itertools import count, pairwise

import keras
import numpy as np
from keras import layers

from tfnotes.models._arguments import builder

SCORES = (
    keras.activations.linear,
    keras.activations.sigmoid,
    keras.activations.softmax,
)


@builder
def replace_head(model: keras.Model, n_outputs: int) -> keras.Model:
    """Copy a classifier and replace its last layer with weights by a new one.

    All layers but the new one are frozen; ``trainable = True`` on the new model makes
    all of them trainable. The original model does not change.

    Args:
        model: a functional or Sequential model with one output. Its last layer with
            weights is the classifier: a dense layer without activation or with softmax
            or sigmoid, or the 1 x 1 convolution whose maps are averaged, as in ``nin``.
        n_outputs: number of classes of the new task.

    Returns:
        An uncompiled model: the inputs of ``model`` to (n, n_outputs) logits. Feature
        maps (n, height, width, channels) are averaged before the new layer.

    Raises:
        ValueError: the model has several outputs, or no weights, or ends in features.

    Examples:
        >>> from tfnotes.models import mlp
        >>> new = replace_head(mlp((28, 28), 10), 5)
        >>> new.output_shape, len(new.trainable_weights)
        ((None, 5), 2)
    """
    # --8<-- [start:replace-head]
    body = frozen_copy(model)
    last = _classifier(body)
    return _with_head(body, last.input, n_outputs)
    # --8<-- [end:replace-head]


@builder
def add_head(model: keras.Model, n_outputs: int) -> keras.Model:
    """Freeze a copy of a model and append one dense layer.

    It is meant for models that end in features (``include_top=False``). After a
    classifier the new layer only sees the old logits: prefer ``replace_head``.
    ``trainable = True`` on the new model makes all layers trainable.

    Args:
        model: a functional or Sequential model with one output.
        n_outputs: number of classes of the new task.

    Returns:
        An uncompiled model: the inputs of ``model`` to (n, n_outputs) logits. Feature
        maps (n, height, width, channels) are averaged before the new layer.

    Raises:
        ValueError: the model has several outputs, or no weights.

    Examples:
        >>> from tfnotes.models import mlp
        >>> model = mlp((28, 28), 10)
        >>> add_head(model, 5).count_params() - model.count_params()  # 10 * 5 + 5
        55
    """
    # --8<-- [start:add-head]
    body = frozen_copy(model)
    return _with_head(body, body.outputs[0], n_outputs)
    # --8<-- [end:add-head]


def fine_tune(model: keras.Model, n_layers: int) -> keras.Model:
    """Change a model in place: the last layers become trainable, the others frozen.

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
        >>> len(fine_tune(lenet((28, 28, 1), 10), n_layers=2).trainable_weights)
        4
    """
    # --8<-- [start:fine-tune]
    able = [layer for layer in _leaves(model) if _can_learn(layer)]
    if not 1 <= n_layers <= len(able):
        raise ValueError(f"expected 1 to {len(able)} layers; got {n_layers}")
    model.trainable = True  # else its layers' weights would not be trainable
    for layer in _leaves(model):
        layer.trainable = layer in able[-n_layers:]
    # --8<-- [end:fine-tune]
    return _settable(model)


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
        >>> frozen_copy(mlp((28, 28), 10)).trainable_weights
        []
    """
    if not isinstance(model, keras.Model):
        raise ValueError(
            f"expected a Keras model; got {type(model).__name__}: pass a functional or "
            "Sequential model"
        )
    if not model.weights or len(getattr(model, "outputs", ())) != 1:
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


def _classifier(model: keras.Model) -> keras.Layer:
    """Return the last layer with weights, or raise if it is not a classifier."""
    start = max(i for i, layer in enumerate(model.layers) if layer.weights)
    last, *others = end = model.layers[start:]
    pooled = any(isinstance(layer, layers.GlobalAveragePooling2D) for layer in others)
    is_classifier = (isinstance(last, layers.Dense) and last.activation in SCORES) or (
        isinstance(last, layers.Conv2D) and last.kernel_size == (1, 1) and pooled
    )
    is_chain = all(after.input is before.output for before, after in pairwise(end))
    if not is_classifier or not is_chain or end[-1].output is not model.outputs[0]:
        raise ValueError(
            "expected a model that ends in a classifier, a dense layer or averaged "
            f"1 x 1 convolutions; got {last.name!r} ({type(last).__name__}) as its "
            "last layer with weights: keep it, and append a layer with add_head"
        )
    return last


def _with_head(
    body: keras.Model, features: keras.KerasTensor, n_outputs: int
) -> keras.Model:
    taken = {layer.name for layer in body.layers}
    name = next(name for i in count() if (name := f"head_{i}") not in taken)
    if len(features.shape) == 4:
        features = layers.GlobalAveragePooling2D(name=f"{name}_mean")(features)
    logits = layers.Dense(n_outputs, name=name)(features)
    inputs = body.inputs if len(body.inputs) > 1 else body.inputs[0]
    return _settable(keras.Model(inputs, logits, name=body.name))


def _settable(model: keras.Model) -> keras.Model:
    """Let ``model.trainable = True`` have an effect, although it is True already.

    TensorFlow's ``AutoTrackable`` skips the assignment of the object that is there.
    """
    model._trainable = np.True_
    return model


def _leaves(model: keras.Model) -> Iterator[keras.Layer]:
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            yield from _leaves(layer)
        else:
            yield layer


def _can_learn(layer: keras.Layer) -> bool:
    return bool(layer.weights) and not isinstance(layer, layers.BatchNormalization)
