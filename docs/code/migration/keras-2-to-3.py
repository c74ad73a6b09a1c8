# The code of the lesson migration/keras-2-to-3: its pages show it by section.

# --8<-- [start:start]
import keras
import numpy as np
import tensorflow as tf

from tfnotes.errors import printed_errors

keras.utils.set_random_seed(0)
x = np.random.rand(32, 3).astype("float32")  # 32 rows of 3 features
y = (x.sum(axis=1, keepdims=True) > 1.5).astype("float32")  # (32, 1)
dense = keras.layers.Dense(1, activation="sigmoid")
model = keras.Sequential([keras.Input((3,)), dense])
model.compile("sgd", "binary_crossentropy", metrics=["accuracy"])
history = model.fit(x, y, batch_size=8, epochs=2, verbose=0)
print(tf.keras.Model is keras.Model, keras.__version__.split(".")[0])
# -> True 3
# --8<-- [end:start]

# --8<-- [start:old-names]
from inspect import getmro, isclass, isfunction

from tensorflow.python.keras import backend, layers, models
from tensorflow.python.keras.optimizer_v2.gradient_descent import SGD


def public(thing):
    return {name for name in dir(thing) if not name.startswith("_")}


def own(old):  # what Keras' own classes define, not those they inherit from
    kin = [c for c in getmro(old) if "keras" in c.__module__]
    return {name for c in kin for name in vars(c) if not name.startswith("_")}


def holds(test, module):
    return {name for name in public(module) if test(getattr(module, name))}


def is_layer(thing):
    return isclass(thing) and issubclass(thing, layers.Layer)


# --8<-- [end:old-names]


# --8<-- [start:counts]
K = tf.keras.backend
areas = {  # the names of then, those in keras, those in tf.keras
    "layers": (holds(is_layer, layers), keras.layers, tf.keras.layers),
    "Sequential": (own(models.Sequential), model, model),
    "SGD": (own(SGD), model.optimizer, model.optimizer),
    "backend": (holds(isfunction, backend), keras.backend, K),
}
counts = {}
for area, (names, new, extended) in areas.items():
    kept = names & public(new)
    moved = (names & public(extended)) - kept
    counts[area] = len(kept), len(moved), len(names - kept - moved)
    print(f"{area}: {len(names)} names;", *counts[area])
# -> layers: 96 names; 85 1 10
# -> Sequential: 87 names; 60 0 27
# -> SGD: 18 names; 9 0 9
# -> backend: 172 names; 10 121 41
# --8<-- [end:counts]

# --8<-- [start:gone-members]
print(sorted(areas["layers"][0] - public(keras.layers)))
# -> ['AbstractRNNCell', 'DeviceWrapper', 'DropoutWrapper', 'GRUCellV1',
#    'GRUV1', 'LSTMCellV1', 'LSTMV1', 'PeepholeLSTMCell', 'PreprocessingLayer',
#    'ResidualWrapper', 'ThresholdedReLU']
print(sorted(own(SGD) - public(model.optimizer)))
# -> ['add_slot', 'add_weight', 'get_gradients', 'get_slot', 'get_slot_names',
#    'get_updates', 'get_weights', 'minimize', 'weights']
print(sorted(own(models.Sequential) - public(model)))
# -> ['add_update', 'apply', 'compute_output_signature', 'dynamic',
#    'evaluate_generator', 'finalize_state', 'fit_generator', 'get_input_at',
#    'get_input_mask_at', 'get_input_shape_at', 'get_losses_for',
#    'get_output_at', 'get_output_mask_at', 'get_output_shape_at',
#    'get_updates_for', 'inbound_nodes', 'input_mask', 'outbound_nodes',
#    'output_mask', 'predict_classes', 'predict_generator', 'predict_proba',
#    'reset_states', 'state_updates', 'stateful', 'to_yaml', 'updates']
# --8<-- [end:gone-members]

# --8<-- [start:survivors]
import matplotlib.pyplot as plt

