"""Security: permissions of workflows, files that run code, HTML in printed results."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import matplotlib.pyplot as plt
import pytest
import yaml
from bs4 import BeautifulSoup

from handbook.lesson.lessons import ROOT, all_lessons
from handbook.run import draw
from tests.book.fault_cases import section
from tests.conftest import SmallHandbook

pytestmark = pytest.mark.slow

WORKFLOWS = {
    path.name: path.read_text(encoding="utf-8")
    for path in sorted((ROOT / ".github/workflows").iterdir())
}
JOBS: dict[str, dict[str, Any]] = {
    name: yaml.safe_load(text)["jobs"] for name, text in WORKFLOWS.items()
}
PERMISSIONS = {  # what a job may do besides reading the repository
    "handbook.yml": {
        "build": {"contents": "read", "pages": "read"},
        "publish": {"pages": "write", "id-token": "write"},
        "notebooks": {"actions": "read", "contents": "write"},  # a separate branch
        "report": {"contents": "read", "issues": "write"},  # one issue for a failed week
    },
    "release.yml": {
        "publish": {"id-token": "write"},
        "announce": {"contents": "write"},  # a release of the tag
    },
}
UNPICKLING = {"pickle", "cPickle", "_pickle", "joblib", "dill", "cloudpickle", "shelve", "marshal"}
SHOWS_THE_DANGER = {  # on its own files, with the options that allow it
    "docs/code/keras/datasets.py": ["allow_pickle=True"],
    "docs/code/keras/saving-and-loading.py": ["safe_mode=False", "enable_unsafe_deserialization"],
    "tests/package/test_data_downloads.py": ["allow_pickle=True"],  # simulates an older Keras
    "tests/package/programs/old_notes.py": ["allow_pickle=True"],  # read by the doctor, never run
    "tfnotes/training/_architecture.py": ["marshal"],  # a lambda of the model in memory, never run
}


def steps() -> Iterator[dict[str, Any]]:
    for jobs in JOBS.values():
        for job in jobs.values():
            yield from job.get("steps", [])


def actions() -> Iterator[dict[str, Any]]:
    return (step for step in steps() if "uses" in step)


def test_every_action_is_pinned_by_hash_and_names_its_version() -> None:
    lines = re.findall(r"uses: (.*)", "\n".join(WORKFLOWS.values()))
    assert len(lines) == len(list(actions())) > 0
    for line in lines:
        assert re.fullmatch(r"[\w-]+/[\w/-]+@[0-9a-f]{40} # v\d+(\.\d+)*", line), line


def test_job_permissions_are_minimal() -> None:
    for text in WORKFLOWS.values():
        assert yaml.safe_load(text)["permissions"] == {"contents": "read"}
    granted = {
        workflow: {name: job["permissions"] for name, job in jobs.items() if "permissions" in job}
        for workflow, jobs in JOBS.items()
    }
    assert granted == PERMISSIONS
    for jobs in JOBS.values():
        assert not [
            s for s in jobs["publish"]["steps"] if "run" in s
        ]  # runs no code of the repository


def test_checkouts_do_not_persist_credentials() -> None:
    checkouts = [s for s in actions() if s["uses"].startswith("actions/checkout@")]
    assert checkouts
    for step in checkouts:
        assert step["with"]["persist-credentials"] is False


def test_workflow_steps_do_not_run_untrusted_input() -> None:
    """Titles and branch names of a pull request never become shell commands."""
    for text in WORKFLOWS.values():
        assert "pull_request_target" not in text
    for step in steps():
        run = re.sub(r"\$\{\{ matrix\.\w+ \}\}", "", step.get("run", ""))  # written here
        assert "${{" not in run


def test_locked_dependencies_are_audited() -> None:
    (run,) = [s["run"] for s in JOBS["handbook.yml"]["audit"]["steps"] if "run" in s]
    options = "--requirement requirements.lock --require-hashes --disable-pip"
    assert re.fullmatch(rf"pipx run pip-audit==[\d.]+ {options}", run)


def test_failed_lesson_stops_publishing() -> None:
    recipe = re.search(r"^site:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), re.M)
    assert recipe
    steps = recipe[1].split("\n\t")
    assert [step.split()[-1] for step in steps] == ["site"]
    assert "||" not in recipe[1]
    assert not re.search(r"^\t-", recipe[1], re.M)


def python_files() -> list[Path]:
    folders = ("tfnotes", "handbook", "scripts", "benchmarks", "docs/code", "docs/labs", "tests")
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def dangers(path: Path) -> Iterator[str]:
    """The calls in a file that could run code from a data file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (a.name for a in node.names if a.name.split(".")[0] in UNPICKLING)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in UNPICKLING:
            yield node.module or ""
        elif isinstance(node, ast.Attribute) and node.attr in {"read_pickle", "full_load"}:
            yield node.attr
        elif isinstance(node, ast.Attribute) and ast.unparse(node) in {"yaml.load", "torch.load"}:
            yield ast.unparse(node)
        elif isinstance(node, ast.Attribute) and node.attr == "enable_unsafe_deserialization":
            yield node.attr
        elif isinstance(node, ast.keyword) and node.arg in {"allow_pickle", "safe_mode"}:
            harmless = node.arg == "safe_mode"
            if not (isinstance(node.value, ast.Constant) and node.value.value is harmless):
                yield f"{node.arg}={ast.unparse(node.value)}"


