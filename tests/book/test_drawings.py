"""Code that draws is folded below its figure; the sources of the page stay as they are."""

import json
import re

import pytest
from markdown import markdown

from handbook.check import claims, parity
from handbook.lesson.lessons import LANGUAGES, Lesson, LessonError
from handbook.lesson.pages import Page, expanded
from handbook.run.drawings import folded
from handbook.stage import downloads
from handbook.stage.compose import staged
from handbook.words import words
from tests.conftest import SmallHandbook

CODE = """\
# --8<-- [start:add]
print(1 + 1)
# -> 2
# --8<-- [end:add]

# --8<-- [start:line]
import matplotlib.pyplot as plt

plt.plot([1, 3])
plt.show()
# --8<-- [end:line]
"""
PRINTS = CODE.replace("plt.show()\n", 'plt.show()\nprint("high")\n# -> high\n')
DRAWN = "import matplotlib.pyplot as plt\n\nplt.plot([1, 3])\nplt.show()"
SVG = '<svg viewBox="0 0 72 72"></svg>'
FIGURE = "![A line that rises.](../figures/a/b/line.svg)"
FENCE = '```python\n--8<-- "a/b.py:line"\n```'
EXTENSIONS = ["admonition", "pymdownx.details", "pymdownx.superfences", "handbook.stage.markdown"]
LAB = f"""\
# ---
# title: Lab
# ---

# %% [markdown] lang="en"
# # Lab {{#lab}}

# %% [markdown] lang="zh"
# # Lab {{#lab}}

# %% line
{DRAWN}

# %% [markdown] lang="en"
# {FIGURE.replace("a/b", "labs/b")}

# %% [markdown] lang="zh"
# {FIGURE.replace("a/b", "labs/b")}
"""


def lesson(small: SmallHandbook, code: str = CODE, front: str = "title: T", **page: str) -> Lesson:
    """A lesson with a figure, which its page shows after the code."""
    made = small.lesson("a/b", code, front)
    path = made.page("en")
    text = page.get("text", f"{FENCE}\n\n{FIGURE}")
    path.write_text(path.read_text().replace(FENCE, text) + "\nThe end.\n")
    made.page("zh").write_text(path.read_text())
    return recorded(made)


def recorded(made: Lesson) -> Lesson:
    made.record.parent.mkdir(parents=True)
    versions = {"tensorflow": "2", "keras": "3"}
    parts = {"files": {}, "versions": versions, "figures": {}, "data": {"line": {"axes": []}}}
    run = {"verified": "2026-01-01", "python": "3.11"}
    made.record.write_text(json.dumps({**run, **parts}))
    (made.figures / "line.svg").write_text(SVG)
    return made


def rendered(small: SmallHandbook, language: str = "en", address: str = "a/b") -> str:
    text = staged(address, small.book(language))
    return str(markdown(text.partition("\n---\n")[2], extensions=EXTENSIONS))


def folds(page: str) -> list[str]:
    return re.findall(r'<details class="drawing">.*?</details>', page, re.DOTALL)


def text_of(html: str) -> str:
    """The code of a folded block, or of a page."""
    return re.sub(r"<summary>.*?</summary>|<[^>]+>", "", html).strip()


@pytest.mark.parametrize("language", LANGUAGES)
def test_code_that_draws_is_folded_below_its_figure(small: SmallHandbook, language: str) -> None:
    made = lesson(small)
    source = made.page(language).read_text()
    page = rendered(small, language)
    (fold,) = folds(page)
    assert f"<summary>{words(language)['drawing']['summary']}</summary>" in fold
    assert text_of(fold) == DRAWN
    assert text_of(page).count("plt.show") == 1
    assert page.index("print") < page.index("<img") < page.index(fold) < page.index("The end.")
    assert made.page(language).read_text() == source
    assert (folded(made), list(claims.drawing_problems(made))) == (["line"], [])


def test_summaries_are_those_of_the_issue() -> None:
    summaries = {words(language)["drawing"]["summary"] for language in LANGUAGES}
    assert summaries == {"How this figure is drawn", "这幅图怎么画"}


