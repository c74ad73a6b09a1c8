# The code of the lesson keras/hyperparameter-search.

# --8<-- [start:data]
from tfnotes.data import load

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
import keras
import tensorflow as tf


class Network(keras.Sequential):
    @tf.function(reduce_retracing=True)
    def descend(self, x, y, steps):
        for _ in tf.range(steps):
            self.train_step((x, y))  # that of Keras, here over all rows

    def fit(self, x, y, epochs=1):
        y = tf.constant(y, tf.float32)  # (n, 10), one-hot
        self.descend(tf.constant(x), y, tf.constant(epochs))

    def predict(self, x):
        return self(x).numpy()  # (n, 10), logits


# --8<-- [end:network]

# --8<-- [start:classifier]
import functools

import numpy as np
from keras.layers import Dense


@functools.cache  # one network of each width: TensorFlow traces it once
def compiled(n_features, units, n_classes):
    hidden = Dense(units, activation="tanh")
    model = Network([keras.Input((n_features,)), hidden, Dense(n_classes)])
    loss = keras.losses.CategoricalCrossentropy(from_logits=True)
    model.compile("sgd", loss)
    model.optimizer.build(model.trainable_variables)
    return model


def network(X, y, units=16, learning_rate=0.1, seed=0):  # noqa: N803
    model = compiled(X.shape[1], units, y.shape[1])  # y: one-hot
    model.optimizer.learning_rate = learning_rate
    rng = np.random.default_rng(seed)
    for weight in model.trainable_variables:  # anew: Glorot, biases zero
        limit = (weight.ndim == 2) * (6 / sum(weight.shape)) ** 0.5
        weight.assign(rng.uniform(-limit, limit, weight.shape))
    return model


# --8<-- [end:classifier]

# --8<-- [start:grid]
from keras.wrappers import SKLearnClassifier
from sklearn.model_selection import GridSearchCV, StratifiedKFold

widths, rates = (4, 8, 16, 32), (0.01, 0.1, 1.0, 10.0)
grid = [
    {"units": units, "learning_rate": rate}
    for units in widths
    for rate in rates
]
cut = StratifiedKFold(5, shuffle=True, random_state=0)
search = GridSearchCV(
    SKLearnClassifier(network), {"model_kwargs": grid}, cv=cut
)
search.fit(x, y, epochs=60)  # epochs goes to every fit of the network
print(len(grid), "settings,", len(grid) * 5, "fits and one more")
# -> 16 settings, 80 fits and one more
print("best:", search.best_params_["model_kwargs"])
# -> best: {'units': 16, 'learning_rate': 1.0}
print(f"mean of its five folds: {search.best_score_:.2f}")
# -> mean of its five folds: 0.91
# --8<-- [end:grid]

# --8<-- [start:spread]
found = search.cv_results_
scores = np.array([found[f"split{k}_test_score"] for k in range(5)])  # (5, 16)
means, errors = scores.mean(axis=0), scores.std(axis=0, ddof=1) / 5**0.5
best = means.argmax()
for i in means.argsort()[::-1][:5]:
    gap = scores[:, best] - scores[:, i]  # (5,): on the same folds
    error = gap.std(ddof=1) / 5**0.5
    name = "units {units:2}, rate {learning_rate:3}".format(**grid[i])
    print(f"{name}: {means[i]:.2f}, gap {gap.mean():.2f} +- {error:.2f}")
# -> units 16, rate 1.0: 0.91, gap 0.00 +- 0.00
# -> units 32, rate 1.0: 0.91, gap 0.01 +- 0.01
# -> units  8, rate 1.0: 0.89, gap 0.02 +- 0.02
# -> units 32, rate 0.1: 0.81, gap 0.11 +- 0.01
# -> units  4, rate 1.0: 0.76, gap 0.16 +- 0.02
# --8<-- [end:spread]

# --8<-- [start:surface]
import matplotlib.pyplot as plt

table = means.reshape(len(widths), len(rates))
close = (means >= means[best] - errors[best]).reshape(table.shape)
shown = np.maximum(table, 0.3)  # below that, all is failure
_, panel = plt.subplots()
panel.imshow(shown, cmap="Blues", vmin=0.2, vmax=1, aspect="auto")
for (i, j), value in np.ndenumerate(shown):
    text = f"{value:.2f}" if value > 0.3 else "< 0.3"
    ink = "#fefefe" if value > 0.65 else "#111111"
    panel.text(j, i, text, ha="center", va="center", color=ink)
    if close[i, j]:
        style = "-" if table[i, j] == table.max() else ":"
        box = (j - 0.46, i - 0.45), 0.92, 0.9
        panel.add_patch(
            plt.Rectangle(*box, fill=False, ec="C1", lw=3, ls=style)
        )
