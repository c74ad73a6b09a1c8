"""Killed, concurrent, out of disk, read-only: every file stays complete, old or new."""

import contextlib
import multiprocessing
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from handbook import addresses, site, stage
from handbook.files import PART, BusyError, exclusive, remove_partial_files, replace
from handbook.lesson.lessons import ROOT, Lesson, all_lessons
from handbook.lesson.sections import sections
from handbook.run import collect, records, refresh
from handbook.run.collect import LessonRun, evaluate
from handbook.run.figure import Figure
from handbook.run.outcome import Outcome
from handbook.stage import downloads
from tests.book.conftest import REFRESH, wait_for
from tests.book.fault_cases import GREEN, section
from tests.conftest import SmallHandbook

pytestmark = pytest.mark.slow

UNPRIVILEGED = 65534  # a user id
FORK = multiprocessing.get_context("fork")
VERSIONS = ("1", "2")


def outcome(version: str) -> Outcome:
    """Output and figure of a section, large enough that a kill interrupts the writing."""
    svg = f"<svg>{version * 1_000_000}"
    return Outcome({1: f"{version}\n"}, Figure(svg, {"y": [version]}))


class Ran:
    """A fake process of a lesson that ran."""

    folder = SimpleNamespace(name="")

    def run(self, _: Any) -> Outcome:
        return outcome("2")


def written(lesson: Lesson, version: str) -> dict[Path, bytes]:
    """Write results by the real code; return every file."""
    run = LessonRun(lesson)
    run.process = Ran()  # type: ignore[assignment]
    run.outcomes = {"one": outcome(version)}
    assert run.save() == []
    return files(lesson)


def files(lesson: Lesson) -> dict[Path, bytes]:
    paths = [lesson.code, *(p for p in lesson.figures.iterdir() if not p.name.endswith(PART))]
    return {path: path.read_bytes() for path in paths}


def write_for_ever(lesson: Lesson, versions: list[str], begun: Any) -> None:
    begun.set()
    while True:
        for version in versions:
            written(lesson, version)


def test_100_kills_leave_every_file_old_or_new(small: SmallHandbook) -> None:
    lesson = small.lesson("a/killed", section("print(one)"))
    states = [written(lesson, version) for version in VERSIONS]
    moments = random.Random(10)  # noqa: S311
    seen = set()
    for _ in range(100):
        begun = FORK.Event()
        args = (lesson, moments.sample(VERSIONS, 2), begun)
        process = FORK.Process(target=write_for_ever, args=args)
        process.start()
        begun.wait()
        time.sleep(moments.uniform(0.0, 0.1))
        process.kill()
        process.join()
        left = files(lesson)
        assert left.keys() == states[0].keys()
        versions = [[state[path] for state in states].index(data) for path, data in left.items()]
        assert (
            records.stale(lesson) or len(set(versions)) == 1
        )  # mixed files are stale, so the lesson runs again
        seen.add(tuple(versions))
    assert len(seen) > len(VERSIONS)  # some kills came between two files
    assert list(lesson.figures.glob(f".*{PART}"))
    assert lesson.figure_files == [lesson.figures / "one.svg"]
    remove_partial_files(small.root)
    assert not list(small.root.rglob(f".*{PART}"))


