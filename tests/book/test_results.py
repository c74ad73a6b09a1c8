"""Result lines: found, compared, written back."""

import pytest

from handbook.lesson import results

CODE = """\
print("a")
# -> a
x = 1
for i in range(2):
    print(i)
# -> 0
# -> 1"""

UNKNOWN = "unexpected keyword argument 'l'"


def test_results_are_found_below_their_statements() -> None:
    assert results.shown(CODE) == {1: ["a"], 5: ["0", "1"]}


def test_results_are_removed_from_code() -> None:
    without = 'print("a")\nx = 1\nfor i in range(2):\n    print(i)'
    assert results.without_results(CODE) == without


def test_writing_results_replaces_old_ones() -> None:
    written = results.with_results(CODE, {1: "b\n", 5: "7\n\n 8\n"})
    assert results.shown(written) == {1: ["b"], 5: ["7", "", " 8"]}
    assert "# -> a" not in written


def test_writing_results_keeps_all_other_lines() -> None:
    code = "x = 1  # -> not a result\n\n\ndef f():\n    return 2\n\n"
    assert results.with_results(code, {1: ""}) == code


def test_writing_equal_results_changes_nothing() -> None:
    assert results.with_results(CODE, {1: "a\n", 5: "0\n1\n"}) == CODE


def test_long_result_wraps_and_is_read_back_unwrapped() -> None:
    long = "word " * 40 + "end"
    written = results.with_results("print(s)", {1: long + "\n"})
    assert max(map(len, written.splitlines())) <= 80
    assert results.shown(written) == {1: [long]}
    assert results.without_results(written) == "print(s)"


def test_comment_is_not_a_result() -> None:
    code = "#    indented comment\nx = 1\n#    another"
    assert results.shown(code) == {}
    assert results.without_results(code) == code


@pytest.mark.parametrize(
    ("expected", "actual", "tolerance"),
    [
        ("loss 0.5", "loss 0.5", 0.0),
        ("[1. 2.]", "[ 1.  2.]", 0.01),
        ("loss 0.50", "loss 0.51", 0.05),
        ("0.86", "0.87", 0.001),  # one unit of the last digit may be rounding
        ("1.2e-05", "1.3e-05", 0.001),
        ("nan", "nan", 0.0),
        (f"L2() got an {UNKNOWN}", f"L2() got an {UNKNOWN}. Did you mean 'l2'?", 0.0),
        ("-inf 3", "-inf 3", 0.1),
    ],
)
def test_equal_results_agree_within_tolerance(expected: str, actual: str, tolerance: float) -> None:
    assert results.same(expected, actual, tolerance)


@pytest.mark.parametrize(
    ("expected", "actual", "tolerance"),
    [
        ("108.0", "108.1", 0.0),
        ("0.86", "0.88", 0.001),
        ("1.2e-05", "1.4e-05", 0.01),
        ("1.2e-05", "0.01", 0.01),
        ("3 epochs", "4 epochs", 0.5),
        ("loss 0.5", "accuracy 0.5", 0.5),
        ("0.5", "nan", 0.5),
        ("float32", "float16", 0.9),
        ("(2, 3)", "(2, 3, 1)", 0.9),
        ("", "0.5", 0.9),
        ("2.21.0", "2.22.0", 0.9),
        (UNKNOWN, f"{UNKNOWN}. Did you mean it?", 0.0),
    ],
)
def test_different_results_do_not_agree(expected: str, actual: str, tolerance: float) -> None:
    assert not results.same(expected, actual, tolerance)


def test_comparison_reports_the_line_and_both_texts() -> None:
    found = results.compare("x = 1\nprint(3)\n# -> 3", {1: "new\n", 2: "3\n", 4: ""})
    assert found == [results.Mismatch(1, "", "new")]


LOOSE = """\
print(loss)
# ± 5 %: another order of sums
# -> 1.00
# -> 2 epochs
print(exact)
# -> 1.00"""


def test_tolerance_belongs_to_its_statement() -> None:
    assert results.tolerances(LOOSE) == {1: 0.05}
    assert results.shown(LOOSE) == {1: ["1.00", "2 epochs"], 5: ["1.00"]}
    assert not results.compare(LOOSE, {1: "1.04\n2 epochs\n", 5: "1.00\n"})
    assert [m.line for m in results.compare(LOOSE, {1: "1.09\n2 epochs", 5: "1.04"})] == [1, 5]
    assert [m.line for m in results.compare(LOOSE, {1: "1.04\n3 epochs", 5: "1.00"})] == [1]


def test_writing_results_keeps_the_tolerance_above_them() -> None:
    assert results.with_results(LOOSE, {1: "1.00\n2 epochs\n", 5: "1.00\n"}) == LOOSE
    assert results.without_results(LOOSE) == "print(loss)\nprint(exact)"
    written = results.with_results("plt.show()\n# ± 5 %: training\nx = 1", {1: ""})
    assert written == "plt.show()\n# ± 5 %: training\nx = 1"


def test_verdict_is_exact_whatever_the_tolerance() -> None:
    code = "print(v)\n# ± 50 %: training\n# -> Verdict: above by 0.52\n# -> 0.52"
    assert not results.compare(code, {1: "Verdict: above by 0.52\n0.60\n"})
    assert results.compare(code, {1: "Verdict: above by 0.53\n0.52\n"})


def test_tolerance_of_a_statement_is_not_that_of_the_figure() -> None:
    assert results.of_figure(f"{LOOSE}\nplt.show()", 0.0) == 0.0
    assert results.of_figure(f"{LOOSE}\nplt.show()\n# ± 2 %: sums", 0.0) == 0.02
