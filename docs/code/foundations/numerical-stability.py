# The code of the lesson foundations/numerical-stability.

# --8<-- [start:powers]
for factor in (0.25, 0.9, 1.0, 1.1, 4.0):
    print(f"{factor:4} ** 20 = {factor**20:.2g}")
# -> 0.25 ** 20 = 9.1e-13
# ->  0.9 ** 20 = 0.12
# ->  1.0 ** 20 = 1
# ->  1.1 ** 20 = 6.7
# ->  4.0 ** 20 = 1.1e+12
# --8<-- [end:powers]

# --8<-- [start:products]
import matplotlib.pyplot as plt
import numpy as np

depth, width = 20, 100
looks = {0.5: ("C0", ":"), 1.0: ("C2", "-"), 2.0: ("C1", "--")}
for scale, (color, line) in looks.items():
    for seed in range(5):
        rng = np.random.default_rng(seed)
        v, norms = rng.normal(size=width) / width**0.5, []  # length about 1
        for _ in range(depth):
            matrix = rng.normal(size=(width, width)) * scale / width**0.5
            v = matrix @ v
            norms.append(np.linalg.norm(v))
        label = f"std = {scale} / $\\sqrt{{100}}$" if seed == 0 else None
        plt.semilogy(
            range(1, depth + 1), norms, line, color=color, lw=1.2, label=label
        )
plt.xticks([1, 5, 10, 15, 20])
plt.xlabel("matrices multiplied")
plt.ylabel("length of the vector")
plt.title("Twenty random matrices (5 seeds each): the scale decides")
plt.legend()
plt.show()
# --8<-- [end:products]

# --8<-- [start:slopes]
import tensorflow as tf

z = tf.linspace(-6.0, 6.0, 241)
functions = {"relu": "-", "tanh": "--", "sigmoid": "-."}
for name, line in functions.items():
    with tf.GradientTape() as tape:
        tape.watch(z)
        h = getattr(tf.nn, name)(z)
    slope = tape.gradient(h, z)  # (241,): each h depends on one z
    plt.plot(z, slope, line, label=name)
    print(f"{name:8} largest slope {slope.numpy().max():.2f}")
# -> relu     largest slope 1.00
# -> tanh     largest slope 1.00
# -> sigmoid  largest slope 0.25
plt.yticks([0, 0.25, 0.5, 0.75, 1])
plt.xlabel("z")
plt.ylabel("slope of the activation function")
plt.title("The slope of sigmoid is never above 1/4")
plt.legend()
plt.show()
# --8<-- [end:slopes]

# --8<-- [start:initializers]
import keras

kinds = {
    "normal, std 0.05": keras.initializers.RandomNormal,
    "Glorot uniform": keras.initializers.GlorotUniform,
    "He normal": keras.initializers.HeNormal,
}
print(f"{'':17}64->100 100->100  100->10")
# ->                  64->100 100->100  100->10
for name, kind in kinds.items():
    draws = [kind(seed=0)(s) for s in ((64, 100), (100, 100), (100, 10))]
    print(f"{name:16}", *(f"{np.std(w):7.3f} " for w in draws))
# -> normal, std 0.05   0.050    0.051    0.051
# -> Glorot uniform     0.111    0.101    0.135
# -> He normal          0.178    0.143    0.141
# --8<-- [end:initializers]

# --8<-- [start:net]
from tfnotes.data import load

(x_train, y_train), (x_test, y_test) = load("digits")
mean, std = x_train.mean(), x_train.std()
x_train = ((x_train.reshape(-1, 64) - mean) / std).astype("float32")
x_test = ((x_test.reshape(-1, 64) - mean) / std).astype("float32")


def new_net(depth, activation="relu"):
    hidden = [keras.layers.Dense(width, activation) for _ in range(depth)]
    return keras.Sequential(
        [keras.Input((64,)), *hidden, keras.layers.Dense(10)]
    )


def fill(net, kind, seed=0, **settings):
    generator = keras.random.SeedGenerator(seed)  # other numbers at each call
    initializer = kind(seed=generator, **settings)
    for layer in net.layers:
        layer.kernel.assign(initializer(layer.kernel.shape))
        layer.bias.assign(tf.zeros(layer.bias.shape))


# --8<-- [end:net]

