"""A training run in its own folder: checkpoint, log, curves, saved model."""

import contextlib
import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from tfnotes import data
from tfnotes._backend import needs_tensorflow
from tfnotes.command.predictions import CLASSES
from tfnotes.command.terminal import quiet, without_start
from tfnotes.errors import first_line

SETTINGS = "settings.json"
CHECKPOINT = "checkpoint"
FULL = "No space left on device"  # TensorFlow raises no OSError for it


class Run:
    """A model, its data and its settings, and the folder of the run.

    Args:
        model: a name of ``tfnotes.models.IMAGE_CLASSIFIERS``.
        data_set: a name of ``tfnotes.data`` of an image classification data set.
        folder: gets ``settings.json``, ``checkpoint/``, ``history.csv``, ``logs/``
            for TensorBoard, ``curves.png``, ``model.keras`` and ``classes.txt``.
        optimizer: a name of ``keras.optimizers``.
        learning_rate: None for the optimizer's default.
        batch_size: images per step.
        seed: seed of the weights and of the order of the images.

    Raises:
        ValueError: no model or data set has this name, or the data set is not one of
            images, of classes, or with test images.

    Examples:
        >>> Run("lenet", "iris", Path("runs"))
        Traceback (most recent call last):
        ValueError: expected an image classification data set, got 'iris'; ...
    """

    def __init__(
        self,
        model: str,
        data_set: str,
        folder: Path,
        optimizer: str = "adam",
        learning_rate: float | None = None,
        batch_size: int = 64,
        seed: int = 0,
    ) -> None:
        self.data = data.describe(data_set)
        if self.data.dtype != "uint8" or not self.data.class_names:
            raise ValueError(
                f"expected an image classification data set, got {data_set!r}; see "
                "`tfnotes data`"
            )
        if not self.data.n_test:
            raise ValueError(
                f"expected a data set with test images, got {data_set!r}, which has "
                "none; choose another of `tfnotes data`"
            )
        with quiet():
            from tfnotes.models import IMAGE_CLASSIFIERS
        if model not in IMAGE_CLASSIFIERS:
            raise ValueError(
                f"expected one of the models {', '.join(IMAGE_CLASSIFIERS)}; "
                f"got {model!r}"
            )
        self.folder = folder
        self.builder = IMAGE_CLASSIFIERS[model]
        self.batch_size = batch_size
        self.settings: dict[str, Any] = {
            "model": model,
            "data": data_set,
            "optimizer": optimizer,
            "learning_rate": learning_rate,
            "batch_size": batch_size,
            "seed": seed,
        }

    def train(
        self, epochs: int, resume: bool = False, tensorboard: bool = True
    ) -> None:
        """Train or resume training, and write everything into the folder.

        Args:
            epochs: total number of epochs, including those of a resumed run.
            resume: whether to resume the run in the folder.
            tensorboard: whether to log for TensorBoard.

        Raises:
            ValueError: the folder already holds a run, or holds none to resume, or one
                with other settings; or the model does not fit the data, or no optimizer
                has this name.
            OSError: the folder cannot be written.
            RuntimeError: Keras runs on another backend.
        """
        self._check(resume)
        with quiet():
            needs_tensorflow("tfnotes.train")
        (x, y), test = data.load(self.data.name)
        with quiet():
            model = self._model()
        with _claimed(self.folder), without_start():
            self._train(model, (x, y), test, epochs, resume, tensorboard)

    def _train(
        self,
        model: Any,
        training: tuple[data.Array, data.Array],
        test: tuple[data.Array, data.Array],
        epochs: int,
        resume: bool,
        tensorboard: bool,
    ) -> None:
        from tfnotes.training import evaluate, train

        x, y = training
        _write(self.folder / SETTINGS, json.dumps(self.settings, indent=1) + "\n")
        history = train(
            model,
            x,
            y,
            validation_data=test,
            epochs=epochs,
            batch_size=self.batch_size,
            seed=self.settings["seed"],
            callbacks=self._callbacks(resume, tensorboard),
            checkpoint=self.folder / CHECKPOINT,
            verbose=1 if sys.stdout.isatty() else 2,
        )
        self._save(model, history.history)
        measured = evaluate(model, *test, batch_size=self.batch_size)
        typer.echo(
            f"test accuracy {measured['accuracy']:.3f} on {len(test[0]):,} images; "
            f"wrote {self.folder / 'model.keras'} and {self.folder / 'curves.png'}"
        )

    def _check(self, resume: bool) -> None:
        """Check that the folder is free, or holds this run."""
        file = self.folder / SETTINGS
        if resume and not file.exists():
            raise ValueError(
                f"expected a run to resume in {self.folder}, found none; omit --resume"
            )
        if file.exists() and not resume:
            raise ValueError(
                f"{self.folder} already holds a run; pass --resume to resume it, "
                "or another --output"
            )
        if not resume:
            return
        kept = _settings(file)
        if self.settings["learning_rate"] is None:
            self.settings["learning_rate"] = kept.get("learning_rate")
        now = self.settings.items()
        names = [n for n, value in now if kept.get(n) != value and n != "learning_rate"]
        if names:
            had = ", ".join(f"{name} {kept.get(name)}" for name in names)
            raise ValueError(
                f"expected the settings of the run in {self.folder} ({had}); give the "
                "same ones, or another --output"
            )

    def _model(self) -> Any:
        """Build and compile the model, including the scaling of its pixels."""
        import keras

        keras.utils.set_random_seed(self.settings["seed"])
        shape = self.data.input_shape
        shape = shape if len(shape) == 3 else (*shape, 1)
        try:
            n_outputs = len(self.data.class_names)
            inner = self.builder(input_shape=shape, n_outputs=n_outputs)
        except ValueError as error:
            raise ValueError(
                f"expected a model for images of {shape}, got "
                f"{self.settings['model']} ({first_line(str(error))}); choose another "
                "model, or larger images"
            ) from error
        inputs = keras.Input(self.data.input_shape)
        pixels = keras.layers.Rescaling(1 / 255)(inputs)
        outputs = inner(keras.layers.Reshape(shape)(pixels))
        model = keras.Model(inputs, outputs, name=self.settings["model"])
        try:
            optimizer = keras.optimizers.get(self.settings["optimizer"])
        except (TypeError, ValueError):
            raise ValueError(
                "expected an optimizer of Keras, such as adam, adamw, rmsprop or sgd, "
                f"got {self.settings['optimizer']!r}; choose one of them"
            ) from None
        if self.settings["learning_rate"] is not None:
            optimizer.learning_rate = self.settings["learning_rate"]
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile(optimizer, loss, metrics=["accuracy"])
        return model

    def _callbacks(self, resume: bool, tensorboard: bool) -> list[Any]:
        import keras

        log = keras.callbacks.CSVLogger(str(self.folder / "history.csv"), append=resume)
        if not tensorboard:
            return [log]
        return [log, keras.callbacks.TensorBoard(str(self.folder / "logs"))]

    def _save(self, model: Any, history: dict[str, list[float]]) -> None:
        from tfnotes.plots import learning_curves

        _write(self.folder / CLASSES, "\n".join(self.data.class_names) + "\n")
        with _whole(self.folder / "model.keras") as file:
            model.save(file)
        with _whole(self.folder / "curves.png") as file:
            learning_curves(history).savefig(file, dpi=150, bbox_inches="tight")


