# ---
# minutes: 25
# hardware: CPU
# tolerance: 0.15
# time_limit: 300
# ---

# %% [markdown] lang="en"
# # Lab: transfer to new classes {#transfer}
#
# Five kinds of clothes come with many labels, five other kinds with few. Does a network that has learned the first five help with the others? The lab asks that question with controls: the same features from an untrained network, no network at all, and a network trained from scratch.
#
# **What you need first:** [transfer learning](../architectures/transfer-learning.md) and [batch normalization](../architectures/batch-normalization.md). The lab takes about two minutes on two cores.

# %% [markdown] lang="zh"
# # 实验：迁移到新类别 {#transfer}
#
# 有五类衣物标签很多，另外五类标签很少。先学会前五类的网络，对后五类有没有帮助？这个实验带着对照来回答：换成没训练过的网络给出的特征，干脆不用网络，以及从头训练一个网络。
#
# **先要会什么**：[迁移学习](../architectures/transfer-learning.md)和[批归一化](../architectures/batch-normalization.md)。在两个核上大约要两分钟。

# %% [markdown] lang="en"
# ## Two halves {#halves}
#
# Classes 0 to 4 are the old ones, classes 5 to 9 the new ones, renumbered from 0. To save time, each 2 × 2 pixels become one, so that a picture has 14 × 14.

# %% [markdown] lang="zh"
# ## 两半 {#halves}
#
# 类别 0 到 4 是旧的，5 到 9 是新的，重新从 0 编号。为了省时间，每 2 × 2 个像素并成一个，图片变成 14 × 14。

# %% halves
import numpy as np

from tfnotes.data import CLASS_NAMES, load

DATASET = "fashion_mnist_6k"  # or "fashion_mnist", the whole set
(x_train, y_train), (x_test, y_test) = load(DATASET)


def half(pictures, labels, first):
    rows = (labels >= first) & (labels < first + 5)
    x = pictures[rows].reshape(-1, 14, 2, 14, 2).mean((2, 4)) / 255
    return x[..., None].astype("float32"), labels[rows] - first


old, old_test = half(x_train, y_train, 0), half(x_test, y_test, 0)
new, new_test = half(x_train, y_train, 5), half(x_test, y_test, 5)
print(f"old classes: {len(old[0])} pictures, {len(old_test[0])} for the test")
# -> old classes: 2500 pictures, 500 for the test
print(f"new classes: {len(new[0])} pictures, {len(new_test[0])} for the test")
# -> new classes: 2500 pictures, 500 for the test

# %% grid
import matplotlib.pyplot as plt

from tfnotes.plots import image_grid

firsts = [int(np.argmax(y_train == label)) for label in range(10)]
titles = [f"{'new' if i > 4 else 'old'}: {CLASS_NAMES[i]}" for i in range(10)]
image_grid(x_train[firsts], titles, colors=["C0"] * 5 + ["C1"] * 5)
plt.show()

# %% [markdown] lang="en"
# ![Two rows of five grey pictures. Above, the old classes: T-shirt, trouser, pullover, dress, coat. Below, the new ones: sandal, shirt, sneaker, bag, ankle boot.](../figures/labs/transfer/grid.svg)
#
# The halves are not much alike: above there are clothes only, below are three kinds of shoes, a bag and one shirt. That makes the task harder for transfer than a random division would.
#
# ## One way to train {#train}
#
# The network is a small one with [batch normalization](../architectures/batch-normalization.md) after each of its three convolutions. Many short training runs follow. `learner` compiles a model once; each run then puts back the weights and the state of the optimizer. A run is one call of `fit` on rows drawn beforehand, so that every run has the same number of steps, however few labels there are.

# %% [markdown] lang="zh"
# ![两行灰度图片，每行五张。上面是旧类别：T 恤、裤子、套头衫、连衣裙、大衣。下面是新类别：凉鞋、衬衫、运动鞋、包、短靴。](../figures/labs/transfer/grid.svg)
#
# 两半不太像：上面全是衣服，下面有三种鞋、一个包，只有一件衬衫。比起随机划分，这样的划分对迁移更难。
#
# ## 训练的方法只有一种 {#train}
#
# 网络很小，三个卷积后面各有一个[批归一化](../architectures/batch-normalization.md)。下面要训练很多次，每次都很短。`learner` 只编译一次模型；之后每次训练先把权重和优化器的状态放回去。一次训练就是调用一次 `fit`，用事先抽好的行，所以不管标签多么少，每次的步数都一样。

# %% learner
import keras

from tfnotes.models import batch_norm_cnn

