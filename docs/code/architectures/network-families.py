# The code of architectures/network-families: its pages show it by section.

# --8<-- [start:cell]
import matplotlib.pyplot as plt

from tfnotes.diagrams import arrow, frame

BLUE, RED, GREEN, GREY = "C0", "C1", "C2", "dimgray"
PLACES = (0.1, 0.65, 1.2, 1.75)  # left edges of four steps, in inches
ENDS = ((1.15, BLUE), (1.97, RED), (1.15, GREEN))  # below the answers


def box(left, bottom, width, color, label):
    frame((left, bottom), (width, 0.45), color, "", "")
    plt.text(left + width / 2, bottom + 0.22, label, ha="center", va="center")


def panel(title):
    axes = plt.gca()
    axes.set(xlim=(0, 2.3), ylim=(-0.1, 3.1))
    axes.set_title(title, size=10.5)
    axes.axis("off")
    for number, left in enumerate(PLACES, 1):
        box(left, 0, 0.45, GREY, f"$x_{number}$")


# --8<-- [end:cell]

# --8<-- [start:wirings]
plt.subplot(1, 3, 1)
panel("feed-forward:\none mean, no order")
box(0.4, 1.4, 1.5, BLUE, "mean")
for left in PLACES:
    arrow((left + 0.22, 0.47), (1.15, 1.38), BLUE)
plt.subplot(1, 3, 2)
panel("recurrent:\none state, step by step")
for number, left in enumerate(PLACES, 1):
    box(left, 1.4, 0.45, RED, f"$h_{number}$")
    arrow((left + 0.22, 0.47), (left + 0.22, 1.38), RED)
for left in PLACES[:-1]:
    arrow((left + 0.41, 1.62), (left + 0.6, 1.62), RED)
plt.subplot(1, 3, 3)
panel("memory:\nthe last step asks all")
box(0.4, 1.4, 1.5, GREEN, "read")
arrow((2.1, 0.47), (1.7, 1.38), GREEN)
plt.text(2.0, 0.95, "$q$", color=GREEN)
for left, weight in zip(PLACES, (1, 6, 1, 1), strict=True):
    plt.plot((left + 0.22, 1), (0.5, 1.36), lw=weight, ls="--", color=GREEN)
for number, (middle, color) in enumerate(ENDS, 1):
    plt.subplot(1, 3, number)
    arrow((middle, 1.87), (middle, 2.45), color)
    box(middle - 0.3, 2.5, 0.6, color, "$y$")
plt.show()
# --8<-- [end:wirings]

# --8<-- [start:order]
import numpy as np

one_hot = np.eye(10, dtype="float32")


def order(n, steps, rng):
    symbols = rng.integers(2, 8, (n, steps))  # what fills the other steps
    rows, places = np.arange(n), rng.random((n, steps)).argsort(axis=1)
    symbols[rows, places[:, 0]] = 0  # the symbol A
    symbols[rows, places[:, 1]] = 1  # the symbol B
    return one_hot[symbols], places[:, 0] < places[:, 1]  # was A first?


x, y = order(2048, 12, np.random.default_rng(0))
print(x.shape, "".join("AB......"[k] for k in x[0].argmax(axis=1)), y[0])
# -> (2048, 12, 10) A.......B... True
# --8<-- [end:order]


# --8<-- [start:lookup]
def lookup(n, steps, rng):
    keys = rng.random((n, 8)).argsort(axis=1)  # each key once, any order
    bits, asked = rng.integers(0, 2, (n, 8)), rng.integers(0, 8, n)
    pairs = one_hot[keys]  # (n, 8, 10): the key, then two places for its bit
    pairs[..., 8], pairs[..., 9] = bits, 1 - bits
    rows = np.arange(n)
    question = one_hot[keys[rows, asked]]  # (n, 10): a key without its bit
    x = np.concatenate([pairs, question[:, None]], axis=1)
    return x[:, -steps:], bits[rows, asked] == 1


x, y = lookup(2048, 9, np.random.default_rng(0))
majority = (x[:, :8, 8].sum(axis=1) > 4) == y
print(x.shape, "the more frequent bit is right:", majority.mean().round(2))
# -> (2048, 9, 10) the more frequent bit is right: 0.64
# --8<-- [end:lookup]

# --8<-- [start:wiring]
from keras import layers


