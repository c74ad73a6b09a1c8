"""The API pages of the built site: exactly the public names, each with its summary."""

import html
import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import tfnotes
from handbook.lesson.lessons import LANGUAGES

MODULES = [m.name for m in pkgutil.iter_modules(tfnotes.__path__) if not m.name.startswith("_")]
HEADING = re.compile(r'<h\d id="([\w.]+)" class="doc doc-heading">(.*?)</h\d>', re.DOTALL)
ROW = re.compile(r'<tr>\s*<td><a [^>]*href="#([\w.]+)".*?</td>\s*<td>(.*?)</td>', re.DOTALL)
HAN = re.compile(r"[\u4e00-\u9fff]")
TAG = re.compile(r"<[^>]+>")

each_page = pytest.mark.parametrize("language", LANGUAGES)
each_module = pytest.mark.parametrize("module", MODULES)


def built(site_folder: Path, language: str, page: str = "") -> str:
    path = site_folder / language / "api" / page / "index.html"
    return path.read_text(encoding="utf-8")


def public(module: str) -> set[str]:
    """The names of ``__all__`` with their import path."""
    name = f"tfnotes.{module}"
    return {f"{name}.{public}" for public in importlib.import_module(name).__all__}


def entry(text: str, path: str) -> str:
    """The HTML between the heading of an entry and the next heading."""
    return re.split(r"<h[1-6] ", text.partition(f'id="{path}" class="doc')[2], maxsplit=1)[0]


@each_page
@each_module
def test_page_shows_exactly_the_public_names(site_folder: Path, language: str, module: str) -> None:
    shown = {path for path, _ in HEADING.findall(built(site_folder, language, module))}
    depth = f"tfnotes.{module}.x".count(".")  # deeper ones are methods of a public class
    assert {path for path in shown if path.count(".") == depth} == public(module)
    for path in shown:
        assert path.rpartition(".")[0] in {f"tfnotes.{module}", *public(module)}
        assert "._" not in path


@each_page
@each_module
def test_table_summarizes_each_public_name(site_folder: Path, language: str, module: str) -> None:
    rows = dict(ROW.findall(built(site_folder, language, module)))
    assert rows.keys() == public(module)
    for name, summary in rows.items():
        text = TAG.sub("", summary).strip()
        assert text.endswith((".", "。")), f"{name}: {text!r}"
        assert bool(HAN.search(text)) == (language == "zh"), f"{name}: {text!r}"


@each_module
def test_chinese_entries_begin_with_the_chinese_summary(site_folder: Path, module: str) -> None:
    text = built(site_folder, "zh", module)
    for name, summary in ROW.findall(text):
        assert TAG.sub("", summary).strip() in TAG.sub("", entry(text, name)), name


@each_module
def test_signature_follows_the_import_path(site_folder: Path, module: str) -> None:
    text = built(site_folder, "en", module)
    for path, heading in HEADING.findall(text):
        assert html.unescape(TAG.sub("", heading)).split()[0].startswith(path), path


@each_page
@each_module
def test_page_begins_with_an_example(site_folder: Path, language: str, module: str) -> None:
    begin = built(site_folder, language, module).partition('class="doc doc-heading"')[0]
    example, table = begin.find('class="language-pycon'), begin.find('<td><a class="autorefs')
    assert 0 < example < table


@each_page
@each_module
def test_source_views_hide_include_markers(site_folder: Path, language: str, module: str) -> None:
    assert "--8<--" not in html.unescape(TAG.sub("", built(site_folder, language, module)))


@each_page
def test_index_page_lists_every_module(site_folder: Path, language: str) -> None:
    text = built(site_folder, language)
    rows = dict(re.findall(r'<tr>\s*<td><a href="([\w/.]+)">.*?</td>\s*<td>(.*?)</td>', text))
    assert rows.keys() == {f"{module}/" for module in MODULES}
    assert all(bool(HAN.search(row)) == (language == "zh") for row in rows.values())
    for name in ("load", "train", "learning_curves"):
        assert f"{name}(" in TAG.sub("", text)