SEEDS = (0, 1, 2)
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def network():
    return batch_norm_cnn((14, 14, 1), n_outputs=5, n_filters=(16, 32, 64))


def learner(model, rate):
    adam = keras.optimizers.Adam(rate)
    model.compile(adam, loss, steps_per_execution=20, jit_compile=False)
    adam.build(model.trainable_variables)
    blank = [variable.numpy() for variable in adam.variables]

    def learn(weights, x, y, n_steps, seed):
        model.set_weights(weights)
        for variable, value in zip(adam.variables, blank, strict=True):
            variable.assign(value)  # or Adam goes on where it was
        rows = np.random.default_rng(seed).integers(len(x), size=25 * n_steps)
        model.fit(x[rows], y[rows], batch_size=25, shuffle=False, verbose=0)
        return model

    return learn


def accuracy(model, x, y):
    return float(np.mean(np.argmax(model(x), axis=1) == y))


def fresh(seed):
    keras.utils.set_random_seed(seed)
    return network().get_weights()


# %% [markdown] lang="en"
# ## Pre-train {#pre-train}
#
# Three networks learn the old classes, from three seeds. A seed stands for everything that is drawn: the first weights, the order of the pictures and, later, which pictures are labelled.

# %% [markdown] lang="zh"
# ## 预训练 {#pre-train}
#
# 三个网络学习旧类别，种子各不相同。一个种子决定所有随机的东西：初始权重、图片的顺序，以及后面哪些图片有标签。

# %% pre-train
STEPS = 600  # of 25 pictures each: 6 epochs of the small set
learn_free = learner(network(), rate=0.003)
pretrained = {}
for seed in SEEDS:
    model = learn_free(fresh(seed), *old, STEPS, seed)
    pretrained[seed] = model.get_weights()
    print(f"seed {seed}, old classes: {accuracy(model, *old_test):.2f}")
# -> seed 0, old classes: 0.86
# -> seed 1, old classes: 0.83
# -> seed 2, old classes: 0.85

# %% [markdown] lang="en"
# ## Features, once {#features}
#
# A frozen network gives the same numbers for a picture every time. So compute them once with `predict`, and train only heads on them. We take them at three depths, behind each pooling; the last depth is what [`replace_head`](../architectures/transfer-learning.md) would keep.
#
# The control is a network that has never seen a label. Only its batch normalization has seen the old pictures: else its averages would be 0 and 1, and the comparison would not be fair.

# %% [markdown] lang="zh"
# ## 特征只算一次 {#features}
#
# 冻结的网络对同一张图片，每次给出同样的数。所以用 `predict` 算一次就够，之后只训练输出头。我们在三个深度取特征，都在池化之后；最后一个深度就是 [`replace_head`](../architectures/transfer-learning.md) 会留下的部分。
#
# 对照是一个从没见过标签的网络。只有它的批归一化见过旧图片：不然滑动平均还是 0 和 1，比较就不公平。

# %% features
from tfnotes.models import frozen_copy

body = frozen_copy(network())
pools = [each for each in body.layers if each.name.startswith("max_pool")]
trunk = keras.Model(body.inputs[0], [pool.output for pool in pools])


def features(weights):
    """Of the new classes at three depths, a row a picture: train and test."""
    trunk.set_weights(weights[:-2])  # all but the head's
    both = (
        trunk.predict(x, batch_size=500, verbose=0) for x, _ in (new, new_test)
    )
    return [
        [part.reshape(len(part), -1) for part in depth]
        for depth in zip(*both, strict=True)
    ]


def untrained(seed):
    keras.utils.set_random_seed(seed)
    model = network()
    for start in range(0, 2500, 100):  # moves the averages, learns nothing
        model(old[0][start : start + 100], training=True)
    return model.get_weights()


learned = {seed: features(pretrained[seed]) for seed in SEEDS}
random = {seed: features(untrained(seed)) for seed in SEEDS}
print("features a picture:", [train.shape[1] for train, _ in learned[0]])
# -> features a picture: [784, 288, 64]

# %% [markdown] lang="en"
# ## Heads on frozen features {#frozen}
#
# A head is a logistic regression on scaled features. It gets 5, 20 or 80 labelled pictures of each new class. The lines show the accuracy on the test pictures, for each size the three seeds. `pixels` is the head without any network.

# %% [markdown] lang="zh"
# ## 冻结特征上的输出头 {#frozen}
#
# 输出头是缩放后的特征上的逻辑回归。每个新类别给它 5、20 或 80 张有标签的图片。每一行是测试图片上的准确率，每种张数列出三个种子。`pixels` 是不用任何网络的输出头。

