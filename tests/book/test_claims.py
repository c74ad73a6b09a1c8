"""Verdicts and tolerances in the code of a lesson: each fault is reported by name."""

import pytest

from handbook.check import claims
from tests.book.fault_cases import section
from tests.conftest import SmallHandbook

VERDICT = '\nprint("Verdict: lower in", 3)\n# -> Verdict: lower in 3'


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("for s in (0, 1):\n    keras.utils.set_random_seed(s)", "trains with several seeds, but"),
        ("model.fit(x, y)" + VERDICT, "no constant EPOCHS or STEPS holds"),
        ("EPOCHS = 2\nmodel.fit(x, epochs=EPOCHS)\nmodel.fit(x, epochs=5)" + VERDICT,
         "but trains with epochs=5; name the budget"),
        ("rng = np.random.default_rng(0)" + VERDICT, "but its seeds have no name"),
        ("for s in range(3):\n    keras.utils.set_random_seed(s)" + VERDICT, "seeds have no name"),
    ],
)  # fmt: skip
def test_verdict_that_no_trial_can_question_is_reported(
    small: SmallHandbook, code: str, message: str
) -> None:
    (problem,) = claims.verdict_problems(small.lesson("a/b", section(code)))
    assert problem.startswith("docs/code/a/b.py: ")
    assert message in problem


@pytest.mark.parametrize(
    "code",
    [
        "EPOCHS, SEED = 2, 0\nkeras.utils.set_random_seed(SEED)\nmodel.fit(x, epochs=EPOCHS)"
        + VERDICT,
        "keras.utils.set_random_seed(0)\nmodel.fit(x, epochs=5)",  # no verdict
        "random_seed()" + VERDICT,
    ],
)
def test_verdict_with_named_budget_and_seeds_is_right(small: SmallHandbook, code: str) -> None:
    assert list(claims.verdict_problems(small.lesson("a/b", section(code)))) == []


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("print(x)\n# ± 5%: sums\n# -> 0.5", 3),
        ("print(x)\n# ± 5 %:\n# -> 0.5", 3),
        ("print(x)\n# +- 5 %: sums\n# -> 0.5", 3),
        ("print(x)  # ± 5 %: sums\n# -> 0.5", 2),
        ("print(x)\n# ± 100 %: sums\n# -> 0.5", 3),
        ("print(x)\n# ± 5 %: sums\n# ± 9 %: more\n# -> 0.5", 4),
        ("plt.show()\n# ± 5%: sums", 3),
        ("plt.show()\n# ± 5 %: sums in\n#    another order", 4),
    ],
)
def test_misspelled_tolerance_is_reported(small: SmallHandbook, code: str, line: int) -> None:
    (problem,) = claims.stated_tolerances(small.lesson("a/b", section(code)))
    assert problem.startswith(f"docs/code/a/b.py:{line}: no tolerance; write it in one line, ")


@pytest.mark.parametrize("result", ["3 epochs", "95 %", "Verdict: below by 0.5"])
def test_tolerance_without_a_decimal_that_moves_is_reported(
    small: SmallHandbook, result: str
) -> None:
    code = f"print(x)\n# ± 5 %: sums\n# -> {result}"
    (problem,) = claims.stated_tolerances(small.lesson("a/b", section(code)))
    assert problem.startswith("docs/code/a/b.py:3: no decimal can move here")


@pytest.mark.parametrize(
    "code",
    [
        "print(x)\n# ± 5 %: sums\n# -> 0.5 of 3",
        "plt.show()\n# ± 5 %: sums",
        "plt.fill(x)  # ± 2 standard deviations",
    ],
)
def test_tolerance_of_a_decimal_or_a_figure_is_right(small: SmallHandbook, code: str) -> None:
    assert list(claims.stated_tolerances(small.lesson("a/b", section(code)))) == []
