# The code of the lesson keras/saving-and-loading: its pages show it by section.

# --8<-- [start:module]
module = """\
import keras
from keras import ops


class Plain(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        shape = (input_shape[-1], self.units)
        self.kernel = self.add_weight(shape=shape, name="kernel")

    def call(self, inputs):
        halfway = ops.matmul(inputs, self.kernel)
        return ops.relu(halfway)


@keras.saving.register_keras_serializable(package="notes")
class Marked(Plain):
    pass
"""
# --8<-- [end:module]

# --8<-- [start:folder]
import importlib
import os
import sys
import tempfile
from pathlib import Path

folder = tempfile.TemporaryDirectory(dir=Path.cwd())  # goes when Python ends
os.chdir(folder.name)
sys.path.insert(0, folder.name)
Path("mylayers.py").write_text(module, encoding="utf-8")
mylayers = importlib.import_module("mylayers")  # "import mylayers" in a program
# --8<-- [end:folder]

# --8<-- [start:build]
import keras
import numpy as np
import tensorflow as tf

x = np.random.default_rng(0).normal(size=(64, 3)).astype("float32")
y = x[:, :1] - x[:, 1:2]  # (64, 1)


def build(layer):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((3,)), layer, keras.layers.Dense(1)])
    sgd = keras.optimizers.SGD(0.1, momentum=0.9)
    loss = keras.losses.MeanSquaredError()
    model.compile(sgd, loss, run_eagerly=True)  # one step: not worth a graph
    model.train_on_batch(x, y)
    return model


models = {
    "dense": build(keras.layers.Dense(2, activation="relu")),
    "plain": build(mylayers.Plain(2)),
    "marked": build(mylayers.Marked(2)),
}
# --8<-- [end:build]


# --8<-- [start:save]
from tfnotes.errors import printed_errors


def save_all(model, at):
    at.mkdir()
    model.save(at / "m.keras")
    model.save_weights(at / "m.weights.h5")
    tf.train.Checkpoint(model=model).save(str(at / "ck"))
    model.export(at / "export", verbose=False)
    np.savez(at / "m.npz", *model.get_weights())
    (at / "m.json").write_text(model.to_json(), encoding="utf-8")
    model.save(at / "m.h5")  # the last one, for a reason: see Careful


with printed_errors():
    for name, model in models.items():
        save_all(model, Path(name))
# -> WARNING: You are saving your model as an HDF5 file via `model.save()` or
#    `keras.saving.save_model(model)`. This file format is considered legacy. We
#    recommend using instead the native Keras format, e.g.
#    `model.save('my_model.keras')` or `keras.saving.save_model(model,
#    'my_model.keras')`.
# --8<-- [end:save]

# --8<-- [start:search]
import zipfile

contents = {}  # file: its bytes
for file in sorted(f for f in Path("marked").rglob("*") if f.is_file()):
    if file.suffix != ".keras":
        contents[file.name] = file.read_bytes()
    else:  # a zip file: look at what is in it
        with zipfile.ZipFile(file) as archive:
            for part in sorted(archive.namelist()):
                contents[f"{file.name}: {part}"] = archive.read(part)

kernel = models["marked"].layers[0].kernel  # (3, 2)
momentum = models["marked"].optimizer.variables[2]  # (3, 2), of the kernel
signs = {  # a part of the model: bytes that give it away
    "weights": [kernel.numpy().tobytes()],
    "state": [momentum.numpy().tobytes()],
    "names": [b"VARIABLE_VALUE", b"vars", b"model_weights", b"arr_0"],
    "layers": [b'"units": 2'],
    "loss": [b"MeanSquaredError"],
    "graph": [b"MatMul"],
    "Python": [b"halfway"],
}
# --8<-- [end:search]

# --8<-- [start:holds]
holds = {  # file: the parts of the model that it holds
    file: [part for part in signs if any(s in data for s in signs[part])]
    for file, data in contents.items()
}
for file, parts in holds.items():
    print(f"{file:30}", ", ".join(parts) or "-")
