# The code of the lesson keras/input-pipelines: its pages show it by section.

# --8<-- [start:slices]
import keras
import tensorflow as tf

from tfnotes.data import load

keras.utils.set_random_seed(0)
Dataset = tf.data.Dataset
(x, y), (x_test, y_test) = load("fashion_mnist_6k")  # x: uint8 (5000, 28, 28)
data = Dataset.from_tensor_slices((x, y))
print(len(data), data.element_spec[0].shape, data.element_spec[0].dtype.name)
# -> 5000 (28, 28) uint8
picture, label = next(iter(data))
print(picture.shape, label.numpy())
# -> (28, 28) 0
# --8<-- [end:slices]


# --8<-- [start:steps]
def scale(x, y):
    return tf.cast(x, tf.float32) / 255, y


train = (
    data.shuffle(5000, seed=1)  # buffer: all 5,000 pictures
    .batch(64)
    .map(scale, num_parallel_calls=tf.data.AUTOTUNE)  # 64 pictures a call
    .prefetch(tf.data.AUTOTUNE)
)
print(len(train), train.element_spec[0].shape, train.element_spec[0].dtype.name)
# -> 79 (None, 28, 28) float32
for _, labels in train.take(2):
    print(labels[:12].numpy())
# -> [4 8 1 4 5 9 4 9 5 2 4 6]
# -> [9 2 5 5 9 7 6 6 6 2 7 5]
# --8<-- [end:steps]

# --8<-- [start:fit]
layers = [keras.layers.Flatten(), keras.layers.Dense(10, activation="softmax")]
model = keras.Sequential([keras.Input((28, 28)), *layers])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
test = Dataset.from_tensor_slices((x_test, y_test)).batch(500).map(scale)
history = model.fit(
    train, epochs=2, validation_data=test, shuffle=False, verbose=0
)
print("steps an epoch", history.params["steps"])
# -> steps an epoch 79
print([round(a, 2) for a in history.history["val_accuracy"]])
# -> [0.69, 0.74]
# --8<-- [end:fit]


# --8<-- [start:window]
def values(data):
    return [value.tolist() for value in data.as_numpy_iterator()]


shuffled = Dataset.range(10).shuffle(3, seed=1)
for _ in range(2):  # a new order for each epoch
    print(values(shuffled))
# -> [2, 3, 0, 5, 4, 1, 6, 7, 8, 9]
# -> [2, 0, 3, 5, 6, 1, 8, 4, 9, 7]
for size in (10, 100, 300):
    out = values(Dataset.range(300).shuffle(size, seed=1))
    early = max(came - left for left, came in enumerate(out))
    print(f"buffer {size:3}: at most {early:3} places earlier")
# -> buffer  10: at most   9 places earlier
# -> buffer 100: at most  99 places earlier
# -> buffer 300: at most 280 places earlier
# --8<-- [end:window]

# --8<-- [start:travel]
import matplotlib.pyplot as plt

figure, panels = plt.subplots(1, 3, sharey=True)
for panel, size in zip(panels, (10, 100, 300), strict=True):
    out = values(Dataset.range(300).shuffle(size, seed=1))
    panel.plot(out, range(300), "o", markersize=2)
    limit = [0, 300 - size]
    panel.plot([size - 1, 299], limit, "--", color="C1", label="earliest")
    panel.set(xlabel="place before", title=f"buffer {size}")
    panel.set_xticks((0, 150, 300))
panels[0].set_ylabel("place after the shuffle")
panels[0].legend()
title = "A small buffer leaves the order nearly as it was"
figure.suptitle(title, weight="bold")
plt.show()
# --8<-- [end:travel]

# --8<-- [start:sorted]
in_order = Dataset.from_tensor_slices(sorted(y.tolist()))  # 500 of each class
for size in (100, 1000, 5000):
    first = next(iter(in_order.shuffle(size, seed=1).batch(64)))
    print(f"buffer {size:4}: first batch {sorted(set(first.numpy().tolist()))}")
# -> buffer  100: first batch [0]
# -> buffer 1000: first batch [0, 1]
# -> buffer 5000: first batch [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
# --8<-- [end:sorted]

# --8<-- [start:calls]
calls = []


def decode(number):
    calls.append(number)
    return 10 * number


decoded = Dataset.range(100).map(
    lambda number: tf.numpy_function(decode, [number], tf.int64)
)
for chain in (decoded.shuffle(100), decoded.cache().shuffle(100)):
    calls.clear()
    for _ in range(3):  # three epochs
        values(chain)
    print(len(calls), "calls")
# -> 300 calls
# -> 100 calls
# --8<-- [end:calls]

# --8<-- [start:order]
from tfnotes.diagrams import arrow, frame

