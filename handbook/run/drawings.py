"""The sections of a lesson that draw its figures."""

from handbook.lesson import results
from handbook.lesson.lessons import Lesson
from handbook.lesson.sections import sections
from handbook.run import records


def folded(lesson: Lesson) -> list[str]:
    """Return the sections that only draw, which are folded; none if drawing is the subject."""
    return [name for name, prints in _drawn(lesson).items() if not prints]


def mixed(lesson: Lesson) -> list[str]:
    """Return the sections that draw and also print results, so that they cannot be folded."""
    return [name for name, prints in _drawn(lesson).items() if prints]


def _drawn(lesson: Lesson) -> dict[str, bool]:
    """Return for each section that draws a figure whether it also prints."""
    if lesson.settings.drawing == "open":
        return {}
    figures = records.read(lesson).get("data", {})
    return {s.name: bool(results.shown(s.text)) for s in sections(lesson) if s.name in figures}
