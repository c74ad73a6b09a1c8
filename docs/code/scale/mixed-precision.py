# The code of the lesson scale/mixed-precision: its pages show it by section.

# --8<-- [start:rounding]
import tensorflow as tf

dtypes = [tf.float32, tf.float16, tf.bfloat16]
values = tf.constant([70_000.0, 1.001, 1e-5, 1e-8])
for dtype in dtypes:
    print(f"{dtype.name:8}", tf.cast(values, dtype).numpy().astype("float32"))
# -> float32  [7.000e+04 1.001e+00 1.000e-05 1.000e-08]
# -> float16  [          inf 1.0009766e+00 1.0013580e-05 0.0000000e+00]
# -> bfloat16 [7.0144000e+04 1.0000000e+00 1.0013580e-05 1.0011718e-08]
# --8<-- [end:rounding]

# --8<-- [start:formats]
import matplotlib.pyplot as plt
import numpy as np

formats = {  # bits of the fraction, exponent of the smallest normal number
    "float32": (23, -126, "-", "C0"),
    "float16": (10, -14, "--", "C1"),
    "bfloat16": (7, -126, "-.", "C2"),
}
for name, (bits, lowest, style, color) in formats.items():
    largest = float(tf.as_dtype(name).max)
    k = np.arange(lowest - bits, int(np.log2(largest)) + 1)  # 2**k is a number
    steps = 2.0 ** (
        np.maximum(k, lowest) - bits - k
    )  # next number / number - 1
    plt.loglog(2.0**k, steps, style, color=color, label=name)
    plt.plot(largest, steps[-1], "|", color=color, markersize=14, mew=2.5)
plt.xlabel("size of the number")
plt.ylabel("relative step to the next")
plt.ylim(3e-8, 2)
plt.xticks(10.0 ** np.arange(-40, 41, 20))
plt.title("float16 is short on the left, bfloat16 is coarse")
plt.legend()
plt.show()
# --8<-- [end:formats]

# --8<-- [start:lost-update]
for dtype in dtypes:
    weight = tf.constant(1.0, dtype)
    for _ in range(100):
        weight -= tf.cast(0.001, dtype)
    print(f"{dtype.name:8} {float(weight):.2f}")
# -> float32  0.90
# -> float16  0.90
# -> bfloat16 1.00
# --8<-- [end:lost-update]

# --8<-- [start:policy]
import keras

keras.config.set_dtype_policy("mixed_bfloat16")
layer = keras.layers.Dense(3)
keras.config.set_dtype_policy("float32")  # for all that is made from here on

outputs = layer(tf.ones((1, 4)))  # float32 goes in
print(layer.variable_dtype, layer.compute_dtype, outputs.dtype.name)
# -> float32 bfloat16 bfloat16
# --8<-- [end:policy]

# --8<-- [start:net]
from tfnotes.data import load

(train_images, train_labels), (test_images, test_labels) = load("digits")
x = tf.constant(train_images.reshape(-1, 64) / 8 - 1, tf.float32)  # -1 to 1
x_test = tf.constant(test_images.reshape(-1, 64) / 8 - 1, tf.float32)
y = tf.constant(train_labels, tf.int32)
cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def new_net(policy, seed=0):
    hidden = [keras.layers.Dense(64, "relu", dtype=policy) for _ in range(2)]
    logits = keras.layers.Dense(10, dtype="float32")
    net = keras.Sequential([keras.Input((64,)), *hidden, logits])
    fill(net, seed)
    return net


def fill(net, seed):
    for i, layer in enumerate(net.layers):
        glorot = keras.initializers.GlorotUniform(seed=100 * seed + i)
        layer.kernel.assign(glorot(layer.kernel.shape))
        layer.bias.assign(tf.zeros(layer.bias.shape))


# --8<-- [end:net]


# --8<-- [start:window]
@tf.function
def gradients_of(net, factor):
    kernels = [layer.kernel.value for layer in net.layers[:2]]
    with tf.GradientTape() as tape:
        loss = factor * cross_entropy(y[:256], net(x[:256]))
    slopes = tape.gradient(loss, kernels)
    return tf.concat([tf.reshape(slope, [-1]) for slope in slopes], 0)


exact = gradients_of(new_net("float32"), tf.constant(1.0)).numpy()
# --8<-- [end:window]

