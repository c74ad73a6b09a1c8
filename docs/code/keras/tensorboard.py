# The code of the lesson keras/tensorboard: its pages show it by section.

# --8<-- [start:data]
import keras

from tfnotes.data import CLASS_NAMES, load

(x_train, y_train), (x_test, y_test) = load("fashion_mnist_6k")  # 5000, 1000
x_train, x_test = (x.astype("float32") / 255 for x in (x_train, x_test))


def compiled(learning_rate):
    keras.utils.set_random_seed(1)
    layers = [
        keras.Input((28, 28)),
        keras.layers.Flatten(),
        keras.layers.Dense(64, activation="relu", name="hidden"),
        keras.layers.Dense(10, activation="softmax", name="output"),
    ]
    model = keras.Sequential(layers, name="clothes")
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
        jit_compile=False,  # compiling takes longer than this training
    )
    return model


# --8<-- [end:data]

# --8<-- [start:runs]
rates = {"slow": 1e-4, "good": 1e-3, "fast": 1e-2}
models = {}
for name, rate in rates.items():
    models[name] = compiled(rate)
    log = keras.callbacks.TensorBoard(
        f"logs/{name}",
        histogram_freq=1,  # weights after every epoch
        write_graph=False,
    )
    models[name].fit(
        x_train,
        y_train,
        batch_size=100,
        epochs=8,
        validation_split=0.2,
        callbacks=[log],
        verbose=0,
    )
# --8<-- [end:runs]

# --8<-- [start:event-files]
from pathlib import Path

import tensorflow as tf

for file in sorted(Path("logs").rglob("events.*")):
    kind = ".".join(file.name.split(".")[:3])  # then time, machine, process
    print(f"{file.parent.as_posix()}: {kind}…{file.suffix}")
# -> logs/fast/train: events.out.tfevents….v2
# -> logs/fast/validation: events.out.tfevents….v2
# -> logs/good/train: events.out.tfevents….v2
# -> logs/good/validation: events.out.tfevents….v2
# -> logs/slow/train: events.out.tfevents….v2
# -> logs/slow/validation: events.out.tfevents….v2

file = next(Path("logs/good/train").iterdir())
records = list(tf.data.TFRecordDataset(str(file)).as_numpy_iterator())
for record in records[:3]:
    event = tf.compat.v1.Event.FromString(record)
    tags = [value.tag for value in event.summary.value]
    print("step", event.step, event.file_version or tags)
# -> step 0 brain.Event:2
# -> step 0 ['epoch_accuracy']
# -> step 0 ['epoch_loss']
# --8<-- [end:event-files]

# --8<-- [start:own-scalars]
model = compiled(1e-3)
loss_of = keras.losses.SparseCategoricalCrossentropy(name="loss")
batches = tf.data.Dataset.from_tensor_slices((x_train, y_train)).batch(200)
writer = tf.summary.create_file_writer("logs/own")
with writer.as_default():
    for step, (x, y) in enumerate(batches):  # 25 steps
        with tf.GradientTape() as tape:
            loss = loss_of(y, model(x))
        gradients = tape.gradient(loss, model.trainable_variables)
        model.optimizer.apply(gradients, model.trainable_variables)
        norm = tf.linalg.global_norm(gradients)
        tf.summary.scalar("own/gradient_norm", norm, step)
        tf.summary.scalar("own/batch_loss", loss, step)
writer.close()
# --8<-- [end:own-scalars]

# --8<-- [start:wrong-pictures]
import io

import matplotlib.pyplot as plt

from tfnotes.plots import image_grid

predicted = models["good"].predict(x_test, verbose=0).argmax(axis=1)  # (1000,)
wrong = (predicted != y_test).nonzero()[0][:9]
names = [(CLASS_NAMES[y_test[i]], CLASS_NAMES[predicted[i]]) for i in wrong]
titles = [f"{truth},\ntaken for {guess}" for truth, guess in names]
figure = image_grid(x_test[wrong], titles, columns=3)
figure.set_size_inches(4.2, 4.4)
png = io.BytesIO()
figure.savefig(png, format="png", dpi=104, facecolor="white")
plt.close(figure)
picture = tf.io.decode_png(png.getvalue())  # (458, 437, 4), uint8
with tf.summary.create_file_writer("logs/wrong").as_default():
    tf.summary.image("taken for another", picture[None], step=0)
# --8<-- [end:wrong-pictures]


# --8<-- [start:op-graph]
pictures, labels = tf.constant(x_test), tf.constant(y_test)


@tf.function
def test_loss():
    return loss_of(labels, models["good"](pictures))


graph = test_loss.get_concrete_function().graph
with tf.summary.create_file_writer("logs/graph").as_default():
    tf.summary.graph(graph)
print(len(graph.get_operations()), "operations")
# -> 33 operations
# --8<-- [end:op-graph]

