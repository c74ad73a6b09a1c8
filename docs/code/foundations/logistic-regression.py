# The code of the lesson foundations/logistic-regression.

# --8<-- [start:log-odds]
import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


z = np.array([-2.0, 0.0, 1.0, 2.0])
p = sigmoid(z)
odds = p / (1 - p)
for name, values in {"p": p, "odds": odds, "log-odds": np.log(odds)}.items():
    print(f"{name:8}", *(f"{value:6.2f}" for value in values))
# -> p          0.12   0.50   0.73   0.88
# -> odds       0.14   1.00   2.72   7.39
# -> log-odds  -2.00   0.00   1.00   2.00
# --8<-- [end:log-odds]

# --8<-- [start:data]
true_w, true_b = np.array([2.0, -1.0]), 0.5


def sample(n, seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 2)).astype("float32")
    y = rng.random(n) < sigmoid(x @ true_w + true_b)  # a coin for each sample
    return x, y.astype("float32")  # (n, 2), (n,)


x, y = sample(1000, seed=3)
x_new, y_new = sample(20_000, seed=4)  # to judge with
print(x.shape, y.shape, f"class 1: {y.mean():.2f}")
# -> (1000, 2) (1000,) class 1: 0.60
best = (x_new @ true_w + true_b > 0) == y_new
print(f"accuracy of the true weights: {best.mean():.2f}")
# -> accuracy of the true weights: 0.80
# --8<-- [end:data]

# --8<-- [start:fit]
import keras
import tensorflow as tf


def fit(x, y, optimizer, steps, penalty=None, metrics=None):
    layer = keras.layers.Dense(
        1, kernel_initializer="zeros", kernel_regularizer=penalty
    )
    model = keras.Sequential([keras.Input((x.shape[1],)), layer])
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    model.compile(optimizer=optimizer, loss=loss, metrics=metrics)
    data = tf.data.Dataset.from_tensors((x, y))  # one batch: all samples
    model.fit(data.repeat(steps), shuffle=False, verbose=0)
    return model


model = fit(x, y, keras.optimizers.SGD(4.0), steps=100)
weights, bias = model.get_weights()  # (2, 1), (1,)
print("w", weights.ravel().round(2), "b", bias.round(2))
# -> w [ 1.9  -0.95] b [0.58]
# --8<-- [end:fit]

# --8<-- [start:predict]
logits = model.predict(x_new, verbose=0).ravel()  # (20000, 1) -> (20000,)
probabilities = sigmoid(logits)
classes = (logits > 0).astype(int)
print(logits[:4].round(2), probabilities[:4].round(2), classes[:4])
# -> [-0.49  3.1  -2.53 -0.75] [0.38 0.96 0.07 0.32] [0 1 0 0]
print(f"accuracy {(classes == y_new).mean():.2f}")
# -> accuracy 0.80
# --8<-- [end:predict]

# --8<-- [start:scikit-learn]
from sklearn.linear_model import LogisticRegression

for C in (0.01, 1.0, np.inf):
    other = LogisticRegression(C=C).fit(x, y)
    w, b = other.coef_[0].round(3), other.intercept_.round(3)
    print(f"C = {C:4}: w {w}, b {b}")
# -> C = 0.01: w [ 0.885 -0.448], b [0.432]
# -> C =  1.0: w [ 1.86  -0.936], b [0.572]
# -> C =  inf: w [ 1.895 -0.953], b [0.578]
print(f"Keras   : w {weights.ravel().round(3)}, b {bias.round(3)}")
# -> Keras   : w [ 1.895 -0.953], b [0.578]
# --8<-- [end:scikit-learn]

# --8<-- [start:boundary]
import matplotlib.pyplot as plt

from tfnotes.plots import decision_boundary

names = ["class 0", "class 1"]
figure = decision_boundary(model, x[:200], y[:200], names, threshold=0)
panel = figure.axes[0]
panel.autoscale(False)
across = np.array([-5.0, 5.0])
paper = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}
heights = {0.02: 1.5, 0.1: 2.5, 0.5: 2.5, 0.9: 2.5, 0.98: 1.0}  # of the labels
(w1,), (w2,) = weights
for p, height in heights.items():
    z = np.log(p / (1 - p)) - bias  # w1 x1 + w2 x2 = z
    style = {"color": "black", "linestyle": "--", "linewidth": 1.2}
    panel.plot(across, (z - w1 * across) / w2, **style)
    place = ((z[0] - w2 * height) / w1, height)
    panel.text(*place, f"{p}", ha="center", va="center", bbox=paper)
