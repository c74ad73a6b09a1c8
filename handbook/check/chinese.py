"""The Chinese words of a lesson: each word has its entry, and each entry is used."""

import re
from collections.abc import Iterator, Mapping

from handbook.lesson import literals, results, translation
from handbook.lesson.glossary import HAN
from handbook.lesson.lessons import Lesson, LessonError
from handbook.lesson.sections import sections
from handbook.lesson.translation import Words
from tfnotes.labels import FIELD

WORD = re.compile(r"[A-Za-z]{3,}")
FORMULA = re.compile(r"\$[^$]+\$")


def problems(lesson: Lesson) -> Iterator[str]:
    """Yield one message for each word without an entry, and for each wrong or unused entry."""
    try:
        own = translation.words(lesson)
    except LessonError as error:
        yield str(error)
        return
    name = lesson.relative(lesson.words)
    yield from _comment_problems(lesson, own, name)
    yield from _label_problems(lesson, own, name)
    yield from _figure_problems(lesson, own, name)
    for part in translation.PARTS:
        yield from (f"{name}: {part}: {p}" for p in _entry_problems(part, getattr(own, part)))
    yield from _width_problems(lesson, name)


def _comment_problems(lesson: Lesson, own: Words, name: str) -> Iterator[str]:
    found = [(s, c) for s in sections(lesson) for c in translation.comments(s.text)]
    for section, comment in found:
        if WORD.search(comment.text) and comment.text not in own.comments:
            where = f"{lesson.relative(lesson.code)}:{section.first_line + comment.row - 1}"
            yield (
                f"{where}: the comment {comment.text!r} has no Chinese; add it to {name}, comments"
            )
    used = {comment.text for _, comment in found}
    for key in (key for key in own.comments if key not in used):
        yield f"{name}: comments: no comment of the code is {key!r}; remove or correct the entry"


def _label_problems(lesson: Lesson, own: Words, name: str) -> Iterator[str]:
    found = {text for s in sections(lesson) for text in literals.templates(s.text)}
    for key in (key for key in own.labels if key not in found):
        yield f"{name}: labels: no string of the code is {key!r}; remove or correct the entry"
    for text in sorted(found):
        if FORMULA.search(text) and WORD.search(FORMULA.sub("", text)):
            yield (
                f"{lesson.relative(lesson.code)}: {text!r} mixes words and a formula, which "
                "figures hold as an outline; write the formula in Unicode, as in x²"
            )


def _figure_problems(lesson: Lesson, own: Words, name: str) -> Iterator[str]:
    used = set()
    for text, path in translation.texts(lesson).items():
        measured = False  # what an entry of `figures` leaves open differs between machines
        for entry, part in translation.parts(text, own.drawn):
            used.add(entry)
            measured = measured or (entry in own.figures and FIELD in entry)
            if not entry and not measured and WORD.search(part):
                yield (
                    f"{lesson.relative(path)}: the text {part!r} has no Chinese; add it to {name}, "
                    "labels if it is a string of the code, else figures"
                )
    for key in own.figures:
        if not used & {key, *key.split("\n")}:
            yield f"{name}: figures: no figure shows {key!r}; remove or correct the entry"


def _entry_problems(part: str, entries: Mapping[str, str]) -> Iterator[str]:
    for key, value in entries.items():
        if not value or (value != key and WORD.search(key) and not HAN.search(value)):
            yield f"{key!r} has no Chinese, but {value!r}; translate it, or repeat it to keep it"
        shapes = [[line.count(FIELD) for line in text.split("\n")] for text in (key, value)]
        if part != "comments" and shapes[0] != shapes[1]:
            yield f"{key!r} and {value!r} differ in their lines or {{}}; give both the same"


def _width_problems(lesson: Lesson, name: str) -> Iterator[str]:
    for section in translation.sections(lesson, translation.TRANSLATED):
        for line in results.without_results(section.text).split("\n"):
            if HAN.search(line) and (width := translation.columns(line)) > results.WIDTH:
                yield (
                    f"{name}: in Chinese, section {section.name!r} has a line of {width} columns, "
                    f"{line.strip()!r}; at most {results.WIDTH} fit, a Chinese character takes two"
                )
