"""Three other builders of executable books, and the lessons in the format of each."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat

from handbook.files import replace
from handbook.lesson import results
from handbook.lesson.lessons import LANGUAGES, ROOT, Lesson, front_matter
from handbook.lesson.pages import Page, fence_regions
from handbook.lesson.sections import sections
from handbook.matrix.environments import python_in
from handbook.stage import downloads
from handbook.stage.book import Book

PINS = Path(__file__).with_name("rivals")
PLACE = ROOT / "build/bench/environments"
URL = "http://127.0.0.1:8000/{}/"
MATERIAL = """\
site_name: Lessons
docs_dir: {language}
site_dir: site/{language}
theme: {{ name: material, font: false }}
markdown_extensions: [admonition, attr_list, pymdownx.details, pymdownx.superfences]
plugins:
  search: {{}}
"""
JUPYTER = """\
  mkdocs-jupyter: { execute: true, allow_errors: false, cache: true, cache_dir: cache/LANGUAGE }
"""
EXEC = "  markdown-exec: {}\n"
SPHINX = """\
project = "Lessons"
extensions = ["myst_nb"]
exclude_patterns = ["_build"]
myst_enable_extensions = ["dollarmath"]
nb_execution_mode = "cache"
nb_execution_cache_path = "_build/cache"
nb_execution_timeout = 300
nb_execution_raise_on_error = True
suppress_warnings = ["myst.header"]
"""
TOC = "# Lessons\n\n```{toctree}\n:glob:\n**\n```\n"
SHOW = """\
```python exec="on" session="{session}"
import io
import matplotlib.pyplot as plt

def show(*_, **__):
    for number in plt.get_fignums():
        plt.figure(number).savefig(io.BytesIO(), format="svg")
    plt.close("all")

plt.show = show
```

"""
BOTH = "{0} -f en.yml & first=$!; {0} -f zh.yml && wait $first"
Pages = Callable[[Lesson, str, str, str], tuple[str, str]]


@dataclass(frozen=True)
class Tool:
    """A tool with its settings.

    Attributes:
        name: of its environment, and of the file in ``rivals`` that pins it.
        kept: the folders of its outputs and caches.
        settings: its configuration files.
        page: returns file name and text of a lesson in a language, with an additional line of
            code and an additional sentence.
        line: the shell command of an author; ``{bin}`` is the folder of the tool.
    """

    name: str
    kept: tuple[str, ...]
    settings: dict[str, str]
    page: Pages
    line: str

    @property
    def python(self) -> Path:
        """Return the Python of its environment."""
        return python_in(PLACE / self.name)

    def prepare(self, folder: Path, lessons: list[Lesson]) -> None:  # noqa: ARG002
        """Create its environment if needed, and write its settings."""
        if not self.python.exists():
            self._install()
        for name, text in self.settings.items():
            replace(folder / name, text)

    def _install(self) -> None:
        """Install the pinned tool, and tfnotes with its locked dependencies."""
        uv = [sys.executable, "-m", "uv"]
        subprocess.run([*uv, "venv", "-q", "-p", sys.executable, PLACE / self.name], check=True)
        locked = ["-c", str(_constraints())]
        wanted = ["-r", str(PINS / f"{self.name}.txt"), "-e", str(ROOT)]
        subprocess.run(
            [*uv, "pip", "install", "-q", "-p", self.python, *wanted, *locked], check=True
        )

    def sources(self, lessons: list[Lesson], code: str, prose: str) -> dict[str, str]:
        """Return every lesson in both languages, with the first lesson edited."""
        files = {}
        for lesson in lessons:
            first = lesson is lessons[0]
            for language in LANGUAGES:
                more = prose if first and language == "en" else ""
                name, text = self.page(lesson, language, code if first else "", more)
                files[f"{language}/{name}"] = text
        return files

    def command(self, folder: Path) -> list[str]:  # noqa: ARG002
        """Return the command of an author."""
        return ["sh", "-c", self.line.format(bin=self.python.parent)]


def _constraints() -> Path:
    """Return a file with the locked versions of the libraries, the same for all tools."""
    from handbook.run.records import DISTRIBUTIONS, LOCK, locked_versions

    kept = set(DISTRIBUTIONS.values())
    lines = [f"{n}=={v}\n" for n, v in locked_versions(ROOT / LOCK).items() if n in kept]
    path = PLACE / "constraints.txt"
    replace(path, "".join(sorted(lines)))
    return path


def notebook(lesson: Lesson, language: str, code: str, prose: str) -> tuple[str, str]:
    """Return a lesson as a notebook."""
    text, _ = downloads.written(downloads.cells(lesson, Book(lesson.root, language)))
    book = nbformat.reads(text, as_version=4)
    del book.cells[1]  # it installs tfnotes
    cell = next(cell for cell in book.cells if cell.cell_type == "code")
    cell.source = f"{code}\n{cell.source}" if code else cell.source
    book.cells[-1].source += f"\n\n{prose}"
    return f"{lesson.address}.ipynb", nbformat.writes(book)


def executed_page(lesson: Lesson, language: str, code: str, prose: str) -> tuple[str, str]:
    """Return a lesson's page with its code in fences for markdown-exec."""
    text = Page.of(lesson, language).text
    blocks = iter([s.text for s in sections(lesson)])
    out, position = [], 0
    for region in fence_regions(text):
        start = text.rfind("\n", 0, region.start) + 1
        indent = text[start : region.start]
        out.append(text[position:start])
        position = region.end
        if "--8<--" in region.lexemes["source"] and "title=" not in region.lexemes["info"]:
            body = "\n".join(filter(None, (code, results.without_results(next(blocks)))))
            code = ""
            out += _indented(_fence(body, lesson.address), indent)
    front, more = front_matter(text)[0]["title"], f"\n\n{prose}\n"
    page = "".join(out) + text[position:] + more
    title = f"---\ntitle: {front}\n---\n\n"
    return f"{lesson.address}.md", title + SHOW.format(session=lesson.address) + front_matter(page)[
        1
    ]


def _fence(body: str, session: str) -> str:
    head = f'```python exec="on" source="above" result="text" session="{session}"'
    return f"{head}\n{body}\n```"


def _indented(text: str, indent: str) -> Iterator[str]:
    yield "\n".join(f"{indent}{line}" if line else line for line in text.split("\n"))


def _material(plugin: str) -> dict[str, str]:
    texts = {
        f"{n}.yml": MATERIAL.format(language=n) + plugin.replace("LANGUAGE", n) for n in LANGUAGES
    }
    return texts | {f"{language}/index.md": "# Lessons\n" for language in LANGUAGES}


TOOLS = (
    Tool(
        "mkdocs-jupyter",
        ("cache", "site"),
        _material(JUPYTER),
        notebook,
        BOTH.format("{bin}/mkdocs build -q"),
    ),
    Tool(
        "myst-nb",
        ("_build",),
        {"conf.py": SPHINX, "index.md": TOC},
        notebook,
        "{bin}/sphinx-build -q . _build/html",  # not -j 2: the cache fails on equal code
    ),
    Tool(
        "markdown-exec",
        ("site",),
        _material(EXEC),
        executed_page,
        BOTH.format("{bin}/mkdocs build -q"),
    ),
)
