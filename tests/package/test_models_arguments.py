"""Arguments of the model builders: one order, and one sentence for each wrong use."""

import inspect
import re
from collections.abc import Callable
from typing import Any

import keras
import pytest

from tfnotes import models

IMAGES = (28, 28, 1)
FIRST_TWO = {  # the arguments that may be given by position
    "text_classifier": ["vocabulary_size", "n_outputs"],
    "wide_and_deep": ["n_features", "n_outputs"],
    "replace_head": ["model", "n_outputs"],
    "add_head": ["model", "n_outputs"],
}
BUILDERS = [
    "add_head", "batch_norm_cnn", "googlenet", "lenet", "linear_regression", "mlp",
    "multi_output_cnn", "nin", "replace_head", "resnet18", "sequence_regressor",
    "softmax_regression", "text_classifier", "vgg", "wide_and_deep",
]  # fmt: skip


@pytest.mark.parametrize("name", BUILDERS)
def test_builders_have_one_order_of_arguments(name: str) -> None:
    parameters = inspect.signature(getattr(models, name)).parameters.values()
    first_two, others = [*parameters][:2], [*parameters][2:]
    names = FIRST_TWO.get(name, ["input_shape", "n_outputs"])
    assert [parameter.name for parameter in first_two] == names
    assert all(parameter.kind is parameter.KEYWORD_ONLY for parameter in others)
    required = [parameter.default is parameter.empty for parameter in first_two]
    assert required == [True, name != "linear_regression"]
    assert ("name" in [parameter.name for parameter in others]) != name.endswith("_head")


@pytest.mark.parametrize(
    ("build", "names"),
    [
        (lambda: models.mlp((4,), 2, name="a"), "a"),
        (lambda: models.lenet(IMAGES, 2, name="a"), "a"),
        (lambda: models.text_classifier(9, 2, name="a"), "a"),
        (lambda: models.text_classifier(9, 2, cell="lstm"), "text_lstm"),
        (lambda: models.sequence_regressor((None, 2), 2), "sequence_gru"),
        (lambda: models.wide_and_deep((2, 3), 1, name="a"), "a"),
        (lambda: models.multi_output_cnn((8, 8, 1), {"b": 2}, name="a"), "a"),
    ],
)
def test_model_has_the_name_given(build: Callable[[], Any], names: str) -> None:
    assert build().name == names


def rates(model: Any) -> list[float]:
    return [layer.rate for layer in model.layers if isinstance(layer, keras.layers.Dropout)]


@pytest.mark.parametrize(
    ("build", "usual"),
    [
        (lambda **more: models.mlp((4,), 2, hidden=(3,), **more), []),
        (lambda **more: models.text_classifier(9, 2, **more), []),
        (lambda **more: models.sequence_regressor((None, 1), 1, **more), []),
        (lambda **more: models.googlenet((28, 28, 1), 2, **more), [0.4]),
        (lambda **more: models.nin((28, 28, 1), 2, **more), [0.5, 0.5]),
        (lambda **more: models.vgg((28, 28, 1), 2, **more), [0.5, 0.5]),
    ],
)
def test_dropout_is_an_argument(build: Callable[..., Any], usual: list[float]) -> None:
    assert rates(build()) == usual
    assert {*rates(build(dropout=0.25))} == {0.25}


def test_activation_is_an_argument() -> None:
    for model in (
        models.mlp((4,), 2, activation="tanh"),
        models.lenet(IMAGES, 2, activation="tanh"),
        models.vgg(IMAGES, 2, activation="tanh"),
    ):
        used = [a.activation.__name__ for a in model.layers if hasattr(a, "activation")]
        assert {*used[:-1]} == {"tanh"}


def test_number_of_outputs_of_a_sequence_may_differ_from_its_features() -> None:
    assert models.sequence_regressor((12, 3), 1).output_shape == (None, 12, 1)


def sides_of_blocks(resnet: Any) -> list[int]:
    return [a.output.shape[1] for a in resnet.layers if isinstance(a, keras.layers.Add)]


def test_small_stem_keeps_the_size_of_the_image() -> None:
    small = models.resnet18((32, 32, 3), 10, stem="small")
    large = models.resnet18((32, 32, 3), 10)
    sides = [
        [layer.output.shape[1] for layer in m.layers if "add" in layer.name] for m in (small, large)
    ]
    assert sides[0] == [32, 32, 16, 16, 8, 8, 4, 4]
    assert sides[1] == [8, 8, 4, 4, 2, 2, 1, 1]
    # 7 x 7 and 3 x 3 kernels over 3 channels, 64 filters
    assert large.count_params() - small.count_params() == (49 - 9) * 3 * 64


def test_command_line_builds_resnet18_for_small_images() -> None:
    assert sides_of_blocks(models.IMAGE_CLASSIFIERS["resnet18"]((28, 28, 1), 10))[0] == 28


