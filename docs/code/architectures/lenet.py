# The code of the lesson architectures/lenet: its pages show it by section.

# --8<-- [start:data]
from tfnotes.data import CLASS_NAMES, load

(x_train, y_train), (x_test, y_test) = load("fashion_mnist_6k")
x_train = x_train[:2000, :, :, None].astype("float32") / 255
y_train = y_train[:2000]
x_test = x_test[..., None].astype("float32") / 255
print(x_train.shape, x_test.shape)  # the last axis: one channel, grey
# -> (2000, 28, 28, 1) (1000, 28, 28, 1)
# --8<-- [end:data]

# --8<-- [start:model]
from tfnotes.models import lenet, mlp

model = lenet((28, 28, 1), n_outputs=10)
print(f"{model.count_params():,} parameters")
# -> 61,706 parameters
# --8<-- [end:model]

# --8<-- [start:diagram]
import matplotlib.pyplot as plt

from tfnotes.diagrams import model_diagram

model_diagram(model)
plt.show()
# --8<-- [end:diagram]

# --8<-- [start:paper]
paper = {  # name: (output, trainable parameters), LeCun et al., II.B
    "C1": ((28, 28, 6), 156),
    "S2": ((14, 14, 6), 12),
    "C3": ((10, 10, 16), 1516),
    "S4": ((5, 5, 16), 32),
    "C5": ((1, 1, 120), 48120),
    "F6": ((84,), 10164),
    "output": ((10,), 0),
}
ours = [layer for layer in model.layers[1:] if layer.name != "flatten"]
for (name, (size, count)), layer in zip(paper.items(), ours, strict=True):
    said = f"{name:6} {size!s:13} {count:6,}"
    print(said, f"| {layer.output.shape[1:]!s:13} {layer.count_params():6,}")
# -> C1     (28, 28, 6)      156 | (28, 28, 6)      156
# -> S2     (14, 14, 6)       12 | (14, 14, 6)        0
# -> C3     (10, 10, 16)   1,516 | (10, 10, 16)   2,416
# -> S4     (5, 5, 16)        32 | (5, 5, 16)         0
# -> C5     (1, 1, 120)   48,120 | (120,)        48,120
# -> F6     (84,)         10,164 | (84,)         10,164
# -> output (10,)              0 | (10,)            850
total = sum(count for _, count in paper.values())
print(f"in all {total:20,} | {model.count_params():20,}")
# -> in all               60,000 |               61,706
# --8<-- [end:paper]

# --8<-- [start:difference]
links = 6 * 3 + 6 * 4 + 3 * 4 + 1 * 6  # maps of S2 that C3's 16 maps look at
print("C3 of the paper:", links * 25 + 16, "with every link:", 96 * 25 + 16)
# -> C3 of the paper: 1516 with every link: 2416
print(60_000 + (96 - links) * 25 - (12 + 32) + (84 * 10 + 10))
# -> 61706
# --8<-- [end:difference]

# --8<-- [start:costs]
from tfnotes.costs import cost_bars, layer_costs

costs = layer_costs(model)
cost_bars(costs)
plt.show()
# --8<-- [end:costs]

# --8<-- [start:connections]
from math import prod

for cost in costs:
    biases = prod(cost.shape)  # one addition for each output
    print(f"{cost.name:9} {cost.multiply_adds + biases:8,} connections")
# -> conv2d     122,304 connections
# -> conv2d_1   241,600 connections
# -> dense       48,120 connections
# -> dense_1     10,164 connections
# -> logits         850 connections
# --8<-- [end:connections]

# --8<-- [start:budget]
builders = {
    "LeNet": lambda: lenet((28, 28, 1), 10, activation="relu"),
    "MLP": lambda: mlp((28, 28, 1), 10, hidden=(72, 60)),
}
for name, build in builders.items():
    costs = layer_costs(build())
    print(f"{name:5} {sum(c.parameters for c in costs):7,} parameters", end=" ")
    print(f"{sum(c.multiply_adds for c in costs):8,} multiply-adds")
# -> LeNet  61,706 parameters  416,520 multiply-adds
# -> MLP    61,510 parameters   61,368 multiply-adds
# --8<-- [end:budget]

# --8<-- [start:train]
import keras

import tfnotes

SEEDS = (1, 2, 3)
trained = {}
for name, build in builders.items():
    for seed in SEEDS:
        keras.utils.set_random_seed(seed)
        trained[name, seed] = network = build()
        tfnotes.train(
            network,
            x_train,
            y_train,
            epochs=4,
            optimizer=keras.optimizers.Adam(0.003),
            loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            seed=seed,  # of the order of the pictures
            jit_compile=False,
            verbose=0,
        )
# --8<-- [end:train]

# --8<-- [start:moved]
import numpy as np


def accuracy(network, images):
    return np.mean(np.argmax(network(images), axis=1) == y_test)


def moved(images, pixels):  # to the right; zeros come in from the left
    padded = np.pad(images, [(0, 0), (0, 0), (pixels, 0), (0, 0)])
    return padded[:, :, : images.shape[2]]


# --8<-- [end:moved]

