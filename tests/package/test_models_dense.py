"""Dense models compared with NumPy and Keras, eagerly, in a graph and in predict."""

from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.package.conftest import before_and_after
from tfnotes import models


def batch(n: int, width: int, seed: int = 0) -> Any:
    return np.random.default_rng(seed).normal(size=(n, width)).astype("float32")


def test_linear_regression_is_a_matrix_product() -> None:
    model = models.linear_regression((3,))
    x, w, b = batch(5, 3), batch(3, 1, 1), np.array([0.5], "float32")
    model.set_weights([w, b])
    np.testing.assert_allclose(model(x), x @ w + b, rtol=1e-5)


def test_affine_equals_the_dense_layer_of_keras() -> None:
    x = batch(5, 4)
    ours, theirs = models.Affine(3, "tanh"), keras.layers.Dense(3, "tanh")
    theirs.build(x.shape)
    ours.build(x.shape)
    ours.set_weights(theirs.get_weights())
    np.testing.assert_allclose(ours(x), theirs(x), rtol=1e-5)


def test_affine_is_restored_from_its_config() -> None:
    layer = models.Affine.from_config(models.Affine(3, activation="relu", name="a").get_config())
    assert (layer.units, layer.activation.__name__, layer.name) == (3, "relu", "a")


def test_affine_creates_its_weights_on_the_first_call() -> None:
    layer = models.Affine(3)
    assert layer.weights == []
    layer(batch(2, 7))
    assert [tuple(weight.shape) for weight in layer.weights] == [(7, 3), (3,)]


def fancy_by_hand(model: Any, x: Any) -> tuple[Any, int, bool]:
    """The output of FancyMLP, the number of halvings, and whether it took the branch."""
    kernel, bias = model.dense.get_weights()
    x = np.maximum(x @ kernel + bias, 0)
    x = np.maximum(x @ model.constant.numpy() + 1, 0)
    x = np.maximum(x @ kernel + bias, 0)
    n_halved = 0
    while np.linalg.norm(x) > 1:
        x, n_halved = x / 2, n_halved + 1
    if small := bool(np.linalg.norm(x) < 0.8):
        x = x * 10
    return x.sum(-1, keepdims=True), n_halved, small


@pytest.mark.parametrize(
    ("scale", "n_halved", "small"),
    [(0.01, 0, True), (0.2, 0, False), (0.5, 2, True), (1, 3, False)],
)
@pytest.mark.parametrize("mode", ["eagerly", "in tf.function", "in predict"])
def test_fancy_mlp_equals_the_loop_and_branch_by_hand(
    mode: str, scale: float, n_halved: int, small: bool
) -> None:
    keras.utils.set_random_seed(0)
    model, x = models.FancyMLP(4), abs(batch(3, 4))
    model(x)
    model.dense.set_weights([scale * np.eye(4), np.zeros(4)])
    call = {
        "eagerly": model,
        "in tf.function": tf.function(model),
        "in predict": lambda x: model.predict(x, verbose=0),
    }[mode]
    expected, *path = fancy_by_hand(model, x)
    np.testing.assert_allclose(call(x), expected, rtol=1e-4)
    assert path == [n_halved, small]


@pytest.mark.parametrize("jit_compile", [False, True])
def test_training_changes_fancy_mlp_but_not_its_constant(jit_compile: bool) -> None:
    keras.utils.set_random_seed(0)
    model, x = models.FancyMLP(4), batch(8, 4)
    model(x)
    constant = model.constant.numpy()
    model.compile(keras.optimizers.SGD(0.01), "mse", jit_compile=jit_compile)
    before, after = before_and_after(model, x, np.full(8, 0.3), n_steps=30)
    assert after["loss"] < 0.1 * before["loss"]
    assert np.array_equal(model.constant.numpy(), constant)
    assert [weight.path for weight in model.non_trainable_weights] == [model.constant.path]


def test_constant_of_fancy_mlp_is_saved(tmp_path: Any) -> None:
    model = models.FancyMLP(4)
    model(batch(2, 4))
    model.save(tmp_path / "fancy.keras")
    model.save_weights(tmp_path / "fancy.weights.h5")
    other = models.FancyMLP(4)
    other(batch(2, 4))
    assert not np.array_equal(other.constant.numpy(), model.constant.numpy())
    other.load_weights(tmp_path / "fancy.weights.h5")
    loaded = keras.models.load_model(tmp_path / "fancy.keras")
    for constant in (other.constant, loaded.constant):
        assert np.array_equal(constant.numpy(), model.constant.numpy())


def test_fancy_mlp_rejects_inputs_of_another_width() -> None:
    with pytest.raises(ValueError, match=r"expected samples of 20 numbers.*got 8: pass units=8"):
        models.FancyMLP()(batch(2, 8))


def test_nest_mlp_equals_its_layers_in_sequence() -> None:
    model, x = models.NestMLP((5, 4), 3), batch(2, 6)
    (k1, b1, k2, b2), (k3, b3) = (model(x), model.net.get_weights())[1], model.dense.get_weights()
    inner = np.maximum(np.maximum(x @ k1 + b1, 0) @ k2 + b2, 0)
    np.testing.assert_allclose(model(x), np.maximum(inner @ k3 + b3, 0), rtol=1e-4, atol=1e-6)
