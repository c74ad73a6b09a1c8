# The code of the lesson tensors/tensors: its pages show it by section.

# --8<-- [start:first-tensors]
import tensorflow as tf

scalar = tf.constant(7)
vector = tf.constant([0, 1, 2])
matrix = tf.constant([[0, 1, 2], [3, 4, 5]])
cube = tf.constant([[[0, 1, 2], [3, 4, 5]], [[6, 7, 8], [9, 10, 11]]])
for t in (scalar, vector, matrix, cube):
    print(f"rank {t.ndim}, shape {t.shape}, {t.dtype.name}")
# -> rank 0, shape (), int32
# -> rank 1, shape (3,), int32
# -> rank 2, shape (2, 3), int32
# -> rank 3, shape (2, 2, 3), int32
print(matrix)
# -> tf.Tensor(
# -> [[0 1 2]
# ->  [3 4 5]], shape=(2, 3), dtype=int32)
# --8<-- [end:first-tensors]

# --8<-- [start:uneven]
from tfnotes.errors import printed_errors

with printed_errors():
    tf.constant([[0, 1, 2], [3, 4]])
# -> ValueError: Can't convert non-rectangular Python sequence to Tensor.
# --8<-- [end:uneven]

# --8<-- [start:drawing]
import matplotlib.pyplot as plt
import numpy as np

COLORS = ("C0", "C1", "C2")  # of axis 0, 1, 2


def draw_sheet(panel, cells, x, y, layer):
    box = {"facecolor": "white", "edgecolor": "dimgray", "zorder": layer}
    text = {"ha": "center", "va": "center", "zorder": layer}
    for (row, column), value in np.ndenumerate(cells):
        corner = (x + column, y - row)
        panel.add_patch(plt.Rectangle(corner, 1, 1, **box))
        panel.text(corner[0] + 0.5, corner[1] + 0.5, value, **text)


def draw_arrow(panel, axis, start, end, at):
    color = COLORS[axis]
    arrow = {"arrowstyle": "-|>", "color": color, "lw": 2, "shrinkA": 0}
    panel.annotate("", end, start, arrowprops=arrow)
    panel.text(*at, f"axis {axis}", color=color, ha="center", va="center")


# --8<-- [end:drawing]

# --8<-- [start:axes]
figure, panel = plt.subplots(figsize=(7.2, 2.8))
for t, x in ((scalar, 0), (vector, 2.8), (matrix, 8.2), (cube, 13.6)):
    sheets = np.array(t, ndmin=3)
    for k, cells in enumerate(sheets):  # sheet 0 is in front
        draw_sheet(panel, cells, x + 0.8 * k, 0.8 * k, layer=4 - k)
    low, right = 1 - sheets.shape[1], x + sheets.shape[2]
    middle = (x + right) / 2
    arrows = [
        ((x, low - 0.4), (right, low - 0.4), (middle, low - 1)),
        ((x - 0.4, 1), (x - 0.4, low), (x - 1.4, (1 + low) / 2)),
        (
            (right + 0.3, low),
            (right + 1.1, low + 0.8),
            (right + 1.4, low - 0.2),
        ),
    ]
    for axis, arrow in enumerate(reversed(arrows[: t.ndim])):
        draw_arrow(panel, axis, *arrow)
    name = f"rank {t.ndim}\nshape {t.shape}"
    panel.text(middle, 2.3, name, ha="center", fontsize=11.5)
panel.set(xlim=(-1, 18.6), ylim=(-2.3, 3.9), aspect="equal")
panel.set_title("Axes are counted from the outside; the last runs along a row")
panel.axis("off")
plt.show()
# --8<-- [end:axes]

# --8<-- [start:pictures]
from tfnotes.data import load

(x_train, _), _ = load("fashion_mnist_6k")
images = tf.constant(x_train[:4])  # picture, row, column
parts = {
    "images": images,
    "images[0]": images[0],
    "images[0, 6]": images[0, 6],
    "images[0, 6, 14]": images[0, 6, 14],
}
for name, t in parts.items():
    print(f"{name:16} rank {t.ndim}, shape {t.shape}, {t.dtype.name}")
# -> images           rank 3, shape (4, 28, 28), uint8
# -> images[0]        rank 2, shape (28, 28), uint8
# -> images[0, 6]     rank 1, shape (28,), uint8
# -> images[0, 6, 14] rank 0, shape (), uint8
print("the pixel is", images[0, 6, 14].numpy())
# -> the pixel is 103
# --8<-- [end:pictures]

