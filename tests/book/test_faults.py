"""Whatever a lesson does, or is: one clear failure that names it, and the others are done."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from handbook.lesson.lessons import Lesson, all_lessons
from handbook.run import records, refresh
from handbook.run.runner import METHOD
from tests.book.fault_cases import DOES, FORK, GREEN, IS, LEFT, RECORDS, RIGHT, TRACED, section
from tests.conftest import SmallHandbook

REFRESH = """\
import json; from pathlib import Path; from handbook.run import refresh
failures = refresh.run(refresh.chosen([], Path.cwd()))
Path("said.json").write_text(json.dumps(failures))
"""


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A handbook where nearly everything goes wrong, refreshed once; keeps what was said."""
    small = SmallHandbook(tmp_path_factory.mktemp("faults"))
    write_lessons(small)
    reasons = {k.address: said for k, said in refresh.stale(all_lessons(small.root)).items()}
    (small.root / "reasons.json").write_text(json.dumps(reasons))
    subprocess.run([sys.executable, "-c", REFRESH], cwd=small.root, check=True)
    return small.root


def write_lessons(small: SmallHandbook) -> None:
    for name, (code, front, _) in DOES.items():
        small.lesson(f"does/{name}", section(code).replace("PIDS", f"{small.root}/pids"), front)
    for name, code in RIGHT.items():
        small.lesson(f"right/{name}", code.replace("PIDS", f"{small.root}/pids"))
    for name, (damage, _) in IS.items():
        damage(small.lesson(f"is/{name}", GREEN))
    for name, record in RECORDS.items():
        lesson = small.lesson(f"record/{name}", GREEN)
        lesson.figures.mkdir(parents=True)
        lesson.record.write_bytes(record)
    for address in ("a/first", "z/last"):
        small.lesson(address, GREEN)
    labs = small.root / "docs/labs"
    labs.mkdir()
    (labs / "right.py").write_text("# %% one\nprint(1)\n")
    (labs / "latin-1.py").write_bytes(b"# %% one\nprint(1)  # \xe9\n")


def failures(book: Path, address: str) -> list[str]:
    names = (f"{address}:", f"{address},")
    return [f for f in json.loads((book / "said.json").read_text()) if f.startswith(names)]


@pytest.mark.parametrize("name", DOES)
def test_a_lesson_that(book: Path, name: str) -> None:
    (failure,) = failures(book, f"does/{name}")
    assert DOES[name][2] in failure
    assert "Example at" not in failure
    if name not in TRACED:
        assert failure.startswith(f"does/{name}, section 'one': ")
        assert "\n" not in failure
    assert not (book / f"docs/figures/does/{name}").exists()


@pytest.mark.parametrize("name", IS)
def test_a_lesson_with(book: Path, name: str) -> None:
    lesson = Lesson(book, f"is/{name}")
    if not IS[name][1]:
        assert not failures(book, lesson.address)
        assert lesson.record.exists()
        return
    (failure,) = failures(book, lesson.address)
    assert IS[name][1] in failure
    assert "\n" not in failure or "SyntaxError" in failure
    assert not lesson.record.exists()


def test_a_lab_with_bad_text(book: Path) -> None:
    (failure,) = failures(book, "labs/latin-1")
    assert failure.endswith(
        "latin-1.py:2: expected UTF-8 with \\n line ends, found the byte 0xe9; save it that way"
    )


@pytest.mark.parametrize(
    "address", ["a/first", "z/last", "labs/right", *(f"right/{r}" for r in RIGHT)]
)
def test_the_others_are_done(book: Path, address: str) -> None:
    assert failures(book, address) == []
    assert records.stale(Lesson(book, address)) == []


def test_only_the_process_of_the_lesson_answers(book: Path) -> None:
    code = Lesson(book, "right/forks").code.read_text()
    assert "print(os.fork() >= 0)\n# -> True\n" in code
    assert "print(2)\n# -> 2\n" in code


def test_nothing_that_a_lesson_starts_outlives_it(book: Path) -> None:
    pids = [int(line) for line in (book / "pids").read_text().split()]
    assert len(pids) == LEFT
    assert [pid for pid in pids if not ended(pid)] == []


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_that_is_not_whole_makes_stale(book: Path, name: str) -> None:
    lesson = Lesson(book, f"record/{name}")
    reasons = json.loads((book / "reasons.json").read_text())
    assert reasons[lesson.address] == ["its record cannot be read"]
    assert records.stale(lesson) == []


def test_nothing_else_is_said(book: Path) -> None:
    n_faults = len(DOES) + len([name for name, (_, said) in IS.items() if said]) + 1
    said = json.loads((book / "said.json").read_text())
    assert len(said) == n_faults, said


@pytest.mark.parametrize("method", ["forkserver", "spawn"])
def test_a_lesson_ends_with_its_refresh_even_if_that_is_killed(
    small: SmallHandbook, method: str
) -> None:
    pids = small.root / "pids"
    note = FORK.partition("if")[0] + f"open('{pids}', 'a').write(f'{{os.getpid()}}\\n')\n"
    small.lesson("a/endless", section(note + "while True:\n    pass"))
    command, environment = [sys.executable, "-c", REFRESH], os.environ | {METHOD: method}
    with subprocess.Popen(command, cwd=small.root, env=environment) as process:
        wait_for(lambda: pids.exists() and pids.read_text().endswith("\n"))
        process.kill()
    wait_for(lambda: ended(int(pids.read_text())))


def ended(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 300
    while not condition():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.05)