looks = (  # name, colour, hatching, colour of the number
    ("in keras", "C0", "", "white"),
    ("only in tf.keras", "lightgray", "", "black"),
    ("gone", "white", "///", "black"),
)
rows = ["layer classes", "Sequential\nmembers", "SGD members", "K.* functions"]
shares = 100 * np.array([np.divide(c, sum(c)) for c in counts.values()])
for part, (name, color, hatch, ink) in enumerate(looks):
    left = shares[:, :part].sum(axis=1)
    style = {"color": color, "hatch": hatch, "edgecolor": "dimgray"}
    bars = plt.barh(rows, shares[:, part], left=left, label=name, **style)
    numbers = [count[part] or "" for count in counts.values()]
    patch = {"facecolor": color, "edgecolor": "none", "pad": 1.5}
    plt.bar_label(bars, numbers, label_type="center", color=ink, bbox=patch)
plt.gca().invert_yaxis()
plt.xlabel("% of the names in an old Keras 2")
plt.title("Layer classes stayed, members were cut, K.* left keras")
plt.legend(ncols=3, loc="upper center", bbox_to_anchor=(0.45, -0.16))
plt.show()
# --8<-- [end:survivors]

# --8<-- [start:renamed]
with printed_errors():
    keras.optimizers.SGD(lr=0.1)
# -> ValueError: Argument(s) not recognized: {'lr': 0.1}
print(keras.optimizers.SGD(learning_rate=0.1).learning_rate.numpy())
# -> 0.1
with printed_errors():
    keras.regularizers.l2(l=0.01)
# -> TypeError: L2.__init__() got an unexpected keyword argument 'l'
print(keras.regularizers.L2(l2=0.01).get_config())
# -> {'l2': 0.01}
with printed_errors():
    keras.layers.LeakyReLU(alpha=0.2)
# -> UserWarning: Argument `alpha` is deprecated. Use `negative_slope` instead.
print(keras.layers.LeakyReLU(negative_slope=0.2).negative_slope)
# -> 0.2
with printed_errors():
    keras.Model(input=model.inputs, output=model.outputs)
# -> ValueError: Unrecognized keyword arguments passed to Model: {'input':
#    [<KerasTensor shape=(None, 3), dtype=float32, sparse=False, ragged=False,
#    name=keras_tensor>], 'output': [<KerasTensor shape=(None, 1),
#    dtype=float32, sparse=False, ragged=False, name=keras_tensor_1>]}
print(keras.Model(inputs=model.inputs, outputs=model.outputs).built)
# -> True
# --8<-- [end:renamed]

# --8<-- [start:removed]
with printed_errors():
    keras.layers.LSTM(4, time_major=True)
# -> ValueError: Unrecognized keyword arguments passed to LSTM: {'time_major':
#    True}
series = tf.ones((5, 32, 3))  # time, sample, feature
print(keras.layers.LSTM(4)(tf.transpose(series, (1, 0, 2))).shape)
# -> (32, 4)
with printed_errors():
    keras.layers.BatchNormalization(fused=True)
# -> ValueError: Unrecognized keyword arguments passed to BatchNormalization:
#    {'fused': True}
with printed_errors():
    keras.layers.BatchNormalization(is_training=True)
# -> ValueError: Unrecognized keyword arguments passed to BatchNormalization:
#    {'is_training': True}
print(keras.layers.BatchNormalization()(x, training=True).shape)
# -> (32, 3)
with printed_errors():
    keras.callbacks.ModelCheckpoint("best.keras", period=5)
# -> TypeError: ModelCheckpoint.__init__() got an unexpected keyword argument
#    'period'
keras.callbacks.ModelCheckpoint("best.keras", save_freq=5 * 4)  # batches
# --8<-- [end:removed]

# --8<-- [start:sizes]
with printed_errors():
    keras.layers.Dense(1, input_dim=3)
# -> UserWarning: Do not pass an `input_shape`/`input_dim` argument to a layer.
#    When using Sequential models, prefer using an `Input(shape)` object as the
#    first layer in the model instead.
with printed_errors():
    keras.layers.Dense(1, batch_input_shape=(8, 3))
# -> ValueError: Unrecognized keyword arguments passed to Dense:
#    {'batch_input_shape': (8, 3)}
with printed_errors():
    keras.Input(shape=3)
