# The code of the lesson foundations/workflow: its pages show it by section.

# --8<-- [start:parts]
blue, orange = "C0", "C1"
parts = {
    "1 Data": (0, 2.5, blue, "rows in 3 parts"),
    "2 Model": (2.7, 2.5, blue, "input to output"),
    "3 Loss": (5.4, 2.5, orange, "how wrong?"),
    "4 Optimiser": (5.4, 0, orange, "moves weights"),
    "5 Metric": (2.7, 0, blue, "how good?"),
    "6 Decision": (0, 0, blue, "then test, once"),
}
# --8<-- [end:parts]

# --8<-- [start:cycle]
import matplotlib.pyplot as plt

from tfnotes.diagrams import arrow, frame

plt.figure(figsize=(7.2, 4.2))
for title, (left, bottom, color, text) in parts.items():
    frame((left, bottom), (1.8, 0.95), color, title, text, font_size=12)
arrow((1.8, 2.97), (2.7, 2.97), blue, "--")
arrow((3.3, 2.5), (3.3, 0.95), blue, "--")
arrow((2.7, 0.47), (1.8, 0.47), blue, "--")
arrow((0.9, 0.95), (0.9, 2.5), blue, "--")
arrow((4.5, 2.97), (5.4, 2.97), orange)
arrow((6.3, 2.5), (6.3, 0.95), orange)
arrow((5.4, 0.8), (4.25, 2.5), orange)
note = {"ha": "center", "va": "center", "size": 11}
plt.text(5.62, 1.95, "every step,\ntraining\nrows", **note, color=orange)
plt.text(2.1, 1.72, "every try,\nvalidation\nrows", **note, color=blue)
plt.xlim(-0.03, 7.23)
plt.ylim(-0.03, 3.48)
plt.axis("off")
plt.title("The computer turns the solid circle, you the dashed one")
plt.show()
# --8<-- [end:cycle]

# --8<-- [start:data]
from tfnotes.data import load, split

(x, y), (x_test, y_test) = load("breast_cancer")
x, x_test = x[:, :2], x_test[:, :2]  # mean radius, mean texture
y, y_test = 1 - y, 1 - y_test  # 1: malignant, 0: benign
(x_train, y_train), (x_valid, y_valid) = split(x, y, 0.2, stratified=True)
for part in (y_train, y_valid, y_test):
    print(f"{len(part)} patients, {part.sum()} malignant")
# -> 364 patients, 136 malignant
# -> 91 patients, 34 malignant
# -> 114 patients, 42 malignant
# --8<-- [end:data]

# --8<-- [start:baseline]
import numpy as np

majority = np.bincount(y_train).argmax()
print("baseline says", majority, "to everybody")
# -> baseline says 0 to everybody
print("validation accuracy", (y_valid == majority).mean().round(2))
# -> validation accuracy 0.63
# --8<-- [end:baseline]

# --8<-- [start:model]
import keras


def build(n_features, activation, loss, metric):
    inputs = keras.Input((n_features,))
    output = keras.layers.Dense(1, activation=activation)
    model = keras.Sequential([inputs, output])
    optimizer = keras.optimizers.SGD(learning_rate=0.1)
    model.compile(optimizer, loss, metrics=[metric])
    return model


def scaled(x, x_train):  # by the training rows only
    return (x - x_train.mean(axis=0)) / x_train.std(axis=0)


# --8<-- [end:model]

# --8<-- [start:fit]
keras.utils.set_random_seed(0)
model = build(2, "sigmoid", "binary_crossentropy", "accuracy")
inputs, held_out = scaled(x_train, x_train), scaled(x_valid, x_train)
model.fit(inputs, y_train, epochs=15, verbose=0)
scores = model.evaluate(held_out, y_valid, verbose=0, return_dict=True)
print({name: round(value, 2) for name, value in scores.items()})
# -> {'accuracy': 0.85, 'loss': 0.33}
weights = model.get_weights()
# --8<-- [end:fit]


# --8<-- [start:errors]
def errors(probabilities, y, threshold):
    alarm = probabilities >= threshold  # (n,)
    missed = (~alarm & (y == 1)).sum()
    false_alarms = (alarm & (y == 0)).sum()
    return missed, false_alarms


probabilities = model(held_out).numpy()[:, 0]  # (91, 1) -> (91,)
missed, false_alarms = errors(probabilities, y_valid, 0.5)
print(f"missed {missed}, false alarms {false_alarms}")
# -> missed 11, false alarms 3
# --8<-- [end:errors]

# --8<-- [start:choose]
thresholds = np.arange(1, 100) / 100


def cost(probabilities, y, threshold):
    missed, false_alarms = errors(probabilities, y, threshold)
    return 10 * missed + false_alarms


def cheapest(probabilities, y):
    costs = [cost(probabilities, y, t) for t in thresholds]
    return thresholds[np.argmin(costs)]


chosen = cheapest(probabilities, y_valid)
print("chosen threshold", chosen)
# -> chosen threshold 0.11
missed, false_alarms = errors(probabilities, y_valid, chosen)
print(f"missed {missed}, false alarms {false_alarms}")
# -> missed 0, false alarms 26
# --8<-- [end:choose]

