# The code of the lesson keras/class-weights: its pages show it by section.

# --8<-- [start:data]
import keras
import numpy as np

from tfnotes.data import load

(x_a, y_a), (x_b, y_b) = load("fashion_mnist_6k")
kinds = np.concatenate([y_a, y_b])  # (6000,), 600 of each of ten kinds
pixels = np.concatenate([x_a, x_b]) / 255  # (6000, 28, 28)
features = pixels.reshape(-1, 7, 4, 7, 4).mean(axis=(2, 4)).reshape(-1, 49)
SHARES = {0: 300, 1: 300, 3: 300, 6: 45}  # T-shirt, trousers, dress, shirt


def draw(seed):  # 900 others and 45 shirts to train, as many others to test
    rng = np.random.default_rng(seed)
    order = rng.permutation(6000)
    rows = [order[kinds[order] == k][: 2 * n] for k, n in SHARES.items()]
    parts = [np.concatenate([r[i::2] for r in rows]) for i in (0, 1)]
    x, x_test = (features[part] for part in parts)
    scaled = [(z - x.mean(axis=0)) / x.std(axis=0) for z in (x, x_test)]
    labels = [(kinds[part] == 6).astype(int) for part in parts]
    return list(zip(scaled, labels, strict=True))


# --8<-- [end:data]


# --8<-- [start:never]
def scores(labels, predicted):
    found = np.sum(predicted & (labels == 1))
    recall = found / np.sum(labels == 1)  # of the shirts, how many are found
    precision = found / max(np.sum(predicted), 1)  # of the alarms, how many
    return np.mean(predicted == labels), recall, precision


(x, y), (x_test, y_test) = draw(seed=0)
print("others and shirts:", np.bincount(y), np.bincount(y_test))
# -> others and shirts: [900  45] [900  45]
never = np.zeros(len(y_test), bool)
accuracy, recall, _ = scores(y_test, never)
print(f"never a shirt: accuracy {accuracy:.2f}, recall {recall:.2f}")
# -> never a shirt: accuracy 0.95, recall 0.00
# --8<-- [end:never]

# --8<-- [start:by-hand]
labels = np.array([0, 0, 0, 1])
p = np.array([0.1, 0.2, 0.6, 0.3])  # the model's probability of class 1
losses = -np.log(np.where(labels == 1, p, 1 - p))
weights = np.array([1.0, 20.0])[labels]  # (4,): one for each sample
print("losses", losses.round(2), "weights", weights)
# -> losses [0.11 0.22 0.92 1.2 ] weights [ 1.  1.  1. 20.]
print("sum / samples", np.mean(weights * losses).round(2))
# -> sum / samples 6.33
print("sum / sum of weights", np.average(losses, weights=weights).round(2))
# -> sum / sum of weights 1.1
for reduction in ("sum_over_batch_size", "mean_with_sample_weight"):
    loss = keras.losses.BinaryCrossentropy(reduction=reduction)
    value = loss(labels[:, None], p[:, None], sample_weight=weights)
    print(f"{reduction}: {value:.2f}")
# -> sum_over_batch_size: 6.33
# -> mean_with_sample_weight: 1.10
# --8<-- [end:by-hand]


# --8<-- [start:in-fit]
def network(optimizer):
    layers = keras.layers
    hidden, output = layers.Dense(32, "relu"), layers.Dense(1, "sigmoid")
    model = keras.Sequential([keras.Input((49,)), hidden, output])
    model.compile(optimizer, loss="binary_crossentropy", jit_compile=False)
    return model


keras.utils.set_random_seed(0)
frozen = network(keras.optimizers.SGD(0.0))  # measures, does not learn


def fit_loss(labels=y, **options):
    history = frozen.fit(x, labels, batch_size=945, verbose=0, **options)
    return round(history.history["loss"][0], 2)


p = frozen(x).numpy().ravel()
losses = -np.log(np.where(y == 1, p, 1 - p))
print(f"by hand       {np.mean(np.where(y == 1, 20, 1) * losses):.2f}")
# -> by hand       2.24
print("class_weight ", fit_loss(class_weight={0: 1.0, 1: 20.0}))
# -> class_weight  2.24
print("sample_weight", fit_loss(sample_weight=np.where(y == 1, 20.0, 1.0)))
# -> sample_weight 2.24
# --8<-- [end:in-fit]