# -> ValueError: Cannot convert '3' to a shape.
print(keras.Input(batch_shape=(8, 3)).shape, keras.Input((3,)).shape)
# -> (8, 3) (None, 3)
# --8<-- [end:sizes]

# --8<-- [start:layer-weights]
with printed_errors():
    keras.layers.Embedding(10, 4, input_length=3)
# -> UserWarning: Argument `input_length` is deprecated. Just remove it.
with printed_errors():
    keras.layers.Dense(1, weights=[np.ones((3, 1)), np.zeros(1)])
# -> ValueError: Unrecognized keyword arguments passed to Dense: {'weights':
#    [array([[1.],
dense = keras.layers.Dense(1)
dense.build((None, 3))
dense.set_weights([np.ones((3, 1)), np.zeros(1)])
print(dense(tf.ones((1, 3))).numpy())
# -> [[3.]]
# --8<-- [end:layer-weights]

# --8<-- [start:places]
with printed_errors():
    keras.layers.Layer().add_weight("scale", shape=(3,))
# -> ValueError: `name` must be passed as a keyword argument. Received:
#    add_weight('scale', ...). Use: add_weight(shape=..., name='scale').
print(keras.layers.Layer().add_weight(shape=(3,), name="scale").name)
# -> scale
with printed_errors():
    keras.metrics.Mean().add_weight("total", initializer="zeros")
# -> ValueError: Cannot convert 'total' to a shape. Found invalid dimension 't'
#    of type '<class 'str'>'.
total = keras.metrics.Mean().add_weight(initializer="zeros", name="total")
print(total.shape)
# -> ()
with printed_errors():
    keras.layers.Dropout(0.5)(x, True)
# -> ValueError: Only input tensors may be passed as positional arguments. The
#    following argument value should be passed as a keyword argument: True (of
#    type <class 'bool'>)
dropped = keras.layers.Dropout(0.5)(x, training=True)
with printed_errors():
    keras.layers.Dense(1, name="block/dense")
# -> ValueError: Argument `name` must be a string and cannot contain character
#    `/`. Received: name=block/dense (of type <class 'str'>)
print(keras.layers.Dense(1, name="block_dense").name)
# -> block_dense
# --8<-- [end:places]


# --8<-- [start:generators]
def batches():
    while True:
        yield x[:8], y[:8]


with printed_errors():
    model.fit_generator(batches(), steps_per_epoch=4)
# -> AttributeError: 'Sequential' object has no attribute 'fit_generator'
with printed_errors():
    model.fit(batches(), steps_per_epoch=4, workers=2)
# -> TypeError: TensorFlowTrainer.fit() got an unexpected keyword argument
#    'workers'
model.fit(batches(), steps_per_epoch=4, verbose=0, shuffle=False)
with printed_errors():
    model.evaluate_generator(batches(), steps=4)
# -> AttributeError: 'Sequential' object has no attribute 'evaluate_generator'
with printed_errors():
    model.predict_generator(batches(), steps=4)
# -> AttributeError: 'Sequential' object has no attribute 'predict_generator'
print(model.predict(batches(), steps=4, verbose=0).shape)
# -> (32, 1)
# --8<-- [end:generators]

# --8<-- [start:answers]
with printed_errors():
    model.predict_classes(x)
# -> AttributeError: 'Sequential' object has no attribute 'predict_classes'
with printed_errors():
    model.predict_proba(x)
# -> AttributeError: 'Sequential' object has no attribute 'predict_proba'
print((model.predict(x, verbose=0) > 0.5).shape)
# -> (32, 1)
with printed_errors():
    model.predict([[0.1, 0.2, 0.3]])
# -> ValueError: Unrecognized data type: x=[[0.1, 0.2, 0.3]] (of type <class
#    'list'>)
print(model.predict(np.array([[0.1, 0.2, 0.3]]), verbose=0).shape)
# -> (1, 1)
# --8<-- [end:answers]

# --8<-- [start:attributes]
layer = model.layers[0]
with printed_errors():
    print(layer.input_shape)
