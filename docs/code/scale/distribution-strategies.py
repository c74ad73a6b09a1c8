# The code of the lesson scale/distribution-strategies.

# --8<-- [start:one-step]
import matplotlib.pyplot as plt

from tfnotes.diagrams import arrow, frame

plt.figure(figsize=(7.2, 3.1))
frame((0, 1.05), (1.35, 0.95), "dimgray", "Global batch", "64 rows")
frame((4.05, 1.05), (1.3, 0.95), "C2", "All-reduce", "sum of both\ngradients")
for i, (bottom, color) in enumerate([(2.1, "C0"), (0, "C1")]):
    middle = bottom + 0.475
    share = f"rows of share {i},\nall weights"
    frame((1.95, bottom), (1.5, 0.95), color, f"Replica {i}", share)
    same = "the same step,\nequal weights"
    frame((5.8, bottom), (1.4, 0.95), color, f"Replica {i}", same)
    arrow((1.35, 1.525), (1.95, middle))
    arrow((3.45, middle), (4.05, 1.525))
    arrow((5.35, 1.525), (5.8, middle))
    beside = (3.82, middle - 0.2 * (1 - 2 * i))
    plt.text(*beside, f"$g_{i}$", size=12, ha="left", va="center")
plt.axis((-0.03, 7.23, -0.03, 3.08))
plt.axis("off")
plt.title("One step: shares apart, gradients together")
plt.show()
# --8<-- [end:one-step]

# --8<-- [start:two-devices]
import keras
import numpy as np
import tensorflow as tf

from tfnotes.data import load
from tfnotes.devices import split_device

print(split_device("CPU:0", 2))  # before TensorFlow starts
# -> ['CPU:0', 'CPU:1']
(pictures, labels), _ = load("digits")
x = pictures[:1024].reshape(1024, 64).astype("float32") / 16
y = labels[:1024]
rows = tf.data.Dataset.from_tensor_slices((x, y)).batch(64)  # 16 batches
# --8<-- [end:two-devices]

# --8<-- [start:shares]
mirrored = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
inputs, targets = next(iter(mirrored.experimental_distribute_dataset(rows)))
print([part.shape for part in mirrored.experimental_local_results(inputs)])
# -> [TensorShape([32, 64]), TensorShape([32, 64])]
# --8<-- [end:shares]


# --8<-- [start:build]
def where(tensor):
    return tensor.device.rpartition("device:")[2]


def build(strategy):
    keras.utils.set_random_seed(0)  # the same weights each time
    layers = [keras.layers.Dense(32, "relu"), keras.layers.Dense(10)]
    with strategy.scope():
        return keras.Sequential([keras.Input((64,)), *layers])  # logits


kernel = build(mirrored).layers[0].kernel.value
print(type(kernel).__name__, [where(copy) for copy in kernel.values])
# -> MirroredVariable ['CPU:0', 'CPU:1']
# --8<-- [end:build]

# --8<-- [start:loop]
crossentropy = keras.losses.SparseCategoricalCrossentropy
each_row = crossentropy(from_logits=True, reduction=None)  # (rows,)


def train(strategy, loss_of, learning_rate=0.1):
    model = build(strategy)
    with strategy.scope():
        optimizer = keras.optimizers.SGD(learning_rate, momentum=0.9)
        optimizer.build(model.trainable_variables)

    def step(x, y):  # the share of one replica
        with tf.GradientTape() as tape:
            loss = loss_of(each_row(y, model(x, training=True)))
        variables = model.trainable_variables
        optimizer.apply(tape.gradient(loss, variables), variables)
        return loss

    @tf.function
    def together(x, y):
        return strategy.reduce("SUM", strategy.run(step, (x, y)), axis=None)

    shared = strategy.experimental_distribute_dataset(rows)
    losses = [together(*batch) for _ in range(3) for batch in shared]
    return model, np.array([loss.numpy() for loss in losses])  # (48,)


# --8<-- [end:loop]


# --8<-- [start:agree]
def over_batch(losses):  # (rows of a share,)
    return tf.reduce_sum(losses) / 64


