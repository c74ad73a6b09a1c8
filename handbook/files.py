"""Writing files so that each is either the old one or the new one, never half of one."""

import contextlib
import hashlib
import io
import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

PART = ".part"  # how the names of unfinished files end; git ignores them
EPOCH = (1980, 1, 1, 0, 0, 0)  # the first date that a zip can name: the same bytes every time


def replace(path: Path, content: str | bytes) -> bool:
    r"""Write a file beside its place, then move it there; do nothing if nothing changes.

    Args:
        path: the file; its folder is made if it is not there.
        content: what the file shall hold; a text in UTF-8 with ``\n`` line ends.

    Returns:
        Whether the file changed.
    """
    data = content.encode() if isinstance(content, str) else content
    if path.exists() and path.read_bytes() == data:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=PART)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(beside).chmod(0o644)
        Path(beside).replace(path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
    return True


def share(source: Path | str, target: Path | str) -> None:
    """Give a file a second name where the disk can, which is faster than a copy.

    Both names must be written by ``replace`` alone: it never changes a file in its place.
    """
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def remembered(path: Path) -> dict[str, Any]:
    """What a file of JSON in ``build/`` holds; nothing where it is missing or damaged."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def tidy(folder: Path) -> None:
    """Remove the unfinished files that a killed process has left."""
    for path in folder.rglob(f".*{PART}"):
        path.unlink(missing_ok=True)


class BusyError(RuntimeError):
    """Another process does the same in the same place."""


@contextlib.contextmanager
def alone(lock: Path, what: str) -> Iterator[None]:
    """Do something that two processes must not do at once.

    Args:
        lock: a file of its own, locked as long as the process lives; may be taken again.
        what: what is done, for the message.

    Raises:
        BusyError: another process is at it.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    held = FileLock(lock, timeout=0, is_singleton=True)
    try:
        held.acquire()
    except Timeout:
        raise BusyError(f"another process is {what}; wait until it has ended") from None
    try:
        yield
    finally:
        held.release()


def fingerprint(entries: Iterable[tuple[str, bytes]]) -> str:
    """A hash of names and contents, in their order."""
    total = hashlib.sha256()
    for name, content in entries:
        total.update(f"{name}\n{len(content)}\n".encode() + content)
    return total.hexdigest()


def below(root: Path, names: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """Names and contents of files, and of all files in folders; without what Python compiles."""
    for name in names:
        place = root / name
        for path in [place] if place.is_file() else sorted(place.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path.relative_to(root).as_posix(), path.read_bytes()


def zipped(entries: Iterable[tuple[str, bytes]]) -> bytes:
    """A zip of names and contents; the same entries always give the same bytes.

    An EPUB wants its ``mimetype`` as it is, so that one is not compressed.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        for name, content in entries:
            entry = zipfile.ZipInfo(name, EPOCH)
            stored = name == "mimetype"
            entry.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            file.writestr(entry, content)
    return packed.getvalue()
