# ---
# minutes: 25
# hardware: CPU
# tolerance: 0.04
# time_limit: 300
# varies: [confusion]
# ---

# %% [markdown] lang="en"
# # Lab: an image classifier {#image-classifier}
#
# From raw pictures to two trained classifiers and an honest comparison of them. This is the largest program of the old notes, put in order and run: versions, a proper split, a look at the data, a dense network with 300 and 100 units, learning curves, a confusion matrix, and then a small convolutional network on the same data.
#
# **What you need first:** [your first model](../start/first-model.md) and [training with fit](../keras/training-with-fit.md). The lab takes about two minutes on two cores.

# %% [markdown] lang="zh"
# # 实验：图像分类 {#image-classifier}
#
# 从原始图片出发，训练两个分类器，再老老实实地比较它们。这是旧笔记里最大的一个程序，这里把它理顺并跑通：查看版本、规范地划分数据、先看看图片、训练一个 300 和 100 个单元的全连接网络、画学习曲线和混淆矩阵，最后在同样的数据上训练一个小卷积网络。
#
# **先要会什么**：[第一个模型](../start/first-model.md)和[用 fit 训练](../keras/training-with-fit.md)。在两个核上大约要两分钟。

# %% [markdown] lang="en"
# ## Versions {#versions}
#
# When two people get different numbers, the first question is which versions they run. So print them.

# %% [markdown] lang="zh"
# ## 版本 {#versions}
#
# 两个人得到的数不一样，首先要问各自是什么版本。所以先印出来。

# %% versions
import keras
import tensorflow as tf

print("TensorFlow", tf.__version__)
# -> TensorFlow 2.21.0
print("Keras", keras.__version__)
# -> Keras 3.15.1

# %% [markdown] lang="en"
# ## Data and split {#data}
#
# This page ran on `fashion_mnist_6k`, the 6,000 pictures that ship with `tfnotes`. Set `DATASET` to `"fashion_mnist"` for the whole set: 60,000 training pictures, found on your machine or downloaded. Either way a part of the training pictures is held out for validation: 5,000 of the whole set, 500 of the sample. The test pictures stay untouched until the end.

# %% [markdown] lang="zh"
# ## 数据与划分 {#data}
#
# 这一页用的是 `fashion_mnist_6k`，也就是随 `tfnotes` 安装的 6,000 张图片。把 `DATASET` 改成 `"fashion_mnist"`，就换成全集：60,000 张训练图片，机器上有就直接用，没有就下载。不管哪一种，都从训练图片里留出一部分做验证：全集留 5,000 张，抽样留 500 张。测试图片到最后才用。

# %% split
from tfnotes.data import CLASS_NAMES, load

DATASET = "fashion_mnist_6k"  # or "fashion_mnist", the whole set
(x_train, y_train), (x_test, y_test) = load(DATASET)
held_out = len(x_train) // 10 if len(x_train) < 60_000 else 5_000
x_train, x_valid = x_train[:-held_out], x_train[-held_out:]
y_train, y_valid = y_train[:-held_out], y_train[-held_out:]
print(DATASET, len(x_train), len(x_valid), len(x_test))
# -> fashion_mnist_6k 4500 500 1000

# %% [markdown] lang="en"
# ## Look first {#look}
#
# Fifteen pictures with their names. Some pairs, such as shirt and coat, are hard for people too.

# %% [markdown] lang="zh"
# ## 先看一看 {#look}
#
# 十五张图片和它们的名字。有些类别，比如衬衫和大衣，人也不容易分清。

# %% grid
import matplotlib.pyplot as plt

from tfnotes.plots import confusion_matrix, image_grid, learning_curves

image_grid(x_train[:15], [CLASS_NAMES[label] for label in y_train[:15]])
plt.show()

# %% [markdown] lang="en"
# ![Fifteen grey pictures of clothes and shoes in three rows, each with its class name.](../figures/labs/image-classifier/grid.svg)
#
# ## Scaling {#scaling}
#
# Pixels from 0 to 255 become numbers of mean 0 and standard deviation 1. Mean and deviation come from the training pictures alone: the other parts must not leak into training, not even through an average.

