"""The command line, as typed in a terminal."""

import csv
import json
import shlex
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from typer.testing import CliRunner, Result

from tfnotes import data
from tfnotes.command import app


def run(*arguments: str, code: int = 0) -> Result:
    result = CliRunner().invoke(app, arguments, env={"COLUMNS": "100", "TERM": "dumb"})
    assert result.exit_code == code, result.output
    return result


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run of two epochs."""
    folder = tmp_path_factory.mktemp("run")
    run("train", "mlp", "--epochs", "2", "--output", str(folder))
    return folder


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\nfrom tfnotes.command import main\nsys.argv = ['tfnotes', '--help']\n"
        "try: main()\nexcept SystemExit as end: assert not end.code\n"
        "print(sorted({'tensorflow', 'keras', 'numpy', 'matplotlib'} & {*sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
    for command in ("devices", "data", "train", "predict", "doctor", "launch"):
        assert f" {command} " in done.stdout


def test_command_is_installed() -> None:
    tfnotes = Path(sys.executable).with_name("tfnotes")
    done = subprocess.run([tfnotes, "--help"], capture_output=True, text=True, check=True)
    assert "Usage: tfnotes" in done.stdout


def test_devices_prints_the_report() -> None:
    output = run("devices").stdout
    assert output.startswith("tfnotes")
    assert "TensorFlow" in output
    assert "CPU" in output


def test_data_lists_every_set_and_describes_one() -> None:
    output = run("data").stdout
    for name in data.names():
        assert name in output
    output = run("data", "iris").stdout
    assert "(120, 4)" in output
    assert "versicolor" in output


def test_unknown_name_is_reported_in_one_sentence() -> None:
    for arguments in (["data", "irises"], ["train", "lenet6"], ["train", "mlp", "--data", "wine"]):
        result = run(*arguments, code=1)
        assert result.stderr.startswith("tfnotes: expected ")
        assert result.stderr.count("\n") == 1
        assert "Traceback" not in result.output


def test_unknown_option_is_a_usage_error() -> None:
    assert "--epochs" in run("train", "mlp", "--epochs", "0", code=2).stderr


def test_run_writes_all_files_into_its_folder(trained: Path) -> None:
    assert {p.name for p in trained.iterdir()} == {
        "checkpoint", "classes.txt", "curves.png", "history.csv", "logs", "model.keras",
        "settings.json",
    }  # fmt: skip
    assert list((trained / "logs/train").iterdir())
    assert (trained / "curves.png").read_bytes().startswith(b"\x89PNG")
    rows = list(csv.DictReader((trained / "history.csv").open(encoding="utf-8")))
    assert [row["epoch"] for row in rows] == ["0", "1"]
    assert float(rows[1]["val_accuracy"]) > 0.6
    assert (trained / "classes.txt").read_text(encoding="utf-8").splitlines() == list(
        data.CLASS_NAMES
    )
    _, (x, y) = data.load("fashion_mnist_6k")
    model = keras.saving.load_model(trained / "model.keras")
    accuracy = (keras.ops.convert_to_numpy(model(x)).argmax(1) == y).mean()
    assert accuracy == pytest.approx(float(rows[1]["val_accuracy"]))


def test_resumed_run_ends_like_an_uninterrupted_one(trained: Path, here: Path) -> None:
    run("train", "mlp", "--epochs", "1", "--output", "broken", "--no-tensorboard")
    run("train", "mlp", "--epochs", "2", "--output", "broken", "--no-tensorboard", "--resume")
    whole, broken = (tf.train.load_checkpoint(f / "checkpoint") for f in (trained, here / "broken"))
    shapes = whole.get_variable_to_shape_map()
    assert shapes == broken.get_variable_to_shape_map()
    names = [name for name in shapes if name.startswith("variables/")]
    assert len(names) > 12  # three layers and their moments in Adam
    for name in names:
        np.testing.assert_array_equal(whole.get_tensor(name), broken.get_tensor(name))
    assert (trained / "history.csv").read_text(encoding="utf-8") == (
        here / "broken/history.csv"
    ).read_text(encoding="utf-8")


def test_resumed_run_uses_another_learning_rate_and_tensorboard(here: Path) -> None:
    options = ["train", "softmax", "--output", "changed", "--epochs"]
    run(*options, "1", "--no-tensorboard", "--learning-rate", "0.002")
    assert "learning rate" not in run(*options, "2", "--resume").stdout  # that of the run
    output = run(*options, "3", "--resume", "--learning-rate", "0.0005").stdout
    assert "tfnotes.train: learning rate 0.0005 instead of 0.002 of the run in" in output
    model = keras.saving.load_model(here / "changed/model.keras")
    assert float(model.optimizer.learning_rate) == pytest.approx(0.0005)
    assert (here / "changed/logs/train").is_dir()


def test_run_folder_is_not_overwritten(trained: Path) -> None:
    before = {p: p.stat().st_mtime_ns for p in trained.rglob("*")}
    output = run("train", "mlp", "--output", str(trained), code=1).stderr
    assert "already holds a run; pass --resume" in output
    output = run("train", "mlp", "--output", str(trained), "--resume", "--seed", "1", code=1).stderr
    assert "expected the settings of the run in" in output
    assert "(seed 0)" in output
    assert {p: p.stat().st_mtime_ns for p in trained.rglob("*")} == before


def test_missing_run_to_resume_is_reported(here: Path) -> None:
    output = run("train", "mlp", "--output", "none", "--resume", code=1).stderr
    assert "found none; omit --resume" in output
    assert not (here / "none").exists()


def interrupted(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["--epochs", "3", "--batch-size", "512", "--no-tensorboard"],
        ["--optimizer", "sgd", "--learning-rate", "1e-05", "--seed", "3"],
        ["--data", "mnist_5k", "--output", "my run"],
        ["--epochs", "1", "--tensorboard"],
    ],
    ids=" ".join,
)
def test_hint_after_ctrl_c_works_as_printed(
    here: Path, monkeypatch: pytest.MonkeyPatch, options: list[str]
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(keras.callbacks.CSVLogger, "on_epoch_end", interrupted)
        output = run("train", "mlp", *options, code=130).stderr
    hint = output.removeprefix("\ntfnotes: interrupted; resume with ")
    command = shlex.split(hint)
    assert command == ["tfnotes", "train", "mlp", *options, "--resume"]
    with monkeypatch.context() as patch:
        patch.setattr(keras.callbacks.CSVLogger, "on_epoch_end", interrupted)
        assert run(*command[1:], code=130).stderr == output
    assert json.loads(next(here.rglob("settings.json")).read_text(encoding="utf-8"))


def test_ctrl_c_before_the_first_step_writes_nothing(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keras.Model, "compile", interrupted)
    output = run("train", "mlp", "--epochs", "3", code=130).stderr
    assert output == "\ntfnotes: interrupted; start again with tfnotes train mlp --epochs 3\n"
    assert not list(here.iterdir())


def test_non_finite_loss_is_reported(here: Path) -> None:
    arguments = ["train", "mlp", "--optimizer", "sgd", "--learning-rate", "1e30"]
    output = run(*arguments, "--output", str(here / "run"), code=1).stderr
    assert "expected a finite loss" in output
    assert "learning rate 1e+30" in output


def test_predict_prints_the_class_of_each_image(trained: Path, here: Path) -> None:
    _, (x, y) = data.load("fashion_mnist_6k")
    trouser = x[y == 1][0]
    model = str(trained / "model.keras")
    keras.utils.save_img(here / "small.png", trouser[..., None], scale=False)
    big = np.kron(trouser, np.ones((10, 10), np.uint8))[..., None].repeat(3, axis=2)
    keras.utils.save_img(here / "big.png", 255 - big, scale=False)
    assert run("predict", model, "small.png").stdout.split()[0] == "Trouser"
    inverted = run("predict", model, "big.png", "--invert", "--top", "1").stdout
    assert inverted.split()[0] == "Trouser"
    assert len(inverted.splitlines()) == 1
    likely = [float(line.split()[-2]) for line in run("predict", model, "small.png", "--top", "10")
              .stdout.splitlines()]  # fmt: skip
    assert sum(likely) == pytest.approx(100, abs=0.6)
    assert likely == sorted(likely, reverse=True)


@pytest.mark.parametrize(
    ("model", "image", "message"),
    [
        ("none.keras", "any.png", "expected a saved model at none.keras"),
        ("{model}", "none.png", "expected an image at none.png"),
        ("{model}", "text.png", "text.png: expected PNG, JPEG, GIF"),
        ("{model}", "any.png", "any.png: expected PNG, JPEG, GIF"),
        ("text.png", "good.png", "text.png"),
    ],
)
def test_invalid_model_or_image_is_reported(
    trained: Path, here: Path, model: str, image: str, message: str
) -> None:
    (here / "any.png").write_bytes(b"")
    (here / "text.png").write_text("not an image", encoding="utf-8")
    keras.utils.save_img(here / "good.png", np.zeros((8, 8, 1)), scale=False)
    output = run("predict", model.format(model=trained / "model.keras"), image, code=1).stderr
    assert message in output
    assert output.count("\n") == 1


def model_of(*inputs: keras.KerasTensor) -> keras.Model:
    """Return a model whose logits are 0 and the mean of the first input, less 127.5."""
    mean = keras.ops.mean(keras.layers.Flatten()(inputs[0]), axis=-1, keepdims=True) - 127.5
    taken = inputs if len(inputs) > 1 else inputs[0]
    return keras.Model(taken, keras.layers.Concatenate()([mean * 0, mean]))


def test_background_shows_behind_transparent_pixels(here: Path) -> None:
    model_of(keras.Input((8, 8))).save("model.keras")
    (here / "classes.txt").write_text("black\nwhite\n", encoding="utf-8")
    keras.utils.save_img("a.png", np.zeros((8, 8, 4)), scale=False)
    for options, seen in {
        (): "white",
        ("--invert",): "black",
        ("--background", "black"): "black",
        ("--background", "#000000", "--invert"): "white",
    }.items():
        result = run("predict", "model.keras", "a.png", "--top", "1", *options)
        assert result.stdout.split() == [seen, "100.0", "%"]
        assert result.stderr == ""
    output = run("predict", "model.keras", "a.png", "--background", "glass", code=1).stderr
    assert "got 'glass'" in output
    assert output.count("\n") == 1


@keras.saving.register_keras_serializable("tests")
class Own(keras.Model):
    """A model without a static input."""

    def call(self, x: keras.KerasTensor) -> keras.KerasTensor:
        return keras.ops.mean(x, axis=1)


@pytest.mark.usefixtures("here")
def test_model_that_takes_no_image_is_refused() -> None:
    keras.utils.save_img("a.png", np.zeros((8, 8, 4)), scale=False)
    own = Own()
    own(np.zeros((1, 8, 8), np.float32))
    for model, got in {
        model_of(keras.Input((4,))): "got (4,)",
        model_of(keras.Input((8, 8, 2))): "got (8, 8, 2)",
        model_of(keras.Input((8, 8)), keras.Input((8, 8))): "got 2 inputs",
        own: "got 0 inputs",
    }.items():
        model.save("model.keras")
        output = run("predict", "model.keras", "a.png", code=1).stderr
        assert output.startswith("tfnotes: ")
        assert got in output
        assert output.count("\n") == 1


def test_version_and_module_are_the_same_program() -> None:
    import tfnotes

    assert run("--version").stdout == f"tfnotes {tfnotes.__version__}\n"
    command = [sys.executable, "-m", "tfnotes", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == f"tfnotes {tfnotes.__version__}\n"


def test_exit_codes_are_documented_in_the_help_and_on_the_pages() -> None:
    from handbook.lesson.lessons import LANGUAGES, ROOT

    shown = " ".join(run("--help").stdout.split())
    pages = [(ROOT / f"docs/{lang}/api/command.md").read_text("utf-8") for lang in LANGUAGES]
    for code in (0, 1, 2, 3, 130):
        assert f" {code} " in shown
        assert all(f"\n| {code} | " in page for page in pages)


def test_error_of_an_unexpected_kind_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> None:
        raise tf.errors.InternalError(None, None, "Graph execution error:\n\n  the cause\n")

    monkeypatch.setattr("tfnotes.devices.report", fails)
    assert run("devices", code=1).stderr == "tfnotes: InternalError: the cause\n"
