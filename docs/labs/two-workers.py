# ---
# minutes: 25
# hardware: CPU
# tolerance: 0.06
# time_limit: 900
# ---

# %% [markdown] lang="en"
# # Lab: two workers, and one that dies {#two-workers}
#
# Two processes train one model. One of them is killed in the middle of an epoch, later the other. The group begins again from its last checkpoint, and in the end we ask whether one bit of the result is different from that of a run in which nobody died.
#
# **What you need first:** [distribution strategies](../scale/distribution-strategies.md) and [callbacks](../keras/callbacks.md). The lab takes about two and a half minutes on two quiet cores; nearly all of that is the start of processes.
#
# ## What is at hand {#at-hand}
#
# Ray starts the workers and watches them. It is the extra `ray` of [`tfnotes`](../start/install.md#tfnotes); a plain installation does not have it.
#
# A run that can be continued leaves files behind. So the lab works in a folder of its own; look into it at the end.

# %% [markdown] lang="zh"
# # 实验：两个工作进程，其中一个会死 {#two-workers}
#
# 两个进程一起训练一个模型。先有一个在轮次中途被杀，后来另一个也被杀。整组从最后一个检查点重新开始。最后我们要问：和谁也没死的训练相比，结果有没有哪怕一个比特不同？
#
# **先要会什么**：[分布式策略](../scale/distribution-strategies.md)和[回调](../keras/callbacks.md)。在两个空闲的核上大约要两分半，时间几乎都花在启动进程上。
#
# ## 手边有什么 {#at-hand}
#
# 工作进程由 Ray 启动和看管。只装 `tfnotes` 时没有它，安装时要加上[附加选项](../start/install.md#tfnotes) `ray`。
#
# 能接着跑的训练会留下文件。所以这个实验在自己的文件夹里进行；做完后可以进去看看。

# %% at-hand
import os
import tempfile
from importlib.util import find_spec

import keras
import tensorflow as tf

print("TensorFlow", tf.__version__)
# -> TensorFlow 2.21.0
print("Keras", keras.__version__)
# -> Keras 3.15.1
print("Ray:", "found" if find_spec("ray") else "missing")
# -> Ray: found
os.chdir(tempfile.mkdtemp(prefix="two-workers-", dir="."))
DATASET, EPOCHS, WORKERS = "fashion_mnist_6k", 6, 2

# %% [markdown] lang="en"
# ## What a worker runs {#program}
#
# Workers are processes of their own, so what they run has to stand in a file. `choose_strategy` finds the other workers, `set_random_seed` gives all of them the same first weights, and `checkpoint=` makes `tfnotes.train` write the run into a folder after every epoch.
#
# The callback does two things. It prints where the worker is. And it kills its own process in the middle of an epoch, if the command line asks for that, with the signal that no program can catch. A file remembers that it has happened; otherwise the next life would die at the same place.
#
# Dropout is there on purpose: it draws random numbers at every step. A run that begins again with other numbers than it would have drawn ends with other weights.

# %% [markdown] lang="zh"
# ## 工作进程跑什么 {#program}
#
# 每个工作进程都是单独的进程，所以它要跑的东西得放在文件里。`choose_strategy` 找到其他工作进程，`set_random_seed` 让大家的初始权重相同，`checkpoint=` 让 `tfnotes.train` 在每个轮次之后把训练的状态写进一个文件夹。
#
# 回调做两件事。它印出工作进程走到了哪里；如果命令行要求，它还在一个轮次的中间杀掉自己的进程，用的是任何程序都拦不住的信号。事情发生过，就留一个文件作记号，不然下一条命会死在同一个地方。
#
# 丢弃法是故意放进去的：它每一步都要抽随机数。重新开始时，抽到的数如果和本来该抽的不一样，最后的权重也就不一样。

# %% program
from pathlib import Path

