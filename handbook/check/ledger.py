"""The rules of the second edition, and the lessons that do not follow them yet.

``docs/ledger.yml`` lists these lessons per rule; a lesson leaves it when it follows the rule, and
no lesson enters it.
"""

import functools
from collections.abc import Callable, Iterator
from pathlib import Path

from handbook.check import chinese, claims, numbers
from handbook.lesson.lessons import ROOT, Lesson, SafeLoader

RULES: dict[str, Callable[[Lesson], Iterator[str]]] = {
    "numbers": numbers.problems,
    "verdicts": claims.verdict_problems,
    "tolerance": claims.tolerance_problems,
    "words": chinese.problems,
    "folded": claims.drawing_problems,
}


def problems(lesson: Lesson) -> Iterator[str]:
    """Yield the problems of a lesson, without the rules that it need not follow yet."""
    for rule, check in RULES.items():
        if lesson.address not in exempt(lesson.root)[rule]:
            yield from check(lesson)


def exempt(root: Path = ROOT) -> dict[str, list[str]]:
    """Return the addresses of the lessons on the ledger, by rule."""
    path = root / "docs/ledger.yml"
    return _read(path, path.stat().st_mtime_ns) if path.exists() else {rule: [] for rule in RULES}


@functools.lru_cache(maxsize=8)
def _read(path: Path, _changed: int) -> dict[str, list[str]]:
    kept = SafeLoader(path.read_text(encoding="utf-8")).get_single_data() or {}
    return {rule: kept.get(rule) or [] for rule in RULES}