# --8<-- [start:balanced]
from sklearn.utils.class_weight import compute_class_weight

counts = np.bincount(y)
balanced = len(y) / (2 * counts)
theirs = compute_class_weight("balanced", classes=np.array([0, 1]), y=y)
print("n / (2 counts)", balanced.round(3), "scikit-learn", theirs.round(3))
# -> n / (2 counts) [ 0.525 10.5  ] scikit-learn [ 0.525 10.5  ]
ratio, mean = balanced[1] / balanced[0], balanced[y].mean()
print(f"ratio {ratio:.2f}, mean over the samples {mean:.2f}")
# -> ratio 20.00, mean over the samples 1.00
# --8<-- [end:balanced]

# --8<-- [start:runs]
from tfnotes.training import train

SEEDS = (0, 1, 2, 3, 4)
EQUAL = np.ones(2)
test_labels = np.stack([draw(seed)[1][1] for seed in SEEDS])  # (5, 945)


def probabilities(seed, class_weights, epochs=20):
    (x, y), (x_test, _) = draw(seed)
    keras.utils.set_random_seed(seed)
    model = network(keras.optimizers.Adam(0.005))
    options = {"batch_size": 105, "epochs": epochs, "seed": seed, "verbose": 0}
    train(model, x, y, sample_weight=class_weights[y], **options)
    return model(x_test).numpy().ravel()  # (945,)


without = np.stack([probabilities(seed, EQUAL) for seed in SEEDS])
weighted = np.stack([probabilities(seed, balanced) for seed in SEEDS])
# --8<-- [end:runs]


# --8<-- [start:scores]
def report(name, outputs, threshold=0.5):
    pairs = zip(test_labels, outputs > threshold, strict=True)
    table = np.array([scores(*pair) for pair in pairs])  # (seeds, 3)
    texts = [
        f"{column.mean():.2f} ({column.min():.2f} to {column.max():.2f})"
        for column in table.T
    ]
    print(f"{name:8}", *texts)
    return table


print("         accuracy            recall              precision")
# ->          accuracy            recall              precision
at_half = report("without", without), report("weighted", weighted)
# -> without  0.97 (0.96 to 0.97) 0.56 (0.42 to 0.69) 0.71 (0.67 to 0.76)
# -> weighted 0.91 (0.89 to 0.93) 0.74 (0.64 to 0.82) 0.32 (0.26 to 0.38)
# --8<-- [end:scores]

# --8<-- [start:matrices]
import matplotlib.pyplot as plt
from sklearn.metrics import confusion_matrix

names = {"equal weights": without, "weights 1 : 20": weighted}
figure, panels = plt.subplots(1, 2, sharey=True, figsize=(7.2, 3.7))
for panel, (name, outputs) in zip(panels, names.items(), strict=True):
    pairs = confusion_matrix(test_labels.ravel(), outputs.ravel() > 0.5)
    shares = pairs / pairs.sum(axis=1, keepdims=True)  # each row sums to 1
    panel.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for (row, column), share in np.ndenumerate(shares):
        ink = "#fefefe" if share > 0.65 else "#111111"
        text = f"{share:.2f}"
        panel.text(column, row, text, ha="center", va="center", color=ink)
    panel.set_xticks([0, 1], ["other", "shirt"])
    panel.set_yticks([0, 1], ["other", "shirt"])
    panel.set(xlabel="predicted", title=name)
    panel.grid(visible=False)
panels[0].set_ylabel("true (each row sums to 1)")
figure.suptitle("Weights find more shirts, and raise more false alarms")
plt.show()
# --8<-- [end:matrices]

# --8<-- [start:threshold]
moved = report("at 1/21", without, threshold=1 / 21)
# -> at 1/21  0.87 (0.83 to 0.89) 0.79 (0.71 to 0.84) 0.24 (0.19 to 0.27)
print(f"share of shirts {np.mean(test_labels):.2f}")
# -> share of shirts 0.05
print(f"mean probability without {np.mean(without):.2f}")
# -> mean probability without 0.05
print(f"mean probability weighted {np.mean(weighted):.2f}")
# -> mean probability weighted 0.15
# --8<-- [end:threshold]

