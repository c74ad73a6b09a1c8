"""Verdicts: which still hold with three times the budget and with other seeds."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from handbook.lesson.lessons import ROOT, Lesson, LessonError
from handbook.trials import budgets, verdicts
from handbook.trials.changed import edited
from tests.book.conftest import tree
from tests.book.fault_cases import section
from tests.conftest import SmallHandbook

pytestmark = pytest.mark.slow

SEEDED = """\
SEED = 0
print("one", SEED)
# -> one 0
print("Verdict: the seed is small:", SEED < 150)
# -> Verdict: the seed is small: True
"""
LESSONS = {
    "a/holds": section(
        'EPOCHS = 2\nprint(EPOCHS)\n# -> 2\nprint("Verdict: more than one:", EPOCHS > 1)\n'
        "# -> Verdict: more than one: True"
    ),
    "a/budget": section(
        'SLOW_STEPS, STEPS = 4, 2\nprint("Verdict: below five:", STEPS < 5, SLOW_STEPS < 5)\n'
        "# -> Verdict: below five: True True"
    ),
    "a/seed": section(SEEDED.rstrip()),
    "a/base-seed": section(
        "import numpy as np\n\ndraws = np.random.rand(3)\n"
        'print("Verdict: draws", draws.round(3).tolist())\n'
        "# -> Verdict: draws [0.549, 0.715, 0.603]"
    ),
    "a/wrapped": section(
        'print("Verdict:", *["long"] * 15)\n# -> Verdict:' + " long" * 13 + "\n#    long long"
    ),
    "a/fails": section('EPOCHS = 2\nprint("Verdict: ok", [1, 2, 3][EPOCHS])\n# -> Verdict: ok 3'),
    "a/slow": section(
        "import time\n\nSTEPS = 4\ntime.sleep(STEPS / 4)\n"
        'print("Verdict: it ends")\n# -> Verdict: it ends'
    ),
    "a/none": section('EPOCHS = 2\nprint("EPOCHS", EPOCHS)\n# -> EPOCHS 2'),
    "a/unknown": section('EPOCHS = int("2")\nprint("Verdict: x")\n# -> Verdict: x'),
    "a/after": section('print("Verdict: x")\n# -> Verdict: x') + section("1 / 0", "two"),
}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> SmallHandbook:
    made = SmallHandbook(tmp_path_factory.mktemp("verdicts"))
    for address, code in LESSONS.items():
        made.lesson(address, code, "time_limit: 2" if address == "a/slow" else "")
    return made


Ran = tuple[dict[str, verdicts.Result], list[str], bool]


@pytest.fixture(scope="module")
def ran(small: SmallHandbook) -> Ran:
    """The stored results of all these lessons, the printed lines, and whether all hold."""
    before = tree(small.root)
    lines: list[str] = []
    lessons = [Lesson(small.root, address) for address in LESSONS]
    held = verdicts.run(lessons, budget=3, seeds=2, log=lines.append)
    after = tree(small.root)
    assert after.pop("status/verdicts.json")
    assert after == before
    return verdicts.read(small.root), lines, held


@pytest.mark.parametrize(
    ("name", "state", "count"),
    [
        ("holds", "holds", 1),
        ("budget", "changes", 1),
        ("seed", "changes", 1),
        ("base-seed", "changes", 1),
        ("wrapped", "holds", 1),
        ("fails", "fails", 1),
        ("slow", "holds", 1),  # three times its budget: beyond its own time limit
        ("none", "none", 0),
        ("unknown", "fails", 1),
        ("after", "holds", 1),  # nothing after the last verdict runs
    ],
)
def test_state_of_each_lesson(ran: Ran, name: str, state: str, count: int) -> None:
    result = ran[0][f"a/{name}"]
    assert (result.state, result.verdicts) == (state, count), result
    assert (result.budget, result.seeds) == (3, 2)


def test_changed_verdict_is_named_with_its_seeds(ran: Ran) -> None:
    results, lines, held = ran
    assert not held
    (change,) = results["a/seed"].changed  # the first set of seeds is 100 higher, the second 200
    assert change == verdicts.Change(
        "one",
        5,
        "Verdict: the seed is small: True",
        "Verdict: the seed is small: False",
        2,
    )
    text = "\n".join(lines)
    assert "a/seed: 0 of 1 verdicts hold with 3 × the budget and 2 other sets of seeds" in text
    assert "docs/code/a/seed.py:5, section 'one', seeds + 200" in text
    assert "stored:  Verdict: the seed is small: True" in text
    assert "printed: Verdict: the seed is small: False" in text


def test_failure_and_missing_verdict_are_reported(ran: Ran) -> None:
    results, lines, _ = ran
    assert "IndexError: list index out of range" in results["a/fails"].why
    assert "line 2: expected EPOCHS to be an integer" in results["a/unknown"].why
    text = "\n".join(lines)
    assert "other sets of seeds: seeds + 100, section 'one': IndexError" in text
    assert "a/none: no verdict" in text
    assert "a/holds: 1 of 1 verdicts hold with 3 × the budget and 2 other sets of seeds" in text


@pytest.mark.usefixtures("ran")
def test_one_lesson_is_tried_alone(small: SmallHandbook) -> None:
    lesson = Lesson(small.root, "a/holds")
    assert verdicts.run([lesson], budget=2, seeds=1, log=lambda _: None)
    stored: dict[str, Any] = json.loads((small.root / "docs/status/verdicts.json").read_text())
    assert stored.keys() == LESSONS.keys()
    assert (stored["a/holds"]["budget"], stored["a/budget"]["budget"]) == (2, 3)


@pytest.mark.parametrize(
    ("code", "changed"),
    [
        ("EPOCHS = 6", "EPOCHS = 18"),
        ("A_STEPS = (1_000, 5)  # steps", "A_STEPS = (3000, 15)  # steps"),
        ('EPOCHS = {\n    "é": 5, 3: 4,\n}', 'EPOCHS = {\n    "é": 15, 3: 12,\n}'),
        ("STEPS = [1, (2, 3)]", "STEPS = [3, (6, 9)]"),
        ("EPOCHS, SEED = 2, 1", "EPOCHS, SEED = 6, 101"),
        ("SEEDS = (0, 1)", "SEEDS = (100, 101)"),
        ("SEEDS = range(3)", "SEEDS = range(100, 103)"),
        ("SEEDS = list(range(1, 4))", "SEEDS = list(range(101, 104))"),
        ("EPOCHS = 2\nLONG_EPOCHS = 4 * EPOCHS", "EPOCHS = 6\nLONG_EPOCHS = 4 * EPOCHS"),
        ("STEPSIZE = 2\nepochs = 3\nEPOCH = 1", "STEPSIZE = 2\nepochs = 3\nEPOCH = 1"),
        ("EPOCHS: int = 2", "EPOCHS: int = 6"),
        ("def f():\n    epochs = 2", "def f():\n    epochs = 2"),
    ],
)
def test_budgets_are_multiplied_and_seeds_shifted(code: str, changed: str) -> None:
    assert edited(code, budgets.edits(code, 3, 100)) == changed


@pytest.mark.parametrize(
    "code", ["EPOCHS = count()", "n, EPOCHS = counts()", "SEEDS = range(n)", "STEPS = 'many'"]
)
def test_other_values_are_rejected(code: str) -> None:
    with pytest.raises(LessonError, match=r"expected \w+ to be an integer"):
        budgets.edits(code, 3, 100)


@pytest.mark.parametrize(
    "code", ["def f():\n    EPOCHS = 2", "for SEED in range(3):\n    pass", "STEPS = 1\nSTEPS += 2"]
)
def test_budget_or_seed_that_no_trial_would_change_is_rejected(code: str) -> None:
    with pytest.raises(LessonError, match=r"expected \w+ to be a constant at the top level"):
        budgets.edits(code, 3, 100)


def test_new_lines_are_no_stored_verdicts() -> None:
    change = verdicts.Change("one", 5, "Verdict: a", "", 1)
    new = [verdicts.Change("one", line, "", "Verdict: b", 1) for line in (6, 7)]
    assert verdicts.Result("", "", 3, 1, 2, [change, *new]).different == 2
    assert verdicts.Result("", "", 3, 1, 2, [change]).different == 1


def command(*arguments: str, root: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "handbook", *arguments],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("name", ["verdicts", "mutate"])
def test_unknown_lesson_ends_the_command_in_one_sentence(name: str) -> None:
    done = command(name, "no/such")
    assert done.returncode == 2
    assert done.stderr.startswith("no lesson 'no/such'; expected one of: ")
    assert done.stderr.count("\n") == 1
