"""A broken lesson gives one clear failure that names it, and the other lessons still run."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from handbook.lesson.lessons import Lesson, all_lessons
from handbook.run import records, refresh
from handbook.run.runner import METHOD
from tests.book.conftest import REFRESH, ended, wait_for
from tests.book.fault_cases import (
    DAMAGES,
    FAULTS,
    FORK,
    GREEN,
    N_LEFTOVER,
    RECORDS,
    TRACED,
    UNUSUAL,
    section,
)
from tests.conftest import SmallHandbook

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A handbook with all these faults, refreshed once; its messages are in files."""
    small = SmallHandbook(tmp_path_factory.mktemp("faults"))
    write_lessons(small)
    stale = refresh.stale(all_lessons(small.root))
    reasons = {lesson.address: found for lesson, found in stale.items()}
    (small.root / "reasons.json").write_text(json.dumps(reasons))
    subprocess.run([sys.executable, "-c", REFRESH], cwd=small.root, check=True)
    return small.root


def write_lessons(small: SmallHandbook) -> None:
    for name, (code, front, _) in FAULTS.items():
        small.lesson(f"does/{name}", section(code).replace("PIDS", f"{small.root}/pids"), front)
    for name, code in UNUSUAL.items():
        small.lesson(f"right/{name}", code.replace("PIDS", f"{small.root}/pids"))
    for name, (damage, _) in DAMAGES.items():
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
    return [f for f in json.loads((book / "failures.json").read_text()) if f.startswith(names)]


@pytest.mark.parametrize("name", FAULTS)
def test_misbehaving_lesson_gives_one_failure(book: Path, name: str) -> None:
    (failure,) = failures(book, f"does/{name}")
    assert FAULTS[name][2] in failure
    assert "Example at" not in failure
    if name not in TRACED:
        assert failure.startswith(f"does/{name}, section 'one': ")
        assert "\n" not in failure
    assert not (book / f"docs/figures/does/{name}").exists()


@pytest.mark.parametrize("name", DAMAGES)
def test_damaged_lesson_gives_one_failure(book: Path, name: str) -> None:
    lesson = Lesson(book, f"is/{name}")
    if not DAMAGES[name][1]:
        assert not failures(book, lesson.address)
        assert lesson.record.exists()
        return
    (failure,) = failures(book, lesson.address)
    assert DAMAGES[name][1] in failure
    assert "\n" not in failure or "SyntaxError" in failure
    assert not lesson.record.exists()


def test_lab_named_on_the_command_line_runs_once(small: SmallHandbook) -> None:
    lab, ran = small.root / "docs/labs/one.py", small.root / "ran"
    lab.parent.mkdir(parents=True)
    lab.write_text(f"# %% one\nwith open({str(ran)!r}, 'a') as file:\n    file.write('x')\n")
    command = [sys.executable, "-m", "pytest", "-q", "docs/labs/one.py"]
    subprocess.run(command, cwd=small.root, check=True)
    assert ran.read_text() == "x"


def test_lab_in_latin_1_is_reported(book: Path) -> None:
    (failure,) = failures(book, "labs/latin-1")
    assert failure.endswith(
        "latin-1.py:2: expected UTF-8 with \\n line ends, found the byte 0xe9; save it that way"
    )


@pytest.mark.parametrize(
    "address", ["a/first", "z/last", "labs/right", *(f"right/{r}" for r in UNUSUAL)]
)
def test_healthy_lessons_are_refreshed_next_to_broken_ones(book: Path, address: str) -> None:
    assert failures(book, address) == []
    assert records.stale(Lesson(book, address)) == []


def test_forked_child_prints_nothing_into_the_results(book: Path) -> None:
    code = Lesson(book, "right/forks").code.read_text()
    assert "print(os.fork() >= 0)\n# -> True\n" in code
    assert "print(2)\n# -> 2\n" in code


def test_processes_of_a_lesson_end_with_it(book: Path) -> None:
    pids = [int(line) for line in (book / "pids").read_text().split()]
    assert len(pids) == N_LEFTOVER
    assert [pid for pid in pids if not ended(pid)] == []


@pytest.mark.parametrize("name", RECORDS)
def test_incomplete_record_makes_a_lesson_stale(book: Path, name: str) -> None:
    lesson = Lesson(book, f"record/{name}")
    reasons = json.loads((book / "reasons.json").read_text())
    assert reasons[lesson.address] == ["its record cannot be read"]
    assert records.stale(lesson) == []


def test_nothing_else_is_reported(book: Path) -> None:
    n_faults = len(FAULTS) + len([name for name, (_, message) in DAMAGES.items() if message]) + 1
    messages = json.loads((book / "failures.json").read_text())
    assert len(messages) == n_faults, messages


@pytest.mark.parametrize("method", ["forkserver", "spawn"])
def test_lesson_ends_when_its_refresh_is_killed(small: SmallHandbook, method: str) -> None:
    pids = small.root / "pids"
    note = FORK.partition("if")[0] + f"open('{pids}', 'a').write(f'{{os.getpid()}}\\n')\n"
    small.lesson("a/endless", section(note + "while True:\n    pass"))
    command, environment = [sys.executable, "-c", REFRESH], os.environ | {METHOD: method}
    with subprocess.Popen(command, cwd=small.root, env=environment) as process:
        wait_for(lambda: pids.exists() and pids.read_text().endswith("\n"))
        process.kill()
    wait_for(lambda: ended(int(pids.read_text())))