# %% frozen
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

SIZES = (5, 20, 80)  # labelled pictures of each class


def few(seed, size):
    order = np.random.default_rng(seed).permutation(len(new[1]))
    classes = [order[new[1][order] == label][:size] for label in range(5)]
    return np.concatenate(classes)


def table(name, run):
    """Accuracy of run(seed, rows): (sizes, seeds)."""
    rows = [[run(seed, few(seed, size)) for seed in SEEDS] for size in SIZES]
    print(f"{name:11}", *np.round(rows, 2))
    return np.array(rows)


def head(x, x_test, rows):
    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, tol=0.01))
    model.fit(x[rows], new[1][rows])
    return model.score(x_test, new_test[1])


def heads(name, parts):
    """Of parts[seed], the features for training and for the test."""
    return table(name, lambda seed, rows: head(*parts[seed], rows))


pixels = [x.reshape(len(x), -1) for x, _ in (new, new_test)]
results = {"pixels": heads("pixels", dict.fromkeys(SEEDS, pixels))}
# -> pixels      [0.61 0.74 0.76] [0.85 0.87 0.87] [0.9  0.91 0.9 ]
for depth in range(3):
    for kind, source in (("random", random), ("learned", learned)):
        name = f"{kind} {depth + 1}"
        parts = {seed: source[seed][depth] for seed in SEEDS}
        results[name] = heads(name, parts)
# -> random 1    [0.76 0.82 0.7 ] [0.88 0.91 0.89] [0.92 0.93 0.91]
# -> learned 1   [0.78 0.83 0.7 ] [0.88 0.91 0.9 ] [0.94 0.94 0.92]
# -> random 2    [0.74 0.82 0.72] [0.88 0.88 0.91] [0.92 0.93 0.91]
# -> learned 2   [0.76 0.8  0.75] [0.89 0.88 0.9 ] [0.92 0.94 0.91]
# -> random 3    [0.71 0.77 0.65] [0.84 0.83 0.82] [0.88 0.89 0.88]
# -> learned 3   [0.69 0.74 0.65] [0.83 0.84 0.84] [0.87 0.9  0.86]

# %% depths
places = np.arange(1, 4)
for kind, color, look, shift in (
    ("learned", "C0", "o-", -0.06),
    ("random", "C1", "x--", 0.06),
):
    runs = np.array([results[f"{kind} {depth}"][1] for depth in places])
    plt.plot(places + shift, runs, look[0], color=color)
    plt.plot(places + shift, runs.mean(1), look[1:], color=color, label=kind)
plt.plot([0] * 3, results["pixels"][1], "D", color="C5", label="no network")
blocks = [f"after block {depth}" for depth in places]
plt.xticks(range(4), ["pixels", *blocks])
plt.ylabel("test accuracy, new classes")
plt.title("20 labels a class: the features of the last block are the worst")
plt.legend(title="line: mean, marks: 3 seeds")
plt.show()

# %% [markdown] lang="en"
# ![Test accuracy with 20 labels a class at three depths of the network. Learned and untrained features lie side by side at every depth; both fall after the last block, below the pixels.](../figures/labs/transfer/depths.svg)
#
# Three things hold for every seed. With 20 or 80 labels, features after the first block beat the pixels. After the last block they are worse than after the first. And with 80 labels the pixels beat the learned features of the last block: a head on `replace_head`'s features would have lost against no network at all.
#
# Learned and untrained features lie so close that the seeds do not decide between them. So the lead over the pixels needs no labels of old clothes: small windows and pooling give it with random weights too. Without the control we would have called it transfer.
#
# Careful with the depth: the last block also leaves the fewest numbers, 64 against 784, and no position in the picture. So the fall is not proof that the last block knows clothes only; the untrained one falls too.
#
# ## From scratch, and fine-tuned {#fine-tuned}
#
# `scratch` starts from new weights. `tuned` starts from a pre-trained body: `replace_head` cuts it and adds a head, and `fine_tune` lets the three convolutions and the head learn. It runs twice: with a third of the rate of `scratch`, and with the same rate. All get 120 steps.

