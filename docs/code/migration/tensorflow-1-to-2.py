# The code of the lesson migration/tensorflow-1-to-2, shown by section.

# --8<-- [start:data]
import numpy as np
import tensorflow as tf

random = np.random.default_rng(0)
features = random.uniform(-1, 1, (100, 1)).astype("float32")  # (100, 1)
noise = random.normal(0, 0.1, (100, 1)).astype("float32")
labels = 3 * features + 2 + noise  # (100, 1)
# --8<-- [end:data]


# --8<-- [start:old-program]
def old_program(tf):  # tf: the module that its names are looked up in
    x = tf.placeholder(tf.float32, [None, 1])
    y = tf.placeholder(tf.float32, [None, 1])
    w = tf.get_variable("w", [1, 1], initializer=tf.zeros_initializer())
    b = tf.get_variable("b", [1], initializer=tf.zeros_initializer())
    loss = tf.reduce_mean(tf.square(tf.matmul(x, w) + b - y))
    train = tf.train.GradientDescentOptimizer(0.5).minimize(loss)

    losses = []
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for _ in range(30):
            feed = {x: features, y: labels}
            value, _ = session.run([loss, train], feed_dict=feed)
            losses.append(value)
        return losses, *session.run([w, b])


# --8<-- [end:old-program]

# --8<-- [start:old-names]
from tfnotes.errors import printed_errors

with printed_errors():
    old_program(tf)
# -> AttributeError: module 'tensorflow' has no attribute 'placeholder'
# --8<-- [end:old-names]

# --8<-- [start:compat]
from tensorflow.compat import v1

with tf.Graph().as_default():
    old_losses, old_w, old_b = old_program(v1)
print(f"w = {old_w.item():.2f}, b = {old_b.item():.2f}")
# -> w = 2.99, b = 1.99
print(f"loss from {old_losses[0]:.2f} to {old_losses[-1]:.4f}")
# -> loss from 8.51 to 0.0094
# --8<-- [end:compat]

# --8<-- [start:cost]
with tf.Graph().as_default():
    x = v1.placeholder(tf.float32, [None, 1], name="x")
    total = tf.reduce_sum(x)
    print(total)
    with v1.Session() as session:
        try:
            session.run(total)
        except tf.errors.InvalidArgumentError as error:
            print(error.message.splitlines()[-2])
# -> Tensor("Sum:0", shape=(), dtype=float32)
# -> You must feed a value for placeholder tensor 'x' with dtype float and shape
#    [?,1]
# --8<-- [end:cost]

# --8<-- [start:today]
w = tf.Variable(tf.zeros([1, 1]))
b = tf.Variable(tf.zeros([1]))


@tf.function
def train_step(x, y):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(x @ w + b - y))
    slopes = tape.gradient(loss, [w, b])
    for variable, slope in zip([w, b], slopes, strict=True):
        variable.assign_sub(0.5 * slope)
    return loss


losses = [train_step(features, labels).numpy() for _ in range(30)]
print(f"w = {w.numpy().item():.2f}, b = {b.numpy().item():.2f}")
# -> w = 2.99, b = 1.99
print("same losses:", np.allclose(losses, old_losses, rtol=1e-4))
# -> same losses: True
# --8<-- [end:today]

# --8<-- [start:pieces]
import matplotlib.pyplot as plt

from tfnotes.diagrams import arrow, frame

pieces = (
    ("placeholder, feed_dict", "an input", "an argument", "given by the call"),
    ("get_variable", "a weight", "tf.Variable", "has its value at once"),
    ("global_variables_initializer", "fills weights", "nothing", "not needed"),
    ("minimize", "one step", "GradientTape, assign_sub", "or an optimizer"),
    ("Session.run", "runs the graph", "a call", "tf.function compiles it"),
)
plt.axis([-0.05, 10.05, -0.05, 5.15])
plt.axis("off")
for row, (old, task, new, remark) in enumerate(pieces):
    bottom = 4.2 - 1.05 * row
    frame((0, bottom), (4.2, 0.9), "dimgray", old, task, 11)
    frame((5.4, bottom), (4.6, 0.9), "C0", new, remark, 11)
    arrow((4.3, bottom + 0.45), (5.3, bottom + 0.45))
