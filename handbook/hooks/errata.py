"""Put what the lessons' boxes say of old notes into one table, in place of a marker."""

import html
import posixpath
import re
from collections import Counter
from pathlib import Path
from typing import Any

import markdown
import pygments
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from handbook import errata, records
from handbook.lessons import Lesson

MARKER = "<!-- errata -->"
LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(#[\w-]+)?\)")
WORDS = {
    "en": {
        "count": "{} rows: {raises} raise an error, {warns} only warn, {silent} run without a "
        "word and do something else. Run with TensorFlow {tensorflow} and Keras {keras}.",
        "find": "Search the table",
        "verdict": "Today",
        "chapter": "Chapter",
        "all": "all",
        "left": "{0} of {1} rows",
        "heads": ("Careful", "Today", "Instead"),
        "raises": "raises",
        "warns": "warns",
        "silent": "runs",
        "code": "code",
    },
    "zh": {
        "count": "共 {} 行：{raises} 行报错，{warns} 行只给警告，{silent} 行不报错，做的却是另一"
        "回事。运行环境：TensorFlow {tensorflow}，Keras {keras}。",
        "find": "在表里搜索",
        "verdict": "今天",
        "chapter": "章节",
        "all": "全部",
        "left": "显示 {0} 行，共 {1} 行",
        "heads": ("小心", "今天", "正解"),
        "raises": "报错",
        "warns": "警告",
        "silent": "不报错",
        "code": "代码",
    },
}
prose = markdown.Markdown(
    extensions=["pymdownx.arithmatex"],
    extension_configs={"pymdownx.arithmatex": {"generic": True}},
)


def on_page_markdown(markdown: str, page: Any, config: Any, files: Any) -> str:
    """Replace the marker."""
    if MARKER not in markdown:
        return markdown
    root, language = Path(config.config_file_path).parent, config.theme["language"]
    chapters = config.extra["chapters"]
    lessons = [lesson for a in chapters if (lesson := Lesson(root, a)).code.exists()]
    rows = [row for lesson in lessons for row in errata.rows(lesson, language)]
    table = Table(WORDS[language], page.file, files, chapters)
    return markdown.replace(MARKER, table.html(rows))


class Table:
    """The table, with a line above it that counts its rows, and the fields that filter it.

    Everything is one line of HTML, so that Markdown leaves it as it is.

    Args:
        words: of the page's language.
        file: MkDocs' file of the page.
        files: all of them.
        chapters: the titles of the lessons' chapters, by address.
    """

    def __init__(self, words: Any, file: Any, files: Any, chapters: dict[str, str]) -> None:
        self.words, self.file, self.files, self.chapters = words, file, files, chapters

    def html(self, rows: list[errata.Row]) -> str:
        """All of it."""
        heads = "".join(f'<th scope="col">{head}</th>' for head in self.words["heads"])
        body = "".join(map(self._row, rows))
        script = self.files.get_file_from_path("assets/errata.js").url_relative_to(self.file)
        return (
            f"{self._count(rows)}\n\n"
            f'<div class="errata" data-search-exclude>{self._form(rows)}'
            f'<table class="rows"><thead><tr>{heads}</tr></thead>'
            f"<tbody>{body}</tbody></table></div>\n"
            f'<script src="{script}" defer></script>'
        )

    def _count(self, rows: list[errata.Row]) -> str:
        kept = [records.read(lesson) for lesson in {row.lesson for row in rows}]
        versions = {
            name: ", ".join(sorted({record["versions"][name] for record in kept if record}))
            for name in ("tensorflow", "keras")
        }
        counts = dict.fromkeys(errata.VERDICTS, 0) | Counter(row.verdict for row in rows)
        return str(self.words["count"].format(len(rows), **counts, **versions))

    def _form(self, rows: list[errata.Row]) -> str:
        chosen = {_chapter(row): self.chapters[row.lesson.address] for row in rows}
        verdicts = {verdict: self.words[verdict] for verdict in errata.VERDICTS}
        return (
            f"<form hidden><label>{self.words['find']} "
            '<input type="search" name="find" autocomplete="off" spellcheck="false"></label>'
            f"{self._select('verdict', verdicts)}{self._select('chapter', chosen)}"
            f'<output data-text="{self.words["left"]}"></output></form>'
        )

    def _select(self, name: str, options: dict[str, str]) -> str:
        options = {"": self.words["all"], **options}
        shown = "".join(f'<option value="{key}">{text}</option>' for key, text in options.items())
        return f'<label>{self.words[name]} <select name="{name}">{shown}</select></label>'

    def _row(self, row: errata.Row) -> str:
        page = self.files.get_file_from_path(f"{row.lesson.address}.md")
        link = f"{page.url_relative_to(self.file)}#{row.box.anchor}"
        code = f'<code class="highlight">{_highlighted(row.code)}</code>'
        if not row.is_statement:
            code = f"<details><summary>{self.words['code']}</summary>{code}</details>"
        today = _on_one_line(html.escape("\n".join(row.lines)))
        cells = (
            f'<p><a href="{link}">{self._prose(row.box.claim, page)}</a></p>{code}',
            f'<p class="verdict">{self.words[row.verdict]}</p><code>{today}</code>',
            f"<p>{self._prose(row.box.instead, page)}</p>",
        )
        heads = self.words["heads"]
        tds = (f'<td data-head="{h}">{c}</td>' for h, c in zip(heads, cells, strict=True))
        choice = f'data-verdict="{row.verdict}" data-chapter="{_chapter(row)}"'
        return f"<tr {choice}>{''.join(tds)}</tr>"

    def _prose(self, text: str, page: Any) -> str:
        """A paragraph of a lesson's page, its links as they lead from here."""

        def linked(match: re.Match[str]) -> str:
            path = posixpath.normpath(posixpath.join(posixpath.dirname(page.src_uri), match[1]))
            target = self.files.get_file_from_path(path) if match[1] else page
            if target is None:  # MkDocs says so of the lesson's page
                return match[0]
            return f"]({target.url_relative_to(self.file)}{match[2] or ''})"

        made = prose.reset().convert(LINK.sub(linked, text))
        return _on_one_line(made.removeprefix("<p>").removesuffix("</p>"))


def _chapter(row: errata.Row) -> str:
    return row.lesson.address.partition("/")[0]


def _highlighted(code: str) -> str:
    made: str = pygments.highlight(code, PythonLexer(), HtmlFormatter(nowrap=True))
    return _on_one_line(made.rstrip("\n"))


def _on_one_line(text: str) -> str:
    return text.replace("\n", "&#10;")
