"""Maintain one issue about the weekly run: open it, comment on it every week, close it.

The last job of the workflow runs this script. It reads ``NEEDS``, the results of the other jobs
as JSON, and ``RUN_URL``, the address of the run; ``gh`` needs ``GH_TOKEN`` and ``GH_REPO``.
"""

import json
import os
import subprocess

LABEL = "weekly"
TITLE = "The weekly run fails"
ABOUT = "The weekly run of the workflow; opened and closed by it"


def gh(*arguments: str) -> str:
    """Run a gh command and return its output."""
    done = subprocess.run(["gh", *arguments], stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603, S607
    return done.stdout.strip()


def failed(needs: dict[str, dict[str, object]]) -> list[str]:
    """Return the failed or canceled jobs; jobs that were skipped for them do not count."""
    return sorted(name for name, job in needs.items() if job["result"] in ("failure", "cancelled"))


def main() -> None:
    """Open, update or close the issue."""
    jobs, run = failed(json.loads(os.environ["NEEDS"])), os.environ["RUN_URL"]
    gh("label", "create", LABEL, "--description", ABOUT, "--force")
    find = ("issue", "list", "--label", LABEL, "--state", "open", "--json", "number")
    number = gh(*find, "--jq", ".[0].number // empty")
    body = f"Jobs that failed: {', '.join(jobs)}. The run: {run}"
    if jobs and number:
        gh("issue", "comment", number, "--body", body)
    elif jobs:
        gh("issue", "create", "--title", TITLE, "--label", LABEL, "--body", body)
    elif number:
        gh("issue", "close", number, "--comment", f"Every job passed. The run: {run}")


if __name__ == "__main__":
    main()
