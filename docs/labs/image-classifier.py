# ---
# minutes: 30
# hardware: CPU
# time_limit: 600
# varies: [curves, confusion, mistakes, kept]
# ---

# %% [markdown] lang="en"
# # Lab: an image classifier {#image-classifier}
#
# From raw images to a saved classifier: a proper split, a look at the data, logistic regression as a baseline, a dense and a convolutional network under equal conditions, a confusion matrix, the most confident mistakes, and a prediction for an image file.
#
# **What you need first:** [your first model](../start/first-model.md) and [training with fit](../keras/training-with-fit.md). The lab takes one to two minutes on two cores.

# %% [markdown] lang="zh"
# # 实验：图像分类 {#image-classifier}
#
# 从原始图像到一个保存好的分类器：规范地划分数据，先看数据，以逻辑回归为基线，在同等条件下训练全连接网络和卷积网络，再看混淆矩阵和把握最大的错误，最后对一个图像文件进行预测。
#
# **先要会什么**：[第一个模型](../start/first-model.md)和[用 fit 训练](../keras/training-with-fit.md)。在两个核上要一两分钟。

# %% [markdown] lang="en"
# ## Versions {#versions}
#
# When two people get different numbers, the versions are the first thing to compare. So print them.

# %% [markdown] lang="zh"
# ## 版本 {#versions}
#
# 两个人得到的结果不一样时，首先要核对版本。所以先打印出来。

# %% versions
import keras
import tensorflow as tf

print("TensorFlow", tf.__version__)
# -> TensorFlow 2.21.0
print("Keras", keras.__version__)
# -> Keras 3.15.1

# %% [markdown] lang="en"
# ## Data {#data}
#
# `fashion_mnist_6k` holds 6,000 images of Fashion-MNIST and comes with `tfnotes`. Set `DATASET` to `"fashion_mnist"` for the whole set of 70,000. The test images are not used until the networks are trained and chosen.

# %% [markdown] lang="zh"
# ## 数据 {#data}
#
# `fashion_mnist_6k` 是 Fashion-MNIST 中的 6,000 张图像，随 `tfnotes` 安装。把 `DATASET` 改成 `"fashion_mnist"`，就换成全部 70,000 张。网络训练好并选定之前，不使用测试图像。

# %% data
from tfnotes.data import CLASS_NAMES, load

DATASET = "fashion_mnist_6k"  # or "fashion_mnist", the whole set
(images, labels), (x_test, y_test) = load(DATASET)
print(f"{images.shape} from {images.min()} to {images.max()}")
# -> (5000, 28, 28) from 0 to 255
print(f"{len(x_test)} test images")
# -> 1000 test images

# %% [markdown] lang="en"
# Here are fifteen training images with their classes. Some pairs, such as shirt and coat, are hard for people, too:

# %% [markdown] lang="zh"
# 先看十五张训练图像和它们的类别。有些类别，比如衬衫和大衣，人也不容易分清：

# %% grid
import matplotlib.pyplot as plt

figure, panels = plt.subplots(3, 5, figsize=(7.2, 5.1))
for panel, image, label in zip(panels.flat, images, labels, strict=False):
    panel.imshow(image, cmap="gray")
    panel.set_title(CLASS_NAMES[label], fontsize=10, weight="normal")
    panel.axis("off")
plt.show()

# %% [markdown] lang="en"
# ![Fifteen gray images of clothes and shoes in three rows, each with its class name.](../figures/labs/image-classifier/grid.svg)
#
# ## Split {#split}
#
# A tenth of the images is held out for validation. `deal` shuffles them with a seed, so that the runs of the comparison below differ in the training images, not only in the initial weights.

# %% [markdown] lang="zh"
# ![衣物和鞋的十五张灰度图像，排成三行，每张标着类别名。](../figures/labs/image-classifier/grid.svg)
#
# ## 划分 {#split}
#
# 留出十分之一的图像用于验证。`deal` 用种子打乱次序，所以下面比较时，每次运行不仅初始权重不同，训练图像也不同。

