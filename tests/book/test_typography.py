"""Typography of the texts: each rule reports its fault."""

import re
from pathlib import Path

import pytest
from markdown import Markdown
from playwright.sync_api import Browser
from pymdownx.arithmatex import ArithmatexExtension

from handbook.check import typography
from handbook.lesson import glossary
from handbook.lesson.lessons import ROOT
from handbook.stage.markdown import Handbook
from tests.conftest import SmallHandbook


def test_every_text_is_set_well() -> None:
    assert typography.problems() == []


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("用Keras训练。", "'用Keras训练。' should be '用 Keras 训练。'"),
        ("用`fit`训练。", "'用code训练。' should be '用 code 训练。'"),
        ("误差$e$变小。", "should be '误差 x 变小。'"),
        ("去看[Keras](a.md)的文档。", "should be '去看 Keras 的文档。'"),
        ('!!! warning "小心：用Keras"', "should be '小心：用 Keras'"),
        ('    ??? success "用Keras"', "should be '用 Keras'"),
        ("    * 盒子里的Keras列表", "'盒子里的Keras列表' should be '盒子里的 Keras 列表'"),
        ("| 甲 | 用Keras做 |", "'用Keras做' should be '用 Keras 做'"),
        ("title: 用Keras做", "'用Keras做' should be '用 Keras 做'"),
        ("![用Keras画的线](a.svg)", "should be '用 Keras 画的线'"),
        ("有 “引号” 的字。", "should be '有“引号”的字。'"),
        ("第１步", "'第１步' should be '第1步'"),
        ("先这样, 再那样。", "half-width punctuation"),
        ("先这样:再那样。", "half-width punctuation"),
        ("这叫(那叫) 什么。", "half-width punctuation"),
        ('说"好"。', "half-width punctuation"),
        ("就到这里.", "a Chinese full stop"),
        ("等等...", "a Chinese full stop"),
        ("完了。。", "a Chinese full stop"),
        ("**张量** 是数组。", "a space between Chinese characters"),
        ("先这样， 再那样。", "full-width punctuation"),
        ("用 `fit` 。", "full-width punctuation"),
        ("**张量**（tensor）是数组。", "full-width brackets; write 张量 (tensor)"),
        ("先这样—再那样。", "a Chinese dash"),
        ("他说“好。", "expected as many “ as ”"),
        ("（见下文。", "expected as many （ as ）"),
        ("见《张量。", "expected as many 《 as 》"),
        ("先算损失方程。", "'损失方程': expected '损失函数'"),
        ("这是张量积 (tensor)。", "(tensor): expected '张量'"),
        ("看[这里。](a.md)", "a link's text ends with punctuation"),
        ("看[这里](https://a.b/c。)", "a link ends with punctuation"),
        ("看 <https://a.b/c。>", "a link ends with punctuation"),
        ("看 https://a.b/c。", "a bare address"),
        ("**注意：**用它。", "'**注意：**用它。': is shown"),
        ("用**`fit`**训练", "in the notebook"),
        ("** 张量**是数组。", "in the site"),
    ],
)
def test_typographic_fault_in_chinese_is_reported(line: str, message: str) -> None:
    problems = list(typography.line_problems(line, "zh"))
    assert any(message in problem for problem in problems), problems


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("A tensor，an array.", "Chinese in an English sentence"),
        ("A 张量 is an array.", "Chinese in an English sentence"),
        ("An array (a tensor.", "expected as many ( as )"),
        ("He said “no.", "expected as many “ as ”"),
        ("An array , or two.", "a space before punctuation"),
        ("An array..", "or doubled punctuation"),
        ("See [this.](a.md)", "a link's text ends with punctuation"),
        ("See [this](https://a.b/c.)", "a link ends with punctuation"),
        ("See https://a.b/c.", "a bare address"),
        ("A ** tensor** is an array.", "in the site"),
    ],
)
def test_typographic_fault_in_english_is_reported(line: str, message: str) -> None:
    problems = list(typography.line_problems(line, "en"))
    assert any(message in problem for problem in problems), problems


@pytest.mark.parametrize(
    ("line", "language"),
    [
        ("**张量** (tensor) 有形状 `(2,3)`：`x.shape`，见[这里](a.md)。", "zh"),
        ("K. He、J. Sun，[Deep Residual Learning](https://a.b/c)，2015。", "zh"),
        ("记作 $a_{1,2}*b_2$，前者（$a$）不变。", "zh"),
        ("| `axis=-1` | 最后一个轴（默认） |", "zh"),
        ("## 用 `model.fit(x, y)` 训练 {#fit}", "zh"),
        ("A book in Chinese (简体中文), with ratios of 1 : 10 and `a * b`.", "en"),
    ],
)
def test_line_without_typographic_faults_has_no_problems(line: str, language: str) -> None:
    assert list(typography.line_problems(line, language)) == []


