# The code of architectures/network-in-network: its pages show it by section.

# --8<-- [start:same-as-dense]
import keras
import numpy as np

rng = np.random.default_rng(0)
pictures = rng.normal(size=(2, 6, 6, 3)).astype("float32")  # 3 channels
pixels = pictures.reshape(-1, 3)  # (72, 3): a row for each pixel
conv, dense = keras.layers.Conv2D(4, kernel_size=1), keras.layers.Dense(4)
by_conv = conv(pictures)  # (2, 6, 6, 4)
dense.build(pixels.shape)
print(conv.kernel.shape, dense.kernel.shape)
# -> (1, 1, 3, 4) (3, 4)
dense.kernel.assign(conv.kernel[0, 0])  # the same 3 x 4 numbers
by_dense = np.reshape(dense(pixels), by_conv.shape)
print("equal:", np.allclose(by_conv, by_dense, atol=1e-6))
# -> equal: True
# --8<-- [end:same-as-dense]

# --8<-- [start:diagram]
import matplotlib.pyplot as plt

from tfnotes.diagrams import model_diagram
from tfnotes.models import nin

NARROW = (((16, 12), 5, 2), ((32, 24), 3, 1))  # filters, kernel, stride
model_diagram(nin((28, 28, 1), n_outputs=10, architecture=NARROW))
plt.show()
# --8<-- [end:diagram]

# --8<-- [start:cifar]
from tfnotes.costs import cost_bars, layer_costs

keras.utils.clear_session()  # names count from the start again
with keras.StatelessScope(initialize_variables=False):  # shapes, no numbers
    cifar = nin((32, 32, 3), n_outputs=10)
print(f"{cifar.count_params():,} parameters")
# -> 966,986 parameters
for layer in cifar.layers:
    if layer.name.startswith(("max", "class", "logits")):
        print(f"{layer.name:16} {layer.output.shape[1:]}")
# -> max_pooling2d    (16, 16, 96)
# -> max_pooling2d_1  (8, 8, 192)
# -> class_maps       (8, 8, 10)
# -> logits           (10,)
# --8<-- [end:cifar]

# --8<-- [start:cost-by-layer]
costs = layer_costs(cifar)
cost_bars(costs).suptitle("NiN for CIFAR-10: the head costs next to nothing")
plt.show()
# --8<-- [end:cost-by-layer]

# --8<-- [start:heads]
last = cifar.get_layer("class_maps").input  # (n, 8, 8, 192)
heads = {"class maps, mean": [keras.layers.Conv2D(10, 1)]}
heads["flatten, 10"] = [keras.layers.Flatten(), keras.layers.Dense(10)]
dense = [keras.layers.Dense(units) for units in (256, 256, 10)]
heads["flatten, 256, 256, 10"] = [keras.layers.Flatten(), *dense]
sizes = {}
with keras.StatelessScope(initialize_variables=False):
    for name, layers in heads.items():
        model = keras.Sequential([keras.Input(last.shape[1:]), *layers])
        sizes[name] = model.count_params()
trunk = cifar.count_params() - sizes["class maps, mean"]
print(f"trunk {trunk:,}; heads", *(f"{size:,}" for size in sizes.values()))
# -> trunk 965,056; heads 1,930 122,890 3,214,346
# --8<-- [end:heads]

# --8<-- [start:saved]
figure, panel = plt.subplots(figsize=(7.2, 2.9))
labels = [f"{name}: {size:,}" for name, size in sizes.items()]
panel.barh(labels, trunk, color="C0", label="trunk")
head = list(sizes.values())
panel.barh(labels, head, left=trunk, color="C1", hatch="//", label="head")
panel.invert_yaxis()
panel.set_xlabel("parameters")
panel.xaxis.set_major_formatter(lambda value, _: f"{value / 1e6:g} M")
panel.set_title("Class maps need the smallest head")
panel.legend(loc="lower right", bbox_to_anchor=(1, 0.35))
plt.show()
# --8<-- [end:saved]

# --8<-- [start:recipe]
from tfnotes import train
from tfnotes.data import load

(x, y), _ = load("fashion_mnist_6k")  # the test set is left alone
x = x[..., None].astype("float32") / 255  # (5000, 28, 28, 1), from 0 to 1
data = {"x": x[:3000], "y": y[:3000], "validation_data": (x[4000:], y[4000:])}


def with_mean():
    return nin((None, None, 1), 10, architecture=NARROW)


def with_dense():
    model = nin((28, 28, 1), 10, architecture=NARROW)
    features = model.get_layer("class_maps").input  # (n, 7, 7, 24)
    hidden = keras.layers.Flatten()(features)
    hidden = keras.layers.Dense(64, activation="relu")(hidden)
    return keras.Model(model.input, keras.layers.Dense(10)(hidden))


# --8<-- [end:recipe]


# --8<-- [start:train]
def trained(build, seed):
    keras.utils.set_random_seed(seed)
    model = build()
    recipe = {
        "optimizer": keras.optimizers.Adam(0.005),
        "loss": keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        "metrics": ["accuracy"],
    }
    run = train(
        model, **data, **recipe, epochs=3, batch_size=25, seed=seed, verbose=0
    )
    return model, run.history


runs = {}
for name, build in {"mean": with_mean, "dense": with_dense}.items():
    runs[name] = [trained(build, seed) for seed in (1, 2, 3)]
    size = runs[name][0][0].count_params()
    last = sorted(history["val_accuracy"][-1] for _, history in runs[name])
    spread = " ".join(f"{value:.2f}" for value in last)
    print(f"{name:5} {size:6,} parameters, validation accuracy {spread}")
