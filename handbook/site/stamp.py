"""What a site was made from, kept beside it: what is still the same is not made again.

The stamp holds a hash of all sources, a hash of what was made, and what each page was made from.
When in doubt, rebuild.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from itertools import chain
from pathlib import Path

from handbook.files import fingerprint, replace
from handbook.lesson.lessons import ROOT
from handbook.site.keys import Keys, environment

MADE = ("site", "build")  # at the root, and what begins with a dot
NOT_OURS = {"__pycache__", "node_modules"}


@dataclass(frozen=True)
class Stamp:
    """What is kept of a build; empty where nothing is, or where it is not of this site.

    Attributes:
        sources: a hash of all that the site was made from.
        site: a hash of what was made.
        languages: what the pages of each language were made from.
    """

    sources: str = ""
    site: str = ""
    languages: Mapping[str, Keys] = field(default_factory=dict)


def path(site: Path) -> Path:
    """Where the stamp of a site is."""
    return site.with_name(f".{site.name}.json")


def sources(root: Path = ROOT) -> str:
    """A hash of the checkout and of what is around it."""
    files = ((path.relative_to(root).as_posix(), path.read_bytes()) for path in _files(root))
    return fingerprint(chain(files, [(environment(), b"")]))


def read(site: Path) -> Stamp:
    """The stamp of a site, if the site is as it was made."""
    try:
        kept = json.loads(path(site).read_text(encoding="utf-8"))
        languages = {name: Keys(**keys) for name, keys in kept["languages"].items()}
        found = Stamp(kept["sources"], kept["site"], languages)
    except (OSError, ValueError, TypeError, KeyError):
        return Stamp()
    return found if found.site == _state(site) else Stamp()


def keep(site: Path, made_from: str, languages: Mapping[str, Keys]) -> None:
    """Remember what a site was made from."""
    replace(path(site), json.dumps(asdict(Stamp(made_from, _state(site), languages))))


def _state(site: Path) -> str:
    lines = []
    for entry in sorted(site.rglob("*")):
        stat = entry.stat()
        if not entry.is_dir():
            lines.append(f"{entry.relative_to(site)} {stat.st_size} {stat.st_mtime_ns}")
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _files(root: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(root):
        left_out = NOT_OURS | ({*MADE} if Path(folder) == root else set())
        folders[:] = sorted(n for n in folders if n not in left_out and not n.startswith("."))
        yield from (Path(folder, name) for name in sorted(names) if not name.startswith("."))
