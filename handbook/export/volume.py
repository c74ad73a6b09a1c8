"""The articles of a built site in the order of the nav, adapted for a book."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from bs4 import BeautifulSoup, Comment, Tag
from mkdocs.config import load_config

from handbook.export import appendix
from handbook.lesson.lessons import ROOT, all_lessons
from handbook.run import records
from handbook.stage.book import CONFIGS
from handbook.words import words

EXCLUDED = ("index", "api", "status")  # replaced by the cover; see `help()`; outdated in print
SCREEN_ONLY_TAGS = {
    "script",
    "style",
    "form",
    "button",
    "template",
    "nav",
    "iframe",
    "input",
    "dialog",
}
SCREEN_ONLY_CLASSES = {"headerlink", "md-button", "md-content__button", "curves"}
DARK = "#only-dark"
PLAIN = {"n", "o", "p", "w", "nn", "nb", "bp", "fm", "na", "vm"}
MATHML = "http://www.w3.org/1998/Math/MathML"


class ExportError(RuntimeError):
    """The book cannot be exported; the message says what to do."""


@dataclass(frozen=True)
class VolumePage:
    """A page of the book.

    Attributes:
        address: such as ``tensors/gradient-tape``.
        title: of its first heading.
        article: its content. Each id begins with that of the page, each link is an id of the
            book or a full URL, each image is a file on this machine.
    """

    address: str
    title: str
    article: Tag

    @property
    def id(self) -> str:
        """The anchor of the page."""
        return _id(self.address)


@dataclass(frozen=True)
class Chapter:
    """A chapter of the nav and its pages."""

    title: str
    pages: list[VolumePage]

    @property
    def id(self) -> str:
        """The anchor of the chapter."""
        return f"chapter-{dirname(self.pages[0].address)}"


@dataclass(frozen=True)
class Volume:
    """The book in one language.

    Attributes:
        language: ``zh`` or ``en``.
        title: of the site.
        license: the copyright line of the site.
        chapters: in the order of the nav.
        versions: of the libraries that printed the results, such as
            ``{"tensorflow": "2.21.0"}``.
        verified: the date of the newest result.
        assets: the folder of the site's math font.
    """

    language: str
    title: str
    license: str
    chapters: list[Chapter]
    versions: dict[str, str]
    verified: str
    assets: Path

    @property
    def pages(self) -> Iterator[VolumePage]:
        """Every page of every chapter."""
        for chapter in self.chapters:
            yield from chapter.pages


def read(
    site: Path, language: str, only: Collection[str] | None = None, root: Path = ROOT
) -> Volume:
    """Read one language of a built site.

    Args:
        site: the folder of the built site.
        language: ``zh`` or ``en``.
        only: the addresses of the pages to include, such as ``tensors/gradient-tape``; by
            default all but ``EXCLUDED``.
        root: the checkout.
    """
    config = load_config(str(root / CONFIGS[language]))
    folder = site / language
    wanted = contents(config.nav, only)
    book = {address for _, addresses in wanted for address in addresses}
    base = str(config.site_url)
    url = "" if urlsplit(base).hostname in {"127.0.0.1", "localhost"} else base
    chapters = [
        Chapter(title, [_page(folder, address, book, url) for address in addresses])
        for title, addresses in wanted
    ]
    return Volume(
        language=language,
        title=config.site_name,
        license=config.copyright,
        chapters=chapters,
        assets=folder / "assets",
        **_verified(root),
    )


def contents(nav: list[Any], only: Collection[str] | None = None) -> list[tuple[str, list[str]]]:
    """Return the title of each chapter and the addresses of its pages.

    Args:
        nav: of MkDocs' configuration.
        only: the addresses of the pages to include; by default all but ``EXCLUDED``.
    """
    found = [(title, _addresses(under, only)) for title, under in _chapters(nav)]
    return [(title, addresses) for title, addresses in found if addresses]


def _chapters(nav: list[Any]) -> Iterator[tuple[str, list[str]]]:
    for entry in nav:
        ((title, under),) = entry.items()
        yield (title, under) if isinstance(under, list) else ("", [under])


def _addresses(files: list[str], only: Collection[str] | None) -> list[str]:
    found = [file.rpartition(".")[0] for file in files]
    if only is None:
        return [address for address in found if address.split("/")[0] not in EXCLUDED]
    return [address for address in found if address in only]


def _verified(root: Path) -> dict[str, Any]:
    kept = [record for lesson in all_lessons(root) if (record := records.read(lesson))]
    newest = max(kept, key=lambda record: str(record["verified"]))
    names = ("tensorflow", "keras")
    return {
        "versions": {name: newest["versions"][name] for name in names},
        "verified": str(newest["verified"]),
    }


def _page(folder: Path, address: str, book: Collection[str], url: str) -> VolumePage:
    html = (folder / address / "index.html").read_text(encoding="utf-8")
    html = html[html.find("<article") : html.find("</article>")]  # the rest takes long to parse
    article = BeautifulSoup(html, "html.parser").article
    if article is None or article.h1 is None:
        raise ExportError(f"{folder / address}: expected an article with a heading, found none")
    for tag in article.find_all(_is_screen_only):
        tag.decompose()
    appendix.move(article, words(folder.name)["book"])
    _clean(article)
    _anchor(article, address)
    _rewrite_links(article, address, book, url, folder)
    title = article.h1.get_text().strip()
    return VolumePage(address, title, article)


def _is_screen_only(tag: Tag) -> bool:
    """Return whether a tag is of use on a screen only."""
    return (
        tag.name in SCREEN_ONLY_TAGS
        or tag.has_attr("hidden")
        or not SCREEN_ONLY_CLASSES.isdisjoint(tag.get_attribute_list("class"))
        or str(tag.get("src")).endswith(DARK)
        or (tag.name == "details" and tag.find_parent(class_="errata") is not None)
    )


def _clean(article: Tag) -> None:
    """Unfold the answers and remove what only a screen needs."""
    for folded in article.find_all("details"):
        folded.name = "div"
        folded["class"] = f"answer {' '.join(map(str, folded.get_attribute_list('class')))}"
        del folded["open"]
    for summary in article.find_all("summary"):
        summary.name = "p"
        summary["class"] = "admonition-title"
    _adapt_formulas(article)
    for token in article.find_all(_is_plain):
        token.unwrap()
    article.smooth()
    for comment in article.find_all(string=lambda text: isinstance(text, Comment)):
        comment.extract()
    for tag in article.find_all(True):
        for name in [name for name in tag.attrs if name.startswith("data-") or name == "tabindex"]:
            del tag[name]


def _is_plain(tag: Tag) -> bool:
    """Return whether a tag is a code token without a color; each would cost the PDF a tag."""
    kinds = tag.get_attribute_list("class")
    return tag.name == "span" and len(kinds) == 1 and kinds[0] in PLAIN


def _adapt_formulas(article: Tag) -> None:
    """Convert formulas to MathML 3, which EPUB requires."""
    for formula in article.find_all("math"):
        formula["xmlns"] = MATHML
    for table in article.find_all("mtable", scriptlevel=True):
        del table["scriptlevel"]
    for fraction in article.find_all("mfrac", displaystyle=True):
        fraction.wrap(Tag(name="mstyle", attrs={"displaystyle": fraction["displaystyle"]}))
        del fraction["displaystyle"]


def _anchor(article: Tag, address: str) -> None:
    for tag in article.find_all(id=True):
        tag["id"] = _id(address, str(tag["id"]))
    for tag in article.find_all("a", attrs={"name": True}):
        tag["id"] = _id(address, str(tag["name"]))
        del tag["name"]


def _rewrite_links(
    article: Tag, address: str, book: Collection[str], url: str, folder: Path
) -> None:
    """Rewrite links and images; links out of the book need the site's public address."""
    for link in article.find_all("a", href=True):
        if target := _link_target(str(link["href"]), address, book, url):
            link.attrs = {"href": target, **{k: v for k, v in link.attrs.items() if k == "id"}}
        else:
            link.unwrap()
    for image in article.find_all("img", src=True):
        path = unquote(urlsplit(str(image["src"])).path)
        image["src"] = str((folder / address / path).resolve())
        del image["loading"]


def _link_target(href: str, here: str, book: Collection[str], url: str) -> str:
    parts = urlsplit(href)
    if parts.scheme or parts.netloc:
        return href
    address = normpath(join(here, unquote(parts.path))).removesuffix("/index.html")
    if address in book:
        return f"#{_id(address, parts.fragment)}"
    return urljoin(f"{urljoin(url, here)}/", href) if url else ""


def _id(address: str, anchor: str = "") -> str:
    """Return an id that is unique in the book and valid in XML."""
    return re.sub(r"[^\w.-]", "-", address.replace("/", "--") + (anchor and f"--{anchor}"))
