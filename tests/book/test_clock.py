"""Clock: one place reads the date, so that a test or a build can choose it."""

import os
import subprocess
import sys

import pytest

from handbook.lesson.lessons import ROOT

READS = [
    "from datetime import date\n\ndate.today()\n",
    "import datetime\n\ndatetime.datetime.now(datetime.UTC)\n",
    "from datetime import datetime\n\ndatetime.utcnow()\n",
    "import time\n\ntime.time()\n",
    "import time\n\ntime.strftime('%Y')\n",
]


@pytest.mark.parametrize(("seconds", "day"), [("1700006399", 14), ("1700006400", 15)])
def test_date_comes_from_the_environment_in_utc(seconds: str, day: int) -> None:
    command = [sys.executable, "-c", "from handbook import clock; print(clock.today())"]
    environment = os.environ | {"SOURCE_DATE_EPOCH": seconds, "TZ": "Asia/Shanghai"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True)
    assert done.stdout.decode().strip() == f"2023-11-{day}"


@pytest.mark.parametrize("folder", ["tests", "handbook", "handbook/stage", "scripts", "benchmarks"])
@pytest.mark.parametrize("code", READS)
def test_linter_reports_code_that_reads_the_date(folder: str, code: str) -> None:
    name = f"--stdin-filename={folder}/example.py"
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--select=TID251", name, "-"]
    done = subprocess.run(
        command, cwd=ROOT, input=code, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stderr
    assert "handbook.clock" in done.stdout
