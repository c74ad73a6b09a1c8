"""Inputs of a page: an edit reaches every page that shows it, and rebuilds nothing else."""

import filecmp
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from handbook import site
from handbook.lesson.lessons import LANGUAGES, ROOT, Lesson
from handbook.run import records
from handbook.run.figure import Figure
from handbook.stage.api import CHINESE
from handbook.stage.book import CONFIGS
from tests.conftest import SmallHandbook
from tfnotes.errors import printed_errors

CODE = """\
# --8<-- [start:add]
print(1 + 1)  # the sum
# -> 2
# --8<-- [end:add]
# --8<-- [start:old]
print("an old form")
# -> an old form
# --8<-- [end:old]
"""
PAGE = """\
---
title: {title}
minutes: 3
---

# {title} {{#top}}

First words.

```python
--8<-- "{address}.py:add"
```

![A line.](../figures/{address}/add.svg)

!!! warning "{careful}old form"

    ```python
    --8<-- "{address}.py:old"
    ```

    Write the new form. A tensor, 张量。
"""
CAREFUL = {"en": "Careful: ", "zh": "小心："}
HOME = """\
# Home {#home}

<nav class="chapter-map" markdown="block">

### Chapter {#a}

All of it.

### API {#api}

The package.

</nav>
"""
OTHERS = {
    "index": HOME,
    "status": "# Status {#status}\n\n<!-- status: rows -->\n\n<!-- status: lessons -->\n",
    "migration/errata": "# Errata {#errata}\n\n<!-- errata -->\n",
    "api/index": "# Package {#package}\n\n<!-- modules -->\n",
    "api/errors": (
        "---\ndescription: One line.\n---\n\n# Errors {#errors}\n\n::: tfnotes.errors\n"
    ),
}
NAV = """\
nav:
  - Home: index.md
  - Chapter: [a/one.md, a/two.md]
  - Errata: migration/errata.md
  - API: [api/index.md, api/errors.md]
  - Status: status.md

validation:"""
SECOND_PARAGRAPH = (printed_errors.__doc__ or "").split("\n\n")[1].strip().partition("\n")[0]
SVG = """\
<svg viewBox="0 0 72 72" xmlns="http://www.w3.org/2000/svg"><path fill="#0969da"/>
<text>an old figure</text></svg>
"""
WORDS = """\
labels:
  an old form: 旧写法
figures:
  an old figure: 旧图
comments:
  the sum: 两数之和
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book of two lessons in two languages, built once."""
    small = SmallHandbook(tmp_path_factory.mktemp("cache"))
    shutil.copytree(ROOT / "handbook", small.root / "handbook")
    shutil.copytree(ROOT / "docs/theme", small.root / "docs/theme")
    shutil.copytree(ROOT / "tfnotes", small.root / "tfnotes")
    for name in (
        CHINESE,
        "docs/glossary.yml",
        "docs/index.html",
        "hatch_build.py",
        "pyproject.toml",
    ):
        shutil.copy(ROOT / name, small.root / name)
    for name in ("README.md", "LICENSE"):
        shutil.copy(ROOT / name, small.root / name)
    for address in ("a/one", "a/two"):
        lesson = small.lesson(address, CODE)
        lesson.words.write_text(WORDS, encoding="utf-8")
        for language in LANGUAGES:
            text = PAGE.format(title=address, address=address, careful=CAREFUL[language])
            lesson.page(language).write_text(text, encoding="utf-8")
        records.write(lesson, {"add": Figure(SVG, {"axes": []})}, small.root)
    for language, config in CONFIGS.items():
        for address, text in OTHERS.items():
            page = small.root / f"docs/{language}/{address}.md"
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_text(text, encoding="utf-8")
        text = (ROOT / config).read_text(encoding="utf-8")
        nav = NAV if language == "en" else NAV.partition("\n\nvalidation:")[0] + "\n\ntheme:"
        end = "validation:" if language == "en" else "theme:"
        text = re.sub(rf"^nav:.*?^{end}", lambda _: nav, text, flags=re.M | re.S)  # noqa: B023
        (small.root / config).write_text(text, encoding="utf-8")
    site.build(small.root / "site", small.root)
    return small.root


