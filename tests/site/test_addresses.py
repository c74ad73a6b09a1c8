"""Effects of ``repo_url``: the source for pip; on GitHub, Colab and links on every page."""

import os
import re
import shutil
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qsl, urlsplit

import nbformat
import pytest
import yaml
from playwright.sync_api import Browser, expect
from playwright.sync_api import Page as Tab

from handbook import addresses, browser
from handbook.lesson.lessons import LANGUAGES, ROOT, Lesson
from handbook.site.hooks import context
from handbook.stage import downloads
from handbook.stage.book import Book
from handbook.stage.compose import staged
from handbook.stage.row import row
from tests.conftest import UNKNOWN, SmallHandbook
from tests.site import axe

REPO = "https://github.com/owner/handbook"
COLAB = "https://colab.research.google.com/github/owner/handbook/blob/notebooks"
LESSON = Lesson(ROOT, "tensors/gradient-tape")
ELSEWHERE = "https://gitee.com/a/b"
SITE = "https://a.test/zh/"
INSTALL = """\
try:
    import {}
except ImportError:
    %pip install --quiet "{}\""""
examined = pytest.fixture(scope="module")(axe.tab)


@pytest.fixture
def book(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Book]:
    """The Chinese book for a repository."""

    def made(repo_url: str) -> Book:
        monkeypatch.setenv("TFNOTES_SITE_ZH", SITE)
        monkeypatch.setenv("TFNOTES_REPO", repo_url)
        return Book(ROOT, "zh")

    return made


def first_code(address: str, book: Book) -> str:
    found = downloads.cells(Lesson(ROOT, address), book)
    return next(text for kind, text in found if kind == "code")


@pytest.mark.parametrize("url", ["", None, ELSEWHERE, "https://github.com/a"])
def test_github_links_need_a_repository_on_github(
    book: Callable[[str], Book], url: str | None
) -> None:
    assert addresses.colab(url, "en", "a/b") == ""
    assert addresses.edit(url, "docs/en/index.md") == ""
    assert addresses.report(url, SITE, "") == ""
    assert "colab" not in row(LESSON, book(url or "")).lower()


@pytest.mark.parametrize(
    ("url", "source"),
    [
        ("", f"{SITE}downloads/{addresses.WHEEL}"),
        (REPO, f"git+{REPO}"),
        (ELSEWHERE, f"git+{ELSEWHERE}"),
    ],
)
def test_first_cell_imports_or_installs_the_package(
    book: Callable[[str], Book], url: str, source: str
) -> None:
    assert first_code(LESSON.address, book(url)) == INSTALL.format("tfnotes", f"tfnotes @ {source}")
    workers = INSTALL.format("ray, tfnotes", f"tfnotes[ray] @ {source}")
    assert first_code("labs/two-workers", book(url)) == workers


def test_install_page_names_the_requirement_for_pip(book: Callable[[str], Book]) -> None:
    built = staged("start/install", book(REPO))
    command = f'```sh\npython -m pip install "tfnotes @ git+{REPO}"\n```\n\n'
    before, after = built.split(command)
    assert [before.endswith(end) for end in ("\n\n", "\n\n\n")] == [True, False]
    assert not after.startswith("\n")


def test_no_file_installs_the_package_from_an_index() -> None:
    listed = ["git", "ls-files", "docs", "tfnotes", "handbook", "scripts", "*.md"]
    done = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True)
    kinds = (".md", ".py", ".yaml", ".yml", ".sh", ".html")
    texts = {n: (ROOT / n).read_text("utf-8") for n in done.stdout.split() if n.endswith(kinds)}
    assert len(texts) > 300
    assert [name for name, text in texts.items() if UNKNOWN.search(text)] == []


@pytest.mark.parametrize(
    "text",
    ["pip install tfnotes", "pip install 'tfnotes[ray]'", '%pip install -q --pre "tfnotes[gpu]"'],
)
def test_installation_without_an_address_is_reported(text: str) -> None:
    assert UNKNOWN.search(text)
    assert not UNKNOWN.search(re.sub(r"tfnotes(\[\w+\])?", rf"\g<0> @ git+{REPO}", text))


