# The code of the lesson architectures/wide-and-deep.

# --8<-- [start:data]
import numpy as np

N_DEPOTS, N_TOWNS, N_TRAIN = 20, 20, 2000


def parcels(seed, n=4000):
    rng = np.random.default_rng(seed)
    road = rng.uniform(-1, 1, (n, 2))  # distance and traffic, scaled
    depot, town = rng.integers(N_DEPOTS, size=n), rng.integers(N_TOWNS, size=n)
    pair = depot * N_TOWNS + town  # from 0 to 399
    odd = rng.random(N_DEPOTS * N_TOWNS) < 0.1  # a ferry, a short cut
    extra = odd * rng.choice([-2.0, 2.0], N_DEPOTS * N_TOWNS)  # hours
    hours = np.sin(2 * road[:, 0]) + road[:, 1] ** 2 + extra[pair]
    hours += rng.normal(0, 0.1, n)
    one_hot = [np.eye(N_DEPOTS)[depot], np.eye(N_TOWNS)[town]]
    wide = np.hstack([road, np.eye(N_DEPOTS * N_TOWNS)[pair]])  # crossed
    deep = np.hstack([road, *one_hot])
    arrays = [part.astype("float32") for part in (wide, deep, hours[:, None])]
    return *arrays, pair, extra


# --8<-- [end:data]

# --8<-- [start:shapes]
wide, deep, hours, pair, extra = parcels(seed=1)
print("wide", wide.shape, "deep", deep.shape, "target", hours.shape)
# -> wide (4000, 402) deep (4000, 42) target (4000, 1)
print("odd pairs", np.sum(extra != 0), "of", extra.size)
# -> odd pairs 52 of 400
seen = np.bincount(pair[:N_TRAIN], minlength=extra.size)
print("training rows of a pair:", seen.min(), "to", seen.max())
# -> training rows of a pair: 0 to 13
# --8<-- [end:shapes]

# --8<-- [start:network]
import keras
import matplotlib.pyplot as plt

from tfnotes.diagrams import model_diagram
from tfnotes.models.combined import wide_and_deep

keras.utils.set_random_seed(1)
network = wide_and_deep((402, 42), n_outputs=1, hidden=(32, 32))
model_diagram(network)
plt.show()
# --8<-- [end:network]

# --8<-- [start:costs]
from tfnotes.costs import cost_bars, layer_costs

cost_bars(layer_costs(network))
plt.show()
# --8<-- [end:costs]

# --8<-- [start:sum]
answer = network({"wide": wide[:3], "deep": deep[:3]})
joined = network.get_layer("output")
hidden = keras.Model(network.inputs, joined.input)([wide[:3], deep[:3]])
kernel = joined.kernel.numpy()  # (434, 1): 402 wide rows, then 32 deep
from_wide = wide[:3] @ kernel[:402]
from_deep = hidden[:, 402:] @ kernel[402:]
print("sum", np.allclose(from_wide + from_deep + joined.bias, answer))
# -> sum True
# --8<-- [end:sum]


# --8<-- [start:side-by-side]
def hidden_layers(x, units=(32, 32)):
    for n in units:
        x = keras.layers.Dense(n, activation="relu")(x)
    return keras.layers.Dense(1)(x)


def build(seed, n_wide, n_deep):
    keras.utils.set_random_seed(seed)
    both = wide_and_deep((n_wide, n_deep), 1, hidden=(32, 32))
    wide, deep = both.inputs
    outputs = {
        "wide": keras.layers.Dense(1)(wide),  # linear
        "deep": hidden_layers(deep),
        "both": both.output,
        "crossed": hidden_layers(wide),  # deep, but with the crossed features
    }
    return keras.Model({"wide": wide, "deep": deep}, outputs)


# --8<-- [end:side-by-side]


# --8<-- [start:train]
import tensorflow as tf


