"""Numbers in sentences and in results, and results that a page asks for by name.

``{{curves: plain4 #2}}`` in a page becomes the second number of the first result line of the
section ``curves`` that starts with ``plain4``; ``{{curves: plain4 #2 | .0%}}`` formats it.
"""

import ast
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from handbook.lesson import results
from handbook.lesson.lessons import Lesson
from handbook.lesson.sections import Section, sections

UNITS = {
    "%": "1e-2", "％": "1e-2", "percent": "1e-2",
    "k": "1e3", "thousand": "1e3", "万": "1e4", "M": "1e6", "million": "1e6",
    "亿": "1e8", "G": "1e9", "billion": "1e9",
}  # fmt: skip
POWERS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
NUMBER = re.compile(
    r"(?<![^\W一-鿿])(?<!\.)(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.\d*|\.?\d+)(?![\d.]*\d)"
    r"(?:[eE](?P<e>[-+]?\d+)"
    r"| ?(?:·|×|\\cdot|\\times) ?10(?:(?P<high>[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+)|\^\{?(?P<tex>-?\d+)\}?))?"
    r"(?: ?(?P<unit>\\?[%％万亿]|(?:percent|thousand|million|billion|[kMG])(?![\w/])))?"
)
NAMED = re.compile(
    r"\{\{ *(?P<section>[\w-]+): *(?P<start>[^|}]*?) *#(?P<number>\d+) *"
    r"(?:\| *(?P<format>[^}]+?) *)?\}\}"
)


class UnknownResultError(ValueError):
    """A page asks for a result that the lesson does not print."""


@dataclass(frozen=True)
class Number:
    """A number in a text.

    Attributes:
        text: as it is written, unit included.
        value: of it, without sign.
        step: the value of one unit of its last digit.
        start: its position in the text.
        is_claim: it is a decimal or a percentage.
    """

    text: str
    value: Decimal
    step: Decimal
    start: int
    is_claim: bool

    def rounds(self, value: float) -> bool:
        """Return whether this number is a value, or a rounding of it."""
        return abs(Decimal(abs(value)) - self.value) <= self.step / 2 * Decimal("1.000001")

    def equals(self, literal: float) -> bool:
        """Return whether this number is a literal of the code, or as many percent."""
        written = Decimal(str(literal))
        return self.value == written or ("%" in self.text and self.value * 100 == written)


def numbers(text: str) -> Iterator[Number]:
    """Yield the numbers of a text.

    Examples:
        >>> [str(n.value) for n in numbers("11.7 million in 2 parts, 15 %, 1.8 · 10⁹")]
        ['1.17E+7', '2', '0.15', '1.8E+9']
    """
    for match in NUMBER.finditer(text):
        digits = match["digits"].replace(",", "")
        unit = (match["unit"] or "").lstrip("\\")
        power = match["e"] or match["tex"] or (match["high"] or "0").translate(POWERS)
        scale = Decimal(UNITS.get(unit, "1")) * Decimal(10) ** int(power)
        step = Decimal(10) ** -len(digits.partition(".")[2]) * scale
        value = (Decimal(digits) * scale).normalize()
        is_part = value != value.to_integral_value()  # such as 5 · 10⁻⁴
        is_claim = "." in digits.rstrip(".") or UNITS.get(unit) == "1e-2" or is_part
        yield Number(match[0].strip(), value, step, match.start(), is_claim)


def printed(section: Section) -> list[str]:
    """Return the result lines of a section."""
    return [line for lines in results.shown(section.text).values() for line in lines]


def literals(code: str) -> Iterator[float]:
    """Yield the numbers that are written in a piece of code."""
    for node in ast.walk(ast.parse(textwrap.dedent(code))):
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
            yield float(node.value)


def filled(text: str, lesson: Lesson) -> str:
    """Return a text with the results that it asks for by name.

    Raises:
        UnknownResultError: a name fits no result.
    """
    if not NAMED.search(text):
        return text
    found = {section.name: printed(section) for section in sections(lesson)}
    return NAMED.sub(lambda match: _value(match, found, lesson), text)


def _value(match: re.Match[str], found: dict[str, list[str]], lesson: Lesson) -> str:
    lines = found.get(match["section"], [])
    line = next((line for line in lines if line.startswith(match["start"])), "")
    values = list(numbers(line.removeprefix(match["start"])))
    position = int(match["number"])
    if not 1 <= position <= len(values):
        raise UnknownResultError(
            f"{match[0]}: {lesson.relative(lesson.code)} has no such result; expected section, "
            f"start of a result line, and which of its numbers; the section prints {lines}"
        )
    number = values[position - 1]
    return f"{number.value:{match['format']}}" if match["format"] else number.text
