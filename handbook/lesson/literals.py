"""The string literals of code, found and replaced.

An f-string is known by its template, with ``{}`` for each replaced field; its fields keep their
source. Adjacent literals are one. Only the span of a whole literal is read from the syntax tree:
the positions inside f-strings differ between Python versions.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tfnotes.labels import FIELD

GAP = re.compile(r"(?:\s|\\\n|#[^\n]*)*")  # between adjacent literals
LITERAL = re.compile(
    r"(?P<prefix>[A-Za-z]{0,2})(?P<quote>'''|\"\"\"|['\"])"
    r"(?P<body>(?:\\.|(?!(?P=quote)).)*)(?P=quote)",
    re.DOTALL,
)
TEXT = re.compile(r"(?:\{\{|\}\}|\\N\{[^}]*\}|\\.|[^{}\\])+", re.DOTALL)
RAW_TEXT = re.compile(r"(?:\{\{|\}\}|[^{}])+", re.DOTALL)
OPEN, CLOSE, QUOTES = "([{", ")]}", "'\""


@dataclass(frozen=True)
class Piece:
    """A part of a literal: text with its value, or a replaced field (value ``None``)."""

    start: int
    end: int
    value: str | None


def replaced(code: str, labels: Mapping[str, str]) -> str:
    r"""Return the code with its literals replaced, also those in the fields of f-strings.

    Args:
        code: any code that parses.
        labels: the new text of each literal or template.

    Examples:
        >>> print(replaced('f"{n:>3} layers of {kinds[\'plain\']}"', {"plain": "普通"}))
        f"{n:>3} layers of {kinds['普通']}"
        >>> print(replaced('f"{n} layers"', {"{} layers": "{} 层"}))
        f"{n} 层"
    """
    for start, end in reversed(list(spans(code))):
        code = code[:start] + _replaced(code[start:end], labels) + code[end:]
    return code


def templates(code: str) -> Iterator[str]:
    """Yield the text or template of every literal of the code, also of those in fields."""
    for start, end in spans(code):
        pieces = _pieces(source := code[start:end])
        yield _template(pieces)
        for piece in pieces:
            if piece.value is None:
                yield from templates(_expression(source[piece.start : piece.end]))


def spans(code: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of every literal that is not in a field of another, in order."""
    lines = code.split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)

    def position(line: int, column: int) -> int:  # the syntax tree counts bytes of UTF-8
        return starts[line - 1] + len(lines[line - 1].encode()[:column].decode())

    found = {
        (
            position(node.lineno, node.col_offset),
            position(node.end_lineno or 0, node.end_col_offset or 0),
        )
        for node in _literals(ast.parse(code))
    }
    yield from sorted(found)


def _literals(node: ast.AST) -> Iterator[ast.expr]:
    is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
    if is_text or isinstance(node, ast.JoinedStr):
        yield node  # type: ignore[misc]  # an expression
    else:
        for child in ast.iter_child_nodes(node):
            yield from _literals(child)


def _replaced(source: str, labels: Mapping[str, str]) -> str:
    pieces = _pieces(source)
    fields = [piece for piece in pieces if piece.value is None]
    written = [_field(source[f.start : f.end], labels) for f in fields]
    label = labels.get(template := _template(pieces), template)
    if label == template or (fields and label.count(FIELD) != len(fields)):
        for field, new in zip(reversed(fields), reversed(written), strict=True):
            source = source[: field.start] + new + source[field.end :]
        return source
    quote = LITERAL.match(source)["quote"]  # type: ignore[index]  # a literal
    choices = (quote, '"', "'", '"""', "'''")
    quote = next(q for q in choices if not any(q in field for field in written))
    if not fields:
        return f"{quote}{_escaped(label, quote)}{quote}"
    texts = [_escaped(t, quote).replace("{", "{{").replace("}", "}}") for t in label.split(FIELD)]
    inner = "".join(text + field for text, field in zip(texts, [*written, ""], strict=True))
    return f"f{quote}{inner}{quote}"


def _escaped(text: str, quote: str) -> str:
    kept = "\n" if len(quote) > 1 else ""
    text = text.replace("\\", "\\\\").replace(quote, f"\\{quote}")
    if kept and text.endswith(quote[0]):  # it would end the literal
        text = f"{text[:-1]}\\{quote[0]}"
    return "".join(
        char if char.isprintable() or char in kept else char.encode("unicode_escape").decode()
        for char in text
    )


def _template(pieces: list[Piece]) -> str:
    return "".join(FIELD if piece.value is None else piece.value for piece in pieces)


def _pieces(source: str) -> list[Piece]:
    """Return the parts of one literal or of several adjacent ones."""
    found: list[Piece] = []
    position = 0
    while literal := LITERAL.match(source, GAP.match(source, position).end()):  # type: ignore[union-attr]
        position = literal.end()
        prefix, quote = literal["prefix"].lower(), literal["quote"]
        start, end = literal.span("body")
        if "f" not in prefix:
            found.append(Piece(start, end, _value(literal["body"], prefix, quote)))
            continue
        plain = prefix.replace("f", "")
        while start < end:
            if text := (RAW_TEXT if plain else TEXT).match(source, start, end):
                single = text[0].replace("{{", "{").replace("}}", "}")
                found.append(Piece(start, text.end(), _value(single, plain, quote)))
                start = text.end()
            else:
                stop = _field_end(source, start)[1]
                found.append(Piece(start, stop, None))
                start = stop
    return found


def _value(body: str, prefix: str, quote: str) -> str:
    tail = "\n" if len(quote) > 1 else " "  # so that a last quote of the text does not end it
    value: str = ast.literal_eval(f"{prefix}{quote}{body}{tail}{quote}")
    return value[:-1]


def _field_end(source: str, start: int) -> tuple[int, int]:
    """Return the end of the expression in a field that starts at ``{``, and that of the field."""
    depth, quote, expression = 0, "", 0
    for i in range(start, len(source)):
        char = source[i]
        if quote:
            quote = "" if char == quote else quote
        elif char in QUOTES and not expression:
            quote = char
        elif char in OPEN:
            depth += 1
        elif char in CLOSE:
            depth -= 1
            if depth == 0:
                return expression or i, i + 1
        elif (
            depth == 1
            and not expression
            and (char == ":" or source[i : i + 2] in ("!r", "!s", "!a"))
        ):
            expression = i
    raise ValueError(f"expected a whole field, found {source[start:]!r}")


def _expression(field: str) -> str:
    """Return the expression of a field in brackets, as code; empty if it is ``{x=}``."""
    inner = f"({field[1 : _field_end(field, 0)[0]]})"
    return "" if re.search(r"[^=!<>]=\s*\)$", inner) else inner


def _field(field: str, labels: Mapping[str, str]) -> str:
    inner, end = _expression(field), _field_end(field, 0)[0]
    return "{" + replaced(inner, labels)[1:-1] + field[end:] if inner else field
