"""The repository as a whole: the lock, the licenses, which files are tracked."""

import ast
import re
import statistics
import subprocess
import tomllib

from packaging.requirements import Requirement
from packaging.version import Version

import handbook
from handbook.lesson.lessons import ROOT

HOOKS = ("context", "search", "theme")  # named after the events
LOCK = (ROOT / "requirements.lock").read_text()
LOCKED = ("docs", "test", "ray", "jax")  # the extras of `make lock`
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def tracked() -> list[str]:
    done = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def locked() -> dict[str, Version]:
    lines = re.findall(r"^([\w.-]+)==([^ ;\\]+)", LOCK, re.M)
    assert len(lines) == len({name for name, _ in lines}), "a package is locked twice"
    return {name: Version(version) for name, version in lines}


def test_every_locked_package_has_hashes() -> None:
    for block in re.split(r"^(?=[\w.-]+==)", LOCK, flags=re.M)[1:]:
        assert "--hash=sha256:" in block, block.splitlines()[0]


def test_no_file_names_a_package_registry() -> None:
    assert "://" not in LOCK
    assert "index-url" not in LOCK
    settings = (".toml", ".lock", ".cfg", ".ini", ".json", "Makefile", ".yml")
    for name in tracked():
        if (
            name.endswith((*settings, ".md", ".py"))
            and name != "tests/repository/test_repository.py"
        ):
            text = (ROOT / name).read_text(encoding="utf-8")
            assert not re.search(r"pypi\.org|pythonhosted\.|registry\.npmjs", text), name
            assert not name.endswith(settings) or "index-url" not in text, name


def test_lock_satisfies_the_version_ranges() -> None:
    versions = locked()
    extras = PROJECT["optional-dependencies"]
    for line in [*PROJECT["dependencies"], *(line for e in LOCKED for line in extras[e])]:
        requirement = Requirement(line)
        assert versions[requirement.name.lower()] in requirement.specifier, line


def test_mkdocs_stays_below_2() -> None:
    (mkdocs,) = (r for r in map(Requirement, PROJECT["optional-dependencies"]["docs"])
                 if r.name == "mkdocs")  # fmt: skip
    assert Version("2.0") not in mkdocs.specifier
    assert locked()["mkdocs"] < Version("2")


def test_package_does_not_require_the_site_builder() -> None:
    names = {Requirement(line).name for line in PROJECT["dependencies"]}
    site = {Requirement(line).name for line in PROJECT["optional-dependencies"]["docs"]}
    assert names.isdisjoint(site | {"mkdocs", "sybil", "pytest"})


def test_every_dependency_has_a_comment() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    block = text[text.index("dependencies = [") : text.index("[tool.hatch.version]")]
    lines = [line for line in block.splitlines() if re.match(r'\s+"[\w\[\]-]+', line)]
    assert len(lines) > 20
    assert [line for line in lines if "# " not in line] == []


def test_license_files_hold_their_licenses() -> None:
    assert "Apache License" in (ROOT / "LICENSE").read_text()
    assert "Attribution 4.0 International" in (ROOT / "LICENSE-CC-BY-4.0").read_text()


def test_generated_files_are_not_tracked() -> None:
    kept = tracked()
    assert not [f for f in kept if f.endswith((".ipynb", ".woff2", ".whl", ".keras", ".h5"))]
    assert not [f for f in kept if f.startswith(("site/", "build/", ".venv/"))]
    assert [f for f in kept if f.startswith("docs/figures/") and f.endswith(".svg")]


def test_tracked_files_have_no_unfinished_work_markers() -> None:
    marks = re.compile(
        "|".join(["TO" + "DO", "FIX" + "ME", "X" * 3, "raise NotImplemented" + "Error"])
    )
    for name in tracked():
        if name.endswith((".py", ".md")):
            assert not marks.search((ROOT / name).read_text(encoding="utf-8")), name


def functions() -> dict[str, int]:
    """The number of lines of every function, without its docstring."""
    found = {}
    for path in [*ROOT.glob("tfnotes/**/*.py"), *ROOT.glob("handbook/**/*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                text = ast.get_docstring(node, clean=False)
                lines = 0 if text is None else text.count("\n") + 1
                found[f"{path.name}:{node.name}"] = (node.end_lineno or 0) - node.lineno - lines
    return found


def test_functions_and_files_are_below_their_size_limits() -> None:
    sizes = functions()
    assert {name: size for name, size in sizes.items() if size > 50} == {}
    assert statistics.median(sizes.values()) <= 8
    for name in tracked():
        if name.endswith(".py") and not name.startswith(
            "docs/"
        ):  # its sections have their own limit
            assert len((ROOT / name).read_text(encoding="utf-8").splitlines()) <= 300, name


def test_lock_names_its_command() -> None:
    command = LOCK.splitlines()[1].removeprefix("#").split()
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8").replace("\\\n", " ")
    assert command[:3] == ["uv", "pip", "compile"]  # Renovate runs it again
    assert set(command[3:]) <= set(makefile[makefile.index("lock:") :].split())
    assert all("=" in word for word in command if word.startswith(("--ex", "--py", "--ou", "--fo")))


def test_handbook_docstring_names_every_module() -> None:
    modules = {path.stem for path in (ROOT / "handbook").rglob("*.py")}
    rooms = {path.parent.name for path in (ROOT / "handbook").glob("*/__init__.py")}
    named = re.findall(r"``(\w+)``", handbook.__doc__ or "")
    assert {*named} - {"skeleton"} == (modules | rooms) - {"__init__", "__main__", *HOOKS} | {
        "hooks"
    }
    assert len(named) == len({*named}), "a module is named twice"


def test_module_names_are_unique() -> None:
    stems = [path.stem for path in (ROOT / "handbook").rglob("*.py") if path.stem[0] != "_"]
    assert [stem for stem in stems if stems.count(stem) > 1] == []
