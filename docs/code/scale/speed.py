# The code of the lesson scale/speed: its pages show it by section.

# --8<-- [start:work]
import keras
import tensorflow as tf

keras.utils.set_random_seed(0)
x = tf.random.uniform((1024, 28, 28, 1))  # times depend on the shape only
y = tf.random.uniform((1024,), maxval=10, dtype=tf.int32)


def compiled(model, learning_rate=0.01, **settings):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    optimizer = keras.optimizers.SGD(learning_rate)
    model.compile(optimizer, loss, **settings)
    return model


# --8<-- [end:work]


# --8<-- [start:models]
def mlp(units_1=300, units_2=100):
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            keras.layers.Flatten(),
            keras.layers.Dense(units_1, activation="relu"),
            keras.layers.Dense(units_2, activation="relu"),
            keras.layers.Dense(10),
        ],
    )


def lenet():
    convolutions = [
        keras.layers.Conv2D(6, 5, padding="same", activation="tanh"),
        keras.layers.AveragePooling2D(2),  # 14 x 14 x 6
        keras.layers.Conv2D(16, 5, activation="tanh"),  # 10 x 10 x 16
        keras.layers.AveragePooling2D(2),  # 5 x 5 x 16
    ]
    dense = [keras.layers.Dense(n, activation="tanh") for n in (120, 84)]
    logits = [keras.layers.Flatten(), *dense, keras.layers.Dense(10)]
    return keras.Sequential([keras.Input((28, 28, 1)), *convolutions, *logits])


# --8<-- [end:models]


# --8<-- [start:step]
def train_step(model, images, labels):
    with tf.GradientTape() as tape:
        logits = model(images, training=True)
        loss = model.compute_loss(y=labels, y_pred=logits)
    gradients = tape.gradient(loss, model.trainable_variables)
    model.optimizer.apply(gradients, model.trainable_variables)
    return loss


# --8<-- [end:step]

# --8<-- [start:clock]
import functools
import time


def seconds(call):
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def waiting(function, *arguments):
    return lambda: function(*arguments).numpy()  # waits for the result


step = functools.partial(train_step, compiled(mlp()), x[:32], y[:32])
kinds = {"graph": tf.function(step), "XLA": tf.function(step, jit_compile=True)}
times = {}
for name, call in kinds.items():
    times[name] = [seconds(waiting(call)) for _ in range(20)]
    ratio = times[name][0] / min(times[name])
    print(f"Verdict: {name}: first call over 10 times the best: {ratio > 10}")
# -> Verdict: graph: first call over 10 times the best: True
# -> Verdict: XLA: first call over 10 times the best: True
# --8<-- [end:clock]

# --8<-- [start:first-calls]
import matplotlib.pyplot as plt

from tfnotes.devices import machine

for (name, found), style in zip(times.items(), ("o-", "s--"), strict=True):
    ratio = sum(found) / len(found) / min(found)
    label = f"{name}: the mean is {ratio:.0f} times the best"
    plt.plot(range(1, 21), [1000 * t for t in found], style, label=label)
plt.yscale("log")
plt.xticks([1, 5, 10, 15, 20])
plt.xlabel("number of the call")
plt.ylabel("ms")
plt.title(f"The first call takes far longer than the others\n{machine()}")
plt.legend()
plt.show()
# --8<-- [end:first-calls]

# --8<-- [start:request]
matrix = tf.random.normal((1024, 1024))
product = tf.function(lambda: matrix @ matrix)
product()  # traces
returned, finished = [], []
tf.config.experimental.set_synchronous_execution(False)  # as a GPU works
for _ in range(20):
    start = time.perf_counter()
    result = product()
    returned.append(1000 * (time.perf_counter() - start))
    result.numpy()
    finished.append(1000 * (time.perf_counter() - start))
tf.config.experimental.set_synchronous_execution(True)
early = min(returned) < min(finished) / 2
print(f"Verdict: the call returns in under half the time: {early}")
# -> Verdict: the call returns in under half the time: True
# --8<-- [end:request]

