"""Batches, pipelines, images from folders, tables: every row is used exactly once."""

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tfnotes import data

X = np.arange(20, dtype="float32").reshape(10, 2)
Y = np.arange(10)


def rows(batches: Any) -> list[int]:
    return [int(label) for _, y in batches for label in np.asarray(y)]


def test_batches_hold_every_row_once_and_x_stays_with_y() -> None:
    cut = list(data.batches(X, Y, 4, seed=1))
    assert [len(y) for _, y in cut] == [4, 4, 2]
    assert sorted(rows(cut)) == Y.tolist()
    assert all((x == X[y]).all() for x, y in cut)


def test_batch_order_depends_on_the_seed() -> None:
    assert rows(data.batches(X, Y, 4, seed=1)) == rows(data.batches(X, Y, 4, seed=1))
    rng = np.random.default_rng(1)
    assert rows(data.batches(X, Y, 4, seed=rng)) != rows(data.batches(X, Y, 4, seed=rng))


def test_pipeline_holds_every_row_once_and_x_stays_with_y() -> None:
    fed = list(data.pipeline(X, Y, 4, seed=1).as_numpy_iterator())
    assert [len(y) for _, y in fed] == [4, 4, 2]
    assert sorted(rows(fed)) == Y.tolist()
    assert all((x == X[y]).all() for x, y in fed)
    assert (fed[0][0].dtype, fed[0][1].dtype) == (X.dtype, Y.dtype)


def test_pipeline_reshuffles_every_epoch() -> None:
    fed, again = (data.pipeline(X, Y, 4, seed=1) for _ in range(2))
    first, second = rows(fed), rows(fed)
    assert first != second
    assert [rows(again), rows(again)] == [first, second]
    assert rows(data.pipeline(X, Y, 4, shuffle=False)) == Y.tolist()


def test_pipeline_maps_batches_and_may_drop_the_remainder() -> None:
    fed = data.pipeline(X, Y, 4, map_batch=lambda x, y: (x / 2, y), drop_remainder=True)
    assert fed.element_spec[0].shape == (4, 2)
    assert all((np.asarray(x) == X[np.asarray(y)] / 2).all() for x, y in fed)
    assert len(list(fed)) == 2


@pytest.mark.parametrize("feed", [lambda *a: list(data.batches(*a)), data.pipeline])
def test_inputs_and_targets_of_different_length_are_rejected(feed: Any) -> None:
    with pytest.raises(ValueError, match="got 10 inputs and 9 labels"):
        feed(X, Y[:-1], 4)
    with pytest.raises(ValueError, match="batch size of 1 or more, got 0"):
        feed(X, Y, 0)


