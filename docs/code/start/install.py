# The code of the lesson start/install: its pages show it by section.

# --8<-- [start:steps]
steps = [  # question, command if the answer is yes, what it installs
    (
        "an NVIDIA GPU on\nLinux or WSL2?",
        'pip install "tensorflow[and-cuda]"',
        "TensorFlow and NVIDIA's CUDA libraries",
    ),
    ("is space short?", "pip install tensorflow-cpu", "without GPU code"),
    ("neither", "pip install tensorflow", "the usual package"),
]
# --8<-- [end:steps]

# --8<-- [start:chooser]
import matplotlib.pyplot as plt

arrow = {"arrowstyle": "-|>", "color": "dimgray", "linewidth": 1.5}
box = {"boxstyle": "round,pad=0.5", "edgecolor": "gray"}
question_box = box | {"facecolor": "none"}
command_box = box | {"facecolor": "lightgray"}

plt.figure(figsize=(7.2, 3.4))
for row, (question, command, installs) in enumerate(steps):
    y = -1.2 * row
    plt.text(0, y, question, ha="center", va="center", bbox=question_box)
    plt.annotate("", (2.0, y), (0.95, y), arrowprops=arrow)
    plt.text(1.45, y + 0.1, "yes" if row < 2 else "", ha="center")
    plt.text(2.2, y, command, va="center", family="monospace", bbox=command_box)
    plt.text(2.1, y - 0.45, installs, va="center")
for y in (0.0, -1.2):
    plt.annotate("", (0, y - 0.9), (0, y - 0.35), arrowprops=arrow)
    plt.text(0.1, y - 0.65, "no", va="center")
plt.axis((-1, 6, -3, 0.5))
plt.axis("off")
plt.title("Which command installs TensorFlow?")
plt.show()
# --8<-- [end:chooser]

# --8<-- [start:inside]
import sys

print("in a virtual environment:", sys.prefix != sys.base_prefix)
# -> in a virtual environment: True
print("Python fits:", (3, 11) <= sys.version_info[:2] <= (3, 13))
# -> Python fits: True
# --8<-- [end:inside]

# --8<-- [start:versions]
from importlib.metadata import PackageNotFoundError, version


def major(name):
    try:
        return version(name).split(".")[0]  # "2.21.0" -> "2"
    except PackageNotFoundError:
        return None


for name in ("tensorflow", "keras", "tensorboard", "tf_keras"):
    print(name, major(name))
# -> tensorflow 2
# -> keras 3
# -> tensorboard 2
# -> tf_keras None
# --8<-- [end:versions]

# --8<-- [start:agree]
import re
from importlib.metadata import requires


def numbers(text):
    return tuple(int(part) for part in re.findall(r"\d+", text)[:3])


wanted = next(r for r in requires("tensorflow") if re.match(r"keras\b", r))
print("Keras is new enough:", numbers(version("keras")) >= numbers(wanted))
# -> Keras is new enough: True
# --8<-- [end:agree]

# --8<-- [start:check]
import tensorflow as tf

print(tf.config.list_physical_devices("CPU"))
# -> [PhysicalDevice(name='/physical_device:CPU:0', device_type='CPU')]
x = tf.constant([[1.0, 2.0], [3.0, 4.0]])
product = x @ x  # (2, 2)
print(product.numpy())
# -> [[ 7. 10.]
# ->  [15. 22.]]
print(product.device.split("/")[-1])
# -> device:CPU:0
# --8<-- [end:check]

# --8<-- [start:facts]
from tfnotes.devices import machine, report

meaning = {
    "TensorFlow": "installed version",
    "built for": "how the package was compiled",
    "Keras": "must suit TensorFlow",
    "backend": "who computes for Keras",
    "devices": "what was found on this machine",
}
facts = [(line[:14].strip(), line[14:]) for line in report().splitlines()]
print([label for label, _ in facts])
# -> ['tfnotes', 'Python', 'system', 'TensorFlow', 'built for', 'Keras',
#    'backend', 'NumPy', 'processor', 'memory', 'devices', 'usable', 'started',
#    'precision', 'environment']
print("built with CUDA:", tf.test.is_built_with_cuda())
# -> built with CUDA: True
# --8<-- [end:facts]

# --8<-- [start:report]
plt.figure(figsize=(7.2, 2.4))
rows = [(label, value) for label, value in facts if label in meaning]
for row, (label, value) in enumerate(rows):
    plt.text(0, -row, label, family="monospace", va="center")
    short = value.split(" (")[0]  # the name of a GPU would not fit
    plt.text(1.3, -row, short, family="monospace", va="center", weight="bold")
    plt.text(4.3, -row, meaning[label], va="center", color="dimgray")
    plt.axhline(-row - 0.5, color="lightgray", linewidth=1)
