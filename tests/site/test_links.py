"""Links of a built site: a broken link is reported with its page."""

from pathlib import Path

import pytest

from handbook.site import links


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/index.html").write_text('<h1 id="top">A</h1><img src="x.svg#only-dark">')
    (tmp_path / "a/x.svg").write_text("<svg/>")
    return tmp_path


@pytest.mark.parametrize(
    "link",
    ["a/", "a/index.html", "a/#top", "#here", "https://b.test/", "a/x.svg", "", "mailto:a@b"],
)
def test_valid_link_is_not_reported(site: Path, link: str) -> None:
    (site / "index.html").write_text(f'<p id="here"><a href="{link}">to</a></p>')
    assert list(links.broken(site)) == []


@pytest.mark.parametrize(
    ("link", "message"),
    [
        ("b/", "index.html: b/ is broken: no such page or file"),
        ("a/y.svg", "index.html: a/y.svg is broken: no such page or file"),
        ("a/#down", "index.html: a/#down names the anchor #down"),
        ("#gone", "index.html: #gone names the anchor #gone"),
    ],
)
def test_broken_link_is_reported(site: Path, link: str, message: str) -> None:
    (site / "index.html").write_text(f'<p id="here"><a class="x" href="{link}">to</a></p>')
    (problem,) = links.broken(site)
    assert problem.startswith(message)


def test_missing_image_and_script_are_reported(site: Path) -> None:
    (site / "index.html").write_text('<img alt="a" src="b.png"><script src="c.js"></script>')
    assert len(list(links.broken(site))) == 2