# -> AttributeError: 'Dense' object has no attribute 'input_shape'
with printed_errors():
    layer.get_input_at(0)
# -> AttributeError: 'Dense' object has no attribute 'get_input_at'
print(layer.input.shape, layer.output.shape)
# -> (None, 3) (None, 1)
# --8<-- [end:attributes]

# --8<-- [start:model-members]
with printed_errors():
    print(model.uses_learning_phase)
# -> AttributeError: 'Sequential' object has no attribute 'uses_learning_phase'
with printed_errors():
    model.add_metric(1.0, name="always one")
# -> NotImplementedError: Layer `add_metric()` method is deprecated. Add your
#    metric in `Model.compile(metrics=[...])`, or create metric trackers in
#    init() or build() when subclassing the layer or model, then call
#    `metric.update_state()` whenever necessary.
with printed_errors():
    model.to_yaml()
# -> AttributeError: 'Sequential' object has no attribute 'to_yaml'
print(type(model.to_json()).__name__)
# -> str
# --8<-- [end:model-members]

# --8<-- [start:stateful]
recurrent = keras.layers.LSTM(2, stateful=True)
memory = keras.Sequential([keras.Input(batch_shape=(32, 5, 3)), recurrent])
memory(tf.transpose(series, (1, 0, 2)))
with printed_errors():
    memory.reset_states()
# -> AttributeError: 'Sequential' object has no attribute 'reset_states'
for layer in memory.layers:
    print("before:", bool(np.any(layer.states[0])))
    layer.reset_states()
    print("after:", bool(np.any(layer.states[0])))
# -> before: True
# -> after: False
# --8<-- [end:stateful]

# --8<-- [start:endings]
with printed_errors():
    model.save("my_model")
# -> ValueError: Invalid filepath extension for saving. Please add either a
#    `.keras` extension for the native Keras format (recommended) or a `.h5`
#    extension. Use `model.export(filepath)` if you want to export a SavedModel
#    for use with TFLite/TFServing/etc. Received: filepath=my_model.
with printed_errors():
    model.save_weights("weights")
# -> ValueError: The filename must end in `.weights.h5`. Received:
#    filepath=weights
with printed_errors():
    model.save_weights("w.weights.h5", save_format="h5")
# -> TypeError: Model.save_weights() got an unexpected keyword argument
#    'save_format'
with printed_errors():
    model.load_weights("training/cp.ckpt")
# -> ValueError: File format not supported: filepath=training/cp.ckpt. Keras 3
#    only supports V3 `.keras` files, `.weights.h5` files, legacy H5 format
#    files (`.h5` extension), or Orbax checkpoints.
model.save("m.keras")
model.save_weights("w.weights.h5")
# --8<-- [end:endings]

# --8<-- [start:folders]
tf.saved_model.save(model, "my_model")
with printed_errors():
    keras.models.load_model("my_model")
# -> ValueError: File format not supported: filepath=my_model. Keras 3 only
#    supports V3 `.keras` files, legacy H5 format files (`.h5` extension). Note
#    that the legacy SavedModel format is not supported by `load_model()` in
#    Keras 3. In order to reload a TensorFlow SavedModel as an inference-only
#    layer in Keras 3, use `keras.layers.TFSMLayer(my_model,
#    call_endpoint='serving_default')` (note that your `call_endpoint` might
#    have a different name).
old = keras.layers.TFSMLayer("my_model", call_endpoint="serving_default")
print(next(iter(old(x).values())).shape)
# -> (32, 1)
# --8<-- [end:folders]

# --8<-- [start:hdf5]
twin = keras.models.clone_model(model)
twin.compile("sgd", loss="mse")
with printed_errors():
    twin.save("m.h5")
# -> WARNING: You are saving your model as an HDF5 file via `model.save()` or
#    `keras.saving.save_model(model)`. This file format is considered legacy. We
#    recommend using instead the native Keras format, e.g.
#    `model.save('my_model.keras')` or `keras.saving.save_model(model,
#    'my_model.keras')`.
with printed_errors():
    keras.models.load_model("m.h5")
