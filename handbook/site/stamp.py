"""The stamp of a site, stored next to it: the cache keys of the last build.

The stamp holds a hash of all sources, a hash of the site, and the keys of each page. When in
doubt, rebuild.
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

OUTPUTS = ("site", "build")  # at the root; dotfiles are excluded too
EXCLUDED = {"__pycache__", "node_modules"}


@dataclass(frozen=True)
class Stamp:
    """The stamp of a build; empty if there is none, or if the site has changed since.

    Attributes:
        sources: a hash of all sources.
        site: a hash of the built files.
        languages: the keys of each language.
    """

    sources: str = ""
    site: str = ""
    languages: Mapping[str, Keys] = field(default_factory=dict)


def path(site: Path) -> Path:
    """Return the file of a site's stamp."""
    return site.with_name(f".{site.name}.json")


def sources(root: Path = ROOT) -> str:
    """Return a hash of the checkout and of its environment."""
    files = ((path.relative_to(root).as_posix(), path.read_bytes()) for path in _files(root))
    return fingerprint(chain(files, [(environment(), b"")]))


def read(site: Path) -> Stamp:
    """Return the stamp of a site; empty if the site has changed since its build."""
    try:
        kept = json.loads(path(site).read_text(encoding="utf-8"))
        languages = {name: Keys(**keys) for name, keys in kept["languages"].items()}
        found = Stamp(kept["sources"], kept["site"], languages)
    except (OSError, ValueError, TypeError, KeyError):
        return Stamp()
    return found if found.site == _state(site) else Stamp()


def keep(site: Path, made_from: str, languages: Mapping[str, Keys]) -> None:
    """Write the stamp of a site."""
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
        excluded = EXCLUDED | ({*OUTPUTS} if Path(folder) == root else set())
        folders[:] = sorted(n for n in folders if n not in excluded and not n.startswith("."))
        yield from (Path(folder, name) for name in sorted(names) if not name.startswith("."))
