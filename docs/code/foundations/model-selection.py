# The code of the lesson foundations/model-selection.

# --8<-- [start:data]
import numpy as np

from tfnotes.data import folds, load, split

(x_all, y_all), (x_test, y_test) = load("digits")
x_all, x_test = (
    pictures.reshape(len(pictures), 64).astype("float32") / 16
    for pictures in (x_all, x_test)
)
x, y = x_all[:200], y_all[:200]  # what we pretend to have
later = x_all[200:], y_all[200:]  # what users will bring
print(len(y), "ours,", len(y_test), "test,", len(later[1]), "later")
# -> 200 ours, 360 test, 1237 later
# --8<-- [end:data]

# --8<-- [start:network]
import tensorflow as tf


def begin(n_features, width, seed=0):
    rng = np.random.default_rng(seed)
    shapes = (n_features, width), (width, 10)
    draws = [rng.normal(scale=n**-0.5, size=(n, m)) for n, m in shapes]
    return [tf.constant(draw, tf.float32) for draw in draws]


def logits(x, weights):
    hidden = tf.tanh(x @ weights[0])  # (n, width)
    return hidden @ weights[1]  # (n, 10)


# --8<-- [end:network]

# --8<-- [start:train]
cross_entropy = tf.nn.sparse_softmax_cross_entropy_with_logits


@tf.function(jit_compile=True, reduce_retracing=True)
def descend(x, y, weights, learning_rate=0.5):
    for _ in tf.range(300):
        with tf.GradientTape() as tape:
            tape.watch(weights)
            loss = tf.reduce_mean(cross_entropy(y, logits(x, weights)))
        pairs = zip(weights, tape.gradient(loss, weights), strict=True)
        weights = [w - learning_rate * slope for w, slope in pairs]
    return weights


def score(train, valid, width=16):  # trains from the same start every time
    weights = begin(train[0].shape[1], width)
    weights = descend(train[0], train[1].astype("int32"), weights)
    return np.mean(np.argmax(logits(valid[0], weights), axis=1) == valid[1])


# --8<-- [end:train]

# --8<-- [start:hold-out]
one_split = [
    score(*split(x, y, 40, stratified=True, seed=seed)) for seed in range(20)
]
print(
    "20 splits:", np.min(one_split).round(2), "to", np.max(one_split).round(2)
)
# -> 20 splits: 0.88 to 0.98
print("on later rows:", score((x, y), later).round(2))
# -> on later rows: 0.91
# --8<-- [end:hold-out]

# --8<-- [start:deal]
import matplotlib.pyplot as plt

rows = np.arange(len(y))
dealt = [valid for _, (valid, _) in folds(rows, y, 5, stratified=True)]
print([len(valid) for valid in dealt], len(set(np.concatenate(dealt))))
# -> [40, 40, 40, 40, 40] 200
# --8<-- [end:deal]

# --8<-- [start:k-folds]
shown = rows[:20]
for k, valid in enumerate(dealt):
    held = np.isin(shown, valid)
    plt.plot(shown[~held], 0 * shown[~held] + k, "s", color="gray", mfc="none")
    plt.plot(shown[held], 0 * shown[held] + k, "s", color="C1", ms=11)
plt.plot([], [], "s", color="C1", ms=11, label="validates")
plt.plot([], [], "s", color="gray", mfc="none", label="trains")
plt.yticks(range(5), [f"model {k + 1}" for k in range(5)])
plt.xticks(shown[::2])
plt.ylim(4.6, -0.6)
plt.grid(visible=False)
plt.xlabel("row (the first 20 of 200)")
plt.title("Five folds: each row validates exactly once")
plt.gcf().legend(loc="outside lower center", ncols=2)
plt.show()
# --8<-- [end:k-folds]


# --8<-- [start:cross-validate]
def cross_validate(x, y, width=16, n_splits=5, seed=0):
    cut = folds(x, y, n_splits, stratified=True, seed=seed)
    return np.array([score(train, valid, width) for train, valid in cut])


scores = cross_validate(x, y)
print("per fold", scores.round(2))
# -> per fold [0.92 0.92 0.92 0.85 0.92]
print("mean", scores.mean().round(2), "spread", scores.std(ddof=1).round(2))
# -> mean 0.91 spread 0.03
# --8<-- [end:cross-validate]

