"""What the pages of a language are made from, as hashes: equal keys, equal pages."""

import json
import os
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from handbook.files import fingerprint
from handbook.stage.book import CONFIGS, Book

SHARED = (  # what every page is made with, beside its own text
    "docs/theme",
    "docs/glossary.yml",
    "handbook",
    "tfnotes/_version.py",
    *CONFIGS.values(),
)


@dataclass(frozen=True)
class Keys:
    """Hashes of what a language was made from.

    Attributes:
        shared: of what all its pages are made with.
        pages: of what each page is made from beside that, by address.
        files: of the files that are staged beside the pages.
    """

    shared: str = ""
    pages: Mapping[str, str] = field(default_factory=dict)
    files: str = ""

    def unchanged(self, before: "Keys") -> list[str]:
        """The pages that are made from the same as before."""
        if self.shared != before.shared:
            return []
        return [address for address, key in self.pages.items() if before.pages.get(address) == key]


def keys(book: Book, texts: Mapping[str, str], staged: Path) -> Keys:
    """What the pages of a book are made from.

    Args:
        book: in one language.
        texts: its staged pages by address.
        staged: the folder that they are in.
    """
    api = fingerprint(_files(book.root, ("tfnotes",)))  # the docstrings
    pages = {
        address: fingerprint([(api if address.startswith("api/") else "", text.encode())])
        for address, text in texts.items()
    }
    nav = json.dumps([vars(entry) for entry in book.entries.values()])
    settings = {name: value for name, value in os.environ.items() if name.startswith("TFNOTES_")}
    around = [nav, json.dumps(settings, sort_keys=True), *sorted(installed()), sys.version]
    shared = [*_files(book.root, SHARED), *((text, b"") for text in around)]
    return Keys(fingerprint(shared), pages, fingerprint(_others(staged)))


def _others(staged: Path) -> Iterator[tuple[str, bytes]]:
    """The staged files that are no pages: their times tell whether they have changed."""
    for path in sorted(staged.rglob("*")):
        if path.is_file() and path.suffix != ".md":
            yield f"{path.relative_to(staged)} {path.stat().st_mtime_ns}", b""


def installed() -> list[str]:
    """The installed distributions, with their versions."""
    return [path.name for path in Path(sysconfig.get_paths()["purelib"]).glob("*.dist-info")]


def _files(root: Path, names: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    for name in names:
        place = root / name
        for path in [place] if place.is_file() else sorted(place.rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                yield path.relative_to(root).as_posix(), path.read_bytes()
