"""Results in the code, found, compared and written: ``# ->`` lines under their statement.

A line that is too long for a page wraps onto continuation lines::

    print(message)
    # -> the first words of a long message, as far as they fit into the line, and
    #    the rest of it
"""

import ast
import math
import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

ARROW, MORE, WIDTH = "# ->", "#    ", 80
NUMBER = re.compile(
    r"(?<![\w.])[-+]?(?:\d+\.\d*|\.\d+|\d+)(?:[eE][-+]?\d+)?(?![\w.])|(?<!\w)-?(?:nan|inf)(?!\w)"
)

GUESS = re.compile(  # Python 3.13 adds a suggestion to the message
    r"(unexpected keyword argument '\w+')\. Did you mean '\w+'\?"
)


@dataclass(frozen=True)
class Mismatch:
    """A statement whose output differs from the result lines under it."""

    line: int
    expected: str
    printed: str


def _numbered(text: str) -> Iterator[tuple[int, str, bool]]:
    """Yield every line with its number (from 1) and whether it is a result line."""
    result = False
    for number, line in enumerate(text.split("\n"), 1):
        result = line.startswith(ARROW) or (result and line.startswith(MORE))
        yield number, line, result


def shown(text: str) -> dict[int, list[str]]:
    r"""Return the results in the code, by the number of the line above them.

    Examples:
        >>> shown("print(1)\n# -> 1\nx = 2")
        {1: ['1']}
    """
    found: dict[int, list[str]] = {}
    above = 0
    for number, line, result in _numbered(text):
        if not result:
            above = number
        elif line.startswith(ARROW):
            found.setdefault(above, []).append(line[len(ARROW) + 1 :])
        else:
            found[above][-1] += " " + line[len(MORE) :]
    return found


def without_results(text: str) -> str:
    """Return the code without result lines, as in the downloads."""
    return "\n".join(line for _, line, result in _numbered(text) if not result)


def with_results(text: str, printed: Mapping[int, str]) -> str:
    """Return the code with the output of its statements, in place of older results.

    Args:
        text: code, with or without result lines.
        printed: output of each statement, by the number of its last line in ``text``.
    """
    lines = []
    for number, line, result in _numbered(text):
        if not result:
            lines.append(line)
            for out in printed.get(number, "").splitlines():
                lines.extend(_as_comment(out.rstrip()))
    return "\n".join(lines)


def _as_comment(printed: str) -> list[str]:
    if len(ARROW) + 1 + len(printed) <= WIDTH:
        return [f"{ARROW} {printed}".rstrip()]
    return textwrap.wrap(
        printed,
        WIDTH,
        initial_indent=f"{ARROW} ",
        subsequent_indent=MORE,
        break_long_words=False,
        break_on_hyphens=False,
    )


def misplaced(text: str) -> list[int]:
    """Return the lines that precede a result but do not end a top-level statement."""
    ends = {statement.end_lineno for statement in ast.parse(text).body}
    lines = text.split("\n")
    inside = {n for n, line in enumerate(lines) if re.match(rf"\s+{ARROW}", line)}
    return sorted((set(shown(text)) - ends) | inside)


def compare(
    expected: Mapping[int, list[str]], printed: Mapping[int, str], tolerance: float
) -> list[Mismatch]:
    """Return the statements whose output differs from the expected results."""
    found = []
    for line in sorted({*expected, *(n for n, text in printed.items() if text)}):
        shown, actual = "\n".join(expected.get(line, [])), printed.get(line, "")
        if not same(shown, actual, tolerance):
            found.append(Mismatch(line, shown, actual.rstrip()))
    return found


def same(expected: str, actual: str, tolerance: float) -> bool:
    """Return whether two texts agree: words exactly, numbers within a relative tolerance.

    White space is ignored, and so is the name that Python 3.13 suggests for an unknown
    argument. Numbers without a decimal point must be equal, since they may be counts.

    Examples:
        >>> same("loss 0.52 after 3 epochs", "loss 0.53 after 3 epochs", 0.05)
        True
        >>> same("loss 0.52 after 3 epochs", "loss 0.52 after 4 epochs", 0.5)
        False
    """
    expected, actual = (" ".join(GUESS.sub(r"\1", t).split()) for t in (expected, actual))
    if expected == actual or not tolerance:
        return expected == actual
    expected, actual = (re.sub(r"(?<=[\[(]) | (?=[\])])", "", t) for t in (expected, actual))
    if NUMBER.sub("#", expected) != NUMBER.sub("#", actual):
        return False
    pairs = zip(NUMBER.findall(expected), NUMBER.findall(actual), strict=True)
    return all(_close(e, a, tolerance) for e, a in pairs)


def _close(expected: str, actual: str, tolerance: float) -> bool:
    if expected == actual:
        return True
    if re.fullmatch(r"[-+]?\d+", expected):
        return False
    mantissa, _, exponent = expected.lower().partition("e")
    digits = len(mantissa.partition(".")[2])
    last = 1.001 * 10.0 ** (int(exponent or 0) - digits)  # the last digit may be rounded
    return math.isclose(float(expected), float(actual), rel_tol=tolerance, abs_tol=last)
