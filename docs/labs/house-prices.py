# ---
# minutes: 20
# hardware: CPU
# tolerance: 0.06
# time_limit: 300
# ---

# %% [markdown] lang="en"
# # Lab: house prices {#house-prices}
#
# Regression on a table, from the first look to one number that you can stand behind: a baseline, two networks, five folds, a random search, and a test set that is touched once.
#
# **What you need first:** [linear regression in Keras](../foundations/linear-regression-keras.md), [model selection](../foundations/model-selection.md) and [wide & deep](../architectures/wide-and-deep.md). The lab takes about two minutes on two cores.
#
# ## Which houses {#which-houses}
#
# Offline there is one table of houses at hand: Boston, 1970, 506 districts. It is a table with [a known fault](../keras/datasets.md#careful), and the next section deals with it. With a network, set `DATASET` to `"california_housing"`: 20,640 districts, about forty times the work; lower `epochs` first, or use a GPU.

# %% [markdown] lang="zh"
# # 实验：房价 {#house-prices}
#
# 在一张表格上做回归，从看第一眼数据，到一个站得住脚的数：一个基线、两个网络、五折、一次随机搜索，还有只碰一次的测试集。
#
# **先要会什么**：[用 Keras 做线性回归](../foundations/linear-regression-keras.md)、[模型选择](../foundations/model-selection.md)和[宽与深](../architectures/wide-and-deep.md)。在两个核上大约要两分钟。
#
# ## 哪里的房子 {#which-houses}
#
# 没有网络时，手边只有一张房价表：1970 年的波士顿，506 个街区。这张表有[一个已知的毛病](../keras/datasets.md#careful)，下一节就来处理。有网络的话，把 `DATASET` 改成 `"california_housing"`：20,640 个街区，工作量大约是四十倍；先把 `epochs` 改小，或者用 GPU。

# %% data
from tfnotes.data import describe, load

DATASET = "boston"  # or "california_housing", which needs a network once
(x, y), (x_test, y_test) = load(DATASET)
print(describe(DATASET).title)
# -> Houses in Boston, 1970: median price (1,000 $) of a district
print(DATASET, x.shape, x_test.shape)
# -> boston (404, 13) (102, 13)

# %% [markdown] lang="en"
# ## A column that has to go {#column-b}
#
# Column B is computed from the share of Black inhabitants and assumes beforehand that segregation moves prices. A model that uses it passes the assumption on. We leave it out; further down the baseline shows what that costs.

# %% [markdown] lang="zh"
# ## 有一列必须拿掉 {#column-b}
#
# B 列由黑人居民的比例算出，事先就认定种族隔离会影响房价。用了它的模型，会把这个假设传下去。我们不要这一列；下面的基线会说明，这样做损失了多少。

# %% column-b
import numpy as np

kept = [
    column
    for column in range(x.shape[1])
    if DATASET != "boston" or column != 11
]
print(f"{len(kept)} of {x.shape[1]} columns stay")
# -> 12 of 13 columns stay

# %% [markdown] lang="en"
# ## Scaling {#scaling}
#
# The columns have different units. Each gets mean 0 and standard deviation 1, by the numbers of the training part. The prices stay as they are, in 1,000 dollars, so that errors can be read.
#
# A strict reader objects: the mean is taken over all training rows, so a held-out fold has had a tiny say in it. With [a pipeline for every fold](../keras/hyperparameter-search.md) even that is gone.

# %% [markdown] lang="zh"
# ## 缩放 {#scaling}
#
# 各列的单位不同。按训练部分的数，让每一列的均值为 0，标准差为 1。房价不动，单位是千美元，误差才好读。
#
# 严格的读者会反对：均值是用全部训练行算的，留出的那一折也说了一点话。给[每一折各做一条管道](../keras/hyperparameter-search.md)，连这一点也能避免。

# %% scale
mean, deviation = x.mean(axis=0), x.std(axis=0)
x, x_test = ((rows - mean) / deviation for rows in (x, x_test))
print(f"prices from {y.min():.0f} to {y.max():.0f}, mean {y.mean():.0f}")
# -> prices from 5 to 50, mean 23

