# The code of the lesson scale/devices: its pages show it by section.

# --8<-- [start:list]
import tensorflow as tf

from tfnotes.devices import available, has_started

print(tf.config.list_physical_devices("CPU"))
# -> [PhysicalDevice(name='/physical_device:CPU:0', device_type='CPU')]
print(available(), has_started())
# -> ['CPU:0'] False
# --8<-- [end:list]

# --8<-- [start:growth]
from tfnotes.devices import set_memory_growth

print(set_memory_growth())  # the GPUs that it was set for
# -> []
print(has_started())
# -> False
# --8<-- [end:growth]

# --8<-- [start:object-alone]
from tfnotes.errors import printed_errors

cpu = tf.config.list_physical_devices("CPU")[0]
with printed_errors():
    tf.config.experimental.VirtualDeviceConfiguration(memory_limit=2048)
    print(tf.config.get_logical_device_configuration(cpu))
# -> None
# --8<-- [end:object-alone]

# --8<-- [start:impossible]
part = tf.config.LogicalDeviceConfiguration(memory_limit=512)  # MiB
with printed_errors():
    tf.config.set_logical_device_configuration(cpu, [part])
# -> ValueError: Setting memory limit on CPU virtual devices is currently not
#    supported
with printed_errors():
    tf.config.experimental.set_memory_growth(cpu, True)
# -> ValueError: Cannot set memory growth on non-GPU and non-Pluggable devices
with printed_errors():
    tf.config.experimental.set_memory_growth("GPU:0", True)
# -> ValueError: Unrecognized device: 'GPU:0'
with printed_errors():
    gpu = tf.config.get_visible_devices("GPU")[0]
# -> IndexError: list index out of range
print(has_started())
# -> False
# --8<-- [end:impossible]

# --8<-- [start:split]
from tfnotes.devices import split_device

print(split_device("CPU:0", 2), has_started())
# -> ['CPU:0', 'CPU:1'] False
ones = tf.ones((2, 2))
print(len(tf.config.list_physical_devices("CPU")), has_started())
# -> 1 True
print([device.name for device in tf.config.list_logical_devices("CPU")])
# -> ['/device:CPU:0', '/device:CPU:1']
# --8<-- [end:split]


# --8<-- [start:place]
def where(tensor):
    return tensor.device.rpartition("device:")[2]


with tf.device("CPU:1"):
    inside = ones + ones
outside = inside + inside
print(ones.device)
# -> /job:localhost/replica:0/task:0/device:CPU:0
print(where(ones), where(inside), where(outside))
# -> CPU:0 CPU:1 CPU:0
# --8<-- [end:place]

# --8<-- [start:layer]
import keras

with tf.device("CPU:1"):
    layer = keras.layers.Dense(3)
    layer.build((None, 2))
print(where(layer.kernel.value), where(layer(ones)))
# -> CPU:1 CPU:0
# --8<-- [end:layer]


# --8<-- [start:function]
@tf.function
def double(x):
    with tf.device("CPU:1"):
        return 2.0 * x


recorded = double.get_concrete_function(ones).graph.get_operations()
print([(op.type, op.device) for op in recorded if op.type == "Mul"])
# -> [('Mul', '/device:CPU:1')]
print(where(double(ones)))
# -> CPU:0
# --8<-- [end:function]

# --8<-- [start:branches]
tf.random.set_seed(0)
x, y = tf.random.normal((256, 64)), tf.random.normal((256, 32))
with tf.device("CPU:0"):
    a = tf.Variable(tf.random.normal((64, 16)))
with tf.device("CPU:1"):
    b = tf.Variable(tf.random.normal((64, 16)))
with tf.GradientTape() as tape:
    with tf.device("CPU:0"):
        left = x @ a
    with tf.device("CPU:1"):
        right = x @ b
    both = tf.concat([left, right], axis=1)  # (256, 32)
    with tf.device("CPU:1"):
        loss = tf.reduce_mean((both - y) ** 2)
slopes = tape.gradient(loss, [a, b])  # outside of every scope
ran = {"x": x, "x @ a": left, "x @ b": right, "concat": both, "mean": loss}
print({name: where(tensor) for name, tensor in ran.items()})
# -> {'x': 'CPU:0', 'x @ a': 'CPU:0', 'x @ b': 'CPU:1', 'concat': 'CPU:0',
#    'mean': 'CPU:1'}
print([where(slope) for slope in slopes])
# -> ['CPU:0', 'CPU:0']
# --8<-- [end:branches]

# --8<-- [start:copies]
ran["slopes"] = slopes[1]
ways = [("x", "x @ a"), ("x", "x @ b"), ("x @ a", "concat")]
ways += [("x @ b", "concat"), ("concat", "mean"), ("mean", "slopes")]
ends = {way: [where(ran[name]) for name in way] for way in ways}
copied = [way for way, (start, end) in ends.items() if start != end]
print(len(copied), "of", len(ways), "ways cross:", copied)
# -> 4 of 6 ways cross: [('x', 'x @ b'), ('x @ b', 'concat'), ('concat',
#    'mean'), ('mean', 'slopes')]
# --8<-- [end:copies]

# --8<-- [start:who-ran-what]
import matplotlib.pyplot as plt

from tfnotes.diagrams import arrow

