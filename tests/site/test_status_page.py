"""The status page: tables from the rows of the matrix, red if a row is older than a month."""

import dataclasses
import datetime
import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from handbook.lesson.lessons import LANGUAGES, ROOT, Lesson, all_lessons
from handbook.matrix import status
from handbook.run import records
from handbook.stage import status_page
from handbook.stage.row import row as lesson_row
from handbook.trials import mutation, stored, verdicts
from tests.conftest import SmallHandbook

TODAY = datetime.date(2026, 11, 22)
RECORD = {"verified": "2026-10-01", "files": {}, "figures": {}, "data": {},
          "versions": {"tensorflow": "2.20.0", "keras": "3.12.0"}}  # fmt: skip


class Tables:
    """Both tables of a book."""

    def __init__(self, small: SmallHandbook, language: str, today: datetime.date) -> None:
        self.book, self.today = small.book(language), today

    def rows(self) -> str:
        return status_page.rows(self.book, self.today)

    def lessons(self) -> str:
        return status_page.lessons(self.book)


def tables(root: Path, language: str = "en", today: datetime.date = TODAY) -> Tables:
    return Tables(SmallHandbook(root), language, today)


def row(day: datetime.date = TODAY, **lessons: status.Result) -> status.Row:
    versions = {"tensorflow": "2.21.0", "keras": "3.15.1"}
    named = {f"a/{name}": result for name, result in lessons.items()}
    return status.Row(day, "3.11.7", "Linux, 2 cores", versions, 5, [], named)


@pytest.fixture
def adding(small: SmallHandbook) -> Lesson:
    """A lesson with a record."""
    lesson = small.lesson("a/adding", front="title: Adding\nminutes: 3")
    lesson.record.parent.mkdir(parents=True)
    lesson.record.write_text(json.dumps(RECORD))
    return lesson


@pytest.mark.parametrize(("days", "red"), [(0, False), (31, False), (32, True)])
def test_row_older_than_a_month_is_red(adding: Lesson, days: int, red: bool) -> None:
    status.write("newest", row(TODAY - datetime.timedelta(days)), adding.root)
    made = tables(adding.root).rows()
    line = made.split("<tr")[4]  # after the heads and two rows
    assert ('class="overdue"' in line) is red
    assert ('<strong class="bad">older than a month</strong>' in line) is red
    assert made.count("never run") == 3  # the other rows
    made = tables(adding.root, "zh").rows()
    assert ('<strong class="bad">已超过一个月</strong>' in made) is red


@pytest.mark.parametrize(("days", "red"), [(31, False), (32, True)])
def test_row_becomes_red_without_a_rebuild(
    chromium: Browser, adding: Lesson, days: int, red: bool, tmp_path: Path
) -> None:
    status.write("newest", row(), adding.root)
    script = (ROOT / "docs/theme/assets/status.js").read_text()
    file = tmp_path / "page.html"
    html = tables(adding.root).rows().partition("<script")[0]
    file.write_text(f"<!doctype html>{html}<script>{script}</script>")
    context = chromium.new_context()
    page = context.new_page()
    page.clock.set_fixed_time(datetime.datetime.combine(TODAY, datetime.time(12)))
    page.goto(file.as_uri())
    mark = page.get_by_text("older than a month")
    expect(mark).to_be_hidden()
    page.clock.set_fixed_time(
        datetime.datetime.combine(TODAY + datetime.timedelta(days), datetime.time(12))
    )
    page.reload()
    expect(mark).to_be_visible(visible=red)
    expect(page.locator("tr.overdue")).to_have_count(3 + red)  # three rows were never run
    context.close()


