# The code of the lesson migration/open-questions: its pages show it by section.

# --8<-- [start:rounds]
import timeit

import tensorflow as tf


def rounds(a):
    x = a
    for _ in range(40):
        x = a @ x + a  # two operations
    return x


graph = tf.function(rounds)


def best_time(function, a):  # of 20, so that the first, with tracing, drops out
    return min(timeit.repeat(lambda: function(a).numpy(), number=1, repeat=20))


# --8<-- [end:rounds]

# --8<-- [start:ratios]
sizes = [4, 16, 64, 256]
ratios = []  # time of eager execution / time of the graph
for n in sizes:
    a = tf.zeros((n, n))
    ratios.append(best_time(rounds, a) / best_time(graph, a))
print("Verdict: 4 x 4: eager takes more than twice as long:", ratios[0] > 2)
# -> Verdict: 4 x 4: eager takes more than twice as long: True
print("Verdict: less so for 256 x 256:", ratios[-1] < ratios[0])
# -> Verdict: less so for 256 x 256: True
# --8<-- [end:ratios]

# --8<-- [start:relative-cost]
import matplotlib.pyplot as plt

bars = plt.bar([f"{n} × {n}" for n in sizes], ratios, width=0.6)
plt.bar_label(bars, fmt="%.1f ×", padding=3)
plt.axhline(1, color="dimgray", linestyle=":", label="equally fast")
plt.ylim(0, 1.15 * max(ratios))
plt.xlabel("size of the matrices")
plt.ylabel("time eager / time graph")
plt.title("A graph pays where operations are small")
plt.legend()
plt.show()
# --8<-- [end:relative-cost]

# --8<-- [start:checkpoint-files]
import tempfile
from pathlib import Path

temporary = tempfile.TemporaryDirectory()  # deleted at the end
folder = Path(temporary.name)
for n in (10, 1000):
    checkpoint = tf.train.Checkpoint(w=tf.Variable(tf.zeros(n)))
    checkpoint.write(str(folder / f"w{n}"))
for ending in ("index", "data-00000-of-00001"):
    small, large = (folder / f"w{n}.{ending}" for n in (10, 1000))
    more = large.stat().st_size - small.stat().st_size
    print(f".{ending}: {more} bytes more")
# -> .index: 3 bytes more
# -> .data-00000-of-00001: 3960 bytes more
# --8<-- [end:checkpoint-files]

# --8<-- [start:two-widths]
import keras
from keras import layers


def net():
    return keras.Sequential([layers.Dense(4), layers.Dense(2)])


for width in (3, 5):
    model = net()
    model.build((None, width))
    print(width, [tuple(layer.kernel.shape) for layer in model.layers])
# -> 3 [(3, 4), (4, 2)]
# -> 5 [(5, 4), (4, 2)]
# --8<-- [end:two-widths]

# --8<-- [start:one-weight]
STEPS = 4


def descend(x, rate):
    w = tf.Variable(0.0)  # the loss is smallest at w = 1
    weights = []
    for _ in range(STEPS):
        with tf.GradientTape() as tape:
            loss = (w * x - x) ** 2 / 2
        w.assign_sub(rate * tape.gradient(loss, w))
        weights.append(float(f"{w.numpy():.3g}"))
    return weights


for x, rate in ((1, 0.01), (255, 0.01), (255, 0.01 / 255**2)):
    print(f"x {x}, factor {1 - rate * x**2:.2f}:", descend(x, rate))
# -> x 1, factor 0.99: [0.01, 0.0199, 0.0297, 0.0394]
# -> x 255, factor -649.25: [650.0, -422000.0, 274000000.0, -178000000000.0]
# -> x 255, factor 0.99: [0.01, 0.0199, 0.0297, 0.0394]
# --8<-- [end:one-weight]


# --8<-- [start:what-keras-sees]
class Holder(keras.Model):
    def __init__(self, held):
        super().__init__()
        self.held = held


raw, known = tf.Variable([0.0]), keras.Variable([0.0])
print("tf.Variable", len(Holder(raw).weights))
# -> tf.Variable 0
print("keras.Variable", len(Holder(known).weights))
# -> keras.Variable 1
print("in a list", len(Holder([raw, known]).weights))
# -> in a list 1
# --8<-- [end:what-keras-sees]

