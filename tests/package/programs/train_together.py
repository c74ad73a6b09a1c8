"""Train under a strategy and print what came of it; run by tests/package/test_distribution.py."""

import json
import sys
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

import tfnotes

kind, folder = sys.argv[1:]
if kind == "mirrored":
    cpu = tf.config.list_physical_devices("CPU")[0]
    halves = [tf.config.LogicalDeviceConfiguration()] * 2
    tf.config.set_logical_device_configuration(cpu, halves)
    strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
elif kind == "workers":
    strategy = tf.distribute.MultiWorkerMirroredStrategy()
else:
    strategy = tf.distribute.get_strategy()
assert strategy.num_replicas_in_sync == (1 if kind == "alone" else 2)
rng = np.random.default_rng(0)
x = rng.normal(size=(51, 4)).astype("float32")
y = (x @ rng.normal(size=(4, 3))).argmax(1)


def trained(*data, seed=0, strategy=strategy, **settings):
    """A model with a penalty, trained on 51 rows in batches of 10: a row is left over."""
    keras.utils.set_random_seed(seed)
    with strategy.scope():
        layers = [keras.layers.Dense(8, "relu", kernel_regularizer="l2"), keras.layers.Dense(3)]
        model = keras.Sequential([keras.Input((4,)), *layers])
        model.compile(
            keras.optimizers.Adam(0.02),
            keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            metrics=["accuracy"],
        )
    history = tfnotes.train(
        model, *data, batch_size=10, seed=3, verbose=0, validation_data=(x[:20], y[:20]), **settings
    )
    return [history.history, [w.tolist() for w in model.get_weights()]]


path = Path(folder) / kind
dataset = tf.data.Dataset.from_tensor_slices((x[:50], y[:50])).batch(10)
results = {"arrays": trained(x, y, epochs=4), "dataset": trained(dataset, epochs=4)}
trained(x, y, epochs=2, checkpoint=path)
results["resumed"] = trained(x, y, epochs=4, checkpoint=path, seed=9)
if kind == "alone":
    one = tf.distribute.OneDeviceStrategy("CPU:0")
    results["one device"] = trained(x, y, epochs=4, strategy=one)
if kind == "mirrored":
    central = tf.distribute.experimental.CentralStorageStrategy(["CPU:0", "CPU:1"])
    results["central storage"] = trained(x, y, epochs=4, strategy=central)
print(json.dumps(results))
