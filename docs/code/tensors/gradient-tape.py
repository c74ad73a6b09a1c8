# The code of the lesson tensors/gradient-tape: its pages show it by section.

# --8<-- [start:first-gradient]
import tensorflow as tf

x = tf.range(4.0)  # (4,): 0, 1, 2, 3
with tf.GradientTape() as tape:
    tape.watch(x)
    y = 2 * tf.tensordot(x, x, axes=1)  # (): twice the sum of the squares
print(y.numpy())
# -> 28.0
print(tape.gradient(y, x).numpy())  # (4,): one derivative per element of x
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

# --8<-- [start:descent]
LEARNING_RATE = 0.25
STEPS = 3
w = tf.Variable(3.0)
for _ in range(STEPS):
    with tf.GradientTape() as tape:
        loss = (w - 1) ** 2  # smallest at w = 1
    gradient = tape.gradient(loss, w)
    w.assign_sub(LEARNING_RATE * gradient)  # a step against the gradient
    print("loss", loss.numpy(), "gradient", gradient.numpy(), "w", w.numpy())
# -> loss 4.0 gradient 4.0 w 2.0
# -> loss 1.0 gradient 2.0 w 1.5
# -> loss 0.25 gradient 1.0 w 1.25
# --8<-- [end:descent]

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
del tape  # frees the intermediate results that a persistent tape keeps
# --8<-- [end:persistent]

# --8<-- [start:second-order]
x = tf.Variable(3.0)
with tf.GradientTape() as outer:
    with tf.GradientTape() as inner:
        y = x**3
    dy_dx = inner.gradient(y, x)  # inside the outer tape, which records it
d2y_dx2 = outer.gradient(dy_dx, x)
print(dy_dx.numpy(), d2y_dx2.numpy())  # 3 x^2 and 6 x
# -> 27.0 18.0
# --8<-- [end:second-order]

# --8<-- [start:jacobian]
x = tf.constant([1.0, 2.0, 3.0])
with tf.GradientTape(persistent=True) as tape:
    tape.watch(x)
    y = x**2 + tf.reduce_sum(x)  # (3,): every y depends on every x
print(tape.gradient(y, x).numpy())  # (3,): gradient of y[0] + y[1] + y[2]
# -> [5. 7. 9.]
print(tape.jacobian(y, x).numpy())  # (3, 3): row i is the gradient of y[i]
# -> [[3. 1. 1.]
# ->  [1. 5. 1.]
# ->  [1. 1. 7.]]
# --8<-- [end:jacobian]

# --8<-- [start:curve-values]
x = tf.linspace(-2.25, 2.25, 73)
with tf.GradientTape() as tape:
    tape.watch(x)
    y = x**3 - 3 * x  # (73,): y[i] depends on x[i] alone
dy_dx = tape.gradient(y, x)  # (73,): the derivative at each x
for i in (20, 36, 52):
    print(f"x = {x[i]:4}: y = {y[i]:4}, dy/dx = {dy_dx[i]:4}")
# -> x = -1.0: y =  2.0, dy/dx =  0.0
# -> x =  0.0: y =  0.0, dy/dx = -3.0
# -> x =  1.0: y = -2.0, dy/dx =  0.0
# --8<-- [end:curve-values]

# --8<-- [start:curve]
import matplotlib.pyplot as plt

plt.axhline(0, color="gray", linewidth=1)
plt.plot(x, y, label="$y = x^3 - 3x$")
plt.plot(x, dy_dx, "--", label="derivative dy/dx")
for zero in (-1.0, 1.0):
    plt.axvline(zero, color="gray", linewidth=1, linestyle=":")
plt.xlabel("x")
plt.title("y turns where its derivative is 0")
plt.legend(loc="upper center")
plt.show()
# --8<-- [end:curve]

# --8<-- [start:unwatched]
c = tf.constant(3.0)
with tf.GradientTape() as tape:
    y = c**2
print(y.numpy(), tape.gradient(y, c))
# -> 9.0 None
# --8<-- [end:unwatched]

# --8<-- [start:numpy]
import numpy as np

x = tf.Variable([1.0, 2.0])
with tf.GradientTape() as tape:
    y = tf.reduce_sum(np.square(x))  # NumPy computes the squares, unrecorded
print(y.numpy(), tape.gradient(y, x))
# -> 5.0 None
# --8<-- [end:numpy]

# --8<-- [start:overwritten]
w = tf.Variable(1.0)
for _ in range(2):
    with tf.GradientTape() as tape:
        loss = w**2
    print(f"loss {loss}, variable: {isinstance(w, tf.Variable)}", end=", ")
    print("gradient:", tape.gradient(loss, w))
    w = w - 0.5  # the name w now refers to a tensor
# -> loss 1.0, variable: True, gradient: tf.Tensor(2.0, shape=(), dtype=float32)
# -> loss 0.25, variable: False, gradient: None
# --8<-- [end:overwritten]

# --8<-- [start:unconnected]
used, unused = tf.Variable(2.0), tf.Variable(tf.zeros(2))
with tf.GradientTape() as tape:
    loss = used**2
gradients = tape.gradient(
    loss,
    [used, unused],
    unconnected_gradients=tf.UnconnectedGradients.ZERO,
)
for gradient in gradients:
    print(gradient.numpy())
# -> 4.0
# -> [0. 0.]
# --8<-- [end:unconnected]

# --8<-- [start:integer]
from tfnotes.errors import printed_errors

x = tf.constant(3)  # int32
with printed_errors(), tf.GradientTape() as tape:
    tape.watch(x)
    y = x * x
# -> WARNING: The dtype of the watched tensor must be floating (e.g.
#    tf.float32), got tf.int32
print(y.numpy(), tape.gradient(y, x))
# -> 9 None
# --8<-- [end:integer]

# --8<-- [start:second-call]
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
# --8<-- [end:second-call]

# --8<-- [start:answer-partial]
x, y = tf.Variable(2.0), tf.Variable(1.0)
with tf.GradientTape() as tape:
    z = x**2 * y + y**3
dz_dx, dz_dy = tape.gradient(z, [x, y])  # one call for both sources
print(dz_dx.numpy(), dz_dy.numpy())  # 2 x y and x^2 + 3 y^2
# -> 4.0 7.0
# --8<-- [end:answer-partial]

# --8<-- [start:answer-third]
x = tf.Variable(2.0)
with tf.GradientTape() as first:
    with tf.GradientTape() as second:
        with tf.GradientTape() as third:
            y = x**4
        dy_dx = third.gradient(y, x)
    d2y_dx2 = second.gradient(dy_dx, x)
print(first.gradient(d2y_dx2, x).numpy())  # 24 x
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


cosine = derivative(tf.sin)
minus_sine = derivative(derivative(tf.sin))
print(f"{cosine(0):.4f} {minus_sine(0.5):.4f} {-tf.sin(0.5):.4f}")
# -> 1.0000 -0.4794 -0.4794
# --8<-- [end:answer-derivative]
