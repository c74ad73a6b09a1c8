# The code of the lesson tensors/operations: its pages show it by section.

# --8<-- [start:elementwise]
import tensorflow as tf

a = tf.constant([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])  # (2, 3)
b = tf.constant([[2.0, 2.0, 2.0], [1.0, 0.0, -1.0]])  # (2, 3)
print((a + b).numpy())
# -> [[3. 4. 5.]
# ->  [5. 5. 5.]]
print((a * b).numpy())
# -> [[ 2.  4.  6.]
# ->  [ 4.  0. -6.]]
print(tf.exp(b).numpy().round(3))  # e to the power of each element
# -> [[7.389 7.389 7.389]
# ->  [2.718 1.    0.368]]
# --8<-- [end:elementwise]

# --8<-- [start:masks]
celsius = tf.constant([3.0, -1.0, 4.0, -1.0, 5.0])  # (5,)
print(tf.equal(celsius, -1.0).numpy())  # what celsius == -1.0 says too
# -> [False  True False  True False]
mask = (celsius > 0) & (celsius < 5)  # (5,), bool
print(mask.numpy())
# -> [ True False  True False False]
print(celsius[mask].numpy())  # (2,): as many as the mask has True
# -> [3. 4.]
print(tf.where(mask, celsius, 0.0).numpy())  # (5,): the shape stays
# -> [3. 0. 4. 0. 0.]
print(tf.math.count_nonzero(mask).numpy(), tf.reduce_any(mask).numpy())
# -> 2 True
# --8<-- [end:masks]

# --8<-- [start:equal-shapes]
from tfnotes.errors import printed_errors

three = tf.constant([3.0, -1.0, 4.0])
print(celsius == three)  # (5,) against (3,): one answer for the whole
# -> tf.Tensor(False, shape=(), dtype=bool)
with printed_errors():
    tf.equal(celsius, three)
# -> InvalidArgumentError: Incompatible shapes: [5] vs. [3]
# --8<-- [end:equal-shapes]

# --8<-- [start:transpose]
print(tf.transpose(a).numpy())  # (3, 2)
# -> [[1. 4.]
# ->  [2. 5.]
# ->  [3. 6.]]
images = tf.zeros((10, 28, 32, 3))  # sample, height, width, channel
print(tf.transpose(images).shape)
# -> (3, 32, 28, 10)
print(tf.transpose(images, perm=[0, 3, 1, 2]).shape)
# -> (10, 3, 28, 32)
# --8<-- [end:transpose]

# --8<-- [start:matmul]
c = tf.constant([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])  # (3, 2)
print((a @ c).numpy())  # (2, 3) @ (3, 2) -> (2, 2)
# -> [[ 4.  5.]
# ->  [10. 11.]]
print((c @ a).shape)  # (3, 2) @ (2, 3) -> (3, 3)
# -> (3, 3)
print(tf.matmul(a, a, transpose_b=True).numpy())  # a times its transpose
# -> [[14. 32.]
# ->  [32. 77.]]
# --8<-- [end:matmul]

# --8<-- [start:matmul-axes]
print((tf.ones((5, 2, 3)) @ c).shape)  # five matrices, each times c
# -> (5, 2, 2)
v = tf.constant([1.0, 0.0, -1.0])  # (3,)
try:
    a @ v
except tf.errors.InvalidArgumentError as error:
    print(type(error).__name__)  # its words depend on the processor
# -> InvalidArgumentError
print(a.numpy() @ v.numpy())  # NumPy takes it
# -> [-2. -2.]
print(tf.linalg.matvec(a, v).numpy())  # (2, 3), (3,) -> (2,)
# -> [-2. -2.]
print(tf.tensordot(v, v, axes=1).numpy())  # (3,), (3,) -> ()
# -> 2.0
# --8<-- [end:matmul-axes]

