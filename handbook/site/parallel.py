"""Data of the side-by-side view: for each lesson's page the article in the other language.

The data are a script, since a page opened from a disk may load scripts but cannot fetch pages.
"""

import json
import re
from collections.abc import Collection
from pathlib import Path

from handbook.files import link_or_copy, replace
from handbook.lesson.lessons import LANGUAGES, Lesson, all_lessons

SCRIPT = "parallel.js"
ARTICLE = re.compile(r'<article class="md-content__inner md-typeset">(.*?)</article>', re.DOTALL)
FENCE = re.compile(r'(<div class="[^"]*\bhighlight">).*?</div>', re.DOTALL)
CURVES = re.compile(r'(<details class="curves"[^>]*>).*?</details>', re.DOTALL)
FIGURE = re.compile(r'<img class="figure"[^>]*>')


def has_view(lesson: Lesson) -> bool:
    """Return whether a page has the view: it is a lesson with a page in each language."""
    return lesson.code.exists() and not lesson.is_lab


def write(site: Path, root: Path, old: Path, unchanged: Collection[str] = ()) -> None:
    """Write the script of every lesson's page into a site of both languages.

    Args:
        site: the folder of the site.
        root: the checkout.
        old: the previous site.
        unchanged: the addresses of pages that are unchanged in both languages.
    """
    for lesson in filter(has_view, all_lessons(root)):
        if lesson.address in unchanged:
            for language in LANGUAGES:
                script = f"{language}/{lesson.address}/{SCRIPT}"
                if not (site / script).exists():
                    link_or_copy(old / script, site / script)
            continue
        for here, there in (LANGUAGES, LANGUAGES[::-1]):
            page = site / there / lesson.address / "index.html"
            data = {"language": there, "article": article(page.read_text(encoding="utf-8"))}
            script = f"parallel({json.dumps(data, ensure_ascii=False)});\n"
            replace(site / here / lesson.address / SCRIPT, script)


def article(page: str) -> str:
    """Return a page's article with empty fences and figures, since the view shows them once.

    Raises:
        ValueError: the page has no article.

    Examples:
        >>> article('<article class="md-content__inner md-typeset"><h1>Tape</h1></article>')
        '<h1>Tape</h1>'
    """
    if not (found := ARTICLE.search(page)):
        raise ValueError("expected a page with an article; the theme's templates changed")
    shown_once = CURVES.sub(r"\1</details>", FENCE.sub(r"\1</div>", found[1]))
    return FIGURE.sub('<img class="figure">', shown_once).strip()
