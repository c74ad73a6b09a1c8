# The code of the lesson start/why-tensorflow: its pages show it by section.

# --8<-- [start:tensor]
import tensorflow as tf

x = tf.constant([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])  # (3, 2)
y = tf.constant([[1.0], [3.0], [5.0]])  # (3, 1): what should come out
w = tf.Variable([[0.5], [0.5]])  # (2, 1)
b = tf.Variable(0.0)
predicted = x @ w + b  # (3, 2) @ (2, 1) -> (3, 1)
print(predicted.numpy().ravel(), predicted.dtype.name)
# -> [1.5 3.5 5.5] float32
# --8<-- [end:tensor]


# --8<-- [start:gradient]
def squared_error(predicted, y):
    return tf.reduce_mean(tf.square(predicted - y))


with tf.GradientTape() as tape:
    loss = squared_error(x @ w + b, y)
dw, db = tape.gradient(loss, [w, b])  # (2, 1) and ()
print(loss.numpy(), dw.numpy().ravel(), db.numpy())
# -> 0.25 [3. 4.] 1.0
# --8<-- [end:gradient]


# --8<-- [start:graph]
@tf.function(input_signature=[tf.TensorSpec([None, 2], tf.float32)])
def predict(x):
    return x @ w + b


graph = predict.get_concrete_function().graph
print([operation.type for operation in graph.get_operations()])
# -> ['Placeholder', 'Placeholder', 'ReadVariableOp', 'MatMul', 'Placeholder',
#    'ReadVariableOp', 'AddV2', 'Identity', 'NoOp']
# --8<-- [end:graph]

# --8<-- [start:compiled]
import re

compiled = tf.function(squared_error, jit_compile=True)
program = compiled.experimental_get_compiler_ir(predicted, y)("optimized_hlo")
print(re.findall(r" ([a-z]+)\(", program.split("ENTRY")[1]))
# -> ['parameter', 'parameter', 'fusion']
print(compiled(predicted, y).numpy())
# -> 0.25
# --8<-- [end:compiled]

# --8<-- [start:saved]
from pathlib import Path

module = tf.Module()
module.w, module.b, module.predict = w, b, predict
tf.saved_model.save(module, "line")
for path in sorted(Path("line").rglob("*.*")):
    print(path.as_posix())
# -> line/fingerprint.pb
# -> line/saved_model.pb
# -> line/variables/variables.data-00000-of-00001
# -> line/variables/variables.index
# --8<-- [end:saved]

# --8<-- [start:loaded]
del module, predict
line = tf.saved_model.load("line")
w.assign([[0.0], [0.0]])  # the loaded function has values of its own
print(line.predict(x).numpy().ravel())
# -> [1.5 3.5 5.5]
# --8<-- [end:loaded]

# --8<-- [start:stack]
import matplotlib.pyplot as plt

from tfnotes.diagrams import arrow, frame

tools = "tensors, GradientTape, tf.function, tf.data"
saved = "SavedModel: a graph of\noperations and the values\nof its variables"
engine = "kernels for every device, memory, threads; compiled programs"
plt.figure(figsize=(7.2, 4.4))
frame((0, 3.3), (4.3, 0.65), "C0", "Keras", "layers, models, losses, fit")
frame((0, 2.55), (4.3, 0.65), "C0", "tf.*", tools)
frame((4.45, 2.55), (2.75, 1.4), "C1", "Deployment", saved)
plt.plot([0, 5.9], [2.35, 2.35], linestyle="--", color="dimgray", linewidth=1.4)
plt.text(6, 2.35, "C API", va="center", color="dimgray")
frame((0, 1.5), (7.2, 0.65), "C2", "Operations", "MatMul, AddV2, Relu, ...")
frame((0, 0.75), (7.2, 0.65), "C2", "Runtime and XLA", engine)
frame((0, 0), (7.2, 0.65), "dimgray", "Hardware", "CPU, GPU, TPU")
plt.xlim(-0.03, 7.23)
plt.ylim(-0.03, 3.98)
plt.axis("off")
plt.title("A saved model stands on the operations, not on Python")
plt.show()
# --8<-- [end:stack]

# --8<-- [start:levels]
import keras

values = tf.constant([-1.0, 2.0])
print("Keras", keras.layers.ReLU()(values).numpy())
# -> Keras [0. 2.]
print("tf.* ", tf.nn.relu(values).numpy())
# -> tf.*  [0. 2.]
result = tf.raw_ops.Relu(features=values)
print("op   ", result.numpy(), "on", result.device[-5:])
# -> op    [0. 2.] on CPU:0
operations = [name for name in dir(tf.raw_ops) if name[0].isupper()]
print("more than a thousand operations:", len(operations) > 1000)
# -> more than a thousand operations: True
# --8<-- [end:levels]