# %% [markdown] lang="en"
# ## Five folds {#folds}
#
# 404 districts are few: one split of them would say more about luck than about models. So every model is trained five times, each time on four folds, and judged on the fifth. The error is the root of the mean square, in 1,000 dollars. `predict_with` is any function that learns from rows and prices and gives back a function that predicts.

# %% [markdown] lang="zh"
# ## 五折 {#folds}
#
# 404 个街区不算多：只划分一次，看到的多半是运气，而不是模型的好坏。所以每个模型训练五次，每次用四折来学，用第五折来评。误差是均方根，单位是千美元。`predict_with` 可以是任何函数：从各行和房价里学，再返回一个会预测的函数。

# %% folds
from sklearn.model_selection import KFold

FOLDS = list(KFold(5, shuffle=True, random_state=0).split(x))


def score(predict_with, columns, folds=FOLDS):
    """RMSE on each held-out fold, of what the other four have taught."""
    errors = []
    for fold, (train_rows, valid_rows) in enumerate(folds):
        predict = predict_with(x[train_rows][:, columns], y[train_rows], fold)
        wrong = predict(x[valid_rows][:, columns]) - y[valid_rows]
        errors.append(float(np.sqrt(np.mean(wrong**2))))
    return np.array(errors)  # one for each fold, in the unit of the prices


def report(name, errors):
    print(
        f"{name:14} {errors.mean():.1f}  folds {errors.min():.1f} to {errors.max():.1f}"
    )


# %% [markdown] lang="en"
# ## Baselines {#baselines}
#
# What does it cost to know nothing, and how far does a straight line get?

# %% [markdown] lang="zh"
# ## 基线 {#baselines}
#
# 什么都不知道，误差有多大？一条直线又能走多远？

# %% baselines
from sklearn.linear_model import LinearRegression


def mean_price(x, y, seed):
    return lambda rows: np.full(len(rows), y.mean())


def linear(x, y, seed):
    return LinearRegression().fit(x, y).predict


everything = list(range(x.shape[1]))
report("mean price", score(mean_price, kept))
# -> mean price     9.2  folds 9.0 to 9.6
report("linear", score(linear, kept))
# -> linear         4.7  folds 3.5 to 5.5
report("linear, with B", score(linear, everything))
# -> linear, with B 4.6  folds 3.5 to 5.5

# %% [markdown] lang="en"
# Guessing the mean is wrong by about 9,000 dollars, the line by half of that. Column B improves the line by 0.1, much less than the folds differ among themselves: leaving it out costs next to nothing here.
#
# ## Two networks {#networks}
#
# `dense` has two hidden layers of 30 units. `both` is [wide & deep](../architectures/wide-and-deep.md): every column goes to the output directly and through the hidden layers too. Both are trained for 60 epochs with the same settings; the seed is the number of the fold.

# %% [markdown] lang="zh"
# 总猜平均价，大约差九千美元；直线的误差是它的一半。B 列只让直线好了 0.1，远小于各折之间的差别：在这里，不要它几乎没有损失。
#
# ## 两个网络 {#networks}
#
# `dense` 有两个隐藏层，各 30 个单元。`both` 就是[宽与深](../architectures/wide-and-deep.md)：每一列既直接通到输出，也走隐藏层。两个都训练 60 个轮次，设置相同；种子是折的编号。

# %% networks
import keras

from tfnotes.models import mlp, wide_and_deep
from tfnotes.training import train


def dense(width):
    return mlp((width,), 1, hidden=(30, 30)), lambda rows: rows


def both(width):
    return wide_and_deep((width, width), 1), lambda rows: [rows, rows]


def network(build, rate=0.003, epochs=60):
    def predict_with(x, y, seed):
        keras.utils.set_random_seed(seed)
        model, inputs = build(x.shape[1])
        model.compile(keras.optimizers.Adam(rate), "mse")
        train(
            model,
            inputs(x),
            y[:, None],
            epochs=epochs,
            batch_size=32,
            seed=seed,
            verbose=0,
        )
        return lambda rows: model(inputs(rows), training=False).numpy()[:, 0]

    return predict_with


results = {"linear": score(linear, kept)}
for build in (dense, both):
    results[build.__name__] = score(network(build), kept)
    report(build.__name__, results[build.__name__])
