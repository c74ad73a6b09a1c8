"""Times of alternating calls, measured on a fake clock."""

import time
from collections.abc import Callable

import pytest

from tfnotes.devices import best_times


class Clock:
    """A clock that only the calls advance, by whole seconds."""

    def __init__(self) -> None:
        self.now = 0.0
        self.calls: list[str] = []

    def call(self, name: str, *seconds: float) -> Callable[[], None]:
        left = list(seconds)

        def taken() -> None:
            self.calls.append(name)
            self.now += left.pop(0)

        return taken


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(time, "perf_counter", lambda: clock.now)
    return clock


def test_best_time_of_each_counts_without_the_first_call(clock: Clock) -> None:
    a, b = clock.call("a", 0.5, 4.0, 3.0), clock.call("b", 90.0, 7.0, 8.0)
    assert best_times(a, b, repeats=2) == [3.0, 7.0]


def test_timed_calls_alternate(clock: Clock) -> None:
    best_times(clock.call("a", 1, 1, 1, 1), clock.call("b", 1, 1, 1, 1), repeats=3)
    assert "".join(clock.calls) == "abababab"


def test_zero_repeats_are_rejected() -> None:
    with pytest.raises(ValueError, match="expected at least one repeat, got 0"):
        best_times(print, repeats=0)
