# The code of architectures/vgg: its pages show it by section.

# --8<-- [start:two-for-one]
import keras
import tensorflow as tf

for n_convs, size in ((1, 5), (2, 3), (1, 7), (3, 3)):
    keras.utils.set_random_seed(1)
    convs = [
        keras.layers.Conv2D(64, size, padding="same", use_bias=False)
        for _ in range(n_convs)
    ]
    model = keras.Sequential([keras.Input((11, 11, 64)), *convs])
    x = tf.ones((1, 11, 11, 64))
    with tf.GradientTape() as tape:
        tape.watch(x)
        middle = tf.reduce_sum(model(x)[0, 5, 5])  # one pixel of the output
    slopes = abs(tape.gradient(middle, x)[0, 5])  # (11, 64): the middle row
    seen = tf.math.count_nonzero(tf.reduce_sum(slopes, axis=-1)).numpy()
    weights = f"{model.count_params():7,} weights"
    print(f"{n_convs} of {size} x {size}: {weights}, sees {seen} x {seen}")
# -> 1 of 5 x 5: 102,400 weights, sees 5 x 5
# -> 2 of 3 x 3:  73,728 weights, sees 5 x 5
# -> 1 of 7 x 7: 200,704 weights, sees 7 x 7
# -> 3 of 3 x 3: 110,592 weights, sees 7 x 7
# --8<-- [end:two-for-one]

# --8<-- [start:diagram]
import matplotlib.pyplot as plt

from tfnotes.diagrams import model_diagram
from tfnotes.models import vgg

NARROW = ((1, 8), (1, 16), (2, 32))  # (convolutions, filters) of each block
keras.utils.clear_session()  # layers are numbered from the start again
small = vgg((28, 28, 1), n_outputs=10, architecture=NARROW, hidden=(64,))
model_diagram(small)
plt.show()
# --8<-- [end:diagram]

# --8<-- [start:paper]
from tfnotes.models import VGG11, VGG16

keras.utils.clear_session()
picture = (224, 224, 3)
with keras.StatelessScope(initialize_variables=False):  # shapes, no numbers
    vgg16 = vgg(picture, 1000, architecture=VGG16, hidden=(4096, 4096))
    vgg11 = vgg(picture, 1000, architecture=VGG11, hidden=(4096, 4096))
    theirs = keras.applications.VGG16(weights=None)
for name, model, paper in (
    ("VGG-11", vgg11, "133 M"),  # table 2: networks A and D
    ("VGG-16", vgg16, "138 M"),
    ("keras.applications", theirs, "138 M"),
):
    print(f"{name:18} {model.count_params():11,}  paper: {paper}")
# -> VGG-11             132,863,336  paper: 133 M
# -> VGG-16             138,357,544  paper: 138 M
# -> keras.applications 138,357,544  paper: 138 M
# --8<-- [end:paper]

# --8<-- [start:output-sizes]
pools = [layer for layer in vgg16.layers if "pooling" in layer.name]
for pool, (n_convs, n_filters) in zip(pools, VGG16, strict=True):
    print(f"{n_convs} x conv3-{n_filters:<3} then {pool.output.shape[1:]}")
# -> 2 x conv3-64  then (112, 112, 64)
# -> 2 x conv3-128 then (56, 56, 128)
# -> 3 x conv3-256 then (28, 28, 256)
# -> 3 x conv3-512 then (14, 14, 512)
# -> 3 x conv3-512 then (7, 7, 512)
# --8<-- [end:output-sizes]

# --8<-- [start:cost-by-layer]
from tfnotes.costs import cost_bars, layer_costs

costs = layer_costs(vgg16)
cost_bars(costs).suptitle("VGG-16: dense layers hold, convolutions multiply")
plt.show()
# --8<-- [end:cost-by-layer]

# --8<-- [start:shares]
dense = costs[-3:]
for what in ("parameters", "multiply_adds"):
    part = sum(getattr(cost, what) for cost in dense)
    whole = sum(getattr(cost, what) for cost in costs)
    print(f"{what}: {whole / 1e9:.2f} G, dense layers {part / whole:.1%}")
