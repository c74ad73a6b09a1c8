"""Old notes with every old form that the doctor finds, each marked on its line.

A test compares the marks with the findings, and runs the lines one by one to compare the
installed TensorFlow's behavior with the doctor's statements.
"""

import os

import keras
import numpy as np
import sklearn.datasets
import tensorflow as tf
from keras.layers import Dense, Dropout
from keras.models import Sequential
from keras.optimizers import SGD as Descent
from tensorflow.keras import backend as K
from tensorflow.python.keras import layers as private  # old: tensorflow.python.keras
from tensorflow.compat import v1  # old: tf.compat.v1

os.environ["KERAS_BACKEND"] = "tensorflow"  # old: KERAS_BACKEND after the import
x, y = np.ones((8, 4), "float32"), np.ones((8, 1), "float32")
z = tf.constant([[0.0, 1.0]])
data = tf.data.Dataset.from_tensor_slices((x, y)).batch(4)
model = Sequential([keras.Input((4,)), Dense(1)])
model.compile("sgd", "mse", metrics=["accuracy"])
model.fit(x, y, verbose=0)
keep_prob, logits, labels = 0.8, z, z

# TensorFlow 1
tf.placeholder(tf.float32)  # old: tf.placeholder
tf.Session()  # old: tf.Session
tf.get_variable("w", [1])  # old: tf.get_variable
tf.variable_scope("hidden")  # old: tf.variable_scope
tf.assign(x, y)  # old: tf.assign
tf.trainable_variables()  # old: collections of variables
tf.global_variables_initializer()  # old: initializing variables
tf.reset_default_graph()  # old: the default graph
tf.enable_eager_execution()  # old: switching eager execution
tf.contrib.layers.fully_connected(x, 3)  # old: tf.contrib
from tensorflow.contrib import slim  # old: tf.contrib
tf.estimator.LinearRegressor([])  # old: tf.estimator
tf.layers.dense(x, 3)  # old: tf.layers
v1.layers.dense(x, 3)  # old: tf.compat.v1.layers
tf.compat.v1.placeholder(tf.float32)  # old: tf.compat.v1
tf.nn.dynamic_rnn(x)  # old: tf.nn.rnn_cell
tf.train.AdamOptimizer(0.1)  # old: tf.train.…Optimizer
tf.train.exponential_decay(0.1, 0, 10, 0.5)  # old: tf.train.exponential_decay
tf.gradients(x, [x])  # old: tf.gradients
tf.train.Saver()  # old: tf.train.Saver
tf.summary.merge_all()  # old: tf.summary.FileWriter
tf.summary.scalar("loss", 0.5)  # old: a summary without a step
data.make_one_shot_iterator()  # old: make_one_shot_iterator
data.output_shapes  # old: output_shapes of a data set
tf.train.string_input_producer(["a.csv"])  # old: input queues
tf.to_float(3)  # old: tf.to_float
tf.div(7, 2)  # old: tf.div
tf.set_random_seed(0)  # old: tf.set_random_seed
tf.py_func(np.sort, [x], tf.float32)  # old: tf.py_func
tf.app.run()  # old: tf.flags
tf.ConfigProto()  # old: tf.ConfigProto
tf.losses.mean_squared_error(y, y)  # old: tf.losses of TensorFlow 1
tf.metrics.accuracy(y, y)  # old: tf.metrics of TensorFlow 1
tf.reduce_sum(x, reduction_indices=[1])  # old: arguments for an axis
tf.concat(0, [z, z])  # old: tf.concat(axis, values)
tf.cond(True, fn1=abs)  # old: fn1= of tf.cond
tf.nn.dropout(x, keep_prob=0.8)  # old: keep_prob=
tf.nn.dropout(x, keep_prob)  # old: positional keep_prob
tf.nn.softmax_cross_entropy_with_logits(logits, labels)  # old: logits before labels
tf.nn.softmax_cross_entropy_with_logits_v2(z, z)  # old: softmax_cross_entropy_with_logits_v2
tf.image.resize_images(x, [4, 1])  # old: tf.image.resize_images
tf.zeros((2, 3)).shape[0].value  # old: a size with .value
from tensorflow.examples.tutorials.mnist import input_data  # old: tf.examples
tf.log(2.0)  # old: a name that TensorFlow lacks
tf.contant(3)  # old: a name that TensorFlow lacks


def in_a_session():
    with tf.Session() as session:  # old: tf.Session
        session.run(x)  # old: session.run
    strategy = tf.distribute.MirroredStrategy()
    strategy.experimental_run_v2(in_a_session)  # old: experimental_run_v2


