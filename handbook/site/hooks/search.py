"""Let Chinese words be found: cut as the glossary has them, and whole in a query.

The theme cuts the pages with jieba while the site is built. Its browser cuts a query by the
words of the index, but never looks up the end of the query: it sees
only 学习 of 学习率 (learning rate).
"""

import re
from typing import Any

from mkdocs.plugins import event_priority

from handbook.site.hooks.theme import patch
from handbook.site.unchanged import Unchanged
from handbook.stage import terms

API_BOOST = 0.5
WORKER = "assets/javascripts/workers/search.*.min.js"
FIXES = {  # the theme's own code, exclusive of the last character: inclusive
    "o=s+1;o<t.length;o++)t.slice(s,o)in e": "o=s+1;o<=t.length;o++)t.slice(s,o)in e",
    "n[a]&&a<t.length-1&&": "n[a]&&a<t.length&&",
}


# Two thirds of a page's tags, of which the theme's indexer keeps none: without them it takes a
# third of the time.
PLAIN = re.compile(
    r'<details class="curves".*?</details>|'
    r"</?(?:span|strong|em|img|m[a-z]+)\b(?![^>]*data-search)[^>]*>",
    re.DOTALL,
)


def on_page_markdown(markdown: str, page: Any, config: Any, files: Any) -> None:  # noqa: ARG001
    """Let lessons come before the long API pages, which name everything."""
    if page.file.src_uri.startswith("api/") and not isinstance(page, Unchanged):
        page.meta["search"] = {"boost": API_BOOST}


@event_priority(100)  # type: ignore[untyped-decorator] # before the theme reads the page
def on_page_context(context: Any, page: Any, config: Any, nav: Any) -> None:  # noqa: ARG001
    """Let the theme read a page without the tags that its index has not, and cut its Chinese."""
    if config.theme["language"] == "zh" and not isinstance(page, Unchanged):
        terms.add_words_to_jieba()
    context["whole"], page.content = page.content, PLAIN.sub("", page.content)


def on_post_build(config: Any) -> None:
    """Fix how the browser cuts a query."""
    patch(config, WORKER, FIXES, __file__)
