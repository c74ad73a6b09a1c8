# The lesson keras/custom-losses-and-metrics: its pages show it by section.

# --8<-- [start:function]
import keras
import numpy as np
from keras import ops


def pinball(targets, predictions, quantile=0.9):
    error = targets - predictions  # (n, 1): above 0 where the prediction is low
    each = ops.maximum(quantile * error, (quantile - 1) * error)
    return ops.mean(each, axis=-1)  # (n,): one loss for each sample


too_low, too_high = [8.0], [12.0]
print(pinball(np.full((2, 1), 10.0), np.array([too_low, too_high])).numpy())
# -> [1.8 0.2]
# --8<-- [end:function]


# --8<-- [start:subclass]
class Pinball(keras.losses.Loss):
    def __init__(self, quantile=0.9, **kwargs):
        super().__init__(**kwargs)
        self.quantile = quantile

    def call(self, targets, predictions):
        targets = ops.reshape(targets, ops.shape(predictions))
        return pinball(targets, predictions, self.quantile)

    def get_config(self):
        return super().get_config() | {"quantile": self.quantile}


# --8<-- [end:subclass]


# --8<-- [start:endpoint]
class PinballEndpoint(keras.layers.Layer):
    def call(self, predictions, targets):
        self.add_loss(ops.mean(pinball(targets, predictions)))
        return predictions


# --8<-- [end:endpoint]

# --8<-- [start:models]
from tfnotes.data import load

(x, y), _ = load("diabetes")
x = x[:, 2:3] / x[:, 2].std()  # (353, 1): body mass index, scaled
y = y[:, None] / 100  # (353, 1): the disease a year later


def model_of(way):
    keras.utils.set_random_seed(1)
    inputs, targets = keras.Input((1,)), keras.Input((1,))
    predictions = keras.layers.Dense(1)(inputs)
    if way == "add_loss":
        ends = PinballEndpoint()(predictions, targets)
        model = keras.Model([inputs, targets], ends)
        model.compile(keras.optimizers.Adam(0.05))  # no loss here
    else:
        loss = pinball if way == "function" else Pinball(0.9)
        model = keras.Model(inputs, predictions)
        model.compile(keras.optimizers.Adam(0.05), loss)
    return model


# --8<-- [end:models]

# --8<-- [start:same-number]
before, after = [], []
for way in ("function", "Loss subclass", "add_loss"):
    model = model_of(way)
    data = {"x": [x, y]} if way == "add_loss" else {"x": x, "y": y}
    before.append(model.evaluate(**data, verbose=0))
    model.fit(**data, epochs=3, verbose=0)
    after.append(model.evaluate(**data, verbose=0))
    print(f"{way:13} {before[-1]:.5f} {after[-1]:.5f}")
# -> function      1.40321 0.20108
# -> Loss subclass 1.40321 0.20108
# -> add_loss      1.40321 0.20108
print("same number:", np.ptp(before) < 1e-5, np.ptp(after) < 1e-5)
# -> same number: True True
# --8<-- [end:same-number]

# --8<-- [start:without-targets]
inputs, predictions = model.inputs[0], model.layers[-1].input[0]
predictor = keras.Model(inputs, predictions)  # the same weights, no targets
print("same outputs:", np.allclose(predictor(x), model([x, y])))
# -> same outputs: True
# --8<-- [end:without-targets]

# --8<-- [start:lines]
import tensorflow as tf

steps = tf.data.Dataset.from_tensors((x, y)).repeat(300)  # all samples each
losses = {"0.9": Pinball(0.9), "squared": "mse", "0.1": Pinball(0.1)}
lines = {}
for name, loss in losses.items():
    line = model_of("function")
    line.compile(keras.optimizers.Adam(0.05), loss)
    line.fit(steps, shuffle=False, verbose=0)  # one epoch of 300 steps
    lines[name] = line(x).numpy()  # (353, 1)
for name in ("0.9", "0.1"):
    print(name, f"share below the line {(y < lines[name]).mean():.1f}")
# -> 0.9 share below the line 0.9
# -> 0.1 share below the line 0.1
# --8<-- [end:lines]

# --8<-- [start:three-lines]
import matplotlib.pyplot as plt

plt.plot(x, y, ".", color="gray", markersize=4)
order = x[:, 0].argsort()[[0, -1]]
for (name, line), style in zip(lines.items(), ("--", "-", ":"), strict=True):
    plt.plot(x[order], line[order], style, linewidth=2.5)
    label = name if name == "squared" else f"pinball {name}"
    plt.text(x.max() + 0.1, line.max(), label, va="center")
plt.xlim(x.min() - 0.1, x.max() + 1.2)
plt.xlabel("body mass index (scaled)")
plt.ylabel("disease a year later / 100")
plt.title("Same model, same data: the loss decides which line is learned")
plt.show()
# --8<-- [end:three-lines]

