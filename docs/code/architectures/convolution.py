# The code of the lesson architectures/convolution.

# --8<-- [start:one-place]
import numpy as np

picture = np.array([[0, 0, 9, 9]] * 4, "float32")  # (4, 4): dark, then bright
kernel = np.array([[-1, 1], [-1, 1]], "float32")  # (2, 2): right minus left
for left in range(3):
    patch = picture[0:2, left : left + 2]
    print(f"columns {left} and {left + 1}: {(patch * kernel).sum():g}")
# -> columns 0 and 1: 0
# -> columns 1 and 2: 18
# -> columns 2 and 3: 0
# --8<-- [end:one-place]

# --8<-- [start:every-place]
from tfnotes.scratch import conv2d

images = picture[None, :, :, None]  # (1, 4, 4, 1): batch and channel axes
kernels = kernel[:, :, None, None]  # (2, 2, 1, 1): channels, filters
print(conv2d(images, kernels)[0, :, :, 0])
# -> [[ 0. 18.  0.]
# ->  [ 0. 18.  0.]
# ->  [ 0. 18.  0.]]
# --8<-- [end:every-place]

# --8<-- [start:edges]
from tfnotes.data import load

(photographs, _), _ = load("photographs")
temple = photographs[:1, 60:200, 200:400].astype("float32")  # (1, 140, 200, 3)
green = temple[..., 1:2]  # (1, 140, 200, 1): whole numbers from 0 to 255

sobel = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], "float32")
kernels = np.stack([sobel, sobel.T], axis=-1)[:, :, None]  # (3, 3, 1, 2)
edges = conv2d(green, kernels)
print(edges.shape)
# -> (1, 138, 198, 2)
# --8<-- [end:edges]

# --8<-- [start:edges-figure]
import matplotlib.pyplot as plt

shown = {
    "input": green[0, :, :, 0],
    "filter 1: left against right": abs(edges[0, :, :, 0]),
    "filter 2: above against below": abs(edges[0, :, :, 1]),
}
figure, panels = plt.subplots(1, 3, figsize=(7.2, 2.3))
for panel, (name, values) in zip(panels, shown.items(), strict=True):
    top = np.percentile(values, 99.5)  # a few values are much larger
    panel.imshow(values, "gray", vmin=0, vmax=top, interpolation="none")
    panel.set_title(name, fontsize=9.5, fontweight="normal")
    panel.axis("off")
figure.suptitle("Each filter answers to one direction of edges")
plt.show()
# --8<-- [end:edges-figure]

# --8<-- [start:against-keras]
import keras

keras.utils.set_random_seed(0)
layer = keras.layers.Conv2D(filters=2, kernel_size=3)
layer.build(green.shape)
random_kernels = layer.kernel.numpy()
layer.set_weights([kernels, np.zeros(2)])  # our two filters, no bias
print("whole numbers, equal:", np.array_equal(layer(green), edges))
# -> whole numbers, equal: True
ours = conv2d(green / 255, random_kernels)
layer.set_weights([random_kernels, np.zeros(2)])
print("fractions, close:", np.allclose(layer(green / 255), ours, atol=1e-5))
# -> fractions, close: True
# --8<-- [end:against-keras]

# --8<-- [start:channels]
layer = keras.layers.Conv2D(filters=8, kernel_size=3)
scaled = temple / 255
outputs = layer(scaled)  # the layer is built now: three channels come in
print("kernel", layer.kernel.shape, "bias", layer.bias.shape)
# -> kernel (3, 3, 3, 8) bias (8,)
print("output", outputs.shape, "parameters", layer.count_params())
# -> output (1, 138, 198, 8) parameters 224
weights = layer.kernel.numpy()
one_by_one = sum(
    conv2d(scaled[..., c : c + 1], weights[:, :, c : c + 1]) for c in range(3)
)
print("sum over channels:", np.allclose(outputs, one_by_one, atol=1e-5))
# -> sum over channels: True
# --8<-- [end:channels]


