"""Addresses outside the site: what pip installs, and Colab.

Colab opens notebooks from the branch ``notebooks``; the workflow writes it from the site that
it has published.
"""

from urllib.parse import urljoin, urlsplit

from tfnotes import __version__

WHEEL = f"tfnotes-{__version__}-py3-none-any.whl"
NOTEBOOK = "https://colab.research.google.com/github/{}/blob/notebooks/{}/{}.ipynb"


def requirement(repo_url: str | None, site_url: str, extra: str = "") -> str:
    """What pip installs ``tfnotes`` from: the repository, or else the wheel on the site.

    On the day when an index has the package, return its name and the extra.

    Examples:
        >>> requirement("https://example.org/a/b", "https://a.test/en/", "[ray]")
        'tfnotes[ray] @ git+https://example.org/a/b'
        >>> requirement("", "https://a.test/en/").startswith("tfnotes @ https://a.test/en/down")
        True
    """
    source = f"git+{repo_url}" if repo_url else urljoin(site_url, f"downloads/{WHEEL}")
    return f"tfnotes{extra} @ {source}"


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


def colab(repo_url: str | None, language: str, lesson: str) -> str:
    """Where Colab shows the notebook of a lesson; empty without a repository on GitHub.

    Examples:
        >>> colab("https://github.com/a/b", "en", "start/install")
        'https://colab.research.google.com/github/a/b/blob/notebooks/en/start/install.ipynb'
    """
    name = repository(repo_url)
    return NOTEBOOK.format(name, language, lesson) if name else ""