# --8<-- [start:deck]
figure, panel = plt.subplots(figsize=(7.2, 3.4))
gray = {"cmap": "gray", "vmin": 0, "vmax": 255}
rim = {"fill": False, "edgecolor": "gray"}
for k in range(4):  # picture 0 is in front
    low, high, layer = 10 * k, 10 * k + 28, {"zorder": 4 - k}
    panel.imshow(images[k], extent=(low, high, low, high), **gray, **layer)
    panel.add_patch(plt.Rectangle((low, low), 28, 28, **rim, **layer))
draw_arrow(panel, 0, (31, 0), (61, 30), (57, 9))
draw_arrow(panel, 1, (-3, 28), (-3, 0), (-14, 14))
draw_arrow(panel, 2, (0, -3), (28, -3), (14, -9))

places = [(-24, 0, 66, 66), (80, 40, 18, 58), (80, 40, 6, 10), (80, 4, -10, -6)]
for (x, width, low, high), (name, t) in zip(places, parts.items(), strict=True):
    if width:
        extent = (x, x + width, low, high)
        panel.imshow(np.array(t, ndmin=2), extent=extent, **gray)
    text = f"{name}\nrank {t.ndim}, shape {t.shape}"
    panel.text(124 if width else x, (low + high) / 2, text, va="center")
panel.set(xlim=(-24, 182), ylim=(-13, 72))
panel.set_title("Each index takes the outermost axis away")
panel.axis("off")
plt.show()
# --8<-- [end:deck]

# --8<-- [start:making]
print(tf.zeros((2, 3)).numpy())
# -> [[0. 0. 0.]
# ->  [0. 0. 0.]]
print(tf.ones(3).numpy(), tf.fill((3,), 7).numpy())
# -> [1. 1. 1.] [7 7 7]
print(tf.range(12).numpy())  # the end is left out
# -> [ 0  1  2  3  4  5  6  7  8  9 10 11]
print(tf.range(0.0, 1.0, 0.25).numpy(), tf.linspace(0.0, 1.0, 5).numpy())
# -> [0.   0.25 0.5  0.75] [0.   0.25 0.5  0.75 1.  ]
print(tf.zeros_like(matrix).numpy())
# -> [[0 0 0]
# ->  [0 0 0]]
# --8<-- [end:making]

# --8<-- [start:reshape]
x = tf.range(12)
print(tf.reshape(x, (3, 4)).numpy())
# -> [[ 0  1  2  3]
# ->  [ 4  5  6  7]
# ->  [ 8  9 10 11]]
print(tf.reshape(x, (-1, 6)).shape, tf.reshape(x, (2, -1, 3)).shape)
# -> (2, 6) (2, 2, 3)
print(tf.reshape(images, (4, -1)).shape)  # a row of 784 pixels per picture
# -> (4, 784)
with printed_errors():
    tf.reshape(x, (5, -1))
# -> InvalidArgumentError: Input to reshape is a tensor with 12 values, but the
#    requested shape requires a multiple of 5
# --8<-- [end:reshape]

# --8<-- [start:random]
rng = tf.random.Generator.from_seed(1)
print(rng.normal((2, 3)).numpy().round(2))
# -> [[ 0.44 -0.53 -0.08]
# ->  [ 1.57 -0.1  -0.27]]
print(rng.normal((2, 3)).numpy().round(2))  # the generator has moved on
# -> [[-0.45  1.62 -1.37]
# ->  [ 0.83  0.28 -0.52]]
same = tf.random.Generator.from_seed(1)
print(same.normal((2, 3)).numpy().round(2))
# -> [[ 0.44 -0.53 -0.08]
# ->  [ 1.57 -0.1  -0.27]]
draws = rng.normal((10_000,), mean=5.0, stddev=2.0)
print(f"mean {np.mean(draws):.1f}, standard deviation {np.std(draws):.1f}")
# -> mean 5.0, standard deviation 2.0
# --8<-- [end:random]

# --8<-- [start:stateless]
for seed in ((1, 0), (1, 0), (2, 0)):
    print(seed, tf.random.stateless_normal((4,), seed).numpy().round(2))
# -> (1, 0) [ 0.13 -0.49  0.63 -0.79]
# -> (1, 0) [ 0.13 -0.49  0.63 -0.79]
# -> (2, 0) [-0.64 -0.19 -0.83 -0.19]
# --8<-- [end:stateless]