# --8<-- [start:thresholds]
counts = np.array([errors(probabilities, y_valid, t) for t in thresholds])
figure, (left, right) = plt.subplots(1, 2)
left.plot(thresholds, counts[:, 0], color=orange, label="missed tumours")
left.plot(thresholds, counts[:, 1], "--", color=blue, label="false alarms")
left.set(xlabel="threshold", title="Fewer of one, more of the other")
left.set_ylabel("of 91 validation patients")
left.legend()
costs = counts @ [10, 1]
right.plot(thresholds, costs, color="dimgray")
right.plot(chosen, costs.min(), "o", color=orange, markersize=9)
right.annotate("chosen", (chosen, costs.min()), (0.06, 4))
right.plot(0.5, cost(probabilities, y_valid, 0.5), "s", color=blue)
right.annotate("0.5", (0.5, cost(probabilities, y_valid, 0.5) - 20))
right.set(xlabel="threshold", ylim=(0, None))
right.set_title("Cost: 10 a miss, 1 an alarm")
plt.show()
# --8<-- [end:thresholds]


# --8<-- [start:draws]
def draw(seed):  # cost of 0.5 and of a chosen threshold, on rows of its own
    (x_train, y_train), rest = split(x, y, 0.4, stratified=True, seed=seed)
    choose, check = split(*rest, 0.5, stratified=True, seed=seed)
    model.set_weights([np.zeros((2, 1)), np.zeros(1)])  # start again
    model.fit(scaled(x_train, x_train), y_train, epochs=15, verbose=0)

    def probabilities(part):
        return model(scaled(part[0], x_train)).numpy()[:, 0]

    threshold = cheapest(probabilities(choose), choose[1])
    chosen_on = cost(probabilities(choose), choose[1], threshold)
    checked_on = cost(probabilities(check), check[1], threshold)
    half = cost(probabilities(check), check[1], 0.5)
    return threshold, chosen_on, checked_on, half


draws = np.array([draw(seed) for seed in range(10)])  # (10, 4)
print("thresholds from", draws[:, 0].min(), "to", draws[:, 0].max())
# -> thresholds from 0.11 to 0.31
dearer = (draws[:, 2] > draws[:, 1]).sum()
print("mean costs", draws[:, 1:].mean(axis=0).round(0), "dearer:", dearer)
# -> mean costs [28. 34. 86.] dearer: 6
# --8<-- [end:draws]

# --8<-- [start:spread]
rows = ["chosen threshold,\nits own rows", "chosen threshold,\nnew rows"]
rows.append("threshold 0.5,\nnew rows")
styles = [("o", blue), ("^", "C2"), ("s", orange)]
for row, (marker, color) in enumerate(styles):
    costs = draws[:, row + 1]
    heights = row + np.linspace(-0.2, 0.2, 10)  # draw by draw, from the top
    plt.plot(costs, heights, marker, color=color, alpha=0.7)
    plt.plot([costs.mean()] * 2, [row - 0.32, row + 0.32], color=color)
plt.yticks(range(3), rows)
plt.gca().invert_yaxis()
plt.xlim(0, None)
plt.xlabel("cost of 91 patients (one point a draw, the line is the mean)")
plt.title("Choosing pays, on new rows a little less")
plt.show()
# --8<-- [end:spread]

# --8<-- [start:test]
model.set_weights(weights)  # of the model that the threshold was chosen for
p_test = model(scaled(x_test, x_train)).numpy()[:, 0]  # (114,)
for threshold in (0.5, chosen):
    missed, false_alarms = errors(p_test, y_test, threshold)
    print(f"threshold {threshold}: missed {missed}, alarms {false_alarms}")
    accuracy = ((p_test >= threshold) == y_test).mean()
    print(f"accuracy {accuracy:.2f}")
# -> threshold 0.5: missed 10, alarms 5
# -> accuracy 0.87
# -> threshold 0.11: missed 1, alarms 45
# -> accuracy 0.60
# --8<-- [end:test]

# --8<-- [start:diabetes]
(x, y), (x_test, y_test) = load("diabetes")
(x_train, y_train), (x_valid, y_valid) = split(x, y, 0.2)
print(len(y_train), len(y_valid), len(y_test), "patients")
# -> 282 71 89 patients
mean = y_train.mean()
print(f"baseline says {mean:.1f} to everybody")
# -> baseline says 147.4 to everybody
print(f"validation MAE {abs(y_valid - mean).mean():.1f}")
# -> validation MAE 71.1
# --8<-- [end:diabetes]

# --8<-- [start:regression]
keras.utils.set_random_seed(0)
model = build(10, "linear", "mean_squared_error", "mean_absolute_error")
model.fit(scaled(x_train, x_train), y_train, epochs=15, verbose=0)
scores = model.evaluate(
    scaled(x_valid, x_train), y_valid, verbose=0, return_dict=True
)
print({name: round(value, 1) for name, value in scores.items()})
# -> {'loss': 2993.2, 'mean_absolute_error': 44.5}
# --8<-- [end:regression]

