# The code of the lesson keras/callbacks: its pages show it by section.

# --8<-- [start:data]
import keras
import numpy as np
from keras import callbacks

from tfnotes.data import load

SEED = 2
(x, y), _ = load("fashion_mnist_6k")
x = x.reshape(-1, 784).astype("float32") / 255
x_train, y_train = x[:1000], y[:1000]  # few, so that it overfits
x_val, y_val = x[4000:], y[4000:]  # 1,000 others


def build(seed=SEED, optimizer=None):
    keras.utils.set_random_seed(seed)
    hidden = keras.layers.Dense(64, activation="relu")
    output = keras.layers.Dense(10)
    model = keras.Sequential([keras.Input((784,)), hidden, output])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    optimizer = optimizer or keras.optimizers.Adam(0.02)  # large on purpose
    model.compile(optimizer=optimizer, loss=loss, metrics=["accuracy"])
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
x_few, y_few = x_train[:100], y_train[:100]
small = build()
small.fit(
    x_few,
    y_few,
    batch_size=50,
    validation_data=(x_val, y_val),
    callbacks=[Diary()],
    verbose=0,
)
# -> training begins {}
# ->   epoch 0 begins {}
# ->     batch 0 ends ['accuracy', 'loss']
# ->     batch 1 ends ['accuracy', 'loss']
# ->     validation ends ['accuracy', 'loss']
# ->   epoch 0 ends ['accuracy', 'loss', 'val_accuracy', 'val_loss']
# -> training ends ['accuracy', 'loss', 'val_accuracy', 'val_loss']
# --8<-- [end:hooks]


# --8<-- [start:recorder]
class Recorder(callbacks.Callback):  # last in the list, to see what others did
    def __init__(self, folder):
        super().__init__()
        self.folder, self.files = folder, set()
        self.events = {"save": [], "lower": [], "stop": [], "restore": []}
        self.weights = []

    def on_epoch_end(self, epoch, logs=None):
        before, self.files = self.files, set(self.folder.iterdir())
        if self.files != before:
            self.events["save"].append(epoch + 1)
        if self.model.optimizer.learning_rate < logs["learning_rate"]:
            self.events["lower"].append(epoch + 1)
        if self.model.stop_training:
            self.events["stop"].append(epoch + 1)
        self.weights.append(self.model.get_weights())

    def on_train_end(self, logs=None):
        end = self.model.get_weights()
        for epoch, weights in enumerate(self.weights, 1):
            if all(map(np.array_equal, weights, end)):
                self.events["restore"].append(epoch)


# --8<-- [end:recorder]

# --8<-- [start:run]
import pathlib
import tempfile

EPOCHS = 40
temporary = tempfile.TemporaryDirectory()  # deleted at the end of the program
folder = pathlib.Path(temporary.name)
saved = folder / "saved"
path = saved / "{epoch:02d}.weights.h5"
checkpoint = callbacks.ModelCheckpoint(
    path, save_weights_only=True, save_best_only=True
)
plateau = callbacks.ReduceLROnPlateau(factor=0.1, patience=3, min_delta=0.0001)
stopping = callbacks.EarlyStopping(patience=5, restore_best_weights=True)
logger = callbacks.CSVLogger(folder / "log.csv")
recorder = Recorder(saved)
model = build()
run = model.fit(
    x_train,
    y_train,
    batch_size=50,
    epochs=EPOCHS,
    validation_data=(x_val, y_val),
    callbacks=[checkpoint, plateau, stopping, logger, recorder],
    verbose=0,
)
# --8<-- [end:run]

# --8<-- [start:events]
import pandas as pd

at = recorder.events
print(at)
# -> {'save': [1, 2, 3, 4, 8, 9], 'lower': [7, 12], 'stop': [14], 'restore':
#    [9]}
(stop,), (restored,) = at["stop"], at["restore"]
epochs = range(1, len(recorder.weights) + 1)
val_loss = pd.Series(run.history["val_loss"], index=epochs)
best = val_loss.idxmin()
print("Verdict: restored the epoch of the lowest val_loss:", restored == best)
# -> Verdict: restored the epoch of the lowest val_loss: True
print("Verdict: that is the last one saved:", at["save"][-1] == best)
# -> Verdict: that is the last one saved: True
print("Verdict: stopped 5 epochs after it:", stop == best + 5)
# -> Verdict: stopped 5 epochs after it: True
# --8<-- [end:events]

