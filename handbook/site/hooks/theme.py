"""Fixes of the theme's HTML for problems that axe-core, the Nu checker and Lighthouse report."""

import logging
import re
from pathlib import Path
from typing import Any

from handbook.site.policy import protected
from handbook.site.unchanged import Unchanged
from handbook.words import words

API_STYLE = re.compile(r'^ *<link rel="stylesheet" href="[^"]*/_mkdocstrings\.css">\n *\n', re.M)
MAIN = "assets/stylesheets/main.*.min.css"
PALETTE = "assets/stylesheets/palette.*.min.css"
STYLES = "assets/styles.css"  # the first paint waits for one file, not for each
SHEET = re.compile(
    r'^ *<link rel="stylesheet" href="([^"]*)assets/'
    r"(?:stylesheets/(?:main|palette)\.|(?!_)[\w-]+\.css)[^>]*>\n",
    re.M,
)
SWITCHING = (  # set briefly on every page, which makes the browser restyle it twice
    "[data-md-color-switching] *,[data-md-color-switching] :after,"
    "[data-md-color-switching] :before{transition-duration:0s!important}"
)
log = logging.getLogger("mkdocs.hooks.theme")


def on_post_build(config: Any) -> None:
    """Join the style sheets, without the rule that disables transitions of the scheme."""
    patch(config, PALETTE, {SWITCHING: ""}, __file__)
    site = Path(config["site_dir"])
    own = [name for name in config["extra_css"] if "/_" not in name]  # not those of the API pages
    found = [path for name in (MAIN, PALETTE, *own) for path in site.glob(name)]
    sheets = [path.read_text(encoding="utf-8") for path in found]
    (site / STYLES).write_text("\n".join(sheets), encoding="utf-8")


def patch(config: Any, pattern: str, changes: dict[str, str], hook: str) -> None:
    """Patch files of the theme in the built site; warn if a file is not as expected.

    Args:
        config: MkDocs' configuration.
        pattern: the glob of the files.
        changes: the replacements, by the text that they replace.
        hook: the calling file, for the warning.
    """
    for path in Path(config["site_dir"]).glob(pattern):
        text = path.read_text(encoding="utf-8")
        for old, new in changes.items():
            if old not in text:
                where = f"handbook/site/hooks/{Path(hook).name}"
                log.warning("%s has no %r: the theme changed; see %s", path.name, old, where)
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")


def on_post_template(output: str, template_name: str, config: Any) -> str:
    """Fix pages that are only a template, such as 404.html, and add their policy."""
    return protected(fixed(output, config)) if template_name.endswith(".html") else output


def on_post_page(output: str, page: Any, config: Any) -> str:
    """Fix a page, and add its policy last, since the policy hashes the final page."""
    return output if isinstance(page, Unchanged) else protected(fixed(output, config))


def fixed(output: str, config: Any) -> str:
    """Label the search dialog; drop attributes and styles that a page does not need."""
    dialog = 'data-md-component="search" role="dialog"'
    label = words(config.theme["language"])["page"]["search"]
    output = output.replace(dialog, f'{dialog} aria-label="{label}"')
    output = output.replace('id="__drawer" autocomplete="off"', 'id="__drawer"')
    output = output.replace('id="__search" autocomplete="off"', 'id="__search"')
    if 'id="__toc"' not in output:  # the index page of a section has no toggle for its contents
        output = output.replace(' for="__toc"', "")
    if config.theme["language"] != "en":  # docstrings are English
        output = output.replace('class="doc doc-contents', 'lang="en" class="doc doc-contents')
        title = 'class="doc-section-title"'
        output = output.replace(title, f'lang="{config.theme["language"]}" {title}')
    output = _with_one_sheet(output)
    if 'class="doc ' not in output:
        output = API_STYLE.sub("", output)
    output = output.replace("<th></th>", "<td></td>")  # an empty corner cell is not a heading
    return output.replace('tabindex=""', 'tabindex="0"')


def _with_one_sheet(page: str) -> str:
    """Return the page with one link to the joined styles."""
    found = SHEET.findall(page)
    if len(found) < 3:
        log.warning("expected the theme's style sheets and ours in a page, found %d", len(found))
        return page
    link = f'<link rel="stylesheet" href="{found[0]}{STYLES}">\n'
    head, *others = SHEET.split(page)[::2]
    return head + link + "".join(others)
