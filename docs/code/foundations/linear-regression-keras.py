# The code of the lesson foundations/linear-regression-keras.

# --8<-- [start:data]
import numpy as np

rng = np.random.default_rng(7)
true_w = np.array([2.0, -3.4], np.float32)  # (2,)
true_b = np.float32(4.2)
x = rng.normal(size=(1000, 2)).astype(np.float32)  # (1000, 2)
noise = rng.normal(scale=0.01, size=1000).astype(np.float32)
y = x @ true_w + true_b + noise  # (1000,)
# --8<-- [end:data]

# --8<-- [start:model]
import keras


def linear(n_features):
    output = keras.layers.Dense(1, kernel_initializer="zeros")
    return keras.Sequential([keras.Input((n_features,)), output])


model = linear(2)
print({weight.name: weight.shape for weight in model.weights})
# -> {'kernel': TensorShape([2, 1]), 'bias': TensorShape([1])}
print(x[:3].shape, "->", model(x[:3]).shape)
# -> (3, 2) -> (3, 1)
# --8<-- [end:model]

# --8<-- [start:fit]
keras.utils.set_random_seed(1)
model.compile(keras.optimizers.SGD(learning_rate=0.015), loss="mse")
history = model.fit(x, y, batch_size=10, epochs=3, verbose=0).history
print(*(f"{loss:.5f}" for loss in history["loss"]))
# -> 5.65162 0.00881 0.00012
# --8<-- [end:fit]


# --8<-- [start:weights]
def flat(model):
    kernel, bias = model.get_weights()  # (features, 1), (1,)
    return np.append(kernel, bias)  # (features + 1,)


print(flat(model).round(2))
# -> [ 2.  -3.4  4.2]
# --8<-- [end:weights]

# --8<-- [start:least-squares]
from sklearn.linear_model import LinearRegression

ones = np.ones((1000, 1))
table = np.hstack([x, ones])  # (1000, 3): the ones carry the bias
solution = np.linalg.lstsq(table, y)[0]  # (3,): w1, w2, b
exact = LinearRegression().fit(x, y)
print("lstsq           ", solution.round(4))
# -> lstsq            [ 2.0003 -3.4003  4.1998]
print("LinearRegression", np.append(exact.coef_, exact.intercept_).round(4))
# -> LinearRegression [ 2.0003 -3.4003  4.1998]
# --8<-- [end:least-squares]

# --8<-- [start:agreement]
start = [np.zeros((2, 1)), np.zeros(1)]
gaps = [abs(flat(model) - solution).max()]
for seed in (2, 3):  # decides the order of the samples
    keras.utils.set_random_seed(seed)
    model.set_weights(start)
    model.fit(x, y, batch_size=10, epochs=3, verbose=0)
    gaps.append(abs(flat(model) - solution).max())
print("largest gap of seeds 1, 2, 3:", *(f"{gap:.4f}" for gap in gaps))
# -> largest gap of seeds 1, 2, 3: 0.0007 0.0006 0.0005
# --8<-- [end:agreement]

# --8<-- [start:full-batch]
model.optimizer.learning_rate = 0.4
model.fit(x, y, batch_size=1000, epochs=6, verbose=0)
print("within 0.00001:", abs(flat(model) - solution).max() < 1e-5)
# -> within 0.00001: True
# --8<-- [end:full-batch]


# --8<-- [start:half]
def first_step(learning_rate):
    model.set_weights(start)
    model.optimizer.learning_rate = learning_rate
    model.fit(x, y, batch_size=1000, verbose=0)  # one step
    return flat(model)


slope = -table.T @ y / len(y)  # (3,): of the halved loss, at weights of 0
print("by hand, halved loss, 0.03 ", (-0.03 * slope).round(4))
# -> by hand, halved loss, 0.03  [ 0.0544 -0.1123  0.1372]
print("Keras, MSE, 0.03           ", first_step(0.03).round(4))
# -> Keras, MSE, 0.03            [ 0.1088 -0.2246  0.2745]
print("Keras, MSE, 0.015          ", first_step(0.015).round(4))
# -> Keras, MSE, 0.015           [ 0.0544 -0.1123  0.1372]
# --8<-- [end:half]

# --8<-- [start:one-feature]
from tfnotes.data import load

(features, target), _ = load("diabetes")  # (353, 10), (353,)
features = (features - features.mean(axis=0)) / features.std(axis=0)
bmi = features[:, 2:3]  # (353, 1)
exact = LinearRegression().fit(bmi, target)
print(f"least squares: {exact.coef_[0]:.1f} x + {exact.intercept_:.1f}")
# -> least squares: 48.0 x + 151.6

keras.utils.set_random_seed(1)
model = linear(1)
model.compile(keras.optimizers.SGD(0.04), "mse")
stages = {}  # epoch: slope and bias
for done, epoch in ((0, 1), (1, 2), (2, 7)):
    model.fit(bmi, target, 40, initial_epoch=done, epochs=epoch, verbose=0)
    stages[epoch] = flat(model)
    print("epoch {}: {:.1f} x + {:.1f}".format(epoch, *stages[epoch]))