# --8<-- [start:factors]
net16 = new_net("mixed_float16")
factors = 2.0 ** np.arange(-36, 37, 3)
zero, error, infinite = [], [], []
for factor in factors:
    slopes = gradients_of(net16, tf.constant(factor, tf.float32)).numpy()
    zero.append(np.mean(slopes[exact != 0] == 0))
    infinite.append(np.mean(~np.isfinite(slopes)))
    miss = np.linalg.norm(slopes / factor - exact) / np.linalg.norm(exact)
    error.append(miss if np.isfinite(miss) else np.nan)
for i in (5, 12, 22):
    power = f"2**{np.log2(factors[i]):3.0f}"
    print(f"{power}: zero {zero[i]:.2f}, not finite {infinite[i]:.2f}")
# -> 2**-21: zero 1.00, not finite 0.00
# -> 2**  0: zero 0.00, not finite 0.00
# -> 2** 30: zero 0.00, not finite 1.00
# --8<-- [end:factors]

# --8<-- [start:lost]
plt.semilogx(factors, error, "^-.", base=2, label="relative error", color="C2")
plt.semilogx(factors, zero, "o-", base=2, label="share of zeros", color="C1")
plt.semilogx(
    factors, infinite, "s--", base=2, label="share not finite", color="C0"
)
plt.axvline(1, color="gray", linestyle=":")
plt.text(1.6, 0.55, "loss as it is", color="dimgray")
plt.xticks(2.0 ** np.arange(-36, 37, 12))
plt.xlabel("factor on the loss")
plt.title("float16 gradients: good between two cliffs")
plt.legend(loc="center left")
plt.show()
# --8<-- [end:lost]


# --8<-- [start:run]
def new_run(net, optimizer, factor=1.0):
    variables = net.trainable_variables
    optimizer.build(variables)

    @tf.function
    def run(order):  # (steps, batch): rows of each step
        for rows in order:
            with tf.GradientTape() as tape:
                loss = cross_entropy(
                    tf.gather(y, rows), net(tf.gather(x, rows))
                )
                scaled = optimizer.scale_loss(factor * loss)
            slopes = tape.gradient(scaled, variables)
            optimizer.apply_gradients(zip(slopes, variables, strict=True))

    return run


def order(seed, epochs=6):
    draw = np.random.default_rng(seed).permutation
    rows = [draw(len(y))[: 22 * 64].reshape(22, 64) for _ in range(epochs)]
    return tf.constant(np.concatenate(rows))


# --8<-- [end:run]


# --8<-- [start:small]
def results(net, run, seeds):
    for seed in range(seeds):
        fill(net, seed)
        run(order(seed))
        logits = net(x_test).numpy()
        right = np.mean(logits.argmax(axis=1) == test_labels)
        yield right, float(cross_entropy(test_labels, logits))


SGD, LossScale = keras.optimizers.SGD, keras.optimizers.LossScaleOptimizer
for policy, wrap in [
    ("float32", lambda inner: inner),
    ("mixed_float16", lambda inner: inner),
    ("mixed_float16", LossScale),
]:
    net, optimizer = new_net(policy), wrap(SGD(0.1 / 1e-6))
    run = new_run(net, optimizer, factor=1e-6)
    found = [f"{right:.2f}" for right, _ in results(net, run, seeds=3)]
    print(f"{policy:13} {type(optimizer).__name__:18}", *found)
# -> float32       SGD                0.94 0.94 0.94
# -> mixed_float16 SGD                0.69 0.74 0.62
# -> mixed_float16 LossScaleOptimizer 0.94 0.94 0.94
# --8<-- [end:small]

# --8<-- [start:dynamic]
optimizer = LossScale(SGD(0.1), initial_scale=2.0**30, dynamic_growth_steps=16)
net = new_net("mixed_float16")
run = new_run(net, optimizer)
scales, skipped = [], []
for step, rows in enumerate(order(seed=0)[:110]):
    before = net.layers[0].kernel.numpy()
    scales.append(float(optimizer.dynamic_scale))  # that of this step
    run(rows[None])
    if (net.layers[0].kernel.numpy() == before).all():
        skipped.append(step)
print("log2 of the scale:", np.log2(scales[:3]), "steps skipped:", skipped[:3])
# -> log2 of the scale: [30. 29. 28.] steps skipped: [0, 1, 2]
# --8<-- [end:dynamic]

