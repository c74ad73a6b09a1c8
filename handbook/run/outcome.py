"""The messages between the runner and the process of a lesson."""

from dataclasses import dataclass, field
from pathlib import Path

from handbook.run.figure import Figure

READY = "ready"  # the first message of the process


@dataclass(frozen=True)
class Request:
    """A piece of code to run, which starts at ``first_line`` of ``path``."""

    path: Path
    first_line: int
    code: str


@dataclass
class Outcome:
    """The result of running one section.

    Attributes:
        printed: output of each statement, by its last line (from 1 in the section).
        figure: the figure that the section showed.
        problems: the reasons why the section failed, one text each.
        seconds: the section's own running time.
    """

    printed: dict[int, str] = field(default_factory=dict)
    figure: Figure | None = None
    problems: list[str] = field(default_factory=list)
    seconds: float = 0.0
