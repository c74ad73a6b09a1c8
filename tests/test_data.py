"""Data sets: shapes, balance, origin, and errors that say what to do."""

import gzip
import importlib.util
import shutil
from pathlib import Path

import numpy as np
import pytest

from handbook.lessons import ROOT
from tests.conftest import skip
from tfnotes import data


def test_the_sample_has_the_stated_shapes_and_is_balanced() -> None:
    (x_train, y_train), (x_test, y_test) = data.load()
    assert x_train.shape == (5000, 28, 28)
    assert x_test.shape == (1000, 28, 28)
    assert {a.dtype for a in (x_train, y_train, x_test, y_test)} == {np.dtype("uint8")}
    assert np.bincount(y_train).tolist() == [500] * 10
    assert np.bincount(y_test).tolist() == [100] * 10
    assert (x_train.min(), x_train.max()) == (0, 255)
    assert len(data.CLASS_NAMES) == 10


def test_the_sample_ships_with_its_notice() -> None:
    notice = data.SAMPLE.with_suffix(".LICENSE").read_text()
    assert "MIT License" in notice
    assert "Zalando SE" in notice


def debian() -> Path:
    if not data.DEBIAN.is_dir():
        skip("needs the whole Fashion-MNIST; Debian: apt install dataset-fashion-mnist")
    return data.DEBIAN


def test_the_script_makes_the_same_bytes(tmp_path: Path) -> None:
    source = debian()
    path = ROOT / "scripts/make_fashion_mnist_6k.py"
    spec = importlib.util.spec_from_file_location("make", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.make(source, tmp_path / "again.npz")
    assert (tmp_path / "again.npz").read_bytes() == data.SAMPLE.read_bytes()


def test_the_whole_set_is_read_from_the_folder_of_debian(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    debian()
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    (x_train, _), (x_test, _) = data.load("fashion_mnist")
    assert (len(x_train), len(x_test)) == (60_000, 10_000)


def test_the_cache_of_keras_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = debian()
    cache = tmp_path / "datasets/fashion-mnist"
    shutil.copytree(source, cache)
    (cache / "t10k-labels-idx1-ubyte.gz").write_bytes(gzip.compress(b"other"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    with pytest.raises(ValueError, match=r"t10k-labels.*expected the published file.*delete it"):
        data.load("fashion_mnist")


def test_offline_and_nowhere_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import keras

    def offline() -> None:
        raise Exception("URL fetch failure")

    monkeypatch.setattr(data, "DEBIAN", tmp_path / "none")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr(keras.datasets.fashion_mnist, "load_data", offline)
    with pytest.raises(data.DataNotFoundError) as caught:
        data.load("fashion_mnist")
    said = str(caught.value)
    assert str(tmp_path / "datasets/fashion-mnist") in said
    assert "train-images-idx3-ubyte.gz" in said
    assert "load('fashion_mnist_6k')" in said


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(
        ValueError, match="expected one of fashion_mnist_6k, fashion_mnist; got 'x'"
    ):
        data.load("x")


def test_idx_files() -> None:
    matrix = bytes([0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, *range(6)])
    assert data.read_idx(matrix).tolist() == [[0, 1, 2], [3, 4, 5]]
    with pytest.raises(ValueError, match=r"expected 6 values for shape \(2, 3\), got 5"):
        data.read_idx(matrix[:-1])
    with pytest.raises(ValueError, match="expected IDX data of bytes"):
        data.read_idx(b"\x89PNG....")
