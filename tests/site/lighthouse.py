"""Lighthouse's report on a page of the site, for the tests and for the benchmark."""

import json
import os
import subprocess
from typing import Any

from handbook import browser
from tests.conftest import CHECKERS, NODE

CLI = CHECKERS / "lighthouse/cli/index.js"


def report(url: str, *more: str) -> dict[str, Any]:
    """Categories and audits; the speed is that of Lighthouse's simulated phone.

    Args:
        url: of the page.
        more: options of Lighthouse, such as ``--preset=desktop``.
    """
    flags = " ".join(["--headless=new", *browser.QUIET])
    options = ["--output=json", "--quiet", "--throttling-method=simulate"]
    environment = os.environ | {"CHROME_PATH": browser.executable()}
    done = subprocess.run(
        [NODE, CLI, url, f"--chrome-flags={flags}", *options, *more],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(json.loads(done.stdout))
