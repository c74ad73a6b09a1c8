"""The site: its strict build, and its pages in a real browser."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from playwright.sync_api import Browser, Page, expect

from handbook import site
from handbook.lesson import results, translation
from handbook.lesson.lessons import LANGUAGES, ROOT, Lesson
from handbook.lesson.sections import sections
from handbook.site.hooks import theme
from tests.site.conftest import PAGES

LESSON = "tensors/gradient-tape/"


@pytest.mark.parametrize(("body", "loads"), [("", False), ('<div class="doc doc-object">', True)])
def test_only_api_pages_load_the_api_style(body: str, loads: bool) -> None:
    page = f'  <link rel="stylesheet" href="../assets/_mkdocstrings.css">\n \n{body}'
    config = SimpleNamespace(theme={"language": "en"})
    assert ("stylesheet" in theme.fixed(page, config)) == loads


Fault = tuple[str, str, str, str]  # file, old text, new text, message of the build
LINKS: list[Fault] = [  # found in one build of MkDocs
    ("docs/en/tensors/gradient-tape.md", "first-model.md", "no-model.md",
     "'tensors/gradient-tape.md' contains a link '../start/no-model.md'"),
    ("docs/zh/keras/training-with-fit.md", "first-model.md", "first-model.md#no",
     "'keras/training-with-fit.md' contains a link '../start/first-model.md#no'"),
]  # fmt: skip
FIGURE = ("docs/en/tensors/tensors.md", ".svg)", ".no.svg)",
          "expected a figure at ")  # fmt: skip
SECTION = ("docs/zh/start/first-model.md", ":load", ":unload",
           "expected a section 'unload' in start/first-model.py, found none")  # fmt: skip
FORMULA = ("docs/en/tensors/gradient-tape.md", "\\frac{\\partial y}", "\\frac{\\partial",
           "tensors/gradient-tape.md: formula")  # fmt: skip
LAB = ("docs/labs/image-classifier.py", "first-model.md) and", "no-model.md) and",
       "'labs/image-classifier.md' contains a link '../start/no-model.md'")  # fmt: skip


@pytest.mark.parametrize("faults", [[*LINKS, FORMULA, LAB], [FIGURE, SECTION]])
def test_build_fails_and_names_every_broken_link_figure_and_section(
    copy_of_checkout: Callable[[str], Path], faults: list[Fault]
) -> None:
    root = copy_of_checkout("broken")
    for file, old, new, _ in faults:
        text = (root / file).read_text(encoding="utf-8")
        assert old in text
        (root / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    (root / "site").mkdir()
    (root / "site/old.html").touch()
    with pytest.raises(site.SiteError) as caught:
        site.build(root / "site", root)
    assert [message for *_, message in faults if message not in str(caught.value)] == []
    assert [p.name for p in (root / "site").iterdir()] == ["old.html"]
    assert not (root / "site.new").exists()


@pytest.mark.parametrize("config", ["mkdocs.yml", "mkdocs.zh.yml"])
def test_plain_mkdocs_builds_each_staged_language(
    site_folder: Path, config: str, tmp_path: Path
) -> None:
    assert site_folder.exists()  # hence the pages are staged
    command = [sys.executable, "-m", "mkdocs", "build", "-f", config, "-d", str(tmp_path / "out")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "out" / LESSON / "index.html").read_text(encoding="utf-8")
    assert "parallel-button" not in text  # it needs both languages


def test_site_has_the_listed_pages_and_no_others(site_folder: Path) -> None:
    built = {path.relative_to(site_folder).as_posix() for path in site_folder.rglob("*.html")}
    listed = {f"{page}index.html" for page in PAGES}
    assert built == {"index.html", *(f"{language}/404.html" for language in LANGUAGES), *listed}


@pytest.mark.parametrize(("locale", "wanted"), [("zh-CN", "zh"), ("en-GB", "en"), ("fr-FR", "en")])
def test_chooser_follows_the_language_of_the_browser(
    chromium: Browser, address: str, locale: str, wanted: str
) -> None:
    context = chromium.new_context(locale=locale)
    page = context.new_page()
    page.goto(f"{address}/")
    expect(page).to_have_url(f"{address}/{wanted}/")
    context.close()


def test_chooser_waits_with_the_choose_parameter(page: Page, address: str) -> None:
    page.goto(f"{address}/?choose", wait_until="networkidle")
    assert page.locator("a[hreflang]").count() == 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_copied_code_runs_unchanged_and_prints_the_results(
    page: Page, address: str, language: str, tmp_path: Path
) -> None:
    page.goto(f"{address}/{language}/{LESSON}", wait_until="networkidle")
    for answer in page.locator("details").all():
        answer.locator("summary").click()
    copied = []
    for button in page.locator("button.md-code__button[data-md-type=copy]").all():
        button.click()
        copied.append(page.evaluate("navigator.clipboard.readText()"))
    lesson = Lesson(ROOT, LESSON.rstrip("/"))
    assert len(copied) == len(sections(lesson))
    file = tmp_path / "copied.py"
    file.write_text("\n".join(copied), encoding="utf-8")
    environment = {"MPLBACKEND": "svg", "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    command = [sys.executable, str(file)]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    found = translation.sections(lesson, language)
    expected = [line for s in found for lines in results.shown(s.text).values() for line in lines]
    assert results.same("\n".join(expected), done.stdout, lesson.settings.tolerance)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_figures_match_the_color_scheme_of_the_page(
    chromium: Browser, address: str, scheme: str
) -> None:
    context = chromium.new_context(color_scheme=scheme)
    page = context.new_page()
    page.goto(f"{address}/en/{LESSON}")
    shown = page.locator(f"img.figure[src*='#only-{scheme}']")
    hidden = page.locator(f"img.figure:not([src*='#only-{scheme}'])")
    shown.scroll_into_view_if_needed()
    expect(shown).to_be_visible()
    expect(hidden).to_be_hidden()
    assert page.evaluate("document.querySelector('img.figure').getAttribute('alt').length > 40")
    context.close()


def luminance(color: str) -> float:
    """Relative luminance of ``rgb(r, g, b)`` (WCAG 2.2)."""
    parts = [int(n) / 255 for n in re.findall(r"\d+", color)[:3]]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_button_text_contrasts_with_its_background(
    chromium: Browser, address: str, scheme: str
) -> None:
    context = chromium.new_context(color_scheme=scheme, reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{address}/en/{LESSON}")
    style = "getComputedStyle(document.querySelector('{}')).{}"
    text = luminance(page.evaluate(style.format(".lesson-row .md-button", "color")))
    paper = luminance(page.evaluate(style.format("body", "backgroundColor")))
    assert (max(text, paper) + 0.05) / (min(text, paper) + 0.05) >= 4.5
    context.close()


def test_downloads_of_a_page_exist(page: Page, address: str) -> None:
    page.goto(f"{address}/zh/{LESSON}")
    for link in page.locator(".lesson-row a").all():
        with page.expect_download() as started:
            link.click()
        assert started.value.path().stat().st_size > 1000
        assert started.value.suggested_filename.startswith("tensors-gradient-tape.")


def test_formulas_are_mathml_in_the_math_font(page: Page, address: str) -> None:
    page.goto(f"{address}/en/{LESSON}", wait_until="networkidle")
    assert page.locator("math").count() > 10
    assert page.evaluate("document.fonts.check('16px \"Handbook Math\"')")
    assert page.locator(".arithmatex").count() == 0