# --8<-- [start:moments]
import matplotlib.pyplot as plt

figure, panel = plt.subplots(figsize=(7.2, 4.6))
panel.plot(epochs, run.history["loss"], label="training loss")
panel.plot(epochs, val_loss, "--", label="validation loss")
for epoch in at["lower"]:
    rate = run.history["learning_rate"][epoch]  # of the epoch after it
    panel.axvline(epoch, c="C3", ls=":")
    panel.text(epoch + 0.1, 1.1, f"lower rate: {rate:.1g}")
saves = val_loss[at["save"]]
panel.plot(saves.index, saves, "s", c="C2", ms=9, label="checkpoint saved")
panel.plot(stop, val_loss[stop], "X", c="C4", ms=12, label="training stopped")
panel.annotate(
    f"epoch {restored} restored",
    xy=(restored, val_loss[restored] * 0.96),
    xytext=(9.1, 0.36),
    arrowprops={"arrowstyle": "->", "color": "black"},
)
ticks = [0.25, 0.5, 1, 2]
panel.set(yscale="log", yticks=ticks, yticklabels=ticks)
panel.set(xlabel="Epoch", ylabel="Mean loss", title="When each callback acted")
panel.minorticks_off()
panel.legend()
plt.show()
# ± 5 %: float32 sums in another order, amplified by training
# --8<-- [end:moments]

# --8<-- [start:best]
fresh = build(seed=SEED + 1)
fresh.optimizer.build(fresh.trainable_variables)  # its state is in the file too
fresh.load_weights(max(saved.iterdir()))  # the highest epoch is the best
from_file, _ = fresh.evaluate(x_val, y_val, verbose=0)
in_memory, _ = model.evaluate(x_val, y_val, verbose=0)
print(f"from the file {from_file:.2f}, restored {in_memory:.2f}")
# ± 5 %: float32 sums in another order, amplified by training
# -> from the file 0.57, restored 0.57
print("Verdict: both losses are equal:", from_file == in_memory)
# -> Verdict: both losses are equal: True
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
SCHEDULE_EPOCHS = 5


def warm_up(epoch, rate):
    return 0.001 * (epoch + 1) if epoch < 3 else rate * 0.5


scheduler = callbacks.LearningRateScheduler(warm_up)
warmed = small.fit(
    x_few, y_few, epochs=SCHEDULE_EPOCHS, callbacks=[scheduler], verbose=0
)
print(np.round(warmed.history["learning_rate"], 5))
# -> [0.001   0.002   0.003   0.0015  0.00075]
# --8<-- [end:schedule]


