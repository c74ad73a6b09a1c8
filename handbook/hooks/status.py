"""Put how fresh the lessons are into two tables, in place of two markers."""

import datetime
import html
from pathlib import Path
from typing import Any

from handbook import clock, records, status
from handbook.lessons import LANGUAGES, Lesson
from handbook.pages import Page

ROWS, LESSONS = "<!-- status: rows -->", "<!-- status: lessons -->"
WORDS: dict[str, dict[str, Any]] = {
    "en": {
        "rows": ("Versions", "Run on", "Python", "TensorFlow", "Keras", "Lessons", "Tests"),
        "lowest": "lowest",
        "locked": "locked",
        "newest": "newest",
        "nightly": "nightly",
        "same": "same",
        "differs": "differs",
        "fails": "fails",
        "count": "{}: {}",
        "passed": "{} passed",
        "failed": "{} failed",
        "never": "never run",
        "overdue": "older than a month",
        "lessons": ("Lesson", "Runs for", "Verified"),
        "facts": "{minutes} minutes to read · {hardware} · {languages}",
        "seconds": "{} s",
        "stale": "stale",
        "missing": "not run",
        "earlier": "an earlier text",
    },
    "zh": {
        "rows": ("版本", "运行日期", "Python", "TensorFlow", "Keras", "课文", "测试"),
        "lowest": "最低支持",
        "locked": "锁定",
        "newest": "最新",
        "nightly": "每夜构建",
        "same": "一致",
        "differs": "有出入",
        "fails": "跑不通",
        "count": "{}：{}",
        "passed": "{} 项通过",
        "failed": "{} 项未通过",
        "never": "从未运行",
        "overdue": "已超过一个月",
        "lessons": ("课文", "运行时间", "验证日期"),
        "facts": "阅读 {minutes} 分钟 · {hardware} · {languages}",
        "seconds": "{} 秒",
        "stale": "待重跑",
        "missing": "未运行",
        "earlier": "针对旧课文",
    },
}
NAMES = {"zh": "中文", "en": "English"}


def on_page_markdown(markdown: str, page: Any, config: Any, files: Any) -> str:
    """Replace the markers."""
    if ROWS not in markdown:
        return markdown
    root, language = Path(config.config_file_path).parent, config.theme["language"]
    tables = Tables(root, language, page.file, files, config.extra["chapters"])
    return markdown.replace(ROWS, tables.rows()).replace(LESSONS, tables.lessons())