def test_named_data_set_is_loaded_as_tf_datasets() -> None:
    train, test = data.as_datasets("mnist_5k", batch_size=1500, seed=0)
    assert [(x.shape, x.dtype, y.dtype) for x, y in test] == [((1000, 28, 28), "uint8", "uint8")]
    assert [len(y) for _, y in train] == [1500, 1500, 1000]
    assert Counter(rows(train)) == dict.fromkeys(range(10), 400)
    _, (x_test, y_test) = data.load("mnist_5k")
    assert rows(test) == y_test.tolist()  # the test set keeps its order
    assert (next(iter(test))[0].numpy() == x_test).all()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Images 6 wide and 4 high: 30 of cats, dark, and 30 of dogs, light."""
    from PIL import Image

    for name, gray in (("cats", 10), ("dogs", 200)):
        (tmp_path / name).mkdir()
        for i in range(30):
            Image.new("RGB", (6, 4), (gray + i,) * 3).save(tmp_path / name / f"{i:02}.png")
    return tmp_path


@pytest.mark.parametrize("cache", [False, True])
def test_images_from_folders_are_shuffled_and_complete(folder: Path, cache: bool) -> None:
    fed, names = data.images_from_folder(folder, (4, 6), batch_size=25, seed=0, cache=cache)
    assert names == ("cats", "dogs")
    batches = list(fed.as_numpy_iterator())
    assert [x.shape for x, _ in batches] == [(25, 4, 6, 3), (25, 4, 6, 3), (10, 4, 6, 3)]
    assert (batches[0][0].dtype, batches[0][1].dtype) == (np.float32, np.int32)
    assert set(batches[0][1]) == {0, 1}
    gray = [[float(g) for x, _ in fed for g in x[:, 0, 0, 0]] for _ in range(2)]
    assert sorted(gray[0]) == [*range(10, 40), *range(200, 230)]
    assert gray[0] != gray[1]  # a new order every epoch
    assert all((x[:, 0, 0, 0] > 100).tolist() == (y == 1).tolist() for x, y in batches)


def test_cached_images_are_read_once(folder: Path) -> None:
    fed, _ = data.images_from_folder(folder, (4, 6), cache=True)
    for path in folder.rglob("*.png"):
        path.unlink()
    assert sum(len(y) for _, y in fed) == 60


def test_images_unshuffled_and_in_grayscale(folder: Path) -> None:
    fed, _ = data.images_from_folder(folder, (2, 2), color_mode="grayscale", shuffle=False)
    assert rows(fed) == [0] * 30 + [1] * 30
    assert next(iter(fed))[0].shape == (32, 2, 2, 1)


@pytest.mark.parametrize("content", [b"", b"not an image", None])
def test_broken_image_is_reported(folder: Path, content: bytes | None) -> None:
    path = folder / "dogs/07.png"
    path.write_bytes(path.read_bytes()[:-20] if content is None else content)
    with pytest.raises(ValueError, match=f"expected an image, found {path}, .*; remove it"):
        data.images_from_folder(folder, (4, 6))


def test_folder_without_images_is_rejected(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"images at .*/none, found none; create one"):
        data.images_from_folder(tmp_path / "none", (4, 6))
    (tmp_path / "a.png").touch()  # not within a class
    (tmp_path / "class").mkdir()
    (tmp_path / "class/notes.txt").touch()
    with pytest.raises(ValueError, match=r"expected images \(.bmp, .* found none; create one"):
        data.images_from_folder(tmp_path, (4, 6))


CSV = "size,town,floor,kind\n3,Bonn,1.5,old\n4,Kiel,2,new\n5,Bonn,,old\n"


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    path = tmp_path / "houses.csv"
    path.write_text(CSV, encoding="utf-8")
    return path


def test_table_is_converted_to_numbers(csv: Path) -> None:
    table = data.read_csv(csv, "kind", missing="drop")
    assert table.feature_names == ("size", "floor", "town=Bonn", "town=Kiel")
    assert table.x.tolist() == [[3, 1.5, 1, 0], [4, 2, 0, 1]]
    assert (table.x.dtype, table.y.dtype) == (np.float32, np.int64)
    assert [table.class_names[i] for i in table.y] == ["old", "new"]


@pytest.mark.parametrize(("label", "dtype"), [("size", "int64"), ("floor", "float32")])
def test_numeric_labels_keep_their_dtype(csv: Path, label: str, dtype: str) -> None:
    table = data.read_csv(csv, label, missing="drop")
    assert (table.y.dtype, table.class_names) == (dtype, ())
    assert label not in table.feature_names


def test_empty_cells_and_missing_columns_are_reported(csv: Path) -> None:
    with pytest.raises(ValueError, match="expected no empty cells, found 1 in 'floor'; fill"):
        data.read_csv(csv, "kind")
    with pytest.raises(ValueError, match="expected a column 'price', found 'size', 'town'"):
        data.read_csv(csv, "price")


def test_folds_are_those_of_scikit_learn_and_use_every_row_once() -> None:
    from sklearn.model_selection import KFold

    valid = [y.tolist() for _, (_, y) in data.folds(X, Y, 5, seed=3)]
    wanted = KFold(5, shuffle=True, random_state=3).split(X)
    assert valid == [Y[index].tolist() for _, index in wanted]
    for (x_train, y_train), (x_valid, y_valid) in data.folds(X, Y, 5, seed=3):
        assert sorted([*y_train, *y_valid]) == Y.tolist()
        assert (x_train == X[y_train]).all()
        assert (x_valid == X[y_valid]).all()


def test_stratified_parts_keep_the_proportions() -> None:
    y = np.repeat([0, 1], [15, 5])
    for _, (_, y_valid) in data.folds(y, y, 5, stratified=True):
        assert np.bincount(y_valid).tolist() == [3, 1]
    (_, y_train), (_, y_test) = data.split(y, y, 0.2, stratified=True)
    assert (np.bincount(y_train).tolist(), np.bincount(y_test).tolist()) == ([12, 4], [3, 1])
