"""The errata are collected from the boxes and run again with their lessons.

``pytest docs`` runs every section of every lesson and compares each statement's ``# ->``
lines. These tests show that every row is such a statement, and that a change fails.
"""

import subprocess
import sys

import pytest

from handbook.lesson import errata, results, translation
from handbook.lesson.lessons import LANGUAGES, Lesson, all_lessons
from handbook.run.collect import LessonDocument, lesson_regions
from tests.conftest import SmallHandbook

pytestmark = pytest.mark.slow

LESSONS = all_lessons()
BOX = """
!!! warning "Careful: {title}"

    Old notes say so.

    ```python
    --8<-- "{address}.py:{section}"
    ```

    Write it again.
"""


def section(name: str, body: str) -> str:
    return f"# --8<-- [start:{name}]\n{body}\n# --8<-- [end:{name}]\n\n"


def boxed(small: SmallHandbook, address: str = "a/old", **sections: str) -> Lesson:
    """A lesson that has nothing but boxes, one for each section."""
    code = "\n".join(section(name, body) for name, body in sections.items())
    lesson = small.lesson(address, code)
    boxes = [BOX.format(title=f"box {n}", section=n, address=address) for n in sections]
    lesson.page("en").write_text("# Old {#old}\n" + "".join(boxes))
    chinese = "".join(boxes).replace("Careful: ", "小心：").replace("Write it", "写它")
    lesson.page("zh").write_text("# Old {#old}\n" + chinese)
    return lesson


def test_guarded_statement_is_a_row_without_its_guard(small: SmallHandbook) -> None:
    lesson = boxed(
        small,
        old="with printed_errors():\n    f(lr=1)\n# -> TypeError: no lr\nprint(f(rate=1))\n# -> 1",
    )
    (row,) = errata.rows(lesson, "en")
    assert (row.code, row.lines, row.verdict) == ("f(lr=1)", ["TypeError: no lr"], "raises")
    assert (row.box.claim, row.box.replacement) == ("box old", "Write it again.")
    assert row.box.anchor == "careful-old"


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        ("ValueError: no", "raises"),
        ("OperatorNotAllowedInGraphError", "raises"),
        ("NotImplementedError:", "raises"),
        ("UnpicklingException: no", "raises"),
        ("theano: ValueError: no", "raises"),
        ("UserWarning: old", "warns"),
        ("WARNING: old", "warns"),
        ("eager False: WARNING: old", "warns"),
        ("f (from g) is deprecated and will be removed in a future version.", "warns"),
        ("the loss 0.5", "silent"),
        ("default, 127.0.0.2: ConnectionRefusedError", "silent"),
    ],
)
def test_verdict_comes_from_the_printed_lines(
    small: SmallHandbook, line: str, verdict: str
) -> None:
    lesson = boxed(small, old=f"with printed_errors():\n    f()\n# -> {line}")
    assert [row.verdict for row in errata.rows(lesson, "en")] == [verdict]


@pytest.mark.parametrize(
    ("code", "old"),
    [
        ("with printed_errors(), tape() as t:\n    f(t)", "with tape() as t:\n    f(t)"),
        ("with (\n    printed_errors(),\n    tape(),\n):\n    f()", "with tape():\n    f()"),
        ("for x in 'ab':\n    with printed_errors():\n        f(x)\n    g(x)",
         "for x in 'ab':\n    f(x)\n    g(x)"),
        ("with tape():\n    with printed_errors():\n        f()\n    g()",
         "with tape():\n    f()\n    g()"),
        ("try:\n    f()\n    g()\nexcept ValueError as error:\n    print(error)", "f()\ng()"),
    ],
)  # fmt: skip
def test_old_form_is_the_guarded_code(small: SmallHandbook, code: str, old: str) -> None:
    (row,) = errata.rows(boxed(small, old=f"{code}\n# -> ValueError: no"), "en")
    assert row.code == old


def test_output_of_a_try_statement_counts_as_raised(small: SmallHandbook) -> None:
    code = "try:\n    f()\nexcept ValueError as error:\n    print(error)\n# -> no"
    assert [row.verdict for row in errata.rows(boxed(small, old=code), "en")] == ["raises"]


def test_call_of_a_guarding_function_is_a_row(small: SmallHandbook) -> None:
    code = (
        "def tried(**options):\n    with printed_errors():\n        fit(**options)\n\n\n"
        "tried(lr=1)\n# -> TypeError: no lr\ntried(rate='x')\n# -> UserWarning: odd"
    )
    found = [(row.code, row.verdict) for row in errata.rows(boxed(small, old=code), "en")]
    assert found == [("tried(lr=1)", "raises"), ("tried(rate='x')", "warns")]


