"""Lessons and labs as notebooks and scripts, in the language of their page.

``stage`` writes plain files, for the site into ``build/<language>/``: for every lesson
``downloads/<address>.ipynb`` and ``.py`` without results, for every lab also
``labs/<lab>.ipynb`` with the results of its last run, and the wheel of ``tfnotes``.
"""

import functools
import re
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import jupytext
import nbformat
from nbformat import v4

from handbook import addresses, records, results
from handbook.files import replace
from handbook.lessons import Lesson, all_lessons, front_matter
from handbook.pages import BOX, FIGURE, Fence, IncludeError, Page, fence_regions
from handbook.sections import marked_sections, sections

RELATIVE = re.compile(r"\]\((?!https?:|#)([^)\s]+)\)")
LAUNCHING = "tfnotes/distribution/launching.py"
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
NOTE = {
    "en": "From [{title}]({url}) of the TensorFlow handbook tfnotes. It needs the package "
    '`tfnotes`: `pip install "{requirement}"`. Code: Apache-2.0; text: CC BY 4.0.',
    "zh": "这一页出自 TensorFlow 手册 tfnotes：[{title}]({url})。运行前先安装 `tfnotes` 包："
    '`pip install "{requirement}"`。代码：Apache-2.0；文字：CC BY 4.0。',
}
INSTALL = """\
try:
    import {modules}
except ImportError:
    %pip install --quiet "{requirement}"
"""


def stage(
    root: Path, language: str, site_url: str, folder: Path, repo_url: str | None = None
) -> list[Path]:
    """Write every download of a language, and nothing that has not changed.

    Args:
        root: the checkout.
        language: ``zh`` or ``en``.
        site_url: where the language's site will stand, for links out of the notebooks.
        folder: where to write them.
        repo_url: the address of the repository, if it has one.

    Returns:
        The files; what else is in the folder was left there by an older lesson, or a kill.
    """
    wheel = build_wheel(root, folder / "downloads")
    texts = {}
    for lesson in all_lessons(root):
        page = Page.of(lesson, language)
        book = notebook(lesson, page, language, site_url, repo_url)
        texts[f"downloads/{lesson.address}.ipynb"] = nbformat.writes(book) + "\n"
        del book.cells[1]  # a script installs nothing; its first lines say what it needs
        texts[f"downloads/{lesson.address}.py"] = jupytext.writes(book, fmt="py:percent")
        if lesson.is_lab:
            texts[f"{lesson.address}.ipynb"] = nbformat.writes(executed(lesson, page))
    for name, text in texts.items():
        replace(folder / name, text)
    return [folder / name for name in (f"downloads/{wheel}", *texts)]


@functools.cache
def build_wheel(root: Path, folder: Path) -> str:
    """Build the wheel of ``tfnotes`` and return its name.

    Raises:
        subprocess.CalledProcessError: it cannot be built; the error holds the output.
    """
    folder.mkdir(parents=True, exist_ok=True)
    command = [
        sys.executable,
        "-m",
        "hatchling",
        "build",
        "-t",
        "wheel",
        "-d",
        str(folder),
    ]
    subprocess.run(command, cwd=root, check=True, capture_output=True)  # noqa: S603
    return addresses.WHEEL


def notebook(
    lesson: Lesson, page: Page, language: str, site_url: str, repo_url: str | None = None
) -> nbformat.NotebookNode:
    """A page as a notebook without results: its prose as Markdown, its code as cells.

    The same page always gives the same bytes. The first cell of code installs ``tfnotes``
    where it is missing: Colab starts each notebook on a bare machine.
    """
    url = urljoin(site_url, f"{lesson.address}/")
    needs_ray = LAUNCHING in records.read(lesson).get("files", ())
    needed = addresses.requirement(repo_url, site_url, "[ray]" if needs_ray else "")
    note = NOTE[language].format(title=page.headings[0][1], url=url, requirement=needed)
    modules = "ray, tfnotes" if needs_ray else "tfnotes"
    install = INSTALL.format(modules=modules, requirement=needed).strip()
    made = [v4.new_markdown_cell(note), v4.new_code_cell(install)]
    for kind, text in _pieces(lesson, page):
        if kind == "code":
            made.append(v4.new_code_cell(results.without_results(text).strip("\n")))
        elif prose := _as_notebook_prose(text, url):
            made.append(v4.new_markdown_cell(prose))
    return _book(made)


def executed(lesson: Lesson, page: Page) -> nbformat.NotebookNode:
    """A lab as a notebook with the results that stand in its code."""
    made = []
    for kind, text in _pieces(lesson, page):
        if kind == "code":
            lines = [line for shown in results.shown(text).values() for line in shown]
            output = v4.new_output("stream", name="stdout", text="\n".join(lines) + "\n")
            cell = v4.new_code_cell(results.without_results(text).strip("\n"))
            cell.outputs = [output] if lines else []
            made.append(cell)
        elif text.strip():
            linked = RELATIVE.sub(lambda m: f"](../{_as_url(m[1])})", text.strip("\n"))
            made.append(v4.new_markdown_cell(linked))
    return _book(made)


def _book(made: list[nbformat.NotebookNode]) -> nbformat.NotebookNode:
    for number, cell in enumerate(made):
        cell.id = f"cell-{number}"
    return v4.new_notebook(cells=made, metadata={"kernelspec": KERNEL})


def _pieces(lesson: Lesson, page: Page) -> Iterator[tuple[str, str]]:
    """The page in order: prose, with what is shown but not run, and code.

    Raises:
        IncludeError: the page includes a section that the code does not have.
    """
    own = {s.name: s.text for s in sections(lesson)}
    prose, position = "", 0
    body = front_matter(page.text)[1]
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
    """What a fence that is not run shows: its body, or the section that it quotes."""
    if not fence.include:
        return fence.body.strip("\n")
    quoted = marked_sections(root / fence.include["file"])
    return textwrap.dedent(next(s.text for s in quoted if s.name == fence.include["section"]))


def _as_notebook_prose(text: str, url: str) -> str:
    """Markdown that every notebook viewer shows: no boxes, anchors, figures, classes or comments.

    The figures are left out because the notebook draws them itself.
    """
    text = _unboxed(text)
    text = re.sub(rf"^.*{FIGURE.pattern}.*\n?", "", text, flags=re.M)
    text = re.sub(r" *\{ *[#.:][^}\n]*\}| ?<!--.*?-->", "", text)
    text = RELATIVE.sub(lambda m: f"]({urljoin(f'{url}../', _as_url(m[1]))})", text)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _as_url(link: str) -> str:
    """A link to a page's file as the site's address of that page."""
    address = re.sub(r"\.(?:md|ipynb)(?=#|$)", "/", link)
    return re.sub(r"(^|/)index/", r"\1", address)


def _unboxed(text: str) -> str:
    """Boxes and folded blocks as a bold line, their content moved to the left."""
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
