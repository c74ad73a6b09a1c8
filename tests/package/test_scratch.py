"""The code from scratch, compared with Keras, the tape and hand calculations."""

from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import pytest
import tensorflow as tf

from tfnotes import scratch

TOLERANCE = {"float32": 1e-5, "float64": 1e-11}
DTYPES = sorted(TOLERANCE)


def normal(*shape: int, seed: int = 0, dtype: str = "float32") -> npt.NDArray[Any]:
    return np.random.default_rng(seed).normal(size=shape).astype(dtype)


def same(ours: Any, theirs: Any, dtype: str = "float32") -> None:
    """Compare with a tolerance relative to the largest value, because sums may cancel."""
    expected = np.asarray(theirs)
    limit = TOLERANCE[dtype] * max(1.0, float(np.abs(expected).max()))
    assert np.asarray(ours).dtype == dtype
    assert np.shape(ours) == expected.shape
    np.testing.assert_allclose(ours, expected, rtol=0, atol=limit)


def taped(function: Any, *inputs: npt.NDArray[Any]) -> tuple[Any, list[Any]]:
    """Value and gradients of sum(outputs * weights), by TensorFlow's own tape."""
    tensors = [tf.constant(x) for x in inputs]
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        outputs, weights = function(*tensors)
        loss = tf.reduce_sum(outputs * weights)
    return outputs, tape.gradient(loss, tensors)


@pytest.mark.parametrize(
    "settings", [{}, {"momentum": 0.9}, {"momentum": 0.9, "nesterov": True}], ids=str
)
def test_sgd_equals_keras(settings: dict[str, Any]) -> None:
    variable = keras.Variable(normal(3, 2))
    optimizer = keras.optimizers.SGD(0.1, **settings)
    weights, velocity = normal(3, 2), np.zeros((3, 2), np.float32)
    for step in range(5):
        gradient = normal(3, 2, seed=step + 1)
        optimizer.apply_gradients([(keras.ops.convert_to_tensor(gradient), variable)])
        weights, velocity = scratch.sgd_step(weights, gradient, velocity, 0.1, **settings)
        same(weights, variable)


def test_linear_regression_trains_like_fit() -> None:
    x = normal(45, 2)  # the last batch has 5 rows
    y = x @ np.float32([2, -3.4]) + 4.2 + 0.1 * normal(45, seed=1)
    weights, bias, losses = scratch.linear_regression(x, y, np.random.default_rng(7))
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, "linear", True, "zeros")])
    model.compile(keras.optimizers.SGD(0.03), "mse")
    rng = np.random.default_rng(7)
    for epoch in range(3):
        order = rng.permutation(45)
        history = model.fit(x[order], y[order], batch_size=10, shuffle=False, verbose=0)
        mean = np.average(losses[5 * epoch :][:5], weights=[10, 10, 10, 10, 5])
        assert history.history["loss"][0] == pytest.approx(mean, rel=1e-5)
    same(weights, model.weights[0][:, 0])
    same(bias, model.weights[1][0])


def test_linear_regression_ends_at_least_squares() -> None:
    x = normal(60, 3, dtype="float64")
    y = x @ [1.0, -2.0, 0.5] + 3 + 0.3 * normal(60, seed=1, dtype="float64")
    exact, *_ = np.linalg.lstsq(np.column_stack([x, np.ones(60)]), y)
    rng = np.random.default_rng(0)
    weights, bias, _ = scratch.linear_regression(x, y, rng, 400, 60, 0.1)
    same(np.append(weights, bias), exact, "float64")


def test_targets_with_two_axes_are_rejected() -> None:
    with pytest.raises(ValueError, match=r"shape \(4,\), .* got \(4, 1\): reshape them"):
        scratch.linear_regression(np.ones((4, 2)), np.ones((4, 1)), np.random.default_rng(0))


