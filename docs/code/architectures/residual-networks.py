# The code of the lesson architectures/residual-networks.

# --8<-- [start:identity]
import keras
import numpy as np
import tensorflow as tf

from tfnotes.models import residual_block, resnet18

keras.utils.set_random_seed(1)
inputs = keras.Input((7, 7, 8))
block = keras.Model(inputs, residual_block(inputs, 8))
x = tf.random.uniform((2, 7, 7, 8))  # not negative, as after a ReLU
print("a new block changes x:", not np.allclose(block(x), x))
# -> a new block changes x: True
norms = [a for a in block.layers if "batch_normalization" in a.name]
norms[-1].gamma.assign(tf.zeros(8))  # the branch now gives 0
with tf.GradientTape() as tape:
    tape.watch(x)
    y = block(x)
print("with a silent branch y is x:", np.allclose(y, x))
# -> with a silent branch y is x: True
print("slopes of the sum of y:", np.unique(tape.gradient(y, x)))
# -> slopes of the sum of y: [1.]
# --8<-- [end:identity]

# --8<-- [start:block]
import matplotlib.pyplot as plt

from tfnotes.diagrams import model_diagram

keras.utils.clear_session()  # names are counted from the start
inputs = keras.Input((14, 14, 8))
y = residual_block(inputs, 16, strides=2)
model_diagram(keras.Model(inputs, y, name="residual_block"))
plt.show()
# --8<-- [end:block]

# --8<-- [start:resnet18]
from tfnotes.costs import cost_bars, layer_costs

network = resnet18((224, 224, 3), n_classes=1000)
stages = {
    112: "conv1",
    56: "conv2_x",
    28: "conv3_x",
    14: "conv4_x",
    7: "conv5_x",
}
stage_of = {
    layer.name: stages.get(layer.output.shape[1], "head")
    for layer in network.layers
}
costs = layer_costs(network, group=stage_of.get)
learned = sum(int(np.prod(v.shape)) for v in network.trainable_variables)
total = sum(cost.multiply_adds for cost in costs)
print(f"learned parameters {learned:,}, multiply-adds {total:,}")
# -> learned parameters 11,689,512, multiply-adds 1,814,073,344
kinds = [type(layer).__name__ for layer in network.layers]
print({kind: kinds.count(kind) for kind in ("Conv2D", "Dense", "Add")})
# -> {'Conv2D': 20, 'Dense': 1, 'Add': 8}
sizes = {stage_of[a.name]: a.output.shape[1] for a in network.layers}
print({name: size for name, size in sizes.items() if name != "head"})
# -> {'conv1': 112, 'conv2_x': 56, 'conv3_x': 28, 'conv4_x': 14, 'conv5_x': 7}
# --8<-- [end:resnet18]

# --8<-- [start:costs]
cost_bars(costs)
plt.show()
# --8<-- [end:costs]


# --8<-- [start:gradient-sizes]
def gradient_sizes(skip, norm, gain=1.0, branch=1.0):
    draw = tf.random.Generator.from_seed(1)

    def dense(x):  # gain 1: Glorot's spread; sqrt(2): He's
        x = x @ draw.normal((3, 64, 64), stddev=gain / 8)
        if norm:  # over the 128 rows, each network by itself
            mean, variance = tf.nn.moments(x, 1, keepdims=True)
            x = (x - mean) / tf.sqrt(variance + 1e-3)
        return x

    states = [tf.nn.relu(draw.normal((3, 128, 64)))]  # three networks
    with tf.GradientTape() as tape:
        tape.watch(states[0])
        for _ in range(25):  # blocks of two layers
            x = states[-1]
            y = branch * dense(tf.nn.relu(dense(x)))
            states.append(tf.nn.relu(x + y if skip else y))
        target = tf.reduce_sum(states[-1] * draw.normal((3, 128, 64)))
    sizes = tf.norm(tape.gradient(target, states), axis=(2, 3)).numpy()
    return sizes / sizes[-1]  # (26, 3)


HE = 2**0.5
# --8<-- [end:gradient-sizes]

# --8<-- [start:sizes]
cases = {  # skip, norm, gain
    "plain, Glorot": (False, False, 1.0),
    "plain, He": (False, False, HE),
    "skip, Glorot": (True, False, 1.0),
    "plain, batch norm": (False, True, HE),
    "skip, batch norm": (True, True, HE),
}
found = {name: gradient_sizes(*case) for name, case in cases.items()}
for name, sizes in found.items():
    print(f"{name}:", *(f"{size:.1e}" for size in sizes[0]))
# -> plain, Glorot: 1.5e-08 5.0e-08 5.2e-08
# -> plain, He: 5.0e-01 1.7e+00 1.7e+00
# -> skip, Glorot: 2.4e+01 3.0e+01 2.4e+01
# -> plain, batch norm: 1.5e+04 1.2e+04 1.0e+04
# -> skip, batch norm: 3.9e+01 3.9e+01 3.4e+01
# --8<-- [end:sizes]

# --8<-- [start:by-depth]
looks = {
    "plain, Glorot": ("C1", "--"),
    "plain, He": ("dimgray", ":"),
    "skip, Glorot": ("C0", "-"),
    "plain, batch norm": ("C1", "--"),
    "skip, batch norm": ("C0", "-"),
}
figure, panels = plt.subplots(1, 2, sharey=True)
for name, (color, style) in looks.items():
    panel = panels[int("batch" in name)]
    lines = panel.semilogy(found[name], style, color=color, linewidth=1.4)
    lines[0].set_label(name.split(",")[0] if "batch" in name else name)
