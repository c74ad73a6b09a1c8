# The code of the lesson start/first-model: its pages show it by section.

# --8<-- [start:load]
import keras

from tfnotes.data import CLASS_NAMES, load

SEED = 1
keras.utils.set_random_seed(SEED)
(x_train, y_train), (x_test, y_test) = load("fashion_mnist_6k")
print(x_train.shape, x_train.dtype, x_train.min(), x_train.max())
# -> (5000, 28, 28) uint8 0 255
print(y_train[:5], CLASS_NAMES[y_train[0]])
# -> [0 2 5 3 0] T-shirt
# --8<-- [end:load]

# --8<-- [start:scale]
x_train = x_train.astype("float32") / 255  # (5000, 28, 28), from 0 to 1
x_test = x_test.astype("float32") / 255  # (1000, 28, 28)
# --8<-- [end:scale]

# --8<-- [start:stack]
model = keras.Sequential(
    [
        keras.Input((28, 28)),
        keras.layers.Flatten(),  # (batch, 784)
        keras.layers.Dense(100, activation="relu"),  # (batch, 100)
        keras.layers.Dense(10, activation="softmax"),  # (batch, 10)
    ]
)
model.summary(line_length=64, print_fn=print)
# -> Model: "sequential"
# -> ┏━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━┓
# -> ┃ Layer (type)              ┃ Output Shape        ┃    Param # ┃
# -> ┡━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━┩
# -> │ flatten (Flatten)         │ (None, 784)         │          0 │
# -> ├───────────────────────────┼─────────────────────┼────────────┤
# -> │ dense (Dense)             │ (None, 100)         │     78,500 │
# -> ├───────────────────────────┼─────────────────────┼────────────┤
# -> │ dense_1 (Dense)           │ (None, 10)          │      1,010 │
# -> └───────────────────────────┴─────────────────────┴────────────┘
# ->  Total params: 79,510 (310.59 KB)
# ->  Trainable params: 79,510 (310.59 KB)
# ->  Non-trainable params: 0 (0.00 B)
# --8<-- [end:stack]

