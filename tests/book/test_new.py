"""A new lesson passes every check unchanged."""

import subprocess
import sys
from pathlib import Path

import pytest

from handbook import new
from handbook.check import parity, rules
from handbook.lesson.lessons import ROOT, Lesson
from handbook.stage.book import CONFIGS
from tests.book.conftest import REFRESH
from tests.conftest import SmallHandbook

pytestmark = pytest.mark.slow


@pytest.fixture
def root(small: SmallHandbook) -> Path:
    for config in CONFIGS.values():
        (small.root / config).write_text((ROOT / config).read_text("utf-8"), encoding="utf-8")
    return small.root


def test_new_lesson_keeps_every_rule_and_runs(root: Path) -> None:
    new.write("tensors/broad-casting", root)
    lesson = Lesson(root, "tensors/broad-casting")
    subprocess.run([sys.executable, "-c", REFRESH], cwd=root, check=True)
    assert "# -> tf.Tensor([2. 3.]" in lesson.code.read_text("utf-8")
    assert "# -> AttributeError: " in lesson.code.read_text("utf-8")
    assert rules.lesson_problems(lesson) == []
    assert parity.lesson_differences(lesson) == []
    for config in CONFIGS.values():
        lines = (root / config).read_text("utf-8").splitlines()
        assert lines[lines.index("      - tensors/tf-function.md") + 1] == (
            "      - tensors/broad-casting.md"
        )


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("tensors", "expected chapter/lesson in lower case, got 'tensors'"),
        ("tensors/../x", "expected chapter/lesson in lower case"),
        ("waves/sine", r"expected a chapter of the nav of mkdocs.yml, got 'waves'.*start, tensors"),
    ],
)
def test_invalid_address_of_a_new_lesson_writes_nothing(
    root: Path, address: str, message: str
) -> None:
    before = sorted(root.rglob("*"))
    with pytest.raises(new.NewLessonError, match=message):
        new.write(address, root)
    assert sorted(root.rglob("*")) == before


def test_existing_lesson_is_not_overwritten(root: Path) -> None:
    new.write("tensors/more", root)
    Lesson(root, "tensors/more").code.write_text("mine")
    with pytest.raises(new.NewLessonError, match=r"tensors/more.py exists already; choose"):
        new.write("tensors/more", root)
    assert Lesson(root, "tensors/more").code.read_text() == "mine"