@tf.function
def one_epoch(net, x, y, batches):  # batches: (steps, batch), row numbers
    for rows in batches:
        target = tf.gather(y, rows)
        with tf.GradientTape() as tape:
            outputs = net({k: tf.gather(v, rows) for k, v in x.items()})
            errors = [tf.square(out - target) for out in outputs.values()]
            loss = tf.add_n([tf.reduce_mean(error) for error in errors])
        variables = net.trainable_variables
        gradients = tape.gradient(loss, variables)
        net.optimizer.apply(gradients, variables)


# --8<-- [end:train]


# --8<-- [start:compiled]
def compiled(n_wide, n_deep, learning_rate):
    net = build(0, n_wide, n_deep)
    net.optimizer = keras.optimizers.Adam(learning_rate)
    net.optimizer.build(net.trainable_variables)
    return net, [value.numpy() for value in net.optimizer.variables]


def begin(net, at_rest, seed):  # a new start, and nothing is traced anew
    n_wide, n_deep = (net.input[k].shape[1] for k in ("wide", "deep"))
    net.set_weights(build(seed, n_wide, n_deep).get_weights())
    for variable, value in zip(net.optimizer.variables, at_rest, strict=True):
        variable.assign(value)


# --8<-- [end:compiled]


# --8<-- [start:run]
def run(net, at_rest, seed, x, y, n_train, epochs, batch_size):
    begin(net, at_rest, seed)
    rng, steps = np.random.default_rng(seed), n_train // batch_size
    held_out = {name: part[n_train:] for name, part in x.items()}
    curves = {name: [] for name in net.output}
    for _ in range(epochs):
        order = rng.permutation(n_train)[: steps * batch_size]
        one_epoch(net, x, y, tf.constant(order.reshape(steps, -1)))
        for name, out in net(held_out).items():
            curves[name].append(np.mean((out - y[n_train:]) ** 2) ** 0.5)
    return curves


# --8<-- [end:run]

# --8<-- [start:draws]
KINDS, DRAWS = ("wide", "deep", "both", "crossed"), (1, 2, 3)
net, at_rest = compiled(402, 42, learning_rate=0.01)
curves, found, kernels = {}, {}, {}
for seed in DRAWS:
    wide, deep, hours, pair, extra = parcels(seed)
    x = {"wide": tf.constant(wide), "deep": tf.constant(deep)}
    curves[seed] = run(
        net, at_rest, seed, x, hours, N_TRAIN, 16, batch_size=100
    )
    predicted = net({k: v[N_TRAIN:] for k, v in x.items()})
    found[seed] = {k: v.numpy() for k, v in predicted.items()}
    kernels[seed] = net.get_layer("output").get_weights()[0]
for kind in KINDS:
    last = [curves[seed][kind][-1] for seed in DRAWS]
    print(f"{kind:7}", " ".join(f"{value:.2f}" for value in last))
# -> wide    0.50 0.47 0.48
# -> deep    0.30 0.30 0.31
# -> both    0.22 0.24 0.23
# -> crossed 0.24 0.23 0.24
# --8<-- [end:draws]

# --8<-- [start:curves]
LOOKS = {  # name, colour, line
    "wide": ("wide alone", "dimgray", ":"),
    "deep": ("deep alone", "C1", "--"),
    "both": ("wide & deep", "C0", "-"),
    "crossed": ("deep, crossed", "C3", "-."),
}
epochs = range(1, 17)
for kind, (name, color, line) in LOOKS.items():
    lines = np.array([curves[seed][kind] for seed in DRAWS])  # (3, 16)
    style = {"color": color, "linestyle": line}
    plt.plot(epochs, lines.T, linewidth=0.8, alpha=0.5, **style)
    plt.plot(epochs, lines.mean(axis=0), label=name, **style)
plt.axhline(0.1, color="gray", linewidth=1)
plt.text(16, 0.105, "noise", ha="right", va="bottom", fontsize=9)
plt.yscale("log")
plt.yticks([0.1, 0.2, 0.5, 1], ["0.1", "0.2", "0.5", "1"])
plt.xlabel("epoch")
plt.ylabel("validation RMSE, hours")
plt.title("Together they beat each part alone, in every draw")
plt.legend(loc="upper right", ncols=2)
plt.show()
# --8<-- [end:curves]

