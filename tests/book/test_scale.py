"""The cost of a lesson does not grow with the number of lessons: counted, not timed."""

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from handbook.lesson.lessons import ROOT
from handbook.site import links
from tests.conftest import SmallHandbook

CODE = """\
# --8<-- [start:first]
from tfnotes import plots
# --8<-- [end:first]
"""
SHARED = "import numpy  # the file of tfnotes that every lesson imports\n"
COUNT = """\
import json, sys
from collections import Counter
from pathlib import Path
from handbook.lesson.lessons import Lesson, all_lessons
from handbook.run import records, refresh
from handbook.stage.book import Book
from handbook.stage.compose import staged

root, opened, parsed = Path.cwd(), Counter(), Counter()

def hook(event, arguments):
    if event == "open" and str(arguments[0]).startswith(f"{root}/"):
        opened[str(arguments[0])[len(f"{root}/"):]] += 1
    elif event == "compile" and isinstance(arguments[0], str | bytes):
        text = arguments[0]
        parsed[text.decode() if isinstance(text, bytes) else text] += 1

sys.addaudithook(hook)
exec(sys.argv[1])
print(json.dumps([opened, parsed]))
"""
WRITE = "for lesson in all_lessons(root): records.write(lesson, {}, root)"
CHECK = "assert refresh.stale(all_lessons(root)) == {}"
FIND = "assert all_lessons(root)"
STAGE = "staged('tensors/gradient-tape', Book(root, 'en'))"


def counted(code: str, root: Path) -> tuple[Counter[str], Counter[str]]:
    """How often each file of a checkout is opened, and each text parsed, in a fresh process."""
    done = subprocess.run(
        [sys.executable, "-c", COUNT, code], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    opened, parsed = json.loads(done.stdout)
    return Counter(opened), Counter(parsed)


def book(small: SmallHandbook, n_lessons: int) -> Path:
    """Lessons that all import one file of tfnotes."""
    plots = small.root / "tfnotes/plots.py"
    plots.parent.mkdir(exist_ok=True)
    plots.write_text(SHARED)
    (small.root / "requirements.lock").write_text("another==1.0 \\\n")
    for number in range(n_lessons):
        small.lesson(f"a/lesson-{number}", f"{CODE}# {number}\n")
    return small.root


def test_stale_check_reads_shared_files_equally_often_for_2_and_10_lessons(
    small: SmallHandbook,
) -> None:
    counts = []
    for n_lessons in (2, 10):
        root = book(small, n_lessons)
        counted(WRITE, root)
        counts.append(counted(CHECK, root)[0])
    few, many = counts
    for name in ("tfnotes/plots.py", "requirements.lock"):
        assert 1 <= many[name] <= few[name]
    assert max(many.values()) <= max(few.values())  # nor any other file


def test_records_parse_shared_files_equally_often_for_2_and_10_lessons(
    small: SmallHandbook,
) -> None:
    few, many = (counted(WRITE, book(small, n_lessons))[1] for n_lessons in (2, 10))
    assert 1 <= many[SHARED] <= few[SHARED]


def test_staged_page_reads_no_file_of_another_lesson() -> None:
    opened, _ = counted(STAGE, ROOT)
    addresses = {path for path in opened if re.match(r"docs/(?:en|zh|code|figures)/", path)}
    assert addresses
    assert all("tensors/gradient-tape" in path for path in addresses), addresses


def test_finding_the_lessons_opens_no_file(small: SmallHandbook) -> None:
    opened, _ = counted(FIND, book(small, 5))
    assert not [name for name in opened if (small.root / name).is_file()]


def recorded(method: Callable[..., object], found: Counter[str]) -> Callable[..., object]:
    def recording(path: Path, *args: object, **options: object) -> object:
        found[str(path)] += 1
        return method(path, *args, **options)

    return recording


def test_link_check_makes_no_system_call_per_link(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        (tmp_path / f"{number}").mkdir()
        (tmp_path / f"{number}/index.html").write_text(
            "".join(f'<a href="../{n}/">to</a>' for n in range(5))
        )
    calls: Counter[str] = Counter()
    for name in ("exists", "resolve"):
        monkeypatch.setattr(Path, name, recorded(getattr(Path, name), calls))
    assert list(links.broken(tmp_path)) == []
    assert not calls
    (tmp_path / "4/index.html").unlink()
    assert len(list(links.broken(tmp_path))) == 4  # one on each page that is left
