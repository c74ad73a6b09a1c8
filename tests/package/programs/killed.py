"""Workers that die in turn, and what they end with; run by tests/package/test_distribution.py."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import psutil
from tensorflow.python.checkpoint import checkpoint_management as management

from tfnotes import distribution, training

DEATHS = [(0, "in an epoch", 1), (1, "in an epoch", 2), (0, "saving", 3)]  # worker, where, epoch
folder = Path.cwd()
strategy = distribution.choose_strategy()
worker = strategy.cluster_resolver.task_id
rng = np.random.default_rng(0)
x = rng.normal(size=(64, 4)).astype("float32")
y = (x @ rng.normal(size=(4, 3))).argmax(1)


def die(where: str, epoch: int) -> None:
    """End without a word, if it is this worker's turn and has not happened yet."""
    mark = folder / f"{worker} died {where}"
    if (worker, where, epoch) in DEATHS and not mark.exists():
        mark.touch()
        psutil.Process().kill()


class Dies(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if batch == 2:
            die("in an epoch", self.epoch)


def half_written(folder: str, **settings: Any) -> None:
    """A checkpoint is written, but not yet named: leave half of it, and die."""
    path = Path(settings["model_checkpoint_path"])
    epoch = int(path.name.split("-")[1]) - 1  # ckpt-1 is that of epoch 0
    if (worker, "saving", epoch) in DEATHS and not Path(f"{worker} died saving").exists():
        (data,) = path.parent.glob(f"{path.name}.data*")
        data.write_bytes(data.read_bytes()[:100])
    die("saving", epoch)
    name_it(folder, **settings)


def trained(**settings: Any) -> list[np.ndarray]:
    """Everything that remembers: Adam, dropout, moving statistics, the order of rows."""
    keras.utils.set_random_seed(3)
    with strategy.scope():
        layers = [keras.layers.Dense(8), keras.layers.BatchNormalization(),
                  keras.layers.Dropout(0.2), keras.layers.Dense(3)]  # fmt: skip
        model = keras.Sequential([keras.Input((4,)), *layers])
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile(keras.optimizers.Adam(0.02), loss)
    training.train(model, x, y, batch_size=8, epochs=5, seed=3, verbose=0, **settings)
    return model.get_weights()


name_it = management.update_checkpoint_state_internal
management.update_checkpoint_state_internal = half_written
unbroken = trained(callbacks=[keras.callbacks.Callback()])
killed = trained(callbacks=[Dies()], checkpoint="run")
np.savez(f"worker-{worker}.npz", *unbroken, *killed)