# --8<-- [start:dtypes]
values = [True, 7, 7.0, [1, 2.5], range(12), "seven", np.arange(2), np.ones(2)]
for value in values:
    print(f"{value!r:16} {tf.constant(value).dtype.name}")
# -> True             bool
# -> 7                int32
# -> 7.0              float32
# -> [1, 2.5]         float32
# -> range(0, 12)     int32
# -> 'seven'          string
# -> array([0, 1])    int64
# -> array([1., 1.])  float64
print(tf.constant(7, tf.float32).dtype.name)
# -> float32
# --8<-- [end:dtypes]

# --8<-- [start:mixing]
print((np.arange(2) + np.ones(2)).dtype)  # int64 and float64, in NumPy
# -> float64
counts = tf.constant([1, 2])
with printed_errors():
    counts + 1.5
# -> InvalidArgumentError: cannot compute AddV2 as input #1(zero-based) was
#    expected to be a int32 tensor but is a float tensor
with printed_errors():
    tf.ones(2) + tf.constant(np.ones(2))  # float32 and float64
# -> InvalidArgumentError: cannot compute AddV2 as input #1(zero-based) was
#    expected to be a float tensor but is a double tensor
print((tf.ones(2) + 1).dtype.name, (tf.ones(2) + np.ones(2)).dtype.name)
# -> float32 float32
# --8<-- [end:mixing]

