"""Compare with other builders: the same lessons, built by four tools, in one run.

Every tool builds both languages with its best settings, its cache enabled, and two processes if
it supports them; uv creates an environment for each of the others in build/bench. The times are
those that an author waits for. Run it on an idle machine: ``make bench``, or
``python benchmarks/builders.py --lessons 2 --runs 1`` to try it.
"""

import argparse
import itertools
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import checkout
import rivals
from usage import CommandError, Usage, measured, median

from handbook import clock
from handbook.lesson import results
from handbook.lesson.lessons import LANGUAGES, ROOT, Lesson
from tfnotes.devices import machine

PLACE = ROOT / "build/bench"
TABLE = Path(__file__).with_name("README.md")
BEGIN, END = "<!-- builders -->", "<!-- /builders -->"
LESSONS = (
    *("tensors/tensors", "tensors/operations", "tensors/indexing-and-memory"),
    *("tensors/gradient-tape", "tensors/steering-gradients", "tensors/control-flow-gradients"),
    *("tensors/eager-and-graph", "tensors/tf-function", "foundations/losses"),
    *("foundations/backpropagation", "foundations/numerical-stability"),
    "foundations/feature-scaling",
)
AIMS = {"cold": 1.0, "nothing changed": 0.15, "code edited": 0.25, "prose edited": 0.3}
OURS = "this handbook"
REASONS = """
The targets are fractions of the wall time of the best other tool. *markdown-exec* runs all lessons
of a language in one process and imports TensorFlow once. That is cheap, but the lessons are not
isolated: a seed, a policy or a device that one sets affects the next; a lesson that hangs or kills
its process ends the build; without a cache, every build runs everything.

Missed targets: two Python processes start in 0.5 s, most of a build without changes and a third of
one after a prose edit; after a code edit every tool imports TensorFlow once. The sections of these
lessons alone run for 51 s (`pytest docs --durations=0`): a cold build takes 1.36 times their share
of a core.
"""


class Ours:
    """This handbook with only the chosen lessons: refresh stale lessons, build."""

    name = OURS
    kept = ("build", "site", "docs/figures")

    def prepare(self, folder: Path, lessons: list[Lesson]) -> None:
        """Create the checkout."""
        checkout.create(folder, [lesson.address for lesson in lessons])

    def sources(self, lessons: list[Lesson], code: str, prose: str) -> dict[str, str]:
        """Return the pages and the code of all lessons, with the first lesson edited."""
        addresses = [lesson.address for lesson in lessons]
        files = {}
        for lesson in lessons:
            first = lesson is lessons[0]
            for language in LANGUAGES:
                page = checkout.without_foreign_links(
                    lesson.page(language).read_text(encoding="utf-8"), addresses
                )
                more = f"\n{prose}\n" * (first and language == "en")
                files[f"docs/{language}/{lesson.address}.md"] = page + more
            text = results.without_results(lesson.code.read_text(encoding="utf-8"))
            edited = text.replace("]\n", f"]\n{code}\n", 1) if first and code else text
            files[f"docs/code/{lesson.address}.py"] = edited
        return files

    def command(self, folder: Path) -> list[str]:  # noqa: ARG002
        """Return the command of an author."""
        python = sys.executable
        return ["sh", "-c", f"{python} -m handbook refresh -j 2 && {python} -m handbook build"]


