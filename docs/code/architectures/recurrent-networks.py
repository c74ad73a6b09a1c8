# The code of architectures/recurrent-networks: its pages show it by section.

# --8<-- [start:unrolled]
import matplotlib.pyplot as plt

from tfnotes.diagrams import arrow, frame

BLUE, RED, GREEN, GREY = "C0", "C1", "C2", "dimgray"
plt.xlim(0, 7.2)
plt.ylim(0, 3.3)
plt.axis("off")
steps = ("t", "1", "2", "3")
for step, left in zip(steps, (0.5, 2.6, 4.0, 5.4), strict=True):
    frame((left, 1.3), (0.9, 0.6), RED, "cell", "$W, U, b$")
    for bottom, label in ((0.1, f"$x_{step}$"), (2.75, f"$h_{step}$")):
        plt.text(left + 0.45, bottom, label, ha="center", size=13)
    arrow((left + 0.45, 0.45), (left + 0.45, 1.28), BLUE)
    arrow((left + 0.45, 1.92), (left + 0.45, 2.65), GREEN)
    if step != "t":
        arrow((left - 0.5, 1.6), (left - 0.02, 1.6), RED)
loop = {"arrowstyle": "-|>", "color": RED, "lw": 1.6}
loop["connectionstyle"] = "bar,angle=-90,fraction=0.5"
plt.annotate("", (0.49, 1.45), (0.49, 1.8), arrowprops=loop)
plt.text(1.75, 1.5, "=", size=18, ha="center")
plt.text(2.3, 1.75, "$h_0$", size=12, ha="center")
plt.title("One cell with a loop is the same cell at every step")
plt.show()
# --8<-- [end:unrolled]

# --8<-- [start:simple]
import numpy as np
from keras import layers


def filled(layer, seed=0):  # random numbers in every weight, the biases too
    rng = np.random.default_rng(seed)
    layer.build(x.shape)
    shapes = [w.shape for w in layer.weights]
    layer.set_weights([rng.normal(0, 0.5, s).astype("float32") for s in shapes])
    return layer.get_weights()


x = np.random.default_rng(1).normal(size=(2, 5, 3)).astype("float32")
layer = layers.SimpleRNN(4)
W, U, b = filled(layer)
h = np.zeros((2, 4), "float32")
for t in range(5):
    h = np.tanh(x[:, t] @ W + h @ U + b)  # (2, 3) @ (3, 4) + (2, 4) @ (4, 4)
print(W.shape, U.shape, b.shape, "equal:", np.allclose(h, layer(x), atol=1e-5))
# -> (3, 4) (4, 4) (4,) equal: True
# --8<-- [end:simple]


# --8<-- [start:lstm]
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


layer = layers.LSTM(4)
W, U, b = filled(layer)
h = c = np.zeros((2, 4), "float32")
for t in range(5):
    i, f, new, o = np.split(x[:, t] @ W + h @ U + b, 4, axis=1)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(new)  # forget, then write
    h = sigmoid(o) * np.tanh(c)  # and show a part
print(W.shape, U.shape, b.shape, "equal:", np.allclose(h, layer(x), atol=1e-5))
# -> (3, 16) (4, 16) (16,) equal: True
# --8<-- [end:lstm]

# --8<-- [start:gru]
layer = layers.GRU(4)
W, U, b = filled(layer)
h = np.zeros((2, 4), "float32")
for t in range(5):
    xz, xr, xh = np.split(x[:, t] @ W + b[0], 3, axis=1)
    hz, hr, hh = np.split(h @ U + b[1], 3, axis=1)
    z, r = sigmoid(xz + hz), sigmoid(xr + hr)
    h = z * h + (1 - z) * np.tanh(xh + r * hh)
print(W.shape, U.shape, b.shape, "equal:", np.allclose(h, layer(x), atol=1e-5))
# -> (3, 12) (4, 12) (2, 12) equal: True
# --8<-- [end:gru]

# --8<-- [start:counts]
from tfnotes.models import recurrent_layer

print("cell gates  formula    Keras   (8 features, 32 units)")
# -> cell gates  formula    Keras   (8 features, 32 units)
for cell, gates in {"rnn": 1, "gru": 3, "lstm": 4}.items():
    layer = recurrent_layer(cell, 32)
    layer.build((None, None, 8))
    formula = gates * (8 + 32 + 1) * 32
    print(f"{cell:4} {gates:5} {formula:8} {layer.count_params():8}")
# -> rnn      1     1312     1312
# -> gru      3     3936     4032
# -> lstm     4     5248     5248
layer = layers.GRU(32, reset_after=False)
layer.build((None, None, 8))
print("GRU with reset_after=False:", layer.count_params())
# -> GRU with reset_after=False: 3936
# --8<-- [end:counts]

