"""The glossary's terms are marked in the prose."""

import re

import pytest

from handbook.stage import terms

pytestmark = pytest.mark.usefixtures("own_jieba")


def names(content: str, language: str) -> dict[str, str]:
    """The marked terms and their other names; the text itself must stay."""
    made = terms.marked(content, language)
    found = r'<span class="term" tabindex="0" data-term="([^"]+)">([^<]+)</span>'
    assert re.sub(found, r"\2", made) == content
    return {text: name for name, text in re.findall(found, made)}


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        ("<p>Two tensors, one\nlearning\nrate</p>",
         {"tensors": "张量", "learning\nrate": "学习率"}),
        ("<p>Batch normalization of a batch</p>",
         {"Batch normalization": "批归一化", "batch": "批次"}),
        ("<p>Biases, decision boundaries</p>",
         {"Biases": "偏置", "decision boundaries": "决策边界"}),
        ("<p>A subtensor, a tensor-like thing</p>", {}),
        ("<p>in this class the fit is bad</p>", {}),
        ('<h2>Tensor</h2><pre>loss</pre><a href="#">gradient</a><code>bias</code>', {}),
        ('<p class="admonition-title">Careful: loss</p><p>a loss</p>', {"loss": "损失"}),
        ('<div class="python highlight"><pre><span>loss</span></pre></div>', {}),
        ('<span class="formula"><math><mi>loss</mi></math></span> tensor', {"tensor": "张量"}),
        ("<details><summary>loss</summary><p>vector</p></details>", {"vector": "向量"}),
    ],
)  # fmt: skip
def test_english_terms_have_their_chinese_name(content: str, wanted: dict[str, str]) -> None:
    assert names(content, "en") == wanted


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        ("<p>梯度下降与学习率</p>", {"梯度下降": "gradient descent", "学习率": "learning rate"}),
        ("<p>雅可比矩阵</p>", {"雅可比矩阵": "Jacobian"}),
        ("<p>一种方法，这一步，门</p>", {}),
        ("<p><strong>张量</strong> (tensor) 是张量</p>", {}),
        ("<p>K 折交叉验证</p>", {"K 折交叉验证": "K-fold cross-validation"}),
        ("<p>数据类型</p>", {"数据类型": "dtype"}),
    ],
)
def test_chinese_terms_have_their_english_name(content: str, wanted: dict[str, str]) -> None:
    assert names(content, "zh") == wanted


def test_term_is_marked_once_per_section() -> None:
    made = terms.marked("<p>A tensor, a tensor.</p><h2>Next</h2><p>A tensor</p>", "en")
    assert made.count("data-term") == 2
    assert made.startswith(
        '<p>A <span class="term" tabindex="0" data-term="张量">tensor</span>, a t'
    )


def test_chinese_term_is_marked_only_as_a_whole_word() -> None:
    assert names("<p>方向量化</p>", "zh") == {}  # 方向 and 量化, not 向量
    assert names("<p>方向，向量</p>", "zh") == {"向量": "vector"}
