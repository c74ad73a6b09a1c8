"""The numbers in the sentences of a page: each is a result of its lesson, or names its source.

A decimal or percentage must be, in the same part of the page (from one ``##`` heading to the
next), a printed number, a number that a figure shows, a literal of the code, or a rounding of a
result. The head of the page, the exercises and the recap may use the whole lesson.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from handbook.lesson import values
from handbook.lesson.lessons import LANGUAGES, Lesson, text_of
from handbook.lesson.pages import FIGURE, INCLUDE, Page, fence_regions
from handbook.lesson.sections import Section, marked_sections, sections
from handbook.lesson.values import Number
from handbook.run import records

PART = re.compile(r"^## .*?(?:\{ *#([\w-]+) *\})?[ \t]*$", re.M)
ANYWHERE = ("", "try-it", "recap")  # parts that may use every result of the lesson
EXEMPT = "sources"
TWO_DIGITS = 10  # a smaller integer may be a word in the other language
FEW = 12  # points of a figure that a sentence can name
NAMES = (
    r"TensorFlow|tensorflow|TF|tf|Keras|keras|KerasHub|Python|NumPy|Matplotlib|pandas|scikit-learn|"
    r"CUDA|cuDNN|Ray|MkDocs|LiteRT|TensorBoard|macOS|Ubuntu|versions?|release|版本|版"
)
CITED = re.compile(r"(?<!!)\[(?:[^][\n]|\[[^][\n]*\])*\]\((?:#sources|https?://)[^)\s]*\)")
MARKED = re.compile(r"(?<=\])\([^)\s]*\)|\{:? *[#.][A-Za-z][^{}\n]*\}|<!--.*?-->")
CODE = re.compile(r"`(?![-\d.,%()\[\] ]+`)[^`\n]+`")
OUTSIDE = [  # what is no result: link targets, anchors, comments; versions, references
    MARKED,
    re.compile(
        rf"\b(?:{NAMES})[ =~≥≤<>v]*\d+\.\d+(?:\.\w+)*(?:(?:[,、和或到至–]| and| or| to| ?/)"
        r" ?[1-9]\d*\.\d+(?:\.\w+)*)*"
    ),
    re.compile(
        r"(?:[Ss]ections?|§|[Tt]ables?|[Ff]igures?|[Cc]hapters?|(?:(?<=[如见的])|(?<![一-鿿]))[图表])"
        r" ?[1-9]\d*(?:\.\d+)+"
    ),
    re.compile(r"[1-9]\d*(?:\.\d+)+ ?[节章]"),
]
SETTINGS = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
OTHERS = re.compile(r"^(?!title:|description:).+", re.M)  # settings that no page shows
FIX = "correct it, print it, ask for it by name ({{section: start #1}}), or link its source"


@dataclass(frozen=True)
class Part:
    """A part of a page, from one heading to the next.

    Attributes:
        anchor: of its heading; empty for the head of the page.
        text: its Markdown, with the named results filled in.
        sentences: the same text without all that is no result; same length.
        line: the number of its first line.
        names: the sections and figures that it shows.
        quoted: the code of tfnotes that it shows.
    """

    anchor: str
    text: str
    sentences: str
    line: int
    names: set[str]
    quoted: list[str] = field(default_factory=list)


def problems(lesson: Lesson) -> Iterator[str]:
    """Yield one message for each number in the sentences of a lesson that is tied to nothing."""
    pages = {language: Page.of(lesson, language) for language in LANGUAGES}
    parts: dict[str, list[Part]] = {}
    pool = _pool(lesson)
    for language, page in pages.items():
        try:
            parts[language] = list(_parts(page, lesson))
        except values.UnknownResultError as error:
            yield f"{lesson.relative(page.path)} ({language}): {error}"
            return
        for part in parts[language]:
            if part.anchor != EXEMPT:
                for line, problem in _unbound(part, pool):
                    number = _line_of_lab(lesson, page, line) if lesson.is_lab else line
                    yield f"{lesson.relative(page.path)}:{number} ({language}): {problem}"
    for zh, en in zip(*(parts[language] for language in LANGUAGES), strict=False):
        yield from _unequal(zh, en, lesson)


def _parts(page: Page, lesson: Lesson) -> Iterator[Part]:
    hidden = _split(values.NAMED.sub(" ", page.text))  # named results need no check
    line = 0
    for (anchor, text), (_, blank) in zip(
        _split(values.filled(page.text, lesson)), hidden, strict=True
    ):
        yield _part(anchor, text, blank, line, lesson)
        line += text.count("\n")


def _split(text: str) -> list[tuple[str, str]]:
    """Return anchor and text of each part."""
    starts = [(0, ""), *((match.start(), match[1] or "") for match in PART.finditer(text))]
    ends = [start for start, _ in starts[1:]] + [len(text)]
    return [(anchor, text[start:end]) for (start, anchor), end in zip(starts, ends, strict=True)]


def _part(anchor: str, text: str, blank: str, line: int, lesson: Lesson) -> Part:
    names, quoted = set(), []
    for include in INCLUDE.finditer(text):
        if include["file"].startswith("tfnotes/"):
            path = lesson.root / include["file"]
            found = marked_sections(path) if path.exists() else []
            quoted += [s.text for s in found if s.name == include["section"]]
        else:
            names.add(include["section"])
    for figure in FIGURE.finditer(text):
        names.add(figure["path"].rpartition("/")[2].rpartition(".")[0])
    return Part(anchor, text, sentences(blank), line + 1, names, quoted)


def sentences(text: str, *, every: bool = False) -> str:
    """Return a text of the same length without code, links and versions.

    Args:
        text: Markdown.
        every: keep code, and the numbers that link to their source.
    """
    for region in fence_regions(text):
        text = text[: region.start] + _blank(text[region.start : region.end]) + text[region.end :]
    text = SETTINGS.sub(lambda m: OTHERS.sub(lambda line: _blank(line[0]), m[0]), text)
    for pattern in OUTSIDE if every else (CITED, CODE, *OUTSIDE):
        text = pattern.sub(lambda m: _blank(m[0]), text)
    return text


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)


def _line_of_lab(lesson: Lesson, page: Page, line: int) -> int:
    """Return the line of the lab's file that holds a line of its text."""
    text = f"# {page.text.splitlines()[line - 1]}"
    return text_of(lesson.code).splitlines().index(text) + 1


