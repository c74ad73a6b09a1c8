# The code of the lesson scale/speed: its pages show it by section.

# --8<-- [start:work]
import keras
import tensorflow as tf

from tfnotes.data import load
from tfnotes.models import lenet, mlp

keras.utils.set_random_seed(0)
(pictures, labels), _ = load("fashion_mnist_6k")
x = tf.constant(pictures[:1024, ..., None] / 255, tf.float32)
y = tf.constant(labels[:1024])  # (1024,); x is (1024, 28, 28, 1)


def ready(model, **settings):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.01), loss, **settings)
    model.optimizer.build(model.trainable_variables)
    return model


def small_mlp(hidden=(300, 100)):
    return mlp((28, 28, 1), hidden)


# --8<-- [end:work]

# --8<-- [start:clock]
import functools
import time

from tfnotes.training import train_step

batch = x[:32], y[:32], None  # no sample weights
step = functools.partial(train_step, ready(small_mlp()), batch)
kinds = {"graph": tf.function(step), "XLA": tf.function(step, jit_compile=True)}


def seconds(call):
    start = time.perf_counter()
    call().numpy()  # waits for the result
    return time.perf_counter() - start


times = {
    name: [seconds(call) for _ in range(20)] for name, call in kinds.items()
}
# --8<-- [end:clock]

# --8<-- [start:first-calls]
import matplotlib.pyplot as plt

from tfnotes.devices import best_times, machine

for (name, found), look in zip(times.items(), ("o-", "s--"), strict=True):
    wrong = sum(found) / 20 / min(found)
    label = f"{name}: the mean of all 20 is {wrong:.0f} times the best"
    plt.plot(range(1, 21), [1000 * t for t in found], look, label=label)
plt.yscale("log")
plt.xticks([1, 5, 10, 15, 20])
plt.xlabel("call")
plt.ylabel("ms")
plt.title(f"The first call traces and compiles\n{machine()}")
plt.legend()
plt.show()
# --8<-- [end:first-calls]

# --8<-- [start:returned]
matrix = tf.random.normal((1024, 1024))
product = tf.function(lambda: matrix @ matrix)
asked_and_waited = (product, lambda: product().numpy())
tf.config.experimental.set_synchronous_execution(False)  # as a GPU works
found = best_times(*asked_and_waited, repeats=20)
tf.config.experimental.set_synchronous_execution(True)

plt.figure(figsize=(7.2, 2.6))
names = ["product()", "product().numpy()"]
found_ms = [1000 * t for t in found]
bars = plt.barh(names, found_ms, color=["C1", "C0"], height=0.5)
plt.bar_label(bars, fmt="%.2f ms", padding=4)
plt.gca().invert_yaxis()
plt.xscale("log")
plt.margins(x=0.25)
plt.xlabel("ms for a product of 1024 x 1024 matrices")
plt.title(f"Without waiting, the clock sees the request only\n{machine()}")
plt.show()
# --8<-- [end:returned]


# --8<-- [start:ways]
def ways(model):
    def step(rows):  # (32,): numbers of the pictures
        batch = tf.gather(x, rows), tf.gather(y, rows), None
        return train_step(model, batch)  # (3,): the loss and two more

    def loop(step):
        def steps(order):  # (4, 32): the rows of 4 steps
            report = tf.zeros(3)
            for rows in order:
                report = step(rows)
            return report

        return steps

    return {
        "eager": loop(step),
        "graph, a step": loop(tf.function(step)),
        "XLA, a step": loop(tf.function(step, jit_compile=True)),
        "graph, all steps": tf.function(loop(step)),
        "XLA, all steps": tf.function(loop(step), jit_compile=True),
    }


# --8<-- [end:ways]


