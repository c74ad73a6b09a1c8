"""Typography: spaces, punctuation, emphasis, links, and the words of the glossary.

A rule checks one line, since a paragraph of this book is one line. ``problems`` reports for each
line the current text and the expected text.
"""

import functools
import html
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import autocorrect_py as autocorrect
from markdown import Markdown
from markdown_it import MarkdownIt
from mkdocs.utils.yaml import yaml_load

from handbook.lesson.glossary import HAN, entries, glossary, wrong_words
from handbook.lesson.lessons import LANGUAGES, ROOT
from handbook.lesson.pages import Page
from handbook.lesson.sections import cells

CONFIG = ROOT / ".autocorrectrc"
DISPLAY = re.compile(r"\$\$.*?\$\$", re.S)
FORMULA = re.compile(r"(?<![\\$])\$[^$\n]+\$")
CODE = re.compile(r"(?<!`)(`+)(?!`).+?(?<!`)\1(?!`)")
MARKUP = [  # pattern of markup, replacement
    (re.compile(r"^ *(?:[-*]|\d+\.) +"), ""),
    (re.compile(r'^ *(?:!!!|\?\?\?\+?) +[\w-]+ *(?:"(.*)")?$'), r"\1"),
    (re.compile(r'^(?:title|description): "?(.*?)"?$'), r"\1"),
    (re.compile(r" *\{ *[#.:][^}\n]*\}"), ""),
    (CODE, "code"),
    (FORMULA, "x"),
    (re.compile(r"!?\[([^\]]*)\]\([^)\s]*\)"), r"\1"),
    (re.compile(r"</?[a-z][^<>]*>"), ""),
    (re.compile(r"\*+"), ""),
]
WIDE = "，。：；！？、（）《》"
HANZI = HAN.pattern
CHINESE = [
    (rf"(?<={HANZI})[,;:!?\"'()]|[,;!?\"'()](?={HANZI})", "half-width punctuation next to Chinese"),
    (rf"(?<={HANZI})\.(?!\w)|\.\.\.|。。|，，|、、", "a Chinese full stop is one 。"),
    (rf"(?<={HANZI}) +(?={HANZI})", "a space between Chinese characters"),
    (rf" (?=[{WIDE}])|(?<=[{WIDE}]) ", "a space next to full-width punctuation"),
    (r"（(?!code）)[A-Za-z][A-Za-z -]+）", "full-width brackets; write 张量 (tensor)"),
    (r"(?<!—)—(?!—)", "a Chinese dash is two characters, ——"),
]
ENGLISH = [
    (HANZI + r"(?!.*\))|[　-〿＀-￯]", "Chinese in an English sentence"),
    (r" [,.;!?](?!\w)|,,|(?<!\.)\.\.(?!\.)", "a space before punctuation, or doubled punctuation"),
]
PAIR = re.compile(r"([一-鿿A-Za-z“” ]*[一-鿿”]) ?[（(]([A-Za-z][A-Za-z -]*)[)）]")
PAIRS = (("“", "”"), ("（", "）"), ("《", "》"), ("(", ")"))
LINKS = [
    (r"(?<!!)\[[^\]]*[。，、；：.,;:]\]\(", "a link's text ends with punctuation; move it after"),
    (rf"\]\([^)\s]*[{WIDE}.,;:]\)|<https?:[^>]*[{WIDE}.,;:]>", "a link ends with punctuation"),
    (r"(?<![(<\w])https?://", "a bare address; write [its name](address)"),
]


def problems(root: Path = ROOT) -> list[str]:
    """Return all typographic problems of a checkout, with file and line."""
    words = [word for words in entries().values() for word in words]
    return [
        *text_problems(root),
        *problems_elsewhere(root),
        *(f"docs/glossary.yml: {p}" for word in words for p in spacing(word)),
    ]


def text_problems(root: Path) -> Iterator[str]:
    """Yield the problems of the pages and labs of both languages."""
    for language in LANGUAGES:
        for name, first, prose in texts(root, language):
            blanked = DISPLAY.sub(lambda m: "\n" * m[0].count("\n"), prose)
            for number, line in enumerate(blanked.split("\n"), first):
                yield from (f"{name}:{number}: {p}" for p in line_problems(line, language))


def problems_elsewhere(root: Path) -> Iterator[str]:
    """Yield the problems of Chinese text in settings, code, words and on the start page."""
    configure()
    files = [root / "mkdocs.zh.yml", root / "docs/index.html"]
    files += sorted((root / "docs").rglob("*.zh.yml"))
    for path in [*files, *sorted((root / "handbook").rglob("*.py"))]:
        kind = {".yml": "yaml", ".html": "html", ".py": "python"}[path.suffix]
        for line in autocorrect.lint_for(path.read_text(encoding="utf-8"), kind).lines:
            name = path.relative_to(root).as_posix()
            yield f"{name}:{line.line}: {line.old!r} should be {line.new!r}"


