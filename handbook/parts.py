"""A refresh in parts, each made by another process or machine, and their merge.

pytest-split says which lessons belong to a part. What is ours is the merge: the parts of a
run, in any order, give the same tree as one run on one machine.
"""

import contextlib
import io
import json
import sys
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from handbook import refresh, results
from handbook.files import fingerprint, replace, zipped
from handbook.lessons import Lesson

DURATIONS = ".test_durations"  # what pytest-split measured: seconds by section
MANIFEST = "part.json"
INPUTS = ("docs/code", "docs/labs", "docs/en", "handbook", "tfnotes")
FILES = ("requirements.lock", DURATIONS)
Room = dict[str, bytes]  # what a refresh writes for a lesson, by path from the root


class PartError(ValueError):
    """Parts do not make one run; the message says which, and what to do."""


@dataclass(frozen=True)
class Part:
    """What one part of a refresh changed.

    Attributes:
        number: which part it is, from 1.
        of: how many parts the run has.
        tree: what it was made from; see ``inputs``.
        lessons: the addresses of the whole run.
        failures: one text each; a lesson that failed is not among the rooms.
        rooms: what each lesson that changed consists of now, by its address.
    """

    number: int
    of: int
    tree: str
    lessons: list[str]
    failures: list[str] = field(default_factory=list)
    rooms: dict[str, Room] = field(default_factory=dict)

    @property
    def origin(self) -> tuple[object, ...]:
        """What all parts of a run share."""
        return self.of, self.tree, self.lessons

    def packed(self) -> bytes:
        """The part as a zip archive: the files at their paths, and ``part.json``."""
        names = {address: sorted(room) for address, room in self.rooms.items()}
        kept = asdict(self) | {"rooms": names}
        manifest = json.dumps(kept, indent=1, ensure_ascii=False).encode()
        files = (file for room in self.rooms.values() for file in room.items())
        return zipped([(MANIFEST, manifest), *files])

    @classmethod
    def unpacked(cls, data: bytes, name: str) -> "Part":
        """The part that an archive holds.

        Args:
            data: the archive.
            name: what a message shall call it.

        Raises:
            PartError: it is no part, or was cut short.
        """
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                kept = json.loads(archive.read(MANIFEST))
                rooms = {a: {n: archive.read(n) for n in kept["rooms"][a]} for a in kept["rooms"]}
            return cls(**kept | {"rooms": rooms})
        except (zipfile.BadZipFile, KeyError, TypeError, ValueError) as error:
            raise PartError(
                f"expected a part of a refresh in {name}, found none ({error}); make it anew: "
                f"{refresh.COMMAND} --part N/M"
            ) from error


def inputs(root: Path) -> str:
    """A hash of all that results come from, the same before and after a refresh."""
    paths = [p for name in INPUTS for p in sorted((root / name).rglob("*")) if p.is_file()]
    paths += [path for name in FILES if (path := root / name).exists()]
    there = (path for path in paths if "__pycache__" not in path.parts)
    return fingerprint((path.relative_to(root).as_posix(), _input(path, root)) for path in there)


def _input(path: Path, root: Path) -> bytes:
    data = path.read_bytes()
    if path.suffix == ".py" and path.is_relative_to(root / "docs"):
        return results.without_results(data.decode()).encode()
    return data


def room(lesson: Lesson) -> Room:
    """What a refresh writes for a lesson: its code, its figures, its record."""
    files = [lesson.code, *lesson.pictures, *([lesson.record] if lesson.record.exists() else [])]
    return {lesson.relative(path): path.read_bytes() for path in files}


def make(root: Path, lessons: Sequence[Lesson], number: int, of: int, jobs: int = 1) -> Part:
    """Refresh one part of some lessons, here.

    Args:
        root: the checkout.
        lessons: all lessons of the run, the same for every part.
        number: which part, from 1.
        of: how many parts there are.
        jobs: how many lessons run at a time.

    Returns:
        What changed.
    """
    tree, before = inputs(root), {lesson.address: room(lesson) for lesson in lessons}
    split = [f"--splits={of}", f"--group={number}", f"--durations-path={root / DURATIONS}"]
    with contextlib.redirect_stdout(io.StringIO()):  # pytest-split talks
        failures = refresh.run(lessons, jobs, split) if lessons else []
    now = {lesson.address: room(lesson) for lesson in lessons}
    rooms = {address: now[address] for address in now if now[address] != before[address]}
    return Part(number, of, tree, list(now), failures, rooms)


def merge(root: Path, parts: Iterable[Part]) -> list[str]:
    """Move the results of all parts of a run into the checkout; nothing if one does not fit.

    Args:
        root: the checkout, as it was when the parts were made.
        parts: in any order.

    Returns:
        The addresses of the lessons that changed.

    Raises:
        PartError: a part is missing, two differ, or one was made from something else.
    """
    parts = sorted(parts, key=lambda part: part.number)
    _check_origin(parts, inputs(root))
    rooms: dict[str, Room] = {}
    for part in parts:
        for address, new in part.rooms.items():
            _check_room(Lesson(root, address), new, rooms.setdefault(address, new))
    for address in sorted(rooms):
        _move_in(Lesson(root, address), rooms[address])
    return sorted(rooms)


def _check_origin(parts: list[Part], tree: str) -> None:
    for part in parts:
        if part.tree != tree:
            raise PartError(
                f"part {part.number}/{part.of} was made from another tree than this checkout; "
                "make every part, and merge them, in the same commit"
            )
        if part.origin != parts[0].origin:
            raise PartError(
                f"part {part.number}/{part.of} and part {parts[0].number}/{parts[0].of} belong "
                "to two runs; merge the parts of one"
            )
    numbers = {part.number for part in parts}
    if left := sorted(set(range(1, parts[0].of + 1 if parts else 2)) - numbers):
        raise PartError(f"part {left[0]} is missing; a merge needs every part of a run")


def _check_room(lesson: Lesson, new: Room, known: Room) -> None:
    own = {lesson.relative(lesson.code), lesson.relative(lesson.record)}
    for name in sorted(new.keys() | known.keys()):
        if new.get(name) != known.get(name):
            raise PartError(
                f"two parts differ in {name}; refresh {lesson.address} once, and merge again"
            )
        if name not in own and Path(name).parent.as_posix() != lesson.relative(lesson.figures):
            raise PartError(f"a part writes {name}, which is no room of {lesson.address}")


def _move_in(lesson: Lesson, new: Room) -> None:
    """Write a lesson's room, the record last: until then the lesson is stale."""
    record = lesson.relative(lesson.record)
    for name in sorted(new, key=lambda name: (name == record, name)):
        replace(lesson.root / name, new[name])
    for path in lesson.pictures:
        if lesson.relative(path) not in new:
            path.unlink()


def main(root: str, number: str, of: str, target: str, *addresses: str) -> None:
    """Make a part of the checkout at ``root`` and write it; called by ``cluster``."""
    part = make(Path(root), refresh.chosen(addresses, Path(root)), int(number), int(of))
    replace(Path(target), part.packed())


if __name__ == "__main__":
    main(*sys.argv[1:])