plt.title("Left: a program of TensorFlow 1. Right: the same today")
plt.show()
# --8<-- [end:pieces]

# --8<-- [start:names]
from types import ModuleType


def callables(module):
    found = {name: getattr(module, name) for name in dir(module)}
    return {n: f for n, f in found.items() if n[0] != "_" and callable(f)}


today, homes = callables(tf), set()
for module in vars(tf).values():
    if isinstance(module, ModuleType) and "_api.v2." in module.__name__:
        homes |= {id(f) for f in callables(module).values()}
# --8<-- [end:names]

# --8<-- [start:kinds]
kinds = {"same": [], "changed": [], "moved": [], "gone": []}
for name, function in callables(v1).items():
    if name in today:
        kind = "same" if today[name] is function else "changed"
    else:
        kind = "moved" if id(function) in homes else "gone"
    kinds[kind].append(name)
print({kind: len(names) for kind, names in kinds.items()})
# -> {'same': 173, 'changed': 55, 'moved': 133, 'gone': 195}
for name in ("matmul", "where", "log", "placeholder", "div"):
    print(name, *[kind for kind, names in kinds.items() if name in names])
# -> matmul same
# -> where changed
# -> log moved
# -> placeholder gone
# -> div gone
# --8<-- [end:kinds]

# --8<-- [start:moved-names]
texts = (
    "same function,\nas tf.matmul",
    "same name, new function,\nas tf.where",
    "same function, moved,\nas tf.log to tf.math.log",
    "only in tf.compat.v1,\nas tf.placeholder",
)
counts = [len(names) for names in kinds.values()]
bars = plt.barh(texts, counts, color=["gray", "C3", "C0", "C1"])
plt.bar_label(bars, counts, padding=4)
plt.gca().invert_yaxis()
plt.gca().grid(False)
plt.xlim(0, 230)
plt.xlabel("names directly under tf.compat.v1 that can be called")
plt.title(f"{counts[0]} of {sum(counts)} old names are what they were")
plt.show()
# --8<-- [end:moved-names]

# --8<-- [start:upgrade]
import contextlib
import io

from tensorflow.tools.compatibility import ast_edits, tf_upgrade_v2

old_source = """\
import tensorflow as tf
x = tf.placeholder(tf.float32, [None, 4])
h = tf.layers.dense(tf.nn.dropout(x, 0.8), 3)
z = tf.reduce_sum(tf.log(h), reduction_indices=[1], keep_dims=True)
tf.contrib.layers.fully_connected(h, 3)
from tensorflow.contrib import slim
"""
upgrader = ast_edits.ASTCodeUpgrader(tf_upgrade_v2.TFAPIChangeSpec())
with contextlib.redirect_stdout(io.StringIO()):  # it prints its log, too
    result = upgrader.update_string_pasta(old_source, "old.py")
_, new_source, log, errors = result
print(new_source.strip())
# -> import tensorflow as tf
# -> x = tf.compat.v1.placeholder(tf.float32, [None, 4])
# -> h = tf.layers.dense(tf.nn.dropout(x, rate=1 - (0.8)), 3)
# -> z = tf.reduce_sum(tf.math.log(h), axis=[1], keepdims=True)
# -> tf.contrib.layers.fully_connected(h, 3)
# -> from tensorflow.contrib import slim
# --8<-- [end:upgrade]

# --8<-- [start:report]
print(len(log), "lines of log")
# -> 6 lines of log
for error in errors:
    print(error.split(". ")[0])
# -> old.py:5:0: ERROR: Using member tf.contrib.layers.fully_connected in
#    deprecated module tf.contrib
# --8<-- [end:report]

# --8<-- [start:placeholders]
with printed_errors():
    x = tf.placeholder(tf.float32, [None, 1])
# -> AttributeError: module 'tensorflow' has no attribute 'placeholder'
with printed_errors():
    rate = tf.placeholder_with_default(0.5, [])
# -> AttributeError: module 'tensorflow' has no attribute
#    'placeholder_with_default'


@tf.function(input_signature=[tf.TensorSpec([None, 1]), tf.TensorSpec([])])
def scaled(x, rate=0.5):  # one graph for any number of rows
    return rate * x