# -> ValueError: Could not deserialize 'keras.metrics.mse' because it is not a
#    KerasSaveable subclass
print(keras.models.load_model("m.h5", compile=False)(x).shape)
# -> (32, 1)
# --8<-- [end:hdf5]

# --8<-- [start:lambda]
scale = keras.layers.Lambda(lambda v: v / 255)
keras.Sequential([keras.Input((3,)), scale]).save("scale.keras")
with printed_errors():
    keras.models.load_model("scale.keras")
# -> ValueError: Requested the deserialization of a `Lambda` layer whose
#    `function` is a Python lambda. This carries a potential risk of arbitrary
#    code execution and thus it is disallowed by default. If you trust the
#    source of the artifact, you can override this error by passing
#    `safe_mode=False` to the loading function, or calling
#    `keras.config.enable_unsafe_deserialization().
print(keras.layers.Rescaling(1 / 255)(x).shape)
# -> (32, 3)
# --8<-- [end:lambda]

# --8<-- [start:loss-names]
with printed_errors():
    keras.losses.MSE(y, y)
# -> AttributeError: module 'keras.losses' has no attribute 'MSE'
with printed_errors():
    keras.losses.get("logcosh")
# -> ValueError: Could not interpret loss identifier: logcosh
with printed_errors():
    keras.losses.get("huber_loss")
# -> ValueError: Could not interpret loss identifier: huber_loss
print(keras.losses.mean_squared_error(y, y).shape)
# -> (32,)
print(keras.losses.get("log_cosh").__name__, keras.losses.get("huber").__name__)
# -> log_cosh huber
# --8<-- [end:loss-names]

# --8<-- [start:loss-arguments]
try:
    keras.losses.MeanSquaredError(reduction="auto")
except ValueError as error:  # its list of true names comes in any order
    print(str(error).split(".")[0])
# -> Invalid value for argument `reduction`
print(keras.losses.MeanSquaredError().reduction)
# -> sum_over_batch_size
with printed_errors():
    keras.losses.MeanSquaredError()([[1.0], [0.0]], np.zeros((2, 1)))
# -> ValueError: Expected an instance of list, got <tf.Tensor: shape=(2, 1),
#    dtype=float32, numpy=
print(keras.losses.MeanSquaredError()(np.eye(2), np.zeros((2, 2))).numpy())
# -> 0.5
# --8<-- [end:loss-arguments]

# --8<-- [start:logs]
with printed_errors():
    history.history["acc"]
# -> KeyError: 'acc'
with printed_errors():
    keras.metrics.Mean().reset_states()
# -> AttributeError: 'Mean' object has no attribute 'reset_states'
keras.metrics.Mean().reset_state()
with printed_errors():
    print(model.metrics_names)  # no error, and no name of a metric
# -> ['loss', 'compile_metrics']
print(sorted(model.evaluate(x, y, verbose=0, return_dict=True)))
# -> ['accuracy', 'loss']
# --8<-- [end:logs]

# --8<-- [start:learning-rate]
with printed_errors():
    print(model.optimizer.lr)
# -> AttributeError: 'SGD' object has no attribute 'lr'
with printed_errors():
    K.set_value(model.optimizer.learning_rate, 0.05)
# -> AttributeError: 'str' object has no attribute 'name'
model.optimizer.learning_rate = 0.05
print(model.optimizer.learning_rate.numpy())
# -> 0.05
# --8<-- [end:learning-rate]

# --8<-- [start:optimizers]
with printed_errors():
    model.optimizer.variables()
# -> TypeError: 'list' object is not callable
with printed_errors():
    model.optimizer.get_weights()
# -> AttributeError: 'SGD' object has no attribute 'get_weights'
print([v.name for v in model.optimizer.variables])
# -> ['iteration', 'learning_rate']
v = keras.Variable(3.0)
sgd = keras.optimizers.SGD(0.1)
with printed_errors():
    sgd.minimize(lambda: v * v, [v])
# -> AttributeError: 'SGD' object has no attribute 'minimize'
with printed_errors():
    sgd.apply_gradients([(2 * v, v)], name="step")
