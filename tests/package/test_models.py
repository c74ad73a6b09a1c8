"""Models of tfnotes: their sizes, one training step, and a round trip through a file."""

import json
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from tests.package.conftest import before_and_after
from tfnotes import models

IMAGES = (28, 28, 1)
PHOTOS = (224, 224, 3)
WIDE = (4096, 4096)  # the dense layers of the VGG paper
SMALL: dict[str, Callable[[], Any]] = {  # one of each, as small as possible
    "linear_regression": lambda: models.linear_regression((3,)),
    "softmax": lambda: models.softmax_regression((6, 6), 3),
    "mlp": lambda: models.mlp((6, 6), 3, hidden=(5, 4)),
    "affine": lambda: chain(models.Affine(5, "relu"), models.Affine(3)),
    "fancy": lambda: chain(models.FancyMLP(4)),
    "fancy_alone": lambda: called(models.FancyMLP(4)),
    "nest": lambda: chain(models.NestMLP((9, 9), 9), models.FancyMLP(9)),
    "nest_alone": lambda: called(models.NestMLP((5, 4), 4)),
    "lenet": lambda: models.lenet((12, 12, 1), 3),
    "vgg": lambda: models.vgg((8, 8, 1), 3, architecture=((1, 4), (2, 4)), hidden=(5,)),
    "nin": lambda: models.nin((9, 9, 1), 3, architecture=(((4, 3), 3, 1), ((4,), 3, 1))),
    "googlenet": lambda: models.googlenet((16, 16, 1), 3),
    "batch_norm_cnn": lambda: models.batch_norm_cnn((8, 8, 1), 3, n_filters=(4, 4)),
    "resnet18": lambda: models.resnet18((16, 16, 1), 3),
    "resnet18_small": lambda: models.resnet18((8, 8, 1), 3, stem="small"),
    "text_rnn": lambda: models.text_classifier(9, 3, cell="rnn", embedding_size=4, units=4),
    "text_lstm": lambda: models.text_classifier(9, 3, cell="lstm", embedding_size=4, units=4),
    "text_gru": lambda: models.text_classifier(9, 3, cell="gru", embedding_size=4, units=4),
    "sequence_rnn": lambda: models.sequence_regressor((None, 2), 2, cell="rnn", units=4),
    "sequence_lstm": lambda: models.sequence_regressor((None, 2), 2, cell="lstm", units=4),
    "sequence_gru": lambda: models.sequence_regressor((None, 2), 2, cell="gru", units=4),
    "wide_and_deep": lambda: models.wide_and_deep((2, 3), 1, hidden=(4,)),
    "multi_output": lambda: models.multi_output_cnn((8, 8, 1), {"a": 3, "b": 1}),
    "replaced_head": lambda: models.replace_head(models.lenet((12, 12, 1), 3), 2),
    "added_head": lambda: models.add_head(models.lenet((12, 12, 1), 3), 2),
}
LOAD = """\
import json, sys
import tfnotes.models
import keras, numpy as np

found = {}
for path in sys.argv[1:]:
    saved = np.load(path.replace(".keras", ".npz"))
    inputs = [saved[name] for name in saved if name.startswith("input")]
    outputs = [saved[name] for name in saved if name.startswith("output")]
    try:
        model = keras.models.load_model(path)
    except Exception as error:
        found[path] = str(error)
        continue
    now = keras.tree.flatten(model(inputs if len(inputs) > 1 else inputs[0]))
    same = [np.allclose(a, b, 1e-4, 1e-5) for a, b in zip(now, outputs, strict=True)]
    found[path] = "same" if all(same) else "other predictions"
print(json.dumps(found))
"""


def chain(*layers: Any) -> Any:
    return keras.Sequential([keras.Input((4,)), *layers])


def called(model: Any) -> Any:
    model(np.ones((2, 4), "float32"))
    return model


def sample(model: Any, n: int = 8) -> list[Any]:
    """Random inputs of the shapes and dtypes that a model takes; 5 where it is free."""
    rng = np.random.default_rng(0)
    if not hasattr(model, "inputs") or not model.inputs:
        return [rng.random((n, 4), dtype="float32")]
    return [
        rng.integers(1, 9, (n, 5), dtype="int32")
        if tensor.dtype == "int32"
        else rng.random((n, *(side or 5 for side in tensor.shape[1:])), dtype="float32")
        for tensor in model.inputs
    ]


