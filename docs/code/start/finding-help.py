# The code of the lesson start/finding-help: its pages show it by section.

# --8<-- [start:names]
import tensorflow as tf

print([name for name in dir(tf.math) if name.startswith("cum")])
# -> ['cumprod', 'cumsum', 'cumulative_logsumexp']
print([name for name in dir(tf.keras.losses) if "crossentropy" in name.lower()])
# -> ['BinaryCrossentropy', 'BinaryFocalCrossentropy',
#    'CategoricalCrossentropy', 'CategoricalFocalCrossentropy',
#    'CategoricalGeneralizedCrossEntropy', 'SparseCategoricalCrossentropy',
#    'binary_crossentropy', 'binary_focal_crossentropy',
#    'categorical_crossentropy', 'categorical_focal_crossentropy',
#    'sparse_categorical_crossentropy']
# --8<-- [end:names]

# --8<-- [start:signature]
import inspect

print(inspect.getdoc(tf.concat).splitlines()[0])
# -> Concatenates tensors along one dimension.
print(inspect.signature(tf.concat))
# -> (values, axis, name='concat')
print(inspect.signature(tf.reduce_sum))
# -> (input_tensor, axis=None, keepdims=False, name=None)
# --8<-- [end:signature]

# --8<-- [start:layer]
import keras

arguments = inspect.signature(keras.layers.Dense).parameters
for name in ("units", "activation", "use_bias", "kernel_initializer"):
    print(arguments[name])
# -> units
# -> activation=None
# -> use_bias=True
# -> kernel_initializer='glorot_uniform'
# --8<-- [end:layer]

# --8<-- [start:fails]
import numpy as np

model = keras.Sequential(
    [
        keras.Input((4,)),
        keras.layers.Dense(8, "relu", name="hidden"),
        keras.layers.Dense(3, name="scores"),
    ]
)
cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
model.compile("sgd", cross_entropy)
x, y = np.ones((5, 3)), np.zeros(5)  # three features, where the model has four
try:
    model.fit(x, y, verbose=0)
except ValueError as error:
    caught = error
# --8<-- [end:fails]

# --8<-- [start:message]
import re

text = re.sub(r"\x1b\[\d+m", "", str(caught))  # the marks that make it bold
print(text)
# -> Exception encountered when calling Sequential.call().
# ->
# -> Input 0 with name 'None' of layer 'hidden' is incompatible with the layer:
#    expected axis -1 of input shape to have value 4, but received input with
#    shape (None, 3)
# ->
# -> Arguments received by Sequential.call():
# ->   • inputs=tf.Tensor(shape=(None, 3), dtype=float32)
# ->   • training=True
# ->   • mask=None
# ->   • kwargs=<class 'inspect._empty'>
# --8<-- [end:message]

# --8<-- [start:taken-apart]
from textwrap import fill

import matplotlib.pyplot as plt

notes = {
    "dimgray": "3. Which call failed",
    "C1": "1. Read this first:\nwhat was expected,\nand what came",
    "C0": "2. Is this what you\nmeant to give it?",
}
mono = {"family": "monospace", "size": 9.5, "linespacing": 1.4}
plt.figure(figsize=(7.2, 3.2))
top = 0
parts = zip(text.split("\n\n"), notes.items(), strict=True)
for part, (colour, note) in parts:
    lines = "\n".join(fill(line, 46) for line in part.splitlines())
    bottom = top - max(lines.count("\n"), note.count("\n")) - 1
    plt.plot([0, 0], [top, bottom], color=colour, linewidth=4)
    plt.text(0.02, top, lines, va="top", **mono)
    plt.text(0.68, top, note, color=colour, weight="bold", va="top")
    top = bottom - 0.8
plt.xlim(0, 1)
plt.axis("off")
plt.title("A message of Keras has three parts")
plt.show()
# --8<-- [end:taken-apart]

# --8<-- [start:stack]
import traceback

frames = traceback.extract_tb(caught.__traceback__)
print("began at:", frames[0].line)
# -> began at: model.fit(x, y, verbose=0)
print("raised in:", frames[-1].name)
# -> raised in: assert_input_compatibility
# --8<-- [end:stack]

# --8<-- [start:unfiltered]
keras.config.disable_traceback_filtering()
try:
    model.fit(x, y, verbose=0)
except ValueError as error:
    every_frame = traceback.extract_tb(error.__traceback__)
keras.config.enable_traceback_filtering()
print(len(every_frame) > 3 * len(frames))
# -> True
# --8<-- [end:unfiltered]

# --8<-- [start:graph-error]
x, y = np.ones((5, 4)), np.full(5, 3)  # three classes: 0, 1, 2; there is no 3
try:
    model.fit(x, y, verbose=0)
except tf.errors.InvalidArgumentError as error:
    lines = [line for line in str(error).splitlines() if line.strip()]
print("first:", lines[0])
# -> first: Graph execution error:
print("last but one:", lines[-2])
# -> last but one: Received a label value of 3 which is outside the valid range
#    of [0, 3).  Label values: 3 3 3 3 3
# --8<-- [end:graph-error]

# --8<-- [start:dtype]
from tfnotes.errors import printed_errors

with printed_errors():
    dir(tf.dtype)
# -> AttributeError: module 'tensorflow' has no attribute 'dtype'
print([name for name in dir(tf.dtypes) if name.startswith("float")])
# -> ['float16', 'float32', 'float64']
# --8<-- [end:dtype]

# --8<-- [start:gone]
with printed_errors():
    tf.placeholder(tf.float32)
# -> AttributeError: module 'tensorflow' has no attribute 'placeholder'
with printed_errors():
    keras.optimizers.SGD(lr=0.1)
# -> ValueError: Argument(s) not recognized: {'lr': 0.1}
# --8<-- [end:gone]

# --8<-- [start:answer-search]
print([name for name in dir(tf.image) if "flip" in name])
# -> ['flip_left_right', 'flip_up_down', 'random_flip_left_right',
#    'random_flip_up_down', 'stateless_random_flip_left_right',
#    'stateless_random_flip_up_down']
print([name for name in dir(keras.layers) if "Flip" in name])
# -> ['RandomFlip']
# --8<-- [end:answer-search]

# --8<-- [start:answer-matmul]
with printed_errors():
    tf.matmul(tf.ones((2, 3)), tf.ones((2, 3)))
# -> InvalidArgumentError: Matrix size-incompatible: In[0]: [2,3], In[1]: [2,3]
print(tf.matmul(tf.ones((2, 3)), tf.ones((2, 3)), transpose_b=True).shape)
# -> (2, 2)
# --8<-- [end:answer-matmul]

# --8<-- [start:answer-labels]
with printed_errors():
    model.fit(np.ones((5, 4)), np.zeros((5, 3)), verbose=0)
# -> ValueError: Argument `output` must have rank (ndim) `target.ndim - 1`.
#    Received: target.shape=(None, 3), output.shape=(None, 3)
# --8<-- [end:answer-labels]
