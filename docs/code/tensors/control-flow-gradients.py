# The code of the lesson tensors/control-flow-gradients.


# --8<-- [start:function]
import tensorflow as tf


def f(a):
    b = a * 2
    while tf.norm(b) < 1000:
        b = b * 2
    if tf.reduce_sum(b) > 0:
        return b
    return 100 * b


# --8<-- [end:function]


# --8<-- [start:slopes]
def value_and_slope(a):
    with tf.GradientTape() as tape:
        tape.watch(a)
        c = f(a)
    return c, tape.gradient(c, a)


for number in (300.0, -300.0, 100.0):
    a = tf.constant(number)
    c, slope = value_and_slope(a)
    print(f"a {a:.0f}: f {c:.0f}, slope {slope:.0f}, f/a {c / a:.0f}")
# -> a 300: f 1200, slope 4, f/a 4
# -> a -300: f -120000, slope 400, f/a 400
# -> a 100: f 1600, slope 16, f/a 16
# --8<-- [end:slopes]

# --8<-- [start:factors]
import math


def factors(a):
    b, path = 2 * a, [2]  # the path: what a was multiplied by
    while abs(b) < 1000:
        b, path = 2 * b, [*path, 2]
    return path if b > 0 else [*path, 100]


for number in (300.0, -300.0, 100.0):
    path = factors(number)
    print(f"a {number:.0f}: factors {path}, product {math.prod(path)}")
# -> a 300: factors [2, 2], product 4
# -> a -300: factors [2, 2, 100], product 400
# -> a 100: factors [2, 2, 2, 2], product 16
# --8<-- [end:factors]

# --8<-- [start:paths]
import matplotlib.pyplot as plt

frame = {"boxstyle": "round,pad=0.4", "fc": "white", "ec": "dimgray"}
way = {"arrowstyle": "<|-", "color": "dimgray", "lw": 1.5}
_, panel = plt.subplots(figsize=(7.2, 3.3))
for row, number in enumerate((300, -300, 100)):
    path, value = factors(number), number
    panel.text(0, row, f"a = {number}", bbox=frame, zorder=9)
    for column, factor in enumerate(path, start=1):
        value *= factor
        text = f"f = {value}" if column == len(path) else value
        back, here = (column - 1, row), (column, row)
        box = {"bbox": frame, "zorder": 9 - column}  # its arrow stays behind
        panel.annotate(text, back, here, arrowprops=way, **box)
        panel.text(column - 0.5, row - 0.3, f"× {factor}", color="C0")
    product = " · ".join(map(str, path))
    panel.text(5, row, f"slope\n{product}\n= {math.prod(path)}")
plt.setp(panel.texts, ha="center", va="center", size=11)
panel.set(xlim=(-0.5, 5.5), ylim=(2.5, -0.6))
panel.set_title("The slope is the product along the way that was taken")
panel.axis("off")
plt.show()
# --8<-- [end:paths]

# --8<-- [start:graph]
in_graph = tf.function(value_and_slope)
for number in (300.0, -300.0, 100.0):
    _, slope = in_graph(tf.constant(number))
    print(f"a {number:.0f}: slope {slope:.0f}")
# -> a 300: slope 4
# -> a -300: slope 400
# -> a 100: slope 16

graph = in_graph.get_concrete_function(tf.constant(1.0)).graph
types = [step.type for step in graph.get_operations()]
print([name for name in types if name.endswith(("While", "If"))])
# -> ['StatelessWhile', 'StatelessIf', 'StatelessIf', 'StatelessWhile']
# --8<-- [end:graph]

# --8<-- [start:many]
import numpy as np

positive = np.linspace(62.5, 1000, 376, dtype=np.float32)
many = np.concatenate([-positive[::-1], positive])  # (752,)
pairs = [in_graph(tf.constant(a)) for a in many]
values, slopes = np.array(pairs).T  # (752,) each
print(np.unique(slopes[many > 0]))
# -> [ 2.  4.  8. 16.]
print(np.unique(slopes[many < 0]))
# -> [ 200.  400.  800. 1600.]
# --8<-- [end:many]

