# The code of the lesson architectures/transfer-learning.

# --8<-- [start:halves]
import numpy as np

from tfnotes.data import load

train_set, test_set = load("fashion_mnist_6k")


def half(images, labels, first):
    rows = (labels >= first) & (labels < first + 5)
    x = images[rows][..., None].astype("float32") / 255  # (n, 28, 28, 1)
    return x, labels[rows] - first  # classes 0 to 4


old, old_test = half(*train_set, first=0), half(*test_set, first=0)
new, new_test = half(*train_set, first=5), half(*test_set, first=5)
print(len(old[0]), len(old_test[0]), len(new[0]), len(new_test[0]))
# -> 2500 500 2500 500
# --8<-- [end:halves]

# --8<-- [start:network]
import keras

layers = keras.layers


def network():
    look = {"strides": 2, "padding": "same", "activation": "relu"}
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(16, 5, **look),  # (14, 14, 16)
            layers.Conv2D(32, 3, **look),  # (7, 7, 32)
            layers.Conv2D(64, 3, **look),  # (4, 4, 64)
            layers.GlobalAveragePooling2D(),  # (64,): the features
            layers.Dense(5, name="logits"),
        ]
    )


# --8<-- [end:network]


# --8<-- [start:learner]
def learner(model, learning_rate):
    adam = keras.optimizers.Adam(learning_rate)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(adam, loss, steps_per_execution=10)
    adam.build(model.trainable_variables)
    blank = [variable.numpy() for variable in adam.variables]

    def learn(weights, x, y, n_steps, rng):
        model.set_weights(weights)
        for variable, value in zip(adam.variables, blank, strict=True):
            variable.assign(value)  # or Adam goes on where it was
        rows = rng.integers(len(x), size=16 * n_steps)
        run = {"batch_size": 16, "shuffle": False, "verbose": 0}
        model.fit(x[rows], y[rows], **run)
        return model

    return learn


def accuracy(model, x, y):
    return np.mean(np.argmax(model(x), axis=-1) == y)


# --8<-- [end:learner]

# --8<-- [start:pre-train]
keras.utils.set_random_seed(0)
learn_old = learner(network(), learning_rate=0.003)
rng = np.random.default_rng(0)
base = learn_old(network().get_weights(), *old, n_steps=400, rng=rng)
print(f"old classes, test pictures: {accuracy(base, *old_test):.2f}")
# -> old classes, test pictures: 0.79
# --8<-- [end:pre-train]

# --8<-- [start:new-head]
from tfnotes.models import replace_head

model = replace_head(base, n_outputs=5)
learns = sum(w.shape.num_elements() for w in model.trainable_weights)
print(f"{learns} of {model.count_params():,} parameters learn")
# -> 325 of 23,877 parameters learn
print("the given model still learns:", len(base.trainable_weights), "arrays")
# -> the given model still learns: 8 arrays
# --8<-- [end:new-head]

# --8<-- [start:one-more-layer]
from tfnotes.models import add_head

trunk = keras.Model(base.inputs[0], base.layers[-2].output)  # ends in features
for body in (trunk, base):
    model = add_head(body, n_outputs=5)
    head = model.layers[-1]
    print(f"{head.input.shape[-1]} inputs, {head.count_params()} parameters")
# -> 64 inputs, 325 parameters
# -> 5 inputs, 30 parameters
# --8<-- [end:one-more-layer]

# --8<-- [start:how-many]
from tfnotes.models import fine_tune

model = replace_head(base, n_outputs=5)
for n_layers in (1, 2, 4):
    fine_tune(model, n_layers)
    learns = sum(w.shape.num_elements() for w in model.trainable_weights)
    print(f"last {n_layers}: {learns:6,} parameters learn")
# -> last 1:    325 parameters learn
# -> last 2: 18,821 parameters learn
# -> last 4: 23,877 parameters learn
# --8<-- [end:how-many]

# --8<-- [start:features]
model = replace_head(base, n_outputs=5)
head = keras.Sequential([keras.Input((64,)), layers.Dense(5)])
head.set_weights(model.get_weights()[-2:])
features = trunk(new_test[0])  # (500, 64)
both = head(features), model(new_test[0])
print(features.shape, np.allclose(*both, atol=1e-4))
# -> (500, 64) True
# --8<-- [end:features]

