"""Parity of both languages: the same elements in the same order."""

import dataclasses
import difflib
from collections.abc import Iterator
from pathlib import Path

from handbook.lesson.lessons import LANGUAGES, Lesson, Settings, all_lessons
from handbook.lesson.pages import Page

SHARED_SETTINGS = [field.name for field in dataclasses.fields(Settings)]


def skeleton(page: Page) -> dict[str, list[str]]:
    """Return the elements that must be equal in both languages, by kind."""
    front = page.front_matter
    return {
        "setting": [f"{name}: {front[name]}" for name in SHARED_SETTINGS if name in front],
        "heading": [f"{'#' * level} {{#{anchor}}}" for level, _, anchor in page.headings],
        "fence": [f"```{fence.info} {fence.body.strip()}" for fence in page.fences],
        "figure": [path for path, _ in page.figures],
        "box": [kind for kind, _ in page.boxes],
        "link": sorted(to for to in page.links if "://" not in to),
    }


def differences(zh: Page, en: Page) -> Iterator[str]:
    """Yield a message for each element that only one of two pages has."""
    ours, theirs = skeleton(zh), skeleton(en)
    for kind in ours:
        matcher = difflib.SequenceMatcher(None, ours[kind], theirs[kind], autojunk=False)
        for tag, i1, i2, j1, j2 in matcher.get_opcodes():
            if tag != "equal":
                yield from (_lack(en, zh, kind, what) for what in ours[kind][i1:i2])
                yield from (_lack(zh, en, kind, what) for what in theirs[kind][j1:j2])


def _lack(poor: Page, rich: Page, kind: str, what: str) -> str:
    return f"{_short(poor.path)} lacks the {kind} `{what}` of {_short(rich.path)} at this position"


def _short(path: Path) -> str:
    return "/".join(path.parts[-4:]) if "docs" in path.parts[-4:] else str(path)


def missing_pages(root: Path) -> Iterator[str]:
    """Yield a message for each page that lacks its other language, and code without a page."""
    docs = root / "docs"
    pages = {
        language: {p.relative_to(docs / language) for p in (docs / language).rglob("*.md")}
        for language in LANGUAGES
    }
    for here, there in (LANGUAGES, LANGUAGES[::-1]):
        for path in sorted(pages[here] - pages[there]):
            yield f"docs/{there}/{path.as_posix()} is missing: docs/{here} has it"
    for lesson in all_lessons(root):
        if not lesson.is_lab and not lesson.page("en").exists():
            yield f"{lesson.relative(lesson.code)} has no page docs/en/{lesson.address}.md"


def lesson_differences(lesson: Lesson) -> list[str]:
    """Return the differences between the languages of a lesson or lab."""
    return list(differences(Page.of(lesson, "zh"), Page.of(lesson, "en")))