# -> checkpoint                     -
# -> ck-1.data-00000-of-00001       weights, state, names
# -> ck-1.index                     names
# -> fingerprint.pb                 -
# -> saved_model.pb                 names, graph
# -> variables.data-00000-of-00001  weights, names
# -> variables.index                names
# -> m.h5                           weights, state, names, layers, loss
# -> m.json                         layers, loss
# -> m.keras: config.json           layers, loss
# -> m.keras: metadata.json         -
# -> m.keras: model.weights.h5      weights, state, names
# -> m.npz                          weights, names
# -> m.weights.h5                   weights, state, names
# --8<-- [end:holds]

# --8<-- [start:which-file]
import matplotlib.pyplot as plt

plt.figure(figsize=(7.2, 5.0))
for row, parts in enumerate(holds.values()):
    for column, part in enumerate(signs):
        if part in parts:
            plt.plot(column, row, "s", markersize=13, color="C0")
        else:
            plt.plot(column, row, ".", markersize=4, color="gray")
plt.yticks(range(len(holds)), holds)
plt.xticks(range(len(signs)), signs)
plt.tick_params(labeltop=True, labelbottom=False, length=0)
plt.gca().invert_yaxis()
plt.margins(x=0.07, y=0.05)
plt.grid(axis="x", visible=False)
plt.title("Which file holds what: none holds your Python code")
plt.show()
# --8<-- [end:which-file]


# --8<-- [start:readers]
def whole(model):
    state = [variable.numpy() for variable in model.optimizer.variables]
    return "model", model.get_weights() + state


def function(loaded):
    loaded.serve(tf.ones((1, 3)))  # it computes
    return "function", [variable.numpy() for variable in loaded.variables]


def checkpoint(path):
    names = [name for name, _ in tf.train.list_variables(path)]
    return "values", [tf.train.load_variable(path, name) for name in names]


def hdf5(path):
    tree = keras.saving.KerasFileEditor(path).weights_dict
    return "values", keras.tree.flatten(tree)


# --8<-- [end:readers]


# --8<-- [start:ways]
def column(at):
    at = Path(at)
    ways = {
        "m.keras": lambda: whole(keras.models.load_model(at / "m.keras")),
        "m.h5": lambda: whole(keras.models.load_model(at / "m.h5")),
        "m.json": lambda: whole(
            keras.models.model_from_json(
                (at / "m.json").read_text(encoding="utf-8")
            )
        ),
        "export": lambda: function(tf.saved_model.load(at / "export")),
        "m.weights.h5": lambda: hdf5(str(at / "m.weights.h5")),
        "ck-1": lambda: checkpoint(str(at / "ck-1")),
        "m.npz": lambda: ("values", np.load(at / "m.npz").values()),
    }
    return {way: outcome(load, at) for way, load in ways.items()}


# --8<-- [end:ways]


# --8<-- [start:outcome]
def outcome(load, at):
    try:
        kind, arrays = load()
    except Exception as error:
        return type(error).__name__
    arrays, truth = list(arrays), np.load(at / "truth.npz")

    def has(part):
        return any(np.array_equal(array, truth[part]) for array in arrays)

    if not has("weights"):
        return "layers only"
    return f"{kind} + state" if has("state") else kind


for name, model in models.items():
    np.savez(
        f"{name}/truth.npz",
        weights=model.layers[0].kernel.numpy(),
        state=model.optimizer.variables[2].numpy(),
    )
# --8<-- [end:outcome]


# --8<-- [start:fresh]
import inspect
import json
import subprocess


def probe():
    before = [column("dense"), column("marked")]
    importlib.import_module("mylayers")
    print(json.dumps([*before, column("plain"), column("marked")]))


head = "import importlib, json, keras, numpy as np, tensorflow as tf\n"
head += "from pathlib import Path\n"
parts = (whole, function, checkpoint, hdf5, outcome, column, probe)
program = head + "\n".join(map(inspect.getsource, parts)) + "\nprobe()"
fresh = subprocess.run(
    [sys.executable, "-c", program], capture_output=True, text=True, check=True
)
columns = json.loads(fresh.stdout.splitlines()[-1])
# --8<-- [end:fresh]

# --8<-- [start:comes-back]
heads = ("only Dense", "not imported", "imported", "registered")
print(" " * 13 + "".join(f"{head:16}" for head in heads))
# ->              only Dense      not imported    imported        registered
for way in columns[0]:
    print(f"{way:13}" + "".join(f"{cells[way]:16}" for cells in columns))
