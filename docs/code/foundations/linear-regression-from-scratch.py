# The code of the lesson foundations/linear-regression-from-scratch.

# --8<-- [start:data]
import numpy as np

rng = np.random.default_rng(7)
true_w = np.array([2.0, -3.4], np.float32)  # (2,): one weight for each feature
true_b = np.float32(4.2)
x = rng.normal(size=(1000, 2)).astype(np.float32)  # (1000, 2)
noise = rng.normal(scale=0.01, size=1000).astype(np.float32)  # (1000,)
y = x @ true_w + true_b + noise  # (1000,)
print(x.shape, y.shape)
# -> (1000, 2) (1000,)
# --8<-- [end:data]

# --8<-- [start:cloud]
import matplotlib.pyplot as plt

figure, panels = plt.subplots(1, 2, sharey=True)
for feature, panel in enumerate(panels):
    panel.scatter(x[:200, feature], y[:200], s=10)
    panel.set(
        xlabel=f"$x_{feature + 1}$", title=f"y against feature {feature + 1}"
    )
panels[0].set_ylabel("y")
plt.show()
# --8<-- [end:cloud]


# --8<-- [start:batches]
def batches(x, y, size, rng):
    order = rng.permutation(len(x))  # a new order every epoch
    for start in range(0, len(x), size):
        index = order[start : start + size]
        yield x[index], y[index]


x_batch, y_batch = next(batches(x, y, 10, rng))
print(x_batch.shape, y_batch.shape)
# -> (10, 2) (10,)
# --8<-- [end:batches]

# --8<-- [start:model]
import tensorflow as tf

w = tf.Variable(tf.random.stateless_normal((2, 1), seed=(0, 1), stddev=0.01))
b = tf.Variable(0.0)


def linear(x):
    return x @ w + b  # (batch, 2) @ (2, 1) -> (batch, 1)


def squared_loss(predicted, y):
    y = tf.reshape(y, predicted.shape)  # (batch,) -> (batch, 1)
    return (predicted - y) ** 2 / 2  # (batch, 1)


print(linear(x_batch).shape, squared_loss(linear(x_batch), y_batch).shape)
# -> (10, 1) (10, 1)
# --8<-- [end:model]


# --8<-- [start:step]
def train_step(x, y, learning_rate=0.03):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(squared_loss(linear(x), y))
    for parameter, gradient in zip(
        (w, b), tape.gradient(loss, (w, b)), strict=True
    ):
        parameter.assign_sub(learning_rate * gradient)
    return loss


# --8<-- [end:step]

# --8<-- [start:train]
losses = []
for epoch in range(3):
    losses += [train_step(*batch).numpy() for batch in batches(x, y, 10, rng)]
    loss = tf.reduce_mean(squared_loss(linear(x), y))
    print(f"epoch {epoch + 1}: loss {loss:.6f}")
# -> epoch 1: loss 0.026402
# -> epoch 2: loss 0.000100
# -> epoch 3: loss 0.000051
# --8<-- [end:train]

# --8<-- [start:recovered]
print("w", w.numpy().ravel().round(3), "true", true_w)
# -> w [ 1.999 -3.4  ] true [ 2.  -3.4]
print("b", b.numpy().round(3), "true", true_b)
# -> b 4.2 true 4.2
# --8<-- [end:recovered]

# --8<-- [start:loss]
plt.plot(losses, linewidth=1, label="loss of each mini-batch")
plt.axhline(
    0.01**2 / 2,
    linestyle="--",
    color="C1",
    label="loss of the noise alone",
)
plt.yscale("log")
plt.xlabel("step")
plt.title("The loss falls until only the noise is left")
plt.legend()
plt.show()
# --8<-- [end:loss]

# --8<-- [start:graph]
graph_step = tf.function(train_step)
x_all, y_all = tf.constant(x), tf.constant(y)


@tf.function(jit_compile=True)
def xla_epoch(order):  # (100, 10): the rows of each batch
    for index in order:
        train_step(tf.gather(x_all, index), tf.gather(y_all, index))


# --8<-- [end:graph]