def test_nightly_failure_is_not_red(chromium: Browser, adding: Lesson, tmp_path: Path) -> None:
    now = records.digest(adding.record)
    for name in ("newest", "nightly"):
        status.write(name, row(adding=status.Result("fails", 1, now, "no")), adding.root)
    css = (ROOT / "docs/theme/assets/status.css").read_text(encoding="utf-8")
    made = tables(adding.root)
    file = tmp_path / "page.html"
    file.write_text(f"<!doctype html><style>{css}</style>{made.rows()}{made.lessons()}")
    page = chromium.new_page()
    page.goto(file.as_uri())
    fails = page.locator('[data-state="fails"]')
    newest, nightly, newest_lesson, nightly_lesson = fails.evaluate_all(
        "found => found.map(e => getComputedStyle(e).color)"
    )
    assert newest == newest_lesson == "rgb(179, 38, 30)"
    assert nightly == nightly_lesson == "rgb(138, 83, 0)"
    page.close()


def test_lesson_shows_its_state_in_every_row(adding: Lesson) -> None:
    now = records.digest(adding.record)
    status.write("locked", row(adding=status.Result("same", 2.34, now)), adding.root)
    why = "shown: <1>, printed: 2"
    status.write("newest", row(adding=status.Result("differs", 2, "0123", why)), adding.root)
    status.write("lowest", row(), adding.root)
    made = tables(adding.root).lessons()
    cells = made[made.index("<tr id=") :].split("<td ")[1:]
    assert '<a href="../a/adding/">Adding</a>' in cells[0]
    assert "3 minutes to read · CPU · 中文, English" in cells[0]
    assert ">2.3 s<" in cells[1]
    assert 'datetime="2026-11-22"' in cells[2]
    assert ">not run<" in cells[3]
    assert ">same<" in cells[4]
    assert "for an earlier version" not in cells[4]
    assert ">differs<" in cells[5]
    assert "shown: &lt;1&gt;, printed: 2" in cells[5]
    assert "for an earlier version" in cells[5]


CHANGE = verdicts.Change("fit", 7, "Verdict: <a>", "Verdict: b", 2)
SURVIVOR = mutation.Survivor("fit", 9, "< -> >=", "x < 3")


def trial_cells(root: Path, language: str) -> list[str]:
    """The heads and cells of the two columns on trials."""
    made = tables(root, language).lessons()
    heads = [part.partition("</th>")[0] for part in made.split('<th scope="col">')]
    return heads[-2:] + made[made.index("<tr id=") :].split("<td ")[-2:]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["Verdicts hold at 3×", "Mutation score", "not tried", "not tried"]),
        ("zh", ["3 倍预算下结论成立", "变异得分", "未试", "未试"]),
    ],
)
def test_lesson_that_was_never_tried_says_so(
    adding: Lesson, language: str, words: list[str]
) -> None:
    for cell, word in zip(trial_cells(adding.root, language), words, strict=True):
        assert word in cell


@pytest.mark.parametrize(
    ("language", "count", "changed", "why", "words"),
    [
        ("en", 4, [], "", ['data-state="same">all 4<']),
        ("zh", 4, [], "", ['data-state="same">4 条全部成立<']),
        ("en", 4, [CHANGE, CHANGE], "", ['data-state="differs">3 of 4<', "seeds + 200: stored"]),
        ("zh", 4, [CHANGE], "", ['data-state="differs">4 条中 3 条成立<', "；印出："]),
        ("en", 4, [], "no", ['data-state="fails">fails<', "<code>no<"]),
        ("en", 0, [], "", [">none<"]),
        ("zh", 0, [], "", [">没有结论<"]),
    ],
)  # fmt: skip
def test_verdicts_of_a_lesson_are_shown(
    adding: Lesson,
    language: str,
    count: int,
    changed: list[verdicts.Change],
    why: str,
    words: list[str],
) -> None:
    now = records.digest(adding.record)
    result = verdicts.Result("2026-11-22", now, 3, 3, count, changed, why)
    stored.write("verdicts", adding, result)
    cell = trial_cells(adding.root, language)[2]
    assert all(word in cell for word in words), cell
    assert "<small>" not in cell
    stored.write("verdicts", adding, dataclasses.replace(result, record="0", budget=5))
    cell = trial_cells(adding.root, language)[2]
    small = {"en": ("at 5×", "for an earlier version"), "zh": ("5 倍预算", "对应旧版课文")}
    assert all(f"<small>{text}</small>" in cell for text in small[language])


