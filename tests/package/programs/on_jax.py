"""Run by test_backend.py with KERAS_BACKEND=jax: what of tfnotes works there, and what refuses."""

from collections.abc import Callable
from typing import Any

import keras
import matplotlib as mpl
import numpy as np

import tfnotes
from tfnotes import costs, data, devices, diagrams, distribution, histograms, models, plots

mpl.use("agg")
assert keras.config.backend() == "jax"


def refused(part: str, call: Callable[[], Any]) -> None:
    try:
        call()
    except RuntimeError as error:
        said = str(error)
    else:
        said = "nothing"
    assert said.startswith("expected the backend 'tensorflow' for "), said
    assert part in said, said
    assert "got 'jax'" in said, said


# data
(x, y), (x_test, y_test) = data.load("fashion_mnist_6k")
x, y = x[:256], y[:256]
data.split(x, y, 10)
next(data.folds(x, y))
next(data.batches(x, y, 8))

# models
shapes = dict.fromkeys(["googlenet", "nin", "vgg"], (32, 32, 1))
for name, builder in models.IMAGE_CLASSIFIERS.items():
    shape = shapes.get(name, (28, 28, 1))
    model = builder(shape, 10)
    assert model(np.zeros((2, *shape), np.float32)).shape == (2, 10), name
text = models.text_classifier(50, 2)
assert text(np.ones((2, 7), np.int32)).shape == (2, 2)
series = models.sequence_regressor((None, 1), 1)
assert series(np.zeros((2, 7, 1), np.float32)).shape == (2, 7, 1)

# training: Keras' own
model = models.mlp((28, 28), 10)
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
model.compile("adam", loss, metrics=["accuracy"])
history = model.fit(x / 255, y, epochs=2, validation_split=0.2, verbose=0)
assert np.isfinite(history.history["loss"]).all()
rows = data.pipeline(x.astype("float32") / 255, y, 32, seed=0)
model.fit(rows, epochs=1, verbose=0)
train, _ = data.as_datasets("iris", 50, seed=0)
assert next(iter(train))[0].shape == (50, 4)

# plots, costs, diagrams
plots.learning_curves(history.history)
plots.image_grid(x[:5], ["a"] * 5)
assert costs.layer_costs(model)
diagrams.model_diagram(model)
histograms.weight_histograms(model)
histograms.activation_histograms(model, x[:8] / np.float32(255))

# devices
devices.set_seeds(3)
devices.set_precision("float32")
assert "backend       jax" in devices.report()

# what needs TensorFlow
refused("deterministic_ops", lambda: devices.set_seeds(3, deterministic_ops=True))
refused("set_memory_growth", devices.set_memory_growth)
refused("split_device", lambda: devices.split_device("CPU", 2))
refused("tfnotes.distribution", distribution.choose_strategy)
print("trained with", tfnotes.__version__)
