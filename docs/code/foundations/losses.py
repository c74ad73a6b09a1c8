# The code of the lesson foundations/losses: its pages show it by section.

# --8<-- [start:errors]
import keras
import tensorflow as tf


def huber(error):
    size = tf.abs(error)
    return tf.where(size <= 1, error**2 / 2, size - 0.5)


targets = tf.constant([1.0, 2.0, 3.0, 4.0])
predictions = tf.constant([1.5, 2.0, 2.0, 14.0])  # the last one is far off
error = predictions - targets  # (4,): 0.5, 0, -1, 10
losses = {"squared": error**2, "absolute": tf.abs(error), "Huber": huber(error)}
for name, each in losses.items():
    share = each[-1] / tf.reduce_sum(each)
    print(f"{name}: mean {tf.reduce_mean(each)}, share of the last {share:.0%}")
# -> squared: mean 25.3125, share of the last 99%
# -> absolute: mean 2.875, share of the last 87%
# -> Huber: mean 2.53125, share of the last 94%
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

# --8<-- [start:error-gradients]
e = tf.linspace(-3.0, 3.0, 601)
with tf.GradientTape(persistent=True) as tape:
    tape.watch(e)
    losses = {"squared": e**2, "absolute": tf.abs(e), "Huber": huber(e)}
gradients = {name: tape.gradient(losses[name], e) for name in losses}
at = [0, 250, 350, 600]  # errors -3, -0.5, 0.5, 3
for name, gradient in gradients.items():
    print(name, gradient.numpy()[at].round(2))
# -> squared [-6. -1.  1.  6.]
# -> absolute [-1. -1.  1.  1.]
# -> Huber [-1.  -0.5  0.5  1. ]
largest = {name: round(float(max(g))) for name, g in gradients.items()}
print("Verdict: largest derivatives", largest)
# -> Verdict: largest derivatives {'squared': 6, 'absolute': 1, 'Huber': 1}
# --8<-- [end:error-gradients]

# --8<-- [start:error-figure]
import matplotlib.pyplot as plt

figure, (left, right) = plt.subplots(1, 2)
styles = {"squared": "C1-", "absolute": "C2--", "Huber": "C3:"}
for name, style in styles.items():
    left.plot(e, losses[name], style, label=name)
    right.plot(e, gradients[name], style, label=name)
left.set(xlabel="error (prediction - target)", title="Loss")
right.set(xlabel="error (prediction - target)", title="Derivative of the loss")
right.legend()
figure.suptitle(
    "At large errors, squared error has the largest derivative", weight="bold"
)
plt.show()
# --8<-- [end:error-figure]

# --8<-- [start:sigmoid]
z = tf.constant([-8.0, -4.0, 0.0, 4.0])
p = 1 / (1 + tf.exp(-z))
for each in (p, tf.sigmoid(z)):
    print(*(f"{value:.4f}" for value in each.numpy()))
# -> 0.0003 0.0180 0.5000 0.9820
# -> 0.0003 0.0180 0.5000 0.9820
# --8<-- [end:sigmoid]

# --8<-- [start:sigmoid-figure]
grid = tf.linspace(-8.0, 8.0, 161)
plt.plot(grid, tf.sigmoid(grid), label="sigmoid")
plt.plot(grid, tf.sigmoid(grid) * tf.sigmoid(-grid), "--", label="derivative")
plt.xlabel("logit")
plt.title("The sigmoid maps every logit to a probability")
plt.legend()
plt.show()
# --8<-- [end:sigmoid-figure]

# --8<-- [start:binary]
y = tf.constant([1.0, 0.0, 0.0, 1.0])  # the first: a confident mistake
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
one_hot = tf.one_hot(labels, 3)  # (2, 3): a single 1 per sample
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
binary = keras.losses.BinaryCrossentropy()
ways = {
    "by hand": lambda z: -tf.math.log(tf.sigmoid(z)),
    "tf.sigmoid, Keras loss": lambda z: binary(one, tf.sigmoid(z)),
    "Keras sigmoid, Keras loss": lambda z: binary(
        one, keras.activations.sigmoid(z)
    ),
    "from_logits=True": lambda z: binary_logits(one, z),
}
for name, way in ways.items():
    z = tf.Variable([-100.0])
    with tf.GradientTape() as tape:
        loss = way(z)
    gradient = tape.gradient(loss, z)
    print(f"{name}: loss {loss.numpy().item():.1f}, gradient {gradient[0]:.1f}")
# -> by hand: loss inf, gradient nan
# -> tf.sigmoid, Keras loss: loss 16.1, gradient 0.0
# -> Keras sigmoid, Keras loss: loss 100.0, gradient -1.0
# -> from_logits=True: loss 100.0, gradient -1.0
# --8<-- [end:extreme]