# --8<-- [start:size-formula]
def output_size(n, k, stride, padding):
    if padding == "same":
        return -(-n // stride)  # n / stride, rounded up
    return (n - k) // stride + 1


print("LeNet's first layer:", output_size(32, 5, 1, "valid"))
# -> LeNet's first layer: 28
# --8<-- [end:size-formula]

# --8<-- [start:size-check]
from itertools import product

rng = np.random.default_rng(0)
agree = []
for k, stride, padding in product(range(1, 6), range(1, 5), ("valid", "same")):
    layer = keras.layers.Conv2D(2, k, stride, padding)
    for n in range(5, 17):
        x = rng.normal(size=(1, n, n, 3)).astype("float32")
        expected = layer(x)
        ours = conv2d(x, layer.kernel.numpy(), 0.0, stride, padding)
        size = output_size(n, k, stride, padding)
        sizes = expected.shape == ours.shape == (1, size, size, 2)
        agree.append(sizes and np.allclose(expected, ours, atol=1e-4))
print(len(agree), "settings, sizes and values agree:", all(agree))
# -> 480 settings, sizes and values agree: True
# --8<-- [end:size-check]

# --8<-- [start:same]
from tfnotes.scratch import pad

ones = np.ones((1, 6, 6, 1), "float32")
for stride in (1, 2):
    padded = pad(ones, (3, 3), stride, "same")[0, :, :, 0]
    print(f"stride {stride}: {padded.shape}, a row:", padded[2].astype(int))
# -> stride 1: (8, 8), a row: [0 1 1 1 1 1 1 0]
# -> stride 2: (7, 7), a row: [1 1 1 1 1 1 0]
# --8<-- [end:same]

# --8<-- [start:row]
from matplotlib.patches import Rectangle


def draw_row(panel, stride, padding):
    zeros = pad(ones, (3, 3), stride, padding).shape[1] - 6
    before, after = zeros // 2, zeros - zeros // 2
    for i in range(-before, 6 + after):
        added = not 0 <= i < 6
        look = {"linestyle": "--"} if added else {"facecolor": "lightgray"}
        box = Rectangle((i, 0), 1, 0.8, fill=not added, ec="dimgray", **look)
        panel.add_patch(box)
        panel.text(
            i + 0.5, 0.4, "0" if added else f"$x_{i}$", ha="center", va="center"
        )
    size = output_size(6, 3, stride, padding)
    for j in range(size):
        start, y = j * stride - before, -0.35 * (j % 3 + 1)
        panel.plot([start + 0.1, start + 2.9], [y, y], "|-", c=f"C{j % 3}")
    panel.set(xlim=(-1.2, 7.2), ylim=(-1.3, 0.9))
    panel.set_title(
        f'"{padding}", stride {stride}: {size} outputs', fontsize=10
    )


# --8<-- [end:row]

# --8<-- [start:row-figure]
figure, panels = plt.subplots(2, 2, figsize=(7.2, 3.4))
settings = product(("valid", "same"), (1, 2))
for panel, (padding, stride) in zip(panels.flat, settings, strict=True):
    draw_row(panel, stride, padding)
    panel.axis("off")
figure.suptitle("Where a kernel of width 3 goes on 6 pixels")
plt.show()
# --8<-- [end:row-figure]

# --8<-- [start:pooling]
from tfnotes.scratch import average_pool, max_pool

values = np.arange(16, dtype="float32").reshape(1, 4, 4, 1)
print("largest", max_pool(values)[0, :, :, 0].tolist())
# -> largest [[5.0, 7.0], [13.0, 15.0]]
print("mean", average_pool(values)[0, :, :, 0].tolist())
# -> mean [[2.5, 4.5], [10.5, 12.5]]
layers = keras.layers
print(
    "like Keras:",
    np.array_equal(max_pool(edges), layers.MaxPooling2D(2)(edges)),
    np.allclose(average_pool(edges), layers.AveragePooling2D(2)(edges)),
)
# -> like Keras: True True
# --8<-- [end:pooling]

# --8<-- [start:shifts]
for column in (4, 5, 6):
    spot = np.zeros((1, 2, 10, 1))
    spot[0, 0, column] = 1
    print(f"bright pixel at {column}:", max_pool(spot).ravel().astype(int))
# -> bright pixel at 4: [0 0 1 0 0]
# -> bright pixel at 5: [0 0 1 0 0]
# -> bright pixel at 6: [0 0 0 1 0]
# --8<-- [end:shifts]

# --8<-- [start:sharing]
from tfnotes.costs import layer_costs

flat = keras.Sequential(
    [
        keras.Input((28, 28, 1)),
        layers.Flatten(),
        layers.Dense(24 * 24 * 6, name="dense"),
        layers.Reshape((24, 24, 6)),
    ]
)
shared = keras.Sequential(
    [keras.Input((28, 28, 1)), layers.Conv2D(6, 5, name="conv")]
)
for model in (flat, shared):
    (cost,) = layer_costs(model)
    print(f"{cost.name:5} {cost.parameters:9,} parameters", end=", ")
    print(f"{cost.multiply_adds:9,} multiply-adds to {model.output_shape[1:]}")
# -> dense 2,712,960 parameters, 2,709,504 multiply-adds to (24, 24, 6)
# -> conv        156 parameters,    86,400 multiply-adds to (24, 24, 6)
# --8<-- [end:sharing]

# --8<-- [start:whose]
layer = layers.Conv2D(8, 3, strides=2, padding="same")
config = layer.get_config()
print({name: config[name] for name in ("filters", "strides", "padding")})
# -> {'filters': 8, 'strides': (2, 2), 'padding': 'same'}
print("weights before the first call:", len(layer.weights))
# -> weights before the first call: 0
for side in (28, 64):
    print(layer(np.ones((1, side, side, 1))).shape, end=" ")
# -> (1, 14, 14, 8) (1, 32, 32, 8)
print("learned:", [tuple(weight.shape) for weight in layer.weights])
# -> learned: [(3, 3, 1, 8), (8,)]
# --8<-- [end:whose]

# --8<-- [start:whose-function]
from tfnotes.errors import printed_errors

x = np.ones((1, 28, 28, 1), "float32")
with printed_errors():
    layer(x, padding="valid")  # too late: the layer has its setting
# -> TypeError: got an unexpected keyword argument 'padding'
by_function = keras.ops.conv(x, layer.kernel, strides=2, padding="same")
print(np.allclose(by_function + layer.bias, layer(x), atol=1e-6))
# -> True
# --8<-- [end:whose-function]

# --8<-- [start:flip]
spot = np.zeros((1, 5, 5, 1), "float32")
spot[0, 2, 2] = 1
numbers = np.arange(1, 10, dtype="float32").reshape(3, 3, 1, 1)
print(keras.ops.conv(spot, numbers)[0, :, :, 0].numpy())
# -> [[9. 8. 7.]
# ->  [6. 5. 4.]
# ->  [3. 2. 1.]]
flipped = numbers[::-1, ::-1]
print(keras.ops.conv(spot, flipped)[0, :, :, 0].numpy())
# -> [[1. 2. 3.]
# ->  [4. 5. 6.]
# ->  [7. 8. 9.]]
print("NumPy:", np.convolve([0, 0, 1, 0, 0], [1, 2, 3], "valid"))
# -> NumPy: [1 2 3]
# --8<-- [end:flip]

# --8<-- [start:asymmetric]
row = np.arange(1, 7, dtype="float32").reshape(1, 1, 6, 1)
three = np.ones((1, 3, 1, 1), "float32")  # adds three neighbours
same = keras.ops.conv(row, three, strides=2, padding="same")
both_sides = layers.ZeroPadding2D((0, 1))(row)  # one zero left, one right
other = keras.ops.conv(both_sides, three, strides=2, padding="valid")
print("same:", same.numpy().ravel(), "both sides:", other.numpy().ravel())
# -> same: [ 6. 12. 11.] both sides: [ 3.  9. 15.]
# --8<-- [end:asymmetric]

# --8<-- [start:answer-sizes]
for padding in ("valid", "same"):
    layer = layers.Conv2D(64, 7, strides=2, padding=padding)
    shape = layer.compute_output_shape((None, 224, 224, 3))
    print(padding, output_size(224, 7, 2, padding), shape)
# -> valid 109 (None, 109, 109, 64)
# -> same 112 (None, 112, 112, 64)
# --8<-- [end:answer-sizes]

# --8<-- [start:answer-field]
import tensorflow as tf

two = keras.Sequential([layers.Conv2D(1, 3), layers.Conv2D(1, 3)])
x = tf.Variable(tf.ones((1, 9, 9, 1)))
with tf.GradientTape() as tape:
    middle = two(x)[0, 2, 2, 0]  # of 5 x 5 outputs
seen = tape.gradient(middle, x)[0, :, :, 0].numpy() != 0
print(seen.astype(int))
# -> [[0 0 0 0 0 0 0 0 0]
# ->  [0 0 0 0 0 0 0 0 0]
# ->  [0 0 1 1 1 1 1 0 0]
# ->  [0 0 1 1 1 1 1 0 0]
# ->  [0 0 1 1 1 1 1 0 0]
# ->  [0 0 1 1 1 1 1 0 0]
# ->  [0 0 1 1 1 1 1 0 0]
# ->  [0 0 0 0 0 0 0 0 0]
# ->  [0 0 0 0 0 0 0 0 0]]
print("parameters:", two.count_params(), "one 5 x 5:", 5 * 5 + 1)
# -> parameters: 20 one 5 x 5: 26
# --8<-- [end:answer-field]

# --8<-- [start:answer-learn]
import tfnotes

noise = rng.normal(size=(64, 12, 12, 1)).astype("float32")
targets = conv2d(noise, kernels[..., :1])  # what Sobel's filter makes of it
keras.utils.set_random_seed(0)
learner = keras.Sequential([keras.Input((12, 12, 1)), layers.Conv2D(1, 3)])
tfnotes.train(
    learner,
    noise,
    targets,
    epochs=100,
    optimizer=keras.optimizers.Adam(0.05),
    loss="mse",
    seed=0,
    jit_compile=False,
    verbose=0,
)
print(learner.layers[-1].kernel.numpy()[:, :, 0, 0].round(1) + 0.0)
# -> [[-1.  0.  1.]
# ->  [-2.  0.  2.]
# ->  [-1.  0.  1.]]
# --8<-- [end:answer-learn]