def test_issue_form_has_the_fields_that_the_report_fills() -> None:
    fields = dict(parse_qsl(urlsplit(addresses.report(REPO, SITE, "Keras 3")).query))
    form = ROOT / ".github/ISSUE_TEMPLATE" / fields.pop("template")
    body = yaml.safe_load(form.read_text(encoding="utf-8"))["body"]
    assert {*fields, "section"} <= {field.get("id") for field in body}


@pytest.mark.parametrize(
    ("address", "source", "versions"),
    [
        ("index", "docs/zh/index.md", r"tfnotes [\d.]+"),
        ("api/data", "docs/zh/api/data.md", r"tfnotes [\d.]+"),
        ("labs/transfer", "docs/labs/transfer.py", r"TensorFlow [\d.]+, Keras [\d.]+, tfnotes .*"),
    ],
)
def test_edit_link_leads_to_the_source_of_the_page(
    address: str, source: str, versions: str
) -> None:
    config = SimpleNamespace(repo_url=REPO, site_url=SITE, theme={"language": "zh"}, extra={})
    config.config_file_path = str(ROOT / "mkdocs.zh.yml")
    file = SimpleNamespace(src_uri=f"{address}.md")
    page = SimpleNamespace(file=file, url=f"{address}/", edit_url=None)
    page.canonical_url = f"{SITE}{address}/"
    report = context.on_page_context({"whole": ""}, page, config, None)["report"]
    assert page.edit_url == f"{REPO}/edit/main/{source}"
    assert (ROOT / source).exists()
    fields = dict(parse_qsl(urlsplit(report["address"]).query))
    assert fields["page"] == page.canonical_url
    assert re.fullmatch(versions, fields["versions"])
    assert report["words"] == "报告错误"


def built(root: Path, repo_url: str) -> Path:
    """One lesson's English site as the workflow builds it, with ``TFNOTES_REPO`` set."""
    small = SmallHandbook(root)
    pages = [f"docs/{language}/{LESSON.address}.md" for language in LANGUAGES]
    for name in (LESSON.relative(LESSON.code), *pages):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, root / name)
    shutil.copytree(LESSON.figures, Lesson(root, LESSON.address).figures)
    return small.site([f"{LESSON.address}.md"], TFNOTES_REPO=repo_url).parent


@pytest.fixture(scope="module")
def with_repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("repository"), REPO)


@pytest.fixture(scope="module")
def lesson_url(with_repository: Path) -> Iterator[str]:
    with browser.served(with_repository) as address:
        yield f"{address}/en/{LESSON.address}/"


def test_lesson_has_the_colab_button_and_sends_no_foreign_request(
    with_repository: Path, chromium: Browser
) -> None:
    with browser.served(with_repository) as address:
        page = chromium.new_page()
        foreign: list[str] = []
        page.on("request", lambda r: r.url.startswith(address) or foreign.append(r.url))
        page.goto(f"{address}/en/{LESSON.address}/", wait_until="networkidle")
        button = page.get_by_role("link", name="Open in Colab")
        assert button.get_attribute("href") == f"{COLAB}/en/{LESSON.address}.ipynb"
        assert page.locator(f".md-source[href='{REPO}']").count() > 0
        page.close()
    assert foreign == []


def test_report_link_names_the_current_section(page: Tab, lesson_url: str) -> None:
    page.route(f"{REPO}/**", lambda route: route.fulfill(body="the form"))
    page.goto(f"{lesson_url}#persistent", wait_until="networkidle")
    expect(page).to_have_url(re.compile("#persistent$"))
    page.locator(".md-sidebar--secondary").get_by_role("link", name="Report a mistake").click()
    page.wait_for_url(f"{REPO}/**")
    fields = dict(parse_qsl(urlsplit(page.url).query))
    assert re.fullmatch(r"TensorFlow [\d.]+, Keras [\d.]+, tfnotes [\d.]+", fields.pop("versions"))
    where = f"http://127.0.0.1:8000/en/{LESSON.address}/"
    assert fields == {"template": "wrong-page.yml", "page": where, "section": "#persistent"}


