"""Find the lines of old programs that fail or behave differently in current TensorFlow and Keras.

It follows the names of a program through its imports and assignments in the syntax tree,
and runs nothing. It prefers silence to false alarms: it reports only what it can prove, and
skips code whose author expects the error.

Examples:
    >>> from tfnotes import doctor
    >>> old = "import keras; keras.optimizers.SGD(lr=0.1)"
    >>> for finding in doctor.examine_source(old):
    ...     print(finding.line, finding.form, "->", finding.instead)
    1 lr= of an optimizer -> learning_rate=
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

__all__ = ["Finding", "examine", "examine_source", "files"]

SKIPPED = {"site-packages", "node_modules", "__pycache__", "venv", "env"}
UNREADABLE = {
    "Python 2 print": ("print(x), with parentheses", "migration/tensorflow-1-to-2"),
    "a program that does not parse": (
        "valid Python; check the indentation of pasted code",
        "foundations/linear-regression-from-scratch",
    ),
    "an IPython magic in a script": (
        "nothing: magics only work in notebooks", "start/finding-help"),
    "installing an old TensorFlow": (
        "pip install tensorflow, which brings Keras; on Linux with a GPU: "
        "pip install \"tensorflow[and-cuda]\"",
        "start/install",
    ),
}  # fmt: skip
"""Problems found before parsing: what to write instead, and the page."""


@dataclass(frozen=True)
class Finding:
    """A line that uses an outdated form.

    Attributes:
        file: the file's name.
        line: counted from 1; in a notebook, within its cell.
        form: the name of the form.
        today: the current behavior: an error, or a silent failure.
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
    """Find the outdated lines of a script or notebook.

    Args:
        path: a file that ends in ``.py`` or ``.ipynb``.

    Returns:
        The findings, from top to bottom; empty if there are none.

    Raises:
        ValueError: the file has another extension, or invalid contents.

    Examples:
        >>> examine("old.txt")
        Traceback (most recent call last):
        ValueError: expected a file that ends in .py or .ipynb, got old.txt
    """
    return _examine(read(Path(path)), str(path), expected=False)


def examine_source(text: str, *, expected: bool = False) -> list[Finding]:
    r"""Find the outdated lines of a program.

    Args:
        text: Python code.
        expected: whether to report code that expects an error too, such as in
            ``with pytest.raises(…):``.

    Returns:
        The findings, from top to bottom; empty if there are none.

    Raises:
        ValueError: this is no text.

    Examples:
        >>> (found,) = examine_source("import keras\nkeras.optimizers.SGD(lr=0.1)")
        >>> found.line, found.form, found.instead
        (2, 'lr= of an optimizer', 'learning_rate=')
    """
    if not isinstance(text, str):
        raise ValueError(
            f"expected Python code as text, got {type(text).__name__}; decode it first"
        )
    return _examine(script(text), "<text>", expected)


def files(path: str | Path) -> list[Path]:
    """List the scripts and notebooks below a folder.

    Args:
        path: a folder, or a file, which is returned unchanged.

    Returns:
        Their paths, sorted, without hidden folders and environments.

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
        warnings.simplefilter("ignore")  # parser warnings about the examined program
        code = Code(program.tree())
    found = [_unreadable(program, file, problem) for problem in program.problems]
    for form, node, word in _hits(code, expected):
        cell, line = program.place(_line(node))
        today, instead = _filled(_today(form, node, word, code), word), _filled(form.instead, word)
        found.append(Finding(file, line, form.name, today, instead, form.page, cell))
    unique = {(f.cell, f.line, f.form): f for f in found}
    return sorted(unique.values(), key=lambda f: (f.cell or 0, f.line))


def _unreadable(program: Program, file: str, problem: Problem) -> Finding:
    cell, line = program.place(problem.line)
    instead, page = UNREADABLE[problem.form]
    return Finding(file, line, problem.form, problem.said, instead, page, cell)


def _hits(code: Code, expected: bool) -> Iterator[tuple[Form, ast.AST, str]]:
    """Yield each outdated form of a program with its node; report a node only once."""
    kinds = Kinds(code)
    named: set[ast.AST] = set()
    for form in FORMS:
        for hit in form.find(code, kinds):
            node, word = hit if isinstance(hit, tuple) else (hit, "")
            known = {node, getattr(node, "value", node)} & named  # report a chain once
            if not known and (expected or not _is_expected(code, node, form)):
                named.add(node)
                yield form, node, word


def _is_expected(code: Code, node: ast.AST, form: Form) -> bool:
    errors = {ANY} | form.raised
    if isinstance(node, ast.alias):  # a missing name fails on import
        errors |= IMPORT_ERRORS
    return bool(errors & code.expected(node))


def _today(form: Form, node: ast.AST, word: str, code: Code) -> str:
    """Return the current behavior; imports of removed names raise their own errors."""
    if form.today != GONE or not isinstance(node, ast.alias):
        return form.today
    outer, path = code.parents.get(node), code.names.imported[node]
    if isinstance(outer, ast.ImportFrom) and path == word:
        return f"ImportError: cannot import name '{{}}' from '{outer.module}'"
    return f"ModuleNotFoundError: No module named '{word.replace('tf.', 'tensorflow.', 1)}'"


def _line(node: ast.AST) -> int:
    """Return the line to report; for a chain of attributes, its last line."""
    inner = node.func if isinstance(node, ast.Call) else node
    if isinstance(inner, ast.Attribute) and inner.end_lineno:
        return inner.end_lineno
    return getattr(inner, "lineno", 1)


def _filled(text: str, word: str) -> str:
    """Fill the placeholders of a form's text with a word or a full name."""
    if "{new}" in text:
        text = text.replace("{new}", installed.successor(word))
    text = text.replace("{module}", installed.module(word))
    return text.replace("{}", word.rpartition(".")[2])
