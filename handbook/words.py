"""The texts of the interface in both languages, from ``words.yml``."""

import functools
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).with_name("words.yml")
LANGUAGES = ("zh", "en")


@functools.cache
def words(language: str) -> dict[str, Any]:
    """Return the texts of one language, by feature and name.

    Examples:
        >>> words("en")["status"]["never"]
        'never run'
    """
    found: dict[str, Any] = _in(language, yaml.safe_load(FILE.read_text(encoding="utf-8")))
    return found


def _in(language: str, node: dict[str, Any]) -> Any:
    if node.keys() == {*LANGUAGES}:
        return node[language]
    return {name: _in(language, child) for name, child in node.items()}
