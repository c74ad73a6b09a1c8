"""Multiply-adds of one call of a layer."""

import re
from collections.abc import Callable
from dataclasses import replace
from math import prod

from tfnotes.costs._calls import Call

CELLS = {"GRUCell", "LSTMCell", "SimpleRNNCell"}
FREE = {
    "BatchNormalization",
    "CustomScaleLayer",  # of keras.applications.InceptionResNetV2
    "Embedding",
    "GroupNormalization",
    "LayerNormalization",
    "LayerScale",  # of keras.applications.ConvNeXt*
    "Normalization",
    "PReLU",
    "RMSNormalization",
}


def multiply_adds(call: Call) -> int:
    """Count the multiply-adds of one call of a layer, for one sample."""
    if rule := _rule(call):
        return rule(call)
    check_weights(call)
    return _parts(call)


def check_weights(call: Call) -> None:
    """Raise if a layer has weights, and no part of it has them."""
    parts = {id(w) for part in call.parts for w in getattr(part.layer, "weights", ())}
    if any(id(weight) not in parts for weight in getattr(call.layer, "weights", ())):
        raise _unknown(call)


def _unknown(call: Call) -> ValueError:
    kind = type(call.layer).__name__
    return ValueError(
        f"expected layers whose multiply-adds are known; {call.layer.name} is "
        f"{kind}: count it by hand"
    )


def _rule(call: Call) -> Callable[[Call], int] | None:
    """Return what counts a layer, or the layer that it extends."""
    names = [kind.__name__ for kind in type(call.layer).__mro__]
    if "Layer" not in names:
        names = [f"ops.{names[0]}"]
    return next((RULES[name] for name in names if name in RULES), None)


def _parts(call: Call) -> int:
    return sum(map(multiply_adds, call.parts))


def _free(_: Call) -> int:
    return 0


def _dense(call: Call) -> int:
    """Each number of the output is a sum of products with a part of the kernel."""
    return int(prod(call.output) * prod(call.layer.kernel.shape[:-1]))


def _depthwise(call: Call) -> int:
    return int(prod(call.output) * prod(call.layer.kernel.shape[:-2]))


def _separable(call: Call) -> int:
    depthwise, pointwise = (
        call.layer.depthwise_kernel.shape,
        call.layer.pointwise_kernel.shape,
    )
    places = prod(call.output) // pointwise[-1]
    return int(places * (prod(depthwise) + prod(pointwise)))


def _transposed(call: Call) -> int:
    """Each number of the input is multiplied with a part of the kernel."""
    return int(prod(call.input) * prod(call.layer.kernel.shape[:-1]))


def _einsum(call: Call) -> int:
    _, labels, output = re.split(",|->", call.layer.equation)
    sizes = zip(labels, call.layer.kernel.shape, strict=True)
    summed = prod(size for label, size in sizes if label not in output)
    return int(prod(call.output) * summed)


def _recurrent(call: Call) -> int:
    cells = getattr(call.layer.cell, "cells", [call.layer.cell])
    if not {type(cell).__name__ for cell in cells} <= CELLS:
        raise _unknown(call)
    kernels = [w for cell in cells for w in (cell.kernel, cell.recurrent_kernel)]
    return int(call.input[0] * sum(prod(kernel.shape) for kernel in kernels))


def _in_time(call: Call) -> int:
    step = Call(call.layer.layer, [call.input[1:]], [call.output[1:]], call.parts)
    if _rule(step):
        return call.input[0] * multiply_adds(replace(step, parts=[]))
    return multiply_adds(step)  # its parts have been called once per step


def _attention(call: Call) -> int:
    query, value = call.inputs[:2]
    scored = query[-1] if call.layer.score_mode == "dot" else 0
    return query[0] * value[0] * (scored + value[-1])


def _additive_attention(call: Call) -> int:
    query, value = call.inputs[:2]
    scored = query[-1] if call.layer.use_scale else 0
    return query[0] * value[0] * (scored + value[-1])


def _heads(call: Call) -> int:
    """Products of queries and keys, then with values, next to four dense layers."""
    query, key, value = (part.output for part in call.parts[:3])  # (..., heads, size)
    axes = getattr(call.layer, "attention_axes", (1,))  # 0 is the batch
    keys = prod(key[axis - 1] for axis in axes)
    return prod(query[:-1]) * keys * (query[-1] + value[-1]) + _parts(call)


def _dot(call: Call) -> int:
    axes = call.layer.axes
    axis = axes if isinstance(axes, int) else axes[0]
    return prod(call.output) * (1, *call.input)[axis]


def _reversible(call: Call) -> int:
    is_reverse = len(call.output) == len(call.input)
    return prod(call.output) * call.layer.output_dim if is_reverse else 0


def _matmul(call: Call) -> int:
    return prod(call.output) * call.input[-1]


def _refused(call: Call) -> int:
    raise _unknown(call)


RULES: dict[str, Callable[[Call], int]] = {
    **dict.fromkeys(FREE, _free),
    "Dense": _dense,
    **{f"Conv{n}D": _dense for n in (1, 2, 3)},
    **{f"Conv{n}DTranspose": _transposed for n in (1, 2, 3)},
    **{f"DepthwiseConv{n}D": _depthwise for n in (1, 2)},
    **{f"SeparableConv{n}D": _separable for n in (1, 2)},
    "EinsumDense": _einsum,
    "ReversibleEmbedding": _reversible,
    "SpectralNormalization": _parts,  # of a layer, which it normalizes
    "RNN": _recurrent,  # also GRU, LSTM and SimpleRNN
    "TimeDistributed": _in_time,
    "Attention": _attention,
    "AdditiveAttention": _additive_attention,
    "MultiHeadAttention": _heads,
    "GroupedQueryAttention": _heads,
    "Dot": _dot,
    "ops.Matmul": _matmul,
}
REFUSED = (
    "Conv ConvTranspose Correlate Cross DepthwiseConv Dot DotProductAttention Einsum "
    "Inner Kron Outer SeparableConv Tensordot Vdot"
)
RULES |= {f"ops.{name}": _refused for name in REFUSED.split()}
