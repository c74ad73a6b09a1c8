"""What the API pages show of ``tfnotes``: a Griffe extension, independent of the builder.

* A module shows its examples and a table of its public names; its page says what it is for.
* A source view has no include markers.
* On Chinese pages, the first line of a public docstring is the Chinese of ``docs/api.zh.yml``.
"""

from pathlib import Path
from typing import Any

import griffe
import yaml

from handbook.words import words

CHINESE = "docs/api.zh.yml"
MARKER = "# --8<-- ["
EXAMPLES = "Examples:\n"
CHINESE_TEXT = '<span lang="zh">{}</span>'  # within English docstrings


class Api(griffe.Extension):
    """Edits the docstrings and source lines of a package after Griffe has read it.

    Args:
        language: of the pages, ``zh`` or ``en``.
    """

    def __init__(self, language: str) -> None:
        super().__init__()
        self.language = language

    def on_class(self, *, cls: griffe.Class, **_: Any) -> None:
        """Remove ``__str__`` and the like, which Griffe counts as public."""
        for name in [name for name, member in cls.members.items() if member.is_special]:
            if name != "__init__":  # the signature of the class
                del cls.members[name]

    def on_package(self, *, pkg: griffe.Module, loader: griffe.GriffeLoader, **_: Any) -> None:
        """Edit the package."""
        for file, lines in loader.lines_collection.items():
            loader.lines_collection[file] = [without_marker(line) for line in lines]
        root = Path(str(pkg.filepath)).parents[1]
        chinese = summaries(root) if self.language == "zh" else {}
        for module in [pkg, *pkg.modules.values()]:
            if module.docstring:
                for name, summary in chinese.get(module.name, {}).items():
                    translate(module.members.get(name), summary)
                examples = "".join(module.docstring.value.partition(EXAMPLES)[1:])
                # Zensical runs this for both languages: keep the examples without a table.
                examples = module.extra["handbook"].setdefault("examples", examples)
                table = "" if module is pkg else self._table(module)
                module.docstring.value = f"{examples}\n\n{table}"

    def _table(self, module: griffe.Module) -> str:
        """Sort the public names; return them and their first lines as a Markdown table."""
        names = sorted(map(str, module.exports or ()), key=capitalized)
        module.exports = [*names]  # the order of the entries
        own = words(self.language)["api"]
        heads = [self._marked(own["name"]), self._marked(own["summary"])]
        rows = [f"| {heads[0]} | {heads[1]} |", "|---|---|"]
        for name in names:
            line = first_line(module.members[name])
            rows.append(f"| [`{name}`][{module.path}.{name}] | {line} |")
        return "\n".join(rows)

    def _marked(self, text: str) -> str:
        return CHINESE_TEXT.format(text) if self.language == "zh" else text


def summaries(root: Path) -> dict[str, dict[str, str]]:
    """Return the Chinese first lines by module and public name."""
    path = root / CHINESE
    return yaml.safe_load(path.read_text(encoding="utf-8")) or {} if path.exists() else {}


def first_line(member: griffe.Object | griffe.Alias) -> str:
    """Return the first line of a docstring; empty without one."""
    return member.docstring.value.partition("\n")[0] if member.docstring else ""


def translate(member: griffe.Object | griffe.Alias | None, summary: str) -> None:
    """Replace the first line of a docstring."""
    if member and member.docstring:
        _, end, rest = member.docstring.value.partition("\n")
        member.docstring.value = f"{CHINESE_TEXT.format(summary)}{end}{rest}"


def capitalized(name: str) -> bool:
    """Return whether a name is that of a class or constant, which follow the functions.

    Examples:
        >>> sorted(["LayerCost", "UNITS", "cost_bars"], key=capitalized)
        ['cost_bars', 'LayerCost', 'UNITS']
    """
    return name[:1].isupper()


def without_marker(line: str) -> str:
    """Return a line of code, empty if it is an include marker, so that lines keep their numbers.

    Examples:
        >>> without_marker("    # --8<-- [start:mlp]"), without_marker("x = 1")
        ('', 'x = 1')
    """
    return "" if line.strip().startswith(MARKER) else line
