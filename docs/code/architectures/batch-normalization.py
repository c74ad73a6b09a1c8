# The code of the lesson architectures/batch-normalization.

# --8<-- [start:by-hand]
import keras
import numpy as np

from tfnotes.scratch import batch_norm, batch_statistics, moving_average

rng = np.random.default_rng(0)
x = rng.normal(3, 2, (32, 4)).astype("float32")  # (batch, channels)
ones, zeros = np.ones(4, "float32"), np.zeros(4, "float32")
mean, variance = batch_statistics(x)  # (4,) each
ours = batch_norm(x, ones, zeros, mean, variance)
print("before", x.mean(axis=0).round(1), x.std(axis=0).round(1))
# -> before [2.8 3.2 3.2 3.4] [1.8 1.8 1.9 2. ]
print("after ", abs(ours.mean(axis=0)).round(1), ours.std(axis=0).round(1))
# -> after  [0. 0. 0. 0.] [1. 1. 1. 1.]
layer = keras.layers.BatchNormalization()
print("as Keras:", np.allclose(layer(x, training=True), ours, atol=1e-5))
# -> as Keras: True
# --8<-- [end:by-hand]

# --8<-- [start:four-vectors]
for weight in layer.weights:
    print(weight.name, weight.shape, "trainable", weight.trainable)
# -> gamma (4,) trainable True
# -> beta (4,) trainable True
# -> moving_mean (4,) trainable False
# -> moving_variance (4,) trainable False
moved = [moving_average(zeros, mean), moving_average(ones, variance)]
print("mean moved:", np.allclose(layer.moving_mean, moved[0], atol=1e-5))
# -> mean moved: True
print("variance:", np.allclose(layer.moving_variance, moved[1], atol=1e-5))
# -> variance: True
# --8<-- [end:four-vectors]

# --8<-- [start:same-batch]
layer = keras.layers.BatchNormalization(momentum=0.9)
for step in range(101):
    batch = rng.normal(3, 2, (32, 4)).astype("float32")
    if step in (0, 10, 100):
        by_averages = layer(batch).numpy()  # inference: changes nothing
        by_batch = layer(batch, training=True).numpy()  # moves the averages
        print(f"{step:3} steps: mean {abs(by_averages.mean()):.1f}", end=" ")
        print(f"std {by_averages.std():.1f}; in training: mean", end=" ")
        print(f"{abs(by_batch.mean()):.1f} std {by_batch.std():.1f}")
    else:
        layer(batch, training=True)
# ->   0 steps: mean 2.9 std 2.1; in training: mean 0.0 std 1.0
# ->  10 steps: mean 0.6 std 1.1; in training: mean 0.0 std 1.0
# -> 100 steps: mean 0.0 std 1.0; in training: mean 0.0 std 1.0
# --8<-- [end:same-batch]

# --8<-- [start:converging]
import matplotlib.pyplot as plt

means = rng.normal(3, 2, (400, 32)).mean(axis=1)  # of 400 batches of 32
styles = {0.5: "-", 0.9: "--", 0.99: "-."}
for momentum, style in styles.items():
    averages = [0.0]  # where Keras begins
    for new in means:
        averages.append(moving_average(averages[-1], new, momentum))
    plt.plot(averages, style, label=f"momentum {momentum}")
    print(f"{momentum}: {averages[20]:.1f} after 20 steps")
# -> 0.5: 3.4 after 20 steps
# -> 0.9: 2.6 after 20 steps
# -> 0.99: 0.5 after 20 steps
plt.axhline(3, color="dimgray", linestyle=":", label="true mean")
plt.xlabel("training step")
plt.ylabel("moving mean")
plt.title("More momentum: later there, and quieter")
plt.legend()
plt.show()
# --8<-- [end:converging]

# --8<-- [start:batch-size]
for size in (2, 8, 32, 128):
    others = rng.normal(3, 2, (2000, size, 1))
    others[:, 0] = 5.0  # the sample we watch: one deviation above the mean
    outputs = [
        batch_norm(some, 1.0, 0.0, *batch_statistics(some))[0, 0]
        for some in others
    ]
    print(f"batch of {size:3}: {np.mean(outputs):.2f} +- {np.std(outputs):.2f}")
# -> batch of   2: 0.69 +- 0.71
# -> batch of   8: 1.01 +- 0.41
# -> batch of  32: 1.01 +- 0.22
# -> batch of 128: 1.00 +- 0.11
# --8<-- [end:batch-size]

