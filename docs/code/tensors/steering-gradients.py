# The code of the lesson tensors/steering-gradients.


# --8<-- [start:whole]
import tensorflow as tf


def g(x):
    return 1.5 * x**2  # at 3: value 13.5, slope 3x = 9


x = tf.Variable(3.0)
with tf.GradientTape() as tape:
    z = x + g(x)
print(z.numpy(), tape.gradient(z, x).numpy())
# -> 16.5 10.0
# --8<-- [end:whole]

# --8<-- [start:stop-recording]
with tf.GradientTape() as tape:
    with tape.stop_recording():
        y = g(x)
    z = x + y
print(z.numpy(), tape.gradient(z, x).numpy())
# -> 16.5 1.0
# --8<-- [end:stop-recording]

# --8<-- [start:assign]
v = tf.Variable(0.0)
with tf.GradientTape() as tape:
    v.assign(g(x))
    z = x + v
dz_dx, dz_dv = tape.gradient(z, [x, v])
print(z.numpy(), dz_dx.numpy(), dz_dv.numpy())
# -> 16.5 1.0 1.0
# --8<-- [end:assign]

# --8<-- [start:stop-gradient]
with tf.GradientTape() as tape:
    z = x + tf.stop_gradient(g(x))
print(z.numpy(), tape.gradient(z, x).numpy())
# -> 16.5 1.0
# --8<-- [end:stop-gradient]

# --8<-- [start:draw-graph]
import matplotlib.pyplot as plt


def draw_graph(panel, title, places, slopes, cut=None):
    for name, (left, up) in places.items():
        frame = {"boxstyle": "circle", "fc": "white", "ec": "dimgray"}
        panel.text(left, up, f"${name}$", fontsize=15, bbox=frame)
    for edge, slope in slopes.items():
        (x0, y0), (x1, y1) = (places[name] for name in edge)
        way = {"arrowstyle": "-|>", "shrinkA": 15, "shrinkB": 15, "lw": 1.8}
        way["color"] = "C1" if edge == cut else "C0"
        way["linestyle"] = "--" if edge == cut else "-"
        panel.annotate("", (x1, y1), (x0, y0), arrowprops=way)
        middle = (x0 + x1) / 2, (y0 + y1) / 2
        if edge == cut:
            panel.plot(*middle, "x", color="C1", ms=14, mew=3.5)
        else:  # on a patch of paper, so that the arrow stays behind it
            paper = {"boxstyle": "round,pad=0.15", "fc": "white", "lw": 0}
            panel.text(*middle, str(slope), fontsize=13, bbox=paper)
    plt.setp(panel.texts, ha="center", va="center")
    panel.set(title=title, xlim=(-0.4, 3.4), ylim=(-0.4, 1.3))
    panel.axis("off")


# --8<-- [end:draw-graph]

# --8<-- [start:cuts]
short = {"x": (0, 0), "g": (1.5, 1), "z": (3, 0)}
long = {"x": (0, 0), "g": (0.75, 1), "v": (2.25, 1), "z": (3, 0)}
slopes = {"xg": 9, "gz": 1, "xz": 1}  # of each arrow's end along its start
with_v = {"xg": 9, "gv": 1, "vz": 1, "xz": 1}

figure, panels = plt.subplots(2, 2, figsize=(7.2, 4.8))
full, paused, written, stopped = panels.flat
draw_graph(full, "nothing cut: dz/dx = 1 + 9·1", short, slopes)
draw_graph(paused, "stop_recording: dz/dx = 1", short, slopes, cut="xg")
draw_graph(written, "assign: dz/dx = 1", long, with_v, cut="gv")
draw_graph(stopped, "stop_gradient: dz/dx = 1", short, slopes, cut="gz")
figure.suptitle("dz/dx adds up the ways that are left", weight="bold")
plt.show()
# --8<-- [end:cuts]


# --8<-- [start:difference]
def cut(x):
    return x + tf.stop_gradient(g(x))


print((cut(3.5) - cut(2.5)).numpy())  # rise over a width of 1 around 3
# -> 10.0
# --8<-- [end:difference]

# --8<-- [start:two-tapes]
with tf.GradientTape() as one, tf.GradientTape() as other:
    with other.stop_recording():
        y = g(x)
    z = x + y
print(one.gradient(z, x).numpy(), other.gradient(z, x).numpy())
# -> 10.0 1.0

with tf.GradientTape() as one, tf.GradientTape() as other:
    z = x + tf.stop_gradient(g(x))
print(one.gradient(z, x).numpy(), other.gradient(z, x).numpy())
# -> 1.0 1.0
# --8<-- [end:two-tapes]

# --8<-- [start:reset]
with tf.GradientTape() as tape:
    first = x**2
    tape.reset()
    z = first + 3 * x
print(z.numpy(), tape.gradient(z, x).numpy())
# -> 18.0 3.0
# --8<-- [end:reset]

# --8<-- [start:choose]
w, b = tf.Variable(2.0), tf.Variable(1.0)
with tf.GradientTape(watch_accessed_variables=False) as tape:
    tape.watch(w)
    y = 4 * w + b
print(tape.gradient(y, {"w": w, "b": b}))
# -> {'w': <tf.Tensor: shape=(), dtype=float32, numpy=4.0>, 'b': None}
# --8<-- [end:choose]


