"""The same book gives the same bytes, and equal results within tolerance on another CPU."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from handbook.lesson.lessons import ROOT, all_lessons
from tests.book.fault_cases import section
from tests.conftest import SmallHandbook

pytestmark = pytest.mark.slow

TRAINS = section("""\
import keras
import matplotlib.pyplot as plt
import numpy as np

x = np.linspace(-1, 1, 64, dtype="float32").reshape(-1, 1)
model = keras.Sequential([keras.layers.Dense(16, "tanh"), keras.layers.Dense(1)])
model.compile("adam", "mse")
history = model.fit(x, x**2, epochs=5, verbose=0)
print(history.history["loss"][-1], keras.random.uniform((2,)))
plt.plot(history.history["loss"])
plt.show()""")
LAB = "# %% noise\nimport keras, numpy as np\nprint(np.random.rand(3), keras.random.normal((2,)))\n"
OTHER_CPU = {"TF_ENABLE_ONEDNN_OPTS": "0", "TFNOTES_THREADS": "1"}
QUICK = [  # trained numbers, a few seconds each
    "foundations/linear-regression-keras",
    "foundations/softmax-regression",
    "foundations/weight-decay",
    "tensors/gradient-tape",
]


def refreshed(root: Path) -> dict[str, bytes]:
    """Refresh a whole handbook; return every file, without the day on which it was verified."""
    code = (
        "from pathlib import Path; from handbook.run import refresh\n"
        "assert refresh.run(refresh.chosen([], Path.cwd())) == []"
    )
    subprocess.run([sys.executable, "-c", code], cwd=root, check=True)
    return {
        path.relative_to(root).as_posix(): re.sub(rb'"verified": "[\d-]+"', b"", path.read_bytes())
        for path in (root / "docs").rglob("*")
        if path.is_file()
    }


def test_two_full_refreshes_give_the_same_bytes(
    small: SmallHandbook, tmp_path_factory: pytest.TempPathFactory
) -> None:
    for name in "ab":
        small.lesson(f"{name}/trains", TRAINS)
    labs = small.root / "docs/labs"
    labs.mkdir()
    (labs / "noise.py").write_text(LAB)
    copy = shutil.copytree(small.root, tmp_path_factory.mktemp("copy") / "book")
    one, other = refreshed(small.root), refreshed(copy)
    assert one == other
    assert "docs/figures/a/trains/one.svg" in one
    assert one["docs/code/a/trains.py"] == one["docs/code/b/trains.py"]  # lessons do not mix
    assert b"# -> 0." in one["docs/code/a/trains.py"]


def test_other_cpu_gives_the_same_results_within_tolerance() -> None:
    """CONTRIBUTING.md has the command for all lessons."""
    assert {*QUICK} <= {lesson.address for lesson in all_lessons()}
    pages = [f"docs/en/{address}.md" for address in QUICK]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *pages]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST")} | OTHER_CPU
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:]