panel.set(xlabel="$x_1$", ylabel="$x_2$")
panel.set_title("Lines of equal probability are straight and parallel")
plt.show()
# --8<-- [end:boundary]


# --8<-- [start:two-losses]
def slope(name, p, y):  # of the loss of each sample, against its logit
    return p - y if name == "BCE" else 2 * (p - y) * p * (1 - p)


def descend(name, x, y, w, steps):  # (sets, n, 3), (sets, n, 1), (sets, 3, 1)
    for _ in range(steps):
        errors = slope(name, sigmoid(x @ w), y)  # (sets, n, 1)
        w = w - x.transpose(0, 2, 1) @ errors / x.shape[1]  # learning rate 1
        yield w


def with_ones(x):  # the bias is the weight of a column of ones
    return np.concatenate([x, np.ones((*x.shape[:-1], 1))], axis=-1)


# --8<-- [end:two-losses]

# --8<-- [start:two-starts]
draws = [sample(1000, seed) for seed in range(20)]
xs = with_ones(np.stack([x for x, _ in draws]))  # (20, 1000, 3)
ys = np.stack([y for _, y in draws])[..., None]  # (20, 1000, 1)
truth = np.array([*true_w, true_b])[None, :, None]  # (1, 3, 1)
starts = {"all weights 0": 0 * truth, "wrong signs": -3 * truth}
paths = {}
for title, start in starts.items():
    for name in ("BCE", "MSE"):
        path = np.array(list(descend(name, xs, ys, start, 1000)))
        paths[title, name] = path[..., 0]  # (1000 steps, 20 sets, 3)
        mean, spread = path[-1].mean(axis=0), path[-1].std(axis=0)
        print(f"{name} from {title}")
        print(
            "  mean", mean.ravel().round(2), "spread", spread.ravel().round(2)
        )
# -> BCE from all weights 0
# ->   mean [ 2.   -0.98  0.5 ] spread [0.12 0.08 0.08]
# -> MSE from all weights 0
# ->   mean [ 2.01 -0.97  0.5 ] spread [0.16 0.09 0.09]
# -> BCE from wrong signs
# ->   mean [ 2.   -0.98  0.5 ] spread [0.12 0.08 0.08]
# -> MSE from wrong signs
# ->   mean [ 2.01 -0.97  0.5 ] spread [0.16 0.09 0.09]
# --8<-- [end:two-starts]

# --8<-- [start:losses-figure]
steps = np.unique(np.geomspace(1, 1000, 40).astype(int))  # (steps,)
figure, panels = plt.subplots(1, 2, sharey=True)
looks = {"BCE": ("-", "C0"), "MSE": ("--", "C1")}
for (title, name), path in paths.items():
    z = path[steps - 1] @ with_ones(x_new[:5000]).T  # (steps, 20, 5000)
    accuracy = ((z > 0) == y_new[:5000]).mean(axis=-1)  # (steps, 20)
    style, color = looks[name]
    panel = panels[list(starts).index(title)]
    panel.fill_between(
        steps, *np.quantile(accuracy, [0, 1], axis=1), color=color, alpha=0.2
    )
    panel.plot(
        steps, np.median(accuracy, axis=1), style, color=color, label=name
    )
    panel.set(xscale="log", xlabel="step", title=f"Start: {title}")
figure.suptitle(
    "Squared error is slow to leave a confident mistake", weight="bold"
)
panels[0].set_ylabel("accuracy on new samples")
panels[0].legend(loc="center")
plt.show()
# --8<-- [end:losses-figure]


# --8<-- [start:calibration]
def reliability(z):
    p = sigmoid(z)
    bins = np.minimum((10 * p).astype(int), 9)  # (20000,): 0 to 9
    inside = [bins == k for k in range(10)]
    return np.array([(p[i].mean(), y_new[i].mean()) for i in inside])  # (10, 2)


for factor in (1, 3):
    z = factor * logits
    accuracy = ((z > 0) == y_new).mean()
    says, happens = reliability(z)[8]
    print(f"logits times {factor}: accuracy {accuracy:.2f},", end=" ")
    print(f"says {says:.2f}, happens {happens:.2f}")
# -> logits times 1: accuracy 0.80, says 0.85, happens 0.83
# -> logits times 3: accuracy 0.80, says 0.86, happens 0.62
# --8<-- [end:calibration]