class Case:
    """One tool with the lessons, in its own folder.

    Args:
        tool: ours, or one of ``rivals``.
        lessons: of this checkout.
    """

    def __init__(self, tool: rivals.Tool | Ours, lessons: list[Lesson]) -> None:
        self.tool, self.lessons = tool, lessons
        self.folder = PLACE / "work" / tool.name.replace(" ", "-")
        self.edits = itertools.count(1)
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        tool.prepare(self.folder, lessons)

    def run(self) -> Usage:
        """Build and measure."""
        environment = {"PYTHONPATH": str(self.folder)} if isinstance(self.tool, Ours) else {}
        environment |= {"TF_CPP_MIN_LOG_LEVEL": "3", "MPLBACKEND": "agg"}
        return measured(self.tool.command(self.folder), self.folder, environment)

    def write_sources(self, code: str = "", prose: str = "") -> None:
        """Write the sources with the first lesson edited; keep files with unchanged code."""
        files = self.tool.sources(self.lessons, code, prose)
        changed = {n: t for n, t in files.items() if not self._has_results_of(n, t)}
        checkout.write(self.folder, changed)

    def _has_results_of(self, name: str, text: str) -> bool:
        path = self.folder / name
        return path.exists() and results.without_results(path.read_text(encoding="utf-8")) == text

    def cold(self) -> Usage:
        """Build without a cache and without results."""
        for name in self.tool.kept:
            shutil.rmtree(self.folder / name, ignore_errors=True)
        checkout.write(self.folder, self.tool.sources(self.lessons, "", ""))
        return self.run()

    def code_edited(self) -> Usage:
        """Build with one additional line of code in the first lesson."""
        self.write_sources(code=f"edited = {next(self.edits)}")
        return self.run()

    def prose_edited(self) -> Usage:
        """Build with one additional sentence on the English page of the first lesson."""
        self.write_sources(prose=f"This sentence is number {next(self.edits)}.")
        return self.run()

    def measure(self, runs: int) -> dict[str, Usage]:
        """Measure every situation; each edit replaces the previous one."""
        found = {
            "cold": median(self.cold, runs),
            "nothing changed": median(self.run, runs),
            "code edited": median(self.code_edited, runs),
        }
        self.write_sources()  # undo the edit; this build is not measured
        self.run()
        return found | {"prose edited": median(self.prose_edited, runs)}


def table(found: Mapping[str, Mapping[str, Usage]], runs: int) -> Iterator[str]:
    """Yield the lines of the table and its explanation."""
    n_lessons = len(LESSONS)
    yield "## Comparison with other builders\n"
    yield (
        f"Made by `make bench` on {clock.today()}, on {machine()}: the same {n_lessons} lessons in "
        "both languages, built by each tool with its cache enabled and two processes (MyST-NB with "
        "one: its cache fails if two processes run the same code). Each cell holds wall time, CPU "
        f"time and peak memory of all processes together, medians of {runs} runs.\n"
    )
    names = list(found)
    yield f"| situation | {' | '.join(names)} | ours / best other | target |"
    yield "|---" * (len(names) + 3) + "|"
    for situation, aim in AIMS.items():
        best = min(found[name][situation].wall for name in names if name != OURS)
        share = found[OURS][situation].wall / best
        cells = " | ".join(str(found[name][situation]) for name in names)
        yield f"| {situation} | {cells} | {share:.2f} | ≤ {aim} |"
    yield REASONS


def write(lines: Iterator[str]) -> None:
    """Replace the table in benchmarks/README.md."""
    text = TABLE.read_text(encoding="utf-8").partition(BEGIN)[0].rstrip()
    TABLE.write_text(f"{text}\n\n{BEGIN}\n" + "\n".join(lines) + f"{END}\n", encoding="utf-8")


def main() -> None:
    """Measure every tool and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lessons", type=int, default=len(LESSONS), help="the number of lessons")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", help="one tool, by name; print only")
    args = parser.parse_args()
    lessons = [Lesson(ROOT, address) for address in LESSONS[: args.lessons]]
    found = {}
    for tool in (Ours(), *rivals.TOOLS):
        if args.only in (None, tool.name):
            found[tool.name] = Case(tool, lessons).measure(args.runs)
            print(tool.name, *(f"{k}: {v}" for k, v in found[tool.name].items()), sep="\n  ")
    if not args.only and args.lessons == len(LESSONS):
        write(table(found, args.runs))


if __name__ == "__main__":
    try:
        main()
    except CommandError as error:
        sys.exit(str(error))
    except subprocess.CalledProcessError as error:
        sys.exit(f"{' '.join(map(str, error.cmd))} failed: {error.stderr}")