# -> TypeError: BaseOptimizer.apply_gradients() got an unexpected keyword
#    argument 'name'
sgd.apply_gradients([(2 * v, v)])
print(v.numpy())
# -> 2.4
# --8<-- [end:optimizers]

# --8<-- [start:optimizer-modules]
with printed_errors():
    tf.keras.optimizers.legacy.Adam()
# -> ImportError: `keras.optimizers.legacy` is not supported in Keras 3. When
#    using `tf.keras`, to continue using a `tf.keras.optimizers.legacy`
#    optimizer, you can install the `tf_keras` package (Keras 2) and set the
#    environment variable `TF_USE_LEGACY_KERAS=True` to configure TensorFlow to
#    use `tf_keras` when accessing `tf.keras`.
with printed_errors():
    tf.keras.optimizers.experimental.Adam()
# -> AttributeError: module 'keras.optimizers' has no attribute 'experimental'
with printed_errors():
    tf.keras.mixed_precision.experimental.set_policy("mixed_float16")
# -> AttributeError: module 'keras.mixed_precision' has no attribute
#    'experimental'
scaling = keras.mixed_precision.LossScaleOptimizer(keras.optimizers.Adam())
with printed_errors():
    scaling.get_scaled_loss(tf.constant(1.0))
# -> AttributeError: 'LossScaleOptimizer' object has no attribute
#    'get_scaled_loss'
scaling.build([v])
print(scaling.scale_loss(tf.constant(1.0)).numpy())
# -> 32768.0
# --8<-- [end:optimizer-modules]

# --8<-- [start:moved-layers]
with printed_errors():
    tf.keras.layers.experimental.preprocessing.Rescaling(1 / 255)
# -> AttributeError: module 'keras._tf_keras.keras.layers' has no attribute
#    'experimental'
with printed_errors():
    tf.keras.layers.experimental.SyncBatchNormalization()
# -> AttributeError: module 'keras._tf_keras.keras.layers' has no attribute
#    'experimental'
with printed_errors():
    tf.keras.layers.CuDNNLSTM(4)
# -> AttributeError: module 'keras._tf_keras.keras.layers' has no attribute
#    'CuDNNLSTM'
with printed_errors():
    tf.keras.layers.DenseFeatures([])
# -> AttributeError: module 'keras._tf_keras.keras.layers' has no attribute
#    'DenseFeatures'
print(keras.layers.BatchNormalization(synchronized=True).synchronized)
# -> True
print(type(keras.utils.FeatureSpace({"age": "float"})).__name__)
# -> FeatureSpace
# --8<-- [end:moved-layers]

# --8<-- [start:symbols]
inputs = keras.Input((3,))
with printed_errors():
    tf.reduce_mean(inputs, axis=-1)
# -> ValueError: A KerasTensor cannot be used as input to a TensorFlow function.
#    A KerasTensor is a symbolic placeholder for a shape and dtype, used when
#    constructing Keras Functional models or Keras Functions. You can only use
#    it as input to a Keras layer or a Keras operation (from the namespaces
#    `keras.layers` and `keras.ops`). You are likely doing something like:
with printed_errors():
    K.mean(inputs, axis=-1)
# -> AttributeError: 'str' object has no attribute 'base_dtype'
with printed_errors():
    keras.backend.mean(inputs, axis=-1)
# -> AttributeError: module 'keras.backend' has no attribute 'mean'
print(keras.ops.mean(inputs, axis=-1).shape)
# -> (None,)
# --8<-- [end:symbols]

# --8<-- [start:backend]
with printed_errors():
    K.set_learning_phase(1)
# -> AttributeError: module 'keras._tf_keras.keras.backend' has no attribute
#    'set_learning_phase'
output = model.layers[0].output
with printed_errors():
    K.function(model.inputs, [output])
# -> AttributeError: module 'keras._tf_keras.keras.backend' has no attribute
#    'function'
with printed_errors():
    keras.Model(model.input, output)
# -> AttributeError: The layer sequential has never been called and thus has no
#    defined input.
print(keras.Model(model.inputs[0], output)(x).shape)
# -> (32, 1)
with printed_errors():
    K.set_value(model.layers[0].bias, [0.5])
