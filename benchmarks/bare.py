"""Run the two commands in a fresh clone, and write the times to bare.md.

Each Python gets a fresh clone and an empty HOME in ``build/bare``. Steps without a network
use ``unshare`` (as root), steps with another clock use ``faketime``. A call measures the given
steps in order; the table keeps the results of earlier calls.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from handbook import clock
from handbook.lesson.lessons import ROOT
from tfnotes.devices import machine

TABLE = Path(__file__).with_name("bare.md")
FOLDER = ROOT / "build/bare"
CUT = ("unshare", "--net", "sh", "-c", 'ip link set lo up; exec "$@"', "sh")
AHEAD = ("faketime", "-f", "+400d")
STEPS = {  # name: prefix of the make command, make target
    "site": ((), "site"),
    "install": ((), "install"),
    "site, no network": (CUT, "site"),
    "site, clock ahead": ((*CUT, *AHEAD), "site"),
    "test": ((), "test"),
    "test, no network": (CUT, "test"),
}
HEAD = """\
# The two commands on a bare machine

Made by `python benchmarks/bare.py PYTHON STEP…` on {machine}: seconds of wall time in a fresh clone
with an empty HOME, one run. *No network*: only loopback is up. *Clock ahead*: by 400 days, and no
network. `make site` builds each time; `make install` follows `make site` and adds what only tests
need. `make test` may skip no test.

| Python, its pip | {steps} |
|---|{rules}
"""


def clone(name: str) -> Path:
    """Return a fresh clone, or that of an earlier call."""
    place = FOLDER / name
    if not place.exists():
        (place / "home").mkdir(parents=True)
        subprocess.run(["git", "clone", "--quiet", ROOT, place / "repo"], check=True)
    return place


def seconds(place: Path, python: str, step: str) -> float:
    """Run a step and return its wall time."""
    before, goal = STEPS[step]
    shutil.rmtree(place / "repo/site", ignore_errors=True)
    ours = ("PYTHON", "UV_", "VIRTUAL_ENV", "TFNOTES_", "XDG_")  # settings of this shell
    environment = {k: v for k, v in os.environ.items() if not k.startswith(ours)}
    environment |= {"HOME": str(place / "home"), "TFNOTES_TEST_EVERYTHING": "1"}
    command = [*before, "make", goal, f"PYTHON={python}"]
    began = time.monotonic()
    subprocess.run(command, cwd=place / "repo", env=environment, check=True)
    return time.monotonic() - began


def write(found: dict[str, dict[str, str]]) -> None:
    """Write the table."""
    lines = (
        f"| {name} | {' | '.join(row.get(step, '') for step in STEPS)} |\n"
        for name, row in sorted(found.items())
    )
    head = HEAD.format(machine=machine(), steps=" | ".join(STEPS), rules="---|" * len(STEPS))
    TABLE.write_text(head + "".join(lines), encoding="utf-8", newline="\n")


def read_table() -> dict[str, dict[str, str]]:
    """Return the table, by row and step."""
    text = TABLE.read_text(encoding="utf-8") if TABLE.exists() else ""
    rows = [[cell.strip() for cell in line[1:-1].split("|")] for line in text.splitlines()]
    return {
        name: dict(zip(STEPS, cells, strict=True)) for name, *cells in rows if name[:1].isdigit()
    }


def main() -> int:
    """Run the given steps and write their times."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("python", help="path of a Python")
    parser.add_argument("steps", nargs="+", choices=STEPS, metavar="STEP", help=", ".join(STEPS))
    args = parser.parse_args()
    facts = "import ensurepip, platform; print(platform.python_version(), ensurepip.version())"
    version, pip = subprocess.check_output([args.python, "-c", facts], text=True).split()
    place = clone(version)
    for step in args.steps:
        took = seconds(place, args.python, step)
        found = read_table()
        row = found.setdefault(f"{version}, pip {pip}", {})
        row[step] = f"{took:.0f} s ({clock.today()})"
        write(found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