@pytest.mark.parametrize("dtype", DTYPES)
def test_backpropagation_equals_the_tape(dtype: str) -> None:
    x, labels = normal(8, 5, dtype=dtype), np.arange(8) % 3
    shapes = [(5, 7), (7,), (7, 3), (3,)]
    parameters = tuple(normal(*s, seed=i, dtype=dtype) for i, s in enumerate(shapes))
    logits, kept = scratch.forward(x, parameters)
    loss, d_logits = scratch.cross_entropy(logits, labels)
    ours = scratch.backward(d_logits, kept, parameters)

    variables = [tf.Variable(p) for p in parameters]
    with tf.GradientTape() as tape:
        hidden = tf.nn.relu(x @ variables[0] + variables[1])
        theirs = tf.reduce_mean(
            tf.nn.sparse_softmax_cross_entropy_with_logits(
                labels, hidden @ variables[2] + variables[3]
            )
        )
    same(loss, theirs, dtype)
    for mine, gradient in zip(ours, tape.gradient(theirs, variables), strict=True):
        same(mine, gradient, dtype)


def test_two_layers_equal_those_of_keras() -> None:
    layers = [keras.Input((5,)), keras.layers.Dense(7, "relu"), keras.layers.Dense(3)]
    model = keras.Sequential(layers)
    parameters = tuple(np.asarray(w) for w in model.weights)
    logits, _ = scratch.forward(normal(8, 5), parameters)
    same(logits, model(normal(8, 5)))
    loss, _ = scratch.cross_entropy(logits, np.arange(8) % 3)
    keras_loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    same(loss, keras_loss(np.arange(8) % 3, logits))


def test_cross_entropy_of_large_logits_stays_finite() -> None:
    loss, d_logits = scratch.cross_entropy(np.array([[1e4, 0.0]]), np.array([1]))
    assert loss == 1e4
    assert d_logits.tolist() == [[1.0, -1.0]]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize(
    ("shape", "size"), [((7, 8), (3, 3)), ((8, 6), (2, 5)), ((9, 5), (4, 1))], ids=str
)
def test_convolution_and_its_gradients_equal_tensorflow(
    shape: tuple[int, int], size: tuple[int, int], stride: int, padding: Any, dtype: str
) -> None:
    images = normal(2, *shape, 3, dtype=dtype)
    kernels, bias = normal(*size, 3, 4, seed=1, dtype=dtype), normal(4, seed=2, dtype=dtype)
    ours = scratch.conv2d(images, kernels, bias, stride, padding)
    d_outputs = normal(*ours.shape, seed=3, dtype=dtype)

    def theirs(x: Any, k: Any, b: Any) -> tuple[Any, Any]:
        return tf.nn.conv2d(x, k, stride, padding.upper()) + b, d_outputs

    outputs, expected = taped(theirs, images, kernels, bias)
    same(ours, outputs, dtype)
    gradients = scratch.conv2d_gradients(images, kernels, d_outputs, stride, padding)
    for mine, gradient in zip(gradients, expected, strict=True):
        same(mine, gradient, dtype)


@pytest.mark.parametrize(("stride", "padding"), [(1, "valid"), (2, "same")])
def test_convolution_equals_the_layer_of_keras(stride: int, padding: Any) -> None:
    layer = keras.layers.Conv2D(4, 3, stride, padding, bias_initializer="normal")
    images = normal(2, 8, 8, 3)
    outputs = layer(images)
    kernels, bias = (np.asarray(w) for w in layer.weights)
    same(scratch.conv2d(images, kernels, bias, stride, padding), outputs)


def test_unknown_padding_is_rejected() -> None:
    with pytest.raises(ValueError, match="expected 'valid' or 'same'; got 'full'"):
        scratch.conv2d(normal(1, 4, 4, 1), normal(3, 3, 1, 1), padding="full")


@pytest.mark.parametrize(("size", "stride"), [(2, None), (3, 2), (2, 3)])
def test_pooling_equals_keras(size: int, stride: int | None) -> None:
    images = normal(2, 9, 8, 3)
    same(scratch.max_pool(images, size, stride), keras.layers.MaxPooling2D(size, stride)(images))
    average = keras.layers.AveragePooling2D(size, stride)
    same(scratch.average_pool(images, size, stride), average(images))


