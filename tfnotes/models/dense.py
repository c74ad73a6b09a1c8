"""Networks of dense layers: from linear regression to subclassed models."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops


def linear_regression(n_features: int = 2) -> keras.Model:
    """Build ``y = x @ w + b``, one value per sample.

    Args:
        n_features: number of features.

    Returns:
        An uncompiled model: (n, n_features) float32 to (n, 1) float32, the value.

    Examples:
        >>> linear_regression(n_features=4).count_params()
        5
    """
    # --8<-- [start:linear-regression]
    inputs = keras.Input((n_features,))
    outputs = keras.layers.Dense(1, name="value")(inputs)
    return keras.Model(inputs, outputs, name="linear_regression")
    # --8<-- [end:linear-regression]


def softmax_regression(
    input_shape: Sequence[int] = (28, 28), n_classes: int = 10
) -> keras.Model:
    """Build a linear classifier: one dense layer over all pixels.

    Args:
        input_shape: the shape of one sample, of any rank.
        n_classes: number of classes.

    Returns:
        An uncompiled model: (n, *input_shape) float32 to (n, n_classes) float32 logits.

    Examples:
        >>> softmax_regression().count_params()  # 784 * 10 + 10
        7850
    """
    # --8<-- [start:softmax-regression]
    inputs = keras.Input(input_shape)
    x = keras.layers.Flatten()(inputs)
    logits = keras.layers.Dense(n_classes, name="logits")(x)
    return keras.Model(inputs, logits, name="softmax_regression")
    # --8<-- [end:softmax-regression]


def mlp(
    input_shape: Sequence[int] = (28, 28),
    hidden: Sequence[int] = (300, 100),
    n_classes: int = 10,
) -> keras.Model:
    """Build a multilayer perceptron: dense layers with ReLU, then logits.

    Args:
        input_shape: the shape of one sample, of any rank; it is flattened.
        hidden: units of each hidden layer.
        n_classes: number of classes.

    Returns:
        An uncompiled model: (n, *input_shape) float32 to (n, n_classes) float32 logits.

    Examples:
        >>> mlp().count_params()  # 784 * 300 + 300 + 300 * 100 + 100 + 100 * 10 + 10
        266610

    Source:
        300 and 100 hidden units: LeCun et al., Gradient-Based Learning Applied to
        Document Recognition, 1998, section III.C.
    """
    # --8<-- [start:mlp]
    inputs = keras.Input(input_shape)
    x = keras.layers.Flatten()(inputs)
    for units in hidden:
        x = keras.layers.Dense(units, activation="relu")(x)
    logits = keras.layers.Dense(n_classes, name="logits")(x)
    return keras.Model(inputs, logits, name="mlp")
    # --8<-- [end:mlp]


@keras.saving.register_keras_serializable(package="tfnotes")
class Affine(keras.layers.Layer):  # type: ignore[misc]  # Keras has no type hints
    """A custom dense layer: ``activation(x @ kernel + bias)``.

    Args:
        units: number of outputs per sample.
        activation: the name of a Keras activation, or None.
        **kwargs: arguments of every layer, such as ``name`` and ``dtype``.

    Examples:
        >>> layer = Affine(3, activation="relu")
        >>> layer(ops.ones((2, 4))).shape  # build ran now: kernel (4, 3), bias (3,)
        TensorShape([2, 3])
    """

    # --8<-- [start:affine]
    def __init__(
        self, units: int, activation: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.units = units
        self.activation = keras.activations.get(activation)

    def build(self, input_shape: Sequence[int]) -> None:
        """Create the weights, for the width of the input."""
        shape = (input_shape[-1], self.units)
        self.kernel = self.add_weight(shape=shape, initializer="glorot_uniform")
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros")

    def call(self, inputs: Any) -> Any:
        """Apply the layer: (..., features) to (..., units)."""
        return self.activation(ops.matmul(inputs, self.kernel) + self.bias)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of __init__."""
        activation = keras.activations.serialize(self.activation)
        own = {"units": self.units, "activation": activation}
        return {**super().get_config(), **own}

    # --8<-- [end:affine]


