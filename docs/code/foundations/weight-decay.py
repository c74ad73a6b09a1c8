# The code of the lesson foundations/weight-decay.

# --8<-- [start:data]
import numpy as np


def draw(n_draws, n_features, weight, noise, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n_draws, 120, n_features))
    y = weight * x.sum(axis=2)  # (n_draws, 120)
    y = y + rng.normal(scale=noise, size=y.shape)
    return x[:, :20], y[:, :20], x[:, 20:], y[:, 20:]


x, y, x_test, y_test = draw(20, n_features=200, weight=0.01, noise=0.01)
print(x.shape, x_test.shape)
# -> (20, 20, 200) (20, 100, 200)
# --8<-- [end:data]

# --8<-- [start:train]
from tfnotes.scratch import sgd_step


def train(penalties, w, steps=500, learning_rate=0.02):
    for _ in range(steps):
        errors = x @ w - y[..., None]  # (20 draws, 20 rows, penalties)
        slope = 2 / 20 * x.swapaxes(1, 2) @ errors  # of the mean squared error
        slope = slope + 2 * penalties * w  # and of the penalty
        w, _ = sgd_step(w, slope, 0.0, learning_rate)
    return w  # (20 draws, 200 features, penalties)


def mse(x, y, w, b=0.0):
    return ((x @ w + b - y[..., None]) ** 2).mean(axis=1)  # (draws, penalties)


# --8<-- [end:train]

# --8<-- [start:classic]
penalties = np.array([0.0, *np.geomspace(0.001, 10, 9)])
start = np.random.default_rng(1).normal(size=(20, 200, 1))  # one a draw
w = train(penalties, start * np.ones(10))
size = np.linalg.norm(w, axis=1)  # (20, 10)
test = mse(x_test, y_test, w)  # (20, 10)
for i in (0, 1, 3, 5, 7, 9):
    low, middle, high = np.quantile(test[:, i], [0, 0.5, 1])
    print(f"{penalties[i]:6.3f}: size {np.median(size[:, i]):6.3f}", end=", ")
    print(f"test {middle:.3f}, from {low:.3f} to {high:.3f}")
# ->  0.000: size 13.541, test 174.007, from 112.429 to 277.726
# ->  0.001: size 13.273, test 167.179, from 108.014 to 266.832
# ->  0.010: size 11.086, test 116.574, from 75.310 to 186.123
# ->  0.100: size  1.826, test 3.136, from 2.020 to 5.035
# ->  1.000: size  0.038, test 0.018, from 0.012 to 0.024
# -> 10.000: size  0.021, test 0.018, from 0.013 to 0.025
print(
    f"true size {0.01 * 200**0.5:.3f}, predict 0: test {np.mean(y_test**2):.3f}"
)
# -> true size 0.141, predict 0: test 0.020
# --8<-- [end:classic]


# --8<-- [start:ridge]
def ridge(x, y, penalties):
    u, s, vt = np.linalg.svd(x, full_matrices=False)
    s = s[..., None]  # (draws, rank, 1)
    factor = s / (s**2 + x.shape[1] * penalties)  # (draws, rank, penalties)
    along = u.swapaxes(1, 2) @ y[..., None]  # (draws, rank, 1)
    return vt.swapaxes(1, 2) @ (factor * along)  # (draws, features, penalties)


w_exact = ridge(x, y, penalties)
test_exact = mse(x_test, y_test, w_exact)  # (20, 10)
for i in (0, 5, 7, 9):
    print(f"{penalties[i]:6.3f}: test {np.median(test_exact[:, i]):.4f}")
# ->  0.000: test 0.0181
# ->  0.100: test 0.0181
# ->  1.000: test 0.0180
# -> 10.000: test 0.0181
w0 = train(penalties[:1], np.zeros((20, 200, 1)))
print(f"trained from 0: test {np.median(mse(x_test, y_test, w0)):.4f}")
# -> trained from 0: test 0.0181
# --8<-- [end:ridge]

# --8<-- [start:against-penalty]
import matplotlib.pyplot as plt

figure, (left, right) = plt.subplots(1, 2, figsize=(7.2, 3.8))
for panel, values in ((left, size), (right, test)):
    low, middle, high = np.quantile(values[:, 1:], [0, 0.5, 1], axis=0)
    panel.plot(penalties[1:], middle, "o-", label="trained from random weights")
    panel.fill_between(penalties[1:], low, high, alpha=0.2, lw=0)
    panel.set(xscale="log", yscale="log", xlabel=r"penalty $\lambda$")