# --8<-- [start:where]
for kind in KINDS:
    parts = {"ordinary": [], "odd": []}
    for seed in DRAWS:
        _, _, hours, pair, extra = parcels(seed)
        square = ((found[seed][kind] - hours[N_TRAIN:]) ** 2)[:, 0]
        odd = extra[pair[N_TRAIN:]] != 0
        parts["ordinary"].append(square[~odd].mean() ** 0.5)
        parts["odd"].append(square[odd].mean() ** 0.5)
    rows = [" ".join(f"{v:.2f}" for v in part) for part in parts.values()]
    print(f"{kind:7} ordinary pairs {rows[0]}, odd pairs {rows[1]}")
# -> wide    ordinary pairs 0.40 0.39 0.40, odd pairs 0.97 1.03 0.94
# -> deep    ordinary pairs 0.28 0.24 0.27, odd pairs 0.43 0.71 0.53
# -> both    ordinary pairs 0.21 0.21 0.21, odd pairs 0.28 0.45 0.37
# -> crossed ordinary pairs 0.22 0.21 0.22, odd pairs 0.31 0.40 0.40
# --8<-- [end:where]

# --8<-- [start:memory]
figure, panels = plt.subplots(1, 3, sharey=True, figsize=(7.2, 3.6))
for panel, seed in zip(panels, DRAWS, strict=True):
    _, _, _, pair, extra = parcels(seed)
    seen = np.bincount(pair[:N_TRAIN], minlength=400) > 0
    weights = kernels[seed][2:402, 0]  # one for each pair, after the road
    jitter = np.random.default_rng(0).uniform(-0.25, 0.25, 400)
    for some, mark, color, name in (
        (seen, "o", "C0", "in training"),
        (~seen, "x", "C1", "never seen"),
    ):
        style = {"color": color, "markersize": 4, "label": name}
        panel.plot((extra + jitter)[some], weights[some], mark, **style)
    panel.set(
        xlabel="true extra hours", xticks=[-2, 0, 2], title=f"draw {seed}"
    )
panels[0].set_ylabel("wide weight of the pair")
names = panels[0].get_legend_handles_labels()
figure.legend(*names, loc="outside lower center", ncols=2)
figure.suptitle("Every odd pair leans the right way")
plt.show()
# --8<-- [end:memory]

# --8<-- [start:table]
from tfnotes.data import load

parts = load("diabetes")
table = np.vstack([x for x, _ in parts])  # (442, 10)
table = (table - table.mean(axis=0)) / table.std(axis=0)
target = np.hstack([y for _, y in parts])[:, None]
print(f"target: mean {target.mean():.1f}, spread {target.std():.1f}")
# -> target: mean 152.1, spread 77.0
# --8<-- [end:table]

# --8<-- [start:diabetes]
from sklearn.linear_model import LinearRegression

net, at_rest = compiled(10, 10, learning_rate=0.01)
results = {kind: [] for kind in (*KINDS, "formula")}
for seed in (1, 2, 3, 4, 5):
    order = np.random.default_rng(seed).permutation(442)
    x, y = table[order], (target[order] - 152) / 77  # about mean 0, spread 1
    both_ways = {"wide": x, "deep": x}
    last = run(net, at_rest, seed, both_ways, y, 353, 12, 32)
    line = LinearRegression().fit(x[:353], y[:353])
    error = np.mean((line.predict(x[353:]) - y[353:]) ** 2) ** 0.5
    for kind, values in results.items():
        values.append(77 * (last[kind][-1] if kind in last else error))
results["deep again"] = results.pop("crossed")  # same input, other start
for kind, values in results.items():
    print(f"{kind:10}", " ".join(f"{value:.1f}" for value in values))