# --8<-- [start:speed]
from tfnotes.devices import best_times, machine

ways = {
    "eager": lambda: [train_step(*batch) for batch in batches(x, y, 10, rng)],
    "graph": lambda: [graph_step(*batch) for batch in batches(x, y, 10, rng)],
    "one XLA program": lambda: xla_epoch(
        rng.permutation(1000).reshape(100, 10)
    ),
}
times = dict(zip(ways, best_times(*ways.values()), strict=True))  # seconds
# --8<-- [end:speed]

# --8<-- [start:bars]
for name, seconds in times.items():
    duration = 1000 * seconds
    plt.plot(duration, name, "o", color="C0", markersize=10)
    plt.annotate(f"  {duration:.3g} ms", (duration, name), va="center")
plt.xscale("log")
plt.xlim(0.1, 3000)
plt.gca().invert_yaxis()
plt.margins(y=0.3)
plt.xlabel("milliseconds for one epoch of 100 steps, best of 5")
plt.title(f"The same arithmetic, three ways ({machine()})")
plt.show()
# --8<-- [end:bars]

# --8<-- [start:broadcast]
w.assign(tf.zeros((2, 1)))
b.assign(0.0)
predicted = linear(x_batch)
print(predicted.shape, y_batch.shape, (predicted - y_batch).shape)
# -> (10, 1) (10,) (10, 10)


def squared_loss(predicted, y):
    return (predicted - y) ** 2 / 2  # the reshape is forgotten


for _ in range(3):
    for batch in batches(x, y, 10, rng):
        train_step(*batch)
print("w", w.numpy().ravel().round(1), "b", b.numpy().round(1))
# -> w [ 0.3 -0.4] b 4.6
# --8<-- [end:broadcast]

# --8<-- [start:third-weight]
from tfnotes.errors import printed_errors

with printed_errors():
    x @ np.array([2.0, -3.4, 4.2])
# -> ValueError: matmul: Input operand 1 has a mismatch in its core dimension 0,
#    with gufunc signature (n?,k),(k,m?)->(n?,m?) (size 3 is different from 2)
# --8<-- [end:third-weight]

# --8<-- [start:indentation]
with printed_errors():
    exec("def squared_loss(predicted, y):\nreturn (predicted - y) ** 2 / 2")
# -> IndentationError: expected an indented block after function definition on
#    line 1 (<string>, line 2)
# --8<-- [end:indentation]

# --8<-- [start:answer-least-squares]
ones = np.ones((1000, 1), np.float32)
solution, *_ = np.linalg.lstsq(np.hstack([x, ones]), y)  # (3,): w1, w2, b
print(solution.round(3))
# -> [ 2.  -3.4  4.2]
# --8<-- [end:answer-least-squares]


# --8<-- [start:answer-learning-rate]
def squared_loss(predicted, y):
    return (predicted - tf.reshape(y, predicted.shape)) ** 2 / 2


for learning_rate in (0.001, 0.03, 0.3, 3.0):
    w.assign(tf.zeros((2, 1)))
    b.assign(0.0)
    for batch in batches(x, y, 10, rng):
        loss = train_step(*batch, learning_rate)
    print(f"learning rate {learning_rate}: last loss {loss:.1e}")
# -> learning rate 0.001: last loss 1.7e+01
# -> learning rate 0.03: last loss 1.9e-02
# -> learning rate 0.3: last loss 3.6e-05
# -> learning rate 3.0: last loss inf
# --8<-- [end:answer-learning-rate]

# --8<-- [start:answer-batch-size]
for size in (1, 10, 1000):
    w.assign(tf.zeros((2, 1)))
    b.assign(0.0)
    steps = [train_step(*batch) for batch in batches(x, y, size, rng)]
    loss = tf.reduce_mean(squared_loss(linear(x), y))
    print(f"{len(steps):4} steps of {size:4} samples: loss {loss:.5f}")
# -> 1000 steps of    1 samples: loss 0.00005
# ->  100 steps of   10 samples: loss 0.02674
# ->    1 steps of 1000 samples: loss 16.65593
# --8<-- [end:answer-batch-size]