# --8<-- [start:three-ways]
learn_scratch = learner(network(), learning_rate=0.003)
learn_head = learner(head, learning_rate=0.01)
learn_all = learner(fine_tune(replace_head(base, 5), n_layers=4), 0.001)


def three_ways(x, y, pretrained, rng, n_steps=120):
    fresh = network().get_weights()  # the new head comes from here too
    scratch = learn_scratch(fresh, x, y, n_steps, rng)

    trunk.set_weights(pretrained[:-2])
    features = trunk(x).numpy()
    learn_head(fresh[-2:], features, y, n_steps // 2, rng)
    tuned = learn_all(
        pretrained[:-2] + head.get_weights(), x, y, n_steps // 2, rng
    )
    learn_head(head.get_weights(), features, y, n_steps // 2, rng)
    unseen = trunk(new_test[0])
    return (
        accuracy(scratch, *new_test),
        accuracy(head, unseen, new_test[1]),
        accuracy(tuned, *new_test),
    )


# --8<-- [end:three-ways]

# --8<-- [start:experiment]
sizes = (5, 20, 50, 200)  # labelled pictures, as many of each class
results = np.zeros((3, len(sizes), 3))  # seeds, sizes, ways
for seed in range(3):
    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)
    pretrained = learn_old(network().get_weights(), *old, 400, rng)
    pretrained = pretrained.get_weights()
    order = [rng.permutation(np.flatnonzero(new[1] == c)) for c in range(5)]
    for i, size in enumerate(sizes):
        few = np.concatenate([rows[: size // 5] for rows in order])
        results[seed, i] = three_ways(new[0][few], new[1][few], pretrained, rng)
# --8<-- [end:experiment]

# --8<-- [start:table]
print("labels  scratch  frozen  fine-tuned (means of 3 seeds)")
# -> labels  scratch  frozen  fine-tuned (means of 3 seeds)
for size, row in zip(sizes, results.mean(axis=0), strict=True):
    print(f"{size:6}  {row[0]:7.2f}  {row[1]:6.2f}  {row[2]:10.2f}")
# ->      5     0.49    0.55        0.57
# ->     20     0.67    0.64        0.70
# ->     50     0.77    0.73        0.77
# ->    200     0.83    0.76        0.81
# --8<-- [end:table]

# --8<-- [start:labels]
import matplotlib.pyplot as plt

ways = ("from scratch", "frozen trunk, new head", "fine-tuned")
looks = (("C1", "--", "s"), ("C5", ":", "^"), ("C0", "-", "o"))
for way, (color, style, marker) in enumerate(looks):
    runs = results[:, :, way]  # seeds, sizes
    shift = 1.04 ** (way - 1)  # so that the points do not hide each other
    at = np.array(sizes) * shift
    plt.plot(at, runs.mean(axis=0), style, c=color, label=ways[way])
    for run in runs:
        plt.plot(at, run, marker, c=color, markersize=6, alpha=0.7)
plt.xscale("log")
plt.xticks(sizes, sizes)
plt.minorticks_off()
plt.xlabel("labelled pictures of the new classes")
plt.ylabel("test accuracy, new classes")
plt.title("Few labels: fine-tuning leads. Many: scratch catches up")
plt.legend(title="lines: mean, points: 3 seeds")
plt.show()
# --8<-- [end:labels]

# --8<-- [start:fine-tune-batch-norm]
from tfnotes.models import batch_norm_cnn

model = batch_norm_cnn((28, 28, 1), 10, n_filters=(8, 16))
fine_tune(model, n_layers=2)
for layer in model.layers:
    if layer.weights:
        print(type(layer).__name__, layer.trainable)
# -> Conv2D False
# -> BatchNormalization False
# -> Conv2D True
# -> BatchNormalization False
# -> Dense True
# --8<-- [end:fine-tune-batch-norm]


# --8<-- [start:compile-again]
def moved(model):
    x, y = new[0][:100], np.eye(5)[new[1][:100]]  # (100, 5)
    before = model.layers[0].get_weights()[0]
    model.fit(x, y, batch_size=100, verbose=0)
    return bool((model.layers[0].get_weights()[0] != before).any())


model = network()
model.compile("sgd", "mse")
print("free, moved:", moved(model))
# -> free, moved: True
model.layers[0].trainable = False
print("arrays that learn:", len(model.trainable_weights), "of 8")
# -> arrays that learn: 6 of 8
print("frozen, not compiled again, moved:", moved(model))
# -> frozen, not compiled again, moved: True
model.compile("sgd", "mse")
print("compiled again, moved:", moved(model))
# -> compiled again, moved: False
model.layers[0].trainable = True
print("free, not compiled again, moved:", moved(model))
# -> free, not compiled again, moved: False
# --8<-- [end:compile-again]

# --8<-- [start:frozen-batch-norm]
norm = layers.BatchNormalization(momentum=0.5)
numbers = np.random.default_rng(0).normal(5, 2, (100, 1)).astype("float32")
norm(numbers, training=True)
for trainable in (True, False):
    norm.trainable = trainable
    before = norm.moving_mean.numpy()[0]
    mean = norm(numbers, training=True).numpy().mean().round(1) + 0  # not -0
    moves = norm.moving_mean.numpy()[0] != before
    print(f"trainable={trainable}: mean {mean:.1f}, average moves: {moves}")
# -> trainable=True: mean 0.0, average moves: True
# -> trainable=False: mean 0.7, average moves: False
# --8<-- [end:frozen-batch-norm]

# --8<-- [start:offline]
from pathlib import Path
from tempfile import TemporaryDirectory

from tfnotes.errors import printed_errors

with printed_errors():
    keras.applications.MobileNetV2(weights="fashion")
# -> ValueError: The `weights` argument should be either `None` (random
#    initialization), `imagenet` (pre-training on ImageNet), or the path to the
#    weights file to be loaded.  Received `weights=fashion`
with TemporaryDirectory() as folder:
    file = Path(folder, "base.weights.h5")
    base.save_weights(file)  # where there was a network, or training
    again = network()
    again.load_weights(file)
same = np.array_equal(again.get_weights()[0], base.get_weights()[0])
print("loaded weights are the saved ones:", same)
# -> loaded weights are the saved ones: True
# --8<-- [end:offline]

# --8<-- [start:answer-untrained]
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

few = np.concatenate([rows[:40] for rows in order])  # 200 labels
starts = {"untrained": network().get_weights(), "pre-trained": pretrained}
for name, weights in starts.items():
    trunk.set_weights(weights[:-2])
    seen, unseen = (trunk(x).numpy() for x in (new[0][few], new_test[0]))
    start = network().get_weights()[-2:]
    head = learn_head(start, seen, new[1][few], 120, rng)
    converged = make_pipeline(StandardScaler(), LogisticRegression())
    converged.fit(seen, new[1][few])
    found = accuracy(head, unseen, new_test[1])
    best = converged.score(unseen, new_test[1])
    print(f"{name}: 120 steps {found:.2f}, scaled and converged {best:.2f}")
# -> untrained: 120 steps 0.32, scaled and converged 0.75
# -> pre-trained: 120 steps 0.77, scaled and converged 0.87
# --8<-- [end:answer-untrained]

# --8<-- [start:answer-learning-rate]
few = np.concatenate([rows[:4] for rows in order])  # 20 labels
start = pretrained[:-2] + network().get_weights()[-2:]
model = fine_tune(replace_head(base, 5), n_layers=4)
for name, learn in (
    ("0.001", learn_all),
    ("0.1", learner(model, learning_rate=0.1)),
):
    found = [
        accuracy(learn(start, new[0][few], new[1][few], 60, rng), *new_test)
        for _ in range(3)
    ]
    print(f"learning rate {name}, at least half right:", np.mean(found) > 0.5)
# -> learning rate 0.001, at least half right: True
# -> learning rate 0.1, at least half right: False
# --8<-- [end:answer-learning-rate]