# -> AttributeError: 'str' object has no attribute 'name'
model.layers[0].bias.assign([0.5])
print(model.layers[0].bias.numpy())
# -> [0.5]
# --8<-- [end:backend]

# --8<-- [start:preprocessing]
with printed_errors():
    keras.preprocessing.image.ImageDataGenerator(rescale=1 / 255)
# -> AttributeError: module 'keras.preprocessing.image' has no attribute
#    'ImageDataGenerator'
with printed_errors():
    keras.preprocessing.text.Tokenizer(num_words=100)
# -> AttributeError: module 'keras.preprocessing' has no attribute 'text'
with printed_errors():
    keras.utils.np_utils.to_categorical([0, 2])
# -> AttributeError: module 'keras.utils' has no attribute 'np_utils'
with printed_errors():
    tf.keras.wrappers.scikit_learn.KerasRegressor(lambda: model)
# -> AttributeError: module 'keras.wrappers' has no attribute 'scikit_learn'
print(keras.utils.to_categorical([0, 2]).shape)
# -> (2, 3)
text = keras.layers.TextVectorization()
text.adapt(["a b", "b c"])
print(text(["c b b"]).numpy())
# -> [[3 2 2]]
print(keras.wrappers.SKLearnRegressor(model).model is model)
# -> True
# --8<-- [end:preprocessing]

# --8<-- [start:ignored]
with printed_errors():
    keras.optimizers.SGD(0.1, decay=0.01)
# -> UserWarning: Argument `decay` is no longer supported and will be ignored.
with printed_errors():
    plateau = keras.callbacks.ReduceLROnPlateau(epsilon=0.5)
print(plateau.min_delta)  # not 0.5
# -> 0.0001
data = tf.data.Dataset.from_tensor_slices((x, y)).batch(8)
before = int(model.optimizer.iterations)
with printed_errors():
    model.fit(data, batch_size=2, verbose=0, shuffle=False)
print("steps:", int(model.optimizer.iterations) - before)  # 32 / 8
# -> steps: 4
# --8<-- [end:ignored]

# --8<-- [start:order]
first, *_ = history.history.values()  # the loss, says old code
print(list(history.history), first == history.history["loss"])
# -> ['accuracy', 'loss'] False
# --8<-- [end:order]


# --8<-- [start:raw-variable]
class Line(keras.Model):
    def __init__(self):
        super().__init__()
        self.w = tf.Variable(tf.zeros((3, 1)))

    def call(self, x):
        return x @ self.w


line = Line()
line.compile("sgd", "mse")
with printed_errors():
    line.fit(x, y, verbose=0)
# -> UserWarning: The model does not have any trainable weights.
print(len(line.weights), line.w.numpy().ravel())
# -> 0 [0. 0. 0.]
# --8<-- [end:raw-variable]


# --8<-- [start:tracked]
class Tracked(Line):
    def __init__(self):
        super().__init__()
        self.w = self.add_weight(shape=(3, 1), initializer="zeros", name="w")


line = Tracked()
line.compile("sgd", "mse")
line.fit(x, y, verbose=0)
print(len(line.weights), "moved:", bool(np.all(line.w.numpy() > 0)))
# -> 1 moved: True
# --8<-- [end:tracked]


# --8<-- [start:old-step]
class OldStep(keras.Sequential):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compiled_loss(y, y_pred)
        gradients = tape.gradient(loss, self.weights)
        self.optimizer.apply(gradients, self.weights)
        self.compiled_metrics.update_state(y, y_pred)
        return {m.name: m.result() for m in self.metrics}


wrong = OldStep([keras.Input((3,)), keras.layers.Dense(1)])
# a step of 0: nothing moves; eagerly: no graph for a single step
wrong.compile(keras.optimizers.SGD(0.0), "mse", run_eagerly=True)
with printed_errors():
    shown = wrong.fit(x, y, verbose=0).history["loss"][0]