# --8<-- [start:precision-recall]
from sklearn.metrics import average_precision_score, precision_recall_curve

grid = np.linspace(0.1, 0.95, 40)  # recalls at which the curves are averaged


def mean_curve(outputs):
    curves = []
    for labels, output in zip(test_labels, outputs, strict=True):
        precision, recall, _ = precision_recall_curve(labels, output)
        curves.append(np.interp(grid, recall[::-1], precision[::-1]))
    return np.mean(curves, axis=0)


for name, outputs in (("without", without), ("weighted", weighted)):
    pairs = zip(test_labels, outputs, strict=True)
    found = [average_precision_score(*pair) for pair in pairs]
    print(f"{name:8} {np.mean(found):.2f}", np.round(found, 2))
# -> without  0.60 [0.54 0.68 0.53 0.59 0.65]
# -> weighted 0.59 [0.59 0.67 0.57 0.54 0.57]
# --8<-- [end:precision-recall]

# --8<-- [start:trade-off]
plt.plot(grid, mean_curve(without), "-", color="C0", label="equal weights")
plt.plot(grid, mean_curve(weighted), "--", color="C1", label="weights 1 : 20")
for table, marker, color, name in (
    (at_half[0], "o", "C0", "equal, threshold 0.5"),
    (moved, "D", "C0", "equal, threshold 1/21"),
    (at_half[1], "s", "C1", "1 : 20, threshold 0.5"),
):
    fill = "none" if marker == "D" else color
    _, recall, precision = table.T
    plt.plot(recall, precision, marker, color=color, mfc=fill, label=name)
plt.xlabel("recall: share of the shirts that are found (points: five seeds)")
plt.ylabel("precision: share of true alarms")
plt.ylim(0, 1.02)
plt.title("Weights and threshold move along much the same curve")
plt.gcf().legend(loc="outside lower center", ncols=2)
plt.show()
# --8<-- [end:trade-off]

# --8<-- [start:other-mix]
outputs, labels = weighted[0], test_labels[0]
for shirts in (1.0, 4.0, 20.0):  # how much a shirt of the test set counts
    metric = keras.metrics.Precision(thresholds=0.5)
    metric.update_state(labels, outputs, np.where(labels == 1, shirts, 1.0))
    print(f"1 shirt to {20 / shirts:4.1f} others: {metric.result():.2f}")
# -> 1 shirt to 20.0 others: 0.26
# -> 1 shirt to  5.0 others: 0.58
# -> 1 shirt to  1.0 others: 0.87
# --8<-- [end:other-mix]

# --8<-- [start:both]
from tfnotes.errors import printed_errors

weight_of = {0: 1.0, 1: 20.0}
trust = np.where(np.arange(len(y)) % 2, 1.0, 0.5)  # (945,), of each label
with printed_errors():
    frozen.fit(x, y, class_weight=weight_of, sample_weight=trust, verbose=0)
# -> ValueError: You cannot `class_weight` and `sample_weight` at the same time.
both = trust * np.where(y == 1, 20.0, 1.0)
print("product:", fit_loss(sample_weight=both))
# -> product: 1.69
# --8<-- [end:both]

# --8<-- [start:missing]
import tensorflow as tf

for given in ({0: 1.0, 1: 20.0}, {1: 20.0}, {1: 20.0, 7: 9.0}, {"1": 20.0}):
    print(given, fit_loss(class_weight=given))
# -> {0: 1.0, 1: 20.0} 2.24
# -> {1: 20.0} 2.24
# -> {1: 20.0, 7: 9.0} 2.24
# -> {'1': 20.0} 0.51
with printed_errors():
    fit_loss(class_weight="balanced")
# -> AttributeError: 'str' object has no attribute 'get'
dataset = tf.data.Dataset.from_tensor_slices((x, y)).batch(945)
with printed_errors():  # class 1 lies above the largest key
    frozen.fit(dataset, class_weight={0: 0.05}, shuffle=False, verbose=0)
# -> InvalidArgumentError: indices[900] = 1 is not in [0, 1)
# --8<-- [end:missing]

