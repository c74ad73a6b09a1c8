"""The preview: run and rebuild what changes, and reload the page.

The build processes keep running, so a change costs only its own rebuild.
"""

import os
import re
import sys
import time
from pathlib import Path

from mkdocs.livereload import LiveReloadServer
from watchdog.observers import Observer

from handbook.files import BusyError
from handbook.lesson.lessons import all_lessons
from handbook.run import refresh
from handbook.site import Log, SiteError, Workers, build, policy
from handbook.stage import inputs

WATCHED = ("docs", "handbook", "tfnotes", "mkdocs.yml", "mkdocs.zh.yml")
PORT = 8000
POLICY = re.compile(policy.META.format("[^>]*").encode())


class Server(LiveReloadServer):  # type: ignore[misc]
    """Injects the reload script and removes the site's policy, which would block it."""

    def _inject_js_into_html(self, content: bytes, epoch: int) -> bytes:
        without = POLICY.sub(b"", content)
        injected: bytes = super()._inject_js_into_html(without, epoch)
        return injected


class Preview:
    """A site that is rebuilt when its sources change.

    Args:
        root: the checkout.
        log: called with a line for each step.
    """

    def __init__(self, root: Path, log: Log) -> None:
        self.root, self.log, self.workers = root, log, Workers()
        self.machinery = inputs.machinery(root)

    def update(self) -> None:
        """Run stale lessons and build the site; log a failure instead of raising it."""
        inputs.machinery.cache_clear()
        if inputs.machinery(self.root) != self.machinery:
            self.log("the code of the handbook has changed: restarting")
            self.workers.close()
            os.execv(sys.executable, [sys.executable, "-m", "handbook", "serve"])  # noqa: S606
        began = time.monotonic()
        try:
            if stale := refresh.stale(all_lessons(self.root)):
                self.log(f"running {', '.join(lesson.address for lesson in stale)}")
                for failure in refresh.run(list(stale)):
                    self.log(failure)
            if build(self.root / "site", self.root, self.log, workers=self.workers):
                self.log(f"ready after {time.monotonic() - began:.1f} s")
        except (BusyError, SiteError) as error:
            self.log(str(error))


def serve(root: Path, log: Log) -> None:
    """Build once, then watch and serve until interrupted."""
    preview = Preview(root, log)
    preview.update()
    server = Server(
        builder=preview.update,
        host="127.0.0.1",
        port=PORT,
        root=str(root / "site"),
        mount_path="/",
    )
    server.observer = Observer()  # uses file system events; MkDocs' own observer polls
    server.build_delay = 0.05  # seconds without a change before a build
    for path in WATCHED:
        server.watch(str(root / path))
    log(f"http://127.0.0.1:{PORT}/ (Ctrl+C ends)")
    try:
        server.serve()
    except KeyboardInterrupt:
        server.shutdown()
    finally:
        preview.workers.close()
