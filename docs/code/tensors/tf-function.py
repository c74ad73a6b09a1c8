# The code of the lesson tensors/tf-function: its pages show it by section.

# --8<-- [start:first-trace]
import tensorflow as tf


@tf.function
def root(x):
    print("tracing for", x)
    y = x
    for _ in range(8):
        y = (y + x / y) / 2
    return y


print(root(tf.constant(2.0)).numpy())
# -> tracing for Tensor("x:0", shape=(), dtype=float32)
# -> 1.4142135
print(root(tf.constant(9.0)).numpy())
# -> 3.0
print(root(tf.constant([4.0, 25.0])).numpy())
# -> tracing for Tensor("x:0", shape=(2,), dtype=float32)
# -> [2. 5.]
print(root(tf.constant(9.0, tf.float64)).numpy())
# -> tracing for Tensor("x:0", shape=(), dtype=float64)
# -> 3.0
# --8<-- [end:first-trace]


# --8<-- [start:numbers]
def newton(x, rounds):
    y = x
    for _ in range(rounds):
        y = (y + x / y) / 2
    return y


newton_graph = tf.function(newton)
x = tf.constant(2.0)
for rounds in (3, 4, 5):
    newton_graph(x, rounds)
print(newton_graph.experimental_get_tracing_count())
# -> 3
for rounds in (3, 4, 5):
    newton_graph(x, tf.constant(rounds))
print(newton_graph.experimental_get_tracing_count())
# -> 4
# --8<-- [end:numbers]


# --8<-- [start:signature]
@tf.function(input_signature=[tf.TensorSpec([None], tf.float32)])
def roots(x):  # (n,), whatever n is
    return newton(x, 20)


for n in (1, 2, 3):
    roots(tf.ones(n))
print(roots.experimental_get_tracing_count())
# -> 1
print(roots.get_concrete_function().structured_outputs)
# -> Tensor("Identity:0", shape=(None,), dtype=float32)
try:
    roots(tf.ones((2, 3)))
except TypeError as error:
    print(str(error).split(". ")[0])
# -> Binding inputs to tf.function failed due to `Can not cast
#    TensorSpec(shape=(2, 3), dtype=tf.float32, name=None) to
#    TensorSpec(shape=(None,), dtype=tf.float32, name=None)`
# --8<-- [end:signature]


# --8<-- [start:count]
import numpy as np


def traces(arguments, **settings):
    function = tf.function(lambda x: 2 * x, **settings)
    for argument in arguments:  # the trace that a call would use
        function.get_concrete_function(argument)
    return function.experimental_get_tracing_count()


numbers = range(1, 21)
vectors = [tf.zeros(n) for n in numbers]  # 20 different shapes
any_length = [tf.TensorSpec([None])]
counts = {
    "Python numbers": traces(numbers),
    "NumPy numbers": traces([np.float32(n) for n in numbers]),
    "scalar tensors": traces([tf.constant(n) for n in numbers]),
    "vectors of 20 lengths": traces(vectors),
    "+ reduce_retracing": traces(vectors, reduce_retracing=True),
    "+ input_signature": traces(vectors, input_signature=any_length),
}
# --8<-- [end:count]

# --8<-- [start:trace-counts]
import matplotlib.pyplot as plt

bars = plt.barh(list(counts), list(counts.values()), height=0.6)
plt.bar_label(bars, padding=4)
plt.gca().invert_yaxis()
plt.xticks([0, 5, 10, 15, 20])
plt.xlim(0, 21.5)
plt.grid(axis="y", visible=False)
plt.xlabel("traces for 20 calls")
plt.title("Tensor values are free; Python values and shapes cost")
plt.show()
# --8<-- [end:trace-counts]

# --8<-- [start:loops]
for rounds in (5, 10, tf.constant(5), tf.constant(10)):
    graph = newton_graph.get_concrete_function(x, rounds).graph
    types = [operation.type for operation in graph.get_operations()]
    loop = "StatelessWhile" in types
    print(f"{types.count('RealDiv'):2} divisions, a loop: {loop}")
# -> 10 divisions, a loop: False
# -> 20 divisions, a loop: False
# ->  0 divisions, a loop: True
# ->  0 divisions, a loop: True
# --8<-- [end:loops]

# --8<-- [start:frozen]
import time

rate, rng = 0.1, np.random.default_rng(1)


@tf.function
def values():
    return {
        "a Python variable": tf.constant(rate),
        "rng.normal": tf.constant(rng.normal()),
        "time.perf_counter": tf.constant(time.perf_counter(), tf.float64),
        "tf.random.normal": tf.random.normal(()),
        "tf.timestamp": tf.timestamp(),
    }


first = values()
rate = 0.5
for name, value in values().items():
    print(f"{name:17}", "frozen" if value == first[name] else "new")
# -> a Python variable frozen
# -> rng.normal        frozen
# -> time.perf_counter frozen
# -> tf.random.normal  new
# -> tf.timestamp      new
# --8<-- [end:frozen]


