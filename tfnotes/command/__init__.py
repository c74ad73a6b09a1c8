"""The command line: devices, data, train, launch, predict, doctor.

    tfnotes devices                 what TensorFlow finds here, to paste into an issue
    tfnotes data                    list every data set
    tfnotes data mnist              load, check and describe one of them
    tfnotes train lenet --epochs 5  train a model; everything goes to one folder
    tfnotes launch train.py         run a script as two workers that train together
    tfnotes predict runs/lenet/model.keras shoe.png
    tfnotes doctor old.py old.ipynb find outdated code, and what to write instead

``python -m tfnotes`` is the same program. Every command exits with 0 on success, with 1
and one sentence on failure, with 2 on a usage error, and with 130 if interrupted. The
doctor exits with 3 if it found outdated code, and with 0 if it found none. If the
reader of a pipe ends first, as in ``tfnotes doctor old.py | head``, a command exits
with 1 and no sentence.

Examples:
    >>> import sys
    >>> from tfnotes.command import main
    >>> sys.argv = ["tfnotes", "data", "iris"]  # in a terminal: tfnotes data iris
    >>> try:
    ...     main()
    ... except SystemExit as end:
    ...     print("exit code", end.code)
     iris      Length and width (cm) of sepals and petals of three iris species...
     training  x float32 (120, 4), y uint8 (120,)...
    exit code 0
"""

import contextlib
import io
import math
import sys
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from tfnotes import __version__
from tfnotes.errors import first_line

__all__ = ["main"]

INTERRUPTED = 130  # exit code of shells for Ctrl-C
FOUND = 3  # the doctor found something
EXPECTED = (ArithmeticError, ImportError, OSError, RuntimeError, ValueError)
BACKENDS = ("jax", "openvino", "torch")
EXIT_CODES = (
    "Exit codes: 0 success; 1 failure, said in one sentence; 2 usage error; 3 the "
    "doctor found outdated code; 130 interrupted."
)


class Language(StrEnum):
    """A language of the handbook."""

    EN = "en"
    ZH = "zh"


app = typer.Typer(
    name="tfnotes",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    epilog=EXIT_CODES,
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"tfnotes {__version__}")
        raise typer.Exit


@app.callback(help="Data, models and training runs of the TensorFlow handbook.")
def _options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", is_eager=True, callback=_version, help="Print the version."
        ),
    ] = False,
) -> None:
    pass


@contextlib.contextmanager
def _one_sentence(hint: Callable[[], str] = str) -> Iterator[None]:
    """Turn an error into one sentence."""
    try:
        yield
    except (BrokenPipeError, typer.Exit):  # the reader of a pipe ended: exit quietly
        raise
    except Exception as error:  # TensorFlow, Keras and Ray raise many kinds
        text = " ".join(first_line(str(error)).split())
        if isinstance(error, ModuleNotFoundError) and error.name in BACKENDS:
            text = (
                f"expected the package {error.name} of Keras' backend, found none; "
                "install it, or set KERAS_BACKEND=tensorflow"
            )
        elif not text or not isinstance(error, EXPECTED):
            text = f"{type(error).__name__}: {text}".removesuffix(": ")
        typer.echo(f"tfnotes: {text}", err=True)
        raise typer.Exit(1) from error
    except KeyboardInterrupt:
        typer.echo(f"\ntfnotes: interrupted{hint()}", err=True)
        raise typer.Exit(INTERRUPTED) from None


def _rate(value: float | None) -> float | None:
    if value is not None and not 0 < value < math.inf:
        raise typer.BadParameter(f"expected a positive number, got {value}")
    return value


@app.command("devices")
def _devices() -> None:
    """Print what TensorFlow finds on this machine, as text to paste into an issue."""
    from tfnotes.command.terminal import quiet
    from tfnotes.devices import report

    with _one_sentence(), quiet():
        text = report()
    typer.echo(text)


@app.command("data")
def _data(
    name: Annotated[str | None, typer.Argument(help="A data set to load.")] = None,
) -> None:
    """List the data sets, or load, check and describe one of them."""
    from tfnotes.command.tables import data_set, data_sets

    with _one_sentence():
        if name is None:
            data_sets()
        else:
            data_set(name)


