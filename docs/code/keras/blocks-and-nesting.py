# The code of keras/blocks-and-nesting: its pages show it by section.

# --8<-- [start:mlp]
import keras

from tfnotes.data import load
from tfnotes.models import mlp

(x, y), _ = load("diabetes")
x = (x - x.mean(axis=0)) / x.std(axis=0)  # (353, 10)
y = y.reshape(-1, 1) / y.max()  # (353, 1), from 0 to 1
model = mlp((10,), n_outputs=1, hidden=(64, 32))
print([type(layer).__name__ for layer in model.layers])
# -> ['InputLayer', 'Flatten', 'Dense', 'Dense', 'Dense']
by_hand = 10 * 64 + 64 + 64 * 32 + 32 + 32 * 1 + 1
print(model.count_params(), by_hand)
# -> 2817 2817
# --8<-- [end:mlp]

# --8<-- [start:block]
from keras import layers


class Block(layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.norm = layers.LayerNormalization()
        self.wide = layers.Dense(2 * units, activation="relu")
        self.narrow = layers.Dense(units)

    def call(self, inputs):  # (n, units) to (n, units)
        return inputs + self.narrow(self.wide(self.norm(inputs)))


# --8<-- [end:block]


# --8<-- [start:stack]
def stack(n_blocks):
    blocks = [Block(16, name=f"block_{i}") for i in range(n_blocks)]
    start = [keras.Input((10,)), layers.Dense(16)]
    return keras.Sequential([*start, *blocks, layers.Dense(1)])


for n_blocks in (0, 1, 2):
    model = stack(n_blocks)
    print(n_blocks, "blocks:", model.count_params(), "parameters")
# -> 0 blocks: 193 parameters
# -> 1 blocks: 1297 parameters
# -> 2 blocks: 2401 parameters
print([layer.name for layer in model.layers[1:-1]])
# -> ['block_0', 'block_1']
# --8<-- [end:stack]

# --8<-- [start:fancy]
from tfnotes.models import FancyMLP

keras.utils.set_random_seed(1)
fancy = FancyMLP(units=10)
print(fancy(x).shape)
# -> (353, 1)
for weight in fancy.weights:
    print(tuple(weight.shape), "learns" if weight.trainable else "is constant")
# -> (10, 10) is constant
# -> (10, 10) learns
# -> (10,) learns
# --8<-- [end:fancy]

# --8<-- [start:shared]
import tensorflow as tf

three = keras.initializers.Constant(3.0)
double_use = layers.Dense(1, use_bias=False, kernel_initializer=three)
with tf.GradientTape() as tape:
    result = double_use(double_use(tf.constant([[2.0]])))  # 3 * (3 * 2)
(slope,) = tape.gradient(result, double_use.trainable_weights)
print(result.numpy(), slope.numpy(), len(double_use.weights))
# -> [[18.]] [[12.]] 1
# --8<-- [end:shared]

# --8<-- [start:python-loop]
from keras import ops


class PythonLoop(FancyMLP):
    def call(self, inputs):
        x = self.dense(inputs)
        x = ops.relu(ops.matmul(x, self.constant) + 1)
        x = self.dense(x)
        while self.size(x) > 1:
            x = x / 2
        if self.size(x) < 0.8:
            x = x * 10
        return ops.sum(x, axis=-1, keepdims=True)

    def size(self, x):
        return ops.norm(x)  # of the whole batch


# --8<-- [end:python-loop]


# --8<-- [start:recorded]
import numpy as np


class Recorded(PythonLoop):
    def size(self, x):
        sizes.append(float(super().size(x)))
        return sizes[-1]


recorded, ways = Recorded(10), {}
recorded.build((None, 10))  # creates the weights
recorded.set_weights(fancy.get_weights())
for scale in (0.1, 1, 100):
    sizes = []  # one for each question; the last is that of the branch
    same = np.allclose(recorded(scale * x), fancy(scale * x), rtol=1e-4)
    ways[scale] = sizes[:-1]
    print(f"x times {scale}: {len(sizes) - 2} turns, same output: {same}")
# -> x times 0.1: 5 turns, same output: True
# -> x times 1: 7 turns, same output: True
# -> x times 100: 13 turns, same output: True
# --8<-- [end:recorded]

# --8<-- [start:turns]
import matplotlib.pyplot as plt

looks = {0.1: ("C0", "o-"), 1: ("C1", "s--"), 100: ("C2", "^:")}
for scale, way in ways.items():
    color, look = looks[scale]
    last, end = len(way) - 1, way[-1]
    plt.plot(way, look, color=color, label=f"x times {scale}")
    plt.text(last, 0.8 * end, f"{end:.2f}", ha="center", va="top", size=10)
    if end < 0.8:
        arrow = {"arrowstyle": "-|>", "color": color, "lw": 1.5}
        plt.annotate("", (last, 10 * end), (last, end), arrowprops=arrow)
        plt.text(last + 0.15, 3 * end, "times 10", va="center", size=10)
plt.axhline(1, color="dimgray", lw=1)
plt.text(0, 1.1, "stops at 1 or less", size=10)
plt.yscale("log", base=2)
plt.ylim(0.1, None)
plt.xlabel("turns of the loop")
plt.ylabel("norm of the batch")
plt.title("The data decide how often the loop turns")
plt.legend()
plt.show()
# --8<-- [end:turns]


# --8<-- [start:gradient]
from functools import partial


def gradients(model, x):
    with tf.GradientTape() as tape:
        loss = ops.mean(model(x))
    return tape.gradient(loss, model.trainable_weights)


compiled = tf.function(gradients)
for scale in (0.1, 1, 100):
    by_tape = gradients(recorded, scale * x)  # of what Python has run
    by_graph = compiled(fancy, scale * x)
    same = map(partial(np.allclose, rtol=1e-3), by_tape, by_graph)
    print(f"x times {scale}: same gradients: {list(same)}")
# -> x times 0.1: same gradients: [True, True]
# -> x times 1: same gradients: [True, True]
# -> x times 100: same gradients: [True, True]
# --8<-- [end:gradient]


# --8<-- [start:nested]
from tfnotes.models import NestMLP


def chain(head, seed=1):
    keras.utils.set_random_seed(seed)
    start = [keras.Input((10,)), NestMLP(hidden=(64, 32), units=16)]
    return keras.Sequential([*start, layers.Dense(20), head()])


nested = chain(FancyMLP)
for layer in nested.layers:
    kind = "model" if isinstance(layer, keras.Model) else "layer"
    print(kind, type(layer).__name__, layer.count_params())
# -> model NestMLP 3312
# -> layer Dense 340
# -> model FancyMLP 820
innermost = nested.layers[0].net.layers[1]
print(innermost.kernel.path.split("/")[-3:], nested.count_params())
# -> ['sequential_3', 'dense_18', 'kernel'] 4472
# --8<-- [end:nested]


# --8<-- [start:place]
def place(layer, depth, left):  # a leaf is one place wide
    parts, centers, right = getattr(layer, "layers", []), [], left
    for part in parts:
        center, right = place(part, depth + 1, right)
        centers.append(center)
    here = (centers[0] + centers[-1]) / 2 if parts else left + 0.5
    nodes.append((layer, here, depth))
    edges.extend((here, depth, center) for center in centers)
    return here, max(right, left + 1)


nodes, edges = [], []
_, width = place(nested, 0, 0)
print(width, "leaves,", len(nodes), "nodes")
# -> 5 leaves, 9 nodes
# --8<-- [end:place]

# --8<-- [start:tree]
from tfnotes.diagrams import arrow, frame

plt.figure(figsize=(7.2, 4.2))
for layer, here, depth in nodes:
    is_model = isinstance(layer, keras.Model)
    kind, color = ("model", "C3") if is_model else ("layer", "C0")
    text = f"{kind}\n{layer.count_params():,} params"
    corner, size = (1.42 * here - 0.63, -1.05 * depth), (1.26, 0.66)
    frame(corner, size, color, type(layer).__name__, text, 10)
for here, depth, center in edges:
    arrow((1.42 * here, -1.05 * depth), (1.42 * center, -1.05 * depth - 0.39))
plt.axis((0, 1.42 * width, -3.2, 0.75))
plt.axis("off")
plt.title("A model of models: each box holds the boxes below it")
plt.show()
# --8<-- [end:tree]


# --8<-- [start:way]
probe = Recorded(20)  # the Python loop, with the weights of a FancyMLP
probe.build((None, 20))


def way(model):
    *front, last = model.layers
    if not isinstance(last, FancyMLP):
        return None
    sizes.clear()
    probe.set_weights(last.get_weights())
    probe(front[1](front[0](x)))
    return len(sizes), sizes[-1] < 0.8  # questions asked, branch taken


print(way(nested))
# -> (10, True)
# --8<-- [end:way]

# --8<-- [start:training]
heads = {"Dense(1)": lambda: layers.Dense(1), "FancyMLP": FancyMLP}
runs = {}  # for each head and seed: 30 ways and losses
for name, head in heads.items():
    model = chain(head)
    model.compile(keras.optimizers.SGD(0.03), "mse")
    for seed in (1, 2, 3):
        model.set_weights(chain(head, seed).get_weights())
        runs[name, seed] = [  # each step sees all 353 samples
            (way(model), model.train_on_batch(x, y) / y.var())
            for _ in range(30)
        ]
        lowest = min(loss for _, loss in runs[name, seed])
        print(f"{name:8} seed {seed}: lowest loss {lowest:.2f}")
# -> Dense(1) seed 1: lowest loss 0.72
# -> Dense(1) seed 2: lowest loss 0.82
# -> Dense(1) seed 3: lowest loss 0.88
# -> FancyMLP seed 1: lowest loss 1.82
# -> FancyMLP seed 2: lowest loss 2.40
# -> FancyMLP seed 3: lowest loss 1.21
# --8<-- [end:training]

# --8<-- [start:steps]
_, panels = plt.subplots(1, 2, sharey=True)
for (name, seed), run in runs.items():
    panel = panels[list(heads).index(name)]
    taken, values = zip(*run, strict=True)
    new = [i for i in range(1, 30) if taken[i] != taken[i - 1]]
    look = {"linestyle": ["-", "--", ":"][seed - 1], "marker": "o", "ms": 4}
    panel.plot(values, **look, markevery=new, label=f"seed {seed}")
    panel.set(title=f"last layer: {name}", xlabel="step", yscale="log")
for panel in panels:
    panel.axhline(1, color="dimgray", lw=1)
panels[1].legend()
panels[0].set_ylabel("loss (1: guess the mean)")
title = "Where the way through the loop changes (dots), the loss jumps"
plt.suptitle(title, weight="bold", size=12)
plt.show()
# --8<-- [end:steps]

# --8<-- [start:python-while]
from tfnotes.errors import printed_errors

old = PythonLoop(10)
print("called:", old(x).shape)
# -> called: (353, 1)
with printed_errors():
    old.predict(x, verbose=0)
# -> OperatorNotAllowedInGraphError: PythonLoop.call(): Using a symbolic
#    `tf.Tensor` as a Python `bool` is not allowed.
old.compile("sgd", "mse")
with printed_errors():
    old.fit(x, y, verbose=0)
# -> OperatorNotAllowedInGraphError: PythonLoop.call(): Using a symbolic
#    `tf.Tensor` as a Python `bool` is not allowed.
with printed_errors():
    keras.Sequential([keras.Input((10,)), PythonLoop(10)])
# -> OperatorNotAllowedInGraphError: PythonLoop.call(): Using a symbolic
#    `tf.Tensor` as a Python `bool` is not allowed.
try:
    tf.function(old.call, autograph=False)(x)
except tf.errors.OperatorNotAllowedInGraphError as error:
    print(type(error).__name__, str(error).split(". ")[0], sep=": ")
# -> OperatorNotAllowedInGraphError: Using a symbolic `tf.Tensor` as a Python
#    `bool` is not allowed
# --8<-- [end:python-while]

# --8<-- [start:autograph]
old.set_weights(fancy.get_weights())
for name, function in {"model": old, "model.call": old.call}.items():
    try:
        same = np.allclose(tf.function(function)(x), fancy(x), rtol=1e-4)
        print(name, "is converted, same output:", same)
    except tf.errors.OperatorNotAllowedInGraphError:
        print(name, "is not converted")
# -> model is not converted
# -> model.call is converted, same output: True
# --8<-- [end:autograph]


# --8<-- [start:forms]
class Converted(PythonLoop):
    call = tf.function(PythonLoop.call)  # as @tf.function above def call


whole = {"batch_size": len(x), "verbose": 0}
for kind, eager in ((FancyMLP, False), (Converted, False), (PythonLoop, True)):
    model = kind(10)
    model(x)
    model.set_weights(fancy.get_weights())
    model.compile("sgd", "mse", run_eagerly=eager)
    same = np.allclose(model.predict(x, **whole), fancy(x), rtol=1e-4)
    (loss,) = model.fit(x, y, **whole).history["loss"]
    print(f"{kind.__name__:10} same outputs: {same}, loss {loss:.2f}")
# -> FancyMLP   same outputs: True, loss 0.09
# -> Converted  same outputs: True, loss 0.09
# -> PythonLoop same outputs: True, loss 0.09
# --8<-- [end:forms]

# --8<-- [start:limit]
fast = tf.function(gradients, jit_compile=True)
for kind in (FancyMLP, Converted):
    model = kind(10)
    model(x)
    with printed_errors():
        print(kind.__name__, len(fast(model, x)), "gradients")
# -> FancyMLP 2 gradients
# -> InvalidArgumentError: XLA compilation requires a fixed tensor list size.
#    Set the max number of elements. This could also happen if you're using a
#    TensorArray in a while loop that does not have its maximum_iteration set,
#    you can fix this by setting maximum_iteration to a suitable value.
# --8<-- [end:limit]


# --8<-- [start:raw-constant]
class Raw(layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.constant = keras.random.uniform((10, 1))

    def call(self, inputs):
        return ops.matmul(inputs, self.constant)


class Kept(Raw):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        uniform = keras.initializers.RandomUniform(0, 1)
        self.constant = self.add_weight(
            shape=(10, 1), initializer=uniform, trainable=False
        )


# --8<-- [end:raw-constant]

# --8<-- [start:constant-lost]
for kind in (Raw, Kept):
    model = keras.Sequential([keras.Input((10,)), kind()])
    model.save("constant.keras")
    known = {kind.__name__: kind}
    loaded = keras.models.load_model("constant.keras", custom_objects=known)
    same = np.array_equal(loaded(x), model(x))
    print(f"{kind.__name__:4} {model.count_params()} params, same: {same}")
# -> Raw  0 params, same: False
# -> Kept 10 params, same: True
# --8<-- [end:constant-lost]

# --8<-- [start:companions]
for size in (1, 32, len(x)):
    first = fancy(x[:size])[0, 0]
    print(f"sample 0 in a batch of {size}: {float(first):.3f}")
# -> sample 0 in a batch of 1: 10.173
# -> sample 0 in a batch of 32: 1.272
# -> sample 0 in a batch of 353: 0.318
# --8<-- [end:companions]


# --8<-- [start:answer-formula]
def halved(x):
    turns = ops.ceil(ops.log2(ops.maximum(ops.norm(x), 1.0)))
    return x / 2**turns


for norm in (0.7, 2.0, 2.1, 1000.0):
    print(norm, f"{float(halved(tf.constant([norm]))[0]):.3f}")
# -> 0.7 0.700
# -> 2.0 1.000
# -> 2.1 0.525
# -> 1000.0 0.977
# --8<-- [end:answer-formula]


# --8<-- [start:answer-each]
def halved_each(x):  # (n, units): each row on its own
    def norms(x):
        return ops.norm(x, axis=-1, keepdims=True)  # (n, 1)

    (x,) = ops.while_loop(
        lambda x: ops.any(norms(x) > 1),
        lambda x: (ops.where(norms(x) > 1, x / 2, x),),
        (x,),
        maximum_iterations=150,
    )
    return x


rows = tf.constant([[3.0, 4.0], [30.0, 40.0], [0.3, 0.4]])
print(halved_each(rows).numpy())
# -> [[0.375   0.5    ]
# ->  [0.46875 0.625  ]
# ->  [0.3     0.4    ]]
print(np.array_equal(halved_each(rows[:1])[0], halved_each(rows)[0]))
# -> True
# --8<-- [end:answer-each]

# --8<-- [start:answer-freeze]
nested.layers[0].net.trainable = False  # the model inside the model
print(sum(w.numpy().size for w in nested.trainable_weights), "learn")
# -> 1288 learn
print(sum(w.numpy().size for w in nested.non_trainable_weights), "do not")
# -> 3184 do not
# --8<-- [end:answer-freeze]
