# The code of the lesson tensors/indexing-and-memory.

# --8<-- [start:steps]
import tensorflow as tf

from tfnotes.errors import printed_errors

r = tf.range(10)
print(r[2:8:3].numpy(), r[-3:].numpy(), r[8:2:-2].numpy())
# -> [2 5] [7 8 9] [8 6 4]
print(r[8:20].numpy())  # a slice that reaches past the end is cut off
# -> [8 9]
with printed_errors():
    r[20]
# -> InvalidArgumentError: slice index 20 of dimension 0 out of bounds.
# --8<-- [end:steps]

# --8<-- [start:table]
t = tf.reshape(tf.range(24.0), (4, 6))
picks = {
    "t[1, 2]": t[1, 2],
    "t[1]": t[1],
    "t[:, 2]": t[:, 2],
    "t[1:3, 1:5]": t[1:3, 1:5],
    "t[::2, ::3]": t[::2, ::3],
    "t[-1, -3:]": t[-1, -3:],
}
for name, part in picks.items():
    print(f"{name:12} {part.shape!s:7} {part.numpy().tolist()}")
# -> t[1, 2]      ()      8.0
# -> t[1]         (6,)    [6.0, 7.0, 8.0, 9.0, 10.0, 11.0]
# -> t[:, 2]      (4,)    [2.0, 8.0, 14.0, 20.0]
# -> t[1:3, 1:5]  (2, 4)  [[7.0, 8.0, 9.0, 10.0], [13.0, 14.0, 15.0, 16.0]]
# -> t[::2, ::3]  (2, 2)  [[0.0, 3.0], [12.0, 15.0]]
# -> t[-1, -3:]   (3,)    [21.0, 22.0, 23.0]
# --8<-- [end:table]

# --8<-- [start:cell]
import matplotlib.pyplot as plt
import numpy as np


def cell(panel, row, column, text, face, strong):
    panel.add_patch(
        plt.Rectangle((column, row), 1, 1, facecolor=face, edgecolor="gray")
    )
    panel.text(
        column + 0.5,
        row + 0.5,
        text,
        ha="center",
        va="center",
        size=13,
        color="white" if strong else "black",
        weight="bold" if strong else "normal",
    )


# --8<-- [end:cell]

# --8<-- [start:grids]
figure, panels = plt.subplots(3, 2, figsize=(7.2, 7.2))
for panel, (name, part) in zip(panels.flat, picks.items(), strict=True):
    for (row, column), value in np.ndenumerate(t.numpy()):
        taken = np.isin(value, part)  # no value stands twice in t
        face = "C0" if taken else "none"
        cell(panel, row, column, int(value), face, strong=taken)
    panel.set(title=f"{name}   shape {part.shape}")
    panel.set(xlim=(-0.1, 6.1), ylim=(4.1, -0.1))
    panel.axis("off")
figure.suptitle("What each slice takes from t", weight="bold")
plt.show()
# --8<-- [end:grids]

# --8<-- [start:axes]
images = tf.zeros((32, 28, 28, 3))  # (batch, height, width, channels)
print(images[..., 0].shape, images[0, ..., tf.newaxis].shape)
# -> (32, 28, 28) (28, 28, 3, 1)
print(images[5].shape, images[5:6].shape)
# -> (28, 28, 3) (1, 28, 28, 3)
# --8<-- [end:axes]

# --8<-- [start:gather]
print(tf.gather(t, [3, 0], axis=1).numpy())  # (4, 2): columns 3 and 0
# -> [[ 3.  0.]
# ->  [ 9.  6.]
# ->  [15. 12.]
# ->  [21. 18.]]
print(tf.boolean_mask(t, t > 20).numpy(), t[t > 20].numpy())
# -> [21. 22. 23.] [21. 22. 23.]
print(tf.gather_nd(t, [[1, 2], [3, 0]]).numpy())  # t[1, 2] and t[3, 0]
# -> [ 8. 18.]
# --8<-- [end:gather]

# --8<-- [start:write]
x = tf.Variable(tf.reshape(tf.range(12), (3, 4)))
x[1, 2].assign(99)
x[:, 0].assign([-1, -2, -3])
x[0, 1:].assign(0)  # one number fills the slice
print(x.numpy())
# -> [[-1  0  0  0]
# ->  [-2  5 99  7]
# ->  [-3  9 10 11]]
# --8<-- [end:write]

# --8<-- [start:scatter]
changed = tf.tensor_scatter_nd_update(t, [[0, 1], [3, 5]], [-1.0, -2.0])
print(changed[0, 1].numpy(), changed[3, 5].numpy())
# -> -1.0 -2.0
print(t[0, 1].numpy(), t[3, 5].numpy())
# -> 1.0 23.0
# --8<-- [end:scatter]

