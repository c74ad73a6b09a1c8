"""Images as people have them: rotated, transparent, deep, animated, damaged."""

import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tfnotes.command.images import as_input, read_image

LEFT_WHITE = np.repeat([[255, 0]], [8, 8], axis=1).reshape(1, 16).repeat(16, 0).astype(np.uint8)


def saved(path: Path, values: np.ndarray, mode: str | None = None, **options: object) -> Path:
    image = Image.fromarray(values)
    (image.convert(mode) if mode else image).save(path, **options)
    return path


def read(path: Path, n_channels: int = 0, background: str = "white") -> np.ndarray:
    """Read an image in its own size."""
    image = read_image(path, background)
    shape = (image.height, image.width, *([n_channels] if n_channels else []))
    return as_input(image, shape)[0]


def refusal(path: Path) -> str:
    with pytest.raises(ValueError, match="expected") as caught:
        read_image(path)
    text = str(caught.value)
    assert text.startswith(f"{path}: expected ")
    assert "\n" not in text
    assert "object at" not in text
    return text.removeprefix(f"{path}: ")


@pytest.mark.parametrize(
    ("orientation", "seen"),
    [
        (1, LEFT_WHITE), (2, LEFT_WHITE[:, ::-1]), (3, LEFT_WHITE[::-1, ::-1]),
        (4, LEFT_WHITE[::-1]), (5, LEFT_WHITE.T), (6, LEFT_WHITE.T[:, ::-1]),
        (7, LEFT_WHITE.T[::-1, ::-1]), (8, LEFT_WHITE.T[::-1]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("ending", ["jpg", "png", "webp", "tif"])
def test_rotation_of_the_camera_is_applied(
    tmp_path: Path, orientation: int, seen: np.ndarray, ending: str
) -> None:
    exif = Image.Exif()
    exif[274] = orientation
    options = {"lossless": True} if ending == "webp" else {}
    path = saved(tmp_path / f"a.{ending}", LEFT_WHITE, exif=exif, **options)
    np.testing.assert_allclose(read(path), seen, atol=3)


def test_rotation_changes_height_and_width(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[274] = 6
    path = saved(tmp_path / "a.png", LEFT_WHITE[:4], exif=exif)
    assert read(path).shape == (16, 4)


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparent_pixels_show_the_background(tmp_path: Path, mode: str) -> None:
    values = np.zeros((1, 3, 4), np.uint8)
    values[0, :, 3] = 0, 255, 51  # transparent, opaque, a fifth
    path = saved(tmp_path / "a.png", values, mode)
    np.testing.assert_allclose(read(path), [[255, 0, 204]], atol=1)
    np.testing.assert_allclose(read(path, background="black"), [[0, 0, 0]])
    np.testing.assert_allclose(read(path, 3, "#102030")[0, 0], [16, 32, 48])


@pytest.mark.parametrize(
    ("mode", "transparency"), [("P", 0), ("P", b"\0\xff"), ("L", 0), ("RGB", (0, 0, 0))]
)
def test_a_transparent_color_shows_the_background(
    tmp_path: Path, mode: str, transparency: object
) -> None:
    image = Image.fromarray(LEFT_WHITE).convert(mode)
    if mode == "P":
        image = image.point(lambda i: int(i > 0))
        image.putpalette([0, 0, 0, 90, 90, 90])
    image.save(tmp_path / "a.png", transparency=transparency)
    pixels = read(tmp_path / "a.png")
    assert pixels[0, 0] == (90 if mode == "P" else 255)
    assert pixels[0, -1] == 255


def test_unknown_background_is_refused(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.png", LEFT_WHITE)
    with pytest.raises(ValueError, match=r"expected a background such as .*, got 'glass'"):
        read_image(path, "glass")


RAMP = np.linspace(0, 1, 256).reshape(16, 16)


@pytest.mark.parametrize(
    ("ending", "values"),
    [
        ("png", np.round(RAMP * 65535).astype(np.uint16)),
        ("tif", np.round(RAMP * 65535).astype(np.uint16)),
        ("tif", np.round(RAMP * 65535).astype(">u2")),
        ("tif", np.round(RAMP * 255).astype(np.int32)),
        ("tif", np.round(RAMP * 65535).astype(np.int32)),
        ("tif", np.round(RAMP * 1e6 - 5e5).astype(np.int32)),
        ("tif", RAMP.astype(np.float32)),
        ("tif", (RAMP * 255).astype(np.float32)),
        ("tif", (RAMP * 65535).astype(np.float32)),
        ("tif", (RAMP * 2 - 1).astype(np.float32)),
    ],
)
@pytest.mark.parametrize("n_channels", [0, 1, 3])
def test_deep_images_are_scaled_by_their_range(
    tmp_path: Path, ending: str, values: np.ndarray, n_channels: int
) -> None:
    pixels = read(saved(tmp_path / f"a.{ending}", values), n_channels)
    assert pixels.dtype == np.float32
    seen = pixels if n_channels == 0 else pixels.mean(-1)
    np.testing.assert_allclose(seen, RAMP * 255, atol=0.51)


def test_range_is_that_of_the_type_and_not_of_the_pixels(tmp_path: Path) -> None:
    dark = saved(tmp_path / "a.png", np.array([[0, 257, 514]], np.uint16))
    np.testing.assert_allclose(read(dark), [[0, 1, 2]])
    half = saved(tmp_path / "a.tif", np.array([[0, 0.5]], np.float32))
    np.testing.assert_allclose(read(half), [[0, 127.5]])
    constant = saved(tmp_path / "b.tif", np.full((2, 2), -7.0, np.float32))
    np.testing.assert_allclose(read(constant), np.zeros((2, 2)))


def test_values_without_a_range_are_refused(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.tif", np.array([[0, np.nan]], np.float32))
    assert refusal(path).startswith("expected finite pixels, got NaN or infinity")


@pytest.mark.parametrize(
    "options", [{"format": "GIF"}, {"format": "PNG"}, {"format": "WEBP"}, {"format": "TIFF"}]
)
def test_first_image_of_several_is_used_and_named(
    tmp_path: Path, options: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a"
    first, second = (Image.fromarray(v) for v in (LEFT_WHITE, 255 - LEFT_WHITE))
    lossless = {"lossless": True} if options["format"] == "WEBP" else {}
    first.save(path, save_all=True, append_images=[second], **lossless, **options)
    np.testing.assert_allclose(read(path), LEFT_WHITE)
    assert capsys.readouterr().err == f"tfnotes: {path} holds 2 images; this reads the first\n"


def test_photograph_with_a_preview_is_one_image(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = (Image.fromarray(v) for v in (LEFT_WHITE, LEFT_WHITE[:8, :8]))
    first.save(tmp_path / "a.jpg", "MPO", save_all=True, append_images=[second])
    np.testing.assert_allclose(read(tmp_path / "a.jpg"), LEFT_WHITE, atol=3)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "CMYK", "YCbCr", "LAB"])
def test_color_modes_are_converted(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "a.tif"
    Image.new("RGB", (4, 4), "red").convert(mode).save(path)
    if mode in ("P", "RGB", "CMYK", "YCbCr", "LAB"):
        np.testing.assert_allclose(read(path, 3)[0, 0], [255, 0, 0], atol=5)
    Image.fromarray(LEFT_WHITE).convert(mode).save(path)
    np.testing.assert_allclose(read(path), LEFT_WHITE, atol=1)


def test_cmyk_of_a_camera_is_converted(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    Image.new("CMYK", (8, 8), (0, 255, 255, 0)).save(path)
    np.testing.assert_allclose(read(path, 3)[0, 0], [254, 0, 0], atol=3)


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        check = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    packed = zlib.compress(bytes(width + 1) * 9)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    )


def encoded(kind: str, size: int = 64, **options: object) -> bytes:
    held = io.BytesIO()
    noise = np.random.default_rng(0).integers(0, 256, (size, size, 3), np.uint8)
    Image.fromarray(noise).save(held, kind, **options)
    return held.getvalue()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (lambda: b"", "got an empty file"),
        (lambda: b"not an image", "got none of these, or a damaged file"),
        (lambda: b"\x89PNG\r\n\x1a\n", "got none of these, or a damaged file"),
        (lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "got HEIC; save it as PNG or JPEG"),
        (lambda: b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "got HEIC; save it as PNG or JPEG"),
        (lambda: b'<svg xmlns="http://www.w3.org/2000/svg"/>', "got SVG; save it as PNG or JPEG"),
        (lambda: b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- a -->\n<svg>', "got SVG; save it as"),
        (lambda: b"%PDF-1.7", "got PDF; save it as PNG or JPEG"),
        (lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9", "got none of these"),
        (lambda: encoded("PNG")[:-900], "expected a complete PNG image, got a damaged one"),
        (lambda: encoded("JPEG")[:-900], "expected a complete JPEG image, got a damaged one"),
        (lambda: encoded("GIF")[:-900], "expected a complete GIF image, got a damaged one"),
        (lambda: encoded("BMP")[:-900], "expected a complete BMP image, got a damaged one"),
        (lambda: encoded("TIFF")[:-900], "expected a complete TIFF image, got a damaged one"),
        (lambda: encoded("WEBP")[:-900], "damaged"),
        (lambda: png(20_000, 20_000), "expected at most 178,956,970 pixels, got more"),
    ],
)  # fmt: skip
def test_file_that_is_no_image_is_refused_in_one_sentence(
    tmp_path: Path, content: Callable[[], bytes], sentence: str, recwarn: pytest.WarningsRecorder
) -> None:
    path = tmp_path / "any.png"
    path.write_bytes(content())
    assert sentence in refusal(path)
    assert not recwarn.list


def test_no_file_of_random_bytes_raises_anything_else(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    path = tmp_path / "any"
    for kind in ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "PPM"):
        for _ in range(20):
            content = bytearray(encoded(kind, 16))
            for place in rng.integers(0, min(len(content), 100), 4):
                content[place] = rng.integers(256)
            path.write_bytes(content)
            try:
                read_image(path)
            except ValueError as error:
                assert str(error).startswith(f"{path}: expected ")  # noqa: PT017


def test_large_image_is_read_without_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, recwarn: pytest.WarningsRecorder
) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 200)
    assert read(saved(tmp_path / "a.png", LEFT_WHITE)).shape == (16, 16)
    assert not recwarn.list


@pytest.mark.parametrize("shape", [(4,), (8, 8, 2), (8, 8, 3, 3), ()])
def test_model_without_image_inputs_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"expected a model of images, with an input of"):
        as_input(Image.new("RGB", (8, 8)), shape)


def test_image_has_the_size_that_the_model_expects() -> None:
    image = Image.new("RGB", (6, 4))
    assert as_input(image, (8, 8)).shape == (1, 8, 8)
    assert as_input(image, (8, 8, 3)).shape == (1, 8, 8, 3)
    assert as_input(image, (None, None, 1)).shape == (1, 4, 6, 1)  # any size: its own
