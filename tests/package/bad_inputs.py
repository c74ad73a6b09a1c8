"""Bad inputs: what a reader may call by mistake, and what the answer must say.

The code of a call is text in the table; ``test_bad_inputs.py`` runs it in an empty folder
with the files of ``write_files``. The words of an answer are separated by `` | ``: each must be
in its one sentence.
"""

import gzip
import json
from pathlib import Path
from typing import Any

import keras
import numpy as np

import tfnotes
from tfnotes import (  # the tables name them
    costs,
    data,
    devices,
    diagrams,
    distribution,
    doctor,
    histograms,
    models,
    plots,
    scratch,
)
from tfnotes.data.files import FILES

X, Y = np.zeros((8, 4), np.float32), np.arange(8) % 2
IMAGES = np.zeros((1, 4, 4, 1), np.float32)

DATA = {
    'data.load("mnst")': "expected one of | fashion_mnist | got 'mnst'",
    "data.load(3)": "expected one of | got 3",
    'data.describe("")': "expected one of | got ''",
    'data.as_datasets("iris", 0)': "batch size | got 0",
    'data.as_datasets("iris", batch_size=2.5)': "batch size | got 2.5",
    "next(data.batches(X, Y[:3], 2))": "got 8 inputs and 3 labels; cut",
    "next(data.batches(X, Y, 0))": "batch size of 1 or more | got 0",
    "next(data.batches(X, Y, '8'))": "batch size | got '8'",
    "next(data.batches(X[:0], Y[:0], 2))": "expected at least one row",
    "next(data.batches([[1], [1, 2]], [0, 1], 2))": "expected rows of equal lengths | pad them",
    "data.pipeline(X, Y[:3])": "got 8 inputs and 3 labels",
    "data.pipeline(X, Y, -1)": "batch size | got -1",
    "data.pipeline(3, 4)": "expected arrays | got int",
    "data.pipeline(X[:0], Y[:0])": "expected at least one row",
    "data.pipeline(np.array([[1], [1, 2]], object), Y[:2])": "object",
    "data.pipeline(X, None)": "expected arrays | got NoneType",
    'data.images_from_folder("none", (8, 8))': "expected a folder of images at none",
    'data.images_from_folder("text.png", (8, 8))': "expected a folder of images at text.png",
    'data.images_from_folder("empty", (8, 8))': "expected images | subfolders | found none",
    'data.images_from_folder("broken", (8, 8))': "expected an image | a.png | remove it",
    'data.images_from_folder("photos", 28)': "image_size | height and width | got 28",
    'data.images_from_folder("photos", (0, 8))': "image_size | got (0, 8)",
    'data.images_from_folder("photos", (8, 8), color_mode="gray")': "grayscale | got 'gray'",
    'data.images_from_folder("photos", (8, 8), batch_size=0)': "batch size | got 0",
    'data.read_csv("none.csv", "y")': "expected a CSV file at none.csv",
    'data.read_csv("empty", "y")': "expected a CSV file at empty",
    'data.read_csv("a.csv", "z")': "expected a column 'z', found 'x', 'y'",
    'data.read_csv("gaps.csv", "y")': "expected no empty cells, found 1 in 'x'",
    'data.read_csv("void.csv", "y")': "void.csv | expected a table",
    'data.read_csv("text.bin", "y")': "text.bin | expected a table",
    'data.read_csv("ragged.csv", "y")': "ragged.csv | expected a table",
    'data.read_csv("a.csv", "y", missing="skip")': "'error' or 'drop' | got 'skip'",
    "data.split(X, Y[:5], 2)": "got 8 inputs and 5 labels",
    "data.split(X, Y, 0)": "n_test | got 0",
    "data.split(X, Y, 8)": "n_test | 8 rows | got 8",
    "data.split(X, Y, -0.5)": "n_test | got -0.5",
    "data.split(X, Y, 2.5)": "n_test | got 2.5",
    "data.split(X, np.arange(8), 2, stratified=True)": "n_test | every class | only 1 member",
    "data.split(X, Y, 1, stratified=True)": "n_test | every class | got 1",
    "next(data.folds(X, Y[:5]))": "got 8 inputs and 5 labels",
    "next(data.folds(X, Y, 1))": "n_splits | got 1",
    "next(data.folds(X, Y, 9))": "n_splits | 8 rows | got 9",
    "next(data.folds(X, Y, 5, stratified=True))": "n_splits | 4 rows of a class | got 5",
    "next(data.folds(X, 3))": "expected arrays | got int",
    'data.read_idx(b"")': "expected IDX data",
    "data.read_idx(bytes([0, 0, 8, 3, 0]))": "expected IDX data | truncated",
    "data.read_idx(bytes([0, 0, 8, 1, 0, 0, 0, 9, 1]))": "expected 9 values | got 1",
    'data.read_idx("0082")': "expected bytes | got str",
    'data.read_folder("none")': "expected the files of Fashion-MNIST in none",
    'data.read_folder("idx")': "expected the published file | found",
}
DEVICES = {
    'devices.choose("GPU:99")': "expected one of CPU:0 | got 'GPU:99'",
    'devices.choose("")': "expected one of CPU:0 | got ''",
    "devices.choose(0)": "expected one of CPU:0 | got 0",
    'devices.split_device("CPU", 0)': "at least 1 part | got 0 parts",
    'devices.split_device("CPU:9", 2)': "expected one of CPU:0 | got 'CPU:9'",
    'devices.split_device("CPU", 2)': "before TensorFlow starts its devices | restart Python",
    'devices.set_memory_limit(512, "CPU:0")': "expected a GPU; got 'CPU:0'",
    'devices.set_memory_limit(0, "CPU:0")': "at least 1 MiB | got 1 parts",
    'devices.total_memory("GPU:99")': "expected one of CPU:0 | got 'GPU:99'",
    'devices.set_precision("float16")': "expected one of float32 | got 'float16'",
    "devices.set_precision(16)": "expected one of float32 | got 16",
    'devices.precision_advice("float16")': "expected one of float32 | got 'float16'",
    "devices.set_seeds(-1)": "from 0 to 2**32 - 1; got -1",
    "devices.set_seeds(1.5)": "expected an integer | got 1.5",
    'devices.set_seeds("7")': "expected an integer | got '7'",
    "devices.best_times(dict, repeats=0)": "at least one repeat, got 0",
    "devices.best_times(3)": "expected functions | got 3",
}
DISTRIBUTION = {
    "distribution.tf_config([], 0)": "expected at least one worker",
    'distribution.tf_config(["a:1"], 1)': "expected an index from 0 to 0 | got 1",
    'distribution.tf_config(["a:1"], -1)': "expected an index from 0 to 0 | got -1",
    'distribution.tf_config("a:1", 0)': "expected a list of host:port | got 'a:1'",
    'distribution.tf_config(["a"], 0)': "expected a list of host:port | got ['a']",
    'distribution.launch("none.py")': "expected a script at none.py, found no such file",
    'distribution.launch("empty")': "expected a script at empty",
    'distribution.launch("a.py", n_workers=0)': "expected 1 worker or more, got 0",
    'distribution.launch("a.py", restarts=-1)': "0 restarts or more, got -1",
    'distribution.launch("a.py", "--epochs 5")': "expected a list of arguments | got '--epochs 5'",
    'distribution.launch("a.py", logs="text.png")': "expected a folder for the logs | text.png",
}
DOCTOR = {
    'doctor.examine("old.txt")': "expected a file that ends in .py or .ipynb, got old.txt",
    'doctor.examine("none.py")': "expected a file at none.py, found none",
    'doctor.examine("empty")': "expected a file that ends in .py or .ipynb, got empty",
    'doctor.examine("bad.ipynb")': "bad.ipynb: expected a notebook",
    'doctor.examine("list.ipynb")': "list.ipynb: expected a notebook",
    'doctor.examine("latin.py")': "latin.py: expected text in UTF-8",
    "doctor.examine_source(3)": "expected Python code as text, got int",
    'doctor.examine_source(b"x = 1")': "expected Python code as text, got bytes",
}
SCRATCH = {
    'scratch.pad(IMAGES, (3, 3), 1, "full")': "expected 'valid' or 'same'; got 'full'",
    "scratch.pad(IMAGES[0], (3, 3), 1, 'same')": "(batch, height, width, channels) | (4, 4, 1)",
    "scratch.conv2d(IMAGES, np.ones((5, 5, 1, 2)))": "a size of (1, 1) to (4, 4) | got (5, 5)",
    "scratch.conv2d(IMAGES, np.ones((3, 3, 2, 2)))": "images of 1 channels, got (3, 3, 2, 2)",
    "scratch.conv2d(IMAGES, np.ones((3, 3, 1, 2)), stride=0)": "stride of 1 or more | the stride 0",
    "scratch.max_pool(IMAGES, 5)": "(1, 1) to (4, 4) | got (5, 5)",
    "scratch.average_pool(IMAGES, 0)": "got (0, 0)",
    "scratch.max_pool(IMAGES[0])": "(batch, height, width, channels) | (4, 4, 1)",
    "scratch.dropout(X, 1.0, np.random.default_rng(0))": "expected a rate from 0 to below 1",
    "scratch.dropout(X, -0.1, np.random.default_rng(0))": "expected a rate from 0 to below 1",
    "scratch.linear_regression(X, X, np.random.default_rng(0))": "targets of shape (8,) | (8, 4)",
    "scratch.linear_regression(X, X[:, 0], None, batch_size=0)": "batch_size | got 0",
    "scratch.cross_entropy(X, np.full(8, 4))": "labels from 0 to 3 | got 4",
    "scratch.cross_entropy(X, np.full(8, -1))": "labels from 0 to 3 | got -1",
    "scratch.cross_entropy(X, np.zeros((8, 4)))": "one label per row | got (8, 4)",
    "scratch.cross_entropy(X, np.zeros(8))": "integer labels | got float64",
}
HISTOGRAMS = {
    "histograms.weight_histograms(keras.Sequential())": "expected a model with weights",
    "histograms.weight_histograms(3)": "expected a Keras model | got int",
    "histograms.activation_histograms(3, X)": "expected a Keras model | got int",
}
# Below: modules that other branches rewrite.
MODELS = {
    "models.mlp(28, 10)": "input_shape | got 28",
    "models.mlp((28, 28), 0)": "n_outputs | got 0",
    "models.mlp((28, 28), 2.5)": "n_outputs | got 2.5",
    'models.mlp((28, 28), 10, activation="reluu")': "activation | reluu",
    "models.mlp((28, 28), 10, dropout=1.5)": "dropout | 1.5",
    "models.mlp((28, 28), 10, hidden=(0,))": "0",
    "models.lenet((4, 4, 1), 10)": "expected | 4 x 4",
    "models.lenet((28, 28), 10)": "expected | (28, 28)",
    "models.vgg((2, 2, 1), 10)": "expected | 2 x 2",
    'models.resnet18((32, 32, 3), 10, stem="cifar")': "stem | 'small' | 'cifar'",
    "models.text_classifier(0, 2)": "vocabulary_size | got 0",
    'models.text_classifier(9, 2, cell="grru")': "cell | 'gru' | 'grru'",
    "models.sequence_regressor((None,), 1)": "input_shape | (None,)",
    "models.wide_and_deep((0, 5), 1)": "n_features | (0, 5)",
    "models.multi_output_cnn((28, 28, 1), {})": "n_outputs | {}",
    "models.replace_head(network(), 0)": "n_outputs | got 0",
    "models.add_head(3, 10)": "expected a Keras model | got int",
}
PLOTS = {
    "plots.learning_curves({})": "expected | loss",
    "plots.learning_curves(3)": "expected | got int",
    'plots.learning_curves({"loss": []})': "expected | epoch",
    'plots.image_grid(IMAGES, ["a", "b"])': "expected | 1 | 2",
    'plots.image_grid(X[0], ["a"])': "expected | (4,)",
    'plots.image_grid(IMAGES, ["a"], columns=0)': "columns | got 0",
    'plots.confusion_heatmap(Y, Y[:3], "ab")': "expected | 8 | 3",
    'plots.confusion_heatmap(Y, Y + 9, "ab")': "expected | 9",
    'plots.confusion_matrix(Y, Y, "ab")': "confusion_heatmap",
    "plots.decision_boundary(None, X[:, :2], Y)": "expected | NoneType",
    "plots.decision_boundary(np.sum, X, Y)": "expected | (8, 4)",
    "costs.layer_costs(3)": "expected | got int",
    "costs.layer_costs(subclassed())": "expected | built",
    "costs.cost_bars([])": "expected at least one",
    "diagrams.model_diagram(3)": "expected | got int",
    "diagrams.expression_graph(lambda a: a, a='b')": "expected | 'b'",
}
TRAINING = {
    "train(x=X, y=X[:, :2] * np.nan, loss='mse')": "nan",
    "train(x=X, y=Y[:5])": "8 | 5",
    "train(x=X[:0], y=Y[:0])": "at least one",
    "train(x=X, y=Y, loss=None)": "loss",
    "tfnotes.train(network(), X, Y)": "compile",
    "train(x=X.tolist(), y=Y.tolist())": "list",
    "train(x=X.astype(str), y=Y)": "str",
    "train(x=X.astype(object), y=Y)": "object",
    "train(x=endless())": "endless",
    "train(x=endless(targets=False).take(2))": "targets",
    "train(x=X, y=Y + 9)": "9 | [0, 2)",
    "train(x=X[:, :3], y=Y)": "3",
    "train(x=X, y=X, loss='mse')": "4 | 2",
    "train(x=X, y=Y, batch_size=0)": "batch_size | 0",
    "train(x=X, y=Y, epochs=-1)": "epochs | -1",
    "train(x=X, y=Y, optimizer='adamm')": "optimizer | adamm",
    "train(x=X, y=Y, metrics=['acurracy'])": "metric | acurracy",
    "train(x=X, y=Y, checkpoint='text.png')": "text.png | folder",
    "train(x=X, y=Y, validation_data=(X, Y[:3]))": "8 | 3",
    "tfnotes.training.evaluate(compiled(), X, Y[:3])": "8 | 3",
}
CALLS = DATA | DEVICES | DISTRIBUTION | DOCTOR | SCRATCH | HISTOGRAMS
ELSEWHERE = MODELS | PLOTS | TRAINING