# --8<-- [start:measure]
loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def sizes(net):
    h, outputs = tf.constant(x_train[:256]), []
    with tf.GradientTape() as tape:
        for layer in net.layers:
            h = layer(h)  # (256, 100), at last the logits (256, 10)
            outputs.append(h)
        loss = loss_of(y_train[:256], h)
    kernels = [layer.kernel for layer in net.layers]
    slopes, changes = tape.gradient(loss, (outputs, kernels))
    return (
        [np.sqrt(np.mean(h**2)) for h in outputs[:-1]],  # root mean square
        [np.linalg.norm(slope) for slope in slopes[:-1]],
        [np.linalg.norm(change) for change in changes[:-1]],
    )


net, measured = new_net(depth), {}
for name, kind in kinds.items():
    measured[name] = []
    for seed in range(5):
        fill(net, kind, seed)
        measured[name].append(sizes(net))
# --8<-- [end:measure]

# --8<-- [start:by-depth]
layers, lines = range(1, depth + 1), ("-.", "--", "-")
figure, panels = plt.subplots(1, 2)
for (name, runs), line, color in zip(
    measured.items(), lines, ("C0", "C1", "C2"), strict=True
):
    for panel, quantity in zip(panels, np.swapaxes(runs, 0, 1), strict=False):
        panel.semilogy(layers, np.median(quantity, 0), line, color=color)
        low, high = quantity.min(axis=0), quantity.max(axis=0)
        panel.fill_between(layers, low, high, color=color, alpha=0.3, lw=0)
    panels[0].lines[-1].set_label(name)
for panel in panels:
    panel.set_xticks([1, 5, 10, 15, 20])
    panel.set_xlabel("hidden layer")
panels[0].set_title("Activations, forwards")
panels[1].set_title("Gradients, backwards")
panels[0].set_ylabel("root mean square of the outputs")
panels[1].set_ylabel("length of the loss's gradient there")
figure.suptitle("20 layers of ReLU, 5 seeds: He keeps both sizes")
figure.legend(loc="outside lower center", ncols=3)
plt.show()
# --8<-- [end:by-depth]

# --8<-- [start:weight-gradients]
for name, runs in measured.items():
    for layer in (1, 20):
        found = sorted(changes[layer - 1] for _, _, changes in runs)
        print(f"{name:16} layer {layer:2}: {found[0]:.1e} to {found[-1]:.1e}")
# -> normal, std 0.05 layer  1: 5.9e-10 to 1.1e-09
# -> normal, std 0.05 layer 20: 4.8e-10 to 1.0e-09
# -> Glorot uniform   layer  1: 6.1e-04 to 1.3e-03
# -> Glorot uniform   layer 20: 5.2e-04 to 1.3e-03
# -> He normal        layer  1: 7.1e-01 to 2.8e+00
# -> He normal        layer 20: 1.3e+00 to 7.8e+00
# --8<-- [end:weight-gradients]


# --8<-- [start:step]
def new_step(net, optimizer):
    optimizer.build(net.trainable_variables)

    @tf.function
    def step(x, y):
        with tf.GradientTape() as tape:
            loss = loss_of(y, net(x))
        gradients = tape.gradient(loss, net.trainable_variables)
        optimizer.apply(gradients, net.trainable_variables)
        return loss

    return step


# --8<-- [end:step]


# --8<-- [start:run]
def run(step, seed, epochs=11):
    rng, losses = np.random.default_rng(seed), []
    for _ in range(epochs):
        order = rng.permutation(len(x_train))[:1408]  # one shape for each step
        for rows in order.reshape(22, 64):
            losses.append(step(x_train[rows], y_train[rows]).numpy())
            if not np.isfinite(losses[-1]):
                return losses
    return losses  # one for each step, 22 an epoch


def accuracy(net):
    return (np.argmax(net(x_test), axis=1) == y_test).mean()


# --8<-- [end:run]

# --8<-- [start:train]
sgd_step = new_step(net, keras.optimizers.SGD(0.015))
curves = {}
for name, kind in kinds.items():
    curves[name], found = [], []
    for seed in range(3):
        fill(net, kind, seed)
        curves[name].append(run(sgd_step, seed))
        found.append(f"{accuracy(net):.2f}")
    print(f"{name:16} test accuracy", *found)
# -> normal, std 0.05 test accuracy 0.10 0.10 0.10
# -> Glorot uniform   test accuracy 0.17 0.16 0.13
# -> He normal        test accuracy 0.85 0.91 0.92
# --8<-- [end:train]

# --8<-- [start:curves]
for (name, runs), line, color in zip(
    curves.items(), lines, ("C0", "C1", "C2"), strict=True
):
    wide = 5 if color == "C0" else 1.4  # it lies below another line
    for number, losses in enumerate(runs):
        epochs = np.reshape(losses, (-1, 22)).mean(axis=1)
        label = name if number == 0 else None
        plt.plot(range(1, 12), epochs, line, color=color, lw=wide, label=label)
