# The code of the lesson foundations/softmax-regression.

# --8<-- [start:two-classes]
import tensorflow as tf

z = tf.random.stateless_normal((4, 2), seed=(1, 2), stddev=2.0)  # (4, 2)
print("softmax of both      ", tf.nn.softmax(z)[:, 1].numpy().round(4))
# -> softmax of both       [0.3377 0.4864 0.6672 0.8999]
print("sigmoid of difference", tf.sigmoid(z[:, 1] - z[:, 0]).numpy().round(4))
# -> sigmoid of difference [0.3377 0.4864 0.6672 0.8999]
# --8<-- [end:two-classes]

# --8<-- [start:data]
from tfnotes.data import CLASS_NAMES, load

(x_train, y_train), (x_test, y_test) = load("fashion_mnist_6k")
x_train = x_train.astype("float32") / 255  # (5000, 28, 28)
x_test = x_test.astype("float32") / 255  # (1000, 28, 28)
# --8<-- [end:data]

# --8<-- [start:start]
from tfnotes.models import softmax_regression


def at_zero(n_classes=10):
    model = softmax_regression((28, 28), n_classes)
    for weights in model.trainable_variables:  # (784, classes), (classes,)
        weights.assign(tf.zeros(weights.shape))
    return model


model = at_zero()
print(f"{model.count_params():,} parameters")
# -> 7,850 parameters
print(tf.nn.softmax(model(x_test[:1])).numpy().round(2))
# -> [[0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1]]
# --8<-- [end:start]

# --8<-- [start:first-gradient]
import keras
import numpy as np

SPARSE = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
with tf.GradientTape() as tape:
    loss = SPARSE(y_train, model(x_train))
kernel, bias = model.trainable_weights
gradient = tape.gradient(loss, kernel.value).numpy()  # (784, 10)
coat = CLASS_NAMES.index("Coat")
mean_coat = x_train[y_train == coat].mean(axis=0)  # (28, 28)
by_hand = 0.1 * (x_train.mean(axis=0) - mean_coat).ravel()  # (784,)
print(f"loss {loss:.2f}, ln 10 = {np.log(10):.2f}")
# -> loss 2.30, ln 10 = 2.30
print("as by hand:", np.allclose(gradient[:, coat], by_hand, atol=1e-5))
# -> as by hand: True
# --8<-- [end:first-gradient]

# --8<-- [start:learn]
import tfnotes


def learn(model, seed, loss=SPARSE, x=x_train, y=y_train, rate=0.02):
    optimizer = keras.optimizers.SGD(rate, momentum=0.9)
    model.compile(optimizer, loss)
    tfnotes.train(model, x, y, batch_size=250, epochs=10, seed=seed, verbose=0)
    return model


# --8<-- [end:learn]

# --8<-- [start:seeds]
models = [learn(at_zero(), seed) for seed in (1, 2, 3)]
scores = [m.predict(x_test, verbose=0) for m in models]  # (1000, 10) each
for logits in scores:
    accuracy = (logits.argmax(axis=1) == y_test).mean()
    loss = SPARSE(y_test, logits)
    print(f"test loss {loss:.2f}, test accuracy {accuracy:.2f}")
# -> test loss 0.61, test accuracy 0.80
# -> test loss 0.62, test accuracy 0.80
# -> test loss 0.62, test accuracy 0.80
# --8<-- [end:seeds]

# --8<-- [start:one-hot]
one_hot = keras.utils.to_categorical(y_train, 10)  # (5000, 10)
print(y_train[1], one_hot[1])
# -> 2 [0. 0. 1. 0. 0. 0. 0. 0. 0. 0.]
print(f"{y_train.nbytes:,} bytes, {one_hot.nbytes:,} bytes")
# -> 5,000 bytes, 400,000 bytes
CATEGORICAL = keras.losses.CategoricalCrossentropy(from_logits=True)
model, twin = models[0], learn(at_zero(), 1, CATEGORICAL, y=one_hot)
for a, b in zip(model.get_weights(), twin.get_weights(), strict=True):
    print("same weights:", np.allclose(a, b, rtol=0, atol=1e-6))
