"""The state of a section of a lesson after its run."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from handbook.lesson.results import Mismatch

ERROR = re.compile(r"^(?:E +)?((?:[\w.]+\.)?[A-Z]\w*(?:Error|Exception|Exit|Interrupt)\b.*)", re.M)
LONGEST = 300  # characters of a reason


@dataclass(frozen=True)
class State:
    """The state of a section; the user properties of its test carry it to other programs.

    Attributes:
        name: ``same``, ``differs``, ``fails``, or ``not run``.
        problems: full messages.
        why: one line on what differs or fails.
    """

    name: str = "same"
    problems: tuple[str, ...] = ()
    why: str = ""


def failed(problems: Sequence[str]) -> State:
    """Return the state of a section that did not run to its end."""
    errors = ERROR.findall("\n".join(problems))
    return State("fails", tuple(problems), short(errors[-1] if errors else problems[0]))


def short(text: str, length: int = LONGEST) -> str:
    r"""Return a text as one line of limited length.

    Examples:
        >>> short("one\n  two three", 7)
        'one two …'
    """
    line = " ".join(text.split())
    return line if len(line) <= length else f"{line[:length]} …"


def first_difference(mismatch: Mismatch) -> str:
    """Return the first line that differs, expected and printed, as one line."""
    pairs = zip_longest(mismatch.expected.split("\n"), mismatch.printed.split("\n"), fillvalue="")
    shown, printed = next(pair for pair in pairs if pair[0] != pair[1])
    half = LONGEST // 2 - 20
    return f"shown: {short(shown, half)}, printed: {short(printed, half)}"
