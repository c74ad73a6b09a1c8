"""The sections of a lesson that draw its figures."""

import ast

from handbook.lesson import results
from handbook.lesson.lessons import Lesson
from handbook.lesson.sections import Section, sections
from handbook.run import records


def folded(lesson: Lesson) -> list[str]:
    """Return the sections that only draw, which are folded; none if drawing is the subject.

    A section that defines what a later open one uses stays open, since the page needs it.
    """
    drawn, found = _drawn(lesson), []
    needed: set[str] = set()  # names that the open sections below use but do not define
    for section in reversed(sections(lesson) if drawn else []):
        defined, used = _names(section)
        if drawn.get(section.name, True) or defined & needed:
            needed = (needed - defined) | (used - defined)
        else:
            found.append(section.name)
    return found[::-1]


def mixed(lesson: Lesson) -> list[str]:
    """Return the sections that draw and also print results, so that they cannot be folded."""
    return [name for name, prints in _drawn(lesson).items() if prints]


def _drawn(lesson: Lesson) -> dict[str, bool]:
    """Return for each section that draws a figure whether it also prints."""
    if lesson.settings.drawing == "open":
        return {}
    figures = records.read(lesson).get("data", {})
    return {s.name: bool(results.shown(s.text)) for s in sections(lesson) if s.name in figures}


def _names(section: Section) -> tuple[set[str], set[str]]:
    """Return the names that a section defines, arguments included, and those that it uses.

    Imports do not count: a later section may use a library that the first figure imports.
    """
    defined, used = set(), set()
    for node in ast.walk(ast.parse(section.text)):
        match node:
            case ast.Name(id=name, ctx=ast.Load()):
                used.add(name)
            case (
                ast.Name(id=name)
                | ast.arg(arg=name)
                | ast.FunctionDef(name=name)
                | ast.ClassDef(name=name)
            ):
                defined.add(name)
    return defined, used
