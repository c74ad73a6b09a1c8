"""The order, chapters, titles and addresses of the pages."""

import functools
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mkdocs.utils.yaml import yaml_load

from handbook.lesson.lessons import Lesson
from handbook.lesson.pages import Page
from handbook.words import words

CONFIGS = {"en": "mkdocs.yml", "zh": "mkdocs.zh.yml"}


@dataclass(frozen=True)
class Entry:
    """A page of the book.

    Attributes:
        address: ``chapter/lesson``, or the name of a page outside the chapters.
        chapter: the title of its chapter; empty for a page outside the chapters.
        title: of the page.
    """

    address: str
    chapter: str
    title: str


class Book:
    """The book in one language, as MkDocs' configuration describes it.

    Args:
        root: the checkout.
        language: ``zh`` or ``en``.
    """

    def __init__(self, root: Path, language: str) -> None:
        self.root, self.language, self.words = root, language, words(language)
        with (root / CONFIGS[language]).open(encoding="utf-8") as file:
            self.config: dict[str, Any] = yaml_load(file)
        self.site_url: str = self.config["site_url"]
        self.repo_url: str = self.config["repo_url"] or ""

    @functools.cached_property
    def entries(self) -> dict[str, Entry]:
        """The pages by their address, in the order of the nav."""
        found = {}
        for item in self.config["nav"]:
            ((title, pages),) = item.items() if isinstance(item, dict) else (("", item),)
            single = isinstance(pages, str)
            for name in [pages] if single else pages:
                address = name.removesuffix(".md")
                own = title if single and title else self.page(address).title
                found[address] = Entry(address, "" if single else title, own)
        return found

    @property
    def lessons(self) -> list[Lesson]:
        """The lessons and labs, in the order of the nav."""
        found = (Lesson(self.root, address) for address in self.entries)
        return [lesson for lesson in found if lesson.code.exists()]

    def page(self, address: str) -> Page:
        """Return a page, or a lab in this language."""
        return Page.of(Lesson(self.root, address), self.language)


def url(address: str) -> str:
    """Return the URL of a page, relative to the root of its language.

    Examples:
        >>> url("tensors/gradient-tape"), url("api/index"), url("index")
        ('tensors/gradient-tape/', 'api/', '')
    """
    return re.sub(r"(^|/)index/$", r"\1", f"{address}/")


def up(address: str) -> str:
    """Return the relative path from a page to the root of its language.

    Examples:
        >>> up("tensors/gradient-tape"), up("index")
        ('../../', './')
    """
    return "../" * url(address).count("/") or "./"