def _settings(file: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(file.read_text(encoding="utf-8")))
    except ValueError:
        raise ValueError(
            f"{file}: expected the settings of a run, found none; delete {file.parent} "
            "to start over"
        ) from None


@contextlib.contextmanager
def _claimed(folder: Path) -> Iterator[None]:
    """Create the folder of a run; remove it again if the run fails in vain."""
    new = [path for path in (folder, *folder.parents) if not path.exists()]
    before = set(folder.glob("*"))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except Exception as error:
        kept = any((folder / CHECKPOINT).glob("*"))
        if not kept:
            for path in set(folder.glob("*")) - before:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
            for path in filter(Path.is_dir, new):
                path.rmdir()
        if isinstance(error, OSError) or FULL in str(error):
            why = getattr(error, "strerror", None) or first_line(str(error))
            do = "free its disk and --resume" if kept else "choose another --output"
            raise OSError(
                f"expected to write to the folder {folder}, could not ({why}); {do}"
            ) from error
        raise


@contextlib.contextmanager
def _whole(path: Path) -> Iterator[Path]:
    """Write a file under another name first, so that it is never half written."""
    partial = path.with_name(f".part{path.suffix}")
    try:
        yield partial
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _write(path: Path, text: str) -> None:
    with _whole(path) as partial:
        partial.write_text(text, encoding="utf-8")
