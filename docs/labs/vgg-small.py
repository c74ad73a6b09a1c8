# ---
# minutes: 25
# hardware: CPU
# tolerance: 0.05
# time_limit: 300
# ---

# %% [markdown] lang="en"
# # Lab: a VGG that fits the data {#vgg-small}
#
# VGG was drawn for photographs of 224 × 224 pixels. This lab cuts it down to 28 × 28, counts what is left, and trains it on 4,500 pictures: once on the originals, once on copies moved at random. Then it asks what the random moves have bought, and what they cost.
#
# **What you need first:** [VGG](../architectures/vgg.md), [convolution](../architectures/convolution.md) and [input pipelines](../keras/input-pipelines.md). The lab takes about 100 seconds of processor time, most of it for the training.
#
# ## Data and split {#data}
#
# `fashion_mnist_6k` are the 6,000 pictures that ship with `tfnotes`; `"fashion_mnist"` is the whole set. A part of the training pictures is held out for validation, and the test pictures wait until the end.

# %% [markdown] lang="zh"
# # 实验：按数据裁剪的 VGG {#vgg-small}
#
# VGG 原本是给 224 × 224 像素的照片设计的。这个实验把它裁到适合 28 × 28，数一数还剩多少，然后在 4,500 张图片上训练：一次用原图，一次用随机挪动过的图片。最后看一看，随机挪动换来了什么，又付出了什么。
#
# **先要会什么**：[VGG](../architectures/vgg.md)、[卷积](../architectures/convolution.md)和[输入管道](../keras/input-pipelines.md)。大约要用 100 秒的处理器时间，多半花在训练上。
#
# ## 数据与划分 {#data}
#
# `fashion_mnist_6k` 是随 `tfnotes` 安装的 6,000 张图片，`"fashion_mnist"` 是全集。从训练图片里留出一部分做验证，测试图片到最后才用。

# %% split
from tfnotes.data import CLASS_NAMES, load

DATASET = "fashion_mnist_6k"  # or "fashion_mnist", the whole set
(x_train, y_train), (x_test, y_test) = load(DATASET)
held_out = len(x_train) // 10 if len(x_train) < 60_000 else 5_000
x_train, x_test = (
    pictures[..., None].astype("float32") / 255  # (n, 28, 28, 1), from 0 to 1
    for pictures in (x_train, x_test)
)
x_train, x_valid = x_train[:-held_out], x_train[-held_out:]
y_train, y_valid = y_train[:-held_out], y_train[-held_out:]
print(DATASET, len(x_train), len(x_valid), len(x_test))
# -> fashion_mnist_6k 4500 500 1000

# %% [markdown] lang="en"
# ## How many blocks {#sizes}
#
# A block of VGG ends in a pooling that halves height and width and rounds down. The networks of the paper have five. Count before you build:

# %% [markdown] lang="zh"
# ## 几个块合适 {#sizes}
#
# VGG 的每个块以池化结束，高和宽减半，向下取整。论文里的网络有五个块。先算一算，再动手：

# %% sizes
size = 28
for block in range(1, 6):
    size //= 2
    print(f"after block {block}: {size} x {size}")
# -> after block 1: 14 x 14
# -> after block 2: 7 x 7
# -> after block 3: 3 x 3
# -> after block 4: 1 x 1
# -> after block 5: 0 x 0

# %% [markdown] lang="en"
# The fifth pooling would get one pixel and return none, and Keras refuses that. After the fourth, one pixel is left: each filter gives one number, and where in the picture it was found is gone. We stop at three. Even the third is not free: 3 × 3 windows of two pixels cover six of seven rows, so the last row and the last column are dropped.
#
# ## The network {#network}
#
# Three blocks with 8, 16 and 32 filters, the last with two convolutions. The paper puts wide dense layers with dropout behind the blocks. `hidden=()` leaves them out, so that no dropout blurs what the augmentation does.

# %% [markdown] lang="zh"
# 第五次池化收到一个像素，就什么也不剩了，Keras 会拒绝。第四次之后只剩一个像素：每个滤波器只给一个数，位置已经没有了。所以用三个块。第三次也有代价：3 × 3 个两像素的窗口只盖住七行里的六行，最后一行和最后一列被丢掉了。
#
# ## 网络 {#network}
#
# 三个块，分别有 8、16、32 个滤波器，最后一个块有两个卷积。论文在这些块后面接很宽的全连接层，带丢弃法。这里用 `hidden=()` 把它们去掉，免得丢弃法混进来，看不清数据增强的作用。

# %% diagram
import keras
import matplotlib.pyplot as plt

