# The code of the lesson architectures/multi-output.

# --8<-- [start:data]
import numpy as np

from tfnotes.data import load

(x, digit), _ = load("digits")  # 8 x 8 pixels, 0 to 16
x = x.reshape(-1, 8, 8, 1).astype("float32") / 16
ink = x.mean(axis=(1, 2, 3))[:, None]  # (1437, 1): brightness of a picture
train, held_out = slice(1000), slice(1000, None)
print("pictures", x.shape, "digits", digit.shape, "brightness", ink.shape)
# -> pictures (1437, 8, 8, 1) digits (1437,) brightness (1437, 1)
print(f"brightness: mean {ink.mean():.2f}, spread {ink.std():.3f}")
# -> brightness: mean 0.31, spread 0.033
# --8<-- [end:data]

# --8<-- [start:network]
import keras
import matplotlib.pyplot as plt

from tfnotes.diagrams import model_diagram
from tfnotes.models.combined import multi_output_cnn

keras.utils.set_random_seed(1)
model = multi_output_cnn((8, 8, 1), {"label": 10, "brightness": 1})
model_diagram(model)
plt.show()
# --8<-- [end:network]

# --8<-- [start:costs]
from tfnotes.costs import cost_bars, layer_costs

cost_bars(layer_costs(model))
plt.show()
# --8<-- [end:costs]

# --8<-- [start:compile]
LOSSES = {
    "label": keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    "brightness": keras.losses.MeanSquaredError(),
}
model.compile(
    keras.optimizers.Adam(0.003),
    loss=LOSSES,
    loss_weights={"label": 1.0, "brightness": 10.0},
    metrics={"label": "accuracy", "brightness": "mae"},
)
# --8<-- [end:compile]

# --8<-- [start:fit]
y = {"label": digit[train], "brightness": ink[train]}
history = model.fit(x[train], y, batch_size=50, epochs=2, verbose=0).history
for name in history:
    print(name, [round(value, 2) for value in history[name]])
# -> brightness_loss [0.02, 0.0]
# -> brightness_mae [0.09, 0.03]
# -> label_accuracy [0.13, 0.3]
# -> label_loss [2.31, 2.28]
# -> loss [2.46, 2.29]
both = np.array(history["label_loss"]) + 10 * np.array(
    history["brightness_loss"]
)
print("loss is the weighted sum:", np.allclose(both, history["loss"]))
# -> loss is the weighted sum: True
# --8<-- [end:fit]

# --8<-- [start:step]
import tensorflow as tf

optimizer = keras.optimizers.Adam(0.005)
optimizer.build(model.trainable_variables)


@tf.function
def one_epoch(pictures, targets, weights, batches):  # batches: (steps, batch)
    for rows in batches:
        with tf.GradientTape() as tape:
            out = model(tf.gather(pictures, rows), training=True)
            parts = [
                weights[name] * LOSSES[name](tf.gather(y, rows), out[name])
                for name, y in targets.items()
            ]
            loss = tf.add_n(parts)
        variables = model.trainable_variables
        optimizer.apply(tape.gradient(loss, variables), variables)


# --8<-- [end:step]


# --8<-- [start:starts]
def fresh(seed):
    keras.utils.set_random_seed(seed)
    return multi_output_cnn((8, 8, 1), {"label": 10, "brightness": 1})


STARTS = {seed: fresh(seed).get_weights() for seed in (1, 2, 3)}
AT_REST = [value.numpy() for value in optimizer.variables]
MIDDLE, SPREAD = ink[train].mean(), ink[train].std()


def begin(seed):  # a new start, and nothing is traced anew
    model.set_weights(STARTS[seed])
    for variable, value in zip(optimizer.variables, AT_REST, strict=True):
        variable.assign(value)


# --8<-- [end:starts]


# --8<-- [start:run]
def run(seed, label, brightness, scaled=False, epochs=6):
    begin(seed)
    middle, spread = (MIDDLE, SPREAD) if scaled else (0, 1)
    targets = {
        "label": digit[train],
        "brightness": (ink[train] - middle) / spread,
    }
    weights = {
        "label": tf.constant(label),
        "brightness": tf.constant(brightness),
    }
    rng, scores = np.random.default_rng(seed), []
    for _ in range(epochs):
        batches = tf.constant(rng.permutation(1000).reshape(10, 100))
        one_epoch(x[train], targets, weights, batches)
        scores.append(score(model(x[held_out]), middle, spread))
    return scores  # a pair for each epoch


# --8<-- [end:run]


# --8<-- [start:score]
def score(out, middle, spread):
    right = np.argmax(out["label"], axis=1) == digit[held_out]
    off = out["brightness"] * spread + middle - ink[held_out]
    return right.mean(), np.mean(off**2) ** 0.5  # accuracy, RMSE


