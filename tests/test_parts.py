"""A refresh in parts: every lesson in one of them, and merged they are as one run."""

import itertools
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from handbook import cluster, parts, refresh
from handbook.lessons import ROOT, Lesson, all_lessons
from handbook.parts import Part, PartError
from tests.conftest import SmallHandbook
from tests.test_refresh import tree

CODE = """\
# --8<-- [start:set]
x = {number}
# --8<-- [end:set]
# --8<-- [start:add]
print(x + 1)
# --8<-- [end:add]
# --8<-- [start:draw]
import matplotlib.pyplot as plt

plt.plot([x, 2 * x])
plt.show()
# --8<-- [end:draw]
"""
N = 3  # parts
SECONDS = {"a/one": 1.0, "a/two": 9.0, "b/three": 2.0, "b/four": 2.0}  # of each section


def book(root: Path) -> SmallHandbook:
    """Four lessons, of which one takes longer than the others together."""
    root.mkdir()
    small = SmallHandbook(root)
    for number, address in enumerate(SECONDS):
        small.lesson(address, CODE.format(number=number))
    seconds = {
        f"docs/en/{address}.md::{section}": time
        for address, time in SECONDS.items()
        for section in ("set", "add", "draw")
    }
    (root / parts.DURATIONS).write_text(json.dumps(seconds))
    return small


PROGRAM = """
import shutil, sys
from pathlib import Path
from handbook import cluster, parts, refresh

base = Path(sys.argv[1])
def copy(name, source="before"):
    return Path(shutil.copytree(base / source, base / name))
def lessons(root):
    return refresh.chosen([], root)
"""
MAKE = """
assert refresh.run(lessons(copy("one"))) == []
for number in range(1, 4):
    part = parts.make(root := copy(f"part-{number}"), lessons(root), number, 3)
    (base / f"{number}.zip").write_bytes(part.packed())
root = copy("failing", "wrong")
(base / "failing.zip").write_bytes(parts.make(root, lessons(root), 1, 1).packed())
"""
CLUSTER = "assert cluster.refresh(lessons(copy('cluster')), 2) == []"


