# The code of the lesson foundations/losses: its pages show it by section.

# --8<-- [start:errors]
import keras
import tensorflow as tf

targets = tf.constant([1.0, 2.0, 3.0, 4.0])
predictions = tf.constant([1.5, 2.0, 2.0, 14.0])  # the last one is far off
error = predictions - targets  # (4,): 0.5, 0, -1, 10
squared = error**2
absolute = tf.abs(error)
huber = tf.where(absolute <= 1, squared / 2, absolute - 0.5)
for each in (squared, absolute, huber):
    print(each.numpy(), "mean", tf.reduce_mean(each).numpy())
# -> [  0.25   0.     1.   100.  ] mean 25.3125
# -> [ 0.5  0.   1.  10. ] mean 2.875
# -> [0.125 0.    0.5   9.5  ] mean 2.53125
# --8<-- [end:errors]

# --8<-- [start:errors-keras]
for loss in (
    keras.losses.MeanSquaredError(),
    keras.losses.MeanAbsoluteError(),
    keras.losses.Huber(delta=1.0),
):
    print(loss.name, loss(targets, predictions).numpy())
# -> mean_squared_error 25.3125
# -> mean_absolute_error 2.875
# -> huber_loss 2.53125
# --8<-- [end:errors-keras]

# --8<-- [start:error-slopes]
import matplotlib.pyplot as plt

e = tf.linspace(-3.0, 3.0, 121)
huber = tf.where(tf.abs(e) <= 1, e**2 / 2, tf.abs(e) - 0.5)
curves = {
    "squared": (e**2, 2 * e, "-"),
    "absolute": (tf.abs(e), tf.sign(e), "--"),
    "Huber": (huber, tf.clip_by_value(e, -1, 1), ":"),
}
figure, (left, right) = plt.subplots(1, 2)
for name, (loss, slope, style) in curves.items():
    left.plot(e, loss, style, label=name)
    right.plot(e, slope, style, label=name)
left.set(xlabel="error (prediction - target)", title="Loss")
right.set(xlabel="error (prediction - target)", title="Slope of the loss")
right.legend()
figure.suptitle("Far off, only squared error pulls ever harder", weight="bold")
plt.show()
# --8<-- [end:error-slopes]

# --8<-- [start:sigmoid]
z = tf.constant([-8.0, -4.0, 0.0, 4.0])
p = 1 / (1 + tf.exp(-z))
for each in (p, tf.sigmoid(z)):
    print(*(f"{value:.4f}" for value in each.numpy()))
# -> 0.0003 0.0180 0.5000 0.9820
# -> 0.0003 0.0180 0.5000 0.9820
# --8<-- [end:sigmoid]

# --8<-- [start:binary]
y = tf.constant([1.0, 0.0, 0.0, 1.0])  # the first is a confident mistake
each = -(y * tf.math.log(p) + (1 - y) * tf.math.log(1 - p))
print(each.numpy().round(4), "mean", tf.reduce_mean(each).numpy().round(4))
# -> [8.0003 0.0181 0.6931 0.0181] mean 2.1824
print("Keras", keras.losses.BinaryCrossentropy()(y, p).numpy().round(4))
# -> Keras 2.1824
# --8<-- [end:binary]

# --8<-- [start:softmax]
logits = tf.constant([[2.0, 1.0, -1.0], [0.0, 3.0, 0.5]])  # (2 samples, 3)
powers = tf.exp(logits)
q = powers / tf.reduce_sum(powers, axis=1, keepdims=True)
print(q.numpy().round(3))
# -> [[0.705 0.259 0.035]
# ->  [0.044 0.883 0.073]]
print(tf.nn.softmax(logits + 100).numpy().round(3))
# -> [[0.705 0.259 0.035]
# ->  [0.044 0.883 0.073]]
# --8<-- [end:softmax]

# --8<-- [start:categorical]
labels = tf.constant([0, 2])  # (2,): the index of the true class
one_hot = tf.one_hot(labels, 3)  # (2, 3): rows with a single 1
each = -tf.reduce_sum(one_hot * tf.math.log(q), axis=1)  # (2,)
print("by hand    ", tf.reduce_mean(each).numpy().round(4))
# -> by hand     1.4864
categorical = keras.losses.CategoricalCrossentropy()
print("categorical", categorical(one_hot, q).numpy().round(4))
# -> categorical 1.4864
sparse = keras.losses.SparseCategoricalCrossentropy()
print("sparse     ", sparse(labels, q).numpy().round(4))
# -> sparse      1.4864
# --8<-- [end:categorical]

# --8<-- [start:from-logits]
sparse_logits = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
print("sparse, from logits", sparse_logits(labels, logits).numpy().round(4))
# -> sparse, from logits 1.4864
binary_logits = keras.losses.BinaryCrossentropy(from_logits=True)
print("binary, from logits", binary_logits(y, z).numpy().round(4))
# -> binary, from logits 2.1824
# --8<-- [end:from-logits]

