"""Show the pages of mkdocs-jupyter as any other page: its text, code and printed results.

The plugin wraps them in a notebook's own page, with scripts, half a megabyte of styles, and
colours that do not follow the site's; nothing of that is kept.
"""

import logging
import re
from typing import Any

from bs4 import BeautifulSoup, Tag

HEADING = re.compile(
    r'<h(?P<level>[1-6]) id="[^"]*">(?P<title>.*?) \{#(?P<anchor>[\w-]+)\}'
    r'<a class="anchor-link".*?</a></h\1>'
)
ANCHOR = re.compile(r"^(?P<title>.*?) \{#(?P<anchor>[\w-]+)\}$")
PARTS = ".jp-MarkdownOutput, .highlight-ipynb, .jp-OutputArea-output"
CODE = '<div class="{}"><pre><span></span><code>{}</code></pre></div>'
log = logging.getLogger("mkdocs.hooks.labs")


def on_page_content(content: str, page: Any, config: Any, files: Any) -> str:  # noqa: ARG001
    """Unwrap a lab; give headings the anchors that they name, in the text and the contents."""
    if "jupyter-wrapper" not in content:
        return content
    for item in _all(page.toc):
        if match := ANCHOR.match(item.title):
            item.title, item.id = match["title"], match["anchor"]
    page.title = ANCHOR.sub(r"\g<title>", page.title)
    parts = BeautifulSoup(content, "html.parser").select(PARTS)
    plain = "\n".join(_plain(part, page.file.src_uri) for part in parts)
    link = '<a class="headerlink" href="#{0}">¶</a>'
    return HEADING.sub(
        lambda m: f'<h{m[1]} id="{m["anchor"]}">{m["title"]}{link.format(m["anchor"])}</h{m[1]}>',
        plain,
    )


def _all(toc: Any) -> Any:
    for item in toc:
        yield item
        yield from _all(item.children)


def _plain(part: Tag, name: str) -> str:
    kinds = part["class"]
    if "jp-MarkdownOutput" in kinds:
        for block in part.select("div.highlight"):
            block.replace_with(BeautifulSoup(_code("highlight", block), "html.parser"))
        return part.decode_contents(formatter="html5")
    if part.pre is None or not {"highlight-ipynb", "jp-RenderedText"} & {*kinds}:
        log.warning("%s: expected printed text, got a result %s", name, part["data-mime-type"])
        return str(part)
    look = (
        "language-python highlight" if "highlight-ipynb" in kinds else "highlight no-copy printed"
    )
    return _code(look, part)


def _code(look: str, part: Tag) -> str:
    """The code of a part, in the theme's own elements: they scroll by themselves."""
    assert part.pre is not None  # noqa: S101  # both callers looked
    text = part.pre.decode_contents(formatter="html5").removeprefix("<span></span>")
    return CODE.format(look, text)
