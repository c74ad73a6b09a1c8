# The code of the lesson foundations/learning-rate-and-optimizers.

# --8<-- [start:walk]
import numpy as np

from tfnotes.scratch import sgd_step

bowl = np.diag([1.0, 10.0])  # (2, 2): curvature 1 along w1, 10 along w2


def loss(w, curvature):  # w (..., 2) -> (...)
    return ((w @ curvature) * w).sum(axis=-1) / 2


def walk(rule, learning_rate, curvature, start=(-4.0, 1.0), steps=20):
    points, state = [np.array(start)], []
    for _ in range(steps):
        slope = curvature @ points[-1]  # (2,): the gradient of the loss
        w, *state = rule(points[-1], slope, *state, learning_rate=learning_rate)
        points.append(w)
    return np.array(points)  # (steps + 1, 2)


# --8<-- [end:walk]

# --8<-- [start:three-rates]
rates = {0.01: "too small", 0.15: "right", 0.205: "too large"}
for rate, judgement in rates.items():
    losses = loss(walk(sgd_step, rate, bowl), bowl)
    shown = "".join(f"{value:7.2f}" for value in losses[[0, 5, 10, 20]])
    print(f"{judgement:9} {rate:<5} {shown}")
# -> too small 0.01    13.00   8.98   7.15   5.43
# -> right     0.15    13.00   1.58   0.31   0.01
# -> too large 0.205   13.00   8.95  13.35  35.20
# --8<-- [end:three-rates]

# --8<-- [start:draw-path]
import matplotlib.pyplot as plt


def draw_path(panel, path, curvature, title, half_height):
    w1, w2 = np.linspace(-5, 2, 71), np.linspace(-half_height, half_height, 61)
    grid = np.stack(np.meshgrid(w1, w2), axis=-1)  # (61, 71, 2)
    levels = loss(path[0], curvature) * np.array([0.01, 0.1, 0.3, 1, 2])
    height = loss(grid, curvature)  # (61, 71)
    panel.contour(w1, w2, height, levels, colors="gray", linewidths=1)
    panel.plot(*path.T, "o-", color="C0", linewidth=1.4, markersize=3)
    panel.plot(*path[0], "s", color="C1", markersize=8)
    panel.plot(0, 0, "*", color="C2", markersize=13)
    panel.set(title=title, xlim=(-5, 2), ylim=(-half_height, half_height))
    panel.grid(visible=False)


# --8<-- [end:draw-path]

# --8<-- [start:rates]
figure, panels = plt.subplots(1, 3, sharey=True, figsize=(7.2, 3.2))
for panel, (rate, judgement) in zip(panels, rates.items(), strict=True):
    path = walk(sgd_step, rate, bowl)
    draw_path(panel, path, bowl, rf"$\eta$ = {rate}: {judgement}", 3)
    panel.set_xlabel("$w_1$")
panels[0].set_ylabel("$w_2$")
figure.suptitle("20 steps from the square towards the star", weight="bold")
plt.show()
# --8<-- [end:rates]

# --8<-- [start:data]
from tfnotes.data import load

(x, y), _ = load("diabetes")  # (353, 10), (353,)
x = (x - x.mean(axis=0)) / x.std(axis=0)
y = (y - y.mean()) / y.std()  # centred, so the model needs no bias
best = np.linalg.lstsq(x, y)[0]  # (10,)
lowest = np.mean((x @ best - y) ** 2)
print(x.shape, lowest.round(3))
# -> (353, 10) 0.446
# --8<-- [end:data]