panel.set_xticks(range(len(rates)), rates)
panel.set_yticks(range(len(widths)), widths)
panel.grid(visible=False)
note = "solid box: best mean; dotted: within its standard error"
panel.set(xlabel=f"learning rate ({note})", ylabel="units")
panel.set_title("The rate decides; 16 and 32 units are level")
plt.show()
# --8<-- [end:surface]


# --8<-- [start:two-plans]
def trials(plan, rng, n=9):  # (n, 2): two settings, each from 0 to 1
    if plan == "random":
        return rng.random((n, 2))
    side = (np.arange(3) + 0.5) / 3
    return np.array([(a, b) for a in side for b in side])


rng = np.random.default_rng(0)
for both in (False, True):
    for plan in ("grid", "random"):
        hits = []
        for target in rng.random((4000, 2)):  # where the optimum lies
            away = abs(trials(plan, rng) - target)  # (9, 2)
            hits.append((away[:, : 1 + both] < 0.1).all(axis=1).any())
        what = "both settings matter" if both else "only one matters"
        print(f"{what}, {plan}: found {np.mean(hits):.2f}")
# -> only one matters, grid: found 0.61
# -> only one matters, random: found 0.83
# -> both settings matter, grid: found 0.37
# -> both settings matter, random: found 0.27
# --8<-- [end:two-plans]

# --8<-- [start:projections]
_, panels = plt.subplots(1, 2, sharey=True, sharex=True)
rng = np.random.default_rng(1)
for panel, plan in zip(panels, ("grid", "random"), strict=True):
    across, up = trials(plan, rng).T
    panel.plot(across, up, "o", color="C0")
    panel.plot(across, 0 * across - 0.12, "|", color="C1", ms=16, mew=2)
    n = len(np.unique(across))
    panel.set(xlabel="the setting that matters", xlim=(0, 1), ylim=(-0.2, 1))
    panel.set_title(f"{plan}: 9 trials, {n} values")
panels[0].set_ylabel("the one that does not")
panels[0].set_yticks([0, 0.5, 1])
plt.show()
# --8<-- [end:projections]

# --8<-- [start:random]
from sklearn.model_selection import RandomizedSearchCV


class Settings:  # scikit-learn asks for rvs: a random variate
    def rvs(self, random_state):
        units = int(random_state.choice(widths[1:]))
        rate = float(10 ** random_state.uniform(-1.5, 0))  # 0.03 to 1
        return {"units": units, "learning_rate": rate}


second = RandomizedSearchCV(
    SKLearnClassifier(network),
    {"model_kwargs": Settings()},
    n_iter=12,
    cv=cut,
    random_state=0,
)
second.fit(x, y, epochs=60)
refined = second.best_params_["model_kwargs"]
print(f"units {refined['units']}, rate {refined['learning_rate']:.2f}")
# -> units 32, rate 0.52
print(f"mean of its five folds: {second.best_score_:.2f}")
# -> mean of its five folds: 0.91
# --8<-- [end:random]

# --8<-- [start:refined]
found = second.cv_results_
drawn = found["params"]
spread = found["std_test_score"]
for units, mark in zip(widths[1:], "os^", strict=True):
    own = [
        i for i, p in enumerate(drawn) if p["model_kwargs"]["units"] == units
    ]
    at = [drawn[i]["model_kwargs"]["learning_rate"] for i in own]
    value = found["mean_test_score"][own]
    label = f"{units} units"
    plt.errorbar(at, value, spread[own], fmt=mark, capsize=3, label=label)
plt.xscale("log")
plt.xticks([0.03, 0.1, 0.3, 1], [0.03, 0.1, 0.3, 1])
plt.xlabel("learning rate (bars: standard deviation of five folds)")
plt.ylabel("accuracy of the folds")
plt.title("Above 0.3 the bars overlap: no clear winner")
plt.legend(loc="lower right")
plt.show()
# --8<-- [end:refined]

# --8<-- [start:seeds]
chosen = search.best_params_["model_kwargs"]
luck = np.empty((5, 16, 2))  # fold, seed, (40 rows, later rows)
for k, (train, valid) in enumerate(cut.split(x, y)):
    for seed in range(16):
        settings = {**chosen, "seed": seed}
        model = SKLearnClassifier(network, model_kwargs=settings)
        model.fit(x[train], y[train], epochs=60)
        luck[k, seed] = model.score(x[valid], y[valid]), model.score(*later)
winner = luck[..., 0].argmax(axis=1)  # (5,): the best seed of each fold
won = luck[np.arange(5), winner]  # (5, 2)
for part, rows in enumerate(("40 rows", "later rows")):
    mean, best_mean = luck[..., part].mean(), won[:, part].mean()
    print(f"{rows}: all seeds {mean:.2f}, winners {best_mean:.2f}")