from tfnotes.diagrams import model_diagram
from tfnotes.models import vgg

BLOCKS = ((1, 8), (1, 16), (2, 32))  # (convolutions, filters) of each block
keras.utils.clear_session()  # layers are numbered from the start again
small = vgg((28, 28, 1), 10, architecture=BLOCKS, hidden=())
model_diagram(small)
plt.show()

# %% costs
from tfnotes.costs import cost_bars, layer_costs

figure = cost_bars(layer_costs(small))
figure.suptitle(
    "Without hidden dense layers, the convolutions hold most weights"
)
plt.show()

# %% [markdown] lang="en"
# ![Diagram of the network from 28 × 28 × 1 to 10 logits: convolutions keep the size, three poolings bring it to 14, 7 and 3, then the 288 numbers of the last pooling go straight to the logits.](../figures/labs/vgg-small/diagram.svg)
#
# ![Two bar charts over the five layers with weights. Parameters, 18 thousand in all: the last two convolutions hold 4.64 and 9.25 thousand, the logits 2.89 thousand. Multiply-adds, 962 thousand in all: 452 thousand in the last convolution, 2.88 thousand in the logits.](../figures/labs/vgg-small/costs.svg)
#
# About 18,000 parameters, and not quite a million multiplications a picture. In VGG-16 the [dense layers hold nine tenths](../architectures/vgg.md#cost) of the parameters; here they hold a sixth.
#
# ## Augmentation: which changes keep the label {#labels}
#
# **Augmentation** changes the training pictures at random, in ways that leave the label right. Which ways do that has to be seen in the pictures. Here is the mean picture of each class; the number compares it with its mirror image, as a share of its brightness.

# %% [markdown] lang="zh"
# ![网络的结构图，从 28 × 28 × 1 到 10 个输出：卷积保持大小，三次池化依次变成 14、7、3，最后一次池化的 288 个数直接连到输出。](../figures/labs/vgg-small/diagram.svg)
#
# ![五个有权重的层的两张条形图。参数共 1.8 万：最后两个卷积有 4.64 千和 9.25 千，输出层 2.89 千。乘加共 96.2 万：最后一个卷积有 45.2 万，输出层 2.88 千。](../figures/labs/vgg-small/costs.svg)
#
# 大约一万八千个参数，每张图片不到一百万次乘法。VGG-16 里[全连接层占参数的九成](../architectures/vgg.md#cost)，这里只占六分之一。
#
# ## 数据增强：哪些改动不改变标签 {#labels}
#
# **数据增强** (augmentation) 随机改动训练图片，改动之后标签仍然正确。哪些改动可以，要看图片才知道。下面是每个类别的平均图片；数字是它和自己镜像的差，除以它的亮度。

# %% mean-pictures
import numpy as np

from tfnotes.plots import image_grid

means = [x_train[y_train == label, :, :, 0].mean(axis=0) for label in range(10)]
changes = [abs(mean - mean[:, ::-1]).mean() / mean.mean() for mean in means]
image_grid(
    means, [f"{n}, {c:.2f}" for n, c in zip(CLASS_NAMES, changes, strict=True)]
).suptitle("Clothes are nearly symmetric; the shoes point to the left")
plt.show()

# %% [markdown] lang="en"
# ![Mean picture of each of the ten classes with the difference from its mirror image. T-shirt, pullover, dress, coat, shirt and bag are below 0.1, trousers at about 0.2; sandal, sneaker and ankle boot, whose toes are at the left, lie between 0.6 and 1.](../figures/labs/vgg-small/mean-pictures.svg)
#
# A mean can hide exceptions, so we count them: how many shoes of the training set are closer to the mirrored mean than to the mean?

# %% [markdown] lang="zh"
# ![十个类别的平均图片，以及各自和镜像的差。T 恤、套头衫、连衣裙、大衣、衬衫和包都小于 0.1，裤子约 0.2；凉鞋、运动鞋和短靴鞋尖在左边，在 0.6 到 1 之间。](../figures/labs/vgg-small/mean-pictures.svg)
#
# 平均图片可能掩盖例外，所以再数一数：训练集里有多少只鞋，离镜像的平均图片更近？

# %% directions
for label in (5, 7, 9):
    shoes, mean = x_train[y_train == label, :, :, 0], means[label]
    as_it_is, mirrored = (
        ((shoes - picture) ** 2).sum(axis=(1, 2))
        for picture in (mean, mean[:, ::-1])
    )
    print(CLASS_NAMES[label], (mirrored < as_it_is).sum(), "of", len(shoes))
# -> Sandal 23 of 450
# -> Sneaker 1 of 449
# -> Ankle boot 0 of 447