# --8<-- [start:returned]
plt.figure(figsize=(7.2, 2.6))
names = ["product() returns", "the result is ready"]
values = [min(returned), min(finished)]
bars = plt.barh(names, values, color=["C1", "C0"], height=0.5)
plt.bar_label(bars, fmt="%.1f ms", padding=4)
plt.gca().invert_yaxis()
plt.xscale("log")
plt.margins(x=0.25)
plt.xlabel("ms after the call; matrices of 1024 × 1024")
plt.title(f"A call returns before its result is ready\n{machine()}")
plt.show()
# --8<-- [end:returned]

# --8<-- [start:measure]
import numpy as np


def measure(calls, repeats=5):
    for call in calls.values():
        call()  # traces and compiles
    times = []
    for _ in range(repeats):
        times.append([seconds(call) for call in calls.values()])
    return dict(zip(calls, np.min(times, axis=0), strict=True))


# --8<-- [end:measure]


# --8<-- [start:ways]
def ways(model):
    def step(rows):  # (32,): the numbers of the images of a batch
        return train_step(model, tf.gather(x, rows), tf.gather(y, rows))

    def epoch(step):
        def all_steps(batches):  # (32, 32): the rows of 32 steps
            loss = 0.0
            for rows in batches:
                loss = step(rows)
            return loss

        return all_steps

    return {
        "eager": epoch(step),
        "graph, a step": epoch(tf.function(step)),
        "XLA, a step": epoch(tf.function(step, jit_compile=True)),
        "graph, all steps": tf.function(epoch(step)),
        "XLA, all steps": tf.function(epoch(step), jit_compile=True),
    }


# --8<-- [end:ways]