# --8<-- [start:head-labels]
import numpy as np

SEED = 0
rng = np.random.default_rng(SEED)
x = rng.normal(size=(200, 3)).astype("float32")
scores = x @ rng.normal(size=(3, 4))  # (200, 4)
number = scores[:, :1]  # (200, 1)
count = rng.poisson(np.exp(number / 2))  # (200, 1): 0, 1, 2, ...
two_classes = (number > 0).astype("float32")  # (200, 1): 0 or 1
one_of_four = scores.argmax(axis=1)  # (200,): 0 to 3
several_of_four = (scores > 0).astype("float32")  # (200, 4): 0 or 1
# --8<-- [end:head-labels]

# --8<-- [start:heads]
Dense = keras.layers.Dense
positive = Dense(1, activation="exponential")  # a mean count is above 0
half = keras.metrics.BinaryAccuracy(threshold=0)  # logit 0: probability 1/2
heads = {  # output layer, loss, metric, labels
    "number": (Dense(1), keras.losses.MeanSquaredError(), "mae", number),
    "count": (positive, keras.losses.Poisson(), "mae", count),
    "two classes": (Dense(1), binary_logits, half, two_classes),
    "one of 4": (Dense(4), sparse_logits, "accuracy", one_of_four),
    "several of 4": (Dense(4), binary_logits, half, several_of_four),
}
# --8<-- [end:heads]

# --8<-- [start:train-heads]
HEAD_EPOCHS = 10
keras.utils.set_random_seed(SEED)
falls = 0
for task, (layer, loss, metric, y_task) in heads.items():
    model = keras.Sequential([keras.Input((3,)), layer])
    optimizer = keras.optimizers.Adam(learning_rate=0.05)
    model.compile(optimizer=optimizer, loss=loss, metrics=[metric])
    history = model.fit(x, y_task, epochs=HEAD_EPOCHS, verbose=0).history
    falls += history["loss"][-1] < history["loss"][0]
    print(f"{task}: labels {y_task.shape}, output {model.output_shape}")
# -> number: labels (200, 1), output (None, 1)
# -> count: labels (200, 1), output (None, 1)
# -> two classes: labels (200, 1), output (None, 1)
# -> one of 4: labels (200,), output (None, 4)
# -> several of 4: labels (200, 4), output (None, 4)
print(f"Verdict: the loss falls for {falls} of {len(heads)} heads")
# -> Verdict: the loss falls for 5 of 5 heads
# --8<-- [end:train-heads]

# --8<-- [start:gradients]
z = tf.linspace(-8.0, 8.0, 161)  # logits of samples of class 1
p = tf.sigmoid(z)
with tf.GradientTape(persistent=True) as tape:
    tape.watch(z)
    losses = {
        "cross-entropy": tf.nn.softplus(-z),  # -log sigmoid(z)
        "squared error": (tf.sigmoid(z) - 1) ** 2,
    }
gradients = {name: tape.gradient(losses[name], z) for name in losses}
for name in losses:
    at = [0, 40, 80]  # logits -8, -4, 0
    loss, gradient = losses[name].numpy()[at], gradients[name].numpy()[at]
    print(name, "loss    ", *(f"{value:8.4f}" for value in loss))
    print(name, "gradient", *(f"{value:8.4f}" for value in gradient))
# -> cross-entropy loss       8.0003   4.0181   0.6931
# -> cross-entropy gradient  -0.9997  -0.9820  -0.5000
# -> squared error loss       0.9993   0.9644   0.2500
# -> squared error gradient  -0.0007  -0.0347  -0.2500
ratio = gradients["cross-entropy"] / gradients["squared error"]
print(f"Verdict: ratio of gradients {ratio[0]:.0f} at -8, {ratio[80]:.0f} at 0")
# -> Verdict: ratio of gradients 1491 at -8, 2 at 0
# --8<-- [end:gradients]

# --8<-- [start:gradients-figure]
figure, (left, right) = plt.subplots(1, 2)
for name, style in {"cross-entropy": "C0-", "squared error": "C1--"}.items():
    left.plot(z, losses[name], style, label=name)
    right.plot(z, gradients[name], style, label=name)
left.set(xlabel="logit (true class 1)", title="Loss")
right.set(xlabel="logit (true class 1)", title="Derivative of the loss")
left.legend()
figure.suptitle(
    "At a confident mistake, squared error has almost no gradient",
    weight="bold",
)
plt.show()
# --8<-- [end:gradients-figure]


# --8<-- [start:mixed-batch]
def expit(z):  # the sigmoid in NumPy, without overflow
    return (1 + np.tanh(z / 2)) / 2