# --8<-- [start:pieces]
figure, panels = plt.subplots(2, 2, sharex="col", figsize=(7.2, 4.8))
for sign, (upper, lower) in zip((-1, 1), panels.T, strict=True):
    steps = np.unique(slopes[sign * many > 0])
    for slope in steps:
        a, c = many[slopes == slope], values[slopes == slope]
        far = a[np.abs(a).argmax()]
        upper.plot([0, far], [0, slope * far], ":", color="gray", lw=1.2)
        upper.plot(a, c, color="C0", lw=2.5)
        lower.plot(a, np.full_like(a, slope), color="C1", lw=2.5)
    top = np.abs(values[sign * many > 0]).max()  # of f: 200,000 and 2,000
    upper.set_yticks([0, sign * top / 2, sign * top])
    lower.set(yscale="log", ylim=(1.3, 2500), xlabel="a")
    lower.set_yticks(steps, [f"{slope:.0f}" for slope in steps])
    lower.set_xticks([sign * 250, sign * 500, sign * 1000])
    lower.minorticks_off()
    side = "a > 0" if sign > 0 else "a < 0"
    upper.set_title(f"f, {side}")
    lower.set_title(f"slope of f, {side}")
figure.suptitle("f is straight between its jumps", weight="bold", size=13)
plt.show()
# --8<-- [end:pieces]

# --8<-- [start:jump]
for a in (np.nextafter(np.float32(250), np.float32(0)), np.float32(250)):
    c, slope = value_and_slope(tf.constant(a))
    print(f"a {a:.5f}: f {c:.1f}, slope {slope:.0f}")
# -> a 249.99998: f 2000.0, slope 8
# -> a 250.00000: f 1000.0, slope 4
# --8<-- [end:jump]

# --8<-- [start:descent]
a = tf.constant(258.0)
for _ in range(5):
    c, slope = value_and_slope(a)
    print(f"a {a:.0f}: f {c:.0f}, slope {slope:.0f}")
    a = a - slope
# -> a 258: f 1032, slope 4
# -> a 254: f 1016, slope 4
# -> a 250: f 1000, slope 4
# -> a 246: f 1968, slope 8
# -> a 238: f 1904, slope 8
# --8<-- [end:descent]

# --8<-- [start:vector]
from tfnotes.errors import printed_errors


def elu_if(x):
    if x > 0:
        return x
    return tf.exp(x) - 1


x = tf.constant([-1.0, 0.0, 2.0])
with printed_errors():
    elu_if(x)
# -> ValueError: The truth value of an array with more than one element is
#    ambiguous. Use a.any() or a.all()
# --8<-- [end:vector]


# --8<-- [start:where]
def elu_where(x):
    return tf.where(x > 0, x, tf.exp(x) - 1)


with tf.GradientTape() as tape:
    tape.watch(x)
    y = elu_where(x)
print(y.numpy().round(3), tape.gradient(y, x).numpy().round(3))
# -> [-0.632  0.     2.   ] [0.368 1.    1.   ]
# --8<-- [end:where]

# --8<-- [start:equal]
for number in (0.09, -0.09):
    a = tf.constant(number)
    c, slope = value_and_slope(a)
    print(float(slope), float(c / a), bool(slope == c / a))
# -> 16384.0 16384.0 True
# -> 1638400.0 1638399.875 False
# --8<-- [end:equal]

# --8<-- [start:close]
numbers = np.arange(1, 501, dtype=np.float32) / 100  # 0.01, 0.02 ... 5.00
for sign in (1, -1):
    pairs = [in_graph(tf.constant(a)) for a in sign * numbers]
    values, slopes = np.array(pairs).T  # (500,) each
    ratios = values / (sign * numbers)
    equal, close = slopes == ratios, np.isclose(slopes, ratios)
    print(f"sign {sign:+}: {equal.sum()} equal, {close.sum()} close")
# -> sign +1: 500 equal, 500 close
# -> sign -1: 485 equal, 500 close
# --8<-- [end:close]


