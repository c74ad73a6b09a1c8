"""What a lesson costs does not grow with the number of lessons: counted, not timed."""

import ast
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from handbook.lesson.lessons import ROOT, Lesson, all_lessons
from handbook.run import reach, records, refresh
from handbook.site import links
from handbook.stage.book import Book
from handbook.stage.compose import staged
from tests.conftest import SmallHandbook

CODE = """\
# --8<-- [start:first]
from tfnotes import plots
# --8<-- [end:first]
"""


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each file is read from now on, by its name."""
    found: Counter[str] = Counter()
    for name in ("read_text", "read_bytes"):
        monkeypatch.setattr(Path, name, counted(getattr(Path, name), found))
    return found


def counted(read: Callable[..., object], found: Counter[str]) -> Callable[..., object]:
    def reading(path: Path, *args: object, **options: object) -> object:
        found[str(path)] += 1
        return read(path, *args, **options)

    return reading


def book(small: SmallHandbook, n_lessons: int) -> list[Lesson]:
    """Lessons with records, as a refresh leaves them, that all reach one file of tfnotes."""
    plots = small.root / "tfnotes/plots.py"
    plots.parent.mkdir()
    plots.write_text("import numpy\n")
    (small.root / "requirements.lock").write_text("numpy==1.0 \\\n")
    lessons = [small.lesson(f"a/lesson-{n}", f"{CODE}# {n}\n") for n in range(n_lessons)]
    for lesson in lessons:
        records.write(lesson, {}, small.root)
    return lessons


def test_a_stale_check_reads_each_file_at_most_once(
    small: SmallHandbook, reads: Counter[str]
) -> None:
    lessons = book(small, 5)
    records._digest.cache_clear()
    records.locked_versions.cache_clear()
    reads.clear()
    refresh.stale([Lesson(small.root, lesson.address) for lesson in lessons])
    assert reads[str(small.root / "tfnotes/plots.py")] == 1
    assert reads[str(small.root / "requirements.lock")] == 1
    assert max(reads.values()) == 1, reads


def test_a_file_of_tfnotes_is_parsed_once_for_all_lessons(
    small: SmallHandbook, monkeypatch: pytest.MonkeyPatch
) -> None:
    lessons = book(small, 1)
    text = (small.root / "tfnotes/plots.py").read_text()
    reach._modules.cache_clear()
    records.imported.cache_clear()
    parsed: Counter[str] = Counter()
    parse = ast.parse

    def counting(code: str) -> ast.Module:
        parsed[code] += 1
        return parse(code)

    monkeypatch.setattr(ast, "parse", counting)
    for number in range(5):
        lesson = small.lesson(f"a/more-{number}", f"{CODE}# {number}\n")
        records.write(lesson, {}, small.root)
    assert len(lessons) == 1
    assert parsed[text] == 2  # once for what it reaches, once for its libraries


def test_a_staged_page_reads_nothing_of_other_lessons(reads: Counter[str]) -> None:
    lesson, book = Lesson(ROOT, "tensors/gradient-tape"), Book(ROOT, "en")
    reads.clear()
    staged(lesson.address, book)
    addresses = {path for path in reads if re.search(r"docs/(?:en|zh|code|figures)/", path)}
    assert addresses
    assert all(lesson.address in path for path in addresses), addresses


def test_the_check_of_links_asks_the_disk_for_no_link(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        (tmp_path / f"{number}").mkdir()
        (tmp_path / f"{number}/index.html").write_text(
            "".join(f'<a href="../{n}/">to</a>' for n in range(5))
        )
    asked: Counter[str] = Counter()
    for name in ("exists", "resolve"):
        monkeypatch.setattr(Path, name, counted(getattr(Path, name), asked))
    assert list(links.broken(tmp_path)) == []
    assert not asked
    (tmp_path / "4/index.html").unlink()
    assert len(list(links.broken(tmp_path))) == 4  # one on each page that is left


def test_every_lesson_is_found_by_one_look_at_the_folder(
    small: SmallHandbook, reads: Counter[str]
) -> None:
    for number in range(5):
        small.lesson(f"a/lesson-{number}")
    assert len(all_lessons(small.root)) == 5
    assert not reads
