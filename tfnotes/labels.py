"""Labels of figures in Chinese, wherever a font has the characters."""

import functools
import re
from collections.abc import Mapping
from typing import Any

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