# -> parameters: 0.14 G, dense layers 89.4%
# -> multiply_adds: 15.47 G, dense layers 0.8%
# --8<-- [end:shares]

# --8<-- [start:recipe]
from tfnotes import train
from tfnotes.data import load
from tfnotes.models import lenet

(x, y), _ = load("fashion_mnist_6k")  # the test set is left alone
x = x[..., None].astype("float32") / 255  # (5000, 28, 28, 1), from 0 to 1
data = {"x": x[:2000], "y": y[:2000], "validation_data": (x[4000:], y[4000:])}
budget = {"epochs": 3, "batch_size": 25, "verbose": 0}  # 240 steps


def trained(build, seed):
    keras.utils.set_random_seed(seed)
    model = build()
    recipe = {
        "optimizer": keras.optimizers.Adam(0.003),
        "loss": keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        "metrics": ["accuracy"],
    }
    return model, train(model, **data, **budget, **recipe, seed=seed).history


# --8<-- [end:recipe]

# --8<-- [start:train]
shape = (28, 28, 1)
networks = {
    "LeNet": lambda: lenet(shape, 10),
    "VGG": lambda: vgg(shape, 10, architecture=NARROW, hidden=(64,)),
}
runs = {
    name: [trained(build, seed) for seed in (1, 2, 3)]
    for name, build in networks.items()
}
for name, (first, *_) in runs.items():
    adds = sum(cost.multiply_adds for cost in layer_costs(first[0]))
    size = first[0].count_params()
    last = sorted(history["val_accuracy"][-1] for _, history in runs[name])
    print(f"{name}: {size:,} parameters, {adds:,} multiply-adds")
    print("  validation accuracy", *(f"{value:.2f}" for value in last))
# -> LeNet: 61,706 parameters, 416,520 multiply-adds
# ->   validation accuracy 0.76 0.76 0.76
# -> VGG: 34,282 parameters, 978,688 multiply-adds
# ->   validation accuracy 0.73 0.74 0.75
# --8<-- [end:train]

# --8<-- [start:curves]
for name, style in (("LeNet", "o--"), ("VGG", "s-")):
    color = "C0" if name == "LeNet" else "C1"
    for i, (_, history) in enumerate(runs[name]):
        label = f"{name}, 3 seeds" if i == 0 else None
        accuracy = history["val_accuracy"]
        plt.plot([1, 2, 3], accuracy, style, color=color, label=label)
plt.xticks([1, 2, 3])
plt.xlabel("epoch of 80 steps")
plt.ylabel("validation accuracy")
plt.title("On 2,000 pictures the narrow VGG is not ahead of LeNet")
plt.legend()
plt.show()
# --8<-- [end:curves]

# --8<-- [start:feature-maps]
model, _ = runs["VGG"][0]
pools = [layer for layer in model.layers if "pooling" in layer.name]
maps = keras.Model(model.input, [pool.output for pool in pools])
boot = x[y == 9][:1]  # (1, 28, 28, 1)
figure, panels = plt.subplots(3, 6, figsize=(7.2, 4.2))
for row, found in zip(panels, maps(boot), strict=True):
    row[0].imshow(boot[0, ..., 0], cmap="gray")
    row[0].set_title("input", fontsize=9, fontweight="normal")
    for k, panel in enumerate(row[1:]):
        panel.imshow(found[0, ..., k], cmap="gray")
        side = found.shape[1]
        title = f"{side}×{side}, no. {k}"
        panel.set_title(title, fontsize=9, fontweight="normal")
for panel in panels.flat:
    panel.axis("off")
figure.suptitle("Deeper maps: fewer pixels, less of a picture")
plt.show()
# --8<-- [end:feature-maps]

