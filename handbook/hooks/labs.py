"""Fit the pages of mkdocs-jupyter into the site: anchors, and its styles only once."""

import re
from pathlib import Path
from typing import Any

HEADING = re.compile(
    r'<h(?P<level>[1-6]) id="[^"]*">(?P<title>.*?) \{#(?P<anchor>[\w-]+)\}'
    r'<a class="anchor-link".*?</a></h\1>'
)
ANCHOR = re.compile(r"^(?P<title>.*?) \{#(?P<anchor>[\w-]+)\}$")
LARGE = 5000  # characters; the notebook's own styles, not a few rules of a cell
styles: list[str] = []


def on_page_content(content: str, page: Any, config: Any, files: Any) -> str:  # noqa: ARG001
    """Give headings the anchors that they name, in the text and in the contents."""
    if "jupyter-wrapper" not in content:
        return content
    for item in _all(page.toc):
        if match := ANCHOR.match(item.title):
            item.title, item.id = match["title"], match["anchor"]
    page.title = ANCHOR.sub(r"\g<title>", page.title)
    link = '<a class="headerlink" href="#{0}">¶</a>'
    return HEADING.sub(
        lambda m: f'<h{m[1]} id="{m["anchor"]}">{m["title"]}{link.format(m["anchor"])}</h{m[1]}>',
        content,
    )


def _all(toc: Any) -> Any:
    for item in toc:
        yield item
        yield from _all(item.children)


def on_post_page(output: str, page: Any, config: Any) -> str:  # noqa: ARG001
    """Move the notebook's styles, the same on every page, into one file."""
    if "jupyter-wrapper" not in output:
        return output

    def move(match: re.Match[str]) -> str:
        if len(match[1]) < LARGE:
            return match[0]
        if match[1] not in styles:
            styles.append(match[1])
        return ""

    output = re.sub(r"<style[^>]*>(.*?)</style>", move, output, flags=re.DOTALL)
    up = "../" * page.url.count("/")
    return output.replace(
        "</head>", f'<link rel="stylesheet" href="{up}assets/notebook.css"></head>', 1
    )


def on_post_build(config: Any) -> None:
    """Write the moved styles."""
    if styles:
        Path(config.site_dir, "assets/notebook.css").write_text("\n".join(styles), encoding="utf-8")
        styles.clear()
