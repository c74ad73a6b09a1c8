"""Read an image file as people see it."""

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import typer

if TYPE_CHECKING:
    from PIL import Image, ImageFile

READABLE = "PNG, JPEG, GIF, BMP, TIFF, WebP, AVIF or PPM"
INSTEAD = "save it as PNG or JPEG"
SEVERAL = {"GIF", "PNG", "TIFF", "WEBP", "AVIF"}  # formats of animations and pages
HEIC = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
HEAD = 1024  # bytes that show what kind of file this is


def read_image(path: Path, background: str = "white") -> "Image.Image":
    """Read an image file as people see it.

    The rotation that a camera notes is applied, and transparent pixels show the
    background. Grayscale of 16 bits, integers and floats are scaled to 0…255: by
    65,535 if the file stores 16 bits, otherwise by the smallest of 1 (floats), 255 and
    65,535 that no pixel exceeds; if there is none, or a pixel is negative, the darkest
    becomes 0 and the lightest 255. A file of several images gives its first, and a
    line says so.

    Args:
        path: PNG, JPEG, GIF, BMP, TIFF, WebP, AVIF or PPM.
        background: a color, by its name or as ``#rrggbb``.

    Returns:
        An image of mode RGB, or of mode F with gray values from 0 to 255.

    Raises:
        ValueError: the file is not a complete image of these formats, or it has more
            than 178,956,970 pixels; or this is no color.

    Examples:
        >>> read_image(Path(__file__))
        Traceback (most recent call last):
        ValueError: ...images.py: expected PNG, JPEG, GIF, BMP, TIFF, WebP, AVIF or...
    """
    from PIL import Image, ImageColor

    try:
        color = ImageColor.getrgb(background)[:3]
    except ValueError:
        raise ValueError(
            "expected a background such as white, black or '#ff8800', "
            f"got {background!r}"
        ) from None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow, about broken files
        image = _decoded(path)
    if image.mode == "F" or image.mode.startswith("I"):
        return Image.fromarray(_scaled(path, image))
    if "A" in image.getbands() or "transparency" in image.info:
        image = image.convert("RGBA")
        canvas = Image.new("RGBA", image.size, color)
        image = Image.alpha_composite(canvas, image)
    return image.convert("RGB")


def as_input(
    image: "Image.Image", shape: Sequence[int | None]
) -> npt.NDArray[np.float32]:
    """Resize an image to the input of a model.

    Args:
        image: the result of ``read_image``.
        shape: (height, width) or (height, width, channels) with 1 or 3 channels; None
            for any height or width, which keeps the image's own.

    Returns:
        (1, *shape), float32, from 0 (black) to 255 (white).

    Raises:
        ValueError: the shape is not that of an image.

    Examples:
        >>> from PIL import Image
        >>> as_input(Image.new("RGB", (640, 480), "white"), (1, 2))
        array([[[255., 255.]]], dtype=float32)
    """
    from PIL import Image

    if len(shape) not in (2, 3) or (*shape, 1)[2] not in (1, 3):
        raise ValueError(
            "expected a model of images, with an input of (height, width) or (height, "
            f"width, 1 or 3 channels), got {tuple(shape)}; use a model of images"
        )
    size = shape[1] or image.width, shape[0] or image.height
    n_channels = shape[2] if len(shape) == 3 else 1
    if image.mode != "F":
        image = image.convert("RGB" if n_channels == 3 else "L")
    values = np.asarray(image.resize(size, Image.Resampling.BILINEAR), np.float32)
    if n_channels == 3 and values.ndim == 2:
        values = np.stack([values] * 3, axis=-1)
    return values.reshape(1, size[1], size[0], *shape[2:])


def _decoded(path: Path) -> "Image.Image":
    """Decode a file, or say in one sentence why not."""
    from PIL import Image, ImageOps

    with path.open("rb") as file:
        head = file.read(HEAD)
        opened: ImageFile.ImageFile | None = None
        try:
            opened = Image.open(file, formats=_formats())
            n_images = getattr(opened, "n_frames", 1)
            image = ImageOps.exif_transpose(opened)
            image.load()
        except Image.DecompressionBombError as error:
            raise ValueError(
                f"{path}: expected at most {2 * (Image.MAX_IMAGE_PIXELS or 0):,} "
                "pixels, got more; make it smaller first"
            ) from error
        except Exception as error:  # Pillow raises many kinds for a damaged file
            raise ValueError(f"{path}: {_complaint(head, opened)}") from error
        if n_images > 1 and opened.format in SEVERAL:
            typer.echo(
                f"tfnotes: {path} holds {n_images} images; this reads the first",
                err=True,
            )
        return image


def _formats() -> list[str]:
    """Return Pillow's names of the formats; some versions lack AVIF."""
    from PIL import Image

    Image.init()
    names = READABLE.upper().replace(" OR", ",").split(", ")
    return [name for name in names if name in Image.OPEN]


def _complaint(head: bytes, opened: "ImageFile.ImageFile | None") -> str:
    if opened is not None:
        return (
            f"expected a complete {opened.format} image, got a damaged one; copy or "
            "download it again"
        )
    if not head:
        got = "an empty file; copy or download it again"
    elif head[4:8] == b"ftyp" and head[8:12] in HEIC:
        got = f"HEIC; {INSTEAD}"
    elif b"<svg" in head:
        got = f"SVG; {INSTEAD}"
    elif head.startswith(b"%PDF"):
        got = f"PDF; {INSTEAD}"
    else:
        got = f"none of these, or a damaged file; check the path, or {INSTEAD}"
    return f"expected {READABLE}, got {got}"


def _scaled(path: Path, image: "Image.Image") -> npt.NDArray[np.float32]:
    """Scale the values of a grayscale image of more than 8 bits to 0…255."""
    values = np.asarray(image).astype(np.float32)
    if not np.isfinite(values).all():
        raise ValueError(
            f"{path}: expected finite pixels, got NaN or infinity; replace them first"
        )
    low, high = float(values.min()), float(values.max())
    usual: tuple[int, ...] = (65535,)
    if not image.mode.startswith("I;16"):
        usual = (1, 255, 65535) if image.mode == "F" else (255, 65535)
    limit = next((limit for limit in usual if high <= limit), None)
    if low < 0 or limit is None:
        return (values - low) * (255 / ((high - low) or 1))
    return values * (255 / limit)
