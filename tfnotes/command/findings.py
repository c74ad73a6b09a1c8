"""Print the doctor's findings."""

import os
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path

from tfnotes import doctor

WIDTH = 80
LABELS = {"today": "today:", "instead": "write:", "page": "read: "}


def language_here() -> str:
    """Return the handbook language that matches this terminal.

    Returns:
        ``zh`` or ``en``.

    Examples:
        >>> language_here() in {"zh", "en"}
        True
    """
    asked = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return "zh" if (next(filter(None, asked), "")).startswith("zh") else "en"


def address(page: str, language: str) -> str:
    """Return the address of a handbook page.

    Args:
        page: a lesson as ``chapter/lesson``.
        language: ``zh`` or ``en``.

    Returns:
        The page's address below ``TFNOTES_SITE_EN`` or ``TFNOTES_SITE_ZH``, or its name
        if that environment variable is not set.

    Examples:
        >>> "keras/callbacks" in address("keras/callbacks", "zh")
        True
    """
    site = os.environ.get(f"TFNOTES_SITE_{language.upper()}")
    return f"{site.rstrip('/')}/{page}/" if site else f"the page {page} of the handbook"


def lines(found: Iterable[doctor.Finding], language: str) -> Iterator[str]:
    r"""Format findings; each form is explained at its first occurrence.

    Args:
        found: the findings of one file, from top to bottom.
        language: language of the pages, ``zh`` or ``en``.

    Yields:
        Lines; those of a finding begin with its place.

    Examples:
        >>> found = doctor.examine_source("import keras\nkeras.optimizers.SGD(lr=0.1)")
        >>> print(*list(lines(found, "en"))[:3], sep="\n")
        <text>:2: lr= of an optimizer
            today: ValueError: Argument(s) not recognized: {'lr': …}
            write: learning_rate=
    """
    first: dict[tuple[str, str, str], str] = {}
    for finding in found:
        text = (finding.form, finding.today, finding.instead)
        if text in first:
            yield f"{finding.place}: {finding.form} (as in {first[text]})"
            continue
        first[text] = finding.place.removeprefix(f"{finding.file}:")
        yield f"{finding.place}: {finding.form}"
        yield from _wrapped("today", finding.today)
        yield from _wrapped("instead", finding.instead)
        yield f"    {LABELS['page']} {address(finding.page, language)}"


def report(
    paths: Iterable[Path], language: str, complaints: list[str]
) -> Iterator[str]:
    """Examine files and folders, and format the findings.

    Args:
        paths: scripts, notebooks, and folders of them.
        language: language of the pages, ``zh`` or ``en``.
        complaints: receives one sentence for each file that cannot be read.

    Yields:
        The findings as text, then their count.

    Examples:
        >>> complaints = []
        >>> list(report([Path("none.py")], "en", complaints)), len(complaints)
        (['0 old forms in 0 files'], 1)
    """
    n_files, n_found = 0, 0
    for file in _inside(paths, complaints):
        try:
            found = doctor.examine(file)
        except (OSError, ValueError) as error:
            complaints.append(str(error))
            continue
        n_files, n_found = n_files + 1, n_found + len(found)
        yield from lines(found, language)
    yield f"{_counted(n_found, 'old form')} in {_counted(n_files, 'file')}"


def _inside(paths: Iterable[Path], complaints: list[str]) -> Iterator[Path]:
    for path in paths:
        inside = doctor.files(path)
        if not inside:
            complaints.append(f"expected .py or .ipynb files below {path}, found none")
        yield from inside


def _wrapped(label: str, text: str) -> list[str]:
    indent = " " * (len(LABELS[label]) + 5)
    return textwrap.wrap(
        f"{LABELS[label]} {text}",
        WIDTH,
        initial_indent="    ",
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _counted(n: int, thing: str) -> str:
    return f"{n} {thing}" if n == 1 else f"{n} {thing}s"
