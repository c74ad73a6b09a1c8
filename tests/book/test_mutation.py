"""Mutation score: whether a result of a lesson changes with each constant and operator."""

import json
from collections import Counter

import pytest

from handbook.lesson.lessons import Lesson
from handbook.lesson.sections import Section
from handbook.run import records
from handbook.trials import mutants, mutation
from handbook.trials.changed import edited
from tests.book.conftest import tree
from tests.book.fault_cases import section
from tests.conftest import SmallHandbook

pytestmark = pytest.mark.slow

FIGURE = """\
import matplotlib.pyplot as plt

plt.plot([1, 2], linewidth=2)
plt.axhline(7)
plt.ylim(0, 9)
plt.show()
"""
LESSONS = {
    "a/killed": section("print(2 + 3)\n# -> 5\nassert 0 < 5"),
    "a/survives": section("unused = 4\nprint(1)\n# -> 1") + section("late = unused", "two"),
    "a/later": section("x = 4") + section("print(x)\n# -> 4", "two"),
    "a/close": section("print(100.0 + 1.0)\n# -> 101.0"),
    "a/figure": section(FIGURE.rstrip()),
    "a/endless": section("n = 3\nwhile n < 6:\n    n = n * 2\nprint(n)\n# -> 6"),
    "a/differs": section("print(2)\n# -> 3"),
    "a/nothing": section('print("word")\n# -> word'),
}
FRONT = {"a/close": "tolerance: 0.02", "a/figure": "varies: []"}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> SmallHandbook:
    made = SmallHandbook(tmp_path_factory.mktemp("mutation"))
    for address, code in LESSONS.items():
        made.lesson(address, code, FRONT.get(address, ""))
    lines = [{"x": [0, 1], "y": [1, 2]}, {"x": [0, 1], "y": [7, 7]}]
    record = {"files": {}, "versions": {}, "figures": {}, "data": {"one": {"axes": [
        {"lines": lines}]}}}  # fmt: skip
    path = Lesson(made.root, "a/figure").record
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(record))
    return made


Ran = tuple[dict[str, mutation.Result], list[str], bool]


@pytest.fixture(scope="module")
def ran(small: SmallHandbook) -> Ran:
    before = tree(small.root)
    lines: list[str] = []
    lessons = [Lesson(small.root, address) for address in LESSONS]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mutation, "SPARE", 3)
        could = mutation.run(lessons, sample=0, log=lines.append)
    after = tree(small.root)
    assert after.pop("status/mutation.json")
    assert after == before
    return mutation.read(small.root), lines, could


@pytest.mark.parametrize(
    ("name", "killed", "survivors"),
    [
        ("killed", 4, ["0 -> 1", "5 -> 6"]),  # the assertion still holds
        ("survives", 1, ["4 -> 5"]),
        ("later", 1, []),
        ("close", 1, ["+ -> -", "1.0 -> 0.5"]),
        ("figure", 3, ["0 -> 1", "9 -> 10"]),
        ("endless", 5, []),  # halved, n never gets there
        ("nothing", 0, []),
    ],
)
def test_survivors_are_the_changes_that_no_result_notices(
    ran: Ran, name: str, killed: int, survivors: list[str]
) -> None:
    result = ran[0][f"a/{name}"]
    assert not result.why
    assert [s.change for s in result.survivors] == survivors
    assert (result.killed, result.tried) == (killed, killed + len(survivors))


def test_survivor_is_printed_with_its_line(ran: Ran) -> None:
    text = "\n".join(ran[1])
    assert "a/survives: 1 of 2 changes are noticed" in text
    assert "  docs/code/a/survives.py:2: 4 -> 5: unused = 4" in text


def test_lesson_that_differs_unchanged_has_no_score(ran: Ran) -> None:
    results, lines, could = ran
    assert not could
    assert "shown: 3, printed: 2" in results["a/differs"].why
    assert results["a/differs"].tried == 0
    assert any("a/differs: not tried" in line for line in lines)


def test_result_names_the_record_that_it_is_for(small: SmallHandbook, ran: Ran) -> None:
    record = Lesson(small.root, "a/figure").record
    assert ran[0]["a/figure"].record == records.digest(record)


CODE = """\
import a.b as c
from d import e
SEED = 5
f(3, seed=4, x=0.5, linewidth=2, go=True)
keras.utils.set_random_seed(1)
rng = np.random.default_rng(7)
g = f"{h * 2:.3f}" + "x"
k = m - n if o == p and not q else r
s //= 2
t += -0.0
u = v not in w
"""


def test_every_constant_and_operator_changes_except_imports_seeds_styles_and_strings() -> None:
    found = mutants.of(Section("one", 11, CODE.rstrip("\n")))
    assert [(m.line, m.change) for m in found] == [
        (14, "3 -> 4"),
        (14, "0.5 -> 0.25"),
        (14, "True -> False"),
        (18, "- -> +"),
        (18, "== -> !="),
        (18, "and -> or"),
        (19, "2 -> 3"),
        (20, "+= -> -="),
        (20, "0.0 -> 1.0"),
        (21, "not in -> in"),
    ]
    code = "\n" * 10 + CODE
    for mutant in found:
        text = edited(code, [mutant.edit])
        assert text.count("\n") == code.count("\n")
        compile(text, "lesson", "exec")
        (changed,) = (a for a, b in zip(text.split("\n"), code.split("\n"), strict=True) if a != b)
        assert changed == text.split("\n")[mutant.line - 1]


def test_sample_is_fixed_and_spread_over_the_sections() -> None:
    found = [
        Section(name, 1, "\n".join(f"x{i} = {i}" for i in range(size)))
        for name, size in (("a", 30), ("b", 2), ("c", 30))
    ]
    all_ = [m for s in found for m in mutants.of(s)]
    chosen = mutants.sample(all_, 12, "a/lesson")
    assert chosen == mutants.sample(all_, 12, "a/lesson")
    assert chosen != mutants.sample(all_, 12, "a/other")
    assert Counter(m.section for m in chosen) == {"a": 5, "b": 2, "c": 5}
    assert mutants.sample(all_, 0, "a/lesson") == all_