# --8<-- [start:epochs]
class EpochTimes(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.seconds = []

    def on_epoch_begin(self, epoch, logs=None):
        self.start = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self.seconds.append(time.perf_counter() - self.start)


# --8<-- [end:epochs]

# --8<-- [start:rates]
batches = tf.reshape(tf.range(1024), (32, 32))


def images_per_second(make):
    model = compiled(make())
    calls = {name: waiting(way, batches) for name, way in ways(model).items()}
    clocks = {}
    for name, n in (("fit", 1), ("fit, 32 steps a call", 32)):
        clocks[name] = EpochTimes()
        fit = compiled(make(), steps_per_execution=n).fit
        settings = {"batch_size": 32, "shuffle": False, "verbose": 0}
        settings["callbacks"] = [clocks[name]]
        calls[name] = functools.partial(fit, x, y, **settings)
    best = measure(calls)
    for name, clock in clocks.items():  # an epoch, without the start of fit
        best[name] = min(clock.seconds)
    return {name: 1024 / t for name, t in best.items()}


speeds = {"MLP": images_per_second(mlp), "LeNet": images_per_second(lenet)}
for name, rates in speeds.items():
    faster = rates["graph, a step"] > rates["eager"]
    print(f"Verdict: {name}: tf.function is faster than eager: {faster}")
# -> Verdict: MLP: tf.function is faster than eager: True
# -> Verdict: LeNet: tf.function is faster than eager: True
# --8<-- [end:rates]

# --8<-- [start:bars]
figure, panels = plt.subplots(1, 2, sharey=True, figsize=(7.2, 4.2))
for panel, (name, rates) in zip(panels, speeds.items(), strict=True):
    eager = rates["eager"]
    values = list(rates.values())
    bars = panel.barh(list(rates), values, height=0.6)
    texts = [f"{rate / eager:.1f} ×" for rate in values]
    panel.bar_label(bars, texts, padding=3, fontsize=9)
    panel.set_xlim(0, 1.25 * max(values))
    panel.xaxis.set_major_locator(plt.MaxNLocator(4))
    panel.set(title=name, xlabel="images per second")
    panel.grid(axis="y", visible=False)
panels[0].invert_yaxis()
title = f"Seven ways to train; × is the ratio to eager\n{machine()}"
figure.suptitle(title, weight="bold")
plt.show()
# --8<-- [end:bars]

# --8<-- [start:choose]
from tfnotes.training import choose_mode

batch = x[:32], y[:32], None  # no sample weights
for make in (mlp, lenet):
    model = compiled(make())
    model.optimizer.build(model.trainable_variables)
    print(
        make.__name__,
        choose_mode(model, batch, steps=999),
        choose_mode(model, batch, steps=999, wanted=True),
    )
# -> mlp nothing loop
# -> lenet nothing step
print("1,000 steps:", choose_mode(compiled(mlp()), batch, steps=1000))
# -> 1,000 steps: loop
# --8<-- [end:choose]

# --8<-- [start:operations]
from tfnotes.costs import layer_costs


def operations(model):  # of one training step, for one image
    costs = [cost.multiply_adds for cost in layer_costs(model)]
    return 2 * (3 * sum(costs) - costs[0])  # the pixels need no gradient


models = {"wide MLP": mlp(1024, 1024), "MLP": mlp(), "LeNet": lenet()}
for name, model in models.items():
    millions = operations(model) / 1e6
    parameters = f"{model.count_params():,}"
    print(f"{name}: {parameters} parameters, {millions:.2f} million operations")
# -> wide MLP: 1,863,690 parameters, 9.56 million operations
# -> MLP: 266,610 parameters, 1.13 million operations
# -> LeNet: 61,706 parameters, 2.26 million operations
# --8<-- [end:operations]

# --8<-- [start:shares]
SIZES = (32, 128, 512, 1024)
any_rows = [tf.TensorSpec([None], tf.int32)]  # one trace for all sizes


def operation_rates(model):  # per second, for each batch size
    @tf.function(input_signature=any_rows)
    def step(rows):
        return train_step(model, tf.gather(x, rows), tf.gather(y, rows))

    calls = {n: waiting(step, tf.range(n)) for n in SIZES}
    calls["product"] = waiting(product)
    work = {n: n * operations(model) for n in SIZES}
    work["product"] = 2 * 1024**3
    return {name: work[name] / t for name, t in measure(calls).items()}


measured = {n: operation_rates(compiled(m)) for n, m in models.items()}
large = measured["MLP"][1024]
faster = large > measured["MLP"][32]
print(f"Verdict: MLP: higher rate with 1024 than with 32: {faster}")
# -> Verdict: MLP: higher rate with 1024 than with 32: True
higher = large > measured["LeNet"][1024]
print(f"Verdict: higher rate of the MLP than of the LeNet, with 1024: {higher}")
# -> Verdict: higher rate of the MLP than of the LeNet, with 1024: True
# --8<-- [end:shares]

# --8<-- [start:share]
styles = ("o-", "s--", "^:")
peak = max(found["product"] for found in measured.values())
for (name, found), style in zip(measured.items(), styles, strict=True):
    shares = [100 * found[n] / peak for n in SIZES]
    plt.plot(SIZES, shares, style, label=name)
plt.xscale("log", base=2)
plt.xticks(SIZES, SIZES)
plt.ylim(0, None)
plt.xlabel("batch size")
plt.ylabel("% of the rate of the matrix product")
plt.title(f"Rate of a training step\n{machine()}")
plt.legend()
plt.show()
# --8<-- [end:share]

# --8<-- [start:auto]
model = compiled(mlp())  # jit_compile="auto" is the default
print(model.jit_compile)
# -> False
# --8<-- [end:auto]


# --8<-- [start:slices]
@tf.function(jit_compile=True)
def sliced(steps):
    total = 0.0
    for i in tf.range(steps):
        rows = x[32 * i : 32 * (i + 1)]  # 32 images, for every i
        total += tf.reduce_sum(rows)
    return total


program = sliced.experimental_get_compiler_ir(tf.constant(32))("hlo")
print("f32[<=1024,28,28,1]" in program, "f32[32,28,28,1]" in program)
# -> True False
# --8<-- [end:slices]

# --8<-- [start:calls]
once = {"batch_size": 32, "verbose": 0}
graph_model = tf.function(model)
calls = {
    "fit": lambda: model.fit(x[:32], y[:32], **once),
    "predict": lambda: model.predict(x[:32], **once),
    "train_on_batch": lambda: model.train_on_batch(x[:32], y[:32]),
    "predict_on_batch": lambda: model.predict_on_batch(x[:32]),
    "model(x)": waiting(model, x[:32]),
    "tf.function(model)(x)": waiting(graph_model, x[:32]),
}
each = measure(calls, repeats=10)
for slow, fast in (("fit", "train_on_batch"), ("predict", "predict_on_batch")):
    ratio = each[slow] / each[fast]
    print(f"Verdict: {slow} over twice the time of {fast}: {ratio > 2}")
# -> Verdict: fit over twice the time of train_on_batch: True
# -> Verdict: predict over twice the time of predict_on_batch: True
# --8<-- [end:calls]

# --8<-- [start:per-call]
bars = plt.barh(list(each), [1000 * t for t in each.values()], height=0.6)
plt.bar_label(bars, fmt="%.1f", padding=4)
plt.gca().invert_yaxis()
plt.xscale("log")
plt.margins(x=0.15)
plt.grid(axis="y", visible=False)
plt.xlabel("ms for one batch of 32 images")
plt.title(f"fit and predict prepare for many batches\n{machine()}")
plt.show()
# --8<-- [end:per-call]

# --8<-- [start:old-name]
from tfnotes.errors import printed_errors

with printed_errors():
    model.compile("sgd", "mse", experimental_steps_per_execution=32)
# -> TypeError: Trainer.compile() got an unexpected keyword argument
#    'experimental_steps_per_execution'
ends = []
callback = keras.callbacks.LambdaCallback(
    on_train_batch_end=lambda step, logs: ends.append(step)
)
for n in (1, 10):
    ends.clear()
    counted = compiled(mlp(), steps_per_execution=n)
    counted.fit(x, y, batch_size=32, verbose=0, callbacks=[callback])
    print(len(ends), "calls:", ends[:3], "...", ends[-1])
# -> 32 calls: [0, 1, 2] ... 31
# -> 4 calls: [9, 19, 29] ... 39
# --8<-- [end:old-name]

# --8<-- [start:workers]
with printed_errors():
    model.fit(x, y, workers=4, use_multiprocessing=True)
# -> TypeError: TensorFlowTrainer.fit() got an unexpected keyword argument
#    'workers'
# --8<-- [end:workers]

# --8<-- [start:answer-bound]
images = 20 * 60_000
print(f"{images * operations(lenet()) / 100e9:.1f} s")
# -> 27.2 s
# --8<-- [end:answer-bound]


# --8<-- [start:answer-slices]
@tf.function(jit_compile=True)
def gathered(steps):
    total = 0.0
    for i in tf.range(steps):
        rows = tf.gather(x, 32 * i + tf.range(32))  # 32 in every step
        total += tf.reduce_sum(rows)
    return total


program = gathered.experimental_get_compiler_ir(tf.constant(32))("hlo")
print("f32[<=1024,28,28,1]" in program, "f32[32,28,28,1]" in program)
# -> False True
# --8<-- [end:answer-slices]

# --8<-- [start:answer-batch-size]
from tfnotes.data import load

EPOCHS = 10
SEEDS = (0, 1, 2)
RATES = (0.03, 0.1, 0.3, 1.0)
(images, labels), _ = load("fashion_mnist_6k")
images, labels = images[:1024] / 255, labels[:1024]


def best_loss(batch_size, seed):  # over the learning rates
    losses = []
    for rate in RATES:
        keras.utils.set_random_seed(seed)
        model = compiled(mlp(), learning_rate=rate)
        settings = {"batch_size": batch_size, "epochs": EPOCHS, "verbose": 0}
        model.fit(images, labels, **settings)
        losses.append(model.evaluate(images, labels, verbose=0))
    return np.nanmin(losses)  # the largest rate can end in NaN


# --8<-- [end:answer-batch-size]

# --8<-- [start:answer-losses]
small = [best_loss(32, seed) for seed in SEEDS]
large = [best_loss(1024, seed) for seed in SEEDS]
print(f"batch size 32: loss {min(small):.2f} to {max(small):.2f}")
# ± 20 %: float32 sums in another order, amplified by training
# -> batch size 32: loss 0.38 to 0.58
print(f"batch size 1024: loss {min(large):.2f} to {max(large):.2f}")
# ± 20 %: float32 sums in another order, amplified by training
# -> batch size 1024: loss 1.13 to 1.36
wins = sum(a < b for a, b in zip(small, large, strict=True))
print(f"Verdict: batch size 32 has the lower loss: {wins} of {len(SEEDS)}")
# -> Verdict: batch size 32 has the lower loss: 3 of 3
# --8<-- [end:answer-losses]