# %% [markdown] lang="en"
# Mirrored, a shirt is a shirt that the set could hold. A mirrored boot is still a boot, but one of a kind that this set hardly has: with `RandomFlip("horizontal")` half of the shoes in training would point the wrong way. `RandomFlip("vertical")` turns everything upside down, which nobody photographs. So no flips here. Small translations keep every label, and we use those.
#
# ## Random translations {#translations}
#
# `RandomTranslation(0.1, 0.1)` moves each picture by up to a tenth of its height and width, 2.8 pixels, up or down and left or right. What comes in from outside is filled with 0, the background.

# %% [markdown] lang="zh"
# 衬衫照了镜子，还是这个数据集里会有的衬衫。靴子照了镜子也还是靴子，只是这种靴子在这里几乎没有：用了 `RandomFlip("horizontal")`，训练时有一半的鞋朝向是反的。`RandomFlip("vertical")` 把一切颠倒过来，没有人这样拍照。所以这里不翻转。小幅平移不改变任何标签，我们就用它。
#
# ## 随机平移 {#translations}
#
# `RandomTranslation(0.1, 0.1)` 把每张图片上下、左右各移动至多高和宽的十分之一，也就是 2.8 个像素。移进来的空白填 0，就是背景。

# %% translated
shift = keras.layers.RandomTranslation(0.1, 0.1, fill_mode="constant", seed=1)
shown = []
for picture in x_train[:3]:
    drawn = shift(np.stack([picture] * 4), training=True)  # (4, 28, 28, 1)
    shown += [picture[..., 0], *np.asarray(drawn)[..., 0]]
titles = [
    CLASS_NAMES[y] + t for y in y_train[:3] for t in ["", *[", moved"] * 4]
]
image_grid(shown, titles).suptitle("One picture, four random translations")
plt.show()

# %% [markdown] lang="en"
# ![Three rows: at the left a picture of the training set, beside it four copies, each moved by a few pixels in another direction.](../figures/labs/vgg-small/translated.svg)
#
# ## Chance that comes back {#same-chance}
#
# The layer can stand in the model or in a `tf.data` pipeline. In a pipeline there is a trap: a seeded operation of `tf.random` starts again on every pass over the data. We read the same batch in four passes and count how many different ones come out.

# %% [markdown] lang="zh"
# ![三行：左边是训练集里的一张图片，旁边是它的四个副本，各向不同的方向移动了几个像素。](../figures/labs/vgg-small/translated.svg)
#
# ## 每次都一样的随机 {#same-chance}
#
# 这个层可以放在模型里，也可以放在 `tf.data` 管道里。放在管道里有一个陷阱：带种子的 `tf.random` 运算，每遍读数据都从头开始。把同一个批次读四遍，数一数得到几个不同的结果。

# %% same-chance
import tensorflow as tf


def seeded_op(pictures):
    step = tf.random.uniform((), -3, 4, tf.int32, seed=1)
    return tf.roll(pictures, step, axis=2)


for name, change in {"seeded op": seeded_op, "Keras layer": shift}.items():
    dataset = tf.data.Dataset.from_tensors(x_train[:8]).map(change)
    passes = [next(iter(dataset)).numpy().tobytes() for _ in range(4)]
    print(f"{name}: {len(set(passes))} different of 4 passes")
# -> seeded op: 1 different of 4 passes
# -> Keras layer: 4 different of 4 passes

# %% [markdown] lang="en"
# The operation moves each picture the same way in every epoch: a changed data set, but not a larger one. The Keras layer keeps its state between passes, and so does a [`tf.random.Generator`](../keras/input-pipelines.md#careful).
#
# ## Training {#training}
#
# We put the layer into the model. It moves pictures while training and lets them through unchanged at any other time. Both ways start from the same weights and get the same six epochs in the same order; three seeds each. This cell takes most of the time.

# %% [markdown] lang="zh"
# 那个运算在每个轮次都把图片移动得一模一样：数据变了样，却没有变多。Keras 的层会在两遍之间记住自己的状态，[`tf.random.Generator`](../keras/input-pipelines.md#careful) 也是。
#
# ## 训练 {#training}
#
# 我们把这个层放进模型。训练时它移动图片，其他时候原样放行。两种做法从同样的权重出发，以同样的顺序训练六个轮次，各用三个种子。时间主要花在这个单元格上。

# %% training
from tfnotes import train

EPOCHS, SEEDS = 6, (1, 2, 3)


