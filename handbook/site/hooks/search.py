"""Search: the rank of API pages, Chinese words of the glossary, a fix for segmented queries.

The theme segments the pages with jieba at build time. In the browser it segments a query by the
words of the index, but never looks up the end of the query: in 学习率 (learning rate) it finds only
the first two characters.
"""

import re
from typing import Any

from mkdocs.plugins import event_priority

from handbook.site.hooks.theme import patch
from handbook.site.unchanged import Unchanged
from handbook.stage import terms

API_BOOST = 0.5
WORKER = "assets/javascripts/workers/search.*.min.js"
FIXES = {  # code of the theme that excludes the last character: fixed code
    "o=s+1;o<t.length;o++)t.slice(s,o)in e": "o=s+1;o<=t.length;o++)t.slice(s,o)in e",
    "n[a]&&a<t.length-1&&": "n[a]&&a<t.length&&",
}
# Two thirds of a page's tags. The theme's indexer drops them all; without them it needs a third of
# the time.
PLAIN = re.compile(
    r'<details class="(?:curves|drawing)".*?</details>|'
    r"</?(?:span|strong|em|img|m[a-z]+)\b(?![^>]*data-search)[^>]*>",
    re.DOTALL,
)


def on_page_markdown(markdown: str, page: Any, config: Any, files: Any) -> None:  # noqa: ARG001
    """Rank lessons before the long API pages, which name everything."""
    if page.file.src_uri.startswith("api/") and not isinstance(page, Unchanged):
        page.meta["search"] = {"boost": API_BOOST}


@event_priority(100)  # type: ignore[untyped-decorator] # before the theme reads the page
def on_page_context(context: Any, page: Any, config: Any, nav: Any) -> None:  # noqa: ARG001
    """Hide tags from the theme's indexer, and add the glossary to jieba."""
    if config.theme["language"] == "zh" and not isinstance(page, Unchanged):
        terms.add_words_to_jieba()
    context["whole"], page.content = page.content, PLAIN.sub("", page.content)


def on_post_build(config: Any) -> None:
    """Fix the segmentation of queries in the browser."""
    patch(config, WORKER, FIXES, __file__)
