"""Give each language's site the files that both share: figures, downloads, labs."""

from pathlib import Path
from typing import Any

from mkdocs.plugins import event_priority
from mkdocs.structure.files import File

from handbook import downloads
from handbook.lessons import all_lessons


@event_priority(100)  # type: ignore[untyped-decorator] # before mkdocs-jupyter looks for notebooks
def on_files(files: Any, config: Any) -> Any:
    """Add ``docs/figures`` and what ``downloads`` stages for this language."""
    root, language = Path(config.config_file_path).parent, config.theme["language"]
    staged = root / "build" / language
    downloads.stage(root, language, config.site_url, staged)
    for path in (picture for lesson in all_lessons(root) for picture in lesson.pictures):
        _add(files, config, path, root / "docs")
    for path in staged.rglob("*.*"):
        _add(files, config, path, staged)
    return files


def _add(files: Any, config: Any, path: Path, folder: Path) -> None:
    uri = path.relative_to(folder).as_posix()
    files.append(File(uri, str(folder), config.site_dir, config.use_directory_urls))
