# The code of the lesson keras/custom-training-loop.

# --8<-- [start:data]
import keras
import tensorflow as tf

from tfnotes.data import load

keras.utils.set_random_seed(1)  # of the order below
(pictures, labels), _ = load("fashion_mnist_6k")
pictures = pictures.astype("float32") / 255  # (5000, 28, 28)
slices = tf.data.Dataset.from_tensor_slices
rows = slices((pictures[:4000], labels[:4000]))
mixed = rows.shuffle(4000, seed=1, reshuffle_each_iteration=False)
train = mixed.batch(100)  # 40 batches, in the same order on every pass
held_out = slices((pictures[4000:], labels[4000:])).batch(100)  # 10 batches
# --8<-- [end:data]


# --8<-- [start:build]
def build(kind=keras.Model):
    keras.utils.set_random_seed(1)  # of the weights and of the dropout masks
    layers = keras.layers
    inputs = keras.Input((28, 28))
    x = layers.Flatten()(inputs)
    penalty = keras.regularizers.L2(1e-3)
    x = layers.Dense(64, use_bias=False, kernel_regularizer=penalty)(x)
    x = layers.BatchNormalization(name="norm")(x)
    x = layers.Dropout(0.3)(layers.ReLU()(x))
    return kind(inputs, layers.Dense(10)(x))  # logits


# --8<-- [end:build]

# --8<-- [start:parts]
model = build()
optimizer = keras.optimizers.Adam()
optimizer.build(model.trainable_variables)  # makes its own variables now
loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
mean_loss = keras.metrics.Mean()
accuracy = keras.metrics.SparseCategoricalAccuracy()
# --8<-- [end:parts]


# --8<-- [start:train-step]
def train_step(x, y):  # (100, 28, 28), (100,)
    with tf.GradientTape() as tape:
        logits = model(x, training=True)  # (100, 10)
        loss = loss_fn(y, logits) + sum(model.losses)
    variables = model.trainable_variables
    optimizer.apply(tape.gradient(loss, variables), variables)
    mean_loss.update_state(loss, sample_weight=tf.shape(x)[0])
    accuracy.update_state(y, logits)
    return loss  # (), before the step


# --8<-- [end:train-step]


# --8<-- [start:test-step]
def test_step(x, y):
    logits = model(x, training=False)
    loss = loss_fn(y, logits) + sum(model.losses)
    mean_loss.update_state(loss, sample_weight=tf.shape(x)[0])
    accuracy.update_state(y, logits)


# --8<-- [end:test-step]


# --8<-- [start:loop]
def read_and_reset():
    values = float(mean_loss.result()), float(accuracy.result())
    mean_loss.reset_state()
    accuracy.reset_state()
    return values


def run(step, epochs=4):
    step_graph, test_graph = tf.function(step), tf.function(test_step)
    history = []  # one row an epoch
    for _ in range(epochs):
        for x, y in train:
            step_graph(x, y)
        trained = read_and_reset()
        for x, y in held_out:
            test_graph(x, y)
        history.append(trained + read_and_reset())
    names = "loss", "accuracy", "val_loss", "val_accuracy"
    return dict(zip(names, zip(*history, strict=True), strict=True))


# --8<-- [end:loop]

# --8<-- [start:run]
own = run(train_step)
for epoch, values in enumerate(zip(*own.values(), strict=True), start=1):
    print(epoch, *(f"{k} {v:.2f}" for k, v in zip(own, values, strict=True)))
# -> 1 loss 1.36 accuracy 0.59 val_loss 1.26 val_accuracy 0.63
# -> 2 loss 0.87 accuracy 0.75 val_loss 0.96 val_accuracy 0.76
# -> 3 loss 0.75 accuracy 0.79 val_loss 0.81 val_accuracy 0.81
# -> 4 loss 0.67 accuracy 0.81 val_loss 0.73 val_accuracy 0.82
# --8<-- [end:run]

