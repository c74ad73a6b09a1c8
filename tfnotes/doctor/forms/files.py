"""File names whose extension Keras 3 handles differently."""

import ast
from collections.abc import Iterator

from tfnotes.doctor.form import MODELS, Form, Hit
from tfnotes.doctor.kinds import Kinds
from tfnotes.doctor.syntax import Code, argument

PAGE = "keras/saving-and-loading"
CHECKPOINT = "keras.callbacks.ModelCheckpoint"
LOADERS = ("keras.models.load_model", "keras.saving.load_model")
SAVERS = ("keras.models.save_model", "keras.saving.save_model")
SHORT = {"mse", "mae", "mean_squared_error", "mean_absolute_error"}
HDF5 = (".h5", ".hdf5")
ARCHIVES = (".keras", *HDF5)


def _method(code: Code, kinds: Kinds, name: str) -> Iterator[tuple[ast.Call, str]]:
    """Yield the calls of a model's method, with the file name."""
    for call in kinds.calls({name}, MODELS):
        file = code.text(argument(call, "filepath", 0))
        if file is not None:
            yield call, file


def _functions(code: Code, paths: tuple[str, ...], place: int) -> Iterator[tuple[ast.Call, str]]:
    """Yield the calls of functions, with the file name."""
    for call in code.calls(*paths):
        file = code.text(argument(call, "filepath", place))
        if file is not None:
            yield call, file


def _saved(code: Code, kinds: Kinds) -> Iterator[tuple[ast.Call, str]]:
    yield from _method(code, kinds, "save")
    yield from _functions(code, SAVERS, 1)


def _folders(code: Code, kinds: Kinds) -> Iterator[Hit]:
    return (call for call, file in _saved(code, kinds) if not file.endswith(ARCHIVES))


def _hdf5(code: Code, kinds: Kinds) -> Iterator[Hit]:
    return (call for call, file in _saved(code, kinds) if file.endswith(HDF5))


def _weights(code: Code, kinds: Kinds) -> Iterator[Hit]:
    named = _method(code, kinds, "save_weights")
    return (call for call, file in named if not file.endswith((".weights.h5", ".weights.json")))


def _loaded_weights(code: Code, kinds: Kinds) -> Iterator[Hit]:
    """Find ``load_weights`` of a TensorFlow checkpoint; Keras also reads Orbax folders."""
    for call, file in _method(code, kinds, "load_weights"):
        if file.endswith((".ckpt", ".tf", ".index")):
            yield call


def _loaded_folders(code: Code, _: Kinds) -> Iterator[Hit]:
    loaded = _functions(code, LOADERS, 0)
    return (call for call, file in loaded if not file.endswith(ARCHIVES))


def _loaded_by_name(code: Code, kinds: Kinds) -> Iterator[Hit]:
    """Find loading an HDF5 file of a model compiled with a string loss."""
    compiled = {
        (code.function_of(c), ast.unparse(c.func))
        for c in code.every(ast.Call)
        if code.text(argument(c, "loss", 1)) in SHORT
    }
    saved = {
        file
        for call, file in _method(code, kinds, "save")
        if (code.function_of(call), ast.unparse(call.func)[: -len("save")] + "compile") in compiled
    }
    for call, file in _functions(code, LOADERS, 0):
        if file.endswith(HDF5) and file in saved and not argument(call, "compile", 2):
            yield call


def _only_weights(call: ast.Call) -> bool | None:
    value = argument(call, "save_weights_only", 4)
    if value is None:
        return False
    return bool(value.value) if isinstance(value, ast.Constant) else None


def _checkpoints(code: Code, _: Kinds) -> Iterator[Hit]:
    for call, file in _functions(code, (CHECKPOINT,), 0):
        only_weights = _only_weights(call)
        allowed = (".weights.h5",) if only_weights else (".keras", ".h5")
        if only_weights is not None and not file.endswith(allowed):
            yield call


def _latest(code: Code, _: Kinds) -> Iterator[Hit]:
    """Find ``latest_checkpoint`` in a program whose checkpoints the callback writes."""
    own = code.calls("tf.train.Checkpoint", "tf.train.CheckpointManager", "tf.train.Saver")
    if code.calls(CHECKPOINT) and not own:
        yield from code.calls("tf.train.latest_checkpoint")


def _pickled(code: Code, _: Kinds) -> Iterator[Hit]:
    for call in code.calls("numpy.load"):
        value = argument(call, "allow_pickle", 2)
        if isinstance(value, ast.Constant) and value.value is True:
            yield call


FORMS = (
    Form("save_weights with another extension", _weights,
         "ValueError: The filename must end in `.weights.h5`.",
         "model.save_weights(\"name.weights.h5\")", PAGE),
    Form("load_weights of a checkpoint", _loaded_weights,
         "ValueError: File format not supported: … Keras 3 only supports V3 `.keras` files, "
         "`.weights.h5` files, legacy H5 format files (`.h5` extension), or Orbax checkpoints.",
         "tf.train.Checkpoint(model=model).read(path), then save_weights",
         "migration/keras-2-to-3"),
    Form("save to a folder", _folders,
         "ValueError: Invalid filepath extension for saving.",
         "model.save(\"name.keras\"), or model.export(folder)", PAGE),
    Form("save as HDF5", _hdf5, "runs, with a warning: the format is considered legacy",
         "model.save(\"name.keras\")", "start/first-model"),
    Form("load_model of a folder", _loaded_folders,
         "ValueError: File format not supported: … Keras 3 only supports V3 `.keras` files, "
         "legacy H5 format files (`.h5` extension).",
         "keras.layers.TFSMLayer(folder, call_endpoint=\"serving_default\")", PAGE),
    Form("load_model of an .h5 with a string loss", _loaded_by_name,
         "ValueError: Could not deserialize 'keras.metrics.mse' because it is not a "
         "KerasSaveable subclass", "load_model(path, compile=False), then compile", PAGE),
    Form("file extension of ModelCheckpoint", _checkpoints,
         "ValueError: The filepath provided must end in `.keras` (Keras model format).",
         "\"name.keras\", or \"name.weights.h5\" with save_weights_only=True",
         "keras/callbacks"),
    Form("latest_checkpoint after ModelCheckpoint", _latest,
         "runs and returns None: the callback writes another format",
         "sorted(folder.glob(\"*.weights.h5\"))[-1], or tf.train.CheckpointManager",
         PAGE),
    Form("allow_pickle of np.load", _pickled, "runs, and executes any code in the file",
         "np.savez with arrays only, which np.load reads by default", "keras/datasets"),
)  # fmt: skip
