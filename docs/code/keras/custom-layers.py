# The code of the lesson keras/custom-layers: its pages show it by section.

# --8<-- [start:linear]
import keras
from keras import ops


class Linear(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        shape = (input_shape[-1], self.units)
        self.kernel = self.add_weight(shape=shape, name="kernel")
        self.bias = self.add_weight(
            shape=(self.units,), initializer="zeros", name="bias"
        )

    def call(self, inputs):  # (..., features) to (..., units)
        return ops.matmul(inputs, self.kernel) + self.bias


layer = Linear(2)
# --8<-- [end:linear]

# --8<-- [start:first-call]
print("after __init__:", len(layer.weights), "weights")
# -> after __init__: 0 weights
outputs = layer(ops.ones((4, 3)))  # build runs here, with the shape (4, 3)
print("after a call:", [tuple(w.shape) for w in layer.weights])
# -> after a call: [(3, 2), (2,)]
print("4 samples of 3 numbers become", outputs.shape)
# -> 4 samples of 3 numbers become (4, 2)
# --8<-- [end:first-call]


# --8<-- [start:recorded]
class Recorded(Linear):
    def __init__(self, units):
        super().__init__(units)
        self.note("__init__", units)

    def build(self, input_shape):
        super().build(input_shape)
        self.note("build", input_shape)

    def call(self, inputs):
        self.note("call", tuple(inputs.shape))
        return super().call(inputs)

    def note(self, method, given):
        record.append((statement, method, given, len(self.weights)))


# --8<-- [end:recorded]

# --8<-- [start:three-calls]
record = []  # (statement, method, what it was given, weights by then)
statement = "Recorded(2)"
layer = Recorded(2)
for number, rows in enumerate((4, 1, 6), start=1):
    statement = f"layer(x{number})"
    layer(ops.ones((rows, 3)))
print([method for _, method, _, _ in record])
# -> ['__init__', 'build', 'call', 'call', 'call']
# --8<-- [end:three-calls]

# --8<-- [start:when-build-runs]
import matplotlib.pyplot as plt

lanes = {"__init__": 3, "build": 2, "call": 1, "weights": 0}
colours = {"__init__": "C3", "build": "C1", "call": "C0"}
middle = {"ha": "center", "va": "center"}
for said in dict.fromkeys(event[0] for event in record):
    times = [time for time, event in enumerate(record) if event[0] == said]
    left, right = times[0] - 0.46, times[-1] + 0.46
    plt.axvspan(left, right, color="lightgray", alpha=0.5)
    plt.text((left + right) / 2, 3.75, said, weight="bold", **middle)
for time, (_, method, given, n_weights) in enumerate(record):
    box = {"boxstyle": "round,pad=0.5", "facecolor": "white"}
    box["edgecolor"] = colours[method]
    plt.text(time, lanes[method], given, bbox=box, **middle)
    plt.text(time, lanes["weights"], n_weights, **middle)
plt.yticks(list(lanes.values()), list(lanes))
plt.xticks([])
plt.ylim(-0.5, 4.1)
plt.xlabel("time: one column for each event, one band for each statement")
plt.title("build runs once, inside the first call")
plt.show()
# --8<-- [end:when-build-runs]

# --8<-- [start:symbolic]
record.clear()
statement = "Sequential"
model = keras.Sequential([keras.Input((3,)), Recorded(2)])
statement = "model(x)"
model(ops.ones((4, 3)))
for event in record:
    print(*event)
# -> Sequential __init__ 2 0
# -> Sequential build (None, 3) 2
# -> Sequential call (None, 3) 2
# -> model(x) call (4, 3) 2
# --8<-- [end:symbolic]


# --8<-- [start:known-width]
class Known(keras.layers.Layer):
    def __init__(self, width, units):
        super().__init__()
        self.kernel = self.add_weight(shape=(width, units), name="kernel")

    def call(self, inputs):
        return ops.matmul(inputs, self.kernel)


print(len(Known(3, 2).weights), "weight before any call")
# -> 1 weight before any call
# --8<-- [end:known-width]

# --8<-- [start:config]
from tfnotes.models import Affine

affine = Affine(2, activation="relu", name="mine")
config = affine.get_config()
print({key: config[key] for key in ("name", "units", "activation")})
# -> {'name': 'mine', 'units': 2, 'activation': 'relu'}
twin = Affine.from_config(config)  # same settings, weights of its own
print(twin.name, twin.units, len(twin.weights))
# -> mine 2 0
# --8<-- [end:config]

# --8<-- [start:automatic-config]
from tfnotes.errors import printed_errors

print("units" in Linear(2).get_config())  # Linear does not write the method
# -> True
penalty = keras.regularizers.L2(0.1)
with printed_errors():
    Linear(2, activity_regularizer=penalty).get_config()
# -> NotImplementedError: Object Linear was created by passing
config = Affine(2, activity_regularizer=penalty).get_config()
print(config["activity_regularizer"]["class_name"])
# -> L2
# --8<-- [end:automatic-config]

# --8<-- [start:load]
import numpy as np

keras.utils.set_random_seed(0)
x = np.random.default_rng(0).normal(size=(256, 3)).astype("float32")
model = keras.Sequential([keras.Input((3,)), affine])
model.save("affine.keras")
loaded = keras.models.load_model("affine.keras")
print(keras.saving.get_registered_name(Affine), loaded.layers[0].name)
# -> tfnotes>Affine mine
print("same outputs:", np.array_equal(loaded(x), model(x)))
# -> same outputs: True
# --8<-- [end:load]


# --8<-- [start:jitter]
class Jitter(keras.layers.Layer):  # blurs the inputs while training
    def call(self, inputs, training=False):
        told.append(training)
        if not training:
            return inputs
        return inputs + keras.random.normal(ops.shape(inputs), stddev=0.1)


told = []
jitter = Jitter()
print(np.array_equal(jitter(x), x), np.array_equal(jitter(x, training=True), x))
# -> True False
print("weights:", len(jitter.weights))
# -> weights: 0
# --8<-- [end:jitter]

# --8<-- [start:training]
y = x @ np.array([[2.0], [-1.0], [0.5]], "float32")  # (256, 1)
model = keras.Sequential([keras.Input((3,)), jitter, Linear(1)])
model.compile(keras.optimizers.SGD(0.1), "mse")
uses = {
    "model(x)": lambda: model(x),
    "fit": lambda: model.fit(x, y, verbose=0),
    "evaluate": lambda: model.evaluate(x, y, verbose=0),
    "predict": lambda: model.predict(x, verbose=0),
}
for name, use in uses.items():
    told.clear()
    use()
    print(f"{name:8} training={told[-1]}")
# -> model(x) training=False
# -> fit      training=True
# -> evaluate training=False
# -> predict  training=False
# --8<-- [end:training]


# --8<-- [start:nested]
class Pair(keras.layers.Layer):
    def __init__(self, hidden, units, **kwargs):
        super().__init__(**kwargs)
        self.first = Affine(hidden, activation="relu", name="first")
        self.second = Affine(units, name="second")

    def call(self, inputs):
        return self.second(self.first(inputs))


pair = Pair(5, 2)
pair(x)
for weight in pair.weights:
    print(weight.path.rsplit("/", 1)[0], tuple(weight.shape))
# -> pair/first (3, 5)
# -> pair/first (5,)
# -> pair/second (5, 2)
# -> pair/second (2,)
# --8<-- [end:nested]

# --8<-- [start:unknown-width]
with printed_errors():
    Known(None, 2)
# -> ValueError: Shapes used to initialize variables must be fully-defined (no
#    `None` dimensions). Received: shape=(None, 2) for variable
#    path='known_1/kernel'
# --8<-- [end:unknown-width]


# --8<-- [start:weight-in-call]
class InCall(keras.layers.Layer):
    def call(self, inputs):
        self.kernel = self.add_weight(shape=(inputs.shape[-1], 2))
        return ops.matmul(inputs, self.kernel)


layer = InCall()
layer.build((4, 3))  # layer(x) does these two steps for you
with printed_errors():
    layer.call(ops.ones((4, 3)))
# -> ValueError: You cannot add new elements of state (variables or sub-layers)
#    to a layer that is already built. All state must be created in the
#    `__init__()` method or in the `build()` method.
# --8<-- [end:weight-in-call]


# --8<-- [start:built]
class Marked(Linear):
    def build(self, input_shape):
        super().build(input_shape)
        print("inside build:", self.built)
        self.built = True  # the old line


for kind in (Marked, Linear):
    layer = kind(2)
    before = layer.built
    layer(x)
    print(f"{kind.__name__}: {before}, after the call {layer.built}")
# -> inside build: False
# -> Marked: False, after the call True
# -> Linear: False, after the call True
# --8<-- [end:built]


# --8<-- [start:only-call]
class Square(keras.layers.Layer):
    def call(self, inputs):
        return ops.relu(inputs) ** 2  # anything may stand here


print(Square()(ops.array([-1.0, 2.0, 3.0])).numpy())
# -> [0. 4. 9.]
# --8<-- [end:only-call]


# --8<-- [start:no-super]
class Forgetful(keras.layers.Layer):
    def __init__(self, units):
        self.dense = keras.layers.Dense(units)  # super().__init__() is missing

    def call(self, inputs):
        return self.dense(inputs)


layer = Forgetful(2)
with printed_errors():
    layer(x)
# -> RuntimeError: In layer 'Forgetful', you forgot to call `super().__init__()`
#    as the first statement in the `__init__()` method. Go add it!
# --8<-- [end:no-super]


# --8<-- [start:positional]
class Named(keras.layers.Layer):
    def build(self, input_shape):
        self.kernel = self.add_weight("kernel", (input_shape[-1], 2))


with printed_errors():
    Named().build((4, 3))
# -> ValueError: `name` must be passed as a keyword argument. Received:
#    add_weight('kernel', ...). Use: add_weight(shape=..., name='kernel').
# --8<-- [end:positional]


# --8<-- [start:raw-variable]
class Holds(keras.layers.Layer):
    def __init__(self, variable):
        super().__init__()
        self.kernel = variable

    def call(self, inputs):
        return ops.matmul(inputs, self.kernel)


# --8<-- [end:raw-variable]

# --8<-- [start:nothing-learned]
import tensorflow as tf

kinds = {"tf.Variable": tf.Variable, "keras.Variable": keras.Variable}
for name, kind in kinds.items():
    held = Holds(kind(np.zeros((3, 1), "float32")))
    model = keras.Sequential([keras.Input((3,)), held])
    model.compile(keras.optimizers.SGD(0.1), "mse")
    with printed_errors():
        losses = model.fit(x, y, epochs=3, verbose=0).history["loss"]
    print(name, model.count_params(), [round(loss, 2) for loss in losses])
# -> UserWarning: The model does not have any trainable weights.
# -> tf.Variable 0 [5.17, 5.17, 5.17]
# -> keras.Variable 3 [1.78, 0.05, 0.0]
# --8<-- [end:nothing-learned]


# --8<-- [start:not-loadable]
@keras.saving.register_keras_serializable(package="notes")
class MyDense(Linear):
    def __init__(self, units):  # no **kwargs
        super().__init__(units)


model = keras.Sequential([keras.Input((3,)), MyDense(2)])
model.save("notes.keras")
with printed_errors():
    keras.models.load_model("notes.keras")
# -> TypeError: MyDense.__init__() got an unexpected keyword argument
#    'trainable'
with printed_errors():
    MyDense(**model.layers[0].get_config())  # what loading tries
# -> TypeError: MyDense.__init__() got an unexpected keyword argument
#    'trainable'
# --8<-- [end:not-loadable]

# --8<-- [start:answer-dense]
dense = keras.layers.Dense(2, activation="relu")
dense.build((None, 3))
dense.set_weights(affine.get_weights())
print(np.allclose(dense(x), affine(x)))
# -> True
# --8<-- [end:answer-dense]

# --8<-- [start:answer-hidden]
held = Holds(tf.Variable(tf.ones((3, 4))))
model = keras.Sequential([keras.Input((3,)), held, keras.layers.Dense(1)])
model.compile(keras.optimizers.SGD(0.1), "mse")
model.fit(x, y, epochs=3, verbose=0)
print(model.count_params(), "of", 3 * 4 + 4 * 1 + 1, "parameters")
# -> 5 of 17 parameters
print("still all ones:", bool(tf.reduce_all(held.kernel == 1)))
# -> still all ones: True
# --8<-- [end:answer-hidden]


# --8<-- [start:answer-input-spec]
class Guarded(Linear):
    def build(self, input_shape):
        super().build(input_shape)
        self.input_spec = keras.layers.InputSpec(axes={-1: input_shape[-1]})


layer = Guarded(2)
layer(ops.ones((4, 3)))
with printed_errors():
    layer(ops.ones((4, 5)))
# -> ValueError: Input 0 with name 'None' of layer 'guarded' is incompatible
#    with the layer: expected axis -1 of input shape to have value 3, but
#    received input with shape (4, 5)
# --8<-- [end:answer-input-spec]
