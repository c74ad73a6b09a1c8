# The code of the lesson foundations/feature-scaling.

# --8<-- [start:curvature]
import numpy as np

rng = np.random.default_rng(3)
features = rng.normal(size=(500, 2)) * [1, 100]  # the second: 100 times larger
scaled = (features - features.mean(axis=0)) / features.std(axis=0)


def curvature(x):
    return x.T @ x / len(x)  # (2, 2): second derivatives of mean(error**2) / 2


for name, x in (("raw", features), ("scaled", scaled)):
    small, large = np.linalg.eigvalsh(curvature(x))
    print(f"{name:6} condition {large / small:<7.2g} rate < {2 / large:.2g}")
# -> raw    condition 1e+04   rate < 0.00019
# -> scaled condition 1.1     rate < 1.9
# --8<-- [end:curvature]


# --8<-- [start:descent]
def descend(x, n_steps):
    hessian = curvature(x)
    rate = 1 / np.linalg.eigvalsh(hessian)[-1]  # half of the largest stable one
    errors = [np.array([-2.0, 1.0])]  # weights minus best weights
    for _ in range(n_steps):
        errors.append(errors[-1] - rate * hessian @ errors[-1])
    return np.array(errors)  # (n_steps + 1, 2)


for name, x, n_steps in (("raw", features, 50_000), ("scaled", scaled, 100)):
    distances = np.linalg.norm(descend(x, n_steps), axis=1)
    print(
        f"{name:6} {np.argmax(distances < 0.02):7.2g} steps until 1 % is left"
    )
# -> raw    4.7e+04 steps until 1 % is left
# -> scaled       2 steps until 1 % is left
# --8<-- [end:descent]

# --8<-- [start:valley]
import matplotlib.pyplot as plt

grid = np.stack(np.meshgrid(np.linspace(-2.4, 1, 300), np.linspace(-1.4, 1.4)))
figure, panels = plt.subplots(1, 2, sharey=True, figsize=(7.2, 4.3))
for panel, x, n_steps in zip(panels, (features, scaled), (100, 5), strict=True):
    height = np.einsum("iab,ij,jab->ab", grid, curvature(x), grid) / 2
    levels = height.max() * np.linspace(0.02, 1, 9) ** 2
    panel.contour(*grid, height, levels, colors="gray", linewidths=1)
    way = descend(x, n_steps)
    panel.plot(*way.T, "o-", color="C1", markersize=5, label="descent")
    panel.plot(0, 0, "*", color="C0", markersize=15, label="best weights")
    panel.set(xlabel="error of $w_1$", aspect="equal")
    panel.set_title(f"{'raw' if n_steps > 5 else 'scaled'}, {n_steps} steps")
panels[0].set_ylabel("error of $w_2$")
figure.legend(handles=panels[0].lines, ncols=2, loc="outside lower center")
figure.suptitle(
    "A feature 100 times larger makes a narrow valley", weight="bold"
)
plt.show()
# --8<-- [end:valley]

# --8<-- [start:pictures]
from tfnotes.data import load

(x_train, y_train), (x_test, y_test) = load("fashion_mnist_6k")
mean, std = x_train.mean(), x_train.std()  # of the training part only
scalings = {
    "raw": lambda x: x.astype("float32"),
    "/255": lambda x: x.astype("float32") / 255,
    "standardised": lambda x: ((x - mean) / std).astype("float32"),
}
for name, scaling in scalings.items():
    x = scaling(x_train)
    print(f"{name:12} {x.min():6.2f} to {x.max():6.2f}, std {x.std():.2f}")
# -> raw            0.00 to 255.00, std 89.92
# -> /255           0.00 to   1.00, std 0.35
# -> standardised  -0.81 to   2.02, std 1.00
# --8<-- [end:pictures]

# --8<-- [start:first-look]
import keras
import tensorflow as tf

from tfnotes.models import mlp

loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def first_look(x, y, seed):
    keras.utils.set_random_seed(seed)
    model = mlp((28, 28), n_outputs=10)  # 784-300-100-10
    layers = keras.Model(model.input, [a.output for a in model.layers[2:]])
    kernels = model.trainable_variables[::2]
    with tf.GradientTape() as tape:
        outputs = layers(x)  # two hidden layers and the logits
        value = loss(y, outputs[-1])
    gradients = tape.gradient(value, kernels)
    sizes = [np.sqrt(np.mean(np.square(output))) for output in outputs]
    step = 0.01 * tf.norm(gradients[0]) / tf.norm(kernels[0])
    return value.numpy(), sizes, [tf.norm(g).numpy() for g in gradients], step


# --8<-- [end:first-look]

# --8<-- [start:looks]
seeds = (1, 2, 3)
looks = {}  # name: one look for each seed
for name, scaling in scalings.items():
    x, y = scaling(x_train[:256]), y_train[:256]
    looks[name] = [first_look(x, y, seed) for seed in seeds]
    for value, sizes, gradients, step in looks[name][:1]:
        print(f"{name:12} loss {value:.1f}, first layer {sizes[0]:.2f}")
        print(f"{'':12} gradient {gradients[0]:.1f}, step/weights {step:.1g}")
# -> raw          loss 298.2, first layer 94.96
# ->              gradient 1662.1, step/weights 0.8
# -> /255         loss 2.5, first layer 0.37
# ->              gradient 2.3, step/weights 0.001
# -> standardised loss 3.2, first layer 0.89
# ->              gradient 6.4, step/weights 0.003
# --8<-- [end:looks]

# --8<-- [start:sizes]
figure, panels = plt.subplots(1, 2, sharey=True)
styles = {"raw": "o-", "/255": "s--", "standardised": "^:"}
for name, style in styles.items():
    color = f"C{list(styles).index(name)}"
    for i, (_, sizes, gradients, _) in enumerate(looks[name]):
        label = name if i == 0 else None
        for panel, values in zip(panels, (sizes, gradients), strict=True):
            panel.plot([1, 2, 3], values, style, color=color, label=label)
panels[0].set(yscale="log", ylim=(0.1, 2e4), title="size of the outputs")
panels[1].set(title="norm of the gradient")
for panel in panels:
    panel.set(xlabel="layer", xticks=[1, 2, 3])
panels[0].legend(loc="upper right", ncols=2, fontsize=9)
figure.suptitle(
    "Raw pixels: outputs and gradients over 100 times larger", weight="bold"
)
plt.show()
# --8<-- [end:sizes]


# --8<-- [start:first-steps]
def first_steps(x, seed, divisor=1.0):
    keras.utils.set_random_seed(seed)
    model = mlp((28, 28), 10)
    variables = model.trainable_variables  # kernel, bias, kernel, ...
    variables[0].assign(variables[0] / divisor)
    rates = [0.01 / divisor**2] + [0.01] * 5  # plain SGD
    losses = []
    for rows in np.arange(8 * 32).reshape(8, 32):
        with tf.GradientTape() as tape:
            losses.append(loss(y_train[rows], model(x[rows])))
        gradients = tape.gradient(losses[-1], variables)
        for v, rate, g in zip(variables, rates, gradients, strict=True):
            v.assign_sub(rate * g)
    return np.array(losses), model


# --8<-- [end:first-steps]

# --8<-- [start:losses]
losses = {}  # name: (3, 8), a row for each seed
for name, scaling in scalings.items():
    runs = [first_steps(scaling(x_train), seed) for seed in seeds]
    losses[name] = np.stack([values for values, _ in runs])
    hidden = keras.Model(runs[0][1].input, runs[0][1].layers[2].output)
    active = hidden(scaling(x_train)).numpy() > 0  # (5000, 300)
    dead = np.mean(~active.any(axis=0))
    text = ", ".join(f"{value:.1e}" for value in losses[name][0, :4])
    print(f"{name:12} {text}; dead {dead:.1f}")
# -> raw          2.8e+02, 3.9e+04, 1.9e+06, 1.5e+08; dead 0.9
# -> /255         2.4e+00, 2.4e+00, 2.4e+00, 2.4e+00; dead 0.0
# -> standardised 3.1e+00, 2.6e+00, 2.5e+00, 2.3e+00; dead 0.0
# --8<-- [end:losses]

# --8<-- [start:blow-up]
for name, style in styles.items():
    color = f"C{list(styles).index(name)}"
    lines = plt.plot(range(1, 9), losses[name].T, style, color=color)
    lines[0].set_label(name)
