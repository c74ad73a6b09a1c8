"""Writing files so that each is either the old one or the new one, never half of one."""

import os
import tempfile
from pathlib import Path


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
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(beside).chmod(0o644)
        Path(beside).replace(path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
    return True