# --8<-- [start:fused]
import re


def twenty_rounds(x):
    return newton(x, 20)


ways = {
    "eager": twenty_rounds,
    "graph": tf.function(twenty_rounds),
    "XLA": tf.function(twenty_rounds, jit_compile=True),
}
x = tf.linspace(1.0, 100.0, 1000)
graph = ways["graph"].get_concrete_function(x).graph
types = [operation.type for operation in graph.get_operations()]
print(types.count("RealDiv") + types.count("AddV2"))
# -> 60
program = ways["XLA"].experimental_get_compiler_ir(x)("optimized_hlo")
print(re.findall(r" ([a-z]+)\(", program.split("ENTRY")[1]))
# -> ['parameter', 'fusion']
print(re.search(r"f32\[\d+\]", program)[0])  # the only length it can take
# -> f32[1000]
# --8<-- [end:fused]


# --8<-- [start:measure]
from tfnotes.devices import best_times, machine


def milliseconds(x):
    calls = [lambda f=f: f(x).numpy() for f in ways.values()]
    return [1000 * seconds for seconds in best_times(*calls, repeats=10)]


sizes = [10**power for power in (1, 3, 4, 5, 6)]
lines = [milliseconds(tf.linspace(1.0, 100.0, size)) for size in sizes]
times = dict(zip(ways, zip(*lines, strict=True), strict=True))
# --8<-- [end:measure]

# --8<-- [start:sizes]
for (name, line), look in zip(times.items(), ("o-", "s--", "^:"), strict=True):
    plt.plot(sizes, line, look, label=name)
plt.xscale("log")
plt.yscale("log")
plt.xlabel("numbers in the vector")
plt.ylabel("ms for 60 operations")
plt.title(f"The graph makes fewer requests, XLA also fewer passes\n{machine()}")
plt.legend()
plt.show()
# --8<-- [end:sizes]

# --8<-- [start:step]
rng = np.random.default_rng(7)
features = rng.normal(size=(100, 10, 2)).astype(np.float32)  # 100 mini-batches
labels = features @ np.float32([[2.0], [-3.4]]) + np.float32(4.2)
batches, targets = tf.constant(features), tf.constant(labels)
w, b = tf.Variable(tf.zeros((2, 1))), tf.Variable(0.0)


def step(i):
    x, y = tf.gather(batches, i), tf.gather(targets, i)  # (10, 2), (10, 1)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((x @ w + b - y) ** 2 / 2)
    dw, db = tape.gradient(loss, (w, b))
    w.assign_sub(0.03 * dw)
    b.assign_sub(0.03 * db)


def epoch(step):
    for i in tf.range(100):
        step(i)


# --8<-- [end:step]

# --8<-- [start:epochs]
graph_step = tf.function(step)
xla_epoch = tf.function(epoch, jit_compile=True)
trainings = {
    "eager": lambda: epoch(step),
    "graph of a step": lambda: epoch(graph_step),
    "XLA, a whole epoch": lambda: xla_epoch(step),
}
seconds = {}
for name, train in trainings.items():
    w.assign(tf.zeros((2, 1)))
    b.assign(0.0)
    start = time.perf_counter()
    seconds[name] = [0.0]
    for _ in range(4):
        train()
        seconds[name].append(time.perf_counter() - start)
    print(w.numpy().ravel().round(3), b.numpy().round(3))
# -> [ 2.  -3.4] 4.2
# -> [ 2.  -3.4] 4.2
# -> [ 2.  -3.4] 4.2
# --8<-- [end:epochs]

# --8<-- [start:payback]
looks = ("o-", "s--", "^:")
for (name, line), look in zip(seconds.items(), looks, strict=True):
    plt.plot(line, look, label=name)
plt.xticks(range(5))
plt.xlabel("epochs of 100 steps")
plt.ylabel("seconds since the start")
plt.title(f"The first call is slow, the later ones pay it back\n{machine()}")
plt.legend()
plt.show()
# --8<-- [end:payback]

# --8<-- [start:fit]
import keras

shapes = []


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.hidden = keras.layers.Dense(8, activation="relu")
        self.head = keras.layers.Dense(1)

    def call(self, x):
        shapes.append(tuple(x.shape))
        return self.head(self.hidden(x))


inputs, outputs = features.reshape(1000, 2), labels.reshape(1000, 1)
model = Net()
model.compile("sgd", "mse")
model.fit(inputs, outputs, batch_size=10, epochs=2, verbose=0)
print(model.optimizer.iterations.numpy(), "steps:", shapes)
# -> 200 steps: [(10, 2), (10, 2), (10, 2)]
# --8<-- [end:fit]

# --8<-- [start:requests]
import sys


def requests(function):
    made = []

    def note(_, event, called):
        if event == "c_call" and called.__name__.endswith("Execute"):
            made.append(called)  # Python hands an operation to TensorFlow

    sys.setprofile(note)
    function()
    sys.setprofile(None)
    return len(made)


for name, train in trainings.items():
    print(f"{name:18} {requests(train):5,}")
