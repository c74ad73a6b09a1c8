"""Read scripts and notebooks, including lines that do not parse."""

import ast
import io
import json
import re
import tokenize
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ENDINGS = (".py", ".ipynb")
MAGIC = re.compile(r"\s*(?:[%!]|\?\S)|.*[\w)]\?{1,2}\s*$")
CELL_MAGIC = re.compile(r"\s*%%(\w+)")
RUNS_PYTHON = {"time", "timeit", "capture", "prun"}
PIP = re.compile(
    r"\s*[!%]?\s*(?:pip3?|conda)\s+install\b.*\b"
    r"(?:tensorflow-gpu|tensorflow(?:-cpu)?={1,2}[\s\"']*(?:1\.|2\.\d\b|2\.1[0-5]\b)"
    r"|keras={1,2}[\s\"']*[12]\.)"
)
PRINT = "Missing parentheses in call to"


@dataclass(frozen=True)
class Problem:
    """A line that is not valid Python 3."""

    form: str
    line: int  # of the whole program
    said: str


@dataclass
class Program:
    """Python code to examine, and the origin of its lines."""

    text: str
    cells: list[int] = field(default_factory=list)  # the first line of each, from 1
    problems: list[Problem] = field(default_factory=list)

    def place(self, line: int) -> tuple[int | None, int]:
        """Return the cell, counted from 1, and the line in it; cell None for a script."""
        before = [start for start in self.cells if start <= line]
        return (len(before), line - before[-1] + 1) if before else (None, line)

    def tree(self) -> ast.Module:
        """Parse the code; lines that do not parse go to ``problems``."""
        starts = self.cells or [1]
        lines = self.text.splitlines()
        kept = []
        for start, end in zip(starts, [*starts[1:], len(lines) + 1], strict=True):
            kept += self._parsing(lines[start - 1 : end - 1], start)
        return ast.parse("\n".join(kept))

    def _parsing(self, lines: list[str], start: int) -> list[str]:
        """Return the lines without Python 2 prints, or blank lines if the rest fails."""
        while (error := _error("\n".join(lines))) is not None:
            number = min(error.lineno or 1, len(lines))
            said = f"{type(error).__name__}: {error.msg}"
            line = lines[number - 1]
            indent = line[: len(line) - len(line.lstrip())]
            if error.msg.startswith(PRINT):
                self._note("Python 2 print", start, number, said)
                lines[number - 1] = f"{indent}pass"
            else:
                self._note("a program that does not parse", start, number, said)
                return [""] * len(lines)
        return lines

    def _note(self, form: str, start: int, number: int, said: str) -> None:
        self.problems.append(Problem(form, start + number - 1, said))


def read(path: Path) -> Program:
    """Read the program of a script or the code of a notebook.

    Args:
        path: a file that ends in ``.py`` or ``.ipynb``.

    Returns:
        The program, with blank lines in place of IPython magics.

    Raises:
        ValueError: the file has another extension, or invalid contents.
        OSError: the file cannot be read.

    Examples:
        >>> read(Path("a.txt"))
        Traceback (most recent call last):
        ValueError: expected a file that ends in .py or .ipynb, got a.txt
    """
    if path.suffix not in ENDINGS:
        raise ValueError(f"expected a file that ends in .py or .ipynb, got {path}")
    if not path.is_file():
        raise ValueError(f"expected a file at {path}, found none; check its name")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"{path}: expected text in UTF-8; save it in that encoding") from None
    return notebook(text, str(path)) if path.suffix == ".ipynb" else script(text)


def script(text: str) -> Program:
    r"""Return the program of a script; pasted IPython magics are problems.

    Args:
        text: the contents of the file.

    Returns:
        The program.

    Examples:
        >>> script("%matplotlib inline\nx = 1").problems[0].form
        'an IPython magic in a script'
    """
    program = Program(text)
    if _error(text) is None:
        return program
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if _is_magic(line, lines[:number]):
            said = "SyntaxError: invalid syntax"
            program.problems.append(Problem("an IPython magic in a script", number + 1, said))
            program.problems += _old_installs(line, number + 1)
            lines[number] = ""
    program.text = "\n".join(lines)
    return program


def notebook(text: str, name: str = "the notebook") -> Program:
    r"""Concatenate the code cells of a notebook.

    Args:
        text: the JSON of the notebook.
        name: its name in error messages.

    Returns:
        The program, and the lines at which its cells begin.

    Raises:
        ValueError: the text is not a notebook.

    Examples:
        >>> cells = [{"cell_type": "code", "source": ["%matplotlib inline\n", "x = 1"]}]
        >>> notebook(json.dumps({"cells": cells})).text
        '\nx = 1'
    """
    try:
        book = json.loads(text)
        sources = ["".join(c["source"]) for c in book["cells"] if c["cell_type"] == "code"]
    except (ValueError, TypeError, KeyError):
        raise ValueError(f"{name}: expected a notebook, as Jupyter saves it") from None
    program, lines = Program(""), list[str]()
    for source in sources:
        program.cells.append(len(lines) + 1)
        cell = source.splitlines() or [""]
        for number, line in enumerate(cell, len(lines) + 1):
            program.problems += _old_installs(line, number)
        lines += _without_magics(cell)
    program.text = "\n".join(lines)
    return program


def _without_magics(lines: list[str]) -> list[str]:
    whole = CELL_MAGIC.match(lines[0])
    if whole and whole[1] not in RUNS_PYTHON:  # %%bash, %%html: another language
        return [""] * len(lines)
    kept: list[str] = []
    for line in lines:
        kept.append("" if _is_magic(line, kept) else line)
    return kept


def _is_magic(line: str, before: list[str]) -> bool:
    """Return whether a line is a magic, not the continuation of a statement."""
    if not MAGIC.match(line) or _error(line.strip()) is None:
        return False
    return not _is_open("\n".join(before))


def _is_open(before: str) -> bool:
    """Return whether a statement continues: ``% b)`` continues ``x = (a``."""
    if before.endswith("\\"):
        return True
    try:
        list(tokenize.generate_tokens(io.StringIO(before).readline))
    except tokenize.TokenError:  # an open bracket, or an open string
        return True
    except SyntaxError:
        return False
    return False


def _old_installs(line: str, number: int) -> Iterator[Problem]:
    if PIP.match(line):
        yield Problem("installing an old TensorFlow", number, line.strip())


def _error(text: str) -> SyntaxError | None:
    """Return the syntax error of a text, or None."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # "\\d" in old strings
        try:
            ast.parse(text)
        except SyntaxError as error:
            return error
        except ValueError as error:  # null bytes
            return SyntaxError(str(error), ("", 1, 0, ""))
    return None
