"""Cases for the tests of the doctor: old cells, lessons that show old forms, reasons."""

import re

from handbook.lesson.lessons import ROOT

PROGRAMS = ROOT / "tests/package/programs"
OLD = PROGRAMS / "old_notes.py"
CELLS = [  # forms of notebooks, or of separate programs
    "# A note\n%matplotlib inline\n!pip install tensorflow-gpu==2.6  # old: installing "
    "an old TensorFlow\nimport tensorflow as tf, keras\nx = (7\n% 3)\ntf.add?",
    "%%bash\ntf.placeholder",
    "%%time\nprint('SGD')\nkeras.optimizers.SGD(lr=0.1)  # old: lr= of an optimizer",
    "print 'one'  # old: Python 2 print\nprint 'two'  # old: Python 2 print\n"
    "tf.Session()  # old: tf.Session",
    "def f():\nreturn 1  # old: a program that does not parse",
    "keras.callbacks.ModelCheckpoint('a.keras')\n"
    "tf.train.latest_checkpoint('.')  # old: latest_checkpoint after ModelCheckpoint\n"
    "keras.distribution.DataParallel()  # old: keras.distribution",
]
ON_PURPOSE = {  # lessons show these outside of printed_errors: silent failures
    "architectures/recurrent-networks": {"preprocessing.text of tf.keras"},  # still works
    "keras/custom-layers": {"a missing super().__init__()", "positional name= of add_weight"},
    "keras/custom-losses-and-metrics": {"a raw tf.Variable in a layer"},  # learns nothing
    "keras/custom-training-loop": {"a train_step that returns its loss"},  # reports 0.0
    "keras/datasets": {"allow_pickle of np.load"},  # on its own file
    "keras/input-pipelines": {"ImageDataGenerator of tf.keras"},  # still works
    "keras/python-oop": {"a missing super().__init__()", "super(Child, self)"},
    "keras/saving-and-loading": {"save as HDF5", "a raw tf.Variable in a layer"},  # is left out
    "keras/three-ways-to-build": {"if over a tensor in call"},  # called by hand it works
    "migration/keras-2-to-3": {
        "a method named loss",  # hidden
        "a raw tf.Variable in a layer",  # learns nothing
        "compiled_loss",  # another loss than that of the step
        "tensorflow.python.keras",  # to count the names of Keras 2
    },
    "migration/open-questions": {"keras.distribution"},  # trains on one device
    "migration/tensorflow-1-to-2": {"tf.compat.v1"},  # the old program runs in a graph
    "start/keras-and-tf-keras": {
        "ImageDataGenerator of tf.keras",
        "KERAS_BACKEND after the import",
        "tensorflow.python.keras",
    },
    "tensors/eager-and-graph": {"tf.compat.v1"},  # the old program runs in a graph
    "tensors/indexing-and-memory": {"+= of a keras.Variable"},  # raises nothing
    "tensors/tensors": {"positional name= of tf.Variable"},  # raises nothing
    "tensors/tf-function": {"@tf.function on call"},  # its fit raises
}
IN_PROSE = {  # forms that the page explains, but that its code does not use
    "a size with .value": "the page gives .shape as a tuple of numbers",
    "installing an old TensorFlow": "a shell command",
    "class_weight as a string": "the lesson fits inside a function",
    "an IPython magic in a script": "not Python",
    "a program that does not parse": "the lesson runs it by exec",
    "experimental_run_v2": "the lesson writes today's form",
    "fit of several workers": "the lesson starts its workers from a text",
    "if over a tensor in call": "the lesson's class inherits from tfnotes.models",
    "positional keep_prob": "the lesson gives a number",
    "is_built_with_cuda as a test": "the lesson prints it",
    "latest_checkpoint after ModelCheckpoint": "the lesson asks it for its own checkpoints",
    "logits with a string loss": "the lesson compiles in a loop over losses",
    "model_from_yaml": "to_yaml covers both",
    "modules inside keras.layers": "one of many modules that are gone",
    "multi_gpu_model": "the lesson writes today's form",
    "nb_epoch=": "Keras 1, which the page leaves to its readers",
    "old arguments of TensorBoard": "the lesson shows today's",
    "old arguments of compile": "one of many arguments that are gone",
    "preprocessing.text": "the lesson imports it by exec",
    "Python 2 print": "not Python 3",
    "reset_metrics=": "the lesson's model comes from a function with another default",
    "save_weight": "a misspelling of the notes",
    "setting lr of an optimizer": "the lesson reads it",
    "a sigmoid for multiclass classification": "the lesson builds it in a loop over activations",
    "switching eager execution": "the lesson runs it in a second Python, from a text",
    "tf.examples": "the lesson shows today's",
    "trainable changed after fit": "the lesson fits inside a function",
}  # fmt: skip


def planted(text: str) -> set[tuple[int, str]]:
    """The lines and forms that are marked in a program."""
    marks = re.finditer(r"^.*  # old: (.+)$", text, re.M)
    return {(text[: m.start()].count("\n") + 1, form) for m in marks for form in m[1].split("; ")}