# --8<-- [start:reductions]
targets = np.full((4, 1), 10.0)
predictions = np.array([[8.0], [12.0], [10.0], [4.0]])
weights = np.array([1.0, 1.0, 1.0, 0.0])  # the last sample does not count
for reduction in ("none", "sum", "mean", "mean_with_sample_weight"):
    loss = Pinball(reduction=reduction)
    plain = loss(targets, predictions).numpy().round(2)
    weighted = loss(targets, predictions, sample_weight=weights).numpy()
    print(reduction.ljust(23), plain, weighted.round(2))
# -> none                    [1.8 0.2 0.  5.4] [1.8 0.2 0.  0. ]
# -> sum                     7.4 2.0
# -> mean                    1.85 0.5
# -> mean_with_sample_weight 1.85 0.67
print("default:", Pinball().reduction)
# -> default: sum_over_batch_size
# --8<-- [end:reductions]


# --8<-- [start:scalar-call]
class ScalarPinball(Pinball):
    def call(self, targets, predictions):
        return ops.mean(super().call(targets, predictions))  # (): too early


for loss in (Pinball(), ScalarPinball()):
    unweighted = loss(targets, predictions).numpy()
    weighted = loss(targets, predictions, sample_weight=weights).numpy()
    print(f"{type(loss).__name__:13} {unweighted:.3f} {weighted:.3f}")
# -> Pinball       1.850 0.500
# -> ScalarPinball 1.850 1.387
# --8<-- [end:scalar-call]


# --8<-- [start:f1]
def hits_and_errors(targets, predictions, weights=1.0):
    targets = ops.cast(ops.reshape(targets, (-1,)), "float32")  # (n,): 0 or 1
    said = ops.cast(ops.reshape(predictions, (-1,)) > 0.5, "float32")
    hits = ops.sum(weights * targets * said)
    return hits, ops.sum(weights * ops.abs(targets - said))


def f1_score(hits, errors):
    return ops.divide_no_nan(2 * hits, 2 * hits + errors)


def f1_of_batch(targets, predictions):
    return f1_score(*hits_and_errors(targets, predictions))


# --8<-- [end:f1]


# --8<-- [start:metric]
class F1(keras.metrics.Metric):
    def __init__(self, name="f1", **kwargs):
        super().__init__(name=name, **kwargs)
        self.hits = self.add_weight(name="hits", initializer="zeros")
        self.errors = self.add_weight(name="errors", initializer="zeros")

    def update_state(self, targets, predictions, sample_weight=None):
        weights = 1.0
        if sample_weight is not None:
            weights = ops.reshape(sample_weight, (-1,))  # (n,)
        hits, errors = hits_and_errors(targets, predictions, weights)
        self.hits.assign_add(hits)
        self.errors.assign_add(errors)

    def result(self):
        return f1_score(self.hits, self.errors)


# --8<-- [end:metric]

# --8<-- [start:state]
metric = F1()
batches = [([1, 1, 0, 0], [0.9, 0.8, 0.2, 0.6]), ([0, 0, 0, 0], [0.1] * 4)]
for batch in batches:
    metric.update_state(*batch)
    alone = f1_of_batch(*batch)
    state = metric.hits.numpy(), metric.errors.numpy()
    print(f"batch {alone:.1f}, so far {metric.result():.1f}, state", *state)
# -> batch 0.8, so far 0.8, state 2.0 1.0
# -> batch 0.0, so far 0.8, state 2.0 1.0
metric.reset_state()
print("after reset_state:", metric.hits.numpy(), metric.errors.numpy())
# -> after reset_state: 0.0 0.0
# --8<-- [end:state]

# --8<-- [start:evaluate]
generator = np.random.default_rng(0)
truth = (generator.random(1000) < 0.05).astype("float32")  # 1 in 20 positive
score = 0.3 + 0.4 * truth + generator.normal(0, 0.13, 1000)  # mostly right
score = score.astype("float32")[:, None]  # (1000, 1)

model = keras.Sequential([keras.Input((1,)), keras.layers.Identity()])
model.compile(loss="mse", metrics=[F1(), f1_of_batch])
for size in (5, 20, 100, 1000):
    found = model.evaluate(score, truth, size, verbose=0, return_dict=True)
    print(f"{size:4}: {found['f1']:.3f} {found['f1_of_batch']:.3f}")
# ->    5: 0.570 0.184
# ->   20: 0.570 0.448
# ->  100: 0.570 0.554
# -> 1000: 0.570 0.570
print(f"Keras {keras.metrics.F1Score('micro', 0.5)(truth[:, None], score):.3f}")
# -> Keras 0.570
# --8<-- [end:evaluate]