exact = np.linalg.norm(w_exact[..., 1:], axis=1)  # (20, 9)
for panel, values in ((left, exact), (right, test_exact[:, 1:])):
    middle = np.median(values, axis=0)
    panel.plot(penalties[1:], middle, "--", c="C1", label="exact minimum")
left.set_title(r"Size of the weights, $\|w\|$")
right.set_title("Test error")
for panel, level, name in (
    (left, 0.1414, "true weights"),
    (right, np.mean(y_test**2), "predict 0"),
):
    panel.axhline(level, color="dimgray", linestyle=":")
    panel.text(0.001, level * 1.15, name, color="dimgray", size=9.5)
figure.suptitle("Decay wipes out the random start", weight="bold")
handles = left.get_legend_handles_labels()
figure.legend(*handles, loc="outside lower center", ncols=2)
plt.show()
# --8<-- [end:against-penalty]

# --8<-- [start:few-features]
few = draw(100, n_features=15, weight=0.1, noise=0.3)
grid = np.geomspace(0.001, 100, 26)  # five a decade
w = ridge(*few[:2], grid)  # (100, 15, 26)
train_few, test_few = mse(*few[:2], w), mse(*few[2:], w)  # (100, 26)
for i in (0, 13, 25):
    middle, spread = np.median(test_few[:, i]), test_few[:, i]
    low, high = np.quantile(spread, [0.1, 0.9])
    print(f"{grid[i]:7.3f}: {middle:.2f}, 80 % from {low:.2f} to {high:.2f}")
# ->   0.001: 0.34, 80 % from 0.21 to 0.56
# ->   0.398: 0.14, 80 % from 0.12 to 0.18
# -> 100.000: 0.22, 80 % from 0.19 to 0.27
# --8<-- [end:few-features]

# --8<-- [start:u-shape]
for values, name, line, color in (
    (test_few, "100 test rows", "o-", "C0"),
    (train_few, "20 training rows", "s--", "C1"),
):
    low, middle, high = np.quantile(values, [0.1, 0.5, 0.9], axis=0)
    plt.plot(grid, middle, line, color=color, label=name, markersize=4)
    plt.fill_between(grid, low, high, color=color, alpha=0.2, lw=0)
plt.axhline(0.09, color="dimgray", linestyle=":")
plt.text(3.5, 0.075, "the noise alone", color="dimgray", va="top", size=9.5)
plt.xscale("log")
plt.yscale("log")
plt.ylim(0.003, 2)
plt.xlabel(r"penalty $\lambda$")
plt.ylabel("mean squared error")
plt.title("Too little fits noise, too much fits nothing (100 draws)")
plt.legend()
plt.show()
# --8<-- [end:u-shape]


# --8<-- [start:bias]
def ridge_and_bias(x, y, penalties):
    x_mean = x.mean(axis=1, keepdims=True)  # (draws, 1, features)
    y_mean = y.mean(axis=1, keepdims=True)  # (draws, 1)
    w = ridge(x - x_mean, y - y_mean, penalties)
    return w, y_mean[..., None] - x_mean @ w  # the bias pays nothing


x_few, y_few, x_few_test, y_few_test = few
with_ones = np.append(x_few, np.ones((100, 20, 1)), axis=2)
for shift in (0.0, 10.0):
    free = ridge_and_bias(x_few, y_few + shift, grid[[13]])
    both = ridge(with_ones, y_few + shift, grid[[13]])  # (100, 16, 1)
    bound = both[:, :-1], both[:, -1:]  # the weight of the ones is the bias
    for name, fit in (("free", free), ("penalised", bound)):
        error = np.median(mse(x_few_test, y_few_test + shift, *fit))
        print(f"shift {shift:4}, bias {name:9}: test {error:.2f}")
# -> shift  0.0, bias free     : test 0.16
# -> shift  0.0, bias penalised: test 0.15
# -> shift 10.0, bias free     : test 0.16
# -> shift 10.0, bias penalised: test 21.98
# --8<-- [end:bias]

# --8<-- [start:keras]
import keras
from keras.regularizers import L1, L2

keras.utils.set_random_seed(0)
hidden = keras.layers.Dense(16, "relu", kernel_regularizer=L2(0.01))
output = keras.layers.Dense(1, kernel_regularizer=L2(0.001))
model = keras.Sequential([keras.Input((200,)), hidden, output])
model.compile(optimizer="sgd", loss="mse", metrics=["mse"])

