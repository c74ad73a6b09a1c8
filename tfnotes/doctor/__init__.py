"""Reads old programs and names the lines that TensorFlow and Keras have outgrown.

    from tfnotes import doctor
    for finding in doctor.examine("old.py"):
        print(finding.line, finding.form, finding.instead)

It follows the names of a program through its imports and assignments, in the syntax
tree, and runs nothing. Rather than to cry wolf it stays silent: what cannot be seen for
certain is left out, and so is code whose author expects the error.
"""

import ast
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tfnotes.doctor import installed
from tfnotes.doctor.form import GONE, Form
from tfnotes.doctor.forms import FORMS
from tfnotes.doctor.kinds import Kinds
from tfnotes.doctor.sources import ENDINGS, Problem, Program, read, script
from tfnotes.doctor.syntax import ANY, IMPORT_ERRORS, Code

__all__ = [
    "FORMS",
    "UNREADABLE",
    "Finding",
    "Form",
    "examine",
    "examine_source",
    "files",
]

SKIPPED = {"site-packages", "node_modules", "__pycache__", "venv", "env"}
UNREADABLE = {  # what is seen before there is a syntax tree: write instead, and the page
    "print of Python 2": ("print(x), with parentheses", "migration/tensorflow-1-to-2"),
    "a program that does not parse": (
        "what Python can read; mind the indentation of what was copied",
        "foundations/linear-regression-from-scratch",
    ),
    "a magic of IPython in a script": (
        "nothing: it is for notebooks", "start/finding-help"),
    "an old TensorFlow to install": (
        "pip install tensorflow, which brings Keras; on Linux with a GPU: "
        "pip install \"tensorflow[and-cuda]\"",
        "start/install",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Finding:
    """A line that uses an old form.

    Attributes:
        file: the file's name.
        line: counted from 1; in a notebook, in its cell.
        form: the old form by name.
        today: what happens today: the error, or what goes wrong in silence.
        instead: what to write.
        page: the lesson to read, as ``chapter/lesson``.
        cell: the code cell of a notebook, counted from 1.
    """

    file: str
    line: int
    form: str
    today: str
    instead: str
    page: str
    cell: int | None = None

    @property
    def place(self) -> str:
        """File, cell and line, such as ``old.py:12``."""
        cell = "" if self.cell is None else f"cell {self.cell}:"
        return f"{self.file}:{cell}{self.line}"


def examine(path: str | Path) -> list[Finding]:
    """Name the lines of a script or notebook that use old forms.

    Args:
        path: a file that ends in ``.py`` or ``.ipynb``.

    Returns:
        The findings, from top to bottom; none if nothing old was found.

    Raises:
        ValueError: it is no such file, or holds something else.

    Examples:
        >>> examine("old.txt")
        Traceback (most recent call last):
        ValueError: expected a file that ends in .py or .ipynb, got old.txt
    """
    return _examine(read(Path(path)), str(path), expected=False)


def examine_source(text: str, *, expected: bool = False) -> list[Finding]:
    r"""Name the lines of a program that use old forms.

    Args:
        text: Python.
        expected: look also where the program expects an error, such as in
            ``with pytest.raises(…):``.

    Returns:
        The findings, from top to bottom; none if nothing old was found.

    Examples:
        >>> (found,) = examine_source("import keras\nkeras.optimizers.SGD(lr=0.1)")
        >>> found.line, found.form, found.instead
        (2, 'lr= of an optimizer', 'learning_rate=')
    """
    return _examine(script(text), "<text>", expected)


def files(path: str | Path) -> list[Path]:
    """The scripts and notebooks below a folder.

    Args:
        path: a folder, or a file, which is given back as it is.

    Returns:
        Their paths, sorted; those in hidden folders and in environments are left out.

    Examples:
        >>> files("old.py")
        [PosixPath('old.py')]
    """
    path = Path(path)
    if not path.is_dir():
        return [path]
    found = (p for p in path.rglob("*") if p.suffix in ENDINGS and p.is_file())
    return sorted(p for p in found if not _is_skipped(p.relative_to(path).parts, path))


def _is_skipped(parts: tuple[str, ...], root: Path) -> bool:
    folders = (root.joinpath(*parts[:n]) for n in range(1, len(parts)))
    environment = any((folder / "pyvenv.cfg").is_file() for folder in folders)
    hidden = any(part.startswith(".") for part in parts)
    return hidden or environment or bool(SKIPPED & set(parts))


def _examine(program: Program, file: str, expected: bool) -> list[Finding]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the parser, about somebody else's strings
        code = Code(program.tree())
    found = [_unreadable(program, file, problem) for problem in program.problems]
    for form, node, word in _hits(code, expected):
        cell, line = program.place(_line(node))
        today, instead = _filled(_said(form, node, word, code), word), _filled(form.instead, word)
        found.append(Finding(file, line, form.name, today, instead, form.page, cell))
    unique = {(f.cell, f.line, f.form): f for f in found}
    return sorted(unique.values(), key=lambda f: (f.cell or 0, f.line))


def _unreadable(program: Program, file: str, problem: Problem) -> Finding:
    cell, line = program.place(problem.line)
    instead, page = UNREADABLE[problem.form]
    return Finding(file, line, problem.form, problem.said, instead, page, cell)


def _hits(code: Code, expected: bool) -> Iterator[tuple[Form, ast.AST, str]]:
    """Each old form of a program with its node; a node that is named is named once."""
    kinds = Kinds(code)
    named: set[ast.AST] = set()
    for form in FORMS:
        for hit in form.find(code, kinds):
            node, word = hit if isinstance(hit, tuple) else (hit, "")
            known = {node, getattr(node, "value", node)} & named  # a chain is named once
            if not known and (expected or not _is_expected(code, node, form)):
                named.add(node)
                yield form, node, word


def _is_expected(code: Code, node: ast.AST, form: Form) -> bool:
    errors = {ANY} | form.raised
    if isinstance(node, ast.alias):  # a name that is missing fails while it is imported
        errors |= IMPORT_ERRORS
    return bool(errors & code.expected(node))


def _said(form: Form, node: ast.AST, word: str, code: Code) -> str:
    """What happens today; a name that is gone is missed otherwise by an import."""
    if form.today != GONE or not isinstance(node, ast.alias):
        return form.today
    outer, path = code.parents.get(node), code.names.imported[node]
    if isinstance(outer, ast.ImportFrom) and path == word:
        return f"ImportError: cannot import name '{{}}' from '{outer.module}'"
    return f"ModuleNotFoundError: No module named '{word.replace('tf.', 'tensorflow.', 1)}'"


def _line(node: ast.AST) -> int:
    """Where a reader looks for a node: a chain of names ends on its last line."""
    inner = node.func if isinstance(node, ast.Call) else node
    if isinstance(inner, ast.Attribute) and inner.end_lineno:
        return inner.end_lineno
    return getattr(inner, "lineno", 1)


def _filled(text: str, word: str) -> str:
    """A text of a form with what was found: a word, or a full name."""
    if "{new}" in text:
        text = text.replace("{new}", installed.successor(word))
    text = text.replace("{module}", installed.module(word))
    return text.replace("{}", word.rpartition(".")[2])