print(scaled(features[:2]).shape, scaled(features, 2.0).shape)
# -> (2, 1) (100, 1)
print("graphs recorded:", scaled.experimental_get_tracing_count())
# -> graphs recorded: 1
# --8<-- [end:placeholders]

# --8<-- [start:sessions]
three = tf.constant(3.0)
with printed_errors():
    tf.Session().run(three)
# -> AttributeError: module 'tensorflow' has no attribute 'Session'
with printed_errors():
    tf.InteractiveSession()
# -> AttributeError: module 'tensorflow' has no attribute 'InteractiveSession'
with printed_errors():
    three.eval()
# -> NotImplementedError: eval is not supported when eager execution is enabled,
#    is .numpy() what you're looking for?
with printed_errors():
    tf.get_default_graph()
# -> AttributeError: module 'tensorflow' has no attribute 'get_default_graph'
with printed_errors():
    tf.reset_default_graph()
# -> AttributeError: module 'tensorflow' has no attribute 'reset_default_graph'
print(three.numpy(), float(three) + 1)
# -> 3.0 4.0
# --8<-- [end:sessions]

# --8<-- [start:variables]
with printed_errors():
    w = tf.get_variable("w", [2])
# -> AttributeError: module 'tensorflow' has no attribute 'get_variable'
w = tf.Variable(tf.zeros([2]), name="w")
with printed_errors():
    tf.assign(w, [1.0, 2.0])
# -> AttributeError: module 'tensorflow' has no attribute 'assign'
w.assign([1.0, 2.0])
with printed_errors():
    tf.assign_add(w, [0.5, 0.5])
# -> AttributeError: module 'tensorflow' has no attribute 'assign_add'
w.assign_add([0.5, 0.5])
with printed_errors():
    tf.scatter_update(w, [0], [9.0])
# -> AttributeError: module 'tensorflow' has no attribute 'scatter_update'
w.scatter_nd_update([[0]], [9.0])
with printed_errors():
    tf.global_variables_initializer()
# -> AttributeError: module 'tensorflow' has no attribute
#    'global_variables_initializer'
print(w.numpy())
# -> [9.  2.5]
# --8<-- [end:variables]

# --8<-- [start:collections]
import keras

with printed_errors():
    tf.variable_scope("hidden", reuse=tf.AUTO_REUSE)
# -> AttributeError: module 'tensorflow' has no attribute 'variable_scope'
with printed_errors():
    tf.trainable_variables()
# -> AttributeError: module 'tensorflow' has no attribute 'trainable_variables'
with printed_errors():
    tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)
# -> AttributeError: module 'tensorflow' has no attribute 'get_collection'
with printed_errors():
    tf.add_to_collection("losses", 0.1)
# -> AttributeError: module 'tensorflow' has no attribute 'add_to_collection'
with printed_errors():
    tf.losses.get_regularization_loss()
# -> AttributeError: module 'keras._tf_keras.keras.losses' has no attribute
#    'get_regularization_loss'

layer = keras.layers.Dense(1, kernel_regularizer=keras.regularizers.L2(0.1))
_ = layer(features), layer(2 * features)  # two calls, one set of weights
print([v.name for v in layer.trainable_variables], len(layer.losses))
# -> ['kernel', 'bias'] 1
# --8<-- [end:collections]

# --8<-- [start:moved]
with printed_errors():
    tf.log(2.0)
# -> AttributeError: module 'tensorflow' has no attribute 'log'
print(tf.math.log(2.0).numpy())
# -> 0.6931472
with printed_errors():
    tf.ceil(2.5)
# -> AttributeError: module 'tensorflow' has no attribute 'ceil'
print(tf.math.ceil(2.5).numpy())
# -> 3.0
with printed_errors():
    tf.matrix_inverse([[2.0]])
# -> AttributeError: module 'tensorflow' has no attribute 'matrix_inverse'
print(tf.linalg.inv([[2.0]]).numpy())
# -> [[0.5]]
with printed_errors():
    tf.string_join(["a", "b"])
# -> AttributeError: module 'tensorflow' has no attribute 'string_join'
print(tf.strings.join(["a", "b"]).numpy())
# -> b'ab'
# --8<-- [end:moved]

# --8<-- [start:moved-random]
with printed_errors():
    tf.random_normal([2])
# -> AttributeError: module 'tensorflow' has no attribute 'random_normal'
with printed_errors():
    tf.random_uniform([2])