# -> wide       51.5 49.7 59.4 52.7 55.0
# -> deep       56.5 51.4 61.3 55.9 59.2
# -> both       57.8 52.5 59.9 53.6 56.7
# -> formula    52.4 49.7 55.7 52.2 55.0
# -> deep again 60.5 51.1 63.5 54.8 61.5
# --8<-- [end:diabetes]

# --8<-- [start:gone]
from tfnotes.errors import printed_errors

with printed_errors():
    keras.experimental.WideDeepModel()
# -> AttributeError: module 'keras' has no attribute 'experimental'
with printed_errors():
    tf.keras.experimental.WideDeepModel()
# -> AttributeError: module 'keras._tf_keras.keras' has no attribute
#    'experimental'
with printed_errors():
    tf.estimator.DNNLinearCombinedRegressor()
# -> AttributeError: module 'tensorflow' has no attribute 'estimator'
# --8<-- [end:gone]

# --8<-- [start:crossing]
with printed_errors():
    tf.keras.layers.DenseFeatures([])
# -> AttributeError: module 'keras._tf_keras.keras.layers' has no attribute
#    'DenseFeatures'
depot, town = np.divmod(np.arange(400), N_TOWNS)
for n_bins in (400, 4000, 40_000):
    crossing = keras.layers.HashedCrossing(n_bins)
    bins = crossing((depot[:, None], town[:, None])).numpy()
    print(f"{n_bins:6} bins, used by 400 pairs: {len(np.unique(bins))}")
# ->    400 bins, used by 400 pairs: 263
# ->   4000 bins, used by 400 pairs: 383
# ->  40000 bins, used by 400 pairs: 398
# --8<-- [end:crossing]

# --8<-- [start:order]
with printed_errors():
    network([deep[:3], wide[:3]])
# -> ValueError: Input 0 with name 'wide' of layer 'wide_and_deep' is
#    incompatible with the layer: expected shape=(None, 402), found shape=(3,
#    42)
small = wide_and_deep((2, 2), n_outputs=1)
a, b = np.array([[1.0, 2.0]]), np.array([[5.0, -3.0]])
print("same answer:", np.allclose(small([a, b]), small([b, a])))
# -> same answer: False
by_name = {"deep": b, "wide": a}  # in any order
print("same answer:", np.allclose(small([a, b]), small(by_name)))
# -> same answer: True
# --8<-- [end:order]

# --8<-- [start:answer-ensemble]
for seed in DRAWS:
    _, _, hours, _, _ = parcels(seed)
    guess = (found[seed]["wide"] + found[seed]["deep"]) / 2
    mean = np.mean((guess - hours[N_TRAIN:]) ** 2) ** 0.5
    joint = curves[seed]["both"][-1]
    print(f"mean of the two {mean:.2f}, trained together {joint:.2f}")
# -> mean of the two 0.34, trained together 0.22
# -> mean of the two 0.34, trained together 0.24
# -> mean of the two 0.34, trained together 0.23
# --8<-- [end:answer-ensemble]

# --8<-- [start:answer-unseen]
for seed in DRAWS:
    _, _, _, pair, extra = parcels(seed)
    seen = np.bincount(pair[:N_TRAIN], minlength=400)
    start = build(seed, 402, 42).get_layer("output").get_weights()[0]
    moved = np.abs(kernels[seed] - start)[2:402, 0]
    print(f"never seen {moved[seen == 0].max():.2f}", end=", ")
    print(f"seen up to {moved[seen > 0].max():.2f}")
# -> never seen 0.00, seen up to 0.75
# -> never seen 0.00, seen up to 0.79
# -> never seen 0.00, seen up to 0.70
# --8<-- [end:answer-unseen]

# --8<-- [start:answer-price]
x = keras.Input((402,))
crossed = keras.Model(x, hidden_layers(x))
print("wide & deep  ", network.count_params())
# -> wide & deep   2867
print("deep, crossed", crossed.count_params())
# -> deep, crossed 13985
print("for the 400 pairs:", 400, "against", 400 * 32)
# -> for the 400 pairs: 400 against 12800
# --8<-- [end:answer-price]