# %% [markdown] lang="zh"
# ![三行共十五张灰度的衣物和鞋的图片，每张标着类别名。](../figures/labs/image-classifier/grid.svg)
#
# ## 缩放 {#scaling}
#
# 像素从 0 到 255，变成均值为 0、标准差为 1 的数。均值和标准差只从训练图片里算：别的部分不能泄露到训练里来，哪怕只是通过一个平均数。

# %% scale
mean, deviation = x_train.mean(), x_train.std()


def scaled(pictures):
    return ((pictures - mean) / deviation).astype("float32")


x_train, x_valid, x_test = map(scaled, (x_train, x_valid, x_test))
print(f"pixels now run from {x_train.min():.2f} to {x_train.max():.2f}")
# -> pixels now run from -0.81 to 2.02

# %% [markdown] lang="en"
# ## A dense network {#mlp}
#
# The network of the notes: 784 inputs, layers of 300 and 100 units, 10 outputs. The last layer gives raw scores, *logits*; the loss is told so with `from_logits=True`.

# %% [markdown] lang="zh"
# ## 全连接网络 {#mlp}
#
# 笔记里的网络：784 个输入，两层分别有 300 和 100 个单元，10 个输出。最后一层给出原始得分，即 *logits*，所以要用 `from_logits=True` 告诉损失函数。

# %% mlp
layers = keras.layers


def mlp():
    return keras.Sequential(
        [
            keras.Input((28, 28)),
            layers.Flatten(),
            layers.Dense(300, activation="relu"),
            layers.Dense(100, activation="relu"),
            layers.Dense(10),
        ]
    )


def trained(build, seed, epochs=12):
    keras.utils.set_random_seed(seed)
    model = build()
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss, metrics=["accuracy"])
    history = model.fit(
        x_train,
        y_train,
        batch_size=64,
        epochs=epochs,
        validation_data=(x_valid, y_valid),
        verbose=0,
    )
    return model, history.history


dense, history = trained(mlp, seed=1)
print(f"{dense.count_params():,} parameters")
# -> 266,610 parameters

# %% curves
learning_curves(history)
plt.show()

# %% [markdown] lang="en"
# ![Loss and accuracy of the dense network over twelve epochs. Training loss falls towards zero; validation loss turns upwards after a few epochs while validation accuracy stays level.](../figures/labs/image-classifier/curves.svg)
#
# With 4,500 pictures the dense network soon knows them by heart: the training loss goes on falling while the validation loss turns upwards.
#
# ## What it confuses {#confusion}
#
# Each row holds the test pictures of one class, each column a prediction. A perfect classifier would fill the diagonal only.

# %% [markdown] lang="zh"
# ![全连接网络十二个轮次的损失和准确率。训练损失趋向零；验证损失几轮之后掉头向上，验证准确率基本持平。](../figures/labs/image-classifier/curves.svg)
#
# 只有 4,500 张图片，全连接网络很快就把它们背下来了：训练损失还在降，验证损失却掉头向上。
#
# ## 它混淆了什么 {#confusion}
#
# 每一行是一个类别的测试图片，每一列是一种预测。完美的分类器只会填满对角线。

# %% confusion
predicted = dense.predict(x_test, verbose=0).argmax(axis=1)  # (1000,)
confusion_matrix(y_test, predicted, CLASS_NAMES)
plt.show()

# %% [markdown] lang="en"
# ![Confusion matrix of the dense network on the test pictures. Most counts lie on the diagonal; the others lie in two groups, clothes with sleeves and shoes.](../figures/labs/image-classifier/confusion.svg)
#
# Trousers and bags are easy. Nearly all mistakes stay in the family: T-shirts, pullovers, dresses, coats and shirts are taken for one another, and so are sandals, sneakers and boots.
#
# ## A convolutional network {#cnn}
#
# A dense layer treats a pixel and its neighbour as strangers. A convolution looks at small windows and uses the same weights everywhere in the picture; pooling halves height and width. This one has fewer parameters than the dense network.