# --8<-- [start:custom]
@tf.custom_gradient
def reverse(x):
    return x, lambda upstream: -upstream


@tf.custom_gradient
def clip(x):
    return x, lambda upstream: tf.clip_by_value(upstream, -1.0, 1.0)


for steer in (tf.identity, reverse, clip):
    with tf.GradientTape() as tape:
        z = steer(x) ** 2
    print(z.numpy(), tape.gradient(z, x).numpy())
# -> 9.0 6.0
# -> 9.0 -6.0
# -> 9.0 1.0
# --8<-- [end:custom]

# --8<-- [start:custom-slopes]
points = tf.linspace(-2.0, 2.0, 81)
lines = {"unchanged": tf.identity, "reversed": reverse, "clipped": clip}
for look, (name, steer) in zip(("-", "--", "-."), lines.items(), strict=True):
    with tf.GradientTape() as tape:
        tape.watch(points)
        z = steer(points) ** 2  # (81,): the same for all three
    plt.plot(points, tape.gradient(z, points), look, label=name)
plt.xlabel("x")
plt.ylabel("dz/dx, as the tape has it")
plt.title("One function $z = x^2$, three answers of the tape")
plt.legend()
plt.show()
# --8<-- [end:custom-slopes]

# --8<-- [start:reset-constant]
c = tf.constant(3.0)
with tf.GradientTape() as tape:
    tape.watch(c)
    tape.reset()
    z = 3 * c
print(tape.gradient(z, c))
# -> None

with tf.GradientTape(watch_accessed_variables=False) as tape:
    tape.watch(x)
    tape.reset()
    z = 3 * x
print(tape.gradient(z, x))
# -> None
# --8<-- [end:reset-constant]

# --8<-- [start:identity]
s = tf.identity(x)  # made before the tape starts
with tf.GradientTape() as tape:
    tape.watch(s)
    z = x + g(s)
dz_dx, dz_ds = tape.gradient(z, [x, s])
print(dz_dx.numpy(), dz_ds.numpy())
# -> 1.0 9.0

with tf.GradientTape() as tape:
    s = tf.identity(x)  # made while the tape records
    z = x + g(s)
dz_dx, dz_ds = tape.gradient(z, [x, s])
print(dz_dx.numpy(), dz_ds.numpy())
# -> 10.0 9.0
# --8<-- [end:identity]

# --8<-- [start:two-nodes]
places = {"x": (0, 0), "s": (0, 1), "g": (1.5, 1), "z": (3, 0)}
slopes = {"xs": 1, "sg": 9, "gz": 1, "xz": 1}

figure, panels = plt.subplots(1, 2, figsize=(7.2, 2.9))
title = "s made before the tape:\ndz/dx = 1, dz/ds = 9"
draw_graph(panels[0], title, places, slopes, cut="xs")
title = "s made under the tape:\ndz/dx = 10, dz/ds = 9"
draw_graph(panels[1], title, places, slopes)
plt.show()
# --8<-- [end:two-nodes]

# --8<-- [start:signs]
a, b = tf.Variable(5.0), tf.Variable(2.0)
with tf.GradientTape(persistent=True) as tape:
    copied, added, subtracted = tf.identity(b), a + b, a - b
for z in (copied, added, subtracted):
    print(tape.gradient(z, b).numpy())
# -> 1.0
# -> 1.0
# -> -1.0
# --8<-- [end:signs]

# --8<-- [start:second]
from tfnotes.errors import printed_errors

with tf.GradientTape() as tape:
    y = x**3
slope = tape.gradient(y, x)
with printed_errors():
    tape.gradient(slope, x)
# -> RuntimeError: A non-persistent GradientTape can only be used to compute one
#    set of gradients (or jacobians)

with tf.GradientTape(persistent=True) as tape:
    y = x**3
slope = tape.gradient(y, x)
print(tape.gradient(slope, x))
# -> None
# --8<-- [end:second]

# --8<-- [start:nested]
with tf.GradientTape() as outer:
    with tf.GradientTape() as inner:
        y = x**3
    slope = inner.gradient(y, x)
print(slope.numpy(), outer.gradient(slope, x).numpy())  # 3 x^2 and 6 x
# -> 27.0 18.0
# --8<-- [end:nested]

# --8<-- [start:answer-other]
with tf.GradientTape() as tape:
    z = tf.stop_gradient(x) + g(x)
print(z.numpy(), tape.gradient(z, x).numpy())
# -> 16.5 9.0
# --8<-- [end:answer-other]

# --8<-- [start:answer-product]
with tf.GradientTape() as tape:
    z = x * tf.stop_gradient(x)
print(z.numpy(), tape.gradient(z, x).numpy())
# -> 9.0 3.0
# --8<-- [end:answer-product]

# --8<-- [start:answer-round]
r = tf.Variable(2.7)
with tf.GradientTape(persistent=True) as tape:
    rounded = tf.round(r)
    through = r + tf.stop_gradient(tf.round(r) - r)
print(rounded.numpy(), tape.gradient(rounded, r))
# -> 3.0 None
print(through.numpy(), tape.gradient(through, r).numpy())
# -> 3.0 1.0
# --8<-- [end:answer-round]