def test_edit_and_report_links_work_without_javascript(chromium: Browser, lesson_url: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.route(f"{REPO}/**", lambda route: route.fulfill(body="the code host"))
    for name, place in {"Edit this page": f"{REPO}/edit/main/docs/en/{LESSON.address}.md",
                        "Report a mistake": f"{REPO}/issues/new?template=wrong-page.yml&page=*",
                        }.items():  # fmt: skip
        tab.goto(lesson_url)
        tab.locator("footer").get_by_role("link", name=name).click()
        tab.wait_for_url(place)
    context.close()


def test_axe_finds_no_fault_in_the_page_links(examined: Tab, lesson_url: str) -> None:
    examined.goto(lesson_url)
    assert examined.locator(".page-links a:visible").count() == 4
    assert axe.faults(examined) == []


def test_page_links_are_missing_for_other_hosts(tmp_path: Path) -> None:
    site = built(tmp_path, ELSEWHERE)
    text = (site / f"en/{LESSON.address}/index.html").read_text(encoding="utf-8")
    assert f'href="{ELSEWHERE}"' in text
    assert "page-links" not in text
    assert "colab" not in text.lower()


def test_downloaded_notebook_begins_with_the_installation(with_repository: Path) -> None:
    path = with_repository / f"en/downloads/{LESSON.address}.ipynb"
    book = nbformat.read(path, as_version=4)
    code = next(cell.source for cell in book.cells if cell.cell_type == "code")
    requirement = f"tfnotes @ git+{REPO}"
    assert code == INSTALL.format("tfnotes", requirement)
    assert f'`pip install "{requirement}"`' in path.with_suffix(".py").read_text()


def test_workflow_publishes_notebooks_at_the_colab_address(tmp_path: Path) -> None:
    """Run the commands of the job with a fake gh and a bare repository as GitHub."""
    workflow = yaml.safe_load((ROOT / ".github/workflows/handbook.yml").read_text())
    job = workflow["jobs"]["notebooks"]
    assert job["permissions"] == {"actions": "read", "contents": "write"}
    for language in ("en", "zh"):
        folder = tmp_path / "built" / language / "downloads/tensors"
        folder.mkdir(parents=True)
        (folder / "gradient-tape.ipynb").write_text(language)
        (folder / "gradient-tape.py").touch()
    with tarfile.open(tmp_path / "published.tar", "w") as tar:
        tar.add(tmp_path / "built", ".")
    gh = tmp_path / "bin/gh"
    gh.parent.mkdir()
    gh.write_text(f"#!/bin/sh\ncp {tmp_path}/published.tar artifact.tar\n")
    gh.chmod(0o755)
    subprocess.run(["git", "init", "--quiet", "--bare", str(tmp_path / "a/b")], check=True)
    names = {
        "GITHUB_SERVER_URL": f"file://{tmp_path}", "GITHUB_REPOSITORY": "a/b",
        "GITHUB_RUN_ID": "1", "GITHUB_SHA": "f00", "GH_TOKEN": "x" * 90, "HOME": str(tmp_path),
        "PATH": f"{gh.parent}:{os.environ['PATH']}",
    }  # fmt: skip
    for again in range(2):
        (work := tmp_path / f"run-{again}").mkdir()
        script = job["steps"][0]["run"]
        subprocess.run(["bash", "-e", "-c", script], cwd=work, env=names, check=True)
    listed = ["git", "-C", str(tmp_path / "a/b"), "ls-tree", "-r", "--name-only", "notebooks"]
    kept = subprocess.run(listed, capture_output=True, text=True, check=True).stdout.split()
    assert kept == [f"{language}/tensors/gradient-tape.ipynb" for language in ("en", "zh")]
    assert addresses.colab(REPO, "en", LESSON.address) == f"{COLAB}/{kept[0]}"