def edit(old: str, new: str) -> Callable[[Path], None]:
    """Replace a text in a file."""

    def change(path: Path) -> None:
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    return change


def record_of(address: str) -> str:
    return f"docs/figures/{address}/record.json"


# The edited file, the edit, the text that then appears, and the pages that show it.
EDITS: dict[str, tuple[str, Callable[[Path], None], str, list[str]]] = {
    "English prose": (
        "docs/en/a/one.md", edit("First words.", "Other words."), "Other words.",
        ["en/a/one/index.html", "en/search/search_index.json", "zh/a/one/parallel.js",
         "en/downloads/a/one.ipynb"],
    ),
    "Chinese prose": (
        "docs/zh/a/two.md", edit("First words.", "换了一句。"), "换了一句",
        ["zh/a/two/index.html", "en/a/two/parallel.js", "zh/downloads/a/two.py"],
    ),
    "a title": (
        "docs/en/a/two.md", edit("a/two\n", "A new title\n"), "A new title",
        ["en/index.html", "en/a/one/index.html", "en/a/two/index.html", "en/status/index.html"],
    ),
    "code": (
        "docs/code/a/one.py", edit("1 + 1", "1 + 1 + 4321"), "4321",
        [f"{language}/{name}" for language in LANGUAGES
         for name in ("a/one/index.html", "downloads/a/one.ipynb")],
    ),
    "a box": (
        "docs/en/a/one.md", edit("Write the new form", "Write the newest form"),
        "Write the newest form", ["en/a/one/index.html", "en/migration/errata/index.html"],
    ),
    "what an old form prints": (
        "docs/code/a/two.py", edit("an old form", "an older form"), "an older form",
        [f"{language}/{name}/index.html" for language in LANGUAGES
         for name in ("a/two", "migration/errata")],
    ),
    "a record": (
        record_of("a/one"), edit('"verified": "', '"verified": "1'), "1202",
        [f"{language}/{name}/index.html" for language in LANGUAGES for name in ("a/one", "status")],
    ),
    "the minutes": (
        "docs/en/a/one.md", edit("minutes: 3", "minutes: 77"), "77",
        ["en/a/one/index.html", "zh/a/one/index.html", "zh/status/index.html"],
    ),
    "the Chinese of a comment": (
        "docs/code/a/one.zh.yml", edit("两数之和", "加法的结果"), "# 加法的结果",
        ["zh/a/one/index.html", "zh/downloads/a/one.ipynb", "zh/downloads/a/one.py"],
    ),
    "the Chinese of a label": (
        "docs/code/a/one.zh.yml", edit("旧图", "新图"), "新图",
        [f"zh/figures/a/one/add{dark}.svg" for dark in ("", ".dark")],
    ),
    "the Chinese of a printed text": (
        "docs/code/a/two.zh.yml", edit("旧写法", "过时的写法"), "过时的写法",
        [f"zh/{name}/index.html" for name in ("a/two", "migration/errata")],
    ),
    "a figure": (
        "docs/figures/a/one/add.svg", edit("<path", '<path id="new"'), 'id="new"',
        [f"{language}/figures/a/one/add{dark}.svg" for language in LANGUAGES
         for dark in ("", ".dark")],
    ),
    "the size of a figure": (
        "docs/figures/a/one/add.svg", edit("0 0 72 72", "0 0 750 72"), 'width="1000"',
        [f"{language}/a/one/index.html" for language in LANGUAGES],
    ),
    "a docstring": (
        "tfnotes/errors.py", edit(SECOND_PARAGRAPH, f"Changed. {SECOND_PARAGRAPH}"), "Changed.",
        [f"{language}/api/errors/index.html" for language in LANGUAGES],
    ),
    "the Chinese of a docstring": (
        CHINESE, edit("印出来，而不中断程序。", "印成一行。"), "印成一行。",
        ["zh/api/errors/index.html"],
    ),
    "a description": (
        "docs/en/api/errors.md", edit("One line.", "Another line."), "Another line.",
        ["en/api/index.html", "en/api/errors/index.html"],
    ),
    "a template": (
        "docs/theme/main.html", edit("</script>", "</script><!-- changed -->"), "<!-- changed -->",
        ["en/a/one/index.html", "zh/status/index.html", "zh/404.html"],
    ),
    "a style": (
        "docs/theme/assets/handbook.css", edit(":root {", ".changed, :root {"), ".changed,",
        [f"{language}/assets/{name}.css" for language in LANGUAGES
         for name in ("handbook", "styles")],
    ),
    "a setting": (
        "mkdocs.yml", edit("Apache-2.0", "Apache-9.9"), "Apache-9.9",
        ["en/a/one/index.html", "en/404.html"],
    ),
    "the chooser": (
        "docs/index.html", edit("<h1>", "<h1>The "), "<h1>The ", ["index.html"],
    ),
}  # fmt: skip