# --8<-- [start:reliability-figure]
plt.plot([0, 1], [0, 1], ":", color="dimgray", label="says what happens")
plt.plot(*reliability(logits).T, "o-", label="the model")
plt.plot(*reliability(3 * logits).T, "s--", label="its logits times 3")
plt.xlabel("mean probability in the bin")
plt.ylabel("share of class 1 in the bin")
plt.title("Same decisions, other probabilities")
plt.legend()
plt.show()
# --8<-- [end:reliability-figure]

# --8<-- [start:cancer]
from sklearn.datasets import load_breast_cancer

from tfnotes.data import split

cancer = load_breast_cancer()
features = cancer.feature_names[:10]
malignant = (1 - cancer.target).astype("float32")  # in the file, 0 = malignant


def scaled_split(seed):
    train, test = split(
        cancer.data[:, :10], malignant, 114, stratified=True, seed=seed
    )
    mean, deviation = train[0].mean(axis=0), train[0].std(axis=0)
    x_train, x_test = (
        ((x - mean) / deviation).astype("float32") for x, _ in (train, test)
    )
    return x_train, train[1], x_test, test[1]


# --8<-- [end:cancer]

# --8<-- [start:cancer-fit]
x_train, y_train, x_test, y_test = scaled_split(seed=0)
momentum = keras.optimizers.SGD(1.0, momentum=0.9, nesterov=True)
l2 = keras.regularizers.L2(1 / (2 * len(x_train)))  # C = 1 of scikit-learn
doctor = fit(x_train, y_train, momentum, steps=200, penalty=l2)
z_test = doctor.predict(x_test, verbose=0).ravel()  # (114,)
print(f"test accuracy {((z_test > 0) == y_test).mean():.2f}")
# -> test accuracy 0.94
print(f"always 'benign': {1 - y_test.mean():.2f}")
# -> always 'benign': 0.63
# --8<-- [end:cancer-fit]

# --8<-- [start:threshold]
for threshold in (0.2, 0.5, 0.8):
    alarm = sigmoid(z_test) > threshold
    missed = int((~alarm & (y_test == 1)).sum())
    needless = int((alarm & (y_test == 0)).sum())
    print(f"threshold {threshold}: {missed:2} missed, {needless} false alarms")
# -> threshold 0.2:  2 missed, 12 false alarms
# -> threshold 0.5:  3 missed, 4 false alarms
# -> threshold 0.8:  4 missed, 2 false alarms
# --8<-- [end:threshold]

# --8<-- [start:meaning]
w = dict(zip(features, doctor.get_weights()[0].ravel(), strict=True))
for name in ("mean texture", "mean concave points", "mean radius"):
    print(f"{name:19} weight {w[name]:.2f}, odds x {np.exp(w[name]):.1f}")
# -> mean texture        weight 1.37, odds x 3.9
# -> mean concave points weight 1.64, odds x 5.2
# -> mean radius         weight 1.04, odds x 2.8
radius, perimeter = cancer.data[:, 0], cancer.data[:, 2]
print(f"radius, perimeter: {np.corrcoef(radius, perimeter)[0, 1]:.3f}")
# -> radius, perimeter: 0.998
# --8<-- [end:meaning]

# --8<-- [start:five-splits]


def weights_of(c, columns):
    rows = []
    for seed in range(5):
        x5, y5, *_ = scaled_split(seed)
        other = LogisticRegression(C=c, max_iter=10_000)
        rows.append(other.fit(x5[:, :columns], y5).coef_[0])
    return np.array(rows)  # (5 splits, columns)


found = {
    "penalty (C = 1)": weights_of(1.0, 10),
    "no penalty": weights_of(np.inf, 10),
}
print("radius alone    ", weights_of(np.inf, 1)[:, 0].round(1))
# -> radius alone     [3.5 3.7 3.9 3.5 3.8]
print("radius among ten", found["no penalty"][:, 0].round(1))
# -> radius among ten [-1.3 -2.7 -2.9 -2.5 -5.8]
# --8<-- [end:five-splits]

# --8<-- [start:weights-figure]
figure, panels = plt.subplots(1, 2, sharey=True)
for panel, (title, rows) in zip(panels, found.items(), strict=True):
    for marker, row in zip("os^Dv", rows, strict=True):
        panel.plot(row, range(10), marker, color="C0", markersize=5)
    panel.axvline(0, color="dimgray", linewidth=1)
    panel.set(xlabel="weight", title=title)
