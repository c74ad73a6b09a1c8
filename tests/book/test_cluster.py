"""A refresh on a Ray cluster writes the same files as a local refresh."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.book.conftest import tree
from tests.conftest import SmallHandbook

pytestmark = pytest.mark.slow

CODE = """\
# --8<-- [start:set]
x = {number}
# --8<-- [end:set]
# --8<-- [start:add]
print(x + {added})
# --8<-- [end:add]
# --8<-- [start:draw]
import matplotlib.pyplot as plt

plt.plot([x, 2 * x])
plt.show()
# --8<-- [end:draw]
"""
RUN = """\
import sys
from pathlib import Path
from handbook.run import cluster, refresh

here, there = ([*refresh.chosen([], Path(root))] for root in sys.argv[1:])
kept = refresh.run(here), cluster.run(there, 2)
for failures in kept:
    (failure,) = failures
    assert failure.startswith("b/fails, section 'add':"), failure
    assert "NameError: name 'missing'" in failure, failure
"""


@pytest.fixture(scope="module")
def refreshed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """A book before any run, refreshed here, and refreshed on a cluster."""
    base = tmp_path_factory.mktemp("cluster")
    (base / "before").mkdir()
    small = SmallHandbook(base / "before")
    for number, address in enumerate(("a/one", "a/two", "b/fails")):
        added = "missing" if address == "b/fails" else 1
        lesson = small.lesson(address, CODE.format(number=number, added=added))
    for old in (lesson.figures, lesson.figures.parents[1] / "a/one"):
        old.mkdir(parents=True)
        (old / "old.svg").write_text("<svg/>")
    folders = [Path(shutil.copytree(small.root, base / name)) for name in ("here", "there")]
    environment = os.environ | {"SOURCE_DATE_EPOCH": "1700000000"}  # one day for both
    command = [sys.executable, "-c", RUN, *map(str, folders)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return small.root, folders[0], folders[1]


def test_cluster_writes_the_files_of_a_local_refresh(refreshed: tuple[Path, ...]) -> None:
    before, here, there = map(tree, refreshed)
    assert there == here != before
    assert "figures/a/one/draw.svg" in there
    assert "figures/a/one/old.svg" not in there


def test_failed_lesson_on_a_cluster_keeps_its_files(refreshed: tuple[Path, ...]) -> None:
    before, _, there = map(tree, refreshed)
    for name in ("code/b/fails.py", "figures/b/fails/old.svg"):
        assert there[name] == before[name]
    assert "figures/b/fails/record.json" not in there