PROGRAM = '''\
"""worker.py RUN DATASET EPOCHS [WORKER:EPOCH ...]: the last are the deaths."""

import hashlib
import json
import os
import signal
import sys
from pathlib import Path

import keras

from tfnotes import data, distribution, training

run, dataset, epochs, *deaths = sys.argv[1:]
strategy = distribution.choose_strategy()  # first: the workers meet here
config = json.loads(os.environ.get("TF_CONFIG", "{}"))  # alone there is none
worker = config["task"]["index"] if config else 0


class Diary(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.now = f"{worker}:{epoch + 1}"
        print("epoch", epoch + 1, "begins")

    def on_epoch_end(self, epoch, logs=None):
        print("epoch", epoch + 1, "loss", logs["loss"])

    def on_train_batch_end(self, batch, logs=None):
        n_steps = self.params["steps"]
        mark = Path(f"{run}-death-{self.now.replace(':', '-')}")
        if self.now in deaths and batch == n_steps // 2 and not mark.exists():
            mark.touch()  # once is enough
            print("killed at step", batch + 1, "of", n_steps)
            os.kill(os.getpid(), signal.SIGKILL)  # no clean-up, no last word


print("life begins")
keras.utils.set_random_seed(0)  # the same first weights everywhere
with strategy.scope():
    layers = [
        keras.layers.Rescaling(1 / 255),
        keras.layers.Flatten(),
        keras.layers.Dense(100, activation="relu"),
        keras.layers.Dropout(0.3),
        keras.layers.Dense(10),
    ]
    model = keras.Sequential([keras.Input((28, 28)), *layers])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.002), loss)
(x, y), _ = data.load(dataset)
training.train(
    model,
    x,
    y,
    epochs=int(epochs),
    batch_size=64,  # of a step, over all workers
    seed=0,  # of the order of the rows
    callbacks=[Diary()],
    checkpoint=run,
    verbose=0,
)
weights = b"".join(array.tobytes() for array in model.get_weights())
print("weights", hashlib.sha256(weights).hexdigest())
'''
Path("worker.py").write_text(PROGRAM, encoding="utf-8")

# %% [markdown] lang="en"
# The last line of a worker is a digest of all its weights. If one bit of them changes, the digest becomes another one.
#
# ## Nobody dies {#unbroken}
#
# First the run to compare with. `launch` starts the workers with Ray and comes back when all have ended; each writes a log. What Ray itself has to say goes to the error output.

# %% [markdown] lang="zh"
# 工作进程最后印的一行，是全部权重的哈希值。权重只要变一个比特，它就变成另一个。
#
# ## 谁也没死 {#unbroken}
#
# 先跑用来对照的那一次。`launch` 用 Ray 启动工作进程，等它们全部结束才返回；每个工作进程写一份日志。Ray 自己要说的话，送到错误输出。

# %% unbroken
from tfnotes.distribution import WorkerError, launch


def start(run, *deaths, restarts=0):
    """Train with all workers; gives the paths of their logs."""
    arguments = [run, DATASET, str(EPOCHS), *deaths]
    return launch(
        "worker.py",
        arguments,
        WORKERS,
        restarts=restarts,
        logs=f"{run}-logs",
    )


def lives(log):
    """What a worker noted in each of its lives."""
    found = []
    for line in log.read_text(errors="replace", encoding="utf-8").splitlines():
        match line.split():
            case ["life", "begins"]:
                found.append({"begun": [], "losses": [], "died": 0, "end": ""})
            case ["epoch", epoch, "begins"]:
                found[-1]["begun"].append(int(epoch))
            case ["epoch", _, "loss", loss]:
                found[-1]["losses"].append(float(loss))
            case ["killed", "at", "step", step, "of", n_steps]:
                found[-1]["died"] = int(step) / int(n_steps)  # of the epoch
            case ["weights", digest]:
                found[-1]["end"] = digest
    return found


logs = start("unbroken")
print([log.name for log in logs])
# -> ['worker-0.log', 'worker-1.log']
unbroken = [lives(log) for log in logs]
losses = unbroken[0][0]["losses"]
print("loss of each epoch:", *(f"{loss:.2f}" for loss in losses))
# -> loss of each epoch: 0.97 0.65 0.59 0.53 0.50 0.46
print("the same weights:", unbroken[0][0]["end"] == unbroken[1][0]["end"])
# -> the same weights: True

# %% [markdown] lang="en"
# The workers share each batch of 64 rows and add up their gradients, so their weights stay the same, to the last bit.
#
# ## Two deaths, one restart {#deaths}
#
# Now worker 1 dies in epoch 2, and worker 0 in epoch 4. Worker 0 is the chief, the one whose checkpoint counts. We allow one restart only, to see what happens at the limit.

# %% [markdown] lang="zh"
# 每批 64 行由各个工作进程分着算，梯度再加起来，所以它们的权重始终相同，一个比特也不差。
#
# ## 死两次，只许重启一次 {#deaths}
#
# 现在让工作进程 1 死在第 2 个轮次，工作进程 0 死在第 4 个轮次。工作进程 0 是主进程，算数的检查点由它来写。我们只许重启一次，看看到了上限会怎样。

