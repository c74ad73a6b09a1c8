"""Every rule of a page fails once, on a page that breaks only that rule."""

import re
from pathlib import Path

import pytest

from handbook.check import parity, rules
from handbook.lesson import glossary
from handbook.lesson.lessons import ROOT, Lesson, all_lessons
from handbook.lesson.pages import Page
from tests.conftest import SmallHandbook

LESSONS = all_lessons()
PAGE = """\
---
title: Adding
description: How to add.
minutes: 3
hardware: CPU
---

# Adding {#adding}

After this page you can add.

```python
--8<-- "a/adding.py:add"
```

![A line that rises from one to three.](../figures/a/adding/line.svg)

```python
--8<-- "a/adding.py:line"
```

!!! warning "Careful"

    Old notes subtract.

## Try it {#try-it}

??? success "Answer 1"

    Two.

??? success "Answer 2"

    Three. See [there](#adding).

## Recap {#recap}

## Sources {#sources}
"""
CODE = """\
# A comment at the top is no code.

# --8<-- [start:add]
print(1 + 1)
# -> 2
# --8<-- [end:add]

# --8<-- [start:line]
import matplotlib.pyplot as plt
# --8<-- [end:line]
"""
RECORD = '{"files": {}, "versions": {}, "figures": {}, "data": {"line": {}}}'


@pytest.fixture
def adding(small: SmallHandbook) -> Lesson:
    """A lesson that keeps every rule."""
    lesson = small.lesson("a/adding", CODE)
    lesson.page("en").write_text(PAGE)
    lesson.page("zh").write_text(PAGE.replace("A line that rises", "一条上升的线"))
    lesson.record.parent.mkdir(parents=True)
    lesson.record.write_text(RECORD)
    return lesson


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.address)
def test_lesson_keeps_the_rules(lesson: Lesson) -> None:
    found = rules.lesson_problems(lesson)
    assert not found, "\n".join(found)  # all of them: pytest shows only the first of a list


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.address)
def test_both_languages_are_equal(lesson: Lesson) -> None:
    found = [*parity.lesson_differences(lesson)]
    assert not found, "\n".join(found)


def test_no_page_is_missing() -> None:
    assert list(parity.missing_pages(ROOT)) == []


@pytest.mark.parametrize("path", sorted((ROOT / "docs/en").rglob("*.md")), ids=lambda p: p.stem)
def test_every_page_has_its_counterpart(path: Path) -> None:
    zh = Page.read(ROOT / "docs/zh" / path.relative_to(ROOT / "docs/en"))
    en = Page.read(path)
    assert list(parity.differences(zh, en)) == []
    assert [*rules.page_problems(zh, "zh"), *rules.page_problems(en, "en")] == []


def test_valid_lesson_has_no_problems(adding: Lesson) -> None:
    assert rules.lesson_problems(adding) == []
    assert parity.lesson_differences(adding) == []


def test_pages_include_every_section_of_their_lesson() -> None:
    """Includes are counted in the raw text, without our own parser."""
    for lesson in LESSONS:
        if not lesson.is_lab:
            marks = len(re.findall(r"\[start:", lesson.code.read_text()))
            for language in ("zh", "en"):
                text = lesson.page(language).read_text()
                assert text.count(f'--8<-- "{lesson.address}.py:') == marks, lesson.address


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("## Recap {#recap}", "## Recap", "heading 'Recap' has no anchor"),
        ("A line that rises from one to three.", "", "has no alt text in this language"),
        ("A line that rises from one to three.", "线从一到三上升", "no alt text in this language"),
        ("```python\n--8<-- \"a/adding.py:add", "```pycon\n--8<-- \"a/adding.py:add",
         "```pycon` is not a listed form"),
        ("```python\n--8<-- \"a/adding.py:add", "```python linenums=\"1\"\n--8<-- \"a/adding.py",
         "is not a listed form"),
        ('--8<-- "a/adding.py:add"', "print(2)", "in the page"),
        ('--8<-- "a/adding.py:add"', '--8<-- "a/other.py:add"', "section 'add' of docs/code"),
        ("```python\n--8<-- \"a/adding.py:add\"\n```", "", "section 'add' of docs/code/a/adding.py "
         "is not shown"),
        ('```python\n--8<-- "a/adding.py:add"', '```python title="tfnotes/a.py"\n'
         '--8<-- "tfnotes/b.py:add"', "the title says tfnotes/a.py"),
        ("figures/a/adding/line.svg", "figures/a/adding/other.svg", "not drawn by this lesson"),
        ("figures/a/adding/line.svg", "figures/a/adding/other.svg", "line.svg is drawn but not"),
        ("minutes: 3\n", "", "the front matter has no minutes"),
        ("# Adding {#adding}\n", "", "a page must begin with its only title"),
        ("## Try it {#try-it}\n", "", "a page must end with the headings"),
        ("!!! warning", "!!! note", "a box `!!! warning` that corrects an old claim"),
        ("    Old notes subtract.", "    ```sh\n    ls\n    ```", "box 'Careful' ends with code"),
        ('??? success "Answer 2"', '??? note "Answer 2"', "two to four `??? success` answers"),
    ],
)  # fmt: skip
def test_page_that_breaks_a_rule_is_reported(
    adding: Lesson, old: str, new: str, message: str
) -> None:
    page = adding.page("en")
    assert old in PAGE
    page.write_text(page.read_text().replace(old, new))
    problems = rules.lesson_problems(adding)
    assert any(message in problem and "docs/en/a/adding.md (en)" in problem for problem in problems)