def mean(x):  # (n, steps, 10) to (n, 16), as the others
    return layers.Dense(16, "relu")(layers.GlobalAveragePooling1D()(x))


def flat(x):
    return layers.Dense(16, "relu")(layers.Flatten()(x))


def recurrent(x):
    return layers.SimpleRNN(16)(x)


def attention(x):
    query = layers.Dense(16)(x[:, -1:])  # of the last step
    value, key = layers.Dense(16)(x), layers.Dense(16)(x)
    return layers.Attention()([query, value, key])[:, 0]


# --8<-- [end:wiring]

# --8<-- [start:diagram]
import keras

from tfnotes.diagrams import model_diagram

inputs = keras.Input((None, 10), name="steps")
reader = keras.Model(inputs, layers.Dense(1)(attention(inputs)), name="reader")
model_diagram(reader)
plt.show()
# --8<-- [end:diagram]

# --8<-- [start:three]
from tfnotes import train


def three(wiring, x, y, epochs=5):
    keras.utils.set_random_seed(1)
    inputs = keras.Input(x.shape[1:] if wiring is flat else (None, x.shape[2]))
    outputs = [layers.Dense(1)(wiring(inputs)) for _ in range(3)]
    model = keras.Model(inputs, layers.Concatenate()(outputs))  # (n, 3) logits
    targets = np.repeat(y[:, None], 3, axis=1)  # the same for all three
    adam = keras.optimizers.Adam(0.01)
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    options = {"epochs": epochs, "batch_size": 64, "seed": 1, "verbose": 0}
    train(model, x, targets, optimizer=adam, loss=loss, **options)
    return model


def accuracies(model, x, y):
    return ((model(x).numpy() > 0) == y[:, None]).mean(axis=0)


# --8<-- [end:three]

# --8<-- [start:race]
tasks = {order: 12, lookup: 9}  # and their steps
models, scores = {}, {}
for task, steps in tasks.items():
    rng = np.random.default_rng(0)
    (x, y), test = task(2048, steps, rng), task(1024, steps, rng)
    for wiring in (mean, flat, recurrent, attention):
        models[task, wiring] = three(wiring, x, y)
        found = accuracies(models[task, wiring], *test)
        scores[task, wiring] = found
        spread = f"{found.min():.2f} to {found.max():.2f}"
        print(f"{task.__name__:6} {wiring.__name__:9} {spread}")
# -> order  mean      0.51 to 0.52
# -> order  flat      1.00 to 1.00
# -> order  recurrent 1.00 to 1.00
# -> order  attention 0.56 to 0.56
# -> lookup mean      0.64 to 0.64
# -> lookup flat      0.61 to 0.62
# -> lookup recurrent 0.61 to 0.63
# -> lookup attention 1.00 to 1.00
# --8<-- [end:race]

# --8<-- [start:scores]
names = ["mean", "flat", "recurrent", "attention"]
looks = {order: ("o", BLUE, 0.12), lookup: ("^", RED, -0.12)}
titles = {order: "order: A before B?", lookup: "look-up: the key's bit?"}
for (task, wiring), found in scores.items():
    marker, color, shift = looks[task]
    height = np.full(3, names.index(wiring.__name__) + shift)
    label = titles[task] if wiring is mean else None
    plt.plot(found, height, marker, color=color, ms=9, alpha=0.7, label=label)
plt.axvline(0.5, color=GREY, lw=1.2, ls=":")
plt.text(0.495, -0.45, "chance", color=GREY, ha="right")
plt.yticks(range(4), names)
plt.ylim(3.5, -0.7)
plt.xlim(0.42, 1.03)
plt.xlabel("accuracy on new sequences, three starts each")
plt.title("No wiring wins both: each task needs its own")
plt.legend(loc="center", bbox_to_anchor=(0.62, 0.5))
plt.show()
# --8<-- [end:scores]

# --8<-- [start:reads]
model = models[lookup, attention]
x, _ = lookup(1024, 9, np.random.default_rng(2))
asked = (x[:, :8, :8] * x[:, 8:, :8]).sum(axis=2).argmax(axis=1)  # (n,)
for layer in model.layers:
    if isinstance(layer, layers.Attention):
        query, _, key = keras.Model(model.input, layer.input)(x)
        products = keras.ops.matmul(query, keras.ops.transpose(key, (0, 2, 1)))
        weights = keras.ops.softmax(products)[:, 0].numpy()  # (n, 9)
        hits = weights[:, :8].argmax(axis=1) == asked
        print("looked at the pair that was asked for:", hits.mean().round(2))