# --8<-- [start:outputs]
whole = layers.LSTM(4, return_sequences=True, return_state=True, seed=1)
every, last, memory = whole(x)
print(every.shape, last.shape, memory.shape)
# -> (2, 5, 4) (2, 4) (2, 4)
print("last of every step:", np.array_equal(every[:, -1], last))
# -> last of every step: True
# --8<-- [end:outputs]

# --8<-- [start:stateful]
import keras

inputs = keras.Input(batch_shape=(2, None, 3))  # two sequences, always
layer = layers.GRU(4, stateful=True)
model = keras.Model(inputs, layer(inputs))
at_once = model(x).numpy()
layer.reset_state()
model(x[:, :2])  # keeps its state for the next call
print("in two parts:", np.allclose(model(x[:, 2:]), at_once, atol=1e-5))
# -> in two parts: True
print("without reset:", np.allclose(model(x), at_once, atol=1e-5))
# -> without reset: False
# --8<-- [end:stateful]

# --8<-- [start:gradient]
import tensorflow as tf


def reach(cell, seed, forget=None):  # how much each step moves the last state
    keras.utils.set_random_seed(seed)
    x = tf.random.stateless_normal((16, 40, 8), (seed, 1))
    layer = recurrent_layer(cell, 32)
    layer.build(x.shape)
    if forget is not None:
        i, _, new, o = np.split(layer.cell.bias.numpy(), 4)  # (32,) each
        layer.cell.bias.assign(np.concatenate([i, i + forget, new, o]))
    with tf.GradientTape() as tape:
        tape.watch(x)
        length = tf.reduce_sum(layer(x) ** 2)
    slopes = tf.norm(tape.gradient(length, x), axis=2)  # (16, 40)
    slopes = tf.reduce_mean(slopes, axis=0).numpy()
    return slopes[::-1] / slopes[-1]  # 0, 1, ... steps back


cells = {"SimpleRNN": ("rnn",), "GRU": ("gru",), "LSTM": ("lstm",)}
cells["LSTM, forget bias 3"] = ("lstm", 3.0)
curves = {}  # (3, 40) each: three seeds
for name, given in cells.items():
    cell, *bias = given
    curves[name] = np.array([reach(cell, seed, *bias) for seed in range(3)])
# --8<-- [end:gradient]

# --8<-- [start:vanishing]
looks = [(RED, "--"), (GREEN, ":"), (BLUE, "-."), ("C3", "-")]
for (name, runs), (color, line) in zip(curves.items(), looks, strict=True):
    plt.plot(np.log10(runs.T), line, color=color, lw=1.5)
    place = 39.6, np.log10(runs[:, -1]).mean()
    plt.text(*place, name.replace(", ", ",\n"), color=color, va="center")
    drop = np.log10(runs[:, 20])
    print(
        f"{name:20} 20 steps back: 10^{drop.min():.1f} to 10^{drop.max():.1f}"
    )
# -> SimpleRNN            20 steps back: 10^-3.0 to 10^-2.9
# -> GRU                  20 steps back: 10^-4.8 to 10^-4.6
# -> LSTM                 20 steps back: 10^-2.3 to 10^-2.1
# -> LSTM, forget bias 3  20 steps back: 10^-0.4 to 10^-0.3
plt.xlim(0, 50)
plt.xticks(range(0, 41, 10))
plt.xlabel("steps back from the last one")
plt.ylabel("log10 of the slope, 1 at the last step")
plt.title("Before training, the forget gate decides how far back it reaches")
plt.show()
# --8<-- [end:vanishing]


# --8<-- [start:waves]
def waves(n, steps, rng):  # (n, steps, 1): period 25, any phase, noise 0.1
    phase = rng.uniform(0, 2 * np.pi, (n, 1))
    values = np.sin(2 * np.pi * np.arange(steps) / 25 + phase)
    return (values + rng.normal(0, 0.1, values.shape))[..., None].astype("f4")


rng = np.random.default_rng(0)
x, new = waves(512, 41, rng), waves(64, 91, rng)
# --8<-- [end:waves]

# --8<-- [start:three]
from tfnotes import train
from tfnotes.models import sequence_regressor


def side_by_side(members, inputs):  # three networks with nothing in common
    for number, member in enumerate(members):
        member.name = f"member_{number}"
    outputs = [member(inputs) for member in members]
    return keras.Model(inputs, layers.Concatenate()(outputs))