# Names of Keras
keras.optimizers.legacy.Adam()  # old: optimizers.legacy
tf.keras.wrappers.scikit_learn.KerasClassifier(model)  # old: wrappers.scikit_learn
keras.preprocessing.image.ImageDataGenerator()  # old: ImageDataGenerator
tf.keras.preprocessing.image.ImageDataGenerator()  # old: ImageDataGenerator of tf.keras
from keras.preprocessing.text import Tokenizer  # old: preprocessing.text
tf.keras.preprocessing.text.Tokenizer()  # old: preprocessing.text of tf.keras
tf.keras.layers.experimental.preprocessing.Rescaling(1)  # old: layers.experimental
keras.layers.CuDNNLSTM(4)  # old: CuDNNLSTM
keras.layers.DenseFeatures([])  # old: DenseFeatures
keras.experimental.WideDeepModel()  # old: WideDeepModel
keras.mixed_precision.experimental.Policy("float16")  # old: mixed_precision.experimental
K.set_learning_phase(1)  # old: learning_phase
K.set_value(model.optimizer.learning_rate, 0.1)  # old: keras.backend.set_value
K.function(model.inputs, model.outputs)  # old: keras.backend.function
from keras.utils import np_utils  # old: utils.np_utils
keras.utils.multi_gpu_model(model, 2)  # old: multi_gpu_model
from keras.layers.convolutional import Conv2D  # old: modules inside keras.layers
keras.models.model_from_yaml("")  # old: model_from_yaml
keras.losses.MSE(y, y)  # old: a name that Keras lacks
tf.data.Dataset.from_tensor_silces(x)  # old: from_tensor_silces
tf.test.is_gpu_available()  # old: is_gpu_available
from sklearn.datasets import load_boston  # old: load_boston

# Arguments
Descent(lr=0.1)  # old: lr= of an optimizer
Descent(0.1, decay=1e-6)  # old: decay= of an optimizer
Dense(3, input_shape=(4,))  # old: input_shape= of a layer
Dense(3, input_dim=4)  # old: input_dim= of a layer
keras.layers.Embedding(3, 4, input_length=5)  # old: input_length= of a layer
Dense(3, weights=[x])  # old: weights= of a layer
Dense(3, init="uniform")  # old: arguments of Keras 1
keras.layers.LSTM(3, time_major=True)  # old: time_major=
keras.layers.BatchNormalization(is_training=True)  # old: is_training=
keras.layers.BatchNormalization(fused=True)  # old: fused= of BatchNormalization
keras.layers.LeakyReLU(alpha=0.2)  # old: alpha= of LeakyReLU
keras.regularizers.l2(l=0.01)  # old: l= of a regularizer
keras.Model(input=model.inputs, outputs=model.outputs)  # old: input= and output= of a model
keras.callbacks.ModelCheckpoint("a.keras", period=5)  # old: period= of ModelCheckpoint
keras.callbacks.ReduceLROnPlateau(epsilon=0.1)  # old: epsilon= of ReduceLROnPlateau
keras.callbacks.TensorBoard("logs", write_grads=True)  # old: old arguments of TensorBoard
model.fit(x, y, nb_epoch=3)  # old: nb_epoch=
model.fit(x, y, workers=2)  # old: workers= of fit
model.save_weights("a.weights.h5", save_format="h5")  # old: save_format=
model.train_on_batch(x, y, reset_metrics=False)  # old: reset_metrics=
model.evaluate(x, y, class_weight={0: 1.0})  # old: class_weight= of evaluate
model.compile("sgd", "mse", sample_weight_mode="temporal")  # old: old arguments of compile
model.optimizer.apply_gradients([], name="a")  # old: name= of apply_gradients

# Methods
model.fit_generator(data)  # old: fit_generator
model.predict_classes(x)  # old: predict_classes
model.predict_proba(x)  # old: predict_proba
model.save_weight("a.h5")  # old: save_weight
model.to_yaml()  # old: to_yaml
model.total_loss  # old: removed attributes of models
model.layers[0].input_shape  # old: input_shape of a layer
model.add_metric(1.0, name="one")  # old: add_metric
keras.Model(model.inputs, model.outputs).add_loss(tf.constant(1.0))  # old: add_loss from outside
keras.metrics.Mean().reset_states()  # old: reset_states of a metric
model.reset_states()  # old: reset_states of a model
model.optimizer.lr  # old: lr of an optimizer
model.optimizer.lr = 0.5  # old: setting lr of an optimizer
Descent(0.1).minimize(len, [x])  # old: minimize of an optimizer
model.optimizer.get_weights()  # old: removed attributes of optimizers
model.optimizer.variables()  # old: variables() of an optimizer

