"""Removed methods and attributes of models, layers, optimizers and metrics."""

import ast
from collections.abc import Iterator

from tfnotes.doctor.form import LAYERS, MODELS, Form, Hit, Methods
from tfnotes.doctor.kinds import Kind, Kinds
from tfnotes.doctor.syntax import Code

GUIDE = "migration/keras-2-to-3"
LOSSES = "keras/custom-losses-and-metrics"
LOOP = "keras/custom-training-loop"
MODEL = "AttributeError: 'Sequential' object has no attribute '{}'"
OPTIMIZER = "AttributeError: 'SGD' object has no attribute '{}'"


def _added_losses(_: Code, kinds: Kinds) -> Iterator[Hit]:
    """Find ``model.add_loss(…)`` outside the model; ``self.add_loss`` in ``call`` is fine."""
    for call in kinds.calls({"add_loss"}, MODELS):
        if ast.unparse(call.func) != "self.add_loss":
            yield call


def _variables(_: Code, kinds: Kinds) -> Iterator[Hit]:
    """Find ``optimizer.variables()``."""
    yield from kinds.calls({"variables"}, {Kind.OPTIMIZER})


def _dimensions(code: Code, _: Kinds) -> Iterator[Hit]:
    """Find ``x.shape[0].value``."""
    for attribute in code.every(ast.Attribute):
        if attribute.attr == "value" and isinstance(attribute.value, ast.Subscript):
            shape = attribute.value.value
            called = isinstance(shape, ast.Call)
            shape = shape.func if isinstance(shape, ast.Call) else shape
            name = "get_shape" if called else "shape"
            if isinstance(shape, ast.Attribute) and shape.attr == name:
                yield attribute


FORMS = (
    Form("fit_generator",
         Methods(("fit_generator", "evaluate_generator", "predict_generator")), MODEL,
         "fit, evaluate and predict accept the generator", GUIDE),
    Form("predict_classes", Methods(("predict_classes",)), MODEL,
         "model.predict(x).argmax(axis=1), or > 0.5 for one output",
         "foundations/softmax-regression"),
    Form("predict_proba", Methods(("predict_proba",), (Kind.MODEL,)), MODEL,
         "model.predict(x)", GUIDE),
    Form("save_weight", Methods(("save_weight", "load_weight"), MODELS), MODEL,
         "model.save_weights(\"name.weights.h5\")", "keras/saving-and-loading"),
    Form("to_yaml", Methods(("to_yaml",), MODELS), MODEL, "model.to_json()", GUIDE),
    Form("removed attributes of models",
         Methods(("uses_learning_phase", "total_loss", "targets", "state_updates",
                  "get_updates_for", "get_losses_for", "_make_predict_function",
                  "sample_weights"), (Kind.MODEL,)), MODEL,
         "nothing: no longer needed", GUIDE),
    Form("input_shape of a layer",
         Methods(("input_shape", "output_shape", "get_input_at", "get_output_at",
                  "get_input_shape_at", "get_output_shape_at"), LAYERS),
         "AttributeError: 'Dense' object has no attribute '{}'",
         "layer.input.shape, layer.output.shape", GUIDE),
    Form("add_metric", Methods(("add_metric",), (*MODELS, *LAYERS)),
         "NotImplementedError: Layer `add_metric()` method is deprecated.",
         "keras.metrics.Mean() in __init__, update_state(x) in call", LOSSES),
    Form("add_loss from outside", _added_losses, "NotImplementedError",
         "self.add_loss(…) in the call of a custom layer", LOSSES),
    Form("reset_states of a metric", Methods(("reset_states",), (Kind.METRIC,)),
         "AttributeError: 'Mean' object has no attribute 'reset_states'", "reset_state()",
         LOSSES),
    Form("reset_states of a model", Methods(("reset_states",), MODELS),
         MODEL,
         "layer.reset_states() of the stateful layers", "architectures/recurrent-networks"),
    Form("lr of an optimizer",
         Methods(("lr", "decay"), (Kind.OPTIMIZER,), ast.Load), OPTIMIZER,
         "optimizer.learning_rate", "foundations/learning-rate-and-optimizers"),
    Form("setting lr of an optimizer",
         Methods(("lr",), (Kind.OPTIMIZER,), ast.Store),
         "runs, and does not change the learning rate",
         "optimizer.learning_rate = 0.01", GUIDE),
    Form("minimize of an optimizer", Methods(("minimize",), (Kind.OPTIMIZER,)), OPTIMIZER,
         "tf.GradientTape, then optimizer.apply(gradients, variables)", LOOP),
    Form("removed attributes of optimizers",
         Methods(("get_weights", "weights", "get_updates", "get_gradients",
                  "get_scaled_loss", "get_unscaled_gradients"), (Kind.OPTIMIZER,)), OPTIMIZER,
         "optimizer.variables, a list; scale_loss of a LossScaleOptimizer", GUIDE),
    Form("variables() of an optimizer", _variables,
         "TypeError: 'list' object is not callable", "optimizer.variables", GUIDE),
    Form("compiled_loss", Methods(("compiled_loss", "compiled_metrics"), (Kind.MODEL,)),
         "runs, with a warning: fit reports a loss other than that of this step",
         "self.compute_loss(x, y, y_pred), and update each of self.metrics", GUIDE),
    Form("experimental_run_v2",
         Methods(("experimental_run_v2", "experimental_make_numpy_dataset")),
         "AttributeError: 'MirroredStrategy' object has no attribute '{}'",
         "strategy.run(step, args=(batch,))", "scale/distribution-strategies"),
    Form("a size with .value", _dimensions,
         "AttributeError: 'int' object has no attribute 'value'",
         "x.shape[0], which is an int", "migration/tensorflow-1-to-2"),
)  # fmt: skip