def test_figure_above_the_size_limit_is_reported(adding: Lesson) -> None:
    (adding.figures / "line.svg").write_text("x" * 1000 * rules.FIGURE_KB)
    assert rules.lesson_problems(adding) == []
    (adding.figures / "line.svg").write_text("x" * (1000 * rules.FIGURE_KB + 1))
    assert any("larger than 300 KB" in problem for problem in rules.lesson_problems(adding))


@pytest.mark.parametrize("term", ["**张量** (tensor)", "**学习率** (Learning rate)"])
def test_term_that_differs_from_the_glossary_is_reported(adding: Lesson, term: str) -> None:
    page = adding.page("zh")
    page.write_text(page.read_text() + f"\n这里讲{term}。\n")
    assert rules.lesson_problems(adding) == []
    page.write_text(page.read_text().replace("量*", "力*").replace("率*", "速*"))
    (problem,) = rules.lesson_problems(adding)
    assert "as docs/glossary.yml has it" in problem


def test_glossary_is_sorted_and_has_no_duplicates() -> None:
    lines = [x for x in glossary.GLOSSARY.read_text("utf-8").splitlines() if x[0] != "#"]
    assert len(lines) == len(glossary.glossary())
    assert lines == sorted(lines, key=lambda line: line.split(":")[0].lower())


def test_sections_shown_out_of_order_are_reported(adding: Lesson) -> None:
    page = adding.page("zh")
    swapped = page.read_text().replace(":add", ":x").replace(":line", ":add").replace(":x", ":line")
    page.write_text(swapped)
    assert "but run in the order ['add', 'line']" in "\n".join(rules.lesson_problems(adding))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("# -> 2\n", "\n# -> 2\n", "the end of a top-level statement"),
        (
            "print(1 + 1)\n",
            "if True:\n    print(1 + 1)\n    # -> 2\n",
            "the end of a top-level statement",
        ),
        (
            "print(1 + 1)\n",
            "for i in 'ab':\n# -> 2\n    print(i)\n",
            "the end of a top-level statement",
        ),
        ("import matplotlib", "x = 1  # " + "x" * 80 + "\nimport matplotlib", "wider than 80"),
        ("import matplotlib", "x = 1\n" * 25 + "import matplotlib", "has 26 lines; at most 25"),
        ("\n# --8<-- [start:line]", "\nx = 1\n\n# --8<-- [start:line]", "in no section"),
    ],
)
def test_code_that_breaks_a_rule_is_reported(
    adding: Lesson, old: str, new: str, message: str
) -> None:
    assert old in CODE
    adding.code.write_text(CODE.replace(old, new))
    problems = rules.lesson_problems(adding)
    assert any(message in p for p in problems)


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ("## Recap {#recap}", "## Summary {#summary}", "heading `## {#recap}`"),
        ("## Recap {#recap}", "### Recap {#recap}", "heading `## {#recap}`"),
        ('```python\n--8<-- "a/adding.py:add"\n```\n', "", "fence `````python --8<--"),
        ("![A line that rises from one to three.](../figures/a/adding/line.svg)", "", "figure"),
        ("??? success", "!!! note", "box `success`"),
        ("[there](#adding)", "there", "link `#adding`"),
        ("minutes: 3", "minutes: 4", "setting `minutes: 3`"),
    ],
)
def test_element_missing_in_one_language_is_reported(
    adding: Lesson, old: str, new: str, kind: str
) -> None:
    page = adding.page("en")
    assert old in PAGE
    page.write_text(page.read_text().replace(old, new, 1))
    lacks = f"docs/en/a/adding.md lacks the {kind.split('`')[0].strip()}"
    assert any(d.startswith(lacks) for d in parity.lesson_differences(adding))


def test_missing_translation_is_reported(adding: Lesson) -> None:
    adding.page("zh").unlink()
    assert list(parity.missing_pages(adding.root)) == [
        "docs/zh/a/adding.md is missing: docs/en has it"
    ]