def test_guard_without_output_takes_the_next_printed_line(small: SmallHandbook) -> None:
    code = (
        "with printed_errors():\n    fit()\nright = 0.1\nprint(right)\n# -> 0.1\nprint(2)\n# -> 2"
    )
    (row,) = errata.rows(boxed(small, old=code), "en")
    assert (row.code, row.lines, row.verdict) == ("fit()", ["0.1"], "silent")


def test_box_without_a_guard_is_one_row(small: SmallHandbook) -> None:
    lesson = boxed(small, one="x = 1\nprint(x)\n# -> 1", two="print(2)\n# -> 2")
    page = lesson.page("en")
    joined = page.read_text().replace(
        '    Write it again.\n\n!!! warning "Careful: box two"\n\n', ""
    )
    page.write_text(joined)
    found = [(row.code, row.is_statement, row.lines) for row in errata.rows(lesson, "en")]
    assert found == [("x = 1\nprint(x)\n\nprint(2)", False, ["1", "2"])]


def test_code_before_the_first_guard_is_a_separate_row(small: SmallHandbook) -> None:
    guarded = "with printed_errors():\n    f()\n# -> ValueError: no"
    lesson = boxed(small, old=f"x = 1\nprint(x)\n# -> 1\n{guarded}")
    found = [(row.code, row.verdict) for row in errata.rows(lesson, "en")]
    assert found == [("x = 1\nprint(x)", "silent"), ("f()", "raises")]


def test_box_without_code_is_no_row(small: SmallHandbook) -> None:
    lesson = boxed(small, old="print(1)\n# -> 1")
    page = lesson.page("en")
    page.write_text(page.read_text() + '\n!!! warning "Careful: words"\n\n    Only words.\n')
    assert [box.anchor for box in errata.boxes(lesson, "en")] == ["careful-old", ""]
    assert [row.box.claim for row in errata.rows(lesson, "en")] == ["box old"]


def test_changed_error_of_a_new_release_fails(small: SmallHandbook) -> None:
    today = {
        "other": ("{}['lr']", "KeyError: 'lr'"),
        "warns": ("import warnings\n\n    warnings.warn('x')", "UserWarning: x"),
        "works": ("pass", ""),
    }
    for name, (body, _) in today.items():
        code = f"from tfnotes.errors import printed_errors\n\nwith printed_errors():\n    {body}\n"
        boxed(small, f"a/{name}", old=f"{code}# -> ValueError: x")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "docs"]
    done = subprocess.run(command, cwd=small.root, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout
    for name, (body, printed) in today.items():
        line = 5 + body.count("\n")
        assert (
            f"docs/code/a/{name}.py:{line}, in the errata: box old\n"
            f"shown:   ValueError: x\nprinted: {printed}\n"
        ) in done.stdout


def test_errata_have_at_least_150_rows_that_raise_or_warn() -> None:
    rows = [row for lesson in LESSONS for row in errata.rows(lesson, "en")]
    assert len([row for row in rows if row.verdict in ("raises", "warns")]) >= 150
    assert {row.verdict for row in rows} == set(errata.VERDICTS)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.address)
def test_both_languages_give_the_same_rows(lesson: Lesson) -> None:
    zh, en = (
        [(r.box.anchor, list(r.printed), r.verdict) for r in errata.rows(lesson, language)]
        for language in LANGUAGES
    )
    assert zh == en


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.address)
def test_every_row_is_run_and_compared_with_its_lesson(lesson: Lesson) -> None:
    """Both languages run the English code; the Chinese rows are those of its translation."""
    rows = {language: errata.rows(lesson, language) for language in LANGUAGES}
    if lesson.is_lab:  # their pages are notebooks, which have no boxes
        assert rows == {language: [] for language in LANGUAGES}
        return
    document = LessonDocument.parse(str(lesson.page("en")), lesson_regions)
    run = {section.name: section for _, section, _ in (e.parsed for e in document.examples())}
    words = {"en": translation.NONE, "zh": translation.words(lesson)}
    for language, found in rows.items():
        for row in found:
            assert row.printed, row.code
            for (name, line), lines in row.printed.items():
                text = translation.code(run[name].text, words[language])
                assert results.shown(text)[line] == lines


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.address)
def test_every_row_says_what_holds_instead(lesson: Lesson, language: str) -> None:
    for row in errata.rows(lesson, language):
        assert row.box.replacement, row.box.claim
        assert "小心" not in row.box.claim
        assert "Careful" not in row.box.claim