# --8<-- [start:join]
row = tf.constant([[7.0, 8.0, 9.0]])  # (1, 3)
print(tf.concat([a, row], axis=0).numpy())  # (2, 3), (1, 3) -> (3, 3)
# -> [[1. 2. 3.]
# ->  [4. 5. 6.]
# ->  [7. 8. 9.]]
print(tf.concat([a, a, a, a], axis=1).shape)
# -> (2, 12)
print(tf.stack([a, a, a, a], axis=0).shape)
# -> (4, 2, 3)
print(tf.stack([a, a, a, a], axis=-1).shape)
# -> (2, 3, 4)
# --8<-- [end:join]

# --8<-- [start:reduce]
print(tf.reduce_sum(a).numpy())  # (): every axis goes
# -> 21.0
print(tf.reduce_sum(a, axis=0).numpy())  # (3,): axis 0 goes
# -> [5. 7. 9.]
print(tf.reduce_mean(a, axis=1).numpy())  # (2,): axis 1 goes
# -> [2. 5.]
print(tf.reduce_max(a, axis=1, keepdims=True).numpy())  # (2, 1)
# -> [[3.]
# ->  [6.]]
print(tf.reduce_mean(images, axis=[1, 2]).shape)  # height and width go
# -> (10, 3)
# --8<-- [end:reduce]

# --8<-- [start:boxes]
import matplotlib.pyplot as plt
import numpy as np


def draw_boxes(panel, numbers, left, top, own=(9, 9), color="C0"):
    for (i, j), number in np.ndenumerate(numbers):
        is_own = i < own[0] and j < own[1]  # the others are copies
        box = plt.Rectangle((left + j + 0.04, top + i + 0.06), 0.92, 0.88)
        box.set(facecolor=(color, 0.2 if is_own else 0.0), edgecolor=color)
        box.set(linestyle="-" if is_own else "--", linewidth=1.3)
        panel.add_patch(box)
        text = f"{number:g}".replace("nan", "?")
        middle = (left + j + 0.5, top + i + 0.5)
        panel.text(*middle, text, ha="center", va="center", size=12)


# --8<-- [end:boxes]

# --8<-- [start:axes]
_, panel = plt.subplots(figsize=(7.2, 3.6))
draw_boxes(panel, a, 0, 0)
draw_boxes(panel, tf.reduce_sum(a, axis=0)[None], 0, 3, color="C1")
draw_boxes(panel, tf.reduce_sum(a, axis=1)[:, None], 4, 0, color="C2")
arrow = {"arrowstyle": "->", "color": "dimgray", "linewidth": 1.5}
for j in range(3):
    panel.annotate("", (j + 0.5, 3), (j + 0.5, 2), arrowprops=arrow)
for i in range(2):
    panel.annotate("", (4, i + 0.5), (3, i + 0.5), arrowprops=arrow)
panel.text(-0.2, 1, "a: (2, 3)", ha="right", va="center", size=12)
panel.text(-0.2, 3.5, "axis=0: (3,)", ha="right", va="center", size=12)
panel.text(5.2, 1, "axis=1: (2,)", va="center", size=12)
panel.set(xlim=(-2.4, 7.2), ylim=(4.2, -0.2))
panel.set_title("tf.reduce_sum: the axis you name goes")
panel.axis("off")
plt.show()
# --8<-- [end:axes]

# --8<-- [start:norm]
v = tf.constant([3.0, -4.0])  # (2,)
print(tf.norm(v).numpy(), tf.norm(v, ord=1).numpy())
# -> 5.0 7.0
print(tf.norm(v, ord=np.inf).numpy())  # the largest absolute value
# -> 4.0
print(tf.norm(a, axis=1).numpy().round(3))  # (2,): one for each row
# -> [3.742 8.775]
print(tf.norm(a).numpy().round(3))  # (): of all six elements
# -> 9.539
# --8<-- [end:norm]

# --8<-- [start:broadcast]
column = tf.constant([[0.0], [10.0], [20.0]])  # (3, 1)
row = tf.constant([[1.0, 2.0]])  # (1, 2)
print((column + row).numpy())  # (3, 2)
# -> [[ 1.  2.]
# ->  [11. 12.]
# ->  [21. 22.]]
tens = tf.constant([10.0, 20.0, 30.0])  # (3,)
print((a + tens).numpy())  # (2, 3)
# -> [[11. 22. 33.]
# ->  [14. 25. 36.]]
print((tf.ones((4, 1, 3)) + tf.ones((2, 1))).shape)
# -> (4, 2, 3)
# --8<-- [end:broadcast]