@pytest.mark.parametrize("shape", [(16, 5), (4, 3, 6, 5)], ids=str)
def test_batch_norm_equals_keras_in_training_and_inference(shape: tuple[int, ...]) -> None:
    layer = keras.layers.BatchNormalization(
        gamma_initializer="random_normal", beta_initializer="random_normal"
    )
    layer.build(shape)
    gamma, beta, mean, variance = (np.asarray(w) for w in layer.weights)
    for seed in range(3):
        inputs = 3 * normal(*shape, seed=seed) + 2
        statistics = scratch.batch_statistics(inputs)
        same(scratch.batch_norm(inputs, gamma, beta, *statistics), layer(inputs, training=True))
        mean = scratch.moving_average(mean, statistics[0])
        variance = scratch.moving_average(variance, statistics[1])
    same(mean, layer.moving_mean)
    same(variance, layer.moving_variance)
    same(scratch.batch_norm(inputs, gamma, beta, mean, variance), layer(inputs, training=False))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(16, 5), (4, 3, 6, 5)], ids=str)
def test_batch_norm_has_the_gradients_of_the_tape(shape: tuple[int, ...], dtype: str) -> None:
    inputs, gamma = normal(*shape, dtype=dtype), normal(5, seed=1, dtype=dtype)
    beta, d_outputs = normal(5, seed=2, dtype=dtype), normal(*shape, seed=3, dtype=dtype)

    def theirs(x: Any, g: Any, b: Any) -> tuple[Any, Any]:
        mean, variance = tf.nn.moments(x, list(range(len(shape) - 1)))
        return tf.nn.batch_normalization(x, mean, variance, b, g, 1e-3), d_outputs

    outputs, expected = taped(theirs, inputs, gamma, beta)
    statistics = scratch.batch_statistics(inputs)
    same(scratch.batch_norm(inputs, gamma, beta, *statistics), outputs, dtype)
    gradients = scratch.batch_norm_gradients(inputs, gamma, d_outputs)
    for mine, gradient in zip(gradients, expected, strict=True):
        same(mine, gradient, dtype)


@pytest.mark.parametrize("rate", [0.0, 0.2, 0.5, 0.9])
def test_dropout_has_the_values_and_the_mean_of_keras(rate: float) -> None:
    n = 40_000
    inputs = np.ones(n, np.float32)
    outputs, mask = scratch.dropout(inputs, rate, np.random.default_rng(0))
    theirs = np.asarray(keras.layers.Dropout(rate, seed=0)(inputs, training=True))
    same(np.unique(outputs), np.unique(theirs))
    same(outputs, inputs * mask)
    deviation = (rate / (1 - rate) / n) ** 0.5  # of the mean of n such values
    assert abs(outputs.mean(dtype=np.float64) - 1) <= 4 * deviation + 1e-6
    assert abs(theirs.mean(dtype=np.float64) - 1) <= 4 * deviation + 1e-6


def test_dropout_keeps_the_expected_scale() -> None:
    inputs = normal(200, 300, dtype="float64")
    outputs, mask = scratch.dropout(inputs, 0.3, np.random.default_rng(1))
    kept = mask > 0
    np.testing.assert_array_equal(outputs[~kept], 0)
    same(outputs[kept], inputs[kept] / 0.7, "float64")
    assert kept.mean() == pytest.approx(0.7, abs=0.01)


@pytest.mark.parametrize("rate", [-0.1, 1.0])
def test_invalid_dropout_rate_is_rejected(rate: float) -> None:
    with pytest.raises(ValueError, match="expected a rate from 0 to below 1; got"):
        scratch.dropout(np.ones(3), rate, np.random.default_rng(0))


def test_importing_scratch_imports_only_numpy() -> None:
    import subprocess
    import sys

    code = "import sys, tfnotes.scratch; print({'tensorflow', 'keras'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