# -> dense          3.6  folds 3.0 to 4.4
# -> both           3.6  folds 3.1 to 4.6

# %% [markdown] lang="en"
# Both networks are about a quarter better than the line on average. Is that so on every fold, or did one fold pull the mean?

# %% [markdown] lang="zh"
# 平均来看，两个网络的误差都比直线小大约四分之一。是每一折都如此，还是某一折拉动了平均？

# %% better
for name in ("dense", "both"):
    better = int((results[name] < results["linear"]).sum())
    print(f"{name}: better than the line on {better} of 5 folds")
# -> dense: better than the line on 5 of 5 folds
# -> both: better than the line on 5 of 5 folds

# %% fold-figure
import matplotlib.pyplot as plt

for errors in zip(*results.values(), strict=True):
    plt.plot(list(results), errors, "o-", color="gray", linewidth=1)
means = [errors.mean() for errors in results.values()]
plt.plot(list(results), means, "D", color="C1", label="mean of the folds")
plt.margins(x=0.15)
plt.ylabel("RMSE on the held-out fold")
plt.title("Each line is one fold: the folds differ more than the networks")
plt.legend()
plt.show()

# %% [markdown] lang="en"
# ![Error on the held-out fold for the line, the dense network and wide & deep, one grey line a fold. The points of one model lie far apart; from the line to the networks they move down, between the two networks hardly at all.](../figures/labs/house-prices/fold-figure.svg)
#
# The folds differ from one another more than the two networks do. Between `dense` and `both` these 404 rows cannot decide, so we take the simpler one.
#
# ## A random search {#search}
#
# Eight settings, drawn at random from 27, each on the first three folds: 24 training runs, the longest part of the lab. The columns are layers × units, the learning rate, and the error.

# %% [markdown] lang="zh"
# ![直线、全连接网络、宽与深在留出的那一折上的误差，每条灰线是一折。同一个模型的各点相距很远；从直线到网络，点往下移，两个网络之间几乎不动。](../figures/labs/house-prices/fold-figure.svg)
#
# 各折之间的差别，比两个网络之间的差别大。`dense` 和 `both` 哪个好，这 404 行数据分不出来，那就用简单的那个。
#
# ## 随机搜索 {#search}
#
# 从 27 种设置里随机抽八种，每种在前三折上跑：一共训练 24 次，是这个实验里最长的一段。各列是层数 × 单元数、学习率、误差。

# %% search
from sklearn.model_selection import ParameterSampler

choices = {
    "units": [10, 30, 100],
    "layers": [1, 2, 3],
    "rate": [0.001, 0.003, 0.01],
}
tried = list(ParameterSampler(choices, n_iter=8, random_state=0))


def of(setting):
    hidden = (setting["units"],) * setting["layers"]

    def build(width):
        return mlp((width,), 1, hidden=hidden), lambda rows: rows

    return network(build, setting["rate"])


found = [score(of(setting), kept, FOLDS[:3]) for setting in tried]
for setting, errors in zip(tried, found, strict=True):
    report(
        f"{setting['layers']} x {setting['units']}, {setting['rate']}", errors
    )
# -> 1 x 100, 0.001 4.4  folds 3.5 to 5.2
# -> 3 x 10, 0.01   3.6  folds 3.2 to 4.1
# -> 2 x 100, 0.003 3.3  folds 3.0 to 3.8
# -> 2 x 100, 0.01  3.5  folds 3.0 to 4.2
# -> 1 x 100, 0.003 3.4  folds 2.8 to 3.9
# -> 2 x 100, 0.001 3.5  folds 2.9 to 4.0
# -> 3 x 100, 0.003 3.3  folds 2.9 to 3.8
# -> 2 x 30, 0.003  3.6  folds 3.0 to 4.4

# %% [markdown] lang="en"
# The worst setting is the one with a single layer and the smallest rate. Among the best ones the means differ by less than the folds do: the search has found a good region, not a proven winner.
#
# ## The test, once {#test}
#
# The first setting with the smallest mean, to one decimal, is trained on all 404 districts, with five seeds, and meets the test districts for the first time. The line has no seed, so its two numbers are equal.

