"""What looks old and is not: nothing may be found here."""

import functools

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import tensorflow as tf
from keras import layers, ops
from sklearn.linear_model import LogisticRegression

x, y = np.ones((8, 4), "float32"), np.ones(8, "int64")

# Words of old arguments and methods that belong to somebody else
frame = pd.DataFrame({"a": [1]})
frame.append = list.append
classifier = LogisticRegression()
classifier.fit(x, y, sample_weight=None).predict_proba(x)
plt.savefig("m")
frame.to_pickle("model")
frame.optimizer = functools.partial(dict, lr=0.1)
frame.optimizer(decay=0.5)


def train(lr, decay, period=5, workers=2):
    return {"lr": lr, "decay": decay, "period": period, "workers": workers}


def assign(placeholder, session):
    return session.run(placeholder)


train(lr=0.1, decay=0.2)
train.reduce = functools.partial(dict, reduction="auto", is_training=True)


class Form:
    def __init__(self):
        self.placeholder = "name"
        self.input_shape = (3,)
        self.weights = [1.0]

    def loss(self, y_true, y_pred):
        return y_true - y_pred

    def call(self, inputs):
        if inputs > 0:
            return self.placeholder
        return self.input_shape, self.weights


class Scheduler(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.lr = 0.1


# Current forms that resemble old ones
vgg = keras.applications.VGG16(weights=None, input_shape=(32, 32, 3), classes=10)
embedding = layers.Embedding(input_dim=10, output_dim=4)
inputs = keras.Input(shape=(4,), batch_size=2)
print(vgg.input_shape, vgg.output_shape, vgg.layers[0].name)


class Net(keras.Model):
    def __init__(self, units=3, **kwargs):
        super().__init__(**kwargs)
        self.dense = layers.Dense(units)
        self.step = tf.Variable(0, trainable=False)
        self.tracker = keras.metrics.Mean("loss")

    @property
    def metrics(self):
        return [self.tracker]

    def call(self, inputs, training=False, mask=None):
        if training and mask is not None:
            inputs = inputs * mask
        if inputs.shape[-1] > 4 or ops.ndim(inputs) > 2:
            inputs = ops.squeeze(inputs, axis=-1)
        if self.dense.units > 3:
            return self.dense(inputs, training=training)
        self.add_loss(ops.mean(inputs))
        return self.dense(inputs)

    def train_step(self, data):
        features, targets = data
        with tf.GradientTape() as tape:
            loss = self.compute_loss(features, targets, self(features, training=True))
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables, strict=True))
        self.tracker.update_state(loss)
        return {"loss": self.tracker.result()}


class Module(tf.Module):
    def __init__(self):
        self.w = tf.Variable(1.0, name="w")


dataset = tf.data.Dataset.from_tensor_slices((x, y)).batch(4)
model = keras.Sequential([keras.Input((4,)), layers.Dense(3, activation="softmax")])
model.compile(
    keras.optimizers.SGD(learning_rate=0.1, weight_decay=1e-4),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
model.trainable = True  # before the first fit
history = model.fit(dataset, validation_data=dataset, epochs=2).history["val_accuracy"]
model.fit(x, y, batch_size=4, validation_split=0.2, class_weight={0: 1.0})
model.layers[0].trainable = False
model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
model.fit(x, y)
model.predict(x)
model.save("m.keras")
model.save_weights("m.weights.h5")
model.export("m")
keras.models.load_model("m.keras")
keras.callbacks.ModelCheckpoint("at-{epoch}.keras", save_freq="epoch")
keras.callbacks.ModelCheckpoint("best.weights.h5", save_weights_only=True, monitor="val_accuracy")
keras.callbacks.EarlyStopping(monitor="val_loss", patience=3)
model.optimizer.learning_rate = 0.01
model.optimizer.apply_gradients([])
keras.metrics.Mean().reset_state()
layers.LSTM(4, stateful=True).reset_states()
layers.BatchNormalization()(x, training=True)
tf.nn.dropout(x, rate=0.2)
tf.argmax(x, axis=1)
tf.reduce_sum(x, axis=1, keepdims=True)
tf.concat([x, x], 0)
tf.random.set_seed(0)
np.load("a.npz")

# Tensors
v, k, t = tf.Variable([1.0]), keras.Variable([1.0]), tf.constant([1.0, 2.0])
v.assign_add([1.0])
v[0].assign(2.0)
k.assign([2.0])
t += 1  # a tensor: the name holds a new one
tf.exp(tf.range(3.0))
count = 0
count += 1
array = np.zeros(3)
array[0] = 9
with tf.GradientTape(persistent=True) as tape:
    tape.watch(t)
    squares, cubes = t**2, t**3
print(tape.gradient(squares, t), tape.gradient(cubes, t))
with tf.GradientTape() as tape:
    tape.watch(t)
    squares = t**2
with tf.GradientTape() as outer:
    outer.watch(t)
    with tf.GradientTape() as inner:
        inner.watch(t)
        cubes = t**3
    slope = inner.gradient(cubes, t)
print(tape.gradient(squares, t), outer.gradient(slope, t))

# The author knows
try:
    tf.placeholder(tf.float32)
except AttributeError:
    print("TensorFlow 2")
try:
    from keras.utils import np_utils
except ImportError:
    from keras import utils as np_utils
try:
    import tensorflow.compat.v1 as old
except ImportError:
    import tensorflow as old
old.placeholder  # one of two modules: which one is not known
if tf.__version__.startswith("1"):
    tf.Session()
if hasattr(tf, "contrib"):
    tf.contrib.layers.fully_connected(x, 3)
