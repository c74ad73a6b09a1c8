"""Measure build and loading times; write the table to benchmarks/README.md.

Run it on an idle machine: ``make bench``.
"""

import gzip
import statistics
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Request

from handbook import clock
from handbook.browser import browser, served
from handbook.lesson.lessons import LABS, ROOT, Lesson, all_lessons
from handbook.lesson.sections import sections
from handbook.run.runner import LessonProcess
from tfnotes.devices import machine

TABLE = Path(__file__).with_name("README.md")
PAGE = ROOT / "docs/en/tensors/gradient-tape.md"
HEAD = """\
# Benchmarks

Made by `make bench` on {date}, on {machine}. Each time is the median of {runs} runs.

| what | measured | target |
|---|---|---|
"""
BUILDERS = "<!-- builders -->"  # start of the part that benchmarks/builders.py writes
RUNS = 3


def seconds(work: Callable[[], object]) -> float:
    """Return the median wall time of a function."""
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def make_site() -> None:
    """Run the command of an author."""
    subprocess.run(["make", "site"], cwd=ROOT, check=True, capture_output=True)


def edit_and_make_site() -> None:
    """Edit the prose of one lesson, and build."""
    text = PAGE.read_text(encoding="utf-8")
    try:
        PAGE.write_text(text.replace("After this page", "Soon after this page"), encoding="utf-8")
        make_site()
    finally:
        PAGE.write_text(text, encoding="utf-8")


def overhead(lesson: Lesson) -> float:
    """Return the overhead of a lesson over its own running time, with a warm server."""
    start = time.perf_counter()
    with LessonProcess(lesson) as process:
        own = sum(process.run(section).seconds for section in sections(lesson))
    return time.perf_counter() - start - own


def overheads() -> list[float]:
    """Return the overhead of every lesson; labs take too long."""
    lessons = [lesson for lesson in all_lessons() if not lesson.address.startswith(LABS)]
    overhead(lessons[0])  # starts the server
    return [overhead(lesson) for lesson in lessons]


def fetched(chromium: Browser, url: str) -> dict[str, int]:
    """Return the compressed size of each resource of a page, by URL."""
    sizes: dict[str, int] = {}

    def weigh(request: Request) -> None:
        if response := request.response():
            sizes[request.url] = len(gzip.compress(response.body()))

    page = chromium.new_page()
    page.on("requestfinished", weigh)
    page.goto(url, wait_until="networkidle")
    page.close()
    return sizes


def weights() -> tuple[int, int]:
    """Return the bytes of the heaviest lesson page without figures, and foreign requests."""
    heaviest, foreign = 0, 0
    with served(ROOT / "site") as address, browser() as chromium:
        for lesson in all_lessons():
            sizes = fetched(chromium, f"{address}/zh/{lesson.address}/")
            foreign += sum(not url.startswith(address) for url in sizes)
            heaviest = max(heaviest, sum(n for url, n in sizes.items() if "/figures/" not in url))
    return heaviest, foreign


def main() -> None:
    """Measure everything and write the table."""
    make_site()
    costs = overheads()
    heaviest, foreign = weights()
    rows = [
        ("`make site`, nothing changed", f"{seconds(make_site):.1f} s", "≤ 30 s"),
        (
            "`make site` after an edit to one lesson's prose",
            f"{seconds(edit_and_make_site):.1f} s",
            "≤ 15 s",
        ),
        (
            "overhead of a lesson over its own running time",
            f"{statistics.median(costs):.2f} s, at most {max(costs):.2f} s",
            "≤ 0.5 s",
        ),
        (
            "heaviest lesson page over the wire, without figures",
            f"{heaviest / 1000:.0f} KB",
            "≤ 250 KB",
        ),
        ("requests to other hosts, all lesson pages", str(foreign), "0"),
    ]
    head = HEAD.format(date=clock.today(), machine=machine(), runs=RUNS)
    made = head + "".join(f"| {' | '.join(row)} |\n" for row in rows)
    _, mark, others = TABLE.read_text(encoding="utf-8").partition(BUILDERS)
    TABLE.write_text(f"{made}\n{mark}{others}" if mark else made, encoding="utf-8")
    print(TABLE.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