# %% [markdown] lang="zh"
# ![每类 20 个标签时，网络三个深度上的测试准确率。在每个深度，学来的特征和没训练过的特征都挨在一起；过了最后一个块，两者都降到像素以下。](../figures/labs/transfer/depths.svg)
#
# 有三点，每个种子都成立。有 20 或 80 个标签时，第一个块之后的特征胜过像素。最后一个块之后的特征，不如第一个块之后的。有 80 个标签时，像素胜过最后一个块学来的特征：在 `replace_head` 留下的特征上装一个输出头，还不如完全不用网络。
#
# 学来的特征和没训练过的特征挨得太近，几个种子分不出高下。所以胜过像素并不靠旧衣服的标签：权重是随机的，小窗口和池化也做得到。要是没有对照，我们就会说这是迁移的功劳。
#
# 看深度要小心：最后一个块留下的数也最少，只有 64 个，第一个块有 784 个，而且图片里的位置也没有了。所以准确率下降，并不能证明最后一个块只懂衣服；没训练过的网络同样下降。
#
# ## 从头训练，和微调 {#fine-tuned}
#
# `scratch` 从新的权重开始。`tuned` 从预训练的主体开始：`replace_head` 把它切开，装上新的输出头，`fine_tune` 让三个卷积和输出头学习。它跑两遍：一遍学习率是 `scratch` 的三分之一，一遍和它相同。都走 120 步。

# %% fine-tuned
from tfnotes.models import fine_tune, replace_head


def new_head(seed):
    return pretrained[seed][:-2] + fresh(seed)[-2:]


def scratch(seed, rows):
    x, y = new[0][rows], new[1][rows]
    return accuracy(learn_free(fresh(seed), x, y, 120, seed), *new_test)


results["scratch"] = table("scratch", scratch)
# -> scratch     [0.75 0.83 0.81] [0.88 0.88 0.9 ] [0.91 0.93 0.92]
for rate in (0.001, 0.003):
    model = replace_head(network(), n_outputs=5)
    learn_tuned = learner(fine_tune(model, n_layers=4), rate)

    def tuned(seed, rows, learn=learn_tuned):
        x, y = new[0][rows], new[1][rows]
        return accuracy(learn(new_head(seed), x, y, 120, seed), *new_test)

    results[f"tuned {rate}"] = table(f"tuned {rate}", tuned)
# -> tuned 0.001 [0.73 0.77 0.7 ] [0.87 0.88 0.88] [0.91 0.9  0.87]
# -> tuned 0.003 [0.77 0.79 0.76] [0.9  0.89 0.89] [0.9  0.91 0.91]

# %% labels
looks = {
    "scratch": ("C1", "--", "s"),
    "tuned 0.003": ("C0", "-", "o"),
    "learned 3": ("C2", ":", "^"),
    "random 3": ("C5", "-.", "x"),
}
for i, (name, (color, style, marker)) in enumerate(looks.items()):
    at = np.array(SIZES) * 1.05 ** (i - 1.5)  # side by side
    plt.plot(at, results[name].mean(1), style, color=color, label=name)
    plt.plot(at, results[name], marker, color=color)
plt.xscale("log")
plt.xticks(SIZES, SIZES)
plt.minorticks_off()
plt.xlabel("labelled pictures of each new class")
plt.ylabel("test accuracy, new classes")
plt.title("From clothes to shoes: pre-training has no steady lead")
plt.legend(title="line: mean, marks: 3 seeds")
plt.show()

# %% [markdown] lang="en"
# ![Test accuracy against 5, 20 and 80 labels a class, for scratch, fine-tuned, and frozen features with and without pre-training. All rise. Scratch and fine-tuned cross each other; on average the two frozen ways lie below both at every size.](../figures/labs/transfer/labels.svg)
#
# Fine-tuning beats its own frozen features of the last block, at the larger rate on every seed and at every size. But it does not beat scratch. At the small rate it is nowhere ahead in the printed digits; at the larger one it is ahead on some seeds and behind on others, and with 80 labels behind on all three, by 0.01 to 0.02.
#
# So here pre-training has bought nothing that the seeds confirm. This is one answer for 2,500 pictures of clothes, a small network and mostly shoes, not a law. Yosinski and others find on ImageNet that features carry over less the farther apart the two tasks are, and yet that distant ones can be better than random ones. What carries over from here is the method: without scratch and without random features, these accuracies could have passed for a success.
#
# ## Batch normalization, frozen or not {#norm}
#
# `fine_tune` leaves batch normalization frozen: `gamma` and `beta` stay, and so do the moving averages, those of clothes. To let it learn too, set `trainable = True` on the model. Careful with a model of your own around frozen layers: its `trainable` is `True` already, and with TensorFlow, Keras skips the assignment of a value that is there. Assign `False` first. `replace_head` takes care of this.

