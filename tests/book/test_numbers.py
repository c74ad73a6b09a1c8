"""The numbers in sentences: each is a result, or names its source; a changed digit is red."""

import random
import re
from collections.abc import Iterator

import pytest

from handbook.check import ledger, numbers
from handbook.files import replace
from handbook.lesson import values
from handbook.lesson.lessons import LANGUAGES, Lesson, all_lessons
from handbook.lesson.pages import Page
from handbook.stage.compose import staged
from tests.conftest import SmallHandbook

FREE = [lesson for lesson in all_lessons() if lesson.address not in ledger.exempt()["numbers"]]
PLACES = 20
CODE = """\
# --8<-- [start:train]
rate = 0.2
print("plain4: loss", [0.543, 0.57], "of 1,234,567")
# -> plain4: loss [0.543, 0.57] of 1,234,567
# --8<-- [end:train]

# --8<-- [start:test]
print("error 15%", 8.25)
# -> error 15% 8.25
# --8<-- [end:test]
"""
PAGE = """\
---
title: Losses
description: d
minutes: 3
---

# Losses {#losses}

The loss is 0.54.

## Training {#train}

```python
--8<-- "a/b.py:train"
```

SENTENCE

## Testing {#testing}

```python
--8<-- "a/b.py:test"
```

## Recap {#recap}

The error is 15 %.

## Sources {#sources}

Measured in 1998: 0.95 %.
"""


@pytest.fixture
def lesson(small: SmallHandbook) -> Lesson:
    return small.lesson("a/b", CODE)


def write(lesson: Lesson, en: str, zh: str | None = None) -> None:
    """Write both pages; the Chinese sentence is the English one unless it is given."""
    for language, sentence in (("en", en), ("zh", en if zh is None else zh)):
        replace(lesson.page(language), PAGE.replace("SENTENCE", sentence))


@pytest.mark.parametrize(
    "sentence",
    [
        "The losses are 0.543 and 0.57, rounded 0.5 and 0.6.",
        "A learning rate of 0.2, which is 20 %.",
        "It has 1.23 million parameters, 1.2 M, $1.2 \\cdot 10^6$, 1.2 · 10⁶.",
        "The paper has [0.51 %](#sources), and [0.3 here](https://example.org/).",
        "TensorFlow 2.21 and Keras 3.15, Python 3.11, 3.12 or 3.13, section 4.1, `x = 9.75`.",
        "The error is {{test: error #1}}, or {{test: error #2 | .1f}}.",
        "![The loss ends at 0.57.](../figures/a/b/train.svg)",
    ],
)
def test_results_settings_and_facts_are_right(lesson: Lesson, sentence: str) -> None:
    write(lesson, sentence)
    assert list(numbers.problems(lesson)) == []


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        (
            "The loss is 0.55.",
            r"'0.55' is no result of this part; the nearest is 0.543 \(printed: pl",
        ),
        ("The error is 15 %.", "'15 %' is no result"),  # printed in another part
        ("It is `0.44`.", "'0.44' is no result"),
        ("A rate of 0.21.", "'0.21' is no result"),
        ("1.24 million", "'1.24 million' is no result"),
        ("$0.9x$", "'0.9' is no result"),
        ("$\\frac{0.91}{x}$, $10^{-0.91}$", "'0.91' is no result"),
        ("In [0, 1) it is 0.91, see [a](#sources).", "'0.91' is no result"),
        ("`[0.543, 0.91]`", "'0.91' is no result"),
        ("5 · 10⁻⁴", "'5 · 10⁻⁴' is no result"),
        ("其中代表 0.91 的值", "'0.91' is no result"),
        ("准确率为0.91，约 .91", "'0?.91' is no result"),
        ("In Keras 3.15, 0.91 of it; a figure 0.91", "'0.91' is no result"),
        ("![It ends at 0.1.](../figures/a/b/train.svg)", "'0.1' is no result"),
        ("{{test: error #3}}", "has no such result; .* the section prints .'error 15% 8.25'"),
        ("{{test: mean #1}}", "has no such result"),
    ],
)
def test_wrong_number_is_red_with_line_and_nearest(
    lesson: Lesson, sentence: str, said: str
) -> None:
    write(lesson, sentence)
    found = list(numbers.problems(lesson))
    assert {bool(re.search(said, problem)) for problem in found} == {True}, found
    if "{{" not in sentence:
        line = PAGE.split("SENTENCE")[0].count("\n") + 1
        assert f"docs/en/a/b.md:{line} (en): " in "\n".join(found)


def test_head_is_checked_against_the_whole_lesson(lesson: Lesson) -> None:
    write(lesson, "")
    for language in LANGUAGES:
        page = lesson.page(language)
        replace(page, page.read_text().replace("description: d", "description: 15 % or 0.16"))
    assert {"'0.16'" in problem for problem in numbers.problems(lesson)} == {True}


@pytest.mark.parametrize(
    ("en", "zh"),
    [
        ("0.57 and 0.543", "0.57"),
        ("0.57", "0.543"),
        ("26 layers", "28 层"),
        ("0.2", "20% 和 0.2"),
        ("`Input((28, 28))`", "`Input((28, 29))`"),
        ("`split=0.1`", "`split=0.2`"),
    ],
)
def test_languages_must_say_the_same_numbers(lesson: Lesson, en: str, zh: str) -> None:
    write(lesson, en, zh)
    assert {"both languages" in problem for problem in numbers.problems(lesson)} == {True}


def test_chinese_units_are_the_same_numbers(lesson: Lesson) -> None:
    write(lesson, "1.23 million, three layers", "123 万，3 层")
    assert list(numbers.problems(lesson)) == []


def test_named_result_is_filled_in(small: SmallHandbook, lesson: Lesson) -> None:
    write(lesson, "The error is {{test: error #1}}, exactly {{test: error #2 | .1f}}.")
    assert "The error is 15%, exactly 8.2." in staged("a/b", small.book())


def changed(text: str, page: Page) -> Iterator[str]:
    """Yield a page with one digit of one number in its sentences changed, many times."""
    dice = random.Random(page.path.name)  # noqa: S311  # the same places every time
    end = max(text.rfind("{#sources}"), 0) or len(text)
    hidden = values.NAMED.sub(lambda named: " " * len(named[0]), text)
    prose = numbers.sentences(hidden, every=True)
    found = [
        number
        for number in values.numbers(prose[:end])
        if number.is_claim or number.value >= numbers.TWO_DIGITS
    ]
    for _ in range(PLACES if found else 0):
        number = dice.choice(found)
        places = [i for i, c in enumerate(number.text) if c.isdigit() and "10" not in number.text]
        if places:
            at = number.start + dice.choice(places)
            digit = dice.choice([d for d in "123456789" if d != text[at]])
            yield text[:at] + digit + text[at + 1 :]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("lesson", FREE, ids=lambda lesson: lesson.address)
def test_changed_digit_is_red(
    lesson: Lesson, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    original, page = Page.of, Page.of(lesson, language)
    for text in changed(page.text, page):
        planted = Page(page.path, text)
        monkeypatch.setattr(
            Page, "of", lambda le, la, p=planted: p if la == language else original(le, la)
        )
        assert list(numbers.problems(lesson)), text
