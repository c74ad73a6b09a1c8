# The code of the lesson migration/open-questions: its pages show it by section.

# --8<-- [start:rounds]
import tensorflow as tf

from tfnotes.devices import best_times, machine


def rounds(a):
    x = a
    for _ in range(40):
        x = a @ x + a  # two operations
    return x


graph = tf.function(rounds, reduce_retracing=True)  # one trace for all sizes
sizes = [4, 16, 64, 256, 512]
times = []  # (eager, graph) of each size, in seconds
for n in sizes:
    a = tf.random.stateless_normal((n, n), seed=(1, n)) / (2 * n**0.5)
    ways = [lambda f=f, a=a: f(a).numpy() for f in (rounds, graph)]
    times.append(best_times(*ways, repeats=5 + 400 // n))
# --8<-- [end:rounds]

# --8<-- [start:relative-cost]
import matplotlib.pyplot as plt

ratios = [eager / in_graph for eager, in_graph in times]
names = [f"{n} × {n}" for n in sizes]
bars = plt.bar(names, ratios, width=0.6)
plt.bar_label(bars, fmt="%.1f ×", padding=3)
plt.axhline(1, color="dimgray", linestyle=":", label="equally fast")
plt.ylim(0, 1.15 * max(ratios))
plt.xlabel("size of the matrices")
plt.ylabel("time eager / time graph")
plt.title(f"A graph pays where operations are small\n{machine()}")
plt.legend()
plt.show()
# --8<-- [end:relative-cost]

# --8<-- [start:checkpoint-files]
import tempfile
from pathlib import Path

temporary = tempfile.TemporaryDirectory()  # a folder that goes at the end
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
def four_steps(x, rate=0.01):
    w = tf.Variable(0.0)  # the loss is smallest at w = 1
    for _ in range(4):
        with tf.GradientTape() as tape:
            loss = (w * x - x) ** 2 / 2
        w.assign_sub(rate * tape.gradient(loss, w))
        yield f"{w.numpy():.3g}"


for x in (1.0, 255.0):
    print(x, *four_steps(x))
# -> 1.0 0.01 0.0199 0.0297 0.0394
# -> 255.0 650 -4.22e+05 2.74e+08 -1.78e+11
# --8<-- [end:one-weight]


# --8<-- [start:what-keras-sees]
class Holder(keras.Model):
    def __init__(self, held):
        super().__init__()
        self.held = held


new = keras.Variable
print("tf.Variable", len(Holder(tf.Variable([0.0])).weights))
# -> tf.Variable 0
print("keras.Variable", len(Holder(new([0.0])).weights))
# -> keras.Variable 1
print("two in a list", len(Holder([new([0.0]), new([0.0])]).weights))
# -> two in a list 2
# --8<-- [end:what-keras-sees]

# --8<-- [start:slope-and-ratio]
functions = {
    "4a": lambda a: 4 * a,
    "4a + 1": lambda a: 4 * a + 1,
    "a * a": lambda a: a * a,
}
for name, f in functions.items():
    a = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        c = f(a)
    print(f"{name:6} slope {tape.gradient(c, a):.1f}, f(a)/a {c / a:.1f}")
# -> 4a     slope 4.0, f(a)/a 4.0
# -> 4a + 1 slope 4.0, f(a)/a 4.5
# -> a * a  slope 4.0, f(a)/a 2.0
# --8<-- [end:slope-and-ratio]

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

# --8<-- [start:two-heads]
import numpy as np

from tfnotes.data import load

(pixels, labels), _ = load("digits")  # (1437, 8, 8) and (1437,)
heads = {}
for activation in ("softmax", "sigmoid"):
    keras.utils.set_random_seed(1)
    head = layers.Dense(10, activation=activation)
    model = keras.Sequential([keras.Input((8, 8)), layers.Flatten(), head])
    model.compile("sgd", "sparse_categorical_crossentropy")
    model.fit(pixels / 16, labels, epochs=2, verbose=0)
    heads[activation] = head.kernel.numpy()
    print(f"{activation}: {np.sum(model(pixels[:1] / 16)):.1f}")
# -> softmax: 1.0
# -> sigmoid: 4.1
print(np.array_equal(*heads.values()))
# -> True
# --8<-- [end:two-heads]

# --8<-- [start:penalty]
w = tf.Variable([3.0, 4.0])  # its squares add up to 25
with tf.GradientTape() as tape:
    penalty = keras.regularizers.L2(0.01)(w)
print(penalty.numpy().round(2), tape.gradient(penalty, w).numpy().round(2))
# -> 0.25 [0.06 0.08]
# --8<-- [end:penalty]

# --8<-- [start:one-step]
from keras.optimizers import SGD, Adam, AdamW


def one_step(optimizer, penalty=0.0):  # the data's own gradient is 0
    w = tf.Variable(1.0)
    with tf.GradientTape() as tape:
        loss = penalty * w**2
    optimizer.apply_gradients([(tape.gradient(loss, w), w)])
    return f"{w.numpy():.2f}"


print("SGD ", one_step(SGD(0.1), 0.05), one_step(SGD(0.1, weight_decay=0.1)))
# -> SGD  0.99 0.99
print("Adam", one_step(Adam(0.1), 0.05), one_step(AdamW(0.1, weight_decay=0.1)))
# -> Adam 0.90 0.99
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

# --8<-- [start:empty-headings]
inputs = keras.Input((2,))
deep = layers.Dense(8, activation="relu")(inputs)
both = layers.concatenate([inputs, deep])  # (batch, 2 + 8): wide beside deep
value = layers.Dense(1, name="value")(both)
group = layers.Dense(3, name="group")(both)  # a second head
model = keras.Model(inputs, {"value": value, "group": group})
shapes = {name: tuple(out.shape) for name, out in model.output.items()}
print(shapes, model.count_params())
# -> {'value': (None, 1), 'group': (None, 3)} 68
# --8<-- [end:empty-headings]

# --8<-- [start:no-such-devices]
nowhere = keras.distribution.DataParallel(devices=["gpu:98", "gpu:99"])
keras.distribution.set_distribution(nowhere)
line = keras.Sequential([keras.Input((1,)), layers.Dense(1)])
line.compile("sgd", "mse")
losses = line.fit(np.ones((64, 1)), np.ones((64, 1)), epochs=2, verbose=0)
print("on", line.weights[0].value.device.rpartition("device:")[2])
# -> on CPU:0
print("trained:", losses.history["loss"][1] < losses.history["loss"][0])
# -> trained: True
keras.distribution.set_distribution(None)
# --8<-- [end:no-such-devices]

# --8<-- [start:restore-index]
from tfnotes.errors import printed_errors

logger = tf.get_logger()
logger.setLevel("ERROR")  # the only warning is about another class
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


# --8<-- [start:answer-unseen]
def unseen(model):
    attributes = vars(model).items()
    return [name for name, x in attributes if isinstance(x, tf.Variable)]


print(unseen(Holder(tf.Variable([0.0]))), unseen(Holder(new([0.0]))))
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

# --8<-- [start:answer-rate]
print(f"largest rate: {2 / 255**2:.2g}")
# -> largest rate: 3.1e-05
for rate in (3.0e-5, 3.2e-5):
    print(rate, *four_steps(255.0, rate))
# -> 3e-05 1.95 0.0961 1.86 0.183
# -> 3.2e-05 2.08 -0.168 2.26 -0.365
# --8<-- [end:answer-rate]
