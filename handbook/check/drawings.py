"""The rule that a section that draws a figure prints nothing, so that it can be folded."""

from collections.abc import Iterator

from handbook.lesson.lessons import Lesson
from handbook.run.drawings import mixed


def problems(lesson: Lesson) -> Iterator[str]:
    """Yield a message for each section that draws a figure and prints results."""
    for name in mixed(lesson):
        yield f"section {name!r} draws a figure and prints results; split it"
