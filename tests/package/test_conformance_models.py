"""Models of every kind: train and evaluate do what fit and Keras' evaluate do."""

import functools

import pytest

from tests.package.conformance_cases import (
    PARTIAL,
    WATCHED,
    Given,
    assert_same_events,
    assert_same_logs,
    compare,
    recorder,
)
from tests.package.conformance_models import BUILDS, LAYERS, labeled
from tfnotes.training import evaluate

pytestmark = pytest.mark.slow

MODELS = LAYERS | BUILDS
TYPICAL = (
    "features: dense",
    "features: batch normalization",
    "features: dropout",
    "features: state in a layer",
    "images: convolution",
)


LAST_PARTIAL = {
    name: LAYERS[name]._replace(given=functools.partial(labeled, name.split(":")[0], PARTIAL))
    for name in TYPICAL
}


@pytest.mark.parametrize("name", MODELS)
def test_every_model_trains_as_in_fit(name: str) -> None:
    compare(MODELS[name])


@pytest.mark.parametrize("name", TYPICAL)
def test_a_last_partial_batch_trains_as_in_fit(name: str) -> None:
    compare(LAST_PARTIAL[name], jit_compile=False)


# XLA draws other random numbers, also in fit, so dropout is left out.
@pytest.mark.parametrize("name", [name for name in TYPICAL if "dropout" not in name])
def test_xla_trains_as_in_fit(name: str) -> None:
    compare(LAST_PARTIAL[name], jit_compile=True)


@pytest.mark.parametrize("name", TYPICAL)
def test_watched_batches_train_as_in_fit(name: str) -> None:
    compare(LAST_PARTIAL[name], WATCHED)


@pytest.mark.parametrize("name", [*TYPICAL, *(n for n in BUILDS if n != "not trainable")])
def test_every_model_is_evaluated_as_by_keras(name: str) -> None:
    case = MODELS[name]
    model, given = case.model(), case.given()
    options = {n: given[n] for n in ("x", "y", "batch_size") if n in given}
    recorders = [recorder(WATCHED) for _ in range(2)]
    settings: Given = {"verbose": 0, "callbacks": recorders[:1], "return_dict": True}
    one = model.evaluate(**options, **settings)
    state = model.get_weights()
    if name == "stateful":
        model.layers[1].reset_state()
    other = evaluate(model, **options, callbacks=recorders[1:])
    assert_same_logs(one, other)
    assert [type(value) for value in other.values()] == [type(value) for value in one.values()]
    assert_same_events(*(r.events for r in recorders))
    assert all((a == b).all() for a, b in zip(state, model.get_weights(), strict=True))
