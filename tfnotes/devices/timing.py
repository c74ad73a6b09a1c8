"""How long calls take, measured so that they can be compared on a busy machine."""

import time
from collections.abc import Callable
from typing import Any


def best_times(*calls: Callable[[], Any], repeats: int = 5) -> list[float]:
    """Time the best of several runs of each call, taken in turns.

    In turns, so that whatever slows the machine for a while slows all of them. Each is
    called once before, uncounted: the first call may trace and compile. A call should
    return only when its result is there, as ``lambda: f(x).numpy()`` does.

    Args:
        calls: functions without arguments.
        repeats: how often each is timed.

    Returns:
        The shortest time of each call, in seconds.

    Raises:
        ValueError: ``repeats`` is not positive.

    Examples:
        >>> seconds = best_times(lambda: sum(range(9)), lambda: sum(range(9_000)))
        >>> len(seconds)
        2
    """
    if repeats < 1:
        raise ValueError(f"expected at least one repeat, got {repeats}")
    for call in calls:
        call()
    rounds = [[_seconds(call) for call in calls] for _ in range(repeats)]
    return [min(times) for times in zip(*rounds, strict=True)]


def _seconds(call: Callable[[], Any]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start