# --8<-- [start:misfit]
per_row = tf.constant([10.0, 20.0])  # (2,): meant for the two rows of a
with printed_errors():
    a + per_row
# -> InvalidArgumentError: Incompatible shapes: [2,3] vs. [2]
print((a + per_row[:, tf.newaxis]).numpy())  # (2, 3) + (2, 1)
# -> [[11. 12. 13.]
# ->  [24. 25. 26.]]
# --8<-- [end:misfit]

# --8<-- [start:stretched]
unfit = np.array([[10, 20, np.nan], [10, 20, np.nan]])
rows = [  # title; each operand as stretched, and its own shape; the result
    ("(3, 1) + (1, 2)", (column, (3, 1)), (row, (1, 2)), column + row),
    ("(2, 3) + (3,)", (a, (2, 3)), (tens, (1, 3)), a + tens),
    ("(2, 3) + (2,)", (a, (2, 3)), (unfit, (1, 2)), None),
]
# --8<-- [end:stretched]

# --8<-- [start:stretch]
_, panel = plt.subplots(figsize=(7.2, 6.2))
top = 1
for title, *operands, total in rows:
    fits = total is not None
    shape = total.shape if fits else (2, 3)
    title += f" gives {tuple(shape)}" if fits else ": no, 3 meets 2"
    panel.text(0, top - 0.35, title, size=12, weight="bold")
    for (numbers, own), left in zip(operands, (0, 4), strict=True):
        draw_boxes(panel, np.broadcast_to(numbers, shape), left, top, own)
    middle = top + shape[0] / 2
    panel.text(3.5, middle, "+", ha="center", va="center", size=15)
    if fits:
        panel.text(7.5, middle, "=", ha="center", va="center", size=15)
        draw_boxes(panel, total, 8, top, color="C1")
    else:
        panel.text(
            8, middle, "nothing for\nthe third column", va="center", size=12
        )
    top += shape[0] + 1.5
panel.set(xlim=(-0.1, 11.1), ylim=(top - 1.3, -0.4))
panel.set_title("Solid: own numbers. Dashed: copies. ?: no number")
panel.axis("off")
plt.show()
# --8<-- [end:stretch]

# --8<-- [start:uses]
centred = a - tf.reduce_mean(a, axis=0)  # (2, 3) - (3,)
print(centred.numpy())
# -> [[-1.5 -1.5 -1.5]
# ->  [ 1.5  1.5  1.5]]
row_sums = tf.reduce_sum(a, axis=1, keepdims=True)  # (2, 1)
print((a / row_sums).numpy().round(3))  # (2, 3) / (2, 1)
# -> [[0.167 0.333 0.5  ]
# ->  [0.267 0.333 0.4  ]]
# --8<-- [end:uses]

# --8<-- [start:minimal-vectors]
with printed_errors():
    tf.range(3.0) + tf.range(4.0)  # two vectors
# -> InvalidArgumentError: Incompatible shapes: [3] vs. [4]
print((a + tf.range(3.0)).shape)  # a matrix and a vector
# -> (2, 3)
print((tf.ones((5, 1, 3)) + tf.ones((4, 1))).shape)  # no vector at all
# -> (5, 4, 3)
# --8<-- [end:minimal-vectors]

# --8<-- [start:same-shape]
print((a * 2).numpy())  # (2, 3) * ()
# -> [[ 2.  4.  6.]
# ->  [ 8. 10. 12.]]
print((a / tf.constant([[1.0], [2.0]])).numpy())  # (2, 3) / (2, 1)
# -> [[1.  2.  3. ]
# ->  [2.  2.5 3. ]]
with printed_errors():
    a * tf.ones((3, 2))  # six elements each, and yet no fit
