"""Removed names of TensorFlow 1 with a specific replacement."""

import ast
from collections.abc import Iterator

from tfnotes.doctor.form import GONE, Arguments, Form, Hit, Methods, Names
from tfnotes.doctor.kinds import Kind, Kinds
from tfnotes.doctor.syntax import Code, argument

PAGE = "migration/tensorflow-1-to-2"
KEYWORD = "TypeError: Got an unexpected keyword argument '{}'"
SUMS = ("sum", "mean", "max", "min", "prod", "all", "any", "logsumexp")
OPTIMIZERS = (
    "GradientDescent",
    "Adam",
    "Momentum",
    "RMSProp",
    "Adagrad",
    "Adadelta",
    "Ftrl",
)
ENTROPIES = ("tf.nn.softmax_cross_entropy_with_logits", "tf.nn.sigmoid_cross_entropy_with_logits",
             "tf.nn.sparse_softmax_cross_entropy_with_logits")  # fmt: skip
WANT_GRAPH = {"placeholder", "Session", "InteractiveSession", "get_variable", "variable_scope",
              "global_variables_initializer", "disable_v2_behavior", "disable_eager_execution",
              "trainable_variables", "get_collection", "get_default_graph",
              "reset_default_graph", "assign"}  # fmt: skip


def _tf(*names: str) -> Names:
    """Match these names of ``tf``."""
    return Names(tuple(f"tf.{name}" for name in names))


def _runs(code: Code, kinds: Kinds) -> Iterator[Hit]:
    """Find ``session.run(…)`` and uses of ``feed_dict``."""
    for call in code.every(ast.Call):
        if isinstance(call.func, ast.Attribute):
            owner = kinds.of(call.func.value)
            fed = argument(call, "feed_dict") and not _is_compat(code)
            if call.func.attr in {"run", "eval"} and (owner == Kind.SESSION or fed):
                yield call


def _compat(code: Code, _: Kinds) -> Iterator[Hit]:
    """Find imports of ``tf.compat.v1``, and its members that require a graph."""
    for alias, path in code.names.imported.items():
        if path == "tf.compat.v1" or path.removeprefix("tf.compat.v1.") in WANT_GRAPH:
            yield alias
    for attribute in code.every(ast.Attribute):
        spelled = isinstance(attribute.value, ast.Attribute) and attribute.attr in WANT_GRAPH
        if spelled and code.path(attribute.value) == "tf.compat.v1":
            yield attribute


def _is_compat(code: Code) -> bool:
    return any(p.startswith("tf.compat.v1") for p in code.names.imported.values())


def _axis_first(code: Code, _: Kinds) -> Iterator[Hit]:
    """Find ``tf.concat(0, [a, b])``: a number, then a list."""
    for call in code.calls("tf.concat"):
        match call.args:
            case [ast.Constant(value=int()), ast.List() | ast.Tuple()]:
                yield call


def _kept(code: Code, _: Kinds) -> Iterator[Hit]:
    """Find a positional argument of ``tf.nn.dropout`` with the name of a keep probability."""
    for call in code.calls("tf.nn.dropout", "keras.layers.Dropout"):
        for value in call.args[:2]:
            name = getattr(value, "id", getattr(value, "attr", ""))
            if "keep" in name:
                yield call


def _logits_first(code: Code, _: Kinds) -> Iterator[Hit]:
    """Find cross-entropy with two positional arguments, the first one named logits."""
    for call in code.calls(*ENTROPIES):
        first = getattr(call.args[0], "id", "") if call.args else ""
        if "logit" in first:
            yield call


def _without_step(code: Code, _: Kinds) -> Iterator[Hit]:
    """Find summaries without a step in a program that sets no default step."""
    if code.calls("tf.summary.experimental.set_step"):
        return
    for call in code.calls("tf.summary.scalar", "tf.summary.histogram", "tf.summary.image"):
        starred = any(k.arg is None for k in call.keywords)
        if not argument(call, "step", 2) and not starred:
            yield call, code.path(call.func) or ""