# --8<-- [start:repeats]
repeats = np.array([cross_validate(x, y, seed=seed) for seed in range(20)])
means = repeats.mean(axis=1)  # (20,)
print("one split: spread", np.std(one_split, ddof=1).round(2))
# -> one split: spread 0.03
print("five folds: spread", means.std(ddof=1).round(2))
# -> five folds: spread 0.01
print("means from", means.min().round(2), "to", means.max().round(2))
# -> means from 0.89 to 0.94
# --8<-- [end:repeats]

# --8<-- [start:fold-scores]
figure, (left, right) = plt.subplots(1, 2, sharey=True)
left.plot(range(1, 6), scores, "o", color="C0", label="fold")
left.axhline(scores.mean(), color="C0", label="mean")
low, high = scores.mean() + scores.std(ddof=1) * np.array([-1, 1])
left.axhspan(low, high, color="C0", alpha=0.12, lw=0)
left.set(xlabel="fold", ylabel="accuracy", title="Five scores, one mean")
left.legend(loc="upper right")
spots = np.linspace(-0.25, 0.25, 20)
right.plot(spots, one_split, "s", color="C1", alpha=0.7)
right.plot(1 + spots, means, "o", color="C0", alpha=0.7)
truth = score((x, y), later)
right.axhline(truth, linestyle="--", color="dimgray")
right.text(0.5, truth + 0.002, "later\nrows", ha="center", size=9)
right.set_xticks([0, 1], ["one split", "mean of\nfive folds"])
right.set(xlim=(-0.5, 1.5), title="20 draws: folds vary less")
plt.show()
# --8<-- [end:fold-scores]

# --8<-- [start:stratified]
print(np.bincount(y))  # (10,): our pictures of each digit
# -> [15 18 28 23 31 19 13 19 16 18]
for stratified in (False, True):
    counts = [
        np.bincount(y_valid, minlength=10)  # (10,)
        for seed in range(20)
        for _, (_, y_valid) in folds(x, y, 5, stratified=stratified, seed=seed)
    ]
    print(f"stratified {stratified!s:5}:", np.min(counts), "to", np.max(counts))
# -> stratified False: 0 to 12
# -> stratified True : 2 to 7
# --8<-- [end:stratified]

# --8<-- [start:widths]
widths = (1, 4, 16, 64)


def choose(seed=0):
    table = np.array([cross_validate(x, y, w, seed=seed) for w in widths])
    means = table.mean(axis=1)  # (4, 5) -> (4,)
    errors = table.std(axis=1, ddof=1) / 5**0.5  # standard error of each mean
    best = means.argmax()
    smallest = np.argmax(means >= means[best] - errors[best])  # the first True
    return table, means, errors, widths[best], widths[smallest]


table, means, errors, _, chosen = choose()
for width, mean, error in zip(widths, means, errors, strict=True):
    print(f"width {width:2}: {mean:.2f} +- {error:.2f}")
# -> width  1: 0.22 +- 0.01
# -> width  4: 0.80 +- 0.01
# -> width 16: 0.91 +- 0.02
# -> width 64: 0.91 +- 0.02
print("smallest within one error of the best:", chosen)
# -> smallest within one error of the best: 16
# --8<-- [end:widths]

# --8<-- [start:choice]
for row, width in zip(table, widths, strict=True):
    plt.plot([width] * 5, row, "o", color="gray", markersize=4)
plt.errorbar(widths, means, errors, color="C0", capsize=5, marker="D")
line = means.max() - errors[means.argmax()]
plt.axhline(line, linestyle="--", color="dimgray")
plt.text(1, line - 0.01, "best mean minus its error", va="top", size=10)
plt.annotate(
    "chosen",
    (chosen, means[widths.index(chosen)] - 0.03),
    (chosen, 0.55),
    ha="center",
    arrowprops={"arrowstyle": "-|>", "color": "C1", "lw": 1.8},
)
plt.xscale("log", base=2)
plt.xticks(widths, widths)
plt.xlabel("width of the hidden layer (dots: folds; diamonds: mean)")
plt.ylabel("validation accuracy")
plt.title("Beyond 16 units the folds see no gain")
plt.show()
# --8<-- [end:choice]

# --8<-- [start:again]
draws = [choose(seed)[3:] for seed in range(10)]
best, smallest = (sorted(set(column)) for column in zip(*draws, strict=True))
print("best mean:", best, "smallest within one error:", smallest)
# -> best mean: [16, 64] smallest within one error: [16]
# --8<-- [end:again]

