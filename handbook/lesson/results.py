"""Results in the code, found, compared and written: ``# ->`` lines under their statement.

A line that is too long for a page wraps onto continuation lines::

    print(message)
    # -> the first words of a long message, as far as they fit into the line, and
    #    the rest of it

Results are exact. A line between a statement and its results states how far their numbers may
move, and why; under ``plt.show()`` it holds for the figure::

    print(loss)
    # ± 5 %: another order of float32 sums leads training elsewhere
    # -> 0.5132

Integers, which may be counts, and verdicts are always exact.
"""

import ast
import math
import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

ARROW, MORE, WIDTH = "# ->", "#    ", 80
TOLERANCE = re.compile(r"# ± (?P<percent>\d+(?:\.\d+)?) %: (?P<reason>\S.*)")
MEANT = re.compile(r"#\s*(?:±|\+/?-)\s*[\d.,]+\s*[%％]")  # a tolerance that may be misspelled
ALL = 100  # percent; such a tolerance checks nothing
SHOW = "show("  # draws the figure of a section
VERDICT = "Verdict: "  # begins the printed line that concludes a comparison
NUMBER = re.compile(
    r"(?<![\w.])[-+]?(?:\d+\.\d*|\.\d+|\d+)(?:[eE][-+]?\d+)?(?![\w.])|(?<!\w)-?(?:nan|inf)(?!\w)"
)
INTEGER = re.compile(r"[-+]?\d+")

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
    """Yield every line with its number (from 1) and whether it belongs to a result."""
    printed = False
    for number, line in enumerate(text.split("\n"), 1):
        printed = line.startswith(ARROW) or (printed and line.startswith(MORE))
        yield number, line, printed or bool(TOLERANCE.fullmatch(line))


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
        elif line.startswith(MORE):
            found[above][-1] += " " + line[len(MORE) :]
    return found


def tolerances(text: str) -> dict[int, float]:
    r"""Return the relative tolerances in the code, by the number of the line above them.

    Examples:
        >>> tolerances("print(x)\n# ± 5 %: sums in another order\n# -> 1.02")
        {1: 0.05}
    """
    found: dict[int, float] = {}
    above = 0
    for number, line, result in _numbered(text):
        above = above if result else number
        if stated := TOLERANCE.fullmatch(line):
            found[above] = float(stated["percent"]) / 100
    return found


def of_figure(text: str, tolerance: float) -> float:
    """Return the tolerance of the figure of a section: the one under ``show()``, or the default."""
    lines = text.split("\n")
    own = [stated for line, stated in tolerances(text).items() if SHOW in lines[line - 1]]
    return max(own, default=tolerance)


def invalid_tolerances(text: str) -> list[int]:
    r"""Return the lines that look like a tolerance but state none, or have a second line.

    Examples:
        >>> invalid_tolerances("print(x)\n# ± 5%: sums in another order\n# -> 1.02")
        [2]
    """
    found, above = [], False
    for number, line in enumerate(text.split("\n"), 1):
        stated = TOLERANCE.fullmatch(line)
        vague = bool(stated) and float(stated["percent"]) >= ALL  # type: ignore[index]
        more = above and line.startswith("#") and not line.startswith(ARROW)
        if (MEANT.search(line) and not stated) or vague or more:
            found.append(number)
        above = bool(stated)
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
    lines: list[str] = []
    results: list[str] = []
    for number, line, result in _numbered(text):
        if TOLERANCE.fullmatch(line):
            lines.append(line)
        elif not result:
            lines += [*results, line]
            results = [
                out
                for text in printed.get(number, "").splitlines()
                for out in _as_comment(text.rstrip())
            ]
    return "\n".join(lines + results)


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
    inside = {n for n, line in enumerate(lines) if re.match(rf"\s+(?:{ARROW}|# ±)", line)}
    return sorted(({*shown(text), *tolerances(text)} - ends) | inside)


def compare(text: str, printed: Mapping[int, str], tolerance: float = 0.0) -> list[Mismatch]:
    """Return the statements whose output differs from the results in the code.

    Args:
        text: code with results.
        printed: output of each statement, by the number of its last line in ``text``.
        tolerance: relative, of statements that do not state their own.
    """
    expected, own = shown(text), tolerances(text)
    found = []
    for line in sorted({*expected, *(n for n, out in printed.items() if out)}):
        results, actual = "\n".join(expected.get(line, [])), printed.get(line, "")
        exact = verdicts(results) == verdicts(actual)
        if not exact or not same(results, actual, own.get(line, tolerance)):
            found.append(Mismatch(line, results, actual.rstrip()))
    return found


def verdicts(printed: str) -> list[str]:
    """Return the verdicts in an output."""
    return [line.rstrip() for line in printed.splitlines() if line.startswith(VERDICT)]


def movable(printed: str) -> bool:
    """Return whether an output has a number that a tolerance holds for."""
    lines = [line for line in printed.splitlines() if not line.startswith(VERDICT)]
    return any(not INTEGER.fullmatch(number) for number in NUMBER.findall("\n".join(lines)))


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
    if INTEGER.fullmatch(expected):
        return False
    mantissa, _, exponent = expected.lower().partition("e")
    digits = len(mantissa.partition(".")[2])
    last = 1.001 * 10.0 ** (int(exponent or 0) - digits)  # the last digit may be rounded
    return math.isclose(float(expected), float(actual), rel_tol=tolerance, abs_tol=last)
