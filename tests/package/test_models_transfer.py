"""Transfer: frozen layers and the given model keep their weights, new layers learn."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest

from tfnotes import models


def small_cnn() -> Any:
    return models.batch_norm_cnn((8, 8, 1), 3, n_filters=(4, 4))


def train(model: Any, n_outputs: int) -> None:
    """Two large steps, which change every trainable weight."""
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.5), loss)
    x = np.random.default_rng(0).random((8, *model.input_shape[1:]))
    model.fit(x, np.arange(8) % n_outputs, batch_size=4, verbose=0)


def moved(model: Any, before: list[Any]) -> list[str]:
    """The layers whose weights have changed."""
    now = zip(model.weights, before, strict=True)
    names = [w.path.split("/")[0] for w, old in now if np.any(w.numpy() != old)]
    return list(dict.fromkeys(names))


@pytest.mark.parametrize("change", [models.replace_head, models.add_head])
def test_training_changes_only_the_new_head(change: Callable[..., Any]) -> None:
    keras.utils.set_random_seed(0)
    original = small_cnn()
    weights = original.get_weights()
    new = change(original, 5)
    before = new.get_weights()
    train(new, 5)
    assert moved(new, before) == [new.layers[-1].name]
    assert moved(original, weights) == []
    assert all(layer.trainable for layer in original.layers)


def test_replaced_head_gets_the_features_of_the_old_one() -> None:
    original = small_cnn()
    new = models.replace_head(original, 3)
    new.layers[-1].set_weights(original.layers[-1].get_weights())
    x = np.random.default_rng(0).random((2, 8, 8, 1), dtype="float32")
    np.testing.assert_allclose(new(x), original(x), rtol=1e-5)


def test_added_head_gets_the_logits() -> None:
    original = small_cnn()
    new = models.add_head(original, 3)
    new.layers[-1].set_weights([2 * np.eye(3), np.ones(3)])
    x = np.random.default_rng(0).random((2, 8, 8, 1), dtype="float32")
    np.testing.assert_allclose(new(x), 2 * np.asarray(original(x)) + 1, rtol=1e-5)


def test_feature_maps_are_averaged_for_the_new_head() -> None:
    original = models.nin((8, 8, 1), 3, architecture=(((4,), 3, 1), ((6,), 3, 1)))
    new = models.replace_head(original, 3)
    kernel, bias = original.get_layer("class_maps").get_weights()
    new.layers[-1].set_weights([kernel[0, 0], bias])  # a 1 x 1 convolution is dense
    x = np.random.default_rng(0).random((2, 8, 8, 1), dtype="float32")
    np.testing.assert_allclose(new(x), original(x), rtol=1e-4, atol=1e-6)


def test_keras_application_without_top_gets_a_head() -> None:
    base = keras.applications.MobileNetV2((32, 32, 3), alpha=0.35, include_top=False, weights=None)
    with pytest.raises(ValueError, match=r"got 'Conv_1_bn' \(BatchNormalization\).* add_head"):
        models.replace_head(base, 4)
    model = models.add_head(base, 4)
    assert model.output_shape == (None, 4)
    assert [tuple(w.shape) for w in model.trainable_weights] == [(1280, 4), (4,)]


def test_head_can_be_replaced_repeatedly(tmp_path: Any) -> None:
    model = small_cnn()
    for n_outputs, change in enumerate([models.add_head, models.replace_head] * 2, 2):
        model = change(change(model, n_outputs), n_outputs)
        model.save(tmp_path / "model.keras")
        model = keras.models.load_model(tmp_path / "model.keras")
        assert model.output_shape == (None, n_outputs)


def test_sequential_model_gets_a_new_head() -> None:
    dense = keras.layers.Dense
    model = keras.Sequential([keras.Input((4,)), dense(3), dense(2), keras.layers.Softmax()])
    assert [layer.count_params() for layer in models.replace_head(model, 5).layers] == [0, 15, 20]


def features(name: str) -> Any:
    """A model that ends in features, and whose last layer with weights is ``name``."""
    layers = keras.layers
    inputs = keras.Input((8, 8, 1))
    x = layers.Conv2D(4, 1, name="one_by_one")(inputs)
    if name == "both":
        x = layers.Add()([x, layers.Conv2D(4, 1, name="both")(inputs)])
        x = layers.GlobalAveragePooling2D()(x)
    elif name == "norm":
        x = layers.GlobalAveragePooling2D()(layers.BatchNormalization(name="norm")(x))
    elif name == "three":
        x = layers.GlobalAveragePooling2D()(layers.Conv2D(4, 3, name="three")(x))
    elif name == "active":
        x = layers.Dense(5, activation="relu", name="active")(layers.Flatten()(x))
    elif name == "inner":
        inner = [keras.Input((8, 8, 4)), layers.Flatten(), layers.Dense(3)]
        x = keras.Sequential(inner, name="inner")(x)
    return keras.Model(inputs, x)


@pytest.mark.parametrize("name", ["both", "norm", "three", "active", "inner", "one_by_one"])
def test_head_of_a_model_that_ends_in_features_is_not_replaced(name: str) -> None:
    with pytest.raises(
        ValueError, match=f"expected a model that ends in a classifier, .*; got '{name}'.* add_head"
    ):
        models.replace_head(features(name), 2)


@pytest.mark.parametrize("change", [models.replace_head, models.add_head])
def test_new_model_can_be_made_trainable(change: Callable[..., Any], tmp_path: Any) -> None:
    model = change(small_cnn(), 2)
    assert len(model.trainable_weights) == 2
    model.trainable = True
    n_averages = 4
    assert len(model.trainable_weights) == len(model.weights) - n_averages
    model.trainable = False
    assert model.trainable_weights == []
    model.save(tmp_path / "model.keras")
    assert keras.models.load_model(tmp_path / "model.keras").trainable is False


def test_new_model_is_saved_with_its_frozen_layers(tmp_path: Any) -> None:
    model = models.replace_head(small_cnn(), 2)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert len(loaded.trainable_weights) == 2
    assert loaded.trainable is True


def test_fine_tuning_changes_the_last_layers_except_batch_normalization() -> None:
    keras.utils.set_random_seed(0)
    model = small_cnn()
    before = model.get_weights()
    assert models.fine_tune(model, n_layers=2) is model
    assert moved(model, before) == []
    train(model, 3)
    last_conv = [x.name for x in model.layers if isinstance(x, keras.layers.Conv2D)][-1]
    assert moved(model, before) == [last_conv, "logits"]


def test_fine_tuning_includes_nested_models() -> None:
    keras.utils.set_random_seed(0)
    base = models.replace_head(small_cnn(), 6)
    model = keras.Sequential([base, keras.layers.Dense(3)])
    model.trainable = False
    models.fine_tune(model, n_layers=2)
    assert [weight.path.split("/")[-2] for weight in model.trainable_weights] == [
        *[base.layers[-1].name] * 2,
        *[model.layers[-1].name] * 2,
    ]


def test_fine_tuning_takes_effect_after_another_compile() -> None:
    model = models.replace_head(small_cnn(), 2)
    train(model, 2)
    models.fine_tune(model, n_layers=3)
    before = model.get_weights()
    train(model, 2)
    assert len(moved(model, before)) == 3


def test_fine_tuned_model_can_be_made_trainable() -> None:
    model = models.fine_tune(small_cnn(), n_layers=1)
    assert len(model.trainable_weights) == 2
    model.trainable = True
    n_averages = 4
    assert len(model.trainable_weights) == len(model.weights) - n_averages


@pytest.mark.parametrize("n_layers", [0, -1, 4])
def test_fine_tuning_too_many_layers_is_rejected(n_layers: int) -> None:
    with pytest.raises(ValueError, match=f"expected 1 to 3 layers; got {n_layers}"):
        models.fine_tune(small_cnn(), n_layers)


def test_model_without_a_single_head_is_rejected() -> None:
    for model in (
        models.multi_output_cnn((8, 8, 1), {"a": 2, "b": 1}),
        keras.Sequential([keras.layers.Dense(2)]),
    ):
        with pytest.raises(ValueError, match="expected a built model with one output; got '"):
            models.replace_head(model, 2)