def mixed_batch(seed):
    rng = np.random.default_rng(seed)
    x = np.zeros((200, 3))
    x[:, :2] = rng.normal(size=(200, 2))
    x[:20, 2] = 1  # only the first 20 samples have the third feature
    p = expit(2 * x[:, 0] - x[:, 1])
    p[:20] = 1  # and they all belong to class 1
    return x, rng.random(200) < p, p  # (200, 3), (200,), (200,)


x, y, _ = mixed_batch(SEED)
start = np.array([0.0, 0.0, -8.0])  # the third weight is confident and wrong
p, n = np.unique(expit(x @ start).round(4), return_counts=True)
for probability, samples in zip(p, n, strict=True):
    print(f"probability of class 1: {probability} for {samples} samples")
# -> probability of class 1: 0.0003 for 20 samples
# -> probability of class 1: 0.5 for 180 samples
# --8<-- [end:mixed-batch]

# --8<-- [start:mixed-training]
STEPS = 1000
RATES = (1, 3, 10, 30, 100, 300)
derivatives = {  # with respect to the logit
    "cross-entropy": lambda p, y: p - y,
    "squared error": lambda p, y: 2 * (p - y) * p * (1 - p),
}


def training_curve(x, y, derivative, rate):
    w = start.copy()
    curve = []
    for _ in range(STEPS):
        p = expit(x @ w)
        curve.append(np.mean((p - y) ** 2))
        w -= rate * x.T @ derivative(p, y) / len(y)
    return np.array(curve)


def steps_needed(curve, goal):  # from this step on, the curve stays below
    return int(np.flatnonzero(curve > goal)[-1]) + 1


# --8<-- [end:mixed-training]

# --8<-- [start:mixed-runs]
SEEDS = (0, 1, 2, 3, 4, 5, 6, 7, 8, 9)
GOAL = 1.05  # times the squared error of the true probabilities
steps = {name: [] for name in derivatives}  # one entry for each seed
curves = {name: [] for name in derivatives}
rates = {name: [] for name in derivatives}
for seed in SEEDS:
    x, y, p = mixed_batch(seed)
    true = np.mean((p - y) ** 2)
    for name, derivative in derivatives.items():
        runs = [training_curve(x, y, derivative, rate) for rate in RATES]
        needed = [steps_needed(run, GOAL * true) for run in runs]
        best = np.argmin(needed)
        steps[name].append(needed[best])
        curves[name].append(runs[best] / true)
        rates[name].append(RATES[best])
# --8<-- [end:mixed-runs]

# --8<-- [start:mixed-verdict]
for name, n in steps.items():
    print(f"{name}: median {np.median(n):.0f}, {min(n)} to {max(n)} steps")
    print(f"{name}: best rates {sorted(set(rates[name]))} of {RATES}")
# -> cross-entropy: median 19, 17 to 32 steps
# -> cross-entropy: best rates [10] of (1, 3, 10, 30, 100, 300)
# -> squared error: median 128, 69 to 269 steps
# -> squared error: best rates [30, 100] of (1, 3, 10, 30, 100, 300)
fewer = sum(np.less(steps["cross-entropy"], steps["squared error"]))
print(
    "Verdict: each at its best rate, cross-entropy needs fewer steps "
    f"in {fewer} of {len(SEEDS)}"
)
# -> Verdict: each at its best rate, cross-entropy needs fewer steps in 10 of 10
# --8<-- [end:mixed-verdict]

# --8<-- [start:mixed-figure]
for (name, runs), style in zip(curves.items(), ("C0-", "C1--"), strict=True):
    runs = np.array(runs)[:, 1:301]  # (10, 300): steps 1 to 300
    step = np.arange(1, 301)
    plt.plot(step, np.median(runs, axis=0), style, label=name)
    plt.fill_between(
        step, runs.min(axis=0), runs.max(axis=0), color=style[:2], alpha=0.2
    )
plt.axhline(GOAL, color="gray", linewidth=1, label="goal")
plt.xscale("log")
plt.xlabel("step")
plt.ylabel("squared error, relative")
plt.title("Each at its best rate: cross-entropy needs fewer steps")
plt.legend()
plt.show()
# --8<-- [end:mixed-figure]

# --8<-- [start:string-model]
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

EPOCHS = 10
images, digits = load_digits(return_X_y=True)  # (1797, 64), (1797,)
images = images.astype("float32") / 16


