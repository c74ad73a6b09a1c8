# The code of the lesson foundations/backpropagation.

# --8<-- [start:expression]
import matplotlib.pyplot as plt
import tensorflow as tf

from tfnotes.diagrams import expression_graph


def unit_loss(x, w, b, v, y):
    hidden = tf.nn.relu(w * x + b)
    return tf.square(v * hidden - y)


example = {"x": 2.0, "w": 1.5, "b": -1.0, "v": 3.0, "y": 5.0}
expression_graph(unit_loss, **example)
plt.show()
# --8<-- [end:expression]

# --8<-- [start:by-hand]
x, w, b, v, y = example.values()
total = w * x + b  # forward: every result gets a name, so it is stored
hidden = max(total, 0.0)
error = v * hidden - y
d_error = 2 * error  # backward: d_... is the slope of the loss
d_v = d_error * hidden
d_hidden = d_error * v
d_total = d_hidden * (total > 0)
d_w, d_b = d_total * x, d_total
print("v", d_v, "w", d_w, "b", d_b)
# -> v 4.0 w 12.0 b 6.0
# --8<-- [end:by-hand]

# --8<-- [start:net]
import numpy as np

from tfnotes.data import load

(x_train, y_train), (x_test, y_test) = load("digits")
x_train = x_train.reshape(-1, 64) / 16  # (1437, 64), from 0 to 1, float64
x_test = x_test.reshape(-1, 64) / 16  # (360, 64)


def new_parameters(seed, units=16):
    rng = np.random.default_rng(seed)
    w1 = rng.normal(scale=(2 / 64) ** 0.5, size=(64, units))
    w2 = rng.normal(scale=(2 / units) ** 0.5, size=(units, 10))
    return w1, np.zeros(units), w2, np.zeros(10)


parameters = new_parameters(seed=0)
print(sum(array.size for array in parameters), "parameters")
# -> 1210 parameters
# --8<-- [end:net]

# --8<-- [start:gradients]
from tfnotes.scratch import backward, cross_entropy, forward

images, labels = x_train[:32], y_train[:32].astype("int64")
logits, kept = forward(images, parameters)
loss, d_logits = cross_entropy(logits, labels)
gradients = backward(d_logits, kept, parameters)
for array, gradient in zip(parameters, gradients, strict=True):
    print(array.shape, gradient.shape)
# -> (64, 16) (64, 16)
# -> (16,) (16,)
# -> (16, 10) (16, 10)
# -> (10,) (10,)
# --8<-- [end:gradients]


# --8<-- [start:tape]
def loss_of_tensors(images, w1, b1, w2, b2):
    logits = tf.nn.relu(images @ w1 + b1) @ w2 + b2  # (batch, 10)
    return tf.reduce_mean(
        tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
    )


variables = [tf.Variable(array) for array in parameters]  # float64
with tf.GradientTape() as tape:
    tape_loss = loss_of_tensors(images, *variables)
tape_gradients = tape.gradient(tape_loss, variables)
for name, ours, theirs in zip(
    ("W1", "b1", "W2", "b2"), gradients, tape_gradients, strict=True
):
    print(name, "agrees:", np.allclose(ours, theirs, rtol=1e-9, atol=1e-12))
# -> W1 agrees: True
# -> b1 agrees: True
# -> W2 agrees: True
# -> b2 agrees: True
# --8<-- [end:tape]


# --8<-- [start:difference]
def loss_at(parameters):
    logits, _ = forward(images.astype(parameters[0].dtype), parameters)
    return cross_entropy(logits, labels)[0]


def central_difference(parameters, step):
    slopes = [np.zeros_like(array) for array in parameters]
    for array, slope in zip(parameters, slopes, strict=True):
        for place in np.ndindex(*array.shape):  # two forwards each
            middle = array[place]
            array[place] = middle + step
            above = loss_at(parameters)
            array[place] = middle - step
            slope[place] = (above - loss_at(parameters)) / (2 * step)
            array[place] = middle
    return slopes


differences = central_difference(parameters, step=1e-5)
for ours, measured in zip(gradients, differences, strict=True):
    print(np.allclose(ours, measured, rtol=0, atol=1e-7))
# -> True
# -> True
# -> True
# -> True
# --8<-- [end:difference]


# --8<-- [start:distances]
def gradients_at(parameters):
    logits, kept = forward(images, parameters)
    return backward(cross_entropy(logits, labels)[1], kept, parameters)


def flat(arrays):
    return np.concatenate([array.ravel() for array in arrays])


small = new_parameters(seed=0, units=4)  # 310 parameters
right = flat(gradients_at(small))
steps = 10.0 ** -np.arange(1, 10)
distances = {"float32": [], "float64": []}
for dtype, found in distances.items():
    copies = [array.astype(dtype) for array in small]
    for step in steps:
        error = flat(central_difference(copies, step)) - right
        found.append(np.linalg.norm(error) / np.linalg.norm(right))
