# The code of the lesson architectures/residual-networks.

# --8<-- [start:residual-block]
import keras
from keras import layers


def conv_batch_norm(x, filters, kernel_size=3, strides=1):
    x = layers.Conv2D(
        filters,
        kernel_size,
        strides=strides,
        padding="same",
        use_bias=False,  # the normalization has one
        kernel_initializer="he_normal",
    )(x)
    return layers.BatchNormalization(momentum=0.9)(x)


def residual_block(x, filters, strides=1, skip=True):
    y = layers.ReLU()(conv_batch_norm(x, filters, strides=strides))
    y = conv_batch_norm(y, filters)  # F(x)
    if skip:
        if strides != 1 or x.shape[-1] != filters:  # a projection
            x = conv_batch_norm(x, filters, kernel_size=1, strides=strides)
        y = layers.Add()([x, y])
    return layers.ReLU()(y)


# --8<-- [end:residual-block]

# --8<-- [start:identity]
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(1)
inputs = keras.Input((3, 3, 2))
block = keras.Model(inputs, residual_block(inputs, filters=2))
x = tf.random.uniform((1, 3, 3, 2))  # not negative, as after a ReLU
print("y equals x in a new block:", np.allclose(block(x), x))
# -> y equals x in a new block: False
last_norm = block.layers[-3]  # followed by the addition and a ReLU
last_norm.gamma.assign([0, 0])  # now F(x) = 0
with tf.GradientTape() as tape:
    tape.watch(x)
    y = block(x)
print("y equals x if F(x) = 0:", np.allclose(y, x))
# -> y equals x if F(x) = 0: True
jacobian = tape.jacobian(y, x).numpy().reshape(18, 18)  # 18 = 3 * 3 * 2
print("the Jacobian is the identity:", np.array_equal(jacobian, np.eye(18)))
# -> the Jacobian is the identity: True
# --8<-- [end:identity]

# --8<-- [start:block]
import matplotlib.pyplot as plt

from tfnotes.diagrams import model_diagram

keras.utils.clear_session()  # names are counted from the start
inputs = keras.Input((14, 14, 8))
y = residual_block(inputs, filters=16, strides=2)
model_diagram(keras.Model(inputs, y, name="residual_block"))
plt.show()
# --8<-- [end:block]

# --8<-- [start:resnet18]
from tfnotes.costs import cost_bars, layer_costs
from tfnotes.models import resnet18

resnet = resnet18((224, 224, 3), n_outputs=1000)
learned = sum(int(np.prod(v.shape)) for v in resnet.trainable_variables)
averages = resnet.count_params() - learned
print(f"learned parameters {learned:,}, moving averages {averages:,}")
# -> learned parameters 11,689,512, moving averages 9,600
kinds = [type(layer).__name__ for layer in resnet.layers]
print({kind: kinds.count(kind) for kind in ("Conv2D", "Dense", "Add")})
# -> {'Conv2D': 20, 'Dense': 1, 'Add': 8}
stages = {112: "conv1", 56: "conv2_x", 28: "conv3_x"}
stages |= {14: "conv4_x", 7: "conv5_x"}  # side of the output: stage
stage_of = {
    layer.name: stages.get(layer.output.shape[1], "head")
    for layer in resnet.layers
}
costs = layer_costs(resnet, group=stage_of.get)
print("stages:", *(cost.name for cost in costs))
# -> stages: conv1 conv2_x conv3_x conv4_x conv5_x head
multiply_adds = sum(cost.multiply_adds for cost in costs)
print(f"multiply-adds {multiply_adds:,}")
# -> multiply-adds 1,814,073,344
# --8<-- [end:resnet18]

# --8<-- [start:costs]
cost_bars(costs)
plt.show()
# --8<-- [end:costs]

# --8<-- [start:gradient-norms]
SEEDS = (0, 1, 2)


