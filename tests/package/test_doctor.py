"""The doctor finds every old form and nothing else, and its statements are true."""

import functools
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from handbook.lesson.lessons import LANGUAGES, ROOT
from tests.package.doctor_cases import CELLS, IN_PROSE, OLD, ON_PURPOSE, PROGRAMS, planted
from tfnotes import doctor
from tfnotes.doctor import installed

FORMS = {form.name: form for form in doctor.FORMS}


def found(findings: list[doctor.Finding]) -> set[tuple[int, str]]:
    return {(finding.line, finding.form) for finding in findings}


def forms_of(source: str, **options: bool) -> list[str]:
    return [finding.form for finding in doctor.examine_source(source, **options)]


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    cells = [{"cell_type": "code", "source": text} for text in CELLS]
    cells.insert(1, {"cell_type": "markdown", "source": "tf.placeholder"})
    path = tmp_path / "old.ipynb"
    path.write_text(json.dumps({"cells": cells}), encoding="utf-8")
    return path


def test_every_old_form_of_a_script_is_found_and_nothing_else() -> None:
    assert found(doctor.examine(OLD)) == planted(OLD.read_text(encoding="utf-8"))


def test_every_old_form_of_a_notebook_is_found_and_nothing_else(notebook: Path) -> None:
    marks = {(n, *mark) for n, cell in enumerate(CELLS, 1) for mark in planted(cell)}
    assert {(f.cell, f.line, f.form) for f in doctor.examine(notebook)} == marks