rows = {
    2.1: ("dimgray", ("files", "map", "cache"), ("read", "decode", "keep")),
    0.5: (
        "C0",
        ("shuffle", "batch", "map", "prefetch"),
        ("new order", "64 rows", "random, scale", "work ahead"),
    ),
}
for low, (color, titles, texts) in rows.items():
    for k, (title, text) in enumerate(zip(titles, texts, strict=True)):
        frame((1.9 * k, low), (1.5, 0.75), color, title, text)
        if k:
            arrow((1.9 * k - 0.4, low + 0.375), (1.9 * k, low + 0.375))
arrow((3.9, 2.1), (1.3, 1.25))
plt.text(5.6, 2.475, "in the first\nepoch only", size=11, va="center")
plt.text(7.2, 1.4, "in every epoch", size=11, ha="right")
plt.axis([-0.05, 7.25, 0.4, 2.95])
plt.axis("off")
plt.title("What stands before the cache runs once")
plt.show()
# --8<-- [end:order]

# --8<-- [start:moments]
import functools
import time

from tfnotes.devices import best_times, machine

moments = []  # lane, start, end


def work(lane, number):
    start = time.perf_counter()
    time.sleep(0.02)  # stands for 20 ms of reading, or of training
    moments.append((lane, start, time.perf_counter()))
    return number


prepare = functools.partial(work, "prepare")
prepared = Dataset.range(6).map(
    lambda number: tf.numpy_function(prepare, [number], tf.int64)
)
# --8<-- [end:moments]

# --8<-- [start:chains]
alone = tf.data.Options()
alone.experimental_optimization.inject_prefetch = False
chains = {
    "no prefetch at all (inject_prefetch off)": prepared.with_options(alone),
    "nothing written: TensorFlow adds a prefetch": prepared,
    "prefetch(1) written": prepared.prefetch(1),
}
# --8<-- [end:chains]

# --8<-- [start:overlap]
figure, panels = plt.subplots(3, 1, sharex=True, figsize=(7.2, 5))
for panel, (name, chain) in zip(panels, chains.items(), strict=True):
    moments.clear()
    for number in chain:
        work("train", number)
    begin = min(start for _, start, _ in moments)
    for lane, color in (("train", "C0"), ("prepare", "C1")):
        for start, end in [m[1:] for m in moments if m[0] == lane]:
            left, width = 1000 * (start - begin), 1000 * (end - start)
            panel.barh(lane, width, left=left, color=color, edgecolor="white")
    panel.set_title(name, size=10.5, weight="normal")
    panel.grid(False)
panels[2].set_xlabel("ms, measured")
title = f"prefetch prepares while the model trains\n{machine()}"
figure.suptitle(title, weight="bold")
plt.show()
# --8<-- [end:overlap]

# --8<-- [start:pictures]
import tempfile
from pathlib import Path

import numpy as np

from tfnotes.data import describe

temporary = tempfile.TemporaryDirectory()  # a folder that goes at the end
folder = Path(temporary.name)
names = describe("fashion_mnist_6k").class_names
for row in range(960):
    kind = folder / "clothes" / names[y[row]]
    kind.mkdir(parents=True, exist_ok=True)
    png = tf.io.encode_png(x[row][..., np.newaxis])  # (28, 28, 1)
    tf.io.write_file(f"{kind}/{row:03}.png", png)
# --8<-- [end:pictures]

# --8<-- [start:folder]
pictures = keras.utils.image_dataset_from_directory(
    folder / "clothes",
    image_size=(28, 28),
    color_mode="grayscale",
    batch_size=32,
    shuffle=False,
    verbose=False,
)
print(pictures.class_names[:3], "not", list(names[:3]))
# -> ['Ankle boot', 'Bag', 'Coat'] not ['T-shirt', 'Trouser', 'Pullover']
print(pictures.element_spec[0].shape, pictures.element_spec[0].dtype.name)
# -> (None, 28, 28, 1) float32
read = np.concatenate([pixels for pixels, _ in pictures])[..., 0]
rows = [int(Path(path).stem) for path in pictures.file_paths]
print(read.max(), np.array_equal(read, x[rows]))
# -> 255.0 True
# --8<-- [end:folder]

# --8<-- [start:csv]
import pandas as pd

(table, species), _ = load("iris")  # float32 (120, 4)
columns = ["sepal_length", "sepal_width", "petal_length", "petal_width"]
sheet = pd.DataFrame(table, columns=columns).assign(species=species)
sheet.to_csv(folder / "iris.csv", index=False)
batches = tf.data.experimental.make_csv_dataset(
    f"{folder}/iris.csv",
    batch_size=32,
    label_name="species",
    num_epochs=1,  # None, the default, repeats for ever
    shuffle=False,
)
for measures, kinds in batches.take(1):
    print(list(measures))
    print(measures["petal_width"].shape, kinds[:8].numpy())