# -> epoch 1: 25.1 x + 80.6
# -> epoch 2: 37.0 x + 118.7
# -> epoch 7: 47.4 x + 151.9
# --8<-- [end:one-feature]

# --8<-- [start:two-lines]
import matplotlib.pyplot as plt

ends = np.array([[bmi.min()], [bmi.max()]])  # (2, 1)
plt.scatter(bmi, target, s=10, color="gray")
styles = {1: ":", 2: "-.", 7: "-"}
for epoch, (weight, bias) in stages.items():
    label = f"Keras, epoch {epoch}"
    plt.plot(ends, weight * ends + bias, styles[epoch], label=label)
best = exact.predict(ends)
plt.plot(ends, best, "s--", color="black", label="least squares")
plt.xlabel("body mass index, standardised")
plt.ylabel("disease progression")
plt.title("The line that Keras fits arrives at least squares")
plt.legend(fontsize=9)
plt.show()
# --8<-- [end:two-lines]

# --8<-- [start:ten-features]
import tensorflow as tf

exact = LinearRegression().fit(features, target)
lowest = np.mean((exact.predict(features) - target) ** 2)
every_row = tf.data.Dataset.from_tensors((features, target)).repeat()
model = linear(10)
model.compile(keras.optimizers.SGD(0.2), "mse", steps_per_execution=100)
kernels = {}  # steps: (10,)
for epochs, steps in ((1, 100), (29, 3000)):
    model.fit(
        every_row, steps_per_epoch=100, epochs=epochs, shuffle=False, verbose=0
    )
    kernel, bias = model.get_weights()
    kernels[steps] = kernel[:, 0]
    loss = np.mean(((features @ kernel + bias)[:, 0] - target) ** 2)
    gap = abs(kernels[steps] - exact.coef_).max()
    print(
        f"{steps:4} steps: loss {loss / lowest - 1:.1%} above the lowest,",
        end="",
    )
    print(f" a weight off by {gap:.1f}")
# ->  100 steps: loss 0.3% above the lowest, a weight off by 20.1
# -> 3000 steps: loss 0.0% above the lowest, a weight off by 0.0
# --8<-- [end:ten-features]

# --8<-- [start:side-by-side]
names = ["age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6"]
plt.axhline(0, color="gray", linewidth=1)
plt.plot(names, exact.coef_, "s", ms=12, mfc="none", label="least squares")
plt.plot(names, kernels[3000], "o", ms=5, label="Keras, 3,000 steps")
plt.plot(names, kernels[100], "^", label="Keras, 100 steps")
plt.ylabel("weight")
plt.title("Weights agree after 3,000 steps, not after 100")
plt.legend()
plt.show()
# --8<-- [end:side-by-side]

# --8<-- [start:curvature]
together = np.corrcoef(features[:, 4], features[:, 5])[0, 1]
print(f"correlation of s1 and s2: {together:.2f}")
# -> correlation of s1 and s2: 0.89
curvature = np.linalg.eigvalsh(features.T @ features / len(features))  # (10,)
print("smallest, largest:", curvature[[0, -1]].round(4))
# -> smallest, largest: [0.0094 4.1443]
for steps in (100, 3000):
    print(steps, f"steps leave {(1 - 2 * 0.2 * curvature[0]) ** steps:.2g}")
# -> 100 steps leave 0.69
# -> 3000 steps leave 1.3e-05
# --8<-- [end:curvature]

# --8<-- [start:defaults]
curves = {}
for name in ("rmsprop", "adam", "sgd"):
    keras.utils.set_random_seed(1)
    model = linear(10)
    model.compile(name, "mse")
    history = model.fit(features, target, epochs=8, verbose=0).history
    curves[name] = history["loss"]
    rate, bias = float(model.optimizer.learning_rate), flat(model)[-1]
    print(f"{name:7} learning rate {rate:.3f}, bias {bias:.2f}")
# -> rmsprop learning rate 0.001, bias 0.10
# -> adam    learning rate 0.001, bias 0.10
# -> sgd     learning rate 0.010, bias 128.86
print(f"least squares: bias {exact.intercept_:.2f}")
# -> least squares: bias 151.61
# --8<-- [end:defaults]

# --8<-- [start:default-curves]
styles = {"rmsprop": "o-", "adam": "x--", "sgd": "s-"}
for name, losses in curves.items():
    plt.plot(range(1, 9), losses, styles[name], label=f'"{name}"')
plt.axhline(lowest, linestyle=":", color="black", label="least squares")
plt.ylim(0, None)
plt.xlabel("epoch of 12 steps")
plt.ylabel("training loss (MSE)")
plt.title("With their default rates, two of three hardly move")
plt.legend()
plt.show()
# --8<-- [end:default-curves]