# --8<-- [start:boundary]
import ctypes

file = next(Path(tf.sysconfig.get_lib()).glob("libtensorflow_cc.*"))
library = ctypes.CDLL(str(file))  # C and C++, inside the Python package
library.TF_Version.restype = ctypes.c_char_p
print(library.TF_Version().decode() == tf.__version__)
# -> True
# --8<-- [end:boundary]

# --8<-- [start:picture]
blue, orange, green, grey = "C0", "C1", "C2", "dimgray"
plt.figure(figsize=(7.2, 4.4))
frame((0, 3.18), (2.45, 0.65), blue, "Data", "tf.data, NumPy, files")
frame((0, 2.12), (2.45, 0.65), blue, "Model", "Keras, or tf.* by hand")
frame((0, 1.06), (2.45, 0.65), blue, "Training", "eager, graph, XLA")
frame((0, 0), (2.45, 0.65), grey, "Devices", "one, or tf.distribute")
holds = "graph, values,\nsignatures"
frame((2.95, 1.49), (1.6, 0.85), orange, "SavedModel", holds)
frame((2.95, 0), (1.6, 0.65), grey, "TensorBoard", "shows the run")
for start, end in ((3.18, 2.77), (2.12, 1.71), (0.65, 1.06)):
    arrow((1.22, start), (1.22, end))
arrow((2.45, 1.5), (2.95, 1.75))
arrow((2.45, 1.2), (2.95, 0.55))
names = ["your own program", "TensorFlow.js", "LiteRT", "TF Serving"]
places = ["C, C++, Java, ...", "browsers, Node.js", "phones, boards", "servers"]
for i, (name, place) in enumerate(zip(names, places, strict=True)):
    frame((5.2, 1.06 * i), (2, 0.65), green, name, place)
    arrow((4.55, 1.92), (5.2, 1.06 * i + 0.33), grey, ["-", "--"][i in (1, 2)])
plt.text(3.75, 2.48, "dashed: converted", ha="center", color=grey)
plt.xlim(-0.03, 7.23)
plt.ylim(-0.03, 3.88)
plt.axis("off")
plt.title("Training ends in a folder that other programs read")
plt.show()
# --8<-- [end:picture]

# --8<-- [start:keras-stands-alone]
from importlib.metadata import requires

print([need for need in requires("keras") if "tensorflow" in need])
# -> []
print([need for need in requires("tensorflow") if need.startswith("keras")])
# -> ['keras>=3.12.0']
print(keras.backend.backend())
# -> tensorflow
# --8<-- [end:keras-stands-alone]

# --8<-- [start:sessions]
from tfnotes.errors import printed_errors

with printed_errors():
    tf.placeholder(tf.float32)
# -> AttributeError: module 'tensorflow' has no attribute 'placeholder'
with printed_errors():
    tf.Session()
# -> AttributeError: module 'tensorflow' has no attribute 'Session'
with printed_errors():
    tf.estimator.Estimator(None)
# -> AttributeError: module 'tensorflow' has no attribute 'estimator'
print((2 * tf.constant(3.0)).numpy())
# -> 6.0
# --8<-- [end:sessions]


# --8<-- [start:answer-backward]
@tf.function
def slope(x, y, w):
    with tf.GradientTape() as tape:
        tape.watch(w)
        loss = squared_error(x @ w, y)
    return tape.gradient(loss, w)


graph = slope.get_concrete_function(x, y, tf.ones((2, 1))).graph
types = [operation.type for operation in graph.get_operations()]
print(types.count("MatMul"), types.count("Square"))
# -> 2 1
# --8<-- [end:answer-backward]

# --8<-- [start:answer-contents]
content = Path("line/saved_model.pb").read_bytes()
for text in (b"MatMul", b"AddV2", b"predict", b"return x @ w + b"):
    print(text.decode(), text in content)
# -> MatMul True
# -> AddV2 True
# -> predict True
# -> return x @ w + b False
# --8<-- [end:answer-contents]

# --8<-- [start:answer-signature]
print(line.predict(tf.ones((1000, 2))).shape)
# -> (1000, 1)
with printed_errors():
    line.predict(tf.ones((4, 3)))
# -> TypeError: Binding inputs to tf.function failed due to `Can not cast
#    TensorSpec(shape=(4, 3), dtype=tf.float32, name=None) to
#    TensorSpec(shape=(None, 2), dtype=tf.float32, name=None)`. Received args:
#    (<tf.Tensor: shape=(4, 3), dtype=float32, numpy=
# --8<-- [end:answer-signature]