def _unbound(part: Part, pool: dict[str, list[tuple[float, str]]]) -> Iterator[tuple[int, str]]:
    everywhere = part.anchor in ANYWHERE
    results = [v for name, vs in pool.items() if everywhere or name in part.names for v in vs]
    given = {value for value, what in results if what == "code"}
    given |= {value for code in part.quoted for value in values.literals(code)}
    shown = [(value, what) for value, what in results if what != "code"]
    for number in values.numbers(part.sentences):
        if not number.is_claim or any(number.rounds(value) for value, _ in shown):
            continue
        if any(number.equals(value) for value in given):
            continue
        line = part.line + part.sentences.count("\n", 0, number.start)
        yield line, f"{number.text!r} is no result{_nearest(number, shown)}; {FIX}"


def _nearest(number: Number, shown: Sequence[tuple[float, str]]) -> str:
    if not shown:
        return " of this part"
    value, what = min(shown, key=lambda v: abs(abs(v[0]) - float(number.value)))
    return f" of this part; the nearest is {value:g} ({what})"


def _unequal(zh: Part, en: Part, lesson: Lesson) -> Iterator[str]:
    """Yield the numbers of one language that the other does not have, small integers excepted."""
    if en.anchor == EXEMPT:
        return
    found = [list(values.numbers(sentences(part.text, every=True))) for part in (zh, en)]
    for (ours, theirs), (here, there) in zip(
        (found, found[::-1]), (LANGUAGES, LANGUAGES[::-1]), strict=True
    ):
        left = Counter(number.value for number in theirs)
        for number in ours:
            left[number.value] -= 1
            if left[number.value] < 0 and (number.is_claim or number.value >= TWO_DIGITS):
                name = f"#{en.anchor}" if en.anchor else "the head"
                yield (
                    f"{lesson.address}, {name}: {number.text!r} ({here}) is not in the same part "
                    f"in {there}; both languages must say the same"
                )


def _pool(lesson: Lesson) -> dict[str, list[tuple[float, str]]]:
    """Return the values of each section, and what each is."""
    data = records.read(lesson).get("data", {})
    return {
        section.name: [*_of_section(section), *_of_figure(data.get(section.name, {}))]
        for section in sections(lesson)
    }


def _of_section(section: Section) -> Iterator[tuple[float, str]]:
    for line in values.printed(section):
        for number in values.numbers(line):
            yield float(number.value), f"printed: {line[:60]}"
    for value in values.literals(section.text):
        yield value, "code"


def _of_figure(data: dict[str, Any]) -> Iterator[tuple[float, str]]:
    """Yield what a reader sees of a figure: its texts, bars, few points, ends of its lines."""
    for axes in data.get("axes", []):
        texts = [axes.get(name, "") for name in ("title", "x", "y")]
        labels = [line.get("label", "") for line in axes.get("lines", [])]
        for text in (*texts, *axes.get("texts", []), *axes.get("legend", []), *labels):
            yield from ((float(n.value), f"in the figure: {text}") for n in values.numbers(text))
        for line in axes.get("lines", []):
            for name in "xy":
                yield from _ends(line[name], f"of the line {line.get('label', '')}".strip())
        for box in axes.get("boxes", []):
            yield from ((value, "a bar of the figure") for value in box[2:])
        for points in axes.get("points", []):
            if isinstance(points, list) and len(points) <= FEW:
                flat = [v for p in points for v in (p if isinstance(p, list) else [p])]
                yield from ((v, "a point of the figure") for v in flat if _is_number(v))


def _ends(line: Any, what: str) -> Iterator[tuple[float, str]]:
    found = [v for v in line if _is_number(v)] if isinstance(line, list) else []
    if isinstance(line, dict):
        yield from ((line[name], f"{name} {what}") for name in ("min", "max"))
    if found:
        chosen = {
            "first": found[0],
            "last": found[-1],
            "smallest": min(found),
            "largest": max(found),
        }
        shown = {f"{name} {what}": value for name, value in chosen.items()}
        if len(found) <= FEW:
            shown |= {f"value {i} {what}": value for i, value in enumerate(found, 1)}
        yield from ((value, name) for name, value in shown.items())


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
