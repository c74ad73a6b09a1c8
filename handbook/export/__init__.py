"""The built site as a book of one file: PDF to print, EPUB to carry, a zip to read from a disk."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from handbook.addresses import BOOK
from handbook.lesson.lessons import LANGUAGES


def made(kinds: Sequence[str], site: Path, folder: Path) -> Iterator[Path]:
    """Make each of ``offline``, ``epub`` and ``pdf`` that is asked for, and give its file.

    Raises:
        NoBrowserError: a PDF is asked for, and there is no browser.
        PaperError: the site is not as the books expect it.
    """
    from handbook.browser import browser
    from handbook.export import epub, offline, pdf, volume

    if "offline" in kinds:
        offline.pack(site, target := folder / f"{BOOK}-offline.zip")
        yield target
    for language in LANGUAGES if {"pdf", "epub"} & {*kinds} else ():
        whole = volume.read(site, language)
        if "epub" in kinds:
            epub.write(whole, target := folder / f"{BOOK}-{language}.epub")
            yield target
        if "pdf" in kinds:
            with browser() as chromium:
                pdf.write(whole, target := folder / f"{BOOK}-{language}.pdf", chromium)
            yield target
