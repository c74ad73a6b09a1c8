"""Names that the installed TensorFlow and Keras do not have: the last table."""

import ast
from collections.abc import Iterator

from tfnotes.doctor import installed
from tfnotes.doctor.form import GONE, Form, Hit
from tfnotes.doctor.kinds import Kinds
from tfnotes.doctor.syntax import Code


def _missing(code: Code) -> Iterator[tuple[ast.AST, str]]:
    """Yield attributes and imports with the missing part of their full name."""
    for attribute in code.every(ast.Attribute):
        path = code.names.path(attribute)
        if path and isinstance(attribute.ctx, ast.Load) and installed.missing(path) == path:
            yield attribute, path
    for alias, path in code.names.imported.items():
        gone = installed.missing(path)
        if gone:
            yield alias, gone


def _is_keras(path: str) -> bool:
    return path.startswith(("keras.", "tf.keras."))


def _keras(code: Code, _: Kinds) -> Iterator[Hit]:
    for node, path in _missing(code):
        if _is_keras(path):
            yield node, path


def _tensorflow(code: Code, _: Kinds) -> Iterator[Hit]:
    for node, path in _missing(code):
        if not _is_keras(path):
            yield node, path


FORMS = (
    Form("a name that TensorFlow lacks", _tensorflow,
         GONE, "{new}",
         "migration/tensorflow-1-to-2"),
    Form("a name that Keras lacks", _keras,
         GONE, "{new}", "migration/keras-2-to-3"),
)  # fmt: skip