# -> same weights: True
# -> same weights: True
z = model(x_train)
print(f"loss {SPARSE(y_train, z):.4f} and {CATEGORICAL(one_hot, z):.4f}")
# -> loss 0.5206 and 0.5206
# --8<-- [end:one-hot]

# --8<-- [start:mismatch]
from tfnotes.errors import printed_errors

with printed_errors():
    learn(at_zero(), 1, SPARSE, y=one_hot)
# -> ValueError: Argument `output` must have rank (ndim) `target.ndim - 1`.
#    Received: target.shape=(250, 10), output.shape=(250, 10)
with printed_errors():
    learn(at_zero(), 1, CATEGORICAL, y=y_train)
# -> ValueError: Arguments `target` and `output` must have the same rank (ndim).
#    Received: target.shape=(250,), output.shape=(250, 10)
# --8<-- [end:mismatch]

# --8<-- [start:predict]
logits = scores[0]  # (1000, 10)
q = tf.nn.softmax(logits).numpy()  # (1000, 10)
predicted = q.argmax(axis=1)  # (1000,)
print(q[0].round(2), CLASS_NAMES[predicted[0]])
# -> [0.   0.   0.   0.   0.   0.12 0.   0.31 0.03 0.53] Ankle boot
boot, sneaker = CLASS_NAMES.index("Ankle boot"), CLASS_NAMES.index("Sneaker")
share = q[0, boot] / (q[0, boot] + q[0, sneaker])
z = logits[0, boot] - logits[0, sneaker]
print(f"boot against sneaker: {share:.2f}, sigmoid: {tf.sigmoid(z):.2f}")
# -> boot against sneaker: 0.63, sigmoid: 0.63
# --8<-- [end:predict]

# --8<-- [start:templates]
import matplotlib.pyplot as plt


def draw(pictures, titles, columns, title):  # (n, 28, 28)
    rows = len(titles) // columns
    figure, panels = plt.subplots(
        rows, columns, figsize=(7.2, 0.7 + 1.6 * rows), squeeze=False
    )
    limit = abs(pictures).max()  # one scale for all, 0 in the middle
    for panel, picture, name in zip(panels.flat, pictures, titles, strict=True):
        shown = panel.imshow(picture, cmap="RdBu_r", vmin=-limit, vmax=limit)
        panel.set(xticks=[], yticks=[])
        panel.set_title(name, fontsize=10, fontweight="normal")
    figure.colorbar(shown, ax=panels, label="weight", shrink=0.9)
    figure.suptitle(title, fontweight="bold", fontsize=11.5)


templates = model.get_weights()[0].T.reshape(10, 28, 28)
draw(templates, CLASS_NAMES, 5, "Ten templates: red votes for, blue against")
plt.show()
# --8<-- [end:templates]

# --8<-- [start:pairs]
names = [("Shirt", "T-shirt"), ("Coat", "Pullover"), ("Ankle boot", "Sneaker")]
pairs = [[CLASS_NAMES.index(name) for name in pair] for pair in names]
between = np.array([templates[a] - templates[b] for a, b in pairs])
titles = [f"{a}\nminus {b}" for a, b in names]
draw(between, titles, 3, "Red votes for the first of two, blue for the second")
plt.show()
# --8<-- [end:pairs]

# --8<-- [start:confusion]
from tfnotes.plots import confusion_heatmap

confusion_heatmap(y_test, predicted, CLASS_NAMES)
plt.title("Most mistakes stay among tops or among shoes")
plt.show()
# --8<-- [end:confusion]

# --8<-- [start:recall]
answers = np.stack(scores).argmax(axis=2)  # (3 seeds, 1000)
for name in ("Trouser", "Pullover", "Coat", "Shirt"):
    of_class = y_test == CLASS_NAMES.index(name)
    found = (answers[:, of_class] == y_test[of_class]).mean(axis=1)
    print(f"{name:8} found", *(f"{share:.2f}" for share in found))
