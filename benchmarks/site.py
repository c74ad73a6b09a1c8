"""Measure how fast pages come, by Lighthouse; write the table into benchmarks/site.md.

Run it with nothing else running, after ``make site`` and ``make test``: ``make bench``.
"""

import statistics
from pathlib import Path
from typing import Any

from handbook import clock
from handbook.browser import served
from handbook.lesson.lessons import ROOT
from tests.site.lighthouse import report
from tfnotes.devices import machine

TABLE = Path(__file__).with_name("site.md")
PAGES = ["en/", "zh/", "en/tensors/gradient-tape/", "zh/tensors/gradient-tape/"]
RUNS = 3
DESKTOP = "--preset=desktop"
HEAD = """\
# The speed of a page

Made by `python benchmarks/site.py` on {date}, on {machine}. Each number is the median of {runs}
runs of Lighthouse {version}; to reach: 99. It simulates two readers: one at a desk, and one with a
phone of 2022, a quarter as fast as this machine, in a slow network (1.6 Mbit/s, 150 ms). The times
and the jumps are those of the phone.

| page | at a desk | phone | first text | largest part | blocked | jumps |
|---|---|---|---|---|---|---|
"""
FOOT = """
What the phone waits for is the theme: its styles (23 kB, before the first text), and its script,
which measures the page while it sets up and so has the browser lay it out several times.
"""
AUDITS = ["first-contentful-paint", "largest-contentful-paint", "total-blocking-time"]


def row(url: str, page: str) -> tuple[str, str]:
    """A line of the table, and the version of Lighthouse."""
    desk = [report(url + page, DESKTOP) for _ in range(RUNS)]
    phone = [report(url + page) for _ in range(RUNS)]

    def median(name: str) -> float:
        return float(statistics.median(s["audits"][name]["numericValue"] for s in phone))

    times = [f"{median(name):.0f} ms" for name in AUDITS]
    scores = [f"{score(said):.0f}" for said in (desk, phone)]
    cells = [f"`{page}`", *scores, *times, f"{median('cumulative-layout-shift'):.3f}"]
    return f"| {' | '.join(cells)} |\n", phone[0]["lighthouseVersion"]


def score(reports: list[dict[str, Any]]) -> float:
    """The performance that Lighthouse gives, of 100."""
    scores = (s["categories"]["performance"]["score"] for s in reports)
    return 100 * float(statistics.median(scores))


def main() -> None:
    """Measure and write the table."""
    with served(ROOT / "site") as address:
        rows = [row(f"{address}/", page) for page in PAGES]
    head = HEAD.format(date=clock.today(), machine=machine(), runs=RUNS, version=rows[0][1])
    TABLE.write_text(head + "".join(line for line, _ in rows) + FOOT, encoding="utf-8")
    print(TABLE.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