# %% split
import numpy as np

SEEDS = (0, 1, 2)
held_out = len(images) // 10


def deal(seed):
    order = np.random.default_rng(seed).permutation(len(images))
    train, valid = order[held_out:], order[:held_out]
    return images[train], labels[train], images[valid], labels[valid]


x_train, y_train, x_valid, y_valid = deal(SEEDS[0])
print(f"{len(x_train)} for training, {len(x_valid)} for validation")
# -> 4500 for training, 500 for validation

# %% [markdown] lang="en"
# ## Baseline: logistic regression {#baseline}
#
# A network is worth training only if it beats a linear classifier on the same images. The input is the pixels, scaled to the range from 0 to 1. `C`, the inverse strength of the regularization, is chosen on the validation images, like everything below.

# %% [markdown] lang="zh"
# ## 基线：逻辑回归 {#baseline}
#
# 网络只有在同样的图像上胜过线性分类器，才值得训练。这里的输入是缩放到 0 到 1 之间的像素；`C` 是正则化强度的倒数，用验证图像选择，下面的其他选择也是如此。

# %% baseline
from sklearn.linear_model import LogisticRegression


def flat(x):
    return x.reshape(len(x), -1) / 255  # (n, 784)


def logistic_regression(seed):
    x_train, y_train, x_valid, y_valid = deal(seed)
    found = []
    for inverse_strength in (0.01, 0.1):
        model = LogisticRegression(C=inverse_strength, tol=0.01)
        model.fit(flat(x_train), y_train)
        found.append((model.score(flat(x_valid), y_valid), model))
    return max(found, key=lambda pair: pair[0])[1]


linear = [logistic_regression(seed) for seed in SEEDS]

# %% [markdown] lang="en"
# ## Two networks {#networks}
#
# The dense network has layers of 300 and 100 units, [a classic size](#sources) for images of 28×28 pixels. The convolutional network applies the same weights to small windows everywhere in the image; pooling halves height and width.
#
# Everything else is equal. The first layer scales the pixels to mean 0 and standard deviation 1; it computes both from the training images only and is saved with the model. Dropout with the same rate precedes every dense layer. The last layer returns *logits*, so the loss has `from_logits=True`.

# %% [markdown] lang="zh"
# ## 两个网络 {#networks}
#
# 全连接网络有两个隐藏层，分别有 300 和 100 个单元，这是处理 28×28 像素图像的[经典规模](#sources)。卷积网络每次看一个小窗口，在整张图像上共用同一组权重；池化把高和宽减半。
#
# 其他条件全部相同。第一层把像素缩放到均值 0、标准差 1，均值和标准差只从训练图像计算，并随模型一起保存。每个全连接层前面都有同样比例的 dropout。最后一层输出 *logits*，所以损失函数要设 `from_logits=True`。

# %% networks
layers = keras.layers
DROPOUT = 0.3


def dense():
    return [
        layers.Flatten(),
        layers.Dropout(DROPOUT),
        layers.Dense(300, activation="relu"),
        layers.Dropout(DROPOUT),
        layers.Dense(100, activation="relu"),
    ]


def convolutional():
    return [
        layers.Reshape((28, 28, 1)),  # one channel: gray
        layers.Conv2D(8, 3, padding="same", activation="relu"),
        layers.MaxPooling2D(2),  # 14 x 14 x 8
        layers.Conv2D(16, 3, padding="same", activation="relu"),
        layers.MaxPooling2D(2),  # 7 x 7 x 16
        layers.Flatten(),
        layers.Dropout(DROPOUT),
        layers.Dense(64, activation="relu"),
    ]


def network(hidden, x_train):
    scaling = layers.Normalization(axis=None)
    scaling.adapt(x_train)
    output = [layers.Dropout(DROPOUT), layers.Dense(10)]
    return keras.Sequential(
        [keras.Input((28, 28)), scaling, *hidden(), *output]
    )


