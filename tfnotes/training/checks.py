"""Refuse what cannot be trained on, in one sentence, before the first step."""

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tfnotes._backend import needs_tensorflow
from tfnotes.training.keeping import has_own_step

ACCEPTED = (
    "arrays, tensors, pandas tables or sparse matrices (also in dicts, lists or "
    "tuples), a tf.data.Dataset, a keras.utils.PyDataset or a generator"
)


def check_model(model: Any, part: str = "tfnotes.train") -> None:
    """Raise if a model cannot be trained here.

    Args:
        model: should be a compiled Keras model.
        part: what needs it.

    Raises:
        TypeError: it is no Keras model.
        RuntimeError: Keras runs on another backend than TensorFlow.
        ValueError: it is not compiled, makes its own ``train_function``, or belongs to
            a strategy of parameter servers, whose workers are not synchronous.

    Examples:
        >>> check_model(keras.Sequential())
        Traceback (most recent call last):
        ValueError: expected a compiled model; call model.compile, or pass optimizer ...
    """
    needs_tensorflow(part)
    if not isinstance(model, keras.Model):
        raise TypeError(
            f"expected a keras.Model, got {type(model).__name__}; build one first"
        )
    if not model.compiled:
        raise ValueError(
            "expected a compiled model; call model.compile, or pass optimizer and loss"
        )
    for name in ("make_train_function", "make_test_function"):
        if getattr(type(model), name) is not getattr(keras.Model, name):
            raise ValueError(
                f"expected a model that overrides train_step or test_step; "
                f"{type(model).__name__} overrides {name}: use model.fit"
            )
    strategy = model.distribute_strategy
    if isinstance(strategy, tf.distribute.ParameterServerStrategy):
        raise ValueError(
            "expected a synchronous strategy, got one of parameter "
            "servers; use MirroredStrategy or MultiWorkerMirroredStrategy"
        )


def check_targets(model: keras.Model, batch: Any) -> None:
    """Raise if a model has a loss of targets, and the data have none.

    Args:
        model: compiled.
        batch: one batch, or its shapes, as ``fit`` hands it to ``train_step``.

    Raises:
        ValueError: there are no targets.

    Examples:
        >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> check_targets(model, np.ones((2, 1)))
        Traceback (most recent call last):
        ValueError: expected targets for the loss of the model, got inputs only; ...
    """
    _, targets, _ = keras.utils.unpack_x_y_sample_weight(batch)
    own = (
        has_own_step(model) or type(model).compute_loss is not keras.Model.compute_loss
    )
    if targets is None and model._compile_loss is not None and not own:
        raise ValueError(
            "expected targets for the loss of the model, got inputs only; zip the "
            "inputs with their targets, or pass y"
        )


def check_run(
    epochs: int,
    validation_freq: int | list[int],
    initial_epoch: int = 0,
    seed: int | None = None,
    class_weight: Any = None,
) -> None:
    """Raise if the numbers of a run, or its class weights, are of another kind.

    Args:
        epochs: as for ``train``.
        validation_freq: likewise.
        initial_epoch: likewise.
        seed: likewise.
        class_weight: likewise.

    Raises:
        ValueError: they are negative, or of another type.

    Examples:
        >>> check_run(-1, 1)
        Traceback (most recent call last):
        ValueError: expected epochs from 0, got -1
    """
    numbers = {"epochs": epochs, "initial_epoch": initial_epoch, "seed": seed or 0}
    for name, value in numbers.items():
        if not isinstance(value, int | np.integer) or value < 0:
            raise ValueError(f"expected {name} from 0, got {value!r}")
    if class_weight is not None and not (
        isinstance(class_weight, dict)
        and all(isinstance(n, int | np.integer) and n >= 0 for n in class_weight)
    ):
        raise ValueError(
            "expected class_weight to be a dict from numbers of classes to weights, "
            f"got {class_weight!r}; scikit-learn's compute_class_weight balances them"
        )
    counts = validation_freq if isinstance(validation_freq, list) else [validation_freq]
    if not all(isinstance(n, int | np.integer) and n >= 1 for n in counts):
        raise ValueError(
            "expected validation_freq to be a number from 1 or a list of them, "
            f"got {validation_freq!r}"
        )


def check_data(data: Any, batch_size: int | None, steps: int | None) -> None:
    """Raise if data are of no kind that ``fit`` accepts, or have other lengths.

    Args:
        data: inputs, targets and sample weights, as for ``train``.
        batch_size: rows per step.
        steps: steps per epoch.

    Raises:
        ValueError: they are not accepted.

    Examples:
        >>> check_data(([[1.0], [2.0]], [1, 2], None), 32, None)
        Traceback (most recent call last):
        ValueError: expected arrays, ... got lists of numbers; ...
    """
    for name, value in (("batch_size", batch_size), ("steps", steps)):
        if value is not None and (not isinstance(value, int | np.integer) or value < 1):
            raise ValueError(f"expected {name} from 1, got {value!r}")
    parts = [part for part in keras.tree.flatten(data) if part is not None]
    if data[0] is None or isinstance(data[0], str):
        raise ValueError(f"expected {ACCEPTED}, got {data[0]!r}")
    if any(isinstance(part, bool | int | float | complex | str) for part in parts):
        raise ValueError(
            f"expected {ACCEPTED}, got lists of numbers; numpy.asarray converts them"
        )
    if any(isinstance(part, np.ndarray) and _is_mixed(part) for part in parts):
        raise ValueError(
            "expected numbers or strings, got an array of Python objects, perhaps of "
            "rows of several lengths; pad them, or convert it with astype"
        )
    if not all(hasattr(part, "shape") for part in parts):
        return _check_kind(data)
    sizes = [int(part.shape[0]) if len(part.shape) else 0 for part in parts]
    if len(set(sizes)) != 1 or not sizes[0]:
        raise ValueError(
            f"expected as many inputs as targets and at least one; got {sizes}"
        )
    return None


def _is_mixed(part: np.ndarray[Any, Any]) -> bool:
    return part.dtype == object and not all(isinstance(v, str) for v in part.flat)


def _check_kind(data: Any) -> None:
    """Raise if the inputs are no source of batches, or come with targets."""
    x, *others = data
    kinds = (tf.data.Dataset, tf.distribute.DistributedDataset, keras.utils.PyDataset)
    names = {kind.__name__ for kind in type(x).__mro__}
    if not (isinstance(x, kinds) or names & {"generator", "DataLoader", "MapDataset"}):
        raise ValueError(f"expected {ACCEPTED}, got {type(x).__name__}")
    if any(other is not None for other in others):
        raise ValueError(
            f"expected targets and weights inside the {type(x).__name__}, got them "
            "next to it; let each batch be (inputs, targets[, sample weights])"
        )