# Files
model.save_weights("a.h5")  # old: save_weights with another extension
model.load_weights("cp.ckpt")  # old: load_weights of a checkpoint
model.save("folder")  # old: save to a folder
model.compile("sgd", "mse")
model.save("mse.h5")  # old: save as HDF5
keras.models.load_model("folder")  # old: load_model of a folder
keras.models.load_model("mse.h5")  # old: load_model of an .h5 with a string loss
checkpoint_path = "training/cp.ckpt"
keras.callbacks.ModelCheckpoint(checkpoint_path)  # old: file extension of ModelCheckpoint
np.load("a.npy", allow_pickle=True) if False else 0  # old: allow_pickle of np.load

# Tensors
v, k, t = tf.Variable([1.0]), keras.Variable([1.0]), tf.constant([1, 2])
v += 1  # old: += of a tf.Variable
k += 1  # old: += of a keras.Variable
t[0] = 9  # old: an item of a tensor
t.assign([3, 4])  # old: assign of a tensor
tf.Variable(1.0, "w")  # old: positional name= of tf.Variable
tf.exp(t)  # old: a float function of integers
three = tf.constant(3)
with tf.GradientTape() as tape:
    tape.watch(three)  # old: watching integers
with tf.GradientTape() as tape:
    tape.watch(z)
    squares, cubes = z**2, z**3
tape.gradient(squares, z)
tape.gradient(cubes, z)  # old: two gradients from one tape


# Classes
class Linear(keras.layers.Layer):
    def __init__(self, units):  # old: a missing super().__init__()
        self.units = units

    def build(self, shape):
        self.kernel = self.add_weight("w", (shape[-1], 1))  # old: positional name= of add_weight
        self.bias = tf.Variable(tf.zeros(1))  # old: a raw tf.Variable in a layer

    def call(self, inputs):
        if tf.reduce_sum(inputs) > 0:  # old: if over a tensor in call
            return inputs
        return -inputs


class Net(tf.keras.Model):
    def __init__(self):
        super(Net, self).__init__()  # old: super(Child, self)
        self.dense = Dense(1)

    @tf.function  # old: @tf.function on call
    def call(self, inputs):
        return self.dense(inputs)

    def loss(self, y, predicted):  # old: a method named loss
        return (y - predicted) ** 2

    def train_step(self, batch):
        with tf.GradientTape() as tape:
            loss = self.compiled_loss(batch[1], self(batch[0]))  # old: compiled_loss
        return {"loss": loss}  # old: a train_step that returns its loss


# Building and fitting
keras.Input(4)  # old: a size instead of a shape
Dropout(0.5)(x, True)  # old: positional training=
Dense(1, name="block/dense")  # old: a slash in a name
model.predict([[0.1, 0.2, 0.3, 0.4]])  # old: a list of numbers
keras.losses.get("logcosh")  # old: old names of losses
keras.losses.MeanSquaredError(reduction="auto")  # old: reduction="auto"
model.compile("sgd", "mse", metrics=["accuracy"])
model.fit(x, y, verbose=0).history["acc"]  # old: acc and val_acc
model.fit(data, validation_split=0.2)  # old: validation_split of a data set
model.fit(data, batch_size=2, verbose=0)  # old: batch_size of a data set
model.fit(data, y)  # old: targets with a data set
model.fit(x, y, class_weight={0: 1}, sample_weight=y)  # old: class_weight with sample_weight
model.fit(x, y, class_weight="balanced")  # old: class_weight as a string
model.trainable = False  # old: trainable changed after fit
model.fit(x, y, verbose=0)
scores = Sequential()
scores.add(Dense(3))
scores.compile("sgd", "sparse_categorical_crossentropy")  # old: logits with a string loss
chances = Sequential([Dense(3, activation="sigmoid")])  # old: a sigmoid for multiclass classification
chances.compile("sgd", loss="sparse_categorical_crossentropy")

# Devices
tf.config.LogicalDeviceConfiguration(memory_limit=2048)  # old: an unused configuration
device = "/GPU:0" if tf.test.is_built_with_cuda() else "/CPU:0"  # old: is_built_with_cuda as a test


def replicas():
    with tf.distribute.MirroredStrategy().scope():
        model.compile("sgd", "mse", jit_compile=True)  # old: jit_compile with replicas
    workers = tf.distribute.MultiWorkerMirroredStrategy()
    model.fit(x, y)  # old: fit of several workers