NETWORKS = {"dense": dense, "convolutional": convolutional}
for name, hidden in NETWORKS.items():
    weights = network(hidden, x_train).trainable_weights
    parameters = sum(np.prod(w.shape) for w in weights)
    print(f"{name}: {parameters:,} parameters")
# -> dense: 266,610 parameters
# -> convolutional: 52,138 parameters

# %% [markdown] lang="en"
# The convolutional network has far fewer parameters.
#
# ## Training {#training}
#
# Each network is trained with two learning rates, and the run with the lower validation loss is kept. Early stopping ends a run when the validation loss has not improved for four epochs. In any case the run ends after 40 epochs, and the weights of the best epoch are restored.

# %% [markdown] lang="zh"
# 卷积网络的参数少得多。
#
# ## 训练 {#training}
#
# 每个网络用两种学习率各训练一次，保留验证损失更低的一次。验证损失连续四个轮次没有改善，早停就结束训练；最多训练 40 个轮次。结束时恢复最好的那个轮次的权重。

# %% training
EPOCHS = 40
RATES = (0.001, 0.003)


def trained(hidden, seed):
    x_train, y_train, x_valid, y_valid = deal(seed)
    found = []
    for rate in RATES:
        keras.utils.set_random_seed(seed)
        model = network(hidden, x_train)
        model.compile(
            keras.optimizers.Adam(rate),
            keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            metrics=["accuracy"],
        )
        stop = keras.callbacks.EarlyStopping(
            patience=4, restore_best_weights=True
        )
        history = model.fit(
            x_train,
            y_train,
            batch_size=64,
            epochs=EPOCHS,
            validation_data=(x_valid, y_valid),
            callbacks=[stop],
            verbose=0,  # without it, fit shows a progress bar
        ).history
        found.append((min(history["val_loss"]), model, history))
    return min(found, key=lambda run: run[0])[1:]  # model and history


runs = {}
for name, hidden in NETWORKS.items():
    runs[name] = [trained(hidden, seed) for seed in SEEDS]

# %% curves
figure, panels = plt.subplots(1, 2, sharey=True)
for panel, (name, found) in zip(panels, runs.items(), strict=True):
    for _, history in found:
        epochs = range(1, 1 + len(history["loss"]))
        panel.plot(epochs, history["loss"], "C0--", lw=1)
        panel.plot(epochs, history["val_loss"], "C1")
    panel.set(title=name, xlabel="epoch")
    panel.lines[0].set_label("training, with dropout")
    panel.lines[1].set_label("validation")
panels[0].set_ylabel("loss")
panels[1].legend()
plt.show()

# %% [markdown] lang="en"
# ![Training and validation loss of the dense network, on the left, and of the convolutional network, on the right, three runs each.](../figures/labs/image-classifier/curves.svg)
#
# The validation loss falls fast at first and hardly changes at the end, while the training loss is still falling.
#
# ## The test set, once {#test}
#
# Only now are the test images used. The probabilities of all classifiers are computed once, and all comparisons below are made with them. After this point nothing is trained or chosen.

# %% [markdown] lang="zh"
# ![全连接网络（左）和卷积网络（右）的训练损失与验证损失，各三次运行。](../figures/labs/image-classifier/curves.svg)
#
# 验证损失开始时下降很快，到最后几乎不变，而训练损失还在下降。
#
# ## 测试集只用一次 {#test}
#
# 到这里才使用测试图像。所有分类器的概率只计算一次，下面的比较都用这些概率。从这里起，不再训练，也不再做任何选择。

# %% test
probabilities = {
    "logistic regression": [m.predict_proba(flat(x_test)) for m in linear]
}
for name, found in runs.items():
    logits = [model.predict(x_test, verbose=0) for model, _ in found]
    probabilities[name] = [keras.ops.softmax(z).numpy() for z in logits]
accuracies = {}
for name, found in probabilities.items():
    accuracies[name] = [np.mean(p.argmax(axis=1) == y_test) for p in found]
    low, high = min(accuracies[name]), max(accuracies[name])
    print(f"{name}: test accuracy {low:.2f} to {high:.2f}")