def trained(way, seed):
    keras.utils.set_random_seed(seed)
    network = vgg((28, 28, 1), 10, architecture=BLOCKS, hidden=())
    change = keras.layers.RandomTranslation(
        0.1, 0.1, fill_mode="constant", seed=seed
    )
    front = [change] if way == "translated" else []
    model = keras.Sequential([keras.Input((28, 28, 1)), *front, network])
    steps = EPOCHS * -(-len(x_train) // 50)  # of a batch of 50 each
    rate = keras.optimizers.schedules.CosineDecay(0.004, steps)
    history = train(
        model,
        x_train,
        y_train,
        validation_data=(x_valid, y_valid),
        epochs=EPOCHS,
        batch_size=50,
        optimizer=keras.optimizers.Adam(rate),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
        seed=seed,
        jit_compile=False,  # the same on every machine
        verbose=0,
    )
    return network, history.history


WAYS = ("original", "translated")
runs = {way: [trained(way, seed) for seed in SEEDS] for way in WAYS}

# %% curves
figure, panels = plt.subplots(1, 2, sharey=True)
epochs = range(1, EPOCHS + 1)
figure.suptitle("Original pictures: a gap opens; translated: hardly any")
for panel, way in zip(panels, WAYS, strict=True):
    for i, (_, history) in enumerate(runs[way]):
        names = ("training", "validation") if i == 0 else (None, None)
        panel.plot(epochs, history["loss"], color="C0", label=names[0])
        panel.plot(
            epochs, history["val_loss"], "--", color="C1", label=names[1]
        )
    panel.set(xlabel="epoch", title=f"trained on {way} pictures")
panels[0].set_ylabel("loss, three seeds")
panels[1].legend()
plt.show()

# %% [markdown] lang="en"
# ![Loss over six epochs, three seeds each. Original pictures: the training curves fall to about 0.33, the validation curves level off near 0.47. Translated pictures: both end close together, between 0.50 and 0.55.](../figures/labs/vgg-small/curves.svg)
#
# On the original pictures a gap opens from the fourth epoch on, with every seed: the network knows these 4,500 pictures better than others. On the translated pictures, the two curves end close together. That is no victory yet. The training loss on the right is measured on moved pictures, which are harder, and the validation loss, measured on the same unmoved pictures in both panels, ends higher with every seed.
#
# ## In place, and two pixels off {#test}
#
# The test pictures come twice: as they are, and moved by two pixels up, down, left and right, where the accuracy is the mean over the four.

# %% [markdown] lang="zh"
# ![六个轮次的损失，各三个种子。原图：训练曲线降到 0.33 左右，验证曲线停在 0.47 附近。平移：两种曲线最后靠在一起，在 0.50 到 0.55 之间。](../figures/labs/vgg-small/curves.svg)
#
# 用原图训练，从第四个轮次起差距就拉开了，每个种子都如此：网络对这 4,500 张图片比对别的图片更熟。用平移的图片，两条曲线最后靠在一起。这还算不上胜利：右边的训练损失是在挪动过的图片上量的，本来就更难；而验证损失在两边用的是同样没有挪动的图片，每个种子都是右边更高。
#
# ## 原位，和挪开两个像素 {#test}
#
# 测试图片用两次：一次原样，一次分别向上、下、左、右挪两个像素，准确率取四个方向的平均。


# %% test
def moved(pictures, down, right):
    around = ((0, 0), (2, 2), (2, 2), (0, 0))
    padded = np.pad(pictures, around)  # 32 x 32, with a border of 0
    return padded[:, 2 - down : 30 - down, 2 - right : 30 - right]


def accuracy(network, *places):
    predicted = [
        np.argmax(network(moved(x_test, *place)), axis=1) for place in places
    ]  # (1000,) for each place
    return float(np.mean(np.array(predicted) == y_test))


found = {
    way: {
        "in place": [accuracy(network, (0, 0)) for network, _ in runs[way]],
        "2 pixels off": [
            accuracy(network, (2, 0), (-2, 0), (0, 2), (0, -2))
            for network, _ in runs[way]
        ],
    }
    for way in WAYS
}
for way, tests in found.items():
    for test, values in tests.items():
        print(f"{way}, {test}: {min(values):.2f} to {max(values):.2f}")
# -> original, in place: 0.83 to 0.85
# -> original, 2 pixels off: 0.72 to 0.74
# -> translated, in place: 0.80 to 0.81
# -> translated, 2 pixels off: 0.78 to 0.80

# %% spread
for row, test in enumerate(("in place", "2 pixels off")):
    for way, marker, up in zip(WAYS, "os", (0.15, -0.15), strict=True):
        color = "C0" if marker == "o" else "C1"
        label = f"trained on {way} pictures" if row == 0 else None
        values = found[way][test]
        places = [-row + up + step for step in (0.06, 0, -0.06)]  # a seed each
        plt.plot(values, places, marker, color=color, label=label)
plt.yticks([0, -1], ["in place", "2 pixels off"])
plt.margins(y=0.4)
plt.xlabel("test accuracy, three seeds each")
plt.title("Translations cost accuracy in place and save it off place")
plt.legend()
plt.show()

# %% [markdown] lang="en"
# ![Test accuracy, three seeds for each way of training. In place, all three points trained on originals lie at the right, at 0.83 to 0.85, those trained on translated pictures at 0.80 to 0.81. Two pixels off, the originals fall to 0.72 to 0.74, the translated stay at 0.78 to 0.80.](../figures/labs/vgg-small/spread.svg)
#
# Every seed says the same. On test pictures in place, the network that trained on the originals is ahead: the test pictures are centred like the training pictures, and in six epochs the other network had a harder task. Two pixels off, the order turns round. The network of the originals loses about ten points, the other about one. Sharing weights is not enough to be indifferent to place: pooling works on a fixed grid, and the logits have weights of their own for each of the 3 × 3 places.
#
# So augmentation is no gift that comes with every data set. It teaches what you vary. If the pictures in use are centred like these, this budget is better spent on the originals; if they are not, a test in place hides the loss.
#
# ## Larger {#larger}
#
# With a GPU, set `DATASET = "fashion_mnist"`, `EPOCHS = 30`, and wider blocks such as `((1, 32), (2, 64), (2, 128))`; each epoch then has twelve times as many pictures. Leave out `jit_compile=False`, and `tfnotes.train` tries out whether compiled steps are faster. Two questions are worth the wait. Do the translated pictures still lose in place when the budget is larger? And what does `keras.layers.RandomFlip("horizontal")` before the translation do to the shoes?
#
# ## Sources {#sources}
#
# - K. Simonyan, A. Zisserman, [Very Deep Convolutional Networks for Large-Scale Image Recognition](https://arxiv.org/abs/1409.1556), 2014: section 3.1 crops and flips the training pictures at random.
# - Keras API, [RandomTranslation layer](https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_translation/) and [RandomFlip layer](https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_flip/).
# - H. Xiao, K. Rasul, R. Vollgraf, [Fashion-MNIST](https://arxiv.org/abs/1708.07747), 2017 (data under the MIT licence).

# %% [markdown] lang="zh"
# ![测试准确率，每种训练方式三个种子。原位：用原图训练的三个点在右边，0.83 到 0.85，用平移图片训练的在 0.80 到 0.81。挪开两个像素：前者掉到 0.72 到 0.74，后者还有 0.78 到 0.80。](../figures/labs/vgg-small/spread.svg)
#
# 三个种子的说法一致。测试图片在原位时，用原图训练的网络领先：测试图片和训练图片一样是居中的，而另一个网络在六个轮次里要学的东西更难。挪开两个像素，顺序就反过来了：用原图训练的网络掉了大约十个百分点，另一个只掉了大约一个。光靠共享权重，还做不到对位置无所谓：池化的网格是固定的，输出层对 3 × 3 个位置各有一组权重。
#
# 所以，数据增强不是在哪里都白送的好处。你改动什么，它就教网络什么。如果实际使用的图片也像这样居中，这点训练量用在原图上更划算；如果不居中，只在原位测试就看不见损失。
#
# ## 更大的数据 {#larger}
#
# 有 GPU 的话，设 `DATASET = "fashion_mnist"`、`EPOCHS = 30`，再把块加宽，比如 `((1, 32), (2, 64), (2, 128))`；每个轮次的图片是现在的十二倍。去掉 `jit_compile=False`，`tfnotes.train` 会自己试一试编译后的步是否更快。有两个问题值得等一等：训练得更久以后，平移训练在原位是否还会吃亏？在平移之前加上 `keras.layers.RandomFlip("horizontal")`，鞋子会怎么样？
#
# ## 资料 {#sources}
#
# - K. Simonyan、A. Zisserman：[Very Deep Convolutional Networks for Large-Scale Image Recognition](https://arxiv.org/abs/1409.1556)，2014，第 3.1 节：对训练图片做随机裁剪和翻转。
# - Keras API：[RandomTranslation 层](https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_translation/)和 [RandomFlip 层](https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_flip/)。
# - H. Xiao、K. Rasul、R. Vollgraf：[Fashion-MNIST](https://arxiv.org/abs/1708.07747)，2017（数据采用 MIT 许可）。
