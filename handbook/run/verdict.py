"""What a section of a lesson did, for people and for the programs that run it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from handbook.lesson.results import Mismatch

ERROR = re.compile(r"^(?:E +)?((?:[\w.]+\.)?[A-Z]\w*(?:Error|Exception|Exit|Interrupt)\b.*)", re.M)
LONGEST = 300  # characters of a reason


@dataclass(frozen=True)
class Verdict:
    """What a section did; the properties of its test carry it to other programs.

    Attributes:
        state: ``same``, ``differs``, ``fails``, or ``not run``.
        problems: for people, one text each.
        why: one line on what differs or fails.
    """

    state: str = "same"
    problems: tuple[str, ...] = ()
    why: str = ""


def failed(problems: Sequence[str]) -> Verdict:
    """A section that did not run to its end."""
    errors = ERROR.findall("\n".join(problems))
    return Verdict("fails", tuple(problems), short(errors[-1] if errors else problems[0]))


def short(text: str, length: int = LONGEST) -> str:
    r"""A text in one line that is not too long.

    Examples:
        >>> short("one\n  two three", 7)
        'one two …'
    """
    line = " ".join(text.split())
    return line if len(line) <= length else f"{line[:length]} …"


def first_difference(mismatch: Mismatch) -> str:
    """The first line that differs, in one line."""
    pairs = zip_longest(mismatch.expected.split("\n"), mismatch.printed.split("\n"), fillvalue="")
    shown, printed = next(pair for pair in pairs if pair[0] != pair[1])
    half = LONGEST // 2 - 20
    return f"shown: {short(shown, half)}, printed: {short(printed, half)}"
