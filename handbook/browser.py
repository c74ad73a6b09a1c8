"""A browser and a local web server, for tests, screenshots and measurements of the site."""

import contextlib
import functools
import gzip
import shutil
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NAMES = ("chromium", "chromium-browser", "google-chrome")
INSTALL_HINT = (
    "no browser found; install one (Debian: apt install chromium; else: playwright install)"
)
TEXT = {".html", ".css", ".js", ".json", ".svg", ".xml"}
QUIET = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]


class NoBrowserError(RuntimeError):
    """No browser on this machine; the message says how to install one."""


def executable() -> str:
    """Return the path of the system's Chromium, or of Playwright's.

    Raises:
        NoBrowserError: there is neither.
    """
    for name in NAMES:
        if path := shutil.which(name):
            return path
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    if not Path(path).exists():
        raise NoBrowserError(INSTALL_HINT)
    return path


@contextlib.contextmanager
def browser() -> Iterator["Browser"]:
    """Start a headless browser without background network requests.

    Raises:
        NoBrowserError: there is none on this machine.
    """
    from playwright.sync_api import sync_playwright  # a test dependency

    path = executable()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=QUIET)
        try:
            yield started
        finally:
            started.close()


class _Handler(SimpleHTTPRequestHandler):
    """Logs nothing and compresses text, as hosts of static sites do."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if self.path.partition("?")[0].endswith("/") else path
        wanted = "gzip" in self.headers.get("Accept-Encoding", "")
        if not (wanted and path.is_file() and path.suffix in TEXT):
            super().do_GET()
            return
        body = gzip.compress(path.read_bytes(), compresslevel=6)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on loopback and yield its address, without a trailing slash."""
    handler = functools.partial(_Handler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
