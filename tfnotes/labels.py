"""Labels of figures in Chinese, wherever a font has the characters.

Examples:
    >>> import matplotlib.pyplot as plt
    >>> from tfnotes.labels import chinese_labels
    >>> font = chinese_labels({"轮次": "epoch"})  # "" if no font has the characters
    >>> with plt.rc_context():
    ...     label = plt.figure().supxlabel("轮次").get_text()
    >>> label == ("轮次" if font else "epoch")
    True
    >>> _ = chinese_labels({})  # labels stay as they are again
"""

import functools
import re
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["chinese_labels", "with_fonts"]

FONTS = (  # with simplified Chinese, of Linux, macOS, Windows and Android
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Noto Sans CJK JP",  # the name of the file that holds SC, before Matplotlib 3.11
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "PingFang SC",
    "Hiragino Sans GB",
    "Heiti SC",
    "STHeiti",
    "Arial Unicode MS",
    "Microsoft YaHei",
    "SimHei",
    "SimSun",
    "Droid Sans Fallback",
)
FIELD = "{}"
PLACEHOLDERS = ("Last Resort", "Emoji")  # fonts of boxes, and of bitmaps


class Translator:
    """Translates labels by a table, in which ``{}`` stands for any text within a line.

    A label is looked up as a whole, then among the templates, of which the one with
    the most characters outside ``{}`` wins, and at last line by line. What stands for
    ``{}`` is translated in turn. A text that is not in the table stays.

    Args:
        table: the translation of each label; both have the same lines and ``{}``.

    Examples:
        >>> translate = Translator({"{}, {} layers": "{}，{} 层", "plain": "普通"})
        >>> translate("plain, 18 layers")
        '普通，18 层'
    """

    def __init__(self, table: Mapping[str, str]) -> None:
        self.table = dict(table)
        for label, other in table.items():
            for line, its in zip(label.split("\n"), other.split("\n"), strict=False):
                self.table.setdefault(line, its)
        templates = [label for label in self.table if fixed(label) not in ("", label)]
        self.patterns = [
            (label, re.compile("(.+?)".join(map(re.escape, label.split(FIELD)))))
            for label in sorted(templates, key=lambda label: -len(fixed(label)))
        ]

    def __call__(self, text: str) -> str:
        """Return the translation of a text."""
        if (found := self.entry(text)) is None:
            return "\n".join(map(self.outside, text.split("\n")))
        values = iter(found[1])
        fill = functools.partial(next, values, FIELD)
        return re.sub(r"\{\}", lambda _: self(fill()), self.table[found[0]])

    def entry(self, text: str) -> tuple[str, tuple[str, ...]] | None:
        """Return the label that a text matches, and what stands for its ``{}``."""
        if text in self.table:
            return text, ()
        matches = ((label, pattern.fullmatch(text)) for label, pattern in self.patterns)
        return next(((label, m.groups()) for label, m in matches if m), None)

    def outside(self, line: str) -> str:
        """Return the translation of a line of a text that is not in the table."""
        return line if self.entry(line) is None else self(line)


def fixed(label: str) -> str:
    """Return the characters of a label outside its ``{}``.

    Args:
        label: a text with any number of ``{}``.

    Returns:
        The rest; empty if it is one ``{}``.

    Examples:
        >>> fixed("{}, {} layers")
        ',  layers'
    """
    return label.replace(FIELD, "")


