# The code of the lesson foundations/dropout.

# --8<-- [start:values]
import keras
import numpy as np

layer = keras.layers.Dropout(0.2, seed=0)
dropped = layer(np.ones((1000, 100), "float32"), training=True).numpy()
print("values", np.unique(dropped))
# -> values [0.   1.25]
print(f"share of zeros {np.mean(dropped == 0):.2f}, mean {dropped.mean():.2f}")
# -> share of zeros 0.20, mean 1.00
# --8<-- [end:values]

# --8<-- [start:by-hand]
from tfnotes.scratch import dropout

rng = np.random.default_rng(0)
ours, mask = dropout(np.ones((1000, 100), np.float32), 0.2, rng)
print("values", np.unique(ours))
# -> values [0.   1.25]
print(f"share of zeros {np.mean(ours == 0):.2f}, mean {ours.mean():.2f}")
# -> share of zeros 0.20, mean 1.00
# --8<-- [end:by-hand]

# --8<-- [start:against-keras]
import tensorflow as tf

x = tf.constant(rng.normal(size=(4, 6)), tf.float32)
same_seed = [keras.layers.Dropout(0.2, seed=3) for _ in range(2)]
keras_mask = same_seed[0](tf.ones_like(x), training=True)
with tf.GradientTape() as tape:
    tape.watch(x)
    after = same_seed[1](x, training=True)
gradient = tape.gradient(after, x)  # of the sum of the outputs
print("outputs are x * mask:", np.allclose(after, x * keras_mask))
# -> outputs are x * mask: True
print("gradient is the mask:", np.allclose(gradient, keras_mask))
# -> gradient is the mask: True
# --8<-- [end:against-keras]

# --8<-- [start:masks]
from tfnotes.data import load

(images, labels), _ = load("fashion_mnist_6k")  # the test set is left alone
images = images.astype("float32") / 255  # (5000, 28, 28), from 0 to 1
boot = images[labels == 9][0]
many = np.stack([dropout(boot, 0.5, rng)[0] for _ in range(1000)])
once, mask = dropout(boot, 0.5, rng)
print(f"boot: mean {boot.mean():.2f}, dropped: {once.mean():.2f}")
# -> boot: mean 0.34, dropped: 0.33
print(f"0 and 1 only: {(boot * (mask > 0)).mean():.2f}")
# -> 0 and 1 only: 0.16
error = np.abs(many.mean(axis=0) - boot)
print(f"mean of 1000 masks: off by {error.mean():.3f} a pixel")
# -> mean of 1000 masks: off by 0.009 a pixel
# --8<-- [end:masks]

# --8<-- [start:pictures]
import matplotlib.pyplot as plt

shown = {
    "input, 0 to 1": boot,
    "mask, 0 or 2": mask,
    "input $\\times$ mask": once,
    "mean of 1000 such": many.mean(axis=0),
}
figure, panels = plt.subplots(1, 4, figsize=(7.2, 2.9))
for panel, (name, picture) in zip(panels, shown.items(), strict=True):
    drawn = panel.imshow(picture, cmap="gray", vmin=0, vmax=2)
    panel.set_title(name, fontsize=10, fontweight="normal")
    panel.axis("off")
figure.colorbar(
    drawn, ax=panels, location="bottom", aspect=40, shrink=0.6, ticks=[0, 1, 2]
)
figure.suptitle("Half of it gone, the rest doubled: the mean stays")
plt.show()
# --8<-- [end:pictures]

# --8<-- [start:two-modes]
keras.utils.set_random_seed(1)
model = keras.Sequential(
    [
        keras.Input((28, 28)),
        keras.layers.Flatten(),
        keras.layers.Dense(128, activation="relu"),
        keras.layers.Dropout(0.5),  # after the activation
        keras.layers.Dense(10),  # logits: nothing is dropped here
    ]
)
batch = images[:32]
print("model(x) twice:", np.array_equal(model(batch), model(batch)))
# -> model(x) twice: True
passes = [model(batch, training=True).numpy() for _ in range(2)]
print("training=True twice:", np.array_equal(*passes))
# -> training=True twice: False
predicted = model.predict(batch, verbose=0)
print("predict is model(x):", np.allclose(predicted, model(batch), atol=1e-5))
# -> predict is model(x): True
# --8<-- [end:two-modes]