# -> m.keras      model + state   TypeError       TypeError       model + state
# -> m.h5         model           ValueError      ValueError      model
# -> m.json       layers only     TypeError       TypeError       layers only
# -> export       function        function        function        function
# -> m.weights.h5 values + state  values + state  values + state  values + state
# -> ck-1         values + state  values + state  values + state  values + state
# -> m.npz        values          values          values          values
# --8<-- [end:comes-back]

# --8<-- [start:keras-file]
again = keras.models.load_model("marked/m.keras")
print(np.array_equal(again(x), models["marked"](x)))
# -> True
steps = int(again.optimizer.iterations)
print(type(again.optimizer).__name__, "after", steps, "step")
# -> SGD after 1 step
# --8<-- [end:keras-file]

# --8<-- [start:checkpoint-names]
for name, shape in tf.train.list_variables("marked/ck-1"):
    print(name.removesuffix("/.ATTRIBUTES/VARIABLE_VALUE"), shape)
# -> _CHECKPOINTABLE_OBJECT_GRAPH []
# -> model/optimizer/_iterations []
# -> model/optimizer/_learning_rate []
# -> model/optimizer/_trainable_variables/0 [3, 2]
# -> model/optimizer/_trainable_variables/1 [2, 1]
# -> model/optimizer/_trainable_variables/2 [1]
# -> model/optimizer/_variables/2 [3, 2]
# -> model/optimizer/_variables/3 [2, 1]
# -> model/optimizer/_variables/4 [1]
# -> save_counter []
# --8<-- [end:checkpoint-names]

# --8<-- [start:newest]
print(Path("marked/checkpoint").read_text(encoding="utf-8").splitlines()[0])
# -> model_checkpoint_path: "ck-1"
print(tf.train.latest_checkpoint("marked"))
# -> marked/ck-1
model = build(mylayers.Marked(2))
model.layers[0].kernel.assign(tf.zeros((3, 2)))
tf.train.Checkpoint(model=model).restore("marked/ck-1").assert_consumed()
print(np.array_equal(model(x), again(x)))
# -> True
# --8<-- [end:newest]

# --8<-- [start:serve]
exported = tf.saved_model.load("marked/export")
layer = keras.layers.TFSMLayer("marked/export", call_endpoint="serve")
for run in (exported.serve, layer):
    print(np.allclose(run(x), again(x)))
# -> True
# -> True
print([tuple(v.shape) for v in exported.variables])
# -> [(3, 2), (2, 1), (1,)]
# --8<-- [end:serve]

# --8<-- [start:lambda]
speaks = keras.layers.Lambda(lambda x: (print("the lambda runs"), 2 * x)[1])
model = keras.Sequential([keras.Input((3,)), speaks])
# -> the lambda runs
model.save("lambda.keras")
with printed_errors():
    keras.models.load_model("lambda.keras")
# -> ValueError: Requested the deserialization of a `Lambda` layer whose
#    `function` is a Python lambda. This carries a potential risk of arbitrary
#    code execution and thus it is disallowed by default. If you trust the
#    source of the artifact, you can override this error by passing
#    `safe_mode=False` to the loading function, or calling
#    `keras.config.enable_unsafe_deserialization().
# --8<-- [end:lambda]

# --8<-- [start:bytecode]
import base64

with zipfile.ZipFile("lambda.keras") as archive:
    config = json.loads(archive.read("config.json"))
stored = config["config"]["layers"][1]["config"]["function"]
print(stored["class_name"], list(stored["config"]))
# -> __lambda__ ['code', 'defaults', 'closure']
code = base64.b64decode(stored["config"]["code"])
print(b"print" in code, b"the lambda runs" in code)
# -> True True
keras.models.load_model("lambda.keras", safe_mode=False)
# -> the lambda runs
# --8<-- [end:bytecode]


# --8<-- [start:fragile]
@keras.saving.register_keras_serializable(package="notes")
class Fragile(keras.layers.Dense):
    disk_is_full = False

    def save_own_variables(self, store):
        if self.disk_is_full:
            raise OSError("no space left on device")
        super().save_own_variables(store)


