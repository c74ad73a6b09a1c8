# The code of the lesson keras/training-with-fit: its pages show it by section.

# --8<-- [start:data]
import keras

from tfnotes.data import load

(x_train, y_train), (x_test, y_test) = load("fashion_mnist_6k")
x_train = x_train.astype("float32") / 255  # (5000, 28, 28)
x_test = x_test.astype("float32") / 255  # (1000, 28, 28)


def build(seed):
    keras.utils.set_random_seed(seed)
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((28, 28)),
            layers.Flatten(),
            layers.Dense(100, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )


# --8<-- [end:data]


# --8<-- [start:compile]
def compiled(seed):
    model = build(seed)
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=0.001),
        loss=keras.losses.SparseCategoricalCrossentropy(),  # of integer labels
        metrics=["accuracy"],
    )
    return model


model = compiled(seed=1)
# --8<-- [end:compile]

# --8<-- [start:fit]
history = model.fit(
    x_train, y_train, batch_size=32, epochs=8, validation_split=0.2, verbose=0
)
print(type(history).__name__, "with", list(history.history))
# -> History with ['accuracy', 'loss', 'val_accuracy', 'val_loss']
print("epochs", history.epoch)
# -> epochs [0, 1, 2, 3, 4, 5, 6, 7]
print("steps in an epoch", history.params["steps"])
# -> steps in an epoch 125
# --8<-- [end:fit]

# --8<-- [start:curves]
import matplotlib.pyplot as plt

from tfnotes.plots import learning_curves

learning_curves(history)
plt.show()
# --8<-- [end:curves]

# --8<-- [start:evaluate]
scores = model.evaluate(x_test, y_test, verbose=0, return_dict=True)
print({name: round(value, 2) for name, value in scores.items()})
# -> {'accuracy': 0.81, 'loss': 0.58}
# --8<-- [end:evaluate]

# --8<-- [start:predict]
probabilities = model.predict(x_test, verbose=0)
print(probabilities.shape, "each row sums to", probabilities[0].sum().round(3))
# -> (1000, 10) each row sums to 1.0
predicted = probabilities.argmax(axis=1)  # (1000,)
print("accuracy", (predicted == y_test).mean().round(2))
# -> accuracy 0.81
# --8<-- [end:predict]

# --8<-- [start:validation-data]
import numpy as np

order = np.random.default_rng(0).permutation(len(x_train))
train, held_out = order[:4000], order[4000:]
model = compiled(seed=1)
history = model.fit(
    x_train[train],
    y_train[train],
    epochs=8,
    validation_data=(x_train[held_out], y_train[held_out]),
    verbose=0,
)
print("validation accuracy", round(history.history["val_accuracy"][-1], 2))
# -> validation accuracy 0.83
# --8<-- [end:validation-data]

# --8<-- [start:batch-sizes]
sizes, seeds = (32, 128, 512), (1, 2, 3)
accuracies = {}  # batch size: one validation accuracy for each seed
for size in sizes:
    runs = [
        compiled(seed).fit(
            x_train, y_train, size, epochs=3, validation_split=0.2, verbose=0
        )
        for seed in seeds
    ]
    accuracies[size] = [run.history["val_accuracy"][-1] for run in runs]
    print(f"batch size {size:3}: {3 * -(-4000 // size):3} steps")
# -> batch size  32: 375 steps
# -> batch size 128:  96 steps
# -> batch size 512:  24 steps
# --8<-- [end:batch-sizes]

# --8<-- [start:batch-size-figure]
for size, values in accuracies.items():
    plt.plot([str(size)] * len(values), values, "o", color="C0")
means = [np.mean(values) for values in accuracies.values()]
plt.plot([str(size) for size in sizes], means, label="mean of three seeds")
plt.xlabel("batch size (3 epochs each)")
plt.ylabel("validation accuracy")
plt.title("Same epochs, fewer steps")
plt.legend()
plt.show()
# --8<-- [end:batch-size-figure]

# --8<-- [start:sorted]
by_class = y_train.argsort(kind="stable")  # all T-shirts first, all boots last
history = compiled(seed=1).fit(
    x_train[by_class],
    y_train[by_class],
    epochs=3,
    validation_split=0.2,
    verbose=0,
)
print("classes held out:", np.unique(y_train[by_class][4000:]))
# -> classes held out: [8 9]
print("training", [round(a, 2) for a in history.history["accuracy"]])
# -> training [0.7, 0.78, 0.81]
print("validation", [round(a, 2) for a in history.history["val_accuracy"]])
# -> validation [0.0, 0.0, 0.0]
# --8<-- [end:sorted]

# --8<-- [start:arrays-only]
import tensorflow as tf

from tfnotes.errors import printed_errors

dataset = tf.data.Dataset.from_tensor_slices((x_train, y_train)).batch(32)
with printed_errors():
    model.fit(dataset, validation_split=0.2)
# -> ValueError: Argument `validation_split` is only supported for tensors or
#    NumPy arrays.Found incompatible type in the input: [<class
#    'tensorflow.python.data.ops.batch_op._BatchDataset'>]
# --8<-- [end:arrays-only]

# --8<-- [start:fit-again]
model = compiled(seed=1)
first = model.fit(x_train, y_train, epochs=2, verbose=0)
second = model.fit(x_train, y_train, epochs=2, verbose=0)
print(first.epoch, [round(value, 2) for value in first.history["loss"]])
# -> [0, 1] [0.85, 0.55]
print(second.epoch, [round(value, 2) for value in second.history["loss"]])
# -> [0, 1] [0.48, 0.44]
# --8<-- [end:fit-again]

# --8<-- [start:answer-steps]
history = compiled(seed=1).fit(
    x_train, y_train, batch_size=64, epochs=1, validation_split=0.1, verbose=0
)
print(history.params["steps"], "=", -(-4500 // 64))
# -> 71 = 71
# --8<-- [end:answer-steps]

# --8<-- [start:answer-initial-epoch]
third = model.fit(x_train, y_train, initial_epoch=4, epochs=6, verbose=0)
print(third.epoch)
# -> [4, 5]
# --8<-- [end:answer-initial-epoch]

# --8<-- [start:answer-loss]
labels = tf.one_hot(y_test, 10)  # (1000, 10)
by_hand = -tf.reduce_mean(tf.reduce_sum(labels * tf.math.log(probabilities), 1))
print(f"by hand {by_hand:.2f}, evaluate {scores['loss']:.2f}")
# -> by hand 0.58, evaluate 0.58
# --8<-- [end:answer-loss]
