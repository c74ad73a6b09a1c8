"""Google Colab opens a notebook from a branch of a GitHub repository: its address there.

The branch is ``notebooks``; the workflow writes it from the site that it has published.
"""

from urllib.parse import urlsplit

NOTEBOOK = "https://colab.research.google.com/github/{}/blob/notebooks/{}/{}.ipynb"


def repository(repo_url: str | None) -> str:
    """Owner and name of a repository on GitHub; empty for any other address.

    Examples:
        >>> repository("https://github.com/someone/handbook.git")
        'someone/handbook'
        >>> repository("https://example.org/someone/handbook")
        ''
    """
    url = urlsplit(repo_url or "")
    name = url.path.strip("/").removesuffix(".git")
    return name if url.netloc == "github.com" and name.count("/") == 1 else ""


def address(repo_url: str | None, language: str, lesson: str) -> str:
    """Where Colab shows the notebook of a lesson; empty without a repository on GitHub.

    Examples:
        >>> address("https://github.com/a/b", "en", "start/install")
        'https://colab.research.google.com/github/a/b/blob/notebooks/en/start/install.ipynb'
    """
    name = repository(repo_url)
    return NOTEBOOK.format(name, language, lesson) if name else ""


def source(repo_url: str | None) -> str:
    """What pip installs ``tfnotes`` from; empty without a repository on GitHub.

    Examples:
        >>> source("https://github.com/a/b")
        'git+https://github.com/a/b'
    """
    name = repository(repo_url)
    return f"git+https://github.com/{name}" if name else ""