# %% deaths
DEATHS = ["1:2", "0:4"]  # worker : epoch
try:
    start("broken", *DEATHS, restarts=1)
except WorkerError as error:
    print(str(error).split("; read")[0])
# -> worker 0 died (killed, or out of memory)
for line in (
    Path("broken-logs/failures.log").read_text(encoding="utf-8").splitlines()
):
    print(line.split(maxsplit=2)[2])  # behind date and time
# -> worker 1 died (killed, or out of memory)
# -> worker 0 died (killed, or out of memory)

# %% [markdown] lang="en"
# `failures.log` names both deaths, the one that was survived and the one that was not. The error names the worker that died first and, in the part that we cut off, its log. That is a help, because the log of the other worker may end with an error, too: an `UnavailableError` from the sum of gradients that never came. It is an echo, not the cause.
#
# The whole launch has failed now. The checkpoint is still there. So do what a person, or the queue of a cluster, would do: start the same command again.

# %% [markdown] lang="zh"
# `failures.log` 记下了两次死亡，救回来的一次和没救回来的一次。错误信息点名最先死的工作进程；我们截掉的那一段，还给出它的日志。这很有用，因为另一个工作进程的日志也可能以报错结尾：等不到梯度的和，于是报 `UnavailableError`。那是回声，不是原因。
#
# 现在整个启动都失败了，但检查点还在。那就像人或者集群的排队系统会做的那样，把同一条命令再执行一次。

# %% again
logs = start("broken", *DEATHS, restarts=1)
broken = [lives(log) for log in logs]
for number, of_both in enumerate(zip(*broken, strict=True), 1):
    life = of_both[0]
    died = [w for w, each in enumerate(of_both) if each["died"]]
    end = f"worker {died[0]} killed" if died else "to the end"
    n_done = len(life["losses"])
    print(f"life {number}: began {life['begun']}, finished {n_done}, {end}")
# -> life 1: began [1, 2], finished 1, worker 1 killed
# -> life 2: began [2, 3, 4], finished 2, worker 0 killed
# -> life 3: began [4, 5, 6], finished 3, to the end

# %% [markdown] lang="en"
# The group has had three lives. Epochs 2 and 4 were begun twice: an epoch that was cut off is lost, and the next life begins it anew from the checkpoint of the epoch before. A death costs at most one epoch, and the time that the processes take to start.
#
# ## To the last bit {#last-bit}
#
# Are the weights of the broken run those of the unbroken one? And what else is in the checkpoint?

# %% [markdown] lang="zh"
# 这一组一共活了三次。第 2 和第 4 个轮次都开始了两遍：被打断的轮次作废，下一条命从前一个轮次的检查点重新做它。死一次，最多损失一个轮次，再加上启动进程的时间。
#
# ## 一个比特也不差 {#last-bit}
#
# 断过的训练和没断的训练，权重相同吗？检查点里还有什么？

# %% last-bit
import numpy as np

ends = {worker[-1]["end"] for worker in [*unbroken, *broken]}
print("different ends of all workers:", len(ends))
# -> different ends of all workers: 1


def variables(run):
    """Every variable of a checkpoint, by its name there."""
    reader = tf.train.load_checkpoint(run)
    names = reader.get_variable_to_shape_map()
    return {
        n: reader.get_tensor(n) for n in names if n.startswith("variables/")
    }


ours, theirs = variables("broken"), variables("unbroken")
print(len(ours), "variables, shapes", *sorted({v.shape for v in ours.values()}))
# -> 14 variables, shapes () (2,) (10,) (100,) (100, 10) (784, 100)
print("all equal:", all(np.array_equal(ours[n], theirs[n]) for n in theirs))
# -> all equal: True

# %% [markdown] lang="en"
# All four end with the same weights. The checkpoints agree in every variable: weights, the averages of Adam, its counter of steps, and, with shape `(2,)`, the state of the generator from which dropout draws. The seed of the order of the rows is kept beside the variables. With one of these left out, the later lives would have dropped other units or taken the rows in another order.
#
# ## The three lives {#lives}

# %% [markdown] lang="zh"
# 四个工作进程最后的权重完全相同。两个检查点里每个变量也都相等：权重，Adam 的各个平均，它的步数计数，还有形状为 `(2,)` 的那个，就是丢弃法抽数用的生成器的状态。行的顺序由一个种子决定，它保存在变量旁边。这些少了任何一样，后面的命就会丢弃别的单元，或者换一种顺序取行。
#
# ## 三条命 {#lives}

