"""The files and settings of a lesson, by its address ``chapter/lesson``."""

import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

SafeLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C version is faster
LANGUAGES = ("zh", "en")
ROOT = Path(__file__).resolve().parents[2]
LABS = "labs"
NUMBERS = ("tolerance", "time_limit")
DRAWING = ("folded", "open")


class LessonError(ValueError):
    """A lesson cannot be read or run to its end; the message says why."""


@dataclass(frozen=True)
class Settings:
    """The settings of a lesson's front matter, with their defaults.

    Attributes:
        tolerance: relative tolerance of the numbers a lesson prints or draws;
            0 means that every printed digit must agree.
        time_limit: seconds that the lesson may run.
        minutes: reading time.
        hardware: what the lesson needs.
        varies: sections whose figures depend on the machine, such as measured times or
            features of one trained network; they are redrawn only when the lesson changes,
            and their data are not compared.
        screenshots: tabs of TensorBoard to capture; the lesson logs to ``logs``.
        drawing: whether the code of the figures is ``folded`` or ``open``.
    """

    tolerance: float = 0.0
    time_limit: float = 120.0
    minutes: int = 10
    hardware: str = "CPU"
    varies: Sequence[str] = ()
    screenshots: Sequence[str] = ()
    drawing: str = "folded"

    def __post_init__(self) -> None:
        for name in NUMBERS:
            if not isinstance(value := getattr(self, name), int | float):
                raise LessonError(f"front matter: expected a number as {name}, found {value!r}")
        if self.drawing not in DRAWING:
            wanted, found = " or ".join(DRAWING), self.drawing
            raise LessonError(f"front matter: expected {wanted} as drawing, found {found!r}")


@dataclass(frozen=True)
class Lesson:
    """A lesson (or a lab, whose address begins with ``labs/``) in a checkout."""

    root: Path
    address: str

    @property
    def is_lab(self) -> bool:
        """Whether this is a lab; labs keep their prose in the code file and have no pages."""
        return self.address.startswith(f"{LABS}/")

    @property
    def code(self) -> Path:
        """The code of the lesson."""
        docs = self.root / "docs"
        return (docs if self.is_lab else docs / "code") / f"{self.address}.py"

    @property
    def words(self) -> Path:
        """The Chinese words of its code and figures; see ``translation``."""
        return self.code.with_suffix(".zh.yml")

    @property
    def figures(self) -> Path:
        """The folder of the lesson's figures and of its record."""
        return self.root / "docs/figures" / self.address

    @property
    def figure_files(self) -> list[Path]:
        """The existing figures and screenshots."""
        return sorted(p for p in self.figures.glob("*.*") if p.suffix in {".svg", ".png"})

    @property
    def record(self) -> Path:
        """The record of the inputs of the results; see ``records``."""
        return self.figures / "record.json"

    def page(self, language: str) -> Path:
        """Return the page of the lesson in one language."""
        return self.root / "docs" / language / f"{self.address}.md"

    @functools.cached_property
    def front_matter(self) -> Mapping[str, Any]:
        """The front matter of the English page, or of the lab."""
        if self.is_lab:
            lines = text_of(self.code).splitlines()
            return front_matter("\n".join(line.removeprefix("# ") for line in lines))[0]
        return front_matter(text_of(self.page("en")))[0]

    @functools.cached_property
    def settings(self) -> Settings:
        """The settings: the front matter, and defaults for what it does not set."""
        names = Settings.__dataclass_fields__
        return Settings(**{k: v for k, v in self.front_matter.items() if k in names})

    def relative(self, path: Path) -> str:
        """Return the path relative to the checkout, with slashes."""
        return path.relative_to(self.root).as_posix()


def all_lessons(root: Path = ROOT) -> list[Lesson]:
    """Return every lesson and lab that has code, sorted by address."""
    docs = root / "docs"
    code, labs = docs / "code", docs / LABS
    lessons = [p.relative_to(code) for p in code.glob("*/*.py")]
    found = lessons + [p.relative_to(docs) for p in labs.glob("*.py")]
    return [Lesson(root, p.with_suffix("").as_posix()) for p in sorted(found)]


def text_of(path: Path) -> str:
    """Return the text of a file.

    Raises:
        LessonError: it is not UTF-8, has a byte order mark, or has Windows line ends.
    """
    data = path.read_bytes()
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        found, line = f"the byte 0x{data[error.start]:02x}", data.count(b"\n", 0, error.start) + 1
    else:
        if not (mark := re.search("^\ufeff|\r", text)):
            return text
        found = "a carriage return" if mark[0] == "\r" else "a byte order mark"
        line = text.count("\n", 0, mark.start()) + 1
    raise LessonError(
        f"{path}:{line}: expected UTF-8 with \\n line ends, found {found}; save it that way"
    )


def front_matter(text: str) -> tuple[dict[str, Any], str]:
    r"""Split a text into its YAML front matter and the rest.

    Raises:
        LessonError: the front matter is not a YAML mapping.

    Examples:
        >>> front_matter("---\ntitle: Tape\n---\n# Tape")
        ({'title': 'Tape'}, '# Tape')
    """
    if not text.startswith("---\n"):
        return {}, text
    head, _, body = text[4:].partition("\n---\n")
    return dict(_settings(head)), body


@functools.lru_cache(maxsize=512)  # called many times per page
def _settings(head: str) -> dict[str, Any]:
    try:
        settings = SafeLoader(head).get_single_data() or {}
    except yaml.YAMLError as error:
        settings = " ".join(str(error).split())
    if not isinstance(settings, dict):
        raise LessonError(f"front matter: expected lines `name: value`, found {settings!r}")
    return settings