def chinese_labels(english: Mapping[str, str]) -> str:
    """Draw the labels of all later figures in Chinese, or in English without a font.

    Where a font with Chinese characters is installed, Matplotlib draws with it what its
    own font lacks, and the English labels of the table become Chinese. Elsewhere the
    Chinese ones become English, since Matplotlib would draw empty boxes.

    Args:
        english: the English of each Chinese label; ``{}`` stands for any text within a
            line, such as a number.

    Returns:
        The name of the font; empty if none is installed.

    Examples:
        >>> import matplotlib.pyplot as plt
        >>> with plt.rc_context():
        ...     font = chinese_labels({"第 {} 轮": "epoch {}"})
        ...     title = plt.figure().suptitle("第 3 轮").get_text()
        >>> title == ("第 3 轮" if font else "epoch 3")
        True
        >>> _ = chinese_labels({})  # labels stay as they are again
    """
    import matplotlib as mpl  # slow, and translating needs no figure
    from matplotlib import font_manager
    from matplotlib.text import Text

    installed = {*font_manager.get_font_names()}
    font = next((name for name in FONTS if name in installed), "")
    if font and font not in mpl.rcParams["font.family"]:
        mpl.rcParams["font.family"] = [*mpl.rcParams["font.family"], font]
    chinese = {other: label for label, other in english.items()}
    translate = Translator(chinese if font else english)
    # In a second call, the function that the first one replaced.
    original = getattr(Text.set_text, "__wrapped__", Text.set_text)

    @functools.wraps(original)
    def set_text(self: Text, s: Any) -> None:
        original(self, translate(s) if isinstance(s, str) else s)

    Text.set_text = set_text  # type: ignore[method-assign]  # every text of a figure passes it
    return font


def font_families(text: str) -> list[str]:
    """Return the fonts of Matplotlib's style, and installed ones for what they lack.

    Args:
        text: any text.

    Returns:
        The families, for the property ``family`` of a text.

    Examples:
        >>> import matplotlib as mpl
        >>> font_families("loss") == mpl.rcParams["font.family"]
        True
    """
    import matplotlib as mpl  # slow, and translating needs no figure
    from matplotlib import font_manager

    families = [*mpl.rcParams["font.family"]]
    installed = {*font_manager.get_font_names()}
    others = [name for name in FONTS if name in installed]
    others += sorted(installed.difference(FONTS))
    for character in _lacking(text, families):
        if _lacking(character, families):
            has = (name for name in others if not _lacking(character, [name]))
            families += [name for name in [next(has, "")] if name]
    return families


def with_fonts(figure: "Figure") -> "Figure":
    """Give the texts of a figure fonts that have their characters.

    The figures of ``tfnotes`` have passed it. For your own labels in Chinese, call
    ``chinese_labels({})`` before you draw.

    Args:
        figure: any figure; it changes only if its fonts lack a character.

    Returns:
        The figure. If no installed font has a character, one warning names it, and
        Matplotlib no longer warns of each.

    Examples:
        >>> import matplotlib.pyplot as plt
        >>> figure = plt.figure()
        >>> with_fonts(figure) is figure
        True
    """
    import matplotlib as mpl
    from matplotlib.text import Text

    texts: list[Any] = figure.findobj(Text)
    shown = "".join(dict.fromkeys("".join(text.get_text() for text in texts)))
    families = font_families(shown)
    if families != mpl.rcParams["font.family"]:
        for text in texts:
            text.set_family(families)
    if lacking := _lacking(shown, families):
        warnings.warn(
            f"no installed font has {' '.join(lacking)}: the figure shows boxes; "
            "install one that does, such as Noto Sans CJK SC for Chinese",
            stacklevel=3,
        )
        warnings.filterwarnings("ignore", r"Glyph \d+ .*missing from", UserWarning)
    return figure


def _lacking(text: str, families: list[str]) -> str:
    """Return the visible characters of a text that the families do not have."""
    if text.isascii():
        return ""
    visible = (c for c in text if c.isprintable() and not c.isspace())
    return "".join(c for c in visible if not any(_has(name, c) for name in families))


@functools.cache
def _has(family: str, character: str) -> bool:
    """Return whether a font has a character."""
    from matplotlib import font_manager

    entries = font_manager.fontManager.ttflist
    files = [e.fname for e in entries if (e.name, e.style) == (family, "normal")]
    if not files:  # a generic name, such as sans-serif
        properties = font_manager.FontProperties(family=[family])
        files = [font_manager.findfont(properties)]
    fonts = [font_manager.get_font(file) for file in files]  # of each weight
    is_real = not any(name in fonts[0].family_name for name in PLACEHOLDERS)
    return is_real and all(font.get_char_index(ord(character)) for font in fonts)