_, one_device = train(tf.distribute.get_strategy(), over_batch)
model, two_replicas = train(mirrored, over_batch)
for losses in (one_device, two_replicas):
    print([round(float(loss), 2) for loss in losses.reshape(3, 16).mean(1)])
# -> [2.0, 0.84, 0.33]
# -> [2.0, 0.84, 0.33]
print(np.allclose(one_device, two_replicas, rtol=1e-3))
# -> True
copies = [copy.numpy() for copy in model.layers[0].kernel.value.values]
print(np.array_equal(*copies))
# -> True
# --8<-- [end:agree]

# --8<-- [start:same-curve]
steps = np.arange(1, 49)
plt.plot(steps, one_device, label="one device, 64 rows a step")
look = {"marker": "o", "markersize": 7, "fillstyle": "none", "linestyle": ""}
plt.plot(steps, two_replicas, **look, label="two replicas, 32 rows each")
plt.xlabel("step")
plt.ylabel("loss of the batch, before the step")
plt.title("Two replicas retrace the curve of one device")
plt.legend()
plt.show()
# --8<-- [end:same-curve]

# --8<-- [start:fit]
model = build(mirrored)
settings = {"loss": crossentropy(from_logits=True)}
with mirrored.scope():  # it makes variables, too
    optimizer = keras.optimizers.SGD(0.1, momentum=0.9)
model.compile(optimizer, **settings)
order = {"batch_size": 64, "shuffle": False, "verbose": 0}
losses = model.fit(x, y, epochs=3, **order).history["loss"]
print([round(loss, 2) for loss in losses])
# -> [2.0, 0.84, 0.33]
# --8<-- [end:fit]

# --8<-- [start:two-workers]
import re
import tempfile

from tfnotes.distribution import EXAMPLES, launch


def ends_with(text):  # the last loss, the sum of the sizes of all weights
    return [float(n) for n in re.findall(r"\d+\.\d+", text.splitlines()[-1])]


small = ["--rows", "640", "--epochs", "2", "--checkpoint"]
with tempfile.TemporaryDirectory() as folder:
    arguments = [*small, f"{folder}/run"]
    logs = launch(EXAMPLES / "train.py", arguments, logs=f"{folder}/logs")
    two = [ends_with(log.read_text(encoding="utf-8")) for log in logs]
print([log.name for log in logs], f"loss {two[0][0]:.2f}")
# -> ['worker-0.log', 'worker-1.log'] loss 1.13
print("the same end:", two[0] == two[1])
# -> the same end: True
# --8<-- [end:two-workers]

# --8<-- [start:alone]
import contextlib
import io

from tfnotes.distribution.examples import train as example

said = io.StringIO()
with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(said):
    example.main([*small, f"{folder}/run"])
alone = ends_with(said.getvalue())
print(f"loss {alone[0]:.2f}", np.allclose(alone, two[0], rtol=1e-3))
# -> loss 1.13 True
# --8<-- [end:alone]

# --8<-- [start:by-hand]
import os
import socket
import subprocess
import sys

from tfnotes.distribution import tf_config


def by_hand(program, n_workers=2):
    sockets = [socket.create_server(("localhost", 0)) for _ in range(n_workers)]
    free = [f"localhost:{opened.getsockname()[1]}" for opened in sockets]
    for opened in sockets:
        opened.close()
    no_gpu = os.environ | {"CUDA_VISIBLE_DEVICES": "-1"}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    command = [sys.executable, "-c", program]
    environments = [
        no_gpu | {"TF_CONFIG": tf_config(free, i)} for i in range(n_workers)
    ]
    running = [
        subprocess.Popen(command, env=own, text=True, **pipes)
        for own in environments
    ]
    return [worker.communicate()[0].strip() for worker in running]


# --8<-- [end:by-hand]

# --8<-- [start:old-fit]
old = """
import keras
import tensorflow as tf
from tfnotes.errors import printed_errors

strategy = tf.distribute.MultiWorkerMirroredStrategy()
with strategy.scope():
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
x, y = tf.ones((32, 4)), tf.ones((32, 1))
with printed_errors():
    model.fit(x, y, verbose=0)
dataset = tf.data.Dataset.from_tensors(x)
batch = next(iter(strategy.experimental_distribute_dataset(dataset)))
print(type(batch).__name__, strategy.run(lambda share: share.shape, [batch]))
"""
for worker in by_hand(old):
    print(worker)
