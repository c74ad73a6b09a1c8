"""The inputs of the API pages: public names, their first lines in both languages, examples."""

from pathlib import Path

import griffe
import pytest

from handbook.check import typography
from handbook.lesson.lessons import ROOT
from handbook.stage import api


@pytest.fixture(scope="module")
def modules() -> dict[str, griffe.Module]:
    """The public modules of tfnotes, by name, read without importing them."""
    package = griffe.load("tfnotes", search_paths=[ROOT])
    assert isinstance(package, griffe.Module)
    return {name: m for name, m in package.modules.items() if not name.startswith("_")}


def test_every_public_name_has_a_first_line(modules: dict[str, griffe.Module]) -> None:
    for module in modules.values():
        assert module.exports, f"{module.path} has no __all__"
        for name in map(str, module.exports):
            assert api.first_line(module.members[name]).endswith("."), f"{module.path}.{name}"


def test_every_public_name_has_a_chinese_first_line(modules: dict[str, griffe.Module]) -> None:
    chinese = {module: {*names} for module, names in api.summaries(ROOT).items()}
    assert chinese == {name: {*map(str, module.exports or ())} for name, module in modules.items()}


def test_chinese_first_lines_are_sentences_set_well() -> None:
    for module, names in api.summaries(ROOT).items():
        for name, line in names.items():
            assert line.endswith("。"), f"{module}.{name}"
            assert [*typography.line_problems(line, "zh")] == [], f"{module}.{name}"


def test_every_module_begins_with_an_example(modules: dict[str, griffe.Module]) -> None:
    for module in modules.values():
        assert module.docstring, module.path
        assert f"\n{api.EXAMPLES}    >>> " in module.docstring.value, module.path


PACKAGE = {
    "__init__.py": '"""A package."""\n',
    "shapes/__init__.py": '"""Shapes.\n\nExamples:\n    >>> 1\n    1\n"""\n\n'
    'from tfnotes.shapes.inner import SIDES, area\n\n__all__ = ["SIDES", "area"]\n',
    "shapes/inner.py": '"""Inner."""\n\nSIDES = 4\n"""The sides."""\n\n\n'
    'def area(a):\n    """Compute the area.\n\n    More.\n    """\n'
    "    # --8<-- [start:area]\n    return a**2\n    # --8<-- [end:area]\n",
}


def shown(root: Path, *languages: str, chinese: str = "") -> griffe.Object | griffe.Alias:
    """The module ``shapes`` of a small package as the extension leaves it."""
    for name, text in PACKAGE.items():
        path = root / "tfnotes" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (root / "docs").mkdir()
    (root / api.CHINESE).write_text(chinese, encoding="utf-8")
    extensions = griffe.load_extensions(*map(api.Api, languages))
    return griffe.load("tfnotes.shapes", search_paths=[root], extensions=extensions)


def test_module_shows_its_example_and_a_table(tmp_path: Path) -> None:
    module = shown(tmp_path, "en")
    assert module.docstring
    assert module.docstring.value == (
        "Examples:\n    >>> 1\n    1\n\n"
        "| Name | What it is |\n|---|---|\n"
        "| [`area`][tfnotes.shapes.area] | Compute the area. |\n"
        "| [`SIDES`][tfnotes.shapes.SIDES] | The sides. |"
    )
    assert module["area"].docstring.value == "Compute the area.\n\nMore."


def test_chinese_replaces_the_first_line(tmp_path: Path) -> None:
    module = shown(tmp_path, "zh", chinese="shapes: { area: 计算面积。 }")
    line = '<span lang="zh">计算面积。</span>'
    assert module["area"].docstring.value == f"{line}\n\nMore."
    assert module.docstring
    assert f"| [`area`][tfnotes.shapes.area] | {line} |" in module.docstring.value


def test_source_hides_markers_and_keeps_line_numbers(tmp_path: Path) -> None:
    source = shown(tmp_path, "en")["area"].source
    assert "--8<--" not in source
    assert source.split("\n")[-2:] == ["", "    return a**2"]


def test_chinese_replaces_an_english_table(tmp_path: Path) -> None:
    """Zensical appends the extensions of ``mkdocs.zh.yml`` to those of ``mkdocs.yml``."""
    module = shown(tmp_path, "en", "zh")
    assert module.docstring
    assert module.docstring.value.count("|---|---|") == 1
    assert '| <span lang="zh">名称</span> |' in module.docstring.value
