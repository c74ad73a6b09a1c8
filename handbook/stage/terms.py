"""Marks for the glossary's terms in the prose, with their names in the other language.

The first use in every ``h2`` section is marked; ``docs/theme/assets/terms.js`` shows the name.
"""

import functools
import html
import logging
import re
from collections.abc import Iterator

import jieba

from handbook.lesson.glossary import HAN, glossary, terms

# Words with another meaning in prose: "in this case the fit is bad".
EVERYDAY = re.compile(
    "admonition|api|attribute|block|branch|buffer|capacity|cast|class|condition|constant|edge|"
    "element|environment|evaluation|feature|fit|fold|fusion|gate|graph|hardware|head|hook|"
    "imbalance|index|instance|kernel|label|mask|method|mirror|node|odds|operation|override|"
    "penalty|pipeline|placeholder|rank|recall|reduction|run|sample|seed|session|shape|slice|slope|"
    "state|step|stratified|target|template|training|trunk|unit|wheel|worker",
    re.I,
)
jieba.setLogLevel(logging.WARNING)
TAG = re.compile(r"(<!--.*?-->|<[^>]+>)", re.DOTALL)
NAME = re.compile(r"</?([a-zA-Z][\w-]*)")
SECTION = re.compile(r"(?=<h2[ >])")
NO_PROSE = re.compile("a|button|code|h[1-6]|math|pre|script|style|summary|svg")
NO_PROSE_CLASS = re.compile(r'class="[^"]*\b(?:admonition-title|lesson-row|formula|highlight)\b')
PAIR = re.compile(r"<strong>([^<]+)</strong> \(")


@functools.cache
def add_words_to_jieba() -> None:
    """Add the glossary's words of three characters to jieba, such as 学习率 (learning rate).

    Longer words stay segmented, so that 矩阵 (matrix) finds 混淆矩阵 (confusion matrix).
    """
    for word in glossary().values():
        if re.fullmatch(f"{HAN.pattern}{{3}}", word):
            jieba.add_word(word)


def marked(content: str, language: str) -> str:
    """Return the HTML of a page with its terms marked."""
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
    ends: set[int] = set()  # word boundaries of Chinese, computed when needed

    def mark(match: re.Match[str]) -> str:
        nonlocal ends
        term = match.lastgroup and names[int(match.lastgroup[1:])]
        if not term or term[0] in seen:
            return match[0]
        if language == "zh" and not {*match.span()} <= (ends := ends or _word_ends(text)):
            return match[0]
        seen.add(term[0])
        other = html.escape(term[1])
        return f'<span class="term" tabindex="0" data-term="{other}">{match[0]}</span>'

    return words.sub(mark, text)


def _word_ends(text: str) -> set[int]:
    """Return the word boundaries, so that 向量 is not found in 方向量化."""
    add_words_to_jieba()
    return {0, *(end for _, _, end in jieba.tokenize(text))}


@functools.cache
def _terms(language: str) -> tuple[re.Pattern[str], list[tuple[str, str]]]:
    """Return one pattern for all terms, the longest first, and the pairs of its groups."""
    pairs = [(en, zh) for en, zh in terms().items() if not EVERYDAY.fullmatch(en)]
    if language == "zh":
        first = {zh: en for en, zh in reversed(pairs) if len(zh) > 1}  # of several English names
        pairs = list(first.items())
    pairs.sort(key=lambda pair: len(pair[0]), reverse=True)
    form, common = (_english, 2) if language == "en" else (re.escape, 1)
    groups: dict[str, list[str]] = {}
    for number, (term, _) in enumerate(pairs):  # grouped by first letters, which is faster
        text = form(term)
        groups.setdefault(text[:common].lower(), []).append(f"(?P<t{number}>{text[common:]})")
    whole = "|".join(f"{start}(?:{'|'.join(rest)})" for start, rest in groups.items())
    if language == "en":
        whole = rf"(?<![\w-])(?:{whole})(?![\w-])"
    return re.compile(whole, re.I), pairs


def _english(term: str) -> str:
    """Return the pattern of a term in singular or plural, with any white space between words."""
    plural = rf"{term[:-1]}(?:y|ies)" if term.endswith("y") else rf"{term}(?:e?s)?"
    return re.sub(r" ", r"\\s+", plural)