plt.axis((-0.1, 7.2, 0.5 - len(rows), 0.6))
plt.axis("off")
plt.title(f"What tfnotes devices says ({machine()})")
plt.show()
# --8<-- [end:report]

# --8<-- [start:sizes]
from importlib.metadata import files


def mebibytes(name):
    paths = [file.locate() for file in files(name)]
    return sum(path.stat().st_size for path in paths if path.is_file()) / 2**20


always = [r for r in requires("tensorflow") if ";" not in r]  # not the extras
names = ["tensorflow"] + [re.match(r"[\w.-]+", r)[0] for r in always]
sizes = {name: mebibytes(name) for name in names}
share = sizes["tensorflow"] / sum(sizes.values())
print("TensorFlow is more than three quarters of it:", share > 0.75)
# -> TensorFlow is more than three quarters of it: True
# --8<-- [end:sizes]

# --8<-- [start:disk]
largest = sorted(sizes, key=sizes.get, reverse=True)[:6]
values = [sizes[name] for name in largest]
plt.figure(figsize=(7.2, 3))
bars = plt.barh(largest, values, color="C0", height=0.6)
plt.bar_label(bars, fmt="{:,.0f} MiB", padding=4, color="black")
plt.gca().invert_yaxis()
plt.margins(x=0.18)
plt.xlabel("MiB on disk")
plt.grid(visible=False)  # lines would cross the labels
plt.title(f"One package takes the space ({machine()})")
plt.show()
# --8<-- [end:disk]

# --8<-- [start:owners]
from importlib.metadata import packages_distributions

owners = packages_distributions()  # folder: the packages that put files there
for folder in ("tensorflow", "keras"):
    print(folder, "comes from", sorted(set(owners[folder])))
# -> tensorflow comes from ['tensorflow']
# -> keras comes from ['keras']
# --8<-- [end:owners]

# --8<-- [start:cuda-extra]
extra = [r for r in requires("tensorflow") if "and-cuda" in r]
libraries = {re.match(r"nvidia-([a-z-]+)-cu", r)[1] for r in extra}
print({"cublas", "cudnn", "nccl"} <= libraries)
# -> True
# --8<-- [end:cuda-extra]

# --8<-- [start:gpu-available]
import contextlib
import io

from tfnotes.errors import printed_errors

said = io.StringIO()
with contextlib.redirect_stdout(said), printed_errors():
    tf.test.is_gpu_available()
message = said.getvalue().split(": ")[-1]  # without the path of this file
print(message.strip())
# -> is_gpu_available (from tensorflow.python.framework.test_util) is deprecated
#    and will be removed in a future version.
print(type(tf.config.list_physical_devices("GPU")))
# -> <class 'list'>
# --8<-- [end:gpu-available]

# --8<-- [start:old-keras]
import inspect

with printed_errors():
    print(inspect.ArgSpec)  # Keras 2.6 and 2.8 take it from Python
# -> AttributeError: module 'inspect' has no attribute 'ArgSpec'
with printed_errors():  # Keras 2.15 takes it from TensorFlow
    print(tf.compat.v2.__internal__.register_load_context_function)
# -> AttributeError: module 'tensorflow._api.v2.compat.v2.__internal__' has no
#    attribute 'register_load_context_function'
print("2.6.0 would do:", numbers("2.6.0") >= numbers(wanted))
# -> 2.6.0 would do: False
# --8<-- [end:old-keras]

# --8<-- [start:answer-shadow]
import importlib
from importlib.machinery import PathFinder
from pathlib import Path
from tempfile import TemporaryDirectory

with TemporaryDirectory() as folder:  # stands for the folder of the program
    for _ in range(2):
        found = PathFinder.find_spec("tensorflow", [folder, *sys.path])
        print(Path(found.origin).name)
        Path(folder, "tensorflow.py").touch()
        importlib.invalidate_caches()
# -> __init__.py
# -> tensorflow.py
# --8<-- [end:answer-shadow]

# --8<-- [start:answer-least]
too_old = []
for requirement in always:
    name = re.match(r"[\w.-]+", requirement)[0]
    least = re.search(r">=([\d.]+)", requirement)
    if least and numbers(version(name)) < numbers(least[1]):
        too_old.append(name)
print("too old:", too_old)
# -> too old: []
# --8<-- [end:answer-least]

# --8<-- [start:answer-largest]
paths = [file.locate() for file in files("tensorflow")]
paths = [path for path in paths if path.is_file()]
largest_file = max(paths, key=lambda path: path.stat().st_size)
print(largest_file.name.split(".")[0])
# -> libtensorflow_cc
print(largest_file.stat().st_size / 2**20 > sizes["tensorflow"] / 2)
# -> True
# --8<-- [end:answer-largest]
