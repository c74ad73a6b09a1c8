"""The results of each lesson in a row of the matrix, from a real run."""

import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from handbook.lesson.lessons import ROOT
from handbook.matrix import environments, status
from handbook.run import records
from tests.conftest import CODE, SmallHandbook

pytestmark = pytest.mark.slow

TWO = "# --8<-- [start:{0}]\n{1}\n# --8<-- [end:{0}]\n"
LESSONS = {
    "a/same": CODE,
    "a/differs": TWO.format("add", "for n in (1, 2):\n    print(n)\n# -> 1\n# -> 3"),
    "a/fails": TWO.format("one", "import keras\n\nkeras.layers.Dens") + TWO.format("two", "x = 1"),
    "a/differs-and-fails": CODE.replace("-> 2", "-> 3") + TWO.format("two", "1 / 0"),
    "a/warns": TWO.format("one", "import warnings\n\nwarnings.warn('old form')"),
    "a/not-shown": CODE,
    "a/slow": TWO.format("one", "import time\n\ntime.sleep(1.5)"),  # its limit is a second
}


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> status.Row:
    """The result of small lessons and tests in this environment."""
    small = SmallHandbook(tmp_path_factory.mktemp("matrix"))
    for address, code in LESSONS.items():
        small.lesson(address, code, "time_limit: 1" if address == "a/slow" else "")
    page = small.root / "docs/en/a/not-shown.md"
    page.write_text(page.read_text().replace(":add", ":subtract"))
    for name, text in {
        "tfnotes/sums.py": "",
        "tests/package/test_sums.py": "def test_one(): pass\n",
        "tests/package/test_products.py": "def test_two(): assert 0\n",
        "tests/site/test_build.py": "def test_needs_a_browser(): assert 0\n",
    }.items():
        (small.root / name).parent.mkdir(parents=True, exist_ok=True)
        (small.root / name).write_text(text)
    made = environments.run(Path(sys.prefix), small.root)
    status.write("locked", made, small.root)
    kept = status.read("locked", small.root)
    assert kept == made
    return made


@pytest.mark.parametrize(
    ("name", "state", "why"),
    [
        ("same", "same", ""),
        ("slow", "same", ""),  # slow on a busy machine is no failure
        ("differs", "differs", "shown: 3, printed: 2"),  # the line that differs
        ("fails", "fails", "AttributeError: module 'keras.layers' has no attribute 'Dens'"),
        ("differs-and-fails", "fails", "ZeroDivisionError: division by zero"),
        ("warns", "fails", "a warning that the lesson does not show: UserWarning: old form"),
        ("not-shown", "fails", "subtract"),
    ],
)
def test_run_reports_the_state_of_each_lesson(
    ran: status.Row, name: str, state: str, why: str
) -> None:
    result = ran.lessons[f"a/{name}"]
    assert result.state == state
    assert why in result.why
    assert "\n" not in result.why
    assert bool(result.why) == (state != "same")
    assert ran.count("fails") == 4


def test_run_records_python_versions_and_lessons(ran: status.Row) -> None:
    assert ran.python == ".".join(map(str, sys.version_info[:3]))
    assert ran.versions["tensorflow"] == records.version("tensorflow")
    assert set(ran.lessons) == set(LESSONS)


def test_only_tests_of_the_package_run(ran: status.Row) -> None:
    failed = ["tests/package/test_products.py::test_two"]
    assert (ran.tests_passed, ran.tests_failed) == (1, failed)


def test_lowest_row_requires_the_lower_bounds_of_the_package() -> None:
    lowest = environments.requirements("lowest")
    locked = records.locked_versions(ROOT / records.LOCK)
    assert "tensorflow>=2.18,<3" in lowest
    assert f"pytest=={locked['pytest']}" in lowest
    newest = {Requirement(r).name.lower() for r in environments.requirements("newest")}
    assert {Requirement(r).name.lower() for r in lowest} == newest | {"setuptools"}
    assert Version("80.9") not in Requirement(lowest[-1]).specifier  # 82 has no pkg_resources
    assert (environments.python_of("lowest"), environments.python_of("newest")) == ("3.11", "3.13")