# -> ['sepal_length', 'sepal_width', 'petal_length', 'petal_width']
# -> (32,) [0 0 0 0 1 0 2 2]
# --8<-- [end:csv]


# --8<-- [start:stack]
def stack(measures, kinds):
    return tf.stack(list(measures.values()), axis=1), kinds


read = np.concatenate([rows for rows, _ in batches.map(stack)])
print(read.shape, np.array_equal(read, table))
# -> (120, 4) True
whole = pd.read_csv(folder / "iris.csv", dtype="float32")  # (120, 5)
print(np.array_equal(whole[columns], table))
# -> True
# --8<-- [end:stack]


# --8<-- [start:write-records]
def example(picture, label):
    pixels = tf.train.BytesList(value=[picture.tobytes()])
    number = tf.train.Int64List(value=[label])
    feature = {
        "picture": tf.train.Feature(bytes_list=pixels),
        "label": tf.train.Feature(int64_list=number),
    }
    return tf.train.Example(features=tf.train.Features(feature=feature))


with tf.io.TFRecordWriter(f"{folder}/clothes.tfrecord") as file:
    for picture, label in zip(x, y, strict=True):
        file.write(example(picture, label).SerializeToString())
n_bytes = (folder / "clothes.tfrecord").stat().st_size
print(n_bytes // len(x), "bytes a picture, of them pixels", x[0].nbytes)
# -> 840 bytes a picture, of them pixels 784
# --8<-- [end:write-records]

# --8<-- [start:read-records]
layout = {
    "picture": tf.io.FixedLenFeature((), tf.string),
    "label": tf.io.FixedLenFeature((), tf.int64),
}


def parse(records):  # (batch,) of bytes
    found = tf.io.parse_example(records, layout)
    pixels = tf.io.decode_raw(found["picture"], tf.uint8)  # (batch, 784)
    return tf.reshape(pixels, (-1, 28, 28)), found["label"]


records = tf.data.TFRecordDataset(f"{folder}/clothes.tfrecord")
parts = list(records.batch(500).map(parse))
print(np.array_equal(np.concatenate([pixels for pixels, _ in parts]), x))
# -> True
print(np.array_equal(np.concatenate([labels for _, labels in parts]), y))
# -> True
# --8<-- [end:read-records]


# --8<-- [start:ways]
from tfnotes.data import images_from_folder, pipeline

few = x[:960], y[:960]  # 30 batches of 32, the same in every way


def one_by_one():
    for picture, label in zip(*few, strict=True):
        yield picture / np.float32(255), label


picture, label = tf.TensorSpec((28, 28)), tf.TensorSpec((), tf.uint8)
generated = Dataset.from_generator(
    one_by_one, output_signature=(picture, label)
)
slices = Dataset.from_tensor_slices(few).shuffle(960)
place = folder / "clothes"
gray = {"image_size": (28, 28), "color_mode": "grayscale"}
# --8<-- [end:ways]

# --8<-- [start:speed]
ways = {
    "Python generator": generated.shuffle(960).batch(32),
    "PNG files": images_from_folder(place, **gray)[0],
    "map, then batch": slices.map(scale).batch(32),
    "PNG files, cached": images_from_folder(place, **gray, cache=True)[0],
    "batch, then map": slices.batch(32).map(scale),
    "tfnotes pipeline": pipeline(*few, 32, map_batch=scale),
}
passes = [functools.partial(list, data) for data in ways.values()]
times = [1000 * t / 30 for t in best_times(*passes, repeats=5)]
bars = plt.barh(list(ways), times, color="C0")
plt.bar_label(bars, fmt="%.2f", padding=3)
plt.gca().invert_yaxis()
plt.margins(x=0.1)
plt.grid(False)
plt.xlabel("ms a batch of 32 pictures, best of five runs")
plt.title(f"Work on whole batches, and keep what is decoded\n{machine()}")
plt.show()
# --8<-- [end:speed]

# --8<-- [start:typo]
import difflib

from tfnotes.errors import printed_errors

with printed_errors():
    Dataset.from_tensor_silces((x, y))
# -> AttributeError: type object 'DatasetV2' has no attribute
#    'from_tensor_silces'
print(difflib.get_close_matches("from_tensor_silces", dir(Dataset), n=1))
# -> ['from_tensor_slices']
# --8<-- [end:typo]

# --8<-- [start:image-generator]
with printed_errors():
    keras.preprocessing.image.ImageDataGenerator(rescale=1 / 255)
# -> AttributeError: module 'keras.preprocessing.image' has no attribute
#    'ImageDataGenerator'
old = tf.keras.preprocessing.image.ImageDataGenerator
print(old.__module__, old.__doc__.split()[0])
# -> keras.src.legacy.preprocessing.image DEPRECATED.
# --8<-- [end:image-generator]

# --8<-- [start:batches-shuffled]
rows = Dataset.range(12)
print(values(rows.batch(3).shuffle(12, seed=1)))
# -> [[3, 4, 5], [9, 10, 11], [6, 7, 8], [0, 1, 2]]
print(values(rows.shuffle(12, seed=1).batch(3)))
# -> [[5, 0, 4], [11, 8, 6], [1, 9, 2], [10, 7, 3]]
# --8<-- [end:batches-shuffled]


# --8<-- [start:frozen]
with tf.device("CPU"):  # where tf.data works
    generator = tf.random.Generator.from_seed(1)


def jitter(number):  # stands for a random flip or crop
    return number + generator.uniform((), 0, 100, tf.int64)


def seeded(number):
    return number + tf.random.uniform((), 0, 100, tf.int64, seed=1)


zeros = Dataset.from_tensors(tf.constant(0, tf.int64)).repeat(4)
chains = {
    "jitter, cache": zeros.map(jitter).cache(),
    "cache, jitter": zeros.cache().map(jitter),
    "cache, seeded": zeros.cache().map(seeded),
    "shuffle, cache": Dataset.range(4).shuffle(4, seed=1).cache(),
}
for name, chain in chains.items():  # two epochs each
    print(name, values(chain), values(chain))
# -> jitter, cache [68, 7, 3, 51] [68, 7, 3, 51]
# -> cache, jitter [64, 80, 30, 96] [63, 0, 33, 90]
# -> cache, seeded [13, 62, 57, 25] [13, 62, 57, 25]
# -> shuffle, cache [1, 3, 2, 0] [1, 3, 2, 0]
# --8<-- [end:frozen]

# --8<-- [start:batch-size]
with printed_errors():
    history = model.fit(train.take(5), batch_size=1000, verbose=0)
# -> UserWarning: `shuffle=True` was passed, but will be ignored since the data
#    `x` was provided as a tf.data.Dataset. The Dataset is expected to already
#    be shuffled (via `.shuffle(buffer_size)`).
print("steps an epoch", history.params["steps"])
# -> steps an epoch 5
with printed_errors():
    model.fit(train, y, shuffle=False)
# -> ValueError: When providing `x` as a tf.data.Dataset, `y` should not be
#    passed. Instead, the targets should be included as part of the
#    tf.data.Dataset.
# --8<-- [end:batch-size]

# --8<-- [start:repeated]
endless = train.repeat()
with printed_errors():
    len(endless)
# -> TypeError: The dataset is infinite.
history = model.fit(
    endless, steps_per_epoch=20, epochs=2, shuffle=False, verbose=0
)
print(history.epoch, history.params["steps"])
# -> [0, 1] 20
# --8<-- [end:repeated]

# --8<-- [start:half-written]
kept = Dataset.range(5).cache(f"{folder}/kept")
unfinished = iter(kept)
print(next(unfinished).numpy(), [f.name for f in folder.glob("*.lockfile")])
# -> 0 ['kept_0.lockfile']
try:
    values(kept)
except tf.errors.AlreadyExistsError as error:
    said = error.message.split("There ")[1].split(" - ")[0]
    print(f"{type(error).__name__}: There {said}")
# -> AlreadyExistsError: There appears to be a concurrent caching iterator
#    running
del unfinished  # removes the lock
print(values(kept))
# -> [0, 1, 2, 3, 4]
other = Dataset.range(5).map(lambda number: 100 * number)
print(values(other.cache(f"{folder}/kept")))  # not 0, 100, 200, 300, 400
# -> [0, 1, 2, 3, 4]
temporary.cleanup()
# --8<-- [end:half-written]

# --8<-- [start:answer-leak]
for again in (True, False):
    mixed = Dataset.range(100).shuffle(
        100, seed=1, reshuffle_each_iteration=again
    )
    train_rows = set(values(mixed.skip(20)))  # one pass over `mixed`
    test_rows = set(values(mixed.take(20)))  # another pass
    print(again, len(train_rows & test_rows), "rows in both parts")
# -> True 19 rows in both parts
# -> False 0 rows in both parts
# --8<-- [end:answer-leak]

# --8<-- [start:answer-bytes]
for name, chain in {"uint8": data, "float32": data.map(scale)}.items():
    size = sum(picture.numpy().nbytes for picture, _ in chain.take(50)) / 50
    print(f"cached as {name}: {5000 * size / 1e6:.1f} MB")
# -> cached as uint8: 3.9 MB
# -> cached as float32: 15.7 MB
# --8<-- [end:answer-bytes]

# --8<-- [start:answer-remainder]
for drop in (False, True):
    batched = data.batch(64, drop_remainder=drop)
    print(len(batched), batched.element_spec[0].shape, 64 * len(batched))
# -> 79 (None, 28, 28) 5056
# -> 78 (64, 28, 28) 4992
# --8<-- [end:answer-remainder]