# --8<-- [start:shifted]
shifts = (0, 1, 2, 3)
scores = {
    run: [accuracy(network, moved(x_test, n)) for n in shifts]
    for run, network in trained.items()
}
for name in builders:
    found = np.array([scores[name, seed] for seed in SEEDS])  # (3, 4)
    for n in (0, 1, 2):
        print(f"{name:5} moved by {n}:", np.sort(found[:, n]).round(2))
# -> LeNet moved by 0: [0.75 0.76 0.76]
# -> LeNet moved by 1: [0.75 0.75 0.75]
# -> LeNet moved by 2: [0.63 0.65 0.67]
# -> MLP   moved by 0: [0.77 0.78 0.78]
# -> MLP   moved by 1: [0.66 0.67 0.68]
# -> MLP   moved by 2: [0.5  0.55 0.58]
# --8<-- [end:shifted]

# --8<-- [start:shift-figure]
looks = {"LeNet": ("o-", "C0"), "MLP": ("s--", "C1")}
for (name, seed), values in scores.items():
    line, color = looks[name]
    label = f"{name}, three seeds" if seed == 1 else None
    plt.plot(shifts, values, line, color=color, linewidth=1.3, label=label)
plt.xticks(shifts)
plt.xlabel("test pictures moved to the right by (pixels)")
plt.ylabel("accuracy on 1,000 test pictures")
plt.title("Pictures moved a little: LeNet loses less")
plt.legend()
plt.show()
# --8<-- [end:shift-figure]

# --8<-- [start:look-inside]
network = trained["LeNet", 1]
maps_of = keras.Model(
    network.input, [network.layers[1].output, network.layers[3].output]
)
boot = x_test[y_test == CLASS_NAMES.index("Ankle boot")][:1]
first, second = (maps[0].numpy() for maps in maps_of(boot))
kernels = network.layers[1].kernel.numpy()[:, :, 0]  # (5, 5, 6)
print(kernels.shape, first.shape, second.shape)
# -> (5, 5, 6) (28, 28, 6) (10, 10, 16)
# --8<-- [end:look-inside]

# --8<-- [start:feature-maps]
figure, panels = plt.subplots(2, 7, figsize=(7.2, 2.9))
rows = {"kernel": kernels, "map": first}
for row, (what, values) in zip(panels, rows.items(), strict=True):
    for i in range(6):
        row[i + 1].imshow(values[..., i], cmap="gray", interpolation="none")
        row[i + 1].set_title(f"{what} {i}", fontsize=9, fontweight="normal")
panels[1, 0].imshow(boot[0, :, :, 0], cmap="gray", interpolation="none")
panels[1, 0].set_title("input", fontsize=9, fontweight="normal")
for panel in panels.flat:
    panel.axis("off")
figure.suptitle("Six kernels, six views of one boot")
plt.show()
# --8<-- [end:feature-maps]

# --8<-- [start:second-maps]
figure, panels = plt.subplots(2, 8, figsize=(7.2, 2.4))
for i, panel in enumerate(panels.flat):
    panel.imshow(second[..., i], cmap="gray", interpolation="none")
    panel.set_title(f"map {i}", fontsize=9, fontweight="normal")
    panel.axis("off")
figure.suptitle("The second convolution: 16 maps of 10 x 10, coarser")
plt.show()
# --8<-- [end:second-maps]

# --8<-- [start:no-channel]
from tfnotes.errors import printed_errors

with printed_errors():
    lenet(input_shape=(28, 28), n_outputs=10)
# -> ValueError: expected input_shape=(height, width, channels); got (28, 28):
#    gray images have 1 channel, images[..., None] adds it
with printed_errors():
    keras.layers.Conv2D(6, 5, name="c1")(x_test[..., 0])  # (1000, 28, 28)
# -> ValueError: Input 0 with name 'None' of layer 'c1' is incompatible with the
#    layer: expected min_ndim=4, found ndim=3. Full shape received: (1000, 28,
#    28)
print(network(x_test[:3, :, :, 0]).shape)  # a whole model adds the axis
# -> (3, 10)
# --8<-- [end:no-channel]

# --8<-- [start:answer-32]
large = lenet((32, 32, 1), 10)
shapes = [layer.output.shape[1:] for layer in large.layers[1:5]]
print(shapes, f"{large.count_params():,}")
# -> [(32, 32, 6), (16, 16, 6), (12, 12, 16), (6, 6, 16)] 82,826
# --8<-- [end:answer-32]

# --8<-- [start:answer-c5]
layers = keras.layers
inputs = keras.Input((None, None, 16))
c5 = keras.Model(inputs, layers.Conv2D(120, 5)(inputs))
print(f"{c5.count_params():,} parameters")
# -> 48,120 parameters
for side in (5, 8):
    print(side, c5(np.zeros((1, side, side, 16))).shape)
# -> 5 (1, 1, 1, 120)
# -> 8 (1, 4, 4, 120)
# --8<-- [end:answer-c5]

# --8<-- [start:answer-smallest]
print(lenet((12, 12, 1), 10).layers[4].output.shape)
# -> (None, 1, 1, 16)
with printed_errors():
    lenet((11, 11, 1), 10)
# -> ValueError: expected pictures of at least 12 x 12 pixels, because the
#    layers shrink them; got 11 x 11: enlarge the pictures or take a network
#    that pools less often
# --8<-- [end:answer-smallest]