# --8<-- [start:descend]
def descend(batch_size, rates, runs=20, epochs=20, seed=0):
    rng = np.random.default_rng(seed)
    w, gaps, step = np.zeros((runs, x.shape[1])), [], 0
    for _ in range(epochs):
        gaps.append(np.mean((w @ x.T - y) ** 2, axis=1) - lowest)  # (runs,)
        rows = np.tile(np.arange(len(x)), (runs, 1))
        rows = rng.permuted(rows, axis=1)  # each run has an order of its own
        for i in range(0, len(x), batch_size):
            batch = x[rows[:, i : i + batch_size]]  # (runs, batch, 10)
            target = y[rows[:, i : i + batch_size]]  # (runs, batch)
            errors = np.einsum("rbf,rf->rb", batch, w) - target
            slope = 2 * np.einsum("rb,rbf->rf", errors, batch)
            w, _ = sgd_step(w, slope / errors.shape[1], 0.0, rates[step])
            step += 1
    gaps.append(np.mean((w @ x.T - y) ** 2, axis=1) - lowest)
    return np.array(gaps)  # (epochs + 1, runs): loss above the lowest


# --8<-- [end:descend]

# --8<-- [start:batch-sizes]
constant = np.full(20 * len(x), 0.01)  # as many steps as a batch of one takes
gaps = {size: descend(size, constant) for size in (353, 32, 1)}
for size, gap in gaps.items():
    for epoch in (1, 20):
        low, middle, high = np.quantile(gap[epoch], [0, 0.5, 1])
        print(f"batch {size:3}, epoch {epoch:2}:", end=" ")
        print(f"{middle:.3f}, from {low:.3f} to {high:.3f}")
# -> batch 353, epoch  1: 0.494, from 0.494 to 0.494
# -> batch 353, epoch 20: 0.116, from 0.116 to 0.116
# -> batch  32, epoch  1: 0.182, from 0.161 to 0.220
# -> batch  32, epoch 20: 0.006, from 0.003 to 0.025
# -> batch   1, epoch  1: 0.035, from 0.010 to 0.112
# -> batch   1, epoch 20: 0.031, from 0.007 to 0.076
# --8<-- [end:batch-sizes]


# --8<-- [start:batches]
def draw_spread(gap, label, color, line):
    plt.plot(np.median(gap, axis=1), line, color=color, label=label)
    low, high = gap.min(axis=1), gap.max(axis=1)
    plt.fill_between(range(len(gap)), low, high, color=color, alpha=0.2, lw=0)


draw_spread(gaps[353], "all 353 rows", "dimgray", "-")
draw_spread(gaps[32], "mini-batches of 32", "C0", "--")
draw_spread(gaps[1], "one row", "C1", ":")
plt.yscale("log")
plt.xlabel("epoch")
plt.ylabel("loss above the lowest")
plt.title("One row a step: fast at first, then noise (20 runs each)")
plt.xticks(range(0, 21, 5))
plt.legend()
plt.show()
# --8<-- [end:batches]


# --8<-- [start:rules]
def rmsprop_step(w, g, s=0.0, *, learning_rate=0.001, rho=0.9):
    s = rho * s + (1 - rho) * g**2
    return w - learning_rate * g / np.sqrt(s + 1e-7), s


def adam_step(
    w, g, m=0.0, v=0.0, t=0, *, learning_rate=0.001, beta1=0.9, beta2=0.999
):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    t += 1
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    return w - learning_rate * m_hat / (np.sqrt(v_hat) + 1e-7), m, v, t


# --8<-- [end:rules]

# --8<-- [start:five]
from functools import partial

import keras

keras_sgd = keras.optimizers.SGD
momentum = {"momentum": 0.9}
nesterov = {"momentum": 0.9, "nesterov": True}
five = {  # name: our rule, the optimizer of Keras
    "SGD": (sgd_step, keras_sgd),
    "momentum": (partial(sgd_step, **momentum), partial(keras_sgd, **momentum)),
    "Nesterov": (partial(sgd_step, **nesterov), partial(keras_sgd, **nesterov)),
    "RMSprop": (rmsprop_step, keras.optimizers.RMSprop),
    "Adam": (adam_step, keras.optimizers.Adam),
}
# --8<-- [end:five]

