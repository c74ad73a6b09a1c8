# The code of the lesson tensors/eager-and-graph: its pages show it by section.

# --8<-- [start:eager]
import tensorflow as tf

x, y = tf.constant(1.0), tf.constant(4.0)
total = x + y
print(total)
# -> tf.Tensor(5.0, shape=(), dtype=float32)
root = tf.sqrt(y)
print(root)
# -> tf.Tensor(2.0, shape=(), dtype=float32)
print(total * root)
# -> tf.Tensor(10.0, shape=(), dtype=float32)
# --8<-- [end:eager]

# --8<-- [start:expression]
import matplotlib.pyplot as plt

from tfnotes.diagrams import expression_graph


def f(x, y):
    return (x + y) * tf.sqrt(y)


expression_graph(f, x=1.0, y=4.0)
plt.show()
# --8<-- [end:expression]

# --8<-- [start:both]
f_graph = tf.function(f)
print(f(x, y))
# -> tf.Tensor(10.0, shape=(), dtype=float32)
print(f_graph(x, y))
# -> tf.Tensor(10.0, shape=(), dtype=float32)
# --8<-- [end:both]

# --8<-- [start:operations]
concrete = f_graph.get_concrete_function(x, y)
for operation in concrete.graph.get_operations():
    sources = [tensor.name for tensor in operation.inputs]
    print(f"{operation.type:11} {operation.name:9} {', '.join(sources)}")
# -> Placeholder x
# -> Placeholder y
# -> AddV2       add       x:0, y:0
# -> Sqrt        Sqrt      y:0
# -> Mul         mul       add:0, Sqrt:0
# -> Identity    Identity  mul:0
# --8<-- [end:operations]

# --8<-- [start:symbolic]
from tfnotes.errors import printed_errors

product = concrete.graph.get_operations()[4].outputs[0]
print(product)
# -> Tensor("mul:0", shape=(), dtype=float32)
with printed_errors():
    product.numpy()
# -> AttributeError: 'SymbolicTensor' object has no attribute 'numpy'
print(concrete(tf.constant(2.0), tf.constant(9.0)))
# -> tf.Tensor(33.0, shape=(), dtype=float32)
# --8<-- [end:symbolic]

# --8<-- [start:moments]
eager_moments = []  # lane, start, length, text; the lengths are a sketch
for call in range(2):
    for step, name in enumerate(("+", r"$\sqrt{y}$", r"$\times$")):
        start = 9 * call + 3 * step
        eager_moments.append(("Python", start, 2, "ask"))
        eager_moments.append(("TensorFlow", start + 2, 1, name))

graph_moments = [("Python", 0, 6, "record the graph")]
for call in range(2):
    start = 6 + 5 * call
    graph_moments.append(("Python", start, 2, "ask"))
    for step, name in enumerate(("+", r"$\sqrt{y}$", r"$\times$")):
        graph_moments.append(("TensorFlow", start + 2 + step, 1, name))
# --8<-- [end:moments]

# --8<-- [start:timeline]
figure, panels = plt.subplots(2, 1)
fills = {"TensorFlow": "C0", "Python": "lightgray"}
inks = {"TensorFlow": "white", "Python": "black"}
for panel, moments, ends in zip(
    panels, (eager_moments, graph_moments), ((9, 18), (11, 16)), strict=True
):
    panel.barh(list(fills), 0)  # both lanes, TensorFlow below
    for lane, start, length, text in moments:
        box = panel.barh(lane, length, left=start, color=fills[lane])
        box[0].set_edgecolor("dimgray")
        panel.bar_label(box, [text], label_type="center", color=inks[lane])
    panel.vlines(ends, -0.6, 1.6, color="dimgray", linestyle=":")
    panel.set_xticks(ends, ["first call ends", "second call ends"], ha="right")
    panel.set_xlim(0, 18.9)
    panel.grid(False)
panels[0].set_title("Eager: Python asks for every operation, in every call")
panels[1].set_title("Graph: Python records once, then asks once for each call")
panels[1].set_xlabel("time (a sketch, not to scale)")
plt.show()
# --8<-- [end:timeline]

# --8<-- [start:printing]
from pathlib import Path

