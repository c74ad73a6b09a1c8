# The code of the lesson keras/parameters: its pages show it by section.

# --8<-- [start:net]
import keras
from keras import layers


def new_net():
    keras.utils.set_random_seed(0)
    hidden = layers.Dense(32, activation="relu", name="hidden")
    norm = layers.BatchNormalization(name="norm")
    head = layers.Dense(10, name="head")
    stack = [keras.Input((64,)), hidden, norm, head]
    return keras.Sequential(stack, name="digits")


net = new_net()
for w in net.weights:
    print(f"{w.path:28} {w.shape!s:9} trainable={w.trainable}")
# -> digits/hidden/kernel         (64, 32)  trainable=True
# -> digits/hidden/bias           (32,)     trainable=True
# -> digits/norm/gamma            (32,)     trainable=True
# -> digits/norm/beta             (32,)     trainable=True
# -> digits/norm/moving_mean      (32,)     trainable=False
# -> digits/norm/moving_variance  (32,)     trainable=False
# -> digits/head/kernel           (32, 10)  trainable=True
# -> digits/head/bias             (10,)     trainable=True
# --8<-- [end:net]

# --8<-- [start:by-name]
from tfnotes.errors import printed_errors

hidden = net.get_layer("hidden")
print(hidden.kernel is net.layers[0].kernel)
# -> True
by_path = {w.path: w for w in net.weights}
print(by_path["digits/hidden/kernel"] is hidden.kernel)
# -> True
print([w.name for w in net.weights].count("kernel"), "are named kernel")
# -> 2 are named kernel
with printed_errors():
    net.get_layer("hiden")
# -> ValueError: No such layer: hiden. Existing layers are: ['hidden', 'norm',
#    'head'].
# --8<-- [end:by-name]

# --8<-- [start:read]
import numpy as np

kernel, bias = hidden.get_weights()  # NumPy copies, (64, 32) and (32,)
kernel[:] = 0
print("a zeroed copy changes the layer:", not np.any(hidden.kernel))
# -> a zeroed copy changes the layer: False
hidden.set_weights([kernel, bias])
print("after set_weights, only zeros:", not np.any(hidden.kernel))
# -> after set_weights, only zeros: True
# --8<-- [end:read]

# --8<-- [start:write]
with printed_errors():
    hidden.kernel[0, 0] = 1.0
# -> TypeError: 'Variable' object does not support item assignment
with printed_errors():
    hidden.kernel = kernel
# -> AttributeError: property 'kernel' of 'Dense' object has no setter
hidden.kernel.assign(kernel + 0.5)
print(np.unique(hidden.kernel))
# -> [0.5]
# --8<-- [end:write]

# --8<-- [start:built-in]
dense = layers.Dense(
    3,
    kernel_initializer="he_normal",  # a name: the default settings
    bias_initializer=keras.initializers.Constant(0.1),  # an object: your own
)
dense.build((None, 4))
print(dense.kernel.shape, dense.bias.numpy())
# -> (4, 3) [0.1 0.1 0.1]
given = np.arange(6.0).reshape(2, 3)  # an array: these numbers
dense = layers.Dense(3, kernel_initializer=given)
dense.build((None, 2))
print(dense.kernel.numpy().tolist())
# -> [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]
# --8<-- [end:built-in]

# --8<-- [start:theory]
n_in, n_out = 300, 100
theory = {
    "glorot_uniform": (2 / (n_in + n_out)) ** 0.5,
    "he_normal": (2 / n_in) ** 0.5,
    "lecun_normal": (1 / n_in) ** 0.5,
    "glorot_normal": (2 / (n_in + n_out)) ** 0.5,
    "random_normal": 0.05,  # whatever the shape
    "zeros": 0.0,
}
keras.utils.set_random_seed(0)
x = keras.Input((n_in,))
columns = [
    layers.Dense(n_out, kernel_initializer=kind, use_bias=False, name=kind)(x)
    for kind in theory
]
wide = keras.Model(x, columns, name="wide")
for name, std in theory.items():
    found = np.std(wide.get_layer(name).kernel)
    print(f"{name:15} theory {std:.4f}, drawn {found:.4f}")