plt.axhline(np.log(10), color="dimgray", linewidth=1)
plt.text(8.2, np.log(10) / 40, "ln 10: guessing", ha="right", fontsize=9.5)
plt.yscale("log")
plt.ylim(0.01, 1e18)
plt.xlabel("step")
plt.ylabel("loss of the batch")
plt.title("SGD 0.01 on raw pictures explodes for all three seeds")
plt.legend(loc="upper left", ncols=3)
plt.show()
# --8<-- [end:blow-up]

# --8<-- [start:same]
same, _ = first_steps(scalings["raw"](x_train), seed=1, divisor=255)
for name, values in (("/255", losses["/255"][0]), ("raw, adapted", same)):
    print(f"{name:12}", values[[0, 1, 2, 7]].round(3))
# -> /255         [2.408 2.404 2.352 2.174]
# -> raw, adapted [2.408 2.404 2.352 2.174]
# --8<-- [end:same]


# --8<-- [start:trained]
def test_accuracies(name, optimizer):
    x, x_new = (scalings[name](part) for part in (x_train, x_test))
    model = mlp((28, 28), 10)
    model.compile(optimizer, loss, steps_per_execution=16)  # 16 steps a call
    optimizer.build(model.trainable_variables)
    begin = [
        v.numpy() for v in optimizer.variables
    ]  # compiled once, run thrice
    for seed in seeds:
        keras.utils.set_random_seed(seed)
        model.set_weights(mlp((28, 28), 10).get_weights())
        for v, value in zip(optimizer.variables, begin, strict=True):
            v.assign(value)
        model.fit(x, y_train, epochs=1, verbose=0)  # batches of 32
        predicted = model(x_new).numpy().argmax(axis=1)
        yield np.mean(predicted == y_test)


# --8<-- [end:trained]

# --8<-- [start:accuracies]
SGD, Adam = keras.optimizers.SGD, keras.optimizers.Adam
settings = {
    "raw, SGD 0.01": ("raw", SGD(0.01)),
    "/255, SGD 0.01": ("/255", SGD(0.01)),
    "standardised, SGD 0.01": ("standardised", SGD(0.01)),
    "raw, SGD 0.0001": ("raw", SGD(0.0001)),
    "raw, SGD 0.01, clipnorm 1": ("raw", SGD(0.01, clipnorm=1.0)),
    "raw, Adam 0.001": ("raw", Adam(0.001)),
}
accuracies = {}
for setting, (name, optimizer) in settings.items():
    accuracies[setting] = list(test_accuracies(name, optimizer))
    print(f"{setting:25}", np.round(accuracies[setting], 2))
# -> raw, SGD 0.01             [0.1 0.1 0.1]
# -> /255, SGD 0.01            [0.64 0.64 0.64]
# -> standardised, SGD 0.01    [0.72 0.69 0.7 ]
# -> raw, SGD 0.0001           [0.65 0.52 0.59]
# -> raw, SGD 0.01, clipnorm 1 [0.59 0.5  0.57]
# -> raw, Adam 0.001           [0.71 0.66 0.67]
# --8<-- [end:accuracies]

# --8<-- [start:dots]
plt.figure(figsize=(7.2, 3.6))
for setting, values in accuracies.items():
    scaled_input = not setting.startswith("raw")
    color, marker = ("C0", "s") if scaled_input else ("C1", "o")
    plt.plot(values, [setting] * 3, marker, color=color, alpha=0.7)
plt.axvline(0.1, color="dimgray", linestyle=":")
plt.text(0.12, 4.5, "guessing", fontsize=9.5)
plt.gca().invert_yaxis()
plt.xlim(0, 1)
plt.xlabel("test accuracy after 1 epoch, three seeds each")
plt.title("Raw pixels fail with SGD 0.01, not with shorter steps", loc="left")
plt.show()
# --8<-- [end:dots]

# --8<-- [start:inside]
scale = keras.layers.Normalization(axis=None)  # one mean for all pixels
scale.adapt(x_train)
same = np.allclose(scale(x_test), scalings["standardised"](x_test), atol=1e-5)
print("as by hand:", same)
# -> as by hand: True