def test_no_file_loads_pickles_or_unsafe_models() -> None:
    found = {path.relative_to(ROOT).as_posix(): list(dangers(path)) for path in python_files()}
    assert len(found) > 150
    assert {name: what for name, what in found.items() if what} == SHOWS_THE_DANGER


@pytest.mark.parametrize(
    "code",
    [
        "import pickle",
        "from joblib import load",
        "np.load(f, allow_pickle=True)",
        "np.load(f, allow_pickle=flag)",
        "keras.saving.load_model(f, safe_mode=False)",
        "keras.config.enable_unsafe_deserialization()",
        "pd.read_pickle(f)",
        "yaml.load(f)",
    ],
)
def test_unsafe_call_is_reported(tmp_path: Path, code: str) -> None:
    (tmp_path / "a.py").write_text(code)
    assert len(list(dangers(tmp_path / "a.py"))) == 1


TAG = "<script>alert({})</script>"
LESSON = section(f"""\
from tfnotes.errors import printed_errors

print("{TAG.format(1)}")
# -> {TAG.format(1)}
with printed_errors():
    raise ValueError("{TAG.format(2)}")
# -> ValueError: {TAG.format(2)}""") + section("import matplotlib", "drawn")  # fmt: skip
PAGE = """

![{alt}](../figures/a/tags/drawn.svg)

!!! warning "Careful: tags do nothing"

    ```python
    --8<-- "a/tags.py:one"
    ```

    They are text.
"""
LAB = f"""\
# ---
# title: Lab
# description: A lab.
# ---
# %% [markdown] lang="en"
# # Lab {{#lab}}
#
# Words.
# %% [markdown] lang="zh"
# # 实验 {{#lab}}
#
# 文字。
# %% one
print("{TAG.format(4)}")
# -> {TAG.format(4)}
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of three pages with a tag in every text."""
    small = SmallHandbook(tmp_path_factory.mktemp("tags"))
    lesson = small.lesson("a/tags", LESSON)
    lesson.figures.mkdir(parents=True)
    (lesson.figures / "drawn.svg").write_text(drawn())
    pages = PAGE.format(alt=f"A line under the title {TAG.format(3)}".replace('"', ""))
    page = lesson.page("en")
    head, fences = page.read_text().split("```python\n", 1)[0], ""
    page.write_text(head + fences + "First words.\n" + pages)
    docs = small.root / "docs"
    (docs / "labs").mkdir()
    (docs / "labs/lab.py").write_text(LAB)
    (docs / "en/migration").mkdir()
    (docs / "en/migration/errata.md").write_text("# Errata {#errata}\n\n<!-- errata -->\n")
    return small.site(["a/tags.md", "labs/lab.md", "migration/errata.md"])


def drawn() -> str:
    plt.close("all")
    plt.plot([1, 2])
    plt.title(TAG.format(5))
    plt.gca().set_gid(TAG.format(6))
    light = draw.draw(plt.gcf()).svg
    plt.close("all")
    return light


@pytest.mark.parametrize(
    ("page", "numbers"), [("a/tags", [1, 2]), ("labs/lab", [4]), ("migration/errata", [1, 2])]
)
def test_printed_tag_is_escaped(built: Path, page: str, numbers: list[int]) -> None:
    soup = BeautifulSoup((built / page / "index.html").read_text(encoding="utf-8"), "html.parser")
    assert [s for s in soup.find_all("script") if "alert(" in s.text] == []
    for number in numbers:
        assert TAG.format(number) in soup.text


def test_alt_text_is_escaped(built: Path) -> None:
    soup = BeautifulSoup((built / "a/tags/index.html").read_text(encoding="utf-8"), "html.parser")
    alts = [img["alt"] for img in soup.select("img.figure")]
    assert alts == [f"A line under the title {TAG.format(3)}"] * 2


def test_search_index_has_no_script_tag(built: Path) -> None:
    for entry in json.loads((built / "search/search_index.json").read_text())["docs"]:
        assert not BeautifulSoup(entry["text"], "html.parser").find("script")


def test_drawn_figure_has_no_script_tag() -> None:
    root = ElementTree.fromstring(drawn())  # noqa: S314
    assert [e.tag for e in root.iter() if str(e.tag).endswith("script")] == []


def test_downloads_escape_tags_and_have_no_outputs(built: Path) -> None:
    for name in ("downloads/a/tags.ipynb", "downloads/labs/lab.ipynb"):
        for cell in json.loads((built / name).read_text())["cells"]:
            if cell["cell_type"] == "markdown":
                assert not re.search(r"<script", re.sub(r"`[^`]*`", "", "".join(cell["source"])))
            assert not cell.get("outputs")


def test_committed_figures_have_no_scripts() -> None:
    for lesson in all_lessons():
        for file in lesson.figure_files:
            if file.suffix == ".svg":
                text = file.read_text(encoding="utf-8")
                assert not re.search(r"<script|<foreignObject|javascript:|\son\w+=", text), file