# --8<-- [start:two-names]
a = np.zeros(3)
b = a  # a second name for one array
a += 1
print(b)
# -> [1. 1. 1.]
a = tf.zeros(3)
b = a
a += 1
print(b.numpy())
# -> [0. 0. 0.]
# --8<-- [end:two-names]


# --8<-- [start:view]
def view(x):  # the memory of a tensor itself, to read only; on the CPU
    return np.asarray(memoryview(tf.convert_to_tensor(x)))


def address(x):
    return view(x).__array_interface__["data"][0]


def shares(x, y):
    return np.shares_memory(view(x), view(y))


print(shares(t, tf.reshape(t, (24,))), shares(t, t + 0))
# -> True False
# --8<-- [end:view]


# --8<-- [start:outcome]
import keras


def outcome(statement, x):
    names, place = {"x": x, "y": tf.ones(4)}, address(x)
    try:
        exec(statement, names)
    except (AttributeError, RuntimeError) as error:
        return type(error).__name__
    after = names["x"]
    return (
        f"{'same' if after is x else 'new'} object\n"
        f"{'same' if address(after) == place else 'new'} buffer"
    )


ways = ("x = x + y", "x += y", "x.assign(x + y)", "x.assign_add(y)")
kinds = {
    "tensor": lambda: tf.range(4.0),
    "tf.Variable": lambda: tf.Variable(tf.range(4.0)),
    "keras.Variable": lambda: keras.Variable(tf.range(4.0)),
}
# --8<-- [end:outcome]

# --8<-- [start:found]
found = {
    (way, kind): outcome(way, make())
    for way in ways
    for kind, make in kinds.items()
}
print([pair for pair, said in found.items() if "same buffer" in said])
# -> [('x.assign_add(y)', 'tf.Variable')]
# --8<-- [end:found]

# --8<-- [start:ways]
figure, panel = plt.subplots(figsize=(7.2, 4.2))
for row, way in enumerate(ways):
    panel.text(-0.05, row + 0.5, way, ha="right", va="center", size=12)
    for column, kind in enumerate(kinds):
        said = found[way, kind]
        same = "same buffer" in said
        face = "C0" if same else "lightgray" if "new" in said else "none"
        cell(panel, row, column, said, face, strong=same)
for column, kind in enumerate(kinds):
    panel.text(column + 0.5, -0.15, kind, ha="center", size=12)
panel.set(xlim=(-0.95, 3.05), ylim=(4.05, -0.5))
panel.set_title("Only assign_add on a tf.Variable keeps the buffer")
panel.axis("off")
plt.show()
# --8<-- [end:ways]

# --8<-- [start:copy-on-write]
x, y = tf.Variable(tf.range(4.0)), tf.ones(4)
seen = tf.convert_to_tensor(x)
print(shares(x, seen))
# -> True
x.assign_add(y)
print(seen.numpy(), x.numpy(), shares(x, seen))
# -> [0. 1. 2. 3.] [1. 2. 3. 4.] False
x.assign(y)
print(shares(x, y))
# -> True
# --8<-- [end:copy-on-write]

# --8<-- [start:copy-on-read]
print(shares(x.value(), x.value()))
# -> True
x[:].assign(y)
print(shares(x.value(), x.value()))
# -> False
# --8<-- [end:copy-on-read]

# --8<-- [start:measure]
from tfnotes.devices import best_times, machine


def three_ways(size):
    t, x = tf.zeros(size), tf.Variable(tf.zeros(size))
    return best_times(
        lambda: tf.tensor_scatter_nd_update(t, [[0]], [9.0]),
        lambda: x[0].assign(9.0),
        lambda: x.scatter_nd_update([[0]], [9.0]),
        repeats=7,
    )


sizes = [10**k for k in range(3, 8)]
times = 1e6 * np.transpose([three_ways(size) for size in sizes])  # (3, 5)
# --8<-- [end:measure]

# --8<-- [start:one-element]
names = ("tf.tensor_scatter_nd_update", "x[0].assign", "x.scatter_nd_update")
for name, taken, style in zip(names, times, ("o-", "s--", "D:"), strict=True):
    plt.loglog(sizes, taken, style, label=name)
plt.xlabel("elements")
plt.ylabel("microseconds")
plt.title(f"scatter_nd_update writes one element only\n{machine()}")
plt.legend()
plt.show()
# --8<-- [end:one-element]