# --8<-- [start:sigmoid-head]
cross_entropy = keras.losses.sparse_categorical_crossentropy
logits = model(x[4000:])  # (1000, 10)
for name, activation in (
    ("softmax", keras.activations.softmax),
    ('"sigmoid"', keras.activations.sigmoid),  # Dense(10, activation="sigmoid")
    ("tf.nn.sigmoid", tf.nn.sigmoid),  # Dense(10, activation=tf.nn.sigmoid)
):
    rows = activation(logits)
    losses = [cross_entropy(y[4000:], given) for given in (rows, rows.numpy())]
    found = "loss {:.2f}, as an array {:.2f}".format(
        *(tf.reduce_mean(loss) for loss in losses)
    )
    print(f"{name:13} {found}, rows sum to {rows.numpy().sum(1).mean():.1f}")
# -> softmax       loss 0.71, as an array 0.71, rows sum to 1.0
# -> "sigmoid"     loss 0.71, as an array 1.37, rows sum to 3.7
# -> tf.nn.sigmoid loss 1.37, as an array 1.37, rows sum to 3.7
# --8<-- [end:sigmoid-head]

# --8<-- [start:five-pools]
from tfnotes.errors import printed_errors
from tfnotes.models import vgg_block

keras.config.disable_traceback_filtering()  # else the cause is not in line 1
inputs = keras.Input((28, 28, 1))
with printed_errors():
    features = inputs
    for n_convs, n_filters in VGG11:
        features = vgg_block(features, n_convs, n_filters)
        print(features.shape[1:])
# -> (14, 14, 64)
# -> (7, 7, 128)
# -> (3, 3, 256)
# -> (1, 1, 512)
# -> ValueError: Computed output size would be zero or negative. Received:
#    `inputs.shape=[None 1 1 512]`, `pool_size=[2 2]`, `strides=(2, 2)`,
#    `padding=valid`.
keras.config.enable_traceback_filtering()
# --8<-- [end:five-pools]

# --8<-- [start:larger-pictures]
with printed_errors():
    vgg((28, 28, 1), 10, architecture=VGG11)
# -> ValueError: expected pictures of at least 32 x 32 pixels, because the
#    layers shrink them; got 28 x 28: enlarge the pictures or take a network
#    that pools less often
features = keras.layers.ZeroPadding2D(2)(inputs)  # 28 + 2 + 2 = 32
sides = [features.shape[1]]
with keras.StatelessScope(initialize_variables=False):
    for n_convs, n_filters in VGG11:
        features = vgg_block(features, n_convs, n_filters)
        sides.append(features.shape[1])
print(sides)
# -> [32, 16, 8, 4, 2, 1]
# --8<-- [end:larger-pictures]

# --8<-- [start:answer-nineteen]
VGG19 = ((2, 64), (2, 128), (4, 256), (4, 512), (4, 512))
with keras.StatelessScope(initialize_variables=False):
    vgg19 = vgg(picture, 1000, architecture=VGG19, hidden=(4096, 4096))
print(f"{vgg19.count_params():,}", sum(n for n, _ in VGG19) + 3, "layers")
# -> 143,667,240 19 layers
# --8<-- [end:answer-nineteen]

# --8<-- [start:answer-same-cost]
from collections import Counter

convs = layer_costs(vgg16)[:-3]
for adds, count in Counter(cost.multiply_adds for cost in convs).most_common():
    print(f"{count} layers with {adds:13,} multiply-adds")
# -> 6 layers with 1,849,688,064 multiply-adds
# -> 3 layers with   924,844,032 multiply-adds
# -> 3 layers with   462,422,016 multiply-adds
# -> 1 layers with    86,704,128 multiply-adds
# --8<-- [end:answer-same-cost]

# --8<-- [start:answer-first-dense]
for side in (7, 1):
    print(f"{side} x {side} x 512: {side * side * 512 * 4096 + 4096:,}")
# -> 7 x 7 x 512: 102,764,544
# -> 1 x 1 x 512: 2,101,248
# --8<-- [end:answer-first-dense]