FORMS = (
    Form("tf.placeholder", _tf("placeholder", "placeholder_with_default", "sparse_placeholder"),
         GONE, "a function argument: pass the data directly",
         "tensors/tensors"),
    Form("tf.Session", _tf("Session", "InteractiveSession", "get_default_session"), GONE,
         "nothing: tensors have values, x.numpy(); @tf.function compiles a function to a graph",
         "tensors/eager-and-graph"),
    Form("session.run", _runs, "there are no sessions or placeholders",
         "call a function with the data as its arguments", PAGE),
    Form("tf.assign", _tf("assign", "assign_add", "assign_sub", "scatter_update"), GONE,
         "variable.assign(x), variable.assign_add(x), variable.scatter_nd_update(…)",
         "tensors/tensors"),
    Form("tf.get_variable", _tf("get_variable", "get_local_variable"), GONE,
         "tf.Variable(value, name=\"w\"), or add_weight in a Keras layer", PAGE),
    Form("tf.variable_scope", _tf("variable_scope", "AUTO_REUSE", "get_variable_scope"), GONE,
         "nothing; to share weights, call the same layer twice", PAGE),
    Form("collections of variables",
         _tf("trainable_variables", "global_variables", "local_variables", "get_collection",
             "add_to_collection", "GraphKeys", "losses.get_regularization_loss",
             "losses.get_regularization_losses", "losses.get_total_loss"), GONE,
         "attributes of the owner: layer.trainable_variables, model.losses", PAGE),
    Form("initializing variables",
         _tf("global_variables_initializer", "local_variables_initializer",
             "variables_initializer", "initialize_all_variables", "tables_initializer"), GONE,
         "nothing: variables are initialized on creation", PAGE),
    Form("the default graph", _tf("get_default_graph", "reset_default_graph"), GONE,
         "nothing; keras.backend.clear_session() frees Keras' global state", PAGE),
    Form("switching eager execution",
         _tf("enable_eager_execution", "disable_eager_execution", "enable_v2_behavior",
             "disable_v2_behavior"), GONE, "nothing: eager execution is the default", PAGE),
    Form("tf.contrib", _tf("contrib", "compat.v1.contrib"), GONE,
         "keras.layers, keras.optimizers, tf.data; the rest was removed", PAGE),
    Form("tf.estimator", Names(("tf.estimator", "tf.compat.v1.estimator", "keras.estimator")),
         GONE, "a keras.Model, compile and fit", "start/why-tensorflow"),
    Form("tf.layers", _tf("layers"), GONE, "keras.layers.Dense(units)(x)", PAGE),
    Form("tf.compat.v1.layers", _tf("compat.v1.layers", "compat.v1.nn.rnn_cell"),
         "AttributeError: not available with Keras 3", "keras.layers", PAGE),
    Form("tf.nn.rnn_cell", _tf("nn.rnn_cell", "nn.dynamic_rnn", "nn.static_rnn",
                               "nn.bidirectional_dynamic_rnn"),
         GONE,
         "keras.layers.LSTM(units)(sequence), one layer for cell and loop", PAGE),
    Form("tf.train.…Optimizer",
         _tf(*(f"train.{name}Optimizer" for name in OPTIMIZERS), "train.Optimizer"),
         GONE,
         "keras.optimizers with tf.GradientTape, or compile and fit", PAGE),
    Form("tf.train.exponential_decay",
         _tf("train.exponential_decay", "train.piecewise_constant", "train.polynomial_decay",
             "train.get_or_create_global_step", "train.get_global_step"),
         GONE,
         "keras.optimizers.schedules; the step is optimizer.iterations", PAGE),
    Form("tf.gradients", _tf("gradients"), "RuntimeError: tf.gradients is not supported when "
         "eager execution is enabled. Use tf.GradientTape instead.",
         "with tf.GradientTape() as tape: …, then tape.gradient(y, x)", PAGE),
    Form("tf.train.Saver", _tf("train.Saver", "train.import_meta_graph",
                               "saved_model.simple_save", "saved_model.builder"),
         GONE,
         "tf.train.Checkpoint(w=w).write(path), or model.save(\"model.keras\")", PAGE),
    Form("tf.summary.FileWriter",
         _tf("summary.FileWriter", "summary.merge_all", "summary.merge"),
         GONE,
         "with tf.summary.create_file_writer(folder).as_default(): …", PAGE),
    Form("a summary without a step", _without_step,
         "runs, returns False and writes nothing",
         "tf.summary.{}(name, x, step=step) in the scope of a writer", PAGE),
    Form("make_one_shot_iterator",
         Methods(("make_one_shot_iterator", "make_initializable_iterator")),
         "AttributeError: '_BatchDataset' object has no attribute '{}'",
         "for batch in dataset:", PAGE),
    Form("output_shapes of a data set", Methods(("output_shapes", "output_types"),
                                                (Kind.DATASET,)),
         "AttributeError: '_BatchDataset' object has no attribute '{}'",
         "dataset.element_spec", PAGE),
    Form("input queues", _tf("train.string_input_producer", "train.start_queue_runners",
                             "train.Coordinator", "train.batch", "train.shuffle_batch"),
         GONE,
         "tf.data.Dataset", PAGE),
    Form("tf.to_float", _tf("to_float", "to_int32", "to_int64", "to_double"), GONE,
         "tf.cast(x, tf.float32)", PAGE),
    Form("tf.div", _tf("div", "count_nonzero", "multinomial"), GONE,
         "x // y or tf.divide, tf.math.count_nonzero, tf.random.categorical", PAGE),
    Form("tf.set_random_seed", _tf("set_random_seed", "random.set_random_seed"), GONE,
         "tf.random.set_seed(0), or keras.utils.set_random_seed(0)", PAGE),
    Form("tf.py_func", _tf("py_func", "Print"), GONE,
         "tf.numpy_function or tf.py_function; tf.print as a separate statement", PAGE),
    Form("tf.flags", _tf("flags", "app", "logging", "gfile", "python_io"), GONE,
         "argparse and main(); tf.get_logger(); tf.io.gfile", PAGE),
    Form("tf.ConfigProto", _tf("ConfigProto", "GPUOptions"), GONE,
         "functions of tf.config, such as tf.config.experimental.set_memory_growth", PAGE),
    Form("tf.losses of TensorFlow 1",
         Names(("keras.losses.mean_squared_error", "keras.losses.softmax_cross_entropy",
                "keras.losses.sparse_softmax_cross_entropy", "keras.losses.log_loss",
                "keras.losses.sigmoid_cross_entropy", "keras.losses.absolute_difference",
                "keras.losses.huber_loss"), "tf.losses"),
         GONE,
         "keras.losses.MeanSquaredError()(labels, predictions), labels first", PAGE),
    Form("tf.metrics of TensorFlow 1",
         Names(("keras.metrics.accuracy", "keras.metrics.auc", "keras.metrics.mean"),
               "tf.metrics"),
         GONE,
         "an object: keras.metrics.Accuracy(), update_state and result", PAGE),
    Form("arguments for an axis",
         Arguments((*(f"tf.reduce_{n}" for n in SUMS), "tf.argmax", "tf.argmin",
                    "tf.nn.softmax", "tf.nn.log_softmax", "tf.expand_dims", "tf.squeeze",
                    *ENTROPIES),
                   ("keep_dims", "reduction_indices", "dimension", "dim", "squeeze_dims")),
         KEYWORD, "axis=, and keepdims= for keep_dims=", PAGE),
    Form("tf.concat(axis, values)", _axis_first,
         "ValueError: Shape … must have rank 0, or a TypeError", "tf.concat([a, b], axis)", PAGE),
    Form("fn1= of tf.cond", Arguments(("tf.cond",), ("fn1", "fn2", "strict")), KEYWORD,
         "tf.cond(condition, true_fn, false_fn)", PAGE),
    Form("keep_prob=", Arguments(("tf.nn.dropout", "keras.layers.Dropout"), ("keep_prob",)),
         KEYWORD, "rate=, the fraction to drop: 1 - keep_prob", "foundations/dropout"),
    Form("positional keep_prob", _kept, "runs, and drops the fraction to keep",
         "tf.nn.dropout(x, rate=1 - keep_prob)", PAGE),
    Form("logits before labels", _logits_first,
         "runs with a wrong loss, or raises", "labels=y, logits=z as keywords", PAGE),
    Form("softmax_cross_entropy_with_logits_v2", _tf("nn.softmax_cross_entropy_with_logits_v2"),
         GONE,
         "tf.nn.softmax_cross_entropy_with_logits(labels=y, logits=z)", PAGE),
    Form("tf.examples", _tf("examples"), GONE, "keras.datasets.mnist.load_data()",
         "keras/datasets"),
    Form("tf.image.resize_images", _tf("image.resize_images"),
         GONE,
         "tf.image.resize(image, size); its pixels differ slightly", PAGE),
    Form("tf.compat.v1", _compat, "raises or does nothing outside `with tf.Graph().as_default():`",
         "the replacements on the page; until then, keep all old code in one such graph", PAGE),
)  # fmt: skip