# -> InvalidArgumentError: Incompatible shapes: [2,3] vs. [3,2]
# --8<-- [end:same-shape]

# --8<-- [start:integers]
n = tf.constant(range(12))  # (12,), int32
with printed_errors():
    tf.exp(n)
# -> InvalidArgumentError: Value for attr 'T' of int32 is not in the list of
#    allowed values: bfloat16, half, float, double, complex64, complex128
with printed_errors():
    tf.norm(n)
# -> InvalidArgumentError: Value for attr 'T' of int32 is not in the list of
#    allowed values: bfloat16, half, float, double, complex64, complex128
print(tf.norm(tf.cast(n, tf.float32)).numpy().round(3))
# -> 22.494
print(tf.reduce_mean(tf.constant([1, 2, 2])).numpy())  # no error, no fraction
# -> 1
print((n / 2).dtype)
# -> <dtype: 'float64'>
# --8<-- [end:integers]

# --8<-- [start:accident]
predicted, labels = tf.ones((10, 1)), tf.ones(10)
print((predicted - labels).shape)
# -> (10, 10)
square = tf.constant([[1.0, 3.0], [2.0, 6.0]])  # (2, 2): rows sum to 4 and 8
print((square / tf.reduce_sum(square, axis=1)).numpy())  # (2, 2) / (2,)
# -> [[0.25  0.375]
# ->  [0.5   0.75 ]]
print((square / tf.reduce_sum(square, axis=1, keepdims=True)).numpy())
# -> [[0.25 0.75]
# ->  [0.25 0.75]]
# --8<-- [end:accident]


# --8<-- [start:answer-rule]
def broadcast_shape(first, second):
    rank = max(len(first), len(second))
    first = (1,) * (rank - len(first)) + first  # missing axes count as 1
    second = (1,) * (rank - len(second)) + second
    pairs = list(zip(first, second, strict=True))
    if any(m != n and 1 not in (m, n) for m, n in pairs):
        return None
    return tuple(n if m == 1 else m for m, n in pairs)


def tensorflow_shape(first, second):
    try:
        return tuple((tf.ones(first) + tf.ones(second)).shape)
    except tf.errors.InvalidArgumentError:
        return None


# --8<-- [end:answer-rule]

# --8<-- [start:answer-rule-check]
from itertools import product

shapes = [
    shape for rank in range(4) for shape in product((1, 2, 3), repeat=rank)
]
pairs = list(product(shapes, repeat=2))
ours = [broadcast_shape(*pair) for pair in pairs]
print(ours == [tensorflow_shape(*pair) for pair in pairs])
# -> True
print(len(pairs), "pairs,", ours.count(None), "do not fit")
# -> 1600 pairs, 660 do not fit
# --8<-- [end:answer-rule-check]

# --8<-- [start:answer-distances]
points = tf.constant([[0.0, 0.0], [3.0, 4.0], [6.0, 8.0]])  # (3, 2)
steps = points[:, tf.newaxis] - points  # (3, 1, 2) - (3, 2) -> (3, 3, 2)
print(tf.norm(steps, axis=-1).numpy())  # (3, 3)
# -> [[ 0.  5. 10.]
# ->  [ 5.  0.  5.]
# ->  [10.  5.  0.]]
# --8<-- [end:answer-distances]


# --8<-- [start:answer-softmax]
def softmax(scores):  # (n, classes) -> (n, classes)
    scores -= tf.reduce_max(scores, axis=1, keepdims=True)  # exp stays finite
    powers = tf.exp(scores)
    return powers / tf.reduce_sum(powers, axis=1, keepdims=True)


scores = tf.constant([[1.0, 2.0, 3.0], [1000.0, 1000.0, 1001.0]])
print(softmax(scores).numpy().round(3))
# -> [[0.09  0.245 0.665]
# ->  [0.212 0.212 0.576]]
print(tf.norm(softmax(scores) - tf.nn.softmax(scores)).numpy() < 1e-6)
# -> True
print(tf.exp(1000.0).numpy())  # what the shift avoids
# -> inf
# --8<-- [end:answer-softmax]