@keras.saving.register_keras_serializable(package="tfnotes")
class FancyMLP(keras.Model):  # type: ignore[misc]  # Keras has no type hints
    """A shared layer, a constant weight, and a loop and a branch over tensors.

    As in the original notes, the norm is that of the whole batch, so a prediction
    depends on the other samples in its batch. The output is one value per sample.

    Args:
        units: width of every layer and of the samples: (n, units) to (n, 1).
        **kwargs: arguments of every model, such as ``name``.

    Raises:
        ValueError: at the first call, if the samples are not ``units`` wide.

    Examples:
        >>> model = FancyMLP(units=4)
        >>> model(ops.ones((2, 4))).shape
        TensorShape([2, 1])
        >>> len(model.weights), len(model.trainable_weights)
        (3, 2)

    Source:
        Zhang et al., Dive into Deep Learning, section on layers and blocks, 2019.
    """

    # --8<-- [start:fancy-mlp]
    def __init__(self, units: int = 20, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.units = units
        self.dense = keras.layers.Dense(units, activation="relu")
        uniform = keras.initializers.RandomUniform(0, 1)
        self.constant = self.add_weight(  # saved with the model, never trained
            shape=(units, units), initializer=uniform, trainable=False
        )

    def call(self, inputs: Any) -> Any:
        """Apply the model: (n, units) to (n, 1)."""
        x = self.dense(inputs)
        x = ops.relu(ops.matmul(x, self.constant) + 1)
        x = self.dense(x)  # the same weights
        (x,) = ops.while_loop(
            lambda x: ops.norm(x) > 1,
            lambda x: (x / 2,),
            (x,),
            maximum_iterations=150,  # enough: every float32 is below 2 ** 128
        )
        x = ops.cond(ops.norm(x) < 0.8, lambda: x * 10, lambda: x)
        return ops.sum(x, axis=-1, keepdims=True)

    # --8<-- [end:fancy-mlp]

    def build(self, input_shape: Sequence[int]) -> None:
        """Create the weights of the dense layer, or raise ValueError."""
        if input_shape[-1] != self.units:
            raise ValueError(
                f"expected samples of {self.units} numbers, because the first layer is "
                f"used twice; got {input_shape[-1]}: pass units={input_shape[-1]}"
            )
        self.dense.build(input_shape)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of __init__."""
        return {**super().get_config(), "units": self.units}


@keras.saving.register_keras_serializable(package="tfnotes")
class NestMLP(keras.Model):  # type: ignore[misc]  # Keras has no type hints
    """A nested model: an inner model of hidden layers, followed by one dense layer.

    Args:
        hidden: units of the inner model's layers.
        units: units of the outer layer: (n, features) to (n, units).
        **kwargs: arguments of every model, such as ``name``.

    Examples:
        >>> chain = [NestMLP(), keras.layers.Dense(20), FancyMLP()]
        >>> keras.Sequential(chain)(ops.ones((2, 8))).shape
        TensorShape([2, 1])

    Source:
        Zhang et al., Dive into Deep Learning, section on layers and blocks, 2019.
    """

    # --8<-- [start:nest-mlp]
    def __init__(
        self, hidden: Sequence[int] = (64, 32), units: int = 16, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.hidden, self.units = tuple(hidden), units
        self.net = keras.Sequential(
            [keras.layers.Dense(n, activation="relu") for n in hidden]
        )
        self.dense = keras.layers.Dense(units, activation="relu")

    def call(self, inputs: Any) -> Any:
        """Apply the model: (n, features) to (n, units)."""
        return self.dense(self.net(inputs))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of __init__."""
        own = {"hidden": self.hidden, "units": self.units}
        return {**super().get_config(), **own}

    # --8<-- [end:nest-mlp]