# -> 40 rows: all seeds 0.91, winners 0.95
# -> later rows: all seeds 0.90, winners 0.90
# --8<-- [end:seeds]

# --8<-- [start:flattery]
for seed in range(16):
    plt.plot(luck[:, seed, 0], "_", color="gray", ms=14)
plt.plot(won[:, 0], "D", color="C1", ms=9, label="winner, its 40 rows")
plt.plot(won[:, 1], "o", color="C0", ms=9, label="winner, later rows")
mean = luck[..., 1].mean()
plt.axhline(mean, ls="--", color="dimgray", label="all seeds, later rows")
plt.xticks(range(5), range(1, 6))
plt.xlabel("fold that chose among 16 seeds (bars: each seed)")
plt.ylabel("accuracy")
plt.title("The best of 16 seeds is best only on the rows that chose")
plt.gcf().legend(loc="outside lower center", ncols=3)
plt.show()
# --8<-- [end:flattery]

# --8<-- [start:nested]
from sklearn.model_selection import cross_validate

inner = RandomizedSearchCV(
    SKLearnClassifier(network),
    {"model_kwargs": Settings()},
    n_iter=4,
    cv=StratifiedKFold(3, shuffle=True, random_state=1),
    random_state=0,
)
outer = cross_validate(
    inner, x, y, cv=cut, params={"epochs": 60}, return_estimator=True
)
inside = [fitted.best_score_ for fitted in outer["estimator"]]
print("chosen by the inner folds:", np.round(inside, 2))
# -> chosen by the inner folds: [0.85 0.87 0.84 0.86 0.86]
print("outer folds:              ", outer["test_score"].round(2))
# -> outer folds:               [0.88 0.88 0.88 0.8  0.82]
print(f"means {np.mean(inside):.2f} and {outer['test_score'].mean():.2f}")
# -> means 0.86 and 0.85
# --8<-- [end:nested]

# --8<-- [start:final]
final = SKLearnClassifier(network, model_kwargs=chosen)
final.fit(x, y, epochs=60)  # all 200 rows
print(f"test {final.score(x_test, y_test):.2f}")
# -> test 0.92
# --8<-- [end:final]


