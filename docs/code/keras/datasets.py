# The code of the lesson keras/datasets.

# --8<-- [start:catalog]
from tfnotes.data import describe, names

for name in names():
    about = describe(name)
    place = "at hand" if about.at_hand else "download"
    shape = str(about.input_shape)
    print(f"{name:18} {shape:13} {about.n_train:6} {about.n_test:6} {place}")
# -> fashion_mnist_6k   (28, 28)        5000   1000 at hand
# -> mnist_5k           (28, 28)        4000   1000 at hand
# -> digits             (8, 8)          1437    360 at hand
# -> iris               (4,)             120     30 at hand
# -> wine               (13,)            142     36 at hand
# -> breast_cancer      (30,)            455    114 at hand
# -> diabetes           (10,)            353     89 at hand
# -> boston             (13,)            404    102 at hand
# -> photographs        (427, 640, 3)      2      0 at hand
# -> mnist              (28, 28)       60000  10000 download
# -> fashion_mnist      (28, 28)       60000  10000 download
# -> cifar10            (32, 32, 3)    50000  10000 download
# -> cifar100           (32, 32, 3)    50000  10000 download
# -> imdb               (None,)        25000  25000 download
# -> reuters            (None,)         8982   2246 download
# -> california_housing (8,)           16512   4128 download
# -> boston_housing     (13,)            404    102 download
# --8<-- [end:catalog]

# --8<-- [start:first-rows]
from tfnotes.data import load

first_rows = {}
for name in names(at_hand=True):
    (x, y), _ = load(name)
    if x.ndim == 2:  # a table: each column in its own standard deviations
        x = (x - x.mean(axis=0)) / x.std(axis=0)
    classes = describe(name).class_names
    label = f"class {classes[y[0]]!r}" if classes else f"target {y[0]:.1f}"
    first_rows[name] = x[0], label
    print(f"{name:17} {x.dtype!s:7} {label}")
# -> fashion_mnist_6k  uint8   class 'T-shirt'
# -> mnist_5k          uint8   class '6'
# -> digits            uint8   class '3'
# -> iris              float32 class 'setosa'
# -> wine              float32 class 'class_1'
# -> breast_cancer     float32 class 'malignant'
# -> diabetes          float32 target 85.0
# -> boston            float32 target 26.7
# -> photographs       uint8   class 'china'
# --8<-- [end:first-rows]

# --8<-- [start:samples]
import matplotlib.pyplot as plt

figure, panels = plt.subplots(3, 3, figsize=(7.2, 6.2))
for (name, (row, label)), panel in zip(
    first_rows.items(), panels.flat, strict=True
):
    if row.ndim == 1:
        panel.bar(range(len(row)), row)
        panel.axhline(0, color="dimgray", linewidth=1)
        panel.set(xticks=[], xlabel=f"{len(row)} columns, in std")
    else:
        panel.imshow(row[::4, ::4] if len(row) > 28 else row, cmap="gray")
        panel.set(xticks=[], yticks=[], xlabel=" x ".join(map(str, row.shape)))
        panel.grid(visible=False)
    panel.set_title(f"{name}\n{label}", fontsize=10)
figure.suptitle("A sample is a grid of pixels or a row of numbers")
plt.show()
# --8<-- [end:samples]

# --8<-- [start:no-network]
import os
import subprocess
import sys
import tempfile

folder = tempfile.TemporaryDirectory()
environment = os.environ | {
    "KERAS_HOME": "empty",
    "https_proxy": "http://127.0.0.1:9",  # nobody listens: no network
    "no_proxy": "",
}
program = """
from tfnotes.data import load
from tfnotes.errors import printed_errors
for name in ("mnist", "cifar10"):
    with printed_errors():
        load(name)
"""
# --8<-- [end:no-network]

