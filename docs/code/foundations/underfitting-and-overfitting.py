# The code of the lesson foundations/underfitting-and-overfitting.

# --8<-- [start:data]
import numpy as np

NOISE = 0.3  # standard deviation


def draw(n, seed):
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1, 1, n)  # (n,)
    return x, 4 * x**3 - 3 * x + rng.normal(scale=NOISE, size=n)


x, y = draw(20, seed=0)  # to fit
x_val, y_val = draw(1000, seed=1000)  # to judge, never to fit
# --8<-- [end:data]

# --8<-- [start:polynomials]
from numpy.polynomial.legendre import legvander


def features(x, degree):  # (n,) -> (n, degree + 1), each of mean square 1
    return legvander(x, degree) * np.sqrt(2 * np.arange(degree + 1) + 1)


def least_squares(x, y, degree):
    return np.linalg.lstsq(features(x, degree), y)[0]  # (degree + 1,)


def error(w, x, y):  # mean squared error
    return np.mean((features(x, len(w) - 1) @ w - y) ** 2)


# --8<-- [end:polynomials]

# --8<-- [start:three-fits]
DEGREES = (1, 3, 12)
fits = {degree: least_squares(x, y, degree) for degree in DEGREES}
for degree, w in fits.items():
    train, val = error(w, x, y), error(w, x_val, y_val)
    print(f"degree {degree:2}: training {train:.3f}, validation {val:.3f}")
# -> degree  1: training 0.546, validation 0.572
# -> degree  3: training 0.027, validation 0.116
# -> degree 12: training 0.016, validation 0.321
# --8<-- [end:three-fits]

# --8<-- [start:fits]
import matplotlib.pyplot as plt

line = np.linspace(-1, 1, 300)
names = ("too stiff", "about right", "too flexible")
figure, panels = plt.subplots(1, 3, sharey=True)
for panel, (degree, w), name in zip(panels, fits.items(), names, strict=True):
    panel.plot(line, 4 * line**3 - 3 * line, "--", c="dimgray", label="truth")
    panel.plot(line, features(line, degree) @ w, label="fit")
    panel.plot(x, y, "o", color="C1", markersize=4, label="20 samples")
    panel.set(xlabel="x", title=f"degree {degree}: {name}")
panels[0].set_ylabel("y")
figure.legend(
    *panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=3
)
plt.show()
# --8<-- [end:fits]


# --8<-- [start:repeat]
def errors(n, degree, fit=least_squares):
    inputs_val = features(x_val, degree)  # once for all draws
    found = []
    for seed in range(100):
        x, y = draw(n, seed)
        w = fit(x, y, degree)
        found.append((error(w, x, y), np.mean((inputs_val @ w - y_val) ** 2)))
    return np.transpose(found)  # (2, 100): training, validation


by_degree = np.array([errors(20, degree) for degree in range(13)])
best = by_degree[:, 1].argmin(axis=0)  # (100,): a degree for each draw
print(np.bincount(best, minlength=13))
# -> [ 0  0  0 75 12  8  3  2  0  0  0  0  0]
# --8<-- [end:repeat]


# --8<-- [start:band]
def band(panel, x, both):  # (len(x), 2, draws)
    for k, (name, style) in enumerate(
        (("training", "-"), ("validation", "--"))
    ):
        low, middle, high = np.percentile(both[:, k], (10, 50, 90), axis=1)
        panel.plot(x, middle, style, label=name)
        panel.fill_between(x, low, high, alpha=0.2)
    panel.axhline(NOISE**2, linestyle=":", color="dimgray", label="noise")
    panel.set_yscale("log")


# --8<-- [end:band]

# --8<-- [start:capacity]
figure, panel = plt.subplots()
band(panel, range(13), by_degree)
panel.set(
    xlabel="degree (20 samples; median and 10 to 90 % of 100 draws)",
    ylabel="mean squared error",
    title="More capacity: training error falls, validation error turns",
)
panel.legend(loc="upper left")
plt.show()
# --8<-- [end:capacity]

# --8<-- [start:more-data]
SIZES = (20, 50, 150, 400)
by_size = {
    degree: np.array([errors(n, degree) for n in SIZES]) for degree in DEGREES
}
for degree, both in by_size.items():
    middle = np.median(both, axis=2)  # (4, 2): training, validation
    for n, (train, val) in zip(SIZES[::3], middle[::3], strict=True):
        print(f"{degree:2}, {n:3} samples: {train:.2f}, validation {val:.2f}")
# ->  1,  20 samples: 0.37, validation 0.51
# ->  1, 400 samples: 0.46, validation 0.46
# ->  3,  20 samples: 0.06, validation 0.11
# ->  3, 400 samples: 0.09, validation 0.09
# -> 12,  20 samples: 0.03, validation 41.12
# -> 12, 400 samples: 0.09, validation 0.09
# --8<-- [end:more-data]

