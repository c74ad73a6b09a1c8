"""Cost of each layer, added up from the calls of the layers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from tfnotes.costs._calls import Call, traced
from tfnotes.costs._counts import check_weights, multiply_adds


@dataclass(frozen=True)
class LayerCost:
    """Cost of one layer, or of several layers together.

    Attributes:
        name: the layer's name.
        shape: output shape for one sample, without the batch; () for several layers.
        parameters: number of parameters, trainable or not.
        multiply_adds: multiplications for one sample, each with its addition.
    """

    name: str
    shape: tuple[int | None, ...]
    parameters: int
    multiply_adds: int


def layer_costs(
    model: Any, group: Callable[[str], str | None] | None = None
) -> list[LayerCost]:
    """Count the cost of each layer of a model, including nested models.

    As in papers, the products of kernels count as multiply-adds: of convolutions,
    dense and recurrent layers, and of attention, which also multiplies queries, keys
    and values. Normalization, embeddings, pooling and activations are free. A layer
    that is called twice multiplies twice. Of a layer of your own the Keras layers in it
    are counted, but not its other operations.

    Args:
        model: a built model; no size of its input is None.
        group: maps a layer's name to the name to count it under, or to None for that of
            the layer before it; neighbors with the same name become one row. Without it
            each layer is a row.

    Returns:
        The layers with parameters or multiply-adds, in model order.

    Raises:
        TypeError: the argument is not a model.
        ValueError: the model is not built, the size of an input is None, or a layer has
            weights or products that are not known here.

    Examples:
        >>> import keras
        >>> model = keras.Sequential([
        ...     keras.Input((28, 28, 1)),
        ...     keras.layers.Conv2D(6, 5, name="conv"),
        ...     keras.layers.Flatten(),
        ...     keras.layers.Dense(10, name="head"),
        ... ])
        >>> for cost in layer_costs(model):
        ...     print(cost.name, cost.shape, cost.parameters, cost.multiply_adds)
        conv (24, 24, 6) 156 86400
        head (10,) 34570 34560

    Source:
        V. Sze et al.: Efficient Processing of Deep Neural Networks, 2017, section III,
        counts networks in multiply-accumulate operations and weights.
    """
    costs: list[LayerCost] = []
    for cost in _of_layers(model):
        name = group(cost.name) if group else cost.name
        before = costs[-1] if costs else None
        if group and before and name in (None, before.name):
            costs[-1] = replace(
                before,
                shape=(),
                parameters=before.parameters + cost.parameters,
                multiply_adds=before.multiply_adds + cost.multiply_adds,
            )
        else:
            costs.append(replace(cost, name=cost.name if name is None else name))
    return costs


def _of_layers(model: Any) -> list[LayerCost]:
    """Add up the calls of each layer, in model order."""
    costs: dict[int, LayerCost] = {}
    for call in _parts(traced(model)):
        layer, adds = call.layer, multiply_adds(call)
        parameters = layer.count_params() if hasattr(layer, "weights") else 0
        if earlier := costs.get(id(layer)):
            adds += earlier.multiply_adds
        if parameters or adds:
            costs[id(layer)] = LayerCost(layer.name, call.output, parameters, adds)
    place = {id(layer): i for i, layer in enumerate(_leaves(model))}
    return [
        costs[key] for key in sorted(costs, key=lambda key: place.get(key, len(place)))
    ]


def _parts(call: Call) -> Iterator[Call]:
    """Yield the calls of a model, with those of nested models in place of theirs."""
    check_weights(call)
    for part in call.parts:
        if hasattr(part.layer, "layers"):
            yield from _parts(part)
        else:
            yield part


def _leaves(model: Any) -> Iterator[Any]:
    for layer in model.layers:
        if hasattr(layer, "layers"):
            yield from _leaves(layer)
        else:
            yield layer
