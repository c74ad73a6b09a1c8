"""The code that draws, collected at the end of a page of the book."""

from typing import Any

from bs4 import Tag

FOLD = "details.drawing"


def move(article: Tag, words: dict[str, Any]) -> None:
    """Move the code of the figures to the end, and number the figures.

    Args:
        article: a page; each of its figures is there once.
        words: of the book, in its language.
    """
    if not article.select_one(FOLD):
        return
    end = Tag(name="div", attrs={"class": "drawings"})
    heading = Tag(name="h2", attrs={"id": "drawings"})
    heading.string = words["drawings"]
    end.append(heading)
    number = 0
    for part in article.select(f"img.figure, {FOLD}"):
        if part.name == "img":
            number += 1
            part["id"] = f"figure-{number}"
            part.insert_after(_link(f"drawing-{number}", words["figure"].format(number), "span"))
            continue
        label = _link(f"figure-{number}", words["figure"].format(number), "p")
        label["id"] = f"drawing-{number}"
        end.extend([label, *part.select(".highlight")])
        part.decompose()
    article.append(end)
    _unlink(article)


def _link(target: str, text: str, around: str) -> Tag:
    link = Tag(name="a", attrs={"href": f"#{target}"})
    link.string = text
    label = Tag(name=around, attrs={"class": "figure-number"})
    label.append(link)
    return label


def _unlink(article: Tag) -> None:
    """Keep only the numbers of figures whose code is not at the end."""
    for link in article.select("span.figure-number > a"):
        if not article.find(id=str(link["href"])[1:]):
            link.unwrap()