# -> ValueError: Attempt to convert a value (PerReplica:{
# -> PerReplica (16, 4)
# -> ValueError: Attempt to convert a value (PerReplica:{
# -> PerReplica (16, 4)
# --8<-- [end:old-fit]

# --8<-- [start:files]
print(sorted(file.name for file in EXAMPLES.iterdir() if file.is_file()))
# -> ['__init__.py', 'rayjob.yaml', 'slurm.sh', 'tfjob.yaml', 'train.py']
# --8<-- [end:files]

# --8<-- [start:slurm]
from unittest.mock import patch

from tfnotes.errors import printed_errors

task = {
    "SLURM_PROCID": "1",
    "SLURM_STEP_NUM_TASKS": "2",
    "SLURM_STEP_NODELIST": "n[1-2]",
    "SLURM_STEP_TASKS_PER_NODE": "1(x2)",
    "PATH": "",  # a machine without nvidia-smi
}
resolvers = tf.distribute.cluster_resolver
with patch.dict(os.environ, task), printed_errors():
    resolvers.SlurmClusterResolver().cluster_spec()
# -> FileNotFoundError: [Errno 2] No such file or directory: 'nvidia-smi'
numbers = {"gpus_per_node": 1, "gpus_per_task": 1}
with patch.dict(os.environ, task):
    slurm = resolvers.SlurmClusterResolver(**numbers, auto_set_gpu=False)
    print(slurm.cluster_spec().as_dict())
# -> {'worker': ['n1:8888', 'n2:8888']}
# --8<-- [end:slurm]

# --8<-- [start:share-mean]
_, wrong = train(mirrored, tf.reduce_mean)  # over 32 rows, not 64
print(f"{two_replicas[0]:.2f} {wrong[0]:.2f}")
# -> 2.36 4.72
_, half = train(mirrored, tf.reduce_mean, learning_rate=0.05)
print(np.allclose(half / 2, two_replicas, rtol=1e-3))
# -> True
# --8<-- [end:share-mean]

# --8<-- [start:one-call]
try:
    model = build(mirrored)
    model.compile("sgd", **settings, jit_compile=True)
    model.fit(x, y, **order)
except tf.errors.InvalidArgumentError as error:
    print(f"{type(error).__name__}: Graph execution error:")
    print("...", re.search("located in device .*", error.message)[0])
# -> InvalidArgumentError: Graph execution error:
# -> ... located in device /job:localhost/replica:0/task:0/device:CPU:1 from
#    device /job:localhost/replica:0/task:0/device:CPU:0
try:
    model = build(mirrored)
    model.compile("sgd", **settings, steps_per_execution=8)
    model.fit(x, y, **order)
except tf.errors.InvalidArgumentError as error:
    print(f"{type(error).__name__}: Graph execution error:")
    print("...", re.search("You must feed .* tensor", error.message)[0])
# -> InvalidArgumentError: Graph execution error:
# -> ... You must feed a value for placeholder tensor
# --8<-- [end:one-call]

# --8<-- [start:outside]
with printed_errors():
    model = build(tf.distribute.get_strategy())
    with mirrored.scope():
        model.compile("sgd", **settings)
        model.fit(x, y, **order)
# -> AssertionError:
try:
    model = build(mirrored)
    model.compile(keras.optimizers.SGD(0.1, momentum=0.9), **settings)
    model.fit(x, y, **order)
except RuntimeError as error:
    print("RuntimeError:", re.match("[^:]*", str(error))[0])
# -> RuntimeError: Mixing different tf.distribute.Strategy objects
# --8<-- [end:outside]

# --8<-- [start:no-gpu]
with printed_errors():
    strategy = tf.distribute.MirroredStrategy(["GPU:0", "GPU:1"])
    kernel = build(strategy).layers[0].kernel.value
    print([where(copy) for copy in kernel.values])