def gradient_norms(seed, skip, norm, initializer, branch=1.0):
    keras.utils.set_random_seed(seed)

    def dense(x):  # a new layer with 64 units
        init = keras.initializers.get(initializer)
        x = layers.Dense(64, use_bias=False, kernel_initializer=init)(x)
        return layers.BatchNormalization()(x, training=True) if norm else x

    outputs = [tf.nn.relu(tf.random.normal((128, 64)))]  # of 128 samples
    with tf.GradientTape() as tape:
        tape.watch(outputs[0])
        for _ in range(25):  # blocks of two layers
            x = outputs[-1]
            y = branch * dense(tf.nn.relu(dense(x)))
            outputs.append(tf.nn.relu(x + y if skip else y))
        target = tf.reduce_sum(outputs[-1] * tf.random.normal((128, 64)))
    norms = np.array([tf.norm(g) for g in tape.gradient(target, outputs)])
    return norms / norms[-1]  # of the input and of each block: (26,)


# --8<-- [end:gradient-norms]

# --8<-- [start:norms]
cases = {  # skip, batch normalization, initializer
    "plain, Glorot": (False, False, "glorot_normal"),
    "plain, He": (False, False, "he_normal"),
    "skip, Glorot": (True, False, "glorot_normal"),
    "plain, batch norm": (False, True, "he_normal"),
    "skip, batch norm": (True, True, "he_normal"),
}
norms = {}  # kind: one row for each seed
for kind, case in cases.items():
    norms[kind] = np.array([gradient_norms(seed, *case) for seed in SEEDS])
    print(f"{kind}:", *(f"{norm:.1e}" for norm in norms[kind][:, 0]))
# ± 5 %: float32 sums in another order, amplified by 50 layers
# -> plain, Glorot: 8.8e-09 2.4e-08 7.0e-08
# -> plain, He: 3.0e-01 8.0e-01 2.3e+00
# -> skip, Glorot: 1.3e+01 1.6e+01 2.4e+01
# -> plain, batch norm: 2.1e+04 1.3e+04 1.3e+04
# -> skip, batch norm: 4.4e+01 4.3e+01 3.8e+01
# --8<-- [end:norms]

# --8<-- [start:ranges]
n_seeds = len(SEEDS)
shrunk = np.sum(norms["plain, Glorot"][:, 0] < 1e-6)
print(f"Verdict: plain, Glorot: below a millionth in {shrunk} of {n_seeds}")
# -> Verdict: plain, Glorot: below a millionth in 3 of 3
grown = np.sum(norms["plain, batch norm"][:, 0] > 1000)
print(f"Verdict: plain, batch norm: over 1000 in {grown} of {n_seeds}")
# -> Verdict: plain, batch norm: over 1000 in 3 of 3
for kind in ("plain, He", "skip, Glorot", "skip, batch norm"):
    near = np.sum(np.abs(np.log10(norms[kind])).max(axis=1) < 2)
    print(f"Verdict: {kind}: within a factor of 100 in {near} of {n_seeds}")
# -> Verdict: plain, He: within a factor of 100 in 3 of 3
# -> Verdict: skip, Glorot: within a factor of 100 in 3 of 3
# -> Verdict: skip, batch norm: within a factor of 100 in 3 of 3
# --8<-- [end:ranges]

# --8<-- [start:by-depth]
styles = {
    "plain, Glorot": ("C1", "--"),
    "plain, He": ("dimgray", ":"),
    "skip, Glorot": ("C0", "-"),
    "plain, batch norm": ("C1", "--"),
    "skip, batch norm": ("C0", "-"),
}
figure, panels = plt.subplots(1, 2, sharey=True)
for kind, (color, style) in styles.items():
    panel = panels[int("batch norm" in kind)]
    lines = panel.semilogy(norms[kind].T, style, color=color, linewidth=1.4)
    lines[0].set_label(kind)
panels[0].set(title="no normalization", ylabel="gradient, last block = 1")
panels[1].set(title="batch normalization")
for panel in panels:
    panel.set(xlabel="block, from the input")
    panel.legend(fontsize=9)
