"""Grid search of scikit-learn and KerasTuner work with unchanged models."""

from pathlib import Path

import keras
import keras_tuner
import numpy as np
import pytest
from keras.wrappers import SKLearnClassifier
from sklearn.model_selection import GridSearchCV, StratifiedKFold

from tfnotes import data
from tfnotes.models import mlp
from tfnotes.training import train

FIT = {"epochs": 12, "batch_size": 8, "verbose": 0}  # a clone forgets fit_kwargs of its maker
LOSS = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def classifier(
    X: np.ndarray,  # noqa: N803  # the names are those of keras.wrappers
    y: np.ndarray,
    units: int = 8,
    learning_rate: float = 0.05,
) -> keras.Model:
    # keras.wrappers turns classes into one-hot rows.
    model = mlp(X.shape[1:], y.shape[1], hidden=(units,))
    model.compile(
        keras.optimizers.Adam(learning_rate), keras.losses.CategoricalCrossentropy(from_logits=True)
    )
    return model


@pytest.fixture(scope="module")
def iris() -> tuple[np.ndarray, np.ndarray]:
    (x, y), _ = data.load("iris")
    return (x - x.mean(0)) / x.std(0), y


def wrapped(**arguments: float) -> SKLearnClassifier:
    keras.utils.set_random_seed(0)
    return SKLearnClassifier(classifier, model_kwargs=arguments)


def test_grid_search_of_scikit_learn_finds_the_best_rate(
    iris: tuple[np.ndarray, np.ndarray],
) -> None:
    rates = [{"learning_rate": rate} for rate in (1e-7, 0.05)]
    search = GridSearchCV(wrapped(), {"model_kwargs": rates}, cv=StratifiedKFold(2))
    search.fit(*iris, **FIT)
    assert search.best_score_ > 0.8
    assert search.best_params_ == {"model_kwargs": {"learning_rate": 0.05}}


class Tuner(keras_tuner.RandomSearch):
    """A KerasTuner search that trains with our loop."""

    def run_trial(
        self,
        trial: keras_tuner.engine.trial.Trial,
        x: np.ndarray,
        y: np.ndarray,
    ) -> float:
        model = self.hypermodel.build(trial.hyperparameters)
        return train(model, x, y, epochs=20, batch_size=16, seed=0, verbose=0).history["loss"][-1]


def test_kerastuner_finds_the_best_rate(
    iris: tuple[np.ndarray, np.ndarray], tmp_path: Path
) -> None:
    def build(choice: keras_tuner.HyperParameters) -> keras.Model:
        keras.utils.set_random_seed(0)
        model = mlp((4,), 3, hidden=(8,))
        rate = choice.Choice("learning_rate", [1e-7, 0.02])
        model.compile(keras.optimizers.Adam(rate), LOSS)
        return model

    tuner = Tuner(build, max_trials=2, seed=0, directory=tmp_path, overwrite=True)
    tuner.search(*iris)
    assert tuner.get_best_hyperparameters()[0].values == {"learning_rate": 0.02}
