"""The words of the field: textlint finds none that prh.yml replaces."""

import json
import subprocess
from pathlib import Path

import pytest

from handbook.lesson.lessons import ROOT
from tests.conftest import CHECKERS, NODE

TEXTLINT = CHECKERS / "textlint/bin/textlint.js"
PLANTED = {  # split, so that this file itself has none of them
    "a.py": ('"""Build it {}."""\n', "ane" + "w", "again"),
    "b.md": ("!!! note\n    It {} the seed.\n", "hangs" + " on", "depends on"),
    "c.yml": ("a: 1 # {}\n", "in" + " silence", "silently"),
    "test_d.py": ("def test_the_{}_of_a_page(): ...\n", "colo" + "ur", "color"),
}


def problems(*options: str | Path) -> list[str]:
    """The reports of textlint, as ``file:line: message``."""
    command = [NODE, TEXTLINT, "--config", ROOT / ".textlintrc.json", "--format", "json", *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode < 2, done.stderr
    return [
        f"{file['filePath']}:{message['line']}: {message['message']}"
        for file in json.loads(done.stdout)
        for message in file["messages"]
    ]


def test_every_text_uses_the_words_of_the_field() -> None:
    done = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    suffixes = {".cff", ".css", ".html", ".js", ".md", ".py", ".sh", ".toml", ".txt", ".yml"}
    files = [name for name in done.stdout.splitlines() if Path(name).suffix in suffixes]
    assert problems(*files) == []


@pytest.mark.parametrize("name", PLANTED)
def test_word_outside_the_field_is_reported(name: str, tmp_path: Path) -> None:
    text, word, better = PLANTED[name]
    file = tmp_path / name
    file.write_text(text.format(word), encoding="utf-8")
    (found,) = problems(file)
    assert found.startswith(f"{file}:")
    assert f"{word} => {better}" in found