def test_git_ignores_what_a_kill_leaves() -> None:
    names = ["docs/figures/a/b/.one.svg.k2j3h4g5.part", "site.new/x", "site.old/x", ".site.lock"]
    done = subprocess.run(["git", "check-ignore", *names], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.split() == names


def test_second_refresh_is_refused_and_a_killed_one_is_resumed(small: SmallHandbook) -> None:
    """One runs; a second is refused; the first is killed; a third completes the rest."""
    lessons = [small.lesson(f"a/{name}", GREEN) for name in "abc"]
    waits = small.root / "wait"
    waits.touch()
    slow = f"import os, time\nwhile os.path.exists('{waits}'):\n    time.sleep(0.05)\nprint(1)"
    lessons[1].code.write_text(section(slow))
    before = [lesson.code.read_bytes() for lesson in lessons]
    command = [sys.executable, "-c", REFRESH]
    with subprocess.Popen(command, cwd=small.root) as first:
        wait_for(lessons[0].record.exists)
        second = subprocess.run(command, cwd=small.root, capture_output=True, text=True)
        first.kill()
    message = second.stderr.splitlines()[-1]
    assert "another process is refreshing this checkout; wait until it ends" in message
    assert [records.stale(lesson) == [] for lesson in lessons] == [True, False, False]
    assert [lesson.code.read_bytes() for lesson in lessons][1:] == before[1:]
    waits.unlink()
    (lessons[2].code.parent / f".c.py.abcdefgh{PART}").write_text("half")
    subprocess.run(command, cwd=small.root, check=True)
    assert refresh.stale(all_lessons(small.root)) == {}
    assert not list(small.root.rglob(f"*{PART}"))


def test_pytest_refresh_is_refused_while_another_runs(small: SmallHandbook) -> None:
    small.lesson("a/one", GREEN)
    with collect.refresh_lock(small.root):
        command = [sys.executable, "-m", "pytest", "--refresh", "docs"]
        done = subprocess.run(command, cwd=small.root, capture_output=True, text=True)
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "another process is refreshing this checkout" in done.stderr


def hold(lock: Path, held: Any) -> None:
    with exclusive(lock, "testing"):
        held.set()
        time.sleep(1000)


def test_second_build_is_refused_while_another_runs(tmp_path: Path) -> None:
    held = FORK.Event()
    process = FORK.Process(target=hold, args=(tmp_path / ".site.lock", held), daemon=True)
    process.start()
    assert held.wait(60)
    with pytest.raises(BusyError, match=r"building .*/site; wait until it ends"):
        site.build(tmp_path / "site", tmp_path)
    process.kill()
    process.join()
    with exclusive(tmp_path / ".site.lock", "testing"):  # free again
        pass


def test_failed_build_keeps_the_old_site(small: SmallHandbook) -> None:
    place = small.root / "site"
    place.mkdir()
    (place / "index.html").write_text("old")
    with pytest.raises(site.SiteError):
        site.build(place, small.root)  # there is no mkdocs.yml
    assert [p.name for p in place.iterdir()] == ["index.html"]
    assert not (small.root / "site.new").exists()


def test_new_site_replaces_the_old_one(tmp_path: Path) -> None:
    for name in ("site", "site.new", "site.old"):  # .old: of a build that was killed
        replace(tmp_path / name / "index.html", name)
    site._move(tmp_path / "site.new", tmp_path / "site")
    assert (tmp_path / "site/index.html").read_text() == "site.new"
    assert [p.name for p in tmp_path.iterdir()] == ["site"]


def test_staging_removes_leftover_downloads(
    small: SmallHandbook, monkeypatch: pytest.MonkeyPatch
) -> None:
    small.lesson("a/one", GREEN)
    wheel = small.root / "tfnotes.whl"
    wheel.write_text("")
    monkeypatch.setattr(downloads, "build_wheel", lambda *_: wheel)
    staged = small.root / "build/stage/en"
    replace(staged / "downloads/a/removed.ipynb", "{}")
    stage.write(small.book(), staged)
    there = {path.relative_to(staged).as_posix() for path in staged.rglob("*") if path.is_file()}
    names = {addresses.WHEEL, "a/one.ipynb", "a/one.py"}
    assert there == {"a/one.md", *(f"downloads/{name}" for name in names)}


def test_page_is_staged_again_after_a_failed_write(
    small: SmallHandbook, monkeypatch: pytest.MonkeyPatch
) -> None:
    lesson = small.lesson("a/one", GREEN)
    wheel = small.root / "tfnotes.whl"
    wheel.write_text("")
    monkeypatch.setattr(downloads, "build_wheel", lambda *_: wheel)
    staged = small.root / "build/stage/en"
    stage.write(small.book(), staged)
    lesson.page("en").write_text(lesson.page("en").read_text() + "\nNew words.\n")
    with monkeypatch.context() as patch:
        patch.setattr(downloads, "stage", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
        with pytest.raises(OSError, match="disk full"):
            stage.write(small.book(), staged)
    stage.write(small.book(), staged)
    assert "New words." in (staged / "a/one.md").read_text()


@contextlib.contextmanager
def disk_full() -> Iterator[None]:
    """No file can grow beyond 1 kB."""
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, old[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)


@contextlib.contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Make a folder read-only, even for root."""
    folder.chmod(0o555)
    root = os.geteuid() == 0
    if root:
        os.seteuid(UNPRIVILEGED)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)
        folder.chmod(0o755)


def refused(lesson: Lesson) -> str:
    """The message when the results of a lesson cannot be written."""
    run = LessonRun(lesson)
    run.process = Ran()  # type: ignore[assignment]
    parsed = (lesson, sections(lesson)[0], True)
    example: Any = SimpleNamespace(parsed=parsed, namespace={collect.RUN: run})
    return evaluate(example) or ""


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[Lesson]:
    """A lesson with results in a folder that every user can read, unlike those of pytest."""
    monkeypatch.setattr(collect, "refreshing", True)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        lesson = SmallHandbook(Path(folder)).lesson("a/kept", section("print(one)"))
        written(lesson, "1")
        yield lesson


def test_results_stay_stale_when_the_disk_is_full(kept: Lesson) -> None:
    before = files(kept)
    with disk_full():
        message = refused(kept)
    assert message.startswith(
        "a/kept, section 'one': its results cannot be written: [Errno 27] File"
    )
    assert "; the lesson stays stale; " in message
    assert message.endswith("; fix the cause and refresh it")
    after = files(kept)
    assert {path: data for path, data in after.items() if path != kept.code} == {
        path: data for path, data in before.items() if path != kept.code
    }
    assert after[kept.code] == before[kept.code].replace(b"# -> 1", b"# -> 2")
    assert records.stale(kept) == ["docs/code/a/kept.py has changed"]
    assert not list(kept.root.rglob(f"*{PART}"))
    assert refused(kept) == ""
    assert records.stale(kept) == []


def test_files_are_unchanged_when_the_folder_is_read_only(kept: Lesson) -> None:
    before = files(kept)
    with read_only(kept.code.parent):
        message = refused(kept)
    assert message.startswith(
        "a/kept, section 'one': its results cannot be written: [Errno 13] Perm"
    )
    assert files(kept) == before