# --8<-- [start:final]
print(f"folds {means[widths.index(chosen)]:.2f}")
# -> folds 0.91
print(f"test {score((x, y), (x_test, y_test), chosen):.2f}")
# -> test 0.90
# --8<-- [end:final]

# --8<-- [start:guessers]
rng = np.random.default_rng(0)
right = rng.random((20, 1000, 100)) < 0.5  # (runs, guessers, test rows)
found = right.mean(axis=2)  # (20, 1000): accuracy of each guesser
record = np.maximum.accumulate(found, axis=1)  # the best so far
for n in (1, 10, 100, 1000):
    low, mean, high = (f(record[:, n - 1]) for f in (np.min, np.mean, np.max))
    print(f"best of {n:4}: {mean:.2f} ({low:.2f} to {high:.2f})")
# -> best of    1: 0.50 (0.37 to 0.63)
# -> best of   10: 0.58 (0.52 to 0.63)
# -> best of  100: 0.64 (0.61 to 0.68)
# -> best of 1000: 0.66 (0.64 to 0.70)
print("the best of 1000, new rows:", (rng.random((20, 100)) < 0.5).mean())
# -> the best of 1000, new rows: 0.509
# --8<-- [end:guessers]

# --8<-- [start:optimism]
tried = np.arange(1, 1001)
plt.plot(tried, record.mean(axis=0), label="best on the test set, mean")
plt.fill_between(tried, record.min(axis=0), record.max(axis=0), alpha=0.15)
plt.axhline(0.5, color="C1", linestyle="--", label="true accuracy of every one")
plt.xscale("log")
plt.xlabel("models compared on the same 100 test rows (20 runs)")
plt.ylabel("accuracy")
plt.title("Look often enough, and guessing looks like skill")
plt.legend(loc="upper left")
plt.show()
# --8<-- [end:optimism]

# --8<-- [start:wrapped]
import keras
from keras.wrappers import SKLearnClassifier

keras.utils.set_random_seed(0)
hidden = keras.layers.Dense(16, activation="tanh")
output = keras.layers.Dense(3, activation="softmax")
model = keras.Sequential([keras.Input((13,)), hidden, output])
sgd = keras.optimizers.SGD(0.5)  # without momentum: nothing to reset
model.compile(sgd, "categorical_crossentropy", jit_compile=False)
start = model.get_weights()


def begun_anew(**_):  # X and y of one fold, y one-hot, are not needed
    model.set_weights(start)
    return model


classifier = SKLearnClassifier(begun_anew)
# --8<-- [end:wrapped]

# --8<-- [start:sklearn]
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

keras.config.disable_interactive_logging()  # no progress bar of predict
(x_wine, y_wine), _ = load("wine")  # (142, 13), three growers
pipeline = make_pipeline(StandardScaler(), classifier)
cut = StratifiedKFold(5, shuffle=True, random_state=0)
options = {"sklearnclassifier__epochs": 10, "sklearnclassifier__verbose": 0}
wine_scores = cross_val_score(pipeline, x_wine, y_wine, cv=cut, params=options)
print(wine_scores.round(2), "mean", wine_scores.mean().round(2))
# -> [0.97 0.93 1.   0.96 1.  ] mean 0.97
# --8<-- [end:sklearn]


# --8<-- [start:leak]
def best_features(x, y, n=10):  # the n that differ most between the classes
    return np.argsort(-abs(x[y == 1].mean(0) - x[y == 0].mean(0)))[:n]


def centres(train, valid):  # accuracy of the nearer class mean
    (x, y), (x_valid, y_valid) = train, valid
    zero, one = x[y == 0].mean(0), x[y == 1].mean(0)
    return np.mean(((x_valid - (zero + one) / 2) @ (one - zero) > 0) == y_valid)


def selected(seed, before):
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(60, 5000)), rng.permutation(60) % 2  # unrelated
    found, chosen = [], best_features(x, y)  # sees every label
    for (x_t, y_t), (x_v, y_v) in folds(x, y, 5, stratified=True, seed=seed):
        if not before:
            chosen = best_features(x_t, y_t)
        found.append(centres((x_t[:, chosen], y_t), (x_v[:, chosen], y_v)))
    return np.mean(found)