# --8<-- [end:score]

# --8<-- [start:weights]
SETTINGS = {  # weights of label and brightness
    "label alone": (1.0, 0.0),
    "1 : 1": (1.0, 1.0),
    "1 : 10": (1.0, 10.0),
    "1 : 100": (1.0, 100.0),
    "brightness alone": (0.0, 1.0),
    "1 : 1, scaled": (1.0, 1.0, True),
}
runs = {
    name: np.array([run(seed, *setting) for seed in STARTS])  # (3, 6, 2)
    for name, setting in SETTINGS.items()
}
for name, scores in runs.items():
    accuracy, error = scores[:, -1].T
    print(f"{name:16} accuracy", *(f"{a:.2f}" for a in accuracy), end="")
    print("  RMSE", *(f"{e:.3f}" for e in error))
# -> label alone      accuracy 0.95 0.94 0.91  RMSE 2.104 2.435 1.689
# -> 1 : 1            accuracy 0.94 0.92 0.91  RMSE 0.121 0.212 0.081
# -> 1 : 10           accuracy 0.71 0.70 0.60  RMSE 0.035 0.053 0.041
# -> 1 : 100          accuracy 0.20 0.26 0.20  RMSE 0.021 0.026 0.019
# -> brightness alone accuracy 0.10 0.09 0.09  RMSE 0.022 0.026 0.019
# -> 1 : 1, scaled    accuracy 0.89 0.86 0.85  RMSE 0.016 0.015 0.016
# --8<-- [end:weights]

# --8<-- [start:curves]
LOOKS = {  # colour, line, marker
    "label alone": ("dimgray", "-", "o"),
    "1 : 1": ("C0", "--", "s"),
    "1 : 10": ("C3", "-.", "D"),
    "1 : 100": ("C1", ":", "v"),
    "brightness alone": ("dimgray", ":", "^"),
    "1 : 1, scaled": ("C2", "-", "P"),
}
figure, panels = plt.subplots(1, 2, figsize=(7.2, 4.8))
figure.suptitle("From 1 : 1 to 1 : 100 one head gains, the other loses")
for name, (color, line, mark) in LOOKS.items():
    each = runs[name].transpose(2, 0, 1)  # (2, 3, 6)
    for panel, values in zip(panels, each, strict=True):
        style = {"color": color, "linestyle": line, "marker": mark}
        mean, low, high = values.mean(0), values.min(0), values.max(0)
        panel.plot(range(1, 7), mean, markersize=5, label=name, **style)
        panel.fill_between(range(1, 7), low, high, color=color, alpha=0.12)
panels[0].set(xlabel="epoch", ylim=(0, 1), title="label: accuracy")
panels[1].set(xlabel="epoch", yscale="log", title="brightness: RMSE")
panels[1].axhline(SPREAD, color="black", linewidth=1, label="always the mean")
lines = panels[1].get_legend_handles_labels()
figure.legend(*lines, loc="outside lower center", ncols=3, fontsize=9)
plt.show()
# --8<-- [end:curves]

# --8<-- [start:trade]
for name, (color, _, mark) in LOOKS.items():
    accuracy, error = runs[name][:, -1].T
    plt.plot(error, accuracy, mark, color=color, markersize=8, label=name)
plt.xscale("log")
plt.ylim(0, 1.02)
plt.xlabel("brightness: RMSE (left is better)")
plt.ylabel("label: accuracy (up is better)")
plt.title("The weights move along a trade; the units leave it")
plt.legend(fontsize=9)
plt.show()
# --8<-- [end:trade]

# --8<-- [start:at-the-start]
for seed in STARTS:
    out = fresh(seed)(x[train])
    label = LOSSES["label"](digit[train], out["label"])
    plain = LOSSES["brightness"](ink[train], out["brightness"])
    scaled = LOSSES["brightness"](
        (ink[train] - MIDDLE) / SPREAD, out["brightness"]
    )
    print(f"label {label:.2f}, brightness {plain:.2f}, scaled {scaled:.2f}")
# -> label 2.32, brightness 0.13, scaled 1.00
# -> label 2.30, brightness 0.09, scaled 1.00
# -> label 2.31, brightness 0.17, scaled 1.02
# --8<-- [end:at-the-start]

# --8<-- [start:sample-weights]
pictures = x[held_out]
y = {"label": digit[held_out], "brightness": ink[held_out]}
n = len(pictures)
known = (np.arange(n) % 4 == 0).astype("float32")  # one label in four
other = fresh(1)  # untrained
other.compile(loss=LOSSES, metrics={"label": "accuracy"}, run_eagerly=True)
for weights in (None, {"label": known, "brightness": np.ones(n, "float32")}):
    scores = other.evaluate(
        pictures, y, n, sample_weight=weights, verbose=0, return_dict=True
    )
    print({name: round(value, 2) for name, value in scores.items()})
