# The code of the lesson keras/callbacks: its pages show it by section.

# --8<-- [start:data]
import keras
import numpy as np
from keras import callbacks

from tfnotes.data import load

(x, y), _ = load("fashion_mnist_6k")
x = x.reshape(-1, 784).astype("float32") / 255
x_train, y_train = x[:1000], y[:1000]  # few, so that it overfits
held_out = x[4000:], y[4000:]  # 1,000 others


def build(seed=2, optimizer=None):
    keras.utils.set_random_seed(seed)
    dense = keras.layers.Dense
    layers = [keras.Input((784,)), dense(64, activation="relu"), dense(10)]
    model = keras.Sequential(layers)
    model.compile(
        optimizer=optimizer or keras.optimizers.Adam(0.02),  # large on purpose
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return model


# --8<-- [end:data]


# --8<-- [start:diary]
class Diary(callbacks.Callback):
    def on_train_begin(self, logs=None):
        print("training begins", logs)

    def on_epoch_begin(self, epoch, logs=None):
        print("  epoch", epoch, "begins", logs)

    def on_train_batch_end(self, batch, logs=None):
        print("    batch", batch, "ends", list(logs))

    def on_test_end(self, logs=None):
        print("    validation ends", list(logs))

    def on_epoch_end(self, epoch, logs=None):
        print("  epoch", epoch, "ends", list(logs))

    def on_train_end(self, logs=None):
        print("training ends", list(logs))


# --8<-- [end:diary]

# --8<-- [start:hooks]
small = build()
few = {"x": x_train[:100], "y": y_train[:100], "batch_size": 50, "verbose": 0}
small.fit(**few, validation_data=held_out, callbacks=[Diary()])
# -> training begins {}
# ->   epoch 0 begins {}
# ->     batch 0 ends ['accuracy', 'loss']
# ->     batch 1 ends ['accuracy', 'loss']
# ->     validation ends ['accuracy', 'loss']
# ->   epoch 0 ends ['accuracy', 'loss', 'val_accuracy', 'val_loss']
# -> training ends ['accuracy', 'loss', 'val_accuracy', 'val_loss']
# --8<-- [end:hooks]


# --8<-- [start:witness]
class Witness(callbacks.Callback):  # last in the list, to see what others did
    def __init__(self, folder):
        super().__init__()
        self.folder = folder
        self.files, self.events, self.weights = set(), [], []

    def on_epoch_end(self, epoch, logs=None):
        before, self.files = self.files, set(self.folder.iterdir())
        new_rate = self.model.optimizer.learning_rate
        seen = {
            "saved": self.files != before,
            "lowered": new_rate < logs["learning_rate"],  # of this epoch
            "stopped": self.model.stop_training,
        }
        self.events += [(name, epoch + 1) for name in seen if seen[name]]
        self.weights.append(self.model.get_weights())

    def on_train_end(self, logs=None):
        super().on_train_end(logs)
        end = self.model.get_weights()
        same = [all(map(np.array_equal, old, end)) for old in self.weights]
        self.events.append(("restored", same.index(True) + 1))


# --8<-- [end:witness]

# --8<-- [start:run]
import pathlib
import tempfile

temporary = tempfile.TemporaryDirectory()  # a folder that goes at the end
folder = pathlib.Path(temporary.name)
saved = folder / "saved"
checkpoint = callbacks.ModelCheckpoint(
    saved / "{epoch:02d}.weights.h5",
    save_weights_only=True,
    save_best_only=True,
)
acting = [
    checkpoint,
    callbacks.ReduceLROnPlateau(factor=0.1, patience=3),
    callbacks.EarlyStopping(patience=5, restore_best_weights=True),
    callbacks.CSVLogger(folder / "log.csv"),
    witness := Witness(saved),
]
data = {"x": x_train, "y": y_train, "batch_size": 50, "verbose": 0}
watched = {"validation_data": held_out, "validation_batch_size": 1000}
model = build()
run = model.fit(**data, **watched, epochs=40, callbacks=acting)
# --8<-- [end:run]

# --8<-- [start:events]
import pandas as pd

at = {name: [] for name in ("saved", "lowered", "stopped", "restored")}
for name, epoch in witness.events:
    at[name].append(epoch)
print(at)
# -> {'saved': [1, 2, 3, 4, 8, 9], 'lowered': [7, 12], 'stopped': [14],
#    'restored': [9]}
epochs = range(1, len(witness.weights) + 1)
val_loss = pd.Series(run.history["val_loss"], index=epochs)
# --8<-- [end:events]

# --8<-- [start:moments]
import matplotlib.pyplot as plt

(stop,), (best,) = at["stopped"], at["restored"]
figure, panel = plt.subplots(figsize=(7.2, 4.6))
panel.plot(epochs, run.history["loss"], label="training")
panel.plot(epochs, val_loss, "--", label="validation")
for epoch in at["lowered"]:
    rate = run.history["learning_rate"][epoch]  # of the epoch after it
    panel.axvline(epoch, c="C3", ls=":")
    panel.text(epoch + 0.1, 1.1, f"learning rate\nlowered to\n{rate:.1g}")
saves = val_loss[at["saved"]]
panel.plot(saves.index, saves, "s", c="C2", ms=9, label="saved")
panel.plot(stop, val_loss[stop], "X", c="C4", ms=12, label="stopped")
panel.annotate(
    f"after the stop: weights\nof epoch {best} restored",
    xy=(best, val_loss[best] * 0.96),
    xytext=(11.8, 0.36),
    ha="right",
    arrowprops={"arrowstyle": "->", "color": "black"},
)
panel.set(xlabel="epoch", ylabel="loss", title="One run: who acted when")
panel.set(yscale="log", yticks=(ticks := [0.25, 0.5, 1, 2]), yticklabels=ticks)
panel.minorticks_off()
panel.legend()
plt.show()
# --8<-- [end:moments]

# --8<-- [start:best]
fresh = build(seed=5)
fresh.optimizer.build(fresh.trainable_variables)  # its state is in the file too
fresh.load_weights(max(saved.iterdir()))  # the highest epoch is the best
for name, one in {"from the file": fresh, "restored": model}.items():
    loss, accuracy = one.evaluate(*held_out, batch_size=1000, verbose=0)
    print(f"{name:13} loss {loss:.2f}, accuracy {accuracy:.2f}")
# -> from the file loss 0.57, accuracy 0.80
# -> restored      loss 0.57, accuracy 0.80
# --8<-- [end:best]

# --8<-- [start:csv]
log = pd.read_csv(folder / "log.csv")
print(*log.columns)
# -> epoch accuracy learning_rate loss val_accuracy val_loss
print(log["learning_rate"].round(5).tolist())
# -> [0.02, 0.02, 0.02, 0.02, 0.02, 0.02, 0.02, 0.002, 0.002, 0.002, 0.002,
#    0.002, 0.0002, 0.0002]
# --8<-- [end:csv]


# --8<-- [start:schedule]
def warm_up(epoch, rate):
    return 0.001 * (epoch + 1) if epoch < 3 else rate * 0.5


scheduler = callbacks.LearningRateScheduler(warm_up)
warmed = small.fit(**few, epochs=5, callbacks=[scheduler])
print(np.round(warmed.history["learning_rate"], 5))
# -> [0.001   0.002   0.003   0.0015  0.00075]
# --8<-- [end:schedule]


# --8<-- [start:interrupt]
from tfnotes.errors import printed_errors


class PowerCut(callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        if self.model.optimizer.iterations == 50:
            raise RuntimeError(f"power cut after batch {batch}: {list(logs)}")


data |= {"epochs": 4, "shuffle": False}  # the same order in each run
backup = callbacks.BackupAndRestore(folder / "backup")
history = callbacks.History()
with printed_errors():
    build().fit(**data, callbacks=[backup, history, PowerCut()])
# -> RuntimeError: power cut after batch 9: ['accuracy', 'loss']
print("finished", history.epoch, np.round(history.history["loss"], 2))
# -> finished [0, 1] [2.49 0.98]
print(*sorted(path.name for path in (folder / "backup").iterdir()))
# -> latest.weights.h5 training_metadata.json
print(
    (folder / "backup" / "training_metadata.json").read_text(encoding="utf-8")
)
# -> {"epoch": 2, "batch": 0}
# --8<-- [end:interrupt]

# --8<-- [start:resume]
second = build(seed=99)  # its own weights are replaced
backup = callbacks.BackupAndRestore(folder / "backup")
resumed = second.fit(**data, callbacks=[backup])
whole = build().fit(**data)
print("resumed ", resumed.epoch, np.round(resumed.history["loss"], 2))
# -> resumed  [2, 3] [0.75 0.64]
print("unbroken", whole.epoch, np.round(whole.history["loss"], 2))
# -> unbroken [0, 1, 2, 3] [2.49 0.98 0.75 0.64]
print("updates", int(second.optimizer.iterations))
# -> updates 80
print("backup is left:", (folder / "backup").exists())
# -> backup is left: False
# --8<-- [end:resume]

# --8<-- [start:nan]
hot = build(optimizer=keras.optimizers.SGD(1e20))
ended = hot.fit(**few, epochs=5, callbacks=[callbacks.TerminateOnNaN()])
# -> Batch 1: Invalid loss, terminating training
print("epochs", ended.epoch, "loss", ended.history["loss"])
# -> epochs [0] loss [nan]
print("NaN in the weights:", any(np.isnan(w).any() for w in hot.get_weights()))
# -> NaN in the weights: True
# --8<-- [end:nan]

# --8<-- [start:old-arguments]
with printed_errors():
    callbacks.ModelCheckpoint("model.keras", period=5)
# -> TypeError: ModelCheckpoint.__init__() got an unexpected keyword argument
#    'period'
with printed_errors():
    callbacks.ModelCheckpoint("cp.ckpt", save_weights_only=True)
# -> ValueError: When using `save_weights_only=True` in `ModelCheckpoint`, the
#    filepath provided must end in `.weights.h5` (Keras weights format).
#    Received: filepath=cp.ckpt
with printed_errors():
    callbacks.ModelCheckpoint("cp.ckpt")
# -> ValueError: The filepath provided must end in `.keras` (Keras model
#    format). Received: filepath=cp.ckpt
# --8<-- [end:old-arguments]

# --8<-- [start:batches]
some = few | {"x": x_train[:300], "y": y_train[:300]}  # 6 steps in an epoch
every = {n: folder / f"every-{n}" for n in (4, 2 * 6)}
savers = [
    callbacks.ModelCheckpoint(place / "{epoch}-{batch}.keras", save_freq=n)
    for n, place in every.items()
]
small.fit(**some, epochs=4, callbacks=savers)
for n, place in every.items():
    print(n, "saves", sorted(path.stem for path in place.iterdir()))
# -> 4 saves ['1-4', '2-2', '2-6', '3-4', '4-2', '4-6']
# -> 12 saves ['2-6', '4-6']
# --8<-- [end:batches]

# --8<-- [start:names]
stop = callbacks.EarlyStopping
with printed_errors():
    small.fit(**few, callbacks=[stop(monitor="val_acc")])
# -> ValueError: EarlyStopping callback received monitor=val_acc, but Keras
#    isn't able to automatically determine whether that metric should be
#    maximized or minimized. Pass `mode='max'` in order to monitor based on the
#    highest metric value, or pass `mode='min'` in order to use the lowest
#    value.
with printed_errors():
    small.fit(**few, callbacks=[stop(monitor="val_acc", mode="max")])
# -> UserWarning: Early stopping conditioned on metric `val_acc` which is not
#    available. Available metrics are: accuracy,loss
with printed_errors():
    small.fit(**few, callbacks=[stop(monitor="val_loss")])
# -> UserWarning: Early stopping conditioned on metric `val_loss` which is not
#    available. Available metrics are: accuracy,loss
# --8<-- [end:names]

# --8<-- [start:restore]
print("default:", callbacks.EarlyStopping().restore_best_weights)
# -> default: False
patient = callbacks.EarlyStopping(patience=9, restore_best_weights=True)
model = build()
six = model.fit(**data | watched | {"epochs": 6}, callbacks=[patient])
losses = six.history["val_loss"]
loss, _ = model.evaluate(*held_out, batch_size=1000, verbose=0)
print(f"last {losses[-1]:.2f}, best {min(losses):.2f}, model {loss:.2f}")
# -> last 0.77, best 0.74, model 0.74
# --8<-- [end:restore]

# --8<-- [start:order]
for logger_first in (True, False):
    logger = callbacks.CSVLogger(folder / "order.csv")
    pair = [logger, callbacks.ReduceLROnPlateau()]
    small.fit(
        **few,
        validation_data=held_out,
        callbacks=pair if logger_first else pair[::-1],
    )
    print(*pd.read_csv(folder / "order.csv").columns)
# -> epoch accuracy loss val_accuracy val_loss
# -> epoch accuracy learning_rate loss val_accuracy val_loss
# --8<-- [end:order]

# --8<-- [start:fixed-rate]
decay = keras.optimizers.schedules.ExponentialDecay(0.02, 20, 0.9)
scheduled = build(optimizer=keras.optimizers.Adam(decay))
with printed_errors():
    scheduled.fit(**few, callbacks=[scheduler])
# -> TypeError: This optimizer was created with a `LearningRateSchedule` object
#    as its `learning_rate` constructor argument, hence its learning rate is not
#    settable. If you need the learning rate to be settable, you should
#    instantiate the optimizer with a float `learning_rate` argument.
# --8<-- [end:fixed-rate]


# --8<-- [start:answer-target]
class StopAt(callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        super().on_epoch_end(epoch, logs)
        if logs["accuracy"] > 0.8:
            self.model.stop_training = True


again = build().fit(**few, epochs=50, callbacks=[StopAt()])
print("last two", np.round(again.history["accuracy"][-2:], 2))
# -> last two [0.74 0.81]
# --8<-- [end:answer-target]

# --8<-- [start:answer-patience]
first, best = val_loss[:7].idxmin(), val_loss.idxmin()
print("lowered", [int(first + 3), int(best + 3)], "stopped", best + 5)
# -> lowered [7, 12] stopped 14
# --8<-- [end:answer-patience]


# --8<-- [start:answer-nan]
def heat(epoch, rate):
    return 1e20 if epoch == 2 else rate


for raise_error in (False, True):
    hot.set_weights(build().get_weights())
    hot.optimizer.learning_rate = 0.01
    backup = callbacks.BackupAndRestore(place := folder / "nan")
    guard = callbacks.TerminateOnNaN(raise_error=raise_error)
    heater = callbacks.LearningRateScheduler(heat)
    with printed_errors():
        hot.fit(**few, epochs=5, callbacks=[heater, backup, guard])
    print("backup is left:", place.exists())
# -> Batch 1: Invalid loss, terminating training
# -> backup is left: False
# -> RuntimeError: NaN or Inf loss encountered at batch 1. Loss value: nan.
#    Terminating training immediately.
# -> backup is left: True
# --8<-- [end:answer-nan]