# --8<-- [start:five]
for seed in range(5):
    (x_train, y_train), (x_valid, y_valid) = split(x, y, 0.2, seed=seed)
    model.set_weights([np.zeros((10, 1)), np.zeros(1)])
    model.fit(scaled(x_train, x_train), y_train, epochs=15, verbose=0)
    predicted = model(scaled(x_valid, x_train)).numpy()[:, 0]
    baseline = abs(y_valid - y_train.mean()).mean()
    error = abs(y_valid - predicted).mean()
    print(f"MAE: baseline {baseline:.1f}, model {error:.1f}")
# -> MAE: baseline 71.1, model 44.5
# -> MAE: baseline 76.0, model 46.6
# -> MAE: baseline 65.5, model 46.1
# -> MAE: baseline 70.0, model 40.3
# -> MAE: baseline 73.1, model 45.8
# --8<-- [end:five]

# --8<-- [start:appointments]
predicted = model(scaled(x_test, x_train)).numpy()[:, 0]  # (89,)
called = predicted.argsort()[-20:]  # the 20 highest predictions
print(f"test MAE {abs(y_test - predicted).mean():.1f}")
# -> test MAE 47.0
print(f"truth, mean of the 20 called: {y_test[called].mean():.1f}")
# -> truth, mean of the 20 called: 208.4
print(f"truth, mean of all 89: {y_test.mean():.1f}")
# -> truth, mean of all 89: 154.2
# --8<-- [end:appointments]

# --8<-- [start:predefined]
import tensorflow as tf

from tfnotes.errors import printed_errors

with printed_errors():
    tf.estimator.DNNClassifier(hidden_units=[10])
# -> AttributeError: module 'tensorflow' has no attribute 'estimator'
network = keras.applications.MobileNet(
    weights=None, input_shape=(32, 32, 3), classes=10
)
print(network.name, f"{network.count_params():,} parameters")
# -> mobilenet_1.00_32 3,239,114 parameters
print(network(np.zeros((1, 32, 32, 3))).shape)
# -> (1, 10)
# --8<-- [end:predefined]


# --8<-- [start:validation]
def trained(loss="mean_squared_error", metric="mae", **options):
    keras.utils.set_random_seed(0)
    model = build(10, "linear", loss, metric)
    model.fit(scaled(x_train, x_train), y_train, epochs=3, verbose=0, **options)
    return np.concatenate([w.ravel() for w in model.get_weights()])  # (11,)


held_out = scaled(x_valid, x_train), y_valid
alone, watched = trained(), trained(validation_data=held_out)
print("weights equal:", np.array_equal(alone, watched))
# -> weights equal: True
# --8<-- [end:validation]

# --8<-- [start:metric]
with printed_errors():
    trained(loss="accuracy")
# -> ValueError: Could not interpret loss identifier: accuracy
p = tf.Variable([0.4, 0.9])
with tf.GradientTape() as tape:
    accuracy = tf.reduce_mean(tf.cast(p >= 0.5, tf.float32))
print("accuracy", accuracy.numpy(), "gradient", tape.gradient(accuracy, p))
# -> accuracy 0.5 gradient None
print("other metric:", np.array_equal(alone, trained(metric="mape")))
# -> other metric: True
print("other loss:", np.array_equal(alone, trained(loss="mae")))
# -> other loss: False
# --8<-- [end:metric]

# --8<-- [start:answer-equal-costs]
missed, false_alarms = counts.T  # (99,), (99,): of each threshold
best = (missed + false_alarms).argmin()
print(f"threshold {thresholds[best]}: {missed[best]} + {false_alarms[best]}")
# -> threshold 0.39: 6 + 5
# --8<-- [end:answer-equal-costs]

# --8<-- [start:answer-all-features]
(x, y), _ = load("breast_cancer")
(x_train, y_train), (x_valid, y_valid) = split(x, 1 - y, 0.2, stratified=True)
keras.utils.set_random_seed(0)
model = build(30, "sigmoid", "binary_crossentropy", "accuracy")
model.fit(scaled(x_train, x_train), y_train, epochs=15, verbose=0)
probabilities = model(scaled(x_valid, x_train)).numpy()[:, 0]
for threshold in (0.5, chosen):
    missed, false_alarms = errors(probabilities, y_valid, threshold)
    print(f"threshold {threshold}: missed {missed}, alarms {false_alarms}")
# -> threshold 0.5: missed 1, alarms 3
# -> threshold 0.11: missed 0, alarms 11
# --8<-- [end:answer-all-features]

# --8<-- [start:answer-median]
(_, y), _ = load("diabetes")
for name, constant in (("mean", y.mean()), ("median", np.median(y))):
    squared, absolute = ((y - constant) ** 2).mean(), abs(y - constant).mean()
    print(f"{name:6} {constant:.1f}: MSE {squared:.1f}, MAE {absolute:.1f}")
# -> mean   151.6: MSE 6130.7, MAE 67.3
# -> median 139.0: MSE 6289.6, MAE 66.6
# --8<-- [end:answer-median]
