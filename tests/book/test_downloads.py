"""Notebooks and scripts: the page's prose in its language, the code without results."""

import ast
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

from handbook.lesson import results, translation
from handbook.lesson.lessons import LANGUAGES, ROOT, Lesson, all_lessons
from handbook.lesson.translation import sections
from handbook.stage import downloads
from handbook.stage.book import Book
from tests.conftest import UNKNOWN

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


@pytest.fixture(scope="module", autouse=True)
def _address() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TFNOTES_SITE_EN", URL)
        yield


def cells(lesson: Lesson, language: str) -> list[downloads.Cell]:
    return downloads.cells(lesson, Book(lesson.root, language))


def prose(page: str, small) -> str:
    lesson = small.lesson("a/adding")
    lesson.page("en").write_text(page)
    small.book(site_url=URL)
    return "\n".join(text for kind, text in cells(lesson, "en") if kind == "prose")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.address)
def test_notebook_has_the_code_of_its_lesson_in_order(lesson: Lesson, language: str) -> None:
    code = [text for kind, text in cells(lesson, language) if kind == "code"]
    wanted = [results.without_results(s.text).strip("\n") for s in sections(lesson, language)]
    assert code.pop(0).startswith("try:\n    import ")  # tfnotes, or install it
    if translation.drawn_labels(lesson, language):
        assert code.pop(0).startswith("from tfnotes.labels import chinese_labels\n")
    assert code == wanted
    assert not any("# ->" in c for c in code)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.address)
def test_notebook_is_in_the_language_of_its_page(lesson: Lesson) -> None:
    texts = {
        language: "".join(text for kind, text in cells(lesson, language) if kind == "prose")
        for language in LANGUAGES
    }
    han = {language: sum("一" <= c <= "鿿" for c in text) for language, text in texts.items()}
    assert han["zh"] > 200
    assert han["en"] == 0


def test_only_notebooks_that_start_workers_install_ray() -> None:
    installs = {
        lesson.address for lesson in LESSONS if '"tfnotes[ray] @' in cells(lesson, "en")[1][1]
    }
    assert installs == {"labs/two-workers", "scale/distribution-strategies"}


@pytest.mark.parametrize(
    "mark", ["{#", "!!!", "???", "--8<--", "<!--", "../", ".svg", "{ .md-button"]
)
def test_notebook_prose_has_no_markup_of_the_site(mark: str) -> None:
    for lesson in LESSONS:
        for kind, text in cells(lesson, "en"):
            if kind == "prose":
                assert mark not in text, (lesson.address, text)


def test_prose_is_converted_for_a_notebook(small) -> None:
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


def test_quoted_section_is_a_prose_cell() -> None:
    lesson = Lesson(ROOT, "keras/training-with-fit")
    (quoted,) = (c for c in cells(lesson, "zh") if "figure, panels = plt.subplots(" in c[1])
    assert quoted[0] == "prose"
    assert "```python\nfigure, panels" in quoted[1]


def test_staged_downloads_are_valid_and_written_once(tmp_path: Path) -> None:
    book = Book(ROOT, "en")
    downloads.stage(book, tmp_path)
    before = {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*.ipynb")}
    assert len(before) == len(LESSONS)
    for lesson in LESSONS:
        made = nbformat.read(tmp_path / f"downloads/{lesson.address}.ipynb", as_version=4)
        nbformat.validate(made)
        assert all(not c.outputs for c in made.cells if c.cell_type == "code")
        script = (tmp_path / f"downloads/{lesson.address}.py").read_text()
        ast.parse(script)
        assert "pip install" in script.partition("\n# %%\n")[0]
        assert "%pip" not in script
        assert not UNKNOWN.search(script)
    downloads.stage(book, tmp_path)
    assert {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*.ipynb")} == before