# -> eager              4,301
# -> graph of a step      201
# -> XLA, a whole epoch     1
# --8<-- [end:requests]

# --8<-- [start:retracing]
import contextlib
import io

from tfnotes.errors import printed_errors


@tf.function
def shrink(x, rate):
    return x - rate * x


rates = (0.1, 0.2, 0.3, 0.4, 0.5)
said = io.StringIO()
with contextlib.redirect_stdout(said), printed_errors():
    for rate in rates:
        shrink(x, rate)
    for rate in rates:
        shrink(x, tf.constant(rate))
warning = re.sub(r" at 0x\w+", "", said.getvalue())  # no address of this run
print(warning.split(". ")[0])
# -> WARNING: 5 out of the last 5 calls to <function shrink> triggered
#    tf.function retracing
print(shrink.experimental_get_tracing_count())
# -> 6
# --8<-- [end:retracing]


# --8<-- [start:list]
@tf.function
def squares(n):
    found = []
    for i in tf.range(n):
        found.append(i * i)
    return found


with printed_errors():
    squares(tf.constant(4))
# -> InaccessibleTensorError: <tf.Tensor 'while/mul:0' shape=() dtype=int32> is
#    out of scope and cannot be used here. Use return values, explicit Python
#    locals or TensorFlow collections to access it.


@tf.function
def squares_kept(n):
    found = tf.TensorArray(tf.int32, size=n)
    for i in tf.range(n):
        found = found.write(i, i * i)
    return found.stack()  # (n,)


print(squares_kept(tf.constant(4)).numpy())
# -> [0 1 4 9]
# --8<-- [end:list]


# --8<-- [start:variable]
@tf.function
def scale(x):
    factor = tf.Variable(2.0)
    return factor * x


try:
    scale(tf.constant(3.0))
except ValueError as error:
    print(str(error).strip().splitlines()[-1].strip().split(". ")[0])
# -> ValueError: tf.function only supports singleton tf.Variables created on the
#    first call

factor = tf.Variable(2.0)
scale_outside = tf.function(lambda x: factor * x)
print(scale_outside(tf.constant(3.0)).numpy())
# -> 6.0
factor.assign(5.0)
print(scale_outside(tf.constant(3.0)).numpy())
# -> 15.0
print(scale_outside.experimental_get_tracing_count())
# -> 1
# --8<-- [end:variable]


# --8<-- [start:decorated]
class Decorated(Net):
    @tf.function
    def call(self, x):
        return self.head(self.hidden(x))


def reads_and_draws(graph):
    types = [operation.type for operation in graph.get_operations()]
    draws = types.count("StatelessRandomUniformV2")
    return types.count("ReadVariableOp"), draws


model = Decorated()
model.compile("sgd", "mse")
with printed_errors():
    model.fit(inputs, outputs, batch_size=10, verbose=0)
# -> ValueError: No gradients provided for any variable.
for x in (tf.constant(inputs[:10]), tf.constant(inputs[:5])):
    print(reads_and_draws(model.call.get_concrete_function(x).graph))
# -> (0, 2)
# -> (4, 0)
# --8<-- [end:decorated]

# --8<-- [start:plain]
model = Net()
model.compile("sgd", "mse")
history = model.fit(inputs, outputs, batch_size=10, epochs=2, verbose=0)
before, after = history.history["loss"]
print("the loss falls:", after < before)
# -> the loss falls: True
whole = tf.function(model)  # for calls of your own, outside fit
print(reads_and_draws(whole.get_concrete_function(x).graph))
# -> (4, 0)
# --8<-- [end:plain]


# --8<-- [start:answer-count]
@tf.function
def double(x):
    return 2 * tf.convert_to_tensor(x)


two = np.float32(2)
for argument in (2, tf.constant(2), two, tf.constant(2.0), 2.0):
    dtype = double(argument).dtype.name
    print(dtype, double.experimental_get_tracing_count())
# -> int32 1
# -> int32 2
# -> float32 3
# -> float32 3
# -> int32 3
# --8<-- [end:answer-count]


# --8<-- [start:answer-rate]
@tf.function
def decay(x, rate):
    return x - rate * x


rate = tf.Variable(0.1)
for value in (0.1, 0.5):
    rate.assign(value)
    print(decay(tf.constant(1.0), rate).numpy())
# -> 0.9
# -> 0.5
print(decay.experimental_get_tracing_count())
# -> 1
# --8<-- [end:answer-rate]


# --8<-- [start:answer-while]
@tf.function
def root_until(x):
    y, rounds = x, 0
    while tf.abs(y * y - x) > 1e-5 * x:
        y = (y + x / y) / 2
        rounds += 1
    return y, rounds


for number in (4.0, 400.0, 4e6):
    y, rounds = root_until(tf.constant(number))
    print(y.numpy().round(2), rounds.numpy())
# -> 2.0 4
# -> 20.0 8
# -> 2000.0 14
print(root_until.experimental_get_tracing_count())
# -> 1
# --8<-- [end:answer-while]
