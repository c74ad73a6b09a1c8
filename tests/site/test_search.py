"""The search of the site: typical queries find their lesson."""

from pathlib import Path

import jieba
import pytest
from playwright.sync_api import Page, expect

from handbook.lesson.lessons import LANGUAGES
from handbook.site.hooks import search
from handbook.stage import terms

TIMEOUT = 60_000  # milliseconds until the index has loaded, on a busy machine
FIRST = 3  # the lesson must be among so many results
LESSON = "tensors/gradient-tape/"
QUERIES = {
    "en": {
        "install gpu": "start/install/",
        "first model": "start/first-model/",
        "tf_keras": "start/keras-and-tf-keras/",
        "GradientTape": LESSON,
        "stop_gradient": "tensors/steering-gradients/",
        "retracing": "tensors/tf-function/",
        "Graph execution error": "tensors/eager-and-graph/",
        "learning rate": "foundations/learning-rate-and-optimizers/",
        "overfitting": "foundations/underfitting-and-overfitting/",
        "cross-validation": "foundations/model-selection/",
        "loss is nan": "foundations/numerical-stability/",
        "regulariz": "foundations/weight-decay/",
        "from_logits": "foundations/losses/",
        "mini-batch": "foundations/linear-regression-from-scratch/",
        "validation_split": "keras/training-with-fit/",
        "model.fit": "keras/training-with-fit/",
        "EarlyStopping": "keras/callbacks/",
        "save model .keras": "keras/saving-and-loading/",
        "tf.data prefetch": "keras/input-pipelines/",
        "train_step": "keras/custom-training-loop/",
        "resnet": "architectures/residual-networks/",
        "fine-tuning": "architectures/transfer-learning/",
        "multi-GPU": "scale/distribution-strategies/",
        "out of memory": "scale/devices/",
        "mixed_float16": "scale/mixed-precision/",
        "confusion matrix": "labs/image-classifier/",
        "house prices": "labs/house-prices/",
        "module has no attribute 'placeholder'": "migration/errata/",
        "unrecognized keyword argument lr": "migration/keras-2-to-3/",
        "tfnotes launch": "api/command/",
    },
    "zh": {
        "安装 GPU": "start/install/",
        "第一个模型": "start/first-model/",
        "张量": "tensors/tensors/",
        "矩阵": "tensors/operations/",
        "GradientTape 求导": LESSON,
        "梯度": LESSON,
        "重新追踪": "tensors/tf-function/",
        "计算图": "tensors/eager-and-graph/",
        "学习率": "foundations/learning-rate-and-optimizers/",
        "过拟合": "foundations/underfitting-and-overfitting/",
        "欠拟": "foundations/underfitting-and-overfitting/",
        "交叉验证": "foundations/model-selection/",
        "损失 nan": "foundations/numerical-stability/",
        "梯度消失": "foundations/numerical-stability/",
        "线性回归": "foundations/linear-regression-from-scratch/",
        "反向传播": "foundations/backpropagation/",
        "validation_split 验证集": "keras/training-with-fit/",
        "model.fit 警告": "keras/training-with-fit/",
        "早停": "keras/callbacks/",
        "加载模型": "keras/saving-and-loading/",
        "tf.data 预取": "keras/input-pipelines/",
        "超参数": "keras/hyperparameter-search/",
        "归一化": "architectures/batch-normalization/",
        "LSTM 循环神经": "architectures/recurrent-networks/",
        "多卡 MirroredStrategy": "scale/distribution-strategies/",
        "显存不足": "scale/devices/",
        "混淆矩阵": "labs/image-classifier/",
        "数据增强": "labs/vgg-small/",
        "placeholder 会话": "migration/tensorflow-1-to-2/",
        "tfnotes.plots": "api/plots/",
    },
}


def found(page: Page, query: str) -> list[str]:
    """The pages of the first results, as their addresses under the language."""
    field, items = page.locator("input.md-search__input"), page.locator(".md-search-result__item")
    for text in ("zzqqxx", query):  # the first query finds nothing, so that no old result is read
        field.fill(text)
        field.press("End")  # the theme listens to keys, as an input method gives them
        expect(items.first).to_be_visible(visible=text == query, timeout=TIMEOUT)
    links = items.evaluate_all("items => items.map((item) => item.querySelector('a').pathname)")
    return [link.split("/", 2)[2] for link in links[:FIRST]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_query_finds_its_lesson(page: Page, address: str, language: str) -> None:
    page.goto(f"{address}/{language}/", wait_until="networkidle")
    page.locator("input.md-search__input").click()
    answers = {query: found(page, query) for query in QUERIES[language]}
    missed = {
        q: (answers[q], lesson)
        for q, lesson in QUERIES[language].items()
        if lesson not in answers[q]
    }
    assert missed == {}
    assert len(answers) == 30


@pytest.mark.usefixtures("own_jieba")
def test_three_character_glossary_words_are_not_segmented() -> None:
    terms.add_words_to_jieba()
    assert jieba.lcut("学习率太大会过拟合") == ["学习率", "太", "大会", "过拟合"]
    assert jieba.lcut("混淆矩阵") == ["混淆", "矩阵"]


def test_search_index_keeps_the_text_of_formulas(page: Page, address: str) -> None:
    index = page.request.get(f"{address}/en/search/search_index.json").json()
    texts = {doc["location"]: doc["text"] for doc in index["docs"]}
    assert "<p>Row i of the matrix belongs to yi. Add" in texts[f"{LESSON}#jacobian"]
    assert "⊤" not in texts[f"{LESSON}#idea"]  # a display formula is left out of the index


def test_theme_change_is_reported(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    worker = tmp_path / search.WORKER.replace("*", "1")
    worker.parent.mkdir(parents=True)
    worker.write_text("of another version")
    search.on_post_build({"site_dir": str(tmp_path)})
    assert len(caplog.records) == len(search.FIXES)
    assert "the theme changed" in caplog.text


def test_search_index_loads_on_focus(page: Page, address: str) -> None:
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url.rpartition("/")[2]))
    page.goto(f"{address}/en/{LESSON}", wait_until="networkidle")
    assert "search_index.json" not in requests
    with page.expect_response("**/search_index.json"):
        page.keyboard.press("/")
    page.wait_for_load_state("networkidle")
    assert requests.count("search_index.json") == 1
    requests.clear()
    page.goto(f"{address}/en/{LESSON}?q=gradient", wait_until="networkidle")
    assert "search_index.json" in requests
    page.locator(".md-search-result__item").first.wait_for()  # a worker searches in the background
