"""Lessons and labs as notebooks and scripts without results, in both languages.

``stage`` writes ``downloads/<address>.ipynb`` and ``.py`` for each, and the wheel of ``tfnotes``.
"""

import json
import re
import subprocess
import sys
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import urljoin

from filelock import FileLock

from handbook import addresses
from handbook.files import fingerprint, read_cache, read_tree, replace
from handbook.lesson import results, translation, values
from handbook.lesson.lessons import Lesson, front_matter
from handbook.lesson.pages import BOX, FIGURE, Fence, IncludeError, Page, fence_regions
from handbook.lesson.sections import marked_sections
from handbook.run import records
from handbook.stage import inputs
from handbook.stage.book import Book

RELATIVE = re.compile(r"\]\((?!https?:|#)([^)\s]+)\)")
WHEEL_SOURCES = ("hatch_build.py", "pyproject.toml", "README.md", "LICENSE", "tfnotes")
LAUNCHING = "tfnotes/distribution/launching.py"
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
Cell = tuple[str, str]  # kind ("prose" or "code") and text
INSTALL = """\
try:
    import {modules}
except ImportError:
    %pip install --quiet "{requirement}"
"""
LABELS = """\
from tfnotes.labels import chinese_labels

# {}
font = chinese_labels({})
"""


def stage(book: Book, folder: Path) -> list[Path]:
    """Write the changed downloads of a language.

    Returns:
        All files, changed or not.
    """
    cache_file = book.root / f"build/downloads-{book.language}.json"
    kept = read_cache(cache_file)
    keys, made = {}, [folder / "downloads" / addresses.WHEEL]
    wheel = build_wheel(book.root, book.root / "build/wheel")
    replace(made[0], wheel.read_bytes())
    for lesson in book.lessons:
        keys[lesson.address] = inputs.key(lesson.address, book)
        notebook = folder / f"downloads/{lesson.address}.ipynb"
        files = [notebook, notebook.with_suffix(".py")]
        made += files
        same = keys[lesson.address] == kept.get(lesson.address)
        if not (same and all(path.exists() for path in files)):
            for path, text in zip(files, written(cells(lesson, book)), strict=True):
                replace(path, text)
    replace(cache_file, json.dumps(keys))
    return made


def build_wheel(root: Path, folder: Path) -> Path:
    """Build the wheel of ``tfnotes``, unless it is current.

    Raises:
        subprocess.CalledProcessError: the build fails; the error holds the output.
    """
    key = fingerprint(read_tree(root, WHEEL_SOURCES))
    wheel, kept = folder / addresses.WHEEL, folder / "key"
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / "lock"):  # the first of the two languages builds it
        if not (wheel.exists() and kept.exists() and kept.read_text(encoding="utf-8") == key):
            command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
            subprocess.run(command, cwd=root, check=True, capture_output=True)  # noqa: S603
            replace(kept, key)
    return wheel


def written(found: Sequence[Cell]) -> tuple[str, str]:
    """Return cells as a notebook and as a script; the same cells always give the same texts."""
    import jupytext  # both are slow to import
    import nbformat
    from nbformat import v4

    new = {"prose": v4.new_markdown_cell, "code": v4.new_code_cell}
    made = [new[kind](text) for kind, text in found]
    for number, cell in enumerate(made):
        cell.id = f"cell-{number}"
    book = v4.new_notebook(cells=made, metadata={"kernelspec": KERNEL})
    text = nbformat.writes(book) + "\n"
    del book.cells[1]  # a script installs nothing; its first lines name its requirements
    return text, jupytext.writes(book, fmt="py:percent")


def cells(lesson: Lesson, book: Book) -> list[Cell]:
    """Return the cells of a page: its prose as Markdown, and its code without results.

    The first code cell installs ``tfnotes`` if it is missing, as on Colab. In Chinese, the second
    selects a font for the figures.
    """
    page, url = book.page(lesson.address), urljoin(book.site_url, f"{lesson.address}/")
    needs_ray = LAUNCHING in records.read(lesson).get("files", ())
    extra = "[ray]" if needs_ray else ""
    needed = addresses.requirement(book.repo_url, book.site_url, extra)
    note = book.words["notebook"]["note"]
    modules = "ray, tfnotes" if needs_ray else "tfnotes"
    found = [
        ("prose", note.format(title=page.headings[0][1], url=url, requirement=needed)),
        ("code", INSTALL.format(modules=modules, requirement=needed).strip()),
    ]
    if table := translation.drawn_labels(lesson, book.language):
        lines = json.dumps(table, ensure_ascii=False, indent=4)
        found.append(("code", LABELS.format(book.words["notebook"]["labels"], lines).strip()))
    for kind, text in _pieces(lesson, page, book.language):
        if kind == "code":
            found.append((kind, results.without_results(text).strip("\n")))
        elif prose := _as_notebook_prose(text, url):
            found.append((kind, prose))
    return found


def _pieces(lesson: Lesson, page: Page, language: str) -> Iterator[Cell]:
    """Yield the page in order: code, and prose together with code that is only shown.

    Raises:
        IncludeError: the page includes a section that the code does not have.
    """
    own = {s.name: s.text for s in translation.sections(lesson, language)}
    prose, position = "", 0
    body = values.filled(front_matter(page.text)[1], lesson)
    regions = fence_regions(body)
    for region in regions:
        fence = Fence(region.lexemes["info"].strip(), region.lexemes["source"], 0)
        prose += body[position : body.rfind("\n", 0, region.start) + 1]
        position = region.end
        if fence.info == "python" and fence.include:
            if (name := fence.include["section"]) not in own:
                raise IncludeError(f"{page.path}: {lesson.code} has no section {name!r}")
            yield "prose", prose
            yield "code", own[name]
            prose = ""
        else:
            language = fence.info.split()[0]
            prose += f"```{language}\n{_shown(lesson.root, fence)}\n```"
    yield "prose", prose + body[position:]


def _shown(root: Path, fence: Fence) -> str:
    """Return the content of a fence that does not run: its body, or the section it quotes."""
    if not fence.include:
        return fence.body.strip("\n")
    quoted = marked_sections(root / fence.include["file"])
    return textwrap.dedent(next(s.text for s in quoted if s.name == fence.include["section"]))


def _as_notebook_prose(text: str, url: str) -> str:
    """Return Markdown for any notebook viewer: no boxes, anchors, figures, classes or comments.

    The figures are omitted because the notebook draws them.
    """
    text = _unboxed(text)
    text = re.sub(rf"^.*{FIGURE.pattern}.*\n?", "", text, flags=re.M)
    text = re.sub(r" *\{ *[#.:][^}\n]*\}| ?<!--.*?-->", "", text)
    text = RELATIVE.sub(lambda m: f"]({urljoin(f'{url}../', _as_url(m[1]))})", text)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _as_url(link: str) -> str:
    """Return a link to a page's file as the URL of that page."""
    address = re.sub(r"\.(?:md|ipynb)(?=#|$)", "/", link)
    return re.sub(r"(^|/)index/", r"\1", address)


def _unboxed(text: str) -> str:
    """Replace boxes and folded blocks by a bold title and their dedented content."""
    out, inside = [], False
    for line in text.split("\n"):
        if box := BOX.fullmatch(line):
            inside = True
            out += [f"**{box[2] or box[1].title()}**", ""]
        elif inside and line.startswith("    "):
            out.append(line[4:])
        else:
            inside = inside and not line.strip()
            out.append(line)
    return "\n".join(out)
