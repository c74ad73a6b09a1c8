"""Shared by the tests of the site: the built site, its pages, a browser."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from playwright.sync_api import Browser, BrowserContext, Page

from handbook import browser, site
from handbook.lesson.lessons import LANGUAGES, ROOT, all_lessons
from handbook.stage.book import url
from tests.conftest import HOST

CLIPBOARD = ["clipboard-read", "clipboard-write"]
_written = [p.relative_to(ROOT / "docs/en") for p in (ROOT / "docs/en").rglob("*.md")]
_addresses = {p.with_suffix("").as_posix() for p in _written} | {x.address for x in all_lessons()}
PATHS = [url(address) for address in sorted(_addresses)]
PAGES = [f"{language}/{path}" for language in LANGUAGES for path in PATHS]
EVERY = ["?choose", *(f"{language}/404.html" for language in LANGUAGES), *PAGES]


@pytest.fixture(scope="session")
def site_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of this checkout, built once per test run with absolute addresses of a host."""
    base = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        base = base.parent  # shared by all processes of this run
    folder = base / "built/site"
    with FileLock(base / "built.lock"):
        if not folder.exists():
            folder.parent.mkdir(exist_ok=True)
            with pytest.MonkeyPatch.context() as patch:
                for language in LANGUAGES:
                    patch.setenv(f"TFNOTES_SITE_{language.upper()}", f"{HOST}/{language}/")
                patch.setenv("TFNOTES_BOOKS", f"{HOST}/downloads")
                site.build(folder)
    return folder


@pytest.fixture(scope="session")
def address(site_folder: Path) -> Iterator[str]:
    """The URL at which the built site is served."""
    with browser.served(site_folder) as url:
        yield url


@pytest.fixture
def reader() -> dict[str, Any]:
    """The context options of ``page``; a test module may override them."""
    return {"permissions": CLIPBOARD}


@pytest.fixture
def context(chromium: Browser, reader: dict[str, Any]) -> Iterator[BrowserContext]:
    context = chromium.new_context(**reader)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()