# -> glorot_uniform  theory 0.0707, drawn 0.0709
# -> he_normal       theory 0.0816, drawn 0.0816
# -> lecun_normal    theory 0.0577, drawn 0.0576
# -> glorot_normal   theory 0.0707, drawn 0.0709
# -> random_normal   theory 0.0500, drawn 0.0498
# -> zeros           theory 0.0000, drawn 0.0000
# --8<-- [end:theory]

# --8<-- [start:histograms]
import matplotlib.pyplot as plt

from tfnotes.histograms import weight_histograms

figure = weight_histograms(wide)
for panel, std in zip(figure.axes, theory.values(), strict=True):
    panel.patches[0].set_alpha(0.4)  # so that the lines stand out
    for edge in (-std, std):
        panel.axvline(edge, color="C1", ls="--", lw=1.8)
    panel.set_xlim(-0.2, 0.2)
title = "Weights scatter as the formulas say (dashed: $\\pm 1$ std)"
figure.suptitle(title, size=11.5, weight="bold")
plt.show()
# --8<-- [end:histograms]


# --8<-- [start:own]
@keras.saving.register_keras_serializable(package="handbook")
class SparseNormal(keras.initializers.Initializer):
    def __init__(self, inputs=5, seed=0):
        self.inputs, self.seed = inputs, seed

    def __call__(self, shape, dtype=None):  # (n_in, n_out)
        rng = np.random.default_rng(self.seed)
        ranks = rng.random(shape).argsort(axis=0).argsort(axis=0)
        values = rng.normal(size=shape) * self.inputs**-0.5
        return keras.ops.convert_to_tensor(
            np.where(ranks < self.inputs, values, 0), dtype
        )

    def get_config(self):
        return {"inputs": self.inputs, "seed": self.seed}


dense = layers.Dense(32, kernel_initializer=SparseNormal(inputs=5))
dense.build((None, 64))
print(np.unique(np.count_nonzero(dense.kernel, axis=0)))
# -> [5]
# --8<-- [end:own]

# --8<-- [start:own-loaded]
twin = layers.Dense.from_config(dense.get_config())
twin.build((None, 64))
print(type(twin.kernel_initializer).__name__, twin.kernel_initializer.inputs)
# -> SparseNormal 5
print("same kernel:", np.array_equal(twin.kernel, dense.kernel))
# -> same kernel: True
# --8<-- [end:own-loaded]

# --8<-- [start:constant]
from tfnotes.data import load

(x, y), (x_test, y_test) = load("digits")
x = x.reshape(-1, 64).astype("float32") / 16  # (1437, 64), from 0 to 1
x_test = x_test.reshape(-1, 64).astype("float32") / 16  # (360, 64)
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
small = keras.Sequential(
    [keras.Input((64,)), layers.Dense(16, "relu"), layers.Dense(10)]
)
small.compile(keras.optimizers.SGD(0.2), loss)


def train_from(new_initializer, seed):
    keras.utils.set_random_seed(seed)
    for layer in small.layers:
        layer.kernel.assign(new_initializer()(layer.kernel.shape))
        layer.bias.assign(keras.ops.zeros(layer.bias.shape))
    small.fit(x, y, epochs=3, verbose=0)
    return small.layers[0].kernel.numpy()  # (64, 16): a column for each unit


# --8<-- [end:constant]

# --8<-- [start:constant-runs]
starts = {
    "constant 0.05": lambda: keras.initializers.Constant(0.05),
    "Glorot uniform": keras.initializers.GlorotUniform,
}
kernels = {}
for name, start in starts.items():
    for seed in (0, 1, 2):
        kernels[name] = train_from(start, seed)
        apart = np.ptp(kernels[name], axis=1).max()  # between two units
        right = np.mean(small(x_test).numpy().argmax(axis=1) == y_test)
        print(f"{name:14} apart {apart:.2f}, most right: {right > 0.5}")
# -> constant 0.05  apart 0.00, most right: False
# -> constant 0.05  apart 0.00, most right: False
# -> constant 0.05  apart 0.00, most right: False
# -> Glorot uniform apart 1.32, most right: True
# -> Glorot uniform apart 1.44, most right: True
# -> Glorot uniform apart 1.52, most right: True
# --8<-- [end:constant-runs]