# --8<-- [start:fit]
settings = {"epochs": 4, "validation_data": held_out, "verbose": 0}
fitted = build()
fitted.compile(keras.optimizers.Adam(), loss_fn, metrics=["accuracy"])
by_fit = fitted.fit(train, shuffle=False, **settings).history
print("loss    ", [round(value, 2) for value in by_fit["loss"]])
# -> loss     [1.36, 0.87, 0.75, 0.67]
print("val_loss", [round(value, 2) for value in by_fit["val_loss"]])
# -> val_loss [1.26, 0.96, 0.81, 0.73]
# --8<-- [end:fit]


# --8<-- [start:override]
class OwnStep(keras.Model):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            logits = self(x, training=True)
            loss = self.compute_loss(x, y, logits)  # with self.losses
        variables = self.trainable_variables
        self.optimizer.apply(tape.gradient(loss, variables), variables)
        n = tf.shape(x)[0]
        self.metrics[0].update_state(loss, sample_weight=n)  # it is "loss"
        return self.compute_metrics(x, y, logits)


overridden = build(OwnStep)
overridden.compile(keras.optimizers.Adam(), loss_fn, metrics=["accuracy"])
by_step = overridden.fit(train, shuffle=False, **settings).history
print("loss    ", [round(value, 2) for value in by_step["loss"]])
# -> loss     [1.36, 0.87, 0.75, 0.67]
# --8<-- [end:override]

# --8<-- [start:tfnotes]
import tfnotes

trained = build()
trained.compile(keras.optimizers.Adam(), loss_fn, metrics=["accuracy"])
by_tfnotes = tfnotes.train(trained, train, **settings).history
print("loss    ", [round(value, 2) for value in by_tfnotes["loss"]])
# -> loss     [1.36, 0.87, 0.75, 0.67]
# --8<-- [end:tfnotes]

# --8<-- [start:agree]
import numpy as np

ways = {
    "own loop": own,
    "own step in fit": by_step,
    "fit": by_fit,
    "tfnotes.train": by_tfnotes,
}
for name, history in ways.items():
    same = [np.allclose(history[key], by_fit[key], rtol=5e-3) for key in own]
    print(f"{name:15} equals fit, all {len(same)} curves: {all(same)}")
# -> own loop        equals fit, all 4 curves: True
# -> own step in fit equals fit, all 4 curves: True
# -> fit             equals fit, all 4 curves: True
# -> tfnotes.train   equals fit, all 4 curves: True
# --8<-- [end:agree]

# --8<-- [start:curves]
import matplotlib.pyplot as plt

epochs = range(1, 5)
figure, panels = plt.subplots(1, 2, sharey=True)
markers = {"o": 15, "s": 9, "x": 8, "+": 15}  # each inside or across another
for key, panel in zip(("loss", "val_loss"), panels, strict=True):
    looks = zip(ways, ways.values(), markers.items(), strict=True)
    for name, history, (marker, size) in looks:
        line = {"linewidth": 1, "fillstyle": "none", "markeredgewidth": 1.5}
        look = {"marker": marker, "markersize": size, "label": name}
        panel.plot(epochs, history[key], **look, **line)
    panel.set(xlabel="epoch", title=key, xticks=epochs)
panels[1].legend()
figure.suptitle("Four ways to loop, one curve", fontweight="bold")
plt.show()
# --8<-- [end:curves]


# --8<-- [start:no-training]
def forgets_training(x, y):
    with tf.GradientTape() as tape:
        logits = model(x)  # training=True is missing
        loss = loss_fn(y, logits) + sum(model.losses)
    variables = model.trainable_variables
    optimizer.apply(tape.gradient(loss, variables), variables)
    mean_loss.update_state(loss, sample_weight=tf.shape(x)[0])


model, optimizer = build(), keras.optimizers.Adam()
no_training = run(forgets_training)
print([round(value, 2) for value in no_training["loss"]])
# -> [1.35, 0.8, 0.7, 0.63]
for net in (fitted, model):
    moved = net.get_layer("norm").moving_mean.numpy().any()
    print("the moving mean of the batches has moved:", moved)
# -> the moving mean of the batches has moved: True
# -> the moving mean of the batches has moved: False
# --8<-- [end:no-training]


