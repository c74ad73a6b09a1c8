"""Keras' data sets from a local server: complete, broken, or unavailable."""

import gzip
import importlib.util
import inspect
import os
import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from tfnotes import data
from tfnotes.data import files, loading


@dataclass
class Web:
    """The server's responses by file name, and Keras' cache folder."""

    cache: Path
    bodies: dict[str, bytes] = field(default_factory=dict)
    announced: dict[str, int | None] = field(default_factory=dict)  # Content-Length
    requests: list[str] = field(default_factory=list)

    def kept(self) -> set[str]:
        return {str(p.relative_to(self.cache)) for p in self.cache.rglob("*") if p.is_file()}


@pytest.fixture
def web(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    web = Web(tmp_path / "datasets")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.rpartition("/")[2]
            web.requests.append(name)
            if name not in web.bodies:
                self.send_error(404)
                return
            self.send_response(200)
            length = web.announced.get(name, len(web.bodies[name]))
            if length is not None:
                self.send_header("Content-Length", str(length))
            self.end_headers()
            self.wfile.write(web.bodies[name])  # HTTP/1.0 closes the connection here

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()

    def from_here(fname: str, origin: str, **options: Any) -> str:
        url = f"http://127.0.0.1:{server.server_port}/{origin.rpartition('/')[2]}"
        return str(keras.utils.get_file(fname, origin=url, **options))

    for name in data.names(at_hand=False):
        monkeypatch.setattr(f"keras.src.datasets.{name}.get_file", from_here)
    monkeypatch.setattr("keras.src.backend.config._KERAS_DIR", str(tmp_path))
    monkeypatch.setattr(loading, "DEBIAN", tmp_path / "none")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    yield web
    server.shutdown()
    server.server_close()


def idx(array: np.ndarray) -> bytes:
    head = struct.pack(f">I{array.ndim}I", 0x800 + array.ndim, *array.shape)
    return gzip.compress(head + array.tobytes())


@pytest.fixture
def clothes(web: Web, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """A Fashion-MNIST of three and two images, with its own hashes."""
    images = np.arange(3 * 28 * 28, dtype="uint8").reshape(3, 28, 28)
    labels = np.array([7, 8, 9], "uint8")
    arrays = (images, labels, images[:2], labels[:2])
    bodies = {name: idx(a) for name, a in zip(files.FILES, arrays, strict=True)}
    hashes = {name: sha256(gzip.decompress(body)).hexdigest() for name, body in bodies.items()}
    for name, wanted in hashes.items():
        monkeypatch.setitem(files.FILES, name, wanted)
        monkeypatch.setitem(files.CACHED["fashion_mnist"], f"fashion-mnist/{name}", wanted)
    web.bodies.update(bodies)
    return bodies


def test_download_shows_progress_and_is_cached(
    web: Web, clothes: dict[str, bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    (x_train, y_train), (x_test, _) = data.load("fashion_mnist")
    assert (x_train.shape, y_train.tolist(), len(x_test)) == ((3, 28, 28), [7, 8, 9], 2)
    assert "Downloading data from http://127.0.0.1" in capsys.readouterr().out
    assert sorted(web.requests) == sorted(files.FILES)
    data.load("fashion_mnist")
    assert len(web.requests) == 4
    assert web.kept() == {f"fashion-mnist/{name}" for name in clothes}


def breaks(web: Web, name: str, how: str, whole: bytes) -> None:
    body = {"garbage": b"<html>", "other": idx(np.array([1, 2], "uint8"))}.get(how, whole[:-9])
    length = {"cut": len(whole), "cut unannounced": None}.get(how, len(body))
    web.bodies[name], web.announced[name] = body, length


HOW = ["cut", "cut unannounced", "garbage", "other"]


@pytest.mark.parametrize("how", HOW)
@pytest.mark.filterwarnings("ignore:removed")
def test_broken_image_file_is_removed(web: Web, clothes: dict[str, bytes], how: str) -> None:
    name = "t10k-labels-idx1-ubyte.gz"
    breaks(web, name, how, clothes[name])
    with pytest.raises(data.DataNotFoundError, match="cannot be downloaded"):
        data.load("fashion_mnist")
    assert f"fashion-mnist/{name}" not in web.kept()
    assert web.kept() <= {f"fashion-mnist/{n}" for n in clothes}
    web.bodies[name], web.announced = clothes[name], {}
    (x_train, _), _ = data.load("fashion_mnist")  # the next call succeeds
    assert len(x_train) == 3


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("name", ["mnist", "cifar10", "imdb"])
@pytest.mark.filterwarnings("ignore:removed")
def test_broken_archive_is_removed(web: Web, name: str, how: str) -> None:
    (kept,) = files.CACHED[name]
    breaks(web, files.PUBLISHED.get(kept, kept), how, bytes(1000))
    with pytest.raises(data.DataNotFoundError, match="cannot be downloaded"):
        data.load(name)
    assert web.kept() == set()


def test_removal_of_an_unpublished_file_is_reported(web: Web) -> None:
    web.bodies["mnist.npz"] = b"<html>"
    with (
        pytest.warns(UserWarning, match=r"removed .*/datasets/mnist.npz: not the published file"),
        pytest.raises(data.DataNotFoundError, match="Incomplete or corrupted file"),
    ):
        data.load("mnist")


def test_file_truncated_by_a_killed_process_is_downloaded_again(
    web: Web, clothes: dict[str, bytes]
) -> None:
    name = "train-images-idx3-ubyte.gz"
    path = web.cache / "fashion-mnist" / name
    path.parent.mkdir(parents=True)
    path.write_bytes(clothes[name][:-9])
    with pytest.warns(UserWarning, match=f"removed .*{name}"):
        (x_train, _), _ = data.load("fashion_mnist")
    assert len(x_train) == 3
    assert path.read_bytes() == clothes[name]


def test_interrupted_download_leaves_no_file(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: str, target: str, __: object) -> None:
        Path(target).write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr("keras.src.utils.file_utils.urlretrieve", interrupted)
    for name in ("mnist", "fashion_mnist"):
        with pytest.raises(KeyboardInterrupt):
            data.load(name)
    assert web.kept() == set()


def test_cache_is_preferred_to_the_debian_folder(
    web: Web, clothes: dict[str, bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for folder in (web.cache / "fashion-mnist", tmp_path / "debian"):
        folder.mkdir(parents=True)
        for name, body in clothes.items():
            (folder / name).write_bytes(body)
    monkeypatch.setattr(loading, "DEBIAN", tmp_path / "debian")
    read: list[Path] = []
    monkeypatch.setattr(loading, "read_folder", lambda f: read.append(f) or data.read_folder(f))
    data.load("fashion_mnist")
    (web.cache / "fashion-mnist/t10k-labels-idx1-ubyte.gz").unlink()
    data.load("fashion_mnist")
    assert read == [web.cache / "fashion-mnist", tmp_path / "debian"]
    assert web.requests == []


@pytest.mark.parametrize("name", data.names(at_hand=False))
def test_offline_error_says_what_to_do_in_one_sentence(web: Web, name: str) -> None:
    with pytest.raises(data.DataNotFoundError) as caught:
        data.load(name)
    message = str(caught.value)
    assert message.startswith(f"{name} is not on this machine and cannot be downloaded (")
    for file in files.CACHED[name]:
        assert f"{file}" in message
    assert f"into {web.cache}, or use load({data.describe(name).instead!r})" in message
    assert "\n" not in message
    assert web.kept() == set()


class Payload:
    """Makes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.path),)


@pytest.mark.parametrize("name", ["imdb", "reuters"])
def test_planted_pickle_is_never_loaded(
    web: Web, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    array = np.empty(1, object)
    array[0] = Payload(tmp_path / "made")
    path = web.cache / f"{name}.npz"
    path.parent.mkdir()
    np.savez(path, **dict.fromkeys(("x", "y", "x_train", "y_train", "x_test", "y_test"), array))
    # Keras 3.15.1 unpickles only arrays; older versions unpickle any content.
    if importlib.util.find_spec("keras.src.datasets.npz_utils"):
        monkeypatch.setattr(
            "keras.src.datasets.npz_utils.load_npz",
            lambda path: dict(np.load(path, allow_pickle=True).items()),
        )
    with pytest.raises(data.DataNotFoundError):
        data.load(name)
    assert not (tmp_path / "made").exists()
    assert not path.exists()


@pytest.mark.parametrize("name", sorted(files.CACHED.keys() - {"fashion_mnist"}))
def test_hashes_are_those_of_keras(name: str) -> None:
    source = inspect.getsource(getattr(keras.datasets, name).load_data)
    ((kept, wanted),) = files.CACHED[name].items()
    assert wanted in source
    assert kept.removesuffix("_archive") in source
    assert files.PUBLISHED.get(kept, kept) in source


def test_keras_data_are_converted_to_the_documented_form(monkeypatch: pytest.MonkeyPatch) -> None:
    images = np.zeros((3, 32, 32, 3), "uint8"), np.array([[1], [2], [3]], "uint8")
    houses = np.zeros((3, 8), "float64"), np.ones(3, "float64")
    for name, part in (("cifar10", images), ("california_housing", houses)):
        module = getattr(keras.datasets, name)
        monkeypatch.setattr(module, "load_data", lambda part=part: (part, part))
        (x, y), _ = data.load(name)
        about = data.describe(name)
        assert (x.shape, x.dtype) == ((3, *about.input_shape), np.dtype(about.dtype))
        assert (y.shape, y.dtype) == ((3,), np.dtype(about.label_dtype))


def test_texts_are_padded_to_equal_length(monkeypatch: pytest.MonkeyPatch) -> None:
    x = np.empty(2, object)
    x[:] = [[1, 14, 22], list(range(300))]
    part = x, np.array([0, 1])
    monkeypatch.setattr(keras.datasets.imdb, "load_data", lambda: (part, part))
    _, test = data.as_datasets("imdb", batch_size=2)
    ((rows, labels),) = test
    assert (rows.shape, rows.dtype, labels.numpy().tolist()) == ((2, 256), "int32", [0, 1])
    assert rows[0, -4:].numpy().tolist() == [0, 1, 14, 22]
    assert rows[1].numpy().tolist() == list(range(44, 300))