# --8<-- [start:gradient-and-ratio]
functions = {
    "4a": lambda a: 4 * a,
    "4a + 1": lambda a: 4 * a + 1,
    "a * a": lambda a: a * a,
}
for name, f in functions.items():
    a = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        c = f(a)
    gradient = tape.gradient(c, a)
    print(f"{name}: gradient {gradient:.1f}, f(a)/a {c / a:.1f}")
# -> 4a: gradient 4.0, f(a)/a 4.0
# -> 4a + 1: gradient 4.0, f(a)/a 4.5
# -> a * a: gradient 4.0, f(a)/a 2.0
# --8<-- [end:gradient-and-ratio]

# --8<-- [start:which-mode]
norm = layers.BatchNormalization()
model = keras.Sequential([keras.Input((2,)), norm])
x = tf.constant([[0.0, 10.0], [2.0, 30.0]])  # means 1 and 20
model(x)
print(norm.moving_mean.numpy())
# -> [0. 0.]
model(x, training=True)
print(norm.moving_mean.numpy().round(2))
# -> [0.01 0.2 ]
# --8<-- [end:which-mode]

# --8<-- [start:saved-averages]
file = folder / "norm.weights.h5"
model.save_weights(file)
twin_norm = layers.BatchNormalization()
twin = keras.Sequential([keras.Input((2,)), twin_norm])
twin.load_weights(file)
print(twin_norm.moving_mean.numpy().round(2))
# -> [0.01 0.2 ]
print([weight.name for weight in twin_norm.non_trainable_weights])
# -> ['moving_mean', 'moving_variance']
# --8<-- [end:saved-averages]

# --8<-- [start:two-activations]
import numpy as np

from tfnotes.data import load

EPOCHS, SEED = 2, 1
(images, labels), _ = load("digits")  # (1437, 8, 8) and (1437,)
kernels = {}
for activation in ("softmax", "sigmoid"):
    keras.utils.set_random_seed(SEED)
    last = layers.Dense(10, activation=activation)
    model = keras.Sequential([keras.Input((8, 8)), layers.Flatten(), last])
    model.compile(optimizer="sgd", loss="sparse_categorical_crossentropy")
    model.fit(images / 16, labels, epochs=EPOCHS, verbose=0)
    kernels[activation] = last.kernel.numpy()
    outputs = model(images[:1] / 16).numpy()
    print(f"{activation}: sum of the ten outputs {outputs.sum():.1f}")
# -> softmax: sum of the ten outputs 1.0
# -> sigmoid: sum of the ten outputs 4.1
equal = np.array_equal(kernels["softmax"], kernels["sigmoid"])
print("Verdict: the trained kernels are equal:", equal)
# -> Verdict: the trained kernels are equal: True
# --8<-- [end:two-activations]

# --8<-- [start:penalty]
w = tf.Variable([3.0, 4.0])  # the squares sum to 25
with tf.GradientTape() as tape:
    penalty = keras.regularizers.L2(0.01)(w)
print("penalty", penalty.numpy().round(2))
# -> penalty 0.25
print("gradient", tape.gradient(penalty, w).numpy().round(2))
# -> gradient [0.06 0.08]
# --8<-- [end:penalty]

# --8<-- [start:one-step]
from keras.optimizers import SGD, Adam, AdamW


def one_step(optimizer, l2=0.0):  # the gradient of the data loss is 0
    w = tf.Variable(1.0)
    with tf.GradientTape() as tape:
        loss = l2 * w**2
    optimizer.apply_gradients([(tape.gradient(loss, w), w)])
    return f"{w.numpy():.2f}"


rate, decay = 0.1, 0.1  # a decay of 2 * l2
print("SGD with L2:", one_step(SGD(rate), l2=0.05))
# -> SGD with L2: 0.99
print("SGD with decay:", one_step(SGD(rate, weight_decay=decay)))
# -> SGD with decay: 0.99
print("Adam with L2:", one_step(Adam(rate), l2=0.05))
# -> Adam with L2: 0.90
print("AdamW:", one_step(AdamW(rate, weight_decay=decay)))
# -> AdamW: 0.99
# --8<-- [end:one-step]