# --8<-- [start:offline]
said = subprocess.check_output(
    [sys.executable, "-c", program],
    env=environment,
    cwd=folder.name,
    stderr=subprocess.DEVNULL,
    text=True,
)
print(said, end="")
# -> Downloading data from
#    https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz
# -> DataNotFoundError: mnist is not on this machine and cannot be downloaded
#    (URL fetch failure on
#    https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz: None
#    -- [Errno 111] Connection refused); put mnist.npz into empty/datasets, or
#    use load('mnist_5k')
# -> Downloading data from
#    https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz
# -> DataNotFoundError: cifar10 is not on this machine and cannot be downloaded
#    (URL fetch failure on
#    https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz: None -- [Errno
#    111] Connection refused); put cifar-10-python.tar.gz as
#    cifar-10-batches-py-target_archive into empty/datasets, or use
#    load('fashion_mnist_6k')
# --8<-- [end:offline]

# --8<-- [start:kept]
import hashlib
from pathlib import Path

import keras

keras.utils.disable_interactive_logging()  # no progress bars
published = Path(folder.name, "published.txt")
published.write_bytes(b"the whole file")
sha256 = hashlib.sha256(published.read_bytes()).hexdigest()


def fetch(file_hash):
    return keras.utils.get_file(
        "kept.txt",
        published.as_uri(),
        file_hash=file_hash,
        cache_dir=folder.name,
    )


kept = Path(fetch(sha256))
print(kept.relative_to(folder.name).as_posix())
# -> datasets/kept.txt
# --8<-- [end:kept]

# --8<-- [start:checked]
kept.write_bytes(b"the wh")  # as a killed download leaves it
print(Path(fetch(None)).read_bytes())
# -> b'the wh'
print(Path(fetch(sha256)).read_bytes())
# -> b'the whole file'
# --8<-- [end:checked]

# --8<-- [start:boston-removed]
import inspect

import sklearn.datasets

from tfnotes.errors import printed_errors

with printed_errors():
    sklearn.datasets.load_boston()
# -> ImportError: `load_boston` has been removed from scikit-learn since version
#    1.2.
print(describe("boston").note)
# -> its column B is made from the share of Black inhabitants and assumes that
#    segregation moves the price of a house: prefer california_housing
california = keras.datasets.california_housing.load_data
print(inspect.signature(california))
# -> (version='large', path='california_housing.npz', test_split=0.2, seed=113)
# --8<-- [end:boston-removed]

# --8<-- [start:column-b]
import numpy as np

share = np.linspace(0, 1, 101)  # of Black inhabitants in a town
b = 1000 * (share - 0.63) ** 2
twins = 0.63 - np.sqrt(0.1), 0.63 + np.sqrt(0.1)  # where b is 100
plt.figure(figsize=(7.2, 3.2))
plt.plot(share, b, label=r"$B = 1000\,(s - 0.63)^2$")
plt.axhline(100, color="dimgray", linestyle="--", label="$B = 100$")
plt.plot(twins, [100, 100], "o")
plt.text(twins[0] - 0.02, 60, f"s = {twins[0]:.2f}", ha="right")
plt.text(twins[1] + 0.01, 60, f"s = {twins[1]:.2f}")
plt.xlabel("share s of Black inhabitants in a town")
plt.ylabel("column B")
plt.title("One B, two towns: s cannot be computed back")
plt.legend()
plt.show()
# --8<-- [end:column-b]

# --8<-- [start:no-channel]
(x_train, y_train), (x_test, y_test) = load("fashion_mnist_6k")
pictures = x_train[:2].astype("float32") / 255  # (2, 28, 28)
convolution = keras.layers.Conv2D(filters=4, kernel_size=3)
with printed_errors():
    convolution(pictures)
# -> ValueError: Input 0 with name 'None' of layer 'conv2d' is incompatible with
#    the layer: expected min_ndim=4, found ndim=3. Full shape received: (2, 28,
#    28)
print(convolution(pictures[..., None]).shape)  # (2, 28, 28, 1) goes in
# -> (2, 26, 26, 4)
# --8<-- [end:no-channel]