# --8<-- [start:space]
def build(hp):
    units = hp.Choice("units", [8, 16, 32])
    rate = hp.Float("learning_rate", 0.03, 1.0, sampling="log")
    keras.utils.set_random_seed(0)
    hidden = Dense(units, activation="tanh")
    model = keras.Sequential([keras.Input((64,)), hidden, Dense(10)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(rate), loss, metrics=["accuracy"])
    return model


# --8<-- [end:space]

# --8<-- [start:tuner]
import tempfile
from pathlib import Path

import keras_tuner

train, valid = np.arange(160), np.arange(160, 200)
folder = tempfile.TemporaryDirectory()  # goes when Python ends
place = {"directory": folder.name, "project_name": "digits"}
tuner = keras_tuner.RandomSearch(
    build, objective="val_accuracy", max_trials=3, seed=1, **place
)
held_out = x[valid], y[valid]
tuner.search(x[train], y[train], epochs=4, validation_data=held_out, verbose=0)
for trial in tuner.oracle.get_best_trials(3):
    units, rate = trial.hyperparameters.values.values()
    print(f"units {units:2}, rate {rate:.2f}: {trial.score:.2f}")
# -> units 16, rate 0.48: 0.77
# -> units  8, rate 0.86: 0.57
# -> units  8, rate 0.07: 0.32
# --8<-- [end:tuner]

# --8<-- [start:best]
print(sorted(path.name for path in Path(folder.name, "digits").iterdir()))
# -> ['oracle.json', 'trial_0', 'trial_1', 'trial_2', 'tuner0.json']
best_values = tuner.get_best_hyperparameters()[0]
model = tuner.hypermodel.build(best_values)
print("units", best_values["units"], "->", model.count_params(), "parameters")
# -> units 16 -> 1210 parameters
# --8<-- [end:best]

# --8<-- [start:gone]
from tfnotes.errors import printed_errors

with printed_errors():
    tf.keras.wrappers.scikit_learn.KerasClassifier(build)
# -> AttributeError: module 'keras.wrappers' has no attribute 'scikit_learn'
with printed_errors():
    keras.optimizers.SGD(lr=0.1)
# -> ValueError: Argument(s) not recognized: {'lr': 0.1}
# --8<-- [end:gone]

# --8<-- [start:names]
with printed_errors():  # what a search over {"units": [8, 16]} asks for
    SKLearnClassifier(model=None).set_params(units=8)
# -> ValueError: Invalid parameter 'units' for estimator
#    SKLearnClassifier(model=None). Valid parameters are: ['fit_kwargs',
#    'model', 'model_kwargs', 'warm_start'].
# --8<-- [end:names]

# --8<-- [start:lost]
from sklearn.base import clone
from sklearn.model_selection import cross_val_score

wrapped = SKLearnClassifier(network, fit_kwargs={"epochs": 60})
print(wrapped.fit_kwargs, clone(wrapped).fit_kwargs)
# -> {'epochs': 60} None
for params in None, {"epochs": 60}:
    accuracy = cross_val_score(wrapped, x, y, cv=cut, params=params).mean()
    print(f"params={params}: {accuracy:.2f}")
# -> params=None: 0.16
# -> params={'epochs': 60}: 0.74
with printed_errors():
    cross_val_score(wrapped, x, y, fit_params={"epochs": 60})
# -> TypeError: got an unexpected keyword argument 'fit_params'
# --8<-- [end:lost]

# --8<-- [start:retracing]
import contextlib
import io


def fresh(run_eagerly, **_):  # a new network for every fold
    hidden = Dense(8, activation="tanh")
    model = keras.Sequential([keras.Input((64,)), hidden, Dense(10)])
    loss = keras.losses.CategoricalCrossentropy(from_logits=True)
    model.compile("sgd", loss, run_eagerly=run_eagerly)
    return model


keras.config.disable_interactive_logging()  # no progress bar of predict
quiet = {"verbose": 0, "batch_size": 160}
for eager in False, True:
    wrapped = SKLearnClassifier(fresh, model_kwargs={"run_eagerly": eager})
    said = io.StringIO()  # the whole message holds an address
    with contextlib.redirect_stdout(said), printed_errors():
        cross_val_score(wrapped, x, y, cv=cut, params=quiet)
    print(f"eager {eager}:", said.getvalue().partition(" to <")[0] or "silent")
# -> eager False: WARNING: 5 out of the last 5 calls
# -> eager True: silent
# --8<-- [end:retracing]


# --8<-- [start:old-folder]
def other(hp):  # another space: rates far too small
    model = build(hp)
    model.optimizer.learning_rate = 1e-7 * hp.Choice("factor", [1, 2])
    return model


for overwrite in False, True:
    with contextlib.redirect_stdout(io.StringIO()):  # it prints the folder
        again = keras_tuner.RandomSearch(
            other, "val_accuracy", 1, overwrite=overwrite, **place
        )
    again.search(x[train], y[train], validation_data=held_out, verbose=0)
    (best_trial,) = again.oracle.get_best_trials(1)
    print(f"overwrite={overwrite}: best {best_trial.score:.2f}")
# -> overwrite=False: best 0.77
# -> overwrite=True: best 0.10
# --8<-- [end:old-folder]

# --8<-- [start:no-seed]
for seed in 0, 1:
    seeded = keras_tuner.oracles.RandomSearchOracle("loss", seed=seed)
    print(f"seed {seed} kept: {seeded.seed == seed}")
# -> seed 0 kept: False
# -> seed 1 kept: True
# --8<-- [end:no-seed]

# --8<-- [start:answer-linear]
rng = np.random.default_rng(0)
linear = rng.uniform(0.01, 10, 100_000)
logarithmic = 10 ** rng.uniform(-2, 1, 100_000)
for name, drawn in (("linear", linear), ("logarithmic", logarithmic)):
    print(f"{name}: {np.mean(drawn < 1):.2f} of the draws are below 1")
# -> linear: 0.10 of the draws are below 1
# -> logarithmic: 0.67 of the draws are below 1
# --8<-- [end:answer-linear]

# --8<-- [start:answer-smallest]
enough = [grid[i]["units"] for i in range(16) if close.ravel()[i]]
print("fewest units:", min(enough))
# -> fewest units: 16
# --8<-- [end:answer-smallest]


# --8<-- [start:answer-folds]
class Folds(keras_tuner.RandomSearch):
    def run_trial(self, trial, x, y, epochs, **_):
        model = SKLearnClassifier(
            network, model_kwargs=trial.hyperparameters.values
        )
        return -cross_val_score(
            model, x, y, cv=cut, params={"epochs": epochs}
        ).mean()


def declare(hp):  # only the space: run_trial builds the networks
    hp.Choice("units", [8, 16, 32])
    hp.Float("learning_rate", 0.03, 1.0, sampling="log")


with tempfile.TemporaryDirectory() as folds_folder:
    by_folds = Folds(declare, max_trials=4, seed=1, directory=folds_folder)
    by_folds.search(x, y, epochs=60, verbose=0)
    (best_trial,) = by_folds.oracle.get_best_trials(1)
print(f"units {best_trial.hyperparameters['units']}: {-best_trial.score:.2f}")
# -> units 8: 0.89
# --8<-- [end:answer-folds]