keras.utils.set_random_seed(1)
members = [
    sequence_regressor((None, 1), 1, cell="rnn", units=16) for _ in range(3)
]
model = side_by_side(members, keras.Input((None, 1)))
adam, options = keras.optimizers.Adam(0.01), {"seed": 1, "verbose": 0}
targets = np.repeat(x[:, 1:], 3, axis=2)  # each step's target is the next one
train(
    model, x[:, :-1], targets, epochs=12, optimizer=adam, loss="mse", **options
)
# --8<-- [end:three]


# --8<-- [start:free]
def free_run(member, start, steps):  # it reads its own forecasts
    cell, dense = member.layers[1].cell, member.layers[2]
    states = [tf.zeros((len(start), 16))]
    for t in range(start.shape[1]):
        h, states = cell(start[:, t], states)
    values = []
    for _ in range(steps):
        values.append(dense(h))  # (n, 1)
        h, states = cell(values[-1], states)
    return np.stack(values, axis=1)  # (n, steps, 1)


def error(forecast, axis=None):  # root of the mean square
    return np.sqrt(np.mean((forecast - new[:, 41:]) ** 2, axis=axis))


one_step = model(new[:, :-1]).numpy()[:, 40:]  # (64, 50, 3)
free = np.concatenate([free_run(m, new[:, :41], 50) for m in members], axis=2)
print("repeat the last value:", error(new[:, 40:-1]).round(2))
# -> repeat the last value: 0.23
print("one step ahead: ", error(one_step, (0, 1)).round(2))
# -> one step ahead:  [0.12 0.12 0.12]
print("free-running:   ", error(free, (0, 1)).round(2))
# -> free-running:    [0.19 0.22 0.11]
# --8<-- [end:free]

# --8<-- [start:forecast]
plt.plot(new[0], ".", color="gray", label="values, noise 0.1")
plt.plot(range(41, 91), one_step[0, :, 0], color=BLUE, label="one step ahead")
for number, line in enumerate(("--", "-.", ":")):
    label = "free-running, three networks" if number == 0 else None
    plt.plot(range(41, 91), free[0, :, number], line, color=RED, label=label)
plt.axvline(40.5, color=GREY, lw=1)
plt.text(39.5, 1.5, "read", ha="right")
plt.text(41.5, 1.5, "forecast")
plt.ylim(-1.4, 2.2)
plt.xlabel("step")
plt.title("Fed with its own forecasts, the network keeps the wave going")
plt.legend(loc="upper right", ncols=1, fontsize=9)
plt.show()
# --8<-- [end:forecast]

# --8<-- [start:words]
from sklearn import datasets

iris = datasets.load_iris().DESCR
words = layers.TextVectorization()
words.adapt([iris])
print(words.vocabulary_size(), *map(repr, map(str, words.get_vocabulary()[:6])))
# -> 216 '' '[UNK]' 'the' 'in' 'of' 'class'
print(words(["The iris of the data", "wine"]).numpy())
# -> [[ 2 20  4  2 14]
# ->  [ 1  0  0  0  0]]
# --8<-- [end:words]

# --8<-- [start:embedding]
keras.utils.set_random_seed(1)
table = layers.Embedding(words.vocabulary_size(), 3)
numbers = words("the iris").numpy()
rows = table(numbers).numpy()  # (2, 3)
ones = np.eye(words.vocabulary_size(), dtype="float32")[numbers]  # (2, words)
print(np.allclose(rows, ones @ table.get_weights()[0]))
# -> True
# --8<-- [end:embedding]

# --8<-- [start:texts]
names = ("breast_cancer", "iris", "digits", "diabetes", "wine")
texts = [getattr(datasets, f"load_{name}")().DESCR for name in names]
*known, unseen = [" ".join(text.split()) for text in texts]  # no line breaks
letters = layers.TextVectorization(split="character")
letters.adapt([" ".join(known)])


def pieces(text, n, rng):  # 10 to 20 letters, half of them backwards
    numbers, backwards = letters(text).numpy(), rng.random(n) < 0.5
    x, lengths = np.zeros((n, 20), "int32"), rng.integers(10, 21, n)
    for row, start in enumerate(rng.integers(0, len(numbers) - 20, n)):
        piece = numbers[start : start + lengths[row]]
        x[row, : lengths[row]] = piece[::-1] if backwards[row] else piece
    return x, backwards


rng = np.random.default_rng(0)
x, y = pieces(" ".join(known), 4000, rng)
for row in x[:3]:
    print(repr("".join(letters.get_vocabulary()[k] for k in row)))
# -> 's that described'
# -> 'satadstigid   er'
# -> 'issucsid htiw sc'
# --8<-- [end:texts]

# --8<-- [start:diagram]
from tfnotes.diagrams import model_diagram
from tfnotes.models import text_classifier

keras.utils.set_random_seed(1)
size = letters.vocabulary_size()
members = [
    text_classifier(size, n_outputs=1, cell="gru", embedding_size=16, units=16)
    for _ in range(3)
]
model_diagram(members[0])
plt.show()
# --8<-- [end:diagram]

