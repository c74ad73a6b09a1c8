"""Mend what axe-core and the Nu checker report of the theme's own HTML."""

from typing import Any

LABELS = {"zh": "搜索", "en": "Search"}


def on_post_template(output: str, template_name: str, config: Any) -> str:
    """Mend pages that are only a template, such as 404.html."""
    return mended(output, config) if template_name.endswith(".html") else output


def on_post_page(output: str, page: Any, config: Any) -> str:  # noqa: ARG001
    """Mend a page."""
    return mended(output, config)


def mended(output: str, config: Any) -> str:
    """Name the search dialog; drop attributes that their elements do not have."""
    dialog = 'data-md-component="search" role="dialog"'
    label = LABELS[config.theme["language"]]
    output = output.replace(dialog, f'{dialog} aria-label="{label}"')
    output = output.replace('id="__drawer" autocomplete="off"', 'id="__drawer"')
    output = output.replace('id="__search" autocomplete="off"', 'id="__search"')
    return output.replace('tabindex=""', 'tabindex="0"')