@app.command("train")
def _train(
    context: typer.Context,
    model: Annotated[str, typer.Argument(help="mlp, lenet, vgg, resnet18, …")],
    data: Annotated[str, typer.Option(help="An image data set.")] = (
        "fashion_mnist_6k"
    ),
    epochs: Annotated[
        int, typer.Option(min=1, help="Total, including resumed runs.")
    ] = 5,
    batch_size: Annotated[int, typer.Option(min=1, help="Images per step.")] = 64,
    optimizer: Annotated[
        str, typer.Option(help="A Keras optimizer: adam, sgd, …")
    ] = "adam",
    learning_rate: Annotated[
        float | None,
        typer.Option(callback=_rate, help="The optimizer's default if omitted."),
    ] = None,
    seed: Annotated[
        int,
        typer.Option(min=0, max=2**32 - 1, help="Seed of the weights and the order."),
    ] = 0,
    output: Annotated[
        Path | None, typer.Option(help="Output folder; runs/MODEL by default.")
    ] = None,
    resume: Annotated[bool, typer.Option(help="Resume the run in the folder.")] = False,
    tensorboard: Annotated[bool, typer.Option(help="Log for TensorBoard.")] = True,
) -> None:
    """Train a model; write checkpoint, log, curves and model to one folder."""
    from tfnotes.command.runs import SETTINGS, Run
    from tfnotes.command.terminal import as_typed

    folder = output or Path("runs") / model

    def hint() -> str:
        again = as_typed(context, without="resume")
        if (folder / SETTINGS).exists():
            return f"; resume with {again} --resume"
        return f"; start again with {again}"

    with _one_sentence(hint):
        run = Run(model, data, folder, optimizer, learning_rate, batch_size, seed)
        run.train(epochs, resume=resume, tensorboard=tensorboard)


@app.command("launch", context_settings={"ignore_unknown_options": True})
def _launch(
    script: Annotated[Path, typer.Argument(help="The program that all workers run.")],
    arguments: Annotated[
        list[str] | None, typer.Argument(help="Arguments of the script.")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Number of workers.")] = 2,
    address: Annotated[
        str | None, typer.Option(help="A Ray cluster; one on this machine by default.")
    ] = None,
    restarts: Annotated[
        int, typer.Option(min=0, help="Maximum number of restarts.")
    ] = 0,
    logs: Annotated[Path, typer.Option(help="Log folder; one log per worker.")] = (
        Path("logs")
    ),
) -> None:
    """Run a script as several workers that train one model; Ray supervises them."""
    from tfnotes.command.workers import run

    with _one_sentence():
        paths = run(script, arguments or [], workers, address, restarts, logs)
    typer.echo(f"{workers} workers finished; read {' and '.join(map(str, paths))}")


@app.command("predict")
def _predict(
    model: Annotated[Path, typer.Argument(help="The model.keras of a run.")],
    image: Annotated[Path, typer.Argument(help="An image of any size.")],
    top: Annotated[int, typer.Option(min=1, help="Number of classes to print.")] = 3,
    invert: Annotated[
        bool, typer.Option(help="Invert dark objects on a light background.")
    ] = False,
    background: Annotated[
        str, typer.Option(help="Color behind transparent pixels: a name or #rrggbb.")
    ] = "white",
) -> None:
    """Classify an image with a saved model."""
    from tfnotes.command.predictions import predict
    from tfnotes.command.tables import probabilities

    with _one_sentence():
        probabilities(predict(model, image, invert, background)[:top])


@app.command("doctor")
def _doctor(
    files: Annotated[list[Path], typer.Argument(help="Scripts, notebooks, folders.")],
    language: Annotated[
        Language | None,
        typer.Option(help="Language of the pages; the terminal's by default."),
    ] = None,
) -> None:
    """Find the lines of old programs that fail or behave differently today."""
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
    if isinstance(sys.stdout, io.TextIOWrapper):  # Windows pipes are not UTF-8
        sys.stdout.reconfigure(errors="backslashreplace")
    as_module = Path(sys.argv[0]).name == "__main__.py"  # python -m tfnotes
    app(prog_name="python -m tfnotes" if as_module else "tfnotes")