def run(code: str, base: Path) -> None:
    """Run code in a process of its own: it runs pytest, and all on one day."""
    command = [sys.executable, "-c", PROGRAM + code, str(base)]
    environment = os.environ | {"SOURCE_DATE_EPOCH": "1700000000"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book before any run, after one run, the parts of a run, and that of a wrong book."""
    base = tmp_path_factory.mktemp("parts")
    book(base / "before")
    wrong = Lesson(book(base / "wrong").root, "a/two")
    wrong.code.write_text(wrong.code.read_text().replace("x + 1", "missing"))
    run(MAKE, base)
    return base


@pytest.fixture
def root(base: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(base / "before", tmp_path / "root"))


@pytest.fixture
def whole(base: Path) -> dict[str, bytes]:
    return tree(base / "one")


@pytest.fixture
def split(base: Path) -> list[Part]:
    archives = [base / f"{number}.zip" for number in range(1, N + 1)]
    return [Part.unpacked(path.read_bytes(), path.name) for path in archives]


def test_every_lesson_is_whole_in_one_part(split: list[Part]) -> None:
    found = [address for part in split for address in part.rooms]
    assert sorted(found) == sorted(SECONDS)
    assert [part.failures for part in split] == [[]] * N
    assert max(len(part.rooms) for part in split) < len(SECONDS)


@pytest.mark.parametrize("order", [*itertools.permutations(range(N))])
def test_parts_in_any_order_give_the_tree_of_one_run(
    root: Path, whole: dict[str, bytes], split: list[Part], order: tuple[int, ...]
) -> None:
    assert tree(root) != whole
    assert parts.merge(root, [split[i] for i in order]) == sorted(SECONDS)
    assert tree(root) == whole
    assert refresh.stale(all_lessons(root)) == {}


def test_a_second_merge_changes_nothing(
    root: Path, whole: dict[str, bytes], split: list[Part]
) -> None:
    parts.merge(root, split)
    parts.merge(root, [*split, split[0]])
    assert tree(root) == whole


def test_a_figure_that_is_no_longer_drawn_goes(
    root: Path, whole: dict[str, bytes], split: list[Part]
) -> None:
    old = Lesson(root, "a/one").figures / "old.svg"
    old.parent.mkdir(parents=True)
    old.write_text("<svg/>")
    parts.merge(root, split)
    assert tree(root) == whole


def changed(part: Part, address: str, name: str, data: bytes) -> Part:
    """A part in which one file is another."""
    rooms = part.rooms | {address: part.rooms.get(address, {}) | {name: data}}
    return Part(part.number, part.of, part.tree, part.lessons, part.failures, rooms)


def test_parts_that_differ_in_a_file_are_refused(root: Path, split: list[Part]) -> None:
    address = next(iter(split[0].rooms))
    name = f"docs/figures/{address}/draw.svg"
    before = tree(root)
    with pytest.raises(PartError, match=f"two parts differ in {name}; refresh {address} once"):
        parts.merge(root, [*split, changed(split[0], address, name, b"<svg/>")])
    assert tree(root) == before


@pytest.mark.parametrize("name", ["docs/code/a/two.py", "../out", "docs/figures/a/one/in/x.svg"])
def test_a_part_writes_nothing_but_its_rooms(root: Path, split: list[Part], name: str) -> None:
    address = "a/one"
    wrong = [changed(p, address, name, b"") if address in p.rooms else p for p in split]
    with pytest.raises(PartError, match=f"a part writes {name}, which is no room of a/one"):
        parts.merge(root, wrong)


@pytest.mark.parametrize(
    "file", ["docs/code/a/one.py", "docs/en/a/one.md", "requirements.lock", "handbook/x.py"]
)
def test_parts_of_another_tree_are_refused(root: Path, split: list[Part], file: str) -> None:
    (root / file).parent.mkdir(exist_ok=True)
    with (root / file).open("a") as opened:
        opened.write("# another\n")
    with pytest.raises(PartError, match="part 1/3 was made from another tree than this checkout"):
        parts.merge(root, split)


def test_parts_of_two_runs_are_refused(root: Path, split: list[Part]) -> None:
    other = Part(2, 2, split[0].tree, split[0].lessons)
    with pytest.raises(PartError, match="part 2/2 and part 1/3 belong to two runs"):
        parts.merge(root, [*split, other])


def test_a_missing_part_is_named(root: Path, split: list[Part]) -> None:
    before = tree(root)
    with pytest.raises(PartError, match="part 2 is missing"):
        parts.merge(root, [split[0], split[2]])
    assert tree(root) == before


@pytest.mark.parametrize("cut", [0, 100, -30])
def test_a_part_that_was_cut_short_is_named(split: list[Part], cut: int) -> None:
    with pytest.raises(PartError, match="expected a part of a refresh in 1, found none"):
        Part.unpacked(split[0].packed()[:cut], "1")


def test_a_lesson_that_fails_is_told_and_left_as_it_was(base: Path) -> None:
    part = Part.unpacked((base / "failing.zip").read_bytes(), "failing.zip")
    assert sorted(part.rooms) == ["a/one", "b/four", "b/three"]
    assert ["NameError: name 'missing'" in failure for failure in part.failures] == [True]
    code = "docs/code/a/two.py"
    assert (base / "failing" / code).read_bytes() == (base / "wrong" / code).read_bytes()


def test_a_cluster_gives_the_tree_of_one_run(base: Path, whole: dict[str, bytes]) -> None:
    run(CLUSTER, base)
    assert tree(base / "cluster") == whole


def test_what_is_shipped_is_all_that_a_part_is_made_from(root: Path, tmp_path: Path) -> None:
    (tmp_path / "there.zip").write_bytes(cluster.shipped(root))
    shutil.unpack_archive(tmp_path / "there.zip", tmp_path / "there")
    assert parts.inputs(tmp_path / "there") == parts.inputs(root)


def test_the_workflow_makes_every_part_once() -> None:
    text = (ROOT / ".github/workflows/handbook.yml").read_text(encoding="utf-8")
    job = yaml.safe_load(text)["jobs"]["part"]
    numbers = job["strategy"]["matrix"]["part"]
    (command,) = [s["run"] for s in job["steps"] if "--part" in s.get("run", "")]
    assert command.endswith(f"${{{{ matrix.part }}}}/{len(numbers)}")
    assert numbers == [*range(1, len(numbers) + 1)]


def test_the_measured_times_are_those_of_sections_that_there_are() -> None:
    path = ROOT / parts.DURATIONS  # without it, parts have equally many sections
    times = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    there = {lesson.address for lesson in all_lessons()}
    timed = {
        name.partition("::")[0].removeprefix("docs/").removeprefix("en/").rpartition(".")[0]
        for name in times
    }
    assert timed <= there
