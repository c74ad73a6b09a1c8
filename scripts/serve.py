"""Show the whole site on this machine; build and reload whenever a file changes."""

import sys

from mkdocs.livereload import LiveReloadServer

from handbook import site
from handbook.files import BusyError
from handbook.lessons import ROOT

WATCHED = ("docs", "handbook", "tfnotes", "mkdocs.yml", "mkdocs.zh.yml")
PORT = 8000


def rebuild() -> None:
    """Build again; where that fails, say why and go on showing the old site."""
    try:
        site.build()
    except (BusyError, site.SiteError) as error:
        print(error, file=sys.stderr)


def main() -> None:
    """Build once, then watch and serve until interrupted."""
    rebuild()
    server = LiveReloadServer(
        builder=rebuild,
        host="127.0.0.1",
        port=PORT,
        root=str(ROOT / "site"),
        mount_path="/",
    )
    for path in WATCHED:
        server.watch(str(ROOT / path))
    print(f"http://127.0.0.1:{PORT}/ (Ctrl+C ends)")
    try:
        server.serve()
    except KeyboardInterrupt:
        server.shutdown()


if __name__ == "__main__":
    main()