panels[0].set_yticks(
    range(10), [name.removeprefix("mean ") for name in features]
)
panels[0].invert_yaxis()
figure.suptitle("Correlated features trade their weights", weight="bold")
plt.show()
# --8<-- [end:weights-figure]

# --8<-- [start:accuracy-of-logits]
correct = keras.metrics.BinaryAccuracy("at_zero", threshold=0.0)
for steps in (5, 20, 200):
    metrics = ["accuracy", correct]
    early = fit(x, y, keras.optimizers.SGD(0.1), steps, metrics=metrics)
    result = early.evaluate(
        x_new, y_new, batch_size=1000, verbose=0, return_dict=True
    )
    print(f"{steps:3} steps:", *(f"{k} {v:.2f}" for k, v in result.items()))
# ->   5 steps: accuracy 0.43 at_zero 0.80 loss 0.65
# ->  20 steps: accuracy 0.64 at_zero 0.80 loss 0.57
# -> 200 steps: accuracy 0.78 at_zero 0.80 loss 0.44
# --8<-- [end:accuracy-of-logits]

# --8<-- [start:shapes]
from tfnotes.errors import printed_errors

z = model(x[:100]).numpy()  # (100, 1)
labels = y[:100]  # (100,)
table = (z > 0) == labels
print(table.shape, f"{table.mean():.2f}")
# -> (100, 100) 0.51
print(f"true accuracy {((z[:, 0] > 0) == labels).mean():.2f}")
# -> true accuracy 0.75
with printed_errors():
    keras.losses.binary_crossentropy(labels, z, from_logits=True)
# -> ValueError: Arguments `target` and `output` must have the same rank (ndim).
#    Received: target.shape=(100,), output.shape=(100, 1)
loss = keras.losses.BinaryCrossentropy(from_logits=True)
print(loss(labels, z).numpy() == loss(labels[:, None], z).numpy())
# -> True
# --8<-- [end:shapes]

# --8<-- [start:predict-classes]
with printed_errors():
    model.predict_classes(x)
# -> AttributeError: 'Sequential' object has no attribute 'predict_classes'
print("argmax:", set(np.argmax(logits[:, None], axis=1).tolist()))
# -> argmax: {0}
print("logit > 0:", set((logits > 0).astype(int).tolist()))
# -> logit > 0: {0, 1}
# --8<-- [end:predict-classes]

# --8<-- [start:penalty]
with printed_errors():
    LogisticRegression(penalty=None).fit(x, y)
# -> FutureWarning: 'penalty' was deprecated in version 1.8 and will be removed
#    in 1.10. To avoid this warning, leave 'penalty' set to its default value
#    and use 'l1_ratio' or 'C' instead. Use l1_ratio=0 instead of penalty='l2',
#    l1_ratio=1 instead of penalty='l1', l1_ratio set to a float between 0 and 1
#    instead of penalty='elasticnet', and C=np.inf instead of penalty=None.
# --8<-- [end:penalty]

# --8<-- [start:answer-threshold]
print(f"logit of 0.9: {np.log(0.9 / 0.1):.3f}")
# -> logit of 0.9: 2.197
same = (probabilities > 0.9) == (logits > np.log(9))
print(same.mean())
# -> 1.0
# --8<-- [end:answer-threshold]

# --8<-- [start:answer-penalty]
C = 0.01
l2 = keras.regularizers.L2(1 / (2 * len(x) * C))
penalised = fit(x, y, keras.optimizers.SGD(2.0), 100, penalty=l2)
for values in penalised.get_weights():
    print(values.ravel().round(3))
# -> [ 0.885 -0.448]
# -> [0.432]
# --8<-- [end:answer-penalty]

# --8<-- [start:answer-separable]
xs = with_ones(np.array([[[-2.0], [-1.0], [1.0], [2.0]]]))  # (1, 4, 2)
ys = np.array([0.0, 0.0, 1.0, 1.0])[None, :, None]  # (1, 4, 1)
path = list(descend("BCE", xs, ys, np.zeros((1, 2, 1)), 10_000))
for steps in (10, 100, 1000, 10_000):
    print(f"{steps:6} steps: weight {path[steps - 1][0, 0, 0]:.1f}")
# ->     10 steps: weight 2.1
# ->    100 steps: weight 4.0
# ->   1000 steps: weight 6.2
# ->  10000 steps: weight 8.5
# --8<-- [end:answer-separable]