# --8<-- [start:identity]
x = tf.Variable(3.0)
for copy in (tf.identity, tf.stop_gradient):
    with tf.GradientTape() as tape:
        z = x * copy(x)
    print(copy.__name__, z.numpy(), tape.gradient(z, x).numpy())
# -> identity 9.0 6.0
# -> stop_gradient 9.0 3.0
# --8<-- [end:identity]

# --8<-- [start:two-outputs]
inputs = keras.Input((2,))
deep = layers.Dense(8, activation="relu")(inputs)
both = layers.concatenate([inputs, deep])  # (batch, 2 + 8): wide and deep
value = layers.Dense(1, name="value")(both)
group = layers.Dense(3, name="group")(both)  # a second head
model = keras.Model(inputs, {"value": value, "group": group})
shapes = {name: tuple(out.shape) for name, out in model.output.items()}
print(shapes)
# -> {'value': (None, 1), 'group': (None, 3)}
print([layer.count_params() for layer in model.layers], model.count_params())
# -> [0, 24, 0, 33, 11] 68
# --8<-- [end:two-outputs]

# --8<-- [start:no-such-devices]
nowhere = keras.distribution.DataParallel(devices=["gpu:98", "gpu:99"])
keras.distribution.set_distribution(nowhere)
line = keras.Sequential([keras.Input((1,)), layers.Dense(1)])
line.compile(optimizer="sgd", loss="mse")
before = line.get_weights()[0]
line.fit(np.ones((64, 1)), np.ones((64, 1)), verbose=0)
print("on", line.weights[0].value.device.rpartition("device:")[2])
# -> on CPU:0
print("trained:", not np.array_equal(line.get_weights()[0], before))
# -> trained: True
keras.distribution.set_distribution(None)
# --8<-- [end:no-such-devices]

# --8<-- [start:restore-index]
from tfnotes.errors import printed_errors

logger = tf.get_logger()
logger.setLevel("ERROR")  # hides a warning about another class
checkpoint = tf.train.Checkpoint(w=tf.Variable(tf.ones(3)))
path = checkpoint.save(str(folder / "ck"))  # ends in ck-1
checkpoint.w.assign(tf.zeros(3))
checkpoint.restore(path + ".index")
print(checkpoint.w.numpy(), tf.train.list_variables(path + ".index"))
# -> [0. 0. 0.] []
with printed_errors():
    checkpoint.restore(path + ".index").assert_consumed()
# -> AssertionError: Some objects had attributes which were not restored:
checkpoint.restore(path).assert_consumed()
print(checkpoint.w.numpy(), len(tf.train.list_variables(path)))
# -> [1. 1. 1.] 3
logger.setLevel("WARNING")
# --8<-- [end:restore-index]

# --8<-- [start:answer-rate]
largest = 2 / 255**2
print(f"largest rate: {largest:.2g}")
# -> largest rate: 3.1e-05
for share in (0.97, 1.03):
    last_two = descend(255, share * largest)[-2:]
    print(f"{share} of it: factor {1 - share * 2:.2f}, w {last_two}")
# -> 0.97 of it: factor -0.94, w [1.83, 0.219]
# -> 1.03 of it: factor -1.06, w [2.19, -0.262]
# --8<-- [end:answer-rate]


# --8<-- [start:answer-unseen]
def unseen(model):
    attributes = vars(model).items()
    return [name for name, x in attributes if isinstance(x, tf.Variable)]


print(unseen(Holder(raw)), unseen(Holder(known)))
# -> ['held'] []
# --8<-- [end:answer-unseen]

# --8<-- [start:answer-read]
arrays = {}
for name, _ in tf.train.list_variables(path):
    if name.endswith("VARIABLE_VALUE"):
        arrays[name.split("/")[0]] = tf.train.load_variable(path, name)
print(arrays)
# -> {'save_counter': np.int64(1), 'w': array([1., 1., 1.], dtype=float32)}
# --8<-- [end:answer-read]