figure.suptitle(
    "With skips, gradients stay within a factor of 100", weight="bold"
)
plt.show()
# ± 5 %: float32 sums in another order, amplified by 50 layers
# --8<-- [end:by-depth]

# --8<-- [start:networks]
from tfnotes.data import load

(images, labels), _ = load("fashion_mnist_6k")  # the test set stays unused
images = images.reshape(-1, 14, 2, 14, 2).mean(axis=(2, 4)) / 255
images = images[..., None]  # 14 x 14 pixels, 1 channel
print(images.shape)
# -> (5000, 14, 14, 1)


def network(n_blocks, skip):
    inputs = keras.Input((14, 14, 1))
    x = layers.ReLU()(conv_batch_norm(inputs, filters=12, strides=2))
    for _ in range(n_blocks):
        x = residual_block(x, filters=12, skip=skip)  # 7 x 7 x 12
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(10)(x))


# --8<-- [end:networks]

# --8<-- [start:train]
EPOCHS, BATCH_SIZE = 8, 100


def deal(seed):  # 2,000 samples to train with, 1,000 others
    order = np.random.default_rng(seed).permutation(len(images))
    return order[:2000], order[2000:3000]


def train(n_blocks, skip, rate, seed):
    keras.utils.set_random_seed(seed)
    chosen, others = deal(seed)
    model = network(n_blocks, skip)
    steps = EPOCHS * len(chosen) // BATCH_SIZE
    schedule = keras.optimizers.schedules.CosineDecay(rate, steps)  # to 0
    model.compile(
        optimizer=keras.optimizers.SGD(schedule, momentum=0.9),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        jit_compile=False,  # XLA takes longer to compile than to train
    )
    data = images[chosen], labels[chosen]
    history = model.fit(*data, BATCH_SIZE, EPOCHS, verbose=0).history
    classes = np.argmax(model(images[others]), axis=1)
    return history["loss"], np.mean(classes == labels[others])


# --8<-- [end:train]

# --8<-- [start:runs]
networks = {  # number of blocks, skip
    "4 plain layers": (1, False),
    "18 plain layers": (8, False),
    "18 layers with skips": (8, True),
}
RATES = (0.1, 0.4)
losses, accuracies = {}, {}  # one row for each seed
for kind, setting in networks.items():
    runs = {rate: train(*setting, rate, SEEDS[0]) for rate in RATES}
    best = min(RATES, key=lambda rate: runs[rate][0][-1])
    runs = [runs[best]] + [train(*setting, best, s) for s in SEEDS[1:]]
    losses[kind] = np.array([loss for loss, _ in runs])  # (3, EPOCHS)
    accuracies[kind] = np.array([accuracy for _, accuracy in runs])
    final_losses = losses[kind][:, -1].round(2)
    print(kind, "rate", best, "training loss", final_losses)
# ± 50 %: float32 sums in another order lead training elsewhere
# -> 4 plain layers rate 0.4 training loss [0.6  0.6  0.59]
# -> 18 plain layers rate 0.1 training loss [0.62 0.74 0.57]
# -> 18 layers with skips rate 0.1 training loss [0.48 0.52 0.43]
# --8<-- [end:runs]

# --8<-- [start:compared]
final = {kind: values[:, -1] for kind, values in losses.items()}
deep = final["18 layers with skips"]
for kind in ("18 plain layers", "4 plain layers"):
    below = np.sum(deep < final[kind])
    print(f"Verdict: 18 layers with skips below {kind} in {below} of {n_seeds}")
# -> Verdict: 18 layers with skips below 18 plain layers in 3 of 3
# -> Verdict: 18 layers with skips below 4 plain layers in 3 of 3
# --8<-- [end:compared]

# --8<-- [start:curves]
styles = {
    "4 plain layers": ("C5", ":"),
    "18 plain layers": ("C1", "--"),
    "18 layers with skips": ("C0", "-"),
}
epochs = range(1, EPOCHS + 1)
for kind, (color, style) in styles.items():
    lines = plt.plot(epochs, losses[kind].T, style, color=color)
    lines[0].set_label(kind)
