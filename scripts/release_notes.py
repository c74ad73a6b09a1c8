"""Print the changelog of a version, if tag, package and citation agree on the version."""

import argparse
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VERSION = re.compile(r'^__version__ = "(.+)"$', re.M)


class ReleaseError(RuntimeError):
    """A tag cannot be released; the message says what to do."""


def main() -> int:
    """Print the notes; return 1 if the versions do not agree."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tag", help="such as v0.2.0")
    try:
        print(notes(parser.parse_args().tag))
    except ReleaseError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def notes(tag: str, root: Path = ROOT) -> str:
    """Return the section of the changelog for a tag.

    Args:
        tag: ``v`` and the version.
        root: the checkout.

    Raises:
        ReleaseError: the tag is not that of the version, or the version has no dated section.
    """
    version = VERSION.findall((root / "tfnotes/_version.py").read_text(encoding="utf-8"))[0]
    if tag != f"v{version}":
        raise ReleaseError(
            f"expected tag v{version}, got {tag}; set tfnotes/_version.py and tag that commit"
        )
    changelog = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    section = rf"^## \[{re.escape(version)}\] - (\d{{4}}-\d\d-\d\d)\n+(.*?)(?=^## |\Z)"
    found = re.search(section, changelog, re.M | re.S)
    if not found:
        raise ReleaseError(
            f"expected a heading '## [{version}] - YYYY-MM-DD' in CHANGELOG.md, found none; "
            "add it with the date of the release"
        )
    cited = f"version: {version}\ndate-released: {found[1]}\n"
    if cited not in (root / "CITATION.cff").read_text(encoding="utf-8"):
        raise ReleaseError(f"expected in CITATION.cff:\n{cited}Set both as in CHANGELOG.md")
    return found[2].strip()


if __name__ == "__main__":
    sys.exit(main())