# --8<-- [start:epochs]
class Epochs(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.seconds = []

    def on_epoch_begin(self, epoch, logs=None):
        self.start = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self.seconds.append(time.perf_counter() - self.start)


# --8<-- [end:epochs]

# --8<-- [start:measure]
order = tf.reshape(tf.random.shuffle(tf.range(128)), (4, 32))
settings = {"batch_size": 32, "epochs": 1, "verbose": 0}


def per_second(make):
    calls = {
        name: lambda way=way: way(order).numpy()
        for name, way in ways(ready(make())).items()
    }
    clocks = {"fit": Epochs(), "fit, 32 steps a call": Epochs()}
    for n, (name, clock) in zip((1, 32), clocks.items(), strict=True):
        fit = ready(make(), steps_per_execution=n).fit
        calls[name] = functools.partial(
            fit, x, y, callbacks=[clock], **settings
        )
    found = best_times(*calls.values(), repeats=6)
    rates = {name: 128 / t for name, t in zip(calls, found, strict=True)}
    for name, clock in clocks.items():  # the best epoch, without the start
        rates[name] = 1024 / min(clock.seconds)
    return rates


speeds = {"MLP": per_second(small_mlp), "LeNet": per_second(lenet)}
# --8<-- [end:measure]

# --8<-- [start:bars]
figure, panels = plt.subplots(1, 2, sharey=True, figsize=(7.2, 4.2))
for panel, (name, rates) in zip(panels, speeds.items(), strict=True):
    slowest = rates["eager"]
    colors = 4 * ["C0"] + ["C1"] + 2 * ["C0"]
    values = list(rates.values())
    bars = panel.barh(list(rates), values, height=0.6, color=colors)
    texts = [f"{rate:,.0f} ({rate / slowest:.1f}x)" for rate in values]
    panel.bar_label(bars, texts, padding=3, fontsize=9)
    panel.set_xlim(0, 1.75 * max(values))
    panel.set(title=name, xlabel="pictures per second", xticks=[])
    panel.grid(visible=False)
panels[0].invert_yaxis()
title = f"One switch, two effects (x: times eager)\n{machine()}"
figure.suptitle(title, weight="bold")
plt.show()
# --8<-- [end:bars]

# --8<-- [start:choose]
from tfnotes.training import choose_mode

for make in (small_mlp, lenet):
    model = ready(make())
    print(
        model.name,
        choose_mode(model, batch, steps=999),
        choose_mode(model, batch, steps=999, wanted=True),
    )
# -> mlp nothing loop
# -> lenet nothing step
print("MLP, 1,000 steps:", choose_mode(ready(small_mlp()), batch, steps=1000))
# -> MLP, 1,000 steps: loop
# --8<-- [end:choose]

# --8<-- [start:operations]
from tfnotes.costs import layer_costs


def operations(model):  # of one training step, for one picture
    costs = [cost.multiply_adds for cost in layer_costs(model)]
    return 2 * (3 * sum(costs) - costs[0])  # the pixels need no gradient


models = {
    "wide MLP": small_mlp(hidden=(1024, 1024)),
    "MLP": small_mlp(),
    "LeNet": lenet(),
}
for name, model in models.items():
    print(f"{name:8} {operations(model) / 1e6:6.2f} million")
# -> wide MLP   9.56 million
# -> MLP        1.13 million
# -> LeNet      2.26 million
# --8<-- [end:operations]

# --8<-- [start:shares]
sizes = [32, 128, 512, 1024]
any_rows = [tf.TensorSpec([None], tf.int32)]  # one trace for all sizes


def rates(model):  # operations per second; the last are the products'
    ready(model)

    @tf.function(input_signature=any_rows)
    def step(rows):
        return train_step(model, (tf.gather(x, rows), tf.gather(y, rows), None))

    batches = [tf.range(n) for n in sizes]
    calls = [lambda rows=rows: step(rows).numpy() for rows in batches]
    calls += 4 * [lambda: product().numpy()]
    work = [n * operations(model) for n in sizes] + 4 * [2 * 1024**3]
    found = best_times(*calls, repeats=6)
    return [w / t for w, t in zip(work, found, strict=True)]


measured = {name: rates(model) for name, model in models.items()}
peak = max(max(found[4:]) for found in measured.values())
# --8<-- [end:shares]

# --8<-- [start:share]
looks = ("o-", "s--", "^:")
for (name, found), look in zip(measured.items(), looks, strict=True):
    values = [100 * rate / peak for rate in found[:4]]
    label = f"{name}, up to {max(values):.0f} %"
    plt.plot(sizes, values, look, label=label)
plt.xscale("log", base=2)
plt.xticks(sizes, sizes)
plt.ylim(0, None)
plt.xlabel("batch size")
plt.ylabel("% of the matrix product's rate")
where = f"{machine()}, 100 % = {peak / 1e9:.0f} GFLOP/s"
plt.title(f"Wide layers and large batches come near the peak\n{where}")
plt.legend()
plt.show()
# --8<-- [end:share]

# --8<-- [start:auto]
model = ready(small_mlp())  # compile(jit_compile="auto") is the default
print(model.jit_compile)
# -> False
# --8<-- [end:auto]


# --8<-- [start:slices]
@tf.function(jit_compile=True)
def sliced(steps):
    total = 0.0
    for i in tf.range(steps):
        rows = x[32 * i : 32 * (i + 1)]  # 32 pictures, but only i says so
        total += tf.reduce_sum(rows)
    return total


program = sliced.experimental_get_compiler_ir(tf.constant(32))("hlo")
print("f32[<=1024,28,28,1]" in program, "f32[32,28,28,1]" in program)
# -> True False
# --8<-- [end:slices]

# --8<-- [start:calls]
import os
from pathlib import Path

model.predict(x[:32], verbose=0)  # build what it needs, uncounted
once = {"batch_size": 32, "verbose": 0}
graph_model = tf.function(model)
calls = {
    "fit": lambda: model.fit(x[:32], y[:32], **once),
    "predict": lambda: model.predict(x[:32], **once),
    "train_on_batch": lambda: model.train_on_batch(x[:32], y[:32]),
    "... and print": lambda: print(
        model.train_on_batch(x[:32], y[:32]), file=null, flush=True
    ),
    "predict_on_batch": lambda: model.predict_on_batch(x[:32]),
    "model(x)": lambda: model(x[:32]).numpy(),
    "tf.function(model)(x)": lambda: graph_model(x[:32]).numpy(),
}
with Path(os.devnull).open("w", encoding="utf-8") as null:
    each = [1000 * t for t in best_times(*calls.values(), repeats=10)]
# --8<-- [end:calls]

# --8<-- [start:per-call]
bars = plt.barh(list(calls), each, height=0.6)
plt.bar_label(bars, fmt="%.2f", padding=4)
plt.gca().invert_yaxis()
plt.xscale("log")
plt.margins(x=0.15)
plt.grid(axis="y", visible=False)
plt.xlabel("ms for one batch of 32 pictures")
plt.title(f"fit and predict are made for many batches\n{machine()}")
plt.show()
# --8<-- [end:per-call]

# --8<-- [start:old-name]
from tfnotes.errors import printed_errors

with printed_errors():
    model.compile("sgd", "mse", experimental_steps_per_execution=32)
# -> TypeError: Trainer.compile() got an unexpected keyword argument
#    'experimental_steps_per_execution'
ends = []
note = keras.callbacks.LambdaCallback(
    on_train_batch_end=lambda step, logs: ends.append(step)
)
for n in (1, 10):
    ends.clear()
    counted = ready(small_mlp(), steps_per_execution=n)
    counted.fit(x, y, batch_size=32, verbose=0, callbacks=[note])
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
rows, epochs = 60_000, 20
print(f"{epochs * rows * operations(lenet()) / 100e9:.1f} s")
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
import tfnotes

for size in (32, 1024):
    keras.utils.set_random_seed(0)
    settings = {"batch_size": size, "epochs": 10, "verbose": 0}
    losses = tfnotes.train(ready(small_mlp()), x, y, **settings).history["loss"]
    print(f"batch size {size:4}: loss {losses[-1]:.2f}")
# -> batch size   32: loss 0.78
# -> batch size 1024: loss 2.10
# --8<-- [end:answer-batch-size]