# --8<-- [start:agree]
import tensorflow as tf

valley = np.diag([1.0, 100.0])
for name, (rule, optimizer_class) in five.items():
    optimizer = optimizer_class(learning_rate=0.01)
    w = tf.Variable([-4.0, 1.0])
    for _ in range(10):
        slope = tf.linalg.matvec(valley.astype("float32"), w)
        optimizer.apply_gradients([(slope, w)])
    ours = walk(rule, 0.01, valley, steps=10)[-1]
    print(f"{name:8} {w.numpy().round(3)} {np.allclose(w, ours, atol=1e-4)}")
# -> SGD      [-3.618  0.   ] True
# -> momentum [-2.484  0.175] True
# -> Nesterov [-2.33  0.  ] True
# -> RMSprop  [-3.828  0.832] True
# -> Adam     [-3.9  0.9] True
# --8<-- [end:agree]


# --8<-- [start:steps-needed]
def steps_needed(rule, rate, curvature, start=(-4.0, 1.0)):
    path = walk(rule, rate, curvature, start, steps=300)
    above = np.flatnonzero(~(loss(path, curvature) < 0.01))  # inf, nan: above
    return above[-1] + 1.0 if above[-1] < 300 else np.nan


grid = np.geomspace(0.001, 1, 31)  # ten rates a decade
with np.errstate(all="ignore"):  # rates that are too large overflow
    needed = {
        name: [steps_needed(rule, rate, valley) for rate in grid]
        for name, (rule, _) in five.items()
    }
tuned = {name: grid[np.nanargmin(steps)] for name, steps in needed.items()}
for name, rate in tuned.items():
    print(f"{name:8} {np.nanmin(needed[name]):3.0f} steps with {rate:.3f}")
# -> SGD      210 steps with 0.016
# -> momentum  81 steps with 0.005
# -> Nesterov  44 steps with 0.005
# -> RMSprop  182 steps with 0.025
# -> Adam      74 steps with 0.200
# --8<-- [end:steps-needed]

# --8<-- [start:windows]
for (name, steps), mark in zip(needed.items(), "os^Dv", strict=True):
    plt.plot(grid, steps, label=name, marker=mark, linewidth=1.4)
plt.xscale("log")
plt.xlim(0.001, 1.2)
plt.ylim(0, 310)
plt.xlabel(r"learning rate $\eta$")
plt.ylabel("steps until loss < 0.01")
plt.title("Each optimizer has a window of rates that work")
plt.legend(ncols=2)
plt.show()
# --8<-- [end:windows]

# --8<-- [start:paths]
figure, panels = plt.subplots(3, 2, figsize=(7.2, 7.2), sharey=True)
for panel, (name, rate) in zip(panels.flat, tuned.items(), strict=False):
    steps = int(np.nanmin(needed[name]))
    path = walk(five[name][0], rate, valley, steps=steps)
    title = rf"{name}, $\eta$ = {rate:.3f}: {steps} steps"
    draw_path(panel, path, valley, title, 1.3)
key = "square: start\nstar: lowest point\ndots: steps\ngrey: equal loss"
key += "\nacross: $w_1$, up: $w_2$"
panels.flat[-1].text(0.1, 0.5, key, size=12, va="center")
panels.flat[-1].axis("off")
figure.suptitle("Into the same valley, each at its best rate", weight="bold")
plt.show()
# --8<-- [end:paths]


# --8<-- [start:first-step]
def one_step(optimizer, gradient, w=0.0):
    w = tf.Variable(w)
    optimizer.apply_gradients([(tf.constant(gradient), w)])
    return float(w.numpy())


for gradient in (0.01, 1.0, 100.0):
    print(f"gradient {gradient:6}:", end="")
    for name in ("SGD", "RMSprop", "Adam"):
        print(f"  {name} {one_step(five[name][1](0.01), gradient):.4f}", end="")
    print()