# --8<-- [start:read]
model = side_by_side(members, keras.Input((None,), dtype="int32"))
adam = keras.optimizers.Adam(0.01)
loss = keras.losses.BinaryCrossentropy(from_logits=True)
options |= {"optimizer": adam, "loss": loss, "epochs": 4, "batch_size": 64}
train(model, x, np.repeat(y[:, None], 3, axis=1), **options)
x, y = pieces(unseen, 1000, rng)  # from a text that none has read
right = (model(x).numpy() > 0) == y[:, None]
print("accuracy:", right.mean(axis=0).round(2))
# -> accuracy: [0.86 0.85 0.85]
table = layers.Embedding(size, 16)
sums = [table(rows).numpy().sum(axis=1) for rows in (x, x[:, ::-1])]
print("a sum of letters sees no difference:", np.allclose(*sums, atol=1e-5))
# -> a sum of letters sees no difference: True
# --8<-- [end:read]

# --8<-- [start:tokenizer]
from tfnotes.errors import printed_errors

with printed_errors():
    exec("from keras.preprocessing.text import Tokenizer")
# -> ModuleNotFoundError: No module named 'keras.preprocessing.text'
old = tf.keras.preprocessing.text.Tokenizer()  # the name of TF 2 still works
old.fit_on_texts(["the iris of the data"])
print(old.texts_to_sequences(["the wine of the data"]))
# -> [[1, 3, 1, 4]]
# --8<-- [end:tokenizer]

# --8<-- [start:padding]
keras.utils.set_random_seed(1)
gru, word = layers.GRU(4), np.array([[5, 9, 2]])
padded = np.array([[5, 9, 2, 0, 0, 0]])
for mask_zero in (True, False):
    table = layers.Embedding(size, 8, mask_zero=mask_zero)
    same = np.allclose(gru(table(word)), gru(table(padded)), atol=1e-5)
    print(f"mask_zero={mask_zero}: padding changes nothing: {same}")
# -> mask_zero=True: padding changes nothing: True
# -> mask_zero=False: padding changes nothing: False
print(keras.utils.pad_sequences([[5, 9, 2]], 6))
# -> [[0 0 0 5 9 2]]
print(keras.utils.pad_sequences([[5, 9, 2]], 6, padding="post"))
# -> [[5 9 2 0 0 0]]
# --8<-- [end:padding]

# --8<-- [start:old]
with printed_errors():
    layers.CuDNNLSTM(8)
# -> AttributeError: module 'keras.layers' has no attribute 'CuDNNLSTM'
with printed_errors():
    layers.LSTM(8, time_major=True)
# -> ValueError: Unrecognized keyword arguments passed to LSTM: {'time_major':
#    True}
with printed_errors():
    layers.GRU(8, stateful=True, batch_input_shape=(2, None, 3))
# -> ValueError: Unrecognized keyword arguments passed to GRU:
#    {'batch_input_shape': (2, None, 3)}
with printed_errors():
    model.reset_states()
# -> AttributeError: 'Functional' object has no attribute 'reset_states'
with printed_errors():
    keras.Sequential([keras.Input((5, 3)), layers.LSTM(8), layers.LSTM(8)])
# -> ValueError: Input 0 with name 'None' of layer 'lstm_11' is incompatible
#    with the layer: expected ndim=3, found ndim=2. Full shape received: (None,
#    8)
# --8<-- [end:old]

# --8<-- [start:answer-stack]
stack = keras.Sequential(
    [
        keras.Input((5, 3)),
        layers.LSTM(8, return_sequences=True),  # (5, 8) for the next one
        layers.LSTM(8),
    ]
)
print(
    stack.output_shape, stack.count_params(), 4 * (3 + 9) * 8 + 4 * (8 + 9) * 8
)
# -> (None, 8) 928 928
# --8<-- [end:answer-stack]

# --8<-- [start:answer-reverse]
sure = letters(["the mean of the features", "serutaef eht fo naem eht"])
print(members[0](sure).numpy().ravel() > 0)  # backwards?
# -> [False  True]
# --8<-- [end:answer-reverse]

# --8<-- [start:answer-forget]
for bias in (0.0, 1.0, 3.0):
    share = sigmoid(bias)
    print(f"forget bias {bias}: {share:.2f} a step, {share**20:.6f} after 20")
# -> forget bias 0.0: 0.50 a step, 0.000001 after 20
# -> forget bias 1.0: 0.73 a step, 0.001901 after 20
# -> forget bias 3.0: 0.95 a step, 0.378421 after 20
# --8<-- [end:answer-forget]