def single(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values


@pytest.mark.parametrize(
    ("build", "n_parameters"),
    [
        # 784 * 10 + 10
        (lambda: models.softmax_regression((28, 28), 10), 7_850),
        # LeCun 1998 as Dive into Deep Learning builds it: 156 + 2,416 + 48,120 + 10,164 + 850
        (lambda: models.lenet(IMAGES, 10), 61_706),
        # torchvision.models.vgg11, vgg16 (and keras.applications.VGG16)
        (lambda: models.vgg(PHOTOS, 1000, architecture=models.VGG11, hidden=WIDE), 132_863_336),
        (lambda: models.vgg(PHOTOS, 1000, architecture=models.VGG16, hidden=WIDE), 138_357_544),
        # imgclsmob's nin_cifar10: 14,592 + 30,880 + 15,456 + 460,992 + 2 * 37,056 + 331,968
        # + 37,056 + 1,930
        (lambda: models.nin((32, 32, 3), 10), 966_986),
        # Caffe Model Zoo, nin_imagenet (a file of 29 MB, 4 bytes each): 34,944 + 2 * 9,312
        # + 614,656 + 2 * 65,792 + 885,120 + 2 * 147,840 + 3,539,968 + 1,049,600 + 1,025,000
        (lambda: models.nin(PHOTOS, 1000, architecture=models.NIN_IMAGENET), 7_595_176),
        # Caffe's bvlc_googlenet without auxiliary heads: table 1 of the paper, with biases
        (lambda: models.googlenet(PHOTOS, 1000), 6_998_552),
    ],
)
def test_published_parameter_counts(build: Callable[[], Any], n_parameters: int) -> None:
    assert build().count_params() == n_parameters


def test_resnet18_has_the_parameters_of_torchvision() -> None:
    model = models.resnet18(PHOTOS, 1000)
    learning = sum(weight.shape.num_elements() for weight in model.trainable_weights)
    assert learning == 11_689_512  # num_params of torchvision's ResNet18_Weights
    n_channels = 64 + 4 * 64 + 5 * 128 + 5 * 256 + 5 * 512  # every batch normalization
    assert model.count_params() - learning == 2 * n_channels  # moving mean and variance


@pytest.mark.parametrize("name", models.IMAGE_CLASSIFIERS)
def test_image_classifiers_share_one_signature_and_return_logits(name: str) -> None:
    model = models.IMAGE_CLASSIFIERS[name](input_shape=IMAGES, n_outputs=7)
    assert not model.compiled
    images = np.random.default_rng(0).random((3, *IMAGES), dtype="float32")
    logits = np.asarray(model(images))
    assert logits.shape == (3, 7)
    assert logits.dtype == np.float32
    assert logits.min() < 0  # neither softmax nor ReLU behind them
    assert getattr(model.layers[-1], "activation", keras.activations.linear).__name__ == "linear"


@pytest.mark.parametrize("name", SMALL)
def test_one_step_of_fit_changes_every_trainable_weight_without_warnings(name: str) -> None:
    keras.utils.set_random_seed(3)
    rng = np.random.default_rng(1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", "__array__ implementation")  # inside Keras 3.15
        model = SMALL[name]()
        inputs = single(sample(model))
        targets = keras.tree.map_structure(lambda y: rng.normal(size=y.shape), model(inputs))
        before = [weight.numpy() for weight in model.trainable_weights]
        model.compile("sgd", "mse")
        losses = model.fit(inputs, targets, batch_size=4, epochs=1, verbose=0).history
    assert all(np.isfinite(value).all() for value in losses.values())
    for old, weight in zip(before, model.trainable_weights, strict=True):
        assert np.any(old != weight.numpy()), weight.path


@pytest.mark.parametrize("name", ["mlp", "lenet", "batch_norm_cnn", "text_lstm"])
def test_classifier_learns_a_few_samples(name: str) -> None:
    keras.utils.set_random_seed(0)
    model = SMALL[name]()
    (inputs,) = sample(model, 6)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.01), loss)
    before, after = before_and_after(model, inputs, np.arange(6) % 3, n_steps=100)
    assert after["loss"] < 0.6 * before["loss"]


@pytest.fixture(scope="module")
def reloaded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Every model, saved here and loaded in a process that has only imported tfnotes."""
    folder = tmp_path_factory.mktemp("saved")
    keras.utils.set_random_seed(0)
    for name, build in SMALL.items():
        model = build()
        inputs = sample(model)
        outputs = keras.tree.flatten(model(single(inputs)))
        arrays = {f"input{i}": np.asarray(x) for i, x in enumerate(inputs)}
        arrays |= {f"output{i}": np.asarray(x) for i, x in enumerate(outputs)}
        np.savez(folder / f"{name}.npz", **arrays)
        model.save(folder / f"{name}.keras")
    command = [sys.executable, "-c", LOAD, *map(str, sorted(folder.glob("*.keras")))]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return {Path(path).stem: result for path, result in json.loads(done.stdout).items()}


@pytest.mark.parametrize("name", SMALL)
def test_saved_model_predicts_the_same_in_a_fresh_process(
    name: str, reloaded: dict[str, str]
) -> None:
    assert reloaded[name] == "same"


def test_importing_tfnotes_does_not_import_keras() -> None:
    code = "import sys, tfnotes; print('keras' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_every_public_name_exists() -> None:
    for name in models.__all__:
        assert hasattr(models, name)
    assert len(models.__all__) == len({*models.__all__})
