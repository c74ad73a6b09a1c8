"""Measure how fast pages load, with Lighthouse; write the table to benchmarks/site.md.

Run it on an idle machine, after ``make site`` and ``make test``: ``make bench``.
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
RUNS = 5
DESKTOP = "--preset=desktop"
HEAD = """\
# Page speed

Made by `python benchmarks/site.py` on {date}, on {machine}. Each number is the median of {runs}
runs of Lighthouse {version}; the target is 99. It simulates a desktop and a phone of 2022 that is a
quarter as fast as this machine, on a slow network (1.6 Mbit/s, 150 ms). The metrics are those of
the phone: first and largest contentful paint, total blocking time, cumulative layout shift.

| page | desktop | phone | FCP | LCP | TBT | CLS |
|---|---|---|---|---|---|---|
"""
FOOT = """
The phone waits for one style sheet (29 kB, before the first paint). The theme's script runs after
that; it measures the page during setup and so forces several layouts.
"""
AUDITS = ["first-contentful-paint", "largest-contentful-paint", "total-blocking-time"]


def row(url: str, page: str) -> tuple[str, str]:
    """Return a line of the table, and the version of Lighthouse."""
    desktop = [report(url + page, DESKTOP) for _ in range(RUNS)]
    phone = [report(url + page) for _ in range(RUNS)]

    def median(name: str) -> float:
        return float(statistics.median(s["audits"][name]["numericValue"] for s in phone))

    times = [f"{median(name):.0f} ms" for name in AUDITS]
    scores = [f"{score(reports):.0f}" for reports in (desktop, phone)]
    cells = [f"`{page}`", *scores, *times, f"{median('cumulative-layout-shift'):.3f}"]
    return f"| {' | '.join(cells)} |\n", phone[0]["lighthouseVersion"]


def score(reports: list[dict[str, Any]]) -> float:
    """Return the median performance score, from 0 to 100."""
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
