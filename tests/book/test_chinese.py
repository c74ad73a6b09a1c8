"""Words and entries: each fault of a lesson's table is reported once, by name."""

import pytest

from handbook.check import chinese
from handbook.files import replace
from handbook.lesson.lessons import Lesson
from tests.conftest import SmallHandbook

CODE = """\
# --8<-- [start:add]
import matplotlib.pyplot as plt

# The sum of
# both numbers
print(1 + 1)  # (): a scalar
# ± 5 %: another order of sums
# -> 2
print(f"{1} layers")  # = 1
# -> 1 layers
plt.plot([1, 2], label=f"{1} of\\n{2}")
plt.plot([1, 2], label="$x$")
plt.show()
# --8<-- [end:add]
"""
SVG = "<svg>{}</svg>"
TEXTS = "<text>1 of</text><text>2</text><text>Sneaker</text><text>0.5</text>"
WORDS = """\
labels:
  "{} of\\n{}": "{} 之\\n{}"
  "{} layers": "{} 层"
figures:
  Sneaker: 运动鞋
comments:
  The sum of both numbers: 两个数的和
  "(): a scalar": "(): 标量"
  another order of sums: 求和的顺序不同
"""


@pytest.fixture
def lesson(small: SmallHandbook) -> Lesson:
    """A lesson whose words are complete."""
    lesson = small.lesson("a/adding", CODE)
    replace(lesson.words, WORDS)
    replace(lesson.figures / "add.svg", SVG.format(TEXTS))
    return lesson


def test_complete_words_have_no_problems(lesson: Lesson) -> None:
    assert list(chinese.problems(lesson)) == []


def test_lesson_without_words_needs_no_file(small: SmallHandbook) -> None:
    assert list(chinese.problems(small.lesson("a/one"))) == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("  The sum of both", "  # The sum of both",
         "docs/code/a/adding.py:5: the comment 'The sum of both numbers' has no Chinese; add it to "
         "docs/code/a/adding.zh.yml"),
        ("  another order", "  # another order", "'another order of sums' has no Chinese"),
        ("  Sneaker: 运动鞋", "", "a/adding/add.svg: the text 'Sneaker' has no Chinese"),
        ("  Sneaker: 运动鞋", "  Sneaker: 运动鞋\n  Boot: 靴子", "no figure shows 'Boot'"),
        ('  "{} layers"', '  "{} layer"', "labels: no string of the code is '{} layer'"),
        ("  The sum", "  lost: 丢失\n  The sum", "comments: no comment of the code is 'lost'"),
        ("两个数的和", "sum of both", "has no Chinese, but 'sum of both'"),
        ("两个数的和", '""', "has no Chinese, but ''"),
        ("运动鞋", "sneaker", "figures: 'Sneaker' has no Chinese, but 'sneaker'"),
        ("{} 之\\n{}", "{} 之 {}", "differ in their lines or {}"),
        ('"{} 层"', '"层"', "differ in their lines or {}"),
        ('"{} 层"', '"{} ' + 40 * "层" + '"', "has a line of "),
        ("labels:", "label:", "expected only the parts"),
    ],
)  # fmt: skip
def test_fault_of_the_words_is_reported(lesson: Lesson, old: str, new: str, message: str) -> None:
    assert old in WORDS
    replace(lesson.words, WORDS.replace(old, new, 1))
    found = list(chinese.problems(lesson))
    assert any(message in problem for problem in found), found
    assert all("docs/" in problem for problem in found)


@pytest.mark.parametrize("text", ["epoch 3", "2 of &lt;this&gt;", "Sneaker boots"])
def test_new_text_of_a_figure_is_reported(lesson: Lesson, text: str) -> None:
    replace(lesson.figures / "add.svg", SVG.format(f"{TEXTS}<text>{text}</text>"))
    (problem,) = chinese.problems(lesson)
    assert "add.svg: the text '" in problem


def test_word_that_stays_repeats_itself(lesson: Lesson) -> None:
    replace(lesson.figures / "add.svg", SVG.format(f"{TEXTS}<text>ReLU</text>"))
    replace(lesson.words, WORDS.replace("  Sneaker", "  ReLU: ReLU\n  Sneaker"))
    assert list(chinese.problems(lesson)) == []


@pytest.mark.parametrize("machine", ["AMD EPYC", "Intel Xeon"])
def test_name_of_the_machine_needs_no_entry(lesson: Lesson, machine: str) -> None:
    replace(lesson.figures / "add.svg", SVG.format(f"{TEXTS}<text>{machine}, 2 cores</text>"))
    replace(lesson.words, WORDS.replace("  Sneaker", '  "{}, {} cores": "{}，{} 核"\n  Sneaker'))
    assert list(chinese.problems(lesson)) == []


def test_label_that_mixes_words_and_a_formula_is_reported(lesson: Lesson) -> None:
    replace(lesson.code, CODE.replace('"$x$"', '"curve $x$"'))
    (problem,) = chinese.problems(lesson)
    assert "docs/code/a/adding.py: 'curve $x$' mixes words and a formula" in problem