# -> looked at the pair that was asked for: 1.0
# -> looked at the pair that was asked for: 1.0
# -> looked at the pair that was asked for: 1.0
# --8<-- [end:reads]

# --8<-- [start:longer]
from tfnotes.errors import printed_errors

x, y = order(1024, 36, np.random.default_rng(1))
found = accuracies(models[order, recurrent], x, y)
print("recurrent, 36 steps: all below 0.8:", found.max() < 0.8)
# -> recurrent, 36 steps: all below 0.8: True
with printed_errors():
    models[order, flat](x)
# -> ValueError: Input 0 with name 'input_layer_1' of layer 'functional_1' is
#    incompatible with the layer: expected shape=(None, 12, 10), found
#    shape=(1024, 36, 10)
# --8<-- [end:longer]


# --8<-- [start:convolution]
def neighbours(n, steps, rng):  # does B follow A at once, or A follow B?
    x, forwards = rng.integers(2, 8, (n, steps)), rng.random(n) < 0.5
    rows, place = np.arange(n), rng.integers(0, steps - 1, n)
    x[rows, place], x[rows, place + 1] = 1 - forwards, forwards
    return one_hot[x], forwards


def convolution(x):
    return layers.GlobalMaxPooling1D()(layers.Conv1D(16, 2)(x))


rng = np.random.default_rng(0)
model = three(convolution, *neighbours(2048, 12, rng))
for steps in (12, 36):
    found = accuracies(model, *neighbours(1024, steps, rng))
    print(steps, "steps:", found.round(2))
# -> 12 steps: [1. 1. 1.]
# -> 36 steps: [1. 1. 1.]
# --8<-- [end:convolution]


# --8<-- [start:cost]
steps = 12
weights = {"flat": steps * 10 * 16 + 16, "recurrent": (10 + 16) * 16 + 16}
products = {"flat": steps * 10 * 16, "recurrent": steps * (10 + 16) * 16}
for wiring in (flat, recurrent):
    name = wiring.__name__
    counted = models[order, wiring].count_params() // 3 - 17  # without the head
    print(f"{name:9} {counted} parameters, by hand {weights[name]};", end=" ")
    print(products[name], "multiply-adds")
# -> flat      1936 parameters, by hand 1936; 1920 multiply-adds
# -> recurrent 432 parameters, by hand 432; 4992 multiply-adds
# --8<-- [end:cost]


# --8<-- [start:shuffled]
x, y = order(1024, 12, np.random.default_rng(3))
model = models[order, attention]
mixed = np.concatenate([x[:, 10::-1], x[:, 11:]], axis=1)  # all but the last
print("same scores:", np.allclose(model(mixed), model(x), atol=1e-4))
# -> same scores: True
# --8<-- [end:shuffled]


# --8<-- [start:placed]
def placed(n, steps, rng):
    x, y = order(n, steps, rng)
    places = np.broadcast_to(np.eye(steps, dtype="float32"), (n, steps, steps))
    return np.concatenate([x, places], axis=2), y  # (n, 12, 22)


rng = np.random.default_rng(0)
model = three(attention, *placed(2048, 12, rng))
found = accuracies(model, *placed(1024, 12, rng))
print("all three above 0.7:", found.min() > 0.7)
# -> all three above 0.7: True
# --8<-- [end:placed]

# --8<-- [start:answer-mean]
x, _ = order(1024, 12, np.random.default_rng(4))
swapped = x.copy()
swapped[..., 0], swapped[..., 1] = x[..., 1], x[..., 0]  # A for B
print("same mean:", np.array_equal(swapped.sum(axis=1), x.sum(axis=1)))
# -> same mean: True
score = models[order, mean]
print("same scores:", np.allclose(score(swapped), score(x), atol=1e-5))
# -> same scores: True
# --8<-- [end:answer-mean]

# --8<-- [start:answer-parameters]
for steps in (12, 36, 360):
    print(steps, "steps:", steps * 10 * 16 + 16, "or", (10 + 16) * 16 + 16)
# -> 12 steps: 1936 or 432
# -> 36 steps: 5776 or 432
# -> 360 steps: 57616 or 432
# --8<-- [end:answer-parameters]
