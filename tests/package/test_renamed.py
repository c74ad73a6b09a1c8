"""Old names of version 0.1 raise an error that gives the new name."""

import importlib
import pkgutil

import keras
import pytest

from tfnotes import _renamed, data

MODULE_NAMES = [name for name in _renamed.NAMES if not name.startswith("tfnotes.data.DataSet.")]


@pytest.mark.parametrize("old", MODULE_NAMES)
def test_old_name_of_a_module_gives_the_new_name(old: str) -> None:
    owner, _, name = old.rpartition(".")
    new = _renamed.NAMES[old]
    with pytest.raises(AttributeError, match=f"^{old} is gone since version 0.2; use {new}$"):
        getattr(importlib.import_module(owner), name)


@pytest.mark.parametrize("old", MODULE_NAMES)
def test_import_of_an_old_name_gives_the_new_name(old: str) -> None:
    owner, _, name = old.rpartition(".")
    sentence = f"^{old} is gone since version 0.2; use {_renamed.NAMES[old]}$"
    with pytest.raises(ImportError, match=sentence):
        exec(f"from {owner} import {name}")  # noqa: S102  as a program writes it
    assert not hasattr(importlib.import_module(owner), name)
    with pytest.raises(ImportError, match=r"^cannot import name 'lod' from 'tfnotes"):
        exec(f"from {owner} import lod")  # noqa: S102


@pytest.mark.parametrize("new", sorted({*_renamed.NAMES.values()}))
def test_new_name_exists(new: str) -> None:
    owner, _, name = new.rpartition(".")
    if owner == "tfnotes.data.DataSet":
        assert hasattr(data.describe("iris"), name)
    elif owner == "model":
        assert hasattr(keras.Model, name)
    else:
        assert pkgutil.resolve_name(new)


def test_old_attribute_of_a_data_set_gives_the_new_name() -> None:
    with pytest.raises(AttributeError, match=r"use tfnotes\.data\.DataSet\.license$"):
        getattr(data.describe("iris"), "licen" + "ce")
    assert not hasattr(data.describe("iris"), "size")


def test_name_that_never_existed_raises_as_usual() -> None:
    with pytest.raises(AttributeError, match=r"^module 'tfnotes\.data' has no attribute 'lod'$"):
        _ = data.lod  # type: ignore[attr-defined]
