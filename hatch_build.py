"""Hatch metadata hook: the description and the project URLs of the package.

The repository has no fixed address; a release build sets ``TFNOTES_REPO``. Without it the metadata
has no URLs, and relative links of the README become plain text.
"""

import os
import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

IMAGE = re.compile(r"!\[([^\]]*)\]\((?!https?:)([^)\s]+)\)\n*")
LINK = re.compile(r"(?<!!)\[([^\]]+)\]\((?!https?:|#)([^)\s]+)\)")


def description(readme: str, repo: str) -> str:
    """Return the README with absolute links; without a repository, drop links and images."""
    if not repo:
        return LINK.sub(r"\1", IMAGE.sub("", readme))
    readme = IMAGE.sub(lambda m: f"![{m[1]}]({repo}/raw/HEAD/{m[2]})\n\n", readme)
    return LINK.sub(lambda m: f"[{m[1]}]({repo}/blob/HEAD/{m[2]})", readme)


def urls(repo: str) -> dict[str, str]:
    """Return the project URLs under their well-known labels; empty without a repository."""
    if not repo:
        return {}
    changelog = f"{repo}/blob/HEAD/CHANGELOG.md"
    return {"Repository": repo, "Changelog": changelog, "Issues": f"{repo}/issues"}


class ReadmeAndUrls(MetadataHookInterface):
    """Sets the dynamic fields ``readme`` and ``urls``."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Set both fields from README.md and ``TFNOTES_REPO``."""
        repo = os.environ.get("TFNOTES_REPO", "").rstrip("/")
        readme = Path(self.root, "README.md").read_text(encoding="utf-8")
        text = description(readme, repo)
        metadata["readme"] = {"content-type": "text/markdown", "text": text}
        metadata["urls"] = urls(repo)