# --8<-- [start:no-penalty]
def forgets_penalty(x, y):
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True))  # model.losses is missing
    variables = model.trainable_variables
    optimizer.apply(tape.gradient(loss, variables), variables)
    mean_loss.update_state(loss, sample_weight=tf.shape(x)[0])


model, optimizer = build(), keras.optimizers.Adam()
no_penalty = run(forgets_penalty)
print([round(value, 2) for value in no_penalty["loss"]])
# -> [1.24, 0.76, 0.64, 0.56]
for net in (fitted, model):
    print(f"penalty at the end {sum(net.losses):.2f}")
# -> penalty at the end 0.10
# -> penalty at the end 0.13
# --8<-- [end:no-penalty]

# --8<-- [start:no-reset]
never_reset = keras.metrics.Mean()
no_reset = [float(never_reset(value)) for value in own["loss"]]
print([round(value, 2) for value in no_reset])
# -> [1.36, 1.11, 0.99, 0.91]
# --8<-- [end:no-reset]

# --8<-- [start:forgotten]
plt.plot(epochs, own["loss"], "o-", label="all lines there")
plt.plot(epochs, no_training["loss"], "s--", label="no training=True")
plt.plot(epochs, no_penalty["loss"], "^-.", label="no model.losses")
plt.plot(epochs, no_reset, "D:", label="no reset_state()")
plt.xticks(epochs)
plt.xlabel("epoch")
plt.ylabel("training loss that is reported")
plt.title("A forgotten line still gives a falling curve")
plt.legend()
plt.show()
# --8<-- [end:forgotten]


# --8<-- [start:frozen-name]
def small():
    keras.utils.set_random_seed(1)
    layers = [keras.layers.Flatten(), keras.layers.Dense(10)]
    return keras.Sequential([keras.Input((28, 28)), *layers])


x, y = next(iter(train))
model, optimizer = small(), keras.optimizers.SGD()
step_graph = tf.function(train_step)
step_graph(x, y)
first, model = model, small()  # the old one, a new one of the same name
before = [net.get_weights()[0] for net in (first, model)]
step_graph(x, y)
for name, net, old in zip(("old", "new"), (first, model), before, strict=True):
    print(name, "model has moved:", (net.get_weights()[0] != old).any())
# -> old model has moved: True
# -> new model has moved: False
# --8<-- [end:frozen-name]


# --8<-- [start:second-model]
from tfnotes.errors import printed_errors


@tf.function
def any_step(model, optimizer, x, y):
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True)) + sum(model.losses)
    variables = model.trainable_variables
    optimizer.apply(tape.gradient(loss, variables), variables)


adam = keras.optimizers.Adam()
any_step(small(), adam, x, y)  # the first call: works
second = small()
with printed_errors():
    any_step(second, adam, x, y)
# -> ValueError: Unknown variable: <Variable path=sequential_3/dense_15/kernel,
#    shape=(784, 10), dtype=float32>. This optimizer can only be called for the
#    variables it was originally built with. When working with a new set of
#    variables, you should recreate a new optimizer instance.
# --8<-- [end:second-model]

# --8<-- [start:late-variables]
another, third = keras.optimizers.Adam(), keras.optimizers.Adam()
with printed_errors():
    any_step(second, another, x, y)
# -> ValueError: tf.function only supports singleton tf.Variables created on the
#    first call. Make sure the tf.Variable is only created once or created
#    outside tf.function. See
#    https://www.tensorflow.org/guide/function#creating_tfvariables for more
#    information.
third.build(second.trainable_variables)
any_step(second, third, x, y)
print("steps taken:", third.iterations.numpy())
# -> steps taken: 1
# --8<-- [end:late-variables]

# --8<-- [start:append]
noted = []
model, optimizer = small(), keras.optimizers.SGD()
optimizer.build(model.trainable_variables)


@tf.function
def noted_step(x, y):
    print("noted")
    noted.append(train_step(x, y))


for batch in train.take(3):
    noted_step(*batch)
# -> noted
print("entries:", len(noted))
# -> entries: 1
with printed_errors():
    float(noted[0])
