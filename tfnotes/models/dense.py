"""Networks of dense layers: from linear regression to subclassed models."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from tfnotes.models._arguments import are_sizes, builder


@builder
def linear_regression(
    input_shape: Sequence[int], n_outputs: int = 1, *, name: str = "linear_regression"
) -> keras.Model:
    """Build ``y = x @ w + b``.

    Args:
        input_shape: (features,).
        n_outputs: number of values per sample.
        name: name of the model.

    Returns:
        An uncompiled model: (n, features) float32 to (n, n_outputs) float32, the
        values.

    Raises:
        ValueError: the shape is not one of features, or a size is not positive.

    Examples:
        >>> linear_regression((4,)).count_params()
        5
    """
    if not are_sizes(input_shape) or len(input_shape) != 1:
        raise ValueError(
            f"expected input_shape=(features,), a positive integer; got {input_shape}"
        )
    # --8<-- [start:linear-regression]
    inputs = keras.Input(input_shape)
    outputs = keras.layers.Dense(n_outputs, name="value")(inputs)
    return keras.Model(inputs, outputs, name=name)
    # --8<-- [end:linear-regression]


def _flat_input(input_shape: Sequence[int]) -> keras.KerasTensor:
    if not are_sizes(input_shape):
        raise ValueError(
            "expected input_shape to be a tuple of positive integers, such as "
            f"(28, 28); got {input_shape}"
        )
    return keras.Input(input_shape)


@builder
def softmax_regression(
    input_shape: Sequence[int], n_outputs: int, *, name: str = "softmax_regression"
) -> keras.Model:
    """Build a linear classifier: one dense layer over all pixels.

    Args:
        input_shape: the shape of one sample, of any rank; it is flattened.
        n_outputs: number of classes.
        name: name of the model.

    Returns:
        An uncompiled model: (n, *input_shape) float32 to (n, n_outputs) float32 logits.

    Raises:
        ValueError: a size is not a positive integer.

    Examples:
        >>> softmax_regression((28, 28), 10).count_params()  # 784 * 10 + 10
        7850
    """
    # --8<-- [start:softmax-regression]
    inputs = _flat_input(input_shape)
    x = keras.layers.Flatten()(inputs)
    logits = keras.layers.Dense(n_outputs, name="logits")(x)
    return keras.Model(inputs, logits, name=name)
    # --8<-- [end:softmax-regression]


@builder
def mlp(
    input_shape: Sequence[int],
    n_outputs: int,
    *,
    hidden: Sequence[int] = (300, 100),
    activation: str = "relu",
    dropout: float = 0.0,
    name: str = "mlp",
) -> keras.Model:
    """Build a multilayer perceptron: dense layers, the last without activation.

    Args:
        input_shape: the shape of one sample, of any rank; it is flattened.
        n_outputs: number of classes, or of values for a regression.
        hidden: units of each hidden layer.
        activation: the name of a Keras activation, for the hidden layers.
        dropout: rate of the dropout after each hidden layer; 0 for none.
        name: name of the model.

    Returns:
        An uncompiled model: (n, *input_shape) float32 to (n, n_outputs) float32: logits
        or values.

    Raises:
        ValueError: a size is not a positive integer.

    Examples:
        >>> mlp((28, 28), 10, hidden=(300, 100)).count_params()
        266610

    Source:
        300 and 100 hidden units: LeCun et al., Gradient-Based Learning Applied to
        Document Recognition, 1998, section III.C.
    """
    # --8<-- [start:mlp]
    inputs = _flat_input(input_shape)
    x = keras.layers.Flatten()(inputs)
    for units in hidden:
        x = keras.layers.Dense(units, activation=activation)(x)
        if dropout:
            x = keras.layers.Dropout(dropout)(x)
    logits = keras.layers.Dense(n_outputs, name="logits")(x)
    return keras.Model(inputs, logits, name=name)
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