# -> ['CPU:0', 'CPU:0']
# --8<-- [end:no-gpu]

# --8<-- [start:keras-distribution]
with printed_errors():
    data_parallel = keras.distribution.DataParallel()
    keras.distribution.set_distribution(data_parallel)
    model = build(tf.distribute.get_strategy())
    model.compile("sgd", **settings)
    model.fit(x, y, **order)
    print("devices:", *data_parallel.device_mesh.shape)
    kernel = model.layers[0].kernel.value
    print("kernel:", type(kernel).__name__, where(kernel))
# -> devices: 2
# -> kernel: ResourceVariable CPU:0
keras.distribution.set_distribution(None)
# --8<-- [end:keras-distribution]


# --8<-- [start:statistics]
import tfnotes

numbers = np.arange(16, dtype="float32").reshape(8, 2)  # mean 7, 8


def after(training, **settings):
    with mirrored.scope():
        layer = keras.layers.BatchNormalization(momentum=0.5, **settings)
        model = keras.Sequential([keras.Input((2,)), layer])
        model.compile("sgd", "mse")
    training(model, numbers, numbers, batch_size=8, shuffle=False, verbose=0)
    return layer.moving_mean


def of_each(variable):
    return [copy.numpy().tolist() for copy in variable.value.values]


with printed_errors():
    mean = after(keras.Model.fit)
    print(of_each(mean), mean.numpy())
# -> [[1.5, 2.0], [5.5, 6.0]] [1.5 2. ]
mean = after(tfnotes.train)
print(of_each(mean), mean.numpy())
# -> [[3.5, 4.0], [3.5, 4.0]] [3.5 4. ]
# --8<-- [end:statistics]

# --8<-- [start:late]
own = {"TF_CONFIG": tf_config(["localhost:2222"], 0)}
with patch.dict(os.environ, own), printed_errors():
    tf.distribute.MultiWorkerMirroredStrategy()
# -> RuntimeError: Collective ops must be configured at program startup
# --8<-- [end:late]

# --8<-- [start:legacy]
program = """
import tensorflow as tf
from tfnotes.errors import printed_errors
with printed_errors():
    tf.keras.Sequential()
"""
of_ray = os.environ | {"TF_USE_LEGACY_KERAS": "1"}
command = [sys.executable, "-c", program]
done = subprocess.run(command, env=of_ray, capture_output=True, text=True)
print(done.stdout.strip())
# -> WARNING: Your environment has TF_USE_LEGACY_KERAS set to True, but you do
#    not have the tf_keras package installed. You must install it in order to
#    use the legacy tf.keras. Install it via: `pip install tf_keras`
# -> ImportError: Keras cannot be imported. Check that it is installed.
# --8<-- [end:legacy]

# --8<-- [start:answer-uneven]
five = tf.data.Dataset.from_tensors(tf.constant([1.0, 2.0, 3.0, 4.0, 10.0]))
batch = next(iter(mirrored.experimental_distribute_dataset(five)))
parts = [p.numpy() for p in mirrored.experimental_local_results(batch)]
print(parts)
# -> [array([1., 2., 3.], dtype=float32), array([ 4., 10.], dtype=float32)]
print(np.mean([part.mean() for part in parts]))
# -> 4.5
print(sum(part.sum() for part in parts) / 5)
# -> 4.0
# --8<-- [end:answer-uneven]

# --8<-- [start:answer-third-worker]
addresses = ["a:2222", "b:2222", "c:2222"]
print(tf_config(addresses, 2))
# -> {"cluster": {"worker": ["a:2222", "b:2222", "c:2222"]}, "task": {"type":
#    "worker", "index": 2}}
with printed_errors():
    tf_config(addresses, 3)
# -> ValueError: expected an index from 0 to 2, one for each of the workers; got
#    3
# --8<-- [end:answer-third-worker]

# --8<-- [start:answer-synchronized]
mean = after(keras.Model.fit, synchronized=True)
print(of_each(mean))
# -> [[3.5, 4.0], [3.5, 4.0]]
# --8<-- [end:answer-synchronized]
