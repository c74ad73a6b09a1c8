"""Whether ``site/`` is what its sources make, so that nothing needs to be built.

A stamp in ``build/`` holds a hash of all that the site was made from and a hash of what was
made. Whatever is not sure is built again.
"""

import hashlib
import json
import os
import sysconfig
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from handbook.files import fingerprint, replace
from handbook.lessons import ROOT

MADE = {"site", "build", "__pycache__", "node_modules"}  # and what begins with a dot
STAMP = "build/site.json"


def sources(root: Path = ROOT) -> str:
    """A hash of the checkout, of the names of the installed packages, of what the shell sets."""
    files = ((path.relative_to(root).as_posix(), path.read_bytes()) for path in _files(root))
    packages = Path(sysconfig.get_paths()["purelib"]).glob("*.dist-info")
    installed = "\n".join(sorted(path.name for path in packages))
    settings = {name: value for name, value in os.environ.items() if name.startswith("TFNOTES_")}
    around = {"installed": installed, "settings": json.dumps(settings, sort_keys=True)}
    return fingerprint(chain(files, ((name, text.encode()) for name, text in around.items())))


def is_current(made_from: str, root: Path = ROOT) -> bool:
    """Whether the site was made from these sources, and is as it was made."""
    try:
        kept = json.loads((root / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return bool(kept == _stamp(made_from, root))


def keep(made_from: str, root: Path = ROOT) -> None:
    """Remember that the site was made from these sources."""
    replace(root / STAMP, json.dumps(_stamp(made_from, root)))


def _stamp(made_from: str, root: Path) -> dict[str, str]:
    site = root / "site"
    lines = []
    for path in sorted(site.rglob("*")):
        stat = path.stat()
        if not path.is_dir():
            lines.append(f"{path.relative_to(site)} {stat.st_size} {stat.st_mtime_ns}")
    return {"sources": made_from, "site": hashlib.sha256("\n".join(lines).encode()).hexdigest()}


def _files(root: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(n for n in folders if n not in MADE and not n.startswith("."))
        yield from (Path(folder, name) for name in sorted(names) if not name.startswith("."))
