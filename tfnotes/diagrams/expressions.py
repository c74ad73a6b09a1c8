"""Draw the graph of a small expression, with values and gradients."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

from tfnotes.diagrams.drawing import GRAY, Box, Graph, draw

INPUT, OPERATION = "C2", "C0"  # box colors; constants are gray
CONSTANT = "constant"
LARGE = 4  # elements; larger arrays are shown by their shape
NAMES = {
    "AddV2": "+",
    "Sub": "−",
    "Mul": "×",
    "RealDiv": "÷",
    "Neg": "negative",
    "Pow": "power",
    "MatMul": "matrix product",
    "Const": CONSTANT,
    "Placeholder": CONSTANT,  # a tensor from outside the function
    "ReadVariableOp": "variable",
}


@dataclass(frozen=True)
class Node:
    """One step of an expression.

    Attributes:
        name: the name of an input, or of the operation.
        kind: TensorFlow's name of the operation, such as ``AddV2``.
        sources: indices of the input nodes, in the order of the operation's inputs.
        value: float32, any shape.
        gradient: gradient of the result with respect to the value, float32, same shape;
            None if the tape finds no path to the result.
    """

    name: str
    kind: str
    sources: tuple[int, ...]
    value: npt.NDArray[np.float32]
    gradient: npt.NDArray[np.float32] | None


def trace(function: Callable[..., Any], /, **inputs: Any) -> list[Node]:
    """Run a function once and record each step, with its value and gradient.

    Args:
        function: from float32 tensors to one scalar tensor, without Python branches
            on values.
        inputs: its arguments by name, numbers or arrays; converted to float32.

    Returns:
        The steps that the result depends on, in the order of their computation. The
        last one is the result.

    Raises:
        ValueError: an input is no number, or the result is not a scalar float tensor.

    Examples:
        >>> for node in trace(lambda x, y: x * y + x, x=2.0, y=3.0):
        ...     print(node.name, node.sources, node.value, node.gradient)
        x () 2.0 4.0
        y () 3.0 2.0
        × (0, 1) 6.0 1.0
        + (2, 0) 8.0 1.0

    Source:
        A. Karpathy: micrograd, 2020, draws expressions this way.
    """
    import tensorflow as tf

    for name, value in inputs.items():
        if np.asarray(value).dtype.kind in "OSU":
            raise ValueError(f"expected a number or an array; got {name}={value!r}")
    found: list[tuple[str, str, tuple[int, ...]]] = []

    # --8<-- [start:trace]
    @tf.function(autograph=False)  # type: ignore[untyped-decorator]
    def traced(arguments: dict[str, Any]) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(arguments)
            result = function(**arguments)
        steps = _steps(result)
        found.extend(_described(steps, arguments))
        return steps, tape.gradient(result, steps)

    numbers = {name: tf.cast(v, tf.float32) for name, v in inputs.items()}
    values, gradients = traced.get_concrete_function(numbers)(numbers)
    # --8<-- [end:trace]
    return [
        Node(*text, _numbers(value), None if slope is None else _numbers(slope))
        for text, value, slope in zip(found, values, gradients, strict=True)
    ]


def expression_graph(
    function: Callable[..., Any], /, *, width: float = 7.2, **inputs: Any
) -> Figure:
    """Draw each step of an expression with its value and the gradient of the result.

    Args:
        function: from float32 tensors to one scalar tensor, without Python branches
            on values.
        width: target width in inches; no input can have this name.
        inputs: its arguments by name, numbers or arrays; converted to float32.

    Returns:
        The figure, not yet shown. Inputs are at the top; the result is at the bottom,
        in a thick frame.

    Examples:
        >>> figure = expression_graph(lambda w, x: w * x, w=2.0, x=-1.5)
        >>> for text in figure.axes[0].texts[-3:]:
        ...     print(text.get_text())
        ×
        value −3
        gradient 1

    Source:
        A. Karpathy: micrograd, 2020, draws expressions this way.
    """
    nodes = trace(function, **inputs)
    boxes = [_box(node, is_result=node is nodes[-1]) for node in nodes]
    arrows = [(i, number) for number, node in enumerate(nodes) for i in node.sources]
    return draw([Graph("", boxes, arrows)], width)


def _steps(result: Any) -> list[Any]:
    """List the float tensors that the result depends on, and the result, in order."""
    import tensorflow as tf

    is_tensor = tf.is_symbolic_tensor(result)
    if not (is_tensor and result.shape == () and result.dtype.is_floating):
        raise ValueError(f"expected a scalar float tensor as result; got {result!r}")
    wanted, steps = {result.name}, []
    for operation in reversed(result.graph.get_operations()):
        made = [tensor for tensor in operation.outputs if tensor.name in wanted]
        steps += made
        if made:
            wanted |= {t.name for t in operation.inputs if t.dtype.is_floating}
    return steps[::-1]


def _numbers(tensor: Any) -> npt.NDArray[np.float32]:
    import tensorflow as tf

    return np.asarray(tf.convert_to_tensor(tensor))  # gradients of tf.gather are sparse


def _described(
    steps: list[Any], arguments: dict[str, Any]
) -> Iterator[tuple[str, str, tuple[int, ...]]]:
    number = {tensor.name: i for i, tensor in enumerate(steps)}
    inputs = {tensor.name: name for name, tensor in arguments.items()}
    for tensor in steps:
        kind = tensor.op.type
        name = inputs.get(tensor.name) or NAMES.get(kind, _words(kind))
        sources = [number[t.name] for t in tensor.op.inputs if t.name in number]
        yield name, kind, tuple(sources)


def _words(kind: str) -> str:
    """Convert a name such as ``StopGradient`` to words."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind).lower()


def _box(node: Node, is_result: bool) -> Box:
    lines = [node.name, f"value {_text(node.value)}"]
    if node.gradient is not None:
        lines.append(f"gradient {_text(node.gradient)}")
    elif node.name != CONSTANT:
        lines.append("no gradient")
    color = GRAY if node.name == CONSTANT else OPERATION if node.sources else INPUT
    return Box(tuple(lines), color, linewidth=2.4 if is_result else 1.2)


def _text(values: npt.NDArray[np.float32]) -> str:
    if values.size > LARGE:
        return f"of shape {values.shape}"
    text = np.array2string(values, formatter={"float_kind": lambda v: f"{v:.4g}"})
    return text.replace("\n", "").replace("-", "−")