def test_problem_names_its_file_and_line(small: SmallHandbook, tmp_path: Path) -> None:
    lesson = small.lesson("a/adding", front="title: 加法", more="\n用Keras做。\n")
    lesson.page("en").write_text("Adding.\n")
    (tmp_path / "docs/labs").mkdir()
    (tmp_path / "docs/labs/b.py").write_text(
        '# ---\n# ---\n\n# %% [markdown] lang="zh"\n# 用Keras\n'
    )
    line = lesson.page("zh").read_text().splitlines().index("用Keras做。") + 1
    assert list(typography.text_problems(tmp_path)) == [
        f"docs/zh/a/adding.md:{line}: '用Keras做。' should be '用 Keras 做。'",
        "docs/labs/b.py:5: '用Keras' should be '用 Keras'",
    ]


def test_chinese_in_settings_and_hooks_is_checked(tmp_path: Path) -> None:
    (tmp_path / "docs/code").mkdir(parents=True)
    (tmp_path / "handbook").mkdir()
    (tmp_path / "docs/code/a.zh.yml").write_text("labels:\n  a: 用Keras做\n")
    (tmp_path / "mkdocs.zh.yml").write_text("site_name: 用Keras做\n")
    (tmp_path / "docs/index.html").write_text("<a>用Keras做</a>\n")
    (tmp_path / "handbook/words.py").write_text('"""No words."""\nWORDS = {"a": "用Keras做"}\n')
    found = [p.split(": ")[0] for p in typography.problems_elsewhere(tmp_path)]
    settings = ["mkdocs.zh.yml:1", "docs/index.html:1"]
    assert found == [*settings, "docs/code/a.zh.yml:2", "handbook/words.py:2"]


def test_chinese_words_of_the_glossary_are_unique() -> None:
    chinese = list(glossary.glossary().values())
    assert {word for word in chinese if chinese.count(word) > 1} == set()


def test_wrong_word_is_no_part_of_a_right_one() -> None:
    for wrong in glossary.wrong_words():
        assert not [right for right in glossary.glossary().values() if wrong in right], wrong


def made(text: str, language: str) -> str:
    extensions = [ArithmatexExtension(generic=True), Handbook(language=language), "attr_list"]
    return Markdown(extensions=extensions).convert(text)


@pytest.mark.parametrize(
    ("before", "after"),
    [("（", "），"), ("", "。"), ("“", "”："), ("(", ")."), ("", "-axis"), ("", "th,")],
)
def test_formula_does_not_break_from_adjacent_characters(before: str, after: str) -> None:
    formula = r'<span class="formula"><math>.*</math></span>'
    unbroken = rf'<span class="unbroken">{re.escape(before)}{formula}{re.escape(after)}</span>'
    whole = f"<p>a {unbroken}误差 b</p>"
    assert re.fullmatch(whole, made(f"a {before}$e${after}误差 b", "zh"))


@pytest.mark.slow
def test_emphasis_dots_are_only_under_chinese(chromium: Browser) -> None:
    text = "*用 bfloat16 训练*，*一个 `x`*"
    assert "lang=" not in made(text, "en")
    page = chromium.new_page()
    page.set_content(f'<html lang="zh"><div class="md-typeset">{made(text, "zh")}</div></html>')
    page.add_style_tag(path=ROOT / "docs/theme/assets/handbook.css")
    dots = "nodes => nodes.map(n => getComputedStyle(n).textEmphasisStyle)"
    assert page.locator("em").evaluate_all(dots) == ["dot", "dot"]
    assert page.locator("em *").evaluate_all(dots) == ["none", "none"]
    assert page.locator("em *").all_text_contents() == ["bfloat16", "x"]


@pytest.mark.slow
def test_punctuation_after_a_formula_begins_no_line(chromium: Browser) -> None:
    text = made("误差是$v_1$。<i>再</i>", "zh")
    page = chromium.new_page()
    page.set_content(f'<html lang="zh"><div class="md-typeset">{text}</div></html>')
    page.add_style_tag(path=ROOT / "docs/theme/assets/handbook.css")
    apart = """width => {
        document.querySelector("p").style.width = `${width}px`;
        const stop = document.createRange();
        stop.selectNodeContents(document.querySelector(".unbroken").lastChild);
        const formula = document.querySelector(".formula").getBoundingClientRect();
        return stop.getBoundingClientRect().left < formula.right - 1;
    }"""
    assert not [width for width in range(40, 120, 2) if page.evaluate(apart, width)]