# -> mean   5,150 parameters, validation accuracy 0.69 0.69 0.71
# -> dense 80,878 parameters, validation accuracy 0.77 0.78 0.80
# --8<-- [end:train]

# --8<-- [start:curves]
epochs = [1, 2, 3]
for name, style, color in (
    ("mean", "s-", "C1"),
    ("dense", "o--", "C0"),
):
    for i, (_, history) in enumerate(runs[name]):
        label = f"head: {name}, 3 seeds" if i == 0 else None
        plt.plot(
            epochs, history["val_accuracy"], style, color=color, label=label
        )
plt.xticks(epochs)
plt.xlabel("epoch of 120 steps")
plt.ylabel("validation accuracy")
plt.title("The same trunk: in 360 steps the dense head stays ahead")
plt.legend()
plt.show()
# --8<-- [end:curves]

# --8<-- [start:any-size]
model, _ = runs["mean"][0]
row = [x[4000:][y[4000:] == kind][0] for kind in (9, 1, 8)]
wide = np.concatenate(row, axis=1)[None]  # (1, 28, 84, 1): boot, trousers, bag
maps = keras.Model(model.input, model.get_layer("class_maps").output)
print(wide.shape, "gives", maps(wide).shape, "and", model(wide).shape)
# -> (1, 28, 84, 1) gives (1, 7, 21, 10) and (1, 10)
means = np.mean(maps(wide), axis=(1, 2))
print("logits are the means:", np.allclose(means, model(wide), atol=1e-4))
# -> logits are the means: True
# --8<-- [end:any-size]

# --8<-- [start:thirds]
picks = rng.integers(4000, 5000, size=(60, 3))  # 60 triples of pictures
triples = np.concatenate([x[column] for column in picks.T], axis=2)


def thirds(maps, images):  # (n, 28, 84, 1) to (n, 3): a class for each third
    parts = np.reshape(maps(images), (-1, 7, 3, 7, 10))
    return parts.mean(axis=(1, 3)).argmax(axis=-1)


for seed, (model, _) in enumerate(runs["mean"], 1):
    maps = keras.Model(model.input, model.get_layer("class_maps").output)
    right = np.mean(thirds(maps, triples) == y[picks])
    print(f"seed {seed}: {thirds(maps, wide)[0]}, of 60 triples {right:.2f}")
# -> seed 1: [9 1 8], of 60 triples 0.62
# -> seed 2: [9 1 8], of 60 triples 0.64
# -> seed 3: [9 1 8], of 60 triples 0.66
# --8<-- [end:thirds]

# --8<-- [start:class-maps]
shown = {"input": wide[0, ..., 0]}
for kind, name in ((9, "boot"), (1, "trousers"), (8, "bag")):
    shown[f'class map "{name}"'] = maps(wide)[0, ..., kind]  # (7, 21)
figure, panels = plt.subplots(2, 2, figsize=(7.2, 3.4))
for panel, (name, picture) in zip(panels.flat, shown.items(), strict=True):
    panel.imshow(picture, cmap="gray", aspect="auto")
    panel.set_title(name, fontsize=10, fontweight="normal")
    panel.axis("off")
figure.suptitle("One map for each class: bright where it speaks for the class")
plt.show()
# --8<-- [end:class-maps]

# --8<-- [start:flatten-is-fixed]
from tfnotes.errors import printed_errors

keras.config.disable_traceback_filtering()  # else the cause is not in line 1
features = maps(keras.Input((None, None, 1)))  # (n, None, None, 10)
with printed_errors():
    keras.layers.Dense(10, name="head")(keras.layers.Flatten()(features))
# -> ValueError: Shapes used to initialize variables must be fully-defined (no
#    `None` dimensions). Received: shape=(None, 10) for variable
#    path='head/kernel'
print(keras.layers.GlobalAveragePooling2D()(features).shape)
# -> (None, 10)
keras.config.enable_traceback_filtering()
# --8<-- [end:flatten-is-fixed]

# --8<-- [start:dense-at-each-pixel]
features = keras.Input((7, 7, 24))
for layer in (keras.layers.Dense(10), keras.layers.Conv2D(10, 1)):
    print(type(layer).__name__, layer(features).shape, layer.count_params())
# -> Dense (None, 7, 7, 10) 250
# -> Conv2D (None, 7, 7, 10) 250
# --8<-- [end:dense-at-each-pixel]

# --8<-- [start:answer-imagenet]
from tfnotes.models import NIN_IMAGENET, VGG16, vgg

with keras.StatelessScope(initialize_variables=False):
    photo = (224, 224, 3)
    large = nin(photo, 1000, architecture=NIN_IMAGENET)
    vgg16 = vgg(photo, 1000, architecture=VGG16, hidden=(4096, 4096))
for model, n_end in ((large, 2), (vgg16, 6)):
    end = sum(layer.count_params() for layer in model.layers[-n_end:])
    print(f"{model.name}: {model.count_params():11,}, head {end:11,}")
# -> nin:   7,595,176, head   1,025,000
# -> vgg: 138,357,544, head 123,642,856
# --8<-- [end:answer-imagenet]

# --8<-- [start:answer-two-into-one]
first, second = rng.normal(size=(192, 160)), rng.normal(size=(160, 96))
vectors = rng.normal(size=(5, 192))
merged = vectors @ (first @ second)  # one layer
print("without ReLU:", np.allclose(vectors @ first @ second, merged))
# -> without ReLU: True
bent = np.maximum(vectors @ first, 0) @ second
print("with ReLU:", np.allclose(bent, merged))
# -> with ReLU: False
# --8<-- [end:answer-two-into-one]
