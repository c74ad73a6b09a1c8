"""Put the lesson's row under its first paragraph: downloads, versions, time, hardware."""

import html
import re
from typing import Any

from handbook import addresses, status
from handbook.hooks import lesson_of
from handbook.lessons import Lesson

WORDS = {
    "en": {
        "notebook": "Notebook",
        "script": "Script",
        "colab": "Open in Colab",
        "verified": "Verified with TensorFlow {tensorflow}, Keras {keras}{python} on {date}",
        "python": ", Python {}",
        "tolerance": "numbers agree within {:g} %",
        "minutes": "{} minutes",
    },
    "zh": {
        "notebook": "笔记本",
        "script": "脚本",
        "colab": "在 Colab 中打开",
        "verified": "已用 TensorFlow {tensorflow}、Keras {keras}{python} 验证，{date}",
        "python": "、Python {}",
        "tolerance": "数值误差不超过 {:g}%",
        "minutes": "{} 分钟",
    },
}


def on_page_content(content: str, page: Any, config: Any, files: Any) -> str:  # noqa: ARG001
    """Add the row to the pages of lessons and labs."""
    lesson = lesson_of(page, config)
    if not lesson.code.exists():
        return content
    language = config.theme["language"]
    opened = addresses.colab(config.repo_url, language, lesson.address)
    row = lesson_row(lesson, language, "../" * page.url.count("/"), opened)
    head, end, rest = content.partition("</h1>")
    return head + end + re.sub(r"</p>", lambda m: m[0] + row, rest, count=1)


def lesson_row(lesson: Lesson, language: str, up: str, opened: str = "") -> str:
    """The row as HTML.

    Args:
        lesson: the lesson of the page.
        language: of the page.
        up: the relative way from the page to the root of its language.
        opened: where Colab shows the notebook, if it can.
    """
    words, claim = WORDS[language], status.claim(lesson)
    settings = lesson.settings
    facts = [words["minutes"].format(settings.minutes), str(settings.hardware)]
    if claim:
        python = words["python"].format(claim["python"]) if "python" in claim else ""
        facts.append(words["verified"].format(**claim | {"python": python}))
    if settings.tolerance:
        facts.append(words["tolerance"].format(100 * settings.tolerance))
    saved = lesson.address.replace("/", "-")  # tensorboard.py would hide the package
    links = "".join(
        f'<a class="md-button" href="{up}downloads/{lesson.address}{suffix}" '
        f'download="{saved}{suffix}">{words[name]} <code>{suffix}</code></a>'
        for name, suffix in (("notebook", ".ipynb"), ("script", ".py"))
    )
    if opened:
        links += f'<a class="md-button" href="{opened}">{words["colab"]}</a>'
    said = f"{links}<span>{html.escape(' · '.join(facts))}</span>"
    return f'<p class="lesson-row" data-search-exclude>{said}</p>'
