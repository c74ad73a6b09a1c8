"""What the pages of a language are made from, as hashes: equal keys, equal pages."""

import json
import os
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from handbook.files import fingerprint, read_tree
from handbook.stage.book import CONFIGS, Book
from handbook.stage.inputs import MACHINERY

SHARED = (*MACHINERY, "docs/theme", *CONFIGS.values())  # what every page is made with


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
    api = fingerprint(read_tree(book.root, ("tfnotes",)))  # the docstrings
    pages = {
        address: fingerprint([(api if address.startswith("api/") else "", text.encode())])
        for address, text in texts.items()
    }
    nav = json.dumps([vars(entry) for entry in book.entries.values()])
    shared = [*read_tree(book.root, SHARED), (nav, b""), (environment(), b"")]
    return Keys(fingerprint(shared), pages, fingerprint(_others(staged)))


def _others(staged: Path) -> Iterator[tuple[str, bytes]]:
    """The staged files that are no pages: their times tell whether they have changed."""
    for path in sorted(staged.rglob("*")):
        if path.is_file() and path.suffix != ".md":
            yield f"{path.relative_to(staged)} {path.stat().st_mtime_ns}", b""


def environment() -> str:
    """The installed distributions, Python, and what the shell sets."""
    packages = Path(sysconfig.get_paths()["purelib"]).glob("*.dist-info")
    installed = sorted(path.name for path in packages)
    settings = {name: value for name, value in os.environ.items() if name.startswith("TFNOTES_")}
    return json.dumps([installed, sys.version, settings], sort_keys=True)