# --8<-- [start:seeds]
ones = tf.ones((1, 8))
for seed in (3, 3, 4):
    layer = keras.layers.Dropout(0.5, seed=seed)
    calls = [layer(ones, training=True).numpy().astype(int) for _ in range(2)]
    print(seed, *calls)
# -> 3 [[0 2 2 2 0 0 0 0]] [[0 2 0 2 2 0 2 0]]
# -> 3 [[0 2 2 2 0 0 0 0]] [[0 2 0 2 2 0 2 0]]
# -> 4 [[2 2 0 2 2 0 2 0]] [[0 0 2 2 0 0 0 0]]
# --8<-- [end:seeds]

# --8<-- [start:networks]
RATES, SEEDS = (0.0, 0.5, 0.9), (1, 2, 3)


def network(inputs, rate, seed):
    start = keras.initializers.GlorotUniform(seed)  # the same for every rate
    hidden = keras.layers.Dense(128, "relu", kernel_initializer=start)(inputs)
    hidden = keras.layers.Dropout(rate)(hidden)
    return keras.layers.Dense(10, kernel_initializer=start)(hidden)


keras.utils.set_random_seed(1)  # the masks and the order
inputs = keras.Input((784,))
outputs = {
    f"{rate}_{seed}": network(inputs, rate, seed)
    for rate in RATES
    for seed in SEEDS
}
side_by_side = keras.Model(inputs, outputs)  # nine, without a shared weight
# --8<-- [end:networks]

# --8<-- [start:train]
import tfnotes

x_train, y_train = images[:500].reshape(-1, 784), labels[:500]
x_val, y_val = images[500:1500].reshape(-1, 784), labels[500:1500]
validation = tf.data.Dataset.from_tensors(  # one batch of 1,000
    (x_val, dict.fromkeys(outputs, y_val))
)
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
history = tfnotes.train(
    side_by_side,
    x_train,
    dict.fromkeys(outputs, y_train),
    validation_data=validation,
    epochs=30,
    batch_size=100,
    optimizer=keras.optimizers.Adam(0.005),
    loss=dict.fromkeys(outputs, loss),
    seed=1,
    verbose=0,
).history
# --8<-- [end:train]

# --8<-- [start:read]
runs = {}
for rate in RATES:
    names = [f"{rate}_{seed}" for seed in SEEDS]
    train = np.array([history[f"{name}_loss"] for name in names])  # (3, 30)
    val = np.array([history[f"val_{name}_loss"] for name in names])
    runs[rate] = train, val
    print(f"rate {rate}: validation, last", val[:, -1].round(2), end="")
    print(", lowest", val.min(axis=1).round(2))
# -> rate 0.0: validation, last [0.72 0.67 0.69], lowest [0.59 0.61 0.6 ]
# -> rate 0.5: validation, last [0.59 0.6  0.58], lowest [0.56 0.58 0.57]
# -> rate 0.9: validation, last [1.16 1.17 1.15], lowest [1.12 1.13 1.15]
# --8<-- [end:read]

# --8<-- [start:curves]
epochs = np.arange(1, 31)
figure, panels = plt.subplots(1, 3, sharey=True)
for panel, (rate, (train, val)) in zip(panels, runs.items(), strict=True):
    lines = panel.plot(epochs, train.T, color="C0", linewidth=1.2)
    dashed = panel.plot(epochs, val.T, "--", color="C1", linewidth=1.2)
    panel.set(xlabel="epoch", title=f"rate {rate}")
panels[0].set(ylabel="cross-entropy", yscale="log")
panels[0].legend([lines[0], dashed[0]], ["training", "validation"])
figure.suptitle("Rate 0.5 narrows the gap, rate 0.9 learns too little")
plt.show()
# --8<-- [end:curves]

# --8<-- [start:accuracy]
logits = side_by_side(x_val)  # inference: no mask
for rate in RATES:
    found = [
        np.mean(np.argmax(logits[f"{rate}_{seed}"], axis=1) == y_val)
        for seed in SEEDS
    ]
    print(f"rate {rate}: validation accuracy", np.round(found, 2))
# -> rate 0.0: validation accuracy [0.79 0.8  0.79]
# -> rate 0.5: validation accuracy [0.81 0.8  0.8 ]
# -> rate 0.9: validation accuracy [0.66 0.67 0.71]
# --8<-- [end:accuracy]