# --8<-- [start:fit]
EPOCHS = 10
model.compile(
    optimizer="adam",
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
history = model.fit(
    x_train, y_train, epochs=EPOCHS, validation_split=0.1, verbose=0
).history
for name, values in history.items():
    print(f"{name:12} {values[0]:.2f} -> {values[-1]:.2f}")
# ± 5 %: float32 sums in another order, amplified by training
# -> accuracy     0.70 -> 0.90
# -> loss         0.87 -> 0.30
# -> val_accuracy 0.78 -> 0.84
# -> val_loss     0.63 -> 0.48
gap = history["val_loss"][-1] - history["loss"][-1]
print("Verdict: the validation loss ends above the training loss:", gap > 0)
# -> Verdict: the validation loss ends above the training loss: True
# --8<-- [end:fit]

# --8<-- [start:baseline]
keras.utils.set_random_seed(SEED)
baseline = keras.Sequential(
    [
        keras.Input((28, 28)),
        keras.layers.Flatten(),  # (batch, 784)
        keras.layers.Dense(10, activation="softmax"),  # (batch, 10)
    ]
)
baseline.compile(
    optimizer="adam",
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
straight = baseline.fit(
    x_train, y_train, epochs=EPOCHS, validation_split=0.1, verbose=0
).history
print(f"validation accuracy {straight['val_accuracy'][-1]:.2f}")
# ± 5 %: float32 sums in another order, amplified by training
# -> validation accuracy 0.83
# --8<-- [end:baseline]

# --8<-- [start:curves]
import matplotlib.pyplot as plt

epochs = range(1, EPOCHS + 1)
figure, (left, right) = plt.subplots(1, 2)
left.plot(epochs, history["loss"], label="training")
left.plot(epochs, history["val_loss"], "--", label="validation")
left.set(xlabel="epoch", title="Loss")
right.plot(epochs, history["accuracy"], label="training")
right.plot(epochs, history["val_accuracy"], "--", label="validation")
no_hidden = straight["val_accuracy"]
right.plot(epochs, no_hidden, ":", c="C5", label="validation, baseline")
right.set(xlabel="epoch", title="Accuracy")
left.legend()
right.legend()
plt.show()
# ± 5 %: float32 sums in another order, amplified by training
# --8<-- [end:curves]

# --8<-- [start:evaluate]
loss, accuracy = model.evaluate(x_test, y_test, verbose=0)
print(f"test loss {loss:.2f}, test accuracy {accuracy:.2f}")
# ± 5 %: float32 sums in another order, amplified by training
# -> test loss 0.55, test accuracy 0.81
_, linear = baseline.evaluate(x_test, y_test, verbose=0)
print(f"baseline: test accuracy {linear:.2f}")
# ± 5 %: float32 sums in another order, amplified by training
# -> baseline: test accuracy 0.81
error = (accuracy * (1 - accuracy) / len(y_test)) ** 0.5
print(f"standard error of a test accuracy {error:.3f}")
# -> standard error of a test accuracy 0.012
print("Verdict: above guessing (0.1) by more than 0.5:", accuracy > 0.1 + 0.5)
# -> Verdict: above guessing (0.1) by more than 0.5: True
print("Verdict: more than 0.03 above the baseline:", accuracy - linear > 0.03)
# -> Verdict: more than 0.03 above the baseline: False
# --8<-- [end:evaluate]

# --8<-- [start:predict]
probabilities = model.predict(x_test, verbose=0)  # (1000, 10)
predicted = probabilities.argmax(axis=1)  # (1000,)
print(probabilities[0].round(2))
# ± 5 %: float32 sums in another order, amplified by training
# -> [0.   0.   0.   0.   0.   0.05 0.   0.11 0.   0.84]
print(f"predicted: {CLASS_NAMES[predicted[0]]}")
# -> predicted: Ankle boot
print(f"true: {CLASS_NAMES[y_test[0]]}")
# -> true: Ankle boot
correct = predicted == y_test  # (1000,), booleans
print(f"{correct[:10].sum()} of the first ten are correct")
# -> 9 of the first ten are correct
# --8<-- [end:predict]

# --8<-- [start:ten]
figure, panels = plt.subplots(2, 5, figsize=(7.2, 4.0))
for i, panel in enumerate(panels.flat):
    panel.imshow(x_test[i], cmap="gray")
    color = "C2" if correct[i] else "C1"
    name, sure = CLASS_NAMES[predicted[i]], f"{probabilities[i].max():.2f}"
    panel.set_title(name, loc="left", fontsize=10, color=color)
    panel.set_title(sure, loc="right", fontsize=10, fontweight="normal")
    panel.set_xlabel(CLASS_NAMES[y_test[i]])
    panel.set(xticks=[], yticks=[])
plt.show()
# ± 5 %: float32 sums in another order, amplified by training
# --8<-- [end:ten]

# --8<-- [start:save]
model.save("first-model.keras")
loaded = keras.models.load_model("first-model.keras")
same = loaded.predict(x_test, verbose=0) == probabilities  # (1000, 10)
print("the loaded model predicts the same:", same.all())
# -> the loaded model predicts the same: True
print("steps of the optimizer:", int(loaded.optimizer.iterations))
# -> steps of the optimizer: 1410
# --8<-- [end:save]

# --8<-- [start:input-shape]
from tfnotes.errors import printed_errors

with printed_errors():
    keras.layers.Flatten(input_shape=(28, 28))
# -> UserWarning: Do not pass an `input_shape`/`input_dim` argument to a layer.
#    When using Sequential models, prefer using an `Input(shape)` object as the
#    first layer in the model instead.
# --8<-- [end:input-shape]

# --8<-- [start:hdf5]
with printed_errors():
    model.save("first-model.h5")
# -> WARNING: You are saving your model as an HDF5 file via `model.save()` or
#    `keras.saving.save_model(model)`. This file format is considered legacy. We
#    recommend using instead the native Keras format, e.g.
#    `model.save('my_model.keras')` or `keras.saving.save_model(model,
#    'my_model.keras')`.
# --8<-- [end:hdf5]

# --8<-- [start:unscaled]
raw = x_test * 255  # as in the file, from 0 to 255
raw_loss, raw_accuracy = model.evaluate(raw, y_test, verbose=0)
print(f"unscaled: loss {raw_loss:.1f}, accuracy {raw_accuracy:.2f}")
# ± 5 %: float32 sums in another order, amplified by training
# -> unscaled: loss 99.4, accuracy 0.81
mean = model.predict(raw, verbose=0).max(axis=1).mean()
print(f"mean probability of the predicted class {mean:.2f}")
# -> mean probability of the predicted class 1.00
print("Verdict: more than 10 times the loss:", raw_loss > 10 * loss)
# -> Verdict: more than 10 times the loss: True
# --8<-- [end:unscaled]

# --8<-- [start:answer-parameters]
hidden = 784 * 100 + 100  # a weight for each pair, a bias for each unit
output = 100 * 10 + 10
print(hidden, output, hidden + output)
# -> 78500 1010 79510
# --8<-- [end:answer-parameters]

# --8<-- [start:answer-untrained]
import numpy as np

keras.utils.set_random_seed(SEED)
fresh = keras.models.clone_model(model)  # same layers, new random weights
fresh.compile(
    optimizer="adam",
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
fresh_loss, fresh_accuracy = fresh.evaluate(x_test, y_test, verbose=0)
print(f"untrained: loss {fresh_loss:.1f}, accuracy {fresh_accuracy:.1f}")
# -> untrained: loss 2.4, accuracy 0.1
print(f"equal probabilities: loss {np.log(10):.1f}, accuracy 0.1")
# -> equal probabilities: loss 2.3, accuracy 0.1
near = abs(fresh_loss - np.log(10)) < 0.5 and fresh_accuracy < 0.1 + 0.2
print("Verdict: untrained, it is close to that:", near)
# -> Verdict: untrained, it is close to that: True
# --8<-- [end:answer-untrained]

# --8<-- [start:answer-surest]
chosen = probabilities.max(axis=1)  # (1000,): of the predicted class
mean_correct, mean_wrong = chosen[correct].mean(), chosen[~correct].mean()
print(f"mean when correct {mean_correct:.2f}, when wrong {mean_wrong:.2f}")
# ± 5 %: float32 sums in another order, amplified by training
# -> mean when correct 0.90, when wrong 0.65
print("Verdict: lower when wrong:", mean_wrong < mean_correct)
# -> Verdict: lower when wrong: True
# --8<-- [end:answer-surest]


# --8<-- [start:answer-seeds]
def test_accuracy(network, seed):
    keras.utils.set_random_seed(seed)
    clone = keras.models.clone_model(network)  # new random weights
    clone.compile(
        optimizer="adam",
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    clone.fit(x_train, y_train, epochs=EPOCHS, validation_split=0.1, verbose=0)
    return clone.evaluate(x_test, y_test, verbose=0)[1]


SEEDS = (1, 2, 3)
gains = []
for seed in SEEDS:
    two, one = test_accuracy(model, seed), test_accuracy(baseline, seed)
    print(f"seed {seed}: {two:.2f}, baseline {one:.2f}")
    gains.append(two - one)
# ± 5 %: float32 sums in another order, amplified by training
# -> seed 1: 0.81, baseline 0.81
# -> seed 2: 0.82, baseline 0.80
# -> seed 3: 0.80, baseline 0.80
above = sum(gain > 0.03 for gain in gains)
print(f"Verdict: more than 0.03 above in {above} of {len(SEEDS)}")
# -> Verdict: more than 0.03 above in 0 of 3
# --8<-- [end:answer-seeds]