# --8<-- [start:orders]
sizes = (5, 10, 20, 50, 100, 250, 500, 1000)
said = score[:, 0] > 0.5
hit, error = truth * said, np.abs(truth - said)  # (1000,) each
means = []  # for each order of the samples: one mean for each batch size
for seed in range(20):
    order = np.random.default_rng(seed).permutation(1000)
    parts = [
        (hit[order].reshape(-1, n), error[order].reshape(-1, n)) for n in sizes
    ]
    values = [f1_score(h.sum(1), e.sum(1)).numpy() for h, e in parts]
    means.append([value.mean() for value in values])
means = np.array(means)  # (20, 8)
# --8<-- [end:orders]

# --8<-- [start:batch-means]
whole = f1_score(hit.sum(), error.sum())
plt.axhline(whole, label="metric with state: all 1,000 samples")
plt.plot(sizes, means.T, ".", color="C1", markersize=5)
middle = means.mean(axis=0)
label = "mean of batch values (dots: 20 orders)"
plt.plot(sizes, middle, "--", color="C1", label=label)
plt.xscale("log")
plt.xticks(sizes, sizes)
plt.minorticks_off()
plt.ylim(0, 1)
plt.xlabel("batch size")
plt.ylabel("F1")
plt.title("The mean of batch values depends on the batch size")
plt.legend(loc="lower right")
plt.show()
# --8<-- [end:batch-means]


# --8<-- [start:unaligned]
def squared(targets, predictions):
    return ops.mean(ops.square(targets - predictions), axis=-1)


class Unaligned(keras.losses.Loss):
    def call(self, targets, predictions):
        return squared(targets, predictions)


class Overridden(keras.losses.Loss):
    def __call__(self, targets, predictions, **_):
        return ops.mean(squared(targets, predictions))


numbers = np.array([1.0, 2.0, 3.0], "float32")  # (3,) against (3, 1)
for loss in (Unaligned(), Overridden(), keras.losses.MeanSquaredError()):
    print(f"{type(loss).__name__:16} {loss(numbers, numbers[:, None]):.2f}")
# -> Unaligned        1.33
# -> Overridden       1.33
# -> MeanSquaredError 0.00
print("difference", (numbers - numbers[:, None]).shape)
# -> difference (3, 3)
# --8<-- [end:unaligned]

# --8<-- [start:loss-and-metric]
model = keras.Sequential([keras.Input((1,)), keras.layers.Identity()])
model.compile(loss=squared, metrics=[squared])
loss, metric = model.evaluate(numbers[:, None], numbers, verbose=0)
print(f"as a loss {loss:.2f}, as a metric {metric:.2f}")
# -> as a loss 0.00, as a metric 1.33
# --8<-- [end:loss-and-metric]

# --8<-- [start:flat-line]
steps = tf.data.Dataset.from_tensors((x, y[:, 0])).repeat(200)  # (353,)
for loss in (Unaligned(), keras.losses.MeanSquaredError()):
    model = model_of("function")
    model.compile(keras.optimizers.Adam(0.05), loss)
    model.fit(steps, shuffle=False, verbose=0)
    slope = model.get_weights()[0].item()
    print(f"{type(loss).__name__:16} slope {abs(slope):.1f}")
# -> Unaligned        slope 0.0
# -> MeanSquaredError slope 0.5
# --8<-- [end:flat-line]

# --8<-- [start:bypassed]
half = np.array([[1.0], [2.0], [0.0]], "float32")  # the last is 3 off
for loss in (Unaligned(reduction="sum"), Overridden(reduction="sum")):
    plain = loss(numbers[:, None], half)
    weighted = loss(numbers[:, None], half, sample_weight=np.zeros(3))
    print(f"{type(loss).__name__:10} {plain:.1f}, weights of 0: {weighted:.1f}")
# -> Unaligned  9.0, weights of 0: 0.0
# -> Overridden 3.0, weights of 0: 3.0
# --8<-- [end:bypassed]

# --8<-- [start:add-metric]
from tfnotes.errors import printed_errors

with printed_errors():
    keras.layers.Dense(1).add_metric(0.5, name="mean_output")
# -> NotImplementedError: Layer `add_metric()` method is deprecated. Add your
#    metric in `Model.compile(metrics=[...])`, or create metric trackers in
#    init() or build() when subclassing the layer or model, then call
#    `metric.update_state()` whenever necessary.
with printed_errors():
    F1().reset_states()
# -> AttributeError: 'F1' object has no attribute 'reset_states'
# --8<-- [end:add-metric]