# %% lives
import matplotlib.pyplot as plt

figure, (above, below) = plt.subplots(2, sharex=True, height_ratios=(2, 3))
below.plot(
    range(1, EPOCHS + 1), losses, color="gray", linewidth=6, label="unbroken"
)
for number, of_both in enumerate(zip(*broken, strict=True), 1):
    begun, done = of_both[0]["begun"], len(of_both[0]["losses"])
    first, color = begun[0] - 1, f"C{number - 1}"
    above.barh(number, done, left=first, height=0.6, color=color)
    if died := max(each["died"] for each in of_both):
        above.barh(
            number,
            died,
            left=first + done,
            height=0.6,
            color="lightgray",
            edgecolor=color,
            hatch="///",
        )
        end = first + done + died
        above.plot(end, number, "X", color="black", ms=10)
        above.text(end + 0.12, number, "killed", va="center")
    below.plot(
        begun[:done],
        of_both[0]["losses"],
        "os^"[number - 1],
        color=color,
        label=f"life {number}",
    )
above.set_yticks([1, 2, 3], ["life 1", "life 2", "life 3"])
above.invert_yaxis()
above.set_title("Killed twice: half an epoch is done again, no loss changes")
above.grid(axis="y", visible=False)
below.set_xlabel("epochs that are done")
below.set_ylabel("loss")
below.legend()
plt.show()

# %% [markdown] lang="en"
# ![Above, three bars, one below the other: life 1 from 0 to 1 with half an epoch hatched behind it and a cross at its end; life 2 from 1 to 3, again with a hatched half and a cross; life 3 from 3 to 6. Below, the falling loss of the unbroken run, and on it the marks of the three lives.](../figures/labs/two-workers/lives.svg)
#
# The hatched pieces are the work that was lost. The marks of all three lives lie on the curve of the unbroken run.
#
# ## If it dies while it saves {#while-saving}
#
# A process can also die while it writes a checkpoint. What is in the folder?

# %% [markdown] lang="zh"
# ![上图有三根横条，一根在一根下面：第一条命从 0 到 1，后面接着半个轮次的斜线，末端一个叉；第二条命从 1 到 3，后面同样是半个轮次的斜线和一个叉；第三条命从 3 到 6。下图是没断的训练下降的损失曲线，三条命的标记都落在上面。](../figures/labs/two-workers/lives.svg)
#
# 斜线部分是白做的工作。三条命的标记全都落在没断的训练的曲线上。
#
# ## 正在保存时死掉 {#while-saving}
#
# 进程也可能死在写检查点的时候。文件夹里有些什么？

# %% folder
print(*sorted(path.name for path in Path("broken").iterdir()), sep="\n")
# -> checkpoint
# -> ckpt-6.data-00000-of-00001
# -> ckpt-6.index
print(Path("broken/checkpoint").read_text(encoding="utf-8").splitlines()[0])
# -> model_checkpoint_path: "ckpt-6"

# %% [markdown] lang="en"
# The numbers are in the `data` file, and `index` says where in it each variable is. The small file `checkpoint` names the checkpoint that counts. TensorFlow writes it after the other two, under a name for the moment, and then renames it: a file system does that wholly or not at all. So while number 7 is being written, number 6 is still the one with a name.
#
# Here is what a death in that moment may leave: a piece of number 7 that nobody has named. We make it by hand in a copy, and let the program go on from there, in this process and alone, without another worker.

# %% [markdown] lang="zh"
# 数都在 `data` 文件里，`index` 记着每个变量在其中的位置。小文件 `checkpoint` 写明哪个检查点算数。另外两个写完之后，TensorFlow 才写它：先用临时的名字写好，再改名。文件系统改名，要么全做，要么不做。所以在写第 7 号的时候，算数的还是第 6 号。
#
# 如果死在那一刻，留下的大概是这样：一截没人点名的第 7 号。我们在一份副本里手工造一个，再让程序从那里接着跑：就在这个进程里，独自一个，没有别的工作进程。

# %% alone
import contextlib
import io
import runpy
import shutil
import sys


def alone(run):
    """Run the program in this process; gives the digest of its weights."""
    sys.argv = ["worker.py", run, DATASET, str(EPOCHS)]
    with contextlib.redirect_stdout(io.StringIO()) as said:
        runpy.run_path("worker.py", run_name="__main__")
    return said.getvalue().split()[-1]