# --8<-- [start:one-class]
two = keras.Sequential([keras.Input((49,)), keras.layers.Dense(2, "sigmoid")])
still = keras.optimizers.SGD(0.0)
two.compile(still, loss="binary_crossentropy", jit_compile=False)
marks = np.array([[1, 1], [0, 1], [0, 0]], "float32")  # any number of ones
options = {"epochs": 1, "verbose": 0}
given = two.fit(x[:3], marks, class_weight={0: 1.0, 1: 20.0}, **options)
taken = two.fit(x[:3], marks, sample_weight=np.array([1, 20, 1]), **options)
print("as 1, 20, 1:", np.allclose(given.history["loss"], taken.history["loss"]))
# -> as 1, 20, 1: True
# --8<-- [end:one-class]

# --8<-- [start:two-outputs]
inputs = keras.Input((49,))
shirt = keras.layers.Dense(1, "sigmoid", name="shirt")(inputs)
bright = keras.layers.Dense(1, name="bright")(inputs)
model = keras.Model(inputs, {"shirt": shirt, "bright": bright})
model.compile("sgd", {"shirt": "binary_crossentropy", "bright": "mse"})
targets = {"shirt": y, "bright": x.mean(axis=1)}
with printed_errors():
    model.fit(x, targets, class_weight={"shirt": weight_of}, verbose=0)
# -> ValueError: `class_weight` is only supported for Models with a single
#    output.
each = {"shirt": np.where(y == 1, 20.0, 1.0), "bright": np.ones(len(y))}
history = model.fit(x, targets, sample_weight=each, verbose=0)
print(list(history.history))
# -> ['bright_loss', 'loss', 'shirt_loss']
# --8<-- [end:two-outputs]

# --8<-- [start:validation]
history = frozen.fit(
    x, y, validation_data=(x, y), class_weight=weight_of, verbose=0
)
print({name: round(v[0], 2) for name, v in history.history.items()})
# -> {'loss': 2.24, 'val_loss': 0.51}
with printed_errors():
    frozen.evaluate(x, y, class_weight=weight_of, verbose=0)
# -> ValueError: Arguments not recognized: {'class_weight': {0: 1.0, 1: 20.0}}
each = np.where(y == 1, 20.0, 1.0)
print(round(frozen.evaluate(x, y, sample_weight=each, verbose=0), 2))
# -> 2.24
# --8<-- [end:validation]

# --8<-- [start:answer-scale]
ends = []
for scale, learning_rate in ((1, 0.1), (10, 0.01)):
    keras.utils.set_random_seed(0)
    model = network(keras.optimizers.SGD(learning_rate))
    train(model, x, y, sample_weight=scale * balanced[y], seed=0, verbose=0)
    ends.append(model.get_weights()[0])
print("same weights:", np.allclose(*ends, atol=1e-4))
# -> same weights: True
# --8<-- [end:answer-scale]

# --8<-- [start:answer-repeat]
repeated = np.repeat(losses, np.where(y == 1, 20, 1))  # each shirt 20 times
print(len(repeated), "losses, mean", repeated.mean().round(2))
# -> 1800 losses, mean 1.17
print(np.average(losses, weights=np.where(y == 1, 20, 1)).round(2))
# -> 1.17
# --8<-- [end:answer-repeat]

# --8<-- [start:answer-longer]
for name, weights, short in zip(
    ("without", "weighted"), (EQUAL, balanced), at_half, strict=True
):
    runs = [probabilities(seed, weights, epochs=80) for seed in SEEDS[:3]]
    pairs = zip(test_labels[:3], np.array(runs) > 0.5, strict=True)
    long = np.array([scores(*pair) for pair in pairs])  # (3, 3)
    for epochs, table in ((20, short[:3]), (80, long)):
        _, recall, precision = table.mean(axis=0)
        print(f"{name:8} {epochs} epochs: {recall:.2f} {precision:.2f}")
# -> without  20 epochs: 0.52 0.71
# -> without  80 epochs: 0.55 0.66
# -> weighted 20 epochs: 0.70 0.32
# -> weighted 80 epochs: 0.60 0.49
# --8<-- [end:answer-longer]