# --8<-- [start:scale]
plt.figure(figsize=(7.2, 3.4))
plt.step(range(110), np.log2(scales), where="post", label="loss scale")
at = np.log2(scales)[skipped]
plt.plot(
    skipped,
    at,
    "x",
    color="C1",
    label="step skipped: gradients not finite",
)
plt.xlabel("step")
plt.ylabel("log2 of the loss scale")
plt.title("Down at once where it overflows, up when 16 steps were fine")
plt.legend()
plt.show()
# --8<-- [end:scale]

# --8<-- [start:softmax]
logits = tf.constant([[20.0, 12.0, 0.0]])
for dtype in dtypes:
    share = tf.nn.softmax(tf.cast(logits, dtype))
    loss = -tf.math.log(share[0, 1:])
    print(f"{dtype.name:8}", loss.numpy().astype("float32"))
# -> float32  [ 8.000336 20.000336]
# -> float16  [ 8. inf]
# -> bfloat16 [ 8. 20.]
near = tf.constant([20.30, 20.35, 20.40])
print(tf.cast(near, tf.bfloat16).numpy().astype("float32"))
# -> [20.25  20.375 20.375]
# --8<-- [end:softmax]

# --8<-- [start:precision]
found = {}
for policy in ("float32", "mixed_bfloat16", "mixed_float16"):
    net, optimizer = new_net(policy), SGD(0.1)
    if policy == "mixed_float16":
        optimizer = LossScale(optimizer)
    found[policy] = list(results(net, new_run(net, optimizer), seeds=5))
    right, losses = np.transpose(found[policy])
    spread = f"{losses.mean():.2f} ({losses.min():.2f} to {losses.max():.2f})"
    print(f"{policy:14} accuracy {right.mean():.2f}, loss {spread}")
# -> float32        accuracy 0.94, loss 0.22 (0.20 to 0.23)
# -> mixed_bfloat16 accuracy 0.94, loss 0.22 (0.20 to 0.23)
# -> mixed_float16  accuracy 0.94, loss 0.22 (0.20 to 0.23)
# --8<-- [end:precision]

# --8<-- [start:seeds]
looks = {"float32": "o", "mixed_bfloat16": "x", "mixed_float16": "+"}
colors = ("C0", "C2", "C1")
plt.figure(figsize=(7.2, 3.2))
for shift, (policy, marker) in enumerate(looks.items()):
    losses = [loss for _, loss in found[policy]]
    at = np.arange(5) + 0.15 * (shift - 1)
    plt.plot(
        at, losses, marker, color=colors[shift], label=policy, markersize=8
    )
plt.xticks(range(5))
plt.xlabel("seed")
plt.ylabel("test loss")
plt.title("The seed moves the test loss, the precision hardly")
plt.legend()
plt.show()
# --8<-- [end:seeds]

# --8<-- [start:measure]
from tfnotes.devices import best_times, machine


def square(matrix):
    return lambda: tf.matmul(matrix, matrix).numpy()


def layer_step(policy):
    layer = keras.layers.Dense(1024, dtype=policy)
    inputs = tf.random.normal((256, 1024))

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            outputs = layer(inputs)
        return tape.gradient(outputs, layer.kernel.value)

    return lambda: step().numpy()


matrix = tf.random.normal((1024, 1024))
products = best_times(
    *[square(tf.cast(matrix, dtype)) for dtype in dtypes], repeats=9
)
steps = best_times(*[layer_step(name) for name in looks], repeats=9)
# --8<-- [end:measure]

# --8<-- [start:times]
float32, bfloat16, float16 = steps
plt.figure(figsize=(7.2, 3))
bars = {
    "product, bfloat16": products[2] / products[0],
    "product, float16": products[1] / products[0],
    "layer, mixed_bfloat16": bfloat16 / float32,
    "layer, mixed_float16": float16 / float32,
}
drawn = plt.barh(list(bars), list(bars.values()), color="C0", height=0.6)
plt.bar_label(drawn, fmt="{:.2f}", padding=4, color="black")
plt.axvline(1, color="C1", linestyle="--")
plt.gca().invert_yaxis()
plt.margins(x=0.15)
plt.xlabel("time / time in float32: less is faster (dashed: float32)")
plt.title(f"Measured on {machine()}")
plt.grid(visible=False)
plt.show()
# --8<-- [end:times]

