"""HTML of our own, from the templates beside this file."""

import jinja2
from markupsafe import Markup

environment = jinja2.Environment(
    loader=jinja2.PackageLoader("handbook.stage"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=jinja2.StrictUndefined,
)


RAW = "<!--html-->"  # begins a line that Markdown leaves as it is: see handbook.stage.markdown


def raw(html: str) -> str:
    """A line of HTML as a block of a staged page, also inside boxes and lists."""
    return RAW + html


def render(template: str, **values: object) -> str:
    """A template, on one line; see ``raw`` for what a page does with it."""
    text = environment.get_template(f"{template}.html").render(values)
    return "".join(line.strip() for line in text.split("\n"))


def kept(text: str) -> str:
    r"""Escaped text whose line ends are kept on one line.

    Examples:
        >>> kept("a < b\nc")
        'a &lt; b&#10;c'
    """
    return str(jinja2.filters.do_forceescape(text)).replace("\n", "&#10;")


environment.filters["kept"] = lambda text: Markup(kept(text))  # noqa: S704  # escaped