# --8<-- [start:price]
def closed_form(rows, n_features):  # X^T X, then solving its equations
    return rows * n_features**2 + n_features**3


def descent(rows, n_features, steps):  # X @ w and X^T @ errors, each step
    return 2 * rows * n_features * steps


print(f"closed form: {closed_form(353, 10):10,} multiplications")
# -> closed form:     36,300 multiplications
print(f"3,000 steps: {descent(353, 10, 3000):10,}")
# -> 3,000 steps: 21,180,000
# --8<-- [end:price]

# --8<-- [start:price-figure]
counts = np.geomspace(10, 100_000, 81)  # features
plt.loglog(counts, closed_form(1e6, counts), label="closed form")
for steps, style in ((100, ":"), (3000, "--")):
    price = descent(1e6, counts, steps)
    plt.loglog(counts, price, style, label=f"{steps:,} gradient steps")
    plt.plot(2 * steps, closed_form(1e6, 2 * steps), "o", color="black")
plt.xlabel("features (1,000,000 rows)")
plt.ylabel("multiplications, about")
plt.title("The closed form is cheaper up to two features for each step")
plt.legend()
plt.show()
# --8<-- [end:price-figure]

# --8<-- [start:input-dim]
from tfnotes.errors import printed_errors

with printed_errors():
    keras.layers.Dense(units=1, input_dim=4)
# -> UserWarning: Do not pass an `input_shape`/`input_dim` argument to a layer.
#    When using Sequential models, prefer using an `Input(shape)` object as the
#    first layer in the model instead.
# --8<-- [end:input-dim]

# --8<-- [start:lr]
with printed_errors():
    keras.optimizers.SGD(lr=0.03)
# -> ValueError: Argument(s) not recognized: {'lr': 0.03}
# --8<-- [end:lr]


# --8<-- [start:own-loss]
def squared(y, predicted):
    return tf.reduce_mean((predicted - y) ** 2)


class Squared(keras.losses.Loss):
    def call(self, y, predicted):
        return squared(y, predicted)


# --8<-- [end:own-loss]

# --8<-- [start:five-ways]
perfect = linear(2)
perfect.set_weights([true_w[:, None], true_b[None]])
predicted = perfect(x)
print(y.shape, predicted.shape)
# -> (1000,) (1000, 1)
mse = keras.losses.MeanSquaredError()
print(f"Keras' loss, called   {mse(y, predicted):.4f}")
# -> Keras' loss, called   0.0001
print(f"own function, called  {squared(y, predicted):.4f}")
# -> own function, called  29.2746
for loss, labels in ((squared, y), (Squared(), y), (Squared(), y[:, None])):
    perfect.compile(loss=loss, run_eagerly=True)  # no graph for one batch
    value = perfect.evaluate(x, labels, batch_size=1000, verbose=0)
    print(f"{type(loss).__name__}, labels {labels.shape}: {value:.4f}")
# -> function, labels (1000,): 0.0001
# -> Squared, labels (1000,): 29.2746
# -> Squared, labels (1000, 1): 0.0001
# --8<-- [end:five-ways]

# --8<-- [start:answer-adam]
keras.utils.set_random_seed(1)
model = linear(10)
model.compile(keras.optimizers.Adam(5.0), "mse")
model.fit(features, target, epochs=8, verbose=0)
weight, bias = model.layers[0].kernel, model.layers[0].bias
loss = np.mean(((features @ weight + bias)[:, 0] - target) ** 2)
print(f"loss {loss / lowest:.2f} times the lowest")
# -> loss 1.01 times the lowest
# --8<-- [end:answer-adam]

# --8<-- [start:answer-twins]
twins = np.hstack([bmi, bmi])  # (353, 2): the same column twice
print("lstsq", np.linalg.lstsq(twins, target - target.mean())[0].round(1))
# -> lstsq [24. 24.]
model = linear(2)
model.compile(keras.optimizers.SGD(0.24), "mse")
for first, second in ((0, 0), (50, -50)):
    model.set_weights([np.array([[first], [second]]), np.zeros(1)])
    model.fit(twins, target, batch_size=353, epochs=4, verbose=0)
    print("Keras", flat(model)[:2].round(1))
# -> Keras [24. 24.]
# -> Keras [ 74. -26.]
# --8<-- [end:answer-twins]

# --8<-- [start:answer-limit]
print(f"limit {1 / curvature[-1]:.3f}")
# -> limit 0.241
for rate in (0.23, 0.25):
    w = np.zeros(10)
    for _ in range(200):
        errors = features @ w - (target - target.mean())
        w -= rate * 2 * features.T @ errors / len(errors)  # as Keras' MSE
    print(f"learning rate {rate}: weights up to {abs(w).max():.2g}")
# -> learning rate 0.23: weights up to 31
# -> learning rate 0.25: weights up to 1e+07
# --8<-- [end:answer-limit]