# --8<-- [start:sample-curves]
figure, panels = plt.subplots(1, 3, sharey=True)
for panel, (degree, both) in zip(panels, by_size.items(), strict=True):
    band(panel, SIZES, both)
    panel.set(xscale="log", xlabel="samples", title=f"degree {degree}")
    panel.set_xticks(SIZES, SIZES)
    panel.minorticks_off()
panels[0].set_ylabel("mean squared error")
panels[2].legend()
figure.suptitle(
    "More data closes the gap; it does not bend a line", weight="bold"
)
plt.show()
# --8<-- [end:sample-curves]

# --8<-- [start:descend]
import tensorflow as tf


@tf.function
def descend(inputs, targets, inputs_val, targets_val, epochs):
    w = tf.zeros(
        (inputs.shape[0], inputs.shape[2], 1)
    )  # (draws, degree + 1, 1)
    losses = tf.TensorArray(tf.float32, epochs)
    for epoch in tf.range(epochs):
        with tf.GradientTape() as tape:
            tape.watch(w)
            loss = tf.reduce_mean((inputs @ w - targets) ** 2, axis=(1, 2))
        val = tf.reduce_mean((inputs_val @ w - targets_val) ** 2, axis=(1, 2))
        losses = losses.write(epoch, [loss, val])
        w -= 0.05 * tape.gradient(loss, w)  # each draw has its own slope
    return losses.stack()  # (epochs, 2, draws)


# --8<-- [end:descend]

# --8<-- [start:epochs]
draws = [draw(20, seed) for seed in range(20)]
targets = np.float32([y for _, y in draws])[..., None]  # (20, 20, 1)
by_epoch = {}
for degree in DEGREES:
    inputs = np.float32([features(x, degree) for x, _ in draws])
    inputs_val = np.float32(features(x_val, degree))  # (1000, degree + 1)
    by_epoch[degree] = descend(
        inputs, targets, inputs_val, np.float32(y_val)[:, None], 3000
    ).numpy()
    val = np.median(by_epoch[degree][:, 1], axis=1)  # (3000,)
    print(f"degree {degree:2}: {val[[29, 99, 2999]].round(2)}")
# -> degree  1: [0.5 0.5 0.5]
# -> degree  3: [0.12 0.11 0.11]
# -> degree 12: [0.2  0.19 0.36]
# --8<-- [end:epochs]

# --8<-- [start:epoch-curves]
figure, panels = plt.subplots(1, 3, sharey=True)
shown = np.unique(np.geomspace(1, 3000, 200).astype(int))  # enough for a curve
for panel, (degree, both) in zip(panels, by_epoch.items(), strict=True):
    band(panel, shown, both[shown - 1])
    panel.set(xscale="log", xlabel="epoch", title=f"degree {degree}")
panels[0].set_ylabel("mean squared error")
panels[0].legend()
figure.suptitle(
    "Too flexible: the validation loss falls, then rises again", weight="bold"
)
plt.show()
# --8<-- [end:epoch-curves]

# --8<-- [start:digits]
import keras

import tfnotes
from tfnotes.data import load

(images, labels), _ = load("digits")  # the test set is left alone
images = images.reshape(-1, 64).astype("float32") / 16  # (1437, 64)
order = np.random.default_rng(0).permutation(len(images))
pool, held_out = order[:1000], order[1000:1400]  # to train, to judge
validation = images[held_out], labels[held_out]


def network(units, seed):
    keras.utils.set_random_seed(seed)
    dense = keras.layers.Dense
    model = keras.Sequential(
        [keras.Input((64,)), dense(units, activation="tanh"), dense(10)]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.01), loss, metrics=["accuracy"])
    return model


# --8<-- [end:digits]


# --8<-- [start:study]
def study(units, n, seed, epochs=20):
    model = network(units, seed)
    rows = np.random.default_rng(seed).choice(pool, n, replace=False)
    return tfnotes.train(
        model,
        images[rows],
        labels[rows],
        validation_data=validation,
        epochs=epochs,
        batch_size=n // 10,  # ten steps an epoch, whatever n
        verbose=0,
    ).history


# --8<-- [end:study]

# --8<-- [start:cases]
cases = ((64, 50), (64, 1000), (2, 1000))  # units, samples
studies = {case: [study(*case, seed) for seed in (1, 2, 3)] for case in cases}
for (units, n), runs in studies.items():
    print(f"{units} units, {n} samples")
    for name in ("accuracy", "val_accuracy"):
        print(f"  {name:12}", [round(run[name][-1], 2) for run in runs])
