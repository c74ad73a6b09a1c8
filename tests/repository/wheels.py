"""Small wheels, and a build backend that makes one of them: for tests of scripts/install.py."""

import base64
import hashlib
import zipfile
from pathlib import Path


def wheel(folder: Path, name: str, version: str, more: str = "", **files: bytes) -> Path:
    """Write a wheel with a module of its name.

    Args:
        folder: where to write it.
        name: of the package.
        version: of the package.
        more: lines for its METADATA, such as ``Requires-Dist: beta[extra]``.
        files: programs that it installs, by name.

    Returns:
        Its path.
    """
    info = f"{name}-{version}.dist-info"
    head = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    content = {f"{name}-{version}.data/scripts/{program}": data for program, data in files.items()}
    content |= {
        f"{name}.py": f"VERSION = {version!r}\n".encode(),
        f"{info}/METADATA": (head + more).encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},{_digest(data)},{len(data)}\n" for path, data in content.items())
    content[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()
    made = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(made, "w") as file:
        for path, data in content.items():
            entry = zipfile.ZipInfo(path)
            entry.external_attr = 0o100755 << 16  # a file that can be run
            file.writestr(entry, data)
    return made


def _digest(data: bytes) -> str:
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")


def build_editable(wheel_directory: str, *_: object) -> str:
    """Build the checkout, as PEP 660 asks of a backend."""
    return wheel(Path(wheel_directory), "checkout", "1.0").name