def same(left: Path, right: Path) -> list[str]:
    """The files in which two folders differ."""
    names = [
        {p.relative_to(f).as_posix() for p in f.rglob("*") if p.is_file()} for f in (left, right)
    ]
    _, differ, wrong = filecmp.cmpfiles(left, right, names[0] & names[1], shallow=False)
    return sorted([*differ, *wrong, *(names[0] ^ names[1])])


@pytest.mark.parametrize("kind", EDITS)
def test_edit_reaches_every_page_that_shows_it(root: Path, tmp_path: Path, kind: str) -> None:
    checkout = Path(shutil.copytree(root, tmp_path / "checkout", copy_function=shutil.copy2))
    name, change, found, places = EDITS[kind]
    before = checkout / "site"
    assert [p for p in places if found in (before / p).read_text(encoding="utf-8")] == []
    change(checkout / name)
    site.build(before, checkout)
    assert [p for p in places if found not in (before / p).read_text(encoding="utf-8")] == []
    site.build(clean := tmp_path / "clean/site", checkout, cache=False)
    assert same(before, clean) == []


def test_edit_of_one_page_rebuilds_only_that_page(root: Path, tmp_path: Path) -> None:
    checkout = Path(shutil.copytree(root, tmp_path / "checkout", copy_function=shutil.copy2))
    messages: list[str] = []
    edit("First words.", "Other words.")(checkout / "docs/en/a/one.md")
    site.build(checkout / "site", checkout, messages.append)
    assert {"en: 1 of 7 pages made", "zh: 0 of 7 pages made"} <= {*messages}


@pytest.mark.parametrize(
    "name", ["docs/glossary.yml", "handbook/stage/terms.py", "handbook/words.yml"]
)
def test_edit_of_a_shared_input_rebuilds_all_pages(root: Path, tmp_path: Path, name: str) -> None:
    checkout = Path(shutil.copytree(root, tmp_path / "checkout", copy_function=shutil.copy2))
    messages: list[str] = []
    with (checkout / name).open("a", encoding="utf-8") as file:
        file.write("\n# changed\n")
    site.build(checkout / "site", checkout, messages.append)
    assert {"en: 7 of 7 pages made", "zh: 7 of 7 pages made"} <= {*messages}


def test_edited_page_of_the_built_site_is_rebuilt(root: Path, tmp_path: Path) -> None:
    checkout = Path(shutil.copytree(root, tmp_path / "checkout", copy_function=shutil.copy2))
    page = checkout / "site/en/a/one/index.html"
    whole = page.read_text(encoding="utf-8")
    page.write_text("half")
    site.build(checkout / "site", checkout)
    assert page.read_text(encoding="utf-8") == whole


def test_lesson_of_the_small_book_is_current(root: Path) -> None:
    assert records.stale(Lesson(root, "a/one")) == []