# --8<-- [end:leak]

# --8<-- [start:leak-scores]
leaks = {before: [selected(s, before) for s in range(10)] for before in (1, 0)}
for name, values in zip(("before", "inside"), leaks.values(), strict=True):
    low, mean, high = np.min(values), np.mean(values), np.max(values)
    print(f"{name} the folds: {mean:.2f} ({low:.2f} to {high:.2f})")
# -> before the folds: 0.89 (0.83 to 0.93)
# -> inside the folds: 0.49 (0.27 to 0.60)
# --8<-- [end:leak-scores]

# --8<-- [start:leaked]
for place, (values, marker, color) in enumerate(
    ((leaks[1], "s", "C1"), (leaks[0], "o", "C0"))
):
    plt.plot(values, place + np.linspace(-0.2, 0.2, 10), marker, color=color)
plt.axvline(0.5, linestyle="--", color="dimgray")
plt.text(0.505, -0.42, "guessing", size=10)
plt.yticks(
    [0, 1], ["features chosen\nbefore the folds", "chosen in\neach fold"]
)
plt.ylim(1.5, -0.55)
plt.xlim(0, 1)
plt.xlabel("cross-validated accuracy on random labels (10 seeds)")
plt.title("A choice made before the split sees the answers")
plt.show()
# --8<-- [end:leaked]

# --8<-- [start:sorted]
from sklearn.model_selection import KFold

by_class = y.argsort(kind="stable")  # all zeros first, all nines last
xs, ys = x[by_class], y[by_class]
print([np.unique(ys[valid]).tolist() for _, valid in KFold(5).split(xs)])
# -> [[0, 1, 2], [2, 3], [3, 4, 5], [5, 6, 7], [7, 8, 9]]
for cut in KFold(5), KFold(5, shuffle=True, random_state=0):
    found = [score((xs[t], ys[t]), (xs[v], ys[v])) for t, v in cut.split(xs)]
    print(f"shuffle={cut.shuffle}: {np.mean(found):.2f}")
# -> shuffle=False: 0.35
# -> shuffle=True: 0.92
# --8<-- [end:sorted]

# --8<-- [start:clone]
from sklearn.base import clone

kept = {"epochs": 10, "verbose": 0}
wrapped = SKLearnClassifier(begun_anew, fit_kwargs=kept)
print(wrapped.fit_kwargs, clone(wrapped).fit_kwargs)
# -> {'epochs': 10, 'verbose': 0} None
x_scaled = StandardScaler().fit_transform(x_wine)
for arguments in ({}, kept):
    fitted = clone(wrapped).fit(x_scaled, y_wine, **arguments)
    print("epochs trained:", len(fitted.history_.epoch))
# -> epochs trained: 1
# -> epochs trained: 10
# --8<-- [end:clone]

# --8<-- [start:answer-k]
for k in (2, 5, 10):
    found = np.array([cross_validate(x, y, 16, k, seed) for seed in range(5)])
    print(f"K = {k:2}: {found.size:2} fits, mean {found.mean():.2f}")
# -> K =  2: 10 fits, mean 0.90
# -> K =  5: 25 fits, mean 0.92
# -> K = 10: 50 fits, mean 0.92
# --8<-- [end:answer-k]


# --8<-- [start:answer-scaling]
def standardised(part, x_base):
    x, y = part
    return (x - x_base.mean(axis=0)) / x_base.std(axis=0), y


found = []
for seed in range(5):
    for train, valid in folds(x_wine, y_wine, 5, stratified=True, seed=seed):
        for base in (x_wine, train[0]):  # all rows; training rows only
            parts = standardised(train, base), standardised(valid, base)
            found.append(score(*parts))
print(f"all rows {np.mean(found[::2]):.2f}, fold {np.mean(found[1::2]):.2f}")
# -> all rows 0.97, fold 0.97
# --8<-- [end:answer-scaling]

# --8<-- [start:answer-luck]
rng = np.random.default_rng(1)
for n in (100, 1000, 10000):
    found = rng.binomial(n, 0.5, size=(20, 1000)) / n  # 20 runs, 1000 models
    print(f"{n:5} test rows: {found.max(axis=1).mean():.2f}")
# ->   100 test rows: 0.66
# ->  1000 test rows: 0.55
# -> 10000 test rows: 0.52
# --8<-- [end:answer-luck]