# ± 3 %: float32 sums in another order, amplified by training
# -> logistic regression: test accuracy 0.80 to 0.81
# -> dense: test accuracy 0.83 to 0.84
# -> convolutional: test accuracy 0.85 to 0.87

# %% [markdown] lang="en"
# The verdicts compare averages over the seeds. With each seed, all three classifiers have the same training images:

# %% [markdown] lang="zh"
# 结论比较的是各个种子的平均值；种子相同时，三种分类器的训练图像也相同：

# %% compare
averages = {name: np.mean(values) for name, values in accuracies.items()}
pairs = (
    ("dense", "logistic regression"),
    ("convolutional", "logistic regression"),
    ("convolutional", "dense"),
)
for name, other in pairs:
    above = averages[name] > averages[other]
    print(f"Verdict: {name} above {other} on average: {above}")
# -> Verdict: dense above logistic regression on average: True
# -> Verdict: convolutional above logistic regression on average: True
# -> Verdict: convolutional above dense on average: True

# %% spread
figure = plt.figure(figsize=(7.2, 2.8))
for row, (name, values) in enumerate(accuracies.items()):
    plt.plot(values, [name] * len(values), "o", color=f"C{row}", ms=10)
plt.margins(y=0.3)
plt.gca().invert_yaxis()
plt.xlabel("test accuracy, one point per seed")
plt.title("On average the convolutional network is best")
plt.show()
# ± 3 %: float32 sums in another order, amplified by training

# %% [markdown] lang="en"
# ![Test accuracy of logistic regression, of the dense and of the convolutional network, one point per seed. On average the dense network is above logistic regression, and the convolutional network above both.](../figures/labs/image-classifier/spread.svg)
#
# On average both networks beat the linear baseline, and the convolutional network beats the dense one with fewer parameters. All results are for 4,500 training images; run the lab with the whole set and compare.
#
# ## The confusion matrix {#confusion}
#
# Each row contains the test images of one class, each column one predicted class. With a perfect classifier, all images would be on the diagonal.

# %% [markdown] lang="zh"
# ![逻辑回归、全连接网络和卷积网络的测试准确率，每个种子一个点。平均来看，全连接网络高于逻辑回归，卷积网络高于两者。](../figures/labs/image-classifier/spread.svg)
#
# 平均来看，两个网络都胜过线性的基线，卷积网络又胜过全连接网络，参数还更少。这些结果都来自 4,500 张训练图像；可以换成完整数据集再运行一遍，比较一下。
#
# ## 混淆矩阵 {#confusion}
#
# 每一行是一个类别的测试图像，每一列是一个预测的类别。分类器如果完美无误，所有图像都在对角线上。

# %% confusion
from tfnotes.plots import confusion_heatmap

best = probabilities["convolutional"][0]  # (1000, 10), the first seed
predicted = best.argmax(axis=1)
confusion_heatmap(y_test, predicted, CLASS_NAMES)
plt.show()

# %% [markdown] lang="en"
# ![Confusion matrix of the convolutional network on the test images, with counts. Most of them are on the diagonal.](../figures/labs/image-classifier/confusion.svg)
#
# Most mistakes are between related classes: among clothes for the upper body, and among shoes. The next lines check this for all three seeds:

# %% [markdown] lang="zh"
# ![卷积网络在测试图像上的混淆矩阵，格子里是计数。多数在对角线上。](../figures/labs/image-classifier/confusion.svg)
#
# 错误大多发生在相近的类别之间：上衣和连衣裙之间，鞋之间。下面用三个种子检验：

# %% families
CLOTHES = ("T-shirt", "Pullover", "Dress", "Coat", "Shirt")
SHOES = ("Sandal", "Sneaker", "Ankle boot")
family = np.array(
    [1 if n in CLOTHES else 2 if n in SHOES else 0 for n in CLASS_NAMES]
)
mostly = 0
for p in probabilities["convolutional"]:
    wrong = p.argmax(axis=1) != y_test
    true, found = family[y_test[wrong]], family[p.argmax(axis=1)[wrong]]
    mostly += np.mean((true == found) & (true > 0)) > 0.5