plt.axhline(np.log(10), color="dimgray", lw=1, ls=":", label="guessing: ln 10")
plt.xticks([1, 3, 5, 7, 9, 11])
plt.ylim(0, 2.6)
plt.xlabel("epoch")
plt.ylabel("training loss")
plt.title("Same net, same rate: only He learns in 11 epochs (3 seeds)")
plt.legend(loc="lower left")
plt.show()
# --8<-- [end:curves]

# --8<-- [start:clip]
g = [tf.constant([4.0, 1.0]), tf.constant([0.3, 0.4])]  # of two variables
whole = np.concatenate(g)
clips = {
    "no clipping": {},
    "clipvalue=1": {"clipvalue": 1.0},
    "clipnorm=1": {"clipnorm": 1.0},
    "global_clipnorm=1": {"global_clipnorm": 1.0},
}
for name, setting in clips.items():
    pair = [tf.Variable([0.0, 0.0]) for _ in g]
    keras.optimizers.SGD(1.0, **setting).apply(g, pair)
    moved = -np.concatenate(pair)  # what was subtracted, (4,)
    cosine = moved @ whole / np.linalg.norm(moved) / np.linalg.norm(whole)
    print(f"{name:18} {moved.round(2)!s:22} cosine {cosine:.2f}")
# -> no clipping        [4.  1.  0.3 0.4]      cosine 1.00
# -> clipvalue=1        [1.  1.  0.3 0.4]      cosine 0.84
# -> clipnorm=1         [0.97 0.24 0.3  0.4 ]  cosine 0.94
# -> global_clipnorm=1  [0.96 0.24 0.07 0.1 ]  cosine 1.00
# --8<-- [end:clip]

# --8<-- [start:rescue]
big = {"kind": keras.initializers.RandomNormal, "stddev": 0.2}
clipped = keras.optimizers.SGD(0.015, global_clipnorm=1.0)
ways = {"plain": sgd_step, "clipped": new_step(net, clipped)}
for name, way in ways.items():
    for seed in range(3):
        fill(net, seed=seed, **big)
        losses = run(way, seed, epochs=4)
        fell = losses[-1] < losses[0] / 10
        print(f"{name:7} {len(losses):3} steps, a tenth of the loss: {fell}")
# -> plain     3 steps, a tenth of the loss: False
# -> plain     3 steps, a tenth of the loss: False
# -> plain     3 steps, a tenth of the loss: False
# -> clipped  88 steps, a tenth of the loss: True
# -> clipped  88 steps, a tenth of the loss: True
# -> clipped  88 steps, a tenth of the loss: True
# --8<-- [end:rescue]


# --8<-- [start:overflow]
def softmax(z):
    e = tf.exp(z)
    return e / tf.reduce_sum(e)


z = tf.constant([100.0, 99.0, 98.0])
print(tf.exp([88.0, 89.0]).numpy())
# -> [1.6516363e+38           inf]
print(softmax(z).numpy())
# -> [nan nan nan]
print(softmax(z - tf.reduce_max(z)).numpy().round(3))
# -> [0.665 0.245 0.09 ]
print(tf.nn.softmax(z).numpy().round(3))
# -> [0.665 0.245 0.09 ]
# --8<-- [end:overflow]

# --8<-- [start:logarithm]
z = tf.constant([0.0, -200.0])
print(tf.math.log(tf.nn.softmax(z)).numpy())
# -> [  0. -inf]
print(tf.nn.log_softmax(z).numpy())
# -> [   0. -200.]
# --8<-- [end:logarithm]

# --8<-- [start:check]
from tfnotes.errors import printed_errors

tf.debugging.enable_check_numerics()
with printed_errors():
    softmax(tf.constant([100.0, 99.0, 98.0]))
# -> InvalidArgumentError: !!! Detected Infinity or NaN in output 0 of
#    eagerly-executing op "Exp" (# of outputs: 1) !!!
tf.debugging.disable_check_numerics()
# --8<-- [end:check]

# --8<-- [start:stop]
import tfnotes

fewer = new_net(4)
keras.utils.set_random_seed(0)
fewer.compile(keras.optimizers.SGD(0.02), loss_of)
fill(fewer, keras.initializers.RandomNormal, stddev=5.0)  # explodes
stop = keras.callbacks.TerminateOnNaN()
history = fewer.fit(x_train, y_train, epochs=9, callbacks=[stop], verbose=0)
# -> Batch 2: Invalid loss, terminating training
print("epochs begun:", len(history.history["loss"]))
# -> epochs begun: 1
fill(fewer, keras.initializers.RandomNormal, stddev=5.0)
with printed_errors():
    tfnotes.train(fewer, x_train, y_train, epochs=9, seed=0, verbose=0)
