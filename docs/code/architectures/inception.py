# The code of the lesson architectures/inception.

# --8<-- [start:block]
import keras

from tfnotes.models import inception_block

keras.utils.clear_session()  # names count from the start again
inputs = keras.Input((28, 28, 192), name="maps")
outputs = inception_block(inputs, 64, (96, 128), (16, 32), 32)
block = keras.Model(inputs, outputs, name="inception_3a")
for path in block.layers[-1].input:
    print(path.shape[1:])
# -> (28, 28, 64)
# -> (28, 28, 128)
# -> (28, 28, 32)
# -> (28, 28, 32)
print("joined:", outputs.shape[1:], 64 + 128 + 32 + 32)
# -> joined: (28, 28, 256) 256
# --8<-- [end:block]

# --8<-- [start:diagram]
import matplotlib.pyplot as plt

from tfnotes.diagrams import model_diagram


def with_size_as_name(layer):
    config = layer.get_config()
    if isinstance(layer, keras.layers.Conv2D):
        height, width = layer.kernel_size
        config["name"] = f"{height}x{width}_to_{layer.filters}"
    return type(layer).from_config(config)


model_diagram(keras.models.clone_model(block, clone_function=with_size_as_name))
plt.show()
# --8<-- [end:diagram]

# --8<-- [start:naive]
layers = keras.layers


def naive_block(x, n_1x1, n_3x3, n_5x5, _):
    same = {"padding": "same", "activation": "relu"}
    paths = [
        layers.Conv2D(n_1x1, 1, **same)(x),
        layers.Conv2D(n_3x3[1], 3, **same)(x),  # n_3x3[0] is not used
        layers.Conv2D(n_5x5[1], 5, **same)(x),
        layers.MaxPooling2D(3, strides=1, padding="same")(x),
    ]
    return layers.Concatenate()(paths)


# --8<-- [end:naive]

# --8<-- [start:reductions]
from tfnotes.costs import layer_costs
from tfnotes.models.inception import STAGES

for build in (inception_block, naive_block):
    maps = keras.Input((28, 28, 192))
    with keras.StatelessScope(initialize_variables=False):  # no numbers needed
        for name, n_filters in zip(("3a", "3b"), STAGES[0], strict=True):
            module_input = keras.Input(maps.shape[1:])
            maps = build(module_input, *n_filters)
            costs = layer_costs(keras.Model(module_input, maps))
            millions = sum(cost.multiply_adds for cost in costs) / 1e6
            channels = f"{module_input.shape[-1]} -> {maps.shape[-1]} channels"
            print(f"{build.__name__} {name}: {channels}, {millions:.0f} M")
# -> inception_block 3a: 192 -> 256 channels, 128 M
# -> inception_block 3b: 256 -> 480 channels, 304 M
# -> naive_block 3a: 192 -> 416 channels, 303 M
# -> naive_block 3b: 416 -> 832 channels, 1388 M
# --8<-- [end:reductions]

# --8<-- [start:table-1]
PAPER = {  # output size, parameters in K, multiply-adds in M
    "conv 7x7": ((112, 112, 64), 2.7, 34),
    "conv 3x3": ((56, 56, 192), 112, 360),
    "3a": ((28, 28, 256), 159, 128),
    "3b": ((28, 28, 480), 380, 304),
    "4a": ((14, 14, 512), 364, 73),
    "4b": ((14, 14, 512), 437, 88),
    "4c": ((14, 14, 512), 463, 100),
    "4d": ((14, 14, 528), 580, 119),
    "4e": ((14, 14, 832), 840, 170),
    "5a": ((7, 7, 832), 1072, 54),
    "5b": ((7, 7, 1024), 1388, 71),
    "linear": ((1000,), 1000, 1),
}
# --8<-- [end:table-1]

# --8<-- [start:modules]
from tfnotes.models import googlenet

keras.utils.clear_session()
with keras.StatelessScope(initialize_variables=False):
    big = googlenet((224, 224, 3), n_outputs=1000)


