"""What passes between the runner and the process of a lesson."""

from dataclasses import dataclass, field
from pathlib import Path

from handbook.run.figure import Figure

READY = "ready"  # the first thing that the process says


@dataclass(frozen=True)
class Request:
    """Run this piece of code, which stands in ``path`` from ``first_line`` on."""

    path: Path
    first_line: int
    code: str


@dataclass
class Outcome:
    """What one section did.

    Attributes:
        printed: from the last line of a statement (from 1 in the section) to its output.
        figure: the figure that the section showed.
        problems: everything that makes the section fail, one text each.
        seconds: the section's own running time.
    """

    printed: dict[int, str] = field(default_factory=dict)
    figure: Figure | None = None
    problems: list[str] = field(default_factory=list)
    seconds: float = 0.0
