"""The built site as one file: PDF, EPUB, or a zip file that opens from a disk."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from handbook.addresses import BOOK
from handbook.lesson.lessons import LANGUAGES


def export(kinds: Sequence[str], site: Path, folder: Path) -> Iterator[Path]:
    """Write the requested kinds of ``offline``, ``epub`` and ``pdf``, and yield their paths.

    Raises:
        NoBrowserError: a PDF needs a browser, and there is none.
        ExportError: the site cannot be exported; the message says why.
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