seen = Path("seen.txt")
seen.unlink(missing_ok=True)


def double(x):
    print("Python prints", x)
    tf.print("TensorFlow prints", x, output_stream=f"file://{seen}")
    return 2 * x


_ = double(tf.constant(3.0))
# -> Python prints tf.Tensor(3.0, shape=(), dtype=float32)
double_graph = tf.function(double)
for number in (5.0, 7.0):
    double_graph(tf.constant(number))
# -> Python prints Tensor("x:0", shape=(), dtype=float32)
print(seen.read_text(encoding="utf-8"), end="")
# -> TensorFlow prints 3
# -> TensorFlow prints 5
# -> TensorFlow prints 7
# --8<-- [end:printing]

# --8<-- [start:run-eagerly]
tf.config.run_functions_eagerly(True)
_ = double_graph(tf.constant(9.0))
# -> Python prints tf.Tensor(9.0, shape=(), dtype=float32)
tf.config.run_functions_eagerly(False)
# --8<-- [end:run-eagerly]


# --8<-- [start:branch]
def absolute(x):
    if x < 0:
        x = -x
    return x


print(tf.constant(-3.0) < 0)
# -> tf.Tensor(True, shape=(), dtype=bool)
print(absolute(tf.constant(-3.0)))
# -> tf.Tensor(3.0, shape=(), dtype=float32)
# --8<-- [end:branch]

# --8<-- [start:branch-in-graph]
absolute_graph = tf.function(absolute).get_concrete_function(tf.constant(0.0))
print([step.type for step in absolute_graph.graph.get_operations()])
# -> ['Placeholder', 'Const', 'Less', 'StatelessIf', 'Identity', 'Identity']
for branch in absolute_graph.graph.as_graph_def().library.function:
    print("branch", [step.op for step in branch.node_def])
# -> branch ['Neg', 'Identity']
# -> branch ['Identity']
for number in (-3.0, 3.0):
    print(absolute_graph(tf.constant(number)))
# -> tf.Tensor(3.0, shape=(), dtype=float32)
# -> tf.Tensor(3.0, shape=(), dtype=float32)
# --8<-- [end:branch-in-graph]


# --8<-- [start:cond]
@tf.function(autograph=False)
def by_hand(x):
    return tf.cond(x < 0, lambda: -x, lambda: x)


by_hand_graph = by_hand.get_concrete_function(tf.constant(0.0)).graph
print([step.type for step in by_hand_graph.get_operations()])
# -> ['Placeholder', 'Const', 'Less', 'StatelessIf', 'Identity', 'Identity']
# --8<-- [end:cond]


# --8<-- [start:chain]
def chain(matrix):
    product = matrix
    for _ in range(50):  # a Python loop: the graph holds 50 products, 50 sums
        product = product @ matrix + matrix
    return product


chain_graph = tf.function(chain)
# --8<-- [end:chain]

# --8<-- [start:speed]
from tfnotes.devices import best_times, machine


def milliseconds(matrix):
    calls = (lambda: chain(matrix).numpy(), lambda: chain_graph(matrix).numpy())
    return [1000 * seconds for seconds in best_times(*calls, repeats=8)]


widths = [4, 16, 64, 256, 512]
both = [milliseconds(0.5 * tf.eye(n)) for n in widths]
# --8<-- [end:speed]

# --8<-- [start:times]
plt.plot(widths, [eager for eager, _ in both], "o-", label="eager")
plt.plot(widths, [graph for _, graph in both], "s--", label="graph")
plt.xscale("log", base=2)
plt.yscale("log")
plt.xticks(widths, widths)
plt.xlabel("rows and columns of each matrix")
plt.ylabel("ms for 50 products and sums")
plt.title(f"The graph saves the asking, not the arithmetic\n{machine()}")
plt.legend()
plt.show()
# --8<-- [end:times]

# --8<-- [start:session]
from tensorflow.compat import v1

with v1.Graph().as_default():
    a = v1.placeholder(tf.float32, shape=())
    b = v1.placeholder(tf.float32, shape=())
    c = f(a, b)
    print(c)
    with v1.Session() as session:
        print(session.run(c, feed_dict={a: 1.0, b: 4.0}))
