# The code of the lesson start/keras-and-tf-keras: its pages show it by section.

# --8<-- [start:same-classes]
import keras
import tensorflow as tf

print("Keras", keras.__version__.split(".")[0])
# -> Keras 3
print("same version:", tf.keras.__version__ == keras.__version__)
# -> same version: True
print("same Dense:", tf.keras.layers.Dense is keras.layers.Dense)
# -> same Dense: True
print("same Model:", tf.keras.Model is keras.Model)
# -> same Model: True
# --8<-- [end:same-classes]

# --8<-- [start:old-imports]
from tensorflow.keras.layers import Dense
from tensorflow.keras.models import Sequential

keras.utils.set_random_seed(0)
model = Sequential([keras.Input((3,)), Dense(4), keras.layers.Dense(1)])
model.compile(keras.optimizers.SGD(), tf.keras.losses.MeanSquaredError())
model.fit(tf.ones((8, 3)), tf.ones((8, 1)), verbose=0)
print("is a keras.Model:", isinstance(model, keras.Model))
# -> is a keras.Model: True
# --8<-- [end:old-imports]

# --8<-- [start:three-names]
from importlib import import_module

from tfnotes.errors import printed_errors

for name in ("keras", "tensorflow.keras", "tf_keras"):
    with printed_errors():
        layers = import_module(f"{name}.layers")
        print(f"{name:16} has Dense from {layers.Dense.__module__}")
# -> keras            has Dense from keras.src.layers.core.dense
# -> tensorflow.keras has Dense from keras.src.layers.core.dense
# -> ModuleNotFoundError: No module named 'tf_keras'
# --8<-- [end:three-names]

# --8<-- [start:boxes-and-arrows]
import matplotlib.pyplot as plt


def box(panel, x, y, text, color, style="-"):
    frame = {"boxstyle": "round,pad=0.5", "facecolor": "white"}
    frame |= {"edgecolor": color, "linestyle": style, "linewidth": 1.6}
    panel.text(x, y, text, ha="center", va="center", size=12, bbox=frame)


def arrow(panel, start, end, style="-"):
    look = {"arrowstyle": "-|>", "color": "dimgray"}
    look |= {"linestyle": style, "linewidth": 1.4}
    panel.annotate("", (0.65, end), (0.21, start), arrowprops=look)


# --8<-- [end:boxes-and-arrows]

# --8<-- [start:two-eras]
figure, panels = plt.subplots(1, 2, figsize=(7.2, 3.2))
packages = (("Keras 2", "C1", "--"), ("Keras 3", "C0", "-"))
for panel, (version, color, style) in zip(panels, packages, strict=True):
    panel.set(xlim=(-0.3, 1.52), ylim=(-0.4, 2.3))
    panel.axis("off")
    box(panel, 1.08, 1.5, f"package keras\n{version}", color, style)
    box(panel, 1.08, 0, "package tf_keras\nKeras 2", "C1", "--")
    for y, name in enumerate(("tf_keras", "tf.keras", "keras")):
        box(panel, 0, y, name, "dimgray")
        arrow(panel, start=y, end=1.5 if y else 0)
panels[0].set_title("TF 2.6 to 2.15: all are Keras 2")
panels[1].set_title("Since TF 2.16: two are Keras 3")
arrow(panels[1], start=1, end=0, style=":")
panels[1].text(0.5, 0.6, "TF_USE_LEGACY_KERAS=1", size=10.5)
plt.show()
# --8<-- [end:two-eras]

# --8<-- [start:differences]
print("same package:", tf.keras is keras)
# -> same package: False
print("same layers module:", tf.keras.layers is keras.layers)
# -> same layers module: False
plain, extended = vars(keras.layers), vars(tf.keras.layers)
public = {name for name in extended if not name.startswith("_")}
print("only in tf.keras.layers:", sorted(public - plain.keys()))
# -> only in tf.keras.layers: ['RandomHeight', 'RandomWidth', 'ThresholdedReLU']
both = sorted(public & plain.keys())
print("not the same:", [n for n in both if plain[n] is not extended[n]])
# -> not the same: ['AlphaDropout']
# --8<-- [end:differences]

# --8<-- [start:losses]
print(tf.keras.losses.MSE is keras.losses.mean_squared_error)
# -> True
for losses in (keras.losses, tf.keras.losses):
    with printed_errors():
        print(losses.MSE.__name__)
    with printed_errors():
        print(losses.mean_squared_error.__name__)
# -> AttributeError: module 'keras.losses' has no attribute 'MSE'
# -> mean_squared_error
# -> mean_squared_error
# -> AttributeError: module 'keras._tf_keras.keras.losses' has no attribute
#    'mean_squared_error'
# --8<-- [end:losses]

# --8<-- [start:ops]
import numpy as np
from keras import ops


def softmax(x):
    e = ops.exp(x - ops.max(x, axis=-1, keepdims=True))
    return e / ops.sum(e, axis=-1, keepdims=True)


p = softmax(np.float32([[1, 2, 3]]))  # (1, 3)
print(type(p).__name__, ops.convert_to_numpy(p).round(2))
# -> EagerTensor [[0.09 0.24 0.67]]
print(softmax(keras.Input((3,))).shape)  # no numbers yet: shapes only
# -> (None, 3)
with printed_errors():
    tf.exp(keras.Input((3,)))