# -> NonFiniteLossError: expected a finite loss, got nan at step 3 of epoch 1
#    with learning rate 0.02; lower it, scale the inputs, or clip the gradients
#    (clipnorm=1.0 of the optimizer)
# --8<-- [end:stop]

# --8<-- [start:default]
for n_in, n_out in ((784, 256), (256, 10), (4, 1), (20, 20)):
    keras.utils.set_random_seed(0)
    layer = keras.layers.Dense(n_out)  # no initializer named
    layer.build((None, n_in))
    reached = np.abs(layer.kernel).max()
    limit = (6 / (n_in + n_out)) ** 0.5
    outside = np.mean(np.abs(layer.kernel) > 0.07)
    print(
        f"{n_in:3} -> {n_out:3}: limit {limit:.3f}, "
        f"in bounds {reached <= limit}, beyond 0.07: {outside:.0%}"
    )
# -> 784 -> 256: limit 0.076, in bounds True, beyond 0.07: 8%
# -> 256 ->  10: limit 0.150, in bounds True, beyond 0.07: 53%
# ->   4 ->   1: limit 1.095, in bounds True, beyond 0.07: 75%
# ->  20 ->  20: limit 0.387, in bounds True, beyond 0.07: 80%
print(type(layer.kernel_initializer).__name__)
# -> GlorotUniform
# --8<-- [end:default]

# --8<-- [start:symmetry]
shallow = new_net(1)  # one hidden layer of 100 units
shallow_step = new_step(shallow, keras.optimizers.SGD(0.1))
normal = keras.initializers.RandomNormal  # stddev 0: every weight is the mean
for name, settings in {
    "all 0": {"kind": normal, "mean": 0.0, "stddev": 0.0},
    "all 0.05": {"kind": normal, "mean": 0.05, "stddev": 0.0},
    "He normal": {"kind": keras.initializers.HeNormal},
}.items():
    fill(shallow, **settings)
    run(shallow_step, seed=0)
    kernel = shallow.layers[0].kernel.numpy()  # (64, 100): a column for each
    apart = np.ptp(kernel, axis=1).max()
    print(f"{name:9}: apart {apart:.3f}, accuracy {accuracy(shallow):.2f}")
# -> all 0    : apart 0.000, accuracy 0.10
# -> all 0.05 : apart 0.000, accuracy 0.19
# -> He normal: apart 0.912, accuracy 0.96
# --8<-- [end:symmetry]

# --8<-- [start:answer-sigmoid]
for activation in ("sigmoid", "tanh"):
    other = new_net(depth, activation)
    for seed in range(3):
        fill(other, keras.initializers.GlorotUniform, seed)
        _, slopes, _ = sizes(other)
        print(f"{activation:7} first / last: {slopes[0] / slopes[-1]:.1e}")
# -> sigmoid first / last: 1.0e-12
# -> sigmoid first / last: 1.5e-12
# -> sigmoid first / last: 1.1e-12
# -> tanh    first / last: 2.5e-01
# -> tanh    first / last: 3.3e-01
# -> tanh    first / last: 3.1e-01
# --8<-- [end:answer-sigmoid]

# --8<-- [start:answer-depth]
shorter = new_net(5)
shorter_step = new_step(shorter, keras.optimizers.SGD(0.015))
for seed in range(3):
    fill(shorter, keras.initializers.GlorotUniform, seed)
    run(shorter_step, seed)
    print(f"test accuracy {accuracy(shorter):.2f}")
# -> test accuracy 0.87
# -> test accuracy 0.88
# -> test accuracy 0.91
# --8<-- [end:answer-depth]


# --8<-- [start:answer-log-sum-exp]
def log_sum_exp(z):
    largest = tf.reduce_max(z)
    return largest + tf.math.log(tf.reduce_sum(tf.exp(z - largest)))


for values in ([100.0, 99.0, 98.0], [-200.0, -201.0]):
    z = tf.constant(values)
    plain = tf.math.log(tf.reduce_sum(tf.exp(z)))
    print(plain.numpy(), log_sum_exp(z).numpy(), tf.reduce_logsumexp(z).numpy())
# -> inf 100.40761 100.40761
# -> -inf -199.68674 -199.68674
# --8<-- [end:answer-log-sum-exp]