whole, later = (
    f"ckpt-{number}.data-00000-of-00001" for number in (EPOCHS, EPOCHS + 1)
)
shutil.copytree("broken", "unnamed")
piece = Path("broken", whole).read_bytes()[:1000]
Path("unnamed", later).write_bytes(piece)
print("goes on from", Path(tf.train.latest_checkpoint("unnamed")).name)
# -> goes on from ckpt-6
print("ends with the same weights:", alone("unnamed") in ends)
# -> ends with the same weights: True

# %% [markdown] lang="en"
# The piece is not looked at. And two workers have written what one process can read: all replicas hold the same variables, so the checkpoint does not care how many there were.
#
# A damaged disk is another case. There the file that has the name is cut short:

# %% [markdown] lang="zh"
# 没人去看那一截。还有一点：两个工作进程写的东西，一个进程也读得了。所有副本的变量都相同，所以检查点不管当时有几个副本。
#
# 磁盘坏了是另一回事：这时候被点名的那个文件缺了一截。

# %% torn
from tfnotes.errors import printed_errors

shutil.copytree("broken", "torn")
os.truncate(Path("torn", whole), Path("torn", whole).stat().st_size // 2)
with printed_errors():
    alone("torn")
# -> ValueError: torn/ckpt-6: expected a checkpoint that tfnotes.train wrote,
#    but it cannot be read (Read less bytes than requested); delete torn to
#    start over

# %% [markdown] lang="en"
# `tfnotes.train` reads a checkpoint whole before it changes the model, and begins neither with half of the numbers nor silently from scratch. It says which file is broken; whether to delete it is for you to decide. Who wants a second chance keeps copies of the folder.
#
# ## Larger {#larger}
#
# - **GPUs.** Set `WORKERS` to the number of GPUs and `DATASET = "fashion_mnist"`. Each worker gets a GPU if there is one for every worker; otherwise all compute on the processor. We have run this lab on processors only: there the last bit agrees. On GPUs compare the losses first.
# - **Many machines.** Put `worker.py` and the folder of the run on a disk that all machines share, start a Ray cluster, and on one of its machines:
#
# ```sh
# tfnotes launch --address auto --workers 4 --restarts 3 worker.py run fashion_mnist 20
# ```
#
# - **Slurm and Kubernetes** start the workers themselves: [distribution strategies](../scale/distribution-strategies.md) has the files. Slurm's `--requeue` does what we have done by hand with the second launch.
#
# ## Sources {#sources}
#
# - TensorFlow, [Training checkpoints](https://www.tensorflow.org/guide/checkpoint).
# - TensorFlow, [Multi-worker training with Keras](https://www.tensorflow.org/tutorials/distribute/multi_worker_with_keras), on what becomes of the others when a worker dies.
# - Ray, [Handling Failures and Node Preemption](https://docs.ray.io/en/latest/train/user-guides/fault-tolerance.html).

# %% [markdown] lang="zh"
# `tfnotes.train` 先把检查点完整读一遍，再去改模型；它不会拿一半的数就开始，也不会不声不响地从头来过。它说出哪个文件坏了；删不删，由你决定。想多一份保险，就给文件夹留副本。
#
# ## 更大的规模 {#larger}
#
# - **GPU**：把 `WORKERS` 设成 GPU 的个数，`DATASET = "fashion_mnist"`。每个工作进程都分得到一块 GPU，才会用 GPU；否则全都在处理器上算。我们只在处理器上跑过这个实验，那里一个比特也不差。在 GPU 上，先比较损失。
# - **很多台机器**：把 `worker.py` 和存放训练的文件夹放到所有机器共用的磁盘上，启动一个 Ray 集群，再在其中一台机器上执行：
#
# ```sh
# tfnotes launch --address auto --workers 4 --restarts 3 worker.py run fashion_mnist 20
# ```
#
# - **Slurm 和 Kubernetes** 自己启动工作进程：文件见[分布式策略](../scale/distribution-strategies.md)。我们手动做的第二次启动，在 Slurm 里由 `--requeue` 代劳。
#
# ## 资料 {#sources}
#
# - TensorFlow：[Training checkpoints](https://www.tensorflow.org/guide/checkpoint)。
# - TensorFlow：[Multi-worker training with Keras](https://www.tensorflow.org/tutorials/distribute/multi_worker_with_keras)，讲一个工作进程死掉以后，别的会怎样。
# - Ray：[Handling Failures and Node Preemption](https://docs.ray.io/en/latest/train/user-guides/fault-tolerance.html)。