@pytest.mark.parametrize(
    ("language", "score", "survivor"),
    [
        ("en", ">5 of 6<", "line 9: &lt; -&gt; &gt;=: x &lt; 3"),
        ("zh", ">5/6<", "第 9 行：&lt; -&gt; &gt;=：x &lt; 3"),
    ],
)
def test_mutation_score_is_shown_with_its_survivors(
    adding: Lesson, language: str, score: str, survivor: str
) -> None:
    now = records.digest(adding.record)
    result = mutation.Result("2026-11-22", now, 6, 6, 5, [SURVIVOR])
    stored.write("mutation", adding, result)
    cell = trial_cells(adding.root, language)[3]
    assert score in cell
    assert survivor in cell
    assert "<small>" not in cell
    why = "section 'fit': ValueError"
    stored.write("mutation", adding, mutation.Result("2026-11-22", "0", 6, why=why))
    cell = trial_cells(adding.root, language)[3]
    assert {"en": ">not tried<", "zh": ">未试<"}[language] in cell
    assert "ValueError" in cell
    assert {"en": "for an earlier version", "zh": "对应旧版课文"}[language] in cell


def test_head_of_the_nightly_column_has_a_short_version(adding: Lesson) -> None:
    nightly = dataclasses.replace(row(), versions={"tensorflow": "2.23.0.dev20261026", "keras": ""})
    status.write("nightly", nightly, adding.root)
    made = tables(adding.root)
    assert '<th scope="col">nightly 2.23.0</th>' in made.lessons()
    assert ">2.23.0.dev20261026</td>" in made.rows()


def test_stale_lesson_is_marked_with_its_reason(adding: Lesson) -> None:
    adding.record.write_text(json.dumps(RECORD | {"files": {"docs/gone.py": "00"}}))
    made = tables(adding.root, "zh").lessons()
    assert '<strong class="bad">待重跑</strong>' in made
    assert "docs/gone.py is gone" in made


def test_lesson_in_one_language_lists_only_that_one(adding: Lesson) -> None:
    adding.page("zh").unlink()
    assert "CPU · English<" in tables(adding.root).lessons()


def test_page_names_only_a_python_that_ran_it(adding: Lesson) -> None:
    def shown() -> str:
        return lesson_row(adding, SmallHandbook(adding.root).book())

    assert "Verified with TensorFlow 2.20.0, Keras 3.12.0 on 2026-10-01" in shown()
    now = records.digest(adding.record)
    status.write("locked", row(adding=status.Result("differs", 1, now)), adding.root)
    assert "Python" not in shown()
    status.write("locked", row(adding=status.Result("same", 1, now)), adding.root)
    assert "TensorFlow 2.21.0, Keras 3.15.1, Python 3.11.7 on 2026-11-22" in shown()
    adding.record.write_text(json.dumps(RECORD | {"python": "3.12.1"}))  # newer than the row
    assert "TensorFlow 2.20.0, Keras 3.12.0, Python 3.12.1 on 2026-10-01" in shown()


@pytest.mark.parametrize("language", LANGUAGES)
def test_status_page_lists_every_lesson(site_folder: Path, language: str) -> None:
    text = (site_folder / language / "status/index.html").read_text(encoding="utf-8")
    for lesson in all_lessons():
        assert f'<tr id="{lesson.address.replace("/", "-")}"' in text, lesson.address
        assert f'href="../{lesson.address}/"' in text, lesson.address
    index = json.loads((site_folder / language / "search/search_index.json").read_text())
    found = [entry for entry in index["docs"] if entry["location"].startswith("status/")]
    assert found
    assert not [entry for entry in found if "CPU" in entry["text"]]  # every row has it


@pytest.mark.parametrize("address", [lesson.address for lesson in all_lessons()])
def test_every_lesson_has_a_known_python(address: str) -> None:
    assert "python" in status.claim(Lesson(ROOT, address))