# -> UserWarning: `model.compiled_loss()` is deprecated. Instead, use
#    `model.compute_loss(x, y, y_pred, sample_weight, training)`.
# -> UserWarning: `model.compiled_metrics()` is deprecated. Instead, use e.g.:
print(np.isclose(shown, wrong.predict(x, verbose=0).mean(), atol=1e-5))
# -> True
print(np.isclose(shown, wrong.evaluate(x, y, verbose=0), atol=1e-5))
# -> False
# --8<-- [end:old-step]


# --8<-- [start:new-step]
class NewStep(keras.Sequential):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x, y, y_pred)
        gradients = tape.gradient(loss, self.weights)
        self.optimizer.apply(gradients, self.weights)
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss, sample_weight=tf.shape(x)[0])
            else:
                metric.update_state(y, y_pred)
        return {m.name: m.result() for m in self.metrics}


right = NewStep(wrong.layers)
right.compile(keras.optimizers.SGD(0.0), "mse", run_eagerly=True)
shown = right.fit(x, y, verbose=0).history["loss"][0]
print(np.isclose(shown, right.evaluate(x, y, verbose=0), atol=1e-5))
# -> True
# --8<-- [end:new-step]


# --8<-- [start:hidden-loss]
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = keras.layers.Dense(1)

    def call(self, x):
        return self.dense(x)

    def loss(self, y, y_pred):
        return tf.reduce_mean((y - y_pred) ** 2)


net = Net()
with printed_errors():
    net.loss(y, net(x))
# -> TypeError: 'NoneType' object is not callable
# --8<-- [end:hidden-loss]

# --8<-- [start:unbuilt]
net = Net()
with printed_errors():
    net.build((None, 3))
# -> UserWarning: `build()` was called on layer 'net_1', however the layer does
#    not have a `build()` method implemented and it looks like it has unbuilt
#    state. This will cause the layer to be marked as built, despite not being
#    actually built, which may cause failures down the line. Make sure to
#    implement a proper `build()` method.
print(net.count_params())
# -> 0
net(x[:1])  # shapes come from a call
print(net.count_params())
# -> 4
# --8<-- [end:unbuilt]


# --8<-- [start:branch]
class Branch(keras.layers.Layer):
    def call(self, x):
        if tf.reduce_sum(x) > 0:
            return x
        return -x


print(Branch()(x).shape)  # called by hand
# -> (32, 3)
with printed_errors():
    keras.Sequential([keras.Input((3,)), Branch()])
# -> OperatorNotAllowedInGraphError: Branch.call(): Using a symbolic `tf.Tensor`
#    as a Python `bool` is not allowed.


class Choice(keras.layers.Layer):
    def call(self, x):
        return keras.ops.where(keras.ops.sum(x) > 0, x, -x)


print(keras.Sequential([keras.Input((3,)), Choice()])(x).shape)
# -> (32, 3)
# --8<-- [end:branch]

# --8<-- [start:answer-decay]
rate = keras.optimizers.schedules.InverseTimeDecay(0.1, 1, 0.01)
optimizer = keras.optimizers.SGD(learning_rate=rate)
print([round(float(rate(step)), 4) for step in (0, 10, 100)])
# -> [0.1, 0.0909, 0.05]
# --8<-- [end:answer-decay]

# --8<-- [start:answer-ops]
used = {"sum", "mean", "square", "clip", "int_shape", "permute_dimensions"}
print("same name:", sorted(used & public(keras.ops)))
# -> same name: ['clip', 'mean', 'square', 'sum']
print("other name:", sorted(used - public(keras.ops)))
# -> other name: ['int_shape', 'permute_dimensions']
print(keras.ops.shape(inputs), keras.ops.transpose(x, (1, 0)).shape)
# -> (None, 3) (3, 32)
# --8<-- [end:answer-ops]

# --8<-- [start:answer-loud]
import warnings

with warnings.catch_warnings():
    warnings.simplefilter("error")
    try:
        keras.optimizers.SGD(0.1, decay=0.01)
    except UserWarning as warning:
        print("stopped:", warning)
# -> stopped: Argument `decay` is no longer supported and will be ignored.
# --8<-- [end:answer-loud]
