"""How the texts are set: spaces, punctuation, emphasis, links, and the words of the glossary.

A rule looks at one line, since a paragraph of this book is one line. ``problems`` tells of each
line what stands there and what should.
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

from handbook.lesson.glossary import HAN as HAN_PATTERN
from handbook.lesson.glossary import entries, glossary, wrong_words
from handbook.lesson.lessons import LANGUAGES, ROOT
from handbook.lesson.pages import Page
from handbook.lesson.sections import cells

CONFIG = ROOT / ".autocorrectrc"
DISPLAY = re.compile(r"\$\$.*?\$\$", re.S)
FORMULA = re.compile(r"(?<![\\$])\$[^$\n]+\$")
CODE = re.compile(r"(?<!`)(`+)(?!`).+?(?<!`)\1(?!`)")
MARKUP = [  # what a reader does not see, and what stands in its place
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
HAN = HAN_PATTERN.pattern
CHINESE = [
    (rf"(?<={HAN})[,;:!?\"'()]|[,;!?\"'()](?={HAN})", "half-width punctuation beside Chinese"),
    (rf"(?<={HAN})\.(?!\w)|\.\.\.|。。|，，|、、", "a full stop of Chinese is one 。"),
    (rf"(?<={HAN}) +(?={HAN})", "a space between Chinese characters"),
    (rf" (?=[{WIDE}])|(?<=[{WIDE}]) ", "a space beside full-width punctuation"),
    (r"（(?!code）)[A-Za-z][A-Za-z -]+）", "full-width brackets; write 张量 (tensor)"),
    (r"(?<!—)—(?!—)", "a dash of Chinese is two long"),
]
ENGLISH = [
    (HAN + r"(?!.*\))|[　-〿＀-￯]", "Chinese in an English sentence"),
    (r" [,.;!?](?!\w)|,,|(?<!\.)\.\.(?!\.)", "a space before punctuation, or two of a kind"),
]
PAIR = re.compile(r"([一-鿿A-Za-z“” ]*[一-鿿”]) ?[（(]([A-Za-z][A-Za-z -]*)[)）]")
PAIRS = (("“", "”"), ("（", "）"), ("《", "》"), ("(", ")"))
LINKS = [
    (r"(?<!!)\[[^\]]*[。，、；：.,;:]\]\(", "a link's text ends with punctuation; write it behind"),
    (rf"\]\([^)\s]*[{WIDE}.,;:]\)|<https?:[^>]*[{WIDE}.,;:]>", "a link leads to punctuation"),
    (r"(?<![(<\w])https?://", "a bare address; write [its name](address)"),
]


def problems(root: Path = ROOT) -> list[str]:
    """Everything in the texts of a checkout that is set wrong, with file and line."""
    words = [word for words in entries().values() for word in words]
    return [
        *text_problems(root),
        *problems_elsewhere(root),
        *(f"docs/glossary.yml: {p}" for word in words for p in spacing(word)),
    ]


def text_problems(root: Path) -> Iterator[str]:
    """What is wrong in the pages and labs of both languages."""
    for language in LANGUAGES:
        for name, first, prose in texts(root, language):
            blanked = DISPLAY.sub(lambda m: "\n" * m[0].count("\n"), prose)
            for number, line in enumerate(blanked.split("\n"), first):
                yield from (f"{name}:{number}: {p}" for p in line_problems(line, language))


def problems_elsewhere(root: Path) -> Iterator[str]:
    """What is wrong in the Chinese of settings, of the site's own words and of the chooser."""
    configure()
    files = [root / "mkdocs.zh.yml", root / "docs/index.html"]
    for path in [*files, *sorted((root / "handbook").rglob("*.py"))]:
        kind = {".yml": "yaml", ".html": "html", ".py": "python"}[path.suffix]
        for line in autocorrect.lint_for(path.read_text(encoding="utf-8"), kind).lines:
            name = path.relative_to(root).as_posix()
            yield f"{name}:{line.line}: {line.old!r} should be {line.new!r}"


def texts(root: Path, language: str) -> Iterator[tuple[str, int, str]]:
    """Every page and lab cell of a language: file, first line, text with its fences blank."""
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
    """What is wrong in one line of Markdown."""
    if not line.strip():
        return
    for pattern, problem in LINKS:
        yield from _around(pattern, CODE.sub("code", line), problem)
    for cell in spoken(line).split("|"):
        yield from cell_problems(cell.strip(), language)
    yield from emphasis(line)


def cell_problems(said: str, language: str) -> Iterator[str]:
    """What is wrong in what a line, or a cell of a table, says."""
    for pattern, problem in CHINESE if language == "zh" else ENGLISH:
        yield from _around(pattern, said, problem)
    for left, right in PAIRS:
        if said.count(left) != said.count(right):
            yield f"{said[:40]!r}: expected as many {left} as {right}"
    if language == "zh":
        yield from spacing(said)
        yield from terms(said)


def spoken(line: str) -> str:
    """A line of Markdown without its markup; code and formulas are one Latin word.

    Examples:
        >>> spoken("## 用 `fit` **训练** {#fit}")
        '## 用 code 训练'
    """
    for pattern, instead in MARKUP:
        line = pattern.sub(instead, line)
    return line.strip()


def spacing(said: str) -> Iterator[str]:
    """What autocorrect would write otherwise."""
    should = formatted(said)
    if should != said:
        same = _alike(said, should)
        start = max(same - 8, 0)
        end = max(_alike(said[same:][::-1], should[same:][::-1]) - 8, 0)
        stands, better = said[start : len(said) - end], should[start : len(should) - end]
        yield f"{stands!r} should be {better!r}"


def terms(said: str) -> Iterator[str]:
    """Words that the glossary has otherwise."""
    for wrong, right in wrong_words().items():
        if wrong in said:
            yield f"{wrong!r}: expected {right!r}, as docs/glossary.yml has it"
    for chinese, english in PAIR.findall(said):
        expected = glossary().get(english.lower(), chinese)
        if not chinese.strip("“”").endswith(expected):
            yield f"{chinese!r} ({english}): expected {expected!r}, as docs/glossary.yml has it"


def emphasis(line: str) -> Iterator[str]:
    """Marks of emphasis that the site or a notebook would print as they stand."""
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
        yield from _around(r"\*|(?<!\w)_|_(?!\w)", text, f"is shown as it stands in the {reader}")


@functools.cache
def site_markdown() -> Markdown:
    """The Markdown of the site without our own extension: formulas stay as they are."""
    with (ROOT / "mkdocs.yml").open(encoding="utf-8") as file:
        settings = yaml_load(file)
    extensions = settings["markdown_extensions"]
    del extensions["handbook.stage.markdown"]
    return Markdown(extensions=list(extensions), extension_configs=extensions)


@functools.cache
def formatted(said: str) -> str:
    """A line as autocorrect sets it, with the rules of ``.autocorrectrc``."""
    configure()
    corrected: str = autocorrect.format(said)
    return corrected


@functools.cache
def configure() -> None:
    """Read ``.autocorrectrc``."""
    read: Callable[[str], None] = autocorrect.load_config  # type: ignore[attr-defined]
    read(CONFIG.read_text(encoding="utf-8"))


def _around(pattern: str, text: str, problem: str) -> Iterator[str]:
    for match in re.finditer(pattern, text):
        stands = text[max(match.start() - 8, 0) : match.end() + 8]
        yield f"{stands!r}: {problem}"


def _alike(one: str, other: str) -> int:
    """How many characters two texts share from their start."""
    pairs = zip(one, other, strict=False)
    return next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))