rows = {"CPU:0": (1, "C0"), "CPU:1": (0, "C1")}
at = dict(zip(ran, (0, 1.25, 1.25, 2.5, 3.75, 5), strict=True))
plt.figure(figsize=(7.2, 2.8))
for (start, end), devices in ends.items():
    tail, head = (rows[device][0] for device in devices)
    style = "-" if tail == head else "--"
    arrow((at[start] + 0.4, tail), (at[end] - 0.43, head), linestyle=style)
for name, tensor in ran.items():
    row, color = rows[where(tensor)]
    look = {"fc": "white", "ec": color, "boxstyle": "round,pad=0.5"}
    plt.text(at[name], row, name, ha="center", va="center", bbox=look)
for device, (row, color) in rows.items():
    plt.axhspan(row - 0.4, row + 0.4, color="lightgray", alpha=0.35, lw=0)
    plt.text(-1.2, row, device, color=color, weight="bold", va="center")
plt.axis((-1.3, 5.5, -0.45, 1.45))
plt.axis("off")
plt.title("Which device ran what (dashed: copied to the other one)")
plt.show()
# --8<-- [end:who-ran-what]

# --8<-- [start:choose]
from tfnotes.devices import choose

print(choose(), choose("cpu"), choose("/device:CPU:1"))
# -> CPU:0 CPU:0 CPU:1
with printed_errors():
    choose("CPU:5")
# -> DeviceError: expected one of CPU:0, CPU:1; got 'CPU:5': choose one of these
# --8<-- [end:choose]

# --8<-- [start:hidden]
import os
import subprocess
import sys

program = """
import tensorflow as tf
from tfnotes.errors import printed_errors
print(tf.config.list_physical_devices("GPU"))
tf.config.set_visible_devices([], "CPU")
with printed_errors():
    tf.constant(1.0)
"""
fresh = [sys.executable, "-c", program]  # TensorFlow has not started there
no_gpu = os.environ | {"CUDA_VISIBLE_DEVICES": "-1"}
done = subprocess.run(fresh, env=no_gpu, capture_output=True, text=True)
print(done.stdout.strip())
# -> []
# -> NotFoundError: No CPU devices are available in this process
# --8<-- [end:hidden]

# --8<-- [start:late]
three = [tf.config.LogicalDeviceConfiguration()] * 3
with printed_errors():
    tf.config.set_logical_device_configuration(cpu, three)
# -> RuntimeError: Virtual devices cannot be modified after being initialized
with printed_errors():
    tf.config.set_visible_devices([], "CPU")
# -> RuntimeError: Visible devices cannot be modified after being initialized
with printed_errors():
    tf.config.threading.set_intra_op_parallelism_threads(7)
# -> RuntimeError: Intra op parallelism cannot be modified after initialization.
with printed_errors():
    tf.config.threading.set_inter_op_parallelism_threads(7)
# -> RuntimeError: Inter op parallelism cannot be modified after initialization.
# --8<-- [end:late]

# --8<-- [start:silent]
with printed_errors(), tf.device("GPU:0"):
    print(where(tf.ones((2, 2))))
# -> CPU:0
with printed_errors():
    tf.config.set_soft_device_placement(False)
    with tf.device("GPU:0"):
        tf.ones((2, 2))
# -> InvalidArgumentError: Could not satisfy device specification
#    '/job:localhost/replica:0/task:0/device:GPU:0'. enable_soft_placement=0.
#    Supported device types [CPU]. All available devices
#    [/job:localhost/replica:0/task:0/device:CPU:0,
#    /job:localhost/replica:0/task:0/device:CPU:1].
tf.config.set_soft_device_placement(True)
# --8<-- [end:silent]

# --8<-- [start:spelling]
with printed_errors(), tf.device("cuda:0"):
    tf.ones((2, 2))
# -> ValueError: Unknown attribute 'cuda' is encountered while parsing the
#    device spec: 'cuda:0'.
with printed_errors():
    tf.config.experimental.get_memory_info("GPU:0")
# -> ValueError: No matching devices found for 'GPU:0'
# --8<-- [end:spelling]

# --8<-- [start:no-sign]
import contextlib
import io

with printed_errors():
    print(tf.test.is_built_with_cuda())
# -> True
said = io.StringIO()
with contextlib.redirect_stdout(said), printed_errors():
    tf.test.is_gpu_available()
print(said.getvalue().split(": ")[-1].strip())  # without this file's path
# -> is_gpu_available (from tensorflow.python.framework.test_util) is deprecated
#    and will be removed in a future version.
print(tf.config.get_visible_devices("GPU"))
# -> []
# --8<-- [end:no-sign]


# --8<-- [start:answer-loud]
def on_gpu(f):
    with tf.device(choose("GPU:0")):
        return f()


try:
    print(where(on_gpu(lambda: tf.ones((2, 2)))))
except RuntimeError as error:
    print(type(error).__name__, "expected one of CPU:0, CPU:1" in str(error))
# -> DeviceError True
# --8<-- [end:answer-loud]

# --8<-- [start:answer-again]
print(split_device("CPU:0", 2))
# -> ['CPU:0', 'CPU:1']
with printed_errors():
    split_device("CPU:0", 3)
# -> DeviceError: expected split_device and set_memory_limit before TensorFlow
#    starts its devices, which the first tensor or model does; called it later:
#    restart Python and call it first
# --8<-- [end:answer-again]

# --8<-- [start:answer-mirrored]
with tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"]).scope():
    weight = tf.Variable(1.0)
print(type(weight).__name__, [where(part) for part in weight.values])
# -> MirroredVariable ['CPU:0', 'CPU:1']
# --8<-- [end:answer-mirrored]