# -> AttributeError: module 'tensorflow' has no attribute 'random_uniform'
print(tf.random.normal([2]).shape, tf.random.uniform([2]).shape)
# -> (2,) (2,)
with printed_errors():
    tf.sparse_tensor_to_dense(tf.sparse.eye(2))
# -> AttributeError: module 'tensorflow' has no attribute
#    'sparse_tensor_to_dense'
print(tf.sparse.to_dense(tf.sparse.eye(2)).numpy().tolist())
# -> [[1.0, 0.0], [0.0, 1.0]]
with printed_errors():
    tf.FixedLenFeature([], tf.float32)
# -> AttributeError: module 'tensorflow' has no attribute 'FixedLenFeature'
print(tf.io.FixedLenFeature([], tf.float32).dtype)
# -> <dtype: 'float32'>
# --8<-- [end:moved-random]

# --8<-- [start:replaced]
with printed_errors():
    tf.to_float(3)
# -> AttributeError: module 'tensorflow' has no attribute 'to_float'
print(tf.cast(3, tf.float32).numpy())
# -> 3.0
with printed_errors():
    tf.div(7, 2)
# -> AttributeError: module 'tensorflow' has no attribute 'div'
print((tf.constant(7) // 2).numpy(), tf.divide(7, 2).numpy())
# -> 3 3.5
with printed_errors():
    tf.count_nonzero([0, 5])
# -> AttributeError: module 'tensorflow' has no attribute 'count_nonzero'
print(tf.math.count_nonzero([0, 5]).numpy())
# -> 1
with printed_errors():
    tf.multinomial([[0.0, 0.0]], 3)
# -> AttributeError: module 'tensorflow' has no attribute 'multinomial'
print(tf.random.categorical([[0.0, 0.0]], 3).shape)
# -> (1, 3)
# --8<-- [end:replaced]

# --8<-- [start:seeds]
with printed_errors():
    tf.set_random_seed(0)
# -> AttributeError: module 'tensorflow' has no attribute 'set_random_seed'
tf.random.set_seed(0)
drawn = tf.random.normal([3]).numpy()
with tf.Graph().as_default(), v1.Session() as session:
    v1.set_random_seed(0)
    old_drawn = session.run(v1.random_normal([3]))
print("the same numbers:", np.allclose(drawn, old_drawn))
# -> the same numbers: False
# --8<-- [end:seeds]

# --8<-- [start:arguments]
square = tf.constant([[1.0, 2.0], [3.0, 4.0]])
with printed_errors():
    tf.reduce_sum(square, reduction_indices=[1])
# -> TypeError: Got an unexpected keyword argument 'reduction_indices'
print(tf.reduce_sum(square, axis=1).numpy())
# -> [3. 7.]
with printed_errors():
    tf.reduce_sum(square, 1, keep_dims=True)
# -> TypeError: Got an unexpected keyword argument 'keep_dims'
print(tf.reduce_sum(square, 1, keepdims=True).shape)
# -> (2, 1)
with printed_errors():
    tf.argmax(square, dimension=1)
# -> TypeError: Got an unexpected keyword argument 'dimension'
print(tf.argmax(square, axis=1).numpy())
# -> [1 1]
with printed_errors():
    tf.nn.softmax(square, dim=1)
# -> TypeError: Got an unexpected keyword argument 'dim'
with printed_errors():
    tf.concat(0, [square, square])
# -> ValueError: Shape (2, 2, 2) must have rank 0
print(tf.nn.softmax(tf.concat([square, square], 0), axis=1).shape)
# -> (4, 2)
# --8<-- [end:arguments]

# --8<-- [start:control-flow]
yes, one = tf.constant(True), tf.constant(1)
with printed_errors():
    tf.cond(yes, fn1=lambda: one, fn2=lambda: -one)
# -> TypeError: Got an unexpected keyword argument 'fn1'
with printed_errors():
    tf.cond(yes, lambda: [one], lambda: [-one], strict=True)
# -> TypeError: Got an unexpected keyword argument 'strict'
print(tf.cond(yes, lambda: [one], lambda: [-one]))
# -> [<tf.Tensor: shape=(), dtype=int32, numpy=1>]
with printed_errors():
    tf.while_loop(lambda i: i < 3, lambda i: i + 1, [one])
# -> TypeError: Cannot iterate over a scalar tensor.
print(tf.while_loop(lambda i: i < 3, lambda i: [i + 1], [one]))
# -> [<tf.Tensor: shape=(), dtype=int32, numpy=3>]
print(v1.while_loop(lambda i: i < 3, lambda i: i + 1, [one]))
# -> tf.Tensor(3, shape=(), dtype=int32)
# --8<-- [end:control-flow]

# --8<-- [start:dropout]
many = tf.ones(10_000)
with printed_errors():
    tf.nn.dropout(many, keep_prob=0.8)
# -> TypeError: Got an unexpected keyword argument 'keep_prob'
with printed_errors():
    kept = tf.math.count_nonzero(tf.nn.dropout(many, 0.8)) / 10_000
    print(f"{kept:.1f} are kept")
# -> 0.2 are kept
kept = tf.math.count_nonzero(tf.nn.dropout(many, rate=0.2)) / 10_000
print(f"{kept:.1f} are kept")
# -> 0.8 are kept
# --8<-- [end:dropout]

# --8<-- [start:cross-entropy]
logits, targets = tf.constant([[2.0, 0.0]]), tf.constant([[1.0, 0.0]])
with printed_errors():
    print(tf.nn.softmax_cross_entropy_with_logits(logits, targets).numpy())
# -> [0.6265233]
with printed_errors():
    tf.nn.softmax_cross_entropy_with_logits(
        labels=targets, logits=logits, dim=-1
    )
# -> TypeError: Got an unexpected keyword argument 'dim'
with printed_errors():
    tf.nn.softmax_cross_entropy_with_logits_v2(labels=targets, logits=logits)
# -> AttributeError: module 'tensorflow._api.v2.nn' has no attribute
#    'softmax_cross_entropy_with_logits_v2'
cross_entropy = tf.nn.softmax_cross_entropy_with_logits
print(cross_entropy(labels=targets, logits=logits, axis=-1).numpy())
# -> [0.12692805]
# --8<-- [end:cross-entropy]

# --8<-- [start:where]
rows = [True, False]
with printed_errors():
    print(tf.where(rows, [[1, 1], [1, 1]], [[0, 0], [0, 0]]).numpy())
# -> [[1 0]
# ->  [1 0]]
print(v1.where(rows, [[1, 1], [1, 1]], [[0, 0], [0, 0]]).numpy())
# -> [[1 1]
# ->  [0 0]]
column = tf.constant(rows)[:, None]  # (2, 1): one decision a row
print(tf.where(column, [[1, 1], [1, 1]], [[0, 0], [0, 0]]).numpy())
# -> [[1 1]
# ->  [0 0]]
# --8<-- [end:where]

# --8<-- [start:images]
picture = tf.reshape([0.0, 1.0], [1, 2, 1, 1])  # (1, height, width, 1)
with printed_errors():
    tf.image.resize_images(picture, [4, 1])
# -> AttributeError: module 'tensorflow._api.v2.image' has no attribute
#    'resize_images'
print(v1.image.resize_images(picture, [4, 1]).numpy().ravel())
# -> [0.  0.5 1.  1. ]
print(tf.image.resize(picture, [4, 1]).numpy().ravel())
# -> [0.   0.25 0.75 1.  ]
# --8<-- [end:images]

# --8<-- [start:layers]
with printed_errors():
    tf.layers.dense(features, 3)
# -> AttributeError: module 'tensorflow' has no attribute 'layers'
with printed_errors():
    v1.layers.dense(features, 3)
# -> AttributeError: `dense` is not available with Keras 3.
with printed_errors():
    tf.contrib.layers.fully_connected(features, 3)
# -> AttributeError: module 'tensorflow' has no attribute 'contrib'
with printed_errors():
    from tensorflow.contrib import slim

    slim.fully_connected(features, 3)
# -> ModuleNotFoundError: No module named 'tensorflow.contrib'
with printed_errors():
    tf.estimator.LinearRegressor([])
# -> AttributeError: module 'tensorflow' has no attribute 'estimator'
print(keras.layers.Dense(3)(features).shape)
# -> (100, 3)
# --8<-- [end:layers]

# --8<-- [start:cells]
sequence = tf.zeros([2, 5, 3])  # (batch, steps, features)
with printed_errors():
    tf.nn.rnn_cell.LSTMCell(8)
# -> AttributeError: module 'tensorflow._api.v2.nn' has no attribute 'rnn_cell'
with printed_errors():
    v1.nn.rnn_cell.LSTMCell(8)
# -> AttributeError: `LSTMCell` is not available with Keras 3.
with printed_errors():
    tf.nn.dynamic_rnn(None, sequence)
# -> AttributeError: module 'tensorflow._api.v2.nn' has no attribute
#    'dynamic_rnn'
print(keras.layers.LSTM(8)(sequence).shape)
# -> (2, 8)
# --8<-- [end:cells]

# --8<-- [start:optimizers]
with printed_errors():
    tf.train.GradientDescentOptimizer(0.1)
# -> AttributeError: module 'tensorflow._api.v2.train' has no attribute
#    'GradientDescentOptimizer'
with printed_errors():
    tf.train.AdamOptimizer(0.001)
# -> AttributeError: module 'tensorflow._api.v2.train' has no attribute
#    'AdamOptimizer'
with printed_errors():
    v1.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_sum(w))
# -> RuntimeError: `loss` passed to Optimizer.compute_gradients should be a
#    function when eager execution is enabled.
with printed_errors():
    tf.gradients(tf.reduce_sum(w), [w])
# -> RuntimeError: tf.gradients is not supported when eager execution is
#    enabled. Use tf.GradientTape instead.
with printed_errors():
    tf.train.get_or_create_global_step()
# -> AttributeError: module 'tensorflow._api.v2.train' has no attribute
#    'get_or_create_global_step'
with printed_errors():
    tf.train.exponential_decay(0.1, 0, 1000, 0.5)
# -> AttributeError: module 'tensorflow._api.v2.train' has no attribute
#    'exponential_decay'
# --8<-- [end:optimizers]

# --8<-- [start:optimizers-today]
import inspect

slower = keras.optimizers.schedules.ExponentialDecay(0.1, 1000, 0.5)
optimizer = keras.optimizers.Adam(slower)
with tf.GradientTape() as tape:
    loss = tf.reduce_sum(w)
optimizer.apply(tape.gradient(loss, [w]), [w])
print("steps taken:", int(optimizer.iterations))
# -> steps taken: 1
signature = inspect.signature(v1.train.AdamOptimizer)
print(signature.parameters["epsilon"].default, optimizer.epsilon)
# -> 1e-08 1e-07
# --8<-- [end:optimizers-today]

# --8<-- [start:losses-and-metrics]
with printed_errors():
    tf.losses.mean_squared_error([1.0], [3.0])
# -> AttributeError: module 'keras._tf_keras.keras.losses' has no attribute
#    'mean_squared_error'
print(keras.losses.MeanSquaredError()([1.0], [3.0]).numpy())
# -> 4.0
with printed_errors():
    tf.losses.sparse_softmax_cross_entropy([0], logits)
# -> AttributeError: module 'keras._tf_keras.keras.losses' has no attribute
#    'sparse_softmax_cross_entropy'
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
print(f"{loss(tf.constant([0]), logits):.3f}")
# -> 0.127
with printed_errors():
    value, update = tf.metrics.accuracy([1, 0], [1, 1])
# -> AttributeError: module 'keras._tf_keras.keras.metrics' has no attribute
#    'accuracy'
metric = keras.metrics.Accuracy()
metric.update_state([1, 0], [1, 1])
print(metric.result().numpy())
# -> 0.5
# --8<-- [end:losses-and-metrics]

# --8<-- [start:saver]
with printed_errors():
    tf.train.Saver()
# -> AttributeError: module 'tensorflow._api.v2.train' has no attribute 'Saver'
with printed_errors():
    v1.train.Saver()
# -> WARNING: Saver is deprecated, please switch to tf.train.Checkpoint or
#    tf.keras.Model.save_weights for training checkpoints. When executing
#    eagerly variables do not necessarily have unique names, and so the
#    variable.name-based lookups Saver performs are error-prone.
# -> RuntimeError: When eager execution is enabled, `var_list` must specify a
#    list or dict of variables to save
with printed_errors():
    tf.train.import_meta_graph("model.meta")
# -> AttributeError: module 'tensorflow._api.v2.train' has no attribute
#    'import_meta_graph'
with printed_errors():
    tf.saved_model.simple_save(None, "model", {}, {})
# -> AttributeError: module 'tensorflow._api.v2.saved_model' has no attribute
#    'simple_save'
# --8<-- [end:saver]

# --8<-- [start:checkpoint]
import tempfile

with tempfile.TemporaryDirectory() as folder:
    path = tf.train.Checkpoint(w=w).write(f"{folder}/checkpoint")
    twin = tf.Variable([0.0, 0.0])
    tf.train.Checkpoint(w=twin).read(path).assert_consumed()
print(np.array_equal(w, twin))
# -> True
# --8<-- [end:checkpoint]

# --8<-- [start:summaries]
from pathlib import Path

with printed_errors():
    tf.summary.FileWriter("logs")
# -> AttributeError: module 'tensorflow._api.v2.summary' has no attribute
#    'FileWriter'
with printed_errors():
    tf.summary.merge_all()
# -> AttributeError: module 'tensorflow._api.v2.summary' has no attribute
#    'merge_all'
with printed_errors():
    print("written:", tf.summary.scalar("loss", 0.5).numpy())
# -> written: False
with tempfile.TemporaryDirectory() as folder:
    with tf.summary.create_file_writer(folder).as_default():
        print("written:", tf.summary.scalar("loss", 0.5, step=0).numpy())
    print("files:", len(list(Path(folder).iterdir())))
# -> written: True
# -> files: 1
# --8<-- [end:summaries]

# --8<-- [start:iterators]
dataset = tf.data.Dataset.from_tensor_slices([10, 20])
with printed_errors():
    dataset.make_one_shot_iterator().get_next()
# -> AttributeError: '_TensorSliceDataset' object has no attribute
#    'make_one_shot_iterator'
with printed_errors():
    dataset.make_initializable_iterator()
# -> AttributeError: '_TensorSliceDataset' object has no attribute
#    'make_initializable_iterator'
with printed_errors():
    print(dataset.output_shapes)
# -> AttributeError: '_TensorSliceDataset' object has no attribute
#    'output_shapes'
with printed_errors():
    tf.train.string_input_producer(["a.csv"])
# -> AttributeError: module 'tensorflow._api.v2.train' has no attribute
#    'string_input_producer'
with printed_errors():
    tf.train.start_queue_runners()
# -> AttributeError: module 'tensorflow._api.v2.train' has no attribute
#    'start_queue_runners'
print([int(number) for number in dataset], dataset.element_spec)
# -> [10, 20] TensorSpec(shape=(), dtype=tf.int32, name=None)
# --8<-- [end:iterators]

# --8<-- [start:python-in-graph]
with printed_errors():
    tf.py_func(np.sort, [[2.0, 1.0]], tf.float32)
# -> AttributeError: module 'tensorflow' has no attribute 'py_func'
print(tf.numpy_function(np.sort, [[2.0, 1.0]], tf.float32).numpy())
# -> [1. 2.]
with printed_errors():
    three = tf.Print(three, [three], "three: ")
# -> AttributeError: module 'tensorflow' has no attribute 'Print'
Path("seen.txt").unlink(missing_ok=True)
tf.print("three:", three, output_stream="file://seen.txt")
print(Path("seen.txt").read_text(encoding="utf-8"), end="")
# -> three: 3
# --8<-- [end:python-in-graph]

# --8<-- [start:flags]
with printed_errors():
    tf.flags.DEFINE_float("rate", 0.1, "learning rate")
# -> AttributeError: module 'tensorflow' has no attribute 'flags'
with printed_errors():
    tf.app.run()
# -> AttributeError: module 'tensorflow' has no attribute 'app'
with printed_errors():
    tf.gfile.Exists("seen.txt")
# -> AttributeError: module 'tensorflow' has no attribute 'gfile'
with printed_errors():
    tf.logging.set_verbosity(tf.logging.ERROR)
# -> AttributeError: module 'tensorflow' has no attribute 'logging'
with printed_errors():
    tf.ConfigProto(allow_soft_placement=True)
# -> AttributeError: module 'tensorflow' has no attribute 'ConfigProto'
with printed_errors():
    tf.GPUOptions(allow_growth=True)
# -> AttributeError: module 'tensorflow' has no attribute 'GPUOptions'
# --8<-- [end:flags]

# --8<-- [start:flags-today]
import argparse

parser = argparse.ArgumentParser()
parser.add_argument("--rate", type=float, default=0.1)
print(parser.parse_args([]).rate, tf.io.gfile.exists("seen.txt"))
# -> 0.1 True
tf.get_logger().setLevel("ERROR")
tf.config.set_soft_device_placement(True)
for gpu in tf.config.list_physical_devices("GPU"):
    tf.config.experimental.set_memory_growth(gpu, True)
# --8<-- [end:flags-today]

# --8<-- [start:half]
with printed_errors():
    v1.placeholder(tf.float32, [None, 1])
# -> RuntimeError: tf.placeholder() is not compatible with eager execution.
with printed_errors():
    print(v1.global_variables_initializer())
# -> None
with printed_errors():
    v1.Session().run(three)
# -> RuntimeError: The Session graph is empty. Add operations to the graph
#    before calling run().
with printed_errors():
    print(v1.trainable_variables(), v1.losses.get_regularization_loss())
# -> [] tf.Tensor(0.0, shape=(), dtype=float32)
# --8<-- [end:half]

# --8<-- [start:mixing]
graph = tf.Graph()
with graph.as_default():
    x = v1.placeholder(tf.float32, [])
    with printed_errors():
        x + three
# -> RuntimeError: y: Attempting to capture an EagerTensor without building a
#    function.
with printed_errors():
    x + three
# -> TypeError: <tf.Tensor 'Placeholder:0' shape=() dtype=float32> is out of
#    scope and cannot be used here. Use return values, explicit Python locals or
#    TensorFlow collections to access it.
with graph.as_default(), v1.Session() as session:
    print(session.run(x + three.numpy(), feed_dict={x: 1.0}))
# -> 4.0
# --8<-- [end:mixing]

# --8<-- [start:switch]
import subprocess
import sys

program = """
import tensorflow.compat.v1 as tf
print("eager before:", tf.executing_eagerly())
tf.disable_v2_behavior()
print("eager after:", tf.executing_eagerly())
print(tf.constant(2.0) + 1.0)
"""
command = [sys.executable, "-c", program]
print(subprocess.run(command, capture_output=True, text=True).stdout.strip())
# -> eager before: True
# -> eager after: False
# -> Tensor("add:0", shape=(), dtype=float32)
print("eager here:", tf.executing_eagerly())
# -> eager here: True
# --8<-- [end:switch]

# --8<-- [start:answer-keras]
model = keras.Sequential([keras.Input([1]), keras.layers.Dense(1, "linear")])
model.set_weights([np.zeros([1, 1]), np.zeros([1])])
model.compile(keras.optimizers.SGD(0.5), "mean_squared_error")
run = model.fit(
    features, labels, batch_size=100, epochs=30, shuffle=False, verbose=0
)
print("same losses:", np.allclose(run.history["loss"], old_losses, rtol=1e-4))
# -> same losses: True
# --8<-- [end:answer-keras]

# --8<-- [start:answer-checkpoint]
with tempfile.TemporaryDirectory() as folder:
    with tf.Graph().as_default(), v1.Session() as session:
        v1.get_variable("w", initializer=[3.0, 2.0])
        session.run(v1.global_variables_initializer())
        path = v1.train.Saver().save(session, f"{folder}/old.ckpt")
    print(tf.train.list_variables(path))
    restored = tf.Variable(tf.train.load_variable(path, "w"))
# -> [('w', [2])]
print(restored.numpy())
# -> [3. 2.]
# --8<-- [end:answer-checkpoint]


# --8<-- [start:answer-wrap]
def old_formula(x):
    scale = v1.get_variable("scale", [], initializer=v1.ones_initializer())
    return scale * v1.log(x)


formula = v1.wrap_function(old_formula, [tf.TensorSpec([])])
print(formula(tf.constant(2.0)).numpy(), len(formula.variables))
# -> 0.6931472 1
formula.variables[0].assign(10.0)
print(formula(tf.constant(2.0)).numpy())
# -> 6.931472
# --8<-- [end:answer-wrap]