# -> gradient   0.01:  SGD -0.0001  RMSprop -0.0315  Adam -0.0100
# -> gradient    1.0:  SGD -0.0100  RMSprop -0.0316  Adam -0.0100
# -> gradient  100.0:  SGD -1.0000  RMSprop -0.0316  Adam -0.0100
# --8<-- [end:first-step]

# --8<-- [start:decoupled]
for decay in (0.1, 0.001):  # at w = 1, where the loss itself has slope 0
    l2 = decay * 1.0  # the gradient of the penalty decay / 2 * w**2
    in_gradient = one_step(keras.optimizers.Adam(0.1), l2, w=1.0)
    adamw = keras.optimizers.AdamW(0.1, weight_decay=decay)
    print(
        decay, f"Adam {in_gradient:.4f}, AdamW {one_step(adamw, 0.0, 1.0):.4f}"
    )
# -> 0.1 Adam 0.9000, AdamW 0.9900
# -> 0.001 Adam 0.9003, AdamW 0.9999
# --8<-- [end:decoupled]

# --8<-- [start:make-schedules]
schedules = keras.optimizers.schedules
n_steps = 20 * len(x)  # 20 epochs of batches of one
rates_of = {
    "constant": constant,
    "InverseTimeDecay": schedules.InverseTimeDecay(0.01, 1000, 2.0),
    "CosineDecay": schedules.CosineDecay(0.01, n_steps),
}
for name in ("InverseTimeDecay", "CosineDecay"):
    steps = np.arange(n_steps, dtype=np.float32)
    rates_of[name] = np.array(rates_of[name](steps))  # (7060,)
    print(f"{name:16} {rates_of[name][[0, 1000, -1]].round(5)}")
# -> InverseTimeDecay [0.01    0.00333 0.00066]
# -> CosineDecay      [0.01    0.00951 0.     ]
# --8<-- [end:make-schedules]

# --8<-- [start:decayed]
decayed = {name: descend(1, rates) for name, rates in rates_of.items()}
for name, gap in decayed.items():
    low, middle, high = np.quantile(gap[-1], [0, 0.5, 1])
    print(f"{name:16} {middle:.4f}, from {low:.4f} to {high:.4f}")
# -> constant         0.0315, from 0.0067 to 0.0759
# -> InverseTimeDecay 0.0017, from 0.0015 to 0.0024
# -> CosineDecay      0.0007, from 0.0005 to 0.0009
# --8<-- [end:decayed]

# --8<-- [start:schedules]
figure, (left, right) = plt.subplots(1, 2, figsize=(7.2, 3.6))
looks = {":": "C1", "--": "C0", "-": "C2"}
for name, (line, color) in zip(decayed, looks.items(), strict=True):
    left.plot(rates_of[name], line, color=color, label=name)
    gap = decayed[name]
    right.plot(np.median(gap, axis=1), line, color=color)
    low, high = gap.min(axis=1), gap.max(axis=1)
    right.fill_between(range(21), low, high, color=color, alpha=0.2, lw=0)
left.set(xlabel="step", title="The rate at each step", ylim=(0, 0.015))
left.legend(loc="upper right")
right.set(xlabel="epoch", yscale="log", xticks=range(0, 21, 5))
right.set_title("Loss above the lowest, 20 runs")
plt.show()
# --8<-- [end:schedules]

# --8<-- [start:iterations]
model = keras.Sequential([keras.Input((10,)), keras.layers.Dense(1)])
for batch_size in (1, 32, 353):
    model.compile(optimizer=keras.optimizers.SGD(0.001), loss="mse")
    model.fit(x, y, batch_size=batch_size, verbose=0)
    print(f"batch_size={batch_size:<3} {int(model.optimizer.iterations)} steps")
# -> batch_size=1   353 steps
# -> batch_size=32  12 steps
# -> batch_size=353 1 steps
# --8<-- [end:iterations]

# --8<-- [start:lr]
from tfnotes.errors import printed_errors