# -> Tensor("mul:0", shape=(), dtype=float32)
# -> 10.0
# --8<-- [end:session]

# --8<-- [start:no-branch]
with v1.Graph().as_default():
    a = v1.placeholder(tf.float32, shape=())
    try:
        absolute(a)
    except tf.errors.OperatorNotAllowedInGraphError as error:
        print(type(error).__name__, str(error).split(". ")[0], sep=": ")
    c = tf.cond(a < 0, lambda: -a, lambda: a)
    with v1.Session() as session:
        print(session.run(c, feed_dict={a: -3.0}))
# -> OperatorNotAllowedInGraphError: Using a symbolic `tf.Tensor` as a Python
#    `bool` is not allowed
# -> 3.0
# --8<-- [end:no-branch]

# --8<-- [start:outside-autograph]
try:
    tf.function(absolute, autograph=False)(tf.constant(-3.0))
except tf.errors.OperatorNotAllowedInGraphError as error:
    print(type(error).__name__, str(error).split(". ")[0], sep=": ")
# -> OperatorNotAllowedInGraphError: Using a symbolic `tf.Tensor` as a Python
#    `bool` is not allowed

import keras

numbers = keras.Input(())  # (batch,)
with printed_errors():
    absolute(numbers)
# -> TypeError: A symbolic KerasTensor cannot be used as a boolean.
model = keras.Model(numbers, keras.ops.where(numbers < 0, -numbers, numbers))
print(model(tf.constant([-3.0, 3.0])))
# -> tf.Tensor([3. 3.], shape=(2,), dtype=float32)
# --8<-- [end:outside-autograph]

# --8<-- [start:arguments]
with printed_errors():
    tf.placeholder(tf.float32)
# -> AttributeError: module 'tensorflow' has no attribute 'placeholder'
with printed_errors():
    tf.Session()
# -> AttributeError: module 'tensorflow' has no attribute 'Session'
print(f_graph(tf.constant(2.0), tf.constant(9.0)))
# -> tf.Tensor(33.0, shape=(), dtype=float32)
# --8<-- [end:arguments]

# --8<-- [start:answer-walk]
import operator

steps = {"AddV2": operator.add, "Mul": operator.mul, "Sqrt": lambda v: v**0.5}
values = {"x:0": 2.0, "y:0": 9.0}
for operation in concrete.graph.get_operations():
    if operation.type in steps:
        inputs = [values[tensor.name] for tensor in operation.inputs]
        values[operation.outputs[0].name] = steps[operation.type](*inputs)
print(values)
# -> {'x:0': 2.0, 'y:0': 9.0, 'add:0': 11.0, 'Sqrt:0': 3.0, 'mul:0': 33.0}
# --8<-- [end:answer-walk]


# --8<-- [start:answer-flag]
@tf.function
def scaled(x, twice):
    if twice:
        x = 2 * x
    return x


for twice in (True, False, tf.constant(True)):
    graph = scaled.get_concrete_function(tf.constant(1.0), twice).graph
    print([operation.type for operation in graph.get_operations()])
# -> ['Placeholder', 'Const', 'Mul', 'Identity']
# -> ['Placeholder', 'Identity']
# -> ['Placeholder', 'Placeholder', 'StatelessIf', 'Identity', 'Identity']
# --8<-- [end:answer-flag]


# --8<-- [start:answer-ones]
def ones(n):
    count = 0
    while n > 0:
        if n % 2 == 1:
            count += 1
        n //= 2
    return count


print(ones(tf.constant(27)))
# -> 4
ones_graph = tf.function(ones).get_concrete_function(tf.constant(0))
print(ones_graph(tf.constant(27)))
# -> tf.Tensor(4, shape=(), dtype=int32)
print([step.type for step in ones_graph.graph.get_operations()])
# -> ['Placeholder', 'Const', 'Const', 'Const', 'StatelessWhile', 'Identity']
parts = ones_graph.graph.as_graph_def().library.function
print([op.op for part in parts for op in part.node_def if "If" in op.op])
# -> ['StatelessIf']
# --8<-- [end:answer-ones]
