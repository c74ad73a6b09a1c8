# The code of the lesson tensors/gradient-tape: its pages show it by section.

# --8<-- [start:first-gradient]
import tensorflow as tf

x = tf.range(4.0)  # (4,): 0, 1, 2, 3
with tf.GradientTape() as tape:
    tape.watch(x)
    y = 2 * tf.tensordot(x, x, axes=1)  # (): twice the sum of the squares
print(y.numpy())
# -> 28.0
print(tape.gradient(y, x).numpy())  # (4,): one slope for each element of x
# -> [ 0.  4.  8. 12.]
# --8<-- [end:first-gradient]

# --8<-- [start:variables]
w = tf.Variable(3.0)
frozen = tf.Variable(5.0, trainable=False)
with tf.GradientTape() as tape:
    loss = w**2 * frozen
print(tape.gradient(loss, {"w": w, "frozen": frozen}))
# -> {'w': <tf.Tensor: shape=(), dtype=float32, numpy=30.0>, 'frozen': None}
# --8<-- [end:variables]

# --8<-- [start:unwatched]
c = tf.constant(3.0)
with tf.GradientTape() as tape:
    y = c**2
print(tape.gradient(y, c))
# -> None
# --8<-- [end:unwatched]

# --8<-- [start:persistent]
x = tf.constant(3.0)
with tf.GradientTape(persistent=True) as tape:
    tape.watch(x)
    y = x * x
    z = y * y
print(tape.gradient(z, x).numpy())  # dz/dx = 4 x^3
# -> 108.0
print(tape.gradient(y, x).numpy())  # dy/dx = 2 x
# -> 6.0
del tape  # a persistent tape keeps every intermediate result until it goes
# --8<-- [end:persistent]

# --8<-- [start:second-order]
x = tf.Variable(3.0)
with tf.GradientTape() as outer:
    with tf.GradientTape() as inner:
        y = x**3
    slope = inner.gradient(y, x)  # computed where the outer tape records it
curvature = outer.gradient(slope, x)
print(slope.numpy(), curvature.numpy())  # 3 x^2 and 6 x
# -> 27.0 18.0
# --8<-- [end:second-order]

# --8<-- [start:jacobian]
x = tf.constant([1.0, 2.0, 3.0])
with tf.GradientTape(persistent=True) as tape:
    tape.watch(x)
    y = x**2 + tf.reduce_sum(x)  # (3,): every y depends on every x
print(tape.gradient(y, x).numpy())  # (3,): slopes of y[0] + y[1] + y[2]
# -> [5. 7. 9.]
print(tape.jacobian(y, x).numpy())  # (3, 3): row i holds the slopes of y[i]
# -> [[3. 1. 1.]
# ->  [1. 5. 1.]
# ->  [1. 1. 7.]]
# --8<-- [end:jacobian]

# --8<-- [start:curve]
import matplotlib.pyplot as plt

x = tf.linspace(-2.4, 2.4, 97)
with tf.GradientTape() as tape:
    tape.watch(x)
    y = x**3 - 3 * x
slope = tape.gradient(y, x)  # y[i] depends on x[i] alone: these are the slopes

plt.plot(x, x, label="$x$", color="dimgray", linewidth=1)
plt.plot(x, y, label="$y = x^3 - 3x$")
plt.plot(x, slope, label="dy/dx, from the tape", linestyle="--")
for turn in (-1.0, 1.0):
    plt.axvline(turn, color="gray", linewidth=1, linestyle=":")
plt.xlabel("x")
plt.title("y turns where its slope is 0")
plt.legend()
plt.show()
# --8<-- [end:curve]

# --8<-- [start:integer]
from tfnotes.errors import printed_errors

x = tf.constant(3)  # the notes write 3, not 3.0: an integer
with printed_errors(), tf.GradientTape() as tape:
    tape.watch(x)
    y = x * x
# -> WARNING: The dtype of the watched tensor must be floating (e.g.
#    tf.float32), got tf.int32
print(tape.gradient(y, x))
# -> None
# --8<-- [end:integer]

# --8<-- [start:asked-twice]
x = tf.Variable(3.0)
with tf.GradientTape() as tape:
    y = x * x
    z = y * y
print(tape.gradient(z, x).numpy())
# -> 108.0
with printed_errors():
    tape.gradient(y, x)
# -> RuntimeError: A non-persistent GradientTape can only be used to compute one
#    set of gradients (or jacobians)
# --8<-- [end:asked-twice]

# --8<-- [start:answer-partial]
x, y = tf.Variable(2.0), tf.Variable(1.0)
with tf.GradientTape() as tape:
    z = x**2 * y + y**3
dz_dx, dz_dy = tape.gradient(z, [x, y])  # one question, two answers
print(dz_dx.numpy(), dz_dy.numpy())  # 2xy and x^2 + 3y^2
# -> 4.0 7.0
# --8<-- [end:answer-partial]

# --8<-- [start:answer-third]
x = tf.Variable(2.0)
with tf.GradientTape() as first:
    with tf.GradientTape() as second:
        with tf.GradientTape() as third:
            y = x**4
        slope = third.gradient(y, x)
    curvature = second.gradient(slope, x)
print(first.gradient(curvature, x).numpy())  # 24 x
# -> 48.0
# --8<-- [end:answer-third]


# --8<-- [start:answer-derivative]
def derivative(f):
    def df(x):
        x = tf.convert_to_tensor(x, tf.float32)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = f(x)
        return tape.gradient(y, x)

    return df


print(
    derivative(tf.sin)(0.0).numpy(), derivative(derivative(tf.sin))(0.5).numpy()
)
# -> 1.0 -0.47942555
# --8<-- [end:answer-derivative]
