"""Mark the glossary's terms in the prose, with what the other language calls them.

The first use in every ``h2`` section is marked; ``docs/theme/assets/terms.js`` shows the name.
"""

import functools
import html
import re
from collections.abc import Iterator
from typing import Any

import jieba
from mkdocs.plugins import event_priority

from handbook.hooks import lesson_of
from handbook.rules import terms

# Words that prose also uses in another sense: "in this case the fit is bad".
EVERYDAY = re.compile(
    "admonition|api|attribute|block|branch|buffer|capacity|cast|class|condition|constant|edge|"
    "element|environment|evaluation|feature|fit|fold|fusion|gate|graph|hardware|head|hook|"
    "imbalance|index|instance|kernel|label|mask|method|mirror|node|odds|operation|override|"
    "penalty|pipeline|placeholder|rank|recall|reduction|run|sample|seed|session|shape|slice|slope|"
    "state|step|stratified|target|template|training|trunk|unit|wheel|worker",
    re.I,
)
TAG = re.compile(r"(<!--.*?-->|<[^>]+>)", re.DOTALL)
NAME = re.compile(r"</?([a-zA-Z][\w-]*)")
SECTION = re.compile(r"(?=<h2[ >])")
NO_PROSE = re.compile("a|button|code|h[1-6]|math|pre|script|style|summary|svg")
NO_PROSE_CLASS = re.compile(r'class="[^"]*\b(?:admonition-title|lesson-row|formula|highlight)\b')
PAIR = re.compile(r"<strong>([^<]+)</strong> \(")


@event_priority(-50)  # type: ignore[untyped-decorator] # after what makes the page
def on_page_content(content: str, page: Any, config: Any, files: Any) -> str:  # noqa: ARG001
    """Mark the terms of a lesson's page."""
    if not lesson_of(page, config).code.exists():
        return content
    return marked(content, config.theme["language"])


def marked(content: str, language: str) -> str:
    """A page's HTML with its terms marked."""
    return "".join(
        "".join(_marked_section(section, language)) for section in SECTION.split(content)
    )


def _marked_section(section: str, language: str) -> Iterator[str]:
    seen = {pair.lower() for pair in PAIR.findall(section)}
    inside, depth = "", 0  # the outermost element that holds no prose
    for piece in TAG.split(section):
        if not piece.startswith("<"):
            yield piece if inside else _marked_text(piece, language, seen)
            continue
        yield piece
        name = match[1] if (match := NAME.match(piece)) else ""
        if not inside and (NO_PROSE.fullmatch(name) or NO_PROSE_CLASS.search(piece)):
            inside = name
        if name == inside:
            depth += -1 if piece.startswith("</") else 1
            inside = inside if depth else ""


def _marked_text(text: str, language: str, seen: set[str]) -> str:
    words, names = _terms(language)
    ends = _word_ends(text) if language == "zh" else set()

    def mark(match: re.Match[str]) -> str:
        term = match.lastgroup and names[int(match.lastgroup[1:])]
        if not term or term[0] in seen or (ends and not {match.start(), match.end()} <= ends):
            return match[0]
        seen.add(term[0])
        other = html.escape(term[1])
        return f'<span class="term" tabindex="0" data-term="{other}">{match[0]}</span>'

    return words.sub(mark, text)


def _word_ends(text: str) -> set[int]:
    """Where words begin and end, so that 向量 is not found in 方向量化."""
    return {0, *(end for _, _, end in jieba.tokenize(text))}


@functools.cache
def _terms(language: str) -> tuple[re.Pattern[str], list[tuple[str, str]]]:
    """One pattern for all terms, the longest first, and the pairs that its groups mean."""
    pairs = [(en, zh) for en, zh in terms().items() if not EVERYDAY.fullmatch(en)]
    if language == "zh":
        first = {zh: en for en, zh in reversed(pairs) if len(zh) > 1}  # of two English names
        pairs = list(first.items())
    pairs.sort(key=lambda pair: len(pair[0]), reverse=True)
    form = _english if language == "en" else re.escape
    groups = "|".join(f"(?P<t{i}>{form(term)})" for i, (term, _) in enumerate(pairs))
    whole = rf"(?<![\w-])(?:{groups})(?![\w-])" if language == "en" else groups
    return re.compile(whole, re.I), pairs


def _english(term: str) -> str:
    """A term in one or many, its words perhaps on two lines."""
    many = rf"{term[:-1]}(?:y|ies)" if term.endswith("y") else rf"{term}(?:e?s)?"
    return re.sub(r" ", r"\\s+", many)
