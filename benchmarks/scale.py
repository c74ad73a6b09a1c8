"""Measure whether the cost per lesson is constant: 100 and 1,000 lessons in two languages.

``python benchmarks/scale.py`` writes ``benchmarks/scale.md``; with ``--lessons 5 10`` it only
prints.
"""

import argparse
import pstats
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import book
import checkout
from usage import Usage, measured

from handbook import clock
from handbook.lesson.lessons import ROOT
from tfnotes.devices import machine

PLACE = ROOT / "build/bench/scale"
TABLE = Path(__file__).with_name("scale.md")
MOST = 1.3  # target ratio of the costs per lesson
PROFILED = 8  # rows of the profile
REFRESH = [sys.executable, "-m", "handbook", "refresh", "-j", "2"]
BUILD = [sys.executable, "-m", "handbook", "build"]
PLUGINS = re.compile(r"^(?:plugins|hooks|extra):.*\n(?:[ \t]+.*\n|\n(?=[ \t]))+", re.M)
REASONS = """
The startup of TensorFlow for a refresh and of MkDocs for a build is shared by fewer lessons in the
smaller book, which lowers the ratios. The CPU time of a build grows: every page holds the whole
navigation, so n links are rendered on each of n pages (`nav-item.html` below). With
`navigation.prune` a page holds only its own branch, and the time per lesson is constant.

Profile of the English build of the larger book:
"""
WHERE = re.compile(r".*/(?:site-packages|lib/python3\.\d+|scale/\d+)/")


class Book:
    """A generated handbook.

    Args:
        n_lessons: the number of lessons.
    """

    def __init__(self, n_lessons: int) -> None:
        self.n_lessons, self.root = n_lessons, PLACE / str(n_lessons)
        shutil.rmtree(self.root, ignore_errors=True)
        self.addresses = book.write(self.root, n_lessons)

    def run(self, *command: str) -> Usage:
        """Measure a command in the book's folder."""
        return measured(command, self.root, {"PYTHONPATH": str(self.root)})

    def measure(self) -> dict[str, Usage]:
        """Measure all commands of an author, and Zensical."""
        found = {"refresh of everything": self.run(*REFRESH, "--all")}
        found["stale check"] = self.run(*REFRESH, "--check")
        found["refresh of one lesson"] = self.refresh_of_one()
        found["site build"] = self.run(*BUILD)
        found["site build, `navigation.prune`"] = self.pruned()
        found["Zensical, English only"] = self.zensical()
        return found

    def refresh_of_one(self) -> Usage:
        """Edit the code of one lesson, and refresh what is stale."""
        code = self.root / f"docs/code/{self.addresses[0]}.py"
        code.write_text(code.read_text(encoding="utf-8").replace("sum()", "max()"), "utf-8")
        return self.run(*REFRESH)

    def pruned(self) -> Usage:
        """Build with only the part of the nav that a page shows."""
        config = self.root / "mkdocs.yml"
        text = config.read_text(encoding="utf-8")
        feature = "    - navigation.prune\n    - navigation.footer\n"
        config.write_text(text.replace("    - navigation.footer\n", feature), encoding="utf-8")
        try:
            return self.run(*BUILD)
        finally:
            config.write_text(text, encoding="utf-8")

    def zensical(self) -> Usage:
        """Build the English pages with Zensical, which does not run our hooks."""
        text = (self.root / "mkdocs.yml").read_text(encoding="utf-8")
        text = PLUGINS.sub("", text).replace("  custom_dir: docs/theme\n", "")
        config = text.replace("strict: true\n", "").replace("site/en", "site/zensical")
        config = config.replace("!relative $config_dir/", "").replace("!relative $config_dir", ".")
        checkout.write(self.root, {"zensical.yml": config})
        zensical = str(Path(sys.executable).with_name("zensical"))
        return self.run(zensical, "build", "-f", "zensical.yml")

    def profile(self) -> Iterator[str]:
        """Yield the profile of the English build, as lines of a table."""
        target = self.root / "build/profile"
        mkdocs = ["-m", "mkdocs", "build", "-q", "-d", "build/profiled"]
        self.run(sys.executable, "-m", "cProfile", "-o", str(target), *mkdocs)
        stats = pstats.Stats(str(target))
        rows = sorted(stats.stats.items(), key=lambda row: -row[1][2])  # type: ignore[attr-defined]
        total = sum(row[1][2] for row in rows)
        for (file, line, name), (_, calls, own, *_) in rows[:PROFILED]:
            where = WHERE.sub("", f"{file}:{line}") if line else "built in"
            yield f"| {own / total:.0%} | {calls:,} | `{name}` | {where} |"


def table(found: dict[int, dict[str, Usage]]) -> Iterator[str]:
    """Yield the lines of the table: the cost per lesson, and its ratio."""
    small, large = sorted(found)
    yield "# Scale\n"
    yield (
        f"Made by `python benchmarks/scale.py` on {clock.today()}, on {machine()}: generated "
        f"handbooks of {small:,} and {large:,} lessons in two languages. Wall time and CPU time "
        "are per lesson; memory is the peak of all processes together. Target: a ratio per lesson "
        f"of at most {MOST}.\n"
    )
    head = [f"{n:,}: wall, CPU, memory" for n in (small, large)]
    yield f"| what | {' | '.join(head)} | ratio per lesson: wall, CPU, memory |"
    yield "|---|---|---|---|"
    for what, less in found[small].items():
        more = found[large][what]
        cells = (_cell(usage, n) for usage, n in ((less, small), (more, large)))
        pairs = ((more.wall, less.wall), (more.cpu, less.cpu), (more.memory, less.memory))
        times = ", ".join(f"{b / a / (large / small):.2f}" for b, a in pairs)
        yield f"| {what} | {' | '.join(cells)} | {times} |"


def _cell(usage: Usage, n_lessons: int) -> str:
    wall, cpu = 1000 * usage.wall / n_lessons, 1000 * usage.cpu / n_lessons
    return f"{wall:.0f} ms, {cpu:.0f} ms, {usage.memory / 2**20:,.0f} MiB"


def main() -> None:
    """Measure both books, and write the table with the profile of the larger one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lessons", type=int, nargs=2, default=[100, 1000])
    args = parser.parse_args()
    found = {}
    for number in sorted(args.lessons):
        large = Book(number)
        found[number] = large.measure()
        print(number, *(f"{k}: {v}" for k, v in found[number].items()), sep="\n  ")
    lines = [*table(found), REASONS]
    lines += ["| share | calls | function | where |", "|---|---|---|---|", *large.profile()]
    print(text := "\n".join(lines) + "\n")
    if args.lessons == [100, 1000]:
        TABLE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