# -> Trouser  found 0.92 0.92 0.92
# -> Pullover found 0.53 0.58 0.46
# -> Coat     found 0.75 0.70 0.82
# -> Shirt    found 0.53 0.63 0.55
group = np.array([0, 1, 0, 0, 0, 2, 0, 2, 3, 2])  # 0: tops, 2: shoes
inside = group[answers] == group[y_test]  # (3, 1000)
wrong = answers != y_test
shares = [inside[k, wrong[k]].mean() for k in range(3)]
print("mistakes inside a group", *(f"{share:.2f}" for share in shares))
# -> mistakes inside a group 0.82 0.81 0.82
# --8<-- [end:recall]

# --8<-- [start:scikit-learn]
from sklearn.linear_model import LogisticRegression

other = LogisticRegression(C=0.02, tol=0.01)
other.fit(x_train.reshape(5000, 784), y_train)
theirs = other.predict(x_test.reshape(1000, 784))  # (1000,)
print("shape of its weights", other.coef_.shape)
# -> shape of its weights (10, 784)
print(f"its test accuracy {(theirs == y_test).mean():.2f}")
# -> its test accuracy 0.80
for seed, ours in enumerate(answers, start=1):
    print(f"same answer as seed {seed}: {(theirs == ours).mean():.2f}")
# -> same answer as seed 1: 0.96
# -> same answer as seed 2: 0.95
# -> same answer as seed 3: 0.96
print(f"seeds 1 and 2 agree:   {(answers[0] == answers[1]).mean():.2f}")
# -> seeds 1 and 2 agree:   0.95
# --8<-- [end:scikit-learn]

# --8<-- [start:too-many]
print(f"untrained: ln 10 = {np.log(10):.2f}, ln 19 = {np.log(19):.2f}")
# -> untrained: ln 10 = 2.30, ln 19 = 2.94
for seed in (1, 2, 3):
    wide = learn(at_zero(19), seed)
    q19 = tf.nn.softmax(wide.predict(x_test, verbose=0)).numpy()  # (1000, 19)
    accuracy = (q19.argmax(axis=1) == y_test).mean()
    print(f"seed {seed}: accuracy {accuracy:.2f},", end=" ")
    print(f"left to classes 10 to 18: {q19[:, 10:].sum(axis=1).mean():.4f}")
# -> seed 1: accuracy 0.80, left to classes 10 to 18: 0.0015
# -> seed 2: accuracy 0.80, left to classes 10 to 18: 0.0015
# -> seed 3: accuracy 0.80, left to classes 10 to 18: 0.0015
print("largest class ever chosen:", q19.argmax(axis=1).max())
# -> largest class ever chosen: 9
print(f"{wide.count_params() - model.count_params():,} parameters too many")
# -> 7,065 parameters too many
with printed_errors():
    CATEGORICAL(one_hot, wide(x_train))
# -> ValueError: Arguments `target` and `output` must have the same shape.
#    Received: target.shape=(5000, 10), output.shape=(5000, 19)
with printed_errors():
    SPARSE(np.array([9]), tf.zeros((1, 9)))  # a unit too few
# -> InvalidArgumentError: Received a label value of 9 which is outside the
#    valid range of [0, 9).  Label values: 9
# --8<-- [end:too-many]

# --8<-- [start:sigmoid]
heads = {"softmax": "softmax", "sigmoid": "sigmoid", "function": tf.nn.sigmoid}
plain = keras.losses.SparseCategoricalCrossentropy()  # of probabilities
for name, activation in heads.items():
    head = keras.layers.Dense(10, activation, kernel_initializer="zeros")
    net = keras.Sequential(
        [keras.Input((28, 28)), keras.layers.Flatten(), head]
    )
    learn(net, 1, plain)
    p = net.predict(x_test, verbose=0)  # (1000, 10)
    reported = net.evaluate(x_test, y_test, verbose=0)
    by_hand = -np.log(p[np.arange(1000), y_test]).mean()
    accuracy = (p.argmax(axis=1) == y_test).mean()
    print(f"{name:8} accuracy {accuracy:.2f}, rows sum to", end=" ")
    print(f"{p.sum(axis=1).min():.1f} to {p.sum(axis=1).max():.1f}", end=", ")
    print(f"loss {reported:.2f}, by hand {by_hand:.2f}")