# --8<-- [start:to-numpy]
array = t.numpy()  # a copy, yours to change
array[0, 0] = 99
print(t[0, 0].numpy(), np.shares_memory(array, view(t)))
# -> 0.0 False
window = np.asarray(memoryview(t))  # no copy
with printed_errors():
    window[0, 0] = 99
# -> ValueError: assignment destination is read-only
# --8<-- [end:to-numpy]

# --8<-- [start:from-numpy]
array = np.arange(3.0)
c = tf.constant(array)
array[0] = 99
print(c.numpy(), c.dtype.name)
# -> [0. 1. 2.] float64
with printed_errors():
    c + tf.ones(3)
# -> InvalidArgumentError: cannot compute AddV2 as input #1(zero-based) was
#    expected to be a double tensor but is a float tensor
print((tf.constant(array, tf.float32) + tf.ones(3)).numpy())
# -> [100.   2.   3.]
print(type(array + c).__name__, type(np.square(c)).__name__)
# -> EagerTensor ndarray
# --8<-- [end:from-numpy]

# --8<-- [start:plus-equals]
x, k = tf.Variable(tf.zeros(3)), keras.Variable(tf.zeros(3))
with printed_errors():
    x += 1
# -> RuntimeError: `variable += value` with `tf.Variable`s is not supported. Use
#    `variable.assign_add(value)` to modify the variable, or `out = variable +
#    value` if you need to get a new output Tensor.
held = k  # as a layer holds its variables
k += 1  # nothing is raised
print(isinstance(k, keras.Variable), held.numpy())
# -> False [0. 0. 0.]
x.assign_add(tf.ones(3))
print(x.numpy())
# -> [1. 1. 1.]
# --8<-- [end:plus-equals]

# --8<-- [start:item-assignment]
x = tf.Variable(tf.zeros((2, 3)))
with printed_errors():
    t[1, 2] = 9
# -> TypeError: 'tensorflow.python.framework.ops.EagerTensor' object does not
#    support item assignment
with printed_errors():
    t[1, 2].assign(9)
# -> AttributeError: 'tensorflow.python.framework.ops.EagerTensor' object has no
#    attribute 'assign'
with printed_errors():
    x[1, 2] = 9
# -> TypeError: 'ResourceVariable' object does not support item assignment
with printed_errors():
    x[1][2].assign(9)
# -> AttributeError: 'tensorflow.python.framework.ops.EagerTensor' object has no
#    attribute 'assign'
x[1, 2].assign(9)
print(x.numpy())
# -> [[0. 0. 0.]
# ->  [0. 0. 9.]]
# --8<-- [end:item-assignment]

# --8<-- [start:list-index]
print(t.numpy()[[0, 2]].shape, t[[0, 2]].shape, t[[0, 2]].numpy())
# -> (2, 6) () 2.0
with printed_errors():
    t[[0, 2], [1, 3]]
# -> TypeError: Only integers, slices (`:`), ellipsis (`...`), tf.newaxis
#    (`None`) and scalar tf.int32/tf.int64 tensors are valid indices, got [0, 2]
print(tf.gather(t, [0, 2]).shape)
# -> (2, 6)
print(tf.gather_nd(t, [[0, 1], [2, 3]]).numpy())
# -> [ 1. 15.]
# --8<-- [end:list-index]

# --8<-- [start:answer-frame]
frame = tf.Variable(tf.ones((4, 5), tf.int32))
frame[1:-1, 1:-1].assign(tf.zeros((2, 3), tf.int32))
print(frame.numpy())
# -> [[1 1 1 1 1]
# ->  [1 0 0 0 1]
# ->  [1 0 0 0 1]
# ->  [1 1 1 1 1]]
# --8<-- [end:answer-frame]

# --8<-- [start:answer-labels]
p = tf.constant([[0.2, 0.7, 0.1], [0.5, 0.2, 0.3], [0.1, 0.1, 0.8]])
labels = tf.constant([1, 0, 2])
print(tf.gather(p, labels, batch_dims=1).numpy())
# -> [0.7 0.5 0.8]
rows = tf.stack([tf.range(3), labels], axis=1)  # (3, 2): row and column
print(tf.gather_nd(p, rows).numpy())
# -> [0.7 0.5 0.8]
# --8<-- [end:answer-labels]

# --8<-- [start:answer-keras]
k = keras.Variable(tf.range(4.0))
place = address(k)
k.value.assign_add(tf.ones(4))  # the tf.Variable inside
print(k.numpy(), address(k) == place)
# -> [1. 2. 3. 4.] True
# --8<-- [end:answer-keras]
