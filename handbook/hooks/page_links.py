"""Link every page to its source and to a form for mistakes, where the repository is on GitHub."""

from typing import Any

from handbook import addresses, status
from handbook.hooks import lesson_of
from handbook.lessons import Lesson
from tfnotes import __version__

REPORT = {"en": "Report a mistake", "zh": "报告错误"}
NAMES = {"tensorflow": "TensorFlow", "keras": "Keras"}


def on_page_context(context: Any, page: Any, config: Any, nav: Any) -> Any:  # noqa: ARG001
    """Give the templates ``page.edit_url``, and ``report`` with its address and words."""
    lesson, language = lesson_of(page, config), config.theme["language"]
    source = lesson.code if lesson.is_lab else lesson.page(language)
    page.edit_url = addresses.edit(config.repo_url, lesson.relative(source))
    address = addresses.report(config.repo_url, page.canonical_url, _versions(lesson))
    context["report"] = {"address": address, "words": REPORT[language]}
    return context


def _versions(lesson: Lesson) -> str:
    """What the lesson ran with; for a page without code, the version of the package."""
    claim = status.claim(lesson) if lesson.code.exists() else {}
    libraries = [f"{name} {claim[key]}" for key, name in NAMES.items() if key in claim]
    return ", ".join([*libraries, f"tfnotes {__version__}"])