MISSING = "missing 1 required positional argument: 'n_outputs'"
SINCE = "since version 0.2; use"
TYPE_ERRORS = {
    "lenet()": "missing 2 required positional arguments: 'input_shape' and 'n_outputs'",
    "lenet(IMAGES)": MISSING,
    "lenet(5)": MISSING,
    "mlp((28, 28))": MISSING,
    "mlp((4,), 2, (8,))": "takes 2 positional arguments but 3 were given",
    "lenet(IMAGES, n_classes=2)": f"lenet() has no argument n_classes {SINCE} n_outputs",
    "linear_regression(n_features=2)": f"has no argument n_features {SINCE} input_shape",
    "wide_and_deep(n_wide=5, n_deep=6)": f"has no argument n_deep {SINCE} n_features",
    "multi_output_cnn(IMAGES, heads={'a': 2})": f"has no argument heads {SINCE} n_outputs",
    "replace_head(LENET, n_classes=3)": f"has no argument n_classes {SINCE} n_outputs",
}
IMAGE = "expected input_shape=(height, width, channels); got "
FIXED = "expected the height and width of the images; got (None, None, 1): "
FLAT = "expected input_shape to be a tuple of positive integers, such as (28, 28); got "
FEATURES = "expected input_shape=(features,), a positive integer; got "
SEQUENCE = "expected input_shape=(steps or None, features); got "
PAIR = "expected n_features to be (n_wide, n_deep), two positive integers; got "
SIZE = "expected n_outputs to be a positive int; got "
HEADS = "expected n_outputs to map the name of each head to a positive int; got "
VGG = "expected architecture to be (n_convs, n_filters) for each block; got "
NIN = "expected architecture to be (n_filters, kernel_size, strides) for each block; got "
CELL = "expected a cell among 'rnn', 'lstm', 'gru'; got 'tanh'"
VALUE_ERRORS = {
    "lenet(5, 10)": f"{IMAGE}5: gray images have 1 channel",
    "lenet('abc', 10)": f"{IMAGE}'abc': ",
    "vgg(VGG16, 10)": f"{IMAGE}((2, 64), ",
    "vgg(VGG_SMALL, 10)": f"{IMAGE}((1, 32), ",
    "nin((28, 28, None), 10)": f"{IMAGE}(28, 28, None): ",
    "nin((28, 28, 0), 10)": f"{IMAGE}(28, 28, 0): ",
    "resnet18((0, 0, 1), 10)": f"{IMAGE}(0, 0, 1): ",
    "lenet((None, None, 1), 10)": FIXED,
    "vgg((None, None, 1), 10)": FIXED,
    "multi_output_cnn((None, None, 1), {'a': 2})": FIXED,
    "mlp(4, 2)": f"{FLAT}4",
    "mlp((None, 4), 2)": f"{FLAT}(None, 4)",
    "softmax_regression((0,), 2)": f"{FLAT}(0,)",
    "linear_regression(4)": f"{FEATURES}4",
    "linear_regression((2, 2))": f"{FEATURES}(2, 2)",
    "sequence_regressor((4,), 2)": f"{SEQUENCE}(4,)",
    "sequence_regressor((4, None), 2)": f"{SEQUENCE}(4, None)",
    "wide_and_deep(5, 1)": f"{PAIR}5",
    "wide_and_deep((5, 0), 1)": f"{PAIR}(5, 0)",
    "lenet(IMAGES, 0)": f"{SIZE}0",
    "lenet(IMAGES, None)": f"{SIZE}None",
    "lenet(IMAGES, 2.0)": f"{SIZE}2.0",
    "mlp((28, 28), (300, 100))": f"{SIZE}(300, 100)",
    "mlp((28, 28), True)": f"{SIZE}True",
    "replace_head(LENET, 0)": f"{SIZE}0",
    "mlp((4,), 2, hidden=300)": "expected hidden to be positive integers in a sequence, such as",
    "batch_norm_cnn(IMAGES, 2, n_filters=(4, 0))": "expected n_filters to be positive integers in",
    "multi_output_cnn(IMAGES, 10)": f"{HEADS}10",
    "multi_output_cnn(IMAGES, {})": f"{HEADS}{{}}",
    "multi_output_cnn(IMAGES, {'a': 0})": f"{HEADS}{{'a': 0}}",
    "vgg(IMAGES, 2, architecture=3)": f"{VGG}3",
    "vgg(IMAGES, 2, architecture=NIN_CIFAR)": f"{VGG}(((192, 160, 96), 5, 1), ",
    "nin(IMAGES, 2, architecture=VGG16)": f"{NIN}((2, 64), ",
    "nin(IMAGES, 2, architecture=())": f"{NIN}()",
    "text_classifier('gru', 2)": "expected vocabulary_size to be a positive int; got 'gru'",
    "text_classifier(9, 2, units=0)": "expected units to be a positive int; got 0",
    "text_classifier(9, 2, cell='tanh')": CELL,
    "sequence_regressor((None, 1), 1, cell='tanh')": CELL,
    "mlp((4,), 2, dropout=1.5)": "expected dropout to be a number from 0 to below 1; got 1.5",
    "vgg(IMAGES, 2, dropout='no')": "expected dropout to be a number from 0 to below 1; got 'no'",
    "resnet18(IMAGES, 10, stem='cifar')": "expected a stem among 'imagenet', 'small'; got 'cifar'",
    "replace_head('lenet', 2)": "expected a Keras model; got str: pass a functional",
    "add_head(FancyMLP(4), 2)": "expected a built model with one output; got 'fancy_mlp'",
}
WRONG = [(TypeError, TYPE_ERRORS), (ValueError, VALUE_ERRORS)]


@pytest.mark.parametrize(
    ("error", "call", "message"),
    [(error, call, message) for error, calls in WRONG for call, message in calls.items()],
)
def test_wrong_use_ends_in_one_sentence(error: type[Exception], call: str, message: str) -> None:
    known = vars(models) | {"IMAGES": IMAGES, "LENET": keras.Sequential()}
    with pytest.raises(error, match=re.escape(message)) as caught:
        eval(call, known)  # noqa: S307  calls of this file
    assert "\n" not in str(caught.value)


def test_sizes_may_be_lists() -> None:
    assert models.mlp([2, 2], 2, hidden=[2]).output_shape == (None, 2)
    assert models.lenet([28, 28, 1], 2).output_shape == (None, 2)
