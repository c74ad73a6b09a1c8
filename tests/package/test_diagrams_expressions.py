"""Graphs of expressions, with their gradients."""

from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from matplotlib.figure import Figure

from tfnotes.diagrams import expression_graph
from tfnotes.diagrams.expressions import trace

pytestmark = pytest.mark.usefixtures("fresh_figures")


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.axes[0].texts]


def f(x: Any, y: Any) -> Any:
    return x * y + tf.sin(x) * tf.exp(-y) / (1 + x**2)


@pytest.mark.parametrize(("x", "y"), [(2.0, 3.0), (-0.5, 0.25), (0.0, 0.0)])
def test_gradients_equal_those_of_the_tape(x: float, y: float) -> None:
    inputs = [tf.constant(x), tf.constant(y)]
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        result = f(*inputs)
    expected = tape.gradient(result, inputs)
    nodes = {node.name: node for node in trace(f, x=x, y=y)}
    np.testing.assert_allclose(nodes["x"].gradient, expected[0], rtol=1e-6)
    np.testing.assert_allclose(nodes["y"].gradient, expected[1], rtol=1e-6)
    last = trace(f, x=x, y=y)[-1]
    np.testing.assert_allclose(last.value, result, rtol=1e-6)
    assert last.gradient == 1


def test_gradients_equal_finite_differences() -> None:
    """Chain rule by hand: replay the graph in float64 with one value moved."""
    rules = {"AddV2": np.add, "Mul": np.multiply, "RealDiv": np.divide, "Sin": np.sin}
    rules |= {"Exp": np.exp, "Neg": np.negative, "Pow": np.power}
    nodes = trace(f, x=0.7, y=-0.4)

    def replay(moved: int, by: float) -> float:
        values: list[float] = []
        for number, node in enumerate(nodes):
            taken = [values[i] for i in node.sources]
            values.append(rules[node.kind](*taken) if taken else float(node.value))
            values[-1] += by * (number == moved)
        return values[-1]

    checked = 0
    for number, node in enumerate(nodes):
        if node.gradient is not None:
            slope = (replay(number, 1e-4) - replay(number, -1e-4)) / 2e-4
            assert node.gradient == pytest.approx(slope, rel=1e-3), node
            checked += 1
    assert checked == len(nodes) - sum(node.name == "constant" for node in nodes) == 11


def test_unused_operations_are_left_out() -> None:
    def wasteful(x: Any) -> Any:
        tf.exp(x)
        return x + 1

    assert [node.name for node in trace(wasteful, x=1.0)] == ["x", "constant", "+"]


def test_stopped_gradient_is_shown_as_none() -> None:
    nodes = trace(lambda x: x * tf.stop_gradient(x), x=3.0)
    assert [(n.name, n.gradient) for n in nodes] == [
        ("x", 3.0),
        ("stop gradient", None),
        ("×", 1.0),
    ]
    assert texts(expression_graph(lambda x: x * tf.stop_gradient(x), x=3.0)) == [
        *("x", "value 3", "gradient 3"),
        *("stop gradient", "value 3", "no gradient"),
        *("×", "value 9", "gradient 1"),
    ]


def test_graph_shows_vectors_variables_and_slices() -> None:
    weight = tf.Variable([1.0, -2.0])
    nodes = trace(lambda x: tf.reduce_sum(tf.split(x, 2)[1] * weight), x=[9.0, 9.0, 3.0, 4.0])
    by_name = {node.name: node for node in nodes}
    assert by_name["x"].gradient.tolist() == [0, 0, 1, -2]
    assert by_name["variable"].gradient.tolist() == [3, 4]
    assert by_name["split"].value.tolist() == [3, 4]
    assert nodes[-1].value == -5


def test_gathered_rows_have_dense_gradients() -> None:
    nodes = trace(lambda x: tf.reduce_sum(tf.gather(x, [1, 1])), x=[1.0, 2.0, 3.0])
    assert nodes[0].gradient.tolist() == [0, 2, 0]


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda x: x, r"expected a scalar float tensor as result; got <tf.Tensor.*\(2,\)"),
        (lambda x: 3.0, "expected a scalar float tensor as result; got 3.0"),  # noqa: ARG005
        (lambda x: tf.argmax(x), "expected a scalar float tensor.*int64"),
    ],
)
def test_result_without_a_gradient_is_rejected(function: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        trace(function, x=[1.0, 2.0])


def test_large_values_show_their_shape() -> None:
    shown = texts(expression_graph(tf.reduce_sum, input_tensor=np.ones((2, 3))))
    assert shown[:3] == ["input_tensor", "value of shape (2, 3)", "gradient of shape (2, 3)"]


def test_input_that_is_no_number_is_named() -> None:
    with pytest.raises(ValueError, match="expected a number or an array; got a='b'"):
        expression_graph(lambda a: a, a="b")
