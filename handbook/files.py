"""Atomic writes, locks, hashes and zip files."""

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

PART = ".part"  # suffix of partial files; git ignores them
EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date of the zip format, for reproducible bytes


def replace(path: Path, content: str | bytes) -> bool:
    r"""Write a file atomically; do nothing if the content is unchanged.

    Args:
        path: the file; its folder is created if needed.
        content: the new content; text is encoded as UTF-8 with ``\n`` line ends.

    Returns:
        Whether the file changed.
    """
    data = content.encode() if isinstance(content, str) else content
    if path.exists() and path.read_bytes() == data:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, partial = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=PART)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(partial).chmod(0o644)
        Path(partial).replace(path)
    except BaseException:
        Path(partial).unlink(missing_ok=True)
        raise
    return True


def link_or_copy(source: Path | str, target: Path | str) -> None:
    """Hard-link a file if the file system can, else copy it.

    Write both paths only with ``replace``, which never modifies a file in place.
    """
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def read_cache(path: Path) -> dict[str, Any]:
    """Return the object in a JSON file of ``build/``; empty if it is missing or damaged."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def remove_partial_files(folder: Path) -> None:
    """Remove the partial files of killed processes."""
    for path in folder.rglob(f".*{PART}"):
        path.unlink(missing_ok=True)


class BusyError(RuntimeError):
    """Another process holds the lock."""


@contextlib.contextmanager
def exclusive(lock: Path, what: str) -> Iterator[None]:
    """Hold a lock file; a process may acquire it several times.

    Args:
        lock: the lock file; it is released when the process ends.
        what: the activity, for the message.

    Raises:
        BusyError: another process holds the lock.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    held = FileLock(lock, timeout=0, is_singleton=True)
    try:
        held.acquire()
    except Timeout:
        raise BusyError(f"another process is {what}; wait until it ends") from None
    try:
        yield
    finally:
        held.release()


def fingerprint(entries: Iterable[tuple[str, bytes]]) -> str:
    """Return a hash of names and contents, in their order."""
    total = hashlib.sha256()
    for name, content in entries:
        total.update(f"{name}\n{len(content)}\n".encode() + content)
    return total.hexdigest()


def read_tree(root: Path, names: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """Yield names and contents of files, and of all files in folders, without ``__pycache__``."""
    for name in names:
        place = root / name
        for path in [place] if place.is_file() else sorted(place.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path.relative_to(root).as_posix(), path.read_bytes()


def zipped(entries: Iterable[tuple[str, bytes]]) -> bytes:
    """Return a zip file; the same entries always give the same bytes.

    The ``mimetype`` of an EPUB must not be compressed.
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