model = keras.Sequential([keras.Input((3,)), Fragile(1)])
model.save("best.keras")
Fragile.disk_is_full = True
with printed_errors():
    model.save("best.keras")
# -> OSError: no space left on device
with printed_errors():
    keras.models.load_model("best.keras")
# -> ValueError: Expected a model.weights.h5 or model.weights.npz file.
# --8<-- [end:fragile]


# --8<-- [start:replace]
def save_beside(model, path):
    beside = path.with_name(f"part-{path.name}")  # the same folder and disk
    model.save(beside)
    beside.replace(path)  # one step: either the old file or the new one


best = Path("best.keras")
Fragile.disk_is_full = False
save_beside(model, best)
Fragile.disk_is_full = True
with printed_errors():
    save_beside(model, best)
# -> OSError: no space left on device
print(type(keras.models.load_model(best)).__name__)
# -> Sequential
# --8<-- [end:replace]

# --8<-- [start:names]
model = models["marked"]
with printed_errors():
    model.save_weights("save_model.h5")
# -> ValueError: The filename must end in `.weights.h5`. Received:
#    filepath=save_model.h5
with printed_errors():
    model.save("m")
# -> ValueError: Invalid filepath extension for saving. Please add either a
#    `.keras` extension for the native Keras format (recommended) or a `.h5`
#    extension. Use `model.export(filepath)` if you want to export a SavedModel
#    for use with TFLite/TFServing/etc. Received: filepath=m.
# --8<-- [end:names]

# --8<-- [start:folder-load]
with printed_errors():
    keras.models.load_model("marked/export")
# -> ValueError: File format not supported: filepath=marked/export. Keras 3 only
#    supports V3 `.keras` files, legacy H5 format files (`.h5` extension). Note
#    that the legacy SavedModel format is not supported by `load_model()` in
#    Keras 3. In order to reload a TensorFlow SavedModel as an inference-only
#    layer in Keras 3, use `keras.layers.TFSMLayer(marked/export,
#    call_endpoint='serving_default')` (note that your `call_endpoint` might
#    have a different name).
# --8<-- [end:folder-load]

# --8<-- [start:h5-name]
model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
model.compile("sgd", "mse")
model.save("before.keras")  # for the next box but one
with printed_errors():
    model.save("mse.h5")
    keras.models.load_model("mse.h5")
# -> WARNING: You are saving your model as an HDF5 file via `model.save()` or
#    `keras.saving.save_model(model)`. This file format is considered legacy. We
#    recommend using instead the native Keras format, e.g.
#    `model.save('my_model.keras')` or `keras.saving.save_model(model,
#    'my_model.keras')`.
# -> ValueError: Could not deserialize 'keras.metrics.mse' because it is not a
#    KerasSaveable subclass
loaded = keras.models.load_model("mse.h5", compile=False)
print(np.array_equal(loaded(x), model(x)))
# -> True
# --8<-- [end:h5-name]

# --8<-- [start:h5-fit]
with printed_errors():
    loaded = keras.models.load_model("marked/m.h5")
    loaded.fit(x, y, verbose=0)
# -> WARNING: Compiled the loaded model, but the compiled metrics have yet to be
#    built. `model.compile_metrics` will be empty until you train or evaluate
#    the model.
# -> ValueError: Unknown variable: <Variable path=sequential_2/marked/kernel,
#    shape=(3, 2), dtype=float32>. This optimizer can only be called for the
#    variables it was originally built with. When working with a new set of
#    variables, you should recreate a new optimizer instance.
loaded.compile("sgd", "mse", run_eagerly=True)
print("epochs:", len(loaded.fit(x, y, verbose=0).epoch))
# -> epochs: 1
# --8<-- [end:h5-fit]

# --8<-- [start:h5-first]
model.save("after.keras")  # the model of mse.h5
for name in ("before.keras", "after.keras"):
    with printed_errors():
        loaded = keras.models.load_model(name)
    print(name, type(loaded.optimizer).__name__)
# -> before.keras SGD
# -> UserWarning: Skipping variable loading for optimizer 'rm_sprop', because it
#    has 4 variables whereas the saved optimizer has 2 variables.
# -> after.keras RMSprop
# --8<-- [end:h5-first]