bend = np.abs(images @ small[0] + small[1]).min()  # ReLU turns at 0
print(f"the sum nearest to a bend: {bend:.4f}")
# -> the sum nearest to a bend: 0.0044
# --8<-- [end:distances]

# --8<-- [start:steps]
plt.loglog(steps, distances["float32"], "s--", label="float32")
plt.loglog(steps, distances["float64"], "o-", label="float64")
plt.xlabel("step of the central difference")
plt.ylabel("relative distance to\nbackpropagation")
plt.axvline(bend, color="dimgray", linestyle=":", label="nearest bend")
plt.title("Large steps cross bends of ReLU, small ones drown in rounding")
plt.legend()
plt.show()
# --8<-- [end:steps]

# --8<-- [start:times]
from tfnotes.devices import best_times, machine


def milliseconds(task, repeats):
    calls = [lambda net=net: task(net) for net in nets]
    return [1000 * seconds for seconds in best_times(*calls, repeats=repeats)]


nets = [new_parameters(seed=0, units=units) for units in (2, 8, 32)]
n_parameters = [sum(array.size for array in net) for net in nets]
one = milliseconds(loss_at, 300)
both = milliseconds(gradients_at, 300)
many = milliseconds(lambda net: central_difference(net, 1e-5), 2)
# --8<-- [end:times]

# --8<-- [start:cost]
plt.loglog(
    n_parameters, many, "^-.", label="all gradients, by central differences"
)
plt.loglog(
    n_parameters, both, "o-", label="all gradients, forward and backward"
)
plt.loglog(n_parameters, one, "s:", label="no gradient, forward alone")
plt.xticks(n_parameters, [f"{n:,}" for n in n_parameters])
plt.minorticks_off()
plt.xlabel("parameters")
plt.ylabel("milliseconds")
plt.title(f"One way back gives every gradient\n{machine()}")
plt.legend()
plt.show()
# --8<-- [end:cost]

# --8<-- [start:memory]
print("parameters", sum(array.nbytes for array in parameters), "bytes")
# -> parameters 9680 bytes
for rows in (32, 320, 1437):
    _, stored = forward(x_train[:rows], parameters)
    print(
        f"{rows:4} rows: kept", sum(array.nbytes for array in stored), "bytes"
    )
# ->   32 rows: kept 20480 bytes
# ->  320 rows: kept 204800 bytes
# -> 1437 rows: kept 919680 bytes
# --8<-- [end:memory]


# --8<-- [start:training]
def train(seed, gradients_of, epochs=20, learning_rate=0.3):
    parameters, accuracy = new_parameters(seed), []
    rng = np.random.default_rng(seed)
    for _ in range(epochs):
        for rows in np.array_split(rng.permutation(len(x_train)), 45):
            logits, kept = forward(x_train[rows], parameters)
            _, d_logits = cross_entropy(logits, y_train[rows])
            slopes = gradients_of(d_logits, kept, parameters)
            for array, slope in zip(parameters, slopes, strict=True):
                array -= learning_rate * slope  # in place
        predicted = forward(x_test, parameters)[0].argmax(axis=1)
        accuracy.append((predicted == y_test).mean())
    return accuracy


def stop_at_output(d_logits, kept, parameters):
    _, _, d_w2, d_b2 = backward(d_logits, kept, parameters)
    return 0.0, 0.0, d_w2, d_b2  # nothing goes back to the first layer


# --8<-- [end:training]

# --8<-- [start:five-seeds]
ways = {"all the way": backward, "output layer only": stop_at_output}
curves = {
    name: [train(seed, way) for seed in range(5)] for name, way in ways.items()
}
for name, runs in curves.items():
    last = sorted(run[-1] for run in runs)
    print(f"{name:17}", *(f"{accuracy:.2f}" for accuracy in last))
# -> all the way       0.96 0.96 0.97 0.97 0.97
# -> output layer only 0.57 0.64 0.71 0.75 0.77
# --8<-- [end:five-seeds]

# --8<-- [start:curves]
looks = {
    "all the way": ("C0", "-"),
    "output layer only": ("C1", "--"),
}
for name, (color, line) in looks.items():
    for number, run in enumerate(curves[name]):
        label = f"errors go back: {name}" if number == 0 else None
        plt.plot(
            range(1, 21), run, line, color=color, linewidth=1.4, label=label
        )
plt.ylim(0, 1)
plt.xticks([1, 5, 10, 15, 20])
plt.xlabel("epoch")
plt.ylabel("accuracy on the test set")
plt.title("The hidden layer learns from what is sent back (5 seeds)")
plt.legend(loc="lower right")
plt.show()
# --8<-- [end:curves]