print(f"Verdict: most mistakes within a family: {mostly} of {len(SEEDS)}")
# -> Verdict: most mistakes within a family: 3 of 3

# %% [markdown] lang="en"
# ## The most confident mistakes {#mistakes}
#
# Always look at the mistakes. These are the fifteen wrong predictions with the highest probability, the most confident first:

# %% [markdown] lang="zh"
# ## 把握最大的错误 {#mistakes}
#
# 一定要看看错在哪里。下面是概率最高的十五个错误预测，从把握最大的开始：

# %% mistakes
wrong = np.flatnonzero(predicted != y_test)
surest = wrong[np.argsort(-best[wrong].max(axis=1))][:15]
figure, panels = plt.subplots(3, 5, figsize=(7.2, 6))
for panel, i in zip(panels.flat, surest, strict=True):
    panel.imshow(x_test[i], cmap="gray")
    name = CLASS_NAMES[predicted[i]]
    panel.set_title(name, fontsize=10, weight="normal", color="C1")
    panel.set_xlabel(CLASS_NAMES[y_test[i]], color="C0")
    panel.set(xticks=[], yticks=[])
figure.suptitle("Predicted class above, label below", weight="bold")
plt.show()

# %% [markdown] lang="en"
# ![The fifteen most confident mistakes of the convolutional network on test images, with the predicted class above and the label below each image.](../figures/labs/image-classifier/mistakes.svg)
#
# Which of them would you have classified correctly? With your own data, such a look at the mistakes is a good way to find wrong labels.
#
# ## Confident and uncertain predictions {#certain}
#
# The probability of the predicted class is a measure of how confident a network is. Here only the order counts, not whether the probabilities themselves are correct. Sort the test images by it, and split them into two halves:

# %% [markdown] lang="zh"
# ![卷积网络把握最大的十五个错误，每张测试图像的上方是预测的类别，下方是标签。](../figures/labs/image-classifier/mistakes.svg)
#
# 换作你，能认对几张？对你自己的数据，这样查看错误是找出错误标签的好办法。
#
# ## 有把握和没把握的预测 {#certain}
#
# 预测类别的概率可以衡量网络有多大把握。这里只用到次序，不要求概率本身准确。按这个概率给测试图像排序，再分成两半：

# %% certain
better = 0
for p in probabilities["convolutional"]:
    right = (p.argmax(axis=1) == y_test)[np.argsort(-p.max(axis=1))]
    first, second = np.split(right, 2)  # the more confident half first
    print(f"accuracy of the halves: {first.mean():.2f}, {second.mean():.2f}")
    better += first.mean() > second.mean()
# ± 5 %: float32 sums in another order, amplified by training
# -> accuracy of the halves: 0.98, 0.76
# -> accuracy of the halves: 0.97, 0.74
# -> accuracy of the halves: 0.99, 0.71
print(f"Verdict: the more confident half is better: {better} of {len(SEEDS)}")
# -> Verdict: the more confident half is better: 3 of 3

# %% [markdown] lang="en"
# So a program can accept the confident predictions and leave the others to a person. The figure shows the accuracy on the images that the program keeps, depending on their share:

# %% [markdown] lang="zh"
# 所以程序可以采用有把握的预测，把其余的交给人判断。下图是程序保留不同比例的图像时，在这些图像上的准确率：

# %% kept
for name, style in zip(probabilities, (":", "--", "-"), strict=True):
    p = probabilities[name][0]
    right = (p.argmax(axis=1) == y_test)[np.argsort(-p.max(axis=1))]
    kept = np.arange(50, len(right) + 1, 50)
    shares = 100 * kept / len(right)
    values = [right[:n].mean() for n in kept]
    plt.plot(shares, values, style, label=name)
plt.xlabel("% of the test images kept, the most confident first")
plt.ylabel("accuracy on them")
plt.title("Accuracy on the images that are kept, first seed")
plt.legend()
plt.show()

