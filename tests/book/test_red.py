"""Every fault fails with its name, and the other lessons still run."""

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.conftest import SmallHandbook

pytestmark = pytest.mark.slow

WHILE = """\
# --8<-- [start:loop]
import tensorflow as tf


@tf.function
def halvings(x):
    n = tf.constant(0)
    while x > 1.0:
        x, n = x / 2, n + 1
    return n


print(halvings(tf.constant(20.0)).numpy())
# -> 5
# --8<-- [end:loop]
"""
FIGURE = """\
# --8<-- [start:line]
import matplotlib.pyplot as plt

plt.plot([1, 2, {last}])
plt.show()
# --8<-- [end:line]
"""


def section(body: str, name: str = "one") -> str:
    return f"# --8<-- [start:{name}]\n{body}\n# --8<-- [end:{name}]\n"


LESSONS = {
    "green/while": WHILE,
    "green/plain": section("print(2)\n# -> 2"),
    "green/exact": section("print(0.51)\n# -> 0.52"),
    "red/wrong-result": section("print(2)\n# -> 3"),
    "red/result-not-printed": section("x = 2\n# -> 2"),
    "red/result-not-shown": section("print(2)"),
    "red/raises": section("[][1]") + "\n" + section("print(1)\n# -> 1", "after"),
    "red/never-ends": section("while True:\n    pass"),
    "red/kills-itself": section("import os, signal\n\nos.kill(os.getpid(), signal.SIGKILL)"),
    "red/exits": section("import sys\n\nsys.exit(0)"),
    "red/leaves": section("import os\n\nos._exit(0)"),
    "red/warns": section("import keras\n\nkeras.optimizers.SGD(learning_rate=0.1, decay=0.01)"),
    "red/logs-a-warning": section('import logging\n\nlogging.getLogger("absl").warning("old")'),
    "red/answer-raises": section("print(1)\n# -> 1") + "\n" + section("1 / 0", "answer-1"),
    "red/not-shown-figure": section("import matplotlib.pyplot as plt\n\nplt.plot([1, 2])"),
    "red/other-figure": FIGURE.format(last=4),
    "green/last": section("print(3)\n# -> 3"),
}


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Run all these lessons in one pytest run; map ``lesson::section`` to its failure."""
    small = SmallHandbook(tmp_path_factory.mktemp("red"))
    for address, code in LESSONS.items():
        front = {"red/never-ends": "time_limit: 2", "green/exact": "tolerance: 0.05"}
        small.lesson(address, code, front.get(address, ""))
    other = small.lesson("red/other-figure", FIGURE.format(last=3))
    refresh(other.page("en"))
    other.code.write_text(FIGURE.format(last=4))
    missing = small.lesson("red/missing-section")
    page = missing.page("en")
    page.write_text(page.read_text().replace(":add", ":subtract"))
    return run(small.root / "docs")


def refresh(page: Path) -> None:
    assert not run(page, "--refresh")[f"{page.stem}::line"]


def run(path: Path, *options: str) -> dict[str, str]:
    report = path.parent / "report.xml"
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *options]
    command += ["--continue-on-collection-errors", f"--junitxml={report}", str(path)]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST")}
    subprocess.run(command, cwd=path.parent, env=environment, capture_output=True, check=False)
    found = {}
    for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314
        lesson = (case.get("classname") or case.get("name", "")).split(".")
        name = case.get("name") if case.get("classname") else "collection"
        failure = next((e for e in case if e.tag in ("failure", "error")), None)
        text = "" if failure is None else (failure.get("message") or "") + (failure.text or "")
        found[f"{lesson[-2] if lesson[-1] == 'md' else lesson[-1]}::{name}"] = text
    return found


@pytest.mark.parametrize(
    "name", ["while::loop", "plain::one", "exact::one", "last::one", "answer-raises::one"]
)
def test_lesson_with_right_results_passes(outcomes: dict[str, str], name: str) -> None:
    assert outcomes[name] == ""


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("wrong-result::one", "shown:   3\nprinted: 2"),
        ("result-not-printed::one", "shown:   2\nprinted: \n"),
        ("result-not-shown::one", "shown:   \nprinted: 2"),
        ("raises::one", "IndexError: list index out of range"),
        ("raises::after", "not run: the earlier section 'one' failed"),
        ("never-ends::one", "exceeded the lesson's time limit of 2 s"),
        ("kills-itself::one", "ended the lesson's process (exit code -9)"),
        ("exits::one", "SystemExit: 0"),
        ("leaves::one", "ended the lesson's process (exit code 0)"),
        ("warns::one", "Argument `decay` is no longer supported and will be ignored"),
        ("logs-a-warning::one", "a warning that the lesson does not show: old"),
        ("answer-raises::answer-1", "ZeroDivisionError"),
        ("not-shown-figure::one", "drawn but not shown; end the section with plt.show()"),
        ("other-figure::line", "figure line: axes 0 lines 0 y: kept [1, 2, 3], drawn [1, 2, 4]"),
        ("missing-section::collection", "subtract"),
    ],
)
def test_faulty_section_fails_with_its_reason(
    outcomes: dict[str, str], name: str, message: str
) -> None:
    assert message in outcomes[name]


def test_failure_names_lesson_section_and_line(outcomes: dict[str, str]) -> None:
    assert "red/wrong-result, section 'one'" in outcomes["wrong-result::one"]
    assert "docs/code/red/wrong-result.py:2" in outcomes["wrong-result::one"]