# --8<-- [start:power-cut]
class PowerCut(callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        if self.model.optimizer.iterations == 50:
            raise RuntimeError(f"power cut after batch {batch}")


def train(model, *others):
    return model.fit(
        x_train,
        y_train,
        batch_size=50,
        epochs=FEW_EPOCHS,
        shuffle=False,  # the same order in each run
        callbacks=list(others),
        verbose=0,
    )


# --8<-- [end:power-cut]

# --8<-- [start:interrupt]
FEW_EPOCHS = 4
history = callbacks.History()
try:
    train(
        build(),
        callbacks.BackupAndRestore(folder / "backup"),
        history,
        PowerCut(),
    )
except RuntimeError as error:
    print(error)
# -> power cut after batch 9
print("finished", history.epoch, np.round(history.history["loss"], 2))
# ± 5 %: float32 sums in another order, amplified by training
# -> finished [0, 1] [2.49 0.98]
# --8<-- [end:interrupt]

# --8<-- [start:backup]
print(*sorted(path.name for path in (folder / "backup").iterdir()))
# -> latest.weights.h5 training_metadata.json
metadata = folder / "backup" / "training_metadata.json"
print(metadata.read_text(encoding="utf-8"))
# -> {"epoch": 2, "batch": 0}
# --8<-- [end:backup]

# --8<-- [start:resume]
second = build(seed=SEED + 1)  # these weights are replaced
resumed = train(second, callbacks.BackupAndRestore(folder / "backup"))
whole = train(build())
print("resumed ", resumed.epoch, np.round(resumed.history["loss"], 2))
# ± 5 %: float32 sums in another order, amplified by training
# -> resumed  [2, 3] [0.75 0.64]
print("unbroken", whole.epoch, np.round(whole.history["loss"], 2))
# ± 5 %: float32 sums in another order, amplified by training
# -> unbroken [0, 1, 2, 3] [2.49 0.98 0.75 0.64]
same = np.allclose(resumed.history["loss"], whole.history["loss"][2:])
print("Verdict: losses as in the unbroken run:", same)
# -> Verdict: losses as in the unbroken run: True
print("updates", int(second.optimizer.iterations))
# -> updates 80
print("backup is left:", (folder / "backup").exists())
# -> backup is left: False
# --8<-- [end:resume]

# --8<-- [start:nan]
hot = build(optimizer=keras.optimizers.SGD(1e20))
guard = callbacks.TerminateOnNaN()
ended = hot.fit(
    x_few, y_few, batch_size=50, epochs=FEW_EPOCHS, callbacks=[guard], verbose=0
)
# -> Batch 1: Invalid loss, terminating training
print(ended.epoch, ended.history["loss"])
# -> [0] [nan]
print("NaN in the weights:", any(np.isnan(w).any() for w in hot.get_weights()))
# -> NaN in the weights: True
# --8<-- [end:nan]

# --8<-- [start:old-arguments]
from tfnotes.errors import printed_errors

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
every = {n: folder / f"every-{n}" for n in (4, 2 * 6)}
savers = [
    callbacks.ModelCheckpoint(place / "{epoch}-{batch}.keras", save_freq=n)
    for n, place in every.items()
]
small.fit(  # 300 samples in batches of 50: 6 steps in an epoch
    x_train[:300],
    y_train[:300],
    batch_size=50,
    epochs=FEW_EPOCHS,
    callbacks=savers,
    verbose=0,
)
for n, place in every.items():
    print(n, "saves", sorted(path.stem for path in place.iterdir()))
# -> 4 saves ['1-4', '2-2', '2-6', '3-4', '4-2', '4-6']
# -> 12 saves ['2-6', '4-6']
# --8<-- [end:batches]

# --8<-- [start:names]
with printed_errors():
    wrong = callbacks.EarlyStopping(monitor="val_acc")
    small.fit(x_few, y_few, callbacks=[wrong], verbose=0)
# -> ValueError: EarlyStopping callback received monitor=val_acc, but Keras
#    isn't able to automatically determine whether that metric should be
#    maximized or minimized. Pass `mode='max'` in order to monitor based on the
#    highest metric value, or pass `mode='min'` in order to use the lowest
#    value.
with printed_errors():
    wrong = callbacks.EarlyStopping(monitor="val_acc", mode="max")
    small.fit(x_few, y_few, callbacks=[wrong], verbose=0)
# -> UserWarning: Early stopping conditioned on metric `val_acc` which is not
#    available. Available metrics are: accuracy,loss
with printed_errors():
    default = callbacks.EarlyStopping()  # monitor="val_loss"
    small.fit(x_few, y_few, callbacks=[default], verbose=0)
# -> UserWarning: Early stopping conditioned on metric `val_loss` which is not
#    available. Available metrics are: accuracy,loss
# --8<-- [end:names]

# --8<-- [start:restore]
RESTORE_EPOCHS = 6
print("default:", callbacks.EarlyStopping().restore_best_weights)
# -> default: False
patient = callbacks.EarlyStopping(
    patience=RESTORE_EPOCHS, restore_best_weights=True
)
third = build()
six = third.fit(
    x_train,
    y_train,
    epochs=RESTORE_EPOCHS,
    validation_data=(x_val, y_val),
    callbacks=[patient],
    verbose=0,
)
losses = six.history["val_loss"]
loss, _ = third.evaluate(x_val, y_val, verbose=0)
print(f"last {losses[-1]:.2f}, lowest {min(losses):.2f}, model {loss:.2f}")
# ± 5 %: float32 sums in another order, amplified by training
# -> last 0.77, lowest 0.66, model 0.66
print("Verdict: the model has the lowest:", np.isclose(loss, min(losses)))
# -> Verdict: the model has the lowest: True
# --8<-- [end:restore]

# --8<-- [start:order]
for logger_first in (True, False):
    logger = callbacks.CSVLogger(folder / "order.csv")
    plateau = callbacks.ReduceLROnPlateau()
    small.fit(
        x_few,
        y_few,
        validation_data=(x_val, y_val),
        callbacks=[logger, plateau] if logger_first else [plateau, logger],
        verbose=0,
    )
    print(*pd.read_csv(folder / "order.csv").columns)
# -> epoch accuracy loss val_accuracy val_loss
# -> epoch accuracy learning_rate loss val_accuracy val_loss
# --8<-- [end:order]

# --8<-- [start:fixed-rate]
decay = keras.optimizers.schedules.ExponentialDecay(
    0.02, decay_steps=20, decay_rate=0.9
)
scheduled = build(optimizer=keras.optimizers.Adam(decay))
with printed_errors():
    scheduled.fit(x_few, y_few, callbacks=[scheduler], verbose=0)
# -> TypeError: This optimizer was created with a `LearningRateSchedule` object
#    as its `learning_rate` constructor argument, hence its learning rate is not
#    settable. If you need the learning rate to be settable, you should
#    instantiate the optimizer with a float `learning_rate` argument.
# --8<-- [end:fixed-rate]


# --8<-- [start:answer-target]
class StopAt(callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if logs["accuracy"] > 0.8:
            self.model.stop_training = True


MOST_EPOCHS = 50
target = build().fit(
    x_few, y_few, epochs=MOST_EPOCHS, callbacks=[StopAt()], verbose=0
)
accuracies = np.array(target.history["accuracy"])
print("last two", np.round(accuracies[-2:], 2))
# ± 5 %: float32 sums in another order, amplified by training
# -> last two [0.76 0.83]
first = np.argmax(accuracies > 0.8)  # the first index above 0.8
print("Verdict: stopped at the first above 0.8:", first == len(accuracies) - 1)
# -> Verdict: stopped at the first above 0.8: True
# --8<-- [end:answer-target]


# --8<-- [start:answer-patience]
def waited(losses, patience, min_delta):
    found, lowest, wait = [], np.inf, 0
    for epoch, loss in losses.items():
        wait = 0 if loss < lowest - min_delta else wait + 1
        if wait == 0:
            lowest = loss
        elif wait % patience == 0:
            found.append(epoch)
    return found


lowered = waited(val_loss, patience=3, min_delta=0.0001)
ended = waited(val_loss, patience=5, min_delta=0)
print("lowered", lowered, "stopped", ended)
# -> lowered [7, 12] stopped [14]
same = lowered == at["lower"] and ended == at["stop"]
print("Verdict: as recorded:", same)
# -> Verdict: as recorded: True
# --8<-- [end:answer-patience]


# --8<-- [start:answer-nan]
def heat(epoch, rate):
    return 1e20 if epoch == 2 else rate


backup_folder = folder / "nan"
for raise_error in (False, True):
    heater = callbacks.LearningRateScheduler(heat)
    backup = callbacks.BackupAndRestore(backup_folder)
    guard = callbacks.TerminateOnNaN(raise_error=raise_error)
    hot = build(optimizer=keras.optimizers.SGD(0.01))
    try:
        train(hot, heater, backup, guard)
    except RuntimeError as error:
        print(error)
    print("backup is left:", backup_folder.exists())
# -> Batch 1: Invalid loss, terminating training
# -> backup is left: False
# -> NaN or Inf loss encountered at batch 1. Loss value: nan. Terminating
#    training immediately.
# -> backup is left: True
# --8<-- [end:answer-nan]