# %% [markdown] lang="en"
# ![Accuracy against the percentage of test images kept, the most confident first, for logistic regression, the dense and the convolutional network.](../figures/labs/image-classifier/kept.svg)
#
# ## Save it, and classify a file {#file}
#
# The saved model contains the scaling, so it takes pixels from 0 to 255. Photographs of products, however, often have a bright background, while Fashion-MNIST has a black one. To try this, write an inverted test image to a file, and classify the file:

# %% [markdown] lang="zh"
# ![准确率随保留的测试图像的百分比变化，先保留把握最大的，比较逻辑回归、全连接网络和卷积网络。](../figures/labs/image-classifier/kept.svg)
#
# ## 保存模型，对图像文件分类 {#file}
#
# 保存的模型包含缩放，所以输入就是 0 到 255 的像素。不过商品照片的背景往往是亮的，Fashion-MNIST 的背景却是黑的。为了试验，把一张测试图像反转后写入文件，再对这个文件分类：

# %% file
runs["convolutional"][0][0].save("classifier.keras")
classifier = keras.saving.load_model("classifier.keras")

trousers = x_test[y_test == CLASS_NAMES.index("Trouser")][0]
photo = np.kron(255 - trousers, np.ones((10, 10)))  # (280, 280), dark on white
keras.utils.save_img("photo.png", photo[..., None], scale=False)

image = keras.utils.load_img(
    "photo.png", color_mode="grayscale", target_size=(28, 28)
)
pixels = 255 - keras.utils.img_to_array(image)[..., 0]  # bright on black
logits = classifier.predict(pixels[None], verbose=0)
print(CLASS_NAMES[logits.argmax()])
# -> Trouser

# %% [markdown] lang="en"
# Without the inversion back to a black background, no error is raised, but most predictions are wrong. On all test images:

# %% [markdown] lang="zh"
# 忘记再反转成黑色背景，不会报错，但大多数预测是错的。在全部测试图像上：

# %% inverted
worse = 0
for model, _ in runs["convolutional"]:
    guess = model.predict(255 - x_test, verbose=0).argmax(axis=1)
    worse += np.mean(guess == y_test) < 0.5
print(
    f"Verdict: bright backgrounds: accuracy under one half: {worse} of {len(SEEDS)}"
)
# -> Verdict: bright backgrounds: accuracy under one half: 3 of 3

# %% [markdown] lang="en"
# ## Larger {#larger}
#
# With a GPU, or with more time, set `DATASET = "fashion_mnist"` and run all cells again: 54,000 images for training, 6,000 for validation, 10,000 for the test. Then photograph a shoe on a plain background, crop it to a square, and classify your own file.
#
# ## Sources {#sources}
#
# - H. Xiao, K. Rasul and R. Vollgraf, [Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning Algorithms](https://arxiv.org/abs/1708.07747), 2017 (data under the MIT license).
# - Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, [Gradient-Based Learning Applied to Document Recognition](http://yann.lecun.com/exdb/publis/pdf/lecun-98.pdf), Proceedings of the IEEE 86 (11), 1998: the dense network of 300 and 100 units.

# %% [markdown] lang="zh"
# ## 更大的数据 {#larger}
#
# 有 GPU，或者时间充裕，就把 `DATASET` 设为 `"fashion_mnist"`，再运行所有单元格：54,000 张训练，6,000 张验证，10,000 张测试。然后在纯色背景前拍一只鞋，裁成正方形，再对这个文件分类。
#
# ## 资料 {#sources}
#
# - H. Xiao、K. Rasul、R. Vollgraf，[Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning Algorithms](https://arxiv.org/abs/1708.07747)，2017（英文；数据采用 MIT 许可）。
# - Y. LeCun、L. Bottou、Y. Bengio、P. Haffner，[Gradient-Based Learning Applied to Document Recognition](http://yann.lecun.com/exdb/publis/pdf/lecun-98.pdf)，Proceedings of the IEEE 86 (11)，1998（英文）：300 和 100 个单元的全连接网络。