# --8<-- [start:extreme]
one = tf.ones((1,))
ways = {
    "by hand": lambda z: -tf.math.log(tf.sigmoid(z)),
    "Keras, probability": lambda z: keras.losses.binary_crossentropy(
        one, tf.sigmoid(z)
    ),
    "Keras, logit": lambda z: binary_logits(one, z),
}
for name, way in ways.items():
    z = tf.Variable([-100.0])
    with tf.GradientTape() as tape:
        loss = way(z)
    slope = tape.gradient(loss, z)
    print(f"{name}: loss {loss.numpy().item():.1f}, slope {slope[0]:.1f}")
# -> by hand: loss inf, slope nan
# -> Keras, probability: loss 16.1, slope 0.0
# -> Keras, logit: loss 100.0, slope -1.0
# --8<-- [end:extreme]

# --8<-- [start:slopes]
z = tf.constant([-8.0, -4.0, 0.0])  # the true class is 1
with tf.GradientTape(persistent=True) as tape:
    tape.watch(z)
    squared = (tf.sigmoid(z) - 1) ** 2
    cross_entropy = tf.nn.softplus(-z)  # -log sigmoid(z)
for name, loss in (("squared", squared), ("cross-entropy", cross_entropy)):
    slope = tape.gradient(loss, z).numpy()
    print(f"{name:13} loss", *(f"{value:8.4f}" for value in loss.numpy()))
    print(f"{name:13} slope", *(f"{value:8.5f}" for value in slope))
# -> squared       loss   0.9993   0.9644   0.2500
# -> squared       slope -0.00067 -0.03469 -0.25000
# -> cross-entropy loss   8.0003   4.0181   0.6931
# -> cross-entropy slope -0.99966 -0.98201 -0.50000
# --8<-- [end:slopes]

# --8<-- [start:slopes-figure]
z = tf.linspace(-8.0, 8.0, 161)
p = tf.sigmoid(z)
losses = {
    "squared error": ((p - 1) ** 2, 2 * (p - 1) * p * (1 - p), "--"),
    "cross-entropy": (tf.nn.softplus(-z), p - 1, "-"),
}
figure, (left, right) = plt.subplots(1, 2)
for name, (loss, slope, style) in losses.items():
    left.plot(z, loss, style, label=name)
    right.plot(z, slope, style)
    at = [0, 40, 80]  # logits -8, -4, 0
    right.plot(z.numpy()[at], slope.numpy()[at], "o", color="black")
left.set(xlabel="logit (true class 1)", title="Loss")
right.set(xlabel="logit (true class 1)", title="Slope of the loss")
arrow = {"arrowstyle": "->", "color": "dimgray"}
right.annotate("hardly any pull", (-6, -0.02), (-8, -0.4), arrowprops=arrow)
right.text(-8, -0.93, "full pull")
left.legend()
figure.suptitle(
    "Only cross-entropy pulls on a confident mistake", weight="bold"
)
plt.show()
# --8<-- [end:slopes-figure]


# --8<-- [start:recovery]
import math


def way_back(slope_of, n_steps=3000, learning_rate=1.0):
    z = -8.0
    path = [z]
    for _ in range(n_steps):
        z -= learning_rate * slope_of(1 / (1 + math.exp(-z)))
        path.append(z)
    return path


paths = {
    "squared error": way_back(lambda p: 2 * (p - 1) * p * (1 - p)),
    "cross-entropy": way_back(lambda p: p - 1),
}
for name, path in paths.items():
    print(
        f"{name}: {sum(z < 0 for z in path)} steps until the logit is above 0"
    )
# -> squared error: 1507 steps until the logit is above 0
# -> cross-entropy: 9 steps until the logit is above 0
# --8<-- [end:recovery]

# --8<-- [start:recovery-figure]
for (name, path), style in zip(paths.items(), ("--", "-"), strict=True):
    plt.plot(range(1, len(path)), path[1:], style, label=name)
plt.axhline(0, color="gray", linewidth=1)
plt.text(25, 0.3, "above the line: right answer")
plt.xscale("log")
plt.xlabel("step (from logit -8, learning rate 1)")
plt.ylabel("logit (true class 1)")
plt.title("From the same confident mistake back to the right answer")
plt.legend()
plt.show()
# --8<-- [end:recovery-figure]

# --8<-- [start:worked-example]
label = tf.constant([[0.0, 0.0, 1.0]])  # class 3 of 3
guess = tf.constant([[0.2, 0.7, 0.1]])
squares = (guess - label) ** 2
print(squares.numpy().round(2))
# -> [[0.04 0.49 0.81]]
print("half the sum", (tf.reduce_sum(squares) / 2).numpy().round(2))
# -> half the sum 0.67
print("Keras' mean", keras.losses.MeanSquaredError()(label, guess).numpy())
# -> Keras' mean 0.44666663
print("cross-entropy", categorical(label, guess).numpy())
# -> cross-entropy 2.3025851
# --8<-- [end:worked-example]

# --8<-- [start:string-model]
from tfnotes.data import load

(x_train, y_train), (x_test, y_test) = load("digits")
x_train, x_test = x_train / 16, x_test / 16  # (1437, 8, 8), (360, 8, 8)