keras.utils.set_random_seed(1)
net = mlp((28, 28), 10)
inputs = keras.Input((28, 28))
model = keras.Model(inputs, net(scale(inputs)))
# --8<-- [end:inside]

# --8<-- [start:saved]
model.compile(SGD(0.01), loss, metrics=["accuracy"], steps_per_execution=16)
model.fit(x_train, y_train, epochs=1, verbose=0)  # uint8, 0 to 255
model.save("scaled.keras")
loaded = keras.models.load_model("scaled.keras")
score = loaded.evaluate(x_test, y_test, verbose=0, return_dict=True)
print(f"accuracy on raw test pictures: {score['accuracy']:.2f}")
# -> accuracy on raw test pictures: 0.72
# --8<-- [end:saved]

# --8<-- [start:no-complaint]
from tfnotes.errors import printed_errors

keras.utils.set_random_seed(1)
unscaled = mlp((28, 28), 10)
unscaled.compile(SGD(0.01), loss, steps_per_execution=16)
before = unscaled.evaluate(x_test, y_test, verbose=0)
print(f"loss before training {before:.1f}")
# -> loss before training 296.7
with printed_errors():  # would print any error or warning
    unscaled.fit(x_train, y_train, epochs=1, verbose=0)  # uint8
predicted = unscaled(x_test).numpy().argmax(axis=1)
most = np.bincount(predicted).max() / 1000
print(f"{most:.2f} in one class, {np.mean(predicted == y_test):.2f} right")
# -> 1.00 in one class, 0.10 right
# --8<-- [end:no-complaint]

# --8<-- [start:forgotten-adapt]
forgotten = keras.layers.Normalization(axis=None)
with printed_errors():
    print("largest value:", forgotten(x_train).numpy().max())
# -> largest value: 255.0
# --8<-- [end:forgotten-adapt]


# --8<-- [start:own-statistics]
everything = np.concatenate([x_train, x_test])
print(f"mean {mean:.2f}, with the test part {everything.mean():.2f}")
# -> mean 73.00, with the test part 73.08


def accuracy(x):
    return np.mean(net(x).numpy().argmax(axis=1) == y_test)


print(f"statistics of training: {accuracy(scale(x_test)):.2f}")
# -> statistics of training: 0.72
for size in (1000, 10, 1):
    parts = x_test.reshape(-1, size * 784).astype("float32")
    own = parts - parts.mean(axis=1, keepdims=True)
    own /= parts.std(axis=1, keepdims=True)
    result = accuracy(own.reshape(-1, 28, 28))
    print(f"own statistics of {size:4}: {result:.2f}")
# -> own statistics of 1000: 0.72
# -> own statistics of   10: 0.72
# -> own statistics of    1: 0.67
# --8<-- [end:own-statistics]

# --8<-- [start:answer-offset]
for centre in (0, 10, 100):
    x = rng.normal(size=500) + centre
    with_bias = np.stack([x, np.ones(500)], axis=1)  # (500, 2): feature, 1
    small, large = np.linalg.eigvalsh(curvature(with_bias))
    print(f"mean {centre:3}: condition number {large / small:.1e}")
# -> mean   0: condition number 1.2e+00
# -> mean  10: condition number 9.8e+03
# -> mean 100: condition number 9.8e+07
# --8<-- [end:answer-offset]

# --8<-- [start:answer-per-pixel]
per_pixel = keras.layers.Normalization(axis=(1, 2))  # 784 means
per_pixel.adapt(x_train)
print("constant in training:", np.argwhere(x_train.std(axis=0) == 0))
# -> constant in training: [[0 0]]
print(f"largest test value: {per_pixel(x_test).numpy().max():.1f}")
# -> largest test value: 71.5
dust = np.zeros((1, 28, 28))
dust[0, 0, 0] = 1  # of 255, in a corner
print(f"one grain of dust: {per_pixel(dust).numpy().max():.0e}")
# -> one grain of dust: 1e+07
# --8<-- [end:answer-per-pixel]

# --8<-- [start:answer-minus-one]
centred = keras.layers.Rescaling(1 / 127.5, offset=-1)
print(centred(x_train).numpy().min(), centred(x_train).numpy().max())
# -> -1.0 1.0
# --8<-- [end:answer-minus-one]