# --8<-- [start:only-zeroes]
kept = rng.random(100_000) >= 0.2  # True or False
values = np.ones(100_000)
print(f"zeroes only: {(values * kept).mean():.2f}")
# -> zeroes only: 0.80
print(f"zeroes and scales: {(values * kept / 0.8).mean():.2f}")
# -> zeroes and scales: 1.00
print(f"at inference: {values.mean():.2f}")
# -> at inference: 1.00
# --8<-- [end:only-zeroes]


# --8<-- [start:forgotten-flag]
def step_loss(**flag):  # the first half of a step of a loop by hand
    with tf.GradientTape():
        return loss(labels[:32], model(batch, **flag))


for flag in ({}, {"training": True}):
    keras.utils.set_random_seed(1)
    first, second = step_loss(**flag), step_loss(**flag)
    print(flag, f"{first:.2f} {second:.2f}")
# -> {} 2.35 2.35
# -> {'training': True} 2.44 2.59
# --8<-- [end:forgotten-flag]

# --8<-- [start:keep-prob]
from tfnotes.errors import printed_errors

with printed_errors():
    tf.nn.dropout(tf.ones(5), keep_prob=0.8)
# -> TypeError: Got an unexpected keyword argument 'keep_prob'
with printed_errors():
    keras.layers.Dropout(keep_prob=0.8)
# -> TypeError: Dropout.__init__() missing 1 required positional argument:
#    'rate'
tf.random.set_seed(1)
always = tf.nn.dropout(tf.ones(100_000), rate=0.2)  # it has no `training`
print(f"share of zeros {np.mean(always == 0):.2f}")
# -> share of zeros 0.20
# --8<-- [end:keep-prob]

# --8<-- [start:two-losses]
clean = side_by_side(x_train)  # the training pictures, nothing dropped
for rate in RATES:
    reported = runs[rate][0][:, -1]
    at_rest = [loss(y_train, clean[f"{rate}_{seed}"]) for seed in SEEDS]
    print(f"rate {rate}:", reported.round(2), "without masks", end=" ")
    print(np.round(at_rest, 2))
# -> rate 0.0: [0.08 0.07 0.08] without masks [0.09 0.06 0.08]
# -> rate 0.5: [0.3  0.31 0.39] without masks [0.19 0.19 0.21]
# -> rate 0.9: [1.77 1.8  1.71] without masks [1.09 1.1  1.06]
# --8<-- [end:two-losses]

# --8<-- [start:answer-spread]
for rate in (0.2, 0.5, 0.9):
    _, mask = dropout(np.ones(200_000), rate, rng)
    print(f"{rate}: {mask.std():.2f}, formula {(rate / (1 - rate)) ** 0.5:.2f}")
# -> 0.2: 0.50, formula 0.50
# -> 0.5: 1.00, formula 1.00
# -> 0.9: 2.99, formula 3.00
# --8<-- [end:answer-spread]

# --8<-- [start:answer-gradient]
tf.random.set_seed(1)
kernel = tf.random.normal((5, 8))
with tf.GradientTape() as tape:
    tape.watch(kernel)
    hidden = tf.ones((1, 5)) @ kernel  # (1, 8)
    after = keras.layers.Dropout(0.5, seed=3)(hidden, training=True)
gradient = tape.gradient(after, kernel)  # (5, 8)
print("dropped ", (after[0].numpy() == 0).astype(int))
# -> dropped  [1 0 0 0 1 1 1 1]
print("gradient", gradient[0].numpy().astype(int))  # its five rows are equal
# -> gradient [0 2 2 2 0 0 0 0]
# --8<-- [end:answer-gradient]

# --8<-- [start:answer-monte-carlo]
keras.utils.set_random_seed(2)
names = [f"0.5_{seed}" for seed in SEEDS]
half = keras.Model(inputs, {name: outputs[name] for name in names})
several = [half(x_val, training=True) for _ in range(30)]
for name in names:
    mean = np.mean([tf.nn.softmax(one[name]) for one in several], axis=0)
    one = np.mean([loss(y_val, once[name]) for once in several])
    thirty = -np.mean(np.log(mean[np.arange(1000), y_val]))
    rest = loss(y_val, logits[name])
    print(f"one mask {one:.2f}, mean of 30 {thirty:.2f}, no mask {rest:.2f}")
# -> one mask 0.76, mean of 30 0.58, no mask 0.59
# -> one mask 0.76, mean of 30 0.59, no mask 0.60
# -> one mask 0.72, mean of 30 0.59, no mask 0.58
# --8<-- [end:answer-monte-carlo]
