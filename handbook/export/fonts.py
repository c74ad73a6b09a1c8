"""The Chinese font of the paper, so that what is printed can also be searched and copied."""

import shutil
import subprocess
from pathlib import Path

from fontTools.ttLib import TTFont

from handbook.export.volume import PaperError

MISSING = "no Chinese font found; install one (Debian: apt install fonts-noto-cjk)"
FAMILY = "Noto Sans CJK SC"
WEIGHTS = {"regular": 400, "bold": 700}
RADICALS = range(0x2E80, 0x2FE0)


def faces(folder: Path) -> str:
    """Styles that define the font ``Handbook CJK``, its files written into a folder.

    Noto draws many characters and the radicals of dictionaries by one glyph, and Chromium then
    writes the radical into the PDF: a reader who searches for 用 would not find it. So the radicals
    are taken out of the font. Where there is no Noto, the system's font serves as it is.

    Raises:
        PaperError: fontconfig knows of no Chinese font.
    """
    if not (lister := shutil.which("fc-list")):
        return ""
    if not _said(lister, ":lang=zh"):
        raise PaperError(MISSING)
    return "".join(_face(lister, style, folder) for style in WEIGHTS)


def _face(lister: str, style: str, folder: Path) -> str:
    found = _said(lister, f"{FAMILY}:style={style.title()}", "--format", "%{file}|%{index}\n")
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


def _said(command: str, *arguments: str) -> str:
    done = subprocess.run([command, *arguments], capture_output=True, check=True)  # noqa: S603
    return done.stdout.decode().strip()