# --8<-- [start:tracker]
class Watched(keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.mean_output = keras.metrics.Mean(name="mean_output")

    def call(self, inputs):
        self.mean_output.update_state(inputs)
        return inputs


model = keras.Sequential([keras.Input((1,)), Watched()])
model.compile(loss="mse")
found = model.evaluate(score, truth, verbose=0, return_dict=True)
print(f"{found['mean_output']:.3f}, by hand {score.mean():.3f}")
# -> 0.316, by hand 0.316
# --8<-- [end:tracker]

# --8<-- [start:symbolic]
inputs, targets = keras.Input((1,)), keras.Input((1,))
outputs = keras.layers.Dense(1)(inputs)
model = keras.Model([inputs, targets], outputs)
with printed_errors():
    model.add_loss(ops.mean(pinball(targets, outputs)))
# -> NotImplementedError:
with printed_errors():
    tf.reduce_mean(outputs)
# -> ValueError: A KerasTensor cannot be used as input to a TensorFlow function.
#    A KerasTensor is a symbolic placeholder for a shape and dtype, used when
#    constructing Keras Functional models or Keras Functions. You can only use
#    it as input to a Keras layer or a Keras operation (from the namespaces
#    `keras.layers` and `keras.ops`). You are likely doing something like:
# --8<-- [end:symbolic]


# --8<-- [start:low-level]
class LowLevel(keras.Model):
    def __init__(self, raw):
        super().__init__()
        if raw:
            self.kernel = tf.Variable([[0.0]])
        else:
            self.kernel = self.add_weight(shape=(1, 1), initializer="zeros")

    def call(self, inputs):
        return tf.linalg.matmul(inputs, self.kernel)


for raw in (True, False):
    model = LowLevel(raw)
    model.compile(keras.optimizers.SGD(0.1), "mse")
    with printed_errors():
        past = model.fit(x, 2 * x, epochs=3, verbose=0).history["loss"]
    print(model.count_params(), [f"{loss:.1f}" for loss in past])
# -> UserWarning: The model does not have any trainable weights.
# -> 0 ['4.0', '4.0', '4.0']
# -> 1 ['1.0', '0.0', '0.0']
# --8<-- [end:low-level]


# --8<-- [start:answer-rmse]
class RMSE(keras.metrics.Metric):
    def __init__(self, name="rmse", **kwargs):
        super().__init__(name=name, **kwargs)
        self.total = self.add_weight(name="total", initializer="zeros")
        self.count = self.add_weight(name="count", initializer="zeros")

    def update_state(self, targets, predictions, sample_weight=None):
        errors = ops.reshape(targets, (-1,)) - ops.reshape(predictions, (-1,))
        weights = ops.ones_like(errors)
        if sample_weight is not None:
            weights = weights * ops.reshape(sample_weight, (-1,))
        self.total.assign_add(ops.sum(weights * errors**2))
        self.count.assign_add(ops.sum(weights))

    def result(self):
        return ops.sqrt(ops.divide_no_nan(self.total, self.count))


# --8<-- [end:answer-rmse]

# --8<-- [start:answer-rmse-check]
mine, theirs = RMSE(), keras.metrics.RootMeanSquaredError()
alone = []
for start in range(0, 353, 4):
    batch = y[start : start + 4], lines["squared"][start : start + 4]
    mine.update_state(*batch)
    theirs.update_state(*batch)
    alone.append(np.sqrt(np.mean((batch[0] - batch[1]) ** 2)))
print(f"mine {mine.result():.2f}, Keras {theirs.result():.2f}")
# -> mine 0.62, Keras 0.62
print(f"mean of batches {np.mean(alone):.2f}")
# -> mean of batches 0.58
# --8<-- [end:answer-rmse-check]

# --8<-- [start:answer-weights]
for reduction in ("sum_over_batch_size", "mean_with_sample_weight"):
    loss = Pinball(reduction=reduction)
    pair = np.full((2, 1), 10.0), np.array([[8.0], [12.0]])
    values = [loss(*pair, sample_weight=[w, w]).numpy() for w in (1.0, 10.0)]
    print(f"{reduction:23} {values[0]:.1f} {values[1]:.1f}")
# -> sum_over_batch_size     1.0 10.0
# -> mean_with_sample_weight 1.0 1.0
# --8<-- [end:answer-weights]


# --8<-- [start:answer-penalty]
class Small(keras.layers.Layer):
    def call(self, inputs):
        self.add_loss(0.1 * ops.mean(ops.abs(inputs)))
        return inputs


model = keras.Sequential([keras.Input((1,)), Small()])
model.compile(loss="mse", metrics=["mse"])
total, mse = model.evaluate(score, truth, batch_size=100, verbose=0)
print(f"{total:.4f} = {mse:.4f} + {0.1 * np.abs(score).mean():.4f}")
# -> 0.1371 = 0.1053 + 0.0318
# --8<-- [end:answer-penalty]