def test_accuracy(seed, loss):
    keras.utils.set_random_seed(seed)
    x_train, x_test, y_train, y_test = train_test_split(
        images, digits, test_size=360, stratify=digits, random_state=seed
    )
    hidden = keras.layers.Dense(64, activation="relu")
    output = keras.layers.Dense(10)  # no activation: it returns logits
    model = keras.Sequential([keras.Input((64,)), hidden, output])
    model.compile(optimizer="adam", loss=loss, metrics=["accuracy"])
    model.fit(x_train, y_train, batch_size=64, epochs=EPOCHS, verbose=0)
    return model.evaluate(x_test, y_test, verbose=0)[1]


# --8<-- [end:string-model]

# --8<-- [start:string-loss]
string = "sparse_categorical_crossentropy"  # from_logits=False
good = {}
for name, loss in {"string": string, "object": sparse_logits}.items():
    scores = [test_accuracy(seed, loss) for seed in SEEDS[:3]]
    good[name] = sum(score > 0.85 for score in scores)
print("Verdict: accuracy above 0.85 in 3 runs:", good)
# -> Verdict: accuracy above 0.85 in 3 runs: {'string': 0, 'object': 3}
# --8<-- [end:string-loss]

# --8<-- [start:string-gradient]
true_class = tf.constant([1])
z = tf.constant([[2.0, -1.0, 0.3]])
with tf.GradientTape(persistent=True) as tape:
    tape.watch(z)
    wrong = sparse(true_class, z)
    right = sparse_logits(true_class, z)
print("read as probabilities", tape.gradient(wrong, z).numpy().round(2))
# -> read as probabilities [[0.   0.   0.77]]
print("read as logits       ", tape.gradient(right, z).numpy().round(2))
# -> read as logits        [[ 0.81 -0.96  0.15]]
# --8<-- [end:string-gradient]

# --8<-- [start:sigmoid-head]
weights, sums = [], []
for activation in ("softmax", "sigmoid"):
    keras.utils.set_random_seed(SEEDS[0])
    output = keras.layers.Dense(10, activation=activation)
    model = keras.Sequential([keras.Input((64,)), output])
    model.compile(optimizer="adam", loss=string)
    model.fit(images, digits, epochs=EPOCHS, verbose=0)
    weights.append(output.kernel.numpy())
    sums.append(model.predict(images, verbose=0).sum(axis=1))
sums_to_1 = [bool(np.allclose(each, 1)) for each in sums]
print("Verdict: same weights:", np.array_equal(*weights))
# -> Verdict: same weights: True
print("Verdict: predictions sum to 1 with softmax, sigmoid:", sums_to_1)
# -> Verdict: predictions sum to 1 with softmax, sigmoid: [True, False]
# --8<-- [end:sigmoid-head]

# --8<-- [start:list-labels]
from tfnotes.errors import printed_errors

guess = tf.constant([[0.2, 0.7, 0.1]])  # (1, 3): one sample
with printed_errors():
    sparse([2], guess)
# -> ValueError: Expected an instance of list, got <tf.Tensor: shape=(1, 3),
#    dtype=float32, numpy=array([[0.2, 0.7, 0.1]], dtype=float32)>.
with printed_errors():
    sparse([2], [[0.2, 0.7, 0.1]])
# -> ValueError: Structures don't have the same nested structure.
print(sparse(tf.constant([2]), guess).numpy().round(2))  # -log 0.1
# -> 2.3
# --8<-- [end:list-labels]

# --8<-- [start:answer-constant]
values = tf.constant([1.0, 2.0, 3.0, 4.0, 100.0])
candidates = tf.linspace(0.0, 100.0, 1001)  # one constant for all five values
errors = candidates[:, None] - values  # (1001, 5)
for name, loss in {"squared": errors**2, "absolute": tf.abs(errors)}.items():
    best = tf.argmin(tf.reduce_mean(loss, axis=1))
    print(f"Verdict: {name} error is smallest at {candidates[best]}")
# -> Verdict: squared error is smallest at 22.0
# -> Verdict: absolute error is smallest at 3.0
print("mean", np.mean(values), "median", np.median(values))
# -> mean 22.0 median 3.0
# --8<-- [end:answer-constant]

# --8<-- [start:answer-softmax-gradient]
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
# --8<-- [end:answer-softmax-gradient]

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

# --8<-- [start:answer-same-rate]
same_rate = []
for seed in SEEDS:
    x, y, p = mixed_batch(seed)
    run = training_curve(x, y, derivatives["squared error"], rate=10)
    same_rate.append(steps_needed(run, GOAL * np.mean((p - y) ** 2)))
print(f"squared error at rate 10: median {np.median(same_rate):.0f} steps")
# -> squared error at rate 10: median 486 steps
more = sum(np.greater(same_rate, steps["squared error"]))
print(f"Verdict: more steps than at its best rate in {more} of {len(SEEDS)}")
# -> Verdict: more steps than at its best rate in 10 of 10
# --8<-- [end:answer-same-rate]