def test_every_form_is_in_the_test_programs() -> None:
    marks = [planted(text) for text in [OLD.read_text(encoding="utf-8"), *CELLS]]
    names = {form for mark in marks for _, form in mark} | {"an IPython magic in a script"}
    assert names == {*FORMS, *doctor.UNREADABLE}
    assert len(FORMS) == len(doctor.FORMS)


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[int, str]:
    """Output of the installed TensorFlow for each statement of the old program."""
    script = PROGRAMS / "old_answers.py"
    command = [sys.executable, script, OLD, tmp_path_factory.mktemp("old")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return {int(n): output for n, output in json.loads(done.stdout.splitlines()[-1]).items()}


def test_statements_of_the_doctor_match_the_installed_tensorflow(answers: dict[int, str]) -> None:
    """Lines raise the stated errors, and run where the doctor says so."""
    checked = 0
    for finding in doctor.examine(OLD):
        if finding.line in answers and finding.form != "tf.compat.v1":  # raises, or does nothing
            output, today = answers[finding.line], finding.today
            error = re.match(r"\w+Error", today)
            assert bool(error) == bool(re.search(r"^\w+Error\b", output, re.M)), (finding, output)
            assert not error or f"\n{error[0]}" in f"\n{output}", (finding, output)
            assert ("with a warning" in today) <= ("arning: " in output.lower()), (finding, output)
            checked += 1
    assert checked > 100


def test_removed_names_raise_the_stated_error(answers: dict[int, str]) -> None:
    lines = [f for f in doctor.examine(OLD) if re.search("has no attribute|No module", f.today)]
    wrong = [f for f in lines if f.today.split("; ")[0] not in answers.get(f.line, f.today)
             and "the same" not in f.today]  # fmt: skip
    own = {"wrappers.scikit_learn", "an item of a tensor", "assign of a tensor",
           "keras.backend.set_value"}  # fmt: skip
    assert {f.form for f in wrong} <= own, [(f.today, answers[f.line]) for f in wrong]
    assert len(lines) > 60


def test_modern_programs_have_no_findings() -> None:
    assert doctor.examine(PROGRAMS / "modern_lookalikes.py") == []


@functools.cache
def lesson(address: str, *, expected: bool) -> frozenset[str]:
    code = (ROOT / f"docs/code/{address}.py").read_text(encoding="utf-8")
    return frozenset(forms_of(code, expected=expected))


ADDRESSES = sorted(p.relative_to(ROOT / "docs/code").with_suffix("").as_posix()
                   for p in ROOT.glob("docs/code/*/*.py"))  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
def test_lesson_has_only_expected_findings(address: str) -> None:
    assert lesson(address, expected=False) == ON_PURPOSE.get(address, set())


def test_own_code_has_only_expected_findings() -> None:
    own = [*doctor.files(ROOT / "tfnotes"), *doctor.files(ROOT / "handbook")]
    own += [*doctor.files(ROOT / "scripts"), *doctor.files(ROOT / "docs/labs")]
    own += [*doctor.files(ROOT / "benchmarks"), *doctor.files(ROOT / "tests")]
    old = {finding for path in own if path != OLD for finding in doctor.examine(path)}
    assert len(own) > 150
    named = {(f.file.removeprefix(f"{ROOT}/"), f.form) for f in old}  # a mirror's file is read so
    assert named == {
        ("tests/package/conformance_steps.py", "a train_step that returns its loss"),
        ("tests/package/resume_cases.py", "a train_step that returns its loss"),
        ("tests/package/test_conformance_files.py", "a summary without a step"),
        ("tests/package/test_data_downloads.py", "allow_pickle of np.load"),
    }


def test_every_form_links_an_existing_page() -> None:
    pages = {form.name: form.page for form in doctor.FORMS}
    pages |= {name: page for name, (_, page) in doctor.UNREADABLE.items()}
    for name, page in pages.items():
        for language in LANGUAGES:
            assert (ROOT / f"docs/{language}/{page}.md").is_file(), (name, page)
        shown = page in ADDRESSES and name in lesson(page, expected=True)
        assert shown != (name in IN_PROSE), (name, page)
    assert set(IN_PROSE) <= set(pages)


@pytest.mark.parametrize(
    ("source", "forms"),
    [
        ("import tensorflow.keras.optimizers as o\no.Adam(lr=1)", ["lr= of an optimizer"]),
        ("from keras.optimizers import *\nAdam(lr=1)", ["lr= of an optimizer"]),
        ("from torch.optim import *\nSGD(lr=1)", []),
        ("from torch.optim import SGD\nimport keras\nSGD(lr=1)", []),
        ("SGD(lr=1)", ["lr= of an optimizer"]),  # a fragment
        ("import torch\nSGD(lr=1)", []),
        ("import math\nSGD(lr=1)", []),
        ("k = tf.keras\no = k.optimizers\no.SGD(lr=1)", ["lr= of an optimizer"]),
        ("tf = 3\ntf.placeholder", []),
        ("def f(tf):\n    tf.placeholder", []),
        ("class A:\n    tf = 1\n    def f(self):\n        tf.placeholder", ["tf.placeholder"]),
        ("import keras\nif a:\n    keras = b\nkeras.optimizers.SGD(lr=1)", []),
        ("import keras\no = b\nif a:\n    o = keras.optimizers\no.SGD(lr=1)", []),
        ("import keras\nif a:\n    o = keras.optimizers\n    o.SGD(lr=1)", ["lr= of an optimizer"]),
        ("x = lambda tf: tf.placeholder", []),
        ("[tf.placeholder for tf in y]", []),
        ("import keras\ndef make():\n    m = keras.Sequential()\n    return m\n"
         "n = make()\nn.to_yaml()", ["to_yaml"]),
        ("import keras\nfrom sklearn.svm import SVC\nmodel = SVC()\nmodel.save('a')\n"
         "model = keras.Sequential()\nmodel.save('b')", ["save to a folder"]),
        ("import keras\nfor layer in keras.Sequential().layers:\n    layer.input_shape",
         ["input_shape of a layer"]),
        ("import keras\nclass A(keras.Model):\n    pass\nA().predict_proba(x)",
         ["predict_proba"]),
        ("import keras\nclass A(keras.layers.Layer):\n    def __init__(self):\n"
         "        super().__init__()\n        self.m = keras.metrics.Mean()\n"
         "    def reset(self):\n        self.m.reset_states()", ["reset_states of a metric"]),
        ("import os\nimport keras\nm = keras.Sequential()\nm.save_weights(os.path.join('a', 'b'))\n"
         "m.save_weights(f'{x}.h5')\nm.save_weights('%d.h5' % 3)\nm.save_weights(x)\n"
         "m.save_weights('{}.weights.h5'.format(3))", ["save_weights with another extension"] * 3),
        ("import os\nos.environ['TF_USE_LEGACY_KERAS'] = '1'\nimport tensorflow as tf\n"
         "import keras\ntf.keras.optimizers.SGD(lr=1)\nkeras.optimizers.SGD(lr=1)",
         ["lr= of an optimizer"]),
        ("import tensorflow.compat.v1 as tf\ntf.disable_v2_behavior()\ntf.placeholder(1)",
         ["tf.compat.v1"]),
        ("with suppress(AttributeError):\n    tf.placeholder", []),
        ("try:\n    tf.placeholder\nexcept ValueError:\n    pass", ["tf.placeholder"]),
        ("try:\n    pass\nexcept AttributeError:\n    tf.placeholder", ["tf.placeholder"]),
        ("a = (tf\n     .placeholder\n     .b)", ["tf.placeholder"]),
    ],
)  # fmt: skip
def test_old_forms_are_found_through_imports_and_aliases(source: str, forms: list[str]) -> None:
    assert forms_of(source) == forms


def test_script_with_magics_and_print_statements_is_read_to_its_end() -> None:
    text = "%matplotlib inline\nprint 'a'\nimport tensorflow as tf\nx = 7 \\\n  % 3\ntf.placeholder"
    assert [(f.line, f.form) for f in doctor.examine_source(text)] == [
        (1, "an IPython magic in a script"),
        (2, "Python 2 print"),
        (6, "tf.placeholder"),
    ]


def test_installed_names_equal_those_of_an_import() -> None:
    """Names are read without an import and compared with an import, module by module."""
    command = [sys.executable, PROGRAMS / "public_names.py"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    names = json.loads(done.stdout.splitlines()[-1])
    assert len(names) > 5000
    assert [name for name in names if installed.missing(name)] == []
