"""The calls of the layers of a model, recorded while it runs without numbers."""

from dataclasses import dataclass
from typing import Any
from unittest import mock

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Call:
    """One call of a layer or an operation.

    Attributes:
        layer: the layer or the operation.
        inputs: shapes of the tensors that it gets, without the batch.
        outputs: shapes of the tensors that it returns, without the batch.
        parts: the calls of other layers within this one.
    """

    layer: Any
    inputs: list[Shape]
    outputs: list[Shape]
    parts: list["Call"]

    @property
    def input(self) -> Shape:
        """Shape of the first input."""
        return self.inputs[0]

    @property
    def output(self) -> Shape:
        """Shape of the first output."""
        return self.outputs[0]


def traced(model: Any) -> Call:
    """Run a model on a batch of one sample without numbers, and record all calls."""
    import keras

    original, open_calls = keras.Operation.__call__, [list[Call]()]

    def recorded(layer: Any, *args: Any, **kwargs: Any) -> Any:
        open_calls.append([])
        try:
            result = original(layer, *args, **kwargs)
        finally:
            parts = open_calls.pop()
        call = Call(layer, _shapes((args, kwargs)), _shapes(result), parts)
        open_calls[-1].append(call)
        return result

    class Run(keras.Operation):  # type: ignore[misc]
        def call(self, *inputs: Any) -> Any:
            return model(*inputs)

    inputs = _inputs(model)
    with mock.patch.object(keras.Operation, "__call__", recorded):
        Run(name="run").symbolic_call(*inputs)
    return open_calls[0][-1]  # a backend may run it more than once


def _shapes(tensors: Any) -> list[Shape]:
    import keras

    flat = keras.tree.flatten(tensors)
    return [tuple(tensor.shape[1:]) for tensor in flat if hasattr(tensor, "shape")]


def _inputs(model: Any) -> list[Any]:
    """Return the arguments for a call of a model, with one sample."""
    import keras

    if not isinstance(model, keras.Model):
        raise TypeError(f"expected a Keras model; got {type(model).__name__}")
    inputs = None
    if isinstance(model, keras.Sequential):
        inputs = getattr(model, "inputs", None)  # none if it is not built
    elif getattr(model, "inputs", None):
        inputs = [model.input]
    elif model.built and (shapes := model.get_build_config()):
        shapes = [*shapes.get("shapes_dict", shapes).values()]
        inputs = keras.tree.map_shape_structure(keras.KerasTensor, shapes)
    if not inputs:
        raise ValueError(
            f"expected a built model; {model.name} is not: build it first, by calling "
            "it on a batch"
        )
    for tensor in keras.tree.flatten(inputs):
        if None in tensor.shape[1:]:
            raise ValueError(
                f"expected an input of known size; {model.name} takes "
                f"{tuple(tensor.shape[1:])}: build it with numbers in place of None"
            )

    def one_sample(tensor: Any) -> Any:
        return keras.KerasTensor((1, *tensor.shape[1:]), tensor.dtype)

    return [*keras.tree.map_structure(one_sample, inputs)]
