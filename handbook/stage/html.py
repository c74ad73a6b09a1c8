"""HTML from the templates in ``templates``."""

import jinja2
from markupsafe import Markup

environment = jinja2.Environment(
    loader=jinja2.PackageLoader("handbook.stage"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=jinja2.StrictUndefined,
)


RAW = "<!--html-->"  # prefix of a line of raw HTML: see handbook.stage.markdown


def raw(html: str) -> str:
    """Return a line of HTML as a block of a staged page, also inside boxes and lists."""
    return RAW + html


def render(template: str, **values: object) -> str:
    """Render a template to one line; pass the result to ``raw`` to put it into a page."""
    text = environment.get_template(f"{template}.html").render(values)
    return "".join(line.strip() for line in text.split("\n"))


def kept(text: str) -> str:
    r"""Escape a text, line ends included, so that it fits on one line.

    Examples:
        >>> kept("a < b\nc")
        'a &lt; b&#10;c'
    """
    return str(jinja2.filters.do_forceescape(text)).replace("\n", "&#10;")


environment.filters["kept"] = lambda text: Markup(kept(text))  # noqa: S704  # escaped
