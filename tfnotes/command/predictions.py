"""Classify an image with a saved model."""

from pathlib import Path
from typing import Any

import numpy as np

from tfnotes.command.images import as_input, read_image
from tfnotes.command.terminal import quiet
from tfnotes.errors import first_line

CLASSES = "classes.txt"  # next to the model, one name per line


def predict(
    path: Path, image: Path, invert: bool = False, background: str = "white"
) -> list[tuple[str, float]]:
    """Classify an image file with a saved model.

    Args:
        path: a ``.keras`` file of a classifier with one input of (batch, height, width)
            or (batch, height, width, channels), gray or RGB values from 0 to 255, that
            returns logits; ``classes.txt`` next to it names the classes.
        image: a file that ``read_image`` reads; it is resized to the model's input.
        invert: whether to invert the image first.
        background: the color behind transparent pixels, before they are inverted.

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
        if file.is_dir():
            raise ValueError(
                f"expected {what}, got the folder {file}; name one file in it"
            )
        if not file.is_file():
            raise FileNotFoundError(
                f"expected {what} at {file}, found no such file; check the path"
            )
    seen = read_image(image, background)
    with quiet():
        model = _loaded(path)
    pixels = as_input(seen, model.inputs[0].shape[1:])
    with quiet():
        logits = np.asarray(model(255 - pixels if invert else pixels), np.float64)[0]
    likely = np.exp(logits - logits.max())
    likely /= likely.sum()  # (classes,)
    names = _class_names(path, len(likely))
    order = np.argsort(-likely)
    return [(names[i], float(likely[i])) for i in order]


def _loaded(path: Path) -> Any:
    """Load a model with one input."""
    import keras

    import tfnotes.models  # noqa: F401  so that load_model knows their classes

    try:
        model = keras.saving.load_model(path, compile=False)
    except Exception as error:  # Keras raises many kinds
        raise ValueError(
            f"{path}: expected a model that Keras saved as .keras, with layers that it "
            f"knows; cannot load it: {first_line(str(error))}"
        ) from error
    n_inputs = len(getattr(model, "inputs", None) or [])
    if n_inputs != 1:
        raise ValueError(
            f"{path}: expected a functional or sequential model with one input, got "
            f"{n_inputs} inputs; build it from keras.Input"
        )
    shapes = [tuple(output.shape) for output in model.outputs]
    if len(shapes) != 1 or len(shapes[0]) != 2 or shapes[0][1] in (None, 1):
        raise ValueError(
            f"{path}: expected a classifier, with one output of (batch, classes) and "
            f"two classes or more, got {', '.join(map(str, shapes))}; use another model"
        )
    return model


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
