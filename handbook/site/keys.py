"""Cache keys: hashes of the inputs of the pages of a language."""

import json
import os
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from handbook.files import fingerprint, read_tree
from handbook.stage.api import CHINESE
from handbook.stage.book import CONFIGS, Book
from handbook.stage.inputs import MACHINERY

SHARED = (*MACHINERY, "docs/theme", *CONFIGS.values())  # inputs of every page


@dataclass(frozen=True)
class Keys:
    """Hashes of the inputs of a language.

    Attributes:
        shared: of the inputs of all pages.
        pages: of the other inputs of each page, by address.
        files: of the staged files other than pages.
    """

    shared: str = ""
    pages: Mapping[str, str] = field(default_factory=dict)
    files: str = ""

    def unchanged(self, before: "Keys") -> list[str]:
        """Return the addresses of the pages whose keys are those of an earlier build."""
        if self.shared != before.shared:
            return []
        return [address for address, key in self.pages.items() if before.pages.get(address) == key]


def keys(book: Book, texts: Mapping[str, str], staged: Path) -> Keys:
    """Return the keys of a book.

    Args:
        book: in one language.
        texts: its staged pages by address.
        staged: the folder of the staged files.
    """
    api = fingerprint(read_tree(book.root, ("tfnotes", CHINESE)))  # the docstrings
    pages = {
        address: fingerprint([(api if address.startswith("api/") else "", text.encode())])
        for address, text in texts.items()
    }
    nav = json.dumps([vars(entry) for entry in book.entries.values()])
    shared = [*read_tree(book.root, SHARED), (nav, b""), (environment(), b"")]
    return Keys(fingerprint(shared), pages, fingerprint(_others(staged)))


def _others(staged: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the staged files other than pages, with their modification times."""
    for path in sorted(staged.rglob("*")):
        if path.is_file() and path.suffix != ".md":
            yield f"{path.relative_to(staged)} {path.stat().st_mtime_ns}", b""


def environment() -> str:
    """Return the installed distributions, the Python version and the environment variables."""
    packages = Path(sysconfig.get_paths()["purelib"]).glob("*.dist-info")
    installed = sorted(path.name for path in packages)
    settings = {name: value for name, value in os.environ.items() if name.startswith("TFNOTES_")}
    return json.dumps([installed, sys.version, settings], sort_keys=True)
