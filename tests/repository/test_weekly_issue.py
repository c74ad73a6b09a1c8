"""Weekly issue, tested with a fake gh that keeps its issues in a file."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from handbook.lesson.lessons import ROOT

GH = """\
#!{python}
import argparse, json, pathlib, sys
file = pathlib.Path(__file__).with_name("issues.json")
issues = json.loads(file.read_text()) if file.exists() else []
parser = argparse.ArgumentParser(allow_abbrev=False)
parser.add_argument("what", choices=["issue", "label"])
parser.add_argument("verb")
parser.add_argument("subject", nargs="?")
for name in ("title", "body", "comment", "description", "jq", "json", "label", "state"):
    parser.add_argument(f"--{{name}}")
parser.add_argument("--force", action="store_true")
args = parser.parse_args()
issue = issues[int(args.subject) - 1] if args.what == "issue" and args.subject else {{}}
match args.what, args.verb:
    case "label", "create":
        assert args.force, "the label exists in the second week"
    case "issue", "create":
        issues.append({{"state": "open", "title": args.title, "label": args.label}})
        issues[-1]["comments"] = [args.body]
    case "issue", "comment":
        issue["comments"].append(args.body)
    case "issue", "close":
        issue["state"] = "closed"
        issue["comments"].append(args.comment)
    case "issue", "list":
        wanted = args.state, args.label
        found = [n for n, i in enumerate(issues, 1) if (i["state"], i["label"]) == wanted]
        print(*found[:1])
    case _:
        sys.exit(f"no such command: {{sys.argv}}")
file.write_text(json.dumps(issues))
"""


@pytest.fixture
def gh(tmp_path: Path) -> Path:
    """The folder of a gh with no issues."""
    file = tmp_path / "gh"
    file.write_text(GH.format(python=sys.executable))
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return tmp_path


def week(folder: Path, number: int, **results: str) -> list[dict[str, Any]]:
    """Run the script for a week; return all issues."""
    environment = os.environ | {
        "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
        "NEEDS": json.dumps(
            {job: {"result": result, "outputs": {}} for job, result in results.items()}
        ),
        "RUN_URL": f"https://forge.example/runs/{number}",
    }
    subprocess.run([sys.executable, ROOT / "scripts/weekly_issue.py"], env=environment, check=True)
    file = folder / "issues.json"
    return list(json.loads(file.read_text()))


def test_one_issue_covers_failed_weeks_and_a_green_week_closes_it(gh: Path) -> None:
    (first,) = week(gh, 1, matrix="failure", part="cancelled", merge="skipped", audit="success")
    assert (first["state"], first["title"]) == ("open", "The weekly run fails")
    assert first["comments"] == [
        "Jobs that failed: matrix, part. The run: https://forge.example/runs/1"
    ]
    (second,) = week(gh, 2, matrix="success", bare="failure")
    assert second["state"] == "open"
    assert second["comments"][1:] == [
        "Jobs that failed: bare. The run: https://forge.example/runs/2"
    ]
    (third,) = week(gh, 3, matrix="success", bare="success")
    assert third["state"] == "closed"
    assert third["comments"][2:] == ["Every job passed. The run: https://forge.example/runs/3"]


def test_failure_after_a_closed_issue_opens_a_new_one(gh: Path) -> None:
    for number, result in enumerate(("failure", "success", "failure"), 1):
        issues = week(gh, number, matrix=result)
    assert [issue["state"] for issue in issues] == ["closed", "open"]


def test_weeks_without_failures_open_no_issue(gh: Path) -> None:
    assert week(gh, 1, matrix="success", test="skipped") == []