def network() -> keras.Model:
    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])


def compiled(**settings: Any) -> keras.Model:
    model = network()
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(**{"optimizer": "sgd", "loss": loss, **settings})
    return model


def subclassed() -> keras.Model:
    return type("Own", (keras.Model,), {"call": lambda _, x: x})()


def train(**given: Any) -> None:
    """Train a network; what ``compile`` takes goes there."""
    settings = {k: given.pop(k) for k in ("optimizer", "loss", "metrics") if k in given}
    tfnotes.train(compiled(**settings), verbose=0, **given)


def endless(targets: bool = True) -> Any:
    import tensorflow as tf

    rows = tf.data.Dataset.from_tensor_slices((X, Y) if targets else X)
    return rows.batch(4).repeat()


def run(code: str) -> Any:
    """Run the code of a call of the tables."""
    return eval(code)  # noqa: S307  the tables hold it


def _model(file: Path, inputs: list[Any], outputs: Any) -> None:
    keras.Model(inputs if len(inputs) > 1 else inputs[0], outputs).save(file)


def write_files(folder: Path) -> None:
    """Write the files and folders that the tables name."""
    from PIL import Image

    for name in ("empty", "named", "old", "cut", "idx", "broken/a", "photos/a"):
        (folder / name).mkdir(parents=True)
    texts = {
        "text.png": "no image",
        "a.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
        "void.csv": "",
        "void.keras": "",
        "a.csv": "x,y\n1,2\n",
        "gaps.csv": "x,y\n1,2\n,3\n",
        "ragged.csv": "x,y\n1,2\n1,2,3,4\n",
        "a.py": "print('a worker')\n",
        "old.txt": "",
        "bad.ipynb": "{",
        "list.ipynb": "[]",
        "broken/a/a.png": "no image",
        "cut/settings.json": '{"model": ',
        "old/settings.json": json.dumps({"model": "lenet"}),
        "named/classes.txt": "a\nb\nc\n",
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "latin.py").write_bytes("x = 'é'".encode("latin-1"))
    (folder / "text.bin").write_bytes(bytes(range(128, 256)))
    for name in FILES:
        (folder / "idx" / name).write_bytes(gzip.compress(b"\x00\x00\x08\x01\x00\x00\x00\x00"))
    noise = np.random.default_rng(0).integers(0, 256, (64, 64), np.uint8)
    for name in ("good.png", "photos/a/a.png", "cut.png"):
        Image.fromarray(noise).save(folder / name)
    whole = (folder / "cut.png").read_bytes()
    (folder / "cut.png").write_bytes(whole[: len(whole) // 2])
    image, row = keras.Input((8, 8)), keras.Input((4,))
    flat, other = keras.layers.Flatten()(image), keras.Input((8, 8))
    _model(folder / "good.keras", [image], keras.layers.Dense(2)(flat))
    _model(folder / "named/good.keras", [image], keras.layers.Dense(2)(flat))
    _model(folder / "one.keras", [image], keras.layers.Dense(1)(flat))
    _model(folder / "map.keras", [image], keras.layers.Rescaling(2.0)(image))
    _model(folder / "row.keras", [row], keras.layers.Dense(2)(row))
    both = keras.layers.Add()([image, other])
    _model(folder / "two.keras", [image, other], keras.layers.Flatten()(both))


USED = (costs, data, devices, diagrams, distribution, doctor, histograms, models, plots, scratch)
