"""Chinese code, results and figures of a lesson, from its table of words."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from handbook.files import replace
from handbook.lesson import translation
from handbook.lesson.lessons import ROOT, LessonError
from handbook.lesson.literals import replaced, templates
from handbook.lesson.translation import Words
from handbook.stage import downloads
from handbook.stage.compose import staged
from tests.conftest import SmallHandbook

LABELS = {
    "training loss": "训练损失",
    "{}, {} layers": "{}，{} 层",
    "{} layers": "{} 层",
    "plain": "普通",
    "one\ntwo {}": "一\n二 {}",
    "share {x} of {}": "{x} 占 {}",
    'the "best"': "“最好”",
    "in words": '称为"词"',
    "Verdict: fewer than": "结论：少于",
}
CODE = """\
# --8<-- [start:add]
# Two lines that
# are one comment.
sizes = {"plain": 3}  # the number of layers
for kind, size in sizes.items():
    # of each kind
    print(f"{kind}, {size} layers", "#  no comment")
# ± 5 %: sums in another order
# -> plain, 3 layers #  no comment
print("Verdict: fewer than", 4)
# -> Verdict: fewer than 4
# --8<-- [end:add]
# --8<-- [start:curve]
import matplotlib.pyplot as plt

plt.plot([1, 2, 4], label="training loss")
plt.title("Sneaker")
plt.legend()
plt.show()
# --8<-- [end:curve]
"""
WORDS = """\
labels:
  plain: 普通
  "{}, {} layers": "{}，{} 层"
  "Verdict: fewer than": 结论：少于
  training loss: 训练损失
figures:
  Sneaker: 运动鞋
comments:
  Two lines that are one comment.: 两行合成一条注释。
  the number of layers: 层数
  of each kind: 每一类
  sums in another order: 求和的顺序不同
"""
SVG = """\
<svg viewBox="0 0 72 72" xmlns="http://www.w3.org/2000/svg"><!-- training loss -->
<text x="1">training loss</text><text>Sneaker</text><text>a &lt; b</text></svg>
"""
PAGE = """\
---
title: T
minutes: 3
---

# Title {#title}

First words.

```python
--8<-- "a/adding.py:add"
```

```python
--8<-- "a/adding.py:curve"
```

