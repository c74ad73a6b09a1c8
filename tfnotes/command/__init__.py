"""The command line: ``tfnotes devices``, ``data``, ``train``, ``predict``, ``doctor``.

    tfnotes devices                 what TensorFlow finds here, to paste into an issue
    tfnotes data                    every data set by name
    tfnotes data mnist              one of them: get it, check it, describe it
    tfnotes train lenet --epochs 5  train a model; everything of the run in one folder
    tfnotes launch train.py         run a script as two workers that train together
    tfnotes predict runs/lenet/model.keras shoe.png
    tfnotes doctor old.py old.ipynb the lines with old forms, and what to write today

Every command ends with 0 if it did what was asked, with 1 and one sentence if it could
not, with 2 if it was asked in a wrong way, and with 130 if it was interrupted. The
doctor ends with 3 if it found an old form, and with 0 if it found none.
"""

import contextlib
import io
import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

INTERRUPTED = 130  # what shells give for Ctrl-C
FOUND = 3  # the doctor found something


class Language(StrEnum):
    """A language of the handbook."""

    EN = "en"
    ZH = "zh"


app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Data, models and training runs of the TensorFlow handbook.",
)


@contextlib.contextmanager
def _one_sentence(hint: str = "") -> Iterator[None]:
    """Turn an error that a person can act on into its sentence."""
    try:
        yield
    except (ArithmeticError, ImportError, OSError, RuntimeError, ValueError) as error:
        text = " ".join(str(error).split()) or type(error).__name__
        typer.echo(f"tfnotes: {text}", err=True)
        raise typer.Exit(1) from error
    except KeyboardInterrupt:
        typer.echo(f"\ntfnotes: interrupted{hint}", err=True)
        raise typer.Exit(INTERRUPTED) from None


@app.command("devices")
def _devices() -> None:
    """Say what TensorFlow finds on this machine, as text to paste into an issue."""
    from tfnotes.command.terminal import quiet
    from tfnotes.devices import report

    with _one_sentence(), quiet():
        text = report()
    typer.echo(text)


@app.command("data")
def _data(
    name: Annotated[str | None, typer.Argument(help="One data set: get it.")] = None,
) -> None:
    """List the data sets, or get one of them, check it and describe it."""
    from tfnotes.command.tables import data_set, data_sets

    with _one_sentence():
        if name is None:
            data_sets()
        else:
            data_set(name)


@app.command("train")
def _train(
    model: Annotated[str, typer.Argument(help="mlp, lenet, vgg, resnet18, …")],
    data: Annotated[str, typer.Option(help="A data set of pictures.")] = (
        "fashion_mnist_6k"
    ),
    epochs: Annotated[int, typer.Option(min=1, help="In all, over resumed runs.")] = 5,
    batch_size: Annotated[int, typer.Option(min=1, help="Pictures of a step.")] = 64,
    optimizer: Annotated[str, typer.Option(help="adam, sgd, … of Keras.")] = "adam",
    learning_rate: Annotated[
        float | None, typer.Option(min=0, help="The optimizer's own by default.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the weights and the order.")] = 0,
    output: Annotated[
        Path | None, typer.Option(help="A folder; runs/MODEL by default.")
    ] = None,
    resume: Annotated[bool, typer.Option(help="Go on with the run there.")] = False,
    tensorboard: Annotated[bool, typer.Option(help="Log for TensorBoard.")] = True,
) -> None:
    """Train a model; checkpoint, log, curves and the saved model go to one folder."""
    from tfnotes.command.runs import Run

    folder = output or Path("runs") / model
    hint = f"; go on with: tfnotes train {model} --output {folder} --resume"
    with _one_sentence(hint):
        run = Run(model, data, folder, optimizer, learning_rate, batch_size, seed)
        run.train(epochs, resume=resume, tensorboard=tensorboard)


@app.command("launch", context_settings={"ignore_unknown_options": True})
def _launch(
    script: Annotated[Path, typer.Argument(help="A program for all workers.")],
    arguments: Annotated[
        list[str] | None, typer.Argument(help="What the script takes.")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="How many.")] = 2,
    address: Annotated[
        str | None, typer.Option(help="A Ray cluster; one on this machine by default.")
    ] = None,
    restarts: Annotated[
        int, typer.Option(min=0, help="How often all may begin again.")
    ] = 0,
    logs: Annotated[Path, typer.Option(help="A folder; one log per worker.")] = (
        Path("logs")
    ),
) -> None:
    """Run a script as several workers that train one model; Ray watches them."""
    from tfnotes.command.workers import run

    with _one_sentence():
        paths = run(script, arguments or [], workers, address, restarts, logs)
    typer.echo(f"{workers} workers ended well; read {' and '.join(map(str, paths))}")


@app.command("predict")
def _predict(
    model: Annotated[Path, typer.Argument(help="model.keras of a run.")],
    image: Annotated[Path, typer.Argument(help="A picture of any size.")],
    top: Annotated[int, typer.Option(min=1, help="How many classes to name.")] = 3,
    invert: Annotated[
        bool, typer.Option(help="For dark things on a light ground.")
    ] = False,
) -> None:
    """Say what a saved model sees in a picture."""
    from tfnotes.command.pictures import predict
    from tfnotes.command.tables import probabilities

    with _one_sentence():
        probabilities(predict(model, image, invert=invert)[:top])


@app.command("doctor")
def _doctor(
    files: Annotated[list[Path], typer.Argument(help="Scripts, notebooks, folders.")],
    language: Annotated[
        Language | None, typer.Option(help="Of the pages; the terminal's by default.")
    ] = None,
) -> None:
    """Name the lines of old programs that do something else today."""
    from tfnotes.command.findings import language_here, report

    complaints: list[str] = []
    line = ""
    with _one_sentence():
        for line in report(files, language or language_here(), complaints):
            typer.echo(line)
    for complaint in complaints:
        typer.echo(f"tfnotes: {complaint}", err=True)
    if complaints or not line.startswith("0 "):
        raise typer.Exit(1 if complaints else FOUND)


def main() -> None:
    """Run the command line on the arguments of this process.

    Examples:
        >>> import sys
        >>> sys.argv = ["tfnotes", "--nothing"]
        >>> main()
        Traceback (most recent call last):
        SystemExit: 2
    """
    if isinstance(sys.stdout, io.TextIOWrapper):  # a pipe on Windows has few characters
        sys.stdout.reconfigure(errors="backslashreplace")
    app(prog_name="tfnotes")