# --8<-- [start:block]
from tfnotes.diagrams import model_diagram
from tfnotes.models import batch_norm_cnn, conv_batch_norm

keras.utils.clear_session()  # names are counted from the start
model = batch_norm_cnn((14, 14, 1), 10, n_filters=(8, 16, 32))
model_diagram(model)
plt.show()
# --8<-- [end:block]

# --8<-- [start:costs]
from tfnotes.costs import cost_bars, layer_costs

cost_bars(layer_costs(model))
plt.show()
# --8<-- [end:costs]

# --8<-- [start:networks]
from keras import layers


def network(inputs, norm):
    x = inputs
    for n in (8, 16, 32):
        plain = layers.Conv2D(
            n, 3, padding="same", kernel_initializer="he_normal"
        )
        x = conv_batch_norm(x, n) if norm else plain(x)
        x = layers.MaxPooling2D(2)(layers.ReLU()(x))
    return layers.Dense(10)(layers.GlobalAveragePooling2D()(x))


keras.utils.set_random_seed(1)
inputs = keras.Input((14, 14, 1))
names = {
    kind: [f"{kind}_{i}" for i in range(3)] for kind in ("with", "without")
}
outputs = {
    name: network(inputs, kind == "with")
    for kind, three in names.items()
    for name in three
}
side_by_side = keras.Model(inputs, outputs)  # six, without a shared weight
# --8<-- [end:networks]

# --8<-- [start:train]
import tfnotes
from tfnotes.data import load

(images, labels), _ = load("fashion_mnist_6k")  # the test set is left alone
images = images.reshape(-1, 14, 2, 14, 2).mean((2, 4))  # 2 x 2 pixels into one
images = images[..., None].astype("float32") / 255
train, validation = np.s_[:1000], np.s_[4000:]
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
history = tfnotes.train(
    side_by_side,
    images[train],
    dict.fromkeys(outputs, labels[train]),
    epochs=6,
    batch_size=50,
    optimizer=keras.optimizers.SGD(0.1),
    loss=dict.fromkeys(outputs, loss),
    seed=1,
    jit_compile=False,
    verbose=0,
).history
# --8<-- [end:train]

# --8<-- [start:read]
logits = side_by_side(images[validation])  # inference
for kind, three in names.items():
    last = [history[f"{name}_loss"][-1] for name in three]
    val = [loss(labels[validation], logits[name]) for name in three]
    right = [
        np.mean(np.argmax(logits[name], axis=1) == labels[validation])
        for name in three
    ]
    print(f"{kind}: training loss", np.round(last, 2), end=" ")
    print("validation", np.round(val, 2), "accuracy", np.round(right, 2))
# -> with: training loss [0.54 0.59 0.59] validation [0.7  0.72 0.74] accuracy
#    [0.75 0.73 0.71]
# -> without: training loss [0.91 0.89 0.95] validation [0.9  0.9  0.94]
#    accuracy [0.62 0.63 0.6 ]
# --8<-- [end:read]

# --8<-- [start:curves]
colors = {"with": ("C0", "-"), "without": ("C1", "--")}
for kind, three in names.items():
    color, style = colors[kind]
    for name in three:
        curve = history[f"{name}_loss"]
        label = f"{kind} batch normalization" if name == three[0] else None
        plt.plot(range(1, 7), curve, style, color=color, label=label)
plt.xlabel("epoch of 20 steps")
plt.ylabel("training loss")
plt.title("Three starts each: normalized, the loss falls sooner")
plt.legend()
plt.show()
# --8<-- [end:curves]

# --8<-- [start:both-modes]
before = side_by_side.get_weights()
by_batch = side_by_side(images[validation], training=True)  # moves averages
side_by_side.set_weights(before)
for name in names["with"]:
    averages = loss(labels[validation], logits[name])
    batch = loss(labels[validation], by_batch[name])
    print(f"by moving averages {averages:.2f}, by this batch {batch:.2f}")
# -> by moving averages 0.70, by this batch 0.70
# -> by moving averages 0.72, by this batch 0.70
# -> by moving averages 0.74, by this batch 0.69
# --8<-- [end:both-modes]

# --8<-- [start:model-of-test]
test = images[validation]
called = side_by_side(test)["with_0"].numpy()
predicted = side_by_side.predict(test, verbose=0)["with_0"]
print("model(test) is predict:", np.allclose(called, predicted, atol=1e-4))
# -> model(test) is predict: True
trained = by_batch["with_0"].numpy()
print("training=True is predict:", np.allclose(trained, predicted, atol=1e-4))
# -> training=True is predict: False
# --8<-- [end:model-of-test]