@pytest.mark.parametrize("around", ['!!! warning "Careful"\n\n{}', "1. One:\n\n{}\n\n2. Two."])
def test_fold_stays_in_its_box_or_list(small: SmallHandbook, around: str) -> None:
    inside = "\n".join(f"    {line}".rstrip() for line in f"{FENCE}\n\n{FIGURE}".split("\n"))
    lesson(small, text=around.format(inside))
    page = rendered(small)
    (fold,) = folds(page)
    assert text_of(fold) == DRAWN
    end = "</div>" if "!!!" in around else "</li>"
    assert end not in page[page.index("<img") : page.index(fold)]
    assert page.index("<img") < page.index(fold)


def test_figure_may_follow_later_or_come_first(small: SmallHandbook) -> None:
    made = lesson(small, text=f"{FENCE}\n\nMore words.\n\n{FIGURE}")
    page = rendered(small)
    assert page.index("More words") < page.index("<img") < page.index('<details class="drawing"')
    for path in (made.page("en"), made.page("zh")):
        path.write_text(f"# T {{#t}}\n\nHere.\n\n{FIGURE}\n\nMore words.\n\n{FENCE}\n")
    page = str(markdown(staged("a/b", small.book("zh")), extensions=EXTENSIONS))
    assert page.index("<img") < page.index("More words") < page.index('<details class="drawing"')


def test_code_that_also_prints_is_not_folded_but_reported(small: SmallHandbook) -> None:
    made = lesson(small, PRINTS)
    assert folds(rendered(small)) == []
    assert list(claims.drawing_problems(made)) == [
        "docs/code/a/b.py: section 'line' draws a figure and prints results; print in a section "
        "before it"
    ]


def test_code_that_a_later_section_needs_stays_open(small: SmallHandbook) -> None:
    made = lesson(small, CODE.replace("plt.plot", "heights = [1, 3]\nplt.plot"))
    assert folded(made) == ["line"]
    end = "# --8<-- [start:end]\nprint(plt, {})\n# --8<-- [end:end]\n"
    made.code.write_text(made.code.read_text() + end.format("'x'"))
    assert folded(made) == ["line"]  # a library may be imported in a fold
    made.code.write_text(made.code.read_text().replace("'x'", "heights"))
    assert folded(made) == []


def test_drawing_open_folds_nothing_and_reports_nothing(small: SmallHandbook) -> None:
    made = lesson(small, front="title: T\ndrawing: open")
    assert folds(rendered(small)) == []
    assert folded(made) == []
    made.code.write_text(PRINTS)
    assert list(claims.drawing_problems(made)) == []


def test_drawing_is_open_or_folded_and_equal_in_both_languages(small: SmallHandbook) -> None:
    made = lesson(small, front="title: T\ndrawing: open")
    page = made.page("zh")
    page.write_text(page.read_text().replace("drawing: open\n", ""))
    (found,) = parity.lesson_differences(made)
    assert "`drawing: open`" in found
    with pytest.raises(LessonError, match="drawing"):
        _ = Lesson(small.root, small.lesson("a/c", front="drawing: closed").address).settings


@pytest.mark.parametrize("language", LANGUAGES)
def test_cells_of_labs_are_folded_too(small: SmallHandbook, language: str) -> None:
    made = Lesson(small.root, "labs/b")
    made.code.parent.mkdir(parents=True)
    made.code.write_text(LAB)
    recorded(made)
    small.lesson("a/c")
    text = staged("labs/b", small.book(language))
    (fold,) = folds(str(markdown(text, extensions=EXTENSIONS)))
    assert text_of(fold) == DRAWN


def test_notebooks_and_scripts_keep_the_code_in_place(small: SmallHandbook) -> None:
    made = lesson(small)
    cells = downloads.cells(made, small.book())
    assert ("code", DRAWN) in cells
    assert not [text for _, text in cells if words("en")["drawing"]["summary"] in text]
    assert DRAWN in expanded(Page.of(made, "en"), small.root)
