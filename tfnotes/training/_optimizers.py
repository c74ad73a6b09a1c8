"""The optimizers of a model: where they are, what they hold, what they are set to."""

from collections.abc import Iterator
from typing import Any
from weakref import WeakKeyDictionary

import keras

from tfnotes.training._architecture import Plain, differences, same, settings

RATE = "learning_rate"
Saved = dict[str, Any]  # JSON values: what a checkpoint holds of each optimizer
# The rates that the last run in this process left in an optimizer and began with.
ended: WeakKeyDictionary[Any, tuple[Plain, Plain]] = WeakKeyDictionary()


class Optimizers:
    """The optimizers among the attributes of a model and of its inner models.

    Args:
        model: compiled and built, before the run.
    """

    def __init__(self, model: keras.Model) -> None:
        self.model = model
        self.settings = {place: _settings(o) for place, o in self.found.items()}

    @property
    def found(self) -> dict[str, Any]:
        """All of them by the place of the attribute."""
        return dict(_found(self.model, "", set()))

    def built(self) -> dict[str, Any]:
        """Return those that have variables: those in use."""
        return {place: o for place, o in self.found.items() if o.built}

    def describe(self, variables: list[keras.Variable]) -> Saved:
        """Describe those in use; the variables of the model name what they train."""
        return {
            place: {
                "kind": _kind(optimizer),
                "settings": self.settings.get(place, {}),
                "rate": _rate(optimizer),
                "trained": _trained(optimizer, variables),
                "variables": [list(v.shape) for v in lasting(optimizer)],
            }
            for place, optimizer in self.built().items()
        }

    def first_difference(
        self, saved: Saved, variables: list[keras.Variable]
    ) -> tuple[str, str] | None:
        """Return the place of the first that cannot continue, and why, or None.

        Those without variables are built first, as their first step would do.
        """
        found = self.found
        for place in saved.keys() & found.keys():
            optimizer, was = found[place], saved[place]
            kind = _kind(optimizer)
            if kind != was["kind"]:
                return place, f"{kind}, was {was['kind']}"
            if not optimizer.built and -1 not in was["trained"]:
                with self.model.distribute_strategy.scope():
                    optimizer.build([variables[i] for i in was["trained"]])
            shapes = [list(v.shape) for v in lasting(optimizer)]
            trained = _trained(optimizer, variables)
            if (shapes, trained) != (was["variables"], was["trained"]):
                changes = differences(self.settings[place], was["settings"])
                texts = [f"{n} {v}, was {w}" for n, v, w in changes if n != RATE]
                return place, f"{kind} with {(texts or ['other variables'])[0]}"
        return None

    def places(self, saved: Saved, first: int) -> Iterator[tuple[int, keras.Variable]]:
        """Yield the variables to restore with their numbers in the checkpoint."""
        found = self.found
        for place, was in saved.items():
            if place in found:
                yield from enumerate(lasting(found[place]), first)
            first += len(was["variables"])

    def changes(self, saved: Saved) -> Iterator[tuple[str, str, str]]:
        """Yield the settings that differ, with their values now and in the run."""
        for place, was in saved.items():
            if place not in self.settings:
                yield place, "None", was["kind"]
                continue
            label = "" if place == "optimizer" else f"{place}: "
            found = differences(self.settings[place], was["settings"])
            for name, now, former in found:
                if name != RATE or self._is_changed(place, was):
                    yield f"{label}{name}", now, former

    def restore_rates(self, saved: Saved) -> None:
        """Restore the rates that the run had reached, except changed ones."""
        found = self.found
        for place in saved.keys() & found.keys():
            was = saved[place]
            if not self._is_changed(place, was):
                if RATE in was["settings"]:
                    self.settings[place][RATE] = was["settings"][RATE]
                if None not in (was["rate"], _rate(found[place])):
                    found[place].learning_rate.assign(was["rate"])

    def _is_changed(self, place: str, was: dict[str, Any]) -> bool:
        """Return whether a rate is neither the first nor the last one of the run."""
        now, begun = self.settings[place].get(RATE), was["settings"].get(RATE)
        return not (same(now, begun) or same(now, was["rate"]))

    def end(self) -> None:
        """Remember the rates that a run leaves, and those that it began with."""
        for place, optimizer in self.found.items():
            left = _rate(optimizer)
            if left is not None:
                ended[optimizer] = left, self.settings.get(place, {}).get(RATE)


def lasting(optimizer: Any) -> list[keras.Variable]:
    """List the variables of an optimizer without its learning rate."""
    rate = optimizer.learning_rate
    return [v for v in optimizer.variables if v is not rate]


def _found(model: Any, prefix: str, seen: set[int]) -> Iterator[tuple[str, Any]]:
    seen.add(id(model))
    own = {n: v for n, v in vars(model).items() if not n.startswith("_self_")}
    for name, value in sorted(own.items()):  # TensorFlow tracks them again in _self_
        for place, part in _parts(name, value):
            if isinstance(part, keras.optimizers.Optimizer) and id(part) not in seen:
                seen.add(id(part))
                yield f"{prefix}{place}", part
    for i, layer in enumerate(model.layers):
        if isinstance(layer, keras.Model) and id(layer) not in seen:
            yield from _found(layer, f"{prefix}layers[{i}].", seen)


def _parts(name: str, value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, list | tuple):
        return [(f"{name}[{i}]", part) for i, part in enumerate(value)]
    if isinstance(value, dict):
        return [(f"{name}[{key}]", part) for key, part in value.items()]
    return [(name, value)]


def _kind(optimizer: Any) -> str:
    """Name the class of an optimizer, with that of the one it wraps."""
    inner = getattr(optimizer, "inner_optimizer", None)
    name = type(optimizer).__name__
    return f"{name} of {_kind(inner)}" if inner is not None else name


def _settings(optimizer: Any) -> dict[str, Plain]:
    """Describe the settings of an optimizer and of the one it wraps, with the rate."""
    found = settings(optimizer)
    inner = getattr(optimizer, "inner_optimizer", None)
    if inner is not None:
        found.pop("inner_optimizer", None)
        found |= _settings(inner)
    left, begun = ended.get(optimizer, (None, None))
    if RATE in found and left == found[RATE]:
        found[RATE] = begun
    return found


def _rate(optimizer: Any) -> float | None:
    """Return the rate that callbacks may change; None if a schedule determines it."""
    rate = optimizer.learning_rate
    return float(rate.numpy()) if isinstance(rate, keras.Variable) else None


def _trained(optimizer: Any, variables: list[keras.Variable]) -> list[int]:
    """Return the places of an optimizer's trained variables; -1 if it is elsewhere."""
    places = {id(variable): i for i, variable in enumerate(variables)}
    return [places.get(id(v), -1) for v in optimizer._trainable_variables]