# %% [markdown] lang="zh"
# ![每类 5、20、80 个标签时的测试准确率：从头训练、微调，以及有预训练和没有预训练的冻结特征。都在上升。从头训练和微调互有高低；平均来看，两种冻结的做法在每种张数上都低于它们。](../figures/labs/transfer/labels.svg)
#
# 微调胜过它自己最后一个块的冻结特征；用较大的学习率时，每个种子、每种张数都是如此。但是它没有胜过从头训练。学习率小的时候，从印出的位数看，它没有一处领先；大一些的时候，有的种子领先，有的落后，有 80 个标签时三个种子都落后，差 0.01 到 0.02。
#
# 所以在这里，预训练没有带来任何能被各个种子证实的好处。这只是一个答案：2,500 张衣服图片、一个小网络、新类别大多是鞋。它不是定律。Yosinski 等人在 ImageNet 上发现，两个任务离得越远，特征越不好用，但离得远的特征也可以比随机特征好。从这里能带走的是方法：没有从头训练和随机特征作对照，上面这些准确率很容易被当成成功。
#
# ## 批归一化，冻结或不冻结 {#norm}
#
# `fine_tune` 让批归一化保持冻结：`gamma` 和 `beta` 不动，滑动平均也不动，还是衣服的那些。想让它也学，就在模型上设 `trainable = True`。自己用冻结的层搭模型时要小心：外面新建的模型，`trainable` 本来就是 `True`，用 TensorFlow 时，Keras 会跳过没有改变的赋值。要先赋 `False`。`replace_head` 已经处理好了这一点。

# %% norm
everything = replace_head(network(), n_outputs=5)
print("arrays that learn:", len(everything.trainable_weights))
# -> arrays that learn: 2
everything.trainable = True
print("after trainable = True:", len(everything.trainable_weights))
# -> after trainable = True: 11
learn_all = learner(everything, rate=0.003)


def averages_moved(model, weights):
    return any(
        (weight.numpy() != before).any()
        for weight, before in zip(model.weights, weights, strict=True)
        if weight.name == "moving_mean"
    )


for name, learn in (("frozen", learn_tuned), ("learning", learn_all)):
    found = []
    for seed in SEEDS:
        x, y = (part[few(seed, 20)] for part in new)
        model = learn(new_head(seed), x, y, 120, seed)
        found.append(accuracy(model, *new_test))
    moved = averages_moved(model, new_head(seed))
    print(f"{name}: averages moved {moved}, accuracy", np.round(found, 2))
# -> frozen: averages moved False, accuracy [0.9  0.89 0.89]
# -> learning: averages moved True, accuracy [0.89 0.89 0.91]

# %% [markdown] lang="en"
# With frozen normalization nothing moves in the averages; with learning normalization they move. The accuracies, 20 labels a class and the same rate, do not decide between the two. Where batches are small, [their averages are noisy](../architectures/batch-normalization.md); frozen normalization does not use them.
#
# ## Larger {#larger}
#
# With a GPU, or with patience, set `DATASET = "fashion_mnist"` and `STEPS = 7_200`: 30,000 pictures of the old classes instead of 2,500. Then ask again whether the features are better than random ones. Another division of the classes is a change of `half`; Yosinski and others compare a random one with one by kind.
#
# ## Sources {#sources}
#
# - J. Yosinski, J. Clune, Y. Bengio, H. Lipson, [How transferable are features in deep neural networks?](https://arxiv.org/abs/1411.1792), 2014.
# - Keras, [Transfer learning & fine-tuning](https://keras.io/guides/transfer_learning/).
# - H. Xiao, K. Rasul and R. Vollgraf, [Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning Algorithms](https://arxiv.org/abs/1708.07747), 2017.

# %% [markdown] lang="zh"
# 归一化冻结时，滑动平均一点不动；参加学习时，它们会动。在每类 20 个标签、学习率相同的条件下，两种做法的准确率分不出高下。批次小的时候，[批次的平均波动很大](../architectures/batch-normalization.md)；冻结的归一化不用它们。
#
# ## 更大的数据 {#larger}
#
# 有 GPU 或者有耐心，就设 `DATASET = "fashion_mnist"` 和 `STEPS = 7_200`：旧类别的图片从 2,500 张变成 30,000 张。然后再问一遍：学来的特征比随机的好吗？想换一种划分，改 `half` 就行；Yosinski 等人比较了随机划分和按种类划分。
#
# ## 资料 {#sources}
#
# - J. Yosinski、J. Clune、Y. Bengio、H. Lipson：[How transferable are features in deep neural networks?](https://arxiv.org/abs/1411.1792)，2014。
# - Keras：[Transfer learning & fine-tuning](https://keras.io/guides/transfer_learning/)。
# - H. Xiao、K. Rasul、R. Vollgraf：[Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning Algorithms](https://arxiv.org/abs/1708.07747)，2017。
