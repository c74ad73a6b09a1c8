"""Stored results of trials: ``docs/status/<name>.json`` holds one entry for each lesson."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock

from handbook.files import replace
from handbook.lesson.lessons import Lesson, all_lessons
from handbook.run import records

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def _path(name: str, root: Path) -> Path:
    return root / "docs/status" / f"{name}.json"


def read(name: str, root: Path) -> dict[str, dict[str, Any]]:
    """Return the entries of all lessons that were tried, by address."""
    try:
        text = _path(name, root).read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    found: dict[str, dict[str, Any]] = json.loads(text)
    return found


def write(name: str, lesson: Lesson, result: "DataclassInstance") -> None:
    """Store the entry of a lesson; keep those of the other lessons that still exist."""
    root = lesson.root
    lock = root / "build" / f"{name}.lock"
    lock.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(lock):  # another process may try other lessons
        entries = read(name, root) | {lesson.address: asdict(result)}
        kept = {
            a: entries[a] for a in sorted(entries) if a in {x.address for x in all_lessons(root)}
        }
        replace(_path(name, root), json.dumps(kept, indent=1, ensure_ascii=False) + "\n")


def record(lesson: Lesson) -> str:
    """Return the hash of a lesson's record, which a result is for; empty if it has none."""
    return records.digest(lesson.record) if lesson.record.exists() else ""