for panel, title in zip(
    panels, ("no normalization", "batch normalization"), strict=True
):
    panel.set(title=title, xlabel="block, from the input")
    panel.legend(fontsize=9)
panels[0].set_ylabel("gradient, last block = 1")
figure.suptitle("With skips the gradient stays within two powers of ten")
plt.show()
# --8<-- [end:by-depth]

# --8<-- [start:networks]
from keras import layers

STARTS, WIDTH = 3, 32  # three networks at once, without a shared weight


def dense_norm(x):  # (n, 3, inputs) to (n, 3, 32)
    he = keras.initializers.RandomNormal(stddev=(2 / x.shape[-1]) ** 0.5)
    shape = STARTS, WIDTH
    x = layers.EinsumDense("nsi,sio->nso", shape, kernel_initializer=he)(x)
    x = layers.Reshape((STARTS * WIDTH,))(x)
    x = layers.BatchNormalization()(x)  # each column by itself
    return layers.Reshape(shape)(x)


def stack(inputs, n_blocks, skip):
    x = layers.RepeatVector(STARTS)(inputs)  # (n, 3, 196)
    x = layers.ReLU()(dense_norm(x))
    for _ in range(n_blocks):
        y = dense_norm(layers.ReLU()(dense_norm(x)))
        x = layers.ReLU()(layers.Add()([x, y]) if skip else y)
    return layers.EinsumDense("nsi,sio->nso", (STARTS, 10))(x)


loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
# --8<-- [end:networks]

# --8<-- [start:train]
import tfnotes
from tfnotes.data import load

(images, labels), _ = load("fashion_mnist_6k")  # the test set is left alone
images = images[:1000].reshape(-1, 14, 2, 14, 2).mean((2, 4)) / 255
kinds = {"plain4": (1, False), "plain18": (8, False), "skip18": (8, True)}
keras.utils.set_random_seed(1)
inputs = keras.Input((196,))
outputs = {}
for kind, (n_blocks, skip) in kinds.items():
    logits = stack(inputs, n_blocks, skip)
    outputs |= {f"{kind}_{i}": logits[:, i] for i in range(STARTS)}
history = tfnotes.train(
    keras.Model(inputs, outputs),
    images.reshape(-1, 196).astype("float32"),
    dict.fromkeys(outputs, labels[:1000]),
    epochs=6,
    batch_size=50,
    optimizer=keras.optimizers.SGD(0.2),
    loss=dict.fromkeys(outputs, loss),
    seed=1,
    jit_compile=False,
    verbose=0,
).history
# --8<-- [end:train]

# --8<-- [start:curves]
styles = {"plain4": "C5 :", "plain18": "C1 --", "skip18": "C0 -"}
for kind, style in styles.items():
    color, style = style.split()
    curves = np.array([history[f"{kind}_{i}_loss"] for i in range(STARTS)])
    lines = plt.plot(range(1, 7), curves.T, style, color=color)
    lines[0].set_label(f"{kind.rstrip('148')}, {2 * kinds[kind][0] + 2} layers")
    print(f"{kind}: training loss", curves[:, -1].round(2))
# -> plain4: training loss [0.54 0.57 0.52]
# -> plain18: training loss [1.12 1.09 1.08]
# -> skip18: training loss [0.75 0.79 0.74]
plt.xlabel("epoch of 20 steps")
plt.ylabel("training loss")
plt.title("Depth alone makes training worse; the skip helps")
plt.legend()
plt.show()
# --8<-- [end:curves]

# --8<-- [start:vanishing]
for name in ("plain, Glorot", "plain, He", "plain, batch norm"):
    shrinks = found[name][0] < 0.1
    print(f"{name}: shrinks below a tenth", shrinks)
# -> plain, Glorot: shrinks below a tenth [ True  True  True]
# -> plain, He: shrinks below a tenth [False False False]
# -> plain, batch norm: shrinks below a tenth [False False False]
# --8<-- [end:vanishing]

# --8<-- [start:shapes]
from tfnotes.errors import printed_errors

narrow, wide = keras.Input((7, 7, 8)), keras.Input((7, 7, 16))
with printed_errors():
    layers.Add()([narrow, wide])
# -> ValueError: Inputs have incompatible shapes. Received shapes (7, 7, 8) and
#    (7, 7, 16)
one = keras.Input((7, 7, 1))
print("one channel is added to all 16:", layers.Add()([one, wide]).shape)
# -> one channel is added to all 16: (None, 7, 7, 16)
projected = layers.Conv2D(16, 1, use_bias=False)(narrow)
print("with a projection:", layers.Add()([projected, wide]).shape)
# -> with a projection: (None, 7, 7, 16)
# --8<-- [end:shapes]

# --8<-- [start:answer-projections]
single = [a for a in network.layers if getattr(a, "kernel_size", 0) == (1, 1)]
weights = sum(a.count_params() for a in single)
adds = sum(int(np.prod(a.output.shape[1:3])) * a.count_params() for a in single)
print(f"{len(single)} projections: {weights:,} weights")
# -> 3 projections: 172,032 weights
print(f"parameters {weights / learned:.1%}, multiply-adds {adds / total:.1%}")
# -> parameters 1.5%, multiply-adds 1.1%
# --8<-- [end:answer-projections]

# --8<-- [start:answer-branch]
for branch in (1.0, 0.3, 0.0):
    sizes = gradient_sizes(True, True, HE, branch)[0]
    print(f"branch times {branch}:", np.round(sizes, 1))
# -> branch times 1.0: [38.5 38.6 34.5]
# -> branch times 0.3: [4.8 4.5 4.3]
# -> branch times 0.0: [0.7 0.7 0.7]
# --8<-- [end:answer-branch]