# -> TypeError: float() argument must be a string or a real number, not
#    'SymbolicTensor'
step_graph = tf.function(train_step)  # it returns the loss
noted = [float(step_graph(*batch)) for batch in train.take(3)]
print("entries:", len(noted))
# -> entries: 3
# --8<-- [end:append]

# --8<-- [start:old-calls]
variables = model.trainable_variables
zeros = [tf.zeros_like(variable) for variable in variables]
optimizer.apply(zeros, variables)
optimizer.apply_gradients(zip(zeros, variables, strict=True))
with printed_errors():
    optimizer.apply(zip(zeros, variables, strict=True))
# -> TypeError: object of type 'zip' has no len()
with printed_errors():
    optimizer.minimize(lambda: loss_fn(y, model(x)), variables)
# -> AttributeError: 'SGD' object has no attribute 'minimize'
# --8<-- [end:old-calls]

# --8<-- [start:train-on-batch]
with printed_errors():
    fitted.train_on_batch(x, y, reset_metrics=False)
# -> TypeError: TensorFlowTrainer.train_on_batch() got an unexpected keyword
#    argument 'reset_metrics'
model = small()
model.compile(keras.optimizers.SGD(0.1), loss_fn)
for _ in range(2):
    alone = float(loss_fn(y, model(x)))
    print(f"{model.train_on_batch(x, y):.2f}, the batch alone {alone:.2f}")
# -> 2.31, the batch alone 2.31
# -> 1.96, the batch alone 1.96
# --8<-- [end:train-on-batch]


# --8<-- [start:zero-loss]
class Returns(keras.Model):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = self.compute_loss(x, y, self(x, training=True))
        variables = self.trainable_variables
        self.optimizer.apply(tape.gradient(loss, variables), variables)
        return {"loss": loss}


core = small()
wrong = Returns(core.inputs, core.outputs)
wrong.compile("sgd", loss_fn)
print(wrong.fit(train.take(5), shuffle=False, epochs=2, verbose=0).history)
# -> {'loss': [0.0, 0.0]}
# --8<-- [end:zero-loss]


# --8<-- [start:answer-clip]
@tf.function
def clipped_step(x, y):
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True)) + sum(model.losses)
    gradients = tape.gradient(loss, model.trainable_variables)
    clipped, norm = tf.clip_by_global_norm(gradients, 1.0)
    optimizer.apply(clipped, model.trainable_variables)
    return norm, tf.linalg.global_norm(clipped)


model, optimizer = small(), keras.optimizers.SGD(0.1)
norms = np.array([clipped_step(x, y) for x, y in train])  # (40, 2)
print("largest norm before and after", norms.max(axis=0).round(2))
# -> largest norm before and after [2.4 1. ]
# --8<-- [end:answer-clip]


# --8<-- [start:answer-accumulate]
def gradients_of(x, y):
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True)) + sum(model.losses)
    return tape.gradient(loss, model.trainable_variables)


halves = gradients_of(x[:50], y[:50]), gradients_of(x[50:], y[50:])
means = [(a + b) / 2 for a, b in zip(*halves, strict=True)]
pairs = zip(means, gradients_of(x, y), strict=True)
print("one step of 100 rows:", all(np.allclose(*p, atol=1e-5) for p in pairs))
# -> one step of 100 rows: True
# --8<-- [end:answer-accumulate]

# --8<-- [start:answer-bar]
import contextlib
import io
import re

model, optimizer = small(), keras.optimizers.SGD(0.1)
step_graph = tf.function(train_step)
mean_loss.reset_state()
screen = io.StringIO()
with contextlib.redirect_stdout(screen):  # the times differ between machines
    bar = keras.utils.Progbar(target=40, stateful_metrics=["loss"])
    for i, (x, y) in enumerate(train, start=1):
        step_graph(x, y)
        bar.update(i, [("loss", mean_loss.result())])
last = re.sub(r"\x1b\[\d+m", "", screen.getvalue().split("\r")[-1])
print(last.split()[0], last.split(" - ")[1].strip())
# -> 40/40 loss: 1.2407
# --8<-- [end:answer-bar]
