"""Blocks of convolutional models, and invalid images."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest

from tests.package.conftest import before_and_after
from tfnotes import models

CONVOLUTIONAL = ["lenet", "vgg", "nin", "googlenet", "batch_norm_cnn", "resnet18"]


def images(*shape: int) -> Any:
    return np.random.default_rng(0).random(shape, dtype="float32")


def block(function: Callable[..., Any], shape: tuple[int, ...], *args: Any) -> Any:
    inputs = keras.Input(shape)
    return keras.Model(inputs, function(inputs, *args))


@pytest.mark.parametrize("name", CONVOLUTIONAL)
def test_input_shape_without_channels_is_rejected(name: str) -> None:
    with pytest.raises(ValueError, match=r"expected input_shape=.*got \(28, 28\)"):
        models.IMAGE_CLASSIFIERS[name]((28, 28), 10)


@pytest.mark.parametrize(
    ("build", "smallest"),
    [
        (lambda shape: models.lenet(shape, 2), 12),
        (lambda shape: models.vgg(shape, 2), 8),
        (lambda shape: models.vgg(shape, 2, architecture=models.VGG11, hidden=()), 32),
        (lambda shape: models.batch_norm_cnn(shape, 2), 8),
        (lambda shape: models.multi_output_cnn(shape, {"a": 2}), 4),
    ],
)
def test_smallest_image_is_accepted_and_a_smaller_one_rejected(
    build: Callable[..., Any], smallest: int
) -> None:
    assert build((smallest, smallest, 1)).output is not None
    short = smallest - 1
    message = f"at least {smallest} x {smallest} pixels.*got {smallest} x {short}: enlarge"
    with pytest.raises(ValueError, match=message):
        build((smallest, short, 1))


@pytest.mark.parametrize("name", ["nin", "googlenet", "resnet18"])
def test_padding_networks_accept_a_single_pixel(name: str) -> None:
    assert models.IMAGE_CLASSIFIERS[name]((1, 1, 1), 10).output_shape == (None, 10)


@pytest.mark.parametrize("name", ["nin", "batch_norm_cnn"])
def test_networks_without_flatten_accept_any_image_size(name: str) -> None:
    model = models.IMAGE_CLASSIFIERS[name]((None, None, 1), 10)
    for side in (16, 21):
        assert model(images(2, side, side, 1)).shape == (2, 10)


def test_lenet_has_the_feature_maps_of_the_paper() -> None:
    shapes = [layer.output.shape[1:] for layer in models.lenet((28, 28, 1), 10).layers[1:6]]
    assert shapes == [(28, 28, 6), (14, 14, 6), (10, 10, 16), (5, 5, 16), (400,)]


def test_logits_of_nin_are_means_of_its_class_maps() -> None:
    model = models.nin((28, 28, 1), 10)
    maps = keras.Model(model.inputs[0], model.get_layer("class_maps").output)
    x = images(2, 28, 28, 1)
    np.testing.assert_allclose(model(x), np.mean(maps(x), axis=(1, 2)), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(("path", "reach"), [(0, 0), (1, 1), (2, 2), (3, 1)])
def test_paths_of_an_inception_block_have_their_receptive_field(path: int, reach: int) -> None:
    model = block(models.inception_block, (9, 9, 1), 3, (3, 3), (3, 3), 3)
    model.set_weights([abs(weight) for weight in model.get_weights()])  # no ReLU is dead
    x = images(1, 9, 9, 1)
    y = x.copy()
    y[0, 4, 4] += 5  # the maximum of its neighborhood, so that pooling keeps it
    changed = np.asarray(model(x) != model(y))[0, ..., 3 * path : 3 * path + 3].any(-1)
    rows, columns = np.nonzero(changed)
    assert {*abs(rows - 4)} == {*abs(columns - 4)} == {*range(reach + 1)}


def test_vgg_blocks_halve_the_image() -> None:
    model = block(models.vgg_block, (9, 8, 1), 2, 5)
    assert model.output_shape == (None, 4, 4, 5)
    assert model.count_params() == (9 + 1) * 5 + (9 * 5 + 1) * 5


def test_residual_block_with_zero_weights_is_the_identity() -> None:
    model = block(models.residual_block, (6, 6, 3), 3)
    x = images(2, 6, 6, 3) - 0.5
    assert np.abs(model(x) - np.maximum(x, 0)).max() > 0.01
    for layer in model.layers:
        if isinstance(layer, keras.layers.Conv2D):
            layer.set_weights([np.zeros_like(w) for w in layer.get_weights()])
    np.testing.assert_allclose(model(x), np.maximum(x, 0), atol=1e-6)


def test_residual_block_of_another_shape_projects_its_input() -> None:
    same, other = (block(models.residual_block, (6, 6, 3), n, s) for n, s in ((3, 1), (4, 2)))
    n_convs = [sum(isinstance(a, keras.layers.Conv2D) for a in m.layers) for m in (same, other)]
    assert n_convs == [2, 3]
    assert other.output_shape == (None, 3, 3, 4)


def test_batch_normalization_uses_the_batch_in_training_and_its_averages_after() -> None:
    model = models.batch_norm_cnn((8, 8, 1), 3, n_filters=(4, 4))
    x = 3 * images(8, 8, 8, 1)
    np.testing.assert_allclose(model(x)[:1], model(x[:1]), rtol=1e-4, atol=1e-5)
    assert np.abs(model(x, training=True)[:1] - model(x[:1], training=True)).max() > 0.01
    averages = [weight.numpy() for weight in model.non_trainable_weights]
    model(x, training=True)
    for old, new in zip(averages, model.non_trainable_weights, strict=True):
        assert np.any(old != new.numpy())


def test_multi_output_learns_each_head_by_its_own_loss() -> None:
    keras.utils.set_random_seed(0)
    heads = {"label": 10, "brightness": 1}
    model, x = models.multi_output_cnn((8, 8, 1), heads), images(16, 8, 8, 1)
    cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    losses = {"label": cross_entropy, "brightness": "mse"}
    model.compile(keras.optimizers.Adam(0.01), losses, loss_weights={"label": 1, "brightness": 2})
    targets = {"label": np.arange(16) % 10, "brightness": x.mean((1, 2, 3))}
    before, after = before_and_after(model, x, targets, n_steps=60)
    assert set(after) == {"loss", "label_loss", "brightness_loss"}
    assert after["loss"] == pytest.approx(after["label_loss"] + 2 * after["brightness_loss"], 1e-4)
    assert after["label_loss"] < 0.6 * before["label_loss"]
    assert after["brightness_loss"] < 0.6 * before["brightness_loss"]
