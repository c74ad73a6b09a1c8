"""Give each language's site the files that both share: figures, downloads, labs; link them."""

import re
from pathlib import Path
from typing import Any

from mkdocs.plugins import event_priority
from mkdocs.structure.files import File

from handbook import addresses, downloads, drawings
from handbook.lessons import all_lessons
from handbook.paper.words import NAME

BOOKS = "<!-- books -->"
INSTALL = re.compile(r" ?<!-- install --> ?")
COMMAND = '\n\n```sh\npython -m pip install "{}"\n```\n\n'
READY = {"en": " Ready made: {}.", "zh": "现成的：{}。"}


def on_page_markdown(markdown: str, page: Any, config: Any, files: Any) -> str:  # noqa: ARG001
    """Link the books where they are published; say what installs the package."""
    requirement = addresses.requirement(config.repo_url, config.site_url)
    markdown = INSTALL.sub(lambda _: COMMAND.format(requirement), markdown)
    return markdown.replace(BOOKS, _books(config)) if BOOKS in markdown else markdown


def _books(config: Any) -> str:
    folder, language = config.extra["books"], config.theme["language"]
    names = {"zip": "offline.zip", "PDF": f"{language}.pdf", "EPUB": f"{language}.epub"}
    comma = "、" if language == "zh" else ", "
    links = comma.join(f"[{k}]({folder}/{NAME}-{name})" for k, name in names.items())
    return READY[language].format(links) if folder else ""


@event_priority(100)  # type: ignore[untyped-decorator] # before mkdocs-jupyter looks for notebooks
def on_files(files: Any, config: Any) -> Any:
    """Add ``docs/figures`` and what ``downloads`` stages for this language."""
    root, language = Path(config.config_file_path).parent, config.theme["language"]
    staged = root / "build" / language
    made = downloads.stage(root, language, config.site_url, staged, config.repo_url)
    for path in (picture for lesson in all_lessons(root) for picture in lesson.pictures):
        _add(files, config, path, root / "docs")
        if path.suffix == ".svg":
            uri = path.with_suffix(".dark.svg").relative_to(root / "docs").as_posix()
            svg = drawings.dark(path.read_text(encoding="utf-8"))
            files.append(File.generated(config, uri, content=svg))
    for path in made:
        _add(files, config, path, staged)
    return files


def _add(files: Any, config: Any, path: Path, folder: Path) -> None:
    uri = path.relative_to(folder).as_posix()
    files.append(File(uri, str(folder), config.site_dir, config.use_directory_urls))