# -> {'brightness_loss': 0.13, 'label_accuracy': 0.05, 'label_loss': 2.31,
#    'loss': 2.44}
# -> {'brightness_loss': 0.13, 'label_accuracy': 0.05, 'label_loss': 0.58,
#    'loss': 0.71}
# --8<-- [end:sample-weights]

# --8<-- [start:list]
other.compile(loss=LOSSES, run_eagerly=True)
print("order of the outputs:", other.output_names)
# -> order of the outputs: ['brightness', 'label']
for targets in (y, [y["label"], y["brightness"]]):
    scores = other.evaluate(pictures, targets, n, verbose=0, return_dict=True)
    print({name: round(value, 2) for name, value in scores.items()})
# -> {'brightness_loss': 0.13, 'label_accuracy': 0.05, 'label_loss': 2.31,
#    'loss': 2.44}
# -> {'brightness_loss': 29.02, 'label_accuracy': 0.0, 'label_loss': 2.25,
#    'loss': 31.27}
# --8<-- [end:list]

# --8<-- [start:missing]
from tfnotes.errors import printed_errors


def tried(targets=y, **options):
    with printed_errors():
        other.compile("sgd", run_eagerly=True, **options)
        other.fit(pictures, targets, n, verbose=0)


tried(loss={"label": LOSSES["label"]})  # a warning, and it trains
# -> UserWarning: Gradients do not exist for variables ['brightness/kernel',
#    'brightness/bias'] when minimizing the loss. If using `model.compile()`,
#    did you forget to provide a `loss` argument?
tried(loss=LOSSES | {"brihgtness": "mse"})
# -> KeyError: "The path: ('brihgtness',) in the `loss` argument, can't be found
#    in either the model's output (`y_pred`) or in the labels (`y_true`)."
tried(loss=LOSSES, loss_weights={"brightness": 10.0})
# -> ValueError: `loss_weights` must match the number of losses, got 2 losses
#    and 1 weights.
tried(loss=LOSSES, targets={"label": y["label"]})
# -> ValueError: y_true and y_pred have different structures.
# --8<-- [end:missing]

# --8<-- [start:short-batch]
zero = fresh(1)
zero.set_weights([0 * weight for weight in zero.get_weights()])
zero.compile(loss=LOSSES, metrics={"brightness": "mse"})
few = {"label": np.zeros(33, int), "brightness": np.zeros((33, 1))}
few["brightness"][-1] = 32.0  # alone in the second batch
scores = zero.evaluate(x[:33], few, batch_size=32, verbose=0, return_dict=True)
print({name: round(value, 2) for name, value in scores.items()})
# -> {'brightness_loss': 512.0, 'brightness_mse': 31.03, 'label_loss': 2.3,
#    'loss': 33.33}
print(f"mean of 33 rows {32**2 / 33:.2f}, mean of 2 batches {32**2 / 2:.2f}")
# -> mean of 33 rows 31.03, mean of 2 batches 512.00
# --8<-- [end:short-batch]

# --8<-- [start:class-weight]
other.compile("sgd", LOSSES, run_eagerly=True)
with printed_errors():
    other.fit(pictures, y, class_weight={3: 5.0}, verbose=0)
# -> ValueError: `class_weight` is only supported for Models with a single
#    output.
per_row = {
    "label": np.where(y["label"] == 3, 5.0, 1.0),
    "brightness": np.ones(n),
}
other.fit(pictures, y, n, sample_weight=per_row, verbose=0)
# --8<-- [end:class-weight]

# --8<-- [start:answer-third-head]
heads = {"label": 10, "brightness": 1, "odd": 1}
three = multi_output_cnn((8, 8, 1), heads)
print(three.count_params() - model.count_params(), "=", 64 + 1)
# -> 65 = 65
loss = keras.losses.BinaryCrossentropy(from_logits=True)
three.compile(loss=LOSSES | {"odd": loss}, run_eagerly=True)
targets = y | {"odd": y["label"][:, None] % 2}
scores = three.evaluate(pictures, targets, n, verbose=0, return_dict=True)
print(list(scores))
# -> ['brightness_loss', 'label_loss', 'loss', 'odd_loss']
# --8<-- [end:answer-third-head]

# --8<-- [start:answer-times-ten]
for seed in STARTS:
    pairs = [run(seed, 1.0, 10.0)[-1], run(seed, 10.0, 100.0)[-1]]
    print(seed, *(f"{a:.2f} {e:.3f}" for a, e in pairs))
# -> 1 0.71 0.035 0.71 0.034
# -> 2 0.70 0.053 0.70 0.056
# -> 3 0.60 0.041 0.60 0.041
# --8<-- [end:answer-times-ten]