# -> ValueError: A KerasTensor cannot be used as input to a TensorFlow function.
#    A KerasTensor is a symbolic placeholder for a shape and dtype, used when
#    constructing Keras Functional models or Keras Functions. You can only use
#    it as input to a Keras layer or a Keras operation (from the namespaces
#    `keras.layers` and `keras.ops`). You are likely doing something like:
# --8<-- [end:ops]

# --8<-- [start:backends]
import os
import subprocess
import sys


def said(code, **settings):
    run = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | settings,
        capture_output=True,
        text=True,
    )
    return (run.stdout + run.stderr).splitlines()


print("here:", keras.config.backend())
# -> here: tensorflow
for name in ("torch", "openvino"):
    code = "import keras; print(keras.config.backend())"
    print(f"{name}:", said(code, KERAS_BACKEND=name)[-1])
# -> torch: ModuleNotFoundError: No module named 'torch'
# -> openvino: ModuleNotFoundError: No module named 'openvino'
# --8<-- [end:backends]

# --8<-- [start:legacy]
code = "import tensorflow as tf; tf.keras.Model"
for line in said(code, TF_USE_LEGACY_KERAS="1"):
    if "pip install" in line or line.startswith("ImportError"):
        print(line)
# -> WARNING:tensorflow:Your environment has TF_USE_LEGACY_KERAS set to True,
#    but you do not have the tf_keras package installed. You must install it in
#    order to use the legacy tf.keras. Install it via: `pip install tf_keras`
# -> ImportError: Keras cannot be imported. Check that it is installed.
# --8<-- [end:legacy]

# --8<-- [start:history]
layer = keras.layers.Dense(1)
with tf.GradientTape() as tape:
    y = layer(tf.ones((2, 3)))  # (2, 1)
gradients = tape.gradient(y, layer.trainable_variables)
print([tuple(gradient.shape) for gradient in gradients])
# -> [(3, 1), (1,)]
print("backends:", keras.config.backend(), tf.keras.config.backend())
# -> backends: tensorflow tensorflow
print("theano:", said("import keras", KERAS_BACKEND="theano")[-1])
# -> theano: ValueError: Unable to import backend : theano
# --8<-- [end:history]

# --8<-- [start:too-late]
os.environ["KERAS_BACKEND"] = "jax"
import keras  # Python has loaded it already, so nothing is read again

print(keras.config.backend())
# -> tensorflow
del os.environ["KERAS_BACKEND"]
# --8<-- [end:too-late]

# --8<-- [start:gone]
print(tf.keras.preprocessing.image.ImageDataGenerator.__module__)
# -> keras.src.legacy.preprocessing.image
with printed_errors():
    keras.preprocessing.image.ImageDataGenerator()
# -> AttributeError: module 'keras.preprocessing.image' has no attribute
#    'ImageDataGenerator'
for package in (keras, tf.keras):
    with printed_errors():
        package.layers.experimental.preprocessing.RandomFlip()
# -> AttributeError: module 'keras.layers' has no attribute 'experimental'
# -> AttributeError: module 'tensorflow.keras.layers' has no attribute
#    'experimental'
with printed_errors():
    tf.keras.optimizers.legacy.Adam()
# -> ImportError: `keras.optimizers.legacy` is not supported in Keras 3. When
#    using `tf.keras`, to continue using a `tf.keras.optimizers.legacy`
#    optimizer, you can install the `tf_keras` package (Keras 2) and set the
#    environment variable `TF_USE_LEGACY_KERAS=True` to configure TensorFlow to
#    use `tf_keras` when accessing `tf.keras`.
print(keras.layers.RandomFlip.__module__)
# -> keras.src.layers.preprocessing.image_preprocessing.random_flip
# --8<-- [end:gone]

# --8<-- [start:private]
from tensorflow.python.keras.layers import Dense as PrivateDense
from tensorflow.python.keras.models import Sequential as PrivateSequential

print("same Dense:", PrivateDense is keras.layers.Dense)
# -> same Dense: False
with printed_errors():
    PrivateSequential([keras.layers.Dense(1, name="output")])
# -> TypeError: The added layer must be an instance of class Layer. Found:
#    <Dense name=output, built=False>
# --8<-- [end:private]

# --8<-- [start:answer-save]
tf.keras.Sequential([keras.Input((3,)), Dense(1)]).save("line.keras")
loaded = keras.models.load_model("line.keras")
print(type(loaded) is keras.Sequential, loaded.count_params())
# -> True 4
# --8<-- [end:answer-save]

# --8<-- [start:answer-losses]
loss = keras.losses.MeanSquaredError
print("same class:", loss is tf.keras.losses.MeanSquaredError)
# -> same class: True
print(keras.losses.get("mse") is tf.keras.losses.get("mse"))
# -> True
# --8<-- [end:answer-losses]

# --8<-- [start:answer-settings]
from pathlib import Path

Path("settings").mkdir(exist_ok=True)
Path("settings/keras.json").write_text('{"backend": "torch"}', encoding="utf-8")
print(said("import keras", KERAS_HOME="settings")[-1])
# -> ModuleNotFoundError: No module named 'torch'
code = "import keras; print(keras.config.backend())"
print(said(code, KERAS_HOME="settings", KERAS_BACKEND="openvino")[-1])
# -> ModuleNotFoundError: No module named 'openvino'
# --8<-- [end:answer-settings]