by_hand = [
    0.01 * np.sum(np.square(hidden.kernel)),
    0.001 * np.sum(np.square(output.kernel)),
]
print(np.allclose(model.losses, by_hand), np.round(model.losses, 4))
# -> True [0.2943 0.0017]
shown = model.evaluate(x[0], y[0], return_dict=True, verbose=0)
print({name: round(value, 3) for name, value in shown.items()})
# -> {'loss': 2.531, 'mse': 2.235}
print(np.isclose(shown["loss"], shown["mse"] + sum(by_hand)))
# -> True
# --8<-- [end:keras]

# --8<-- [start:one-step]
import tensorflow as tf
from keras.optimizers import SGD, Adam, AdamW

x0 = tf.constant(x[0], tf.float32)  # (20, 200)
y0 = tf.constant(y[0][:, None], tf.float32)  # (20, 1)


def descend(optimizer, penalty=0.0, steps=1):
    w = tf.Variable(tf.ones((200, 1)))
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((x0 @ w - y0) ** 2) + L2(penalty)(w)
        optimizer.apply_gradients([(tape.gradient(loss, w), w)])
    return w.numpy()


plain, penalised = descend(SGD(0.01)), descend(SGD(0.01), penalty=0.5)
print((plain - penalised).min().round(4), (plain - penalised).max().round(4))
# -> 0.01 0.01
# --8<-- [end:one-step]

# --8<-- [start:same]
momentum = {"learning_rate": 0.01, "momentum": 0.9}
pairs = {
    "SGD": (SGD(0.01), SGD(0.01, weight_decay=1.0)),
    "SGD, momentum": (SGD(**momentum), SGD(**momentum, weight_decay=1.0)),
    "Adam": (Adam(0.01), AdamW(0.01, weight_decay=1.0)),
}
for name, (in_loss, decoupled) in pairs.items():
    one = descend(in_loss, penalty=0.5, steps=20)
    two = descend(decoupled, steps=20)
    sizes = f"{np.linalg.norm(one):.2f} and {np.linalg.norm(two):.2f}"
    print(f"{name:13} size {sizes:13} same {np.allclose(one, two, atol=1e-4)}")
# -> SGD           size 10.97 and 10.97 same True
# -> SGD, momentum size 1.88 and 11.01 same False
# -> Adam          size 13.04 and 11.17 same False
# --8<-- [end:same]


# --8<-- [start:shrink]
def shrink(optimizer, penalty=0.0, steps=100):
    w = tf.Variable([1.0, 1.0])
    noise, path = tf.constant([0.01, 10.0]), [w.numpy()]
    for step in range(steps):  # the noise has mean 0: up, down, up, ...
        slope = noise * (-1.0) ** step + 2 * penalty * w
        optimizer.apply_gradients([(slope, w)])
        path.append(w.numpy())
    return np.array(path)  # (steps + 1, 2)


in_loss = shrink(Adam(0.02), penalty=0.25)
decoupled = shrink(AdamW(0.02, weight_decay=0.5))
print("Adam with L2, after 25 steps:", in_loss[25].round(2))
# -> Adam with L2, after 25 steps: [0.52 0.94]
print("AdamW, after 25 steps:       ", decoupled[25].round(2))
# -> AdamW, after 25 steps:        [0.75 0.75]
# --8<-- [end:shrink]

# --8<-- [start:noisy]
figure, panels = plt.subplots(1, 2, sharey=True, figsize=(7.2, 3.4))
titles = "Adam with L2 in the loss", "AdamW, weight_decay=0.5"
for panel, path, title in zip(
    panels, (in_loss, decoupled), titles, strict=True
):
    panel.plot(path[:, 0], "-", color="C0", label=r"gradient $\pm$0.01")
    panel.plot(path[:, 1], "--", color="C1", label=r"gradient $\pm$10")
    panel.set(title=title, xlabel="step", ylim=(-0.1, 1.1))
panels[0].set_ylabel("weight")
panels[0].legend(loc="center right")
figure.suptitle("Noise shields a weight from L2, not from AdamW", weight="bold")
plt.show()
# --8<-- [end:noisy]

# --8<-- [start:l1]
w = np.linspace(-2, 2, 4001)  # candidates, 0.001 apart
a = np.linspace(-2, 2, 81)[:, None]  # where the data would put the weight
data = (w - a) ** 2  # (81, 4001)
best_l2 = w[np.argmin(data + w**2, axis=1)]  # (81,)
best_l1 = w[np.argmin(data + np.abs(w), axis=1)]  # (81,)
for i in (44, 50, 60, 80):
    found = f"L2 {best_l2[i]:.2f}, L1 {best_l1[i]:.2f}"
    print(f"data alone {a[i, 0]:.2f}: {found}")