![一条上升的曲线。](../figures/a/adding/curve.svg)
"""
RECORD = (
    '{"files": {}, "versions": {"tensorflow": "2", "keras": "3"}, "verified": "2026-01-01", '
    '"python": "3.11", "figures": {}, "data": {"curve": {"axes": [{"title": "Sneaker", "x": "x", '
    '"lines": [{"label": "training loss", "x": [0, 1, 2], "y": [1, 2, 4]}]}]}}}'
)


@pytest.fixture
def small_lesson(small: SmallHandbook) -> SmallHandbook:
    """A handbook of one lesson with words and a figure."""
    lesson = small.lesson("a/adding", CODE)
    replace(lesson.words, WORDS)
    replace(lesson.figures / "curve.svg", SVG)
    replace(lesson.record, RECORD)
    for language in ("zh", "en"):
        replace(lesson.page(language), PAGE)
    return small


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("f('training loss', 'training')", "f('训练损失', 'training')"),
        ('f"{kind}, {n} layers"', 'f"{kind}，{n} 层"'),
        ("f'{kind}, {n!r:>{width}} layers'", "f'{kind}，{n!r:>{width}} 层'"),
        ("f'{kind}, {d[\"x\"]} layers'", "f'{kind}，{d[\"x\"]} 层'"),
        ("f'{k[\"plain\"]:.1f}'", "f'{k[\"普通\"]:.1f}'"),
        ("f\"{f'{n} layers'}!\"", "f\"{f'{n} 层'}!\""),
        ("f'{a if b else \"plain\"}, {x != y} layers'", "f'{a if b else \"普通\"}，{x != y} 层'"),
        ("f'share {{x}} of {n}'", "f'{{x}} 占 {n}'"),
        ("('training '\n 'loss')", "('训练损失')"),
        ("f(\"training \"  # it's split\n 'loss')", 'f("训练损失")'),
        ('(f"{kind}, "\n f\'{d["x"]} layers\')', "(f'{kind}，{d[\"x\"]} 层')"),
        ("x = 'ä', 'plain'", "x = 'ä', '普通'"),
        ("'the \"best\"'", "'“最好”'"),
        ('"""in words"""', '"""称为"词\\""""'),
        ("'one\\ntwo {}'", "'一\\n二 {}'"),
        ('"""one\ntwo {}"""', '"""一\n二 {}"""'),
        ("b'plain'", "b'plain'"),
        ("f'{n=}, {m} layers'", "f'{n=}，{m} 层'"),
        ("f'{x:{\"plain\"}}'", "f'{x:{\"plain\"}}'"),  # a format is no label
        ("r'plain'", "'普通'"),
    ],
)
def test_literal_is_replaced(code: str, expected: str) -> None:
    assert replaced(code, LABELS) == expected


def test_templates_include_literals_in_fields() -> None:
    code = "print(f'{d[\"plain\"]} of {{x}}', 'a' 'b')"
    assert list(templates(code)) == ["{} of {x}", "plain", "ab"]


@pytest.fixture
def own(small_lesson: SmallHandbook) -> Words:
    return translation.words(small_lesson.book("zh").lessons[0])


def test_comments_and_results_are_translated(small_lesson: SmallHandbook) -> None:
    section = translation.sections(small_lesson.book("zh").lessons[0], "zh")[0]
    assert section.text.split("\n") == [
        "# 两行合成一条注释。",
        'sizes = {"普通": 3}  # 层数',
        "for kind, size in sizes.items():",
        "    # 每一类",
        '    print(f"{kind}，{size} 层", "#  no comment")',
        "# ± 5 %: 求和的顺序不同",
        "# -> 普通，3 层 #  no comment",
        'print("结论：少于", 4)',
        "# -> 结论：少于 4",
    ]


def test_long_chinese_comment_wraps_between_characters() -> None:
    text = "if x:\n    # all of it\n    pass"
    words = Words({}, {}, {"all of it": "很长的注释，" * 8})
    lines = translation.code(text, words).split("\n")
    assert len(lines) == 4
    assert all(translation.columns(line) <= 80 for line in lines)
    assert not any(line.strip("# ").startswith("，") for line in lines)


def test_lesson_without_words_is_unchanged(small: SmallHandbook) -> None:
    lesson = small.lesson("a/one", CODE)
    english = translation.sections(lesson, "en")
    assert translation.sections(lesson, "zh") == english
    assert translation.svg(SVG, translation.words(lesson)) == SVG


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("training loss", "训练损失"),
        ("plain, 18 layers", "普通，18 层"),  # the group, too; and the most specific template
        ("18 layers", "18 层"),
        ("one", "一"),  # SVG has a text for each line
        ("two 2", "二 2"),
        ("training loss\n3 layers", "训练损失\n3 层"),
        ("training losses", "training losses"),
    ],
)
def test_text_of_a_figure_is_translated(text: str, expected: str) -> None:
    assert Words(LABELS, {}, {}).drawn(text) == expected


def test_result_is_matched_as_a_whole_then_by_words() -> None:
    printed = Words(LABELS, {}, {}).printed
    assert printed("plain, 3 layers") == "普通，3 层"
    assert printed("{'plain': 2} explains") == "{'普通': 2} explains"
    assert printed("training loss 0.5 of plain") == "训练损失 0.5 of 普通"
    assert printed("3 layers: training loss") == "3 层: 训练损失"


def test_only_texts_of_an_svg_change(own: Words) -> None:
    chinese = translation.svg(SVG, own)
    assert chinese == SVG.replace(">training loss<", ">训练损失<").replace("Sneaker", "运动鞋")
    assert "a < b" in translation.texts_of(SVG)
    less = Words({"a < b": "甲 < 乙"}, {}, {})
    assert "<text>甲 &lt; 乙</text>" in translation.svg(SVG, less)


@pytest.mark.parametrize(
    "text", ["label:\n  a: b", "labels: [a]", "labels:\n  a: 1", "- a", "labels: {", "labels: a"]
)
def test_file_of_another_form_is_named(small_lesson: SmallHandbook, text: str) -> None:
    lesson = small_lesson.book("zh").lessons[0]
    replace(lesson.words, text)
    with pytest.raises(LessonError, match=r"adding\.zh\.yml: "):
        translation.words(lesson)


def test_chinese_page_shows_chinese_code_and_data(small_lesson: SmallHandbook) -> None:
    chinese, english = (staged("a/adding", small_lesson.book(which)) for which in ("zh", "en"))
    assert "# -> 普通，3 层" in chinese
    assert 'label="训练损失"' in chinese
    assert "训练损失</th>" in chinese
    assert "运动鞋" in chinese
    assert "# -> plain, 3 layers" in english
    assert "训练损失" not in english


def test_chinese_notebook_prints_the_chinese_results(
    small_lesson: SmallHandbook, tmp_path: Path
) -> None:
    book = small_lesson.book("zh")
    (lesson,) = book.lessons
    notebook, script = downloads.written(downloads.cells(lesson, book))
    assert "训练损失" in notebook
    assert '"运动鞋": "Sneaker"' in script
    assert '"普通"' not in script.partition("font = ")[2].partition("})")[0]  # in no figure
    file = tmp_path / "script.py"
    file.write_text(script, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(file)],
        cwd=ROOT,
        env=os.environ | {"MPLBACKEND": "svg", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "普通，3 层 #  no comment\n结论：少于 4\n"
    english = "".join(text for _, text in downloads.cells(lesson, small_lesson.book("en")))
    assert "chinese_labels" not in english
