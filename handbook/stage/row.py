"""The row under the first paragraph of a lesson: downloads, versions, time, hardware."""

from handbook import addresses
from handbook.lesson.lessons import Lesson
from handbook.matrix import status
from handbook.stage.book import Book, up
from handbook.stage.html import render


def row(lesson: Lesson, book: Book) -> str:
    """Return the row of a lesson."""
    words, file = book.words["row"], f"{up(lesson.address)}downloads/{lesson.address}"
    links = [
        {"name": words[name], "href": f"{file}{suffix}", "suffix": suffix}
        for name, suffix in (("notebook", ".ipynb"), ("script", ".py"))
    ]
    if opened := addresses.colab(book.repo_url, book.language, lesson.address):
        links.append({"name": words["colab"], "href": opened, "suffix": ""})
    saved = lesson.address.replace("/", "-")  # tensorboard.py would shadow the package
    return render("row", links=links, saved=saved, facts=list(_facts(lesson, words)))


def _facts(lesson: Lesson, words: dict[str, str]) -> list[str]:
    settings, claim = lesson.settings, status.claim(lesson)
    facts = [words["minutes"].format(settings.minutes), settings.hardware]
    if claim:
        python = words["python"].format(claim["python"]) if "python" in claim else ""
        facts.append(words["verified"].format(**claim | {"python": python}))
    if settings.tolerance:
        facts.append(words["tolerance"].format(100 * settings.tolerance))
    return facts