# --8<-- [start:all-alike]
figure, panels = plt.subplots(2, 8, figsize=(7.2, 2.7))
for row, (name, kernel) in zip(panels, kernels.items(), strict=True):
    limit = np.abs(kernel).max()
    for unit, panel in enumerate(row):
        picture = kernel[:, unit].reshape(8, 8)
        panel.imshow(picture, vmin=-limit, vmax=limit)
        panel.set(xticks=[], yticks=[])
    row[0].set_title(f"start: {name}", loc="left", size=10, weight="normal")
title = "Trained weights of 8 units: an equal start keeps them equal"
figure.suptitle(title, size=11.5, weight="bold")
plt.show()
# --8<-- [end:all-alike]

# --8<-- [start:shared]
encode = layers.Dense(16, activation="relu", name="encode")
first = keras.Input((64,), name="first")
second = keras.Input((64,), name="second")
difference = layers.Subtract()([encode(first), encode(second)])
score = layers.Dense(1, name="score")(difference)
pair = keras.Model([first, second], score, name="pair")
print([w.path for w in pair.weights])
# -> ['encode/kernel', 'encode/bias', 'score/kernel', 'score/bias']
print(pair.count_params(), "=", 64 * 16 + 16, "+", 16 + 1)
# -> 1057 = 1040 + 17
same = pair([x[:5], x[:5]]).numpy()  # (5, 1): each digit against itself
print("five digits against themselves:", same.ravel())
# -> five digits against themselves: [0. 0. 0. 0. 0.]
# --8<-- [end:shared]

# --8<-- [start:shared-diagram]
from tfnotes.diagrams import model_diagram

model_diagram(pair)
plt.show()
# --8<-- [end:shared-diagram]

# --8<-- [start:gradients-add]
import tensorflow as tf


def double_plus_one():
    two = keras.initializers.Constant(2.0)
    return layers.Dense(1, kernel_initializer=two, bias_initializer="ones")


shared, inner, outer = (double_plus_one() for _ in range(3))
three = tf.constant([[3.0]])
with tf.GradientTape(persistent=True) as tape:
    with_shared = shared(shared(three))
    with_two = outer(inner(three))
print(float(with_shared[0, 0]), float(with_two[0, 0]))
# -> 15.0 15.0
of_inner = tape.gradient(with_two, inner.weights)
of_outer = tape.gradient(with_two, outer.weights)
of_shared = tape.gradient(with_shared, shared.weights)
for three_gradients in zip(of_inner, of_outer, of_shared, strict=True):
    print(*(g.numpy().item() for g in three_gradients))
# -> 6.0 7.0 13.0
# -> 2.0 1.0 3.0
# --8<-- [end:gradients-add]


# --8<-- [start:count]
def count(weights):
    return sum(int(np.prod(w.shape)) for w in weights)


net = new_net()
adam = keras.optimizers.Adam()
adam.build(net.trainable_variables)  # fit does this at its first step
print("all          ", net.count_params())
# -> all           2538
print("trainable    ", count(net.trainable_weights))
# -> trainable     2474
print("non-trainable", count(net.non_trainable_weights))
# -> non-trainable 64
print("optimizer    ", count(adam.variables))
# -> optimizer     4950
# --8<-- [end:count]


# --8<-- [start:freeze]
def changed_by_fit(model):
    before = model.get_weights()
    model.fit(x, y, verbose=0)
    pairs = zip(model.weights, before, strict=True)
    moved = [w for w, old in pairs if not np.array_equal(w, old)]
    return list(dict.fromkeys(w.path.split("/")[1] for w in moved))


net = new_net()
net.get_layer("hidden").trainable = False
net.compile("adam", loss)
print("trainable", count(net.trainable_weights), "of", net.count_params())
# -> trainable 394 of 2538
print("changed:", changed_by_fit(net))
# -> changed: ['norm', 'head']
print("optimizer", count(net.optimizer.variables))
# -> optimizer 790
# --8<-- [end:freeze]

# --8<-- [start:dense-gamma]
dense = layers.Dense(3)
with printed_errors():
    print(dense.kernel)
# -> AttributeError: You must build the layer before accessing `kernel`.
dense.build((None, 4))
print([w.name for w in dense.weights])
# -> ['kernel', 'bias']
for name in ("gamma", "beta"):
    with printed_errors():
        getattr(dense, name)
# -> AttributeError: 'Dense' object has no attribute 'gamma'
# -> AttributeError: 'Dense' object has no attribute 'beta'
with printed_errors():
    layers.Dense(3, gamma_initializer="ones")
