"""Measure how long calls take, comparably even on a busy machine."""

import time
from collections.abc import Callable
from typing import Any


def best_times(*calls: Callable[[], Any], repeats: int = 5) -> list[float]:
    """Return the best of several timings of each call, measured in turns.

    The turns spread a temporary slowdown of the machine over all calls. Each is called
    once before, untimed: the first call may trace and compile. A call should return
    only after its result is computed, as ``lambda: f(x).numpy()`` does.

    Args:
        calls: functions without arguments.
        repeats: number of timings of each.

    Returns:
        The shortest time of each call, in seconds.

    Raises:
        ValueError: ``repeats`` is not positive, or a call is no function.

    Examples:
        >>> seconds = best_times(lambda: sum(range(9)), lambda: sum(range(9_000)))
        >>> len(seconds)
        2
    """
    if repeats < 1:
        raise ValueError(f"expected at least one repeat, got {repeats}")
    for call in calls:
        if not callable(call):
            raise ValueError(f"expected functions, got {call!r}; pass lambda: f(x)")
        call()
    rounds = [[_seconds(call) for call in calls] for _ in range(repeats)]
    return [min(times) for times in zip(*rounds, strict=True)]


def _seconds(call: Callable[[], Any]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start
