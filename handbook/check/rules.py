"""Rules of a page: fences, alt text, structure, sizes, terms."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from handbook.check import claims, ledger
from handbook.lesson import errata, results
from handbook.lesson.glossary import HAN, glossary
from handbook.lesson.lessons import LANGUAGES, Lesson
from handbook.lesson.pages import Fence, Page
from handbook.lesson.sections import Section, outside, sections
from handbook.run import records

FORMS = (
    '```python` with one section of the lesson, ```python title="tfnotes/…"` with a '
    "section of that file, or ```sh`"
)
COLUMNS, LINES = 80, 25
FIGURE_KB = 300
CLOSING = ["try-it", "recap", "sources"]
ANSWERS = range(2, 5)
TERM = re.compile(r"\*\*([^*\n]*[一-鿿][^*\n]*)\*\* \(([A-Za-z][A-Za-z -]*)\)")


def lesson_problems(lesson: Lesson) -> list[str]:
    """Return one message for each rule that a lesson or lab breaks."""
    found = [*_code_problems(lesson), *ledger.problems(lesson)]
    for language in LANGUAGES:
        page = Page.of(lesson, language)
        problems = [
            *page_problems(page, language),
            *_lesson_page_problems(lesson, page),
        ]
        found += [f"{lesson.relative(page.path)} ({language}): {p}" for p in problems]
    return found


def page_problems(page: Page, language: str) -> Iterator[str]:
    """Yield the problems of any page, lesson or not."""
    for _, title, anchor in page.headings:
        if not anchor:
            yield f"heading {title!r} has no anchor; write {{#like-this}} after it"
    for path, alt in page.figures:
        if len(alt) < 8 or (language == "zh") != bool(HAN.search(alt)):
            yield f"figure {path} has no alt text in this language (found {alt!r})"
    for fence in page.fences:
        if not re.fullmatch(r'python|python title="[^"]+"|sh', fence.info):
            yield f"line {fence.line}: ```{fence.info}` is not a listed form; use {FORMS}"
        elif fence.info != "sh" and not fence.include:
            yield f"line {fence.line}: code is written in the page; include its section instead"
    for zh, en in TERM.findall(page.prose):
        if (expected := glossary().get(en.lower())) != zh:
            yield f"{zh!r} ({en}): expected {expected!r}, as docs/glossary.yml has it"


def _code_problems(lesson: Lesson) -> Iterator[str]:
    name = lesson.relative(lesson.code)
    yield from claims.stated_tolerances(lesson)
    for section in sections(lesson):
        for line in results.misplaced(section.text):
            where = section.first_line + line
            yield f"{name}:{where}: a result must follow the end of a top-level statement"
        if not lesson.is_lab:
            yield from (f"{name}: {problem}" for problem in _size_problems(section))
    if not lesson.is_lab:
        for line in outside(lesson.code):
            yield f"{name}:{line}: this line is in no section, so no page can show it"


def _size_problems(section: Section) -> Iterator[str]:
    lines = section.text.splitlines()
    if len(lines) > LINES:
        yield f"section {section.name!r} has {len(lines)} lines; at most {LINES} fit a page"
    written = results.without_results(section.text).splitlines()
    if any(len(line) > COLUMNS for line in written):
        yield f"section {section.name!r} is wider than {COLUMNS} columns"


def _lesson_page_problems(lesson: Lesson, page: Page) -> Iterator[str]:
    shown = list(_own_sections(lesson, page.fences))
    names = [s.name for s in sections(lesson)]
    for name in names:
        if name not in shown:
            yield f"section {name!r} of {lesson.relative(lesson.code)} is not shown"
    if [n for n in shown if n in names] != [n for n in names if n in shown]:
        yield f"sections are shown in the order {shown}, but run in the order {names}"
    yield from _quote_problems(page.fences)
    yield from _figure_problems(lesson, page)
    if not lesson.is_lab:
        yield from _anatomy_problems(page)


def _own_sections(lesson: Lesson, fences: list[Fence]) -> Iterator[str]:
    for fence in fences:
        if fence.info == "python" and fence.include:
            if fence.include["file"] == f"{lesson.address}.py":
                yield fence.include["section"]
            else:
                yield f"{fence.include['file']} (not this lesson's code)"


def _quote_problems(fences: list[Fence]) -> Iterator[str]:
    for fence in fences:
        if title := re.fullmatch(r'python title="([^"]+)"', fence.info):
            file = fence.include["file"] if fence.include else ""
            if file != title[1] or not file.startswith("tfnotes/"):
                yield f"line {fence.line}: the title says {title[1]}, the fence shows {file!r}"


def _figure_problems(lesson: Lesson, page: Page) -> Iterator[str]:
    drawn = [f"{name}.svg" for name in records.read(lesson).get("data", {})]
    drawn += [f"{tab}.png" for tab in lesson.settings.screenshots]
    shown = [PurePosixPath(path) for path, _ in page.figures]
    folder = PurePosixPath("../figures", lesson.address)
    for path in shown:
        if path.parent != folder or path.name not in drawn:
            yield f"figure {path} is not drawn by this lesson"
    for name in drawn:
        if folder / name not in shown:
            yield f"figure {name} is drawn but not shown"
        file = lesson.figures / name
        if file.exists() and file.stat().st_size > 1000 * FIGURE_KB:
            yield f"figure {name} is larger than {FIGURE_KB} KB; draw fewer points"


def _anatomy_problems(page: Page) -> Iterator[str]:
    for name in ("title", "description", "minutes", "hardware"):
        if name not in page.front_matter:
            yield f"the front matter has no {name}"
    levels = [level for level, _, _ in page.headings]
    if levels[:1] != [1] or levels.count(1) != 1:
        yield "a page must begin with its only title"
    if [anchor for _, _, anchor in page.headings][-3:] != CLOSING:
        yield f"a page must end with the headings {CLOSING}"
    boxes = [kind for kind, _ in page.boxes]
    if "warning" not in boxes:
        yield "expected a box `!!! warning` that corrects an old claim, found none"
    for title, body in errata.bodies(page):
        if not errata.replacement(body):
            yield f"box {title!r} ends with code; write under it what to do instead"
    if boxes.count("success") not in ANSWERS:
        yield f"expected two to four `??? success` answers, found {boxes.count('success')}"