# --8<-- [start:learning-phase]
from tfnotes.errors import printed_errors

with printed_errors():
    keras.backend.set_learning_phase(True)
# -> AttributeError: module 'keras.backend' has no attribute
#    'set_learning_phase'
# --8<-- [end:learning-phase]

# --8<-- [start:is-training]
with printed_errors():
    layers.BatchNormalization(is_training=True)
# -> ValueError: Unrecognized keyword arguments passed to BatchNormalization:
#    {'is_training': True}
with printed_errors():
    layer(x, is_training=True)
# -> TypeError: got an unexpected keyword argument 'is_training'
print(layer(x, training=True).shape)
# -> (32, 4)
# --8<-- [end:is-training]

# --8<-- [start:frozen]
layer = layers.BatchNormalization()
layer.build(x.shape)
layer.trainable = False
print("output is x:", np.allclose(layer(x, training=True), x, atol=0.02))
# -> output is x: True
print("moving mean", layer.moving_mean.numpy())
# -> moving mean [0. 0. 0. 0.]
# --8<-- [end:frozen]

# --8<-- [start:useless-bias]
import tensorflow as tf

keras.utils.set_random_seed(1)
convolution = layers.Conv2D(16, 3)  # with a bias, zeros at first
biased = keras.Sequential(
    [
        keras.Input((14, 14, 1)),
        convolution,
        layers.BatchNormalization(),
        layers.ReLU(),
        layers.GlobalAveragePooling2D(),
        layers.Dense(10),
    ]
)
with tf.GradientTape() as tape:
    value = loss(labels[:64], biased(images[:64], training=True))
sources = [convolution.kernel, convolution.bias]
kernel, bias = (abs(g).numpy().max() for g in tape.gradient(value, sources))
print("kernel's gradient above 0.001:", kernel > 1e-3)
# -> kernel's gradient above 0.001: True
print("bias's gradient below 0.00001:", bias < 1e-5)
# -> bias's gradient below 0.00001: True
# --8<-- [end:useless-bias]

# --8<-- [start:rounding]
start = biased.get_weights()
for optimizer in (keras.optimizers.SGD(0.01), keras.optimizers.Adam(0.01)):
    biased.set_weights(start)
    tfnotes.train(
        biased,
        images[:64],
        labels[:64],
        epochs=50,
        batch_size=64,
        optimizer=optimizer,
        loss=loss,
        seed=1,
        jit_compile=False,
        verbose=0,
    )
    moved = np.abs(convolution.bias).max()
    name = type(optimizer).__name__
    print(name, f"moved it by more than 0.00001: {moved > 1e-5}")
# -> SGD moved it by more than 0.00001: False
# -> Adam moved it by more than 0.00001: True
# --8<-- [end:rounding]

# --8<-- [start:answer-steps]
for momentum in (0.9, 0.99, 0.999):
    print(momentum, int(np.ceil(np.log(0.01) / np.log(momentum))), "steps")
# -> 0.9 44 steps
# -> 0.99 459 steps
# -> 0.999 4603 steps
# --8<-- [end:answer-steps]

# --8<-- [start:answer-one]
fresh = [layers.BatchNormalization() for _ in range(2)]
row = fresh[0](np.full((1, 3), 7.0), training=True)
print("one row:", row.numpy())
# -> one row: [[0. 0. 0.]]
picture = fresh[1](images[:1], training=True).numpy()
print(f"one picture: std {picture.std():.1f}")
# -> one picture: std 1.0
# --8<-- [end:answer-one]

# --8<-- [start:answer-fold]
first = {type(part).__name__: part for part in model.layers[1:3]}
convolution, norm = first["Conv2D"], first["BatchNormalization"]
norm(rng.normal(2, 3, (64, 14, 14, 8)), training=True)  # move the averages
scale = norm.gamma / np.sqrt(norm.moving_variance + norm.epsilon)  # (8,)
folded = layers.Conv2D(8, 3, padding="same")
folded.build((None, 14, 14, 1))
folded.kernel.assign(convolution.kernel * scale)  # (3, 3, 1, 8)
folded.bias.assign(norm.beta - norm.moving_mean * scale)
two = norm(convolution(test))  # inference
print("one layer for two:", np.allclose(folded(test), two, atol=1e-4))
# -> one layer for two: True
# --8<-- [end:answer-fold]
