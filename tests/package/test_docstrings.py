"""Every public object is documented, and its examples run."""

import doctest
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import matplotlib as mpl
import pytest

import handbook
import tfnotes

mpl.use("agg")


def modules(package: ModuleType) -> list[str]:
    found = pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    unlisted = (".hooks", "._")  # called by MkDocs, or private
    return [package.__name__, *(m.name for m in found if not any(u in m.name for u in unlisted))]


def public(module: ModuleType) -> Iterator[tuple[str, Any]]:
    for name, value in vars(module).items():
        own = getattr(value, "__module__", "") == module.__name__
        if own and not name.startswith("_") and callable(value):
            yield name, value


@pytest.mark.parametrize("name", [m for p in (tfnotes, handbook) for m in modules(p)])
def test_docstring_examples_print_their_results(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module = importlib.import_module(name)
    decorated = {n: v for n, v in public(module) if inspect.unwrap(v) is not v}
    monkeypatch.setattr(module, "__test__", decorated, raising=False)  # doctest skips them
    failed, _ = doctest.testmod(module, optionflags=doctest.ELLIPSIS)
    assert failed == 0


@pytest.mark.parametrize("name", modules(tfnotes)[1:])
def test_public_functions_are_described(name: str) -> None:
    module = importlib.import_module(name)
    for label, value in public(module):
        text = inspect.getdoc(value)
        assert text, label
        if inspect.isfunction(value):
            signature = inspect.signature(value)
            assert "Examples:" in text, label
            assert ("Args:" in text) == bool(signature.parameters), label
            returns = str(signature.return_annotation)
            assert "Returns:" in text or "Iterator" in returns or returns == "None", label
            source = inspect.getsource(value)
            assert ("raise " in source) <= ("Raises:" in text), label


@pytest.mark.parametrize("name", [m.name for m in pkgutil.iter_modules(tfnotes.__path__)])
def test_every_module_has_its_page_in_both_languages(name: str) -> None:
    from handbook.lesson.lessons import LANGUAGES, ROOT

    for language in LANGUAGES if not name.startswith("_") else ():
        text = (ROOT / f"docs/{language}/api/{name}.md").read_text(encoding="utf-8")
        assert re.findall(r"^::: (\S+)$", text, re.M) == [f"tfnotes.{name}"]
