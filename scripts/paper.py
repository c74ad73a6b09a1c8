"""Make of site/ what is read without it: PDF, EPUB, and a zip to open from a disk."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from handbook import offline
from handbook.browser import NoBrowserError, browser
from handbook.lessons import LANGUAGES, ROOT
from handbook.paper import book, epub, pdf
from handbook.paper.words import NAME


def main() -> int:
    """Make what is asked for; say what was made, or in one sentence why not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kinds", nargs="+", choices=["pdf", "epub", "offline"])
    kinds = parser.parse_args().kinds
    if not (ROOT / "site/index.html").exists():
        print("site/ is not there; build it first: make site", file=sys.stderr)
        return 1
    try:
        for path in made(kinds, ROOT / "site", ROOT / "build"):
            print(f"{path.relative_to(ROOT)}: {path.stat().st_size / 1e6:.1f} MB")
    except (NoBrowserError, book.PaperError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def made(kinds: list[str], site: Path, folder: Path) -> Iterator[Path]:
    """Make each kind and give its file."""
    if "offline" in kinds:
        offline.pack(site, target := folder / f"{NAME}-offline.zip")
        yield target
    for language in LANGUAGES if {"pdf", "epub"} & {*kinds} else ():
        whole = book.read(site, language)
        if "epub" in kinds:
            epub.write(whole, target := folder / f"{NAME}-{language}.epub")
            yield target
        if "pdf" in kinds:
            with browser() as chromium:
                pdf.write(whole, target := folder / f"{NAME}-{language}.pdf", chromium)
            yield target


if __name__ == "__main__":
    sys.exit(main())
