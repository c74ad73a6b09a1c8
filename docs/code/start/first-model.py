# The code of the lesson start/first-model: its pages show it by section.

# --8<-- [start:load]
import keras

from tfnotes.data import CLASS_NAMES, load

keras.utils.set_random_seed(1)
(x_train, y_train), (x_test, y_test) = load("fashion_mnist_6k")
print(x_train.shape, x_train.dtype, "from", x_train.min(), "to", x_train.max())
# -> (5000, 28, 28) uint8 from 0 to 255
print(y_train[:5], "the first one is a", CLASS_NAMES[y_train[0]])
# -> [0 2 5 3 0] the first one is a T-shirt
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
print(f"{model.count_params():,} parameters")
# -> 79,510 parameters
# --8<-- [end:stack]

# --8<-- [start:fit]
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
history = model.fit(
    x_train, y_train, epochs=10, validation_split=0.1, verbose=0
).history
for name, values in history.items():
    print(f"{name:12} {values[0]:.2f} -> {values[-1]:.2f}")
# -> accuracy     0.70 -> 0.90
# -> loss         0.87 -> 0.30
# -> val_accuracy 0.78 -> 0.84
# -> val_loss     0.63 -> 0.48
# --8<-- [end:fit]

# --8<-- [start:curves]
import matplotlib.pyplot as plt

from tfnotes.plots import image_grid, learning_curves

learning_curves(history)
plt.show()
# --8<-- [end:curves]

# --8<-- [start:evaluate]
loss, accuracy = model.evaluate(x_test, y_test, verbose=0)
print(f"test loss {loss:.2f}, test accuracy {accuracy:.2f}")
# -> test loss 0.55, test accuracy 0.81
# --8<-- [end:evaluate]

# --8<-- [start:predict]
probabilities = model.predict(x_test, verbose=0)  # (1000, 10)
predicted = probabilities.argmax(axis=1)  # (1000,)
print(probabilities[0].round(2))
# -> [0.   0.   0.   0.   0.   0.05 0.   0.11 0.   0.84]
print(CLASS_NAMES[predicted[0]], "predicted,", CLASS_NAMES[y_test[0]], "true")
# -> Ankle boot predicted, Ankle boot true
# --8<-- [end:predict]

# --8<-- [start:nine]
titles, colors = [], []
for i in range(9):
    right = predicted[i] == y_test[i]
    title = f"{CLASS_NAMES[predicted[i]]} {probabilities[i].max():.2f}"
    titles.append(title if right else f"{title}\nis a {CLASS_NAMES[y_test[i]]}")
    colors.append("C2" if right else "C1")
image_grid(x_test[:9], titles, columns=5, colors=colors)
plt.show()
# --8<-- [end:nine]

# --8<-- [start:save]
import numpy as np

model.save("first-model.keras")
again = keras.models.load_model("first-model.keras")
same = np.array_equal(again.predict(x_test, verbose=0), probabilities)
print("the loaded model predicts the same:", same)
# -> the loaded model predicts the same: True
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

# --8<-- [start:answer-parameters]
hidden = 784 * 100 + 100  # a weight for each pair, a bias for each unit
output = 100 * 10 + 10
print(hidden, output, hidden + output)
# -> 78500 1010 79510
# --8<-- [end:answer-parameters]

# --8<-- [start:answer-untrained]
fresh = keras.models.clone_model(model)  # same layers, new random weights
fresh.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
loss, accuracy = fresh.evaluate(x_test, y_test, verbose=0)
print(f"untrained: loss {loss:.1f}, accuracy {accuracy:.1f}")
# -> untrained: loss 2.4, accuracy 0.2
print(f"pure guessing: loss {np.log(10):.1f}, accuracy 0.1")
# -> pure guessing: loss 2.3, accuracy 0.1
# --8<-- [end:answer-untrained]

# --8<-- [start:answer-surest]
chosen = probabilities.max(axis=1)  # (1000,): how sure it is of its choice
right = predicted == y_test
print(f"mean when right {chosen[right].mean():.2f}")
# -> mean when right 0.90
print(f"mean when wrong {chosen[~right].mean():.2f}")
# -> mean when wrong 0.65
# --8<-- [end:answer-surest]
