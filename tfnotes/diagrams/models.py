"""Draw the diagram of a Keras model, without Graphviz."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from matplotlib.figure import Figure

from tfnotes.diagrams.drawing import Box, Graph, draw
from tfnotes.diagrams.groups import Group, Node, Shape, grouped, is_model, params
from tfnotes.diagrams.layers import Arrow

Call = tuple[str, int]  # layer name, and index of the call


def model_diagram(
    model: Any,
    *,
    group: Group | None = None,
    expand_nested: bool = False,
    width: float = 7.2,
) -> Figure:
    """Draw a Keras model: one box per layer call, one arrow per tensor.

    A box shows type, name, output shape without the batch axis, and parameters. Outputs
    of the model have a thick frame, nested models a dashed one. Subclassed models,
    ``Sequential`` models that are not built and models with a layer without
    ``get_config`` do not expose their connections: their layers are drawn as a tree.

    Args:
        model: any Keras model.
        group: as in ``layer_costs``: maps a layer's name to the name to draw it under,
            or to None for that of the layer before it; neighbors with the same name
            become one box, which lists its layers. An arrow around a box is the
            shortcut of the one addition in it.
        expand_nested: whether to draw each nested model too, next to or below.
        width: target width in inches; a deep model continues in a second column if
            there is space for it.

    Returns:
        The figure, not yet shown.

    Raises:
        TypeError: this is no model.
        ValueError: ``group`` is given for a model that is drawn as a tree.

    Examples:
        >>> import keras
        >>> layers = [keras.Input((8,), name="x"), keras.layers.Dense(3, name="logits")]
        >>> figure = model_diagram(keras.Sequential(layers, name="softmax"))
        >>> for text in figure.axes[0].texts:
        ...     print(text.get_text())
        softmax: 27 params
        InputLayer
        x
        8
        Dense
        logits
        3 · 27 params
    """
    if not is_model(model):
        raise TypeError(f"expected a Keras model; got {type(model).__name__}")
    return draw([*_graphs(model, group, expand_nested)], width)


def _graphs(model: Any, group: Group | None, expand_nested: bool) -> Iterator[Graph]:
    yield model_graph(model, group)
    for layer in model.layers if expand_nested else []:
        if is_model(layer):
            yield from _graphs(layer, group, expand_nested)


def model_graph(model: Any, group: Group | None = None) -> Graph:
    """Extract the boxes and arrows of a Keras model.

    Args:
        model: any Keras model.
        group: see ``model_diagram``.

    Returns:
        One box per layer call or group, in model order, and one arrow per tensor
        between two of them; or a tree of layers.

    Raises:
        ValueError: ``group`` is given for a model that is drawn as a tree.

    Examples:
        >>> import keras
        >>> layers = [keras.Input((8,), name="x"), keras.layers.Dense(3, name="logits")]
        >>> graph = model_graph(keras.Sequential(layers))
        >>> [box.lines for box in graph.boxes], graph.arrows
        ([('InputLayer', 'x', '8'), ('Dense', 'logits', '3 · 27 params')], [(0, 1)])
    """
    import keras

    title = ": ".join(filter(None, [model.name, params([model])]))
    if getattr(model, "inputs", None):
        # Sequential or functional: its tensors record their history. Keep the
        # name, because a new one would change the names of later models.
        plain = keras.Model(model.inputs, model.outputs, name=model.name)
        config = None
        with suppress(NotImplementedError):  # a layer without get_config
            config = plain.get_config()
        if config:
            nodes, arrows = _calls(plain, config)
            if group:
                return Graph(title, *grouped(nodes, arrows, group))
            return Graph(title, [node.box() for node in nodes], arrows)
    if group:
        raise ValueError(
            f"expected a model whose layers are connected; {model.name} is drawn as a "
            "tree: leave out group"
        )
    return Graph(title, *_parts(model), is_tree=True)


def _calls(model: Any, config: dict[str, Any]) -> tuple[list[Node], list[Arrow]]:
    """List one node per layer call, and arrows for the tensors between them."""
    import keras

    layers = {layer.name: layer for layer in model.operations}
    sources: dict[Call, list[Call]] = {}
    shapes: dict[Call, dict[int, Shape]] = defaultdict(dict)
    for layer in config["layers"]:
        for n, node in enumerate(layer["inbound_nodes"] or [()]):
            tensors = list(_tensors(node))
            sources[layer["name"], n] = [call for call, _, _ in tensors]
            for call, index, shape in tensors:
                shapes[call][index] = shape
    flat = keras.tree.flatten(config["output_layers"])  # name, call, index; name, ...
    outputs = list(zip(flat[::3], flat[1::3], strict=True))
    for call, index, tensor in zip(outputs, flat[2::3], model.outputs, strict=True):
        shapes[call][index] = tensor.shape
    nodes = [
        Node(layers[call[0]], [*shapes[call].values()], call[1], call in outputs)
        for call in sources
    ]
    number = {call: i for i, call in enumerate(sources)}
    arrows = [(number[a], number[b]) for b, before in sources.items() for a in before]
    return nodes, arrows


def _tensors(value: Any) -> Iterator[tuple[Call, int, Shape]]:
    """Yield the tensors among a call's arguments: source call, index, shape."""
    if isinstance(value, Mapping) and "keras_history" in value:
        name, call, index = value["keras_history"]
        yield (name, call), index, value["shape"]
    elif isinstance(value, Mapping):
        yield from _tensors(list(value.values()))
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _tensors(part)


def _parts(layer: Any) -> tuple[list[Box], list[Arrow]]:
    """List a layer and, recursively, its sublayers."""
    boxes, arrows = [Node(layer).box()], []
    for part in layer.layers if is_model(layer) else []:
        start = len(boxes)
        its_boxes, its_arrows = _parts(part)
        boxes += its_boxes
        arrows += [(0, start), *((a + start, b + start) for a, b in its_arrows)]
    return boxes, arrows
