"""Notebooks and scripts: the page's prose in its language, the code without results."""

import ast
import json
from pathlib import Path

import nbformat
import pytest

from handbook import downloads, results
from handbook.lessons import LANGUAGES, ROOT, Lesson, all_lessons
from handbook.pages import Page
from handbook.sections import sections
from tests.test_addresses import UNKNOWN

LESSONS = all_lessons()
URL = "https://handbook.test/en/"
PAGE = """\
---
title: T
---

# Title {#title}

See [there](../b/other.md#part), [home](../index.md) and [out](https://a.test/x.md).

![A figure.](../figures/a/squares/draw.svg)

!!! warning "Careful"

    Text of the box.

    ```python
    --8<-- "a/adding.py:add"
    ```

    After it.

```sh
make site
```

[Button](../b/other.md){ .md-button }
"""


def cells(lesson: Lesson, language: str) -> list[nbformat.NotebookNode]:
    page = Page.of(lesson, language)
    return downloads.notebook(lesson, page, language, URL).cells


def prose(page: str, small) -> str:
    lesson = small.lesson("a/adding")
    lesson.page("en").write_text(page)
    return "\n".join(c.source for c in cells(lesson, "en") if c.cell_type == "markdown")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.address)
def test_a_notebook_holds_the_code_of_its_lesson_in_order(lesson: Lesson, language: str) -> None:
    code = [c.source for c in cells(lesson, language) if c.cell_type == "code"]
    wanted = [results.without_results(s.text).strip("\n") for s in sections(lesson)]
    assert code[0].startswith("try:\n    import ")  # tfnotes, or install it
    assert code[1:] == wanted
    assert not any("# ->" in c for c in code)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.address)
def test_a_notebook_is_written_in_the_language_of_its_page(lesson: Lesson) -> None:
    texts = {
        language: "".join(c.source for c in cells(lesson, language) if c.cell_type == "markdown")
        for language in LANGUAGES
    }
    han = {language: sum("一" <= c <= "鿿" for c in text) for language, text in texts.items()}
    assert han["zh"] > 200
    assert han["en"] == 0


def test_a_notebook_that_starts_workers_installs_ray() -> None:
    installs = {
        lesson.address for lesson in LESSONS if '"tfnotes[ray] @' in cells(lesson, "en")[1].source
    }
    assert installs == {"labs/two-workers", "scale/distribution-strategies"}


@pytest.mark.parametrize(
    "mark", ["{#", "!!!", "???", "--8<--", "<!--", "../", ".svg", "{ .md-button"]
)
def test_no_mark_of_the_site_is_left(mark: str) -> None:
    for lesson in LESSONS:
        for cell in cells(lesson, "en"):
            if cell.cell_type == "markdown":
                assert mark not in cell.source, (lesson.address, cell.source)


def test_prose_is_fit_for_a_notebook(small) -> None:
    text = prose(PAGE, small)
    assert "# Title\n" in text
    assert "[there](https://handbook.test/en/b/other/#part)" in text
    assert "[home](https://handbook.test/en/)" in text
    assert "[out](https://a.test/x.md)" in text
    assert "A figure" not in text
    assert "**Careful**\n\nText of the box." in text
    assert "After it." in text
    assert "```sh\nmake site\n```" in text
    assert "[Button](https://handbook.test/en/b/other/)" in text


def test_a_quoted_section_is_shown_and_not_run() -> None:
    lesson = Lesson(ROOT, "keras/training-with-fit")
    (quoted,) = (c for c in cells(lesson, "zh") if "plt.subplots(1, len(names)" in c.source)
    assert quoted.cell_type == "markdown"
    assert "```python\nfigure, panels" in quoted.source


def test_staging_writes_plain_files_that_can_be_read(tmp_path: Path) -> None:
    downloads.stage(ROOT, "en", URL, tmp_path)
    before = {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*.ipynb")}
    labs = sum(lesson.is_lab for lesson in LESSONS)  # their pages are notebooks too
    assert len(before) == len(LESSONS) + labs
    for lesson in LESSONS:
        book = nbformat.read(tmp_path / f"downloads/{lesson.address}.ipynb", as_version=4)
        nbformat.validate(book)
        assert all(not c.outputs for c in book.cells if c.cell_type == "code")
        script = (tmp_path / f"downloads/{lesson.address}.py").read_text()
        ast.parse(script)
        assert "pip install" in script.partition("\n# %%\n")[0]
        assert "%pip" not in script
        assert not UNKNOWN.search(script)
    downloads.stage(ROOT, "en", URL, tmp_path)
    assert {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*.ipynb")} == before


def test_an_executed_lab_shows_the_kept_results() -> None:
    lab = Lesson(ROOT, "labs/image-classifier")
    book = downloads.executed(lab, Page.of(lab, "zh"))
    shown = [o.text for c in book.cells if c.cell_type == "code" for o in c.outputs]
    kept = [
        "\n".join(line for lines in results.shown(s.text).values() for line in lines) + "\n"
        for s in sections(lab)
        if results.shown(s.text)
    ]
    assert shown == kept
    assert len(shown) >= 5
    assert json.dumps(book).count("../../figures/labs/image-classifier/") == 4
