"""A page that is unchanged since the last build: MkDocs lists it but does not render it."""

from typing import Any

from markupsafe import Markup
from mkdocs.structure.files import File
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import TableOfContents

TEMPLATE = "unchanged.html"


class Unchanged(Page):  # type: ignore[misc]
    """A page of the nav whose HTML is that of the last build.

    Args:
        title: of the page.
        file: MkDocs' file of the page.
        config: MkDocs' configuration.
        html: the complete page.
    """

    def __init__(self, title: str, file: File, config: Any, html: str) -> None:
        super().__init__(title, file, config)
        self.html = Markup(html)  # noqa: S704  # from our own build

    def read_source(self, config: Any) -> None:  # noqa: ARG002
        """Read nothing."""
        self.markdown, self.meta = "", {"template": TEMPLATE, "search": {"exclude": True}}

    def render(self, config: Any, files: Any) -> None:  # noqa: ARG002
        """Render nothing."""
        self.content, self.toc = "", TableOfContents([])