# -> ValueError: Unrecognized keyword arguments passed to Dense:
#    {'gamma_initializer': 'ones'}
# --8<-- [end:dense-gamma]

# --8<-- [start:norm-gamma]
for kind in (layers.BatchNormalization, layers.LayerNormalization):
    norm = kind()
    norm.build((None, 3))
    print(kind.__name__, [w.name for w in norm.weights])
# -> BatchNormalization ['gamma', 'beta', 'moving_mean', 'moving_variance']
# -> LayerNormalization ['gamma', 'beta']
print(norm.gamma.numpy(), norm.beta.numpy())
# -> [1. 1. 1.] [0. 0. 0.]
# --8<-- [end:norm-gamma]

# --8<-- [start:freeze-late]
net = new_net()
net.compile("adam", loss)
print("first fit    ", changed_by_fit(net))
# -> first fit     ['hidden', 'norm', 'head']
net.get_layer("hidden").trainable = False
print("trainable now", count(net.trainable_weights))
# -> trainable now 394
with printed_errors():  # would print a warning, if there were one
    print("not compiled ", changed_by_fit(net))
# -> not compiled  ['hidden', 'norm', 'head']
net.compile("adam", loss)
print("compiled     ", changed_by_fit(net))
# -> compiled      ['norm', 'head']
# --8<-- [end:freeze-late]


# --8<-- [start:same-initializer]
def kernels_equal(initializer):
    pair = [layers.Dense(4, kernel_initializer=initializer) for _ in "ab"]
    for layer in pair:
        layer.build((None, 4))
    return np.array_equal(pair[0].kernel, pair[1].kernel)


glorot = keras.initializers.GlorotUniform
generator = keras.random.SeedGenerator(0)
print("one object, no seed: ", kernels_equal(glorot()))
# -> one object, no seed:  True
print("one object, seed=0:  ", kernels_equal(glorot(seed=0)))
# -> one object, seed=0:   True
print("a name:              ", kernels_equal("glorot_uniform"))
# -> a name:               False
print("one object, generator", kernels_equal(glorot(seed=generator)))
# -> one object, generator False
# --8<-- [end:same-initializer]

# --8<-- [start:times-two]
starred = [layers.Dense(64)] * 2
listed = [layers.Dense(64) for _ in range(2)]
for name, pair in {"[layer] * 2": starred, "for": listed}.items():
    deep = keras.Sequential([keras.Input((64,)), *pair])
    print(f"{name:11} {len(deep.layers)} layers,", deep.count_params())
# -> [layer] * 2 2 layers, 4160
# -> for         2 layers, 8320
# --8<-- [end:times-two]

# --8<-- [start:answer-dropout]
noisy = keras.Sequential(
    [keras.Input((64,)), layers.Dropout(0.2), layers.Dense(10)]
)
print(len(noisy.weights), len(noisy.variables), noisy.count_params())
# -> 2 3 650
extra = noisy.non_trainable_variables[0]
print(extra.name, extra.shape, extra.dtype)
# -> seed_generator_state (2,) int64
# --8<-- [end:answer-dropout]

# --8<-- [start:answer-log-odds]
rare = np.where(np.arange(1000) < 20, 1.0, 0.0)  # 2 % are positive
noise = np.random.default_rng(0).normal(size=(1000, 3)).astype("float32")
log_odds = keras.initializers.Constant(np.log(0.02 / 0.98))
for bias in ("zeros", log_odds):
    head = layers.Dense(1, kernel_initializer="zeros", bias_initializer=bias)
    logits = head(noise)[:, 0]
    first_loss = keras.losses.BinaryCrossentropy(from_logits=True)(rare, logits)
    print(f"{float(first_loss):.3f}")
# -> 0.693
# -> 0.098
# --8<-- [end:answer-log-odds]

# --8<-- [start:answer-frozen-norm]
net = new_net()
net.trainable = False
net.get_layer("head").trainable = True
print("trainable", count(net.trainable_weights))
# -> trainable 0
net.trainable = True
for layer in net.layers[:-1]:
    layer.trainable = False
net.compile("adam", loss)
print("trainable", count(net.trainable_weights), changed_by_fit(net))
# -> trainable 330 ['head']
# --8<-- [end:answer-frozen-norm]