# --8<-- [start:column-labels]
predicted = y_test.copy()  # (1000,): every one is right
column = y_test.reshape(-1, 1)  # (1000, 1): the shape of CIFAR's labels
right = predicted == column
print(right.shape, right.mean().round(2))
# -> (1000, 1000) 0.1
print((predicted == column.reshape(-1)).mean())
# -> 1.0
# --8<-- [end:column-labels]

# --8<-- [start:word-codes]
from unittest import mock

words = ["the", "film", "was", "good", "very", "dull"]  # ranks 1, 2, 3, ...
reviews = np.array([[1, 2, 3, 5, 4], [3, 6]], object)  # ranks, as in the file
parts = dict.fromkeys(("x_train", "x_test"), reviews)
parts |= dict.fromkeys(("y_train", "y_test"), np.array([1, 0]))
tiny = Path(folder.name, "tiny.npz")
np.savez(tiny, **parts)
load_imdb = keras.datasets.imdb.load_data
# in place of the download: the loader's own get_file names the tiny file
with mock.patch.dict(load_imdb.__globals__, get_file=lambda **_: tiny):
    (x, y), _ = load_imdb()
    (cut, _), _ = load_imdb(num_words=8)
good = x[y.argmax()]  # the rows were shuffled
print(good, cut[y.argmax()])
# -> [1, 4, 5, 6, 8, 7] [1, 4, 5, 6, 2, 7]
# --8<-- [end:word-codes]

# --8<-- [start:decode]
as_ranks = dict(enumerate(words, start=1))
as_codes = dict(enumerate(["(start)", "(rare)", "(unused)", *words], start=1))
print(*(as_ranks.get(code, "?") for code in good))
# -> the good very dull ? ?
print(*(as_codes[code] for code in good))
# -> (start) the film was very good
# --8<-- [end:decode]


# --8<-- [start:pickle]
class Planted:
    def __reduce__(self):  # what to call when the file is read
        return print, ("this line was printed by the file",)


harmful = Path(folder.name, "harmful.npz")
np.savez(harmful, x_train=np.array([Planted()], object))
with printed_errors(), np.load(harmful) as arrays:
    arrays["x_train"]
# -> ValueError: Object arrays cannot be loaded when allow_pickle=False
with np.load(harmful, allow_pickle=True) as arrays:
    arrays["x_train"]
# -> this line was printed by the file
with (
    printed_errors(),
    mock.patch.dict(load_imdb.__globals__, get_file=lambda **_: harmful),
):
    load_imdb()
# -> UnpicklingError: Refusing to deserialize `builtins.print` while loading a
#    Keras dataset. The file may be corrupted or malicious.
# --8<-- [end:pickle]

# --8<-- [start:answer-memory]
for name in ("mnist", "cifar10"):
    about = describe(name)
    mb = about.n_train * np.prod(about.input_shape) / 1e6  # one byte each
    print(f"{name:8} {mb:4.0f} MB, as float32 {4 * mb:4.0f} MB")
# -> mnist      47 MB, as float32  188 MB
# -> cifar10   154 MB, as float32  614 MB
# --8<-- [end:answer-memory]

# --8<-- [start:answer-unchecked]
for name in names(at_hand=False):
    source = inspect.getsource(getattr(keras.datasets, name).load_data)
    if "file_hash" not in source:
        print(name)
# -> fashion_mnist
# --8<-- [end:answer-unchecked]

# --8<-- [start:answer-ranks]
with mock.patch.dict(load_imdb.__globals__, get_file=lambda **_: tiny):
    (x, _), _ = load_imdb(start_char=None, index_from=0)
for row in x:
    print(row, *(as_ranks[code] for code in row))
# -> [1, 2, 3, 5, 4] the film was very good
# -> [3, 2] was film
# --8<-- [end:answer-ranks]