# %% [markdown] lang="zh"
# 最差的一种，只有一层，学习率也最小。最好的几种，平均值之间的差别小于各折之间的差别：搜索找到的是一片好的区域，不是一个确定的优胜者。
#
# ## 只测一次 {#test}
#
# 平均误差保留一位小数，取最小的那个设置（并列就取前一个），在全部 404 个街区上训练，用五个种子，第一次去见测试的街区。直线没有种子，所以它的两个数相同。

# %% test
means = [
    round(errors.mean(), 1) for errors in found
]  # more digits would be luck
chosen = tried[int(np.argmin(means))]
wrong = {"linear": [], "chosen": []}
for seed in range(5):
    for name, way in (("linear", linear), ("chosen", of(chosen))):
        predicted = way(x[:, kept], y, seed)(x_test[:, kept])
        wrong[name].append(float(np.sqrt(np.mean((predicted - y_test) ** 2))))
for name, errors in wrong.items():
    print(f"{name}: {min(errors):.1f} to {max(errors):.1f} on the test houses")
# -> linear: 5.9 to 5.9 on the test houses
# -> chosen: 4.3 to 4.7 on the test houses

# %% guesses
plt.plot([0, 50], [0, 50], color="gray", linewidth=1)
plt.plot(y_test, linear(x[:, kept], y, 0)(x_test[:, kept]), "x", label="linear")
plt.plot(y_test, predicted, "o", fillstyle="none", label="chosen, last seed")
plt.xlabel("true price (1,000 $)")
plt.ylabel("predicted price (1,000 $)")
plt.title("Dear districts: the line stays too low, the network comes closer")
plt.legend()
plt.show()

# %% [markdown] lang="en"
# ![Predicted against true price on the test districts. At high prices the crosses of the line lie below the diagonal; the circles of the network lie closer to it.](../figures/labs/house-prices/guesses.svg)
#
# Every seed of the network beats the line. Its error on the test districts is larger than in the search, and so is the line's: these 102 districts are harder than the others were, which is one more reason not to compare a cross-validated number with a test number. Prices of exactly 50 are cut off in the table: no model can be right there.
#
# ## Larger {#larger}
#
# `DATASET = "california_housing"` runs the same cells on 20,640 districts; it has no column like B. With a GPU, also raise `n_iter` in the search.
#
# ## Sources {#sources}
#
# - D. Harrison, D. L. Rubinfeld, [Hedonic housing prices and the demand for clean air](https://doi.org/10.1016/0095-0696%2878%2990006-2), 1978: the Boston table.
# - J. Bergstra, Y. Bengio, [Random Search for Hyper-Parameter Optimization](https://jmlr.org/papers/v13/bergstra12a.html), 2012.
# - H.-T. Cheng et al., [Wide & Deep Learning for Recommender Systems](https://arxiv.org/abs/1606.07792), 2016.

# %% [markdown] lang="zh"
# ![测试街区的预测价与真实价。在高价处，直线的叉号落在对角线下方，网络的圆圈离对角线近一些。](../figures/labs/house-prices/guesses.svg)
#
# 网络的每个种子都胜过直线。它在测试街区上的误差比搜索时大，直线也是：这 102 个街区比其他的更难。这也说明，交叉验证得到的数和测试得到的数不能拿来互相比。表里正好等于 50 的房价是截断的，那些地方没有模型能猜对。
#
# ## 更大的数据 {#larger}
#
# 设 `DATASET = "california_housing"`，同样的单元格就在 20,640 个街区上运行；它没有 B 那样的列。有 GPU 的话，搜索里的 `n_iter` 也可以加大。
#
# ## 资料 {#sources}
#
# - D. Harrison、D. L. Rubinfeld：[Hedonic housing prices and the demand for clean air](https://doi.org/10.1016/0095-0696%2878%2990006-2)，1978：波士顿这张表的出处。
# - J. Bergstra、Y. Bengio：[Random Search for Hyper-Parameter Optimization](https://jmlr.org/papers/v13/bergstra12a.html)，2012。
# - H.-T. Cheng 等：[Wide & Deep Learning for Recommender Systems](https://arxiv.org/abs/1606.07792)，2016。