# -> 64 units, 50 samples
# ->   accuracy     [1.0, 1.0, 1.0]
# ->   val_accuracy [0.85, 0.72, 0.8]
# -> 64 units, 1000 samples
# ->   accuracy     [1.0, 1.0, 1.0]
# ->   val_accuracy [0.96, 0.96, 0.96]
# -> 2 units, 1000 samples
# ->   accuracy     [0.44, 0.5, 0.49]
# ->   val_accuracy [0.41, 0.5, 0.44]
# --8<-- [end:cases]

# --8<-- [start:network-curves]
figure, panels = plt.subplots(1, 3, sharey=True)
for panel, (case, runs) in zip(panels, studies.items(), strict=True):
    for run in runs:
        panel.plot(range(1, 21), run["loss"], color="C0", linewidth=1.2)
        panel.plot(range(1, 21), run["val_loss"], "--", color="C1", lw=1.2)
    units, n = case
    panel.set(xlabel="epoch", title=f"{units} units\n{n} samples")
panels[0].set(ylabel="cross-entropy", yscale="log")
panels[0].legend(panels[0].lines[:2], ["training", "validation"])
figure.suptitle(
    "More samples narrow the gap; 2 units keep both high (3 seeds)",
    weight="bold",
)
plt.show()
# --8<-- [end:network-curves]


# --8<-- [start:cures]
def penalised(x, y, degree, strength=0.1):
    a = features(x, degree)
    square = a.T @ a / len(x) + strength * np.eye(degree + 1)
    return np.linalg.solve(square, a.T @ y / len(x))


cures = {
    "none": by_size[12][0],
    "400 samples": by_size[12][-1],
    "degree 3": by_size[3][0],
    "penalty": errors(20, 12, penalised),
}
for name, (_, val) in cures.items():
    low, middle, high = np.percentile(val, (10, 50, 90))
    print(f"{name:11} {middle:.2g} ({low:.2g} to {high:.2g})")
# -> none        41 (0.25 to 1.7e+05)
# -> 400 samples 0.094 (0.093 to 0.097)
# -> degree 3    0.11 (0.097 to 0.14)
# -> penalty     0.18 (0.14 to 0.25)
# --8<-- [end:cures]

# --8<-- [start:nonsense]
nonsense = np.random.default_rng(1).integers(0, 10, len(held_out))
weights, val_losses = [], []
for judged_by in (labels[held_out], nonsense):
    model = network(64, seed=1)
    history = model.fit(
        images[pool[:50]],
        labels[pool[:50]],
        epochs=3,
        validation_data=(images[held_out], judged_by),
        verbose=0,
    )
    weights.append(model.get_weights())
    val_losses.append(round(history.history["val_loss"][-1], 1))
print("validation loss", val_losses)
# -> validation loss [2.0, 2.8]
print("same weights", all(map(np.array_equal, *weights)))
# -> same weights True
# --8<-- [end:nonsense]

# --8<-- [start:hidden]
import pandas as pd

run = studies[64, 50][1]
print("inside 0 to 1:", sum(0 <= value <= 1 for value in run["val_loss"]))
# -> inside 0 to 1: 0
figure, panels = plt.subplots(1, 2)
for panel, old in zip(panels, (True, False), strict=True):
    curves = pd.DataFrame(run)[["loss", "val_loss"]]
    curves.plot(ax=panel, style=["-", "--"], xlabel="epoch, from 0")
    if old:
        panel.set(ylim=(0, 1), title="ylim(0, 1): where is val_loss?")
    else:
        panel.set(yscale="log", title="all 20 epochs of both")
plt.show()
# --8<-- [end:hidden]

# --8<-- [start:answer-every-point]
w = least_squares(x, y, degree=19)  # 20 weights for 20 samples
print("training error below 1e-6:", error(w, x, y) < 1e-6)
# -> training error below 1e-6: True
print("validation error above 1e6:", error(w, x_val, y_val) > 1e6)
# -> validation error above 1e6: True
# --8<-- [end:answer-every-point]

# --8<-- [start:answer-strength]
for strength in (0, 0.001, 0.1, 10):
    both = errors(20, 12, lambda x, y, d, s=strength: penalised(x, y, d, s))
    train, val = np.median(both, axis=1)
    print(f"{strength:5}: training {train:.2g}, validation {val:.2g}")
# ->     0: training 0.026, validation 41
# -> 0.001: training 0.031, validation 0.66
# ->   0.1: training 0.041, validation 0.18
# ->    10: training 0.43, validation 0.51
# --8<-- [end:answer-strength]

# --8<-- [start:answer-longer]
run = study(2, 1000, seed=1, epochs=60)
for epoch in (20, 60):
    train, val = run["accuracy"][epoch - 1], run["val_accuracy"][epoch - 1]
    print(f"epoch {epoch:3}: training {train:.2f}, validation {val:.2f}")
# -> epoch  20: training 0.44, validation 0.41
# -> epoch  60: training 0.55, validation 0.49
# --8<-- [end:answer-longer]