# --8<-- [start:division]
for t in (counts / 2, counts // 2, tf.cast(counts, tf.float32) / 2):
    print(t.numpy(), t.dtype.name)
# -> [0.5 1. ] float64
# -> [0 1] int32
# -> [0.5 1. ] float32
# --8<-- [end:division]

# --8<-- [start:cast]
print(tf.cast([2.9, -2.9], tf.int32).numpy())  # cut off, not rounded
# -> [ 2 -2]
print(tf.cast([255, 256, 300], tf.uint8).numpy())  # what is left modulo 256
# -> [255   0  44]
print(tf.cast([0, 1, -3], tf.bool).numpy())
# -> [False  True  True]
# --8<-- [end:cast]

# --8<-- [start:numpy]
array = np.array([1.0, 4.0])
for t in (tf.constant(array), tf.constant(array, tf.float32), tf.sqrt(array)):
    print(tf.is_tensor(t), t.dtype.name)
# -> True float64
# -> True float32
# -> True float64
for a in (t.numpy(), np.sqrt(t)):
    print(type(a).__name__, a.dtype)
# -> ndarray float64
# -> ndarray float64
# --8<-- [end:numpy]

# --8<-- [start:immutable]
with printed_errors():
    vector[0] = 9
# -> TypeError: 'tensorflow.python.framework.ops.EagerTensor' object does not
#    support item assignment
with printed_errors():
    vector.assign([9, 1, 2])
# -> AttributeError: 'tensorflow.python.framework.ops.EagerTensor' object has no
#    attribute 'assign'
changed = tf.tensor_scatter_nd_update(vector, [[0]], [9])  # a new tensor
print(vector.numpy(), changed.numpy())
# -> [0 1 2] [9 1 2]
# --8<-- [end:immutable]

# --8<-- [start:variable]
w = tf.Variable([1.0, 2.0, 3.0], name="w")
doubled = 2 * w
w.assign([4.0, 5.0, 6.0])
w.assign_add([1.0, 1.0, 1.0])
print(w)
# -> <tf.Variable 'w:0' shape=(3,) dtype=float32, numpy=array([5., 6., 7.],
#    dtype=float32)>
print(doubled.numpy())
# -> [2. 4. 6.]
# --8<-- [end:variable]

# --8<-- [start:fixed]
with printed_errors():
    w.assign([1.0, 2.0])
# -> ValueError: Cannot assign value to variable ' w:0': Shape mismatch.The
#    variable shape (3,), and the assigned value shape (2,) are incompatible.
with printed_errors():
    w.assign(tf.constant([1, 2, 3]))
# -> ValueError: Tensor conversion requested dtype float32 for Tensor with dtype
#    int32: <tf.Tensor: shape=(3,), dtype=int32, numpy=array([1, 2, 3],
#    dtype=int32)>
# --8<-- [end:fixed]


# --8<-- [start:placeholder]
with printed_errors():
    tf.placeholder(tf.float32)
# -> AttributeError: module 'tensorflow' has no attribute 'placeholder'
with printed_errors():
    tf.compat.v1.placeholder(tf.float32)
# -> RuntimeError: tf.placeholder() is not compatible with eager execution.


def doubled_sum(x):  # today a placeholder is an argument
    return 2 * tf.reduce_sum(x)


print(doubled_sum(tf.range(4.0)).numpy())
# -> 12.0
# --8<-- [end:placeholder]

# --8<-- [start:assign]
with printed_errors():
    tf.assign(w, [0.0, 0.0, 0.0])
# -> AttributeError: module 'tensorflow' has no attribute 'assign'
with printed_errors():
    tf.contant(3)
# -> AttributeError: module 'tensorflow' has no attribute 'contant'
w.assign([0.0, 0.0, 0.0])
print(w.numpy())
# -> [0. 0. 0.]
# --8<-- [end:assign]

# --8<-- [start:second-argument]
v = tf.Variable(1.0, "bias")
print(v.name, v.trainable)
# -> Variable:0 bias
zeros = tf.zeros_initializer()
with printed_errors():
    tf.Variable(zeros, "bias")
# -> TypeError: Zeros.__call__() missing 1 required positional argument: 'shape'
v = tf.Variable(zeros((2, 3)), name="bias")
print(v.name, v.trainable, v.shape)
# -> bias:0 True (2, 3)
# --8<-- [end:second-argument]

# --8<-- [start:integers]
x = tf.constant(range(3))
with printed_errors():
    tf.exp(x)
# -> InvalidArgumentError: Value for attr 'T' of int32 is not in the list of
#    allowed values: bfloat16, half, float, double, complex64, complex128
print(tf.exp(tf.cast(x, tf.float32)).numpy().round(3))
# -> [1.    2.718 7.389]
print(tf.exp(tf.range(3.0)).numpy().round(3))
# -> [1.    2.718 7.389]
# --8<-- [end:integers]

# --8<-- [start:neighbours]
for seed in (1, 2):
    rng = tf.random.Generator.from_seed(seed)
    print(seed, rng.normal((8,)).numpy().round(2))
# -> 1 [ 0.44 -0.53 -0.08  1.57 -0.1  -0.27  1.42  1.26]
# -> 2 [-0.1  -0.27  1.42  1.26 -0.44 -1.96 -0.06 -1.06]
first, second = tf.random.Generator.from_seed(1).split(2)
print(first.normal((8,)).numpy().round(2))
# -> [-0.11 -2.17  0.2   0.07  0.02  1.95 -1.69  1.41]
print(second.normal((8,)).numpy().round(2))
# -> [ 0.65 -0.71 -0.31  0.02 -0.16  0.48  0.33 -0.06]
# --8<-- [end:neighbours]

# --8<-- [start:answer-channel]
print(tf.reshape(images, (-1, 28, 28, 1)).shape)
# -> (4, 28, 28, 1)
print(tf.reshape(images[0], (1, 28, 28, 1)).shape)
# -> (1, 28, 28, 1)
print(images[0][tf.newaxis, :, :, tf.newaxis].shape)
# -> (1, 28, 28, 1)
# --8<-- [end:answer-channel]

# --8<-- [start:answer-transpose]
print(tf.reshape(matrix, (3, 2)).numpy())
# -> [[0 1]
# ->  [2 3]
# ->  [4 5]]
print(tf.transpose(matrix).numpy())
# -> [[0 3]
# ->  [1 4]
# ->  [2 5]]
# --8<-- [end:answer-transpose]

# --8<-- [start:answer-mean]
print(tf.reduce_mean(images).numpy(), tf.reduce_sum(images).numpy())
# -> 94 184
floats = tf.cast(images, tf.float32)
print(tf.reduce_mean(floats).numpy().round(1), tf.reduce_sum(floats).numpy())
# -> 94.5 296376.0
# --8<-- [end:answer-mean]


# --8<-- [start:answer-dice]
def dice(n, seed):
    return tf.random.stateless_uniform((n,), (seed, 0), 1, 7, tf.int32)


for seed in (1, 1, 2):
    print(dice(10, seed).numpy())
# -> [4 5 5 3 2 5 3 3 3 5]
# -> [4 5 5 3 2 5 3 3 3 5]
# -> [4 6 2 4 5 6 1 2 3 3]
print(tf.math.bincount(dice(6000, 1))[1:].numpy())  # how often 1, 2, ... 6
# -> [ 999  996 1014 1004 1010  977]
# --8<-- [end:answer-dice]