# -> data alone 0.20: L2 0.10, L1 0.00
# -> data alone 0.50: L2 0.25, L1 0.00
# -> data alone 1.00: L2 0.50, L1 0.50
# -> data alone 2.00: L2 1.00, L1 1.50
# --8<-- [end:l1]

# --8<-- [start:cut]
plt.plot(a, a, ":", color="dimgray", label="no penalty")
plt.plot(a, best_l2, "--", color="C0", label="L2: half of it")
plt.plot(a, best_l1, "-", color="C1", label="L1: half a unit less, or 0")
plt.xlabel("weight that the data ask for")
plt.ylabel("weight with the penalty")
plt.title("L2 scales every weight, L1 sets small ones to 0")
plt.legend()
plt.show()
# --8<-- [end:cut]

# --8<-- [start:half]
weights = tf.ones((2, 2))
print(f"L2(0.01):            {float(L2(0.01)(weights)):.2f}")
# -> L2(0.01):            0.04
print(f"0.01 * tf.nn.l2_loss {float(0.01 * tf.nn.l2_loss(weights)):.2f}")
# -> 0.01 * tf.nn.l2_loss 0.02
# --8<-- [end:half]


# --8<-- [start:decay]
from tfnotes.errors import printed_errors

with printed_errors():
    old = SGD(0.1, decay=0.5)
# -> UserWarning: Argument `decay` is no longer supported and will be ignored.
for name, optimizer in (
    ("decay=0.5", old),
    ("weight_decay=0.5", SGD(0.1, weight_decay=0.5)),
):
    weight = tf.Variable(1.0)
    optimizer.apply_gradients([(tf.constant(0.0), weight)])
    print(f"{name:16} {weight.numpy():.2f}")
# -> decay=0.5        1.00
# -> weight_decay=0.5 0.95
# --8<-- [end:decay]

# --8<-- [start:every-variable]
for excluded in ([], ["bias"]):
    ones = {"kernel_initializer": "ones", "bias_initializer": "ones"}
    layer = keras.layers.Dense(1, **ones)
    layer.build((None, 1))
    optimizer = SGD(0.1, weight_decay=0.5)
    optimizer.exclude_from_weight_decay(var_names=excluded)
    optimizer.apply_gradients(
        [(tf.zeros(v.shape), v) for v in layer.trainable_variables]
    )
    print(excluded, {v.name: f"{v.numpy().item():.2f}" for v in layer.weights})
# -> [] {'kernel': '0.95', 'bias': '0.95'}
# -> ['bias'] {'kernel': '0.95', 'bias': '1.00'}
# --8<-- [end:every-variable]

# --8<-- [start:answer-folds]
score = 0.0
for fold in range(5):
    held = np.arange(20) % 5 == fold  # 4 of the 20 rows
    w = ridge(x_few[:, ~held], y_few[:, ~held], grid)
    score = score + mse(x_few[:, held], y_few[:, held], w)  # (100, 26)
chosen = test_few[np.arange(100), score.argmin(axis=1)]  # (100,)
for name, errors in (
    ("smallest penalty", test_few[:, 0]),
    ("chosen by folds", chosen),
    ("best on the test", test_few.min(axis=1)),
):
    print(f"{name:16} {np.median(errors):.2f}")
# -> smallest penalty 0.34
# -> chosen by folds  0.16
# -> best on the test 0.14
# --8<-- [end:answer-folds]

# --8<-- [start:answer-names]
for name in ("l2", "l1", "l1_l2"):
    with printed_errors():
        regularizer = keras.regularizers.get(name)
        print(name, f"{float(regularizer(tf.fill((2, 2), 2.0))):.2f}")
# -> l2 0.16
# -> l1 0.08
# -> ValueError: Could not interpret regularizer identifier: l1_l2
both = keras.regularizers.L1L2(l1=0.01, l2=0.01)
print(f"{float(both(tf.fill((2, 2), 2.0))):.2f}")
# -> 0.24
# --8<-- [end:answer-names]

# --8<-- [start:answer-zero]
weight, l1 = tf.Variable(0.05), L1(0.2)
optimizer, path = SGD(0.1), []
for _ in range(6):
    with tf.GradientTape() as tape:
        loss = l1(weight)
    optimizer.apply_gradients([(tape.gradient(loss, weight), weight)])
    path.append(float(weight.numpy()))
print(np.round(path, 2))
# -> [ 0.03  0.01 -0.01  0.01 -0.01  0.01]
# --8<-- [end:answer-zero]
