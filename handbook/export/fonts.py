"""The Chinese font of the PDF, which makes its text searchable."""

import shutil
import subprocess
from pathlib import Path

from fontTools.ttLib import TTFont

from handbook.export.volume import ExportError

MISSING = "no Chinese font found; install one (Debian: apt install fonts-noto-cjk)"
FAMILY = "Noto Sans CJK SC"
WEIGHTS = {"regular": 400, "bold": 700}
RADICALS = range(0x2E80, 0x2FE0)


def faces(folder: Path) -> str:
    """Return CSS for the font ``Handbook CJK``, and write its files into a folder.

    In Noto many characters share a glyph with a dictionary radical, and Chromium writes the
    radical into the PDF, so a search for 用 finds nothing. The radicals are therefore removed
    from the font. Without Noto, the unchanged system font is used.

    Raises:
        ExportError: fontconfig finds no Chinese font.
    """
    if not (lister := shutil.which("fc-list")):
        return ""
    if not _output(lister, ":lang=zh"):
        raise ExportError(MISSING)
    return "".join(_face(lister, style, folder) for style in WEIGHTS)


def _face(lister: str, style: str, folder: Path) -> str:
    found = _output(lister, f"{FAMILY}:style={style.title()}", "--format", "%{file}|%{index}\n")
    if not found:
        return ""
    path, _, index = found.splitlines()[0].partition("|")
    font = TTFont(path, fontNumber=int(index) % 0x10000, recalcBBoxes=False)
    font.setGlyphOrder([f"glyph{n}" for n in range(font["maxp"].numGlyphs)])  # else it parses all
    for table in font["cmap"].tables:
        for code in RADICALS:
            getattr(table, "cmap", {}).pop(code, None)
    target = folder / f"{style}.otf"
    font.save(target)
    return (
        f'@font-face {{ font-family: "Handbook CJK"; font-weight: {WEIGHTS[style]}; '
        f'src: url("{target.as_uri()}"); }}\n'
    )


def _output(command: str, *arguments: str) -> str:
    done = subprocess.run([command, *arguments], capture_output=True, check=True)  # noqa: S603
    return done.stdout.decode().strip()