# --8<-- [start:read-back]
from tensorboard.backend.event_processing.event_accumulator import (
    EventAccumulator,
)


def scalars(folder, tag):
    run = EventAccumulator(folder, size_guidance={"tensors": 0})  # keep all
    run.Reload()  # reads the files
    events = run.Tensors(tag)
    return [float(tf.make_ndarray(event.tensor_proto)) for event in events]


losses = {
    name: scalars(f"logs/{name}/validation", "epoch_loss") for name in rates
}
for name, values in losses.items():
    print(name, len(values), "epochs, last", round(values[-1], 2))
# -> slow 8 epochs, last 0.83
# -> good 8 epochs, last 0.53
# -> fast 8 epochs, last 0.6
# --8<-- [end:read-back]

# --8<-- [start:three-rates]
styles = {"slow": "--o", "good": "-s", "fast": ":^"}
for name, values in losses.items():
    plt.plot(values, styles[name], label=f"{name}: {rates[name]:g}")
plt.xlabel("epoch")
plt.ylabel("validation loss")
plt.title("0.001 ends lowest: read back from the event files")
plt.legend(title="learning rate")
plt.show()
# --8<-- [end:three-rates]

# --8<-- [start:bind-all]
import socket

from tensorboard import program


def answers(address, *options):
    board = program.TensorBoard()
    basics = ["--logdir", "empty", "--port", "0", "--load_fast=false"]
    board.configure(argv=[None, *basics, *options])  # None: the program's name
    port = int(board.launch().rstrip("/").split(":")[-1])
    try:
        socket.create_connection((address, port), timeout=2).close()
    except OSError as error:
        return type(error).__name__
    return "answers"


print("default,    127.0.0.1:", answers("127.0.0.1"))
# -> default,    127.0.0.1: answers
print("default,    127.0.0.2:", answers("127.0.0.2"))
# -> default,    127.0.0.2: ConnectionRefusedError
print("--bind_all, 127.0.0.2:", answers("127.0.0.2", "--bind_all"))
# -> --bind_all, 127.0.0.2: answers
# --8<-- [end:bind-all]

# --8<-- [start:graph-tags]
for _ in range(2):
    log = keras.callbacks.TensorBoard("twice")  # write_graph=True
    compiled(1e-3).fit(x_test, y_test, epochs=2, callbacks=[log], verbose=0)
twice, ops = EventAccumulator("twice/train"), EventAccumulator("logs/graph")
for run in (twice, ops):
    tags = run.Reload().Tags()
    print(
        "op graph:", tags["graph"], "- conceptual:", "keras" in tags["tensors"]
    )
# -> op graph: False - conceptual: True
# -> op graph: True - conceptual: False
# --8<-- [end:graph-tags]

# --8<-- [start:one-folder]
print("steps", sorted(event.step for event in twice.Tensors("epoch_loss")))
# -> steps [0, 0, 1, 1]
# --8<-- [end:one-folder]

# --8<-- [start:not-installed]
import sys
from unittest import mock

from tfnotes.errors import printed_errors

hidden = {"tensorboard.summary.v2": None}  # as if it were not installed
with mock.patch.dict(sys.modules, hidden), printed_errors():
    tf.summary.scalar("loss", 1.0, step=0)
# -> TBNotInstalledError: TensorBoard is not installed, missing implementation
#    for tf.summary.scalar
# --8<-- [end:not-installed]

# --8<-- [start:answer-all]
few = EventAccumulator("logs/own")
few.Reload()
print("default", len(few.Tensors("own/batch_loss")))
# -> default 10
print("all", len(scalars("logs/own", "own/batch_loss")))
# -> all 25
# --8<-- [end:answer-all]

# --8<-- [start:answer-smoothing]
accuracy = scalars("logs/slow/train", "epoch_accuracy")
mean, share = 0.0, 0.0
for value in accuracy:
    mean = 0.6 * mean + 0.4 * value
    share = 0.6 * share + 0.4
print(f"logged {accuracy[-1]:.2f}, drawn {mean / share:.2f}")
# -> logged 0.75, drawn 0.72
# --8<-- [end:answer-smoothing]

# --8<-- [start:answer-trace]
tf.summary.trace_on(graph=True)
test_loss()
with tf.summary.create_file_writer("traced").as_default():
    tf.summary.trace_export("test_loss", step=0)
traced = EventAccumulator("traced").Reload()
print(traced.Tags()["graph"], traced.Tags()["tensors"])
# -> False ['test_loss']
message = traced.Tensors("test_loss")[0].tensor_proto.string_val[0]
graphs = tf.compat.v1.RunMetadata.FromString(message).function_graphs
print(len(graphs), "graph")
# -> 1 graph
# --8<-- [end:answer-trace]