class Tables:
    """The two tables, each one line of HTML, so that Markdown leaves it as it is.

    Args:
        root: the checkout.
        language: of the page.
        file: MkDocs' file of the page.
        files: all of them.
        chapters: the titles of the lessons' chapters, by address, in the order of the nav.
        today: the day of the build.
    """

    def __init__(
        self,
        root: Path,
        language: str,
        file: Any,
        files: Any,
        chapters: dict[str, str],
        today: datetime.date | None = None,
    ) -> None:
        self.root, self.language, self.words = root, language, WORDS[language]
        self.file, self.files, self.chapters = file, files, chapters
        self.today = today or clock.today()
        self.known = {name: status.read(name, root) for name in status.ROWS}

    def rows(self) -> str:
        """What each row of the matrix said in all; the script marks what is overdue later."""
        script = self.files.get_file_from_path("assets/status.js").url_relative_to(self.file)
        table = _table(self.words["rows"], "".join(map(self._row, status.ROWS)))
        return (
            f'<div class="status" data-search-exclude data-days="{status.MONTH}">{table}</div>\n'
            f'<script src="{script}" defer></script>'
        )

    def _row(self, name: str) -> str:
        row, words = self.known[name], self.words
        if row is None:
            cells = [words[name], _bad(words["never"]), *[""] * 5]
            return _line(words["rows"], cells, _look(name, late=True))
        late = row.overdue(self.today)
        day = f"{_time(row.date)} {_bad(words['overdue'], hidden=not late)}"
        tests = [words["passed"].format(row.tests_passed)]
        if row.tests_failed:
            tests.append(_bad(words["failed"].format(len(row.tests_failed))))
        versions = (row.python, row.versions["tensorflow"], row.versions["keras"])
        cells = [words[name], day, *versions, self._counts(row), "<br>".join(tests)]
        return _line(words["rows"], cells, _look(name, late=late))

    def _counts(self, row: status.Row) -> str:
        counted = ((state, row.count(state)) for state in status.STATES)
        return "<br>".join(
            f'<span data-state="{state}">{self.words["count"].format(self.words[state], n)}</span>'
            for state, n in counted
            if n
        )

    def lessons(self) -> str:
        """Every lesson, chapter by chapter."""
        heads = [*self.words["lessons"], *(self._head(name) for name in status.ROWS)]
        body, chapter = "", ""
        for address, title in self.chapters.items():
            if (lesson := Lesson(self.root, address)).code.exists():
                if title != chapter:
                    chapter = title
                    body += f'<tr><th colspan="{len(heads)}" scope="rowgroup">{chapter}</th></tr>'
                body += self._lesson(lesson, heads)
        return f'<div class="status lessons" data-search-exclude>{_table(heads, body)}</div>'

    def _head(self, name: str) -> str:
        if (row := self.known[name]) is None:
            return str(self.words[name])
        release, _, _ = row.versions["tensorflow"].partition(
            ".dev"
        )  # the day is in the other table
        return f"{self.words[name]} {release}"

    def _lesson(self, lesson: Lesson, heads: list[str]) -> str:
        page = Page.of(lesson, self.language)
        title = page.front_matter.get("title") or page.headings[0][1]
        suffix = ".ipynb" if lesson.is_lab else ".md"
        source = self.files.get_file_from_path(f"{lesson.address}{suffix}")
        link = source.url_relative_to(self.file)
        facts = self.words["facts"].format(
            minutes=lesson.settings.minutes,
            hardware=lesson.settings.hardware,
            languages=", ".join(NAMES[language] for language in languages(lesson)),
        )
        cells = [
            f'<a href="{link}">{html.escape(title)}</a><br><small>{html.escape(facts)}</small>',
            self._seconds(lesson),
            self._verified(lesson),
            *(self._state(lesson, name) for name in status.ROWS),
        ]
        return _line(heads, cells, f'id="{lesson.address.replace("/", "-")}"')

    def _seconds(self, lesson: Lesson) -> str:
        row = self.known["locked"]
        if row is None or lesson.address not in row.lessons:
            return "–"
        seconds = row.lessons[lesson.address].seconds
        return str(self.words["seconds"].format(f"{seconds:.{0 if seconds >= 10 else 1}f}"))

    def _verified(self, lesson: Lesson) -> str:
        claim = status.claim(lesson)
        day = _time(claim["date"]) if claim else _bad(self.words["never"])
        reasons = records.stale(lesson)
        return f"{day} {_folded(_bad(self.words['stale']), '; '.join(reasons))}" if reasons else day

    def _state(self, lesson: Lesson, name: str) -> str:
        row = self.known[name]
        if row is None or lesson.address not in row.lessons:
            return str(self.words["missing"])
        result = row.lessons[lesson.address]
        look = _look(name, late=False)
        word = f'<span data-state="{result.state}" {look}>{self.words[result.state]}</span>'
        said = _folded(word, result.why) if result.why else word
        earlier = f"<small>{self.words['earlier']}</small>"
        return said if status.current(result, lesson) else f"{said} {earlier}"


def languages(lesson: Lesson) -> list[str]:
    """The languages in which a lesson is written."""
    return [
        language
        for language in LANGUAGES
        if (lesson.is_lab or lesson.page(language).exists()) and Page.of(lesson, language).headings
    ]


def _table(heads: Any, body: str) -> str:
    row = "".join(f'<th scope="col">{head}</th>' for head in heads)
    return f'<table class="rows"><thead><tr>{row}</tr></thead><tbody>{body}</tbody></table>'


def _line(heads: Any, cells: list[str], attributes: str = "") -> str:
    pairs = zip(heads, cells, strict=True)
    tds = "".join(f'<td data-head="{head}">{cell}</td>' for head, cell in pairs)
    return f"<tr {attributes}>{tds}</tr>"


def _look(name: str, *, late: bool) -> str:
    """The class of a row: one that is late is red, one that only warns is not."""
    classes = ["overdue"] * late + ["advisory"] * (name in status.ADVISORY)
    return f'class="{" ".join(classes)}"' if classes else ""


def _time(day: datetime.date | str) -> str:
    return f'<time datetime="{day}">{day}</time>'


def _bad(word: str, *, hidden: bool = False) -> str:
    return f'<strong class="bad"{" hidden" * hidden}>{word}</strong>'


def _folded(summary: str, text: str) -> str:
    return f"<details><summary>{summary}</summary><code>{html.escape(text)}</code></details>"
