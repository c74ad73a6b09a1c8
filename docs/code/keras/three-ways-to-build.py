# The code of keras/three-ways-to-build: its pages show it by section.

# --8<-- [start:sequential]
import keras
from keras import layers

keras.utils.set_random_seed(1)
sequential = keras.Sequential(
    [
        keras.Input((64,)),
        layers.Dense(32, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ]
)
# --8<-- [end:sequential]

# --8<-- [start:functional]
inputs = keras.Input((64,))
hidden = layers.Dense(32, activation="relu")(inputs)
outputs = layers.Dense(10, activation="softmax")(hidden)
functional = keras.Model(inputs, outputs, name="functional")
print(type(inputs).__name__, inputs.shape, "->", outputs.shape)
# -> KerasTensor (None, 64) -> (None, 10)
# --8<-- [end:functional]


# --8<-- [start:subclass]
class Net(keras.Model):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.hidden = layers.Dense(32, activation="relu")
        self.head = layers.Dense(10, activation="softmax")

    def call(self, inputs):  # (batch, 64) to (batch, 10)
        return self.head(self.hidden(inputs))


subclassed = Net()
for model in (sequential, functional, subclassed):
    print(f"{type(model).__name__:10} {len(model.weights)} weights")
# -> Sequential 4 weights
# -> Functional 4 weights
# -> Net        0 weights
# --8<-- [end:subclass]

# --8<-- [start:three-ways]
import matplotlib.pyplot as plt

words = """the net|Sequential|functional|subclass
64 numbers|Input((64,))|i = Input((64,))|call(inputs)
dense, relu|Dense(32)|x = Dense(32)(i)|self.hidden(...)
dense, softmax|Dense(10)|o = Dense(10)(x)|self.head(...)
10 numbers|end of list|Model(i, o)|return"""
arrows = "data flow|order of\nthe list|call on\na tensor|line of\ncall()"
colors = ["dimgray", "C0", "C1", "C3"]
plt.figure(figsize=(7.2, 4.3))
for row, line in enumerate(words.split("\n")):
    for x, word in enumerate(line.split("|")):
        box = {"boxstyle": "round,pad=0.5", "fc": "none", "ec": colors[x]}
        style = {"bbox": box} if row else {"weight": "bold"}
        plt.text(x, -max(row, 0.4), word, ha="center", va="center", **style)
        if row in (1, 2, 3):
            arrow = {"arrowstyle": "->", "color": colors[x]}
            ends = (x, -row - 0.76), (x, -row - 0.24)
            plt.annotate("", *ends, arrowprops=arrow)
            label = arrows.split("|")[x]
            plt.text(x + 0.07, -row - 0.5, label, va="center", size=9)
plt.title("One net: its arrows as a list, as calls on tensors, as Python")
plt.axis((-0.5, 3.55, -4.3, -0.1))
plt.axis("off")
plt.show()
# --8<-- [end:three-ways]

# --8<-- [start:build]
from tfnotes.errors import printed_errors

weights = sequential.get_weights()
with printed_errors():
    subclassed.set_weights(weights)
# -> ValueError: You called `set_weights(weights)` on layer 'net' with a weight
#    list of length 4, but the layer was expecting 0 weights.
subclassed(keras.Input((64,)))  # a call creates the weights, no data needed
print([w.shape for w in subclassed.get_weights()])
# -> [(64, 32), (32,), (32, 10), (10,)]
# --8<-- [end:build]

# --8<-- [start:summary]
functional.summary(line_length=60)
# -> Model: "functional"
# -> ┏━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━┓
# -> ┃ Layer (type)             ┃ Output Shape      ┃   Param # ┃
# -> ┡━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━┩
# -> │ input_layer_1            │ (None, 64)        │         0 │
# -> │ (InputLayer)             │                   │           │
# -> ├──────────────────────────┼───────────────────┼───────────┤
# -> │ dense_2 (Dense)          │ (None, 32)        │     2,080 │
# -> ├──────────────────────────┼───────────────────┼───────────┤
# -> │ dense_3 (Dense)          │ (None, 10)        │       330 │
# -> └──────────────────────────┴───────────────────┴───────────┘
# ->  Total params: 2,410 (9.41 KB)
# ->  Trainable params: 2,410 (9.41 KB)
# ->  Non-trainable params: 0 (0.00 B)
# --8<-- [end:summary]

# --8<-- [start:parameters]
for layer in (subclassed.hidden, subclassed.head):
    n_in, n_out = layer.kernel.shape
    by_hand = n_in * n_out + n_out  # a weight for each pair, and the biases
    print(n_in, "to", n_out, "is", by_hand, "=", layer.count_params())
# -> 64 to 32 is 2080 = 2080
# -> 32 to 10 is 330 = 330
# --8<-- [end:parameters]

# --8<-- [start:same-weights]
import numpy as np

from tfnotes.data import load

(x_train, y_train), (x_test, y_test) = load("digits")
x_train = x_train.reshape(-1, 64).astype("float32") / 16  # (1437, 64)
x_test = x_test.reshape(-1, 64).astype("float32") / 16  # (360, 64)
ways = {"sequential": sequential, "functional": functional}
ways["subclass"] = subclassed
expected = sequential(x_test)  # (360, 10)
for name, model in ways.items():
    model.set_weights(weights)
    same = np.allclose(model(x_test), expected)
    print(f"{name:10} predicts the same: {same}")
# -> sequential predicts the same: True
# -> functional predicts the same: True
# -> subclass   predicts the same: True
# --8<-- [end:same-weights]

# --8<-- [start:two-inputs]
with printed_errors():
    keras.Sequential([keras.Input((64,)), keras.Input((64,))])
# -> ValueError: Sequential model 'sequential_1' has already been configured to
#    use input shape (None, 64). You cannot add a different Input layer to it.

first, second = keras.Input((64,)), keras.Input((64,))
encode = layers.Dense(32, activation="relu")  # one layer, called twice
both = layers.Concatenate()([encode(first), encode(second)])
pair = keras.Model([first, second], layers.Dense(1, activation="sigmoid")(both))
print(pair([x_test, x_test]).shape, pair.count_params(), "parameters")
# -> (360, 1) 2145 parameters
# --8<-- [end:two-inputs]

# --8<-- [start:inside]
features = keras.Model(functional.input, functional.layers[1].output)
print(features(x_test[:5]).shape)
# -> (5, 32)
with printed_errors():
    keras.Model(subclassed.input, subclassed.hidden.output)
# -> AttributeError: The layer dense_4 has never been called and thus has no
#    defined output.
print(subclassed.hidden(x_test[:5]).shape)
# -> (5, 32)
# --8<-- [end:inside]

# --8<-- [start:save]
for name, model in ways.items():
    model.save(f"{name}.keras")
for name in ("sequential", "functional"):
    print(type(keras.models.load_model(f"{name}.keras")).__name__)
# -> Sequential
# -> Functional
try:
    keras.models.load_model("subclass.keras")
except TypeError as error:
    print("TypeError:", str(error).split(".")[0])
# -> TypeError: Could not locate class 'Net'
# --8<-- [end:save]

# --8<-- [start:custom-objects]
loaded = keras.models.load_model("subclass.keras", custom_objects={"Net": Net})
print("same:", np.allclose(loaded(x_test), subclassed(x_test)))
# -> same: True
# --8<-- [end:custom-objects]


# --8<-- [start:python]
class Rounds(keras.Model):
    def __init__(self):
        super().__init__()
        self.step = layers.Dense(64, activation="tanh")

    def call(self, inputs, rounds=1):
        for _ in range(rounds):  # a Python number
            inputs = self.step(inputs)
        return inputs


repeat = Rounds()
for rounds in (1, 3):
    spread = repeat(x_test, rounds=rounds).numpy().std()
    print(rounds, "rounds: standard deviation", round(float(spread), 2))
# -> 1 rounds: standard deviation 0.43
# -> 3 rounds: standard deviation 0.31
# --8<-- [end:python]


# --8<-- [start:tensor-condition]
class Branch(Net):
    def call(self, inputs):
        if keras.ops.mean(inputs) > 0:  # asks for the value of a tensor
            return super().call(inputs)
        return super().call(-inputs)


branch = Branch()
print("called directly:", branch(x_test).shape)
# -> called directly: (360, 10)
loss = "sparse_categorical_crossentropy"
branch.compile("adam", loss)
with printed_errors():
    branch.fit(x_train, y_train, verbose=0)
# -> OperatorNotAllowedInGraphError: Branch.call(): Using a symbolic `tf.Tensor`
#    as a Python `bool` is not allowed.
with printed_errors():
    if keras.ops.mean(inputs) > 0:  # the input of the functional model
        print("positive")
# -> TypeError: A symbolic KerasTensor cannot be used as a boolean.
# --8<-- [end:tensor-condition]


# --8<-- [start:typo]
class Typo(Net):
    def call(self, inputs):
        inputs = inputs - 0.5  # from -0.5 to 0.5
        return self.head(self.hidden(intput))


typo = Typo()  # no complaint so far
with printed_errors():
    typo(x_test)
# -> NameError: Typo.call(): name 'intput' is not defined
with printed_errors():
    typo.call(x_test)
# -> NameError: name 'intput' is not defined
# --8<-- [end:typo]


# --8<-- [start:too-many]
def trained(n_outputs, seed):
    keras.utils.set_random_seed(seed)
    hidden = layers.Dense(32, activation="relu")
    head = layers.Dense(n_outputs, activation="softmax")
    model = keras.Sequential([keras.Input((64,)), hidden, head])
    model.compile("adam", loss)
    model.fit(x_train, y_train, epochs=5, verbose=0)
    return model


for n_outputs in (10, 19):
    runs = [trained(n_outputs, seed) for seed in (1, 2, 3)]
    outputs = [run(x_test).numpy() for run in runs]  # (360, n_outputs) each
    scores = [(o.argmax(axis=1) == y_test).mean() for o in outputs]
    print(n_outputs, "outputs,", runs[0].count_params(), "parameters:")
    print("  accuracy", [f"{score:.2f}" for score in scores])
    rest = [output[:, 10:].sum(axis=1).mean() for output in outputs]
    print("  for no digit", [f"{share:.2f}" for share in rest])
# -> 10 outputs, 2410 parameters:
# ->   accuracy ['0.88', '0.87', '0.89']
# ->   for no digit ['0.00', '0.00', '0.00']
# -> 19 outputs, 2707 parameters:
# ->   accuracy ['0.87', '0.88', '0.89']
# ->   for no digit ['0.01', '0.01', '0.01']
# --8<-- [end:too-many]

# --8<-- [start:unbuilt]
unbuilt = keras.Sequential([layers.Dense(32), layers.Dense(10)])
print(unbuilt.weights)
# -> []
with printed_errors():
    unbuilt.count_params()
# -> ValueError: You tried to call `count_params` on layer 'sequential_8', but
#    the layer isn't built. You can build it manually via:
#    `layer.build(input_shape)`.
with printed_errors():
    keras.Input(64)  # a number, not a shape
# -> ValueError: Cannot convert '64' to a shape.
with printed_errors():
    layers.Dense(32, input_shape=(64,))
# -> UserWarning: Do not pass an `input_shape`/`input_dim` argument to a layer.
#    When using Sequential models, prefer using an `Input(shape)` object as the
#    first layer in the model instead.
unbuilt.build((None, 64))
print(unbuilt.count_params())
# -> 2410
# --8<-- [end:unbuilt]

# --8<-- [start:answer-parameters]
deeper = keras.Sequential([keras.Input((64,))])
for units in (100, 50, 10):
    deeper.add(layers.Dense(units))
print(64 * 100 + 100 + 100 * 50 + 50 + 50 * 10 + 10, deeper.count_params())
# -> 12060 12060
# --8<-- [end:answer-parameters]

# --8<-- [start:answer-rewire]
tensor = start = keras.Input((64,))
for layer in sequential.layers:
    tensor = layer(tensor)  # the same layers, so the same weights
rewired = keras.Model(start, tensor)
print(np.allclose(rewired(x_test), sequential(x_test)))
# -> True
# --8<-- [end:answer-rewire]


# --8<-- [start:answer-register]
@keras.saving.register_keras_serializable(package="handbook")
class KnownNet(Net):
    pass


known = KnownNet()
known(keras.Input((64,)))
known.save("known.keras")
print(type(keras.models.load_model("known.keras")).__name__)
# -> KnownNet
# --8<-- [end:answer-register]
