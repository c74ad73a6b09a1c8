# The code of the lesson keras/python-oop: its pages show it by section.

# --8<-- [start:scale]
import keras
from keras import ops


class Scale(keras.layers.Layer):
    def __init__(self, factor):
        super().__init__()
        self.factor = factor

    def call(self, inputs):
        return inputs * self.factor


double, triple = Scale(2.0), Scale(3.0)
x = ops.ones((1, 2))
print(double.factor, double(x).numpy())
# -> 2.0 [[2. 2.]]
print(triple.factor, triple(x).numpy())
# -> 3.0 [[3. 3.]]
# --8<-- [end:scale]

# --8<-- [start:self]
print(double.call(x).numpy())  # double becomes self
# -> [[2. 2.]]
print(Scale.call(double, x).numpy())  # the same, spelled out
# -> [[2. 2.]]
# --8<-- [end:self]


# --8<-- [start:inherit]
class Shifted(Scale):
    def __init__(self, factor, shift):
        super().__init__(factor)  # Scale keeps the factor
        self.shift = shift

    def call(self, inputs):
        return super().call(inputs) + self.shift  # Scale multiplies


layer = Shifted(2.0, shift=10.0)
print(layer.factor, layer.shift, layer(x).numpy())
# -> 2.0 10.0 [[12. 12.]]
print(isinstance(layer, Scale), isinstance(double, Shifted))
# -> True False
# --8<-- [end:inherit]


# --8<-- [start:mro]
class Counted:
    calls = 0

    def call(self, inputs):
        self.calls += 1  # from now on an attribute of this instance
        return super().call(inputs)


class CountedDense(Counted, keras.layers.Dense):
    pass


layer = CountedDense(2)
print(layer(x).shape, layer(x).shape, "calls:", layer.calls)
# -> (1, 2) (1, 2) calls: 2
print([cls.__name__ for cls in CountedDense.__mro__[:4]])
# -> ['CountedDense', 'Counted', 'Dense', 'Layer']
# --8<-- [end:mro]


# --8<-- [start:callable]
class Doubler:
    def __call__(self, number):
        return 2 * number


print(Doubler()(21), callable(Doubler()), callable(21))
# -> 42 True False
# --8<-- [end:callable]

# --8<-- [start:what-call-adds]
import numpy as np

from tfnotes.errors import printed_errors

with printed_errors():
    keras.layers.Dense(2).call(x)  # no __call__, so no build
# -> AttributeError: You must build the layer before accessing `kernel`.
dense = keras.layers.Dense(2)
outputs = dense(np.array([[1, 2]]))  # int64 of NumPy
print(outputs.dtype, outputs.shape, "built:", dense.built)
# -> <dtype: 'float32'> (1, 2) built: True
# --8<-- [end:what-call-adds]


# --8<-- [start:shifted-dense]
class ShiftedDense(keras.layers.Dense):
    def build(self, input_shape):
        super().build(input_shape)  # Dense creates kernel and bias
        self.shift = self.add_weight(shape=(self.units,), name="shift")

    def call(self, inputs):
        return super().call(inputs) + self.shift


# --8<-- [end:shifted-dense]

# --8<-- [start:record]
import sys

record = []  # (class, method, "call" or "return")


def note(frame, event, _):  # Python reports every function to it
    owner, _, method = frame.f_code.co_qualname.rpartition(".")
    wanted = owner in lanes and method in ("__call__", "build", "call")
    if wanted and event in ("call", "return"):
        record.append((owner, method, event))


lanes = [cls.__name__ for cls in ShiftedDense.__mro__]
layer = ShiftedDense(2)
sys.setprofile(note)
layer(x)
layer(x)
sys.setprofile(None)
# --8<-- [end:record]

# --8<-- [start:chain]
for owner, method, event in record:
    if event == "call":
        print(f"{owner}.{method}")
# -> Layer.__call__
# -> ShiftedDense.build
# -> Dense.build
# -> Operation.__call__
# -> ShiftedDense.call
# -> Dense.call
# -> Layer.__call__
# -> Operation.__call__
# -> ShiftedDense.call
# -> Dense.call
# --8<-- [end:chain]

# --8<-- [start:who-runs]
import matplotlib.pyplot as plt

rows = [lane for lane in lanes if lane in {owner for owner, _, _ in record}]
colours = {"__call__": "C3", "build": "C1", "call": "C0"}
middle = {"ha": "center", "va": "center"}
running = []  # when each method began that has not ended yet
for time, (owner, method, event) in enumerate(record):
    if event == "call":
        running.append(time)
        continue
    left = running.pop() - 0.4
    width, row = time + 0.4 - left, -rows.index(owner)
    style = {"color": "white", "edgecolor": colours[method]}
    plt.barh(row, width, 0.55, left, linewidth=2, **style)
    plt.text(left + width / 2, row, method, **middle)
    if not running:  # a whole statement has ended
        plt.axvspan(left, time + 0.4, color="lightgray", alpha=0.5, zorder=0)
        plt.text(left + width / 2, 0.6, "layer(x)", weight="bold", **middle)
