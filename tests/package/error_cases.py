"""Errors of TensorFlow and Keras, raised for real: what to call, what the reader must see."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import layers

X, Y = np.zeros((8, 4), np.float32), np.zeros(8, np.int64)
OOM = (  # what a GPU says; a test should not fill the memory
    "Graph execution error:\n\nDetected at node gradient_tape/Conv2D defined at (most recent call "
    'last):\n  File "/a/b.py", line 3, in <module>\n\n2 root error(s) found.\n  (0) RESOURCE_'
    "EXHAUSTED:  OOM when allocating tensor with shape[64,512,28,28] and type float on /job:local"
    "host/replica:0/task:0/device:GPU:0 by allocator GPU_0_bfc\n\t [[{{node gradient_tape/C}}]]\n"
    "Hint: If you want to see a list of allocated tensors, add report_tensor_allocations.\n"
)


class Raises(layers.Layer):
    def call(self, x: Any) -> Any:
        raise ValueError("expected a mask, got none")


class Branch(layers.Layer):
    def call(self, x: Any) -> Any:
        return x if keras.ops.sum(x) > 0 else -x


class Attribute(layers.Layer):
    def call(self, x: Any) -> Any:
        return x.nothing


class InNumpy(layers.Layer):
    def call(self, x: Any) -> Any:
        return np.mean(x)


class Unknown(layers.Layer):
    """A layer that load_model does not know."""


class Subclass(keras.Model):
    def __init__(self) -> None:
        super().__init__()
        self.dense = layers.Dense(3)

    def call(self, x: Any) -> Any:
        return self.dense(x) + keras.ops.ones((1, 5))


class OwnStep(keras.Model):
    def call(self, x: Any) -> Any:
        return x

    def train_step(self, batch: Any) -> Any:
        raise RuntimeError("no discriminator")


def fit(*parts: Any, x: Any = X, y: Any = Y, loss: Any = "mse", **compiled: Any) -> None:
    """Fit a model of these layers, or this model."""
    model = parts[0] if isinstance(parts[0], keras.Model) else keras.Sequential(list(parts))
    model.compile("sgd", loss, **{"jit_compile": False, **compiled})
    model.fit(x, y, verbose=0) if y is not None else model.fit(x, verbose=0)


def classify(**options: Any) -> None:
    fit(layers.Dense(3, "softmax"), loss="sparse_categorical_crossentropy", **options)


def function(body: Callable[..., Any], *given: Any, **options: Any) -> None:
    tf.function(body, **options)(*(tf.constant(part) for part in given))


def unlike(x: Any) -> Any:
    return tf.matmul(x, tf.zeros((7, 2)))


def as_sevens(x: Any) -> Any:
    return tf.reshape(x, [-1, 7])


def as_strings(x: Any) -> Any:
    return tf.strings.to_number(tf.strings.as_string(x))


def raised(*_: Any) -> Any:
    raise ValueError("the disk is gone")


def only_if(x: Any) -> Any:
    if tf.reduce_sum(x) > 0:
        found = x
    return found


def from_python() -> None:
    rows = tf.data.Dataset.from_tensor_slices((X, Y))
    read = tf.numpy_function
    mapped = rows.map(lambda x, y: (tf.ensure_shape(read(raised, [x], tf.float32), (4,)), y))
    classify(x=mapped.batch(4), y=None)


def weights(wanted: keras.Model) -> None:
    """Load the weights of another model into this one."""
    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder) / "a.weights.h5")
        keras.Sequential([keras.Input((4,)), layers.Dense(3)]).save_weights(file)
        wanted.load_weights(file)


def unknown_layer() -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder) / "a.keras")
        keras.Sequential([keras.Input((4,)), Unknown()]).save(file)
        keras.saving.load_model(file)


def out_of_memory() -> None:
    raise tf.errors.ResourceExhaustedError(None, None, OOM)


def dense(n: int, **options: Any) -> keras.Model:
    return keras.Sequential([keras.Input((4,)), layers.Dense(n, **options)])


def inside(body: Callable[..., Any]) -> list[Any]:
    return [keras.Input((None,)), layers.Lambda(body), layers.Rescaling(2.0)]


LABELS = "Received a label value of 32 which is outside the valid range of [0, 3)"
DIMENSIONS = "Dimensions must be equal, but are "
CASES: dict[str, tuple[Callable[[], Any], str]] = {
    "labels": (lambda: classify(y=Y + 32), LABELS),
    "labels, eagerly": (lambda: classify(y=Y + 32, run_eagerly=True), LABELS),
    "word index": (
        lambda: fit(layers.Embedding(3, 2), layers.Flatten(), layers.Dense(1), x=Y[:, None] + 9),
        "indices[0,0] = 9 is not in [0, 3)",
    ),
    "columns": (
        lambda: dense(3, name="head").predict(X[:, :3], verbose=0),
        "Sequential.call(): Input 0 with name 'None' of layer 'head' is incompatible",
    ),
    "axes": (lambda: fit(layers.Conv2D(2, 3, name="c")), "layer 'c' is incompatible with the"),
    "small image": (
        lambda: layers.Conv2D(2, 3)(np.zeros((1, 2, 2, 1))),
        "Computed output size would be zero or negative",
    ),
    "subclass": (lambda: Subclass()(X), "Subclass.call(): Incompatible shapes: [8,3] vs. [1,5]"),
    "subclass in fit": (lambda: fit(Subclass()), f"Subclass.call(): {DIMENSIONS}3 and 5 for "),
    "layer": (lambda: Raises()(keras.Input((4,))), "Raises.call(): expected a mask, got none"),
    "layer in fit": (lambda: fit(Raises()), "Raises.call(): expected a mask, got none"),
    "layer, eagerly": (lambda: fit(Raises(), run_eagerly=True), "Raises.call(): expected a mask"),
    "nested": (lambda: fit(keras.Sequential([Raises()])), "Raises.call(): expected a mask"),
    "attribute": (lambda: fit(Attribute()), "has no attribute 'nothing'"),
    "branch": (lambda: fit(Branch()), "Branch.call(): Using a symbolic `tf.Tensor` as a Python"),
    "numpy": (lambda: fit(InNumpy()), "InNumpy.call(): Cannot convert a symbolic tf.Tensor"),
    "lambda": (lambda: layers.Lambda(unlike)(X), "Lambda.call(): Matrix size-incompatible"),
    "lambda in fit": (lambda: fit(layers.Lambda(unlike)), f"Lambda.call(): {DIMENSIONS}4 and 7"),
    "reshape": (lambda: layers.Reshape((5,))(X), "Reshape.call(): The total size of the tensor"),
    "reshape in fit": (lambda: fit(*inside(as_sevens)), "a multiple of 7"),
    "reshape, XLA": (lambda: fit(*inside(as_sevens), jit_compile=True), "a multiple of 7"),
    "strings, XLA": (
        lambda: fit(*inside(as_strings), jit_compile=True),
        "No registered 'AsString' OpKernel for XLA_CPU_JIT",
    ),
    "attention": (
        lambda: layers.MultiHeadAttention(2, 3)(np.zeros((2, 3, 4)), np.zeros((3, 3, 4))),
        "MultiHeadAttention.call(): Expected dimension 2 at axis 0",
    ),
    "target width": (lambda: fit(dense(3), y=np.zeros((8, 5))), f"{DIMENSIONS}5 and 3 for "),
    "loss": (lambda: fit(dense(2), loss=tf.matmul, y=np.zeros((8, 2))), "Matrix size-incompatible"),
    "lengths": (lambda: fit(dense(1), y=Y[:5]), "'x' sizes: 8, 'y' sizes: 5"),
    "own step": (lambda: fit(OwnStep()), "RuntimeError: no discriminator"),
    "not a number": (
        lambda: fit(*inside(lambda x: tf.debugging.check_numerics(x / 0, "ink"))),
        "ink : Tensor had NaN values",
    ),
    "data": (from_python, "the disk is gone"),
    "batches": (
        lambda: list(tf.data.Dataset.from_tensors(b"none").map(tf.io.decode_png)),
        "InvalidArgumentError: Unknown image file format",
    ),
    "product": (lambda: tf.matmul(X, X), "Matrix size-incompatible: In[0]: [8,4], In[1]: [8,4]"),
    "function": (lambda: function(tf.matmul, X, X), f"ValueError: {DIMENSIONS}4 and 8 for "),
    "gather": (lambda: function(lambda a: tf.gather(a, [9]), Y), "indices[0] = 9 is not in [0, 8)"),
    "strings": (
        lambda: function(tf.strings.as_string, 1.0, jit_compile=True),
        "Detected unsupported operations when trying to compile graph on XLA_CPU_JIT: AsString",
    ),
    "if": (lambda: function(only_if, X), "ValueError: 'found' must also be initialized in the"),
    "dtype": (lambda: tf.constant(1) + tf.constant(0.5), "was expected to be a int32 tensor but"),
    "dtype name": (lambda: layers.Dense(3, dtype="float99"), "Cannot convert 'float99'"),
    "weights": (lambda: weights(dense(5, name="head")), "Dense 'head': The shape of the target"),
    "layers": (
        lambda: weights(keras.Sequential([keras.Input((4,)), layers.Dense(3), layers.Dense(3)])),
        "expected 2 variables, but received 0 variables during loading",
    ),
    "unknown layer": (unknown_layer, "TypeError: Could not locate class 'Unknown'. Make sure"),
    "memory": (
        out_of_memory,
        "ResourceExhaustedError: OOM when allocating tensor with shape[64,512,28,28]",
    ),
}