# --8<-- [start:name]
del kept  # nothing of the first forward is used again
_, computed_again = forward(images, parameters)
fresh = backward(d_logits, computed_again, parameters)
print(all(map(np.array_equal, gradients, fresh)))
# -> True

numbers = {name: tf.constant(value) for name, value in example.items()}
for name in "wbv":
    with tf.autodiff.ForwardAccumulator(
        numbers[name], tf.constant(1.0)
    ) as accumulator:
        value = unit_loss(**numbers)
    print(name, accumulator.jvp(value).numpy())
# -> w 12.0
# -> b 6.0
# -> v 4.0
# --8<-- [end:name]


# --8<-- [start:losses]
def cross(t, p):
    return -tf.reduce_sum(t * tf.math.log(p))


def binary(t, p):
    return cross(t, p) + cross(1 - t, 1 - p)


def squared(t, p):
    return tf.reduce_sum((p - t) ** 2) / 2


# --8<-- [end:losses]

# --8<-- [start:pair]
scores, target = tf.Variable([4.0, 0.0, -2.0]), tf.constant([0.0, 1.0, 0.0])
for name, activation, loss_of in (
    ("softmax, cross-entropy", tf.nn.softmax, cross),
    ("softmax, squared error", tf.nn.softmax, squared),
    ("sigmoid, binary", tf.nn.sigmoid, binary),
    ("none, squared error", tf.identity, squared),
):
    with tf.GradientTape() as tape:
        y_pred = activation(scores)
        unfit = loss_of(target, y_pred)
    slope = tape.gradient(unfit, scores)
    print(f"{name:22} {slope.numpy().round(3)}")
    print(f"{'    y_pred - y':22} {(y_pred - target).numpy().round(3)}")
# -> softmax, cross-entropy [ 0.98  -0.982  0.002]
# ->     y_pred - y         [ 0.98  -0.982  0.002]
# -> softmax, squared error [ 0.037 -0.035 -0.002]
# ->     y_pred - y         [ 0.98  -0.982  0.002]
# -> sigmoid, binary        [ 0.982 -0.5    0.119]
# ->     y_pred - y         [ 0.982 -0.5    0.119]
# -> none, squared error    [ 4. -1. -2.]
# ->     y_pred - y         [ 4. -1. -2.]
# --8<-- [end:pair]

# --8<-- [start:answer-inputs]
_, (_, hidden_units) = forward(images, parameters)
d_sums = d_logits @ parameters[2].T * (hidden_units > 0)  # (32, 16)
d_images = d_sums @ parameters[0].T  # (32, 64)

pixels = tf.constant(images)
with tf.GradientTape() as tape:
    tape.watch(pixels)
    tape_loss = loss_of_tensors(pixels, *parameters)
same = np.allclose(d_images, tape.gradient(tape_loss, pixels), rtol=1e-9)
print(d_images.shape, same)
# -> (32, 64) True
# --8<-- [end:answer-inputs]


# --8<-- [start:answer-mask]
def without_mask(d_logits, kept, parameters):
    d_hidden = d_logits @ parameters[2].T
    _, _, d_w2, d_b2 = backward(d_logits, kept, parameters)
    return kept[0].T @ d_hidden, d_hidden.sum(axis=0), d_w2, d_b2


wrong = without_mask(d_logits, computed_again, parameters)
for ours, measured in zip(wrong, differences, strict=True):
    print(np.allclose(ours, measured, rtol=0, atol=1e-7))
# -> False
# -> False
# -> True
# -> True
finals = sorted(train(seed, without_mask)[-1] for seed in range(5))
print(*(f"{accuracy:.2f}" for accuracy in finals))
# -> 0.67 0.92 0.94 0.94 0.94
# --8<-- [end:answer-mask]

# --8<-- [start:answer-tanh]
w1, b1, w2, b2 = variables
with tf.GradientTape() as tape:
    squashed = tf.tanh(images @ w1 + b1)
    tape_loss = tf.reduce_mean(
        tf.nn.sparse_softmax_cross_entropy_with_logits(
            labels, squashed @ w2 + b2
        )
    )
tape_d_w1 = tape.gradient(tape_loss, w1)

tanh_units = np.tanh(images @ parameters[0] + parameters[1])
_, d_outputs = cross_entropy(tanh_units @ parameters[2] + parameters[3], labels)
d_tanh = d_outputs @ parameters[2].T * (1 - tanh_units**2)  # (32, 16)
print(np.allclose(images.T @ d_tanh, tape_d_w1, rtol=1e-9, atol=1e-12))
# -> True
# --8<-- [end:answer-tanh]
