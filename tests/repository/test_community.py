"""Community files: READMEs, changelog, citation, issue forms, hooks, updates."""

import json
import re
import shlex
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

import tfnotes
from handbook.check import typography
from handbook.lesson.lessons import ROOT
from handbook.run import records

GITHUB = ROOT / ".github"
READMES = {"en": ROOT / "README.md", "zh": ROOT / "README.zh.md"}
FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.M | re.S)
HAN = re.compile(r"[一-鿿]")
KINDS = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def load(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def outline(text: str) -> list[str]:
    """The level of each heading, and the kind of each list item, table row and image."""
    marks = re.findall(r"^(#+|\*|\d+\.|\||!\[) ?", FENCE.sub("", text), re.M)
    return list(marks)


def commands(text: str) -> list[tuple[str, str]]:
    """The code blocks without comments, which are in the language of the page."""
    return [(name, re.sub(r" +# .*", "", code)) for name, code in FENCE.findall(text)]


def test_both_readmes_have_the_same_sections_and_commands() -> None:
    english, chinese = (path.read_text(encoding="utf-8") for path in READMES.values())
    assert len(commands(english)) >= 4
    assert commands(chinese) == commands(english)
    assert outline(chinese) == outline(english)
    inline = re.compile(r"`([^`\n]+)`")
    assert set(inline.findall(english)) <= set(inline.findall(chinese))


def test_each_readme_links_the_other_at_its_top() -> None:
    for language, other in (("en", "README.zh.md"), ("zh", "README.md")):
        top = READMES[language].read_text(encoding="utf-8").splitlines()[:4]
        assert any(f"({other})" in line for line in top), language


@pytest.mark.parametrize("path", READMES.values(), ids=READMES)
def test_links_of_a_readme_lead_to_files(path: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)]+)\)", path.read_text(encoding="utf-8"))
    assert len(links) > 5
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_chinese_readme_has_no_typographic_faults() -> None:
    lines = FENCE.sub("", READMES["zh"].read_text(encoding="utf-8")).splitlines()
    assert [p for line in lines for p in typography.line_problems(line, "zh")] == []


def test_changelog_has_known_headings_and_this_version() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^### (.+)$", text, re.M)) <= KINDS
    versions = re.findall(r"^## (.+)$", text, re.M)
    form = re.compile(r"\[Unreleased\]|\[\d+\.\d+\.\d+\] - (\d{4}-\d\d-\d\d|unreleased)")
    assert [heading for heading in versions if not form.fullmatch(heading)] == []
    assert any(heading.startswith(f"[{tfnotes.__version__}] ") for heading in versions)


def test_citation_names_this_version() -> None:
    citation = load(ROOT / "CITATION.cff")
    assert citation["version"] == tfnotes.__version__
    assert isinstance(citation["date-released"], date)
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    dated = re.search(rf"^## \[{re.escape(tfnotes.__version__)}\] - (\d.*)$", changelog, re.M)
    assert dated is None or dated[1] == citation["date-released"].isoformat()


FORMS = sorted((GITHUB / "ISSUE_TEMPLATE").glob("[!c]*.yml"))
SHOWN = {"input", "textarea", "dropdown", "checkboxes"}


def fields(form: Path) -> dict[str, dict[str, Any]]:
    return {field["id"]: field for field in load(form)["body"] if field["type"] in SHOWN}


def test_issue_form_has_the_fields_of_the_report_link() -> None:
    assert {"page", "section", "versions"} <= set(fields(GITHUB / "ISSUE_TEMPLATE/wrong-page.yml"))


@pytest.mark.parametrize("form", FORMS, ids=lambda f: f.stem)
def test_issue_form_is_short_and_bilingual(form: Path) -> None:
    content = load(form)
    assert set(content) == {"name", "description", "labels", "body"}
    assert len(fields(form)) == len(content["body"]) <= 5
    texts = [content["name"], content["description"]]
    for field in fields(form).values():
        texts += [field["attributes"]["label"], field["attributes"]["description"]]
    for text in texts:
        assert re.search(r"[a-z]", text), text
        assert HAN.search(text), text
        assert len(text) <= 120, text


def test_bug_forms_ask_for_the_output_of_tfnotes_devices() -> None:
    wanted = [form.stem for form in FORMS if "`tfnotes devices`" in form.read_text("utf-8")]
    assert wanted == ["lesson-differs", "package-bug"]


def test_chinese_in_issue_forms_has_no_typographic_faults() -> None:
    files = [*FORMS, GITHUB / "pull_request_template.md", ROOT / "SECURITY.md"]
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    chinese = [re.sub(r"^[ \w-]+: |^- \[ \] |\*\*", "", line) for line in lines if HAN.search(line)]
    assert len(chinese) > 20
    assert [p for line in chinese for p in typography.line_problems(line, "zh")] == []


def hooks() -> list[dict[str, Any]]:
    (local,) = load(ROOT / ".pre-commit-config.yaml")["repos"]
    assert local["repo"] == "local"  # the locked tools, without downloads
    found: list[dict[str, Any]] = local["hooks"]
    return found


def test_hooks_run_locked_tools() -> None:
    commands = [shlex.split(hook["entry"]) for hook in hooks()]
    assert {tuple(command[1:2]) for command in commands} >= {("check",), ("format",), ()}
    for hook, command in zip(hooks(), commands, strict=True):
        assert hook["language"] == "system"
        assert command[0].startswith(".venv/bin/")
        tool = Path(sys.executable).with_name(Path(command[0]).name)
        subprocess.run([tool, "--version"], check=True, capture_output=True)


def test_typography_hook_runs_the_test_of_every_text() -> None:
    (entry,) = (shlex.split(h["entry"]) for h in hooks() if h["id"] == "typography")
    command = [sys.executable, *entry[1:], "--collect-only"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "tests/book/test_typography.py::test_every_text_is_set_well" in done.stdout
    assert done.stdout.count("::") == 1


RENOVATE = json.loads((GITHUB / "renovate.json").read_text(encoding="utf-8"))


def test_updates_cover_actions_lock_checkers_and_tools() -> None:
    managers = {"github-actions", "pip-compile", "npm", "custom.regex"}
    assert set(RENOVATE["enabledManagers"]) == managers
    assert RENOVATE["ignorePaths"] == ["**/node_modules/**"]  # the recommended ones skip tests/
    (pattern,) = RENOVATE["pip-compile"]["managerFilePatterns"]
    assert re.search(pattern.strip("/"), records.LOCK)
    (rule,) = (r for r in RENOVATE["packageRules"] if r["matchManagers"] == ["pip-compile"])
    assert "lockFileMaintenance" not in rule["matchUpdateTypes"]


def test_updates_find_every_tool_that_a_workflow_runs() -> None:
    (custom,) = RENOVATE["customManagers"]
    (file,), (match,) = custom["managerFilePatterns"], custom["matchStrings"]
    found = re.compile(match.replace("?<", "?P<"))
    for path in sorted((GITHUB / "workflows").glob("*.yml")):
        assert re.search(file.strip("/"), path.relative_to(ROOT).as_posix())
        text = path.read_text(encoding="utf-8")
        assert len(found.findall(text)) == text.count("pipx run "), path