def texts(root: Path, language: str) -> Iterator[tuple[str, int, str]]:
    """Yield every page and lab cell of a language: file, first line, text without its fences."""
    for path in sorted((root / "docs" / language).rglob("*.md")):
        page = Page.read(path)
        above = page.text.count("\n") - page.prose.count("\n")
        head = "".join(f"{line}\n" for line in page.text.split("\n")[:above])
        yield path.relative_to(root).as_posix(), 1, head + page.prose
    for path in sorted((root / "docs/labs").glob("*.py")):
        for cell in cells(path):
            if cell.language == language:
                text = Page(path, cell.text).prose
                yield path.relative_to(root).as_posix(), cell.first_line, text


def line_problems(line: str, language: str) -> Iterator[str]:
    """Yield the problems of one line of Markdown."""
    if not line.strip():
        return
    for pattern, problem in LINKS:
        yield from _around(pattern, CODE.sub("code", line), problem)
    for cell in spoken(line).split("|"):
        yield from cell_problems(cell.strip(), language)
    yield from emphasis(line)


def cell_problems(text: str, language: str) -> Iterator[str]:
    """Yield the problems of a line, or of a cell of a table, without markup."""
    for pattern, problem in CHINESE if language == "zh" else ENGLISH:
        yield from _around(pattern, text, problem)
    for left, right in PAIRS:
        if text.count(left) != text.count(right):
            yield f"{text[:40]!r}: expected as many {left} as {right}"
    if language == "zh":
        yield from spacing(text)
        yield from terms(text)


def spoken(line: str) -> str:
    """Return a line of Markdown without its markup; code and formulas become one Latin word.

    Examples:
        >>> spoken("## 用 `fit` **训练** {#fit}")
        '## 用 code 训练'
    """
    for pattern, replacement in MARKUP:
        line = pattern.sub(replacement, line)
    return line.strip()


def spacing(text: str) -> Iterator[str]:
    """Yield the text that autocorrect would change, if any."""
    corrected = formatted(text)
    if corrected != text:
        same = _common_prefix(text, corrected)
        start = max(same - 8, 0)
        end = max(_common_prefix(text[same:][::-1], corrected[same:][::-1]) - 8, 0)
        found, expected = text[start : len(text) - end], corrected[start : len(corrected) - end]
        yield f"{found!r} should be {expected!r}"


def terms(text: str) -> Iterator[str]:
    """Yield the words that differ from the glossary."""
    for wrong, right in wrong_words().items():
        if wrong in text:
            yield f"{wrong!r}: expected {right!r}, as docs/glossary.yml has it"
    for chinese, english in PAIR.findall(text):
        expected = glossary().get(english.lower(), chinese)
        if not chinese.strip("“”").endswith(expected):
            yield f"{chinese!r} ({english}): expected {expected!r}, as docs/glossary.yml has it"


def emphasis(line: str) -> Iterator[str]:
    """Yield the emphasis marks that the site or a notebook would show literally."""
    if not re.search(r"[*_]", CODE.sub("", line)):
        return
    line = line.strip()
    shown = {
        "site": site_markdown().reset().convert(line),
        "notebook": MarkdownIt().render(FORMULA.sub("$x$", line)),
    }
    for reader, page in shown.items():
        text = re.sub(r'<span class="arithmatex">.*?</span>|<code.*?</code>', "", page, flags=re.S)
        text = html.unescape(re.sub(r"<[^>]+>", "", text))
        yield from _around(r"\*|(?<!\w)_|_(?!\w)", text, f"is shown literally in the {reader}")


@functools.cache
def site_markdown() -> Markdown:
    """Return the site's Markdown converter without our extension, which converts formulas."""
    with (ROOT / "mkdocs.yml").open(encoding="utf-8") as file:
        settings = yaml_load(file)
    extensions = settings["markdown_extensions"]
    del extensions["handbook.stage.markdown"]
    return Markdown(extensions=list(extensions), extension_configs=extensions)


@functools.cache
def formatted(text: str) -> str:
    """Return a line as autocorrect formats it, with the rules of ``.autocorrectrc``."""
    configure()
    corrected: str = autocorrect.format(text)
    return corrected


@functools.cache
def configure() -> None:
    """Read ``.autocorrectrc``."""
    read: Callable[[str], None] = autocorrect.load_config  # type: ignore[attr-defined]
    read(CONFIG.read_text(encoding="utf-8"))


def _around(pattern: str, text: str, problem: str) -> Iterator[str]:
    for match in re.finditer(pattern, text):
        found = text[max(match.start() - 8, 0) : match.end() + 8]
        yield f"{found!r}: {problem}"


def _common_prefix(one: str, other: str) -> int:
    """Return the length of the common prefix of two texts."""
    pairs = zip(one, other, strict=False)
    return next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))