def module(layer_name):
    if layer_name == "logits":
        return "linear"
    number = int(layer_name.removeprefix("conv2d").strip("_") or 0)
    if number < 3:
        return "conv 3x3" if number else "conv 7x7"
    return list(PAPER)[(number + 9) // 6]  # six convolutions in each module


costs = layer_costs(big, group=module)
print([cost.name for cost in costs] == list(PAPER), f"{big.count_params():,}")
# -> True 6,998,552
# --8<-- [end:modules]

# --8<-- [start:output-sizes]
joined = [at for at in big.layers if isinstance(at, layers.Concatenate)]
ends = [big.get_layer("conv2d"), big.get_layer("conv2d_1"), *joined]
ends.append(big.get_layer("logits"))
same_size = [
    end.output.shape[1:] == size
    for end, (size, _, _) in zip(ends, PAPER.values(), strict=True)
]
print("output sizes as in the paper:", all(same_size))
# -> output sizes as in the paper: True
# --8<-- [end:output-sizes]

# --8<-- [start:beside]
print("          K, paper   ours | M, paper   ours")
# ->           K, paper   ours | M, paper   ours
for cost in costs:
    _, kilo, mega = PAPER[cost.name]
    ours = f"{cost.parameters / 1024:6.1f}"  # 1 K of the paper is 1024
    adds = f"{cost.multiply_adds / 1e6:6.1f}"
    print(f"{cost.name:9} {kilo:8} {ours} | {mega:8} {adds}")
# -> conv 7x7       2.7    9.2 |       34  118.0
# -> conv 3x3       112  112.2 |      360  359.7
# -> 3a             159  159.9 |      128  128.0
# -> 3b             380  379.6 |      304  304.3
# -> 4a             364  367.4 |       73   73.6
# -> 4b             437  438.6 |       88   87.9
# -> 4c             463  498.1 |      100   99.9
# -> 4d             580  591.2 |      119  118.5
# -> 4e             840  848.0 |      170  170.0
# -> 5a            1072 1019.0 |       54   51.1
# -> 5b            1388 1410.2 |       71   70.7
# -> linear        1000 1001.0 |        1    1.0
# --8<-- [end:beside]

# --8<-- [start:totals]
_, kilo, mega = zip(*PAPER.values(), strict=True)
parameters = sum(cost.parameters for cost in costs)
adds = sum(cost.multiply_adds for cost in costs)
print(f"paper {sum(kilo) * 1024 / 1e6:.2f} M, ours {parameters / 1e6:.2f} M")
# -> paper 6.96 M, ours 7.00 M
print(f"paper {sum(mega)} M, ours {adds / 1e6:.0f} M")
# -> paper 1502 M, ours 1583 M
# --8<-- [end:totals]

# --8<-- [start:cost]
from tfnotes.costs import cost_bars

cost_bars(costs).suptitle("GoogLeNet: late modules hold, early layers multiply")
plt.show()
# --8<-- [end:cost]

# --8<-- [start:small]
from functools import partial

conv = partial(layers.Conv2D, kernel_size=3, padding="same", activation="relu")


def inception_net():
    inputs = keras.Input((28, 28, 1))
    x = layers.MaxPooling2D(2)(conv(16, strides=2)(inputs))  # (7, 7, 16)
    x = inception_block(x, 8, (8, 16), (4, 8), 8)  # (7, 7, 40)
    x = inception_block(x, 16, (16, 32), (8, 16), 16)  # (7, 7, 80)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(10)(x))


def plain_net():
    inputs = keras.Input((28, 28, 1))
    x = layers.MaxPooling2D(2)(conv(16, strides=2)(inputs))
    x = layers.GlobalAveragePooling2D()(conv(66)(conv(17)(x)))
    return keras.Model(inputs, layers.Dense(10)(x))


# --8<-- [end:small]

# --8<-- [start:same-cost]
for build in (inception_net, plain_net):
    costs = layer_costs(build())
    adds = sum(cost.multiply_adds for cost in costs)
    parameters = sum(cost.parameters for cost in costs)
    print(f"{build.__name__:13} {parameters:,} parameters, {adds:,}")
# -> inception_net 13,574 parameters, 638,976
# -> plain_net     13,459 parameters, 643,638
# --8<-- [end:same-cost]

# --8<-- [start:train]
from tfnotes.data import load

(x, y), _ = load("fashion_mnist_6k")
x = x[..., None].astype("float32") / 255  # (5000, 28, 28, 1)
held_out = (x[4000:], y[4000:])


def curves(build, seeds=(0, 1, 2), epochs=6):
    model = build()
    adam = keras.optimizers.Adam(0.005)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(adam, loss, metrics=["accuracy"], steps_per_execution=20)
    adam.build(model.trainable_variables)
    blank = [variable.numpy() for variable in adam.variables]
    for seed in seeds:
        keras.utils.set_random_seed(seed)
        model.set_weights(build().get_weights())
        for variable, value in zip(adam.variables, blank, strict=True):
            variable.assign(value)  # or Adam goes on where it was
        run = {"batch_size": 50, "epochs": epochs, "verbose": 0}
        history = model.fit(x[:2000], y[:2000], validation_data=held_out, **run)
        yield history.history["val_accuracy"]


# --8<-- [end:train]

# --8<-- [start:run]
runs = {build: list(curves(build)) for build in (inception_net, plain_net)}
for build, lines in runs.items():
    print(f"{build.__name__:13}", *(f"{line[-1]:.2f}" for line in lines))
# -> inception_net 0.69 0.68 0.71
# -> plain_net     0.70 0.68 0.69
# --8<-- [end:run]

# --8<-- [start:learning]
looks = (("C0", "-", "o"), ("C1", "--", "s"))
for (build, lines), (color, style, marker) in zip(
    runs.items(), looks, strict=True
):
    for seed, line in enumerate(lines):
        label = build.__name__ if seed == 0 else None
        plt.plot(range(1, 7), line, style, c=color, marker=marker, label=label)
plt.xticks(range(1, 7))
plt.xlabel("epochs (40 steps each)")
plt.ylabel("accuracy, 1,000 held-out pictures")
plt.title("At equal cost the two networks end alike (3 seeds each)")
plt.legend()
plt.show()
# --8<-- [end:learning]

# --8<-- [start:kernel-size]
from tfnotes.errors import printed_errors

with printed_errors():
    layers.Conv2D(64, kernel_size=(1, 11, 1))
# -> ValueError: The `kernel_size` argument must be a tuple of 2 integers.
#    Received kernel_size=(1, 11, 1)
kernel = layers.Conv2D(64, kernel_size=(1, 1))
kernel.build((None, 28, 28, 192))
print(kernel.kernel.shape)
# -> (1, 1, 192, 64)
# --8<-- [end:kernel-size]

# --8<-- [start:sizes]
maps = keras.Input((28, 28, 192))
with printed_errors():
    layers.Concatenate()([layers.Conv2D(8, size)(maps) for size in (1, 3, 5)])
# -> ValueError: A `Concatenate` layer requires inputs with matching shapes
#    except for the concatenation axis. Received: input_shape=[(None, 28, 28,
#    8), (None, 26, 26, 8), (None, 24, 24, 8)]
paths = [layers.Conv2D(8, size, padding="same")(maps) for size in (1, 3, 5)]
print(layers.Concatenate()(paths).shape)
# -> (None, 28, 28, 24)
# --8<-- [end:sizes]

# --8<-- [start:answer-separable]
first = layers.SeparableConv2D(
    64, 7, strides=2, padding="same", depth_multiplier=8, use_bias=False
)
first.build((None, 224, 224, 3))
print(f"{first.count_params():,}", 7 * 7 * 3 * 8 + 3 * 8 * 64)
# -> 2,712 2712
print(f"{first.count_params() * 112 * 112:,} multiply-adds, if used everywhere")
# -> 34,019,328 multiply-adds, if used everywhere
# --8<-- [end:answer-separable]

# --8<-- [start:answer-small-pictures]
with keras.StatelessScope(initialize_variables=False):
    shrunk = googlenet((28, 28, 1), n_outputs=10)
joined = [at for at in shrunk.layers if isinstance(at, layers.Concatenate)]
print([at.output.shape[1:3] for at in joined])
# -> [(4, 4), (4, 4), (2, 2), (2, 2), (2, 2), (2, 2), (2, 2), (1, 1), (1, 1)]
# --8<-- [end:answer-small-pictures]