# %% [markdown] lang="zh"
# ![全连接网络在测试图片上的混淆矩阵。多数计数在对角线上，其余的集中在两组里：带袖子的衣服和鞋。](../figures/labs/image-classifier/confusion.svg)
#
# 裤子和包很容易认。错误几乎都发生在一家人之间：T 恤、套头衫、连衣裙、大衣和衬衫互相认错，凉鞋、运动鞋和短靴也是。
#
# ## 卷积网络 {#cnn}
#
# 全连接层把相邻的像素当作互不相干。卷积每次看一个小窗口，并在整张图上共用同一组权重；池化把高和宽减半。这个网络的参数比上面的全连接网络还少。


# %% cnn
def cnn():
    return keras.Sequential(
        [
            keras.Input((28, 28)),
            layers.Reshape((28, 28, 1)),  # one channel: grey
            layers.Conv2D(16, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),  # (batch, 14, 14, 16)
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),  # (batch, 7, 7, 32)
            layers.Flatten(),
            layers.Dropout(0.4),
            layers.Dense(64, activation="relu"),
            layers.Dense(10),
        ]
    )


print(f"{cnn().count_params():,} parameters")
# -> 105,866 parameters

# %% [markdown] lang="en"
# ## The comparison {#comparison}
#
# Same data, same number of epochs, three seeds each. Only now the test pictures decide.

# %% [markdown] lang="zh"
# ## 比较 {#comparison}
#
# 数据相同，轮次相同，各用三个种子。到这一步才由测试图片来裁决。

# %% compare
accuracies = {}
for build in (mlp, cnn):
    accuracies[build.__name__] = [
        trained(build, seed)[0].evaluate(x_test, y_test, verbose=0)[1]
        for seed in (1, 2, 3)
    ]
    low, *_, high = sorted(accuracies[build.__name__])
    print(f"{build.__name__}: {low:.2f} to {high:.2f} on the test pictures")
# -> mlp: 0.81 to 0.83 on the test pictures
# -> cnn: 0.86 to 0.87 on the test pictures

# %% spread
for name, values in accuracies.items():
    plt.plot(values, [name] * 3, "o", markersize=10)
plt.margins(y=0.6)
plt.xlabel("test accuracy, three seeds each")
plt.title("Convolution against dense layers, same data and epochs")
plt.show()

# %% [markdown] lang="en"
# ![Test accuracy of the dense and of the convolutional network, three seeds each. All three points of the convolutional network lie to the right of those of the dense one.](../figures/labs/image-classifier/spread.svg)
#
# Every seed of the convolutional network beats every seed of the dense one, with fewer parameters. On the whole set both get better; run it and compare.
#
# ## Larger {#larger}
#
# With a GPU, or with patience, set `DATASET = "fashion_mnist"` and run all cells again: 55,000 pictures for training, 5,000 for validation, 10,000 for the test.
#
# ## Sources {#sources}
#
# - H. Xiao, K. Rasul and R. Vollgraf, [Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning Algorithms](https://arxiv.org/abs/1708.07747), 2017 (data under the MIT licence).

# %% [markdown] lang="zh"
# ![全连接网络和卷积网络的测试准确率，各有三个种子。卷积网络的三个点全部在全连接网络的右边。](../figures/labs/image-classifier/spread.svg)
#
# 卷积网络的每个种子都胜过全连接网络的每个种子，参数还更少。在全集上，两者都会更好；跑一遍，比一比。
#
# ## 更大的数据 {#larger}
#
# 有 GPU 或者有耐心，就把 `DATASET` 设为 `"fashion_mnist"`，把所有单元格再跑一遍：55,000 张训练，5,000 张验证，10,000 张测试。
#
# ## 资料 {#sources}
#
# - H. Xiao、K. Rasul、R. Vollgraf，[Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning Algorithms](https://arxiv.org/abs/1708.07747)，2017（数据采用 MIT 许可）。