plt.xlabel("epoch")
plt.ylabel("training loss")
plt.title("With skips, 18 layers reach the lowest training loss")
plt.legend()
plt.show()
# ± 50 %: float32 sums in another order lead training elsewhere
# --8<-- [end:curves]

# --8<-- [start:baseline]
from sklearn.linear_model import LogisticRegression

pixels = images.reshape(-1, 196)
linear = LogisticRegression(max_iter=1000)
scores = []
for seed in SEEDS:
    chosen, others = deal(seed)
    linear.fit(pixels[chosen], labels[chosen])
    scores.append(linear.score(pixels[others], labels[others]))
print("logistic regression: accuracy", np.round(scores, 2))
# -> logistic regression: accuracy [0.8  0.82 0.81]
for kind, values in accuracies.items():
    print(kind, "accuracy", values.round(2))
# ± 20 %: float32 sums in another order lead training elsewhere
# -> 4 plain layers accuracy [0.75 0.76 0.75]
# -> 18 plain layers accuracy [0.72 0.72 0.74]
# -> 18 layers with skips accuracy [0.76 0.77 0.77]
# --8<-- [end:baseline]

# --8<-- [start:vanishing]
for kind in ("plain, Glorot", "plain, He", "plain, batch norm"):
    print(kind, "below a tenth", np.any(norms[kind] < 0.1, axis=1))
# -> plain, Glorot below a tenth [ True  True  True]
# -> plain, He below a tenth [False False False]
# -> plain, batch norm below a tenth [False False False]
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
projected = layers.Conv2D(16, kernel_size=1, use_bias=False)(narrow)
print("with a projection:", layers.Add()([projected, wide]).shape)
# -> with a projection: (None, 7, 7, 16)
# --8<-- [end:shapes]

# --8<-- [start:answer-projections]
single = [a for a in resnet.layers if getattr(a, "kernel_size", 0) == (1, 1)]
weights = sum(a.count_params() for a in single)
adds = sum(int(np.prod(a.output.shape[1:3])) * a.count_params() for a in single)
print(f"{len(single)} projections: {weights:,} weights")
# -> 3 projections: 172,032 weights
print(f"parameters {weights / learned:.1%}")
# -> parameters 1.5%
print(f"multiply-adds {adds / multiply_adds:.1%}")
# -> multiply-adds 1.1%
print(f"without them {multiply_adds - adds:,}")
# -> without them 1,794,805,760
# --8<-- [end:answer-projections]

# --8<-- [start:answer-branch]
for branch in (1.0, 0.3, 0.0):
    sizes = [gradient_norms(s, True, True, "he_normal", branch) for s in SEEDS]
    print(f"F(x) times {branch}:", np.round(sizes, 1)[:, 0])
# ± 5 %: float32 sums in another order, amplified by 50 layers
# -> F(x) times 1.0: [44.3 43.5 37.9]
# -> F(x) times 0.3: [4.5 4.7 4.6]
# -> F(x) times 0.0: [0.7 0.7 0.7]
# --8<-- [end:answer-branch]

# --8<-- [start:answer-bottleneck]
x = keras.Input((14, 14, 256))
two = layers.Conv2D(256, 3, padding="same", use_bias=False)(x)
two = layers.Conv2D(256, 3, padding="same", use_bias=False)(two)
three = layers.Conv2D(64, 1, use_bias=False)(x)
three = layers.Conv2D(64, 3, padding="same", use_bias=False)(three)
three = layers.Conv2D(256, 1, use_bias=False)(three)
for name, y in (("3, 3", two), ("1, 3, 1", three)):
    print(f"kernels {name}: {keras.Model(x, y).count_params():,} weights")
# -> kernels 3, 3: 1,179,648 weights
# -> kernels 1, 3, 1: 69,632 weights
# --8<-- [end:answer-bottleneck]
