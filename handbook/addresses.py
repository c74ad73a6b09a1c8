"""Addresses outside the site: the pip requirement, Colab, and pages of the code host.

Links to the code host are made for GitHub only. Colab opens notebooks from the branch
``notebooks``, which the workflow writes from the published site.
"""

from urllib.parse import urlencode, urljoin, urlsplit

from tfnotes import __version__

WHEEL = f"tfnotes-{__version__}-py3-none-any.whl"
BOOK = "tfnotes-handbook"  # prefix of the zip, PDF and EPUB files
BRANCH = "main"
NOTEBOOK = "https://colab.research.google.com/github/{}/blob/notebooks/{}/{}.ipynb"


def requirement(repo_url: str | None, site_url: str, extra: str = "") -> str:
    """Return the pip requirement of ``tfnotes``: the repository, or else the wheel on the site.

    Once the package is on an index, return its name and the extra.

    Examples:
        >>> requirement("https://example.org/a/b", "https://a.test/en/", "[ray]")
        'tfnotes[ray] @ git+https://example.org/a/b'
        >>> requirement("", "https://a.test/en/").startswith("tfnotes @ https://a.test/en/down")
        True
    """
    source = f"git+{repo_url}" if repo_url else urljoin(site_url, f"downloads/{WHEEL}")
    return f"tfnotes{extra} @ {source}"


def repository(repo_url: str | None) -> str:
    """Return owner and name of a GitHub repository; empty for any other address.

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
    """Return the Colab address of a lesson's notebook; empty without a GitHub repository.

    Examples:
        >>> colab("https://github.com/a/b", "en", "start/install")
        'https://colab.research.google.com/github/a/b/blob/notebooks/en/start/install.ipynb'
    """
    name = repository(repo_url)
    return NOTEBOOK.format(name, language, lesson) if name else ""


def edit(repo_url: str | None, path: str) -> str:
    """Return the address that edits a file on GitHub; empty without a GitHub repository.

    Examples:
        >>> edit("https://github.com/a/b", "docs/en/index.md")
        'https://github.com/a/b/edit/main/docs/en/index.md'
    """
    name = repository(repo_url)
    return f"https://github.com/{name}/edit/{BRANCH}/{path}" if name else ""


def report(repo_url: str | None, page: str, versions: str) -> str:
    """Return the address of the issue form for a page; empty without a GitHub repository.

    ``docs/theme/assets/handbook.js`` adds the section when the reader follows the link.

    Examples:
        >>> report("https://github.com/a/b", "https://a.test/en/", "Keras 3")
        'https://github.com/a/b/issues/new?template=wrong-page.yml&page=https%3A%2F%2Fa.test%2Fen%2F&versions=Keras+3'
    """
    name = repository(repo_url)
    fields = {"template": "wrong-page.yml", "page": page, "versions": versions}
    return f"https://github.com/{name}/issues/new?{urlencode(fields)}" if name else ""
