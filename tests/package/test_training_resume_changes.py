"""A run does not resume with another network, even when all shapes agree."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from tests.package.resume_cases import Block, Net, OtherNet, Scaled, assert_same_values, network
from tests.package.training_cases import LOSS
from tfnotes.training.checkpoint import Checkpoint

Model = keras.Model
layers = keras.layers


def chain(*parts: layers.Layer) -> Model:
    return keras.Sequential([keras.Input((4,)), *parts])


def one(**settings: Any) -> Model:
    return chain(layers.Dense(4, **settings))


def joined(order: tuple[int, int]) -> Model:
    inputs = keras.Input((4,))
    found = [below := layers.Dense(4)(inputs), layers.Dense(4)(below)]
    return keras.Model(inputs, found[order[0]] - found[order[1]])


def steps(n: int) -> Model:
    return keras.Sequential([keras.Input((n, 2)), layers.GlobalMaxPooling1D(), layers.Dense(2)])


def applied(function: Callable[[Any], Any]) -> Model:
    inputs = keras.Input((4,))
    return keras.Model(inputs, function(layers.Dense(4)(inputs)))


def own(net: Callable[[], Model]) -> Model:
    model = net()
    model(np.zeros((1, 4), "float32"))
    return model


def padded(padding: str) -> Model:
    convolution = layers.Conv1D(2, 3, padding=padding)
    return chain(layers.Reshape((4, 1)), convolution, layers.GlobalMaxPooling1D())


DIFFERENT: dict[str, tuple[Callable[[Any], Model], Any, Any, str]] = {
    "activation": (network, "tanh", "relu", "layer 1 'dense': activation relu, was tanh"),
    "dropout": (lambda p: network(rate=p), 0.5, 0.2, "layer 2 'dropout': rate 0.2, was 0.5"),
    "padding": (padded, "same", "causal", "layer 2 'conv1d': padding causal, was same"),
    "order": (
        lambda relu: chain(layers.ReLU(), layers.Dense(4)) if relu else one(), True, False,
        "layer 1 'dense': Dense, was ReLU",
    ),
    "regularizer": (
        lambda l2: one(kernel_regularizer=keras.regularizers.L2(l2)), 0.5, 0.25,
        "layer 1 'dense': kernel_regularizer L2(l2=0.25), was L2(l2=0.5)",
    ),
    "no regularizer": (
        lambda name: one(kernel_regularizer=name), "l2", None,
        "layer 1 'dense': kernel_regularizer None, was L2",
    ),
    "a layer more": (
        lambda n: chain(layers.Dense(4), *(layers.ReLU() for _ in range(n))), 0, 1,
        "layer 2 're_lu': ReLU, was missing",
    ),
    "a layer less": (
        lambda n: chain(layers.Dense(4), *(layers.ReLU() for _ in range(n))), 1, 0,
        "layer 2 're_lu': missing, was ReLU",
    ),
    "input": (steps, 4, 5, "input 'input_layer': batch_shape [5, 2], was [4, 2]"),
    "connections": (
        joined, (0, 1), (1, 0), "layer 3 'subtract': it is called with other inputs",
    ),
    "function": (applied, keras.ops.tanh, keras.ops.relu, "layer 2 'relu': Relu, was Tanh"),
    "argument of a function": (
        applied, lambda x: x * 2, lambda x: x * 3,
        "layer 2 'multiply': it is called with other inputs",
    ),
    "lambda": (
        lambda f: chain(layers.Lambda(f)), lambda x: x * 2, lambda x: x * 3,
        "layer 1 'lambda': function another function, was another function",
    ),
    "lambda as activation": (
        network, lambda x: x * 2, lambda x: x + 2,
        "layer 1 'dense': activation another function, was another function",
    ),
    "nested": (
        lambda name: chain(network(name)), "tanh", "relu",
        "layer 1 'sequential': layer 1 'dense': activation relu, was tanh",
    ),
    "layer in an own layer": (
        lambda name: chain(Block(4, layers.Dense(3, name))), "tanh", "relu",
        "layer 1 'block': layer 2 'dense': activation relu, was tanh",
    ),
    "setting of an own layer": (
        lambda factor: chain(Scaled(factor)), 1.0, 2.0, "layer 1 'scaled': factor 2, was 1",
    ),
    "array of an own layer": (
        lambda value: chain(Scaled(np.full(4, value))), 1.0, 2.0,
        "layer 1 'scaled': factor array (4,) DIGEST, was array (4,) DIGEST",
    ),
    "own class": (own, Net, OtherNet, "model 'other_net': OtherNet, was Net"),
    "layer of an own class": (
        own, lambda: Net("tanh"), Net, "layer 1 'dense': activation relu, was tanh",
    ),
    "frozen": (
        lambda value: one(trainable=value), True, False,
        "layer 1 'dense': trainable False, was True",
    ),
    "precision": (
        lambda name: one(dtype=name), "float32", "mixed_bfloat16",
        "layer 1 'dense': dtype mixed_bfloat16, was float32",
    ),
    "units": (lambda n: chain(layers.Dense(n)), 4, 5, "layer 1 'dense': units 5, was 4"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("make", "was", "now", "difference"), DIFFERENT.values(), ids=list(DIFFERENT)
)
def test_another_network_is_refused_although_shapes_agree(
    make: Callable[[Any], Model], was: Any, now: Any, difference: str, tmp_path: Path
) -> None:
    keras.utils.clear_session()  # names without numbers
    saved = make(was)
    saved.compile("sgd", LOSS)
    Checkpoint(tmp_path, saved, []).save({})
    files = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    keras.utils.clear_session()
    other = make(now)
    other.compile("sgd", LOSS)
    before = other.get_weights()
    with pytest.raises(ValueError, match="expected the model of its run") as caught:
        Checkpoint(tmp_path, other, []).read()
    assert re.sub(r"\b[0-9a-f]{16}\b", "DIGEST", str(caught.value)) == (
        f"{tmp_path}: expected the model of its run, got another: {difference}; "
        "change it back, or choose another folder"
    )
    assert_same_values(other.get_weights(), before)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == files


def seeded(seed: int) -> Model:
    initializer = keras.initializers.HeNormal(seed) if seed else "zeros"
    return chain(
        layers.Dense(4, kernel_initializer=initializer, activation=lambda x: x * 2),
        layers.Dropout(0.2, seed=seed),
        layers.Lambda(lambda x: x + 1),
    )


def attention(_: int) -> Model:
    return applied(lambda x: layers.MultiHeadAttention(2, 2)(x[:, None], x[:, None]))


SAME: dict[str, Callable[[int], Model]] = {
    "names, seeds and initializers": seeded,
    "batch size": lambda n: keras.Sequential([keras.Input((4,), batch_size=n or None)]),
    "cells": lambda _: keras.Sequential([keras.Input((4, 2)), layers.Bidirectional(layers.GRU(2))]),
    "functional": lambda _: joined((0, 1)),
    "function": lambda _: applied(keras.ops.tanh),
    "own layers": lambda n: chain(Block(4, layers.Dense(3, name=f"own{n}")), Scaled(2.0)),
    "own class": lambda _: own(Net),
    "attention": attention,
    "nested": lambda n: chain(network(), keras.Sequential([layers.Dense(2)], name=f"own{n}")),
}


@pytest.mark.parametrize("make", SAME.values(), ids=list(SAME))
def test_names_seeds_and_initial_values_make_no_difference(
    make: Callable[[int], Model], tmp_path: Path
) -> None:
    models = [make(0), make(1)]
    for model in models:
        model.compile("sgd", LOSS)
    Checkpoint(tmp_path, models[0], []).save({"epochs": 1})
    assert Checkpoint(tmp_path, models[1], []).restore() == {"epochs": 1}
    assert_same_values(models[0].get_weights(), models[1].get_weights())


def test_long_vocabulary_is_compared(tmp_path: Path) -> None:
    def looked_up(*more: str) -> Model:
        words = [*map(str, range(50)), *more]
        lookup = layers.StringLookup(vocabulary=words)
        model = keras.Sequential([keras.Input((2,), dtype="string"), lookup])
        model.compile()
        return model

    Checkpoint(tmp_path, looked_up("a"), []).save({})
    assert Checkpoint(tmp_path, looked_up("a"), []).read() == {}
    with pytest.raises(ValueError, match=r"vocabulary 51 values \w+, was 51 values"):
        Checkpoint(tmp_path, looked_up("b"), []).read()
