"""Classify an image with a saved model."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from tfnotes.command.terminal import quiet

CLASSES = "classes.txt"  # next to the model, one name per line


def predict(path: Path, image: Path, invert: bool = False) -> list[tuple[str, float]]:
    """Classify an image file with a saved model.

    Args:
        path: a ``.keras`` file of a classifier with one input of (batch, height, width)
            or (batch, height, width, channels), gray or RGB values from 0 to 255, that
            returns logits; ``classes.txt`` next to it names the classes.
        image: PNG, JPEG, BMP or GIF; it is resized to the model's input size.
        invert: whether to invert the image first.

    Returns:
        The name and the probability of every class, the most probable first.

    Raises:
        ValueError: a file has unexpected contents.
        FileNotFoundError: a file is missing.

    Examples:
        >>> predict(Path("none.keras"), Path("none.png"))
        Traceback (most recent call last):
        FileNotFoundError: expected a saved model at none.keras, found no such file...
    """
    for what, file in {"a saved model": path, "an image": image}.items():
        if not file.is_file():
            raise FileNotFoundError(
                f"expected {what} at {file}, found no such file; check the path"
            )
    with quiet():
        import keras

        import tfnotes.models  # noqa: F401  so that load_model knows their classes

        model = keras.saving.load_model(path, compile=False)
        pixels = read_picture(image, model.input_shape[1:])
        logits = model(255 - pixels if invert else pixels)
    likely = np.asarray(keras.ops.softmax(logits))[0]  # (classes,)
    names = _class_names(path, len(likely))
    order = np.argsort(-likely)
    return [(names[i], float(likely[i])) for i in order]


def read_picture(path: Path, shape: tuple[int, ...]) -> npt.NDArray[np.float32]:
    """Read an image in the size that a model expects.

    Args:
        path: PNG, JPEG, BMP or GIF.
        shape: (height, width) or (height, width, channels) with 1 or 3 channels.

    Returns:
        (1, *shape), float32, from 0 (black) to 255 (white).

    Raises:
        ValueError: the shape is not that of an image, or the file is not an image.

    Examples:
        >>> read_picture(Path(__file__), (28, 28))
        Traceback (most recent call last):
        ValueError: ...pictures.py: expected a PNG, JPEG, BMP or GIF image...
    """
    import keras

    height, width, *channels = shape
    if channels not in ([], [1], [3]):
        raise ValueError(f"expected a model with image inputs, got {shape}")
    mode = "rgb" if channels == [3] else "grayscale"
    try:
        loaded = keras.utils.load_img(
            path, color_mode=mode, target_size=(height, width), interpolation="bilinear"
        )
    except OSError as error:
        raise ValueError(
            f"{path}: expected a PNG, JPEG, BMP or GIF image; cannot read it: {error}"
        ) from error
    return np.asarray(loaded, np.float32).reshape(1, *shape)


def _class_names(path: Path, count: int) -> list[str]:
    file = path.with_name(CLASSES)
    if not file.is_file():
        return [f"class {i}" for i in range(count)]
    names = file.read_text(encoding="utf-8").splitlines()
    if len(names) != count:
        raise ValueError(
            f"{file}: expected {count} names, a line for each class of the model; "
            f"found {len(names)}; correct the file or delete it"
        )
    return names