# --8<-- [start:limited]
def f_limited(a, limit=150):
    b, rounds = a * 2, 0
    while tf.norm(b) < 1000 and rounds < limit:
        b, rounds = b * 2, rounds + 1
    tf.debugging.assert_greater_equal(
        tf.norm(b), 1000.0, f"below 1000 after {limit} rounds"
    )
    return b if tf.reduce_sum(b) > 0 else 100 * b


tiny = np.finfo(np.float32).tiny  # 1.2e-38, the smallest normal float32
for version in (f_limited, tf.function(f_limited)):
    print(*(version(tf.constant(a)).numpy() for a in (300.0, tiny)))
# -> 1200.0 1024.0
# -> 1200.0 1024.0
with printed_errors():
    f_limited(tf.constant(0.0))
# -> InvalidArgumentError: below 1000 after 150 rounds
# --8<-- [end:limited]

# --8<-- [start:nan]
w, x = tf.Variable(1.0), tf.constant([-1.0, 2.0, 100.0])
with tf.GradientTape() as tape:
    tape.watch(x)
    y = elu_where(w * x)
dy_dx, dy_dw = tape.gradient(y, [x, w])
print(y.numpy().round(3))
# -> [ -0.632   2.    100.   ]
print(dy_dx.numpy().round(3), dy_dw.numpy())
# -> [0.368 1.      nan] nan
# --8<-- [end:nan]


# --8<-- [start:safe]
def elu_safe(x):
    return tf.where(x > 0, x, tf.exp(tf.minimum(x, 0.0)) - 1)


with tf.GradientTape() as tape:
    tape.watch(x)
    y = elu_safe(w * x)
dy_dx, dy_dw = tape.gradient(y, [x, w])
print(dy_dx.numpy().round(3), dy_dw.numpy().round(3))
# -> [0.368 1.    1.   ] 101.632
# --8<-- [end:safe]

# --8<-- [start:answer-vector]
a = tf.constant([3.0, -4.0])
c, slope = value_and_slope(a)
print(c.numpy(), slope.numpy(), (c / a).numpy())
# -> [  76800. -102400.] [25600. 25600.] [25600. 25600.]
# --8<-- [end:answer-vector]


# --8<-- [start:answer-none]
def ramp(x):
    if x > 0:
        return x**2
    return tf.constant(0.0)  # not made from x


for version in (ramp, tf.function(ramp)):
    for number in (3.0, -1.0):
        x = tf.constant(number)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = version(x)
        print(tape.gradient(y, x))
# -> tf.Tensor(6.0, shape=(), dtype=float32)
# -> None
# -> tf.Tensor(6.0, shape=(), dtype=float32)
# -> tf.Tensor(0.0, shape=(), dtype=float32)
# --8<-- [end:answer-none]


# --8<-- [start:answer-each]
def f_each(a, rounds=20):
    b = a * 2
    for _ in range(rounds):
        b = tf.where(tf.abs(b) < 1000, b * 2, b)
    return tf.where(b > 0, b, 100 * b)


a = tf.constant([300.0, -300.0, 100.0])
with tf.GradientTape() as tape:
    tape.watch(a)
    c = f_each(a)
print(c.numpy(), tape.gradient(c, a).numpy())
# -> [   1200. -120000.    1600.] [  4. 400.  16.]
# --8<-- [end:answer-each]


# --8<-- [start:answer-root]
def root(x):
    return tf.where(x > 0, tf.sqrt(x), 0.0)


def safe_root(x):
    return tf.where(x > 0, tf.sqrt(tf.where(x > 0, x, 1.0)), 0.0)


x = tf.constant([-1.0, 0.0, 4.0])
for function in (root, safe_root):
    for version in (function, tf.function(function, jit_compile=True)):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = version(x)
        print(tape.gradient(y, x).numpy())
# -> [0.   0.   0.25]
# -> [ nan  nan 0.25]
# -> [0.   0.   0.25]
# -> [0.   0.   0.25]
# --8<-- [end:answer-root]