with printed_errors():
    keras.optimizers.Adam(lr=0.01)
# -> ValueError: Argument(s) not recognized: {'lr': 0.01}
with printed_errors():
    print(keras.optimizers.SGD(0.01).lr)
# -> AttributeError: 'SGD' object has no attribute 'lr'
with printed_errors():
    keras.optimizers.legacy.Adam(0.01)
# -> ImportError: `keras.optimizers.legacy` is not supported in Keras 3. When
#    using `tf.keras`, to continue using a `tf.keras.optimizers.legacy`
#    optimizer, you can install the `tf_keras` package (Keras 2) and set the
#    environment variable `TF_USE_LEGACY_KERAS=True` to configure TensorFlow to
#    use `tf_keras` when accessing `tf.keras`.
adam = keras.optimizers.Adam(learning_rate=0.01)
adam.learning_rate = 0.001  # a variable: it can be set at any time
print(f"{float(adam.learning_rate):.3f}")
# -> 0.001
# --8<-- [end:lr]

# --8<-- [start:decay]
with printed_errors():
    old = keras.optimizers.SGD(0.1, decay=0.1)
# -> UserWarning: Argument `decay` is no longer supported and will be ignored.
new = keras.optimizers.SGD(schedules.InverseTimeDecay(0.1, 1, 0.1))
for optimizer in (old, new):
    w, positions = tf.Variable(0.0), []
    for _ in range(4):
        optimizer.apply_gradients([(tf.constant(1.0), w)])
        positions.append(float(w.numpy()))
    print(-np.diff([0.0, *positions]).round(4))  # the rate of each step
# -> [0.1 0.1 0.1 0.1]
# -> [0.1    0.0909 0.0833 0.0769]
# --8<-- [end:decay]

# --8<-- [start:compile]
model.compile(loss="mse")
rate = float(model.optimizer.learning_rate)
print(f"{type(model.optimizer).__name__}, learning rate {rate:.3f}")
# -> RMSprop, learning rate 0.001
model = keras.Sequential([keras.Input((10,)), keras.layers.Dense(1)])
model.compile(optimizer="sgd")
with printed_errors():
    model.fit(x, y, verbose=0)
# -> ValueError: No loss to compute. Provide a `loss` argument in `compile()`.
# --8<-- [end:compile]

# --8<-- [start:answer-limit]
for rate in (0.0199, 0.02, 0.0201):
    losses = loss(walk(sgd_step, rate, valley, steps=2000), valley)
    print(f"{rate:.4f}: {losses[1]:.1f}, then {losses[-1]:.1e}")
# -> 0.0199: 56.7, then 1.7e-16
# -> 0.0200: 57.7, then 5.0e+01
# -> 0.0201: 58.7, then 9.6e+18
# --8<-- [end:answer-limit]

# --8<-- [start:answer-turned]
angle = np.pi / 6  # 30 degrees
turn = np.array(
    [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
)
turned, start = turn @ valley @ turn.T, turn @ [-4.0, 1.0]
for name, (rule, _) in five.items():
    straight = steps_needed(rule, tuned[name], valley)
    crooked = steps_needed(rule, tuned[name], turned, start)
    print(f"{name:8} straight {straight:3.0f}, turned {crooked:3.0f}")
# -> SGD      straight 210, turned 210
# -> momentum straight  81, turned  81
# -> Nesterov straight  44, turned  44
# -> RMSprop  straight 182, turned nan
# -> Adam     straight  74, turned 168
# --8<-- [end:answer-turned]

# --8<-- [start:answer-warm-up]
warm = schedules.CosineDecay(
    0.0, decay_steps=80, warmup_target=0.05, warmup_steps=20
)
print([round(float(warm(step)), 4) for step in (0, 10, 20, 60, 100, 200)])
# -> [0.0, 0.025, 0.05, 0.025, 0.0, 0.0]
# --8<-- [end:answer-warm-up]