plt.yticks([-row for row in range(len(rows))], rows)
plt.xticks([])
plt.axis((-0.5, len(record) - 0.5, 0.5 - len(rows), 0.9))
plt.xlabel("order of events: a bar lasts until its method ends")
plt.title("Layer's __call__ runs first; your methods run inside it")
plt.show()
# --8<-- [end:who-runs]


# --8<-- [start:composition]
class Block(keras.layers.Layer):
    def __init__(self, units):
        super().__init__()
        self.hidden = keras.layers.Dense(units, name="hidden")
        self.last = keras.layers.Dense(1, name="last")

    def call(self, inputs):
        return self.last(ops.relu(self.hidden(inputs)))


block = Block(4)
block(x)
print([weight.path for weight in block.weights])
# -> ['block/hidden/kernel', 'block/hidden/bias', 'block/last/kernel',
#    'block/last/bias']
# --8<-- [end:composition]


# --8<-- [start:property]
class Decay(keras.layers.Layer):
    def __init__(self, rate):
        super().__init__()
        self.rate = rate

    @property
    def kept(self):
        return 1 - self.rate

    def call(self, inputs):
        return inputs * self.kept


layer = Decay(0.25)
print(layer.kept)
# -> 0.75
layer.rate = 0.5
print(layer.kept, layer(x).numpy())
# -> 0.5 [[0.5 0.5]]
with printed_errors():
    layer.kept = 1.0
# -> AttributeError: property 'kept' of 'Decay' object has no setter
print(type(keras.layers.Layer.weights))
# -> <class 'property'>
# --8<-- [end:property]


# --8<-- [start:no-parent-init]
class NoInit(Scale):
    pass


class OwnInit(Scale):
    def __init__(self, shift):
        self.shift = shift


print(NoInit(2.0).factor)
# -> 2.0
layer = OwnInit(shift=10.0)
print(layer.shift, hasattr(layer, "factor"))
# -> 10.0 False
with printed_errors():
    layer(x)
# -> RuntimeError: In layer 'OwnInit', you forgot to call `super().__init__()`
#    as the first statement in the `__init__()` method. Go add it!
# --8<-- [end:no-parent-init]


# --8<-- [start:python-2-super]
class Named(keras.layers.Layer):
    def title(self):
        return "Named"


class Child(Named):
    def title(self):
        return "Child of " + super().title()


c = Child()
print(c.title())
# -> Child of Named
print(super(Child, c).title())  # outside of the class
# -> Named
with printed_errors():
    super().title()
# -> RuntimeError: super(): no arguments
# --8<-- [end:python-2-super]


# --8<-- [start:super-of-type]
class Wrong(Named):
    def title(self):
        return "Wrong of " + super(type(self), self).title()


class Grandchild(Wrong):
    pass


print(Wrong().title())
# -> Wrong of Named
with printed_errors():
    Grandchild().title()
# -> RecursionError: maximum recursion depth exceeded
# --8<-- [end:super-of-type]


# --8<-- [start:shared-list]
class Shapes(keras.layers.Layer):
    def call(self, inputs):
        self.seen.append(tuple(inputs.shape))
        return inputs


Shapes.seen = []  # the same as seen = [] in the body of the class
first, second = Shapes(), Shapes()
first(ops.ones((1, 2)))
second(ops.ones((5, 3)))
print(first.seen, first.seen is second.seen)
# -> [(1, 2), (5, 3)] True
# --8<-- [end:shared-list]


# --8<-- [start:own-list]
class OwnShapes(Shapes):
    def __init__(self):
        super().__init__()
        self.seen = []  # belongs to the instance


first, second = OwnShapes(), OwnShapes()
first(ops.ones((1, 2)))
second(ops.ones((5, 3)))
print(first.seen, second.seen)
# -> [(1, 2)] [(5, 3)]
# --8<-- [end:own-list]


# --8<-- [start:answer-clipped]
class Clipped(Scale):
    def call(self, inputs):
        return ops.minimum(super().call(inputs), 1.0)


print(Clipped(0.5)(x).numpy(), Clipped(3.0)(x).numpy())
# -> [[0.5 0.5]] [[1. 1.]]
# --8<-- [end:answer-clipped]


# --8<-- [start:answer-order]
class DenseCounted(keras.layers.Dense, Counted):
    pass


layer = DenseCounted(2)
layer(x)
print("calls:", layer.calls)
# -> calls: 0
mro = DenseCounted.__mro__
print("Counted after Layer:", mro.index(Counted) > mro.index(keras.Layer))
# -> Counted after Layer: True
# --8<-- [end:answer-order]


# --8<-- [start:answer-residual]
class Residual(keras.layers.Layer):
    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def call(self, inputs):
        return inputs + self.inner(inputs)


print(Residual(Scale(2.0))(x).numpy())
# -> [[3. 3.]]
print(len(Residual(dense).weights), "weights, those of dense")
# -> 2 weights, those of dense
# --8<-- [end:answer-residual]