# --8<-- [start:unregistered]
try:
    keras.models.load_model("plain/m.keras")
except TypeError as error:
    _, cause = str(error).rsplit("Exception encountered: ", 1)
    print("TypeError:", cause.split(". ")[0])
# -> TypeError: Could not locate class 'Plain'
known = {"Plain": mylayers.Plain}
loaded = keras.models.load_model("plain/m.keras", custom_objects=known)
print(type(loaded.layers[0]).__name__)
# -> Plain
# --8<-- [end:unregistered]


# --8<-- [start:raw-variable]
class Scaled(keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.scale = tf.Variable(2.0)  # Keras does not track it

    def call(self, inputs):
        return inputs * self.scale


scaled = Scaled()
model = keras.Sequential([keras.Input((3,)), scaled, keras.layers.Dense(1)])
model.save_weights("scaled.weights.h5")
tf.train.Checkpoint(model=model).write("scaled")
scaled.scale.assign(0.0)
model.load_weights("scaled.weights.h5")
print(scaled.scale.numpy())
# -> 0.0
tf.train.Checkpoint(model=model).read("scaled").assert_consumed()
print(scaled.scale.numpy())
# -> 2.0
# --8<-- [end:raw-variable]

# --8<-- [start:unsafe]
keras.config.enable_unsafe_deserialization()
keras.models.load_model("lambda.keras", safe_mode=True)
# -> the lambda runs
keras.utils.clear_session()  # also forgets the switch
with printed_errors():
    keras.models.load_model("lambda.keras")
# -> ValueError: Requested the deserialization of a `Lambda` layer whose
#    `function` is a Python lambda. This carries a potential risk of arbitrary
#    code execution and thus it is disallowed by default. If you trust the
#    source of the artifact, you can override this error by passing
#    `safe_mode=False` to the loading function, or calling
#    `keras.config.enable_unsafe_deserialization().
# --8<-- [end:unsafe]


# --8<-- [start:answer-next-step]
def next_kernel(model):
    model.train_on_batch(x, y)
    return model.layers[0].kernel.numpy()


truth = next_kernel(models["marked"])
others = [build(mylayers.Marked(2)) for _ in range(2)]
for other in others:
    other.train_on_batch(x, -y)  # weights and state are elsewhere now
others[0].load_weights("marked/m.weights.h5")
others[1].set_weights(list(np.load("marked/m.npz").values()))
print("m.weights.h5", np.allclose(next_kernel(others[0]), truth))
# -> m.weights.h5 True
print("m.npz", np.allclose(next_kernel(others[1]), truth))
# -> m.npz False
# --8<-- [end:answer-next-step]

# --8<-- [start:answer-lost-file]
import shutil

Path("copy").mkdir()
for ending in ("data-00000-of-00001", "index"):
    shutil.copy(f"marked/ck-1.{ending}", "copy")
print(tf.train.latest_checkpoint("copy"))
# -> None
names = [name for name, _ in tf.train.list_variables("copy/ck-1")]
print(len(names), "names;", tf.train.load_variable("copy/ck-1", names[1]))
# -> 10 names; 1
Path("copy/ck-1.data-00000-of-00001").unlink()
print(len(tf.train.list_variables("copy/ck-1")), "names")
# -> 10 names
with printed_errors():
    tf.train.load_variable("copy/ck-1", names[1])
# -> OpError: copy/ck-1.data-00000-of-00001; No such file or directory
# --8<-- [end:answer-lost-file]

# --8<-- [start:answer-pickle]
weights = models["marked"].get_weights()  # arrays of different shapes
with printed_errors():
    np.save("weights.npy", weights)
# -> ValueError: setting an array element with a sequence. The requested array
#    has an inhomogeneous shape after 1 dimensions. The detected shape was (3,)
#    + inhomogeneous part.
boxed = np.empty(len(weights), dtype=object)
boxed[:] = weights  # an array of three arrays
np.save("weights.npy", boxed)
with printed_errors():
    np.load("weights.npy")
# -> ValueError: Object arrays cannot be loaded when allow_pickle=False
# --8<-- [end:answer-pickle]