# -> softmax  accuracy 0.80, rows sum to 1.0 to 1.0, loss 0.61, by hand 0.61
# -> sigmoid  accuracy 0.80, rows sum to 3.7 to 6.0, loss 0.61, by hand 0.04
# -> function accuracy 0.79, rows sum to 0.0 to 2.2, loss 0.64, by hand 4.68
# --8<-- [end:sigmoid]

# --8<-- [start:predict-classes]
with printed_errors():
    model.predict_classes(x_test)
# -> AttributeError: 'Functional' object has no attribute 'predict_classes'
print(model.predict(x_test[:5], verbose=0).argmax(axis=1), y_test[:5])
# -> [9 4 1 0 4] [9 4 1 0 3]
# --8<-- [end:predict-classes]

# --8<-- [start:answer-same-picture]
kernel, bias = model.get_weights()
moved = at_zero()
moved.set_weights([kernel + x_train[0].reshape(784, 1), bias])
after = tf.nn.softmax(moved.predict(x_test, verbose=0)).numpy()
print("same probabilities:", np.allclose(after, q, atol=1e-3))
# -> same probabilities: True
total = kernel.sum(axis=1)  # (784,): the ten templates on top of each other
print("their sum is 0:", np.allclose(total, 0, atol=1e-4))
# -> their sum is 0: True
# --8<-- [end:answer-same-picture]

# --8<-- [start:answer-two-units]
shoes = np.isin(y_train, [sneaker, boot])
x, y = x_train[shoes], (y_train[shoes] == boot).astype("float32")
binary = keras.losses.BinaryCrossentropy(from_logits=True)
two = learn(at_zero(2), 1, SPARSE, x, y, rate=0.002)
one = learn(at_zero(1), 1, binary, x, y[:, None], rate=0.004)
z2, z1 = two.predict(x, verbose=0), one.predict(x, verbose=0)
difference = z2[:, 1] - z2[:, 0]  # (1000,)
print("logits run from", z1.min().round(1), "to", z1.max().round(1))
# -> logits run from -4.3 to 5.9
print("same logits:", np.allclose(difference, z1[:, 0], atol=1e-3))
# -> same logits: True
# --8<-- [end:answer-two-units]

# --8<-- [start:answer-random-start]
accuracies = []
for seed in (1, 2, 3):
    keras.utils.set_random_seed(seed)
    noisy = softmax_regression((28, 28), 10)
    first = noisy.get_weights()[0]  # (784, 10)
    learn(noisy, seed)
    chosen = noisy.predict(x_test, verbose=0).argmax(axis=1)
    accuracies.append((chosen == y_test).mean())
print("test accuracy", *(f"{accuracy:.2f}" for accuracy in accuracies))
# -> test accuracy 0.80 0.80 0.79
kernel = noisy.get_weights()[0]  # (784, 10)
small = abs(kernel - first) < abs(first)
print(f"moved by less than their start: {small.mean():.2f}")
# -> moved by less than their start: 0.56
pictures = kernel.T.reshape(10, 28, 28)
draw(pictures, CLASS_NAMES, 5, "A random start leaves its noise")
plt.show()
# --8<-- [end:answer-random-start]

# --8<-- [start:answer-shift]
for pixels in (0, 1, 2, 4):
    shifted = np.roll(x_test, pixels, axis=2)  # to the right
    chosen = model.predict(shifted, verbose=0).argmax(axis=1)
    print(f"{pixels} pixels: accuracy {(chosen == y_test).mean():.2f}")
# -> 0 pixels: accuracy 0.80
# -> 1 pixels: accuracy 0.71
# -> 2 pixels: accuracy 0.58
# -> 4 pixels: accuracy 0.29
# --8<-- [end:answer-shift]