def trained(seed, loss, activation=None):
    keras.utils.set_random_seed(seed)
    hidden = keras.layers.Dense(64, activation="relu")
    output = keras.layers.Dense(10, activation=activation)
    flat = keras.layers.Flatten()
    model = keras.Sequential([keras.Input((8, 8)), flat, hidden, output])
    model.compile(keras.optimizers.Adam(0.005), loss, metrics=["accuracy"])
    model.fit(x_train, y_train, batch_size=64, epochs=5, verbose=0)
    return model


# --8<-- [end:string-model]

# --8<-- [start:string-loss]
name = "sparse_categorical_crossentropy"  # takes what comes for probabilities
for loss in (name, sparse_logits):
    models = [trained(seed, loss) for seed in (1, 2, 3)]  # each returns logits
    scores = [m.evaluate(x_test, y_test, verbose=0)[1] for m in models]
    print("string" if loss is name else "object", end=": ")
    print("below 0.5", [score < 0.5 for score in scores], end=", ")
    print("above 0.9", [score > 0.9 for score in scores])
# -> string: below 0.5 [True, True, True], above 0.9 [False, False, False]
# -> object: below 0.5 [False, False, False], above 0.9 [True, True, True]
# --8<-- [end:string-loss]

# --8<-- [start:string-slope]
true_class = tf.constant([1])
z = tf.constant([[2.0, -1.0, 0.3]])
with tf.GradientTape(persistent=True) as tape:
    tape.watch(z)
    wrong = sparse(true_class, z)
    right = sparse_logits(true_class, z)
print("taken for probabilities", tape.gradient(wrong, z).numpy().round(2))
# -> taken for probabilities [[0.   0.   0.77]]
print("taken for logits       ", tape.gradient(right, z).numpy().round(2))
# -> taken for logits        [[ 0.81 -0.96  0.15]]
# --8<-- [end:string-slope]

# --8<-- [start:sigmoid-area]
z = tf.linspace(-20.0, 20.0, 4001)
height = tf.sigmoid(z)
print("area under the sigmoid", (tf.reduce_mean(height) * 40).numpy().round(2))
# -> area under the sigmoid 20.0
slope = height * (1 - height)
print("area under its slope  ", (tf.reduce_mean(slope) * 40).numpy().round(2))
# -> area under its slope   1.0
# --8<-- [end:sigmoid-area]

# --8<-- [start:sigmoid-head]
heads = [trained(1, name, head) for head in ("softmax", "sigmoid")]
pairs = zip(*(head.get_weights() for head in heads), strict=True)
print("same weights:", all((a == b).all() for a, b in pairs))
# -> same weights: True
for head in heads:
    print(head.predict(x_test, verbose=0).sum(axis=1)[:4].round(1))
# -> [1. 1. 1. 1.]
# -> [2.3 2.7 3.2 2.2]
# --8<-- [end:sigmoid-head]

# --8<-- [start:list-labels]
from tfnotes.errors import printed_errors

with printed_errors():
    sparse([2], guess)
# -> ValueError: Expected an instance of list, got <tf.Tensor: shape=(1, 3),
#    dtype=float32, numpy=array([[0.2, 0.7, 0.1]], dtype=float32)>.
with printed_errors():
    sparse([2], [[0.2, 0.7, 0.1]])
# -> ValueError: Structures don't have the same nested structure.
print(sparse(tf.constant([2]), guess).numpy())
# -> 2.3025851
# --8<-- [end:list-labels]

# --8<-- [start:answer-constant]
values = tf.constant([1.0, 2.0, 3.0, 4.0, 100.0])
candidates = tf.linspace(0.0, 100.0, 1001)  # one constant for all five values
errors = candidates[:, None] - values  # (1001, 5)
for loss in (errors**2, tf.abs(errors)):
    best = tf.argmin(tf.reduce_mean(loss, axis=1))
    print(candidates[best].numpy())
# -> 22.0
# -> 3.0
# --8<-- [end:answer-constant]

# --8<-- [start:answer-softmax-slope]
with tf.GradientTape() as tape:
    tape.watch(logits)
    loss = tf.reduce_sum(
        tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
    )
print(tape.gradient(loss, logits).numpy().round(3))
# -> [[-0.295  0.259  0.035]
# ->  [ 0.044  0.883 -0.927]]
print((q - one_hot).numpy().round(3))
# -> [[-0.295  0.259  0.035]
# ->  [ 0.044  0.883 -0.927]]
# --8<-- [end:answer-softmax-slope]

# --8<-- [start:answer-stable]
z = tf.constant([-100.0, -8.0, 0.0, 100.0])
theirs = tf.nn.sigmoid_cross_entropy_with_logits
for y in (tf.ones(4), tf.zeros(4)):
    stable = tf.maximum(z, 0) - y * z + tf.math.log1p(tf.exp(-tf.abs(z)))
    for each in (stable, theirs(labels=y, logits=z)):
        print(*(f"{value:9.4f}" for value in each.numpy()))
# ->  100.0000    8.0003    0.6931    0.0000
# ->  100.0000    8.0003    0.6931    0.0000
# ->    0.0000    0.0003    0.6931  100.0000
# ->    0.0000    0.0003    0.6931  100.0000
# --8<-- [end:answer-stable]