# --8<-- [start:old-names]
from tfnotes.errors import printed_errors

with printed_errors():
    tf.keras.mixed_precision.experimental.set_policy("mixed_float16")
# -> AttributeError: module 'keras.mixed_precision' has no attribute
#    'experimental'
with printed_errors():
    keras.mixed_precision.Policy("mixed_float16", loss_scale="dynamic")
# -> TypeError: DTypePolicy.__init__() got an unexpected keyword argument
#    'loss_scale'
with printed_errors():
    tf.train.experimental.enable_mixed_precision_graph_rewrite(SGD(0.1))
# -> AttributeError: module 'tensorflow._api.v2.train.experimental' has no
#    attribute 'enable_mixed_precision_graph_rewrite'
# --8<-- [end:old-names]

# --8<-- [start:old-scaling]
optimizer = LossScale(SGD(0.1))
with printed_errors():
    optimizer.get_scaled_loss(2.3)
# -> AttributeError: 'LossScaleOptimizer' object has no attribute
#    'get_scaled_loss'
with printed_errors():
    optimizer.get_unscaled_gradients([1.0])
# -> AttributeError: 'LossScaleOptimizer' object has no attribute
#    'get_unscaled_gradients'
with printed_errors():
    LossScale(SGD(0.1), loss_scale="dynamic")
# -> ValueError: LossScaleOptimizer does not support arguments: `loss_scale`.
# --8<-- [end:old-scaling]

# --8<-- [start:forgotten]
for scaled in (True, False):
    weight, optimizer = keras.Variable(1.0), LossScale(SGD(0.1))
    optimizer.build([weight])
    with tf.GradientTape() as tape:
        loss = 5 * weight.value
        loss = optimizer.scale_loss(loss) if scaled else loss
    optimizer.apply_gradients([(tape.gradient(loss, weight.value), weight)])
    print(scaled, f"{1 - float(weight):.2g}")
# -> True 0.5
# -> False 1.5e-05
# --8<-- [end:forgotten]

# --8<-- [start:too-late]
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
keras.config.set_dtype_policy("mixed_float16")
print(model.layers[0].compute_dtype)
# -> float32
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
model.compile(SGD(0.1), "mse")
print(model.layers[0].compute_dtype, type(model.optimizer).__name__)
# -> float16 LossScaleOptimizer
keras.config.set_dtype_policy("float32")
net16.compile(SGD(0.1), "mse")  # float16 was asked for layer by layer
print(net16.layers[0].compute_dtype, type(net16.optimizer).__name__)
# -> float16 SGD
# --8<-- [end:too-late]

# --8<-- [start:large-input]
prices = tf.constant([[70_000.0]])  # fits float32
total = keras.layers.Dense(1, kernel_initializer="ones", dtype="mixed_float16")
print(total(prices).numpy())
# -> [[inf]]
scale = keras.layers.Normalization(mean=5e4, variance=1e8, dtype="float32")
print(total(scale(prices)).numpy())
# -> [[2.]]
# --8<-- [end:large-input]

# --8<-- [start:cpu]
from tfnotes.devices import precision_advice

print(precision_advice("mixed_float16"))
# -> mixed_float16 is not known to pay here: it wants a GPU of compute
#    capability 7.0 or more
# --8<-- [end:cpu]

# --8<-- [start:answer-integers]
for dtype in (tf.float16, tf.bfloat16):
    whole = tf.range(1, 5000)
    kept = tf.cast(tf.cast(whole, dtype), tf.int32) == whole
    print(dtype.name, "first integer lost:", int(whole[~kept][0]))
# -> float16 first integer lost: 2049
# -> bfloat16 first integer lost: 257
# --8<-- [end:answer-integers]

# --8<-- [start:answer-bfloat16]
net = new_net("mixed_bfloat16")
run = new_run(net, SGD(0.1 / 1e-6), factor=1e-6)
print(*[f"{right:.2f}" for right, _ in results(net, run, seeds=3)])
# -> 0.94 0.94 0.95
# --8<-- [end:answer-bfloat16]

# --8<-- [start:answer-memory]
for dtype in dtypes:
    print(
        f"{dtype.name:8}", tf.zeros((256, 4096), dtype).numpy().nbytes / 2**20
    )
# -> float32  4.0
# -> float16  2.0
# -> bfloat16 2.0
# --8<-- [end:answer-memory]
