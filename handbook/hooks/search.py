"""Let Chinese words be found: cut as the glossary has them, and whole in a query.

The theme cuts the pages with jieba while the site is built. Its browser cuts a query by the
words of the index, but never looks up the end of the query: it sees
only 学习 of 学习率 (learning rate).
"""

import re
from typing import Any

import jieba

from handbook.hooks.theme import patch
from handbook.rules import HAN, glossary

API_BOOST = 0.5
WORKER = "assets/javascripts/workers/search.*.min.js"
MENDED = {  # the theme's own code, exclusive of the last character: inclusive
    "o=s+1;o<t.length;o++)t.slice(s,o)in e": "o=s+1;o<=t.length;o++)t.slice(s,o)in e",
    "n[a]&&a<t.length-1&&": "n[a]&&a<t.length&&",
}


def on_config(config: Any) -> None:  # noqa: ARG001
    """Teach jieba the glossary's words of three characters, as 学习率 (learning rate).

    Longer ones stay cut, so that 矩阵 (matrix) finds 混淆矩阵 (confusion matrix).
    """
    for word in glossary().values():
        if re.fullmatch(f"{HAN.pattern}{{3}}", word):
            jieba.add_word(word)


def on_page_markdown(markdown: str, page: Any, config: Any, files: Any) -> None:  # noqa: ARG001
    """Let lessons come before the long API pages, which name everything."""
    if page.file.src_uri.startswith("api/"):
        page.meta["search"] = {"boost": API_BOOST}


def on_post_build(config: Any) -> None:
    """Mend how the browser cuts a query."""
    patch(config, WORKER, MENDED, __file__)
